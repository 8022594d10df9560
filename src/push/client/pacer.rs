//! How fast calls may follow one another: spends the server's first burst, learns the limit from its words, then keeps
//! the pace its buckets can bear (`twenty-api.md` §2.1). Pure: the time is handed in. It must not wait itself.
//!
//! The server adds whole tokens only and restarts its clock at each call it accepts, so a call that arrives a little
//! early adds nothing. The pace therefore lies a little above one token's time, and widens with every refusal, as far
//! as the way to the server is uneven. A refusal also makes the pacer wait for some tokens more than the next call
//! needs; they make up for calls that arrive early.

use std::time::Duration;

/// So many calls in such a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Calls, at least 1.
    pub limit: u32,
    /// The time.
    pub window: Duration,
}

impl Rate {
    /// A rate that can be kept: at least one call, in some time of at most a day.
    pub fn new(limit: u64, window: Duration) -> Option<Self> {
        let limit = u32::try_from(limit).ok().filter(|limit| *limit > 0)?;
        let possible = !window.is_zero() && window <= Duration::from_hours(24);
        possible.then_some(Self { limit, window })
    }

    /// The rate in the server's words: `Limit reached (100 tokens per 60000 ms)`.
    pub fn from_words(words: &str) -> Option<Self> {
        let (_, rest) = words.split_once('(')?;
        let (limit, rest) = rest.split_once(" tokens per ")?;
        let (window, _) = rest.split_once(" ms")?;
        Self::new(limit.trim().parse().ok()?, Duration::from_millis(window.trim().parse().ok()?))
    }

    /// The time of one token.
    fn token(self) -> Duration {
        self.window / self.limit
    }
}

/// More than one token's time, so that rounding on the way does no harm.
const MARGIN: f64 = 1.02;
/// Most tokens kept in reserve.
const RESERVE: u32 = 8;
/// Most that is added to the pace for an uneven way.
const SLACK: Duration = Duration::from_millis(60);
/// First and longest wait where the server gives neither a time nor a rate.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// More buckets than any server has; what is beyond is not learnt.
const BUCKETS: usize = 4;

/// One bucket of the server as far as it can be known from here; errs to the low side.
#[derive(Clone, Debug)]
struct Bucket {
    rate: Rate,
    /// Tokens it held at `since`.
    held: u32,
    since: Duration,
    reserve: u32,
    slack: Duration,
}

impl Bucket {
    fn step(&self) -> Duration {
        self.rate.token().mul_f64(MARGIN) + self.slack
    }

    fn held(&self, at: Duration) -> u32 {
        let steps = at.saturating_sub(self.since).as_nanos() / self.step().as_nanos().max(1);
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.held.saturating_add(steps).min(self.rate.limit)
    }

    /// When it will hold one more than the reserve.
    fn earliest(&self, now: Duration) -> Duration {
        if self.held(now) > self.reserve {
            return now;
        }
        now.max(self.since + self.step() * (self.reserve + 1).saturating_sub(self.held))
    }

    fn take(&mut self, at: Duration) {
        self.held = self.held(at).saturating_sub(1);
        self.since = self.since.max(at);
    }

    /// It held nothing at `now`, and `accepted` was the last call it let through.
    fn empty(&mut self, now: Duration, accepted: Duration) {
        self.held = 0;
        // Had more than a token's time gone by since the last call of anybody, there would be a token.
        self.since = accepted.max(now.saturating_sub(self.rate.token())).min(now);
    }

    /// Widens pace and reserve after a refusal that should not have been.
    fn yield_more(&mut self) {
        let most = (self.rate.token() / 2).min(SLACK);
        self.slack = (self.slack + most / 8).min(most);
        self.reserve = (self.reserve * 2).clamp(1, RESERVE.min((self.rate.limit / 2).max(1)));
    }
}

/// The pace of one key's calls. Book a start, wait until then, call, and say how it went.
#[derive(Clone, Debug, Default)]
pub struct Pacer {
    buckets: Vec<Bucket>,
    /// Start of the last call that was let through.
    accepted: Duration,
    not_before: Duration,
    strikes: u32,
}

impl Pacer {
    /// Books the next call: its start, `now` or later.
    pub fn book(&mut self, now: Duration) -> Duration {
        let start = self.buckets.iter().map(|bucket| bucket.earliest(now)).max();
        let start = start.unwrap_or(now).max(now).max(self.not_before);
        self.buckets.iter_mut().for_each(|bucket| bucket.take(start));
        start
    }

