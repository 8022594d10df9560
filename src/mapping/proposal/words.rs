//! The words of field names in seven languages, as the table `words.csv`: what they mean, and how
//! much they say. It must not compare names.
//!
//! | role | says |
//! |---|---|
//! | `word` | what the field is about |
//! | `weak` | little: whose it is, or that it is the main one |
//! | `type` | little: the kind of value |
//! | `aspect` | that something else about the thing is meant |
//! | `stop` | nothing |
//! | `unit` | nothing of its own |
//!
//! A phrase after `~` is near the concept, but not the same.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::LazyLock;

static VOCABULARY: LazyLock<Vocabulary> =
    LazyLock::new(|| Vocabulary::read(include_str!("words.csv")));

/// Most tokens of one phrase.
pub(super) const LONGEST: usize = 6;
/// How sure a word is that is only near.
const NEAR: f64 = 0.75;
/// A misspelt word differs from the right one by less.
const MISSPELT: f64 = 0.84;
/// Words shorter than this are not looked at for misspellings.
const SHORTEST: usize = 5;

/// How much a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Word,
    Weak,
    Type,
    Aspect,
    Stop,
    Unit,
    /// Digits; not in the table.
    Number,
}

impl Role {
    pub(super) const fn weight(self) -> f64 {
        match self {
            Self::Word | Self::Aspect | Self::Number => 1.0,
            Self::Weak | Self::Type => 0.2,
            Self::Unit => 0.1,
            Self::Stop => 0.0,
        }
    }
}

/// What a phrase can mean.
#[derive(Clone, Debug)]
pub(super) struct Meaning {
    pub role: Role,
    /// Lines of the table, by number, and how sure each is: 1, or less for words that are only
    /// near (`~` in the table) or misspelt.
    concepts: Vec<(u16, f64)>,
}

impl Meaning {
    /// Of a word the table does not have.
    pub(super) const fn none(role: Role) -> Self {
        Self { role, concepts: Vec::new() }
    }

    pub(super) const fn is_known(&self) -> bool {
        !self.concepts.is_empty()
    }

    /// One more line. The first one's role stays, but what is also the name of a kind of value
    /// says little (`url`).
    fn add(&mut self, role: Role, concept: u16, sure: f64) {
        let light = self.role == Role::Word && role == Role::Type;
        if light {
            self.role = Role::Type;
        }
        if (light || self.role == role) && self.concepts.iter().all(|(known, _)| *known != concept)
        {
            self.concepts.push((concept, sure));
        }
    }

    /// How surely both mean the same thing, 0 to 1.
    pub(super) fn common(&self, other: &Self) -> f64 {
        let mut most: f64 = 0.0;
        for (concept, sure) in &self.concepts {
            let same = other.concepts.iter().filter(|(theirs, _)| theirs == concept);
            most = same.fold(most, |most, (_, theirs)| most.max(sure * theirs));
        }
        most
    }
}

struct Vocabulary {
    /// Phrases without spaces.
    phrases: HashMap<String, Meaning, FixedState>,
    /// Phrases of role `word` that are long enough for misspellings, sorted.
    long: Vec<String>,
}

impl Vocabulary {
    fn read(text: &str) -> Self {
        let mut phrases: HashMap<String, Meaning, FixedState> = HashMap::default();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for (concept, row) in (0..).zip(reader.records().flatten()) {
            let Some(role) = row.get(0).and_then(role) else { continue };
            for phrase in row.iter().skip(2).flat_map(|cell| cell.split('|')) {
                let sure = if phrase.starts_with('~') { NEAR } else { 1.0 };
                let joined: String = tokens(phrase).concat();
                for key in [singular(&joined).to_owned(), joined] {
                    phrases
                        .entry(key)
                        .or_insert_with(|| Meaning::none(role))
                        .add(role, concept, sure);
                }
            }
        }
        phrases.remove("");
        let long = phrases.iter().filter(|(key, m)| m.role == Role::Word && key.len() >= SHORTEST);
        let mut long: Vec<String> = long.map(|(key, _)| key.clone()).collect();
        long.sort_unstable();
        Self { phrases, long }
    }
}

fn role(word: &str) -> Option<Role> {
    Some(match word {
        "word" => Role::Word,
        "weak" => Role::Weak,
        "type" => Role::Type,
        "aspect" => Role::Aspect,
        "stop" => Role::Stop,
        "unit" => Role::Unit,
        _ => return None,
    })
}

/// What a phrase, its tokens joined, means.
pub(super) fn meaning(joined: &str) -> Option<&'static Meaning> {
    let phrases = &VOCABULARY.phrases;
    phrases.get(joined).or_else(|| phrases.get(singular(joined)))
}

