//! The two token buckets of a workspace (`twenty-api.md §2.1`): what a call may take. It must not
//! know what the call is for.

use super::failure::Failure;
use std::time::{Duration, Instant};

/// A bucket: as many tokens as `max`, filled up in `window`. None: never empty.
#[derive(Debug)]
pub struct Bucket {
    limit: Option<(u32, Duration)>,
    tokens: u128,
    since: Instant,
}

impl Bucket {
    pub fn new(limit: Option<(u32, Duration)>) -> Self {
        let tokens = limit.map_or(0, |(max, _)| u128::from(max));
        Self { limit, tokens, since: Instant::now() }
    }

    /// Takes one token. What has flowed in is the whole part of elapsed × max ÷ window, and the
    /// clock restarts at each accepted call: the fraction is lost.
    pub fn take(&mut self, now: Instant) -> Result<(), (u32, Duration)> {
        let Some((max, window)) = self.limit else { return Ok(()) };
        let elapsed = now.saturating_duration_since(self.since).as_millis();
        let inflow = elapsed * u128::from(max) / window.as_millis().max(1);
        let held = (self.tokens + inflow).min(u128::from(max));
        if held == 0 {
            return Err((max, window));
        }
        self.tokens = held - 1;
        self.since = now;
        Ok(())
    }
}

/// The refusal of 2.21 and, when `newer`, of later versions (`twenty-api.md §2.2`).
pub fn refusal((max, window): (u32, Duration), newer: bool) -> Failure {
    let milliseconds = window.as_millis() as u64;
    let wait = (milliseconds / u64::from(max.max(1))).max(1);
    let message = format!("Limit reached ({max} tokens per {milliseconds} ms)");
    let made = if newer {
        Failure::new("Rate limit exceeded", "RATE_LIMITED").with("retryAfterMs", wait)
    } else {
        Failure::input(message, Some("Rate limit reached. Please try again later."))
            .sub("LIMIT_REACHED")
    };
    Failure { rest: (429, if newer { "RATE_LIMITED" } else { "HttpException" }), ..made }
}
