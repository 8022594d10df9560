//! Plain text → Markdown that shows the same text, and the title taken from a text.
//!
//! Each paragraph becomes one line of Markdown, its line breaks `<br>`: Twenty's reader turns a
//! bare line break into a break *and* a blank (`twenty-observed.md` §0.7), and a construct that
//! needs a line of its own (list, table, fence, setext heading) can only open a paragraph then.
//! This file must not interpret the text: `**` typed by the writer stays two asterisks.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memrchr, memrchr_iter};

use super::escape::{self, Reach};
use crate::twenty::scan::{Bytes, find_pair};

/// Plain text (e-mail text bodies, SMS, call notes, task text) as Markdown that shows that text.
///
/// Lines stay lines (`<br>`), a blank line separates paragraphs, several of them show as one empty
/// line. Leading blanks of a line become U+00A0, a tab four blanks, form feed, U+2028 and their
/// like line breaks; trailing blanks and control characters vanish. What Twenty's reader would
/// interpret is escaped, what it shows as it is (`a_b_c`, `C:\new`, `<ada@x.example>`, `&amp;`)
/// stays. The result never holds three line breaks in a row and is borrowed if nothing changes.
#[must_use]
pub fn from_text(text: &str) -> Cow<'_, str> {
    if is_single_plain_line(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(paragraphs(&cleaned(text)))
}

fn is_single_plain_line(text: &str) -> bool {
    text.is_empty()
        || !text.starts_with(char::is_whitespace)
            && !text.ends_with(char::is_whitespace)
            && memchr(b'\n', text.as_bytes()).is_none()
            && escape::is_plain(text)
            && !is_odd(text)
            && !escape::is_invisible(text)
}

/// The Markdown of `text`, which holds no control characters but `\n`, `\r\n` and tabs.
fn paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let reach = |from: usize, last: Option<usize>| last.map_or(0, |last| last.saturating_sub(from));
    let last_link =
        memrchr_iter(b']', text.as_bytes()).find(|at| text.as_bytes().get(at + 1) == Some(&b'('));
    let last_tag = memrchr(b'>', text.as_bytes());
    let mut blank_lines = 0_usize;
    let mut from = 0;
    for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = text[from..end].trim_end();
        let start = from;
        from = end + 1;
        if escape::is_invisible(line) {
            blank_lines += 1;
            continue;
        }
        let opens = out.is_empty() || blank_lines > 0;
        if !out.is_empty() {
            out.push_str(match blank_lines {
                0 => "<br>",
                1 => "\n\n",
                _ => "\n\n<br>\n\n",
            });
        }
        blank_lines = 0;
        let body = indent(line, &mut out);
        let start = start + (line.len() - body.len());
        let reach =
            Reach { link: reach(start, last_link), tag: reach(start, last_tag), strict: false };
        escape::line(body, opens, reach, &mut out);
    }
    out
}

/// Writes the blanks a line starts with so that the reader keeps them: blanks and tabs as U+00A0,
/// wider ones as they are. Gives the rest of the line.
fn indent<'a>(line: &'a str, out: &mut String) -> &'a str {
    let body = line.trim_start();
    for blank in line[..line.len() - body.len()].chars() {
        match blank {
            ' ' => out.push('\u{A0}'),
            '\t' => out.push_str("\u{A0}\u{A0}\u{A0}\u{A0}"),
            wide => out.push(wide),
        }
    }
    body
}

/// Bytes that are, or may begin, a character [`cleaned`] changes.
static ODD: Bytes = Bytes::new(&[0x7F, 0xC2, 0xE2, 0xEF]).and_controls(b"\t\n");

/// What a character [`cleaned`] looks for becomes.
enum Odd {
    Kept,
    LineBreak,
    Dropped,
}

/// Judges the character that starts at `at`, whose first byte is in [`ODD`].
fn odd_at(bytes: &[u8], at: usize) -> (Odd, usize) {
    match bytes.get(at..).unwrap_or_default() {
        [b'\r', b'\n', ..] => (Odd::Kept, 2),
        [b'\r' | 0x0B | 0x0C, ..] => (Odd::LineBreak, 1),
        [0xC2, 0x85, ..] => (Odd::LineBreak, 2),
        [0xC2, 0x80..=0x9F, ..] => (Odd::Dropped, 2),
        [0xE2, 0x80, 0xA8 | 0xA9, ..] => (Odd::LineBreak, 3),
        [0xEF, 0xBB, 0xBF, ..] => (Odd::Dropped, 3),
        [0..=0x7F, ..] => (Odd::Dropped, 1),
        _ => (Odd::Kept, 1),
    }
}

