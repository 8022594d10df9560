//! A later pass along the cuts of the first: files on disk are read by the workers themselves, each at
//! its own place; packed sources are unpacked by whoever needs the next job. It must not search for
//! records.

use super::cuts::Place;
use super::line::Jobs;
use super::small::{self, Batch, Whole};
use super::{Shard, SourceEnd, Spares};
use crate::error::{Error, Result};
use crate::event::watch::Watcher;
use crate::read::{Chunk, Damage, Opener, Source};
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

/// What one worker does at a time.
pub(super) enum Job {
    /// Works on a chunk that was read.
    Chunk(Chunk),
    /// Reads a chunk from a file, from this byte on, and works on it.
    Read(Arc<File>, u64, usize, Place),
    Small(Batch),
}

/// What came of it.
pub(super) enum Done<T> {
    Chunk(T),
    Small(Vec<Whole<T>>),
}

/// The sources, as jobs along their cuts.
pub(super) struct Input<'a> {
    sources: &'a [Source],
    ends: &'a [SourceEnd],
    /// The share of this pass, of so many bytes in all.
    shard: Shard,
    total: u64,
    /// Where each source begins among all bytes.
    starts: Vec<u64>,
    spares: &'a Spares,
    watcher: &'a Watcher,
    next: usize,
    open: Option<Open<'a>>,
    opener: Opener,
}

/// A source that is being read.
struct Open<'a> {
    source: usize,
    bytes: Bytes,
    places: Box<dyn Iterator<Item = Place> + Send + 'a>,
}

enum Bytes {
    /// Nothing of it is in the share.
    None,
    /// Of a file, from this byte on; every worker reads for itself.
    File(Arc<File>, u64),
    /// Of a stream, one after another.
    Stream(Box<dyn Read + Send>),
}

impl<'a> Input<'a> {
    pub fn new(
        sources: &'a [Source],
        ends: &'a [SourceEnd],
        shard: Shard,
        spares: &'a Spares,
        watcher: &'a Watcher,
    ) -> Self {
        let mut total = 0;
        let starts = ends.iter().map(|end| {
            let start = total;
            total += end.bytes;
            start
        });
        let (starts, opener) = (starts.collect(), Opener::default());
        let (next, open) = (0, None);
        Self { sources, ends, shard, total, starts, spares, watcher, next, open, opener }
    }

    /// Where this byte of a source is: before the share, in it, or behind it.
    fn side(&self, source: usize, offset: u64) -> Ordering {
        let start = self.starts.get(source).copied().unwrap_or(self.total);
        self.shard.side(start + offset, self.total)
    }

    fn open(&mut self, source: &'a Source) -> Result<Option<Open<'a>>> {
        let end = self.ends.get(self.next);
        let Some((cuts, last)) = end.and_then(|end| Some((end.cuts.as_ref()?, end.bytes))) else {
            return Ok(None);
        };
        let (first, last) = (self.side(self.next, 0), self.side(self.next, last));
        if first.is_gt() || last.is_lt() {
            let (bytes, places) = (Bytes::None, Box::new(std::iter::empty()));
            return Ok(Some(Open { source: self.next, bytes, places }));
        }
        let bytes = match source.place_in_file().filter(|_| cfg!(unix)) {
            Some(offset) => {
                let io = |e| Error::io("cannot open the export", &source.path, e);
                Bytes::File(Arc::new(File::open(&source.path).map_err(io)?), offset)
            }
            None => Bytes::Stream(self.opener.open(source)?),
        };
        Ok(Some(Open { source: self.next, bytes, places: Box::new(cuts.places()) }))
    }

    /// Leaves out a chunk of another share.
    fn skip(&self, open: &mut Open<'_>, place: &Place) -> Result<Option<Job>> {
        if let Bytes::Stream(input) = &mut open.bytes {
            let skipped = io::copy(&mut input.take(place.bytes as u64), &mut io::sink());
            self.whole(open.source, place, skipped)?;
        }
        Ok(None)
    }

    /// A chunk as a job.
    fn read(&self, open: &mut Open<'_>, place: Place) -> Result<Option<Job>> {
        let at = open.source;
        Ok(match &mut open.bytes {
            Bytes::None => None,
            Bytes::File(file, from) => Some(Job::Read(Arc::clone(file), *from, at, place)),
            Bytes::Stream(input) => {
                let mut bytes = self.spares.take();
                bytes.clear();
                let read = input.take(place.bytes as u64).read_to_end(&mut bytes);
                self.whole(at, &place, read.map(|n| n as u64))?;
                Some(Job::Chunk(chunk(at, place, bytes)))
            }
        })
    }

    /// As many bytes were read as there were before.
    fn whole(&self, source: usize, place: &Place, read: io::Result<u64>) -> Result<()> {
        let source = &self.sources[source];
        match read.map_err(|e| Damage::of(&e).map_or(Some(e), |_| None)) {
            Err(Some(e)) => Err(Error::io("cannot read the export", &source.path, e)),
            Ok(n) if n == place.bytes as u64 => Ok(()),
            _ => Err(changed(source)),
        }
    }
}

impl Jobs for Input<'_> {
    type Job = Job;

