//! Cuts one source into records: elements of arrays (however nested), of the `data` of API pages,
//! and values one after another. A single one-line array of any size is the normal case; memory is
//! one chunk. A broken record is cut out and marked, and cutting goes on behind it. It must not
//! parse or interpret a record.

use super::guard::Damage;
use super::scan::{Outcome, Pages, Scan, Watch};
use crate::error::{Error, Result};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

mod lost;

use lost::{list, nests_never, opening};

/// A chunk closes at the first record end behind this many bytes.
const CHUNK: usize = 512 * 1024;
/// Fewest bytes asked from the source at a time.
const READ: usize = 64 * 1024;
/// A broken record is set aside in pieces of at most this size; a longer record counts as broken.
const MAX_RECORD: usize = 256 * 1024 * 1024;

/// Why the splitter already knows a record to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Bytes between records, or a record whose brackets or quotes do not add up.
    Malformed,
    /// The source ends inside the record.
    Truncated,
}

/// Where a record lies inside its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Set when the splitter could not find the record's proper end.
    pub broken: Option<Broken>,
}

/// What a page said about itself beside its records (`close-format.md` §1.3, L3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The page object with its records taken out, as JSON.
    pub json: Vec<u8>,
    /// How many records the page held.
    pub records: u64,
    /// How its records begin: pages of one list, in one file or several, begin alike. Empty where
    /// that says nothing.
    pub opening: Vec<u8>,
}

/// A run of whole records of one source.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    /// Index of the source.
    pub source: usize,
    /// Byte offset of `bytes` in the (decompressed) source.
    pub offset: u64,
    /// The records and what stands between them.
    pub bytes: Vec<u8>,
    /// The records, in order.
    pub records: Vec<Span>,
    /// Pages that ended in this chunk.
    pub envelopes: Vec<Envelope>,
    /// The source ended inside an array, a page or a record.
    pub truncated: bool,
    /// Its bytes ended before their time.
    pub damage: Option<Damage>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Between values at the top.
    Top,
    /// Between the elements of an array.
    Array,
    /// Between the elements of a page's `data`; the page's head and its records so far.
    Page { head: Vec<u8>, records: u64 },
    /// Between the records of a group in a page: they count as the page's.
    Group,
    /// Behind a group's records, inside the group.
    GroupTail,
    /// Behind a page's `data`, inside the page object.
    Tail { head: Vec<u8>, records: u64 },
    /// Behind a broken record, looking for the next good one.
    Lost,
}

/// Cuts one source; see the module's head.
pub struct Splitter<R> {
    input: R,
    path: Arc<Path>,
    source: usize,
    buf: Vec<u8>,
    offset: u64,
    at: usize,
    scan: Option<Scan>,
    places: Vec<Place>,
    chunk: Chunk,
    eof: bool,
    /// How the records of this source begin, learnt from the first good one.
    opening: Vec<u8>,
    /// How the records of this page begin, learnt from its first good one.
    list: Vec<u8>,
    /// One record a line: a record that is not closed at the line's end is broken.
    lines: bool,
    /// An empty buffer for the next chunk.
    spare: Vec<u8>,
    bytes: u64,
    /// The bytes ended before their time.
    damage: Option<Damage>,
}

impl<R: Read> Splitter<R> {
    /// A splitter over `input`, which is source number `source`.
    pub fn new(input: R, path: Arc<Path>, source: usize) -> Self {
        Self {
            input,
            path,
            source,
            buf: Vec::new(),
            offset: 0,
            at: 0,
            scan: None,
            places: vec![Place::Top],
            chunk: Chunk { source, ..Chunk::default() },
            eof: false,
            opening: Vec::new(),
            list: Vec::new(),
            lines: false,
            spare: Vec::new(),
            bytes: 0,
            damage: None,
        }
    }

    /// Bytes read so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands back a buffer that is no longer needed, to be filled again.
    pub fn reuse(&mut self, mut buffer: Vec<u8>) {
        if buffer.capacity() > self.spare.capacity() {
            buffer.clear();
            self.spare = buffer;
        }
    }

