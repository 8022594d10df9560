//! Finding the way back: what the splitter does with bytes that are no record, and how it finds the
//! next good record behind a broken one. It must not drop a byte.

use super::{Broken, MAX_RECORD, Place, Splitter};
use memchr::memmem;
use std::io::Read;

/// How far a record is followed behind a place where another seems to open.
const MAX_SUSPECT: usize = 32 << 20;

impl<R: Read> Splitter<R> {
    /// Something that is no object where a record should be: set aside up to the next separator.
    pub(super) fn stray(&mut self) -> bool {
        let rest = &self.buf[self.at..];
        let end = match rest.first() {
            Some(b'"') if !self.lines => string_end(rest),
            _ => rest.iter().position(|b| matches!(b, b',' | b'[' | b'{' | b'}' | b']' | b'\n')),
        };
        let after = end.map(|end| rest[end..].trim_ascii_start().first().copied());
        match (end, after) {
            // A key: what is left of a record that closed too early.
            (Some(_), Some(Some(b':'))) if rest.starts_with(b"\"") => self.places.push(Place::Lost),
            (Some(_), Some(None)) if !self.eof => return false,
            (Some(end), _) => self.push(self.at, self.at + end.max(1), Some(Broken::Malformed)),
            (None, _) if rest.len() >= MAX_RECORD => {
                self.push(self.at, self.buf.len(), Some(Broken::Malformed));
            }
            (None, _) => return false,
        }
        true
    }

    /// No end is in sight: the source is over or the record is longer than any, and something inside
    /// it opens like a record of its own.
    pub(super) fn hopeless(&self, start: usize) -> bool {
        let suspect = self.scan.as_ref().and_then(|scan| scan.suspect);
        let far = suspect.is_some_and(|at| self.eof || self.buf.len() - at > MAX_SUSPECT);
        far || self.buf.len() - start > MAX_RECORD
    }

    /// The record at `start` is broken: goes on where another seems to open inside it, else looks for
    /// the next one.
    pub(super) fn give_up(&mut self, start: usize) {
        match self.scan.take().and_then(|scan| scan.suspect) {
            Some(next) => {
                let end = trim_separator(&self.buf, start, next);
                self.push(start, end, Some(Broken::Malformed));
                self.at = next;
            }
            None => self.lose(start),
        }
    }

    pub(super) fn lose(&mut self, start: usize) {
        self.scan = None;
        self.at = start;
        self.places.push(Place::Lost);
    }

    /// After a broken record: sets bytes aside up to the next place where a record opens as the
    /// good ones did.
    pub(super) fn find_again(&mut self) -> bool {
        let from = self.at;
        let skip =
            usize::from(self.buf[from..].starts_with(&self.opening) && !self.opening.is_empty());
        let found = if self.opening.is_empty() {
            None
        } else {
            memmem::find(&self.buf[from + skip..], &self.opening).map(|n| from + skip + n)
        };
        if let Some(next) = found {
            self.places.pop();
            let end = trim_separator(&self.buf, from, next);
            self.push(from, end, Some(Broken::Malformed));
            self.at = next;
            return true;
        }
        if self.buf.len() - from > MAX_RECORD {
            let end = self.buf.len() - self.opening.len();
            self.push(from, end, Some(Broken::Malformed));
            return true;
        }
        if self.eof && from < self.buf.len() {
            let closes = self.places.len() > 2 && self.buf[from..].trim_ascii_end().ends_with(b"]");
            self.places.pop();
            let end = self.buf.len() - usize::from(closes);
            let end = from + self.buf[from..end].trim_ascii_end().len();
            self.push(from, end, Some(Broken::Malformed));
            return true;
        }
        false
    }
}

/// Behind the closing quote of the string `text` starts with.
fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[found] == b'"' {
            return Some(found + 1);
        }
        at = found + 2;
    }
}

/// How the records of a source begin: up to and including the first value's id prefix
/// (`{"id":"lead_`), or nothing when the first value is no id.
pub(super) fn opening(record: &[u8]) -> Vec<u8> {
    let head = &record[..record.len().min(80)];
    let Some(colon) = memchr::memchr(b':', head) else { return Vec::new() };
    let value = &head[colon + 1..];
    let blanks = value.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let Some(text) = value[blanks..].strip_prefix(b"\"") else { return Vec::new() };
    let prefix = text.iter().take_while(|b| b.is_ascii_lowercase()).count();
    if prefix == 0 || text.get(prefix) != Some(&b'_') {
        return Vec::new();
    }
    head[..=(colon + 1 + blanks + 1 + prefix)].to_vec()
}

/// How the records of one list begin: as [`opening`], or with the type they all have.
pub(super) fn list(record: &[u8]) -> Vec<u8> {
    let head = &record[..record.len().min(80)];
    let text: Vec<u8> = head.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
    let typed = [&b"{\"_type\":\""[..], b"{\"__object_type\":\""];
    let typed = typed.iter().find(|sign| text.starts_with(sign)).map(|sign| sign.len());
    match typed.and_then(|from| Some(from + memchr::memchr(b'"', &text[from..])?)) {
        Some(end) => text[..end].to_vec(),
        None => opening(record),
    }
}

/// True for openings of records that Close never nests in one another.
pub(super) fn nests_never(opening: &[u8]) -> bool {
    let flat = [&b"lead_"[..], b"cont_", b"oppo_", b"task_"];
    memmem::find(opening, b"{\"id\"").is_some_and(|at| at == 0)
        && flat.iter().any(|prefix| opening.ends_with(prefix))
}

/// The end of a broken record that is followed by a good one: without the comma between them.
fn trim_separator(buf: &[u8], start: usize, next: usize) -> usize {
    let trimmed = buf[start..next].trim_ascii_end();
    let trimmed = trimmed.strip_suffix(b",").unwrap_or(trimmed);
    start + trimmed.len().max(1)
}
