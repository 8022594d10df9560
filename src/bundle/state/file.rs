//! `state/<step>.csv`: one line a row, in the order in which the rows of the step are written:
//! `close_id`, `at` (microseconds, the first half of the sort key; empty for rows without a time),
//! `hash` (16 hex digits). It must not hold more than one line in memory.

use crate::bundle::digest::DigestedFile;
use crate::bundle::manifest::StateFile;
use crate::error::{Error, Result};
use crate::transform::Row;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

const HEAD: [&str; 3] = ["close_id", "at", "hash"];
const BUFFER: usize = 1 << 18;

/// What is remembered of one row; in the order of rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::bundle) struct Entry {
    pub at: i64,
    pub id: Box<str>,
    pub hash: u64,
}

/// Writes the state of one step.
pub(in crate::bundle) struct StateWriter {
    out: DigestedFile,
    file: StateFile,
}

impl StateWriter {
    /// The state of `step` (the start of its file names) below `root`.
    pub fn create(root: &Path, object: &str, step: &str) -> Result<Self> {
        let name = format!("state/{step}.csv");
        let path = root.join(&name);
        std::fs::create_dir_all(root.join("state"))
            .map_err(|e| Error::io("cannot write the bundle", &path, e))?;
        let mut out = DigestedFile::create(path)?;
        out.append(|out| out.extend_from_slice(format!("{}\n", HEAD.join(",")).as_bytes()))?;
        let (object, step) = (object.to_owned(), step.to_owned());
        let file = StateFile { object, step, path: name, rows: 0, bytes: 0, sha256: String::new() };
        Ok(Self { out, file })
    }

    pub fn write(&mut self, row: &Row<'_>) -> Result<()> {
        self.file.rows += 1;
        self.out.append(|out| line(row, out))
    }

    pub fn finish(self) -> Result<StateFile> {
        let (bytes, sha256) = self.out.finish()?;
        Ok(StateFile { bytes, sha256, ..self.file })
    }
}

fn line(row: &Row<'_>, out: &mut Vec<u8>) {
    push_id(row.id, out);
    out.push(b',');
    // Writing to memory cannot fail.
    if row.at != i64::MIN {
        let _ = write!(out, "{}", row.at);
    }
    let _ = writeln!(out, ",{:016x}", row.hash);
}

/// An id as a cell, in quotes where CSV asks for them: Close's never need any.
fn push_id(id: &[u8], out: &mut Vec<u8>) {
    if !id.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(id);
        return;
    }
    out.push(b'"');
    for byte in id {
        out.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    out.push(b'"');
}

/// Reads the state of one step.
pub(in crate::bundle) struct StateReader {
    path: PathBuf,
    input: csv::Reader<Box<dyn Read + Send>>,
    record: csv::StringRecord,
    /// The place of the last line, to see that they are in order.
    last: Option<(i64, Box<str>)>,
}

impl StateReader {
    /// Reads `input`, which messages call `path`.
    pub fn new(input: Box<dyn Read + Send>, path: &Path) -> Result<Self> {
        let mut input = csv::ReaderBuilder::new().buffer_capacity(BUFFER).from_reader(input);
        let head = input.headers().map_err(|e| broken(path, 1, &e.to_string()))?;
        if head.iter().ne(HEAD) {
            return Err(broken(path, 1, "the columns must be close_id, at, hash"));
        }
        let record = csv::StringRecord::new();
        Ok(Self { path: path.to_owned(), input, record, last: None })
    }

    /// The next line.
    pub fn next(&mut self) -> Result<Option<Entry>> {
        let line = self.input.position().line();
        let more = self.input.read_record(&mut self.record);
        if !more.map_err(|e| broken(&self.path, line, &e.to_string()))? {
            return Ok(None);
        }
        let entry = parse(&self.record)
            .ok_or_else(|| broken(&self.path, line, "this is no close_id, at and hash"))?;
        let place = (entry.at, entry.id.clone());
        if self.last.as_ref().is_some_and(|last| *last > place) {
            return Err(broken(&self.path, line, "the lines are not in order"));
        }
        self.last = Some(place);
        Ok(Some(entry))
    }
}

fn parse(record: &csv::StringRecord) -> Option<Entry> {
    let (id, at, hash) = (record.get(0)?, record.get(1)?, record.get(2)?);
    let at = if at.is_empty() { i64::MIN } else { at.parse().ok()? };
    let hash = (hash.len() == 16).then(|| u64::from_str_radix(hash, 16).ok()).flatten()?;
    Some(Entry { at, id: id.into(), hash })
}

fn broken(path: &Path, line: u64, why: &str) -> Error {
    Error::failed(
        "C2T-E044",
        format!("the state of the older bundle is broken in line {line}: {why}"),
    )
    .at(path)
    .fix("take the bundle as it was written, or convert without --since")
}
