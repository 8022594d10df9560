//! Search for bytes of a set, several at a time: most text holds nothing that a rule must change, and
//! seeing that should cost next to nothing. Must not know what the bytes mean.

/// A set of bytes to search for.
pub struct Bytes([bool; 256]);

impl Bytes {
    /// The set of these bytes.
    pub const fn new(bytes: &[u8]) -> Self {
        let mut out = [false; 256];
        let mut i = 0;
        while i < bytes.len() {
            out[bytes[i] as usize] = true;
            i += 1;
        }
        Self(out)
    }

    /// The set with all control characters that are not in `but`.
    pub const fn and_controls(mut self, but: &[u8]) -> Self {
        let mut i = 0;
        while i < 0x20 {
            self.0[i] = true;
            i += 1;
        }
        i = 0;
        while i < but.len() {
            self.0[but[i] as usize] = false;
            i += 1;
        }
        self
    }

    /// Whether a byte is in the set.
    pub fn holds(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }

    /// Offset of the first byte that is in the set.
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        let (blocks, rest) = bytes.as_chunks::<8>();
        for (n, block) in blocks.iter().enumerate() {
            // Eight answers at a time, and one question whether any of them is yes.
            if block.iter().fold(false, |any, byte| any | self.holds(*byte)) {
                return block.iter().position(|byte| self.holds(*byte)).map(|at| n * 8 + at);
            }
        }
        let at = rest.iter().position(|byte| self.holds(*byte))?;
        Some(bytes.len() - rest.len() + at)
    }
}

/// Offset of the first byte for which `is` holds together with the byte behind it; the last byte has
/// none.
#[inline]
pub fn find_pair(bytes: &[u8], is: impl Fn(u8, u8) -> bool + Copy) -> Option<usize> {
    let seconds = bytes.get(1..)?;
    let mut at = 0;
    for (first, second) in bytes.as_chunks::<32>().0.iter().zip(seconds.as_chunks::<32>().0) {
        if first.iter().zip(second).fold(false, |any, (a, b)| any | is(*a, *b)) {
            break;
        }
        at += 32;
    }
    let pairs = bytes[at..].iter().zip(&seconds[at..]);
    pairs.enumerate().find(|(_, (a, b))| is(**a, **b)).map(|(step, _)| at + step)
}

/// Length of what two texts have in common from their start, in bytes.
#[must_use]
pub fn common(a: &[u8], b: &[u8]) -> usize {
    let (blocks, others) = (a.as_chunks::<32>().0, b.as_chunks::<32>().0);
    let same = blocks.iter().zip(others).take_while(|(a, b)| a == b).count() * 32;
    let rest = a[same..].iter().zip(&b[same..]).take_while(|(a, b)| a == b).count();
    same + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(bytes in prop::collection::vec(0_u8..40, 0..100)) {
            const SET: Bytes = Bytes::new(&[33]).and_controls(&[2, 3]);
            let set: Vec<u8> = (0..32).filter(|byte| !matches!(byte, 2 | 3)).chain([33]).collect();
            let few: Vec<u8> = bytes.iter().map(|byte| if *byte == 7 { 7 } else { 34 }).collect();
            for bytes in [bytes, few] {
                let plain = bytes.iter().position(|byte| set.contains(byte));
                prop_assert_eq!(SET.find(&bytes), plain);
            }
        }

        #[test]
        fn finds_pairs(bytes in prop::collection::vec(0_u8..9, 0..100)) {
            let is = |a: u8, b: u8| a == 1 && b < 3;
            let plain = bytes.windows(2).position(|pair| is(pair[0], pair[1]));
            prop_assert_eq!(find_pair(&bytes, is), plain);
        }

        #[test]
        fn common_starts(a in prop::collection::vec(0_u8..2, 0..80), at in 0_usize..80) {
            let mut b = a.clone();
            prop_assert_eq!(common(&a, &b), a.len());
            if let Some(byte) = b.get_mut(at) {
                *byte ^= 1;
                prop_assert_eq!(common(&a, &b), at);
            }
            b.truncate(at);
            prop_assert_eq!(common(&a, &b), at.min(a.len()));
        }
    }
}
