//! Conservation (design §6): records and values add up in every bundle, the sample's totals are
//! those counted by hand, source = CSVs ∪ archive by a walk of its own, and a map with a hole
//! cannot convert. It must not use the converter's own ledger to excuse a value but where the
//! ledger says the value is noise or was used to derive another.

#![forbid(unsafe_code)]

mod cases;
#[path = "conservation/source.rs"]
mod source;
#[path = "conservation/target.rs"]
mod target;

use cases::sheet::Sheet;
use close2twenty::mapping::{LeadStrategy, Rules};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const STRATEGIES: [LeadStrategy; 3] =
    [LeadStrategy::Auto, LeadStrategy::Person, LeadStrategy::Company];

/// `reports/` of a bundle, as an outsider reads them.
struct Reports {
    reconciliation: Value,
    ledger: Sheet,
}

impl Reports {
    fn read(bundle: &cases::Bundle) -> Self {
        let read = |name: &str| fs::read(bundle.path().join("reports").join(name)).expect(name);
        let reconciliation = serde_json::from_slice(&read("reconciliation.json")).expect("JSON");
        Self { reconciliation, ledger: Sheet::parse(&read("ledger.csv")) }
    }

    /// Everything that does not add up.
    fn wrong(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        let records = self.reconciliation["records"].as_object().expect("records");
        for (kind, counts) in records {
            let n = |key: &str| counts[key].as_u64().expect("a count");
            if n("read") != n("written") + n("merged") + n("archived") + n("rejected") {
                wrong.push(format!("{kind}: {counts}"));
            }
        }
        if self.reconciliation["values"]["remainder"] != 0 {
            wrong.push(format!("values: {}", self.reconciliation["values"]));
        }
        let fates = ["written", "derived", "merged", "archived", "set_aside", "noise"];
        for row in &self.ledger.rows {
            let n = |header: &str| -> u64 { row[self.ledger.at(header)].parse().expect("a count") };
            let sum: u64 = fates.iter().map(|fate| n(fate)).sum();
            let whole = n("occurrences") == n("values") + n("empty");
            if n("values") != sum || !whole || n("remainder") != 0 {
                wrong.push(format!("ledger: {row:?}"));
            }
        }
        wrong
    }

    fn count(&self, kind: &str, fate: &str) -> u64 {
        self.reconciliation["records"][kind][fate].as_u64().unwrap_or(0)
    }
}

#[test]
fn every_bundle_adds_up_under_every_strategy() {
    cases::for_each(&cases::all(), |case| {
        let mut wrong = Vec::new();
        for leads in STRATEGIES {
            let inputs = std::slice::from_ref(&case.input);
            if let Ok(bundle) = cases::run_with(inputs, leads, 1, cases::built_in()) {
                let found = Reports::read(&bundle).wrong();
                wrong.extend(found.iter().map(|what| format!("{} {leads:?}: {what}", case.name)));
            }
        }
        wrong
    });
}

/// Close type of the reports and the labels of `sample-totals.json` it sums up.
const TOTALS: &[(&str, &[&str])] = &[
    ("lead", &["lead"]),
    ("contact", &["contact"]),
    ("opportunity", &["opportunity"]),
    (
        "task",
        &[
            "task lead",
            "task outgoing_call",
            "task incoming_email",
            "task email_followup",
            "task missed_call",
            "task voicemail",
            "task answered_detached_call",
            "task opportunity_due",
            "task incoming_sms",
        ],
    ),
    ("note", &["Note"]),
    ("call", &["Call"]),
    ("email", &["Email"]),
    ("email_thread", &["EmailThread"]),
    ("sms", &["SMS"]),
    ("whatsapp_message", &["WhatsAppMessage"]),
    ("meeting", &["Meeting"]),
    ("created", &["Created"]),
    ("lead_status_change", &["LeadStatusChange"]),
    ("opportunity_status_change", &["OpportunityStatusChange"]),
    ("task_completed", &["TaskCompleted"]),
    ("lead_merge", &["LeadMerge"]),
    ("form_submission", &["FormSubmission"]),
    ("custom_activity", &["CustomActivity"]),
    ("import_update", &["ImportUpdate"]),
    ("custom_object", &["custom object"]),
    ("comment_thread", &["comment thread"]),
    ("comment", &["comment"]),
];

