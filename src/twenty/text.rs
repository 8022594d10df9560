//! TEXT and rich-text cells: what may stand in a CSV cell at all. Must not interpret text; it
//! only takes out what a cell cannot carry.
//!
//! - NUL makes the server fail, other control characters are of no use to a reader; the importer
//!   trims nothing, so cells are trimmed here (`twenty-importer.md §0, §1.2`).
//! - The importer takes one U+200D (zero-width joiner) off the front of a cell as its own
//!   protection mark; a joiner or a byte order mark there has nothing to join or to mark, so both
//!   are trimmed away and what is written is what arrives.
//! - Everything else visible or not (bidi marks, joiners inside emoji) is kept.

use super::scan;
use std::borrow::Cow;

/// Most characters a cell may have, counted in UTF-16 units as JavaScript does. The browser
/// importer has no limit; the newer server importer refuses the whole file
/// (`twenty-importer.md §8`).
pub const MAX_CELL: usize = 32_767;

/// Text for a one-line cell: line breaks, tabs and other control characters become a blank, the
/// ends are trimmed. Borrows when nothing had to change.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    let trimmed = trim(text);
    if is_plain(trimmed, false) {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        if c.is_control() || is_line_mark(c) {
            // One blank for a run, so that CRLF does not leave two.
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Text for a cell of several lines: CRLF and CR become LF, a tab becomes a blank, other control
/// characters go, the ends are trimmed. Borrows when nothing had to change.
#[must_use]
pub fn block(text: &str) -> Cow<'_, str> {
    let trimmed = trim(text);
    if is_plain(trimmed, true) {
        return Cow::Borrowed(trimmed);
    }
    let mut out = String::with_capacity(trimmed.len());
    let mut chars = trimmed.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Length in UTF-16 units.
#[must_use]
pub fn utf16_len(text: &str) -> usize {
    // One unit for each character, a second one for those of four bytes. By chunks whose sum fits
    // into a byte, so that the compiler adds many at once.
    let units = |b: &u8| u8::from(b & 0xC0 != 0x80) + u8::from(*b >= 0xF0);
    text.as_bytes().chunks(96).map(|chunk| usize::from(chunk.iter().map(units).sum::<u8>())).sum()
}

/// Whether the text fits into one cell ([`MAX_CELL`]).
#[must_use]
pub fn fits(text: &str) -> bool {
    // A UTF-16 unit takes one to three bytes of UTF-8.
    text.len() <= MAX_CELL || (text.len() <= MAX_CELL * 3 && utf16_len(text) <= MAX_CELL)
}

/// The longest head of `text` of at most `units` UTF-16 units, cut between characters.
#[must_use]
pub fn head(text: &str, units: usize) -> &str {
    if text.len() <= units {
        return text;
    }
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.len_utf16();
        if used > units {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// Whether both texts hold the same words, however they are spaced.
#[must_use]
pub fn same_words(a: &str, b: &str) -> bool {
    let (mut a, mut b) = (a, b);
    // Both stand at a word's start, or at the blanks before it.
    let mut between = true;
    loop {
        let mut same = scan::common(a.as_bytes(), b.as_bytes());
        while !(a.is_char_boundary(same) && b.is_char_boundary(same)) {
            same -= 1;
        }
        between = a[..same].chars().next_back().map_or(between, char::is_whitespace);
        let (rest_a, rest_b) = (&a[same..], &b[same..]);
        (a, b) = (rest_a.trim_start(), rest_b.trim_start());
        let ends = |rest: &str, next: &str| next.is_empty() || next.len() < rest.len();
        between |= ends(rest_a, a) && ends(rest_b, b);
        let (next_a, next_b) = (a.chars().next(), b.chars().next());
        if !between || next_a.is_none() || next_a != next_b {
            return between && next_a.is_none() && next_b.is_none();
        }
    }
}

/// Trims white space, control characters and the invisible marks a cell must not begin with.
fn trim(text: &str) -> &str {
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    let dull = |c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}';
    text.trim_start_matches(|c| dull(c) || c == '\u{200D}').trim_end_matches(dull)
}

/// Whether no character has to change. Looks at bytes only: control characters are below 0x20,
/// 0x7F, or C1 (C2 80..9F); U+2028/9 are E2 80 A8/A9.
fn is_plain(text: &str, lf_allowed: bool) -> bool {
    let bytes = text.as_bytes();
    // The lead bytes C2 and E2 are frequent in western text, so they only start a closer look.
    let suspect =
        |&b: &u8| (b < 0x20 && !(lf_allowed && b == b'\n')) || matches!(b, 0x7F | 0xC2 | 0xE2);
    // By chunks without a way out in the middle, so that the compiler compares many at once.
    if !bytes.chunks(64).any(|chunk| chunk.iter().fold(false, |any, b| any | suspect(b))) {
        return true;
    }
    !text.chars().any(|c| (c.is_control() && !(lf_allowed && c == '\n')) || is_line_mark(c))
}

const fn is_line_mark(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// True when [`line()`] and [`block()`] take control characters out of `text`: all but tabs and line
/// breaks, which become blanks or stay.
#[must_use]
pub fn has_control(text: &str) -> bool {
    let odd = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || *byte == 0x7f;
    // Whole chunks without an early end, so that the compiler looks at many bytes at a time.
    text.as_bytes()
        .chunks(64)
        .any(|chunk| chunk.iter().fold(false, |found, byte| found | odd(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines() {
        assert!(matches!(line("Jörg Beispiel"), Cow::Borrowed("Jörg Beispiel")));
        assert!(matches!(line("  a b\n"), Cow::Borrowed("a b")));
        assert_eq!(line("a\r\nb\tc\u{0}d"), "a b c d");
        assert_eq!(line("\u{FEFF}\u{200D}=1+1"), "=1+1");
        assert_eq!(line("👩\u{200D}💻"), "👩\u{200D}💻");
        assert_eq!(line("a\u{2028}b\u{85}c"), "a b c");
        assert_eq!(line("\u{202E}abc"), "\u{202E}abc");
        assert_eq!(line(" \u{0}\t "), "");
    }

    #[test]
    fn blocks() {
        assert_eq!(block("a\r\nb\rc\n\nd\te\u{1}f\u{0}"), "a\nb\nc\n\nd ef");
        assert!(matches!(block("a\nb\u{A0}c"), Cow::Borrowed(_)));
        assert_eq!(block("\r\n x \r\n"), "x");
    }

    #[test]
    fn sizes() {
        assert_eq!(utf16_len("aé€😀"), 5);
        assert!(fits(&"a".repeat(MAX_CELL)) && !fits(&"a".repeat(MAX_CELL + 1)));
        assert!(fits(&"é".repeat(MAX_CELL)) && !fits(&"é".repeat(MAX_CELL + 1)));
        assert!(!fits(&"😀".repeat(16_384)) && fits(&"😀".repeat(16_383)));
        assert_eq!((head("a😀b", 2), head("a😀b", 3), head("abc", 9)), ("a", "a😀", "abc"));
    }

    #[test]
    fn words() {
        for (a, b, same) in [
            ("", " \n", true),
            ("a b", "\u{A0}a\n\nb ", true),
            ("a  b", "a b", true),
            ("ab", "a b", false),
            ("a", "a b", false),
            ("a", "ab", false),
            ("a b", "a  ", false),
            ("a ä", "a ö", false),
            ("a\u{2000}b", "a\u{2001}b", true),
        ] {
            assert_eq!((same_words(a, b), same_words(b, a)), (same, same), "{a:?} {b:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn the_same_words(a in "[ab äö\n\u{A0}\u{2000}\u{2001}]{0,8}", b in "[ab äö\n\u{A0}\u{2000}]{0,8}") {
            let plain = a.split_whitespace().eq(b.split_whitespace());
            prop_assert_eq!(same_words(&a, &b), plain);
            let longer = |text: &str| "long enough for a block of bytes, ü ".repeat(2) + text;
            prop_assert_eq!(same_words(&longer(&a), &longer(&b)), plain);
        }

        #[test]
        fn looks_at_bytes_and_sees_characters(text in "[a\u{2028}\u{2029}\u{2027}\u{E0}é\u{85}\u{A0}\u{9F}\u{7F}\n\t–…∀]{0,40}") {
            let odd = |c: char| c.is_control() || is_line_mark(c);
            prop_assert_eq!(is_plain(&text, false), !text.chars().any(odd));
            prop_assert_eq!(is_plain(&text, true), !text.chars().any(|c| odd(c) && c != '\n'));
        }
    }

    proptest! {
        #[test]
        fn cells_are_clean_and_final(text in any::<String>()) {
            let one = line(&text).into_owned();
            prop_assert!(!one.chars().any(char::is_control) && one.trim() == one);
            let marked = one.starts_with(['\u{200D}', '\u{FEFF}']);
            prop_assert!(!marked);
            prop_assert_eq!(line(&one), one.as_str());
            let many = block(&text).into_owned();
            prop_assert!(!many.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert_eq!(block(&many), many.as_str());
            prop_assert_eq!(utf16_len(&text), text.encode_utf16().count());
        }

        #[test]
        fn visible_text_survives(text in "[a-zäß日😀\\r\\n\\t\u{0} ]{0,30}") {
            let seen = |t: &str| t.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>();
            prop_assert_eq!(seen(&line(&text)), seen(&text));
            prop_assert_eq!(seen(&block(&text)), seen(&text));
        }
    }
}
