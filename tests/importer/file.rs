//! One CSV file as bytes: checksums, quoting, encoding, size limits (`twenty-importer.md §1.2`).
//! Knows nothing of what the cells mean.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Log;
use super::manifest::{FileEntry, Manifest};

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// `SPREADSHEET_MAX_RECORD_IMPORT_CAPACITY`.
const MAX_ROWS: usize = 10_000;
/// `SPREADSHEET_IMPORT_CREATE_RECORDS_BATCH_SIZE`.
const BATCH_ROWS: usize = 200;
/// The JSON body limit, read strictly (10 MB, not 10 MiB).
const MAX_BATCH_BYTES: usize = 10_000_000;
/// Cell limit of newer importers, in UTF-16 units.
const MAX_CELL_UNITS: usize = 32_767;

/// Header and data rows of a file.
pub type Table = (Vec<String>, Vec<Vec<String>>);

/// CSV files that lie in the bundle but in no step would be forgotten by the person who imports.
pub fn check_unlisted(bundle: &Path, manifest: &Manifest, log: &mut Log) {
    let listed: HashSet<&str> =
        manifest.steps.iter().flat_map(|step| &step.files).map(|f| f.path.as_str()).collect();
    let mut folders = vec![("csv".to_owned(), bundle.join("csv"))];
    while let Some((name, folder)) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = format!("{name}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((path, entry.path()));
            } else if !listed.contains(path.as_str()) {
                log.add((&path, 0, ""), "file-unlisted", "in no step of the manifest");
            }
        }
    }
}

/// Reads one file and checks all that can be said without its meaning.
pub fn read(bundle: &Path, entry: &FileEntry, log: &mut Log) -> Option<Table> {
    let path = entry.path.as_str();
    let bytes = match std::fs::read(bundle.join(path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            log.add((path, 0, ""), "file-missing", error.to_string());
            return None;
        }
    };
    check_sums(entry, &bytes, log);
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        log.add((path, 0, ""), "file-bom", "UTF-16");
        return None;
    }
    let mut body = bytes.strip_prefix(BOM).unwrap_or(&bytes);
    if let Some(rest) = body.strip_prefix(BOM) {
        log.add((path, 0, ""), "file-bom", "two byte order marks");
        body = rest;
    }
    if let Err(error) = std::str::from_utf8(body) {
        log.add((path, 0, ""), "file-utf8", error.to_string());
    }
    let lines = Scan::new(path, body).run(log);
    let (header, rows) = parse(body);
    let data_lines = lines.saturating_sub(1);
    if data_lines > MAX_ROWS {
        log.add((path, 0, ""), "file-too-many-rows", data_lines.to_string());
    }
    if entry.rows != rows.len() as u64 {
        let detail = format!("manifest says {}, file has {}", entry.rows, rows.len());
        log.add((path, 0, ""), "file-rows", detail);
    }
    check_cells(path, &header, &rows, log);
    check_batches(path, &header, &rows, log);
    Some((header, rows))
}

fn check_sums(entry: &FileEntry, bytes: &[u8], log: &mut Log) {
    let path = entry.path.as_str();
    if entry.bytes != bytes.len() as u64 {
        let detail = format!("manifest says {}, file has {}", entry.bytes, bytes.len());
        log.add((path, 0, ""), "file-bytes", detail);
    }
    let digest = Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    if entry.sha256 != digest {
        let detail = format!("manifest says {}, file has {digest}", entry.sha256);
        log.add((path, 0, ""), "file-sha256", detail);
    }
}

fn parse(body: &[u8]) -> Table {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(body);
    let mut rows = reader.byte_records().map_while(Result::ok).map(|record| {
        record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    });
    (rows.next().unwrap_or_default(), rows.collect())
}

