//! Settings of Close that no import file carries and an admin rebuilds by hand: sequences, smart
//! views, templates, groups, phone numbers and the like (`close-format.md` §3.6). What is kept of
//! each is named in a table; bodies of templates stay in the archive. It must not word the report.

use super::{Map, hash};
use crate::close::{Kind, time};
use hashbrown::HashSet;
use serde_json::Value;
use std::cmp::Ordering;

/// Sorts of settings, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sort {
    /// A sequence, called workflow in Close's UI.
    Sequence,
    /// When a sequence may run; only older exports have them apart.
    Schedule,
    /// A saved search.
    SmartView,
    /// A template of e-mails.
    EmailTemplate,
    /// A template of text messages.
    SmsTemplate,
    /// A group of users.
    Group,
    /// A role.
    Role,
    /// A phone number of the company.
    PhoneNumber,
    /// An outcome of calls and meetings.
    Outcome,
    /// A playbook.
    Playbook,
    /// A link into another tool.
    IntegrationLink,
    /// A type of custom activities.
    CustomActivityType,
    /// A type of custom objects.
    CustomObjectType,
}

/// What is kept of each sort besides its name.
const KEPT: &[(Sort, &[&str])] = &[
    (
        Sort::Sequence,
        &[
            "status",
            "timezone",
            "schedule",
            "schedule_id",
            "steps",
            "subscription_counts_by_status",
        ],
    ),
    (Sort::Schedule, &["ranges"]),
    (
        Sort::SmartView,
        &[
            "description",
            "type",
            "query",
            "s_query",
            "is_shared",
            "shared_with",
            "selected_fields",
            "user_id",
        ],
    ),
    (Sort::EmailTemplate, &["subject", "is_shared", "is_archived", "created_by"]),
    (Sort::SmsTemplate, &["is_shared", "status", "created_by"]),
    (Sort::Group, &["members"]),
    (Sort::Role, &["permissions"]),
    (
        Sort::PhoneNumber,
        &[
            "number",
            "number_formatted",
            "label",
            "type",
            "country",
            "user_id",
            "is_group_number",
            "participants",
            "forward_to",
            "forward_to_enabled",
        ],
    ),
    (Sort::Outcome, &["description", "applies_to", "type"]),
    (Sort::Playbook, &["description", "custom_field_ids", "outcome_ids", "archived_at"]),
    (Sort::IntegrationLink, &["url", "type"]),
    (Sort::CustomActivityType, &["description", "api_create_only", "is_archived"]),
    (Sort::CustomObjectType, &["name_plural", "description", "api_create_only", "is_archived"]),
];

/// Key of the placeholders of a template, which are read out of subject and body.
pub const PLACEHOLDERS: &str = "placeholders";
/// Key of the file names attached to a template.
pub const FILES: &str = "files";
/// Key of the names of a type's fields that must be filled in.
pub const REQUIRED: &str = "required";

/// One setting; values of several copies are merged key by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Item {
    /// Each value with the time of the copy it is from, in microseconds.
    values: Map<&'static str, (i64, Value)>,
}

/// See the module's head.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    items: Map<(Sort, Box<str>), Item>,
    /// Hashes of the subscriptions' ids by sequence and status: a copy counts once.
    enrolled: Map<(Box<str>, Box<str>), HashSet<u64, foldhash::fast::FixedState>>,
}

impl Inventory {
    /// Takes what a settings object says; other objects are passed over.
    pub fn see(&mut self, kind: Kind, value: &Value) {
        if kind == Kind::SequenceSubscription {
            self.enrol(value);
            return;
        }
        let Some(sort) = sort(kind, value) else { return };
        let word = |key| value.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
        let Some(id) = word("id").or_else(|| word("name")) else { return };
        let at = word("date_updated").or_else(|| word("updated_at")).and_then(time::instant);
        let at = at.map_or(i64::MIN, jiff::Timestamp::as_microsecond);
        let item = self.items.entry((sort, id.into())).or_default();
        let kept = KEPT.iter().filter(|(known, _)| *known == sort).flat_map(|(_, keys)| *keys);
        for key in kept.chain(&["name"]) {
            if let Some(found) = value.get(*key) {
                item.put(key, at, found.clone());
            }
        }
        match sort {
            Sort::EmailTemplate | Sort::SmsTemplate => {
                item.put(PLACEHOLDERS, at, placeholders(value));
                item.put(FILES, at, names(value, "attachments", "filename", |_| true));
            }
            Sort::CustomActivityType | Sort::CustomObjectType => {
                let required = |field: &Value| field.get("required") == Some(&Value::Bool(true));
                item.put(REQUIRED, at, names(value, "fields", "name", required));
            }
            _ => {}
        }
    }

