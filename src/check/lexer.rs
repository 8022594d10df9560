//! Cuts a CSV file into records as the importer's parser does (`twenty-importer.md §1.2`): a quote opens a
//! cell only as its first character, every further one in such a cell closes or opens it again, and a
//! line ends in LF, CRLF or CR. It reads a stream, holds one record, and knows nothing of what cells mean.

use memchr::{memchr, memchr_iter};
use std::io::{BufRead, Result};

/// Bytes of a cell that are kept; what is beyond them is only counted.
const CELL: usize = 4 << 20;
/// Bytes of a record that are kept.
const RECORD: usize = 64 << 20;
/// Cells of a record that are kept.
const CELLS: usize = 20_000;

/// One record; made once and filled again and again.
#[derive(Debug, Default)]
pub(super) struct Record {
    bytes: Vec<u8>,
    /// Where each cell ends in `bytes`.
    ends: Vec<usize>,
    /// Cells whose quotes are not as they should be, and those that were cut.
    pub misplaced: Vec<usize>,
    /// The first cell that is not quoted from end to end.
    pub unquoted: Option<usize>,
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Bytes of cells that were not kept.
    pub lost: usize,
    /// A quote was open when the file ended.
    pub unclosed: bool,
}

impl Record {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a cell, empty beyond the last.
    pub fn cell(&self, at: usize) -> &[u8] {
        let Some(end) = self.ends.get(at) else { return &[] };
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        self.bytes.get(start.unwrap_or_default()..*end).unwrap_or_default()
    }

    /// No cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.bytes.is_empty()
    }

    fn clear(&mut self, line: u64) {
        let (bytes, ends) = (std::mem::take(&mut self.bytes), std::mem::take(&mut self.ends));
        *self = Self { bytes, ends, line, ..Self::default() };
        self.bytes.clear();
        self.ends.clear();
        self.misplaced.clear();
    }
}

/// Reads records.
pub(super) struct Lexer<R> {
    input: R,
    /// What divides cells.
    delimiter: u8,
    /// Lines read.
    line: u64,
    /// The last record ended in CR: an LF that follows belongs to it.
    after_return: bool,
    /// The first line that ended in CR alone.
    pub bare_return: Option<u64>,
}

/// The cell that is being read.
#[derive(Default)]
struct Open {
    /// Where it begins in the record's bytes.
    start: usize,
    /// Bytes seen, kept or not.
    seen: usize,
    /// It begins with a quote.
    quoted: bool,
    /// Within quotes now.
    inside: bool,
    /// A quote or text where it does not belong.
    odd: bool,
}

/// How a record ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Not,
    Feed,
    Return,
}

impl<R: BufRead> Lexer<R> {
    pub fn new(input: R, delimiter: u8, line: u64) -> Self {
        Self { input, delimiter, line, after_return: false, bare_return: None }
    }

    /// Reads the next record; false at the end of the file.
    pub fn next(&mut self, record: &mut Record) -> Result<bool> {
        if std::mem::take(&mut self.after_return) {
            if self.input.fill_buf()?.first() == Some(&b'\n') {
                self.input.consume(1);
            } else if self.bare_return.is_none() {
                self.bare_return = Some(self.line);
            }
        }
        record.clear(self.line + 1);
        let mut open = Open::default();
        let mut any = false;
        loop {
            let (read, end) = {
                let buffer = self.input.fill_buf()?;
                if buffer.is_empty() {
                    break;
                }
                any = true;
                scan(buffer, self.delimiter, record, &mut open, &mut self.line)
            };
            self.input.consume(read);
            match end {
                End::Not => {}
                End::Feed => return Ok(true),
                End::Return => {
                    self.after_return = true;
                    return Ok(true);
                }
            }
        }
        if !any {
            return Ok(false);
        }
        record.unclosed = open.inside;
        finish(record, &mut open);
        Ok(true)
    }
}

/// Goes through a buffer up to the end of the record; how many bytes it took.
fn scan(
    buffer: &[u8],
    delimiter: u8,
    record: &mut Record,
    open: &mut Open,
    line: &mut u64,
) -> (usize, End) {
    let mut at = 0;
    while let Some(rest) = buffer.get(at..).filter(|rest| !rest.is_empty()) {
        if open.inside {
            let (part, closed) = match memchr(b'"', rest) {
                Some(quote) => (&rest[..=quote], true),
                None => (rest, false),
            };
            *line += memchr_iter(b'\n', part).count() as u64;
            keep(record, open, part);
            open.inside = !closed;
            at += part.len();
            continue;
        }
        let byte = rest[0];
        at += 1;
        match byte {
            b'\n' | b'\r' => {
                *line += 1;
                finish(record, open);
                return (at, if byte == b'\n' { End::Feed } else { End::Return });
            }
            b'"' if open.seen == 0 => {
                (open.quoted, open.inside) = (true, true);
                keep(record, open, b"\"");
            }
            b'"' => {
                // Doubled behind a closing quote, it is one quote of the text.
                let doubled = open.quoted && record.bytes.last() == Some(&b'"');
                open.odd |= !doubled;
                open.inside = open.quoted;
                keep(record, open, b"\"");
            }
            _ if byte == delimiter => finish(record, open),
            _ => {
                open.odd |= open.quoted;
                // Plain text goes in one piece.
                let special = |b: &u8| matches!(b, b'\n' | b'\r' | b'"') || *b == delimiter;
                let end = rest.iter().position(special).unwrap_or(rest.len());
                keep(record, open, &rest[..end]);
                at += end - 1;
            }
        }
    }
    (at, End::Not)
}

