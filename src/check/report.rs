//! What a check found, in a fixed order: findings by step, file, row, column and code, and totals that count
//! all of them. It prints nothing.

use super::cross::{Sheet, Unchecked};
use super::finding::{Finding, Log};
use super::rules::{self, Rule};
use serde::Serialize;
use std::collections::BTreeMap;

/// The result of a check.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Checked {
    /// A manifest said what the files are; else it was guessed.
    pub manifest: bool,
    /// The files that were checked, in the order of import.
    pub files: Vec<FileLine>,
    /// All findings.
    pub found: u64,
    /// How often each rule is broken, by code.
    pub totals: Vec<Total>,
    /// The findings with their places: the first 200 of each rule and file.
    #[schemars(with = "Vec<super::finding::Shown<'static>>")]
    pub findings: Vec<Finding>,
    /// What the check could not know.
    pub notes: Vec<String>,
}

/// A file that was checked.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FileLine {
    /// Path inside the bundle.
    pub path: String,
    /// API name of its object.
    pub object: String,
    /// Data rows that become records.
    pub rows: u64,
    /// Findings.
    pub findings: u64,
}

/// How often a rule is broken.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Total {
    /// `C2T-K…`.
    pub code: &'static str,
    /// The rule's name.
    pub rule: &'static str,
    /// What Twenty would do.
    #[schemars(with = "super::rules::Effect")]
    pub effect: &'static str,
    /// How often.
    pub count: u64,
    /// How many of them are listed.
    pub listed: u64,
    /// Why.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Checked {
    /// There is a manifest, but nobody can read it.
    pub fn is_damaged(&self) -> bool {
        self.totals.iter().any(|total| total.code == rules::MANIFEST_SHAPE.code)
    }

    pub(super) fn new(
        manifest: bool,
        log: Log,
        sheets: Vec<Sheet<'_>>,
        strays: Vec<Log>,
        notes: Vec<String>,
    ) -> Self {
        let files = sheets.iter().map(|sheet| FileLine {
            path: sheet.job.path.clone(),
            object: sheet.job.object.clone(),
            rows: sheet.table.as_ref().map_or(0, |table| table.rows),
            findings: sheet.log.total(),
        });
        let files = files.collect();
        let logs =
            std::iter::once(log).chain(sheets.into_iter().map(|sheet| sheet.log)).chain(strays);
        let mut counts: BTreeMap<&'static str, (u64, u64, &'static Rule)> = BTreeMap::new();
        let mut findings = Vec::new();
        for mut log in logs {
            for (code, (count, rule)) in &log.counts {
                counts.entry(code).or_insert((0, 0, rule)).0 += count;
            }
            // Within a file; the files themselves are in order.
            log.kept.sort_by(|a, b| {
                (a.row, a.line, a.at, a.rule.code).cmp(&(b.row, b.line, b.at, b.rule.code))
            });
            findings.append(&mut log.kept);
        }
        for finding in &findings {
            if let Some((_, listed, _)) = counts.get_mut(finding.rule.code) {
                *listed += 1;
            }
        }
        let total =
            |(code, (count, listed, rule)): (&'static str, (u64, u64, &'static Rule))| Total {
                code,
                rule: rule.name,
                effect: rule.effect.word(),
                count,
                listed,
                why: rule.why,
                fix: rule.fix,
            };
        let totals: Vec<Total> = counts.into_iter().map(total).collect();
        let found = totals.iter().map(|total| total.count).sum();
        Self { manifest, files, found, totals, findings, notes }
    }
}

/// What could not be checked for want of something, for a person.
pub(super) fn notes(unchecked: &Unchecked, sheets: &[Sheet<'_>]) -> Vec<String> {
    let mut notes: Vec<String> = unchecked
        .iter()
        .map(|((object, target), count)| {
            format!("references of {object} to {target} were not looked up ({count}): no file of {target} is here")
        })
        .collect();
    let members: u64 = sheets
        .iter()
        .filter_map(|sheet| sheet.table.as_ref())
        .map(|table| table.unknown_members)
        .sum();
    if members > 0 {
        notes.push(format!(
            "references to members were not looked up ({members}): --workspace tells who they are"
        ));
    }
    notes
}
