//! The query of a smart view as an indented outline. What it does not know it shows as JSON, so
//! that nothing of a query is lost. It must not judge a query.

use crate::survey::Map;
use crate::twenty::text::line;
use serde_json::{Map as Json, Value};

/// What ids mean: custom fields, statuses, users and other settings.
pub(super) type Names<'a> = Map<&'a str, &'a str>;

/// The outline of the value under `s_query`; plain text of several lines.
pub(super) fn outline(tree: &Value, names: &Names<'_>) -> String {
    let mut outline = Outline { names, out: String::new() };
    match tree.as_object() {
        // The query stands beside its sorting.
        Some(object) if object.get("query").is_some_and(Value::is_object) => {
            if let Some(query) = object.get("query") {
                outline.node(0, query);
            }
            outline.rest(0, object, &["query"]);
        }
        _ => outline.node(0, tree),
    }
    outline.out
}

/// A value as plain text: ids with the names they stand for, anything else as JSON.
pub(super) fn scalar(value: &Value, names: &Names<'_>) -> String {
    let Some(text) = value.as_str() else { return value.to_string() };
    let id = text.strip_prefix("custom.").unwrap_or(text);
    match names.get(id).filter(|name| !name.is_empty()) {
        Some(name) => format!("{} ({})", line(name), line(text)),
        None => line(text).into_owned(),
    }
}

struct Outline<'a> {
    names: &'a Names<'a>,
    out: String,
}

impl Outline<'_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.out.push_str(&"  ".repeat(depth));
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// What of an object no line has said yet. Close's `negate: false` says nothing.
    fn rest(&mut self, depth: usize, object: &Json<String, Value>, said: &[&str]) {
        for (key, value) in object {
            let nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
            let plain = key == "negate" && *value == Value::Bool(false);
            if !said.contains(&key.as_str()) && !nothing && !plain {
                let shown = self.deep(value);
                self.line(depth, &format!("{}: {shown}", line(key)));
            }
        }
    }

    /// JSON on one line, with names behind the ids of a plain list.
    fn deep(&self, value: &Value) -> String {
        match value {
            Value::Array(list) if list.iter().all(|v| !v.is_object() && !v.is_array()) => {
                let list: Vec<_> = list.iter().map(|v| self.deep(v)).collect();
                list.join(", ")
            }
            Value::String(text) if self.names.contains_key(text.as_str()) => {
                scalar(value, self.names)
            }
            _ => value.to_string(),
        }
    }

    fn node(&mut self, depth: usize, value: &Value) {
        let Some(object) = value.as_object() else {
            return self.line(depth, &value.to_string());
        };
        let word = |key| object.get(key).and_then(Value::as_str);
        let negated = object.get("negate") == Some(&Value::Bool(true));
        match word("type") {
            Some(kind @ ("and" | "or")) if object.get("queries").is_some_and(Value::is_array) => {
                let head = match (kind, negated) {
                    ("and", false) => "all of:",
                    ("and", true) => "not all of:",
                    (_, false) => "any of:",
                    (_, true) => "none of:",
                };
                self.line(depth, head);
                let queries = object.get("queries").and_then(Value::as_array);
                for query in queries.into_iter().flatten() {
                    self.node(depth + 1, query);
                }
                self.rest(depth + 1, object, &["type", "queries", "negate"]);
            }
            Some("object_type") if word("object_type").is_some() => {
                let what = line(word("object_type").unwrap_or_default());
                self.line(depth, &format!("{}record is a {what}", not(negated)));
                self.rest(depth + 1, object, &["type", "object_type", "negate"]);
            }
            Some("field_condition") => self.condition(depth, object, negated),
            Some("has_related") => {
                let what = line(word("related_object_type").unwrap_or("record"));
                self.line(depth, &format!("{}has a related {what}:", not(negated)));
                if let Some(related) = object.get("related_query") {
                    self.node(depth + 1, related);
                }
                let said = ["type", "related_object_type", "related_query", "negate"];
                self.rest(depth + 1, object, &said);
            }
            _ => self.line(depth, &value.to_string()),
        }
    }

    fn condition(&mut self, depth: usize, object: &Json<String, Value>, negated: bool) {
        let field = object.get("field").map(|field| self.field(field)).unwrap_or_default();
        let condition = object.get("condition");
        let shown = match condition.and_then(Value::as_object) {
            Some(condition) => self.test(condition),
            None => condition.map(ToString::to_string).unwrap_or_default(),
        };
        self.line(depth, &format!("{}{field}: {shown}", not(negated)));
        self.rest(depth + 1, object, &["type", "field", "condition", "negate"]);
    }

    /// `lead.name`, `contact title`, or a custom field by its name.
    fn field(&self, field: &Value) -> String {
        let word = |key| field.get(key).and_then(Value::as_str);
        let known = field.as_object().map(Json::len).unwrap_or_default();
        match (word("type"), word("object_type"), word("field_name"), word("custom_field_id")) {
            (Some("regular_field"), Some(object), Some(name), None) if known == 3 => {
                line(&format!("{object}.{name}")).into_owned()
            }
            (Some("custom_field"), None, None, Some(_)) if known == 2 => {
                let id = field.get("custom_field_id").map(|id| scalar(id, self.names));
                format!("custom field {}", id.unwrap_or_default())
            }
            _ => field.to_string(),
        }
    }

    /// `term: values Qualified (stat_…)`; the words are Close's.
    fn test(&self, condition: &Json<String, Value>) -> String {
        let kind = condition.get("type").and_then(Value::as_str).map(line).unwrap_or_default();
        let others = condition.iter().filter(|(key, v)| *key != "type" && !v.is_null());
        let others: Vec<_> =
            others.map(|(key, value)| format!("{} {}", line(key), self.deep(value))).collect();
        if others.is_empty() { kind.into_owned() } else { format!("{kind}, {}", others.join(", ")) }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "not: " } else { "" }
}
