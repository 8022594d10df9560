//! The values of the few records a person is asked to compare by eye, as Close wrote them. It must not change one,
//! nor choose a record.

use super::output::Output;
use crate::close::Record;
use crate::plan::spot::rank;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Values shown of one record.
const VALUES: usize = 60;

/// One record, with its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Pick {
    /// Close type.
    pub close_type: String,
    /// Close id.
    pub id: String,
    /// Values that are not shown.
    pub more: u64,
    /// Path and value, in the order of the record: `emails[0].email`.
    pub values: Vec<(String, String)>,
    /// Index of the source.
    pub source: usize,
    /// Byte offset in the source of what it was read in.
    pub offset: u64,
}

impl Pick {
    /// Its place among the records of its type.
    pub fn rank(&self) -> u64 {
        rank(&self.id)
    }

    fn of(record: &Record<'_>, id: &str, source: usize, offset: u64) -> Self {
        let mut json = Vec::new();
        record.write_own(&mut json);
        let mut values = Vec::new();
        if let Ok(value) = serde_json::from_slice(&json) {
            flatten("", &value, &mut values);
        }
        let more = values.len().saturating_sub(VALUES) as u64;
        values.truncate(VALUES);
        let (close_type, id) = (record.kind.word().to_owned(), id.to_owned());
        Self { close_type, id, more, values, source, offset }
    }
}

/// Notes a record, if it is one of those.
#[inline]
pub(super) fn look(
    spot: &crate::plan::spot::Spot,
    record: &Record<'_>,
    (source, offset): (usize, u64),
    out: &mut Output,
) {
    if let Some(id) = record.id().filter(|id| spot.wants(record.kind, id)) {
        out.picks.push(Pick::of(record, id, source, offset));
    }
}

/// What stands at the ends of a value: each with its path. What is empty is left out.
fn flatten(path: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = match path {
                    "" => key.clone(),
                    // The values a lead's custom fields have by name.
                    "custom" => format!("custom[{key}]"),
                    _ => format!("{path}.{key}"),
                };
                flatten(&path, value, out);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                flatten(&format!("{path}[{at}]"), item, out);
            }
        }
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => out.push((shown(path), shown(text))),
        other => out.push((shown(path), other.to_string())),
    }
}

/// Characters shown of a value or a cell.
const SHOWN: usize = 240;

/// The first characters of a value.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(json: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        flatten("", &serde_json::from_str(json).unwrap(), &mut out);
        out
    }

    #[test]
    fn values_stand_at_their_paths() {
        let json = r#"{"id":"lead_1","custom":{"A.b [c]":"x"},"custom.cf_1":[1,true],"name":"",
            "none":null,"emails":[{"email":"a@example.com"},{}]}"#;
        let pairs = flat(json);
        let pairs: Vec<_> = pairs.iter().map(|(path, value)| format!("{path}={value}")).collect();
        assert_eq!(
            pairs,
            [
                "id=lead_1",
                "custom[A.b [c]]=x",
                "custom.cf_1[0]=1",
                "custom.cf_1[1]=true",
                "emails[0].email=a@example.com"
            ]
        );
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(shown(&"ü".repeat(240)), "ü".repeat(240));
        assert_eq!(shown(&"ü".repeat(241)), format!("{}…", "ü".repeat(240)));
    }
}
