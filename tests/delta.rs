//! `--since`: the rows that are new or changed, the list of the gone, and nothing else. It must not
//! know how rows are compared.

#![forbid(unsafe_code)]

mod cases;

use cases::sheet::{Sheet, sheets};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::error::Error;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A row: its cells that are not empty, by header.
type Row = BTreeMap<String, String>;
/// Rows by step and Close id.
type Rows = BTreeMap<(String, String), Row>;

struct Made {
    folder: TempDir,
}

impl Made {
    fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    fn rows(&self) -> Rows {
        let mut rows = Rows::new();
        for (step, sheet) in sheets(&self.path()) {
            let at = sheet.at("Close Id");
            for row in &sheet.rows {
                let cells = sheet.header.iter().cloned().zip(row.iter().cloned());
                let filled = cells.filter(|(_, cell)| !cell.is_empty()).collect();
                let twice = rows.insert((step.clone(), row[at].clone()), filled);
                assert!(twice.is_none(), "{step}: {} twice", row[at]);
            }
        }
        rows
    }

    /// `step change` and the Close ids, from `reports/delta.csv`.
    fn delta(&self) -> BTreeMap<String, BTreeSet<String>> {
        let bytes = fs::read(self.path().join("reports/delta.csv")).expect("a report");
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for row in Sheet::parse(&bytes).rows {
            let ids = found.entry(format!("{} {}", row[1], row[3])).or_default();
            assert!(ids.insert(row[2].clone()), "{row:?} twice");
        }
        found
    }

    fn state(&self) -> BTreeMap<String, Vec<u8>> {
        let files = cases::files(&self.path());
        files.into_iter().filter(|(path, _)| path.starts_with("state/")).collect()
    }

    fn manifest(&self) -> Value {
        let bytes = fs::read(self.path().join("manifest.json")).expect("a manifest");
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

fn make_with(export: &Path, since: Option<&Path>, threads: usize) -> Result<Made, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        exports: vec![export.to_owned()],
        output: folder.path().join("bundle"),
        since: since.map(Path::to_owned),
        threads,
        ..Options::default()
    };
    convert(&options, cases::built_in(), &|_| ())?;
    Ok(Made { folder })
}

fn full(export: &Path) -> Made {
    make_with(export, None, 1).expect("it converts")
}

fn since(export: &Path, old: &Made) -> Made {
    make_with(export, Some(&old.path()), 1).expect("it converts")
}

/// The older rows, with those of the delta put over them and the gone taken away.
fn applied(old: &Made, delta: &Made) -> Rows {
    let mut rows = old.rows();
    rows.extend(delta.rows());
    for (what, ids) in delta.delta() {
        // Files are no rows; tests/attachments.rs looks at theirs.
        let Some(step) = what.strip_suffix(" gone").filter(|step| *step != "files") else {
            continue;
        };
        for id in ids {
            assert!(rows.remove(&(step.to_owned(), id.clone())).is_some(), "{step} {id} is gone");
        }
    }
    rows
}

/// A copy of the sample that can be changed.
struct Export {
    folder: TempDir,
}

const MEETING_LEAD: &str = "lead_h3rY2Zxnvf5WORMMC9WxbKgT7PlVzCNc7Hos89gb404";
const CONTACT: &str = "cont_bTYTaj3zbi8ESOLqDdjNx8kn6zH7gTNQW2JmrXt0KoE";
const DEAL: &str = "oppo_oW3fJLZfcLJLYMQWPc7iFqxrOt1zanLtzeW5gieQrv0";
const TASK: &str = "task_h7zRy48sjxphmWqLOF8vi3KGRmQoFGqpRywVjWewHhm";

impl Export {
    fn sample() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for entry in fs::read_dir(cases::sample().input).expect("the sample") {
            let path = entry.expect("an entry").path();
            fs::copy(&path, folder.path().join(path.file_name().expect("a name"))).expect("a copy");
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn edit(&self, file: &str, change: impl FnOnce(&mut Value)) {
        let path = self.path().join(file);
        let mut value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        change(&mut value);
        fs::write(&path, value.to_string()).expect("a file");
    }

    /// Changes the objects of the lead export that have this id.
    fn record(&self, id: &str, change: impl Fn(&mut Value)) {
        self.edit("leads.json", |leads| {
            let mut found = 0;
            visit(leads, &mut |value| {
                if value["id"] == id {
                    change(value);
                    found += 1;
                }
            });
            assert!(found > 0, "{id} is in the export");
        });
    }
}

fn visit(value: &mut Value, see: &mut dyn FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, see)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| visit(field, see));
            see(value);
        }
        _ => {}
    }
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().expect("a list").push(item);
}

fn ids(delta: &BTreeMap<String, BTreeSet<String>>, what: &str) -> Vec<String> {
    delta.get(what).into_iter().flatten().cloned().collect()
}