    fn enrol(&mut self, value: &Value) {
        let word = |key| value.get(key).and_then(Value::as_str).unwrap_or_default();
        let key = (word("sequence_id").into(), word("status").into());
        self.enrolled.entry(key).or_default().insert(hash(word("id")));
    }

    /// The settings of a sort with their ids, by name; ids decide between equal names.
    pub fn of(&self, sort: Sort) -> Vec<(&str, &Item)> {
        let of_sort = self.items.iter().filter(|((known, _), _)| *known == sort);
        let mut items: Vec<_> = of_sort.map(|((_, id), item)| (&**id, item)).collect();
        items.sort_by_key(|(id, item)| (item.text("name"), *id));
        items
    }

    /// One setting by its id.
    pub fn get(&self, sort: Sort, id: &str) -> Option<&Item> {
        self.items.get(&(sort, Box::from(id)))
    }

    /// Subscriptions found in the export, as status and number, for one sequence.
    pub fn enrolled(&self, sequence: &str) -> Vec<(&str, u64)> {
        let mine = self.enrolled.iter().filter(|((id, _), _)| **id == *sequence);
        let mut counts: Vec<_> = mine.map(|((_, s), ids)| (&**s, ids.len() as u64)).collect();
        counts.sort_unstable();
        counts
    }

