//! Legal forms of companies: a table, and names without them. It must not guess from anything but
//! the last words of a name.

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

/// The legal form a name ends in, when that is evidence for an organisation. A short form counts
/// only when it is written as one: with dots, or in capitals behind a name that is not.
pub fn evident(name: &str) -> Option<&'static str> {
    if let Some(mark) = MARKS.iter().find(|mark| name.contains(**mark)) {
        return Some(mark);
    }
    let (_, form) = split(name)?;
    let written = name.trim().rsplit([' ', ',']).next().unwrap_or_default();
    let shaped = written.contains('.') || written.chars().filter(|c| c.is_uppercase()).count() > 1;
    (!WEAK.contains(&form) || shaped).then_some(form)
}

/// A name for comparing: case folded, blanks and punctuation normalised, legal forms taken away.
/// Empty when nothing but a legal form is left.
pub fn normalised(name: &str) -> String {
    let mut rest: String = name.to_lowercase();
    for mark in MARKS {
        rest = rest.replace(mark, " ");
    }
    loop {
        let words = words(&rest);
        match split(&words) {
            Some((before, _)) => rest = before,
            None => return words,
        }
    }
}

/// Words in lower case, dots gone, other punctuation as blanks; `&` and `and` are one word.
fn words(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '.' | '\'' | '’'))
        .map(|c| if c.is_alphanumeric() || c == '&' || c == '+' { c } else { ' ' })
        .collect();
    let joined = plain.replace('&', " & ");
    let words =
        joined.split_whitespace().map(|w| if matches!(w, "and" | "und" | "et") { "&" } else { w });
    join_letters(words)
}

/// Words joined by blanks; single letters in a row are one word, so that `e. V.` is `ev`.
fn join_letters<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    let mut after_letter = false;
    for word in words {
        let letter = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        if !(out.is_empty() || letter && after_letter) {
            out.push(' ');
        }
        out.push_str(word);
        after_letter = letter;
    }
    out
}

/// The name before its legal form, and the form.
fn split(name: &str) -> Option<(String, &'static str)> {
    let words = words(name);
    let ends =
        |form: &&&str| words.strip_suffix(**form).is_some_and(|before| before.ends_with(' '));
    let form = FORMS.iter().filter(ends).max_by_key(|form| form.len())?;
    let before = words.strip_suffix(form)?.trim_end().trim_end_matches([' ', '&']);
    (!before.is_empty()).then(|| (before.to_owned(), *form))
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
