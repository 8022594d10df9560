//! The only place with threads: chunks of records are read in order, worked on in parallel, and
//! handed on in order. Memory is two batches of chunks, whatever the input's size. It must not
//! know what the work is.

use crate::error::{Error, Result};
use crate::read::{Chunk, Source, Splitter};
use rayon::prelude::*;
use std::io::Read;

/// Chunks in work at a time, per thread.
const BATCH_PER_THREAD: usize = 4;

/// What reading a source came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceEnd {
    /// Decompressed bytes.
    pub bytes: u64,
    /// SHA-256 of the decompressed bytes, when it was asked for.
    pub sha256: Option<String>,
}

/// The workers; handed on by those who start a pass.
pub type Pool = rayon::ThreadPool;

/// A pool of `threads` workers (0: one per core).
///
/// # Errors
/// When the operating system refuses the threads.
pub fn pool(threads: usize) -> Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(8 << 20).build().map_err(|e| {
        Error { source: Some(Box::new(e)), ..Error::failed("C2T-E020", "cannot start the threads") }
    })
}

/// Runs `work` on every chunk of every source in parallel and `take` on the results in input
/// order. Reading, working and taking overlap.
///
/// # Errors
/// The first error of reading or of `take`.
pub fn ordered<T: Send>(
    pool: &rayon::ThreadPool,
    sources: &[Source],
    hash: bool,
    work: impl Fn(Chunk) -> T + Sync,
    mut take: impl FnMut(T) -> Result<()> + Send,
) -> Result<Vec<SourceEnd>> {
    let mut input = Input { sources, next: 0, open: None, hash, ends: Vec::new() };
    let size = BATCH_PER_THREAD * pool.current_num_threads();
    pool.install(|| {
        let mut batch = input.batch(size)?;
        let mut done: Vec<T> = Vec::new();
        while !batch.is_empty() || !done.is_empty() {
            let ready = std::mem::take(&mut done);
            let ((next, taken), worked) = rayon::join(
                || (input.batch(size), ready.into_iter().try_for_each(&mut take)),
                || batch.into_par_iter().map(&work).collect::<Vec<T>>(),
            );
            taken?;
            done = worked;
            batch = next?;
        }
        Ok(())
    })?;
    Ok(input.ends)
}

struct Input<'a> {
    sources: &'a [Source],
    next: usize,
    open: Option<Splitter<Box<dyn Read + Send>>>,
    hash: bool,
    ends: Vec<SourceEnd>,
}

impl Input<'_> {
    fn batch(&mut self, size: usize) -> Result<Vec<Chunk>> {
        let mut batch = Vec::with_capacity(size);
        while batch.len() < size {
            match self.chunk()? {
                Some(chunk) => batch.push(chunk),
                None => break,
            }
        }
        Ok(batch)
    }

    fn chunk(&mut self) -> Result<Option<Chunk>> {
        loop {
            if let Some(splitter) = &mut self.open {
                if let Some(chunk) = splitter.next_chunk()? {
                    return Ok(Some(chunk));
                }
                let (bytes, sha256) = splitter.digest();
                self.ends.push(SourceEnd { bytes, sha256 });
                self.open = None;
            }
            let Some(source) = self.sources.get(self.next) else { return Ok(None) };
            let input = source.open()?;
            self.open = Some(Splitter::new(input, source.path.clone(), self.next, self.hash));
            self.next += 1;
        }
    }
}