#[test]
fn an_unchanged_export_gives_no_rows() {
    cases::for_each(&cases::all(), |case| {
        let Ok(old) = make_with(&case.input, None, 1) else { return Vec::new() };
        let again = since(&case.input, &old);
        let mut wrong = Vec::new();
        if !again.rows().is_empty() || again.path().join("csv").exists() {
            wrong.push(format!("{}: rows", case.name));
        }
        if !again.delta().is_empty() {
            wrong.push(format!("{}: {:?}", case.name, again.delta()));
        }
        if again.state() != old.state() {
            wrong.push(format!("{}: another state", case.name));
        }
        let counts = &again.manifest()["since"];
        if counts["fields"] != json!([]) || counts["same_mapping"] != json!(true) {
            wrong.push(format!("{}: another schema", case.name));
        }
        wrong
    });
}

#[test]
fn scripted_changes_give_exactly_their_rows() {
    let export = Export::sample();
    let old = full(export.path());
    export.record(CONTACT, |contact| contact["title"] = json!("Chief Example"));
    export.record(MEETING_LEAD, |lead| {
        push(
            &mut lead["activities"],
            json!({"_type": "Note", "id": "acti_new", "lead_id": MEETING_LEAD, "note": "New",
                   "date_created": "2021-02-03T04:05:06.000000+00:00"}),
        );
    });
    export.edit("leads.json", |leads| {
        push(
            leads,
            json!({"id": "lead_new", "name": "Neuwind Probe GmbH", "url": "https://neuwind.example",
                   "date_created": "2021-01-01T00:00:00.000000+00:00",
                   "contacts": [{"id": "cont_new", "lead_id": "lead_new", "name": "Nora Probe"}]}),
        );
    });
    export.edit("leads.json", |leads| {
        visit(leads, &mut |value| {
            if let Some(deals) = value.get_mut("opportunities").and_then(Value::as_array_mut) {
                deals.retain(|deal| deal["id"] != DEAL);
            }
        });
    });
    export.record(TASK, |task| {
        assert_eq!(task["date_created"], "2023-10-08T12:21:00.757000+00:00");
        task["date_created"] = json!("2020-10-08T12:21:00.757000+00:00");
    });
    let delta = since(export.path(), &old);
    let said = delta.delta();
    let what: Vec<_> = said.keys().map(String::as_str).collect();
    let expected = [
        "companies new",
        "notes gone",
        "notes new",
        "opportunities gone",
        "people changed",
        "people new",
        "tasks changed",
    ];
    assert_eq!(what, expected);
    assert_eq!(ids(&said, "companies new"), ["lead_new"]);
    assert_eq!(ids(&said, "people new"), ["cont_new"]);
    assert_eq!(ids(&said, "people changed"), [CONTACT]);
    assert_eq!(ids(&said, "notes new"), ["acti_new"]);
    assert_eq!(ids(&said, "opportunities gone"), [DEAL]);
    assert_eq!(ids(&said, "tasks changed"), [TASK]);
    // The note of an opportunity goes with it.
    assert_eq!(ids(&said, "notes gone").len(), 1);
    let rows = delta.rows();
    let written: Vec<_> = rows.keys().map(|(step, id)| (step.as_str(), id.as_str())).collect();
    let expected = [
        ("companies", "lead_new"),
        ("notes", "acti_new"),
        ("people", CONTACT),
        ("people", "cont_new"),
        ("tasks", TASK),
    ];
    assert_eq!(written, expected);
    assert_eq!(rows[&("people".to_owned(), CONTACT.to_owned())]["Job Title"], "Chief Example");
    assert_eq!(applied(&old, &delta), full(export.path()).rows());
    assert_eq!(delta.state(), full(export.path()).state());
}

#[test]
fn a_renamed_option_changes_the_rows_that_have_it() {
    let export = Export::sample();
    let old = full(export.path());
    let rename = |value: &mut Value| {
        let text = value.to_string().replace("\"Manufacturing\"", "\"Fabrication\"");
        *value = serde_json::from_str(&text).expect("JSON");
    };
    export.edit("leads.json", rename);
    export.edit("custom_fields_lead.json", rename);
    let delta = since(export.path(), &old);
    let had = |step: &str| -> BTreeSet<String> {
        let rows = old.rows();
        let had = rows.iter().filter(|((in_step, _), row)| {
            in_step == step && row.values().any(|cell| cell == "MANUFACTURING")
        });
        had.map(|((_, id), _)| id.clone()).collect()
    };
    let said = delta.delta();
    let what: Vec<_> = said.keys().map(String::as_str).collect();
    assert_eq!(what, ["companies changed", "people changed"]);
    assert_eq!(said["companies changed"], had("companies"));
    assert_eq!(said["people changed"], had("people"));
    let fields = delta.manifest()["since"]["fields"].clone();
    let fields: Vec<_> = fields.as_array().expect("a list").iter().collect();
    assert!(fields.len() == 2 && fields.iter().all(|f| f["options"] == json!(["Fabrication"])));
    let guide = fs::read_to_string(delta.path().join("GUIDE.md")).expect("a guide");
    assert!(guide.contains("holds changes only") && guide.contains("`Fabrication`"));
}

