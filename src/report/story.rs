//! One record's story, told from a bundle alone: what became of it, its rows and what fills each cell, whom it was
//! merged with and why, its links both ways, its files, what of it is in the archive, what was set aside. Every file is
//! read once, line by line: memory grows with the story, never with the bundle. It must not judge.

mod archive;
mod lists;
mod rows;
mod rules;
mod text;

use crate::bundle::Bundle;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use crate::event::excerpt;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// Lines of one kind that are told; the others are counted.
const TOLD: usize = 20;

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Story {
    /// The Close id.
    pub id: String,
    /// What became of it, in one sentence.
    pub fate: String,
    /// Its rows, in the order of import.
    pub rows: Vec<Row>,
    /// What represents it, when it is a lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Lead>,
    /// Merges it is part of.
    pub merges: Vec<Merge>,
    /// What names it: rows of other records.
    pub named_by: Vec<Naming>,
    /// Files that belong to it, and what became of them.
    pub files: Vec<File>,
    /// What of it is in the archive.
    pub archived: Vec<Archived>,
    /// Records in the archive that stood in it, by file.
    pub archived_below: BTreeMap<String, u64>,
    /// Values set aside, and remarks.
    pub set_aside: Vec<SetAside>,
    /// What it owns, when it is a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<BTreeMap<String, String>>,
    /// Steps whose older rows have it, in a bundle of changes that has no row of it.
    pub unchanged_in: Vec<String>,
    /// Where it stands in the export, when that was looked at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_export: Vec<Origin>,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// API name of the object.
    pub object: String,
    /// The file, inside the bundle.
    pub file: String,
    /// Number of the row, the one below the header is 1.
    pub row: u64,
    /// A second pass, which adds links to a row of an earlier step.
    pub second_pass: bool,
    /// The cells that are not empty.
    pub cells: Vec<Cell>,
}

/// A cell, and what fills it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cell {
    /// The column.
    pub header: String,
    /// API name of the field.
    pub field: String,
    /// What it holds.
    pub value: String,
    /// It is the Close id of another record.
    pub link: bool,
    /// Paths of Close that fill the field, each with its rule.
    pub from: Vec<String>,
    /// Why the field was made, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What represents a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lead {
    /// `person`, `company`, `merged into lead`.
    pub represented_by: String,
    /// The record's Close id.
    pub close_id: String,
    /// Why.
    pub evidence: String,
    /// Close id of its company; empty without one.
    pub company: String,
    /// Why it has that company, or none.
    pub company_evidence: String,
}

/// A merge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Merge {
    /// What was merged: `company`, `person`, `lead`.
    pub object: String,
    /// Close id that stands.
    pub survivor: String,
    /// Close id that was merged into it.
    pub merged: String,
    /// Why.
    pub reason: String,
    /// The decision about it.
    pub decision: String,
}

/// Rows of others that name it in one column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Naming {
    /// API name of their object.
    pub object: String,
    /// The column.
    pub header: String,
    /// How many.
    pub count: u64,
    /// The first of them.
    pub close_ids: Vec<String>,
}

/// A file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct File {
    /// Its name in Close.
    pub name: String,
    /// `attached`, `missing`, `rejected`.
    pub status: String,
    /// Where it is in the bundle; empty when it is not.
    pub path: String,
    /// Codes of the reason or of flags.
    pub code: String,
    /// The reason in words.
    pub why: String,
}

/// A line of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Archived {
    /// The file, inside the bundle.
    pub file: String,
    /// Number of the line, from 1.
    pub line: u64,
    /// Why.
    pub why: String,
    /// The record whole; else only the values below.
    pub whole: bool,
    /// The values by their place in the record (RFC 6901), each cut to one line.
    pub values: BTreeMap<String, String>,
}

/// A line of the rejects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetAside {
    /// The code.
    pub code: String,
    /// Where in the record.
    pub path: String,
    /// Why.
    pub why: String,
    /// What to do.
    pub fix: String,
    /// The first characters of the value.
    pub value: String,
    /// File of the export.
    pub source: String,
    /// Byte in the unpacked file.
    pub offset: String,
}

