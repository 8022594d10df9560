//! Writes an invented Close lead export of any size, to try the converter and to measure it.
//!
//! The data is that of the generator in `benches/generator`; this file only reads the command line.

#![forbid(unsafe_code)]

#[path = "../benches/generator/mod.rs"]
mod generator;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use generator::{Layout, Shape, write, write_config};

/// Write an invented Close lead export of any size
///
/// Equal seeds give equal leads: a larger export extends a smaller one.
/// About 34 KB a lead; 1GB holds 29.7 k leads with 55 k contacts and 177 k activities.
#[derive(Parser)]
#[command(after_help = "Example:\n  generate_export --bytes 1GB --seed 1 --layout array \
                        --config export -o export/leads.json")]
struct Arguments {
    /// Size before compression: 500KB, 100MB, 1GB, 2GiB or plain bytes
    #[arg(long, value_parser = bytes, default_value = "10MB")]
    bytes: u64,
    /// Names the invented world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How the leads follow each other
    #[arg(long, value_enum, default_value_t = LayoutName::Array)]
    layout: LayoutName,
    /// Compress with gzip
    #[arg(long)]
    gzip: bool,
    /// Also write organization.json, users.json and the custom field definitions into DIR
    #[arg(long, value_name = "DIR")]
    config: Option<PathBuf>,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum LayoutName {
    /// One JSON array on one line
    Array,
    /// One lead a line
    Jsonl,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}: {error}", arguments.output.display());
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let layout = match arguments.layout {
        LayoutName::Array => Layout::Array,
        LayoutName::Jsonl => Layout::JsonLines,
    };
    let shape =
        Shape { seed: arguments.seed, bytes: arguments.bytes, layout, gzip: arguments.gzip };
    if let Some(dir) = &arguments.config {
        write_config(dir)?;
    }
    let start = Instant::now();
    let mut out: Box<dyn Write> = if arguments.output == Path::new("-") {
        Box::new(BufWriter::new(io::stdout().lock()))
    } else {
        Box::new(BufWriter::with_capacity(1 << 20, File::create(&arguments.output)?))
    };
    let totals = write(shape, &mut out)?;
    out.flush()?;
    let seconds = start.elapsed().as_secs_f64();
    // Standard output may be the export.
    eprintln!(
        "{} bytes in {seconds:.2} s: {} leads, {} contacts, {} opportunities, {} tasks, {} activities",
        totals.bytes,
        totals.leads,
        totals.contacts,
        totals.opportunities,
        totals.tasks,
        totals.all_activities()
    );
    for (kind, count) in &totals.activities {
        eprintln!("{count:>12} {kind}");
    }
    Ok(())
}

/// `1GB`, `500 kb`, `2GiB`, `12345`
fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|sign: char| !sign.is_ascii_digit());
    let unit = text.get(digits.len()..).unwrap_or("").trim().to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return Err("write a number and KB, MB, GB, KiB, MiB or GiB".to_owned()),
    };
    let number: u64 = digits.trim().parse().map_err(|_| "write a whole number".to_owned())?;
    number.checked_mul(factor).ok_or_else(|| "too many bytes".to_owned())
}
