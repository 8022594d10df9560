//! Exports that are not whole, and layouts that leave something out: each is told with its place and
//! what to do, and what is there is converted. It must not check how records are converted.

#![forbid(unsafe_code)]

mod cases;
#[allow(dead_code)]
#[path = "layouts/container.rs"]
mod container;
/// What the packers pack.
mod layout {
    /// Files by name.
    pub type Files = Vec<(String, Vec<u8>)>;
}

use cases::{Bundle, run};
use close2twenty::pipeline;
use close2twenty::read::Sources;
use close2twenty::report::Audit;
use close2twenty::survey::survey;
use container::{gzip, tar, zip};
use layout::Files;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;

/// Converts files that lie in one folder.
fn converted(files: &[(&str, Value)]) -> Bundle {
    let files: Files = files.iter().map(|(n, v)| ((*n).into(), v.to_string().into())).collect();
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in &files {
        fs::write(folder.path().join(name), bytes).expect("a file");
    }
    run(folder.path()).expect("it converts")
}

/// What is told as incomplete, by code and file.
fn incomplete(bundle: &Bundle) -> Vec<(&str, &str)> {
    bundle.summary.incomplete.iter().map(|line| (line.code, &*line.file)).collect()
}

fn remarks(bundle: &Bundle) -> Vec<(&str, &str)> {
    bundle.summary.remarks.iter().map(|line| (line.code, &*line.file)).collect()
}

fn leads(n: usize) -> Vec<Value> {
    (0..n).map(|n| json!({"id": format!("lead_{n}"), "name": format!("Firma {n} GmbH")})).collect()
}

#[test]
fn pages_that_miss_their_successors() {
    let page = |more: bool, total: usize| json!({"data": leads(3), "has_more": more, "total_results": total});
    for (page, expected) in [
        (page(false, 3), None),
        (page(true, 3), Some("C2T-X003")),
        (page(true, 9), Some("C2T-X002")),
        (page(false, 9), Some("C2T-X002")),
    ] {
        let bundle = converted(&[("leads.json", page.clone())]);
        let expected: Vec<_> = expected.into_iter().map(|code| (code, "leads.json")).collect();
        assert_eq!(incomplete(&bundle), expected, "{page}");
    }
    // The file that follows makes the list whole, whatever the two are called.
    let last = json!({"data": [{"id": "lead_x", "name": "X GmbH"}], "has_more": false, "total_results": 4});
    let bundle = converted(&[("b.json", page(true, 4)), ("a.json", last)]);
    assert_eq!(incomplete(&bundle), []);
}

/// Pages of different endpoints in one file are lists of their own.
#[test]
fn every_list_in_a_file_is_counted_by_itself() {
    let leads = json!({"data": leads(2), "has_more": true});
    let notes = json!({"data": [{"_type": "Note", "id": "acti_1", "lead_id": "lead_1", "note": "x"}], "has_more": false});
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("all.json");
    fs::write(&file, format!("{leads}{notes}")).expect("a file");
    assert_eq!(incomplete(&run(&file).expect("it converts")), [("C2T-X003", "all.json")]);
}

/// Groups are counted by what is in them.
#[test]
fn groups_count_their_objects() {
    let deal = |n: usize| json!({"id": format!("oppo_{n}"), "lead_id": "lead_0", "value": 100});
    let groups = |total: usize| {
        json!({"data": [{"key": "user_1", "objects": [deal(1), deal(2)], "total_results": 2},
            {"key": "user_2", "objects": [deal(3)]}], "has_more": false, "total_results": total})
    };
    let bundle = converted(&[("leads.json", json!(leads(1))), ("deals.json", groups(3))]);
    assert_eq!(incomplete(&bundle), []);
    assert_eq!(bundle.summary.records["opportunity"].written, 3);
    let bundle = converted(&[("leads.json", json!(leads(1))), ("deals.json", groups(4))]);
    assert_eq!(incomplete(&bundle), [("C2T-X002", "deals.json")]);
}

#[test]
fn a_search_that_ends_at_its_limit() {
    let search = |n: usize, cursor: Value| {
        let typed =
            |lead: Value| json!({"__object_type": "lead", "id": lead["id"], "name": lead["name"]});
        json!({"data": leads(n).into_iter().map(typed).collect::<Vec<_>>(), "cursor": cursor})
    };
    let bundle = converted(&[("x.json", search(10_000, "abc".into()))]);
    assert_eq!(incomplete(&bundle), [("C2T-X008", "x.json")]);
    let bundle = converted(&[("x.json", search(10_000, Value::Null))]);
    assert_eq!(incomplete(&bundle), []);
    let bundle = converted(&[("x.json", search(200, "abc".into()))]);
    assert_eq!(incomplete(&bundle), [("C2T-X003", "x.json")]);
}

