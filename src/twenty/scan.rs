//! Search for bytes of a set, many at a time: most text holds nothing that a rule must change, and
//! seeing that should cost next to nothing. Must not know what the bytes mean.

/// Bytes looked at together.
const BLOCK: usize = 16;

/// Offset of the first byte for which `is` holds.
///
/// `is` should be a few comparisons without branches: it is asked about a whole block of bytes before
/// the answer is looked at, so that the compiler compares the block at once.
#[inline]
pub fn find(bytes: &[u8], is: impl Fn(u8) -> bool + Copy) -> Option<usize> {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (n, block) in blocks.iter().enumerate() {
        if let Some(at) = first(block, is) {
            return Some(n * BLOCK + at);
        }
    }
    match bytes.last_chunk::<BLOCK>() {
        // The last block overlaps the one before.
        Some(last) if !rest.is_empty() => first(last, is).map(|at| bytes.len() - BLOCK + at),
        Some(_) => None,
        None => bytes.iter().position(|byte| is(*byte)),
    }
}

/// Offset of the first byte of a block for which `is` holds.
#[inline]
fn first(block: &[u8; BLOCK], is: impl Fn(u8) -> bool) -> Option<usize> {
    // One byte of the answer for each of the block, and no way out in the middle.
    let mut found = [0; BLOCK];
    for (answer, byte) in found.iter_mut().zip(block) {
        *answer = u8::from(is(*byte));
    }
    let found = u128::from_le_bytes(found);
    (found != 0).then(|| found.trailing_zeros() as usize / 8)
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
        fn finds_what_a_plain_search_finds(bytes in prop::collection::vec(0_u8..8, 0..100), set in 0_u8..9) {
            let is = |byte: u8| byte == set || byte == 7;
            prop_assert_eq!(find(&bytes, is), bytes.iter().position(|byte| is(*byte)));
            let spread: Vec<u8> = bytes.iter().map(|byte| u8::from(*byte == 7)).collect();
            prop_assert_eq!(find(&spread, |byte| byte == 1), spread.iter().position(|byte| *byte == 1));
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
