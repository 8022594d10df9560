//! Protects plain text from Twenty's Markdown reader.
//!
//! Knows which characters that reader interprets (`twenty-observed.md` §E2) and how each is kept
//! literal. It must not look at line structure: its callers hand it one line of a paragraph, or one
//! run of equally styled text, without line breaks and control characters.
//!
//! What decides the rules, all observed:
//! * a backslash keeps ``\`*_{}[]()#+-.!~|>`` literal, but **not** `<`, `=` or `&`;
//! * `<` starts a tag only before a letter, `/`, `!` or `?`; U+200B behind it keeps it literal;
//! * entities are not decoded, so `&` is never touched;
//! * `_` between ASCII letters or digits, and `*` before a blank, never start emphasis.

use crate::twenty::scan::Bytes;

/// How far a `[` or `<` can still find what makes it a link or a tag; byte offsets into the text.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    /// A `[` before this offset may be a link's start, since `](` follows there.
    pub link: usize,
    /// A `<` before this offset may be a tag's start, since `>` follows there.
    pub tag: usize,
    /// Marks (`**`, links, tags) written by us may touch the text: both its ends are unsafe.
    pub strict: bool,
}

impl Reach {
    /// For text between marks of our own, where anything may follow.
    pub(super) const STRICT: Self = Self { link: usize::MAX, tag: usize::MAX, strict: true };
}

/// The bytes inside a line that may need work.
static INLINE: Bytes = Bytes::new(b"\\`*_~[]!<\t");
/// The bytes a line may not start with without a closer look.
static START: Bytes = Bytes::new(b"#>|-+*_[<0123456789");

/// Whether [`line()`] leaves `text` unchanged for certain: no byte of it needs a closer look. The text
/// must not start with a blank.
pub(super) fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_none_or(|first| !START.holds(*first)) && INLINE.find(bytes).is_none()
}

/// Writes `text` so that it is shown as it stands. `at_start`: it opens a block, where `#`, `-`,
/// `2024.` and their like would make a heading or a list.
pub(super) fn line(text: &str, at_start: bool, reach: Reach, out: &mut String) {
    let bytes = text.as_bytes();
    let mut done = 0;
    let mut at = 0;
    if at_start && let Some(guard) = block_start(text) {
        out.push_str(&text[..guard]);
        out.push('\\');
        // The guarded character is ASCII: it is copied with what follows it.
        done = guard;
        at = guard + 1;
    }
    let body = if at_start { text.len() - text.trim_start().len() } else { usize::MAX };
    while let Some(step) = bytes.get(at..).and_then(|rest| INLINE.find(rest)) {
        at += step;
        let byte = bytes[at];
        let next = bytes.get(at + 1).copied();
        let mut width = 1;
        let escape = match byte {
            b'\\' => next.is_none_or(|byte| byte.is_ascii_punctuation()),
            // Before a blank it opens nothing, but it would end emphasis of ours.
            b'*' => reach.strict || !matches!(next, Some(b' ' | b'\t')),
            b'[' => at < reach.link,
            b']' => reach.strict,
            // In front of a link of ours it would make an image.
            b'!' => reach.strict && next.is_none(),
            b'_' => {
                width = run(bytes, at);
                emphasises(bytes, at, width)
            }
            b'~' => {
                width = run(bytes, at);
                width > 1 || (reach.strict && (at == 0 || next.is_none()))
            }
            // A declaration may end at the `>` of a `<br>` of ours.
            b'<' if (at < reach.tag || at == body || matches!(next, Some(b'!' | b'?')))
                && opens_tag(text, at) =>
            {
                out.push_str(&text[done..=at]);
                out.push('\u{200B}');
                done = at + 1;
                false
            }
            b'<' => false,
            b'\t' => {
                out.push_str(&text[done..at]);
                out.push_str("    ");
                done = at + 1;
                false
            }
            _ => true,
        };
        if escape {
            out.push_str(&text[done..at]);
            for _ in 0..width {
                out.push('\\');
                out.push(char::from(byte));
            }
            done = at + width;
        }
        at += width;
    }
    out.push_str(&text[done..]);
}

/// Length of the run of equal bytes at `at`.
fn run(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|byte| **byte == bytes[at]).count()
}

/// Whether the `_` run at `at` could open emphasis: `a_b` and `a _ b` could not.
fn emphasises(bytes: &[u8], at: usize, width: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(at + width);
    let inside = before.is_some_and(u8::is_ascii_alphanumeric)
        && after.is_some_and(u8::is_ascii_alphanumeric);
    let alone = width == 1 && matches!(after, Some(b' '));
    !inside && !alone
}

/// Whether the `<` at `at` looks like a tag, comment or declaration. `<ada@x.example>`,
/// `<https://…>` and `a < b` do not.
fn opens_tag(text: &str, at: usize) -> bool {
    let rest = &text[at + 1..];
    let name = rest.strip_prefix('/').unwrap_or(rest);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return rest.starts_with(['!', '?']);
    }
    let tail = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-');
    tail.chars().next().is_none_or(|c| c == '>' || c == '/' || c.is_whitespace())
}

