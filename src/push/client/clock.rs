//! The one place where `push` looks at a clock and sleeps, so that everything else can be tested in simulated time. It
//! must not know what is waited for.

use std::time::{Duration, Instant};

/// Time that only goes forward, and a way to let it pass.
pub trait Clock: Send + Sync {
    /// Time since some fixed moment.
    fn now(&self) -> Duration;
    /// Lets `span` pass.
    fn sleep(&self, span: Duration);
}

/// The machine's clock.
pub struct Real(Instant);

impl Default for Real {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Real {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep(&self, span: Duration) {
        std::thread::sleep(span);
    }
}
