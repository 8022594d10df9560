//! Proposing `mapping.toml` anew without losing what the user decided: decisions stay, information
//! is refreshed, new entries are marked, entries that are gone are kept. It must not judge which
//! decision is better.

use super::model::{
    FieldEntry, Located, MapFile, Marks, StageEntry, Strategies, Table, TypeEntry, word,
};
use crate::mapping::settings::Route;
use clap::ValueEnum;
use hashbrown::HashMap;

/// What a new proposal changed, for the summary; in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// `close` of entries that were not in the file before.
    pub new: Vec<String>,
    /// Decisions of the file that differ from the proposal and stay.
    pub kept_edits: Vec<Edit>,
    /// `close` of entries that are not in this export and stay.
    pub gone: Vec<String>,
    /// Options that were added to a select: `close` of the field and the value.
    pub new_options: Vec<(String, String)>,
}

/// A decision that differs from the proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// `close` of the entry, or the table for strategies and activities.
    pub entry: String,
    /// The key, or key and value of an option.
    pub key: String,
    /// What the file says.
    pub yours: String,
    /// What is proposed now.
    pub proposed: String,
}

/// The proposal with the decisions of `old`, and what changed. It is confirmed when `old` was, was
/// made for the same export, and nothing is new. Decisions taken from `old` keep their places, and
/// the result has the name and text of `old`, so that errors can still point there.
pub fn merge(old: &MapFile, proposal: MapFile) -> (MapFile, Changes) {
    let mut changes = Changes::default();
    let mut merged = MapFile {
        name: old.name.clone(),
        text: old.text.clone(),
        confirmed: false,
        strategies: strategies(&old.strategies, proposal.strategies, &mut changes),
        activities: activities(&old.activities, proposal.activities, &mut changes),
        types: entries(&old.types, proposal.types, &mut changes),
        stages: entries(&old.stages, proposal.stages, &mut changes),
        fields: entries(&old.fields, proposal.fields, &mut changes),
        fingerprint: proposal.fingerprint,
    };
    let same = merged.fingerprint.is_some() && merged.fingerprint == old.fingerprint;
    let nothing_new = changes.new.is_empty() && changes.new_options.is_empty();
    merged.confirmed = old.confirmed && same && nothing_new;
    (merged, changes)
}

/// How a text is told in [`Changes`].
fn text(text: &Located<String>) -> String {
    text.value.clone()
}

fn closed<T: ValueEnum>(value: &Located<T>) -> String {
    word(&value.value)
}

fn list(items: &[Located<String>]) -> String {
    let items: Vec<_> = items.iter().map(|item| item.value.as_str()).collect();
    if items.is_empty() { "archive".to_owned() } else { items.join(", ") }
}

/// Keeps decisions of one entry or table.
struct Keeper<'c> {
    entry: &'c str,
    changes: &'c mut Changes,
}

impl Keeper<'_> {
    /// The old decision where there is one, else the proposed one.
    fn keep<T: Clone + PartialEq>(
        &mut self,
        key: &str,
        old: Option<&T>,
        proposed: Option<T>,
        told: fn(&T) -> String,
    ) -> Option<T> {
        let Some(old) = old else { return proposed };
        if let Some(proposed) = proposed.filter(|proposed| proposed != old) {
            self.changes.kept_edits.push(Edit {
                entry: self.entry.to_owned(),
                key: key.to_owned(),
                yours: told(old),
                proposed: told(&proposed),
            });
        }
        Some(old.clone())
    }

    /// Old options stay in their order; proposed ones that are new follow.
    fn options(
        &mut self,
        old: &Table<Located<String>>,
        new: Table<Located<String>>,
    ) -> Table<Located<String>> {
        let mut kept = old.clone();
        for (value, label) in new {
            if let Some(yours) = old.get(&value) {
                self.keep(&format!("options.{value}"), Some(yours), Some(label), text);
            } else {
                self.changes.new_options.push((self.entry.to_owned(), value.clone()));
                kept.insert(value, label);
            }
        }
        kept
    }
}