    /// The call begun at `start` was let through, whatever became of it then.
    pub fn accepted(&mut self, start: Duration) {
        self.accepted = self.accepted.max(start);
        self.strikes = 0;
    }

    /// A call was refused for its pace: `rate` as far as the server names it, `asked` the wait it asks for. Returns how
    /// long it will be until the next call.
    pub fn refused(
        &mut self,
        now: Duration,
        rate: Option<Rate>,
        asked: Option<Duration>,
    ) -> Duration {
        self.strikes = self.strikes.saturating_add(1);
        let accepted = self.accepted;
        let known = rate.filter(|rate| self.buckets.iter().any(|bucket| bucket.rate == *rate));
        if let Some(rate) = rate.filter(|_| known.is_none() && self.buckets.len() < BUCKETS) {
            let mut bucket =
                Bucket { rate, held: 0, since: now, reserve: 0, slack: Duration::ZERO };
            bucket.empty(now, accepted);
            self.buckets.push(bucket);
        } else {
            let named = |bucket: &&mut Bucket| known.is_none_or(|rate| bucket.rate == rate);
            for bucket in self.buckets.iter_mut().filter(named) {
                bucket.yield_more();
                bucket.empty(now, accepted);
            }
        }
        if let Some(asked) = asked {
            self.not_before = now + asked;
        } else if self.buckets.is_empty() {
            self.not_before = now + growing(self.strikes);
        }
        let start = self.buckets.iter().map(|bucket| bucket.earliest(now)).max();
        start.unwrap_or(now).max(self.not_before).saturating_sub(now)
    }
}

