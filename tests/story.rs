//! The story of a record against the bundle it is told from: rows are where it says, cells hold what it says, and every
//! fate has its sentence. How it is printed, the cases of `testdata/cli` show. It must not convert anything.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used)]

use close2twenty::bundle::Bundle;
use close2twenty::report::story::{Story, tell};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/sample")
}

fn story(id: &str) -> Story {
    let bundle = Bundle::open(&sample()).unwrap();
    tell(&bundle, &bundle.manifest().unwrap(), id, Vec::new()).unwrap()
}

/// The id in the first line of a file of the archive that holds this.
fn archived(name: &str, with: &str) -> String {
    let text = std::fs::read_to_string(sample().join("archive").join(name)).unwrap();
    let line = text.lines().find(|line| line.contains(with)).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    line["id"].as_str().unwrap().to_owned()
}

#[test]
fn rows_are_where_it_says_and_hold_what_it_says() {
    let people = "csv/02-people/people-0001.csv";
    let mut reader = csv::Reader::from_path(sample().join(people)).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = header.iter().position(|name| name == "Close Id").unwrap();
    for (number, row) in reader.records().map(Result::unwrap).enumerate().step_by(20) {
        let told = story(&row[at]);
        assert!(told.fate.starts_with("written as person"), "{}", told.fate);
        let found = told.rows.iter().find(|one| one.file == people).unwrap();
        assert_eq!((found.row, found.second_pass), (number as u64 + 1, false));
        let cells: Vec<(&str, &str)> =
            found.cells.iter().map(|cell| (&*cell.header, &*cell.value)).collect();
        let filled = header.iter().zip(&row).filter(|(_, cell)| !cell.is_empty());
        assert_eq!(cells, filled.collect::<Vec<_>>());
        let email = found.cells.iter().find(|cell| cell.header == "Emails / Primary Email");
        let from = email.map_or("contact.emails[].email", |cell| cell.from[0].as_str());
        assert!(from.starts_with("contact.emails[].email"), "{from}");
    }
}

#[test]
fn links_are_told_from_both_sides() {
    let company = "lead_riew2SxUEhqxMt8UQJ1OCktP3fFE4jb8gjuXyXC7ZJZ";
    let told = story(company);
    let people = told.named_by.iter().find(|one| one.header == "Company / Close Id").unwrap();
    assert!(people.count >= people.close_ids.len() as u64 && people.object == "person");
    let person = story(&people.close_ids[0]);
    let links = person.rows.iter().flat_map(|row| &row.cells).filter(|cell| cell.link);
    assert!(links.into_iter().any(|cell| cell.value == company));
}

#[test]
fn every_fate_has_its_sentence() {
    let created = archived("created.jsonl", "\"record\"");
    let told = story(&created);
    assert!(told.fate.starts_with("kept in the archive, whole: "), "{}", told.fate);
    assert_eq!((told.archived.len(), told.archived[0].whole, told.rows.len()), (1, true, 0));
    let merges = std::fs::read(sample().join("reports/merges.csv")).unwrap();
    let mut merges = csv::Reader::from_reader(&*merges);
    let company = merges.records().map(Result::unwrap).find(|row| &row[0] == "company").unwrap();
    let (survivor, merged) = (&company[1], &company[3]);
    let told = story(merged);
    assert!(told.fate.contains(&format!("merged into company {survivor}")), "{}", told.fate);
    assert!(story(survivor).merges.iter().any(|merge| merge.merged == *merged));
    let user = story("user_KUoTR8Z2oUx2ueO7CpdIZ2Uj7SylIZKqC7WfsYQc7NG");
    assert_eq!(user.owner.unwrap()["email"], "una.petersen@example.com");
}

#[test]
fn nobody_is_told_with_the_ids_most_like_it() {
    let bundle = Bundle::open(&sample()).unwrap();
    let manifest = bundle.manifest().unwrap();
    let nearly = "cont_bTYTaj3zbi8ESOLqDdjNx8kn6zH7gTNQW2JmrXt0KoX";
    let error = tell(&bundle, &manifest, nearly, Vec::new()).unwrap_err();
    assert_eq!(error.code, "C2T-E092");
    let fix = error.fix.unwrap();
    assert!(fix.contains("did you mean cont_bTYTaj3zbi8ESOLqDdjNx8kn6zH7gTNQW2JmrXt0KoE"), "{fix}");
    let error = tell(&bundle, &manifest, "zzz", Vec::new()).unwrap_err();
    assert!(error.fix.unwrap().contains("--export"));
}
