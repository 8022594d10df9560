//! `verify` against the fake Twenty: it finds nothing after a push, and just what somebody has changed since, in every
//! field. It must not change what it looks at.

#![forbid(unsafe_code)]
#![cfg(feature = "network")]

mod cases;
mod fake_twenty;
mod pushed;

use fake_twenty::Settings;
use pushed::{Ground, manifest};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

type Found = (String, String, String);

fn found(object: &str, kind: &str, field: &str) -> Found {
    (object.to_owned(), kind.to_owned(), field.to_owned())
}

#[test]
fn a_push_leaves_nothing_to_find() {
    let ground = Ground::pushed();
    let before = ground.twenty.dump();
    for more in [&[][..], &["--files"], &["--sample", "40"]] {
        let ran = ground.run("verify", more);
        assert_eq!(ran.code, Some(0), "{}\n{}\n{:?}", ran.stdout, ran.stderr, ground.findings());
        let outcome = ran.outcome();
        assert_eq!(outcome["findings"], 0, "{outcome:#}");
        let at_most = outcome["at_most"].as_f64().unwrap();
        assert_eq!(at_most > 0.0, more.contains(&"--sample"), "{outcome:#}");
        let rejected = outcome["steps"].as_array().unwrap().iter().map(|step| &step["rejected"]);
        assert!(rejected.into_iter().all(|rejected| *rejected == 0), "{outcome:#}");
    }
    assert!(before == ground.twenty.dump(), "nothing was changed");
    assert_eq!(ground.twenty.invalid_documents(), Vec::<String>::new());
}

#[test]
fn what_was_met_is_compared_with_what_was_sent() {
    let ground = Ground::met();
    ground.push();
    ground.run("verify", &[]).ends(0);
}

#[test]
fn a_bundle_that_was_not_pushed_is_told_so() {
    let ground = Ground::with(Settings::default());
    let ran = ground.run("verify", &[]).ends(1);
    assert!(ran.stderr.contains("C2T-E360"), "{}", ran.stderr);
}

/// The value of one column changed, as a user would; none where nothing can be changed.
fn mutated(
    (kind, sub): (&str, Option<&str>),
    record: &Value,
    field: &str,
    others: &[Value],
) -> Option<Value> {
    let old = &record[field];
    let is_empty = |value: &Value| {
        value.is_null() || *value == json!("") || value.as_array().is_some_and(Vec::is_empty)
    };
    let part = sub.map_or(old, |sub| &old[sub]);
    if kind != "RELATION" && is_empty(part) {
        return None;
    }
    let whole = |value: Value| {
        let mut parts: Map<String, Value> = old.as_object().cloned().unwrap_or_default();
        parts.insert(sub.unwrap_or_default().to_owned(), value);
        json!({ field: parts })
    };
    Some(match (kind, sub) {
        ("TEXT", _) => json!({ field: "changed" }),
        ("NUMBER", _) => json!({ field: old.as_f64()?.trunc() as i64 + 1 }),
        ("BOOLEAN", _) => json!({ field: !old.as_bool()? }),
        ("DATE", _) => json!({ field: "2001-02-03" }),
        ("DATE_TIME", _) => json!({ field: "2001-02-03T04:05:06.000Z" }),
        ("SELECT", _) => {
            let other = others.iter().map(|other| &other[field]);
            let mut other = other.filter(|value| value.is_string() && *value != old);
            json!({ field: other.next()? })
        }
        ("MULTI_SELECT", _) => json!({ field: [] }),
        ("RELATION", _) => {
            let column = format!("{field}Id");
            record[column.as_str()].as_str()?;
            json!({ column: null })
        }
        ("CURRENCY", Some("amountMicros")) => whole(json!(part.as_f64()? as i64 + 10_000)),
        ("EMAILS", Some("primaryEmail")) => whole(json!("changed@example.com")),
        ("EMAILS", Some("additionalEmails")) => whole(json!(["changed@example.com"])),
        ("LINKS", Some("primaryLinkUrl")) => whole(json!("https://changed.example")),
        ("LINKS", Some("secondaryLinks")) => {
            whole(json!([{ "url": "https://changed.example", "label": "changed" }]))
        }
        ("RICH_TEXT", Some("markdown")) => json!({ field: { "markdown": "changed" } }),
        ("FULL_NAME" | "ADDRESS", Some(_)) if sub != Some("addressCountry") => {
            whole(json!("changed"))
        }
        ("LINKS", Some("primaryLinkLabel")) => whole(json!("changed")),
        ("PHONES", Some("primaryPhoneNumber")) => json!({ field: {
            "primaryPhoneNumber": "+4930231259999", "additionalPhones": old["additionalPhones"] } }),
        _ => return None,
    })
}