/// The wait after the so-manieth refusal in a row: 1 s, 2 s, 4 s … 60 s.
pub(super) fn growing(strikes: u32) -> Duration {
    let doubled = WAITS.0 * 2u32.saturating_pow(strikes.saturating_sub(1).min(10));
    doubled.min(WAITS.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// The server's bucket to the letter.
    struct Server {
        rate: Rate,
        tokens: u128,
        last: Duration,
    }

    impl Server {
        fn call(&mut self, at: Duration) -> bool {
            let limit = u128::from(self.rate.limit);
            let elapsed = at.saturating_sub(self.last).as_millis();
            let refill = elapsed * limit / self.rate.window.as_millis();
            let held = (self.tokens + refill).min(limit);
            if held == 0 {
                return false;
            }
            self.tokens = held - 1;
            self.last = at;
            true
        }
    }

    /// Deterministic numbers in `0..1`.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }
    }

    /// Calls that take `length`, each up to `jitter` late: (share of the rate reached, share refused) after warm-up.
    fn run(rate: Rate, jitter: Duration, length: Duration, calls: usize) -> (f64, f64) {
        let mut server = Server { rate, tokens: u128::from(rate.limit), last: Duration::ZERO };
        let (mut pacer, mut dice) = (Pacer::default(), Dice(0x9e37_79b9_7f4a_7c15));
        let (mut now, mut done, mut refused) = (Duration::ZERO, 0, 0);
        let (warm, mut began) = (rate.limit as usize + 200, Duration::ZERO);
        while done < warm + calls {
            let start = pacer.book(now);
            assert!(start >= now);
            let there = start + jitter.mul_f64(dice.roll());
            if server.call(there) {
                pacer.accepted(start);
                done += 1;
                now = there + length;
                if done == warm {
                    (began, refused) = (there, 0);
                }
            } else {
                refused += 1;
                now = there + ms(10);
                let words = format!(
                    "Limit reached ({} tokens per {} ms)",
                    rate.limit,
                    rate.window.as_millis()
                );
                pacer.refused(now, Rate::from_words(&words), None);
            }
        }
        let best = rate.token().mul_f64(calls as f64).as_secs_f64();
        (best / server.last.abs_diff(began).as_secs_f64(), f64::from(refused) / calls as f64)
    }

    fn rate(limit: u64, window: u64) -> Rate {
        Rate::new(limit, ms(window)).unwrap()
    }

    #[test]
    fn an_even_way_gives_nearly_all_and_no_refusal() {
        for rate in [rate(100, 60_000), rate(10, 1000), rate(5, 60_000)] {
            let (share, refused) = run(rate, ms(0), ms(5), 2000);
            assert!(share > 0.97, "{rate:?}: {share}");
            assert!(refused == 0.0, "{rate:?}: {refused}");
        }
    }

    /// Starts differ by up to ±30 ms from what was meant, so a step that never loses a token is 30 ms above its time:
    /// that is the rate which can be sustained.
    #[test]
    fn an_uneven_way_costs_little_more_than_its_unevenness() {
        for rate in [rate(100, 60_000), rate(10, 1000), rate(5, 60_000)] {
            let (share, refused) = run(rate, ms(30), ms(5), 4000);
            let bearable = rate.token().as_secs_f64() / (rate.token() + ms(30)).as_secs_f64();
            assert!(share / bearable > 0.95, "{rate:?}: {share} of {bearable}");
            assert!(refused < 0.01, "{rate:?}: {refused}");
        }
    }

    #[test]
    fn slow_calls_are_not_held_up() {
        let (share, refused) = run(rate(100, 60_000), ms(30), ms(2000), 500);
        assert!(share < 0.31 && share > 0.29, "{share}");
        assert!(refused == 0.0, "{refused}");
    }

    #[test]
    fn the_first_burst_is_free_and_the_rest_is_paced() {
        let mut pacer = Pacer::default();
        for call in 0..100 {
            assert_eq!(pacer.book(ms(call)), ms(call));
            pacer.accepted(ms(call));
        }
        assert_eq!(pacer.book(ms(100)), ms(100));
        let wait = pacer.refused(ms(100), Some(rate(100, 60_000)), None);
        assert_eq!(wait, ms(612 - 1));
        let first = pacer.book(ms(100));
        assert_eq!(first, ms(711));
        pacer.accepted(first);
        assert_eq!(pacer.book(ms(720)), ms(711 + 612));
    }

    #[test]
    fn the_server_s_own_wait_is_kept() {
        let mut pacer = Pacer::default();
        assert_eq!(pacer.refused(ms(10), None, Some(ms(5000))), ms(5000));
        assert_eq!(pacer.book(ms(20)), ms(5010));
        let waits: Vec<_> = (1..9).map(growing).map(|wait| wait.as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        let mut pacer = Pacer::default();
        assert_eq!(pacer.refused(ms(0), None, None), ms(1000));
        assert_eq!(pacer.refused(ms(1000), None, None), ms(2000));
        pacer.accepted(ms(3000));
        assert_eq!(pacer.refused(ms(4000), None, None), ms(1000));
    }

    #[test]
    fn a_bucket_others_empty_brings_no_storm() {
        let mut pacer = Pacer::default();
        let (mut now, mut calls) = (ms(0), 0);
        while now < Duration::from_mins(10) {
            now = pacer.book(now) + ms(10);
            pacer.refused(now, Some(rate(100, 60_000)), None);
            calls += 1;
        }
        assert!(calls < 200, "{calls}");
    }

    #[test]
    fn two_buckets_are_both_kept() {
        let mut pacer = Pacer::default();
        pacer.refused(ms(0), Some(rate(10, 1000)), None);
        pacer.refused(ms(0), Some(rate(60, 60_000)), None);
        let starts: Vec<_> = (0..3).map(|_| pacer.book(ms(0)).as_millis()).collect();
        assert_eq!(starts, [1020, 2040, 3060]);
    }

    #[test]
    fn rates_are_read_from_words() {
        let cases = [
            ("Limit reached (100 tokens per 60000 ms)", Some((100, 60_000))),
            ("Limit reached (5 tokens per 1000 ms)", Some((5, 1000))),
            ("Limit reached (0 tokens per 1000 ms)", None),
            ("Limit reached (5 tokens per 0 ms)", None),
            ("Limit reached", None),
            ("Limit reached (many tokens per 1000 ms)", None),
            ("Limit reached (99999999999 tokens per 1000 ms)", None),
        ];
        for (words, expected) in cases {
            let expected = expected.map(|(limit, window)| rate(limit, window));
            assert_eq!(Rate::from_words(words), expected, "{words}");
        }
    }

    proptest::proptest! {
        /// Whatever happens, a start is never before now, and the pacer always comes to one.
        #[test]
        fn starts_never_lie_in_the_past(
            steps in proptest::collection::vec((0u8..4, 0u64..5000, 1u64..200, 1u64..100_000), 1..60)
        ) {
            let (mut pacer, mut now) = (Pacer::default(), ms(0));
            for (kind, gap, limit, window) in steps {
                now += ms(gap);
                match kind {
                    0 => { pacer.refused(now, Rate::new(limit, ms(window)), None); }
                    1 => { pacer.refused(now, None, Some(ms(gap))); }
                    2 => pacer.accepted(now),
                    _ => {}
                }
                let start = pacer.book(now);
                proptest::prop_assert!(start >= now);
                proptest::prop_assert!(start < now + Duration::from_hours(800));
            }
        }
    }
}
