//! Reproducible chance: every choice of the generator comes from here.
//!
//! A stream is named by (seed, what, number), so one lead never depends on how many numbers
//! another lead drew. No clock, no system randomness; the sequence is fixed by xoshiro256++ and
//! by the arithmetic below, not by the sampling code of a library that may change.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// 64 letters for six random bits: base 62 with two letters twice, as ids are opaque anyway.
const LETTERS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzaZ";

/// Letters after the prefix of an id (close-format.md §1.5: about 43).
const ID_LETTERS: usize = 43;

/// What a stream decides; part of its name.
#[derive(Clone, Copy)]
pub enum Stream {
    /// Ids of the organisation's configuration.
    Setup = 1,
    /// The pool of paragraphs.
    Prose = 2,
    /// The company behind a lead.
    Company = 3,
    /// One contact person of a lead.
    Person = 4,
    /// Everything else on a lead.
    Story = 5,
}

/// One stream of choices.
pub struct Chance(Xoshiro256PlusPlus);

impl Chance {
    /// The stream (seed, what, number); equal arguments give equal streams.
    pub fn new(seed: u64, what: Stream, number: u64) -> Self {
        let mixed = seed
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .wrapping_add(number)
            .wrapping_mul(0xD1B5_4A32_D192_ED03)
            .wrapping_add(what as u64);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// A number below `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        // Multiply and keep the high half: even enough for invented data, and no loop.
        let wide = u128::from(self.0.next_u64()) * u128::from(n);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// An index below `n`.
    pub fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap_or(0)
    }

    /// True in `percent` of 100 cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One element; the default of an empty list.
    pub fn pick<T: Copy + Default>(&mut self, list: &[T]) -> T {
        list.get(self.index(list.len())).copied().unwrap_or_default()
    }

    /// An index with the given weights (any sum).
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// An opaque id with its prefix (`lead_…`), 43 letters, practically unique.
    pub fn id(&mut self, prefix: &str) -> String {
        let mut id = String::with_capacity(prefix.len() + ID_LETTERS);
        id.push_str(prefix);
        self.letters(ID_LETTERS, &mut id);
        id
    }

    /// Appends `count` letters of an id.
    pub fn letters(&mut self, count: usize, to: &mut String) {
        let mut bits = 0_u64;
        for letter in 0..count {
            if letter % 10 == 0 {
                bits = self.0.next_u64();
            }
            let at = usize::try_from(bits & 63).unwrap_or(0);
            to.push(char::from(LETTERS.get(at).copied().unwrap_or(b'0')));
            bits >>= 6;
        }
    }
}
