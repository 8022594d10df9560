//! Legal forms of companies: a table, and names without them. It must not guess from anything but
//! the last words of a name.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Legal forms as they end names, in lower case without dots.
const FORMS: &[&str] = &[
    // Germany, Austria, Switzerland
    "gmbh",
    "mbh",
    "ggmbh",
    "ag",
    "kg",
    "ohg",
    "gbr",
    "ug",
    "ek",
    "eg",
    "ev",
    "kgaa",
    "se",
    "gesmbh",
    "sarl",
    "sagl",
    // English-speaking countries
    "inc",
    "incorporated",
    "llc",
    "llp",
    "lp",
    "ltd",
    "limited",
    "corp",
    "corporation",
    "co",
    "company",
    "plc",
    "pllc",
    "pc",
    "pty",
    // France, Belgium, Luxembourg
    "sa",
    "sas",
    "sasu",
    "eurl",
    "sci",
    "scop",
    "snc",
    "sprl",
    "srl",
    // Netherlands
    "bv",
    "nv",
    "vof",
    "cv",
    // Italy, Spain, Portugal
    "spa",
    "sapa",
    "sl",
    "slu",
    "sau",
    "lda",
    "ltda",
    "eireli",
    // Nordic countries
    "ab",
    "as",
    "asa",
    "aps",
    "oy",
    "oyj",
    "hf",
    "ehf",
    "ivs",
    // Central and eastern Europe
    "sro",
    "doo",
    "dd",
    "kft",
    "zrt",
    "bt",
    "nyrt",
    "ooo",
    "oao",
    "zao",
    "ood",
    "eood",
    "uab",
    "sia",
    "ou",
    "sp z oo",
    "spzoo",
    "spolka z oo",
    // Elsewhere
    "pvt ltd",
    "pte ltd",
    "pty ltd",
    "sdn bhd",
    "bhd",
    "tbk",
    "kk",
    "gk",
    "yk",
    "sa de cv",
    "s de rl",
    "de cv",
    "as",
    "jsc",
    "pjsc",
    "fzco",
    "fze",
    "wll",
];

/// Forms that stand before a name or have no blanks around them.
const MARKS: &[&str] = &["株式会社", "有限会社", "合同会社", "有限公司", "주식회사", "(株)", "㈱"];

/// Forms that are common words at the end of a person's name: no evidence by themselves.
const WEAK: &[&str] = &[
    "co", "as", "sa", "se", "ag", "sl", "ou", "dd", "bt", "lp", "pc", "cv", "ek", "eg", "hf", "ab",
    "bv", "nv", "kk",
];

/// The forms by their last word: most names end in none of them, which one look-up tells.
static BY_LAST_WORD: LazyLock<HashMap<&str, Vec<&'static str>, FixedState>> = LazyLock::new(|| {
    let mut forms: HashMap<&str, Vec<&'static str>, FixedState> = HashMap::default();
    FORMS.iter().for_each(|form| forms.entry(last_word(form)).or_default().push(form));
    forms
});

fn last_word(text: &str) -> &str {
    text.rsplit(' ').next().unwrap_or_default()
}

/// The legal form a name ends in, when that is evidence for an organisation. A short form counts
/// only when it is written as one: with dots, or in capitals behind a name that is not.
pub fn evident(name: &str) -> Option<&'static str> {
    if let Some(mark) = MARKS.iter().find(|mark| !name.is_ascii() && name.contains(**mark)) {
        return Some(mark);
    }
    let (_, form) = split(&words(name))?;
    let written = name.trim().rsplit([' ', ',']).next().unwrap_or_default();
    let shaped = written.contains('.') || written.chars().filter(|c| c.is_uppercase()).count() > 1;
    (!WEAK.contains(&form) || shaped).then_some(form)
}

/// A name for comparing: case folded, blanks and punctuation normalised, legal forms taken away.
/// Empty when nothing but a legal form is left.
pub fn normalised(name: &str) -> String {
    let mut found = if name.is_ascii() {
        words(name)
    } else {
        words(&MARKS.iter().fold(name.to_lowercase(), |name, mark| name.replace(mark, " ")))
    };
    loop {
        let settled = words_again(&found);
        let Some((before, _)) = split(&settled) else { return found };
        found = words_again(before).into_owned();
    }
}

/// Names that name nobody: what Close shows for a lead without a name (`close-format.md` §3.1), and what people
/// type where a name must stand. Leads that share one have nothing in common.
const NOBODY: &[&str] = &[
    "confidential",
    "keine",
    "keine angabe",
    "n a",
    "na",
    "new lead",
    "no company",
    "no name",
    "none",
    "null",
    "privat",
    "private",
    "selbständig",
    "self employed",
    "tbd",
    "test",
    "unbekannt",
    "undefined",
    "unknown",
    "unnamed",
    "untitled",
    "xxx",
];

