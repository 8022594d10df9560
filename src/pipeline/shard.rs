//! Which share of the sources is this process's, when several share the work. It must not depend on
//! anything but where a chunk begins.

use std::cmp::Ordering;

/// One of several shares of about the same size: the chunks that begin in a stretch of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
}

impl Shard {
    /// Everything.
    pub const ALL: Self = Self { number: 1, of: 1 };

    /// Where byte `at` of `total`, counted over all sources, is: before this share, in it, or behind it.
    pub(super) fn side(self, at: u64, total: u64) -> Ordering {
        let share = u128::from(at) * u128::from(self.of) / u128::from(total.max(1));
        let share = share.min(u128::from(self.of.saturating_sub(1)));
        (share + 1).cmp(&u128::from(self.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_place_is_in_one_share_and_shares_are_in_order(
            total in 0_u64..1_000, of in 1_u32..20, place in 0_u64..1_000,
        ) {
            let of_place = |at| {
                let side = |number| Shard { number, of }.side(at, total);
                (1..=of).filter(|number| side(*number).is_eq()).collect::<Vec<_>>()
            };
            let here = of_place(place);
            prop_assert_eq!(here.len(), 1);
            prop_assert!(of_place(place + 1)[0] >= here[0]);
            prop_assert!(Shard::ALL.side(place, total).is_eq());
        }
    }
}