fn next_odd(bytes: &[u8], from: usize) -> Option<(Odd, usize, usize)> {
    let mut at = from;
    while let Some(step) = bytes.get(at..).and_then(|rest| ODD.find(rest)) {
        at += step;
        match odd_at(bytes, at) {
            (Odd::Kept, width) => at += width,
            (odd, width) => return Some((odd, at, width)),
        }
    }
    None
}

fn is_odd(text: &str) -> bool {
    next_odd(text.as_bytes(), 0).is_some()
}

/// `text` without control characters and U+FEFF; every other line break Unicode knows is `\n`.
/// `\r\n` stays: its `\r` is a trailing blank of the line.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let Some(mut found) = next_odd(bytes, 0) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    loop {
        let (odd, at, width) = found;
        out.push_str(&text[done..at]);
        if matches!(odd, Odd::LineBreak) {
            out.push('\n');
        }
        done = at + width;
        match next_odd(bytes, done) {
            Some(next) => found = next,
            None => break,
        }
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The first line of a plain text that shows anything, trimmed, its inner blanks single, cut at a
/// word to at most `max_chars` characters, the last of them `…` then. Empty if nothing shows.
#[must_use]
pub fn title(text: &str, max_chars: usize) -> Cow<'_, str> {
    // Line by line: most bodies are long, and their first line is all that is looked at.
    for line in text.split('\n') {
        match cleaned(line.strip_suffix('\r').unwrap_or(line)) {
            Cow::Borrowed(line) if escape::is_invisible(line) => {}
            Cow::Borrowed(line) => return shortened(line.trim(), max_chars),
            Cow::Owned(lines) => {
                if let Some(line) = lines.split('\n').find(|line| !escape::is_invisible(line)) {
                    return Cow::Owned(shortened(line.trim(), max_chars).into_owned());
                }
            }
        }
    }
    Cow::Borrowed("")
}

/// `line` with single blanks, cut to `max_chars`. Looks at no more of it than it may keep.
fn shortened(line: &str, max_chars: usize) -> Cow<'_, str> {
    // One character more than fits tells that something is left out.
    let line = match chars(line, max_chars.saturating_add(1)) {
        head if has_blank_run(head) => Cow::Owned(single_blanks(line, max_chars)),
        head => Cow::Borrowed(head),
    };
    if chars(&line, max_chars).len() == line.len() {
        return line;
    }
    // One character is the ellipsis; a word is cut only if it would leave less than half.
    let Some(room) = max_chars.checked_sub(1) else { return Cow::Borrowed("") };
    let hard = chars(&line, room).len();
    let word = if line[hard..].starts_with(' ') { Some(hard) } else { line[..hard].rfind(' ') };
    let at = match word {
        Some(word) if word * 2 >= hard => word,
        _ => super::cut::whole_character(&line, hard),
    };
    let mut out = line[..at].trim_end().to_owned();
    out.push('…');
    Cow::Owned(out)
}

/// The first `max` characters of `text`.
fn chars(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    if let Some(head) = text.get(..max).filter(|head| head.is_ascii()) {
        return head;
    }
    text.char_indices().nth(max).map_or(text, |(at, _)| &text[..at])
}

/// Whether blanks stand side by side, or there are others than U+0020.
fn has_blank_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.ends_with(' ')
        || find_pair(bytes, |a, b| a == b' ' && b == b' ').is_some()
        // What is white beside the blank is either a control character or no ASCII.
        || bytes.iter().fold(false, |any, byte| any | !(b' '..=b'~').contains(byte))
            && text.chars().any(|c| c != ' ' && c.is_whitespace())
}

