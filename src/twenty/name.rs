//! `FULL_NAME` cells: one full name split into first and last. Must not lose, change or reorder a
//! word, beyond turning "Last, First" around: what Twenty shows (first, blank, last) stays what
//! was written.
//!
//! - The `human_name` crate decides where the surname begins; particles, titles and suffixes that
//!   it sets aside stay with the last (particle, suffix) or first name (title).
//! - A single word, an e-mail address and anything doubtful goes to the first name.
//! - Names in Han, Kana or Hangul go to the last name whole: the family name leads, and splitting
//!   would show them the wrong way round.
//! - Letter case is not touched.

use super::text::line;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// First and last name as they go into the two cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullName<'a> {
    /// `Name / First Name`, with titles and middle names.
    pub first: Cow<'a, str>,
    /// `Name / Last Name`, with particles and suffixes.
    pub last: Cow<'a, str>,
}

/// Names longer than this (bytes, words) are split by the last word alone.
const LONGEST: usize = 256;
const MOST_WORDS: usize = 16;

/// Words that belong to the surname behind them, whatever their case.
const PARTICLES: &[&str] = &[
    "af", "av", "da", "dal", "dalla", "das", "de", "degli", "dei", "del", "della", "delle", "den",
    "der", "des", "di", "dos", "du", "la", "las", "le", "los", "op", "te", "ten", "ter", "van",
    "vom", "von", "vor", "zu", "zum", "zur",
];

/// Particles only in lower case: capitalised they are names.
const LOWER_PARTICLES: &[&str] = &["al", "bin", "bint", "do", "e", "el", "ibn", "san", "y"];

/// Words between two given names.
const COUPLE: &[&str] = &["&", "and", "et", "und"];

/// What may follow a name: generations, degrees, legal forms. Letters only, lower case.
const SUFFIXES: &[&str] = &[
    "ag", "ba", "bsc", "co", "corp", "cpa", "dds", "dmd", "dphil", "esq", "esquire", "facs",
    "gmbh", "ii", "iii", "inc", "iv", "jd", "jnr", "jr", "kg", "llb", "llc", "llm", "llp", "ltd",
    "ma", "mba", "md", "meng", "mph", "msc", "ohg", "pe", "phd", "plc", "pmp", "psyd", "rn", "sa",
    "sarl", "se", "snr", "sr", "srl", "vi", "vii",
];

/// Suffixes that are also surnames or given names: only behind a comma or with points they are
/// suffixes.
const DOUBTFUL_SUFFIXES: &[&str] = &["ag", "ba", "co", "ma", "md", "pe", "sa", "se", "vi"];

/// Splits a full name.
#[must_use]
pub fn split(full: &str) -> FullName<'_> {
    let text = trim(full);
    if is_east_asian(text) {
        return pair("", text);
    }
    if text.contains('@') {
        return pair(text, "");
    }
    if text.len() > LONGEST {
        return split_at_last_word(text);
    }
    let words = Words::of(text);
    match words.len() {
        0 | 1 => pair(text, ""),
        2 if words.are_plain() => words.cut(text, 1),
        count if count > MOST_WORDS => split_at_last_word(text),
        _ => split_by_decision(text, &words),
    }
}

fn split_by_decision<'a>(text: &'a str, words: &Words<'a>) -> FullName<'a> {
    // Of couples the parser takes the second given name for a part of the surname.
    let couple = words.words.iter().any(|w| COUPLE.contains(w));
    let parsed = (is_tame(text) && !couple).then(|| human_name::Name::parse(text)).flatten();
    let surname = parsed.as_ref().map(|name| name.surname().to_owned());
    if let Some(turned) = turn_around(text, surname.as_deref()) {
        return turned;
    }
    let end = words.suffix_start();
    let mut at = surname.and_then(|s| words.find_last(&s, end)).unwrap_or(end.saturating_sub(1));
    while at > 1 && words.get(at - 1).is_some_and(is_particle) {
        at -= 1;
    }
    words.cut(text, at.clamp(1, words.len() - 1))
}

/// `Last, First`, turned around; what stands behind a second comma stays behind the last name.
fn turn_around<'a>(text: &'a str, surname: Option<&str>) -> Option<FullName<'a>> {
    let (last, rest) = text.split_once(',')?;
    let (first, tail) = rest.split_once(',').unwrap_or((rest, ""));
    let (last, first, tail) = (trim(last), trim(first), trim(tail));
    if letters(last).is_empty() || letters(first).is_empty() {
        return None;
    }
    if first.split_whitespace().all(|word| is_suffix(word, true)) {
        return None;
    }
    let one_word = !last.contains(char::is_whitespace);
    let few = last.split_whitespace().count() <= 3 && first.split_whitespace().count() <= 4;
    let is_surname = surname.map_or(few, |s| letters(s) == letters(last));
    if !(one_word || is_surname || last.split_whitespace().next().is_some_and(is_particle)) {
        return None;
    }
    let last =
        if tail.is_empty() { line(last) } else { Cow::Owned(clean(&format!("{last}, {tail}"))) };
    Some(FullName { first: collapsed(first), last: collapsed_cow(last) })
}

