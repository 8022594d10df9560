//! Who is merged with whom, when a strategy or a person says so: `--decisions`, and the strategies
//! of companies and people. Conservation is checked by every conversion. It must not know how sets
//! are made.

#![forbid(unsafe_code)]

mod cases;

use cases::sheet::{Sheet, sheets};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::error::Error;
use close2twenty::mapping::{CompanyDedupe, LeadStrategy, PeopleDedupe, Settings};
use close2twenty::report::Summary;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Made {
    folder: TempDir,
    summary: Summary,
}

impl Made {
    fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    fn merges(&self) -> Vec<u8> {
        fs::read(self.path().join("reports/merges.csv")).expect("a report")
    }

    /// `object survivor merged decision`, without the names.
    fn pairs(&self) -> Vec<String> {
        let rows = Sheet::parse(&self.merges()).rows;
        rows.iter().map(|row| format!("{} {} {} {}", row[0], row[1], row[3], row[6])).collect()
    }

    fn sheet(&self, name: &str) -> Sheet {
        sheets(&self.path()).remove(name).unwrap_or_default()
    }

    /// The ids without `lead_` or `cont_`.
    fn ids(&self, name: &str) -> Vec<String> {
        let sheet = self.sheet(name);
        let ids = sheet.column("Close Id").into_iter();
        let mut ids: Vec<_> = ids.map(|id| id[5..].to_owned()).collect();
        ids.sort();
        ids
    }

    /// Everything but what names the input.
    fn rows(&self) -> BTreeMap<String, Vec<u8>> {
        let files = cases::files(&self.path());
        files.into_iter().filter(|(path, _)| path.starts_with("csv/")).collect()
    }
}

fn make(export: &Path, settings: Settings, decisions: Option<&[u8]>) -> Result<Made, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("decided.csv");
    if let Some(bytes) = decisions {
        fs::write(&file, bytes).expect("a file");
    }
    let options = Options {
        exports: vec![export.to_owned()],
        output: folder.path().join("bundle"),
        settings,
        decisions: decisions.map(|_| file),
        threads: 1,
        ..Options::default()
    };
    let summary = convert(&options, cases::built_in(), &|_| ())?;
    Ok(Made { folder, summary })
}

/// An export of these leads, and the folder it is in.
fn export(leads: &[Value]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("leads.json");
    fs::write(&path, Value::from(leads).to_string()).expect("a file");
    (folder, path)
}

/// A lead with a website, a day of creation and contacts.
fn lead(id: &str, host: &str, day: u8, contacts: &[Value]) -> Value {
    json!({"id": format!("lead_{id}"), "name": format!("{id} Probe"), "url": format!("https://{host}.example"),
           "description": format!("about {id}"), "contacts": contacts,
           "date_created": format!("2020-01-{day:02}T00:00:00.000000+00:00")})
}

fn contact(id: &str, name: &str, day: u8) -> Value {
    json!({"id": format!("cont_{id}"), "name": name, "title": format!("title of {id}"),
           "emails": [{"email": "jo@probe.example", "type": "office"}],
           "date_created": format!("2020-02-{day:02}T00:00:00.000000+00:00")})
}

/// Three leads on one host, a fourth beside them.
fn four() -> (TempDir, PathBuf) {
    let jo = |id, day| [contact(id, "Jo Probe", day)];
    export(&[
        lead("a", "one", 1, &jo("p", 1)),
        lead("b", "one", 2, &jo("q", 2)),
        lead("c", "one", 3, &jo("r", 3)),
        lead("d", "four", 4, &[]),
    ])
}

const HEAD: &str = "object,survivor,survivor_name,merged,merged_name,reason,decision\n";

/// Converts with these decisions; ids are without `lead_` and `cont_`.
fn decided(export: &Path, lines: &[[&str; 4]]) -> Result<Made, Error> {
    let mut text = HEAD.to_owned();
    for [object, by, of, word] in lines {
        let kind = if *object == "person" { "cont" } else { "lead" };
        let _ = writeln!(text, "{object},{kind}_{by},,{kind}_{of},,,{word}");
    }
    make(export, Settings::default(), Some(text.as_bytes()))
}

