//! Parsing an export's records as fast as the parser goes: the limit a converter is compared with.
//! It must not measure time.

#[path = "model.rs"]
mod model;

use std::error::Error;
use std::ops::{AddAssign, Range};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use memchr::{memchr2, memchr3};
use model::{Lead, Text};
use simd_json::{Buffers, INPUT_PADDING, Tape};

pub type Failure = Box<dyn Error + Send + Sync>;

/// Records a thread takes at a time: about 1 MB.
const CHUNK: usize = 32;

/// What a pass over records saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub leads: u64,
    pub contacts: u64,
    pub opportunities: u64,
    pub tasks: u64,
    pub activities: u64,
    /// Values on the tape; typed parsing has none.
    pub nodes: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.leads += other.leads;
        self.contacts += other.contacts;
        self.opportunities += other.opportunities;
        self.tasks += other.tasks;
        self.activities += other.activities;
        self.nodes += other.nodes;
    }
}

/// Parses the records with buffers of its own.
pub type Pass = fn(&[u8], &[Range<usize>]) -> Result<Tally, Failure>;

/// The bounds of all objects that no object contains, whatever stands between them.
pub fn records(bytes: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr3(b'"', b'{', b'}', rest)) {
        at += step;
        match bytes.get(at) {
            Some(b'"') => at = string_end(bytes, at + 1),
            Some(b'{') => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            _ => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    found.push(start..at + 1);
                }
            }
        }
        at += 1;
    }
    found
}

/// Position of the quote that ends the string whose inside begins at `at`, or of the end.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(step) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += step;
        if bytes.get(at) == Some(&b'"') {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// `pass` on all cores: each thread takes the next chunk, so that none waits for a slow one.
pub fn parallel(
    cores: usize,
    pass: Pass,
    bytes: &[u8],
    records: &[Range<usize>],
) -> Result<Tally, Failure> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            let to = records.len().min(from + CHUNK);
            let Some(chunk) = records.get(from..to).filter(|chunk| !chunk.is_empty()) else {
                return Ok(tally);
            };
            tally += pass(bytes, chunk)?;
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut tally = Tally::default();
        for thread in threads {
            let part: Result<Tally, Failure> = thread.join().map_err(|_| "a thread panicked")?;
            tally += part?;
        }
        Ok(tally)
    })
}

fn count(lead: &Lead<Text<'_>>) -> Tally {
    Tally {
        leads: 1,
        contacts: lead.contacts.len() as u64,
        opportunities: lead.opportunities.len() as u64,
        tasks: lead.tasks.len() as u64,
        activities: lead.activities.len() as u64,
        nodes: 0,
    }
}

/// Copies the record to a scratch buffer and parses it there into borrowing structs.
pub fn typed(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
    let (mut scratch, mut buffers, mut tally) = (Vec::new(), Buffers::default(), Tally::default());
    for record in records {
        scratch.clear();
        scratch.extend_from_slice(bytes.get(record.clone()).unwrap_or_default());
        let lead = simd_json::serde::from_slice_with_buffers(&mut scratch, &mut buffers)?;
        tally += count(std::hint::black_box(&lead));
    }
    Ok(tally)
}

/// Like [`typed`], but the scratch has the parser's padding, which saves its own copy.
pub fn typed_padded(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
    let (mut scratch, mut buffers, mut tally) = (Vec::new(), Buffers::default(), Tally::default());
    let mut room = 0;
    for record in records {
        let length = pad(bytes, record, &mut scratch);
        let mut tape = Tape(Vec::with_capacity(room));
        simd_json::fill_tape_padded(&mut scratch, length, &mut buffers, &mut tape)?;
        room = room.max(tape.0.len());
        let lead = tape.deserialize()?;
        tally += count(std::hint::black_box(&lead));
    }
    Ok(tally)
}

/// Only the tape: strings unescaped, numbers parsed, nothing built.
pub fn tape(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
    let (mut scratch, mut buffers, mut nodes) = (Vec::new(), Buffers::default(), 0);
    let mut spare = Tape::null();
    for record in records {
        scratch.clear();
        scratch.extend_from_slice(bytes.get(record.clone()).unwrap_or_default());
        let mut tape = spare.reset();
        simd_json::fill_tape(&mut scratch, &mut buffers, &mut tape)?;
        nodes += std::hint::black_box(&tape).0.len() as u64;
        spare = tape.reset();
    }
    Ok(Tally { nodes, ..Tally::default() })
}

/// Like [`tape`], with padding.
pub fn tape_padded(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
    let (mut scratch, mut buffers, mut nodes) = (Vec::new(), Buffers::default(), 0);
    let mut spare = Tape::null();
    for record in records {
        let length = pad(bytes, record, &mut scratch);
        let mut tape = spare.reset();
        simd_json::fill_tape_padded(&mut scratch, length, &mut buffers, &mut tape)?;
        nodes += std::hint::black_box(&tape).0.len() as u64;
        spare = tape.reset();
    }
    Ok(Tally { nodes, ..Tally::default() })
}

/// Copies the record and the parser's padding; returns the record's length.
fn pad(bytes: &[u8], record: &Range<usize>, scratch: &mut Vec<u8>) -> usize {
    let record = bytes.get(record.clone()).unwrap_or_default();
    scratch.clear();
    scratch.extend_from_slice(record);
    scratch.resize(record.len() + INPUT_PADDING, 0);
    record.len()
}
