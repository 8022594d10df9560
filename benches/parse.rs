//! The machine's limits on one export: reading it, counting its lines, parsing it.
//!
//! `cargo bench --bench parse -- FILE` measures FILE (plain JSON: array, lines or objects in a
//! row); without a file it generates 100 MB. Records are found before the clock starts. All rows
//! must agree on what the file holds, else the bench fails. Nothing of the converter is measured
//! here, on purpose: these are the numbers it is compared with.

#![forbid(unsafe_code)]

#[expect(dead_code, unused_imports, reason = "this bench needs no configuration files")]
mod generator;
#[path = "parse/model.rs"]
mod model;

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Read};
use std::ops::{AddAssign, Range};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, thread};

use generator::{Layout, Shape};
use memchr::{memchr_iter, memchr2, memchr3};
use model::{Lead, Text};
use simd_json::{Buffers, INPUT_PADDING, Tape};

type Failure = Box<dyn Error + Send + Sync>;

/// Each row is the fastest of this many runs.
const RUNS: usize = 3;
/// Records a thread takes at a time: about 1 MB.
const CHUNK: usize = 32;

/// What a pass over records saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    leads: u64,
    contacts: u64,
    opportunities: u64,
    tasks: u64,
    activities: u64,
    /// Values on the tape; typed parsing has none.
    nodes: u64,
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
type Pass = fn(&[u8], &[Range<usize>]) -> Result<Tally, Failure>;

fn main() -> Result<(), Failure> {
    // Cargo adds flags of its own (`--bench`).
    let file =
        env::args_os().skip(1).find(|argument| !argument.as_encoded_bytes().starts_with(b"-"));
    let temporary = tempfile::tempdir()?;
    let (path, expected) = if let Some(file) = file {
        (PathBuf::from(file), None)
    } else {
        let path = temporary.path().join("leads.json");
        let shape = Shape { seed: 1, bytes: 100_000_000, layout: Layout::Array, gzip: false };
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        let made = generator::write(shape, &mut out)?;
        let activities = made.all_activities();
        (path, Some([made.leads, made.contacts, made.opportunities, made.tasks, activities]))
    };
    let bytes = fs::read(&path)?;
    if bytes.starts_with(b"\x1f\x8b") {
        return Err("this file is gzip; unpack it first".into());
    }
    let records = records(&bytes);
    let cores = thread::available_parallelism()?.get();
    println!("{}: {} bytes, {} records, {cores} cores", path.display(), bytes.len(), records.len());
    println!("{:<34}{:>6}{:>10}{:>10}{:>10}", "", "cores", "MB/s", "wall s", "CPU s");

    row("read(), page cache, 1 MiB", 1, bytes.len(), || read(&path))?;
    row("newlines, memchr", 1, bytes.len(), || Ok(memchr_iter(b'\n', &bytes).count()))?;
    row("record bounds, memchr3", 1, bytes.len(), || Ok(self::records(&bytes).len()))?;
    row("copy record by record", 1, bytes.len(), || copy(&bytes, &records))?;
    let passes: [(&str, Pass); 4] = [
        ("simd-json typed, borrowed", typed),
        ("simd-json typed, padded scratch", typed_padded),
        ("simd-json tape", tape),
        ("simd-json tape, padded scratch", tape_padded),
    ];
    let mut seen = Vec::new();
    for (name, pass) in passes {
        seen.push(row(name, 1, bytes.len(), || pass(&bytes, &records))?);
        if cores > 1 {
            seen.push(row(name, cores, bytes.len(), || parallel(cores, pass, &bytes, &records))?);
        }
    }
    check(&seen, expected)
}

/// All typed rows saw the same, all tape rows saw the same, and it is what was generated.
fn check(seen: &[Tally], expected: Option<[u64; 5]>) -> Result<(), Failure> {
    let typed: Vec<&Tally> = seen.iter().filter(|tally| tally.nodes == 0).collect();
    let tapes: Vec<&Tally> = seen.iter().filter(|tally| tally.nodes > 0).collect();
    if [&typed, &tapes].iter().any(|rows| rows.windows(2).any(|two| two.first() != two.last())) {
        return Err(format!("rows disagree: {seen:?}").into());
    }
    if let Some(tally) = typed.first() {
        let Tally { leads, contacts, opportunities, tasks, activities, .. } = **tally;
        let counts = [leads, contacts, opportunities, tasks, activities];
        println!("leads, contacts, opportunities, tasks, activities: {counts:?}");
        if expected.is_some_and(|expected| expected != counts) {
            return Err(format!("generated {expected:?}, parsed {counts:?}").into());
        }
    }
    Ok(())
}

/// Runs `work` a few times and prints its fastest run.
fn row<T>(
    name: &str,
    cores: usize,
    bytes: usize,
    mut work: impl FnMut() -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (mut wall, mut cpu, mut result) = (f64::INFINITY, 0.0, None);
    for _ in 0..RUNS {
        let (start, before) = (Instant::now(), cpu_seconds()?);
        let value = std::hint::black_box(work()?);
        let (seconds, used) = (start.elapsed().as_secs_f64(), cpu_seconds()? - before);
        if seconds < wall {
            (wall, cpu) = (seconds, used);
        }
        result = Some(value);
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    let rate = bytes as f64 / 1e6 / wall;
    println!("{name:<34}{cores:>6}{rate:>10.0}{wall:>10.3}{cpu:>10.3}");
    result.ok_or_else(|| "no run".into())
}

/// User and system time of this process so far.
#[cfg(unix)]
fn cpu_seconds() -> Result<f64, Failure> {
    use nix::sys::resource::{UsageWho, getrusage};
    use nix::sys::time::TimeVal;

    #[expect(clippy::cast_precision_loss, reason = "seconds of a bench")]
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

/// Not known here; the column shows NaN.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature everywhere")]
fn cpu_seconds() -> Result<f64, Failure> {
    Ok(f64::NAN)
}

/// The bounds of all objects that no object contains, whatever stands between them.
fn records(bytes: &[u8]) -> Vec<Range<usize>> {
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

fn read(path: &Path) -> Result<usize, Failure> {
    let (mut file, mut buffer, mut total) = (File::open(path)?, vec![0; 1 << 20], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(total),
            count => total += count,
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a row like the others")]
fn copy(bytes: &[u8], records: &[Range<usize>]) -> Result<usize, Failure> {
    let (mut scratch, mut total) = (Vec::new(), 0);
    for record in records {
        scratch.clear();
        scratch.extend_from_slice(bytes.get(record.clone()).unwrap_or_default());
        total += std::hint::black_box(&scratch).len();
    }
    Ok(total)
}

/// `pass` on all cores: each thread takes the next chunk, so that none waits for a slow one.
fn parallel(
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
fn typed(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
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
fn typed_padded(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
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
fn tape(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
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
fn tape_padded(bytes: &[u8], records: &[Range<usize>]) -> Result<Tally, Failure> {
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
