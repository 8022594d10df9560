//! What `plan` says when it is done: how much of the map is certain, and what a person should look at.
//! It must not decide anything.

use super::table::number;
use crate::mapping::file::{Changes, FieldEntry, MapFile};
use crate::survey::Map;
use serde::Serialize;
use std::fmt::Write as _;

/// See the module's head.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Proposal {
    /// A person has confirmed the map for this export.
    pub confirmed: bool,
    /// What the export is known by.
    pub fingerprint: String,
    /// Entries by sort: custom types, stages, custom fields, built-in fields.
    pub entries: Map<&'static str, u64>,
    /// Fields that go to an existing field, to a new one, to the archive.
    pub fields: Map<&'static str, u64>,
    /// What a person should look at.
    pub doubtful: Vec<Doubt>,
    /// What was not in the map before.
    pub new: Vec<String>,
    /// What is not in this export.
    pub gone: Vec<String>,
    /// New options of fields that were there: the field and the value.
    pub new_options: Vec<(String, String)>,
}

/// An entry to be looked at.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Doubt {
    /// Close's field.
    pub close: String,
    /// Close's name.
    pub name: String,
    /// Where it goes.
    pub to: Vec<String>,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// What speaks for it.
    pub why: String,
}

/// Doubts shown in the closing table.
const SHOWN: usize = 20;

impl Proposal {
    /// Looks at a map.
    pub fn new(map: &MapFile, changes: &Changes) -> Self {
        let mut entries: Map<&'static str, u64> = Map::default();
        let mut fields: Map<&'static str, u64> = Map::default();
        entries.insert("custom types", map.types.len() as u64);
        entries.insert("stages", map.stages.len() as u64);
        for field in map.fields.iter().filter(|field| !field.marks.gone) {
            let sort = if field.label.is_some() { "custom fields" } else { "built-in fields" };
            *entries.entry(sort).or_default() += 1;
            let dropped = field.to.as_ref().is_some_and(Vec::is_empty);
            let what = if dropped { "to the archive" } else { "to a field" };
            *fields.entry(what).or_default() += 1;
        }
        let doubtful = map.fields.iter().filter(|field| field.marks.doubtful && !field.marks.gone);
        Self {
            confirmed: map.confirmed,
            fingerprint: map.fingerprint.as_ref().map(|it| it.value.clone()).unwrap_or_default(),
            entries,
            fields,
            doubtful: doubtful.map(doubt).collect(),
            new: changes.new.clone(),
            gone: changes.gone.clone(),
            new_options: changes.new_options.clone(),
        }
    }

    /// The same for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (what, n) in self.entries.iter().chain(&self.fields) {
            let _ = writeln!(out, "{:>9}  {what}", number(*n));
        }
        self.changes(&mut out);
        if self.doubtful.is_empty() {
            out.push_str("\nNothing is doubtful.\n");
            return out;
        }
        let _ = writeln!(out, "\nTo be looked at ({})", self.doubtful.len());
        for doubt in self.doubtful.iter().take(SHOWN) {
            let to = if doubt.to.is_empty() { "archive".to_owned() } else { doubt.to.join(", ") };
            let sure = doubt.confidence * 100.0;
            let _ = writeln!(out, "  {sure:>3.0} %  {} → {to}", doubt.name);
            let _ = writeln!(out, "         {}", doubt.close);
            let _ = writeln!(out, "         {}", doubt.why);
        }
        if self.doubtful.len() > SHOWN {
            let _ = writeln!(out, "… and {} more in the file", self.doubtful.len() - SHOWN);
        }
        out
    }

    fn changes(&self, out: &mut String) {
        for (what, list) in [("New in this export", &self.new), ("Not in this export", &self.gone)]
        {
            if !list.is_empty() {
                let _ = writeln!(out, "\n{what} ({})", list.len());
                list.iter().take(SHOWN).for_each(|close| {
                    let _ = writeln!(out, "  {close}");
                });
            }
        }
        if !self.new_options.is_empty() {
            let _ = writeln!(out, "\nNew options ({})", self.new_options.len());
            self.new_options.iter().take(SHOWN).for_each(|(close, value)| {
                let _ = writeln!(out, "  {close}: {value}");
            });
        }
    }
}

fn doubt(field: &FieldEntry) -> Doubt {
    Doubt {
        close: field.close.value.clone(),
        name: field.name.clone().unwrap_or_default(),
        to: field.to.iter().flatten().map(|to| to.value.clone()).collect(),
        confidence: field.confidence.unwrap_or_default(),
        why: field.why.clone().unwrap_or_default(),
    }
}
