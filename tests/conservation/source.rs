//! A walk of its own over Close's JSON: every record with every value in it, by the paths the
//! ledger uses. It must not use the library under test.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// One object of Close.
pub struct Record {
    /// Close type, as reports call it.
    pub kind: String,
    /// Close id.
    pub id: String,
    /// Path and value of every scalar that is a value: no null, no blank text.
    pub values: Vec<(String, Value)>,
    /// The record without the records nested in it.
    pub alone: Value,
}

/// Keys under which records of their own stand: of a lead, and of a thread of e-mails.
const NESTED: &[&str] = &["contacts", "opportunities", "tasks", "activities", "custom_objects"];
const MAILS: &[&str] = &["emails"];

/// `_type` or id prefix, and the name in reports.
const KINDS: &[(&str, &str)] = &[
    ("Note", "note"),
    ("Call", "call"),
    ("EmailThread", "email_thread"),
    ("Email", "email"),
    ("SMS", "sms"),
    ("WhatsAppMessage", "whatsapp_message"),
    ("Meeting", "meeting"),
    ("FormSubmission", "form_submission"),
    ("CustomActivity", "custom_activity"),
    ("Custom", "custom_activity"),
    ("custobj_", "custom_object"),
    ("Created", "created"),
    ("LeadStatusChange", "lead_status_change"),
    ("OpportunityStatusChange", "opportunity_status_change"),
    ("TaskCompleted", "task_completed"),
    ("LeadMerge", "lead_merge"),
    ("ImportUpdate", "import_update"),
    ("lead_", "lead"),
    ("cont_", "contact"),
    ("oppo_", "opportunity"),
    ("task_", "task"),
    ("noti_", "task"),
    ("comm_", "comment"),
];

/// All records of the JSON files in a folder.
pub fn records(folder: &Path) -> Vec<Record> {
    let mut found = Vec::new();
    for value in files(folder) {
        page(value, &mut found);
    }
    found
}

/// An array, a page, an array of pages, the schema of a type's fields, or one record.
fn page(value: Value, found: &mut Vec<Record>) {
    match value {
        Value::Array(items) => items.into_iter().for_each(|item| page(item, found)),
        Value::Object(mut object) => match object.remove("data") {
            Some(data @ Value::Array(_)) => page(data, found),
            None if !object.contains_key("id")
                && object.get("fields").is_some_and(Value::is_array) =>
            {
                page(object.remove("fields").unwrap_or_default(), found);
            }
            _ => add(Value::Object(object), found),
        },
        scalar => panic!("{scalar} is no record"),
    }
}

/// The values in the JSON files of a folder, each file one value or several.
pub fn files(folder: &Path) -> Vec<Value> {
    let files = crate::cases::files(folder).into_iter().filter(|(name, _)| name != "README.md");
    let mut found = Vec::new();
    for (name, mut text) in files {
        if text.starts_with(b"\x1f\x8b") {
            let packed = std::mem::take(&mut text);
            let mut input = flate2::read::GzDecoder::new(packed.as_slice());
            input.read_to_end(&mut text).expect("gzip");
        }
        for value in serde_json::Deserializer::from_slice(&text).into_iter() {
            found.push(value.unwrap_or_else(|error| panic!("{name}: {error}")));
        }
    }
    found
}

fn add(item: Value, found: &mut Vec<Record>) {
    let Value::Object(mut object) = item else { panic!("{item} is no record") };
    let id = object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = kind(&object, &id);
    let nested = match &*kind {
        "lead" => NESTED,
        "email_thread" => MAILS,
        _ => &[],
    };
    for key in nested {
        if let Some(Value::Array(children)) = object.remove(*key) {
            for child in children {
                add(child, found);
            }
        }
    }
    let mut values = Vec::new();
    for (key, value) in &object {
        walk(key, value, kind == "lead", &mut values);
    }
    found.push(Record { kind, id, values, alone: Value::Object(object) });
}

fn kind(object: &Map<String, Value>, id: &str) -> String {
    let word = object.get("_type").and_then(Value::as_str).unwrap_or_default();
    let found = KINDS
        .iter()
        .find(|(sign, _)| if sign.ends_with('_') { id.starts_with(sign) } else { word == *sign });
    found.map_or("other", |(_, kind)| kind).to_owned()
}

fn walk(path: &str, value: &Value, of_lead: bool, values: &mut Vec<(String, Value)>) {
    match value {
        Value::Null => {}
        Value::String(text) if text.trim().is_empty() => {}
        Value::Array(items) => {
            for item in items {
                let below = if item.is_object() { format!("{path}[]") } else { path.to_owned() };
                walk(&below, item, of_lead, values);
            }
        }
        Value::Object(object) => {
            let named = of_lead && path == "custom";
            for (key, value) in object {
                let below = if named { format!("custom[{key}]") } else { format!("{path}.{key}") };
                walk(&below, value, of_lead, values);
            }
        }
        scalar => values.push((path.to_owned(), scalar.clone())),
    }
}

/// The path and every path it lies below.
pub fn with_parents(path: &str) -> Vec<String> {
    let cuts = path.match_indices(['.', '[']).map(|(at, _)| at);
    cuts.chain([path.len()]).map(|at| path[..at].to_owned()).collect()
}

/// What people call the things behind ids: users, statuses, pipelines.
pub fn names(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for value in files(folder) {
        collect(&value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(object) => {
            let text = |key: &str| object.get(key).and_then(Value::as_str);
            for (id, name) in PAIRS {
                if let (Some(id), Some(name)) = (text(id), text(name)) {
                    found.entry(id.to_owned()).or_default().push(name.to_owned());
                }
            }
            object.values().for_each(|value| collect(value, found));
        }
        _ => {}
    }
}

/// Keys of ids, and the key beside each that says the name.
const PAIRS: &[(&str, &str)] = &[
    ("user_id", "user_name"),
    ("user_id", "user_full_name"),
    ("user_id", "user_email"),
    ("created_by", "created_by_name"),
    ("updated_by", "updated_by_name"),
    ("assigned_to", "assigned_to_name"),
    ("status_id", "status_label"),
    ("pipeline_id", "pipeline_name"),
    ("id", "label"),
    ("id", "name"),
    ("id", "email"),
    ("id", "first_name"),
];