fn check_cells(path: &str, header: &[String], rows: &[Vec<String>], log: &mut Log) {
    if header.is_empty() {
        log.add((path, 0, ""), "file-no-header", "");
    }
    for (row, cells) in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)).enumerate() {
        if cells.len() != header.len() {
            let detail = format!("{} cells under {} headers", cells.len(), header.len());
            log.add((path, row, ""), "file-row-width", detail);
        }
        // A line of empty cells is dropped, one of blanks is kept as a record.
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            log.add((path, row, ""), "file-blank-line", "no cell holds anything");
        }
        for (at, cell) in cells.iter().enumerate() {
            let name = header.get(at).map_or("", String::as_str);
            if let Some(c) = cell.chars().find(|c| c.is_control() && *c != '\n') {
                log.add((path, row, name), "cell-control", format!("{c:?}"));
            }
            let units = cell.encode_utf16().count();
            if units > MAX_CELL_UNITS {
                log.add((path, row, name), "cell-too-long", format!("{units} UTF-16 units"));
            }
            // The importer takes one leading zero-width joiner away.
            if cell.starts_with('\u{200D}') {
                log.add((path, row, name), "cell-leading-joiner", "U+200D would be removed");
            }
        }
    }
}

/// Each 200 rows become one request: the sum of their JSON must stay under the body limit.
fn check_batches(path: &str, header: &[String], rows: &[Vec<String>], log: &mut Log) {
    for (batch, rows) in rows.chunks(BATCH_ROWS).enumerate() {
        let bytes: usize = rows.iter().map(|row| json_bytes(header, row)).sum();
        if bytes >= MAX_BATCH_BYTES {
            let detail = format!("{bytes} bytes of JSON in {} rows", rows.len());
            log.add((path, batch * BATCH_ROWS + 1, ""), "batch-too-big", detail);
        }
    }
}

fn json_bytes(header: &[String], row: &[String]) -> usize {
    let escaped = |text: &str| serde_json::to_string(text).map_or(0, |json| json.len());
    let cells = header.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    // Names, colons, commas and the braces of composites.
    cells.map(|(name, cell)| escaped(name) + escaped(cell) + 8).sum()
}

/// Reads the raw bytes as `"cell","cell"⏎` and nothing else.
struct Scan<'a> {
    path: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Scan<'a> {
    fn new(path: &'a str, bytes: &'a [u8]) -> Self {
        Self { path, bytes, at: 0, line: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Lines seen, the header and blank ones included: the importer's limit counts them all.
    fn run(mut self, log: &mut Log) -> usize {
        while self.at < self.bytes.len() {
            if matches!(self.peek(), Some(b'\n' | b'\r')) {
                log.add((self.path, self.line, ""), "file-blank-line", "an empty line");
                self.end_of_line(log);
            } else {
                self.record(log);
            }
            self.line += 1;
        }
        self.line
    }

    fn record(&mut self, log: &mut Log) {
        let mut clean = true;
        loop {
            clean &= self.cell();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'\n' | b'\r') => break self.end_of_line(log),
                _ => break,
            }
        }
        if !clean {
            let detail = "a cell is not wholly inside double quotes";
            log.add((self.path, self.line, ""), "file-quoted", detail);
        }
    }

    /// Reads one cell up to its delimiter; whether it was quoted from end to end.
    fn cell(&mut self) -> bool {
        let mut quoted = self.peek() == Some(b'"');
        if quoted {
            self.at += 1;
            loop {
                match (self.peek(), self.bytes.get(self.at + 1)) {
                    (Some(b'"'), Some(b'"')) => self.at += 2,
                    (Some(b'"'), _) => break self.at += 1,
                    (Some(_), _) => self.at += 1,
                    (None, _) => return false,
                }
            }
        }
        while !matches!(self.peek(), None | Some(b',' | b'\n' | b'\r')) {
            quoted = false;
            self.at += 1;
        }
        quoted
    }

    fn end_of_line(&mut self, log: &mut Log) {
        let crlf = self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(b"\r\n"));
        if self.peek() == Some(b'\r') && !crlf {
            log.add((self.path, self.line, ""), "file-line-end", "a bare carriage return");
        }
        self.at += if crlf { 2 } else { 1 };
    }
}
