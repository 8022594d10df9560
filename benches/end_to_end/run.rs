//! Generates, runs, prints. It must not know how a cost is measured.

use crate::generator::{self, Layout, Shape, Totals};
use crate::limits::{self, Failure};
use crate::measure::{self, Cost, MEASURE};
use crate::peers::{self, Peer};
use serde_json::Value;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Larger exports are not held in memory for the parser's limit.
const HELD: u64 = 2_000_000_000;
/// Larger exports are not given to the others.
const PEERS: u64 = 2_000_000_000;
/// Larger exports are converted on all cores only.
const ONE_CORE: u64 = 2_000_000_000;
const BINARY: &str = env!("CARGO_BIN_EXE_close2twenty");

/// One generated export.
struct Export {
    path: PathBuf,
    totals: Totals,
    records: u64,
}

impl Export {
    fn rows(&self) -> [u64; 5] {
        let t = &self.totals;
        [t.leads, t.contacts, t.opportunities, t.tasks, t.all_activities()]
    }
}

/// The bench, or the process that measures for it.
pub fn main() -> Result<(), Failure> {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if let Some((_, command)) = arguments.split_first().filter(|(first, _)| *first == MEASURE) {
        return measure::child(command);
    }
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("end_to_end");
    fs::create_dir_all(&work)?;
    let peers = if said("C2T_BENCH_PEERS", "1") == "0" { Vec::new() } else { peers::found(&work) };
    let runs = said("C2T_BENCH_RUNS", "3").parse()?;
    let cores = std::thread::available_parallelism()?.get();
    println!("{cores} cores, medians of {runs} runs");
    for size in said("C2T_BENCH_SIZES", "100MB,1GB").split(',') {
        let bytes = bytes(size)?;
        for layout in [Layout::Array, Layout::JsonLines] {
            if layout == Layout::JsonLines && bytes > PEERS {
                continue;
            }
            let export = generated(&work, bytes, layout)?;
            println!(
                "\n{size}, {layout:?}: {} bytes, {} records",
                export.totals.bytes, export.records
            );
            println!(
                "{:<38}{:>9}{:>9}{:>9}{:>9}{:>12}",
                "", "wall s", "CPU s", "peak MB", "MB/s", "records/s"
            );
            one(&work, &export, &peers, runs, cores)?;
            fs::remove_file(&export.path)?;
        }
    }
    Ok(())
}

/// Everything about one export.
fn one(
    work: &Path,
    export: &Export,
    peers: &[Peer],
    runs: usize,
    cores: usize,
) -> Result<(), Failure> {
    let limit = if export.totals.bytes <= HELD { machine(export, runs, cores)? } else { None };
    let ours = converted(work, export, runs, 0)?;
    line(&format!("close2twenty, {cores} threads"), export, ours);
    if export.totals.bytes <= ONE_CORE {
        let single = converted(work, export, runs, 1)?;
        line("close2twenty, 1 thread", export, single);
        println!("    all threads are {:.2} times as fast as one", single.wall / ours.wall);
    }
    if let Some(limit) = limit {
        println!("    {:.3} of the rate of bare typed parsing on all cores", limit / ours.wall);
    }
    if export.totals.bytes <= PEERS {
        for peer in peers {
            let folder = work.join("flat");
            let mut command = peer.command.clone();
            command.extend([export.path.clone().into(), folder.clone().into()]);
            let run = || measure::once(&command);
            match measure::median(runs, run) {
                Ok(cost) => {
                    let rows = peers::rows(&folder)?;
                    if rows != export.rows() {
                        return Err(format!(
                            "{}: rows {rows:?}, not {:?}",
                            peer.name,
                            export.rows()
                        )
                        .into());
                    }
                    line(peer.name, export, cost);
                    println!("    close2twenty takes {:.2} of its time", ours.wall / cost.wall);
                }
                Err(why) => println!("{:<38} failed: {why}", peer.name),
            }
            fs::remove_dir_all(&folder).ok();
        }
    }
    Ok(())
}