#[test]
fn a_chain_of_deltas_leads_to_the_full_bundle() {
    let export = Export::sample();
    let mut last = full(export.path());
    let mut rows = last.rows();
    for (round, title) in ["One", "Two", "One", ""].iter().enumerate() {
        export.record(CONTACT, |contact| contact["title"] = json!(title));
        export.edit("leads.json", |leads| {
            leads.as_array_mut().expect("a list").rotate_left(round + 1);
            push(leads, json!({"id": format!("lead_round{round}"), "name": "Kette GmbH"}));
            leads
                .as_array_mut()
                .expect("a list")
                .retain(|lead| round == 0 || lead["id"] != format!("lead_round{}", round - 1));
        });
        let delta = since(export.path(), &last);
        rows.extend(delta.rows());
        for (what, ids) in delta.delta() {
            let Some(step) = what.strip_suffix(" gone") else { continue };
            ids.into_iter().for_each(|id| {
                rows.remove(&(step.to_owned(), id)).expect("it was there");
            });
        }
        let now = full(export.path());
        assert_eq!(rows, now.rows(), "round {round}");
        assert_eq!(delta.state(), now.state(), "round {round}");
        last = delta;
    }
}

/// Any export after any other: what is written over the older rows, without the gone, is what a
/// full bundle holds.
#[test]
fn a_delta_turns_any_bundle_into_any_other() {
    let made: Vec<(String, PathBuf, Made)> = cases::all()
        .into_iter()
        .filter_map(|case| {
            Some((case.name, case.input.clone(), make_with(&case.input, None, 1).ok()?))
        })
        .collect();
    let pairs: Vec<_> = made.iter().zip(made.iter().skip(1).chain(&made[..1])).collect();
    cases::for_each(&pairs, |((from, _, old), (to, export, new))| {
        let delta = since(export, old);
        let mut wrong = Vec::new();
        if applied(old, &delta) != new.rows() {
            wrong.push(format!("{from} → {to}: other rows"));
        }
        if delta.state() != new.state() {
            wrong.push(format!("{from} → {to}: another state"));
        }
        wrong
    });
}

#[test]
fn threads_do_not_show() {
    let export = Export::sample();
    let old = full(export.path());
    export.record(CONTACT, |contact| contact["title"] = json!("Chief Example"));
    let bundle = |threads| {
        let made = make_with(export.path(), Some(&old.path()), threads).expect("it converts");
        cases::files(&made.path())
    };
    let one = bundle(1);
    assert!(one.contains_key("reports/delta.csv"));
    assert!(one == bundle(2) && one == bundle(8));
}

#[test]
fn a_bundle_may_take_the_place_of_the_one_it_is_compared_with() {
    let export = Export::sample();
    let old = full(export.path());
    let other = full(export.path());
    export.record(CONTACT, |contact| contact["title"] = json!("Chief Example"));
    let options = Options {
        exports: vec![export.path().to_owned()],
        output: old.path(),
        since: Some(old.path()),
        threads: 1,
        ..Options::default()
    };
    convert(&options, cases::built_in(), &|_| ()).expect("it converts");
    assert_eq!(cases::files(&old.path()), cases::files(&since(export.path(), &other).path()));
}

#[test]
fn what_is_no_older_bundle_is_refused() {
    let export = cases::case("oddities/private-persons").input;
    let old = full(&export);
    let refused = |place: &Path| {
        let error = make_with(&export, Some(place), 1).err().expect("it is refused");
        assert!(error.fix.is_some(), "{error}");
        (error.code, error.to_string())
    };
    assert_eq!(refused(&export).0, "C2T-E041");
    assert_eq!(refused(&old.path().join("nowhere")).0, "C2T-E010");
    let state = old.path().join("state/people.csv");
    let good = fs::read_to_string(&state).expect("a state");
    fs::write(&state, good.replacen("cont_", "kont_", 1)).expect("a file");
    assert_eq!(refused(&old.path()).0, "C2T-E044");
    fs::write(&state, &good[..good.len() - 9]).expect("a file");
    let (code, said) = refused(&old.path());
    assert!(code == "C2T-E044" && said.contains("line ") && said.contains("people.csv"), "{said}");
    fs::write(&state, &good).expect("a file");
    let manifest = old.path().join("manifest.json");
    let whole = old.manifest();
    let with = |key: &str, value: Value| {
        let mut changed = whole.clone();
        changed[key] = value;
        fs::write(&manifest, changed.to_string()).expect("a file");
        refused(&old.path()).0
    };
    assert_eq!(with("format", json!("zip")), "C2T-E041");
    assert_eq!(with("version", json!(99)), "C2T-E042");
    assert_eq!(with("state", json!([])), "C2T-E043");
    assert_eq!(with("schema", json!(7)), "C2T-E044");
}
