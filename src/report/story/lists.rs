//! What the reports say of a record: merges, what represents a lead, files, rejects, owners. It must not read a
//! report the bundle does not have.

use super::rows::each;
use super::{File, Lead, Merge, SetAside, Story, TOLD};
use crate::bundle::Bundle;
use crate::error::Result;
use std::collections::BTreeMap;

/// A line of a report by column.
pub(super) struct Line<'l> {
    header: &'l csv::ByteRecord,
    row: &'l csv::ByteRecord,
}

impl Line<'_> {
    fn is(&self, column: &str, id: &str) -> bool {
        self.raw(column) == id.as_bytes()
    }

    fn raw(&self, column: &str) -> &[u8] {
        let at = self.header.iter().position(|one| one == column.as_bytes());
        at.and_then(|at| self.row.get(at)).unwrap_or_default()
    }

    pub fn cell(&self, column: &str) -> String {
        String::from_utf8_lossy(self.raw(column)).into_owned()
    }

    /// The ids in a cell that lists them.
    fn lists(&self, column: &str, id: &str) -> bool {
        self.cell(column).split([' ', ',', ';']).any(|one| one == id)
    }
}

/// Hands each line of a report to `look`; a report the bundle does not have has none.
pub(super) fn lines(bundle: &Bundle, path: &str, mut look: impl FnMut(&Line<'_>)) -> Result<()> {
    if bundle.size(path).is_none() {
        return Ok(());
    }
    each(bundle, path, |_, header, row| look(&Line { header, row }))
}

/// Reads the reports that name records.
pub(super) fn read(bundle: &Bundle, story: &mut Story) -> Result<()> {
    let id = story.id.clone();
    lines(bundle, "reports/leads.csv", |line| {
        if line.is("lead", &id) {
            story.lead = Some(Lead {
                represented_by: line.cell("represented_by"),
                close_id: line.cell("close_id"),
                evidence: line.cell("evidence"),
                company: line.cell("company"),
                company_evidence: line.cell("company_evidence"),
            });
        }
    })?;
    lines(bundle, "reports/merges.csv", |line| {
        let named = line.is("survivor", &id) || line.is("merged", &id);
        if named && story.merges.len() < TOLD {
            story.merges.push(Merge {
                object: line.cell("object"),
                survivor: line.cell("survivor"),
                merged: line.cell("merged"),
                reason: line.cell("reason"),
                decision: line.cell("decision"),
            });
        }
    })?;
    lines(bundle, "reports/rejects.csv", |line| {
        if line.is("close_id", &id) && story.set_aside.len() < TOLD {
            story.set_aside.push(SetAside {
                code: line.cell("code"),
                path: line.cell("path"),
                why: line.cell("why"),
                fix: line.cell("fix"),
                value: line.cell("value"),
                source: line.cell("source"),
                offset: line.cell("offset"),
            });
        }
    })?;
    lines(bundle, "files.csv", |line| {
        let shown = ["task", "note", "person", "company", "opportunity", "object_id", "owner"];
        let shows = shown.iter().any(|column| line.is(column, &id)) || line.lists("refers", &id);
        if shows && story.files.len() < TOLD {
            let cell = |column| line.cell(column);
            let (name, status, path) = (cell("name"), cell("status"), cell("path"));
            story.files.push(File { name, status, path, code: cell("code"), why: cell("why") });
        }
    })?;
    lines(bundle, "reports/owners.csv", |line| {
        if line.is("close_id", &id) {
            let cells = line.header.iter().zip(line.row.iter());
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let owner: BTreeMap<_, _> = cells.map(|(a, b)| (text(a), text(b))).collect();
            story.owner = Some(owner);
        }
    })
}
