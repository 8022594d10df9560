//! The only place with threads: chunks of records are read in order, worked on in parallel, and
//! handed on in order. Large sources are cut into chunks; small ones are opened, unpacked and cut by
//! the workers themselves, many at a time. Memory is two batches of work, whatever the input's size.
//! It must not know what the work is.

use crate::error::{Error, Result};
use crate::read::{Chunk, Damage, Opener, Source, Splitter};
use rayon::prelude::*;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Jobs in work at a time, per thread.
const BATCH_PER_THREAD: usize = 4;
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

/// What reading a source came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
/// order. Reading, working and taking overlap. Answers the end of each source, in the order of the
/// sources.
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
    let pass = Pass { sources, hash, work };
    let mut input = Input { pass: &pass, next: 0, open: None, opener: Opener::default() };
    let mut ends = vec![SourceEnd::default(); sources.len()];
    let size = BATCH_PER_THREAD * pool.current_num_threads();
    pool.install(|| {
        let mut batch = input.batch(size)?;
        let mut done: Vec<Result<Done<T>>> = Vec::new();
        while !batch.is_empty() || !done.is_empty() {
            let ready = std::mem::take(&mut done);
            let ((next, taken), worked) = rayon::join(
                || {
                    let next = input.batch(size);
                    (
                        next,
                        ready.into_iter().try_for_each(|one| pass.take(one?, &mut take, &mut ends)),
                    )
                },
                || batch.into_par_iter().map(|job| pass.run(job)).collect(),
            );
            taken?;
            done = worked;
            batch = next?;
        }
        Ok(())
    })?;
    Ok(ends)
}

/// What one worker does at a time.
enum Job {
    /// Works on a chunk.
    Chunk(Chunk),
    /// The source of this number has ended.
    End(usize, SourceEnd),
    /// Reads small sources, from the first number on, as they are or from bytes read before.
    Small(usize, Vec<Option<Ahead>>),
}

/// What came of it, in order.
enum Done<T> {
    One(T),
    End(usize, SourceEnd),
    /// A source that proved too large to be read in one go.
    Large(usize),
    Many(Vec<Done<T>>),
}

/// One pass over the sources.
struct Pass<'a, W> {
    sources: &'a [Source],
    hash: bool,
    work: W,
}

impl<W> Pass<'_, W> {
    fn splitter<R: Read>(&self, at: usize, input: R) -> Splitter<R> {
        Splitter::new(input, Arc::clone(&self.sources[at].path), at, self.hash)
    }

    fn run<T>(&self, job: Job) -> Result<Done<T>>
    where
        W: Fn(Chunk) -> T,
    {
        Ok(match job {
            Job::Chunk(chunk) => Done::One((self.work)(chunk)),
            Job::End(at, end) => Done::End(at, end),
            Job::Small(first, read) => {
                let mut done = Vec::new();
                for (at, ahead) in (first..).zip(read) {
                    self.small(at, ahead, &mut done)?;
                }
                Done::Many(done)
            }
        })
    }

    /// Reads a small source whole and works on it.
    fn small<T>(&self, at: usize, ahead: Option<Ahead>, done: &mut Vec<Done<T>>) -> Result<()>
    where
        W: Fn(Chunk) -> T,
    {
        if let Some(ahead) = ahead {
            return self.all(at, ahead, &mut |one| {
                done.push(one);
                Ok(())
            });
        }
        let from = done.len();
        let input = Opener::default().open(&self.sources[at])?.take(UNPACKED);
        let mut unpacked = 0;
        self.all(at, input, &mut |one| {
            if let Done::End(_, end) = &one {
                unpacked = end.bytes;
            }
            done.push(one);
            Ok(())
        })?;
        if unpacked >= UNPACKED {
            // There may be more of it: read again, as a large one, when its turn comes.
            done.truncate(from);
            done.push(Done::Large(at));
        }
        Ok(())
    }

    /// Reads a source to its end and works on it, chunk by chunk.
    fn all<T>(
        &self,
        at: usize,
        input: impl Read,
        each: &mut impl FnMut(Done<T>) -> Result<()>,
    ) -> Result<()>
    where
        W: Fn(Chunk) -> T,
    {
        let mut splitter = self.splitter(at, input);
        while let Some(chunk) = splitter.next_chunk()? {
            each(Done::One((self.work)(chunk)))?;
        }
        let (bytes, sha256) = splitter.digest();
        each(Done::End(at, SourceEnd { bytes, sha256 }))
    }

    /// Hands on what is done.
    fn take<T>(
        &self,
        done: Done<T>,
        take: &mut impl FnMut(T) -> Result<()>,
        ends: &mut [SourceEnd],
    ) -> Result<()>
    where
        W: Fn(Chunk) -> T,
    {
        match done {
            Done::One(one) => take(one),
            Done::End(at, end) => {
                ends[at] = end;
                Ok(())
            }
            Done::Many(many) => many.into_iter().try_for_each(|one| self.take(one, take, ends)),
            Done::Large(at) => {
                let input = Opener::default().open(&self.sources[at])?;
                self.all(at, input, &mut |one| match one {
                    Done::One(one) => take(one),
                    Done::End(at, end) => {
                        ends[at] = end;
                        Ok(())
                    }
                    Done::Large(_) | Done::Many(_) => Ok(()),
                })
            }
        }
    }
}

/// The sources, cut into jobs in order.
struct Input<'a, W> {
    pass: &'a Pass<'a, W>,
    next: usize,
    open: Option<(usize, Splitter<Box<dyn Read + Send>>)>,
    opener: Opener,
}

impl<W> Input<'_, W> {
    fn batch(&mut self, size: usize) -> Result<Vec<Job>> {
        let mut batch = Vec::with_capacity(size);
        while batch.len() < size {
            match self.job()? {
                Some(job) => batch.push(job),
                None => break,
            }
        }
        Ok(batch)
    }

    fn job(&mut self) -> Result<Option<Job>> {
        if let Some((at, mut splitter)) = self.open.take() {
            if let Some(chunk) = splitter.next_chunk()? {
                self.open = Some((at, splitter));
                return Ok(Some(Job::Chunk(chunk)));
            }
            let (bytes, sha256) = splitter.digest();
            return Ok(Some(Job::End(at, SourceEnd { bytes, sha256 })));
        }
        let Some(source) = self.pass.sources.get(self.next) else { return Ok(None) };
        if is_small(source) {
            return self.small().map(Some);
        }
        let input = self.opener.open(source)?;
        self.open = Some((self.next, self.pass.splitter(self.next, input)));
        self.next += 1;
        self.job()
    }

    /// A run of small sources. Those that stand in a packed stream are read here, in their order.
    fn small(&mut self) -> Result<Job> {
        let (first, mut read, mut bytes) = (self.next, Vec::new(), 0);
        while let Some(source) = self.pass.sources.get(self.next)
            && is_small(source)
            && bytes < JOB
            && read.len() < JOB_SOURCES
        {
            let alone = source.stands_alone();
            read.push(if alone { None } else { Some(Ahead::read(&mut self.opener, source)?) });
            bytes += if source.is_plain() { source.bytes } else { source.bytes * PACKED };
            self.next += 1;
        }
        Ok(Job::Small(first, read))
    }
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

/// Small enough to be read in one go, and its size is known.
fn is_small(source: &Source) -> bool {
    source.bytes <= SMALL && (source.stands_alone() || source.is_plain())
}
