//! Findings and where they are collected: the first of each rule and file with their place, the rest
//! counted. It must not judge anything.

use super::rules::Rule;
use serde::Serialize;
use std::collections::BTreeMap;

/// Findings of one rule and file that are kept with their place; the others are counted.
pub const KEPT: u64 = 200;
/// Longest excerpt of a cell, in characters.
const EXCERPT: usize = 60;

/// One thing Twenty would refuse or take for something else, or that breaks the bundle's contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// Path inside the bundle, with `/`.
    pub file: String,
    /// Data row, 1 for the first below the header; 0 for the header or the file as a whole.
    pub row: u64,
    /// Line of the file where the row begins, from 1; 0 where no line is meant.
    pub line: u64,
    /// Header of the column; an object, field or folder for the manifest; empty for the row or the file.
    pub column: String,
    /// Start of the cell.
    pub value: String,
    /// What exactly, where the rule's own words do not say it all.
    pub detail: String,
    /// Number of the column from 0, for the order and for looking the cell up.
    pub(super) at: usize,
    /// The cell is to be looked up: only its hash was at hand.
    pub(super) look_up: bool,
}

/// A finding as programs read it.
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Finding")]
pub(super) struct Shown<'a> {
    /// `C2T-K…`.
    code: &'a str,
    /// The rule's name.
    rule: &'a str,
    /// What Twenty would do.
    #[schemars(with = "super::rules::Effect")]
    effect: &'a str,
    /// Path inside the bundle, with `/`.
    file: &'a str,
    /// Data row, 1 for the first below the header; 0 for the header or the file as a whole.
    row: u64,
    /// Line of the file where the row begins, from 1; 0 where no line is meant.
    line: u64,
    /// Header of the column; an object, field or folder for the manifest; empty for the row or the file.
    column: &'a str,
    /// Start of the cell.
    value: &'a str,
    /// Why.
    why: &'a str,
    /// What exactly, where the rule's own words do not say it all.
    detail: &'a str,
    /// What to do.
    fix: &'a str,
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self { rule, file, row, line, column, value, detail, .. } = self;
        Shown {
            code: rule.code,
            rule: rule.name,
            effect: rule.effect.word(),
            file,
            row: *row,
            line: *line,
            column,
            value,
            why: rule.why,
            detail,
            fix: rule.fix,
        }
        .serialize(out)
    }
}

/// Where in a file: row, line, and the column with its header.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spot<'a> {
    pub row: u64,
    pub line: u64,
    pub at: usize,
    pub column: &'a str,
}

/// Collects the findings of one file.
#[derive(Debug, Default)]
pub(super) struct Log {
    file: String,
    /// In the order they were made.
    pub kept: Vec<Finding>,
    /// How often each rule is broken in this file.
    pub counts: BTreeMap<&'static str, (u64, &'static Rule)>,
}

impl Log {
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// Adds a finding; true if it is kept with its place.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        spot: Spot<'_>,
        value: &str,
        detail: String,
    ) -> bool {
        let count = self.counts.entry(rule.code).or_insert((0, rule));
        count.0 += 1;
        if count.0 > KEPT {
            return false;
        }
        self.kept.push(Finding {
            rule,
            file: self.file.clone(),
            row: spot.row,
            line: spot.line,
            column: spot.column.to_owned(),
            value: excerpt(value),
            detail,
            at: spot.at,
            look_up: false,
        });
        true
    }

    /// A finding about the file as a whole.
    pub fn whole(&mut self, rule: &'static Rule, detail: impl Into<String>) {
        self.add(rule, Spot::default(), "", detail.into());
    }

    /// A finding about something the manifest names.
    pub fn about(&mut self, rule: &'static Rule, what: &str, detail: impl Into<String>) {
        self.add(rule, Spot { column: what, ..Spot::default() }, "", detail.into());
    }

    /// A finding about a cell of which only the hash is known; its text is looked up later.
    pub fn unread(&mut self, rule: &'static Rule, spot: Spot<'_>, detail: String) {
        if self.add(rule, spot, "", detail)
            && let Some(last) = self.kept.last_mut()
        {
            last.look_up = true;
        }
    }

    /// How often all rules are broken.
    pub fn total(&self) -> u64 {
        self.counts.values().map(|(count, _)| count).sum()
    }
}

/// The first characters of a cell, on one line, with what cannot be seen made visible.
pub(super) fn excerpt(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    for c in chars.by_ref().take(EXCERPT) {
        match c {
            '\u{200D}' => out.push_str("\\u{200d}"),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    if chars.next().is_some() {
        out.push('…');
    }
    out
}