/// Offset of the character that must be escaped so that `text` opens a paragraph and nothing else.
///
/// The end of the text counts as a blank: a list marker alone is escaped too, because our own
/// marks, or a later cut, may put something behind it.
fn block_start(text: &str) -> Option<usize> {
    let body = text.trim_start();
    let first = *body.as_bytes().first()?;
    if !START.holds(first) {
        return None;
    }
    let at = text.len() - body.len();
    let blank = |rest: &str| rest.chars().next().is_none_or(char::is_whitespace);
    let rest = &body[1..];
    match first {
        b'>' | b'|' => Some(at),
        b'-' => (rest.starts_with('-') || blank(rest)).then_some(at),
        b'+' | b'*' | b'_' => blank(rest).then_some(at),
        b'#' => blank(body.trim_start_matches('#')).then_some(at),
        // A tick box, where the text is a list item.
        b'[' => matches!(body.get(..3), Some("[ ]" | "[x]" | "[X]")).then_some(at),
        b'0'..=b'9' => {
            let tail = body.trim_start_matches(|c: char| c.is_ascii_digit());
            let mark = tail.strip_prefix(['.', ')'])?;
            blank(mark).then_some(text.len() - tail.len())
        }
        _ => None,
    }
}

/// Whether a person sees nothing of `text`: blanks and characters without a shape only (mail
/// previews are padded with hundreds of them).
pub(super) fn is_invisible(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace()
            || matches!(c, '\u{AD}' | '\u{34F}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(text: &str) -> String {
        let mut out = String::new();
        line(text, true, Reach { link: usize::MAX, tag: usize::MAX, strict: false }, &mut out);
        out
    }

    fn strict(text: &str) -> String {
        let mut out = String::new();
        line(text, false, Reach::STRICT, &mut out);
        out
    }

    #[test]
    fn escapes_what_opens_a_block() {
        for (text, want) in [
            ("# a", "\\# a"),
            ("#", "\\#"),
            ("###### a", "\\###### a"),
            ("#tag", "#tag"),
            ("- a", "\\- a"),
            ("-", "\\-"),
            ("---", "\\---"),
            ("-5 °C", "-5 °C"),
            ("+ a", "\\+ a"),
            ("+49 170 5550100", "+49 170 5550100"),
            ("* a", "\\* a"),
            ("***", "\\*\\*\\*"),
            ("_ _ _", "\\_ _ \\_"),
            ("> a", "\\> a"),
            (">a", "\\>a"),
            ("| a | b |", "\\| a | b |"),
            ("1. a", "1\\. a"),
            ("1) a", "1\\) a"),
            ("2024. was", "2024\\. was"),
            ("1.5 kg", "1.5 kg"),
            ("2024-01-02", "2024-01-02"),
            ("===", "==="),
            ("```", "\\`\\`\\`"),
            ("~~~", "\\~\\~\\~"),
            ("\u{A0}- a", "\u{A0}\\- a"),
            ("1.\u{A0}a", "1\\.\u{A0}a"),
            ("\u{3000}> a", "\u{3000}\\> a"),
            ("[ ] todo", "\\[ ] todo"),
        ] {
            assert_eq!(start(text), want, "{text:?}");
        }
    }

    #[test]
    fn escapes_inside_a_line_only_what_is_read() {
        for (text, want) in [
            ("a_b_c", "a_b_c"),
            ("a _ b", "a _ b"),
            ("__init__", "\\_\\_init\\_\\_"),
            ("snake__case", "snake__case"),
            ("ä_b_", "ä\\_b\\_"),
            ("2 * 3", "2 * 3"),
            ("2*3", "2\\*3"),
            ("**b**", "\\*\\*b\\*\\*"),
            ("a ~ b", "a ~ b"),
            ("~~x~~", "\\~\\~x\\~\\~"),
            ("`c`", "\\`c\\`"),
            ("C:\\path\\new", "C:\\path\\new"),
            ("\\*", "\\\\\\*"),
            ("end\\", "end\\\\"),
            ("a < b > c", "a < b > c"),
            ("<b>x</b>", "<\u{200B}b>x<\u{200B}/b>"),
            ("<!-- x -->", "<\u{200B}!-- x -->"),
            ("<ada@x.example>", "<ada@x.example>"),
            ("<https://x.example/a_b>", "<https://x.example/a_b>"),
            ("&amp; &lt; $5", "&amp; &lt; $5"),
            ("a\tb", "a    b"),
        ] {
            assert_eq!(start(text), want, "{text:?}");
        }
    }

    #[test]
    fn guards_the_ends_of_a_run_between_marks() {
        assert_eq!(strict("see!"), "see\\!");
        assert_eq!(strict("[a]"), "\\[a\\]");
        assert_eq!(strict("~"), "\\~");
        assert_eq!(strict("a * b"), "a \\* b");
        assert_eq!(strict("a!b"), "a!b");
    }

    #[test]
    fn plain_is_plain() {
        assert!(!is_plain("Hello Ada, 5 < 6? No."));
        assert!(is_plain("Hello Ada, a & b. (c)"));
        assert!(!is_plain("1. a"));
    }
}