/// Whether a name, as [`normalised`] answers it, says who it is.
pub fn is_telling(normalised: &str) -> bool {
    let form_alone =
        || BY_LAST_WORD.get(normalised).is_some_and(|forms| forms.contains(&normalised));
    let letters = normalised.chars().any(char::is_alphanumeric);
    letters && NOBODY.binary_search(&normalised).is_err() && !form_alone()
}

/// What [`words`] makes of words: the same, unless letters that were joined make an `and`.
fn words_again(words: &str) -> Cow<'_, str> {
    if words.split(' ').any(is_and) { self::words(words).into() } else { words.into() }
}

/// Words in lower case, dots gone, other punctuation as blanks; `&` and `and` are one word.
fn words(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut plain = String::with_capacity(lower.len() + 2);
    for c in lower.chars() {
        match c {
            '.' | '\'' | '’' => {}
            '&' => plain.push_str(" & "),
            c if c.is_alphanumeric() || c == '+' => plain.push(c),
            _ => plain.push(' '),
        }
    }
    join_letters(plain.split_whitespace().map(|word| if is_and(word) { "&" } else { word }))
}

fn is_and(word: &str) -> bool {
    matches!(word, "and" | "und" | "et")
}

/// Words joined by blanks; single letters in a row are one word, so that `e. V.` is `ev`.
fn join_letters<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut after_letter = false;
    for word in words {
        let mut signs = word.chars();
        let letter = signs.next().is_some_and(char::is_alphabetic) && signs.next().is_none();
        if !(out.is_empty() || letter && after_letter) {
            out.push(' ');
        }
        out.push_str(word);
        after_letter = letter;
    }
    out
}

/// The words before a legal form, and the form.
fn split(words: &str) -> Option<(&str, &'static str)> {
    let forms = BY_LAST_WORD.get(last_word(words))?;
    let ends =
        |form: &&&str| words.strip_suffix(**form).is_some_and(|before| before.ends_with(' '));
    let form = forms.iter().filter(ends).max_by_key(|form| form.len())?;
    let before = words.strip_suffix(form)?.trim_end().trim_end_matches([' ', '&']);
    (!before.is_empty()).then_some((before, form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    #[test]
    fn names_compare_without_legal_form_and_case() {
        for name in ["Acme GmbH", "ACME", "acme gmbh & co. kg", "Acme, Inc.", "Acme Pty Ltd"] {
            assert_eq!(normalised(name), "acme", "{name}");
        }
        assert_eq!(normalised("Müller & Söhne OHG"), "müller & söhne");
        assert_eq!(normalised("Smith and Sons Ltd."), normalised("SMITH & SONS"));
        assert_eq!(normalised("GmbH"), "gmbh");
        assert_eq!(normalised("株式会社サンプル"), "サンプル");
    }

    #[test]
    fn names_that_name_nobody_are_known() {
        assert!(NOBODY.is_sorted());
        for name in ["Untitled", "N/A", "n.a.", "Unknown GmbH", "-", "GmbH", "", "Self-employed"] {
            assert!(!is_telling(&normalised(name)), "{name}");
        }
        for name in ["Acme GmbH", "Test Systems", "株式会社サンプル", "3M", "Private Bank AG"]
        {
            assert!(is_telling(&normalised(name)), "{name}");
        }
    }

    #[test]
    fn only_clear_forms_are_evidence() {
        assert_eq!(evident("Beispiel GmbH"), Some("gmbh"));
        assert_eq!(evident("Example S.A."), Some("sa"));
        assert_eq!(evident("Verein zur Probe e. V."), Some("ev"));
        assert_eq!(evident("Example S. A."), Some("sa"));
        assert_eq!(evident("Muster AG"), Some("ag"));
        assert_eq!(evident("Ana Sa"), None);
        assert_eq!(evident("Anna Müller"), None);
        assert_eq!(evident("サンプル株式会社"), Some("株式会社"));
    }

    /// The plain way: every form is tried, and all words are made anew.
    fn plainly(name: &str) -> String {
        let mut rest = name.to_lowercase();
        for mark in MARKS {
            rest = rest.replace(mark, " ");
        }
        loop {
            let found = words(&rest);
            let again = words(&found);
            let ends = |form: &&&str| {
                again.strip_suffix(**form).is_some_and(|before| before.ends_with(' '))
            };
            let Some(form) = FORMS.iter().filter(ends).max_by_key(|form| form.len()) else {
                return found;
            };
            let before = again[..again.len() - form.len()].trim_end().trim_end_matches([' ', '&']);
            if before.is_empty() {
                return found;
            }
            rest = before.to_owned();
        }
    }

    proptest! {
        #[test]
        fn the_quick_way_finds_what_the_plain_way_does(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "Acme", "GmbH", "& Co.", "KG", " ", " ", " ", " ", ", ", ".", "e. V.", "sp. z o.o.",
                    "and", "a n d", "E T", "u n", "d", "株式会社", "Σ", "ß", "İ", "x", "1", "+", "'s",
                ]),
                0..9,
            ),
        ) {
            let name = parts.concat();
            prop_assert_eq!(normalised(&name), plainly(&name));
        }
    }
}
