//! What a sample proves, and which rows to take for one. It must not know what a row is: it counts.
//!
//! Steps are drawn from in proportion to their rows, so the rows of all steps together count as one sample: strata in
//! proportion never prove less than one draw from everything.

use twox_hash::XxHash3_64;

/// How often the truth may lie above the bound.
const DOUBT: f64 = 0.05;
/// Halvings until the bound no longer moves.
const HALVINGS: usize = 100;

/// What was looked at, and what it showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Rows looked at.
    pub looked_at: u64,
    /// Those of them that were wrong.
    pub wrong: u64,
    /// Rows there are.
    pub all: u64,
}

impl Proof {
    /// The share of wrong rows, 0 to 1, that is not exceeded with 95 % confidence: the upper limit of Clopper and Pearson,
    /// one-sided; exact when everything was looked at. Nothing looked at proves nothing: 1.
    pub fn at_most(&self) -> f64 {
        if self.all == 0 {
            return 0.0;
        }
        let looked_at = self.looked_at.min(self.all);
        let wrong = self.wrong.min(looked_at);
        // Rows that were right cannot be wrong.
        let possible = (self.all - looked_at + wrong) as f64 / self.all as f64;
        if looked_at == self.all {
            possible
        } else {
            clopper_pearson(looked_at, wrong).min(possible)
        }
    }

    /// The same in rows, rounded down: there is no half row.
    pub fn rows_at_most(&self) -> u64 {
        // A product a hair below a whole number is that number.
        ((self.at_most() * self.all as f64 + 1e-6) as u64).min(self.all)
    }
}

