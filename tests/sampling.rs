//! `convert --sample N`: a small bundle that shows as much as N leads can, closed under relations,
//! the same whatever the threads and files. What leads show is read from the export by the test's own
//! eyes. It must not ask the library which features there are.

#![forbid(unsafe_code)]
#![allow(clippy::disallowed_types, reason = "a test of its own: nothing of its order is shown")]

mod cases;

use cases::{Bundle, built_in, run_sample, sample};
use close2twenty::mapping::LeadStrategy;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Features by lead.
type Features = BTreeMap<String, BTreeSet<String>>;

fn sampled(exports: &[PathBuf], threads: usize, n: u32) -> Bundle {
    let bundle = run_sample(exports, LeadStrategy::Auto, threads, built_in(), Some(n));
    bundle.expect("it converts")
}

fn of_sample(n: u32) -> Bundle {
    sampled(&[sample().input], 1, n)
}

/// The leads of a bundle, as its report lists them.
fn leads(bundle: &Bundle) -> BTreeSet<String> {
    let files = bundle.files();
    let mut rows = csv::Reader::from_reader(files["reports/leads.csv"].as_slice());
    rows.records().map(|row| row.expect("a row")[0].to_owned()).collect()
}

fn manifest(bundle: &Bundle) -> Value {
    serde_json::from_slice(&bundle.files()["manifest.json"]).expect("JSON")
}

/// Every object of the sample's files: pages and arrays opened.
fn objects(folder: &Path) -> Vec<Value> {
    let mut found = Vec::new();
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the sample").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "json")) {
        let json: Value = serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON");
        match json {
            Value::Array(list) => found.extend(list),
            Value::Object(mut page) if page.get("data").is_some_and(Value::is_array) => {
                found.append(page["data"].as_array_mut().expect("an array"));
            }
            other => found.push(other),
        }
    }
    found
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

/// What sort of object it is, by the prefix of its id and its `_type`.
fn sort(object: &Value) -> String {
    let word = |key: &str| object[key].as_str().unwrap_or_default();
    format!("{} {}", word("id").split('_').next().unwrap_or_default(), word("_type"))
}

/// The path of a value and those of the keys below it: an address without a city shows less.
fn below(path: &str, value: &Value, shown: &mut BTreeSet<String>) {
    shown.insert(path.to_owned());
    let items = value.as_array().into_iter().flatten().filter(|item| item.is_object());
    items.for_each(|item| below(&format!("{path}[]"), item, shown));
    let keys = value.as_object().into_iter().flatten().filter(|(_, value)| filled(value));
    keys.for_each(|(key, value)| below(&format!("{path}.{key}"), value, shown));
}

/// Records below a lead, and what each shows: its sort, its keys with a value, its choices and types.
fn show(object: &Value, lead: Option<&str>, choices: &BTreeSet<String>, into: &mut Features) {
    let own = sort(object).starts_with("lead ").then(|| object["id"].as_str()).flatten();
    let lead = own.or_else(|| object["lead_id"].as_str()).or(lead);
    let Some(lead) = lead else { return };
    let sort = sort(object);
    let mut shown = BTreeSet::from([sort.clone()]);
    for (key, value) in object.as_object().into_iter().flatten().filter(|(_, v)| filled(v)) {
        let nested = ["contacts", "opportunities", "tasks", "activities"].contains(&key.as_str());
        if nested || key == "custom" {
            continue;
        }
        below(&format!("{sort}.{key}"), value, &mut shown);
        let field = key.strip_prefix("custom.").is_some_and(|id| choices.contains(id));
        let words = ["status_id", "custom_activity_type_id", "custom_object_type_id"];
        if field || words.contains(&key.as_str()) {
            let one = std::slice::from_ref(value);
            for value in value.as_array().map_or(one, Vec::as_slice) {
                shown.insert(format!("{sort}.{key} = {value}"));
            }
        }
    }
    into.entry(lead.to_owned()).or_default().extend(shown);
    for key in ["contacts", "opportunities", "tasks", "activities"] {
        for child in object[key].as_array().into_iter().flatten() {
            show(child, Some(lead), choices, into);
        }
    }
}