/// Where a record stands in the export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Origin {
    /// The file.
    pub source: String,
    /// Byte in the unpacked file at which the record it stands in begins.
    pub offset: u64,
    /// The record in Close's words, cut when it is long.
    pub record: String,
}

/// Tells the story; `in_export` is what was found in the export, where that was looked at.
///
/// # Errors
/// `C2T-E092` when nothing in the bundle names this id, and when the bundle cannot be read.
pub fn tell(
    bundle: &Bundle,
    manifest: &Manifest,
    id: &str,
    in_export: Vec<Origin>,
) -> Result<Story> {
    let mut story = Story { id: id.to_owned(), in_export, ..Story::default() };
    let ledger = rules::Ledger::read(bundle)?;
    rows::read(bundle, manifest, &ledger, &mut story)?;
    lists::read(bundle, &mut story)?;
    archive::read(bundle, &mut story)?;
    if story.rows.is_empty() && manifest.since.is_some() {
        story.unchanged_in = rows::remembered(bundle, manifest, id)?;
    }
    story.fate = fate(&story);
    if story.is_empty() {
        let near = rows::near(bundle, manifest, id)?;
        let fix = if near.is_empty() {
            "look whether it is another bundle's, and whether the id is whole; --export looks into the export"
                .to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        let what = format!("nothing in the bundle names {}", excerpt(id));
        return Err(Error::failed("C2T-E092", what).at(bundle.place()).fix(fix));
    }
    Ok(story)
}

impl Story {
    fn is_empty(&self) -> bool {
        let Self { rows, lead, merges, named_by, files, archived, archived_below, .. } = self;
        rows.is_empty()
            && lead.is_none()
            && merges.is_empty()
            && named_by.is_empty()
            && files.is_empty()
            && archived.is_empty()
            && archived_below.is_empty()
            && self.set_aside.is_empty()
            && self.owner.is_none()
            && self.unchanged_in.is_empty()
            && self.in_export.is_empty()
    }

    /// The story for people.
    pub fn text(&self) -> String {
        text::text(self)
    }
}

/// What became of it: the strongest of what was found.
fn fate(story: &Story) -> String {
    let mut parts: Vec<String> = Vec::new();
    let first = story.rows.iter().filter(|row| !row.second_pass);
    let objects: Vec<&str> = first.map(|row| row.object.as_str()).collect();
    if !objects.is_empty() {
        parts.push(format!("written as {}", objects.join(" and ")));
    }
    if let Some(lead) = story.lead.as_ref().filter(|lead| lead.close_id != story.id) {
        parts.push(format!("represented by {} {}", lead.represented_by, lead.close_id));
    }
    for merge in story.merges.iter().filter(|merge| merge.merged == story.id) {
        let how = if merge.decision == "keep-apart" { "kept apart from" } else { "merged into" };
        let Merge { object, survivor, reason, .. } = merge;
        // A lead and its company have one id.
        let whose = if object == "company" { "its company " } else { "" };
        parts.push(format!("{whose}{how} {object} {survivor} ({reason})"));
    }
    if let Some(line) = story.archived.iter().find(|line| line.whole).filter(|_| parts.is_empty()) {
        parts.push(format!("kept in the archive, whole: {}", line.why));
    }
    if !story.unchanged_in.is_empty() {
        parts.push("unchanged since the older bundle: it has no row in this one".to_owned());
    }
    if parts.is_empty() {
        let found = match () {
            () if story.owner.is_some() => "a user: users become no records, only owners",
            () if !story.set_aside.is_empty() => "set aside",
            () if !story.named_by.is_empty() => "not in the bundle: other records name it",
            () if story.archived.is_empty() && story.files.is_empty() => "not in the bundle",
            () => "parts of it are in the bundle",
        };
        parts.push(found.to_owned());
    }
    parts.join("; ")
}
