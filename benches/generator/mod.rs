//! A generator of Close lead exports of any size, for benches and tests.
//!
//! Everything is invented, and everything follows from the seed: lead `k` is the same in every
//! export of that seed, so a larger export extends a smaller one, whatever layout or compression.
//! The shapes follow close-format.md §1.2, §2 and §3, the amounts the profile of performance.md
//! (per GB some 29.7 k leads, 54.8 k contacts, 23.8 k opportunities, 36 k tasks, 177 k activities).
//! One lead is in memory at a time. It must not read a clock, a file or the network.

mod activity;
mod calendar;
mod chance;
mod change;
mod config;
mod json;
mod lead;
mod mail;
mod organization;
mod party;
mod prose;
mod story;
mod words;

use std::collections::BTreeMap;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

pub use config::write_config;
use story::World;

/// How the leads follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One JSON array on one line, as Close exports it (layout L1).
    Array,
    /// One lead a line (layout L7).
    JsonLines,
}

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Names the invented world; equal seeds give equal leads.
    pub seed: u64,
    /// Size to reach before compression: the lead that reaches it is the last. 0 gives no lead.
    pub bytes: u64,
    /// Array or lines.
    pub layout: Layout,
    /// Compress with gzip (fast level), as Close's download links deliver it.
    pub gzip: bool,
}

/// What was written, so that a reader can be checked against it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Leads.
    pub leads: u64,
    /// Contacts nested in leads.
    pub contacts: u64,
    /// Opportunities nested in leads.
    pub opportunities: u64,
    /// To-do tasks nested in leads.
    pub tasks: u64,
    /// Activities by `_type`.
    pub activities: BTreeMap<&'static str, u64>,
    /// Bytes before compression.
    pub bytes: u64,
}

impl Totals {
    /// Activities of all types.
    pub fn all_activities(&self) -> u64 {
        self.activities.values().sum()
    }
}

/// Writes an export of `shape` to `out`, which it does not buffer beyond one lead; returns what it
/// wrote.
///
/// # Errors
/// Those of `out`.
pub fn write(shape: Shape, out: &mut dyn Write) -> io::Result<Totals> {
    if shape.gzip {
        let mut packed = GzEncoder::new(out, Compression::fast());
        let totals = write_plain(shape, &mut packed)?;
        packed.finish()?.flush()?;
        Ok(totals)
    } else {
        let totals = write_plain(shape, out)?;
        out.flush()?;
        Ok(totals)
    }
}

fn write_plain(shape: Shape, out: &mut dyn Write) -> io::Result<Totals> {
    let world = World::new(shape.seed);
    let mut totals = Totals::default();
    let mut record = Vec::new();
    let (open, between, close): (&[u8], &[u8], &[u8]) = match shape.layout {
        Layout::Array => (b"[", b",", b"]"),
        Layout::JsonLines => (b"", b"\n", b"\n"),
    };
    out.write_all(open)?;
    for number in 0.. {
        // Brackets do not count, so that every layout stops after the same lead.
        if totals.bytes >= shape.bytes {
            break;
        }
        record.clear();
        if number > 0 {
            record.extend_from_slice(between);
        }
        lead::lead(&world, number, &mut record, &mut totals);
        totals.bytes += record.len() as u64;
        out.write_all(&record)?;
    }
    let close = if totals.leads > 0 || shape.layout == Layout::Array { close } else { b"" };
    out.write_all(close)?;
    totals.bytes += (open.len() + close.len()) as u64;
    Ok(totals)
}