fn features() -> Features {
    let objects = objects(&sample().input);
    let choices = objects.iter().filter(|object| object["type"] == "choices");
    let choices = choices.filter_map(|o| o["id"].as_str()).map(str::to_owned).collect();
    let mut all = Features::new();
    objects.iter().for_each(|object| show(object, None, &choices, &mut all));
    // Only what is a lead of the export can be chosen.
    let leads: BTreeSet<&str> = objects
        .iter()
        .filter(|object| sort(object).starts_with("lead "))
        .filter_map(|object| object["id"].as_str())
        .collect();
    all.retain(|lead, _| leads.contains(lead.as_str()));
    all
}

fn covered(all: &Features, leads: &BTreeSet<String>) -> BTreeSet<String> {
    leads.iter().filter_map(|lead| all.get(lead)).flatten().cloned().collect()
}

/// How many features N leads cover when the best is taken each time.
fn bound(all: &Features, n: usize) -> usize {
    let mut seen: BTreeSet<&String> = BTreeSet::new();
    for _ in 0..n {
        let new = |shown: &BTreeSet<String>| shown.iter().filter(|f| !seen.contains(f)).count();
        let best = all.values().max_by_key(|shown| new(shown)).expect("a lead");
        seen.extend(best);
    }
    seen.len()
}

#[test]
fn ten_leads_show_what_ten_leads_can() {
    let all = features();
    let bundle = of_sample(10);
    let leads = leads(&bundle);
    let counts = bundle.summary.sample.expect("it is a sample");
    assert_eq!(counts.leads, 10);
    assert_eq!(leads.len() as u64, counts.leads + counts.added);
    assert_eq!(counts.of as usize, all.len());
    let (mine, best) = (covered(&all, &leads).len(), bound(&all, 10));
    let whole = covered(&all, &all.keys().cloned().collect()).len();
    println!("{mine} of {whole} features covered by {counts:?}; ten greedy leads: {best}");
    assert!(best < whole, "ten leads do not show everything anyway");
    assert!(mine >= best, "{mine} of {best}");
}

/// A chain: a lead's field names a contact of the next lead, a note one of the third, whose field
/// names an object of the fourth. The fifth is alone.
#[test]
fn whom_they_refer_to_comes_along() {
    let folder = tempfile::tempdir().expect("a folder");
    let lead = |n: u32, more: Value| {
        let mut lead = serde_json::json!({"id": format!("lead_{n}"), "name": format!("Lead {n}"),
            "contacts": [{"id": format!("cont_{n}"), "name": format!("Person {n}")}]});
        let lead_keys = lead.as_object_mut().expect("an object");
        lead_keys.extend(more.as_object().expect("an object").clone());
        lead
    };
    let export = serde_json::json!([
        lead(5, serde_json::json!({})),
        lead(4, serde_json::json!({})),
        lead(3, serde_json::json!({"custom.cf_b": "custobj_4"})),
        lead(2, serde_json::json!({"activities": [{"_type": "Note", "id": "acti_1",
            "note": "with both", "contact_id": "cont_3"}]})),
        lead(1, serde_json::json!({"custom.cf_a": ["cont_2"], "description": "the most",
            "url": "https://example.com", "status_label": "New", "status_id": "stat_1",
            "addresses": [{"city": "Hamburg", "country": "DE", "label": "business"}]})),
        {"id": "custobj_4", "custom_object_type_id": "cotype_1", "lead_id": "lead_4", "name": "It"},
    ]);
    let path = folder.path().join("export.json");
    fs::write(&path, serde_json::to_vec(&export).expect("JSON")).expect("a file");
    let bundle = sampled(&[path], 1, 1);
    let expected = ["lead_1", "lead_2", "lead_3", "lead_4"].map(str::to_owned);
    assert_eq!(leads(&bundle), BTreeSet::from(expected));
    let counts = bundle.summary.sample.expect("it is a sample");
    assert_eq!((counts.leads, counts.added, counts.of), (1, 3, 5));
    assert_eq!(cases::findings(&bundle.path()), [""; 0]);
}

