//! What was counted on the way from records to rows. Sums alone: in whatever parts they were counted, they
//! add up to the same. It must not count anything itself.

use crate::close::{Kind, Ledger};
use crate::event::{Notice, RecordCounts};
use crate::survey::Map;
use crate::transform::{Output, Pick};

/// Everything that was counted on the way.
#[derive(Debug, Default)]
pub struct Totals {
    /// What became of each record.
    pub counts: Map<Kind, RecordCounts>,
    /// Records that could not be read.
    pub unreadable: RecordCounts,
    /// What became of each value.
    pub ledger: Ledger,
    /// How often each notice occurred.
    pub notices: Map<Notice, u64>,
    /// Rows made, by step.
    pub rows: Vec<u64>,
    /// Rows written, by step.
    pub written: Vec<u64>,
    /// Rows left out because an older bundle has them as they are, by step.
    pub unchanged: Vec<u64>,
    /// Rows made from a part of a record that has a row of its own.
    pub derived: u64,
    /// Rows of each custom type, by its position in the plan.
    pub typed: Map<usize, u64>,
    /// Records a person may be asked to compare by eye, in no order that matters.
    pub picks: Vec<Pick>,
}

impl Totals {
    /// Zeros for so many steps.
    pub(super) fn new(steps: usize) -> Self {
        let none = vec![0; steps];
        Self { rows: none.clone(), written: none.clone(), unchanged: none, ..Self::default() }
    }

    /// Adds what a chunk of the export came to.
    pub(super) fn count(&mut self, output: &Output) {
        for row in output.rows.iter() {
            self.rows[row.step] += 1;
        }
        for reject in &output.rejects {
            *self.notices.entry(reject.notice).or_default() += 1;
        }
        self.ledger.absorb(&output.ledger);
        for (kind, counts) in &output.counts {
            self.counts.entry(*kind).or_default().add(counts);
        }
        self.unreadable.add(&output.unreadable);
        self.derived += output.derived;
        self.picks.extend_from_slice(&output.picks);
        for (at, n) in &output.typed {
            *self.typed.entry(*at).or_default() += n;
        }
    }

    /// Adds what a part of the export came to.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (kind, counts) in &other.counts {
            self.counts.entry(*kind).or_default().add(counts);
        }
        self.unreadable.add(&other.unreadable);
        self.ledger.absorb(&other.ledger);
        for (notice, n) in &other.notices {
            *self.notices.entry(*notice).or_default() += n;
        }
        for (rows, more) in self.rows.iter_mut().zip(&other.rows) {
            *rows += more;
        }
        self.derived += other.derived;
        self.picks.extend_from_slice(&other.picks);
        for (at, n) in &other.typed {
            *self.typed.entry(*at).or_default() += n;
        }
    }
}
