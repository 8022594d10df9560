//! Options of SELECT and `MULTI_SELECT` fields (`twenty-api.md §4.3`, `twenty-importer.md §3`).
//! Must not reach into data: it is told each label once and hands out an option for it.
//!
//! Twenty matches a select cell by value *or* label, exactly. So that a cell has one meaning only,
//! a value never equals the label of another option, and no two options share a value or a label.

use super::text::{head, utf16_len};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::fmt::Write as _;

/// Longest value and label, in characters as JavaScript counts them.
const LONGEST: usize = 63;

/// The tag colours every version of Twenty knows, in the order they are dealt.
pub const COLORS: [&str; 10] =
    ["green", "turquoise", "sky", "blue", "purple", "pink", "red", "orange", "yellow", "gray"];

type Map<V> = HashMap<String, V, FixedState>;

/// One option as Twenty wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectOption {
    /// `^(?!.*__)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`, at most 63 characters.
    pub value: String,
    /// At most 63 characters, no comma, not empty.
    pub label: String,
    /// One of [`COLORS`], or `""` for an existing option, whose colour stays.
    pub color: &'static str,
}

/// The options of one field, in the order they came. The same labels in the same order always give
/// the same options.
#[derive(Clone, Debug, Default)]
pub struct Options {
    list: Vec<SelectOption>,
    /// Raw label → option.
    by_raw: Map<usize>,
    /// Value → option.
    by_value: Map<usize>,
    /// Label as written → option.
    by_label: Map<usize>,
    /// Label in lower case → option: people and later runs take `new` for `New`.
    by_folded: Map<usize>,
    /// Label in lower case → *existing* option.
    existing_labels: Map<usize>,
    /// Stem of a value or label → the last number tried, so that many alike labels stay cheap.
    counters: Map<u32>,
    existing: usize,
}

impl Options {
    /// No options yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes an option the workspace already has. Call it before the first [`Self::add`]; of two
    /// existing options with one value only the first is kept.
    pub fn preload(&mut self, value: &str, label: &str) {
        if self.by_value.contains_key(value) {
            return;
        }
        let index = self.list.len();
        self.by_value.insert(value.to_owned(), index);
        self.by_label.entry(label.to_owned()).or_insert(index);
        self.by_folded.entry(label.trim().to_lowercase()).or_insert(index);
        self.existing_labels.entry(label.trim().to_lowercase()).or_insert(index);
        let option = SelectOption { value: value.to_owned(), label: label.to_owned(), color: "" };
        self.list.push(option);
        self.existing = self.list.len();
    }

    /// The raw labels in the order they were added, each with its option.
    pub fn raws(&self) -> Vec<(&str, &SelectOption)> {
        let mut raws: Vec<(&str, usize)> =
            self.by_raw.iter().map(|(raw, index)| (raw.as_str(), *index)).collect();
        raws.sort_by_key(|(raw, index)| (*index, *raw));
        raws.into_iter().filter_map(|(raw, index)| Some((raw, self.get(index)?))).collect()
    }