#[test]
fn one_of_three_is_kept_apart() {
    let (_folder, path) = four();
    let plain = make(&path, Settings::default(), None).expect("it converts");
    assert_eq!(plain.ids("companies"), ["a", "d"]);
    assert_eq!(plain.ids("people"), ["p"]);
    let made =
        decided(&path, &[["company", "a", "b", "keep-apart"], ["person", "p", "r", "keep-apart"]]);
    let made = made.expect("it converts");
    assert_eq!(made.ids("companies"), ["a", "b", "d"]);
    assert_eq!(made.ids("people"), ["p", "r"]);
    let companies = made.sheet("companies");
    assert_eq!(&companies.close("lead_a")["Close Merged Ids"], "lead_c");
    // One domain cannot be on two companies, one address not on two people.
    assert_eq!(&companies.close("lead_a")["Domain Name / Link URL"], "https://one.example");
    assert_eq!(&companies.close("lead_b")["Domain Name / Link URL"], "");
    assert!(companies.close("lead_b").cells().iter().any(|cell| cell.contains("one.example")));
    let people = made.sheet("people");
    assert_eq!(&people.close("cont_p")["Emails / Primary Email"], "jo@probe.example");
    assert_eq!(&people.close("cont_r")["Emails / Primary Email"], "");
    let codes: Vec<_> = made.summary.notices.iter().map(|line| line.code).collect();
    assert!(codes.contains(&"C2T-N001") && codes.contains(&"C2T-N003"), "{codes:?}");
    assert!(cases::findings(&made.path()).is_empty());
    assert_eq!(made.summary.merges["company"], 1);
}

#[test]
fn the_hub_of_a_set_can_be_kept_apart() {
    let (_folder, path) = four();
    let lines = [["company", "b", "a", "keep-apart"]];
    let made = decided(&path, &lines).expect("it converts");
    assert_eq!(made.ids("companies"), ["a", "b", "d"]);
    assert_eq!(&made.sheet("companies").close("lead_b")["Close Merged Ids"], "lead_c");
}

#[test]
fn another_record_survives() {
    let (_folder, path) = four();
    let lines = [["company", "a", "c", "survivor"], ["person", "p", "q", "survivor"]];
    let made = decided(&path, &lines).expect("it converts");
    assert_eq!(made.ids("companies"), ["c", "d"]);
    let companies = made.sheet("companies");
    assert_eq!(&companies.close("lead_c")["Name"], "c Probe");
    assert_eq!(&companies.close("lead_c")["Close Merged Ids"], "lead_a lead_b");
    assert_eq!(&companies.close("lead_c")["Creation date"], "2020-01-03T00:00:00Z");
    let people = made.sheet("people");
    assert_eq!(made.ids("people"), ["q"]);
    assert_eq!(&people.close("cont_q")["Job Title"], "title of q");
    assert_eq!(&people.close("cont_q")["Emails / Primary Email"], "jo@probe.example");
    assert!(cases::findings(&made.path()).is_empty());
}

#[test]
fn records_are_merged_that_no_rule_joins() {
    let jo = contact("p", "Jo Probe", 1);
    let bo = json!({"id": "cont_q", "name": "Bo Probe", "title": "other"});
    let (_folder, path) =
        export(&[lead("a", "one", 1, &[jo]), lead("b", "two", 2, &[bo]), lead("c", "two", 3, &[])]);
    let lines = [["company", "b", "a", "accept"], ["person", "q", "p", ""]];
    let made = decided(&path, &lines).expect("it converts");
    assert_eq!(made.ids("companies"), ["b"]);
    assert_eq!(made.ids("people"), ["q"]);
    let companies = made.sheet("companies");
    assert_eq!(&companies.close("lead_b")["Domain Name / Link URL"], "https://two.example");
    assert_eq!(&companies.close("lead_b")["Close Merged Ids"], "lead_a lead_c");
    // The contact without an address of its own keeps the other's.
    assert_eq!(&made.sheet("people").close("cont_q")["Emails / Primary Email"], "jo@probe.example");
    let pairs = made.pairs();
    assert!(pairs.contains(&"company lead_b lead_a accept".to_owned()), "{pairs:?}");
    assert!(cases::findings(&made.path()).is_empty());
}

