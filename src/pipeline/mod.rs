//! The only place with threads: chunks of records are worked on in parallel, and what comes of them is
//! handed on in order. The first pass cuts the sources and takes their digests; later passes go along
//! the cuts, so that nothing is searched twice and every worker reads for itself. Memory is a window of
//! chunks, whatever the input's size. It must not know what the work is.

mod cuts;
mod first;
mod later;
mod line;
mod shard;
mod small;

pub use shard::Shard;

use crate::error::{Error, Result};
use crate::event::watch::Watcher;
use crate::read::{Chunk, Source};
use cuts::Cuts;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

/// Chunks in work, per thread: enough that none waits for the slowest.
const WINDOW: usize = 4;

/// The workers, and who watches them; handed on by those who start a pass.
#[derive(Debug)]
pub struct Pool {
    workers: rayon::ThreadPool,
    watcher: Watcher,
}

impl Pool {
    /// The same workers, with somebody who watches.
    #[must_use]
    pub fn watched(self, watcher: &Watcher) -> Self {
        Self { watcher: watcher.clone(), ..self }
    }

    /// Who hears how far a pass is: those who start one tell when it begins and how many records were read, the pipeline
    /// how many bytes.
    pub const fn watcher(&self) -> &Watcher {
        &self.watcher
    }
}

impl Deref for Pool {
    type Target = rayon::ThreadPool;

    fn deref(&self) -> &Self::Target {
        &self.workers
    }
}

/// What reading a source came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceEnd {
    /// Decompressed bytes.
    pub bytes: u64,
    /// SHA-256 of the decompressed bytes in hexadecimal.
    pub sha256: String,
    /// Where its records lie; `None` for a small source, which is read whole.
    cuts: Option<Cuts>,
}

impl SourceEnd {
    /// Memory that the places of its records take, in bytes.
    pub fn kept(&self) -> usize {
        self.cuts.as_ref().map_or(0, Cuts::kept)
    }
}

/// A pool of `threads` workers (0: one per core).
///
/// # Errors
/// When the operating system refuses the threads.
pub fn pool(threads: usize) -> Result<Pool> {
    let workers = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(8 << 20).build();
    let workers = workers.map_err(|e| Error {
        source: Some(Box::new(e)),
        ..Error::failed("C2T-E020", "the system gives this program no threads")
            .fix("close other programs, or ask for fewer with --threads 1")
    })?;
    Ok(Pool { workers, watcher: Watcher::default() })
}

/// The first pass: runs `work` on every chunk of every source in parallel and `take` on the results in
/// input order. Answers the end of each source, in the order of the sources.
///
/// # Errors
/// The first error, in input order, of reading or of `take`.
pub fn first<T: Send>(
    pool: &Pool,
    sources: &[Source],
    work: impl Fn(&Chunk) -> T + Sync,
    take: impl FnMut(T) -> Result<()> + Send,
) -> Result<Vec<SourceEnd>> {
    let window = WINDOW * pool.current_num_threads();
    let spares = Spares::default();
    let input = first::Input::new(sources, &spares, pool.watcher());
    let mut ends = first::Ends::new(sources, &spares, pool.watcher(), &work, take);
    line::run(pool, window, input, |job| first::work(job, sources, &work), |done| ends.take(done))?;
    Ok(ends.finish())
}

/// Bytes of all sources, unpacked.
pub fn bytes(ends: &[SourceEnd]) -> u64 {
    ends.iter().map(|end| end.bytes).sum()
}

/// A later pass over a share of the chunks, along the cuts of the first one, in the same order.
///
/// # Errors
/// As [`first()`], and when a source is no longer what it was.
pub fn again<T: Send>(
    pool: &Pool,
    sources: &[Source],
    ends: &[SourceEnd],
    shard: Shard,
    work: impl Fn(&Chunk) -> T + Sync,
    mut take: impl FnMut(T) -> Result<()> + Send,
) -> Result<()> {
    let window = WINDOW * pool.current_num_threads();
    let spares = Spares::default();
    let watcher = pool.watcher();
    let input = later::Input::new(sources, ends, shard, &spares, watcher);
    line::run(
        pool,
        window,
        input,
        |job| later::work(job, sources, &spares, &work),
        |done| later::take(done, sources, watcher, &work, &mut take),
    )
}

/// Buffers of chunks that were worked on, to be filled again: fresh memory costs more than reading.
#[derive(Debug, Default)]
struct Spares(Mutex<Vec<Vec<u8>>>);

impl Spares {
    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// The buffer keeps its length: filling it again needs no zeros.
    fn give(&self, buffer: Vec<u8>) {
        /// What a long record needed is given back to the system.
        const LARGE: usize = 4 << 20;
        if buffer.capacity() <= LARGE {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
}

#[cfg(test)]
mod tests;