#[test]
fn an_export_job_and_an_error_answer_tell() {
    let job = json!({"id": "expo_1", "type": "leads", "status": "done", "n_docs": 5, "n_docs_processed": 5});
    let answer = json!({"field-errors": {"_skip": "The maximum is 250000 (max_skip)."}});
    let bundle =
        converted(&[("a.json", json!(leads(4))), ("job.json", job.clone()), ("e.json", answer)]);
    assert_eq!(incomplete(&bundle), [("C2T-X009", "e.json"), ("C2T-X002", "job.json")]);
    assert_eq!(incomplete(&converted(&[("a.json", json!(leads(5))), ("job.json", job)])), []);
}

#[test]
fn contacts_that_are_nowhere_are_counted() {
    let lead = json!([{"id": "lead_1", "name": "A GmbH", "contact_ids": ["cont_1", "cont_2", "cont_3"]},
        {"id": "lead_2", "name": "B GmbH", "contact_ids": []}]);
    let contact = json!([{"id": "cont_1", "lead_id": "lead_1", "name": "Ada Example"}]);
    let bundle = converted(&[("leads.json", lead), ("contacts.json", contact)]);
    assert_eq!(incomplete(&bundle), [("C2T-X007", "the export")]);
    let what = &bundle.summary.incomplete[0].what;
    assert!(what.starts_with("1 lead names 2 contacts that are in no file"), "{what}");
}

/// Members of archives are told by their own names.
#[test]
fn a_page_in_an_archive() {
    let page = json!({"data": leads(3), "has_more": true}).to_string();
    let files: Files = vec![("a/leads.json".into(), page.into())];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in [("x.zip", zip(&files)), ("x.tar.gz", gzip(&tar(&files)))] {
        let file = folder.path().join(name);
        fs::write(&file, bytes).expect("a file");
        let bundle = run(&file).expect("it converts");
        assert_eq!(incomplete(&bundle), [("C2T-X003", &*format!("{name}/a/leads.json"))]);
    }
}

/// What closeio-backup wrote with its defect, among files of it that are good.
#[test]
fn the_known_defect_is_told_among_good_files() {
    let mut positions = String::from("[\n");
    (0..50_000).for_each(|n| writeln!(positions, ",{n}").expect("text"));
    positions.push_str("]\n");
    assert!(positions.len() > 256 * 1024, "more than is looked at");
    let note = json!([{"_type": "LeadStatusChange", "id": "acti_1", "lead_id": "lead_1"}]);
    let files: Files = vec![
        ("lead.json".into(), json!(leads(2)).to_string().into()),
        ("activity_call.json".into(), positions.clone().into()),
        ("activity_statuschange_lead.json".into(), note.to_string().into()),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("2020-01-31.tar.gz");
    fs::write(&file, gzip(&tar(&files))).expect("a file");
    let bundle = run(&file).expect("it converts");
    let left: Vec<_> = bundle.summary.ignored_files.iter().map(|l| (l.code, &*l.file)).collect();
    assert_eq!(left, [("C2T-S003", "2020-01-31.tar.gz/activity_call.json")]);
    assert!(bundle.summary.ignored_files[0].why.contains("export again"));
    assert_eq!(
        remarks(&bundle),
        [("C2T-X012", "2020-01-31.tar.gz/activity_statuschange_lead.json")]
    );
    let bad: Files = vec![("lead.json".into(), positions.into())];
    fs::write(&file, gzip(&tar(&bad))).expect("a file");
    assert_eq!(run(&file).err().expect("nothing is left").code, "C2T-S003");
}

#[test]
fn what_a_layout_leaves_out_is_told() {
    let task = |n: usize, kind: &str| json!({"_type": kind, "id": format!("task_{n}"), "lead_id": "lead_0", "text": "x"});
    let beside =
        |tasks: Value| converted(&[("leads.json", json!(leads(1))), ("tasks.json", tasks)]);
    assert_eq!(remarks(&beside(json!([task(1, "lead")]))), [("C2T-X011", "tasks.json")]);
    assert_eq!(remarks(&beside(json!([task(1, "lead"), task(2, "missed_call")]))), []);
    // What stands in its lead says nothing about the endpoint.
    let mut lead = leads(1);
    lead[0]["tasks"] = json!([task(1, "lead")]);
    assert_eq!(remarks(&converted(&[("leads.json", json!(lead))])), []);
}

/// Once a file, by audit and convert alike; messages without a record are counted.
#[test]
fn singer_is_told_once_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut text = String::new();
    for line in [
        json!({"type": "SCHEMA", "stream": "leads", "schema": {}}),
        json!({"type": "RECORD", "stream": "leads", "record": {"id": "lead_1", "name": "A GmbH",
            "custom_fields": [{"id": "lcf_1", "value": "2024-05-01T00:00:00.000000Z"}, {"id": "lcf_2", "value": ["x", "y"]}],
            "opportunities": [{"id": "oppo_1", "lead_id": "lead_1", "date_won": "2024-02-29T00:00:00.000000Z"}]}}),
        json!({"type": "RECORD", "stream": "leads", "record": {"id": "lead_2", "name": "B GmbH"}}),
        json!({"type": "STATE", "value": {}}),
        json!({"type": "STATE", "value": {}}),
    ] {
        writeln!(text, "{line}").expect("text");
    }
    let file = folder.path().join("tap.jsonl");
    fs::write(&file, text).expect("a file");
    let bundle = run(&file).expect("it converts");
    assert_eq!(remarks(&bundle), [("C2T-X010", "tap.jsonl")]);
    let messages: Vec<_> = bundle.summary.messages.iter().map(|(w, n)| (&**w, *n)).collect();
    assert_eq!(messages, [("SCHEMA", 1), ("STATE", 2)]);
    assert!(
        bundle.summary.text().contains("Messages without a record, passed over: 1 SCHEMA, 2 STATE")
    );
    assert_eq!(bundle.summary.records["lead"].written, 2);
    let sheets = cases::sheet::sheets(&bundle.path());
    let deals = &sheets["opportunities"];
    let deal = deals.one("Close Id", "oppo_1");
    assert!(deal["Close date"].starts_with("2024-02-29"), "{deal:?}");
    // A field that holds midnight only holds dates.
    let all = bundle.files();
    let manifest: Value = serde_json::from_slice(&all["manifest.json"]).expect("JSON");
    let fields = manifest["schema"]["fields"].as_array().expect("fields");
    let types: Vec<_> = fields
        .iter()
        .filter(|f| f["why"].to_string().contains("lcf_1"))
        .map(|f| &f["type"])
        .collect();
    assert!(!types.is_empty() && types.iter().all(|kind| **kind == "DATE"), "{types:?}");
    let sources = Sources::find(&[file]).expect("a source");
    let pool = pipeline::pool(1).expect("a pool");
    let (survey, _) = survey(&pool, sources, &[]).expect("a survey");
    let audit = Audit::new(&survey);
    assert_eq!(audit.remarks.len(), 1);
    assert!(audit.text().contains("Remark [C2T-X010]: tap.jsonl"));
}