#[test]
fn given_back_it_says_the_same() {
    let (_folder, path) = four();
    let sets: &[&[[&str; 4]]] = &[
        &[],
        &[["company", "a", "b", "keep-apart"], ["person", "p", "r", "keep-apart"]],
        &[["company", "b", "a", "keep-apart"], ["person", "q", "p", "keep-apart"]],
        &[["company", "a", "c", "survivor"], ["person", "p", "q", "survivor"]],
        &[["company", "d", "a", "accept"], ["company", "d", "c", "keep-apart"]],
        &[["company", "a", "b", "keep-apart"], ["company", "a", "c", "keep-apart"]],
        &[
            ["company", "a", "b", "keep-apart"],
            ["company", "a", "c", "keep-apart"],
            ["company", "c", "b", "accept"],
        ],
    ];
    for lines in sets {
        let first = decided(&path, lines).expect("it converts");
        let again = make(&path, Settings::default(), Some(&first.merges())).expect("it converts");
        let text = |made: &Made| String::from_utf8(made.merges()).expect("UTF-8");
        assert_eq!(text(&first), text(&again), "{lines:?}");
        assert_eq!(first.rows(), again.rows(), "{lines:?}");
        assert!(again.summary.idle_decisions.is_empty());
    }
    let last = decided(&path, sets[sets.len() - 1]).expect("it converts");
    assert_eq!(last.ids("companies"), ["a", "c", "d"]);
}

/// What a run wrote, given back unchanged, changes nothing: for every stored export.
#[test]
fn every_list_of_merges_can_be_given_back() {
    cases::for_each(&cases::all(), |case| {
        let Ok(first) = make(&case.input, Settings::default(), None) else { return Vec::new() };
        let mut wrong = Vec::new();
        let again = make(&case.input, Settings::default(), Some(&first.merges()));
        match again {
            Err(error) => wrong.push(format!("{}: {error}", case.name)),
            Ok(again) => {
                if again.rows() != first.rows() {
                    wrong.push(format!("{}: other rows", case.name));
                }
                if again.merges() != first.merges() {
                    wrong.push(format!("{}: other merges", case.name));
                }
            }
        }
        // And with everything kept apart it converts, adds up and imports.
        let text = String::from_utf8(first.merges()).expect("UTF-8");
        let apart: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with("\"lead\""))
            .map(|line| line.replace(",\"accept\"", ",\"keep-apart\"") + "\n")
            .collect();
        match make(&case.input, Settings::default(), Some(apart.concat().as_bytes())) {
            Err(error) => wrong.push(format!("{} apart: {error}", case.name)),
            Ok(made) => {
                let left = |object: &str| made.summary.merges.get(object).copied().unwrap_or(0);
                if left("company") + left("person") != 0 {
                    wrong.push(format!("{} apart: {:?}", case.name, made.summary.merges));
                }
                let findings = cases::findings(&made.path());
                wrong.extend(findings.iter().map(|f| format!("{} apart: {f}", case.name)));
            }
        }
        wrong
    });
}