/// The machine's own limits; the seconds of bare typed parsing on all cores.
fn machine(export: &Export, runs: usize, cores: usize) -> Result<Option<f64>, Failure> {
    let copy = timed(runs, || {
        let mut input = File::open(&export.path)?;
        io::copy(&mut input, &mut File::create(export.path.with_extension("copy"))?)?;
        Ok(())
    })?;
    fs::remove_file(export.path.with_extension("copy"))?;
    line("copy of the file", export, copy);
    let packed = timed(1, || {
        let mut out = flate2::write::GzEncoder::new(io::sink(), flate2::Compression::fast());
        io::copy(&mut File::open(&export.path)?, &mut out)?;
        out.finish()?;
        Ok(())
    })?;
    line("gzip, fastest level", export, packed);
    let bytes = fs::read(&export.path)?;
    let records = limits::records(&bytes);
    let single = timed(runs, || limits::typed(&bytes, &records).map(drop))?;
    line("simd-json, typed, 1 core", export, single);
    let all = timed(runs, || limits::parallel(cores, limits::typed, &bytes, &records).map(drop))?;
    line(&format!("simd-json, typed, {cores} cores"), export, all);
    Ok(Some(all.wall))
}

/// The fastest run of work inside this process; neither CPU nor memory are told apart.
fn timed(runs: usize, mut work: impl FnMut() -> Result<(), Failure>) -> Result<Cost, Failure> {
    let mut best = f64::INFINITY;
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        work()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(Cost { wall: best, cpu: f64::NAN, peak: f64::NAN })
}

fn converted(work: &Path, export: &Export, runs: usize, threads: usize) -> Result<Cost, Failure> {
    let bundle = work.join("bundle");
    let command: [OsString; 9] = [
        BINARY.into(),
        "convert".into(),
        export.path.clone().into(),
        work.join("config").into(),
        "-o".into(),
        bundle.clone().into(),
        "--threads".into(),
        threads.to_string().into(),
        "--quiet".into(),
    ];
    let cost = measure::median(runs, || measure::once(&command))?;
    let manifest: Value = serde_json::from_slice(&fs::read(bundle.join("manifest.json"))?)?;
    let read = |kind: &str| manifest["totals"]["records"][kind]["read"].as_u64().unwrap_or(0);
    let [leads, contacts, opportunities, tasks, _] = export.rows();
    let seen = ["lead", "contact", "opportunity", "task"].map(read);
    if seen != [leads, contacts, opportunities, tasks] {
        return Err(format!("converted {seen:?}, not {:?}", export.rows()).into());
    }
    fs::remove_dir_all(&bundle)?;
    Ok(cost)
}

fn generated(work: &Path, bytes: u64, layout: Layout) -> Result<Export, Failure> {
    let path = work.join(if layout == Layout::Array { "export.json" } else { "export.jsonl" });
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    let totals = generator::write(Shape { seed: 1, bytes, layout, gzip: false }, &mut out)?;
    out.flush()?;
    generator::write_config(&work.join("config"))?;
    // Into the page cache.
    io::copy(&mut File::open(&path)?, &mut io::sink())?;
    let records = totals.leads
        + totals.contacts
        + totals.opportunities
        + totals.tasks
        + totals.all_activities();
    Ok(Export { path, totals, records })
}

fn line(name: &str, export: &Export, cost: Cost) {
    let optional = |value: f64, digits: usize| {
        if value.is_nan() { String::new() } else { format!("{value:.digits$}") }
    };
    let rate = export.totals.bytes as f64 / 1e6 / cost.wall;
    println!(
        "{name:<38}{:>9.2}{:>9}{:>9}{rate:>9.0}{:>12.0}",
        cost.wall,
        optional(cost.cpu, 2),
        optional(cost.peak / 1e6, 0),
        export.records as f64 / cost.wall
    );
}

fn said(variable: &str, otherwise: &str) -> String {
    env::var(variable).unwrap_or_else(|_| otherwise.to_owned())
}

/// `100MB`, `1GB`.
fn bytes(size: &str) -> Result<u64, Failure> {
    let size = size.trim();
    let (number, unit) =
        size.split_at(size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len()));
    let factor = match unit {
        "GB" => 1_000_000_000,
        "MB" => 1_000_000,
        "" => 1,
        _ => return Err(format!("{size} is no size: write 100MB or 1GB").into()),
    };
    Ok(number.parse::<u64>()? * factor)
}