/// What a word that is not in the table was probably meant to be.
pub(super) fn misspelt(word: &str) -> Option<Meaning> {
    if word.len() < SHORTEST {
        return None;
    }
    let same_start =
        VOCABULARY.long.iter().filter(|known| known.as_bytes().first() == word.as_bytes().first());
    let mut best: Option<(f64, &String)> = None;
    for known in same_start {
        let alike = spelling(word, known);
        if alike >= MISSPELT && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, known));
        }
    }
    let (alike, known) = best?;
    let meaning = VOCABULARY.phrases.get(known)?;
    let concepts = meaning.concepts.iter().map(|(c, sure)| (*c, sure * alike * alike)).collect();
    Some(Meaning { role: meaning.role, concepts })
}

/// How alike two words are spelt, 0 to 1; a swap of neighbours is one mistake.
pub(super) fn spelling(a: &str, b: &str) -> f64 {
    let longest = a.chars().count().max(b.chars().count());
    if longest == 0 {
        return 1.0;
    }
    1.0 - strsim::osa_distance(a, b) as f64 / longest as f64
}

/// The word without the endings of English, French and Spanish plurals.
pub(super) fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(stem) if stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']) => stem,
        _ => word,
    }
}

/// Lower-case ASCII words and numbers of a text: accents, signs and other scripts transliterated,
/// `camelCase` and digits cut apart.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut last = ' ';
    for sign in signs_as_words(text).chars() {
        let cut = !sign.is_ascii_alphanumeric()
            || !last.is_ascii_alphanumeric()
            || last.is_ascii_digit() != sign.is_ascii_digit()
            || (last.is_ascii_lowercase() && sign.is_ascii_uppercase());
        if cut && sign.is_ascii_alphanumeric() {
            out.push(String::new());
        }
        if sign.is_ascii_alphanumeric()
            && let Some(word) = out.last_mut()
        {
            word.push(sign.to_ascii_lowercase());
        }
        last = sign;
    }
    out
}

/// Signs that stand for words, spelt out; the rest as ASCII.
fn signs_as_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '#' | '№' => out.push_str(" number "),
            '%' => out.push_str(" percent "),
            '°' | 'º' => out.push('o'),
            '€' | '$' | '£' | '¥' | '’' | '™' | '®' => out.push(' '),
            _ if sign.is_ascii() => out.push(sign),
            _ => out.push_str(deunicode::deunicode_char(sign).unwrap_or(" ")),
        }
    }
    out
}

/// A text without case, accents, spaces and signs.
pub(super) fn folded(text: &str) -> String {
    tokens(text).concat()
}

/// Whether a value answers a question.
pub(super) fn is_yes_or_no(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "yes", "no", "y", "n", "true", "false", "ja", "nein", "oui", "non", "si", "sim", "nao",
        "nee", "1", "0",
    ];
    WORDS.contains(&folded(value).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let mut reader = csv::Reader::from_reader(include_str!("words.csv").as_bytes());
        for row in reader.records() {
            let row = row.unwrap();
            assert!(role(&row[0]).is_some(), "{row:?}");
            for phrase in row.iter().skip(2).flat_map(|cell| cell.split('|')) {
                assert!(tokens(phrase).len() <= LONGEST, "{phrase} is too long to be found");
                assert_eq!(phrase.trim(), phrase);
            }
        }
    }

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(tokens("# of employees"), ["number", "of", "employees"]);
        assert_eq!(tokens("linkedinURL2"), ["linkedin", "url", "2"]);
        assert_eq!(tokens("Secteur d’activité"), ["secteur", "d", "activite"]);
        assert_eq!(tokens("N° TVA / Straße"), ["no", "tva", "strasse"]);
        assert_eq!(tokens("  "), [] as [&str; 0]);
    }

    #[test]
    fn phrases_are_found_in_any_writing() {
        let zone = meaning("timezone").unwrap();
        assert!(zone.common(meaning(&folded("Time-zones")).unwrap()) >= 1.0);
        assert_eq!(meaning("qwerty").map(|m| m.role), None);
        assert_eq!(meaning("previous").map(|m| m.role), Some(Role::Aspect));
    }

    #[test]
    fn near_words_and_words_for_kinds_say_less() {
        let common = |a, b| meaning(a).unwrap().common(meaning(b).unwrap());
        assert!((common("arr", "turnover") - NEAR).abs() < 1e-9);
        assert!((common("arr", "annualrecurringrevenue") - 1.0).abs() < 1e-9);
        assert_eq!(meaning("url").unwrap().role, Role::Type);
        assert!(common("url", "website") >= 1.0 && common("url", "link") >= 1.0);
    }

    #[test]
    fn misspelt_words_are_less_sure() {
        let sure = misspelt("industyr").unwrap().common(meaning("industry").unwrap());
        assert!(sure > 0.6 && sure < 0.8);
        assert!(misspelt("tire").is_none() && misspelt("qwertyuiop").is_none());
    }
}
