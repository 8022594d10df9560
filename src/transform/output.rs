//! What the transform of one chunk hands on. It must not write anything itself.

use super::attachment::Reference;
use super::spot::Pick;
use crate::close::{Kind, Ledger};
use crate::event::{RecordCounts, Reject};
use crate::survey::Map;
use std::sync::Mutex;

/// Outputs kept to be filled again.
const MAX_SPARES: usize = 64;
/// Bytes one of them may hold; a chunk is some hundred kilobytes.
const MAX_SPARE: usize = 8 << 20;

/// One row of a CSV file, in the buffer it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Index of the step.
    pub step: usize,
    /// Its place in time, in microseconds.
    pub at: i64,
    /// Its Close id, which orders rows of one instant.
    pub id: &'a [u8],
    /// A hash of what it says: of its non-empty cells with their headers, and of its time.
    pub hash: u64,
    /// The line with its line end, every cell quoted.
    pub line: &'a [u8],
}

impl Row<'_> {
    /// Where it stands among the rows of its step. What comes after time and id only makes the order one
    /// that does not depend on how rows came.
    pub fn place(&self) -> (i64, &[u8], &[u8], u64) {
        (self.at, self.id, self.line, self.hash)
    }
}

/// Rows of any steps in one buffer, which is used again.
#[derive(Debug, Default)]
pub struct Rows {
    /// Id and line of each row.
    bytes: Vec<u8>,
    rows: Vec<Held>,
}

/// A row in a buffer.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: i64,
    hash: u64,
    start: usize,
    step: u32,
    id: u32,
    line: u32,
}

impl Rows {
    /// None, with room for so many bytes of rows: memory is taken as it fills, and never moved.
    pub fn with_room(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), rows: Vec::new() }
    }

    /// Adds a row; `line` appends its line to the buffer it is given.
    pub fn push(
        &mut self,
        step: usize,
        at: i64,
        id: &str,
        hash: u64,
        line: impl FnOnce(&mut Vec<u8>),
    ) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(id.as_bytes());
        line(&mut self.bytes);
        let (step, id) = (step as u32, id.len() as u32);
        let line = (self.bytes.len() - start) as u32 - id;
        self.rows.push(Held { at, hash, start, step, id, line });
    }

    /// Adds a row that stands elsewhere.
    pub fn add(&mut self, row: &Row<'_>) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(row.id);
        self.bytes.extend_from_slice(row.line);
        let (id, line) = (row.id.len() as u32, row.line.len() as u32);
        self.rows.push(Held { at: row.at, hash: row.hash, start, step: row.step as u32, id, line });
    }

    /// Adds all rows of `other`.
    pub fn append(&mut self, other: &Self) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.rows.extend(other.rows.iter().map(|row| Held { start: from + row.start, ..*row }));
    }

    /// Bytes in use.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.rows.len() * size_of::<Held>()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Brings the rows in order: by step, then by [`Row::place`].
    pub fn sort(&mut self) {
        let Self { bytes, rows } = self;
        rows.sort_unstable_by(|a, b| {
            // Few rows share an instant: the buffer is hardly looked into.
            (a.step, a.at)
                .cmp(&(b.step, b.at))
                .then_with(|| row(bytes, a).place().cmp(&row(bytes, b).place()))
        });
    }

    /// All rows as they stand.
    pub fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|held| row(&self.bytes, held))
    }

    /// The rows of one step, once they are sorted.
    pub fn of_step(&self, step: usize) -> impl ExactSizeIterator<Item = Row<'_>> {
        let from = self.rows.partition_point(|row| (row.step as usize) < step);
        let to = self.rows.partition_point(|row| row.step as usize <= step);
        let held = self.rows.get(from..to).unwrap_or_default();
        held.iter().map(|held| row(&self.bytes, held))
    }

    /// Forgets all rows and keeps the buffer.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.rows.clear();
    }
}

fn row<'a>(bytes: &'a [u8], held: &Held) -> Row<'a> {
    let both = bytes.get(held.start..).unwrap_or_default();
    let (id, rest) = both.split_at_checked(held.id as usize).unwrap_or_default();
    let line = rest.get(..held.line as usize).unwrap_or_default();
    Row { step: held.step as usize, at: held.at, id, hash: held.hash, line }
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
    pub rows: Rows,
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
    /// Records a person may be asked to compare by eye.
    pub picks: Vec<Pick>,
}

impl Output {
    /// The counters of a kind.
    pub fn count(&mut self, kind: Kind) -> &mut RecordCounts {
        self.counts.entry(kind).or_default()
    }

    /// Records that were read, whatever became of them.
    pub fn read(&self) -> u64 {
        self.counts.values().map(|counts| counts.read).sum::<u64>() + self.unreadable.read
    }

    /// Nothing, with the large buffers of what was there.
    fn emptied(mut self) -> Self {
        self.rows.clear();
        self.archive.values_mut().for_each(Vec::clear);
        Self { rows: self.rows, archive: self.archive, ..Self::default() }
    }

    fn size(&self) -> usize {
        self.rows.size() + self.archive.values().map(Vec::len).sum::<usize>()
    }
}

/// Outputs that were taken, to be filled again: buffers as large as a chunk would otherwise be asked of the
/// system, and their pages cleared by it, for every chunk.
#[derive(Debug, Default)]
pub struct Spares(Mutex<Vec<Output>>);

impl Spares {
    /// An empty output.
    pub fn take(&self) -> Output {
        self.0.lock().ok().and_then(|mut spares| spares.pop()).unwrap_or_default()
    }

    /// Keeps the buffers of an output that was taken, unless there are many, or they are beyond all measure.
    pub fn put(&self, output: Output) {
        let keep = output.size() <= MAX_SPARE;
        if let Ok(mut spares) = self.0.lock()
            && keep
            && spares.len() < MAX_SPARES
        {
            spares.push(output.emptied());
        }
    }
}
