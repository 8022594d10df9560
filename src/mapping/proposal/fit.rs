//! Which Close types can fill which Twenty types, as the table `types.csv`: `fit` from 0 to 1, and
//! what the values need to look like for it. A pair without a line is impossible. It must not look
//! at names.

use super::{Source, Target, overlap, words};
use crate::twenty::{link, number};
use std::sync::LazyLock;

static TABLE: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(include_str!("types.csv").as_bytes());
    reader.records().flatten().filter_map(|row| line(&row)).collect()
});

/// Fit of values that would have to look otherwise.
const UNFIT: f64 = 0.25;
/// What is left of the fit when no value is known.
const UNSEEN: f64 = 0.75;
/// What is left of the fit when the texts are not the options.
const OTHER_OPTIONS: f64 = 0.7;
/// This share of the values has to look right.
const MOST: f64 = 0.8;

/// A line of the table.
struct Line {
    source: Box<str>,
    target: Box<str>,
    fit: f64,
    needs: Needs,
}

/// What values have to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Needs {
    Nothing,
    Number,
    Date,
    Url,
    YesNo,
    Options,
}

fn line(row: &csv::StringRecord) -> Option<Line> {
    let needs = match row.get(3)? {
        "" => Needs::Nothing,
        "number" => Needs::Number,
        "date" => Needs::Date,
        "url" => Needs::Url,
        "yes-no" => Needs::YesNo,
        "options" => Needs::Options,
        _ => return None,
    };
    let (source, target) = (row.get(0)?.into(), row.get(1)?.into());
    Some(Line { source, target, fit: row.get(2)?.parse().ok()?, needs })
}

/// How well a field can be filled.
pub(super) struct Fit {
    /// 0 to 1.
    pub share: f64,
    /// The types are the same.
    pub same: bool,
    /// What the values said, for people.
    pub values: Option<&'static str>,
    /// Options (or values in their place) the source has, when both sides have some.
    pub known: u32,
    /// Those the target has too.
    pub shared: u32,
}

/// The values of a source: its options, or else what was seen.
pub(super) struct Values<'a> {
    kind: &'static str,
    values: &'a [&'a str],
}

impl<'a> Values<'a> {
    pub(super) fn of(source: &Source<'a>) -> Self {
        let values = if source.options.is_empty() { source.samples } else { source.options };
        Self { kind: source.kind.label(), values }
    }

    /// `None` when the target's type cannot be filled from this one.
    pub(super) fn fit(&self, target: &Target<'_>) -> Option<Fit> {
        let here = |line: &&Line| *line.source == *self.kind && *line.target == *target.kind;
        let line = TABLE.iter().find(here)?;
        let choice = matches!(target.kind, "SELECT" | "MULTI_SELECT");
        let (known, shared) = if choice && !target.options.is_empty() {
            overlap(self.values, &target.options)
        } else {
            (0, 0)
        };
        let (factor, values) = self.profile(line.needs, known, shared);
        let share = factor.map_or(UNFIT, |factor| line.fit * factor);
        let same = line.fit >= 1.0 && line.needs == Needs::Nothing;
        Some(Fit { share, same, values, known, shared })
    }

    /// The part of the fit that stays, `None` for values that speak against it.
    fn profile(
        &self,
        needs: Needs,
        known: u32,
        shared: u32,
    ) -> (Option<f64>, Option<&'static str>) {
        if needs == Needs::Nothing {
            return (Some(1.0), None);
        }
        if self.values.is_empty() {
            return (Some(UNSEEN), Some("no values seen"));
        }
        if needs == Needs::Options {
            let told = shared * 2 >= known.max(1);
            return (Some(if told { 1.0 } else { OTHER_OPTIONS }), None);
        }
        let right = self.values.iter().filter(|value| looks(needs, value.trim())).count();
        let told = match needs {
            Needs::Number => "values are numbers",
            Needs::Date => "values are dates",
            Needs::Url => "values are links",
            _ => "values are yes and no",
        };
        if right as f64 >= MOST * self.values.len() as f64 {
            (Some(1.0), Some(told))
        } else {
            (None, Some("values look otherwise"))
        }
    }
}

