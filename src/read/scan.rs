//! Finds where one JSON value ends without parsing it: strings are skipped at memchr speed, the
//! few bytes between them are looked at one by one. Resumable, because a value may span reads.
//! It must not allocate and must not judge the value beyond bytes that no JSON holds.

use memchr::memchr2;

/// What a scan came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The value ends before this position.
    Complete(usize),
    /// The buffer ended first: call again with more bytes.
    More,
    /// A byte that cannot stand there in JSON: a stray letter, a bracket that closes another kind.
    Illegal(usize),
    /// The object is a page: its `data` array opens just before this position.
    Page(usize),
}

/// The state of one scan over a buffer that grows at its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// Where the value starts.
    pub start: usize,
    /// The next byte to look at.
    pub at: usize,
    depth: u32,
    /// Which of the outer levels are objects, a bit each; deeper levels are not checked.
    objects: u128,
    in_string: bool,
    string_start: usize,
    /// Where something inside the value first opens like a record of its own: the place to go on from
    /// if this value turns out to be broken.
    pub suspect: Option<usize>,
    /// The last string that closed at depth 1: a key, when a colon follows.
    key: (usize, usize),
}

/// What the scan should look for on its way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watch<'a> {
    /// The array to stop at.
    pub pages: Pages,
    /// The opening bytes shared by the records of this file, when Close never nests one in another.
    pub foreign: &'a [u8],
    /// No more bytes will come.
    pub eof: bool,
}

/// Which array of records to stop at (`close-format.md` §1.3, L3, L10 and L11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    /// None: no page can stand here.
    None,
    /// `data` of a page.
    Data,
    /// `objects` of a group, which has no id.
    Groups,
}

impl Pages {
    fn key(self) -> &'static [u8] {
        match self {
            Self::None => b"",
            Self::Data => b"data",
            Self::Groups => b"objects",
        }
    }
}

impl Scan {
    /// A scan of the value at `start`.
    pub fn at(start: usize) -> Self {
        Self { start, at: start, ..Self::default() }
    }

    /// A scan that goes on inside an object already open at `start`.
    pub fn inside(start: usize) -> Self {
        Self { depth: 1, objects: 1, ..Self::at(start) }
    }

    /// Moves every position `by` bytes to the left, after the buffer dropped its head.
    pub fn shift(&mut self, by: usize) {
        let back = |n: &mut usize| *n = n.saturating_sub(by);
        [&mut self.start, &mut self.at, &mut self.string_start].into_iter().for_each(back);
        [&mut self.key.0, &mut self.key.1].into_iter().for_each(back);
        self.suspect.iter_mut().for_each(back);
    }

    /// Scans on until the value ends, the buffer ends, or something is found.
    pub fn run(&mut self, buf: &[u8], watch: Watch<'_>) -> Outcome {
        loop {
            if self.in_string && !self.close_string(buf) {
                return Outcome::More;
            }
            let Some(&byte) = buf.get(self.at) else { return Outcome::More };
            match CLASS[usize::from(byte)] {
                Class::Plain => self.at += 1,
                Class::Quote => {
                    self.in_string = true;
                    self.at += 1;
                    self.string_start = self.at;
                }
                Class::Open => {
                    if let Some(found) = self.open(buf, byte, watch) {
                        return found;
                    }
                }
                Class::Close => {
                    let level = self.depth.saturating_sub(1);
                    let object = self.objects >> level.min(127) & 1 == 1;
                    if level < 127 && object != (byte == b'}') {
                        return Outcome::Illegal(self.at);
                    }
                    self.at += 1;
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Outcome::Complete(self.at);
                    }
                }
                Class::Illegal => return Outcome::Illegal(self.at),
            }
        }
    }

    /// Moves behind the closing quote; false when it is not in the buffer yet.
    fn close_string(&mut self, buf: &[u8]) -> bool {
        while let Some(found) = quote_or_backslash(buf.get(self.at..).unwrap_or_default()) {
            let at = self.at + found;
            if buf[at] == b'"' {
                if self.depth == 1 {
                    self.key = (self.string_start, at);
                }
                self.at = at + 1;
                self.in_string = false;
                return true;
            }
            if at + 1 >= buf.len() {
                self.at = at;
                return false;
            }
            self.at = at + 2;
        }
        self.at = buf.len().max(self.at);
        false
    }

    fn open(&mut self, buf: &[u8], byte: u8, watch: Watch<'_>) -> Option<Outcome> {
        if byte == b'{' && self.depth > 0 && !watch.foreign.is_empty() {
            let rest = &buf[self.at..];
            if rest.len() < watch.foreign.len() && !watch.eof {
                return Some(Outcome::More);
            }
            if self.suspect.is_none() && rest.starts_with(watch.foreign) {
                self.suspect = Some(self.at);
            }
        }
        let is_page = watch.pages != Pages::None
            && byte == b'['
            && self.depth == 1
            && buf.get(self.key.0..self.key.1) == Some(watch.pages.key())
            && follows_colon(buf, self.key.1 + 1, self.at)
            && (watch.pages == Pages::Data || has_no_id(&buf[self.start..self.at]));
        self.at += 1;
        let bit = 1u128 << self.depth.min(127);
        self.objects = if byte == b'{' { self.objects | bit } else { self.objects & !bit };
        self.depth += 1;
        is_page.then_some(Outcome::Page(self.at))
    }
}

