//! A later pass along the cuts of the first: files on disk are read by the workers themselves, each at
//! its own place; packed sources are unpacked by whoever needs the next job. It must not search for
//! records.

use super::cuts::Place;
use super::line::Jobs;
use super::small::{self, Batch, Whole};
use super::{SourceEnd, Spares};
use crate::error::{Error, Result};
use crate::read::{Chunk, Damage, Opener, Source};
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
    spares: &'a Spares,
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
    /// Of a file, from this byte on; every worker reads for itself.
    File(Arc<File>, u64),
    /// Of a stream, one after another.
    Stream(Box<dyn Read + Send>),
}

impl<'a> Input<'a> {
    pub fn new(sources: &'a [Source], ends: &'a [SourceEnd], spares: &'a Spares) -> Self {
        Self { sources, ends, spares, next: 0, open: None, opener: Opener::default() }
    }

    fn open(&mut self, source: &'a Source) -> Result<Option<Open<'a>>> {
        let Some(cuts) = self.ends.get(self.next).and_then(|end| end.cuts.as_ref()) else {
            return Ok(None);
        };
        let bytes = match source.place_in_file().filter(|_| cfg!(unix)) {
            Some(offset) => {
                let io = |e| Error::io("cannot open the export", &source.path, e);
                Bytes::File(Arc::new(File::open(&source.path).map_err(io)?), offset)
            }
            None => Bytes::Stream(self.opener.open(source)?),
        };
        Ok(Some(Open { source: self.next, bytes, places: Box::new(cuts.places()) }))
    }
}

impl Jobs for Input<'_> {
    type Job = Job;

    fn next(&mut self) -> Result<Option<Job>> {
        loop {
            if let Some(open) = &mut self.open
                && let Some(place) = open.places.next()
            {
                let at = open.source;
                return Ok(Some(match &mut open.bytes {
                    Bytes::File(file, from) => Job::Read(Arc::clone(file), *from, at, place),
                    Bytes::Stream(input) => {
                        let mut bytes = self.spares.take();
                        bytes.clear();
                        let read = input.take(place.bytes as u64).read_to_end(&mut bytes);
                        let path = &self.sources[at].path;
                        match read.map_err(|e| Damage::of(&e).map_or(Some(e), |_| None)) {
                            Err(Some(e)) => {
                                return Err(Error::io("cannot read the export", path, e));
                            }
                            Ok(n) if n == place.bytes => {}
                            _ => return Err(changed(&self.sources[at])),
                        }
                        Job::Chunk(chunk(at, place, bytes))
                    }
                }));
            }
            self.open = None;
            let Some(source) = self.sources.get(self.next) else { return Ok(None) };
            self.open = self.open(source)?;
            if self.open.is_some() {
                self.next += 1;
            } else if small::is_small(source) {
                let batch = Batch::next(self.sources, &mut self.next, &mut self.opener)?;
                return Ok(Some(Job::Small(batch)));
            } else {
                // The first pass took nothing from it.
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
    work: &impl Fn(&Chunk) -> T,
    take: &mut impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let wholes = match done {
        Done::Chunk(result) => return take(result),
        Done::Small(wholes) => wholes,
    };
    for whole in wholes {
        if whole.large {
            let source = &sources[whole.at];
            let input = Opener::default().open(source)?;
            small::through(whole.at, source, input, false, work, take)?;
        } else {
            whole.results.into_iter().try_for_each(&mut *take)?;
        }
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
