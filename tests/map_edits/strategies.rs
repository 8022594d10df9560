//! Each strategy: what it changes, and that it is told.

use crate::cases;
use crate::ground::{edited, made, parse, refused, with_map};
use close2twenty::cli::commands::convert::Options;
use close2twenty::mapping::{LeadStrategy, Settings};
use serde_json::json;
use std::fs;

fn rows(made: &crate::ground::Made, sheet: &str) -> usize {
    made.sheet(sheet).rows.len()
}

#[test]
fn leads() {
    for leads in [LeadStrategy::Person, LeadStrategy::Company] {
        let word = close2twenty::mapping::file::word(&leads);
        let made = edited(&format!("[strategies]\nleads = {word:?}\n"));
        let plain = crate::ground::without(&cases::sample().input, leads).unwrap();
        assert_eq!(
            made.read("csv/02-people/people-0001.csv"),
            plain.read("csv/02-people/people-0001.csv")
        );
        assert_eq!(made.manifest()["mapping"]["leads"], word);
    }
}

#[test]
fn companies_and_people() {
    let before = edited("");
    let merges = |made: &crate::ground::Made| made.read("reports/merges.csv").lines().count() - 1;
    for (lines, sheet) in [
        ("companies = \"off\"", "companies"),
        ("companies = \"domain\"", "companies"),
        ("people = \"off\"", "people"),
    ] {
        let made = edited(&format!("[strategies]\n{lines}\n"));
        assert!(rows(&made, sheet) > rows(&before, sheet), "{lines}");
        assert!(merges(&made) < merges(&before), "{lines}");
        assert!(made.manifest()["mapping"]["sha256"] != before.manifest()["mapping"]["sha256"]);
        assert!(made.manifest()["totals"]["rows"] != before.manifest()["totals"]["rows"]);
        let counts = |made: &crate::ground::Made| {
            made.summary.records["lead"].merged + made.summary.records["contact"].merged
        };
        assert!(counts(&made) <= counts(&before), "{lines}");
    }
}

#[test]
fn names_of_opportunities() {
    let made = edited("[strategies]\nopportunity-names = \"{status}: {lead}\"\n");
    let names = made.filled("opportunities", "Name");
    assert!(names.iter().any(|name| name.starts_with("Won: ")), "{names:?}");
    assert_eq!(names.len(), rows(&made, "opportunities"), "each has one");
    // The same words as built in change nothing.
    let same = edited("[strategies]\nopportunity-names = \"{lead} – {title}\"\n");
    assert_eq!(same.filled("opportunities", "Name"), edited("").filled("opportunities", "Name"));
    let told = refused("[strategies]\nopportunity-names = \"{lead} {stauts}\"\n");
    assert!(told.starts_with("C2T-E124 mapping.toml:2:21:") && told.contains("{status}"), "{told}");
}

/// One lead with these opportunities, converted with this template: the names.
fn named(template: &str, deals: &serde_json::Value) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.json");
    let lead = json!([{"id": "lead_1", "name": "Acme", "opportunities": deals}]);
    fs::write(&path, lead.to_string()).unwrap();
    let users = json!({"data": [{"id": "user_1", "first_name": "Jo", "last_name": "Probe", "email": "jo@probe.example"}]});
    fs::write(folder.path().join("users.json"), users.to_string()).unwrap();
    let lines = format!("[strategies]\nopportunity-names = {template:?}\n");
    let made = with_map(folder.path(), parse(&lines)).unwrap();
    made.sound();
    made.filled("opportunities", "Name")
}

