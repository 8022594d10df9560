//! What the transform of one chunk hands on. It must not write anything itself.

use super::attachment::Reference;
use crate::close::{Kind, Ledger};
use crate::event::{RecordCounts, Reject};
use crate::survey::Map;

/// One row of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Index of the step.
    pub step: usize,
    /// Its place in time, in microseconds.
    pub at: i64,
    /// Its Close id, which orders rows of one instant.
    pub id: Box<str>,
    /// A hash of what it says: of its non-empty cells with their headers, and of its time.
    pub hash: u64,
    /// The line with its line end, every cell quoted.
    pub line: Vec<u8>,
}

/// A record that must be seen together with others before it can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spilled {
    /// Records with one key are seen together.
    pub key: u64,
    /// The kind it was recognised as.
    pub kind: Kind,
    /// The lead it stood in.
    pub lead: Option<Box<str>>,
    /// When it was completed, for to-dos whose completion stood beside them.
    pub completed: Option<i64>,
    /// Index of the source.
    pub source: usize,
    /// Byte offset in the source.
    pub offset: u64,
    /// The record without the records inside it.
    pub json: Vec<u8>,
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Output {
    /// Rows, in no order that matters.
    pub rows: Vec<Row>,
    /// Lines of archive files, by file stem, in input order.
    pub archive: Map<&'static str, Vec<u8>>,
    /// What was set aside or remarked.
    pub rejects: Vec<Reject>,
    /// What became of each value.
    pub ledger: Ledger,
    /// What became of each record.
    pub counts: Map<Kind, RecordCounts>,
    /// Records that could not be read, by no known kind.
    pub unreadable: RecordCounts,
    /// Rows made from a part of a record that has a row of its own: notes of opportunities.
    pub derived: u64,
    /// Rows of each custom type, by its position in the plan.
    pub typed: Map<usize, u64>,
    /// Files that records refer to.
    pub files: Vec<Reference>,
    /// Records to be gathered.
    pub spilled: Vec<Spilled>,
}

impl Output {
    /// The counters of a kind.
    pub fn count(&mut self, kind: Kind) -> &mut RecordCounts {
        self.counts.entry(kind).or_default()
    }
}