#[test]
fn every_changed_field_is_found_and_nothing_else() {
    let ground = Ground::pushed();
    let manifest = manifest();
    let links: Vec<(&Value, &Value)> = manifest["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| (&link["object"], &link["header"]))
        .collect();
    let (mut expected, mut kinds, mut done) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for step in manifest["steps"].as_array().unwrap() {
        let object = step["object"].as_str().unwrap();
        for column in step["columns"].as_array().unwrap() {
            let field = column["field"].as_str().unwrap();
            let (kind, sub) = (column["type"].as_str().unwrap(), column["sub_field"].as_str());
            let skip = ["id", "closeId", "createdAt", "updatedAt", "closeCreatedBy"]
                .contains(&field)
                || links.contains(&(&step["object"], &column["header"]));
            if skip {
                continue;
            }
            // One record takes one change, so that each finding has one cause.
            let records = ground.twenty.records(object);
            for record in &records {
                let id = record["id"].as_str().unwrap().to_owned();
                let Some(change) = mutated((kind, sub), record, field, &records) else { continue };
                if !done.insert(format!("{id} {field}")) {
                    continue;
                }
                ground.twenty.edit(object, &id, change);
                let name = sub.map_or(field.to_owned(), |sub| format!("{field}.{sub}"));
                expected.insert(found(object, "different", &name));
                kinds.insert(kind.to_owned());
                break;
            }
        }
    }
    assert!(kinds.len() >= 13, "{kinds:?}");
    let outcome = ground.run("verify", &[]).ends(3).outcome();
    let findings: BTreeSet<Found> = ground.findings().into_iter().collect();
    let (lost, more): (Vec<_>, Vec<_>) =
        (expected.difference(&findings).collect(), findings.difference(&expected).collect());
    assert!(lost.is_empty() && more.is_empty(), "lost {lost:?}\nmore {more:?}\n{outcome:#}");
    assert!(ground.left("verify.csv").unwrap().lines().count() > expected.len());
}

#[test]
fn records_and_links_that_are_gone_or_too_many_are_found() {
    let ground = Ground::pushed();
    let twenty = &ground.twenty;
    let id = |record: &Value| record["id"].as_str().unwrap().to_owned();
    let tasks = twenty.records("task");
    twenty.remove("task", &id(&tasks[0]));
    twenty.soft_delete("note", &id(&twenty.records("note")[0]));
    // A link of a task that is still there goes, another one comes.
    let of = |task: &Value| {
        let links = twenty.records("taskTarget");
        links.into_iter().filter(|link| link["taskId"] == task["id"]).collect::<Vec<_>>()
    };
    let linked: Vec<&Value> = tasks[1..].iter().filter(|task| !of(task).is_empty()).collect();
    twenty.remove("taskTarget", &id(&of(linked[0])[0]));
    let stranger = id(twenty.records("company").last().unwrap());
    let taken = |task: &Value| of(task).iter().any(|link| link["targetCompanyId"] == stranger);
    let other = linked[1..].iter().find(|task| !taken(task)).unwrap();
    twenty.add("taskTarget", json!({ "taskId": id(other), "targetCompanyId": stranger }));
    // The same two records under another id are the same link.
    let same = &of(linked.last().unwrap())[0];
    let mut again = same.clone();
    twenty.remove("taskTarget", &id(same));
    let keep = |key: &str, value: &Value| {
        (key == "taskId" || key.starts_with("target")) && value.is_string()
    };
    let again = again.as_object_mut().unwrap();
    again.retain(|key, value| keep(key, value));
    twenty.add("taskTarget", Value::Object(again.clone()));
    ground.run("verify", &[]).ends(3);
    let findings = ground.findings();
    let kinds: Vec<(&str, &str)> =
        findings.iter().map(|(object, kind, _)| (object.as_str(), kind.as_str())).collect();
    let expected = [
        ("note", "deleted"),
        ("task", "missing"),
        ("taskTarget", "extra-link"),
        ("taskTarget", "missing-link"),
    ];
    assert_eq!(kinds, expected, "{findings:?}");
}
