//! Cuts HTML into texts and tags as the tokenizer of the HTML standard does, borrowed wherever they
//! can be. It must not know what an element means.
//!
//! Two thirds of a tokenizer of the standard serve errors nobody looks at here, one byte at a time.
//! This one gives the same texts and tags (a property test holds both together) at the speed of a
//! search. What is rare and intricate it leaves to html5gum: the names of characters
//! ([`mod@reference`]), NUL, `</>`, and comments inside of scripts ([`Token::Odd`]).

use memchr::{memchr, memchr2_iter, memmem};

use super::reference;
use super::tag::Tag;

/// A piece of HTML.
pub(super) enum Token<'h, 't> {
    /// What stands between tags, its references decoded. Never empty.
    Text(&'t str),
    /// `<name …>`.
    Start(Tag<'h>),
    /// `</name>`.
    End(&'h [u8]),
    /// What follows is for another tokenizer.
    Odd(&'h str),
}

/// What stands between a start tag and its end tag.
#[derive(Clone, Copy)]
enum Content<'h> {
    /// Texts and tags.
    Markup,
    /// Text up to the end tag of this name; `true` if references in it count.
    Text(&'h [u8], bool),
}

/// The tokens of a piece of HTML, one after the other.
pub(super) struct Tokens<'h> {
    html: &'h str,
    at: usize,
    content: Content<'h>,
    /// The text being read, where it cannot be borrowed.
    text: String,
}

impl<'h> Tokens<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self { html, at: 0, content: Content::Markup, text: String::new() }
    }

    /// The next token; none at the end. A tag that the end of the input breaks off is none.
    pub(super) fn next(&mut self) -> Option<Token<'h, '_>> {
        if self.at == 0 && memchr(0, self.html.as_bytes()).is_some() {
            return Some(self.odd(0));
        }
        if let Content::Text(name, references) =
            std::mem::replace(&mut self.content, Content::Markup)
        {
            let (start, end) = (self.at, self.end_tag(name));
            self.at = end;
            if end > start {
                return Some(Token::Text(self.decoded(start, end, references)));
            }
        }
        loop {
            let start = self.at;
            let Some((end, plain)) = self.markup(start) else { return Some(self.odd(start)) };
            if end > start {
                self.at = end;
                return Some(Token::Text(self.decoded(start, end, !plain)));
            }
            let next = *self.html.as_bytes().get(start + 1)?;
            match next {
                b'/' if self.byte(start + 2)?.is_ascii_alphabetic() => return self.end(start),
                // `</3>` is a comment as well.
                b'!' | b'?' | b'/' => self.at = self.after_comment(start),
                _ => return self.start(start),
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.html.as_bytes().get(at).copied()
    }

    fn odd<'t>(&mut self, at: usize) -> Token<'h, 't> {
        self.at = self.html.len();
        Token::Odd(&self.html[at..])
    }

    /// Where the text that starts at `from` ends: at a tag or comment. Also, whether it is free of `&`.
    /// None if there is a `</>` in it, which is nothing, and parts no text.
    fn markup(&self, from: usize) -> Option<(usize, bool)> {
        let bytes = self.html.as_bytes();
        let mut plain = true;
        for at in memchr2_iter(b'<', b'&', &bytes[from..]).map(|step| from + step) {
            if bytes[at] == b'&' {
                plain = false;
            } else if bytes[at..].starts_with(b"</>") {
                return None;
            } else if opens_markup(&bytes[at + 1..]) {
                return Some((at, plain));
            }
        }
        Some((bytes.len(), plain))
    }

    /// Where the end tag of `name`, or the input, ends the text that starts here.
    fn end_tag(&self, name: &[u8]) -> usize {
        let bytes = self.html.as_bytes();
        let ends = |at: &usize| {
            let rest = bytes.get(at + 2..).unwrap_or_default();
            let same = rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            same && rest.get(name.len()).is_some_and(|byte| is_blank(*byte) || b"/>".contains(byte))
        };
        let found =
            memmem::find_iter(&bytes[self.at..], b"</").map(|step| self.at + step).find(ends);
        found.unwrap_or(bytes.len())
    }

    fn decoded(&mut self, start: usize, end: usize, references: bool) -> &str {
        let text = &self.html[start..end];
        if !references {
            return text;
        }
        self.text.clear();
        reference::decode(text, &mut self.text);
        &self.text
    }

    fn start<'t>(&mut self, at: usize) -> Option<Token<'h, 't>> {
        let name = self.name(at + 1);
        let mut tag = Tag { name: name.into(), ..Tag::default() };
        tag.self_closing = self.attributes(at + 1 + name.len(), |name, value| {
            tag.attribute(name, reference::decoded_value(value));
        })?;
        self.content = match name {
            name if is_one_of(name, &[b"textarea", b"title"]) => Content::Text(name, true),
            name if is_one_of(name, RAW) => Content::Text(name, false),
            name if is_one_of(name, &[b"plaintext"]) => return Some(self.odd(at)),
            name if is_one_of(name, &[b"script"]) => {
                let script = &self.html[self.at..self.end_tag(name)];
                if memmem::find(script.as_bytes(), b"<!--").is_some() {
                    return Some(self.odd(at));
                }
                Content::Text(name, false)
            }
            _ => Content::Markup,
        };
        Some(Token::Start(tag))
    }

    fn end<'t>(&mut self, at: usize) -> Option<Token<'h, 't>> {
        let name = self.name(at + 2);
        self.attributes(at + 2 + name.len(), |_, _| {})?;
        Some(Token::End(name))
    }

