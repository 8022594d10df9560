//! ADDRESS cells: the country. Twenty stores any text, but its country list shows only the English
//! CLDR names (`twenty-importer.md §3 ADDRESS`). Must not guess: an unknown country is `None` and
//! the caller keeps the raw text.
//!
//! The names in `countries.csv` were printed by `Intl.DisplayNames('en')` (CLDR 48), the source of
//! Twenty's own list; the aliases are CLDR's names in other languages and common other spellings.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// `alpha2;alpha3;english;alias|alias|…`, one country a line, sorted by alpha2.
const TABLE: &str = include_str!("countries.csv");

/// Longest text looked at, in bytes; the longest known name is shorter.
const LONGEST: usize = 128;

static COUNTRIES: LazyLock<Countries> = LazyLock::new(Countries::load);

/// The English name Twenty's country list has, for an ISO code (two or three letters), a name in
/// one of many languages or a common alias. Case, accents, punctuation and a leading "the" do not
/// matter.
#[must_use]
pub fn country(raw: &str) -> Option<&'static str> {
    let raw = raw.trim();
    if raw.len() > LONGEST {
        return None;
    }
    if let &[a, b] = raw.as_bytes()
        && let Some(name) =
            slot(a, b).and_then(|slot| COUNTRIES.by_alpha2.get(slot)).copied().flatten()
    {
        return Some(name);
    }
    // Written just as Twenty writes it.
    if let Some(name) = COUNTRIES.by_key.get(raw) {
        return Some(name);
    }
    COUNTRIES.by_key.get(fold(raw).as_str()).copied()
}

/// Whether a text is a country just as Twenty's list has it.
#[must_use]
pub fn is_listed(text: &str) -> bool {
    country(text) == Some(text)
}

struct Countries {
    by_alpha2: Vec<Option<&'static str>>,
    /// Keys: folded codes, names and aliases, and the English names as they are.
    by_key: HashMap<String, &'static str, FixedState>,
}

impl Countries {
    fn load() -> Self {
        let mut by_alpha2 = vec![None; 26 * 26];
        let mut by_key = HashMap::with_capacity_and_hasher(2600, FixedState::default());
        for line in TABLE.lines().skip(1) {
            let mut columns = line.split(';');
            let (Some(alpha2), Some(alpha3), Some(name)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            if let &[a, b] = alpha2.as_bytes()
                && let Some(place) = slot(a, b).and_then(|slot| by_alpha2.get_mut(slot))
            {
                *place = Some(name);
            }
            by_key.insert(name.to_owned(), name);
            let aliases = columns.next().unwrap_or_default().split('|');
            for text in [alpha3, name].into_iter().chain(aliases) {
                let key = fold(text);
                if !key.is_empty() {
                    by_key.entry(key).or_insert(name);
                }
            }
        }
        Self { by_alpha2, by_key }
    }
}

/// Place of a two-letter code in a table of 26 × 26; `None` for other characters.
fn slot(a: u8, b: u8) -> Option<usize> {
    let place = |c: u8| c.is_ascii_alphabetic().then(|| usize::from(c.to_ascii_uppercase() - b'A'));
    Some(place(a)? * 26 + place(b)?)
}

/// Lower case without accents; anything but letters and digits becomes one blank; no leading
/// "the".
fn fold(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |c: char| {
        if c.is_alphanumeric() {
            if std::mem::take(&mut gap) && !key.is_empty() {
                key.push(' ');
            }
            key.extend(c.to_lowercase());
        } else {
            if c == '&' && !key.is_empty() {
                key.push_str(" and");
            }
            gap = true;
        }
    };
    if text.is_ascii() {
        text.chars().for_each(&mut push);
    } else {
        text.nfkd().filter(|&c| !is_combining_mark(c)).for_each(&mut push);
    }
    match key.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_names_and_aliases() {
        for (raw, want) in [
            ("DE", "Germany"),
            ("de", "Germany"),
            ("DEU", "Germany"),
            ("Germany", "Germany"),
            ("DEUTSCHLAND", "Germany"),
            ("Österreich", "Austria"),
            ("oesterreich", "Austria"),
            ("Osterreich", "Austria"),
            ("Schweiz", "Switzerland"),
            ("Suisse", "Switzerland"),
            ("España", "Spain"),
            ("Espana", "Spain"),
            ("日本", "Japan"),
            ("대한민국", "South Korea"),
            ("Россия", "Russia"),
            ("USA", "United States"),
            ("U.S.A.", "United States"),
            ("u.s.", "United States"),
            ("the United States of America", "United States"),
            ("UK", "United Kingdom"),
            ("Great Britain", "United Kingdom"),
            ("England", "United Kingdom"),
            ("Czech Republic", "Czechia"),
            ("Turkey", "Türkiye"),
            ("Turkiye", "Türkiye"),
            ("Hong Kong", "Hong Kong SAR China"),
            ("Ivory Coast", "Côte d’Ivoire"),
            ("Cote d'Ivoire", "Côte d’Ivoire"),
            ("Bosnia and Herzegovina", "Bosnia & Herzegovina"),
            ("Bosnia & Herzegovina", "Bosnia & Herzegovina"),
            ("  netherlands, the ", ""),
            ("The Netherlands", "Netherlands"),
            ("Congo", "Congo - Brazzaville"),
            ("Republic of Korea", "South Korea"),
            ("EL", "Greece"),
            ("XK", "Kosovo"),
            ("Georgia", "Georgia"),
            ("ZZ", ""),
            ("", ""),
            ("E.U.", ""),
            ("&", ""),
            ("Atlantis", ""),
        ] {
            assert_eq!(country(raw).unwrap_or_default(), want, "{raw}");
        }
        assert_eq!(country(&"x".repeat(1_000_000)), None);
    }

    #[test]
    fn the_table_is_sound() {
        let mut seen = std::collections::BTreeMap::new();
        let mut previous = "";
        for line in TABLE.lines().skip(1) {
            let columns: Vec<_> = line.split(';').collect();
            let &[alpha2, alpha3, name, aliases] = columns.as_slice() else { panic!("{line}") };
            assert!(alpha2.len() == 2 && alpha3.len() == 3 && previous < alpha2, "{line}");
            previous = alpha2;
            assert_eq!(country(alpha2), Some(name));
            assert_eq!(country(alpha3), Some(name));
            assert_eq!(country(name), Some(name));
            for key in aliases.split('|').filter(|a| !a.is_empty()).chain([alpha3, name]) {
                assert_eq!(country(key), Some(name), "{key}");
                if let Some(other) = seen.insert(fold(key), alpha2) {
                    assert_eq!(other, alpha2, "{key} is ambiguous");
                }
            }
        }
        assert_eq!(TABLE.lines().count(), 251);
    }

    proptest! {
        #[test]
        fn folding_is_final_and_never_panics(raw in any::<String>()) {
            let key = fold(&raw);
            prop_assert!(!key.starts_with(' ') && !key.ends_with(' '));
            let _ = country(&raw);
        }
    }
}
