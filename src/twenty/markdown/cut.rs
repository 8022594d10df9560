//! Shortens Markdown to a length Twenty's importer takes, at a place where nothing breaks.
//!
//! Newer importers refuse a whole file for one cell above 32,767 characters
//! (`twenty-importer.md` §8), counted as JavaScript does: in UTF-16 units. This file must not
//! rewrite what it keeps: the result is a prefix, a closed code fence at most, and the mark.

use unicode_segmentation::GraphemeCursor;

/// `None` if `markdown` fits into `max_utf16` UTF-16 units; otherwise its beginning, then `mark`,
/// both together at most that long.
///
/// Cut after a paragraph if that keeps half of what fits, else after a line (`<br>` or a line
/// break), else between words, else between characters (grapheme clusters), there outside of links,
/// tags, code and emphasis where such a place exists. An open code fence is closed; a backslash
/// is never left without what it escapes. The mark itself is shortened if not even it fits.
#[must_use]
pub fn cut(markdown: &str, max_utf16: usize, mark: &str) -> Option<String> {
    if markdown.len() <= max_utf16 || utf16_len(markdown) <= max_utf16 {
        return None;
    }
    let Some(room) = max_utf16.checked_sub(utf16_len(mark)) else {
        return Some(mark[..prefix(mark, max_utf16)].to_owned());
    };
    let limit = prefix(markdown, room);
    let mut kept = &markdown[..place(markdown, limit)];
    let mut closing = String::new();
    if let Some(fence) = open_fence(kept) {
        let room = room.saturating_sub(fence.marker.len() + 3);
        let inside = &kept[..prefix(kept, room)];
        let end = inside.rfind('\n').unwrap_or(0);
        if end > fence.body {
            kept = &kept[..end];
            closing = format!("\n{}", fence.marker);
            if !mark.is_empty() && !mark.starts_with('\n') {
                closing.push_str("\n\n");
            }
        } else {
            kept = &kept[..fence.start];
        }
    }
    if closing.is_empty() {
        kept = without_loose_end(kept);
    }
    Some([kept, &closing, mark].concat())
}

/// UTF-16 units of `text`.
fn utf16_len(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}

/// The longest prefix of `text`, in bytes, that has at most `units` UTF-16 units.
fn prefix(text: &str, units: usize) -> usize {
    let mut left = units;
    for (at, c) in text.char_indices() {
        match left.checked_sub(c.len_utf16()) {
            Some(rest) => left = rest,
            None => return at,
        }
    }
    text.len()
}

/// The last offset at or before `at` that does not split what a person sees as one character.
pub(super) fn whole_character(text: &str, at: usize) -> usize {
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    match cursor.is_boundary(text, 0) {
        Ok(false) => match cursor.prev_boundary(text, 0) {
            Ok(Some(before)) if before > 0 => before,
            // One endless cluster: better split than nothing.
            _ => at,
        },
        _ => at,
    }
}

/// Where to cut at or before `limit`; a character boundary.
fn place(markdown: &str, limit: usize) -> usize {
    let head = &markdown[..limit];
    let rest = &markdown[limit..];
    let at_end = |separator: &str| rest.starts_with(separator).then_some(limit);
    for separators in [&["\n\n"][..], &["\n", "<br>"]] {
        let last = separators.iter().filter_map(|s| at_end(s).or_else(|| head.rfind(s))).max();
        if let Some(at) = last
            && at * 2 >= limit
        {
            return at;
        }
    }
    let line = head.rfind('\n').map_or(0, |at| at + 1);
    let line = head[line..].rfind("<br>").map_or(line, |at| line + at + 4);
    let (word, character) = outside_of_marks(&head[line..], rest.starts_with(' '));
    let (word, character) = (line + word, line + character);
    if word * 2 >= limit {
        word
    } else if character * 4 >= limit {
        whole_character(markdown, character)
    } else {
        whole_character(markdown, limit)
    }
}

/// The last blank, and the last offset, of a cut line where no link, tag, code or emphasis is open.
/// `before_blank`: the line goes on with a blank.
fn outside_of_marks(line: &str, before_blank: bool) -> (usize, usize) {
    let (mut word, mut character) = (0, 0);
    let (mut brackets, mut tag, mut code) = (0_usize, false, false);
    let (mut emphasis, mut strike) = (0_usize, false);
    let mut chars = line.char_indices().peekable();
    loop {
        let here = chars.peek().copied();
        if brackets == 0 && !tag && !code && emphasis == 0 && !strike {
            character = here.map_or(line.len(), |(at, _)| at);
            if here.map_or(before_blank, |(_, c)| c == ' ') {
                word = character;
            }
        }
        let Some((_, c)) = chars.next() else { break };
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '\\' if next.is_some_and(|next| next.is_ascii_punctuation()) => {
                chars.next();
            }
            '`' => code = !code,
            _ if code => {}
            '[' => brackets += 1,
            ']' if next != Some('(') => brackets = brackets.saturating_sub(1),
            ')' => brackets = brackets.saturating_sub(1),
            '<' if next.is_some_and(|next| next.is_ascii_alphabetic() || next == '/') => tag = true,
            '>' => tag = false,
            '*' if emphasis > 0 => emphasis -= 1,
            '*' if next.is_some_and(|next| next != ' ') => {
                emphasis = 1;
                while chars.next_if(|(_, next)| *next == '*').is_some() {
                    emphasis += 1;
                }
            }
            '~' if next == Some('~') => {
                chars.next();
                strike = !strike;
            }
            _ => {}
        }
    }
    (word, character)
}

