//! One file from its first byte to its last: what it is taken for, its delimiter, its lines, its digest
//! (`twenty-importer.md §1.2`). It does not know what a cell means, nor other files.

use super::contract::{FileEntry, Step};
use super::finding::{Log, Spot};
use super::lexer::{Lexer, Record};
use super::rows::{Ground, Table};
use super::{fuse, rules};
use crate::bundle::digest::Digesting;
use crate::error::{Error, Result};
use crate::event::count::plural;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// `SPREADSHEET_MAX_RECORD_IMPORT_CAPACITY`.
const MAX_ROWS: u64 = 10_000;
/// Columns newer versions take.
pub(super) const MAX_COLUMNS: usize = 500;
/// Bytes looked at before the file is read.
const START: u64 = 8 << 10;
/// Characters the importer looks at for the delimiter, in UTF-16 units.
const LOOKED_AT: usize = 1024;
/// Bytes read at a time.
const BUFFER: usize = 256 << 10;
const BOM: &[u8] = b"\xEF\xBB\xBF";
/// Delimiters, those that win a tie last.
const DELIMITERS: [u8; 4] = [b'|', b';', b'\t', b','];

/// A file to check.
#[derive(Clone, Debug)]
pub(super) struct Job<'a> {
    /// Path inside the bundle.
    pub path: String,
    /// Object the importer is opened for.
    pub object: String,
    /// The step of the manifest and its entry for the file.
    pub listed: Option<(&'a Step, &'a FileEntry)>,
}

/// Reads a file to its end; `None` for the table when the importer would not get to its rows.
pub(super) fn run<'a>(
    job: &Job<'_>,
    input: Result<impl Read>,
    ground: &'a Ground<'a>,
) -> (Log, Option<Table<'a>>) {
    let mut log = Log::new(job.path.as_str());
    let input = match input {
        Ok(input) => input,
        Err(error) => {
            log.whole(rules::FILE_MISSING, error.to_string());
            return (log, None);
        }
    };
    let mut input = Digesting::new(input, job.listed.is_some());
    // A file that is refused at its start still has a digest.
    let read = read(job, &mut input, ground, &mut log)
        .and_then(|table| std::io::copy(&mut input, &mut std::io::sink()).map(|_| table));
    let table = match read {
        Ok(table) => table,
        Err(error) => {
            log.whole(rules::FILE_MISSING, error.to_string());
            return (log, None);
        }
    };
    if let Some((_, entry)) = job.listed {
        let (bytes, digest) = input.end();
        check_sums(entry, bytes, &digest.unwrap_or_default(), &mut log);
        if let Some(rows) =
            table.as_ref().map(|table| table.rows).filter(|rows| *rows != entry.rows)
        {
            log.whole(
                rules::FILE_ROWS,
                format!("{}, {} in the manifest", plural(rows, "row", "rows"), entry.rows),
            );
        }
    }
    (log, table)
}

fn check_sums(entry: &FileEntry, bytes: u64, digest: &str, log: &mut Log) {
    if entry.bytes != bytes {
        log.whole(
            rules::FILE_EDITED,
            format!("{}, {} in the manifest", plural(bytes, "byte", "bytes"), entry.bytes),
        );
    } else if !entry.sha256.eq_ignore_ascii_case(digest) {
        log.whole(rules::FILE_EDITED, "another SHA-256 than in the manifest");
    }
}

/// What the importer reads of a file; `None` when it reads no rows.
type Outcome<'a> = std::io::Result<Option<Table<'a>>>;

fn read<'a>(
    job: &Job<'_>,
    input: &mut impl Read,
    ground: &'a Ground<'a>,
    log: &mut Log,
) -> Outcome<'a> {
    let mut start = Vec::new();
    input.take(START).read_to_end(&mut start)?;
    if start.starts_with(b"\xFF\xFE") || start.starts_with(b"\xFE\xFF") {
        log.whole(rules::FILE_UTF16, String::new());
        return Ok(None);
    }
    if let Some(what) = sniffed(&start) {
        log.whole(rules::FILE_SNIFFED, what);
        return Ok(None);
    }
    let mut body = start.strip_prefix(BOM).unwrap_or(&start);
    if let Some(rest) = body.strip_prefix(BOM) {
        log.whole(rules::FILE_TWO_BOMS, String::new());
        body = rest;
    }
    let (guess, skip) = delimiter(body);
    let delimiter = meant(body, skip, guess, ground, job, log);
    let body = body.get(skip..).unwrap_or_default();
    let input = BufReader::with_capacity(BUFFER, body.chain(input));
    let mut lexer = Lexer::new(input, delimiter, u64::from(skip > 0));
    let mut table = lines(job, &mut lexer, ground, log)?;
    if let Some(table) = &mut table {
        table.reading = (delimiter, (start.len() - body.len()) as u64);
    }
    if let Some(line) = lexer.bare_return {
        let spot = Spot { line, ..Spot::default() };
        log.add(rules::LINE_END, spot, "", "the first of the file".into());
    }
    Ok(table)
}

