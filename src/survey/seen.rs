//! A filter that tells, in a fixed number of bytes, which ids may occur more than once: two bit
//! maps, *seen* and *seen again*. It may name an id that occurs once (which then takes the slower
//! way with the same result) but never misses one that occurs twice. It must not depend on the
//! order of insertion.

use super::hash;
use std::sync::atomic::{AtomicU64, Ordering};

/// See the module's head.
#[derive(Debug)]
pub struct Seen {
    once: Vec<AtomicU64>,
    again: Vec<AtomicU64>,
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
        Self { once: words(), again: words(), mask: bits - 1 }
    }

    /// Notes one occurrence.
    pub fn note(&self, id: &str) {
        let (word, bit) = self.place(id);
        if self.once[word].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            self.again[word].fetch_or(bit, Ordering::Relaxed);
        }
    }

    /// False: the id occurs once. True: it may occur more often.
    pub fn maybe_again(&self, id: &str) -> bool {
        let (word, bit) = self.place(id);
        self.again[word].load(Ordering::Relaxed) & bit != 0
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        (self.once.len() + self.again.len()) * size_of::<u64>()
    }

    fn place(&self, id: &str) -> (usize, u64) {
        let at = hash(id) & self.mask;
        ((at / 64) as usize, 1 << (at % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
