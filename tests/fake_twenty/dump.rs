//! The whole state as text, so that two moments can be compared. Left out is what changes without
//! anybody's doing: change times of metadata and of triggers, rate buckets, bookkeeping.

use super::state::{State, digest};
use serde_json::Value;
use std::fmt::Write as _;

pub fn write(state: &State) -> String {
    let mut text = String::new();
    schema(state, &mut text);
    for (object, table) in &state.tables {
        let mut rows: Vec<_> = table.iter().collect();
        rows.sort_by(|a, b| a.0.cmp(b.0));
        for (_, row) in rows {
            let mut row = row.clone();
            if object == "workflowAutomatedTrigger" {
                row.remove("updatedAt");
                row.remove("updatedBy");
            }
            let _ = writeln!(text, "record {object} {}", sorted(&Value::Object(row)));
        }
    }
    for (id, file) in &state.files {
        let bytes = file.bytes.as_deref().map_or_else(|| "awaited".to_owned(), digest);
        let attached = if file.attached { "attached" } else { "loose" };
        let _ = writeln!(text, "file {id} {}{} {bytes} {attached}", file.name, file.extension);
    }
    for webhook in &state.webhooks {
        let _ = writeln!(text, "webhook {}", sorted(webhook));
    }
    let _ = writeln!(text, "board {}", state.board.join(" "));
    text
}

fn schema(state: &State, text: &mut String) {
    let mut objects: Vec<_> = state.objects.iter().collect();
    objects.sort_by_key(|object| object.name());
    for object in objects {
        let mut meta = object.meta.clone();
        meta.remove("updatedAt");
        let _ = writeln!(text, "object {} {}", object.name(), sorted(&Value::Object(meta)));
        let mut fields: Vec<_> = object.fields.iter().collect();
        fields.sort_by_key(|field| field.name());
        for field in fields {
            let mut map = field.0.clone();
            map.remove("updatedAt");
            let told = sorted(&Value::Object(map));
            let _ = writeln!(text, "field {}.{} {told}", object.name(), field.name());
        }
    }
}

/// JSON with its keys in order, at every depth; absent and null are the same.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            pairs.sort_by_key(|(key, _)| *key);
            let told: Vec<String> =
                pairs.iter().map(|(key, value)| format!("{key:?}:{}", sorted(value))).collect();
            format!("{{{}}}", told.join(","))
        }
        Value::Array(all) => {
            format!("[{}]", all.iter().map(sorted).collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}