fn lines<'a, R: BufRead>(
    job: &Job<'_>,
    lexer: &mut Lexer<R>,
    ground: &'a Ground<'a>,
    log: &mut Log,
) -> Outcome<'a> {
    let mut record = Record::default();
    // The first line that holds anything is the header.
    let mut blank = 0;
    loop {
        if !lexer.next(&mut record)? {
            log.whole(rules::FILE_EMPTY, String::new());
            return Ok(None);
        }
        if !record.is_blank() {
            break;
        }
        let rule = if record.len() > 1 { rules::LINE_DELIMITERS } else { rules::LINE_BLANK };
        log.add(rule, Spot { line: record.line, ..Spot::default() }, "", String::new());
        blank += 1;
    }
    if record.unclosed {
        let spot = Spot { line: record.line, ..Spot::default() };
        log.add(rules::QUOTE_UNCLOSED, spot, "", String::new());
        return Ok(None);
    }
    let header = header(&record, log);
    if ground.columns.is_some_and(|most| header.len() > most) {
        log.whole(rules::FILE_TOO_MANY_COLUMNS, format!("{} columns", header.len()));
    }
    let step = job.listed.map(|(step, _)| step);
    let mut table = Table::new(ground, &job.object, step, header, record.line, log);
    table.see_quotes(&record, 0, log);
    let mut row = 0;
    while lexer.next(&mut record)? {
        row += 1;
        table.take(&record, row, log);
    }
    table.end(log);
    if blank + row > MAX_ROWS {
        log.whole(rules::FILE_TOO_MANY_ROWS, format!("{} lines", blank + row));
    }
    if row == 0 {
        log.whole(rules::FILE_NO_ROWS, String::new());
    }
    Ok(Some(table))
}

/// The cells of the header as texts.
fn header(record: &Record, log: &mut Log) -> Vec<String> {
    let mut header = Vec::with_capacity(record.len());
    for at in 0..record.len() {
        let mut name = String::new();
        let shown = String::from_utf8_lossy(record.cell(at)).into_owned();
        let spot = Spot { row: 0, line: record.line, at, column: &shown };
        super::text::read(record.cell(at), spot, &mut name, log);
        if record.misplaced.contains(&at) {
            log.add(rules::QUOTE_MISPLACED, spot, &shown, String::new());
        }
        header.push(name);
    }
    header
}

/// What the first bytes make the importer take the file for, if not for CSV.
fn sniffed(start: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 8] = [
        (b"TABL", "DIF: the first header begins with TABLE"),
        (b"<", "HTML or XML: the file begins with <"),
        (b"PK\x03\x04", "a workbook or another zip, whatever its name says"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook, whatever its name says"),
        (b"\x89PNG", "a picture"),
        (b"%PDF", "a PDF"),
        (b"\x1F\x8B", "a gzip file: unpack it"),
        (b"{\\rtf", "RTF"),
    ];
    kinds.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, what)| *what)
}

/// The delimiter the importer takes, and how many bytes a line `sep=;` has that says it.
fn delimiter(body: &[u8]) -> (u8, usize) {
    if let Some(&[sign, ref rest @ ..]) = body.strip_prefix(b"sep=") {
        match rest {
            [b'\r', b'\n', ..] => return (sign, 7),
            [b'\r' | b'\n', ..] => return (sign, 6),
            _ => {}
        }
    }
    let (mut counts, mut inside, mut units) = ([0_u32; 4], false, 0);
    for c in String::from_utf8_lossy(body).chars() {
        units += c.len_utf16();
        if units > LOOKED_AT {
            break;
        }
        inside ^= c == '"';
        if let Some(at) = DELIMITERS.iter().position(|sign| char::from(*sign) == c && !inside) {
            counts[at] += 1;
        }
    }
    let best = (0..DELIMITERS.len()).max_by_key(|at| (counts[*at], *at));
    (best.map_or(b',', |at| DELIMITERS[at]), 0)
}

/// The delimiter that is meant: the one by which the header says most. Where the importer takes another,
/// that is a finding, and the rest is read as it was meant.
fn meant(
    body: &[u8],
    skip: usize,
    guess: u8,
    ground: &Ground<'_>,
    job: &Job<'_>,
    log: &mut Log,
) -> u8 {
    let columns = ground.catalog.columns(&job.object).unwrap_or_default();
    let labels: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
    let text = body.get(skip..).unwrap_or_default();
    let matched = |sign: u8| {
        let (mut lexer, mut record) = (Lexer::new(text, sign, 0), Record::default());
        while lexer.next(&mut record).is_ok_and(|more| more) {
            if !record.is_blank() {
                break;
            }
        }
        let name = |at| String::from_utf8_lossy(record.cell(at)).into_owned();
        let header: Vec<String> = (0..record.len().min(MAX_COLUMNS)).map(name).collect();
        let exact = fuse::match_columns(&labels, &header);
        exact.iter().filter(|one| one.why == fuse::Why::Exact).count()
    };
    let own = matched(guess);
    let others = DELIMITERS.iter().copied().filter(|sign| *sign != guess);
    let better = others.map(|sign| (matched(sign), sign)).max().filter(|(count, _)| *count > own);
    let Some((_, sign)) = better else { return guess };
    let name =
        |sign: u8| if sign == b'\t' { "TAB".to_owned() } else { char::from(sign).to_string() };
    log.whole(
        rules::FILE_DELIMITER,
        format!("it takes {} for the delimiter, the header has {}", name(guess), name(sign)),
    );
    sign
}

/// The header of a file, for a first look at it.
pub(super) fn peek(input: Box<dyn Read + Send>, place: &Path) -> Result<Vec<String>> {
    let mut start = Vec::new();
    let io = |e| Error::io("cannot read the file", place, e);
    input.take(START).read_to_end(&mut start).map_err(io)?;
    let body = start.strip_prefix(BOM).unwrap_or(&start);
    let (sign, skip) = delimiter(body);
    let mut lexer = Lexer::new(body.get(skip..).unwrap_or_default(), sign, 0);
    let mut record = Record::default();
    while lexer.next(&mut record).map_err(io)? && record.is_blank() {}
    Ok((0..record.len()).map(|at| String::from_utf8_lossy(record.cell(at)).into_owned()).collect())
}