#[test]
fn relations_stay_inside() {
    for leads in [LeadStrategy::Auto, LeadStrategy::Person, LeadStrategy::Company] {
        for n in [1, 3, 10] {
            let input = [sample().input];
            let bundle = run_sample(&input, leads, 1, built_in(), Some(n)).expect("it converts");
            let findings = cases::findings(&bundle.path());
            assert!(findings.is_empty(), "{leads:?} {n}: {findings:#?}");
        }
    }
}

#[test]
fn the_schema_is_that_of_the_whole() {
    let whole = manifest(&cases::run(&sample().input).expect("it converts"));
    assert_eq!(whole.get("sample"), None);
    let small = manifest(&of_sample(2));
    assert_eq!(small["schema"], whole["schema"]);
    let columns = |manifest: &Value| -> Vec<Value> {
        let steps = manifest["steps"].as_array().expect("steps").iter();
        steps.map(|step| step["columns"].clone()).collect()
    };
    assert_eq!(columns(&small), columns(&whole));
    assert_eq!(small["sample"]["leads"], 2);
}

/// Ids of custom activities and objects by lead, of one export.
fn custom_records(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    fn walk(value: &Value, lead: Option<&str>, into: &mut BTreeMap<String, BTreeSet<String>>) {
        let id = value["id"].as_str().unwrap_or_default();
        let inside = Some(id).filter(|id| id.starts_with("lead_")).or(lead);
        let keys = ["custom_activity_type_id", "custom_object_type_id"];
        let custom = id.starts_with("custobj_") || id.starts_with("acti_");
        if custom && keys.iter().any(|key| value.get(*key).is_some()) {
            let lead = value["lead_id"].as_str().or(lead);
            let lead = lead.or_else(|| value["contact_id"].as_str()).unwrap_or_default();
            into.entry(lead.to_owned()).or_default().insert(id.to_owned());
        }
        let inner = value.as_object().into_iter().flat_map(|object| object.values());
        inner.chain(value.as_array().into_iter().flatten()).for_each(|v| walk(v, inside, into));
    }
    let mut found = BTreeMap::new();
    objects(folder).iter().for_each(|object| walk(object, None, &mut found));
    found
}

/// Custom activities and objects come with their leads, whether or not their type is known, in files
/// with the columns of the whole.
#[test]
fn custom_types_come_with_their_leads() {
    let odd = cases::all().into_iter().filter(|case| case.name.starts_with("oddities/custom-"));
    let mut all: Vec<_> = odd.map(|case| (case, 1)).collect();
    all.extend([(sample(), 3), (sample(), 10)]);
    let mut seen = 0;
    cases::for_each(&all, |(case, n)| {
        let whole = cases::run(&case.input).expect("it converts");
        let small = sampled(std::slice::from_ref(&case.input), 1, *n);
        let mut leads = leads(&small);
        // Without a lead of its own a record belongs to its contact's.
        let sheets = cases::sheet::sheets(&small.path());
        let people = sheets.get("people").into_iter();
        let people = people.flat_map(|sheet| sheet.column("Close Contact Id"));
        leads.extend(people.map(str::to_owned));
        let records = custom_records(&case.input);
        let wanted: BTreeSet<&String> = records
            .iter()
            .filter(|(lead, _)| leads.contains(*lead))
            .flat_map(|(_, ids)| ids)
            .collect();
        let (whole, small) = (whole.path(), small.path());
        let (whole, small) = (cases::sheet::sheets(&whole), cases::sheet::sheets(&small));
        let standard = ["companies", "people", "opportunities", "tasks", "notes"];
        let mut found = BTreeSet::new();
        let mut wrong = Vec::new();
        for (name, sheet) in &small {
            if sheet.header != whole[name].header {
                wrong.push(format!("{}: {name} has other columns", case.name));
            }
            if standard.contains(&name.as_str()) || name.ends_with("-links") {
                continue;
            }
            found.extend(sheet.column("Close Id").into_iter().map(str::to_owned));
            let strange = sheet.rows.iter().filter(|row| !whole[name].rows.contains(row));
            wrong.extend(strange.map(|row| format!("{}: {name} {row:?}", case.name)));
        }
        if !found.iter().eq(wanted.iter().copied()) {
            wrong.push(format!("{}: {found:?}, not {wanted:?}", case.name));
        }
        wrong
    });
    for (case, _) in &all {
        seen += custom_records(&case.input).len();
    }
    assert!(seen > 20, "there are custom records to look for: {seen}");
}

