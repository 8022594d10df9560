//! `state/<step>.csv`: one line a row, in the order in which the rows of the step are written:
//! `close_id`, `at` (microseconds, the first half of the sort key; empty for rows without a time),
//! `hash` (16 hex digits). It must not hold more than one line in memory.

use crate::bundle::manifest::StateFile;
use crate::error::{Error, Result};
use crate::read::split::hex;
use crate::transform::Row;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Read, Write};
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
    out: csv::Writer<Hashing>,
    file: StateFile,
}

/// Counts and hashes what goes to a file.
pub(in crate::bundle) struct Hashing {
    out: BufWriter<File>,
    path: PathBuf,
    hash: Sha256,
    bytes: u64,
}

impl Hashing {
    /// A new file.
    pub fn create(path: PathBuf) -> Result<Self> {
        let file =
            File::create(&path).map_err(|e| Error::io("cannot write the bundle", &path, e))?;
        let out = BufWriter::with_capacity(BUFFER, file);
        Ok(Self { out, path, hash: Sha256::new(), bytes: 0 })
    }

    /// Its size, and its SHA-256 in hexadecimal digits.
    pub fn finish(mut self) -> Result<(u64, String)> {
        let io = |e| Error::io("cannot write the bundle", &self.path, e);
        self.out.flush().map_err(io)?;
        Ok((self.bytes, hex(&self.hash.finalize())))
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.hash.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

impl StateWriter {
    /// The state of `step` (the start of its file names) below `root`.
    pub fn create(root: &Path, object: &str, step: &str) -> Result<Self> {
        let name = format!("state/{step}.csv");
        let path = root.join(&name);
        let io = |e| Error::io("cannot write the bundle", &path, e);
        std::fs::create_dir_all(root.join("state")).map_err(io)?;
        let mut out = csv::Writer::from_writer(Hashing::create(path.clone())?);
        out.write_record(HEAD).map_err(Error::report)?;
        let (object, step) = (object.to_owned(), step.to_owned());
        let file = StateFile { object, step, path: name, rows: 0, bytes: 0, sha256: String::new() };
        Ok(Self { out, file })
    }

    pub fn write(&mut self, row: &Row) -> Result<()> {
        self.file.rows += 1;
        let at = if row.at == i64::MIN { String::new() } else { row.at.to_string() };
        let hash = format!("{:016x}", row.hash);
        self.out.write_record([&*row.id, &at, &hash]).map_err(Error::report)
    }

    pub fn finish(self) -> Result<StateFile> {
        let out = self.out.into_inner().map_err(|e| Error::report(e.into_error()))?;
        let (bytes, sha256) = out.finish()?;
        Ok(StateFile { bytes, sha256, ..self.file })
    }
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