struct Fence<'a> {
    marker: &'a str,
    start: usize,
    body: usize,
}

/// The code fence that `markdown` opens and does not close.
fn open_fence(markdown: &str) -> Option<Fence<'_>> {
    let mut open: Option<Fence<'_>> = None;
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        let body = line.trim_start_matches(' ');
        let marker = &body[..body.len() - body.trim_start_matches(['`', '~']).len()];
        if marker.starts_with("```") || marker.starts_with("~~~") {
            match &open {
                None => open = Some(Fence { marker, start: at, body: at + line.len() }),
                Some(fence) if body.trim_end() == marker && marker.starts_with(fence.marker) => {
                    open = None;
                }
                Some(_) => {}
            }
        }
        at += line.len();
    }
    open
}

/// `text` without the blanks, breaks and empty list markers it ends with, and without a backslash
/// that has lost what it escapes.
fn without_loose_end(mut text: &str) -> &str {
    loop {
        let before = text.len();
        text = text.trim_end();
        text = text.strip_suffix("<br>").unwrap_or(text);
        // Half a break.
        text = text.strip_suffix("<br").or_else(|| text.strip_suffix("<b")).unwrap_or(text);
        let slashes = text.len() - text.trim_end_matches('\\').len();
        text = &text[..text.len() - slashes % 2];
        if text.len() == before {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{from_text, reader};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(cut("abc", 3, "…"), None);
        assert_eq!(cut("äöü", 3, "…"), None);
        assert_eq!(cut("🙂", 2, "…"), None);
        assert!(cut("🙂", 1, "…").is_some());
    }

    #[test]
    fn cuts_where_it_reads_well() {
        for (text, max, mark, want) in [
            ("one two\n\nthree four", 12, "…", "one two…"),
            ("one two<br>three four", 14, "…", "one two…"),
            ("one two three", 9, "…", "one two…"),
            ("- one\n- two\n- three", 14, "…", "- one\n- two…"),
            ("abcdefghij", 5, "…", "abcd…"),
            ("abcd\\*efg", 6, "…", "abcd…"),
            ("abcd\\\\efg", 7, "…", "abcd\\\\…"),
            ("some text [a link](https://x.example)", 25, "…", "some text…"),
            ("some text **bold words here**", 25, "…", "some text…"),
            ("👩‍👩‍👧ab👩‍👩‍👧👩‍👩‍👧", 14, "…", "👩‍👩‍👧ab…"),
            ("abc", 1, "[more]", "["),
            ("a\n\n```\none\ntwo\nthree\n```", 20, "…", "a\n\n```\none\n```\n\n…"),
            ("some words\n\n```\none two three\n```", 22, "\n…", "some words\n…"),
        ] {
            let got = cut(text, max, mark).unwrap();
            assert_eq!(got, want, "{text:?}");
            assert!(utf16_len(&got) <= max);
        }
    }

    #[test]
    fn hostile_bodies_take_linear_time() {
        for part in ["\u{301}", "🇩", "\\", "[", "```\n", "<br>", "*", "a\u{200D}", "> "] {
            let text = part.repeat(1_000_000 / part.len());
            let got = cut(&text, 32_767, "…").unwrap();
            assert!(utf16_len(&got) <= 32_767);
        }
    }

    proptest! {
        #[test]
        fn always_fits_and_keeps_a_prefix(text in "[ab\\\\*`<>🙂é\n ]{0,60}", max in 0_usize..40) {
            let markdown = from_text(&text);
            if let Some(short) = cut(&markdown, max, "…") {
                prop_assert!(utf16_len(&markdown) > max);
                prop_assert!(utf16_len(&short) <= max);
                let kept = short.trim_end_matches('…');
                prop_assert!(markdown.starts_with(kept));
                // Nothing the text kept literal is interpreted by the cut.
                prop_assert!(!reader::visible(kept).concat().contains('⟦'), "{:?}", kept);
            } else {
                prop_assert!(utf16_len(&markdown) <= max);
            }
        }
    }
}