    /// The next chunk; `None` behind the last. Together the chunks hold every byte of the source.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>> {
        loop {
            let progress = match self.places.last() {
                Some(Place::Lost) => self.find_again(),
                Some(Place::Tail { .. }) => self.tail(),
                Some(Place::GroupTail) => self.group_tail(),
                _ if self.scan.is_some() => self.record(),
                _ => self.between(),
            };
            if self.scan.is_none() && self.at >= CHUNK {
                return Ok(Some(self.emit()));
            }
            if progress {
                continue;
            }
            if !self.eof {
                // What is left is a part of a record: it opens the next chunk.
                if self.at >= CHUNK / 2 && self.buf.len() >= CHUNK {
                    return Ok(Some(self.emit()));
                }
                self.refill()?;
                continue;
            }
            if self.at < self.buf.len() || self.scan.is_some() || self.places.len() > 1 {
                self.end_inside();
            }
            let done = self.buf.is_empty()
                && self.chunk.envelopes.is_empty()
                && !self.chunk.truncated
                && self.chunk.damage.is_none();
            return Ok(if done { None } else { Some(self.emit()) });
        }
    }

    fn refill(&mut self) -> Result<()> {
        let old = self.buf.len();
        // A chunk at a time; then with the record, so that a huge one does not cost quadratic copying.
        let want = READ.max(if old < CHUNK { CHUNK - old } else { old / 2 });
        let mut limited = self.input.by_ref().take(want as u64);
        let read = match limited.read_to_end(&mut self.buf) {
            Ok(read) => read,
            // Packed data that breaks off: what came before it is good.
            Err(e) => match Damage::of(&e) {
                Some(damage) => {
                    (self.damage, self.chunk.damage) = (Some(damage), Some(damage));
                    self.buf.len() - old
                }
                None => return Err(Error::io("cannot read the export", &self.path, e)),
            },
        };
        self.bytes += read as u64;
        self.eof = read == 0 || self.damage.is_some();
        if old == 0 && self.offset == 0 && self.buf.starts_with(b"\xef\xbb\xbf") {
            self.at = 3;
        }
        Ok(())
    }

    /// Hands out everything before `at` as a chunk.
    fn emit(&mut self) -> Chunk {
        let left = self.buf.len() - self.at;
        let mut rest = std::mem::take(&mut self.spare);
        rest.reserve(if self.eof { left } else { (left + READ).max(CHUNK + READ) });
        rest.extend_from_slice(&self.buf[self.at..]);
        self.buf.truncate(self.at);
        let bytes = std::mem::replace(&mut self.buf, rest);
        let next = Chunk { source: self.source, ..Chunk::default() };
        let mut chunk = std::mem::replace(&mut self.chunk, next);
        chunk.offset = self.offset;
        chunk.bytes = bytes;
        self.offset += self.at as u64;
        if let Some(scan) = &mut self.scan {
            scan.shift(self.at);
        }
        self.at = 0;
        chunk
    }

    fn push(&mut self, start: usize, end: usize, broken: Option<Broken>) {
        self.chunk.records.push(Span { start, end, broken });
        let page = self.places.iter_mut().rev().find(|place| **place != Place::Group);
        if let Some(Place::Page { records, .. }) = page {
            *records += 1;
        }
        self.at = end;
        self.scan = None;
    }

    /// Between records: skips blanks and commas, opens or closes arrays, starts a record.
    fn between(&mut self) -> bool {
        let rest = &self.buf[self.at..];
        let blanks =
            rest.iter().take_while(|b| b.is_ascii_whitespace() || matches!(**b, b',' | 0)).count();
        self.at += blanks;
        let Some(&byte) = self.buf.get(self.at) else { return false };
        let top = matches!(self.places.last(), Some(Place::Top));
        match byte {
            b'{' => self.scan = Some(Scan::at(self.at)),
            b'[' => {
                self.places.push(Place::Array);
                self.at += 1;
            }
            b']' if !top => {
                self.at += 1;
                let tail = match self.places.pop() {
                    Some(Place::Page { head, records }) => Place::Tail { head, records },
                    Some(Place::Group) => Place::GroupTail,
                    _ => return true,
                };
                self.places.push(tail);
                self.scan = Some(Scan::inside(self.at));
            }
            _ => return self.stray(),
        }
        true
    }

    /// Inside a record: scans on to its end.
    fn record(&mut self) -> bool {
        let Ok(line_end) = self.line_end() else { return false };
        let limit = line_end.unwrap_or(self.buf.len());
        let Some(scan) = &mut self.scan else { return true };
        let pages = match self.places.last() {
            Some(Place::Page { .. }) => Pages::Groups,
            Some(Place::Group) => Pages::None,
            _ => Pages::Data,
        };
        let foreign = if nests_never(&self.opening) { &self.opening[..] } else { &[] };
        let watch = Watch { pages, foreign, eof: self.eof || line_end.is_some() };
        let start = scan.start;
        match scan.run(&self.buf[..limit], watch) {
            Outcome::Complete(end) => self.complete(start, end),
            Outcome::Page(inside) => {
                let head = self.buf[start..inside].to_vec();
                let group = matches!(self.places.last(), Some(Place::Page { .. }));
                let page = Place::Page { head, records: 0 };
                self.places.push(if group { Place::Group } else { page });
                self.at = inside;
                self.scan = None;
            }
            Outcome::More | Outcome::Illegal(_) if line_end.is_some() => {
                self.push(start, limit, Some(Broken::Malformed));
            }
            Outcome::Illegal(_) => self.give_up(start),
            Outcome::More if self.hopeless(start) => self.give_up(start),
            Outcome::More => return false,
        }
        true
    }

    /// For one-record-a-line sources: the end of the current line, or `Err` to read on.
    fn line_end(&self) -> std::result::Result<Option<usize>, ()> {
        if !self.lines || self.places.len() > 1 {
            return Ok(None);
        }
        match memchr::memchr(b'\n', &self.buf[self.at..]) {
            Some(found) => Ok(Some(self.at + found)),
            None if self.eof => Ok(None),
            None => Err(()),
        }
    }

    fn complete(&mut self, start: usize, end: usize) {
        if self.opening.is_empty() {
            self.opening = opening(&self.buf[start..end]);
        }
        if self.list.is_empty() && self.places.len() > 1 {
            self.list = list(&self.buf[start..end]);
        }
        if self.places.len() == 1 && !self.lines {
            let next_is_line =
                self.buf.get(end) == Some(&b'\n') || self.buf[end..].starts_with(b"\r\n");
            self.lines = next_is_line && !self.buf[start..end].contains(&b'\n');
        }
        self.push(start, end, None);
    }

    /// Behind a page's `data`: finds the end of the page object and keeps what it says.
    fn tail(&mut self) -> bool {
        let Some(scan) = &mut self.scan else { return false };
        let start = scan.start;
        let outcome =
            scan.run(&self.buf, Watch { pages: Pages::None, foreign: &[], eof: self.eof });
        let end = match outcome {
            Outcome::Complete(end) => end,
            Outcome::More => return false,
            Outcome::Illegal(at) | Outcome::Page(at) => {
                self.places.pop();
                self.lose(at);
                return true;
            }
        };
        if let Some(Place::Tail { head, records }) = self.places.pop() {
            let json = [&head[..], b"]", &self.buf[start..end]].concat();
            let opening = std::mem::take(&mut self.list);
            self.chunk.envelopes.push(Envelope { json, records, opening });
        }
        self.at = end;
        self.scan = None;
        true
    }

    /// Behind a group's records: skips what else the group says, which is totals.
    fn group_tail(&mut self) -> bool {
        let Some(scan) = &mut self.scan else { return false };
        let watch = Watch { pages: Pages::None, foreign: &[], eof: self.eof };
        match scan.run(&self.buf, watch) {
            Outcome::Complete(end) => {
                self.at = end;
                self.scan = None;
                self.places.pop();
            }
            Outcome::More => return false,
            Outcome::Illegal(at) | Outcome::Page(at) => {
                self.places.pop();
                self.lose(at);
            }
        }
        true
    }

    /// The source ended inside something: what is left is a truncated record.
    fn end_inside(&mut self) {
        self.chunk.truncated = self.damage.is_none();
        self.chunk.damage = self.damage;
        let left = self.buf[self.at..].trim_ascii().len();
        let in_tail = matches!(self.places.last(), Some(Place::Tail { .. } | Place::GroupTail));
        if left > 0 && !in_tail {
            self.push(self.at, self.buf.len(), Some(Broken::Truncated));
        }
        while matches!(self.places.last(), Some(Place::Group | Place::GroupTail)) {
            self.places.pop();
        }
        if let Some(Place::Tail { head, records } | Place::Page { head, records }) =
            self.places.pop()
        {
            let json = [&head[..], b"]}"].concat();
            let opening = std::mem::take(&mut self.list);
            self.chunk.envelopes.push(Envelope { json, records, opening });
        }
        self.places.truncate(1);
        if self.places.is_empty() {
            self.places.push(Place::Top);
        }
        self.scan = None;
        self.at = self.buf.len();
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests;