/// Where the next `"` or `\` stands. Most strings are keys and short values, which end before a search
/// with vectors would have begun.
fn quote_or_backslash(text: &[u8]) -> Option<usize> {
    const SHORT: usize = 32;
    let mut at = 0;
    while let (true, Some(word)) = (at < SHORT, text.get(at..).and_then(<[u8]>::first_chunk::<8>)) {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ repeated(b'"')) | zeros(word ^ repeated(b'\\'));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr2(b'"', b'\\', text.get(at..)?).map(|found| at + found)
}

const fn repeated(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The highest bit of the first byte that is zero, and perhaps of others behind it; 0 when none is.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(repeated(1)) & !word & repeated(0x80)
}

/// True when only one colon and blanks stand between two positions.
fn follows_colon(buf: &[u8], from: usize, to: usize) -> bool {
    buf.get(from..to).is_some_and(|between| between.trim_ascii() == b":")
}

/// True for the beginning of an object in which no key is called `id`.
fn has_no_id(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"\"id\"").is_none()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Quote,
    Open,
    Close,
    Illegal,
}

/// Byte classes outside strings. Letters are those of `true false null NaN Infinity` and exponents.
const CLASS: [Class; 256] = {
    let mut table = [Class::Illegal; 256];
    let plain = b" \t\r\n,:0123456789+-.eEtrufalsnNIiy";
    let mut i = 0;
    while i < plain.len() {
        table[plain[i] as usize] = Class::Plain;
        i += 1;
    }
    table[b'"' as usize] = Class::Quote;
    table[b'{' as usize] = Class::Open;
    table[b'[' as usize] = Class::Open;
    table[b'}' as usize] = Class::Close;
    table[b']' as usize] = Class::Close;
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    const WATCH: Watch<'_> = Watch { pages: Pages::Data, foreign: b"{\"id\":\"lead_", eof: false };

    #[test]
    fn finds_the_end_in_any_cut_of_the_buffer() {
        let json = br#"{"a":"x\"}\\","b":[{"c":"\u00e9]"}],"n":-1.5e3} tail"#;
        let end = json.len() - 5;
        for cut in 0..json.len() {
            let mut scan = Scan::at(0);
            let first = scan.run(&json[..cut], WATCH);
            let last = if first == Outcome::More { scan.run(json, WATCH) } else { first };
            assert_eq!(last, Outcome::Complete(end), "cut at {cut}");
        }
    }

    #[test]
    fn finds_quotes_and_backslashes_at_any_place() {
        for length in 0..70 {
            let plain = vec![b'!'; length];
            assert_eq!(quote_or_backslash(&plain), None);
            for at in 0..length {
                for (sign, later) in [(b'"', b'\\'), (b'\\', b'"'), (b'"', 0xdd), (b'"', b'#')] {
                    let mut text = plain.clone();
                    text[at..].fill(later);
                    text[at] = sign;
                    assert_eq!(quote_or_backslash(&text), Some(at));
                }
            }
        }
    }

    #[test]
    fn stops_at_pages_and_illegal_bytes_and_notes_suspects() {
        let page = br#"{"has_more": true, "data" : [{"id""#;
        assert_eq!(Scan::at(0).run(page, WATCH), Outcome::Page(29));
        let value_named_data = br#"{"x":"data","y":[1]}"#;
        assert_eq!(Scan::at(0).run(value_named_data, WATCH), Outcome::Complete(20));
        let nested = br#"{"id":"lead_1","c":[{"id":"lead_2"}]}"#;
        let mut scan = Scan::at(0);
        assert_eq!(scan.run(nested, WATCH), Outcome::Complete(nested.len()));
        assert_eq!(scan.suspect, Some(20));
        let flipped = br#"{"id":"lead_1,"name":"x"}"#;
        assert!(matches!(Scan::at(0).run(flipped, WATCH), Outcome::Illegal(17)));
    }
}