#[test]
fn without_merging_every_bundle_still_imports() {
    let strategies = [
        (CompanyDedupe::Off, PeopleDedupe::Off, LeadStrategy::Auto),
        (CompanyDedupe::Off, PeopleDedupe::Off, LeadStrategy::Company),
        (CompanyDedupe::Off, PeopleDedupe::Off, LeadStrategy::Person),
        (CompanyDedupe::Domain, PeopleDedupe::Email, LeadStrategy::Auto),
    ];
    cases::for_each(&cases::all(), |case| {
        let mut wrong = Vec::new();
        for (companies, people, leads) in strategies {
            let settings = Settings { leads, companies, people, ..Settings::default() };
            match make(&case.input, settings, None) {
                Err(error) if error.code == "C2T-E200" => {
                    wrong.push(format!("{}: {error}", case.name));
                }
                Err(_) => {}
                Ok(made) => {
                    let findings = cases::findings(&made.path());
                    wrong.extend(findings.iter().map(|f| format!("{}: {f}", case.name)));
                    let merged = made.summary.merges.get("person").copied().unwrap_or(0);
                    if people == PeopleDedupe::Off && merged > 0 {
                        wrong.push(format!("{}: people merged", case.name));
                    }
                }
            }
        }
        wrong
    });
}

#[test]
fn strategies_do_what_they_say() {
    let named = |id: &str, name: &str, host: &str, day| {
        let mut lead = lead(id, host, day, &[]);
        lead["name"] = json!(name);
        lead
    };
    let mut unhosted = named("c", "Acme Probe GmbH", "x", 3);
    unhosted["url"] = json!(null);
    let (_folder, path) = export(&[
        named("a", "Acme Probe AG", "one", 1),
        named("b", "Other Probe AG", "one", 2),
        unhosted,
    ]);
    let ids = |companies| {
        let settings = Settings { companies, ..Settings::default() };
        make(&path, settings, None).expect("it converts").ids("companies")
    };
    assert_eq!(ids(CompanyDedupe::DomainAndName), ["a"]);
    assert_eq!(ids(CompanyDedupe::Domain), ["a", "c"]);
    assert_eq!(ids(CompanyDedupe::Off), ["a", "b", "c"]);
}

#[test]
fn contradictions_are_named_with_their_lines() {
    let (_folder, path) = four();
    let said = |lines: &[[&str; 4]]| {
        let error = decided(&path, lines).err().expect("it is refused");
        assert!(error.fix.is_some());
        format!("{} {}", error.code, error.what)
    };
    let apart = said(&[
        ["company", "a", "b", "keep-apart"],
        ["company", "d", "c", "accept"],
        ["company", "a", "c", "accept"],
        ["company", "c", "b", "accept"],
    ]);
    assert!(apart.starts_with("C2T-E153") && apart.contains("line 2"), "{apart}");
    assert!(apart.ends_with("(lines 4, 5)") || apart.ends_with("(line 5)"), "{apart}");
    let both = said(&[["person", "p", "q", "accept"], ["person", "p", "q", "keep-apart"]]);
    assert!(both.starts_with("C2T-E153") && both.contains("line 3") && both.contains("(line 2)"));
    let cycle = said(&[
        ["company", "a", "d", "accept"],
        ["company", "a", "b", "accept"],
        ["company", "b", "c", "accept"],
        ["company", "c", "a", "accept"],
    ]);
    assert!(cycle.starts_with("C2T-E154") && cycle.ends_with("(lines 3, 4, 5)"), "{cycle}");
    let two = said(&[["company", "a", "b", "survivor"], ["company", "a", "c", "survivor"]]);
    assert!(two.starts_with("C2T-E154") && two.ends_with("(lines 2, 3)"), "{two}");
    assert!(said(&[["lead", "a", "b", "keep-apart"]]).starts_with("C2T-E152"));
    assert!(said(&[["company", "a", "b", "apart"]]).starts_with("C2T-E151"));
}

#[test]
fn decisions_about_nobody_are_listed() {
    let (_folder, path) = four();
    let lines = [["company", "a", "gone", "keep-apart"], ["person", "nobody", "p", "accept"]];
    let made = decided(&path, &lines).expect("it converts");
    let idle: Vec<_> = made.summary.idle_decisions.iter().map(|it| (it.code, it.line)).collect();
    assert_eq!(idle, [("C2T-D001", 2), ("C2T-D001", 3)]);
    assert!(made.summary.idle_decisions[0].what.contains("lead_gone is no lead"));
    assert_eq!(made.ids("companies"), ["a", "d"]);
}