    /// The name that starts at `start`.
    fn name(&self, start: usize) -> &'h [u8] {
        let rest = &self.html.as_bytes()[start..];
        let length = rest.iter().position(|byte| is_blank(*byte) || b"/>".contains(byte));
        &rest[..length.unwrap_or(rest.len())]
    }

    /// Reads the attributes of a tag from `at` on and goes on behind it. Hands over the name and the
    /// undecoded value of each; answers whether the tag ends with `/>`, none if it does not end.
    fn attributes(&mut self, at: usize, each: impl FnMut(&'h [u8], &'h str)) -> Option<bool> {
        let (end, self_closing) = attributes(self.html, at, each).unzip();
        self.at = end.unwrap_or(self.html.len());
        self_closing
    }

    /// The end of the comment, declaration or instruction that starts at `start`.
    fn after_comment(&self, start: usize) -> usize {
        let bytes = self.html.as_bytes();
        let rest = &bytes[start..];
        let length = if rest.starts_with(b"<!--") {
            // `<!-->` and `<!--->` are whole.
            let closed = memmem::find(&rest[2..], b"-->").map(|at| at + 5);
            let odd = memmem::find(&rest[4..closed.unwrap_or(rest.len()).max(4)], b"--!>");
            odd.map(|at| at + 8).or(closed)
        } else {
            memchr(b'>', rest).map(|at| at + 1)
        };
        start + length.unwrap_or(rest.len())
    }
}

/// Elements that hold text without references.
const RAW: &[&[u8]] = &[b"style", b"iframe", b"xmp", b"noembed", b"noframe", b"noscript"];

fn is_one_of(name: &[u8], names: &[&[u8]]) -> bool {
    names.iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// Whether a `<` before `rest` opens a tag or a comment; before anything else it is text.
fn opens_markup(rest: &[u8]) -> bool {
    match rest {
        // At the very end `</` is text as well.
        [b'/', after @ ..] => !after.is_empty(),
        [first, ..] => first.is_ascii_alphabetic() || matches!(first, b'!' | b'?'),
        [] => false,
    }
}

/// The blanks between attributes.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0C)
}

/// Reads attributes from `at` on. Answers the offset behind the tag's `>`, and whether that is `/>`;
/// none if the input ends before.
fn attributes<'h>(
    html: &'h str,
    mut at: usize,
    mut each: impl FnMut(&'h [u8], &'h str),
) -> Option<(usize, bool)> {
    let bytes = html.as_bytes();
    let skip_blanks = |at: &mut usize| {
        while bytes.get(*at).is_some_and(|byte| is_blank(*byte)) {
            *at += 1;
        }
    };
    loop {
        skip_blanks(&mut at);
        match bytes.get(at)? {
            b'>' => return Some((at + 1, false)),
            b'/' if *bytes.get(at + 1)? == b'>' => return Some((at + 2, true)),
            b'/' => {
                at += 1;
                continue;
            }
            _ => {}
        }
        let start = at;
        at += 1; // A name may begin with `=`.
        while !matches!(bytes.get(at)?, b'/' | b'>' | b'=') && !is_blank(bytes[at]) {
            at += 1;
        }
        let name = &bytes[start..at];
        skip_blanks(&mut at);
        if *bytes.get(at)? != b'=' {
            each(name, "");
            continue;
        }
        at += 1;
        skip_blanks(&mut at);
        let first = *bytes.get(at)?;
        if matches!(first, b'"' | b'\'') {
            let length = memchr(first, &bytes[at + 1..])?;
            each(name, &html[at + 1..at + 1 + length]);
            at += length + 2;
        } else {
            let start = at;
            while *bytes.get(at)? != b'>' && !is_blank(bytes[at]) {
                at += 1;
            }
            each(name, &html[start..at]);
        }
    }
}
