//! The keys of `mapping.toml`: what each takes, what a missing line means, what it says. The parser names them in its
//! errors, and `docs/mapping.md` shows them. It must not read a file.

use super::model::{ACTIVITIES, FIELD_TYPES, word};
use crate::mapping::settings::{
    CompanyDedupe, LeadStrategy, PeopleDedupe, QuotedHistory, ROUTED, Route,
};
use crate::mapping::template::{OPPORTUNITY, PLACEHOLDERS};
use clap::ValueEnum;

/// What an activity may become.
pub const ACTIVITY_ROUTES: &[Route] = &[Route::Task, Route::Note, Route::Archive];
/// What the records of a custom type may become.
pub const TYPE_ROUTES: &[Route] = &[Route::Object, Route::Note, Route::Task, Route::Archive];

/// A word a key takes, and what it means; nothing where it is one of Twenty's own words.
pub type Word = (String, String);

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub enum Takes {
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Number,
    /// A number from 0 to 1.
    Share,
    /// Text in quotes.
    Text,
    /// A list of texts in brackets; one text counts as a list of one.
    Texts,
    /// Text with these placeholders in braces.
    Template(&'static [&'static str]),
    /// A table of texts: `"value in Close" = "label in Twenty"`.
    Pairs,
    /// One of these words.
    Word(fn() -> Vec<Word>),
}

/// What it means when a line is missing.
#[derive(Clone, Copy, Debug)]
pub enum Missing {
    /// The line must be there.
    Wrong,
    /// As `plan` would propose.
    Proposed,
    /// This.
    Is(fn() -> String),
    /// Nothing: the line is information.
    Nothing,
}

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// What it means when it is missing.
    pub missing: Missing,
    /// What it says.
    pub meaning: &'static str,
}

/// A part of the file.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its heading, `[strategies]`; `the file` for what stands above the first.
    pub heading: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its keys, in the order of the file.
    pub keys: &'static [Key],
}

impl Section {
    /// The names of the keys.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

const fn key(name: &'static str, takes: Takes, missing: Missing, meaning: &'static str) -> Key {
    Key { name, takes, missing, meaning }
}

const fn shown(name: &'static str, takes: Takes, meaning: &'static str) -> Key {
    key(name, takes, Missing::Nothing, meaning)
}

use Missing::{Is, Proposed, Wrong};

/// What stands above the first heading. The other parts of the file are [`SECTIONS`] and [`activities`].
pub const TOP: Section = Section {
    heading: "the file",
    meaning: "Above the first heading.",
    keys: &[
        key("version", Takes::Number, Is(|| super::VERSION.to_string()), "Layout of the file."),
        key(
            "confirmed",
            Takes::Flag,
            Is(|| false.to_string()),
            "You agree to what stands here. `convert --strict` and `push` ask for it.",
        ),
        key(
            "fingerprint",
            Takes::Text,
            Is(|| "none: `--strict` refuses the map".to_owned()),
            "The export the map was made for. `plan` writes it.",
        ),
    ],
};

/// `[strategies]`.
pub const STRATEGIES: Section = Section {
    heading: "[strategies]",
    meaning: "How leads, companies and people are found in the export.",
    keys: &[
        key(
            "leads",
            Takes::Word(|| words(LeadStrategy::value_variants())),
            Is(|| word(&LeadStrategy::default())),
            "What represents a lead in Twenty.",
        ),
        key(
            "companies",
            Takes::Word(|| words(CompanyDedupe::value_variants())),
            Is(|| word(&CompanyDedupe::default())),
            "When two companies are one.",
        ),
        key(
            "people",
            Takes::Word(|| words(PeopleDedupe::value_variants())),
            Is(|| word(&PeopleDedupe::default())),
            "When two contacts are one person.",
        ),
        key(
            "opportunity-names",
            Takes::Template(PLACEHOLDERS),
            Is(|| OPPORTUNITY.to_owned()),
            "How opportunities are called.",
        ),
        key(
            "quoted-history",
            Takes::Word(|| words(QuotedHistory::value_variants())),
            Is(|| word(&QuotedHistory::default())),
            "What becomes of the text an e-mail quotes from the one it answers.",
        ),
    ],
};

/// `[[type]]`.
pub const TYPE: Section = Section {
    heading: "[[type]]",
    meaning: "A custom activity type or custom object type of Close.",
    keys: &[
        key(
            "close",
            Takes::Text,
            Wrong,
            "Close's id, `actitype_…` or `cotype_…`; once in the file.",
        ),
        shown("name", Takes::Text, "Close's name."),
        key("to", Takes::Word(|| words(TYPE_ROUTES)), Proposed, "What its records become."),
        key("object", Takes::Text, Proposed, "API name of the object, as `siteVisit`."),
        key("object-plural", Takes::Text, Proposed, "Its plural, as `siteVisits`."),
        key("label", Takes::Text, Proposed, "What people read, as `Site visit`."),
        key("label-plural", Takes::Text, Proposed, "Its plural, as `Site visits`."),
        shown("seen", Takes::Number, "Records in the export."),
        shown("why", Takes::Text, "Why it is proposed so."),
    ],
};

/// `[[stage]]`.
pub const STAGE: Section = Section {
    heading: "[[stage]]",
    meaning: "A status of opportunities.",
    keys: &[
        key(
            "close",
            Takes::Text,
            Wrong,
            "Close's id of the status, or its label where there are no ids; once in the file.",
        ),
        shown("name", Takes::Text, "Close's label."),
        shown("pipeline", Takes::Text, "Its pipeline."),
        key("to", Takes::Text, Proposed, "Label of the stage in Twenty; several may share one."),
        shown("seen", Takes::Number, "Opportunities in the export."),
    ],
};

/// `[[field]]`.
pub const FIELD: Section = Section {
    heading: "[[field]]",
    meaning: "A field of Close, custom or built in.",
    keys: &[
        key(
            "close",
            Takes::Text,
            Wrong,
            "Close type and path, as `contact.custom.cf_…`; once in the file.",
        ),
        shown("name", Takes::Text, "Close's name."),
        key(
            "to",
            Takes::Texts,
            Proposed,
            "Each `object.field` it goes to; `[]` keeps it in the archive only.",
        ),
        key(
            "type",
            Takes::Word(|| {
                FIELD_TYPES.iter().map(|word| ((*word).to_owned(), String::new())).collect()
            }),
            Proposed,
            "Type of the field in Twenty; custom fields only.",
        ),
        key("label", Takes::Text, Proposed, "What people read; custom fields only."),
        key(
            "options",
            Takes::Pairs,
            Proposed,
            "For selects, as `[field.options]`: Close's value and the label in Twenty; several may share a label.",
        ),
        shown("confidence", Takes::Share, "How sure the proposal is."),
        shown("why", Takes::Text, "What speaks for it."),
        shown("seen", Takes::Number, "Values in the export."),
        shown("samples", Takes::Texts, "A few of them."),
    ],
};

/// The parts with fixed keys, in the order of the file; `[activities]` stands behind the second.
pub const SECTIONS: &[Section] = &[TOP, STRATEGIES, TYPE, STAGE, FIELD];

/// The keys of the file itself and the parts below it.
pub(super) fn top() -> Vec<&'static str> {
    let mut names = TOP.names();
    names.extend(["strategies", "activities", "type", "stage", "field"]);
    names
}

