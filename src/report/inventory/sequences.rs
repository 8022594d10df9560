//! Sequences: their steps in order, when they run, and how many are enrolled. It must not draw
//! conclusions from the numbers.

use super::Source;
use super::checklist::Entry;
use crate::bundle::guide::page::{code, number, plural, text};
use crate::survey::inventory::{Item, Sort};
use serde_json::Value;
use std::fmt::Write as _;

/// One entry for each sequence, also those that only subscriptions name.
pub(super) fn entries(source: &Source<'_>) -> Vec<Entry> {
    let inventory = &source.survey.inventory;
    let mut entries: Vec<Entry> = inventory
        .of(Sort::Sequence)
        .into_iter()
        .map(|(id, item)| entry(source, id, item))
        .collect();
    for id in inventory.enrolled_sequences() {
        if inventory.get(Sort::Sequence, id).is_none() {
            let mut entry =
                Entry::new(format!("{}: not in this export, only its enrolments", code(id)));
            enrolments(source, id, None, &mut entry);
            entries.push(entry);
        }
    }
    entries
}

fn entry(source: &Source<'_>, id: &str, item: &Item) -> Entry {
    let mut head = super::name(id, item);
    if !item.text("status").is_empty() {
        let _ = write!(head, ", {}", text(item.text("status")));
    }
    let mut entry = Entry::new(head);
    runs(source, item, &mut entry);
    enrolments(source, id, item.value("subscription_counts_by_status"), &mut entry);
    match item.list("steps") {
        [] if item.value("steps").is_some() => entry.point("its steps could not be read"),
        [] => entry.point("no steps"),
        steps => {
            // The time since the start is known as long as every delay is.
            let mut since = Some(0_u64);
            for step in steps {
                since = since.zip(seconds(step.get("delay"))).and_then(|(a, b)| a.checked_add(b));
                entry.step(self::step(source, step, since));
            }
        }
    }
    entry
}

/// Days and hours it runs in.
fn runs(source: &Source<'_>, item: &Item, entry: &mut Entry) {
    let zone = item.text("timezone");
    let apart = source.survey.inventory.get(Sort::Schedule, item.text("schedule_id"));
    let ranges = match item.value("schedule").and_then(|s| s.get("ranges")) {
        Some(ranges) => ranges.as_array().map(Vec::as_slice).unwrap_or_default(),
        None => apart.map(|schedule| schedule.list("ranges")).unwrap_or_default(),
    };
    let ranges: Vec<String> = ranges.iter().map(range).collect();
    let mut words = ranges.join(", ");
    if words.is_empty() {
        match (item.text("schedule_id"), zone) {
            ("", "") => return,
            ("", _) => words.push_str("any time"),
            (id, _) => words = format!("schedule {} (not in this export)", code(id)),
        }
    }
    if !zone.is_empty() {
        words = format!("{words} (time zone {})", text(zone));
    }
    entry.point(format!("runs: {words}"));
}

/// Days of the week as Close counts them: 1 is Monday.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn range(range: &Value) -> String {
    let day = range.get("weekday").and_then(Value::as_u64).and_then(|n| n.checked_sub(1));
    let day = day.and_then(|n| DAYS.get(usize::try_from(n).ok()?));
    let part = |key| range.get(key).and_then(Value::as_str).map(text);
    match (day, part("start"), part("end")) {
        (Some(day), Some(start), Some(end)) => format!("{day} {start}–{end}"),
        _ => text(&range.to_string()),
    }
}

/// Close's own numbers, and those of the subscriptions in the export where these differ.
fn enrolments(source: &Source<'_>, id: &str, counts: Option<&Value>, entry: &mut Entry) {
    let mut own: Vec<(String, u64)> = counts
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(status, n)| Some((status.clone(), n.as_u64()?)))
        .collect();
    own.sort();
    let found: Vec<(String, u64)> = source
        .survey
        .inventory
        .enrolled(id)
        .into_iter()
        .map(|(status, n)| (status.to_owned(), n))
        .collect();
    if own.is_empty() && found.is_empty() {
        entry.point("enrolments: not in this export");
        return;
    }
    let words = |counts: &[(String, u64)]| {
        let parts: Vec<_> =
            counts.iter().map(|(status, n)| format!("{} {}", number(*n), text(status))).collect();
        parts.join(", ")
    };
    if !own.is_empty() {
        entry.point(format!("enrolments, by Close's own count: {}", words(&own)));
    }
    let positive: Vec<_> = own.into_iter().filter(|(_, n)| *n > 0).collect();
    if !found.is_empty() && found != positive {
        entry.point(format!("enrolments, counted in this export: {}", words(&found)));
    }
}

fn step(source: &Source<'_>, step: &Value, since: Option<u64>) -> String {
    let word = |key| step.get(key).and_then(Value::as_str).filter(|t| !t.is_empty());
    let mut out = since.map_or_else(String::new, |since| format!("day {}: ", since / DAY));
    out.push_str(&word("step_type").map_or_else(|| "step of unknown type".to_owned(), text));
    for (key, sort) in
        [("email_template_id", Sort::EmailTemplate), ("sms_template_id", Sort::SmsTemplate)]
    {
        if let Some(id) = word(key) {
            let _ = write!(out, ", {}", template(source, sort, id));
        }
    }
    match (step.get("delay"), seconds(step.get("delay"))) {
        (_, Some(0)) | (None | Some(Value::Null), _) => {}
        (_, Some(delay)) => {
            let _ = write!(out, ", after {}", duration(delay));
        }
        (Some(delay), None) => {
            let _ = write!(out, ", delay {}", text(&delay.to_string()));
        }
    }
    if step.get("required") == Some(&Value::Bool(true)) {
        out.push_str(", required");
    }
    match word("threading") {
        Some("new_thread") => out.push_str(", new thread"),
        Some("old_thread") => out.push_str(", same thread"),
        Some(other) => {
            let _ = write!(out, ", threading {}", text(other));
        }
        None => {}
    }
    if let Some(allowed) = seconds(step.get("step_allowed_delay")) {
        let _ = write!(out, ", may be late by {}", duration(allowed));
    }
    out
}

fn template(source: &Source<'_>, sort: Sort, id: &str) -> String {
    match source.survey.inventory.get(sort, id) {
        Some(template) if template.flag("is_archived") => {
            format!("template “{}” (archived)", text(template.text("name")))
        }
        Some(template) => format!("template “{}”", text(template.text("name"))),
        None => format!("template {} (not in this export)", code(id)),
    }
}

const DAY: u64 = 86_400;

fn seconds(value: Option<&Value>) -> Option<u64> {
    match value? {
        Value::Number(n) => {
            n.as_u64().or_else(|| n.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Seconds in the largest units, nothing rounded away.
fn duration(seconds: u64) -> String {
    let units = [
        (seconds / DAY, "day", "days"),
        (seconds % DAY / 3600, "hour", "hours"),
        (seconds % 3600 / 60, "minute", "minutes"),
        (seconds % 60, "second", "seconds"),
    ];
    let parts: Vec<_> =
        units.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| plural(*n, one, many)).collect();
    if parts.is_empty() { "no time".to_owned() } else { parts.join(" ") }
}