/// The share at which `wrong` or fewer of `looked_at` would come up in 5 of 100 samples.
fn clopper_pearson(looked_at: u64, wrong: u64) -> f64 {
    if wrong == looked_at {
        return 1.0;
    }
    let n = looked_at as f64;
    if wrong == 0 {
        // 1 − 0.05^(1/n), without losing digits where it is small.
        return -(DOUBT.ln() / n).exp_m1();
    }
    let ways = ln_choose(looked_at, wrong);
    let (mut low, mut high) = (wrong as f64 / n, 1.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if at_most_so_many(looked_at, wrong, middle, ways) > DOUBT {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The chance of `wrong` or fewer of `n` at a share not below `wrong / n`: there the terms fall towards 0, so only those that
/// count are added.
fn at_most_so_many(n: u64, wrong: u64, share: f64, ways: f64) -> f64 {
    if share >= 1.0 {
        return 0.0;
    }
    let (k, rest) = (wrong as f64, (n - wrong) as f64);
    let mut term = (ways + k * share.ln() + rest * (-share).ln_1p()).exp();
    let (mut sum, mut i) = (term, wrong);
    while i > 0 && term > sum * f64::EPSILON {
        term *= i as f64 / (n - i + 1) as f64 * (1.0 - share) / share;
        sum += term;
        i -= 1;
    }
    sum
}

/// The logarithm of "n choose k".
fn ln_choose(n: u64, k: u64) -> f64 {
    let k = k.min(n - k);
    (1..=k).map(|i| ((n - k + i) as f64 / i as f64).ln()).sum()
}

/// How many rows to take of each step: `wanted` in all, in proportion, at least one of each step that has any; more than
/// wanted only when there are more such steps.
pub fn shares(wanted: u64, rows: &[u64]) -> Vec<u64> {
    let mut order: Vec<usize> = (0..rows.len()).filter(|at| rows[*at] > 0).collect();
    order.sort_by_key(|at| rows[*at]);
    let mut all: u64 = rows.iter().sum();
    let mut wanted = wanted.max(order.len() as u64).min(all);
    let mut found = vec![0; rows.len()];
    // Steps too small for a whole row give one; the others share what is left.
    let quota = |wanted: u64, at: usize| u128::from(wanted) * u128::from(rows[at]);
    let small = order.iter().take_while(|at| {
        let is_small = quota(wanted, **at) < u128::from(all);
        if is_small {
            found[**at] = 1;
            wanted -= 1;
            all -= rows[**at];
        }
        is_small
    });
    let small = small.count();
    let mut rest = order.split_off(small);
    let share = |at: usize| quota(wanted, at) / u128::from(all.max(1));
    for at in &rest {
        found[*at] = share(*at) as u64;
    }
    // What rounding left goes to the largest remainders, the earlier step first.
    let given: u64 = rest.iter().map(|at| found[*at]).sum();
    rest.sort_by_key(|at| (std::cmp::Reverse(quota(wanted, *at) % u128::from(all.max(1))), *at));
    for at in rest.into_iter().take((wanted - given) as usize) {
        found[at] += 1;
    }
    found
}

/// Takes exactly so many rows of a step as they pass by, each with the same chance, and needs no list of them (selection
/// sampling). The same seed takes the same rows.
#[derive(Clone, Debug)]
pub struct Draw {
    seed: u64,
    /// Rows still to take.
    wanted: u64,
    /// Rows still to come.
    left: u64,
}

impl Draw {
    /// Draws `wanted` of the `rows` of a step; `step` is what it is called, so that steps draw differently.
    pub fn new(seed: u64, step: &str, wanted: u64, rows: u64) -> Self {
        let seed = XxHash3_64::oneshot_with_seed(seed, step.as_bytes());
        Self { seed, wanted: wanted.min(rows), left: rows }
    }

    /// Whether the next row is taken; rows beyond those announced never are.
    pub fn take(&mut self) -> bool {
        if self.wanted == 0 || self.left == 0 {
            return false;
        }
        let chance = XxHash3_64::oneshot_with_seed(self.seed, &self.left.to_le_bytes());
        // A number below `left`, as evenly as 64 bits allow.
        let place = (u128::from(chance) * u128::from(self.left)) >> 64;
        let taken = place < u128::from(self.wanted);
        self.left -= 1;
        self.wanted -= u64::from(taken);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn proof(looked_at: u64, wrong: u64, all: u64) -> Proof {
        Proof { looked_at, wrong, all }
    }

    /// Solved for in exact binomial sums, with one-sided doubt of 5 %.
    #[test]
    fn the_bound_is_that_of_the_tables() {
        let cases = [
            (1, 0, 0.95),
            (10, 0, 0.258_865_5),
            (59, 0, 0.049_507_6),
            (300, 0, 0.009_936_1),
            (10, 1, 0.394_163_3),
            (10, 9, 0.994_883_8),
            (100, 1, 0.046_559_8),
            (100, 5, 0.102_253_3),
            (1000, 10, 0.016_903_2),
            (10, 10, 1.0),
        ];
        for (n, k, expected) in cases {
            let found = proof(n, k, u64::MAX).at_most();
            assert!((found - expected).abs() < 2e-6, "{n} {k}: {found}");
        }
        let none = proof(1_000_000_000, 0, u64::MAX).at_most();
        assert!((none / 2.995_732_269e-9 - 1.0).abs() < 1e-6, "{none:e}");
    }

    #[test]
    fn all_that_was_looked_at_is_certain() {
        assert!(proof(0, 0, 0).at_most().abs() < 1e-12);
        assert!((proof(0, 0, 10).at_most() - 1.0).abs() < 1e-12);
        assert!(proof(10, 0, 10).at_most().abs() < 1e-12);
        assert!((proof(10, 3, 10).at_most() - 0.3).abs() < 1e-12);
        assert_eq!(proof(9, 0, 10).rows_at_most(), 1, "one row was not looked at");
        assert_eq!(proof(10, 3, 10).rows_at_most(), 3);
        assert_eq!(proof(300, 0, 100_000).rows_at_most(), 993);
    }

    #[test]
    fn large_samples_with_much_wrong_are_no_trouble() {
        let found = proof(2_000_000, 1_000_000, 1 << 40).at_most();
        assert!((found - 0.500_581_5).abs() < 1e-5, "{found}");
    }

    #[test]
    fn steps_share_in_proportion() {
        let cases: [(u64, &[u64], &[u64]); 7] = [
            (10, &[100, 100], &[5, 5]),
            (10, &[900, 90, 1, 0], &[8, 1, 1, 0]),
            (2, &[5, 5, 5], &[1, 1, 1]),
            (99, &[3, 4], &[3, 4]),
            (0, &[3, 4], &[1, 1]),
            (5, &[], &[]),
            (4, &[0, 0], &[0, 0]),
        ];
        for (wanted, rows, expected) in cases {
            assert_eq!(shares(wanted, rows), expected, "{wanted} {rows:?}");
        }
    }

    #[test]
    fn every_row_has_the_same_chance() {
        let mut times = [0u32; 20];
        for seed in 0..20_000 {
            let mut draw = Draw::new(seed, "people", 5, 20);
            for time in &mut times {
                *time += u32::from(draw.take());
            }
        }
        // 5,000 expected each, with a deviation of about 61.
        assert!(times.iter().all(|times| (4_700..5_300).contains(times)), "{times:?}");
    }

    /// Pairs too: neighbours must not come together.
    #[test]
    fn rows_are_drawn_independently() {
        let both = (0..20_000).filter(|seed| {
            let mut draw = Draw::new(*seed, "people", 5, 20);
            draw.take() && draw.take()
        });
        // 5/20 · 4/19 of 20,000 is 1,053.
        assert!((930..1_180).contains(&both.count()));
    }

    fn drawn(seed: u64, step: &str, wanted: u64, rows: u64) -> Vec<bool> {
        let mut draw = Draw::new(seed, step, wanted, rows);
        (0..rows + 2).map(|_| draw.take()).collect()
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(drawn(1, "people", 20, 100), drawn(1, "people", 20, 100));
        assert_ne!(drawn(1, "people", 20, 100), drawn(2, "people", 20, 100));
        assert_ne!(drawn(1, "people", 20, 100), drawn(1, "notes", 20, 100));
    }

    proptest! {
        #[test]
        fn a_draw_takes_just_as_many(seed: u64, wanted in 0u64..300, rows in 0u64..300) {
            let taken = drawn(seed, "x", wanted, rows);
            let count = taken.iter().filter(|taken| **taken).count() as u64;
            prop_assert_eq!(count, wanted.min(rows));
            prop_assert!(!taken[rows as usize] && !taken[rows as usize + 1]);
        }

        #[test]
        fn shares_add_up(wanted in 0u64..2_000, rows in proptest::collection::vec(0u64..500, 0..9)) {
            let found = shares(wanted, &rows);
            let filled = rows.iter().filter(|rows| **rows > 0).count() as u64;
            let all: u64 = rows.iter().sum();
            prop_assert_eq!(found.iter().sum::<u64>(), wanted.max(filled).min(all));
            for (taken, rows) in found.iter().zip(&rows) {
                prop_assert!(taken <= rows && (*rows == 0 || *taken > 0));
            }
        }

        #[test]
        fn the_bound_is_where_it_must_be(n in 1u64..2_000, wrong in 0u64..2_000, more in 0u64..1_000_000) {
            let wrong = wrong.min(n);
            let bound = proof(n, wrong, n + more).at_most();
            prop_assert!((0.0..=1.0).contains(&bound));
            // Never below what the rows looked at say of all rows by themselves.
            prop_assert!(bound + 1e-12 >= wrong as f64 / (n + more) as f64);
            if wrong < n {
                prop_assert!(proof(n, wrong + 1, n + more).at_most() >= bound);
                let chance = at_most_so_many(n, wrong, clopper_pearson(n, wrong), ln_choose(n, wrong));
                prop_assert!((chance - DOUBT).abs() < 1e-6, "{}", chance);
            }
        }
    }
}
