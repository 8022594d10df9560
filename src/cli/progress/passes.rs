//! How far a pass over the export or a bundle is: a bar with megabytes and records a second, and the time left. It must not
//! cost the pass more than a few additions a chunk.

use super::{advance, clear, show};
use crate::event::watch::{Phase, Watch};
use crate::report::pace;
use indicatif::{HumanDuration, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// With a length; 80 columns hold it.
const BAR: &str = "{msg:12} {wide_bar} {percent:>3}%  {speed:>9}{records}{left}";
/// Without.
const SPINNER: &str = "{msg:12} {spinner} {elapsed}";

/// See the module's head.
#[derive(Debug, Default)]
pub struct Passes {
    count: Arc<Count>,
}

/// What the phase has read so far.
#[derive(Debug, Default)]
struct Count {
    bytes: AtomicU64,
    records: AtomicU64,
}

impl Watch for Passes {
    fn begin(&self, phase: Phase, bytes: u64) {
        self.count.bytes.store(0, Ordering::Relaxed);
        self.count.records.store(0, Ordering::Relaxed);
        show(bytes, style(bytes > 0, &self.count), name(phase).to_owned());
    }

    fn bytes(&self, read: u64, way: u64) {
        self.count.bytes.fetch_add(read, Ordering::Relaxed);
        advance(way);
    }

    fn records(&self, records: u64) {
        self.count.records.fetch_add(records, Ordering::Relaxed);
    }

    fn end(&self) {
        clear();
    }
}

const fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Survey => "Surveying",
        Phase::Sample => "Sampling",
        Phase::Transform => "Transforming",
        Phase::Write => "Sorting and writing",
        Phase::Check => "Checking",
    }
}

fn style(has_length: bool, count: &Arc<Count>) -> ProgressStyle {
    let template = if has_length { BAR } else { SPINNER };
    let style = ProgressStyle::with_template(template);
    let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
    let (bytes, records) = (Arc::clone(count), Arc::clone(count));
    let speed = move |state: &ProgressState, out: &mut dyn Write| {
        // A writer into a line cannot fail.
        let _ = out.write_str(&pace::speed(bytes.bytes.load(Ordering::Relaxed), state.elapsed()));
    };
    let records = move |state: &ProgressState, out: &mut dyn Write| {
        let records = records.records.load(Ordering::Relaxed);
        if records > 0 {
            let _ = write!(out, "  {:>17}", pace::rate(records, state.elapsed()));
        }
    };
    let left = |state: &ProgressState, out: &mut dyn Write| {
        // Before the first chunk nobody knows.
        if state.pos() > 0 {
            let _ = write!(out, "  {:#} left", HumanDuration(state.eta()));
        }
    };
    style.with_key("speed", speed).with_key("records", records).with_key("left", left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_looks_are_understood() {
        for template in [BAR, SPINNER] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn a_phase_counts_from_nothing() {
        let passes = Passes::default();
        passes.begin(Phase::Survey, 10);
        passes.bytes(4, 2);
        passes.records(3);
        assert_eq!(passes.count.bytes.load(Ordering::Relaxed), 4);
        passes.begin(Phase::Transform, 10);
        assert_eq!(passes.count.bytes.load(Ordering::Relaxed), 0);
        assert_eq!(passes.count.records.load(Ordering::Relaxed), 0);
        passes.end();
    }
}
