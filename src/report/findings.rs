//! The result of `check` as text: findings file by file, then a line for each rule. It must not leave a
//! finding uncounted.

use super::table::{number, plural};
use crate::check::{Checked, Finding, Total};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Findings of one rule and file that are shown; `--format json` has more.
const SHOWN: u64 = 20;
/// Longest header shown, in characters.
const COLUMN: usize = 60;

/// See the module's head.
#[derive(Debug)]
pub struct Findings<'a> {
    checked: &'a Checked,
}

impl<'a> Findings<'a> {
    /// The result of a check.
    pub const fn new(checked: &'a Checked) -> Self {
        Self { checked }
    }

    /// The report.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let findings = &self.checked.findings;
        for file in findings.chunk_by(|a, b| a.file == b.file) {
            Self::file(file, &mut out);
        }
        if !self.checked.totals.is_empty() {
            summary(&self.checked.totals, &mut out);
        }
        let files = self.checked.files.len();
        let rows: u64 = self.checked.files.iter().map(|file| file.rows).sum();
        let (files, rows) = (counted(files as u64, "file"), counted(rows, "row"));
        let _ = match self.checked.found {
            0 => writeln!(out, "Nothing found in {files} with {rows}."),
            found => writeln!(out, "{} in {files} with {rows}.", counted(found, "finding")),
        };
        out
    }

    fn file(findings: &[Finding], out: &mut String) {
        let Some(first) = findings.first() else { return };
        let _ = writeln!(out, "{}", plain(&first.file));
        let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
        let mut lines = Vec::new();
        for finding in findings {
            let count = shown.entry(finding.rule.code).or_default();
            *count += 1;
            if *count <= SHOWN {
                lines.push(finding);
            }
        }
        let width = |text: fn(&Finding) -> String| {
            lines.iter().map(|finding| text(finding).chars().count()).max().unwrap_or_default()
        };
        let (rows, places, columns) = (width(row), width(line), width(column));
        for finding in &lines {
            let column = column(finding);
            let pad = " ".repeat(columns - column.chars().count());
            let _ = writeln!(
                out,
                "  {:>rows$}  {:>places$}  {column}{pad}  {}  {}",
                row(finding),
                line(finding),
                finding.rule.code,
                what(finding)
            );
        }
        for (code, count) in shown.iter().filter(|(_, count)| **count > SHOWN) {
            let _ = writeln!(
                out,
                "  … and {} more of {code} listed by --format json",
                number(count - SHOWN)
            );
        }
        out.push('\n');
    }
}

/// `row 3`, or nothing for the header and the file as a whole.
fn row(finding: &Finding) -> String {
    if finding.row == 0 { String::new() } else { format!("row {}", finding.row) }
}

fn line(finding: &Finding) -> String {
    if finding.line == 0 { String::new() } else { format!("line {}", finding.line) }
}

/// The header, short enough for a table.
fn column(finding: &Finding) -> String {
    let mut out: String = finding.column.chars().take(COLUMN).collect();
    if out.len() < finding.column.len() {
        out.push('…');
    }
    plain(&out)
}

/// A name from a file, which may hold anything, without what a terminal would obey.
fn plain(name: &str) -> String {
    name.replace(char::is_control, "\u{FFFD}")
}

/// The rule's name, the cell, and what exactly.
fn what(finding: &Finding) -> String {
    let mut out = finding.rule.name.to_owned();
    // A header stands in its own column of the table.
    if !finding.value.is_empty() && finding.value != finding.column {
        let _ = write!(out, " \"{}\"", finding.value);
    }
    if !finding.detail.is_empty() {
        let _ = write!(out, ": {}", finding.detail);
    }
    out
}

/// A line for each rule that is broken: how often, what Twenty would do, why, and what to do.
fn summary(totals: &[Total], out: &mut String) {
    let width = totals.iter().map(|total| number(total.count).len()).max().unwrap_or_default();
    for total in totals {
        let Total { code, rule, effect, why, fix, .. } = total;
        let _ = writeln!(out, "{code}  {:>width$} × {rule}: {effect}; {why}", number(total.count));
        let _ = writeln!(out, "          {:width$}   fix: {fix}", "");
    }
    out.push('\n');
}

fn counted(n: u64, what: &str) -> String {
    plural(n, what, &format!("{what}s"))
}