    /// The same raw labels, with options that exist already used again: by the label the option has
    /// here, which an earlier run made, or by the raw label.
    #[must_use]
    pub fn with_existing<'o>(&self, existing: impl Iterator<Item = (&'o str, &'o str)>) -> Self {
        let mut other = Self::new();
        existing.for_each(|(value, label)| other.preload(value, label));
        let raws = self.raws();
        for (raw, option) in &raws {
            let known = other.reusable(&option.label).or_else(|| other.reusable(raw));
            let index = known.unwrap_or_else(|| other.add(&option.label));
            other.by_raw.insert((*raw).to_owned(), index);
        }
        // The labels are no values of Close unless they were before.
        other.by_raw.retain(|known, _| raws.iter().any(|(raw, _)| raw == known));
        other
    }

    /// The options some raw label has, in their order.
    pub fn used(&self) -> impl Iterator<Item = &SelectOption> {
        let used: hashbrown::HashSet<usize, FixedState> = self.by_raw.values().copied().collect();
        let list = self.list.iter().enumerate();
        list.filter(move |(at, _)| used.contains(at)).map(|(_, option)| option)
    }

    /// The same options under other labels: `label` answers what a raw label shall be called. Raw
    /// labels that are called the same share an option.
    #[must_use]
    pub fn renamed<'l>(&self, label: &dyn Fn(&str) -> Option<&'l str>) -> Self {
        let mut other = Self::new();
        for option in self.list.iter().take(self.existing) {
            other.preload(&option.value, &option.label);
        }
        let raws = self.raws();
        for (raw, option) in &raws {
            let index = other.add(label(raw).unwrap_or(&option.label));
            other.by_raw.insert((*raw).to_owned(), index);
        }
        // The new labels are no values of Close unless they were before.
        other.by_raw.retain(|known, _| raws.iter().any(|(raw, _)| raw == known));
        other
    }

    /// The options of several fields that share one of Twenty's: each with its own raw labels, all with
    /// the same options. `existing` is what Twenty's field has, value and label.
    #[must_use]
    pub fn shared<'o>(
        existing: impl Iterator<Item = (&'o str, &'o str)>,
        fields: &[&Self],
    ) -> Vec<Self> {
        let mut joint = Self::new();
        existing.for_each(|(value, label)| joint.preload(value, label));
        let mut raws = Vec::new();
        for field in fields {
            let own = field.raws().into_iter();
            let own = own.map(|(raw, option)| (raw.to_owned(), joint.add(&option.label)));
            raws.push(own.collect::<Map<usize>>());
        }
        raws.into_iter().map(|by_raw| Self { by_raw, ..joint.clone() }).collect()
    }

    /// The option for a raw label, made on first sight; its index in [`Self::as_slice`].
    ///
    /// Raw labels are compared as they are, with one exception: an existing option is used again
    /// when its label is the same in another case, or its value is the raw label.
    pub fn add(&mut self, raw: &str) -> usize {
        if let Some(&known) = self.by_raw.get(raw) {
            return known;
        }
        let index = match self.reusable(raw) {
            Some(existing) => existing,
            None => self.make(raw),
        };
        self.by_raw.insert(raw.to_owned(), index);
        index
    }

    /// The value to write for a raw label that was added before. No allocation.
    #[must_use]
    pub fn value(&self, raw: &str) -> Option<&str> {
        self.by_raw.get(raw).and_then(|&index| self.get(index)).map(|o| o.value.as_str())
    }

    /// The option at an index handed out by [`Self::add`].
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&SelectOption> {
        self.list.get(index)
    }

    /// All options: existing ones first, then new ones in the order they were added.
    #[must_use]
    pub fn as_slice(&self) -> &[SelectOption] {
        &self.list
    }

    /// How many of them existed before.
    #[must_use]
    pub fn existing(&self) -> usize {
        self.existing
    }

    /// The options that were added and did not exist.
    #[must_use]
    pub fn added(&self) -> &[SelectOption] {
        self.list.get(self.existing..).unwrap_or_default()
    }

    fn reusable(&self, raw: &str) -> Option<usize> {
        let is_existing = |index: &&usize| **index < self.existing;
        let exact = self.by_label.get(raw).or_else(|| self.by_value.get(raw)).filter(is_existing);
        if let Some(&index) = exact {
            return Some(index);
        }
        if self.existing_labels.is_empty() {
            return None;
        }
        // The cleaned form as well: an earlier run may have created the option from this label.
        self.existing_labels
            .get(&raw.trim().to_lowercase())
            .or_else(|| self.existing_labels.get(&clean_label(raw).to_lowercase()))
            .copied()
    }

    fn make(&mut self, raw: &str) -> usize {
        let index = self.list.len();
        let label = self.free(&clean_label(raw), numbered_label);
        self.by_label.insert(label.clone(), index);
        self.by_folded.insert(label.to_lowercase(), index);
        let value = self.free(&clean_value(&label), numbered_value);
        self.by_value.insert(value.clone(), index);
        let dealt = index - self.existing;
        let color = COLORS.get(dealt % COLORS.len()).copied().unwrap_or("gray");
        self.list.push(SelectOption { value, label, color });
        index
    }

    /// `stem`, or the first numbered form of it, that is no option's label or value yet. The label
    /// of the option being made may be its own value.
    fn free(&mut self, stem: &str, numbered: fn(&str, u32) -> String) -> String {
        let own = self.list.len();
        let taken = |text: &str| {
            let folded = self.by_folded.get(&text.to_lowercase());
            [folded, self.by_value.get(text)].into_iter().flatten().any(|&i| i != own)
        };
        if !taken(stem) {
            return stem.to_owned();
        }
        // Long stems that differ only in what a number would cut off share their numbers.
        let family = head(stem, LONGEST - "_4294967295 ()".len());
        let mut number = self.counters.get(family).copied().unwrap_or(1);
        loop {
            // There are fewer options than numbers, so this ends; the counter makes it end soon.
            number = number.saturating_add(1);
            let candidate = numbered(stem, number);
            if !taken(&candidate) || number == u32::MAX {
                self.counters.insert(family.to_owned(), number);
                return candidate;
            }
        }
    }
}

/// A label Twenty takes: no comma, single blanks, no control characters, at most 63 characters.
fn clean_label(raw: &str) -> String {
    let mut label = String::with_capacity(raw.len().min(LONGEST * 4));
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            // `1,000` closes up, `a, b` keeps its blank, `a,b` gets one.
            ',' if chars.peek().is_some_and(char::is_ascii_digit)
                && label.ends_with(|p: char| p.is_ascii_digit()) =>
            {
                continue;
            }
            c if c == ',' || c.is_whitespace() || c.is_control() => ' ',
            c => c,
        };
        if c != ' ' || !(label.is_empty() || label.ends_with(' ')) {
            label.push(c);
        }
        // Enough for the cut below, whatever the length of the text.
        if label.len() > LONGEST * 4 {
            break;
        }
    }
    let label = head(label.trim(), LONGEST).trim_end();
    if label.is_empty() { "Unnamed".to_owned() } else { label.to_owned() }
}

/// `Qualified?` → `QUALIFIED`, `2024` → `N_2024`, `Größe` → `GROSSE`.
fn clean_value(label: &str) -> String {
    let mut value = String::with_capacity(label.len());
    for c in deunicode::deunicode(label).chars() {
        if c.is_ascii_alphanumeric() {
            value.push(c.to_ascii_uppercase());
        } else if !(value.is_empty() || value.ends_with('_')) {
            value.push('_');
        }
    }
    if value.starts_with(|c: char| c.is_ascii_digit()) {
        value.insert_str(0, "N_");
    }
    value.truncate(LONGEST);
    value.truncate(value.trim_end_matches('_').len());
    if value.is_empty() { "OPTION".to_owned() } else { value }
}

fn numbered_value(stem: &str, number: u32) -> String {
    with_tail(stem, &format!("_{number}"), |head| head.trim_end_matches('_'))
}

fn numbered_label(stem: &str, number: u32) -> String {
    with_tail(stem, &format!(" ({number})"), str::trim_end)
}

fn with_tail(stem: &str, tail: &str, tidy: fn(&str) -> &str) -> String {
    let mut out = tidy(head(stem, LONGEST - utf16_len(tail))).to_owned();
    let _ = write!(out, "{tail}");
    out
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
