//! `--history`: what Close remembers of changes of status and completed tasks, as lines of the timeline. They come from the
//! bundle's archive, where each stands whole. It must not write a line about a record that is not there.

use super::journal::{Entry, RowState, StepKey};
use super::progress::{Counts, Said};
use super::refused;
use super::target::{LOOK, Target};
use crate::bundle::Bundle;
use crate::error::{Error, Result};
use crate::twenty::id::record_id;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader};

/// Files of the archive, the object whose line it is, the record's key that names it, and the field that changed.
const KINDS: &[Kind] = &[
    Kind {
        file: "lead_status_change",
        about: About::Lead,
        field: "leadStatus",
        labels: Some(("old_status_label", "new_status_label")),
    },
    Kind {
        file: "opportunity_status_change",
        about: About::Record("opportunity", "opportunity_id"),
        field: "stage",
        labels: Some(("old_status_label", "new_status_label")),
    },
    Kind {
        file: "task_completed",
        about: About::Record("task", "task_id"),
        field: "status",
        labels: None,
    },
];

struct Kind {
    file: &'static str,
    about: About,
    field: &'static str,
    /// Where the labels before and after stand; without, it went from to-do to done.
    labels: Option<(&'static str, &'static str)>,
}

/// Whom an event is about.
enum About {
    /// Whoever represents the lead.
    Lead,
    /// The record of this object that this key names.
    Record(&'static str, &'static str),
}

/// A line of the archive.
#[derive(Deserialize)]
struct Kept {
    id: String,
    record: Map<String, Value>,
}

/// Writes Close's events into the timeline, each once.
///
/// # Errors
/// When the bundle, the server or the journal fails.
pub fn run(target: &Target<'_>, bundle: &Bundle) -> Result<Counts> {
    let key = target.journal.step("history", "timelineActivity", true)?;
    leads(target, bundle)?;
    target.listener.hear(&Said::Phase {
        phase: "timeline".to_owned(),
        object: "history".to_owned(),
        planned: 0,
        done: 0,
    });
    for kind in KINDS {
        let name = format!("archive/{}.jsonl", kind.file);
        if bundle.size(&name).is_none() {
            continue;
        }
        let mut window = Vec::new();
        for line in BufReader::new(bundle.read(&name)?).lines() {
            let line =
                line.map_err(|e| Error::io("cannot read the archive", &bundle.path(&name), e))?;
            // What is no record of this kind stays in the archive.
            if let Ok(kept) = serde_json::from_str::<Kept>(&line) {
                window.push(kept);
            }
            if window.len() >= target.rows() {
                write(target, key, kind, &std::mem::take(&mut window))?;
            }
        }
        write(target, key, kind, &window)?;
    }
    let states = target.journal.counts(key)?;
    let of = |state| states.get(&state).copied().unwrap_or_default();
    let (created, unchanged) = (of(RowState::Created), of(RowState::Same));
    let counts = Counts {
        phase: "timeline".to_owned(),
        object: "history".to_owned(),
        planned: created + unchanged,
        created,
        unchanged,
        ..Counts::default()
    };
    target.listener.hear(&Said::Finished(counts.clone()));
    Ok(counts)
}

/// Remembers which record represents each lead.
fn leads(target: &Target<'_>, bundle: &Bundle) -> Result<()> {
    #[derive(Deserialize)]
    struct Line {
        lead: String,
        represented_by: String,
        close_id: String,
    }
    let mut found: Vec<(String, uuid::Uuid)> = Vec::new();
    for object in ["person", "company"] {
        let lines =
            csv::Reader::from_reader(bundle.read("reports/leads.csv")?).into_deserialize::<Line>();
        for line in lines {
            let line = line.map_err(Error::report)?;
            if line.represented_by != object {
                continue;
            }
            if let Some(id) = target.journal.id_of(object, &line.close_id)? {
                found.push((line.lead, id));
            }
            if found.len() >= LOOK {
                target.journal.know(&lead_of(object), &std::mem::take(&mut found))?;
            }
        }
        target.journal.know(&lead_of(object), &std::mem::take(&mut found))?;
    }
    Ok(())
}

fn lead_of(object: &str) -> String {
    format!("lead/{object}")
}

fn write(target: &Target<'_>, key: StepKey, kind: &Kind, window: &[Kept]) -> Result<()> {
    let known = target.journal.entries(key, window.iter().map(|kept| kept.id.as_str()))?;
    let (mut data, mut entries) = (Vec::new(), Vec::new());
    for kept in window {
        let open = known.get(&kept.id).is_none_or(|entry| !entry.state.is_settled());
        if let Some(line) = if open { line(target, kind, kept)? } else { None } {
            data.push(line);
            entries.push(Entry {
                close_id: kept.id.clone(),
                id: line_id(&kept.id),
                state: RowState::Creating,
                hash: 0,
                updated: None,
                before: None,
            });
        }
    }
    if data.is_empty() {
        return Ok(());
    }
    target.journal.note(key, &entries)?;
    target
        .upsert_all(target.object("timelineActivity")?, &data, "id")
        .map_err(|e| refused(e, "writing history into the timeline"))?;
    for entry in &mut entries {
        entry.state = RowState::Created;
    }
    target.wrote(entries.len() as u64);
    target.journal.note(key, &entries)
}

fn line_id(event: &str) -> uuid::Uuid {
    record_id(&format!("timeline/{event}"))
}

/// The event as a line; none when the record it is about is not there or it has no time.
fn line(target: &Target<'_>, kind: &Kind, kept: &Kept) -> Result<Option<Value>> {
    let text = |key: &str| kept.record.get(key).and_then(Value::as_str);
    let (object, id) = match kind.about {
        About::Lead => {
            let lead = text("lead_id").unwrap_or_default();
            let person = target.journal.id_of(&lead_of("person"), lead)?;
            match person {
                Some(id) => ("person", Some(id)),
                None => ("company", target.journal.id_of(&lead_of("company"), lead)?),
            }
        }
        About::Record(object, key) => {
            (object, target.journal.id_of(object, text(key).unwrap_or_default())?)
        }
    };
    let column = target.live.object("timelineActivity").and_then(|live| live.target_column(object));
    let at = ["activity_at", "date_created"].into_iter().find_map(text);
    let at = at.and_then(|at| at.parse::<jiff::Timestamp>().ok());
    let (Some(id), Some(column), Some(at)) = (id, column, at) else { return Ok(None) };
    let (before, after) = match kind.labels {
        Some((before, after)) => {
            (text(before).unwrap_or_default(), text(after).unwrap_or_default())
        }
        None => ("TODO", "DONE"),
    };
    let author = text("user_name").or_else(|| text("created_by_name"));
    let mut line = Map::new();
    line.insert("id".to_owned(), json!(line_id(&kept.id).to_string()));
    line.insert("name".to_owned(), json!(format!("{object}.updated")));
    line.insert("happensAt".to_owned(), json!(at.to_string()));
    line.insert("createdAt".to_owned(), json!(at.to_string()));
    line.insert(column, json!(id.to_string()));
    let diff = json!({ "diff": { kind.field: { "before": before, "after": after } } });
    line.insert("properties".to_owned(), diff);
    if let Some(author) = author {
        line.insert("createdBy".to_owned(), json!({ "source": "IMPORT", "name": author }));
    }
    Ok(Some(Value::Object(line)))
}