#[test]
fn every_placeholder() {
    let deal = json!([{
        "id": "oppo_1", "lead_id": "lead_1", "note": "- First line\nsecond", "value": 129_900,
        "value_currency": "EUR", "value_formatted": "€1,299", "status_id": "stat_1",
        "status_label": "Won", "status_type": "won", "pipeline_id": "pipe_1", "pipeline_name": "Sales",
        "user_id": "user_1", "user_name": "Jo Probe", "date_won": "2024-03-01",
        "date_created": "2024-01-01T00:00:00+00:00"
    }]);
    for (template, name) in [
        ("{lead}", "Acme"),
        ("{title}", "First line"),
        ("{note}", "First line"),
        ("{value}", "€1,299"),
        ("{status}", "Won"),
        ("{pipeline}", "Sales"),
        ("{owner}", "Jo Probe"),
        ("{date_won}", "2024-03-01"),
        ("{pipeline} / {status} ({owner}, {date_won})", "Sales / Won (Jo Probe, 2024-03-01)"),
        ("{lead}: {value} – {note}", "Acme: €1,299 – First line"),
    ] {
        assert_eq!(named(template, &deal), [name], "{template}");
    }
}

#[test]
fn a_deal_without_what_is_asked_for_has_a_name() {
    let bare = json!([{"id": "oppo_1", "lead_id": "lead_1", "value_formatted": "€5", "value": 500, "value_currency": "EUR"}]);
    for (template, name) in [
        ("{note}", "Acme"),
        ("{title}", "€5"),
        ("{note} – {lead}", "Acme"),
        ("{lead} ({owner})", "Acme"),
        ("{lead} ({owner}) {value}", "Acme €5"),
        ("[{pipeline}] {lead}", "Acme"),
        ("{date_won}", "Acme"),
    ] {
        assert_eq!(named(template, &bare), [name], "{template}");
    }
}

fn emails(history: &str) -> crate::ground::Made {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("leads.json");
    let email = |id: &str, key: &str, body: &str| {
        json!({"id": id, "_type": "Email", "lead_id": "lead_1", "subject": id, key: body,
               "status": "sent", "date_created": "2024-01-01T00:00:00+00:00"})
    };
    let lead = json!([{"id": "lead_1", "name": "Acme", "activities": [
        email("acti_plain", "body_text", "Yes, please.\n\nOn Mon, 1 Jan 2024 at 10:00, Jo <jo@probe.example> wrote:\n> Shall we?\n"),
        email("acti_html", "body_html", "<p>Gladly.</p><p>Am 1.1.2024 um 10:00 schrieb Jo &lt;jo@probe.example&gt;:</p><blockquote><p>Wollen wir?</p></blockquote>"),
        email("acti_below", "body_text", "> Shall we?\nYes, below.\n"),
    ]}]);
    fs::write(&path, lead.to_string()).unwrap();
    let map = parse(&format!("[strategies]\nquoted-history = {history:?}\n"));
    let made = with_map(folder.path(), map).unwrap();
    made.sound();
    made
}

#[test]
fn quoted_history() {
    let (kept, trimmed) = (emails("keep"), emails("trim"));
    let body = |made: &crate::ground::Made, id: &str| {
        let sheet = made.sheet("tasks");
        sheet.close(id)["Body / Markdown"].to_owned()
    };
    assert!(body(&kept, "acti_plain").contains("Shall we?"));
    assert_eq!(body(&trimmed, "acti_plain"), "Yes, please.");
    assert!(body(&kept, "acti_html").contains("Wollen wir?"));
    assert_eq!(body(&trimmed, "acti_html"), "Gladly.");
    assert_eq!(body(&trimmed, "acti_below"), body(&kept, "acti_below"));
    let archive = trimmed.archive("email");
    assert!(archive.contains("Shall we?\\n") && archive.contains("Wollen wir?"), "{archive}");
    assert!(!archive.contains("Yes, below."), "what stands whole in a cell is not archived");
    for close in ["email.body_text", "email.body_html"] {
        assert_eq!(trimmed.count(close, "written"), trimmed.count(close, "values"), "{close}");
    }
    edited("[strategies]\nquoted-history = \"trim\"\n");
}

/// Where there is no map, settings say the same.
#[test]
fn settings_and_map_agree() {
    let exports = vec![cases::sample().input];
    let settings = Settings { leads: LeadStrategy::Person, ..Settings::default() };
    let plain = made(Options { exports, settings, ..Options::default() }).unwrap();
    let mapped = edited("[strategies]\nleads = \"person\"\n");
    crate::ground::same(&plain, &mapped, "settings");
}
