//! Reads the `[[type]]`, `[[stage]]` and `[[field]]` entries of `mapping.toml`. It must not look
//! beyond one list of entries.

use super::keys::{FIELD, STAGE, TYPE, TYPE_ROUTES};
use super::model::{FIELD_TYPES, FieldEntry, Located, Marks, StageEntry, TypeEntry};
use super::problem::Spot;
use super::value::{Judge, Value};
use super::write::Mark;
use crate::event::excerpt;
use hashbrown::HashMap;
use toml::de::DeTable;

pub(super) fn types(judge: &mut Judge<'_>, value: &Value<'_>, text: &str) -> Vec<TypeEntry> {
    let entries = judge.tables("type", value).into_iter().map(|(head, table)| {
        let entry = type_entry(judge, table);
        (judge.spot(head), TypeEntry { marks: marks(text, head), ..entry })
    });
    let entries: Vec<_> = entries.collect();
    once(judge, "type", entries, |entry| &entry.close)
}

fn type_entry(judge: &mut Judge<'_>, table: &DeTable<'_>) -> TypeEntry {
    let mut entry = TypeEntry::default();
    for (key, value) in table {
        let name = &**key.get_ref();
        match name {
            "close" => entry.close = judge.text(name, value).unwrap_or_default(),
            "name" => entry.name = judge.said(name, value),
            "to" => entry.to = judge.word(name, value, TYPE_ROUTES),
            "object" => entry.object = judge.text(name, value),
            "object-plural" => entry.object_plural = judge.text(name, value),
            "label" => entry.label = judge.text(name, value),
            "label-plural" => entry.label_plural = judge.text(name, value),
            "seen" => entry.seen = judge.number(name, value),
            "why" => entry.why = judge.said(name, value),
            _ => judge.unknown_key(key, TYPE.heading, &TYPE.names()),
        }
    }
    entry
}

pub(super) fn stages(judge: &mut Judge<'_>, value: &Value<'_>, text: &str) -> Vec<StageEntry> {
    let entries = judge.tables("stage", value).into_iter().map(|(head, table)| {
        let entry = stage_entry(judge, table);
        (judge.spot(head), StageEntry { marks: marks(text, head), ..entry })
    });
    let entries: Vec<_> = entries.collect();
    once(judge, "stage", entries, |entry| &entry.close)
}

fn stage_entry(judge: &mut Judge<'_>, table: &DeTable<'_>) -> StageEntry {
    let mut entry = StageEntry::default();
    for (key, value) in table {
        let name = &**key.get_ref();
        match name {
            "close" => entry.close = judge.text(name, value).unwrap_or_default(),
            "name" => entry.name = judge.said(name, value),
            "pipeline" => entry.pipeline = judge.said(name, value),
            "to" => entry.to = judge.text(name, value),
            "seen" => entry.seen = judge.number(name, value),
            _ => judge.unknown_key(key, STAGE.heading, &STAGE.names()),
        }
    }
    entry
}

pub(super) fn fields(judge: &mut Judge<'_>, value: &Value<'_>, text: &str) -> Vec<FieldEntry> {
    let entries = judge.tables("field", value).into_iter().map(|(head, table)| {
        let entry = field_entry(judge, table);
        (judge.spot(head), FieldEntry { marks: marks(text, head), ..entry })
    });
    let entries: Vec<_> = entries.collect();
    once(judge, "field", entries, |entry| &entry.close)
}

fn field_entry(judge: &mut Judge<'_>, table: &DeTable<'_>) -> FieldEntry {
    let mut entry = FieldEntry::default();
    for (key, value) in table {
        let name = &**key.get_ref();
        match name {
            "close" => entry.close = judge.text(name, value).unwrap_or_default(),
            "name" => entry.name = judge.said(name, value),
            "to" => entry.to = judge.texts(name, value),
            "type" => entry.kind = judge.one_of(name, value, FIELD_TYPES),
            "label" => entry.label = judge.text(name, value),
            "options" => entry.options = judge.pairs(name, value),
            "confidence" => entry.confidence = judge.share(name, value),
            "why" => entry.why = judge.said(name, value),
            "seen" => entry.seen = judge.number(name, value),
            "samples" => {
                let samples = judge.texts(name, value).unwrap_or_default();
                entry.samples = samples.into_iter().map(|sample| sample.value).collect();
            }
            _ => judge.unknown_key(key, FIELD.heading, &FIELD.names()),
        }
    }
    entry
}

/// Each entry says what it is for, and no two the same.
fn once<E>(
    judge: &mut Judge<'_>,
    list: &str,
    entries: Vec<(Spot, E)>,
    close: impl Fn(&E) -> &Located<String>,
) -> Vec<E> {
    let mut known: HashMap<String, usize, foldhash::fast::FixedState> = HashMap::default();
    for (head, entry) in &entries {
        let Located { value, at } = close(entry);
        if value.is_empty() {
            let what = format!("[[{list}]] does not say what of Close it is for");
            let hint = "it needs a line close = \"…\"".to_owned();
            judge.wrong(*head, "C2T-E115", what, hint);
        } else if let Some(line) = known.get(value) {
            let what = format!("[[{list}]] for `{}` stands in line {line} already", excerpt(value));
            judge.wrong(*at, "C2T-E114", what, "remove one of them".to_owned());
        } else {
            known.insert(value.clone(), at.line);
        }
    }
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// The words in the comment behind the entry's heading.
fn marks(text: &str, head: &Value<'_>) -> Marks {
    let line = text.get(head.span().start..).and_then(|rest| rest.lines().next());
    let comment = line.filter(|line| line.starts_with("[[")).and_then(|line| line.split_once('#'));
    let mut marks = Marks::default();
    for said in comment.map(|(_, said)| said).unwrap_or_default().split(';') {
        match Mark::of(said.trim()) {
            Some(Mark::New) => marks.new = true,
            Some(Mark::Doubtful) => marks.doubtful = true,
            Some(Mark::Gone) => marks.gone = true,
            None => {}
        }
    }
    marks
}