#[test]
fn threads_and_files_do_not_show() {
    let input = [sample().input];
    let one = sampled(&input, 1, 7);
    assert_eq!(one.files(), sampled(&input, 4, 7).files());
    let mut files: Vec<PathBuf> = fs::read_dir(&input[0])
        .expect("the sample")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    let expected = sampled(&files, 1, 7).files();
    files.reverse();
    assert_eq!(expected, sampled(&files, 2, 7).files());
}

#[test]
fn leads_in_other_files_are_the_same_choice() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut leads_of = Vec::new();
    for object in objects(&sample().input) {
        if sort(&object).starts_with("lead ") {
            leads_of.push(object);
        }
    }
    leads_of.reverse();
    for (i, part) in leads_of.chunks(9).enumerate() {
        let json = serde_json::to_vec(part).expect("JSON");
        fs::write(folder.path().join(format!("part-{i}.json")), json).expect("a file");
    }
    for entry in fs::read_dir(sample().input).expect("the sample") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if name != "leads.json" && path.extension().is_some_and(|e| e == "json") {
            fs::copy(&path, folder.path().join(name)).expect("a copy");
        }
    }
    let rows = |bundle: &Bundle| -> BTreeMap<String, Vec<u8>> {
        let files = bundle.files().into_iter();
        files.filter(|(path, _)| path.starts_with("csv/") || path == "reports/leads.csv").collect()
    };
    let split = sampled(&[folder.path().to_owned()], 2, 7);
    assert_eq!(rows(&split), rows(&of_sample(7)));
}

#[test]
fn more_leads_than_there_are_is_all_of_them() {
    let whole = cases::run(&sample().input).expect("it converts");
    let bundle = of_sample(u32::MAX);
    let counts = bundle.summary.sample.expect("it is a sample");
    assert_eq!((counts.leads, counts.added), (counts.of, 0));
    assert_eq!(counts.features_covered, counts.features);
    assert_eq!(leads(&bundle), leads(&whole));
    let said = String::from_utf8(bundle.files()["GUIDE.md"].clone()).expect("UTF-8");
    assert!(said.contains("This is a sample"), "the guide says so");
    assert!(bundle.summary.text().contains("This is a sample"));
}

/// Broken exports and odd ones: a sample of them is a bundle too, and accounts for itself.
#[test]
fn every_export_has_samples() {
    cases::for_each(&cases::all(), |case| {
        let input = std::slice::from_ref(&case.input);
        if cases::run(&case.input).is_err() {
            return Vec::new();
        }
        let bundle = run_sample(input, LeadStrategy::Auto, 1, built_in(), Some(1));
        match bundle {
            Ok(bundle) => {
                let findings = cases::findings(&bundle.path());
                findings.iter().map(|finding| format!("{}: {finding}", case.name)).collect()
            }
            Err(error) => vec![format!("{}: {error}", case.name)],
        }
    });
}

#[test]
fn a_sample_of_nothing_is_a_wrong_word() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_close2twenty"))
        .args(["convert", "--sample", "0", "-o", "no-such-folder/bundle", "x.json"])
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--sample"));
}
