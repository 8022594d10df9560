//! The known word nearest to a mistyped one, for "did you mean". It must not know what the words
//! are for.

/// The word of `known` that `word` was probably meant to be: the same but for capitals and signs,
/// or within a third of its letters; failing that, one that begins like it. Of equally near ones the
/// more alike at the beginning, then the first. `None` when nothing is near.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = plain(word);
    let length = wanted.chars().count();
    let limit = (length / 3).max(1);
    let mut best: Option<(usize, f64, &str)> = None;
    for candidate in known {
        let plain = plain(candidate);
        let comparable = plain.chars().count().abs_diff(length) <= limit;
        let distance = if comparable {
            strsim::damerau_levenshtein(&wanted, &plain)
        } else if begins_alike(&wanted, &plain) {
            // Behind all that are within the limit.
            limit + 1
        } else {
            continue;
        };
        let alike = strsim::jaro_winkler(&wanted, &plain);
        // A word of one or two letters is near to any other of them.
        let near = distance == 0
            || distance <= limit && distance < length
            || begins_alike(&wanted, &plain);
        let better = best.is_none_or(|(d, a, _)| distance < d || (distance == d && alike > a));
        if near && better {
            best = Some((distance, alike, candidate));
        }
    }
    best.map(|(.., candidate)| candidate)
}

/// Three quarters of what was written, and four letters, begin the other.
fn begins_alike(wanted: &str, other: &str) -> bool {
    let shared = wanted.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    shared >= 4 && shared * 4 >= wanted.chars().count() * 3
}

/// Without what people get wrong most: capitals, and which sign stands between words.
fn plain(word: &str) -> String {
    word.to_lowercase().replace(['_', ' '], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = [
            "task",
            "note",
            "archive",
            "domain+name",
            "domain",
            "opportunity-names",
            "strategies",
            "whatsapp_message",
        ];
        for (word, meant) in [
            ("tsak", "task"),
            ("Task", "task"),
            ("tasks", "task"),
            ("domane", "domain"),
            ("domain + name", "domain+name"),
            ("opportunity_names", "opportunity-names"),
            ("archiv", "archive"),
            ("strategy", "strategies"),
            ("whatsapp", "whatsapp_message"),
        ] {
            assert_eq!(nearest(word, known), Some(meant), "{word}");
        }
        for word in ["", "x", "company", "zzzz"] {
            assert_eq!(nearest(word, known), None, "{word}");
        }
        assert_eq!(nearest("x", [] as [&str; 0]), None);
    }

    #[test]
    fn the_first_of_equals_and_the_exact_one_win() {
        assert_eq!(nearest("abcx", ["abcd", "abce"]), Some("abcd"));
        assert_eq!(nearest("Label", ["labels", "label"]), Some("label"));
    }
}