fn keep(record: &mut Record, open: &mut Open, part: &[u8]) {
    open.seen += part.len();
    let room = (CELL + 2).saturating_sub(record.bytes.len() - open.start);
    let room = room.min(RECORD.saturating_sub(record.bytes.len()));
    let kept = part.get(..room.min(part.len())).unwrap_or_default();
    record.lost += part.len() - kept.len();
    record.bytes.extend_from_slice(kept);
}

/// Takes the quotes of the finished cell away and begins the next.
fn finish(record: &mut Record, open: &mut Open) {
    let at = record.ends.len();
    if at >= CELLS {
        record.lost += open.seen;
        record.bytes.truncate(open.start);
        *open = Open { start: open.start, ..Open::default() };
        return;
    }
    let raw = &record.bytes[open.start..];
    let whole = raw.len() >= 2 && raw.first() == Some(&b'"') && raw.last() == Some(&b'"');
    if open.odd || (open.quoted && !whole && !open.inside) {
        record.misplaced.push(at);
    }
    if !(open.quoted && whole && !open.odd) && record.unquoted.is_none() {
        record.unquoted = Some(at);
    }
    if whole {
        unquote(&mut record.bytes, open.start);
    }
    record.ends.push(record.bytes.len());
    *open = Open { start: record.bytes.len(), ..Open::default() };
}

/// Takes the outer quotes off what follows `start`, and makes two quotes one.
fn unquote(bytes: &mut Vec<u8>, start: usize) {
    bytes.pop();
    let (mut from, mut to) = (start + 1, start);
    while from < bytes.len() {
        bytes[to] = bytes[from];
        to += 1;
        from += if bytes[from] == b'"' && bytes.get(from + 1) == Some(&b'"') { 2 } else { 1 };
    }
    bytes.truncate(to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn read(text: &str, delimiter: u8, buffer: usize) -> Vec<Vec<String>> {
        let mut lexer = Lexer::new(BufReader::with_capacity(buffer, text.as_bytes()), delimiter, 0);
        let (mut record, mut rows) = (Record::default(), Vec::new());
        while lexer.next(&mut record).unwrap() {
            let cells = 0..record.len();
            rows.push(
                cells.map(|at| String::from_utf8_lossy(record.cell(at)).into_owned()).collect(),
            );
        }
        rows
    }

    #[test]
    fn records_do_not_depend_on_the_buffer() {
        let text = "\"a\",\"b \"\"q\"\"\",c\r\n\r\n\"x\ny\";z,\"\",\"tail\"\rlast,\"open\n,";
        let whole = read(text, b',', 1 << 16);
        for buffer in 1..40 {
            assert_eq!(read(text, b',', buffer), whole, "{buffer}");
        }
        let rows: &[&[&str]] =
            &[&["a", "b \"q\"", "c"], &[""], &["\"x\ny\";z", "", "tail"], &["last", "\"open\n,"]];
        assert_eq!(whole, rows);
    }

    #[test]
    fn quotes_count_as_first_and_last_character_only() {
        assert_eq!(read("A, \"B, C\",\"D\"x\n", b',', 99), [["A", " \"B", " C\"", "\"D\"x"]]);
        assert_eq!(read("\"a\"b\"\n\"\n", b',', 99), [["a\"b\"\n"]]);
    }

    #[test]
    fn what_is_odd_is_told() {
        let mut lexer =
            Lexer::new("\"a\" ,b \"c\",\"\"\"d\"\"\",\"e\"\r\"f\ng\",\"h".as_bytes(), b',', 0);
        let mut record = Record::default();
        assert!(lexer.next(&mut record).unwrap());
        assert_eq!(
            (record.misplaced.as_slice(), record.unquoted, record.line),
            (&[0, 1][..], Some(0), 1)
        );
        assert!(lexer.next(&mut record).unwrap());
        assert!(record.unclosed && lexer.bare_return == Some(1));
        assert_eq!((record.line, record.cell(0)), (2, &b"f\ng"[..]));
        assert!(!lexer.next(&mut record).unwrap());
    }
}
