//! The bar on a terminal: there is one at a time, and whoever prints or ends the program finds it here. It must not draw
//! anything where no terminal is.

mod passes;
#[cfg(feature = "network")]
mod requests;

pub(super) use passes::Passes;
#[cfg(feature = "network")]
pub(super) use requests::Requests;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The bar is redrawn this often, so that a waiting run does not look dead.
const TICK: Duration = Duration::from_millis(250);

/// The bar that is drawn.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn held() -> MutexGuard<'static, Option<ProgressBar>> {
    BAR.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Draws a bar of this length and look, in place of another.
fn show(length: u64, style: ProgressStyle, message: String) {
    clear();
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    bar.set_style(style);
    bar.set_message(message);
    bar.enable_steady_tick(TICK);
    *held() = Some(bar);
}

/// The bar has come so much further.
fn advance(by: u64) {
    if let Some(bar) = &*held() {
        bar.inc(by);
    }
}

/// Takes the bar away; the line it stood in is empty.
pub(super) fn clear() {
    // Not held while the bar ends: its ticker may be drawing.
    let bar = held().take();
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
}

/// Prints something above the bar.
pub(super) fn above(print: impl FnOnce()) {
    let bar = held().clone();
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}
