//! Single values of `mapping.toml`: each is taken out of the parsed TOML as what it should be, or
//! becomes a problem with its place. It must not know which keys there are.

use super::model::{Located, Table, word};
use super::problem::{Lines, Problem, Spot};
use crate::event::excerpt;
use crate::mapping::nearest::nearest;
use clap::ValueEnum;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// A key as TOML has it.
pub(super) type Key<'d> = Spanned<DeString<'d>>;
/// A value as TOML has it.
pub(super) type Value<'d> = Spanned<DeValue<'d>>;

/// Takes values out and gathers what is wrong.
pub(super) struct Judge<'t> {
    lines: Lines<'t>,
    /// All found so far.
    pub problems: Vec<Problem>,
}

impl<'t> Judge<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { lines: Lines::new(text), problems: Vec::new() }
    }

    pub(super) fn spot<T>(&self, of: &Spanned<T>) -> Spot {
        self.lines.spot(of.span().start)
    }

    pub(super) fn wrong(
        &mut self,
        at: Spot,
        code: &'static str,
        what: String,
        hint: impl Into<Option<String>>,
    ) {
        self.problems.push(Problem { at, code, what, hint: hint.into() });
    }

    /// A key that is none of `known`.
    pub(super) fn unknown_key(&mut self, key: &Key<'_>, place: &str, known: &[&str]) {
        let hint = match key.get_ref().as_ref() {
            "version" | "confirmed" | "fingerprint" => {
                "it belongs to the top of the file, above the first heading".to_owned()
            }
            other => meant(other, known),
        };
        let what = format!("{place} has no key `{}`", excerpt(key.get_ref()));
        self.wrong(self.spot(key), "C2T-E111", what, hint);
    }

    fn mistyped(&mut self, key: &str, value: &Value<'_>, should: &str) {
        let what = format!("`{}` must be {should}, not {}", excerpt(key), sort(value.get_ref()));
        self.wrong(self.spot(value), "C2T-E112", what, None);
    }

    pub(super) fn flag(&mut self, key: &str, value: &Value<'_>) -> bool {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.mistyped(key, value, "true or false, without quotes");
        }
        flag.unwrap_or_default()
    }

    pub(super) fn number(&mut self, key: &str, value: &Value<'_>) -> Option<u64> {
        let number = value.get_ref().as_integer();
        let number = number.and_then(|it| u64::from_str_radix(it.as_str(), it.radix()).ok());
        if number.is_none() {
            self.mistyped(key, value, "a whole number from 0");
        }
        number
    }

    pub(super) fn share(&mut self, key: &str, value: &Value<'_>) -> Option<f64> {
        let share = match value.get_ref() {
            DeValue::Float(it) => it.as_str().parse().ok(),
            DeValue::Integer(it) if it.radix() == 10 => it.as_str().parse().ok(),
            _ => None,
        };
        let share = share.filter(|share| (0.0..=1.0).contains(share));
        if share.is_none() {
            self.mistyped(key, value, "a number from 0 to 1");
        }
        share
    }

    pub(super) fn text(&mut self, key: &str, value: &Value<'_>) -> Option<Located<String>> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.mistyped(key, value, "text in quotes");
        }
        Some(Located { value: text?.to_owned(), at: self.spot(value) })
    }

    /// Text that is shown only.
    pub(super) fn said(&mut self, key: &str, value: &Value<'_>) -> Option<String> {
        self.text(key, value).map(|text| text.value)
    }

    /// A list of texts; one text counts as a list of one.
    pub(super) fn texts(&mut self, key: &str, value: &Value<'_>) -> Option<Vec<Located<String>>> {
        match value.get_ref() {
            DeValue::String(_) => self.text(key, value).map(|text| vec![text]),
            DeValue::Array(items) => items.iter().map(|item| self.text(key, item)).collect(),
            _ => {
                self.mistyped(key, value, "a list of texts in brackets");
                None
            }
        }
    }

    /// One of `known`.
    pub(super) fn one_of(
        &mut self,
        key: &str,
        value: &Value<'_>,
        known: &[&str],
    ) -> Option<Located<String>> {
        let text = self.text(key, value)?;
        if known.contains(&text.value.as_str()) {
            return Some(text);
        }
        let hint = meant(&text.value, known);
        self.wrong(
            text.at,
            "C2T-E113",
            format!("`{key}` cannot be `{}`", excerpt(&text.value)),
            hint,
        );
        None
    }

    /// One of the words of a closed set, of which only `allowed` may stand here.
    pub(super) fn word<T: ValueEnum>(
        &mut self,
        key: &str,
        value: &Value<'_>,
        allowed: &[T],
    ) -> Option<Located<T>> {
        let words: Vec<_> = allowed.iter().map(word).collect();
        let known: Vec<_> = words.iter().map(String::as_str).collect();
        let Located { value, at } = self.one_of(key, value, &known)?;
        T::from_str(&value, false).ok().map(|value| Located { value, at })
    }

    /// A table of texts.
    pub(super) fn pairs(&mut self, key: &str, value: &Value<'_>) -> Option<Table<Located<String>>> {
        let mut pairs = Table::default();
        for (name, value) in self.table(key, value)? {
            let text = self.text(name.get_ref(), value);
            pairs.extend(text.map(|text| (name.get_ref().to_string(), text)));
        }
        Some(pairs)
    }

    pub(super) fn table<'v, 'd>(
        &mut self,
        key: &str,
        value: &'v Value<'d>,
    ) -> Option<&'v DeTable<'d>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.mistyped(
                key,
                value,
                &format!("a table, under a heading in brackets with `{key}`"),
            );
        }
        table
    }

    /// Each `[[key]]` with its value, which has the place.
    pub(super) fn tables<'v, 'd>(
        &mut self,
        key: &str,
        value: &'v Value<'d>,
    ) -> Vec<(&'v Value<'d>, &'v DeTable<'d>)> {
        let Some(items) = value.get_ref().as_array() else {
            self.mistyped(key, value, &format!("entries, each under its own [[{key}]]"));
            return Vec::new();
        };
        let tables = items.iter().map(|item| Some((item, self.table(key, item)?)));
        tables.collect::<Vec<_>>().into_iter().flatten().collect()
    }
}

/// "did you mean", or the few words there are.
pub(super) fn meant(word: &str, known: &[&str]) -> String {
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    }
}

/// A sort of values in a user's words.
fn sort(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "this number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
