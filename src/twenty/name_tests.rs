//! Tests of the name rule. All names are invented.

use super::*;
use proptest::prelude::*;

fn show(full: &str) -> String {
    let name = split(full);
    format!("{}|{}", name.first, name.last)
}

#[test]
fn names() {
    for (full, want) in [
        ("", "|"),
        ("Ada", "Ada|"),
        ("Ada Beispiel", "Ada|Beispiel"),
        ("  Ada \t Beispiel ", "Ada|Beispiel"),
        ("Jörg\u{A0}Beispiel", "Jörg|Beispiel"),
        ("ADA BEISPIEL", "ADA|BEISPIEL"),
        ("ada beispiel", "ada|beispiel"),
        ("Ada Lena Beispiel", "Ada Lena|Beispiel"),
        ("Ada L. Beispiel", "Ada L.|Beispiel"),
        ("A. L. Beispiel", "A. L.|Beispiel"),
        ("Hans van der Muster", "Hans|van der Muster"),
        ("Eddie Van Muster", "Eddie|Van Muster"),
        ("Maria de la Muestra", "Maria|de la Muestra"),
        ("Otto von Muster", "Otto|von Muster"),
        ("Juan Muestra y Ejemplo", "Juan|Muestra y Ejemplo"),
        ("Beispiel, Ada", "Ada|Beispiel"),
        ("van der Muster, Hans", "Hans|van der Muster"),
        // Two words before the comma are as often a whole name ("Jane Doe, Acme"): left in order.
        ("Muestra Ejemplo, Juan Carlos", "Muestra|Ejemplo, Juan Carlos"),
        ("Beispiel, Ada, PhD", "Ada|Beispiel, PhD"),
        ("John Muster Jr.", "John|Muster Jr."),
        ("John Muster, Jr.", "John|Muster, Jr."),
        ("John Muster III", "John|Muster III"),
        ("Ada Beispiel, PhD, MBA", "Ada|Beispiel, PhD, MBA"),
        ("Jack Ma", "Jack|Ma"),
        ("Dr. Ada Beispiel", "Dr. Ada|Beispiel"),
        ("Prof. Dr. Ada Beispiel", "Prof. Dr. Ada|Beispiel"),
        ("Mr. Muster", "Mr.|Muster"),
        ("Robert (Bob) Muster", "Robert (Bob)|Muster"),
        ("Ada Beispiel (Acme)", "Ada|Beispiel (Acme)"),
        ("Ada & Otto Beispiel", "Ada & Otto|Beispiel"),
        ("Mary-Jane O'Muster", "Mary-Jane|O'Muster"),
        ("ada@example.com", "ada@example.com|"),
        ("Ada Beispiel ada@example.com", "Ada Beispiel ada@example.com|"),
        ("山田太郎", "|山田太郎"),
        ("山田 太郎", "|山田 太郎"),
        ("김민수", "|김민수"),
        ("Иван Петрович Образцов", "Иван Петрович|Образцов"),
        ("Ada 🎉 Beispiel", "Ada 🎉|Beispiel"),
        ("?", "?|"),
        (", Ada", "Ada|"),
        ("Ada ,", "Ada|"),
        ("Acme, Inc.", "Acme|Inc."),
    ] {
        assert_eq!(show(full), want, "{full}");
    }
}

#[test]
fn plain_names_are_not_copied() {
    let name = split("Dr. Ada Beispiel");
    assert!(matches!((name.first, name.last), (Cow::Borrowed(_), Cow::Borrowed(_))));
}

#[test]
fn huge_names_are_survived() {
    let huge = "van der ".repeat(200_000);
    let name = split(&huge);
    assert_eq!(name.first.len() + name.last.len() + 1, huge.trim().len());
    let _ = split(&"a,".repeat(500_000));
    let _ = split(&" , ".repeat(80));
}

#[test]
fn the_tables_are_sorted() {
    for table in [PARTICLES, LOWER_PARTICLES, SUFFIXES, DOUBTFUL_SUFFIXES] {
        assert!(table.windows(2).all(|pair| pair[0] < pair[1]));
    }
    assert!(DOUBTFUL_SUFFIXES.iter().all(|s| SUFFIXES.contains(s)));
}

/// Words with commas aside, sorted.
fn words(text: &str) -> Vec<String> {
    let text: String =
        text.chars().map(|c| if c == ',' || c.is_control() { ' ' } else { c }).collect();
    let mut words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    words.sort();
    words
}

proptest! {
    #[test]
    fn no_word_is_lost(full in "(([A-Za-zäÄßÉ'.-]{1,6}|van|der|de|la|Dr\\.|Jr\\.|PhD|III|,|\\(Bob\\)|&|日本|1)[ \u{A0},]{1,2}){0,8}") {
        let name = split(&full);
        prop_assert_eq!(words(&format!("{} {}", name.first, name.last)), words(&full));
    }

    #[test]
    fn no_word_of_any_text_is_lost(full in any::<String>()) {
        let name = split(&full);
        prop_assert_eq!(words(&format!("{} {}", name.first, name.last)), words(&full));
        for part in [&name.first, &name.last] {
            prop_assert_eq!(part.trim(), part.as_ref());
            prop_assert!(!part.chars().any(char::is_control));
        }
    }
}
