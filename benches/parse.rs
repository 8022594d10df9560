//! The machine's limits on one export: reading it, counting its lines, parsing it.
//!
//! `cargo bench --bench parse -- FILE` measures FILE (plain JSON: array, lines or objects in a
//! row); without a file it generates 100 MB. Records are found before the clock starts. All rows
//! must agree on what the file holds, else the bench fails. Nothing of the converter is measured
//! here, on purpose: these are the numbers it is compared with.

#![forbid(unsafe_code)]

#[expect(dead_code, unused_imports, reason = "this bench needs no configuration files")]
mod generator;
#[path = "parse/limits.rs"]
mod limits;

use std::fs::File;
use std::io::{BufWriter, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs, thread};

use generator::{Layout, Shape};
use limits::{Failure, Pass, Tally, parallel, records, tape, tape_padded, typed, typed_padded};
use memchr::memchr_iter;

/// Each row is the fastest of this many runs.
const RUNS: usize = 3;
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
    row("record bounds, memchr3", 1, bytes.len(), || Ok(limits::records(&bytes).len()))?;
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
