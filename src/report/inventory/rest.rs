//! Settings that take one line or a few: templates, groups, roles, phone numbers, outcomes, custom
//! types. It must not repeat what the guide says.

use super::Source;
use super::checklist::Entry;
use crate::bundle::guide::page::{code, text};
use crate::survey::inventory::{FILES, Item, PLACEHOLDERS, REQUIRED, Sort};
use serde_json::Value;

/// One entry for each setting of a sort.
pub(super) fn entries(source: &Source<'_>, sort: Sort) -> Vec<Entry> {
    let items = source.survey.inventory.of(sort);
    items.into_iter().map(|(id, item)| entry(source, sort, id, item)).collect()
}

fn entry(source: &Source<'_>, sort: Sort, id: &str, item: &Item) -> Entry {
    let numbers = ["number_formatted", "number"].map(|key| item.text(key));
    let number = numbers.into_iter().find(|number| !number.is_empty());
    let mut head = match number.filter(|_| item.text("name").is_empty()) {
        Some(number) => format!("**{}**", text(number)),
        None => super::name(id, item),
    };
    for fact in facts(source, sort, item) {
        head.push_str(", ");
        head.push_str(&fact);
    }
    let mut entry = Entry::new(head);
    for key in ["subject", "description"] {
        if !item.text(key).is_empty() {
            entry.point(format!("{key}: {}", text(item.text(key))));
        }
    }
    for (what, key) in [
        ("placeholders", PLACEHOLDERS),
        ("files", FILES),
        ("fields that must be filled in", REQUIRED),
    ] {
        let shown: Vec<_> = words(item, key).map(text).collect();
        if !shown.is_empty() {
            entry.point(format!("{what}: {}", shown.join(", ")));
        }
    }
    people(source, sort, item, &mut entry);
    if sort == Sort::IntegrationLink && !item.text("url").is_empty() {
        entry.code(item.text("url"));
    }
    entry
}

/// What stands behind the name; Markdown.
fn facts(source: &Source<'_>, sort: Sort, item: &Item) -> Vec<String> {
    let mut facts = Vec::new();
    let mut flag = |key: &str, words: &str| {
        if item.flag(key) {
            facts.push(words.to_owned());
        }
    };
    flag("is_archived", "archived");
    flag("is_shared", "shared");
    flag("api_create_only", "made by the API only");
    flag("is_group_number", "number of a group");
    if item.value("archived_at").is_some() {
        facts.push("archived".to_owned());
    }
    let author = item.text("created_by");
    if matches!(sort, Sort::EmailTemplate | Sort::SmsTemplate)
        && !item.flag("is_shared")
        && !author.is_empty()
    {
        facts.push(format!("private to {}", source.user(author)));
    }
    for key in ["label", "type", "country", "status"] {
        if !item.text(key).is_empty() {
            facts.push(format!("{key} {}", text(item.text(key))));
        }
    }
    let applies: Vec<_> = words(item, "applies_to").map(text).collect();
    if !applies.is_empty() {
        facts.push(format!("for {}", applies.join(" and ")));
    }
    facts
}

/// Members, users, outcomes and fields that a setting names by id.
fn people(source: &Source<'_>, sort: Sort, item: &Item, entry: &mut Entry) {
    let inventory = &source.survey.inventory;
    let user = |value: &Value| {
        let id = value.as_str().or_else(|| value.get("user_id").and_then(Value::as_str));
        id.map_or_else(|| text(&value.to_string()), |id| source.user(id))
    };
    let outcome = |value: &Value| {
        let id = value.as_str().unwrap_or_default();
        inventory.get(Sort::Outcome, id).map_or_else(|| code(id), |o| text(o.text("name")))
    };
    let field = |value: &Value| {
        let id = value.as_str().unwrap_or_default();
        source.survey.config.fields.get(id).map_or_else(|| code(id), |field| text(&field.name))
    };
    let mut list = |what: &str, key: &str, show: &dyn Fn(&Value) -> String| {
        let shown: Vec<_> = item.list(key).iter().map(show).collect();
        if !shown.is_empty() {
            entry.point(format!("{what}: {}", shown.join(", ")));
        }
    };
    list("members", "members", &user);
    list("people", "participants", &user);
    list("outcomes", "outcome_ids", &outcome);
    list("fields", "custom_field_ids", &field);
    list("permissions", "permissions", &|value| {
        value.as_str().map_or_else(|| text(&value.to_string()), code)
    });
    if sort == Sort::Group && item.value("members").is_none() {
        entry.point("members: not in this export");
    }
    if sort == Sort::PhoneNumber {
        if !item.text("user_id").is_empty() {
            entry.point(format!("of {}", source.user(item.text("user_id"))));
        }
        if item.flag("forward_to_enabled") {
            entry.point(format!("forwards to {}", text(item.text("forward_to"))));
        }
    }
}

fn words<'i>(item: &'i Item, key: &str) -> impl Iterator<Item = &'i str> {
    item.list(key).iter().filter_map(Value::as_str)
}

/// Lead statuses that the latest record calls otherwise than the settings.
pub(super) fn changed_statuses(source: &Source<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for status in &source.survey.config.lead_statuses {
        let Some(facts) = source.survey.lead_statuses.get(&status.id) else { continue };
        if !facts.label.is_empty() && facts.label != status.label {
            entries.push(Entry::new(format!(
                "**{}** in the settings, “{}” in the records",
                text(&status.label),
                text(&facts.label)
            )));
        }
    }
    entries
}
