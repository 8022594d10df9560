//! Names of files in one form, so that what a downloader or a file system did to a name does not hide
//! it. It must not touch ids and tokens.

use unicode_normalization::UnicodeNormalization;

/// A name for comparisons: decoded, composed, in lower case, without the signs file systems refuse and
/// downloaders therefore replace.
pub fn folded(name: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
    let composed = decoded.nfc().flat_map(char::to_lowercase);
    let plain = composed.map(|c| match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
        c if c.is_control() => '_',
        c => c,
    });
    plain.collect::<String>().trim_end_matches(['.', ' ']).trim_start().to_owned()
}

/// `offer (1).pdf` and `offer_1.pdf` as `offer.pdf`: what browsers and scripts do when a name is taken.
/// `None` for a name without such a number.
pub fn without_suffix(name: &str) -> Option<String> {
    let (stem, ending) = match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    };
    let digits =
        |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let in_brackets = || {
        let (before, number) = stem.strip_suffix(')')?.rsplit_once('(')?;
        digits(number).then_some(before.trim_end())
    };
    let behind_a_sign = || {
        let (before, number) = stem.rsplit_once(['_', '-'])?;
        digits(number).then_some(before)
    };
    let bare = in_brackets().or_else(behind_a_sign).filter(|bare| !bare.is_empty());
    // `offer.pdf.1` is what wget makes.
    let by_wget = digits(ending.trim_start_matches('.')) && stem.contains('.');
    match bare {
        Some(bare) => Some(format!("{bare}{ending}")),
        None => by_wget.then(|| stem.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_do_to_names_is_undone() {
        for (a, b) in [
            ("Scho\u{308}n.PDF", "sch%C3%B6n.pdf"),
            ("a:b?.txt", "a_b_.txt"),
            ("a/b.txt", "A_B.txt"),
            ("report .", "report"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
        assert_ne!(folded("a.pdf"), folded("a.png"));
    }

    #[test]
    fn numbers_of_copies_are_taken_off() {
        for (name, bare) in [
            ("offer (1).pdf", Some("offer.pdf")),
            ("offer_12.pdf", Some("offer.pdf")),
            ("offer-2.pdf", Some("offer.pdf")),
            ("offer(3)", Some("offer")),
            ("offer.pdf.1", Some("offer.pdf")),
            ("offer.pdf", None),
            ("offer_2024001.pdf", None),
            ("(1).pdf", None),
            ("offer ().pdf", None),
            ("", None),
        ] {
            assert_eq!(without_suffix(name).as_deref(), bare, "{name}");
        }
    }
}