/// A copy that was asked for a few fields only says nothing of the others.
#[test]
fn a_stripped_copy_erases_nothing() {
    let contact = json!([{"id": "cont_1", "lead_id": "lead_0", "name": "Ada Example", "title": "CEO",
        "emails": [{"email": "ada@a.example", "type": "office"}], "date_updated": "2020-01-01T00:00:00+00:00"}]);
    let stripped = json!({"data": [{"__object_type": "contact", "id": "cont_1", "name": "Ada Beispiel",
        "date_updated": "2024-01-01T00:00:00+00:00"}], "cursor": null});
    let bundle =
        converted(&[("a.json", json!(leads(1))), ("b.json", contact), ("c.json", stripped)]);
    let sheets = cases::sheet::sheets(&bundle.path());
    let person = sheets["people"].one("Close Id", "cont_1");
    assert_eq!((&person["Name / Last Name"][..], &person["Job Title"][..]), ("Beispiel", "CEO"));
    assert!(person.cells().iter().any(|cell| cell == "ada@a.example"), "{person:?}");
    let archive = bundle.files();
    let told =
        archive.values().any(|bytes| memchr::memmem::find(bytes, b"__object_type").is_some());
    assert!(!told, "what a search says of the kind is no value");
}

/// Entries of the event log are kept and counted, and are records of nothing.
#[test]
fn events_are_counted_and_kept() {
    let event = |n: usize| {
        json!({"id": format!("ev_{n}"), "object_type": "lead", "action": "deleted",
        "data": {"id": "lead_gone", "name": "Gone GmbH"}, "previous_data": {}})
    };
    let page = json!({"data": [event(1), event(2)], "cursor_next": null});
    let hook = json!({"event": event(3), "subscription_id": "whsub_1"});
    let bundle =
        converted(&[("leads.json", json!(leads(1))), ("ev.json", page), ("hook.json", hook)]);
    let counts = bundle.summary.records["event"];
    assert_eq!((counts.read, counts.archived), (3, 3));
    assert_eq!(bundle.summary.records["lead"].read, 1);
    assert!(bundle.summary.text().contains("event"));
    let kept = String::from_utf8_lossy(&bundle.files()["archive/event.jsonl"]).into_owned();
    assert!(kept.contains("Gone GmbH") && kept.lines().count() == 3, "{kept}");
}