/// `[activities]`: each kind with what it becomes when nobody says otherwise.
pub fn activities() -> impl Iterator<Item = (&'static str, String)> {
    ACTIVITIES.iter().copied().zip(ROUTED.iter().map(|(_, route)| word(route)))
}

/// The words of a closed list, and what they mean.
pub fn words<T: ValueEnum>(values: &[T]) -> Vec<Word> {
    let words = values.iter().filter_map(ValueEnum::to_possible_value);
    let text = |word: &clap::builder::PossibleValue| {
        word.get_help().map_or_else(String::new, ToString::to_string)
    };
    words.map(|word| (word.get_name().to_owned(), text(&word))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::MapFile;

    /// Values a key takes, as TOML.
    fn samples(takes: Takes) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match takes {
            Takes::Flag => one("true"),
            Takes::Number => one("1"),
            Takes::Share => one("0.5"),
            Takes::Text => one("\"text\""),
            Takes::Texts => one("[\"text\"]"),
            Takes::Template(names) => names.iter().map(|it| format!("\"{{{it}}}\"")).collect(),
            Takes::Pairs => one("{ a = \"b\" }"),
            Takes::Word(words) => words().iter().map(|(it, _)| format!("\"{it}\"")).collect(),
        }
    }

    fn file(section: &Section, line: &str) -> String {
        let close = if section.heading.starts_with("[[") { "close = \"x\"\n" } else { "" };
        let heading = if section.heading == TOP.heading { "" } else { section.heading };
        match line.strip_prefix("close = ") {
            Some(_) => format!("{heading}\n{line}\n"),
            None => format!("{heading}\n{close}{line}\n"),
        }
    }

    #[test]
    fn the_parser_takes_every_key_with_what_it_takes() {
        for section in SECTIONS {
            for key in section.keys {
                for value in samples(key.takes) {
                    let text = file(section, &format!("{} = {value}", key.name));
                    assert!(MapFile::parse("map", &text).is_ok(), "{text}");
                }
                let text = file(section, &format!("{} = 1979-05-27", key.name));
                assert!(MapFile::parse("map", &text).is_err(), "{text}");
            }
        }
    }

    #[test]
    fn the_parser_takes_no_other_key_and_no_other_word() {
        for section in SECTIONS {
            let text = file(section, "another = 1");
            assert_eq!(MapFile::parse("map", &text).map_err(|e| e.code), Err("C2T-E111"), "{text}");
            for key in section.keys.iter().filter(|key| matches!(key.takes, Takes::Word(_))) {
                let text = file(section, &format!("{} = \"another\"", key.name));
                let code = MapFile::parse("map", &text).map_err(|e| e.code);
                assert_eq!(code, Err("C2T-E113"), "{text}");
            }
        }
    }

    #[test]
    fn what_the_parser_knows_is_in_the_table() {
        // Each arm of the parser is a line `"key" => …`.
        let sources = [include_str!("parse.rs"), include_str!("entries.rs")].concat();
        let arm = |line: &str| {
            let (name, _) = line.trim().strip_prefix('"')?.split_once("\" =>")?;
            Some(name.to_owned())
        };
        let mut listed = top();
        listed.extend(SECTIONS.iter().flat_map(Section::names));
        let arms: Vec<String> = sources.lines().filter_map(arm).collect();
        assert!(arms.len() > 25, "{arms:?}");
        for name in arms {
            assert!(listed.contains(&name.as_str()), "`{name}` is not in the table");
        }
    }
}