    fn next(&mut self) -> Result<Option<Job>> {
        loop {
            if let Some(mut open) = self.open.take()
                && let Some(place) = open.places.next()
            {
                let (side, bytes) = (self.side(open.source, place.offset), place.bytes as u64);
                let job = match side {
                    Ordering::Less => self.skip(&mut open, &place)?,
                    Ordering::Equal => self.read(&mut open, place)?,
                    // So is the rest of it.
                    Ordering::Greater => continue,
                };
                self.open = Some(open);
                if job.is_some() {
                    self.watcher.bytes(bytes, bytes);
                    return Ok(job);
                }
                continue;
            }
            let Some(source) = self.sources.get(self.next) else { return Ok(None) };
            self.open = self.open(source)?;
            if self.open.is_some() {
                self.next += 1;
            } else if small::is_small(source) && self.side(self.next, 0).is_eq() {
                let (mut next, mut opener) = (self.next, std::mem::take(&mut self.opener));
                let mine = |at| self.side(at, 0).is_eq();
                let batch = Batch::next(self.sources, &mut next, &mut opener, mine)?;
                (self.next, self.opener) = (next, opener);
                return Ok(Some(Job::Small(batch)));
            } else {
                // It is another share's, or the first pass took nothing from it.
                self.next += 1;
            }
        }
    }
}

/// Does a job.
pub(super) fn work<T>(
    job: Job,
    sources: &[Source],
    spares: &Spares,
    work: &impl Fn(&Chunk) -> T,
) -> Result<Done<T>> {
    let chunk = match job {
        Job::Chunk(chunk) => chunk,
        Job::Read(file, from, at, place) => {
            let mut bytes = spares.take();
            bytes.resize(place.bytes, 0);
            match read_at(&file, &mut bytes, from + place.offset) {
                Ok(()) => chunk(at, place, bytes),
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                    return Err(changed(&sources[at]));
                }
                Err(e) => return Err(Error::io("cannot read the export", &sources[at].path, e)),
            }
        }
        Job::Small(batch) => return Ok(Done::Small(batch.work(sources, false, work)?)),
    };
    let result = work(&chunk);
    spares.give(chunk.bytes);
    Ok(Done::Chunk(result))
}

/// Hands on what was done, in order.
pub(super) fn take<T>(
    done: Done<T>,
    sources: &[Source],
    watcher: &Watcher,
    work: &impl Fn(&Chunk) -> T,
    take: &mut impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let wholes = match done {
        Done::Chunk(result) => return take(result),
        Done::Small(wholes) => wholes,
    };
    for whole in wholes {
        let end = whole.hand_on(sources, false, work, take)?;
        watcher.bytes(end.bytes, end.bytes);
    }
    Ok(())
}

fn chunk(source: usize, place: Place, bytes: Vec<u8>) -> Chunk {
    let Place { offset, records, .. } = place;
    Chunk { source, offset, bytes, records, ..Chunk::default() }
}

fn changed(source: &Source) -> Error {
    Error::failed("C2T-E023", "the export has changed while it was read")
        .at(&*source.path)
        .fix("convert a copy that nobody writes to")
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

/// Without reading at a place, files are read as streams.
#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