fn looks(needs: Needs, value: &str) -> bool {
    match needs {
        Needs::Nothing | Needs::Options => true,
        Needs::Number => number::number(value).is_ok(),
        Needs::Date => {
            value.parse::<jiff::Timestamp>().is_ok()
                || (value.len() <= 10 && value.parse::<jiff::civil::Date>().is_ok())
        }
        Needs::Url => {
            !value.contains(char::is_whitespace)
                && !value.contains('@')
                && value.contains('.')
                && link::link(value).is_ok()
        }
        Needs::YesNo => words::is_yes_or_no(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twenty::objects::FieldType;

    fn fit(kind: FieldType, samples: &[&str], target: &str) -> Option<f64> {
        let source = Source { name: "", kind, options: &[], samples };
        let target = Target { name: "", label: "", kind: target, options: vec!["Red", "Blue"] };
        Values::of(&source).fit(&target).map(|fit| fit.share)
    }

    #[test]
    fn the_table_is_whole() {
        let text = include_str!("types.csv");
        assert_eq!(TABLE.len(), text.lines().count() - 1);
        let fillable = [
            "TEXT",
            "NUMBER",
            "BOOLEAN",
            "DATE",
            "DATE_TIME",
            "SELECT",
            "MULTI_SELECT",
            "LINKS",
            "CURRENCY",
        ];
        for line in TABLE.iter() {
            assert!(fillable.contains(&&*line.target), "{}", line.target);
            assert!(line.fit > 0.0 && line.fit <= 1.0);
        }
        for target in fillable {
            assert!(TABLE.iter().any(|line| *line.target == *target));
        }
        for kind in [FieldType::Text, FieldType::Number, FieldType::Date, FieldType::DateTime] {
            assert_eq!(fit(kind, &[], kind_word(kind)), Some(1.0));
        }
    }

    fn kind_word(kind: FieldType) -> &'static str {
        match kind {
            FieldType::Number => "NUMBER",
            FieldType::Date => "DATE",
            FieldType::DateTime => "DATE_TIME",
            _ => "TEXT",
        }
    }

    #[test]
    fn values_decide_where_the_type_alone_does_not() {
        let text = FieldType::Text;
        assert_eq!(fit(text, &["https://a.example", "b.example/x"], "LINKS"), Some(1.0));
        assert_eq!(fit(text, &["ada@example.com"], "LINKS"), Some(UNFIT));
        assert_eq!(fit(text, &["12", "7.5"], "NUMBER"), Some(0.9));
        assert_eq!(fit(text, &["12", "many"], "NUMBER"), Some(UNFIT));
        assert_eq!(fit(text, &["2024-02-03"], "DATE"), Some(0.9));
        assert_eq!(fit(text, &["3 Feb"], "DATE"), Some(UNFIT));
        assert_eq!(fit(text, &["Yes", "nein"], "BOOLEAN"), Some(0.9));
        assert_eq!(fit(text, &["red", "BLUE "], "SELECT"), Some(0.95));
        assert!(fit(text, &["green", "grey"], "SELECT") < Some(super::super::ACCEPT));
        assert!(fit(text, &[], "NUMBER") < Some(super::super::ACCEPT));
    }

    #[test]
    fn what_cannot_be_is_left_out() {
        for target in ["RELATION", "UUID", "EMAILS", "PHONES", "ADDRESS", "HOLOGRAM"] {
            assert_eq!(fit(FieldType::Text, &["a"], target), None);
        }
        assert_eq!(fit(FieldType::Date, &[], "NUMBER"), None);
        assert_eq!(fit(FieldType::Relation, &[], "LINKS"), None);
    }
}
