//! How far a long piece of work is, told to whoever watches: once a chunk, from any thread. It must not print, and nothing
//! that is written may depend on it.

use std::fmt;
use std::sync::Arc;

/// A long piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Pass 1 over the export.
    Survey,
    /// Another look at the export, for samples of what is in it.
    Sample,
    /// Pass 2 over the export.
    Transform,
    /// Rows are sorted, files written.
    Write,
    /// CSV files are read as Twenty would.
    Check,
}

/// Who watches.
pub trait Watch: Send + Sync {
    /// A phase begins; it has so many bytes to go through, 0 when nobody knows.
    fn begin(&self, phase: Phase, bytes: u64);
    /// So many more bytes were read, and the way is shorter by `way`: packed data is read in more bytes than its file has.
    fn bytes(&self, read: u64, way: u64);
    /// So many more records were read.
    fn records(&self, records: u64);
    /// The phase has ended, well or not.
    fn end(&self);
}

/// Hands on what is to be said to the one who watches, if there is one.
#[derive(Clone, Default)]
pub struct Watcher(Option<Arc<dyn Watch>>);

impl Watcher {
    /// For this one.
    pub fn new(watch: Arc<dyn Watch>) -> Self {
        Self(Some(watch))
    }

    /// Begins a phase, which ends when the answer is dropped.
    #[must_use = "the phase ends when this is dropped"]
    pub fn begin(&self, phase: Phase, bytes: u64) -> Running<'_> {
        if let Some(watch) = &self.0 {
            watch.begin(phase, bytes);
        }
        Running(self)
    }

    /// See [`Watch::bytes`].
    pub fn bytes(&self, read: u64, way: u64) {
        if let Some(watch) = &self.0 {
            watch.bytes(read, way);
        }
    }

    /// See [`Watch::records`].
    pub fn records(&self, records: u64) {
        if let Some(watch) = &self.0 {
            watch.records(records);
        }
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watcher(somebody)" } else { "Watcher(nobody)" })
    }
}

/// A phase that goes on; see [`Watcher::begin`].
#[derive(Debug)]
pub struct Running<'w>(&'w Watcher);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(watch) = &self.0.0 {
            watch.end();
        }
    }
}