/// The words of `text`, as many as have more than `max` characters together, with a blank between.
fn single_blanks(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        if length > max {
            break;
        }
        if length > 0 {
            out.push(' ');
            length += 1;
        }
        out.push_str(word);
        length += word.chars().count();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::reader::{self, normalised};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_paragraphs() {
        for (text, want) in [
            ("", ""),
            (" \n\t\n", ""),
            ("a", "a"),
            ("a\nb", "a<br>b"),
            ("a\r\nb\r\n", "a<br>b"),
            ("a\rb", "a<br>b"),
            ("a\n\nb", "a\n\nb"),
            ("a\n \t\nb", "a\n\nb"),
            ("a\n\n\n\n\nb", "a\n\n<br>\n\nb"),
            ("\n\na\n\n", "a"),
            ("a  \nb", "a<br>b"),
            ("a\\\nb", "a\\\\<br>b"),
            ("  a\n\tb", "\u{A0}\u{A0}a<br>\u{A0}\u{A0}\u{A0}\u{A0}b"),
            ("\u{3000}\t- a", "\u{3000}\u{A0}\u{A0}\u{A0}\u{A0}\\- a"),
            ("a\u{2028}b\u{2029}c\u{B}d\u{85}e", "a<br>b<br>c<br>d<br>e"),
            ("\u{FEFF}a\u{0}b\u{7F}\u{9B}c", "abc"),
            ("a\n\u{A0}\nb", "a\n\nb"),
            ("a\n\u{200B}\nb", "a\n\nb"),
            ("# a\n# b", "\\# a<br># b"),
            ("a\n===\nb\n---", "a<br>===<br>b<br>---"),
            ("a | b\n--|--\n1 | 2", "a | b<br>--|--<br>1 | 2"),
            ("Hi\n\n- one\n- two", "Hi\n\n\\- one<br>- two"),
            ("> was\n> that", "\\> was<br>> that"),
            ("-- \nAda", "\\--<br>Ada"),
            ("___\nx", "\\_\\_\\_<br>x"),
            ("[not link]", "[not link]"),
            ("[x](https://x.example)", "\\[x](https://x.example)"),
            ("![x](https://x.example)", "!\\[x](https://x.example)"),
            ("a <b c", "a <b c"),
            ("<div", "<\u{200B}div"),
        ] {
            assert_eq!(from_text(text), want, "{text:?}");
            assert_eq!(reader::visible(&from_text(text)), normalised(text), "{text:?}");
        }
    }

    #[test]
    fn plain_lines_are_borrowed() {
        for text in ["Call back, please.", "", "Grüße (Ada) & Co. $5 C:", "日本語、テスト"]
        {
            assert!(matches!(from_text(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn titles() {
        for (text, max, want) in [
            ("\n \u{200B}\n  Hello \tWorld \nx", 80, "Hello World"),
            ("Hello big World", 15, "Hello big World"),
            ("Hello big World", 14, "Hello big…"),
            ("Hello big World", 10, "Hello big…"),
            ("Donaudampfschiff", 6, "Donau…"),
            ("a Donaudampfschiff", 6, "a Don…"),
            ("", 5, ""),
            ("abc", 0, ""),
            ("abc", 1, "…"),
            ("a\u{0}b", 5, "ab"),
        ] {
            assert_eq!(title(text, max), want, "{text:?}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for part in ["[", "](", "<a ", "`", "*", "_", "\\", "~", "<!--", "1", "\n", "\u{A0}", "\t"]
        {
            let text = part.repeat(400_000 / part.len());
            assert!(from_text(&text).len() <= text.len() * 4 + 16);
            assert!(title(&text, 100).chars().count() <= 100);
        }
    }

    /// Text out of the pieces Twenty's reader and the escaping care about.
    fn tricky() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            8 => prop::sample::select(vec![
                "\\", "`", "*", "_", "~", "[", "]", "(", ")", "!", "<", ">", "/", "-", "+", "#",
                "|", "=", ".", "1", "a", "b", "ä", "x", " ", "  ", "\t", "\n", "\n\n", "\r\n",
                "\u{A0}", "<br>", "<b>", "</b>", "<!--", "-->", "](https://x.example)", "&amp;",
                "\u{2028}", "\u{200B}", "\u{3000}", "\0", "🙂", "<div", "~~~", "```", "---", "\"",
            ])
            .prop_map(str::to_owned),
            1 => any::<String>(),
        ];
        prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn shows_what_was_written(text in tricky()) {
            let markdown = from_text(&text);
            prop_assert!(!markdown.contains("\n\n\n"));
            prop_assert_eq!(reader::visible(&markdown), normalised(&text), "{:?}", markdown);
        }

        #[test]
        fn titles_fit(text in tricky(), max in 0_usize..20) {
            let title = title(&text, max);
            prop_assert!(title.chars().count() <= max);
            prop_assert_eq!(title.trim(), &*title);
            prop_assert!(!title.contains('\n'));
        }
    }
}
