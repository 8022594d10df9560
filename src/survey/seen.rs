//! A filter that tells, in a fixed number of bytes, which ids may occur more than once: a bit map of
//! those *seen*, and those *seen again*, as a list while they are few and as a second map when they are
//! many. When all ids are noted, only the second is kept. It may name an id that occurs once (which then
//! takes the slower way with the same result) but never misses one that occurs twice. It must not depend
//! on the order of insertion.

use super::hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// See the module's head.
#[derive(Debug)]
pub struct Seen {
    once: Vec<AtomicU64>,
    again: Mutex<Again>,
    /// The same when all ids are noted.
    finished: Option<Again>,
    mask: u64,
}

/// Bits that are set.
#[derive(Debug)]
enum Again {
    /// Each by its number; in order and without repetition once the filter is finished.
    List(Vec<u32>),
    /// One after another, so many to a word.
    Map(Vec<u64>),
}

/// The smallest and largest filter, in bits.
const BITS: (u64, u64) = (1 << 16, 1 << 29);

impl Seen {
    /// A filter for an export of `bytes` bytes: about one id in 256 bytes at the most, ten bits
    /// each.
    pub fn for_bytes(bytes: u64) -> Self {
        let bits = (bytes / 24).next_power_of_two().clamp(BITS.0, BITS.1);
        let once = (0..bits / 64).map(|_| AtomicU64::new(0)).collect();
        let again = Mutex::new(Again::List(Vec::new()));
        Self { once, again, finished: None, mask: bits - 1 }
    }

    /// Notes one occurrence.
    pub fn note(&self, id: &str) {
        let place = hash(id) & self.mask;
        let bit = 1 << (place % 64);
        if self.once[(place / 64) as usize].fetch_or(bit, Ordering::Relaxed) & bit != 0 {
            let mut again = self.again.lock().unwrap_or_else(PoisonError::into_inner);
            again.set(place as u32, self.once.len());
        }
    }

    /// All ids are noted: gives back the memory that only noting needs. [`Seen::maybe_again`] may be
    /// asked then.
    pub fn finish(&mut self) {
        if self.finished.is_none() {
            let again = self.again.get_mut().unwrap_or_else(PoisonError::into_inner);
            let mut again = std::mem::replace(again, Again::List(Vec::new()));
            again.tidy();
            self.finished = Some(again);
            self.once = Vec::new();
        }
    }

    /// False: the id occurs once. True: it may occur more often.
    pub fn maybe_again(&self, id: &str) -> bool {
        let place = hash(id) & self.mask;
        self.finished.as_ref().is_none_or(|again| again.has(place as u32))
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let again = match &self.finished {
            Some(again) => again.bytes(),
            None => self.again.lock().unwrap_or_else(PoisonError::into_inner).bytes(),
        };
        self.once.len() * size_of::<u64>() + again
    }
}

impl Again {
    /// Sets a bit; a list that would outgrow a map of so many `words` becomes one.
    fn set(&mut self, place: u32, words: usize) {
        if let Self::List(list) = self
            && list.len() >= words
        {
            list.sort_unstable();
            list.dedup();
            // Else there is room for so many more that sorting has paid.
            if list.len() > words / 2 {
                let mut map = vec![0; words];
                list.iter().for_each(|place| set(&mut map, *place));
                *self = Self::Map(map);
            }
        }
        match self {
            Self::List(list) => list.push(place),
            Self::Map(map) => set(map, place),
        }
    }

    fn has(&self, place: u32) -> bool {
        match self {
            Self::List(list) => list.binary_search(&place).is_ok(),
            Self::Map(map) => {
                map.get(place as usize / 64).is_some_and(|w| w >> (place % 64) & 1 == 1)
            }
        }
    }

    fn tidy(&mut self) {
        if let Self::List(list) = self {
            list.sort_unstable();
            list.dedup();
            list.shrink_to_fit();
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::List(list) => list.capacity() * size_of::<u32>(),
            Self::Map(map) => map.len() * size_of::<u64>(),
        }
    }
}

fn set(map: &mut [u64], place: u32) {
    if let Some(word) = map.get_mut(place as usize / 64) {
        *word |= 1 << (place % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a list of bits and as a map of them, which dense filters become.
    #[test]
    fn a_finished_filter_knows_every_repeated_id() {
        for (ids, dense) in [(300, false), (90_000, true)] {
            let mut seen = Seen::for_bytes(1 << 20);
            for n in [0, 1, 0] {
                (n..ids).for_each(|i| seen.note(&format!("acti_{}", i / 2)));
            }
            let bytes = seen.bytes();
            seen.finish();
            seen.finish();
            assert!((0..ids / 2).all(|i| seen.maybe_again(&format!("acti_{i}"))));
            let others = (ids..ids + 1_000).filter(|i| seen.maybe_again(&format!("acti_{i}")));
            assert!(dense || others.count() < 50);
            assert!(seen.bytes() < bytes);
            assert_eq!(matches!(seen.finished, Some(Again::Map(_))), dense);
        }
    }

    #[test]
    fn never_misses_a_repeated_id_and_seldom_suspects_a_single_one() {
        let mut seen = Seen::for_bytes(1 << 20);
        for i in 0..4_000 {
            seen.note(&format!("acti_{i}"));
        }
        for i in 0..100 {
            seen.note(&format!("acti_{i}"));
        }
        seen.finish();
        assert!((0..100).all(|i| seen.maybe_again(&format!("acti_{i}"))));
        let suspects = (100..4_000).filter(|i| seen.maybe_again(&format!("acti_{i}"))).count();
        assert!(suspects < 400, "{suspects}");
    }
}
