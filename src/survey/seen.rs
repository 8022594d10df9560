//! A filter that tells, in a fixed number of bytes, which ids may occur more than once: two bit
//! maps, *seen* and *seen again*. When all ids are noted, only the second is kept, as a list where that is
//! smaller. It may name an id that occurs once (which then takes the slower
//! way with the same result) but never misses one that occurs twice. It must not depend on the
//! order of insertion.

use super::hash;
use std::sync::atomic::{AtomicU64, Ordering};

/// See the module's head.
#[derive(Debug)]
pub struct Seen {
    once: Vec<AtomicU64>,
    again: Vec<AtomicU64>,
    /// The bits that are set in `again`, in order, when it is a list.
    list: Option<Vec<u32>>,
    mask: u64,
}

/// The smallest and largest filter, in bits.
const BITS: (u64, u64) = (1 << 16, 1 << 29);

impl Seen {
    /// A filter for an export of `bytes` bytes: about one id in 256 bytes at the most, ten bits
    /// each.
    pub fn for_bytes(bytes: u64) -> Self {
        let bits = (bytes / 24).next_power_of_two().clamp(BITS.0, BITS.1);
        let words = || (0..bits / 64).map(|_| AtomicU64::new(0)).collect();
        Self { once: words(), again: words(), list: None, mask: bits - 1 }
    }

    /// Notes one occurrence.
    pub fn note(&self, id: &str) {
        let (word, bit) = self.place(id);
        if self.once[word].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            self.again[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// All ids are noted: gives back the memory that only noting needs.
    pub fn finish(&mut self) {
        self.once = Vec::new();
        let words = || self.again.iter().map(|word| word.load(Ordering::Relaxed)).enumerate();
        let set = words().map(|(_, word)| word.count_ones() as usize).sum::<usize>();
        if self.list.is_none() && set * size_of::<u32>() < self.again.len() * size_of::<u64>() {
            let mut list = Vec::with_capacity(set);
            for (at, mut word) in words() {
                while word != 0 {
                    list.push(at as u32 * u64::BITS + word.trailing_zeros());
                    word &= word - 1;
                }
            }
            self.list = Some(list);
            self.again = Vec::new();
        }
    }

    /// False: the id occurs once. True: it may occur more often.
    pub fn maybe_again(&self, id: &str) -> bool {
        if let Some(list) = &self.list {
            return list.binary_search(&((hash(id) & self.mask) as u32)).is_ok();
        }
        let (word, bit) = self.place(id);
        self.again[word].load(Ordering::Relaxed) & bit != 0
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let list = self.list.as_ref().map_or(0, Vec::capacity);
        (self.once.len() + self.again.len()) * size_of::<u64>() + list * size_of::<u32>()
    }

    fn place(&self, id: &str) -> (usize, u64) {
        let at = hash(id) & self.mask;
        ((at / 64) as usize, 1 << (at % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a list of bits and as a map of them, which dense filters stay.
    #[test]
    fn a_finished_filter_says_the_same_in_less_memory() {
        for ids in [300, 90_000] {
            let mut seen = Seen::for_bytes(1 << 20);
            let names: Vec<String> = (0..ids).map(|i| format!("acti_{}", i / 2)).collect();
            names.iter().for_each(|id| seen.note(id));
            let asked = || (0..ids).map(|i| format!("acti_{i}"));
            let before: Vec<bool> = asked().map(|id| seen.maybe_again(&id)).collect();
            let bytes = seen.bytes();
            seen.finish();
            seen.finish();
            let after: Vec<bool> = asked().map(|id| seen.maybe_again(&id)).collect();
            assert_eq!(before, after);
            assert!(before.contains(&true) && seen.bytes() * 2 <= bytes);
            assert_eq!(seen.list.is_some(), ids == 300);
        }
    }

    #[test]
    fn never_misses_a_repeated_id_and_seldom_suspects_a_single_one() {
        let seen = Seen::for_bytes(1 << 20);
        for i in 0..4_000 {
            seen.note(&format!("acti_{i}"));
        }
        for i in 0..100 {
            seen.note(&format!("acti_{i}"));
        }
        assert!((0..100).all(|i| seen.maybe_again(&format!("acti_{i}"))));
        let suspects = (100..4_000).filter(|i| seen.maybe_again(&format!("acti_{i}"))).count();
        assert!(suspects < 400, "{suspects}");
    }
}
