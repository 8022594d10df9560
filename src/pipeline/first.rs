//! The first pass: sources are read and cut into chunks by whoever needs the next job, and their digests
//! and cuts are taken in order. It must not run work itself, except on a source that was taken for a
//! small one.

use super::cuts::Cuts;
use super::line::Jobs;
use super::small::{self, Batch, Whole};
use super::{SourceEnd, Spares};
use crate::error::Result;
use crate::event::watch::Watcher;
use crate::read::split::hex;
use crate::read::{Chunk, Opener, Source, Splitter};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::sync::Arc;

/// What one worker does at a time.
pub(super) enum Job {
    Chunk(Chunk),
    /// The source of this number has ended, after so many bytes.
    End(usize, u64),
    Small(Batch),
}

/// What came of it.
pub(super) enum Done<T> {
    /// The chunk comes along: its bytes are digested in order.
    Chunk(Chunk, T),
    End(usize, u64),
    Small(Vec<Whole<T>>),
}

/// The sources, cut into jobs in order.
pub(super) struct Input<'a> {
    sources: &'a [Source],
    spares: &'a Spares,
    watcher: &'a Watcher,
    next: usize,
    open: Option<(usize, Splitter<Box<dyn Read + Send>>)>,
    opener: Opener,
    /// Packed bytes of the open source that the watcher has heard of.
    packed: u64,
}

impl<'a> Input<'a> {
    pub fn new(sources: &'a [Source], spares: &'a Spares, watcher: &'a Watcher) -> Self {
        let opener = Opener::default();
        Self { sources, spares, watcher, next: 0, open: None, opener, packed: 0 }
    }

    /// Tells the watcher of a chunk: the way is as long as the sources are, packed or not.
    fn tell(&mut self, chunk: &Chunk) {
        let read = chunk.bytes.len() as u64;
        let way = self.opener.packed().map_or(read, |packed| {
            let before = std::mem::replace(&mut self.packed, packed);
            packed.saturating_sub(before)
        });
        self.watcher.bytes(read, way);
    }
}

impl Jobs for Input<'_> {
    type Job = Job;

    fn next(&mut self) -> Result<Option<Job>> {
        if self.open.is_none() {
            let Some(source) = self.sources.get(self.next) else { return Ok(None) };
            if small::is_small(source) {
                let batch = Batch::next(self.sources, &mut self.next, &mut self.opener, |_| true)?;
                return Ok(Some(Job::Small(batch)));
            }
            let input = self.opener.open(source)?;
            let splitter = Splitter::new(input, Arc::clone(&source.path), self.next);
            self.open = Some((self.next, splitter));
            self.packed = 0;
            self.next += 1;
        }
        let Some((at, splitter)) = &mut self.open else { return Ok(None) };
        splitter.reuse(self.spares.take());
        if let Some(chunk) = splitter.next_chunk()? {
            self.tell(&chunk);
            return Ok(Some(Job::Chunk(chunk)));
        }
        let end = Job::End(*at, splitter.bytes());
        self.open = None;
        Ok(Some(end))
    }
}

/// Does a job.
pub(super) fn work<T>(
    job: Job,
    sources: &[Source],
    work: &impl Fn(&Chunk) -> T,
) -> Result<Done<T>> {
    Ok(match job {
        Job::Chunk(chunk) => {
            let result = work(&chunk);
            Done::Chunk(chunk, result)
        }
        Job::End(at, bytes) => Done::End(at, bytes),
        Job::Small(batch) => Done::Small(batch.work(sources, true, work)?),
    })
}

/// Takes what was done, in order, and what there is to know of each source.
pub(super) struct Ends<'a, W, F> {
    sources: &'a [Source],
    spares: &'a Spares,
    watcher: &'a Watcher,
    work: &'a W,
    take: F,
    all: Vec<SourceEnd>,
    hash: Sha256,
    cuts: Cuts,
}

impl<'a, W, F> Ends<'a, W, F> {
    pub fn new(
        sources: &'a [Source],
        spares: &'a Spares,
        watcher: &'a Watcher,
        work: &'a W,
        take: F,
    ) -> Self {
        let all = vec![SourceEnd::default(); sources.len()];
        let (hash, cuts) = (Sha256::new(), Cuts::default());
        Self { sources, spares, watcher, work, take, all, hash, cuts }
    }

    pub fn finish(self) -> Vec<SourceEnd> {
        self.all
    }

    pub fn take<T>(&mut self, done: Done<T>) -> Result<()>
    where
        W: Fn(&Chunk) -> T,
        F: FnMut(T) -> Result<()>,
    {
        match done {
            Done::Chunk(chunk, result) => {
                self.hash.update(&chunk.bytes);
                self.cuts.push(&chunk);
                self.spares.give(chunk.bytes);
                (self.take)(result)
            }
            Done::End(at, bytes) => {
                let (hash, cuts) = (std::mem::take(&mut self.hash), std::mem::take(&mut self.cuts));
                let sha256 = hex(&hash.finalize());
                self.all[at] = SourceEnd { bytes, sha256, cuts: Some(cuts) };
                Ok(())
            }
            Done::Small(wholes) => wholes.into_iter().try_for_each(|whole| {
                let at = whole.at;
                let end = whole.hand_on(self.sources, true, self.work, &mut self.take)?;
                self.watcher.bytes(end.bytes, self.sources[at].bytes);
                self.all[at] = end;
                Ok(())
            }),
        }
    }
}