#[test]
fn the_samples_totals_are_those_counted_by_hand() {
    let text = fs::read(cases::testdata().join("close/sample-totals.json")).expect("totals");
    let totals: Value = serde_json::from_slice(&text).expect("JSON");
    let bundle = cases::run(&cases::sample().input).expect("it converts");
    let reports = Reports::read(&bundle);
    let sum = |labels: &[&str], key: &str| -> u64 {
        labels.iter().map(|label| totals["records"][label][key].as_u64().expect("a total")).sum()
    };
    for (kind, labels) in TOTALS {
        let copies = sum(labels, "nested") + sum(labels, "other");
        assert_eq!(reports.count(kind, "read"), copies, "{kind}: objects read");
        // Leads and contacts are also merged because they are the same company or person.
        if !["lead", "contact", "email_thread"].contains(kind) {
            let copies = copies - sum(labels, "distinct");
            assert_eq!(reports.count(kind, "merged"), copies, "{kind}: copies");
        }
    }
    let labels: BTreeSet<&str> = TOTALS.iter().flat_map(|(_, labels)| *labels).copied().collect();
    let counted = totals["records"].as_object().expect("records").keys();
    let left: Vec<_> = counted.filter(|label| !labels.contains(&***label)).collect();
    assert!(left.is_empty(), "every total is compared: {left:?}");
}

/// Values of an export that are neither in the CSVs nor in the archive, and how many were looked for.
fn lost(case: &cases::Case) -> (Vec<String>, usize) {
    let bundle = cases::run(&case.input).expect("it converts");
    let excused = excused(&Reports::read(&bundle).ledger);
    let target = target::Target::read(&bundle.path(), &case.input);
    let (mut lost, mut checked) = (Vec::new(), 0);
    for record in source::records(&case.input) {
        for (path, value) in &record.values {
            let paths = source::with_parents(path).into_iter();
            if paths.map(|path| (record.kind.clone(), path)).any(|key| excused.contains(&key)) {
                continue;
            }
            checked += 1;
            if !target.holds(&record, path, value) {
                let (name, kind, id) = (&case.name, &record.kind, &record.id);
                lost.push(format!("{name}: {kind} {id} {path} = {value}"));
            }
        }
    }
    (lost, checked)
}

#[test]
fn the_source_is_the_csvs_and_the_archive() {
    let (lost, checked) = lost(&cases::sample());
    assert!(checked > 8_000, "the walk sees the sample: {checked} values");
    assert!(lost.is_empty(), "{} of {checked} lost:\n{}", lost.len(), lost.join("\n"));
}

#[test]
fn so_it_is_for_every_oddity() {
    let oddities: Vec<_> =
        cases::all().into_iter().filter(|case| case.name.starts_with("oddities/")).collect();
    cases::for_each(&oddities, |case| lost(case).0);
}

/// Paths the ledger says are noise, or used to derive something else.
fn excused(ledger: &Sheet) -> BTreeSet<(String, String)> {
    let (kind, path) = (ledger.at("close_type"), ledger.at("path"));
    let (noise, derived) = (ledger.at("noise"), ledger.at("derived"));
    let rows = ledger.rows.iter().filter(|row| row[noise] != "0" || row[derived] != "0");
    rows.map(|row| (row[kind].clone(), row[path].clone())).collect()
}

/// The sample's fewest records that still hold every path, as one file.
fn reduced() -> Vec<u8> {
    let mut seen = BTreeSet::new();
    let mut text = Vec::new();
    for record in source::records(&cases::sample().input) {
        let paths: Vec<_> =
            record.values.iter().map(|(path, _)| (record.kind.clone(), path.clone())).collect();
        if paths.iter().any(|path| !seen.contains(path)) {
            seen.extend(paths);
            serde_json::to_writer(&mut text, &record.alone).expect("JSON");
            text.push(b'\n');
        }
    }
    text
}

#[test]
fn a_map_with_a_hole_cannot_convert() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("reduced.jsonl");
    fs::write(&file, reduced()).expect("a file");
    let convert =
        |rules: Rules| cases::run_with(std::slice::from_ref(&file), LeadStrategy::Auto, 1, rules);
    let rules = cases::built_in();
    let whole = convert(rules.clone()).expect("the whole map converts");
    let ledger = Reports::read(&whole).ledger;
    let filled: BTreeMap<(&str, &str), bool> = ledger
        .rows
        .iter()
        .map(|row| {
            let key = (row[ledger.at("close_type")].as_str(), row[ledger.at("path")].as_str());
            (key, row[ledger.at("values")] != "0")
        })
        .collect();
    let exercised: Vec<usize> = (0..rules.all().len())
        .filter(|i| {
            let rule = &rules.all()[*i];
            filled.get(&(rule.kind.word(), rule.path.as_str())) == Some(&true)
        })
        .collect();
    assert!(exercised.len() > 280, "the sample exercises most rules: {}", exercised.len());
    cases::for_each(&exercised, |i| {
        let rule = &rules.all()[*i];
        let place = format!("{}.{}", rule.kind.word(), rule.path);
        // `run_with` asserts that nothing is left behind.
        match convert(rules.without(*i).expect("a table")) {
            Ok(_) => vec![format!("{place}: converts without its rule")],
            Err(error) if error.code == "C2T-E200" && error.what.contains(&place) => Vec::new(),
            Err(error) => vec![format!("{place}: {} {error}", error.code)],
        }
    });
}
