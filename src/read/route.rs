//! The way from a file on disk to the bytes of one source inside it, step by step, and the walking of
//! it. Sources of one packed stream share one pass over it: the next one goes on where the last one
//! ended. It must not look at the bytes.

use super::guard::{Checked, Counted, Damage, Unpacked};
use super::source::Source;
use super::zip::ZipIndex;
use crate::error::{Error, Result};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

/// One step on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// An entry of the zip that the file is, by its number in the list.
    Entry(u32),
    /// What gzip unpacks.
    Gunzip,
    /// A part of the bytes: a member of a tar, the data of an entry of a zip inside something else.
    Part {
        /// Where it begins.
        offset: u64,
        /// Its length.
        bytes: u64,
    },
    /// The entry whose data the bytes are, of a zip inside something else.
    Unzip {
        /// With deflate; otherwise as it is.
        deflated: bool,
        /// Bytes it unpacks to.
        bytes: u64,
        /// Their checksum.
        crc: u32,
    },
}

/// A reader as the pipeline takes it.
pub type Input = Box<dyn Read + Send>;

/// Opens sources one after another; see the module's head.
#[derive(Default)]
pub struct Opener {
    /// Streams that parts were taken from, outer ones first.
    streams: Vec<Stream>,
    /// Packed bytes that were read of the source opened last, where its size is that of packed data.
    packed: Option<Arc<AtomicU64>>,
}

/// A stream and the way to it.
struct Stream {
    path: Arc<Path>,
    steps: Box<[Step]>,
    state: Arc<Mutex<State>>,
}

struct State {
    input: Input,
    at: u64,
}

impl Opener {
    /// The bytes of a source.
    ///
    /// # Errors
    /// When its file cannot be opened, or the bytes before it cannot be read.
    pub fn open(&mut self, source: &Source) -> Result<Input> {
        self.packed = None;
        self.walk(source, source.steps())
            .map_err(|e| Error::io("cannot open the export", &source.path, e))
    }

    /// How many bytes of its size ([`Source::bytes`]) were read of the source that was opened last; `None` when that is what
    /// came out of it.
    pub fn packed(&self) -> Option<u64> {
        self.packed.as_ref().map(|count| count.load(Ordering::Relaxed))
    }

    fn walk(&mut self, source: &Source, steps: &[Step]) -> io::Result<Input> {
        let Some((last, before)) = steps.split_last() else {
            return Ok(Box::new(File::open(&source.path)?));
        };
        Ok(match *last {
            Step::Entry(number) => entry(source.zip(), number)?,
            Step::Gunzip => {
                let (input, packed) = gunzip(self.walk(source, before)?);
                // Only the last step tells what the size of the source counts.
                self.packed = (steps.len() == source.steps().len()).then_some(packed);
                input
            }
            Step::Unzip { deflated, bytes, crc } => {
                unzip(self.walk(source, before)?, deflated, bytes, crc)
            }
            Step::Part { offset, bytes } if before.is_empty() => {
                let mut file = File::open(&source.path)?;
                file.seek(SeekFrom::Start(offset))?;
                let state = State { input: Box::new(file), at: offset };
                Box::new(Part { state: Arc::new(Mutex::new(state)), at: offset, left: bytes })
            }
            Step::Part { offset, bytes } => {
                let state = self.stream(source, before, offset)?;
                Box::new(Part { state, at: offset, left: bytes })
            }
        })
    }

    /// The stream at the end of `steps`, not yet beyond `offset`.
    fn stream(
        &mut self,
        source: &Source,
        steps: &[Step],
        offset: u64,
    ) -> io::Result<Arc<Mutex<State>>> {
        let depth = steps.iter().filter(|step| matches!(step, Step::Part { .. })).count();
        if let Some(known) = self.streams.get(depth)
            && known.path == source.path
            && *known.steps == *steps
            && lock(&known.state)?.at <= offset
        {
            self.streams.truncate(depth + 1);
            return Ok(Arc::clone(&self.streams[depth].state));
        }
        let input = self.walk(source, steps)?;
        let state = Arc::new(Mutex::new(State { input, at: 0 }));
        self.streams.truncate(depth);
        self.streams.push(Stream {
            path: Arc::clone(&source.path),
            steps: steps.into(),
            state: Arc::clone(&state),
        });
        Ok(state)
    }
}

fn entry(zip: Option<&ZipIndex>, number: u32) -> io::Result<Input> {
    let found = zip.and_then(|zip| Some((zip, zip.entries().get(number as usize)?)));
    let Some((zip, entry)) = found else { return Err(Damage::CutOff.error()) };
    let data = zip.read(entry).map_err(|error| {
        let kind = match error.source.as_deref().and_then(|e| e.downcast_ref::<io::Error>()) {
            Some(io) => io.kind(),
            None => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, error.to_string())
    })?;
    let packed = Arc::new(entry.compressed.max(1).into());
    Ok(Box::new(Unpacked::new(data, packed)))
}

/// What gzip unpacks, however many parts were joined.
/// Answers with the count of packed bytes that were read.
fn gunzip(input: Input) -> (Input, Arc<AtomicU64>) {
    let (input, packed) = Counted::new(input);
    (Box::new(Unpacked::new(MultiGzDecoder::new(input), Arc::clone(&packed))), packed)
}

fn unzip(input: Input, deflated: bool, bytes: u64, crc: u32) -> Input {
    if !deflated {
        return Box::new(Checked::new(input, bytes, crc));
    }
    let (input, packed) = Counted::new(input);
    Box::new(Checked::new(Unpacked::new(DeflateDecoder::new(input), packed), bytes, crc))
}

fn lock(state: &Mutex<State>) -> io::Result<std::sync::MutexGuard<'_, State>> {
    state.lock().map_err(|_| io::Error::other("a reader stopped in the middle"))
}

/// A part of a shared stream.
struct Part {
    state: Arc<Mutex<State>>,
    at: u64,
    left: u64,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let mut state = lock(&self.state)?;
        let gap = self.at.saturating_sub(state.at);
        if gap > 0 {
            let skipped = io::copy(&mut state.input.by_ref().take(gap), &mut io::sink())?;
            state.at += skipped;
        }
        if state.at != self.at {
            return Err(Damage::CutOff.error());
        }
        let most = self.left.min(buffer.len() as u64) as usize;
        let read = state.input.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(Damage::CutOff.error());
        }
        state.at += read as u64;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
