//! Small sources, read whole by the workers, many at a time: an export may be thousands of files. It
//! must not hold a small source that unpacks to a large one.

use super::SourceEnd;
use crate::error::{Error, Result};
use crate::read::split::hex;
use crate::read::{Chunk, Damage, Opener, Source, Splitter};
use sha2::{Digest, Sha256};
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Sources of at most this many bytes are read whole, several in one job.
const SMALL: u64 = 128 * 1024;
/// A job takes small sources up to this many bytes together.
const JOB: u64 = 256 * 1024;
/// And at most so many of them.
const JOB_SOURCES: usize = 256;
/// What a byte of a packed source counts there.
const PACKED: u64 = 16;
/// A small source that unpacks to more is read like a large one.
const UNPACKED: u64 = 4 << 20;

/// Small sources for one worker, from the first number on, as they are or as they were read before.
pub(super) struct Batch {
    first: usize,
    ahead: Vec<Option<Ahead>>,
}

/// What came of one source.
pub(super) struct Whole<T> {
    pub at: usize,
    end: SourceEnd,
    results: Vec<T>,
    /// It proved too large to be read in one go: nothing was done.
    large: bool,
}

/// Small enough to be read in one go, and its size is known.
pub(super) fn is_small(source: &Source) -> bool {
    source.bytes <= SMALL && (source.stands_alone() || source.is_plain())
}

impl Batch {
    /// The run of small sources that begins at `next`, as far as they are `mine`. Those that stand in a
    /// packed stream are read here, in their order.
    pub fn next(
        sources: &[Source],
        next: &mut usize,
        opener: &mut Opener,
        mine: impl Fn(usize) -> bool,
    ) -> Result<Self> {
        let (first, mut ahead, mut bytes) = (*next, Vec::new(), 0);
        while let Some(source) = sources.get(*next)
            && is_small(source)
            && mine(*next)
            && bytes < JOB
            && ahead.len() < JOB_SOURCES
        {
            let alone = source.stands_alone();
            ahead.push(if alone { None } else { Some(Ahead::read(opener, source)?) });
            bytes += if source.is_plain() { source.bytes } else { source.bytes * PACKED };
            *next += 1;
        }
        Ok(Self { first, ahead })
    }

    /// Reads each source whole and works on it.
    pub fn work<T>(
        self,
        sources: &[Source],
        digest: bool,
        work: &impl Fn(&Chunk) -> T,
    ) -> Result<Vec<Whole<T>>> {
        let one = |(at, ahead): (usize, Option<Ahead>)| {
            let mut results = Vec::new();
            let mut each = |result| {
                results.push(result);
                Ok(())
            };
            let (end, large) = if let Some(ahead) = ahead {
                (through(at, &sources[at], ahead, digest, work, &mut each)?, false)
            } else {
                let input = Opener::default().open(&sources[at])?.take(UNPACKED);
                let end = through(at, &sources[at], input, digest, work, &mut each)?;
                let large = end.bytes >= UNPACKED;
                (end, large)
            };
            if large {
                results.clear();
            }
            Ok(Whole { at, end, results, large })
        };
        (self.first..).zip(self.ahead).map(one).collect()
    }
}

impl<T> Whole<T> {
    /// Hands on what came of the source; one that proved too large is read and worked on now. Answers how
    /// it ended.
    pub fn hand_on(
        self,
        sources: &[Source],
        digest: bool,
        work: &impl Fn(&Chunk) -> T,
        take: &mut impl FnMut(T) -> Result<()>,
    ) -> Result<SourceEnd> {
        if self.large {
            let source = &sources[self.at];
            let input = Opener::default().open(source)?;
            return through(self.at, source, input, digest, work, take);
        }
        self.results.into_iter().try_for_each(take)?;
        Ok(self.end)
    }
}

/// Reads a source to its end and works on it, chunk by chunk.
fn through<T>(
    at: usize,
    source: &Source,
    input: impl Read,
    digest: bool,
    work: &impl Fn(&Chunk) -> T,
    each: &mut impl FnMut(T) -> Result<()>,
) -> Result<SourceEnd> {
    let mut splitter = Splitter::new(input, Arc::clone(&source.path), at);
    let mut hash = digest.then(Sha256::new);
    while let Some(chunk) = splitter.next_chunk()? {
        if let Some(hash) = &mut hash {
            hash.update(&chunk.bytes);
        }
        each(work(&chunk))?;
        splitter.reuse(chunk.bytes);
    }
    let sha256 = hash.map_or_else(String::new, |hash| hex(&hash.finalize()));
    Ok(SourceEnd { bytes: splitter.bytes(), sha256, cuts: None })
}

/// A source that was read before it is worked on: its bytes, and how they ended.
struct Ahead {
    bytes: Cursor<Vec<u8>>,
    damage: Option<Damage>,
}

impl Ahead {
    fn read(opener: &mut Opener, source: &Source) -> Result<Self> {
        let mut bytes = Vec::with_capacity(source.bytes.min(SMALL) as usize);
        let read = opener.open(source)?.take(SMALL + 1).read_to_end(&mut bytes);
        let damage = match read {
            Ok(_) => None,
            Err(error) => match Damage::of(&error) {
                Some(damage) => Some(damage),
                None => return Err(Error::io("cannot read the export", &source.path, error)),
            },
        };
        Ok(Self { bytes: Cursor::new(bytes), damage })
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.bytes.read(buffer)? {
            0 if !buffer.is_empty() => self.damage.map_or(Ok(0), |damage| Err(damage.error())),
            n => Ok(n),
        }
    }
}