fn strategies(old: &Strategies, new: Strategies, changes: &mut Changes) -> Strategies {
    let mut it = Keeper { entry: "strategies", changes };
    Strategies {
        leads: it.keep("leads", old.leads.as_ref(), new.leads, closed),
        companies: it.keep("companies", old.companies.as_ref(), new.companies, closed),
        people: it.keep("people", old.people.as_ref(), new.people, closed),
        opportunity_names: it.keep(
            "opportunity-names",
            old.opportunity_names.as_ref(),
            new.opportunity_names,
            text,
        ),
        quoted_history: it.keep(
            "quoted-history",
            old.quoted_history.as_ref(),
            new.quoted_history,
            closed,
        ),
    }
}

fn activities(
    old: &Table<Located<Route>>,
    new: Table<Located<Route>>,
    changes: &mut Changes,
) -> Table<Located<Route>> {
    let mut it = Keeper { entry: "activities", changes };
    let mut kept = Table::default();
    for (kind, proposed) in new {
        let route = it.keep(&kind, old.get(&kind), Some(proposed), closed);
        kept.extend(route.map(|route| (kind, route)));
    }
    for (kind, route) in old {
        kept.entry(kind.clone()).or_insert_with(|| route.clone());
    }
    kept
}

/// An entry of one of the lists.
trait Entry: Clone {
    fn close(&self) -> &Located<String>;
    fn marks(&mut self) -> &mut Marks;
    /// This proposal with the decisions of `old`.
    fn with(self, old: &Self, it: &mut Keeper<'_>) -> Self;
}

fn entries<E: Entry>(old: &[E], new: Vec<E>, changes: &mut Changes) -> Vec<E> {
    let mut left: HashMap<&str, &E, foldhash::fast::FixedState> =
        old.iter().map(|entry| (entry.close().value.as_str(), entry)).collect();
    let mut merged = Vec::with_capacity(new.len());
    for mut entry in new {
        let close = entry.close().value.clone();
        if let Some(old) = left.remove(close.as_str()) {
            let mut keeper = Keeper { entry: &close, changes };
            merged.push(entry.with(old, &mut keeper));
        } else {
            entry.marks().new = true;
            changes.new.push(close);
            merged.push(entry);
        }
    }
    for entry in old.iter().filter(|entry| left.contains_key(entry.close().value.as_str())) {
        let mut entry = entry.clone();
        *entry.marks() = Marks { gone: true, ..Marks::default() };
        changes.gone.push(entry.close().value.clone());
        merged.push(entry);
    }
    merged
}

impl Entry for TypeEntry {
    fn close(&self) -> &Located<String> {
        &self.close
    }

    fn marks(&mut self) -> &mut Marks {
        &mut self.marks
    }

    fn with(self, old: &Self, it: &mut Keeper<'_>) -> Self {
        Self {
            close: old.close.clone(),
            to: it.keep("to", old.to.as_ref(), self.to, closed),
            object: it.keep("object", old.object.as_ref(), self.object, text),
            object_plural: it.keep(
                "object-plural",
                old.object_plural.as_ref(),
                self.object_plural,
                text,
            ),
            label: it.keep("label", old.label.as_ref(), self.label, text),
            label_plural: it.keep(
                "label-plural",
                old.label_plural.as_ref(),
                self.label_plural,
                text,
            ),
            ..self
        }
    }
}

impl Entry for StageEntry {
    fn close(&self) -> &Located<String> {
        &self.close
    }

    fn marks(&mut self) -> &mut Marks {
        &mut self.marks
    }

    fn with(self, old: &Self, it: &mut Keeper<'_>) -> Self {
        let to = it.keep("to", old.to.as_ref(), self.to, text);
        Self { close: old.close.clone(), to, ..self }
    }
}

impl Entry for FieldEntry {
    fn close(&self) -> &Located<String> {
        &self.close
    }

    fn marks(&mut self) -> &mut Marks {
        &mut self.marks
    }

    fn with(self, old: &Self, it: &mut Keeper<'_>) -> Self {
        let to = it.keep("to", old.to.as_ref(), self.to, |to| list(to));
        let kind = it.keep("type", old.kind.as_ref(), self.kind, text);
        let label = it.keep("label", old.label.as_ref(), self.label, text);
        // A field that the user made something else than a select needs no options.
        let select = kind.as_ref().is_none_or(|kind| kind.value.ends_with("SELECT"));
        let options = match (&old.options, self.options) {
            (Some(old), Some(new)) if select => Some(it.options(old, new)),
            (Some(old), _) => Some(old.clone()),
            (None, new) => new.filter(|_| select),
        };
        Self { close: old.close.clone(), to, kind, label, options, ..self }
    }
}
