//! The sample organisation as values: leads with all that is nested in them, and what lies beside
//! them. It must not use the library under test.

use crate::cases;
use serde_json::{Map, Value, json};
use std::fs;

/// One export, before it is laid out.
#[derive(Clone)]
pub struct World {
    /// Leads with everything nested.
    pub leads: Vec<Value>,
    /// Records outside leads, by the file they stand in.
    pub loose: Vec<(String, Vec<Value>)>,
    /// Settings, by the file they stand in.
    pub config: Vec<(String, Vec<Value>)>,
}

/// Files of the sample that hold records.
const LOOSE: &[&str] = &[
    "opportunities.json",
    "tasks.json",
    "detached_activities.json",
    "email_threads.json",
    "comment_threads.json",
    "comments.json",
    "custom_objects.json",
];

/// What is nested in leads, and the stream it would come in.
pub const NESTED: &[(&str, &str)] = &[
    ("contacts", "contact"),
    ("opportunities", "opportunity"),
    ("tasks", "task"),
    ("activities", "activity"),
    ("custom_objects", "custom_object"),
];

impl World {
    /// The stored sample.
    pub fn sample() -> Self {
        let mut world = Self { leads: Vec::new(), loose: Vec::new(), config: Vec::new() };
        let listing = fs::read_dir(cases::sample().input).expect("the sample");
        let mut paths: Vec<_> = listing.map(|entry| entry.expect("an entry").path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let text = fs::read(path).expect("a file");
            let values = match serde_json::from_slice(&text).expect("JSON") {
                Value::Array(values) => values,
                Value::Object(mut page) => match page.remove("data") {
                    Some(Value::Array(values)) => values,
                    _ => vec![Value::Object(page)],
                },
                other => panic!("{name}: {other}"),
            };
            match &*name {
                "leads.json" => world.leads = values,
                _ if LOOSE.contains(&&*name) => world.loose.push((name, values)),
                _ => world.config.push((name, values)),
            }
        }
        world
    }

    /// Leads and what was nested in them side by side, by stream. Leads keep the order of their
    /// contacts in `contact_ids`, as the API answers today.
    pub fn flat(&self) -> Vec<(String, Vec<Value>)> {
        let mut streams: Vec<(String, Vec<Value>)> = vec![("lead".into(), Vec::new())];
        streams.extend(NESTED.iter().map(|(_, stream)| ((*stream).into(), Vec::new())));
        for lead in &self.leads {
            let mut lead = lead.as_object().expect("an object").clone();
            if let Some(Value::Array(contacts)) = lead.get("contacts") {
                let ids = contacts.iter().map(|contact| contact["id"].clone()).collect();
                lead.insert("contact_ids".into(), ids);
            }
            for (n, (key, _)) in NESTED.iter().enumerate() {
                if let Some(Value::Array(list)) = lead.remove(*key) {
                    streams[n + 1].1.extend(list);
                }
            }
            streams[0].1.push(Value::Object(lead));
        }
        streams
    }

    /// Leads whose `keys` were taken out, and what stood there.
    pub fn without(&self, keys: &[&str]) -> (Vec<Value>, Vec<Value>) {
        let mut out = Vec::new();
        let leads = self.leads.iter().map(|lead| {
            let mut lead = lead.as_object().expect("an object").clone();
            if let (true, Some(Value::Array(contacts))) =
                (keys.contains(&"contacts"), lead.get("contacts"))
            {
                let ids = contacts.iter().map(|contact| contact["id"].clone()).collect();
                lead.insert("contact_ids".into(), ids);
            }
            for key in keys {
                if let Some(Value::Array(list)) = lead.remove(*key) {
                    out.extend(list);
                }
            }
            Value::Object(lead)
        });
        let leads = leads.collect();
        (leads, out)
    }
}

/// A page of a list.
pub fn page(values: &[Value], more: bool) -> Value {
    json!({"has_more": more, "data": values, "total_results": values.len()})
}

/// The object of a value.
pub fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}