/// The words of a name, borrowed from it.
struct Words<'a> {
    words: Vec<&'a str>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        Self { words: words.filter(|w| w.bytes().any(|b| b != b',')).collect() }
    }

    fn len(&self) -> usize {
        self.words.len()
    }

    fn get(&self, at: usize) -> Option<&'a str> {
        self.words.get(at).copied()
    }

    /// Whether all words are of letters, apostrophes and hyphens: nothing to decide in two of them.
    fn are_plain(&self) -> bool {
        self.words
            .iter()
            .all(|w| w.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-')))
    }

    /// Where the suffixes at the end begin; at least two words stay before them.
    fn suffix_start(&self) -> usize {
        let mut end = self.words.len();
        while end > 2 {
            let after_comma = self.get(end - 2).is_some_and(|w| w.ends_with(','));
            if !self.get(end - 1).is_some_and(|w| is_suffix(w, after_comma)) {
                break;
            }
            end -= 1;
        }
        end
    }

    /// The last place before `end` where the words of `surname` stand, not at the very start.
    fn find_last(&self, surname: &str, end: usize) -> Option<usize> {
        let wanted = letters(surname);
        let count = surname.split_whitespace().count();
        let last_start = end.checked_sub(count)?;
        (1..=last_start).rev().find(|&at| {
            let found: String =
                self.words.iter().skip(at).take(count).map(|word| letters(word)).collect();
            !wanted.is_empty() && found == wanted
        })
    }

    /// The text cut before word `at`.
    fn cut(&self, text: &'a str, at: usize) -> FullName<'a> {
        // Words are slices of `text`: the distance of their addresses is their place.
        let start = self.get(at).map_or(text.len(), |w| w.as_ptr().addr() - text.as_ptr().addr());
        let (first, last) = text.split_at_checked(start).unwrap_or((text, ""));
        FullName { first: collapsed(first), last: collapsed(last) }
    }
}

fn split_at_last_word(text: &str) -> FullName<'_> {
    match text.rsplit_once(|c: char| c.is_whitespace() || c.is_control()) {
        Some((first, last)) => FullName { first: collapsed(first), last: collapsed(last) },
        None => pair(text, ""),
    }
}

fn pair<'a>(first: &'a str, last: &'a str) -> FullName<'a> {
    FullName { first: collapsed(first), last: collapsed(last) }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control())
}

/// Words with one blank between them; borrowed when they are so already. Commas at the ends,
/// where the cut leaves them, go.
fn collapsed(text: &str) -> Cow<'_, str> {
    let text = text.trim_matches(|c: char| c == ',' || c.is_whitespace() || c.is_control());
    let mut blank = false;
    let messy = text.chars().any(|c| {
        let twice = blank && c == ' ';
        blank = c == ' ';
        twice || (c != ' ' && (c.is_whitespace() || c.is_control()))
    });
    if messy { Cow::Owned(clean(text)) } else { Cow::Borrowed(text) }
}

fn collapsed_cow(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => collapsed(text),
        Cow::Owned(text) => Cow::Owned(clean(&text)),
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Lower-case letters without accents, for comparing with what the parser made of the name.
fn letters(text: &str) -> String {
    if text.is_ascii() {
        let bytes = text.bytes().filter(u8::is_ascii_alphabetic);
        return bytes.map(|b| char::from(b.to_ascii_lowercase())).collect();
    }
    text.nfkd().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

fn is_particle(word: &str) -> bool {
    LOWER_PARTICLES.binary_search(&word).is_ok()
        || PARTICLES.iter().any(|particle| particle.eq_ignore_ascii_case(word))
}

fn is_suffix(word: &str, after_comma: bool) -> bool {
    let bare = letters(word);
    let known = SUFFIXES.binary_search(&bare.as_str()).is_ok();
    let doubtful = DOUBTFUL_SUFFIXES.binary_search(&bare.as_str()).is_ok();
    known && (!doubtful || after_comma || word.contains('.'))
}

/// Whether the parser is asked at all: only about letters and what usually stands between them.
fn is_tame(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '\'' | '’' | '-' | '(' | ')' | '"' | '&')
    })
}

/// Written in Han, Kana or Hangul, and in no alphabet beside.
fn is_east_asian(text: &str) -> bool {
    let mut found = false;
    for c in text.chars() {
        let east_asian = matches!(c,
            '\u{1100}'..='\u{11FF}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30FF}'
            | '\u{3130}'..='\u{318F}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
            | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}');
        if !east_asian && c.is_alphabetic() {
            return false;
        }
        found |= east_asian;
    }
    found
}

#[cfg(test)]
#[path = "name_tests.rs"]
mod tests;