    /// Sequences that subscriptions name, in the order of their ids.
    pub fn enrolled_sequences(&self) -> Vec<&str> {
        let mut ids: Vec<_> = self.enrolled.keys().map(|(id, _)| &**id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Adds what another part found.
    pub fn absorb(&mut self, other: Self) {
        for (key, theirs) in other.items {
            let mine = self.items.entry(key).or_default();
            theirs.values.into_iter().for_each(|(key, (at, value))| mine.put(key, at, value));
        }
        for (key, ids) in other.enrolled {
            self.enrolled.entry(key).or_default().extend(ids);
        }
    }
}

impl Item {
    /// Of two copies' values the later one stands, at the same time a filled one, then the longer
    /// text: whatever the order of the files.
    fn put(&mut self, key: &'static str, at: i64, value: Value) {
        match self.values.get_mut(key) {
            Some(known) if rank(at, &value, known) == Ordering::Greater => *known = (at, value),
            Some(_) => {}
            None => {
                self.values.insert(key, (at, value));
            }
        }
    }

    /// The value of a key, unless it is none.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.values.get(key).map(|(_, value)| value).filter(|value| filled(value))
    }

    /// The text of a key, empty when there is none.
    pub fn text(&self, key: &str) -> &str {
        self.value(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// True when the key says so.
    pub fn flag(&self, key: &str) -> bool {
        self.value(key) == Some(&Value::Bool(true))
    }

    /// The elements of a key.
    pub fn list(&self, key: &str) -> &[Value] {
        self.value(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

fn rank(at: i64, value: &Value, known: &(i64, Value)) -> Ordering {
    let by_time = (at, filled(value)).cmp(&(known.0, filled(&known.1)));
    by_time.then_with(|| {
        let (mine, theirs) = (value.to_string(), known.1.to_string());
        (mine.len(), mine).cmp(&(theirs.len(), theirs))
    })
}

fn filled(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    }
}

/// Roles, playbooks and schedules have no prefix of their own in every export: their keys tell.
fn sort(kind: Kind, value: &Value) -> Option<Sort> {
    let has = |key| value.get(key).is_some_and(Value::is_array);
    Some(match kind {
        Kind::Sequence => Sort::Sequence,
        Kind::SmartView => Sort::SmartView,
        Kind::EmailTemplate => Sort::EmailTemplate,
        Kind::SmsTemplate => Sort::SmsTemplate,
        Kind::Group => Sort::Group,
        Kind::Role => Sort::Role,
        Kind::PhoneNumber => Sort::PhoneNumber,
        Kind::Outcome => Sort::Outcome,
        Kind::IntegrationLink => Sort::IntegrationLink,
        Kind::CustomActivityType => Sort::CustomActivityType,
        Kind::CustomObjectType => Sort::CustomObjectType,
        Kind::Unknown if has("permissions") => Sort::Role,
        Kind::Unknown if has("outcome_ids") && has("custom_field_ids") => Sort::Playbook,
        Kind::Unknown if has("ranges") => Sort::Schedule,
        _ => return None,
    })
}

/// The names under `key` of those elements of `list` that are wanted.
fn names(value: &Value, list: &str, key: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let list = value.get(list).and_then(Value::as_array).into_iter().flatten();
    let names = list.filter(|element| wanted(element)).filter_map(|element| element.get(key));
    Value::Array(names.filter(|name| name.is_string()).cloned().collect())
}

/// Signs that stand encoded in the HTML of a body.
const ENCODED: &[(&str, &str)] =
    &[("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

/// What stands in `{{ }}` and `{% %}` of a template, each once, in the order of first use.
fn placeholders(value: &Value) -> Value {
    let mut found: Vec<String> = Vec::new();
    for part in ["subject", "body", "text"] {
        let mut rest = value.get(part).and_then(Value::as_str).unwrap_or_default();
        while let Some((open, close)) = next_tag(rest) {
            let inside = rest.get(open..close).unwrap_or_default();
            let plain = ENCODED.iter().fold(inside.to_owned(), |t, (from, to)| t.replace(from, to));
            let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            if !found.contains(&plain) {
                found.push(plain);
            }
            rest = rest.get(close..).unwrap_or_default();
        }
    }
    Value::Array(found.into_iter().map(Value::String).collect())
}

/// Where the next placeholder starts and ends, its braces included.
fn next_tag(text: &str) -> Option<(usize, usize)> {
    let open = ["{{", "{%"].iter().filter_map(|mark| text.find(mark)).min()?;
    let close = if text.get(open..)?.starts_with("{{") { "}}" } else { "%}" };
    let length = text.get(open..)?.find(close)?;
    Some((open, open + length + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(objects: &[(Kind, Value)]) -> Inventory {
        let mut all = Inventory::default();
        for (kind, value) in objects {
            let mut part = Inventory::default();
            part.see(*kind, value);
            all.absorb(part);
        }
        all
    }

    #[test]
    fn copies_of_one_setting_merge_in_any_order() {
        let older = json!({"id": "seq_1", "name": "Old", "date_updated": "2020-01-01T00:00:00",
            "subscription_counts_by_status": {"active": 2}, "status": "draft"});
        let newer = json!({"id": "seq_1", "name": "New", "date_updated": "2021-01-01T00:00:00",
            "status": "active"});
        let twin = json!({"id": "seq_1", "name": "News", "date_updated": "2021-01-01T00:00:00"});
        let mut copies = [older, newer, twin].map(|value| (Kind::Sequence, value));
        let expected = seen(&copies);
        let sequence = expected.get(Sort::Sequence, "seq_1").unwrap();
        assert_eq!((sequence.text("name"), sequence.text("status")), ("News", "active"));
        assert!(sequence.value("subscription_counts_by_status").is_some());
        copies.rotate_left(1);
        assert_eq!(seen(&copies).items, expected.items);
        copies.swap(0, 2);
        assert_eq!(seen(&copies).items, expected.items);
    }

    #[test]
    fn subscriptions_are_counted_once_each() {
        let one = |id: &str, status: &str| {
            let value = json!({"id": id, "sequence_id": "seq_1", "status": status});
            (Kind::SequenceSubscription, value)
        };
        let all = seen(&[one("sub_1", "goal"), one("sub_2", "active"), one("sub_1", "goal")]);
        assert_eq!(all.enrolled("seq_1"), [("active", 1), ("goal", 1)]);
        assert_eq!(all.enrolled_sequences(), ["seq_1"]);
    }

    #[test]
    fn placeholders_are_found_once_each() {
        let template = json!({"id": "tmpl_1", "name": "T", "subject": "Hi {{ a }}",
            "body": "<p>{{a}} {{ lead.custom.[&quot;X  y&quot;] }} {% if b %}{{ open", "attachments": [
            {"filename": "a.pdf"}, {"filename": 7}]});
        let all = seen(&[(Kind::EmailTemplate, template)]);
        let (_, item) = all.of(Sort::EmailTemplate)[0];
        let found = item.list(PLACEHOLDERS);
        assert_eq!(found, ["{{ a }}", "{{a}}", "{{ lead.custom.[\"X y\"] }}", "{% if b %}"]);
        assert_eq!(item.list(FILES), ["a.pdf"]);
        assert_eq!(item.value("body"), None);
    }

    #[test]
    fn settings_without_a_prefix_are_known_by_their_keys() {
        let all = seen(&[
            (Kind::Unknown, json!({"id": "admin", "name": "Admin", "permissions": []})),
            (Kind::Unknown, json!({"id": "x", "outcome_ids": [], "custom_field_ids": []})),
            (Kind::Unknown, json!({"name": "anything"})),
        ]);
        assert_eq!((all.of(Sort::Role).len(), all.of(Sort::Playbook).len()), (1, 1));
        assert_eq!(all.items.len(), 2);
    }
}
