//! The journal opened again, locked, broken.

use super::*;
use serde_json::json;
use uuid::Uuid;

fn row(close_id: &str, state: RowState) -> Entry {
    Entry {
        close_id: close_id.to_owned(),
        id: Uuid::new_v5(&Uuid::NAMESPACE_DNS, close_id.as_bytes()),
        state,
        hash: u64::MAX - 7,
        updated: Some("2026-01-02T03:04:05.678Z".to_owned()),
        before: (state == RowState::Updated).then(|| json!({ "name": "Acme" })),
    }
}

#[test]
fn what_was_noted_is_there_after_it_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let step = journal.step("companies", "company", true).unwrap();
    let rows = [row("lead_1", RowState::Created), row("lead_2", RowState::Updated)];
    journal.note(step, &rows).unwrap();
    journal.set_about("started", "now").unwrap();
    drop(journal);
    let journal = Journal::open(dir.path()).unwrap();
    assert_eq!(journal.step("companies", "company", true).unwrap(), step);
    let found = journal.entries(step, ["lead_1", "lead_2", "lead_3"].into_iter()).unwrap();
    assert_eq!((found.len(), &found["lead_2"]), (2, &rows[1]));
    assert_eq!(journal.about("started").unwrap().as_deref(), Some("now"));
    assert_eq!(journal.id_of("company", "lead_1").unwrap(), Some(rows[0].id));
    assert_eq!(journal.id_of("person", "lead_1").unwrap(), None);
    assert_eq!(journal.by_id(rows[1].id).unwrap().unwrap().0, "companies");
    assert_eq!(journal.page(step, "lead_1", 9).unwrap(), [rows[1].clone()]);
}

#[test]
fn one_run_at_a_time_and_the_next_one_once_it_has_ended() {
    let dir = tempfile::tempdir().unwrap();
    let first = Journal::open(dir.path()).unwrap();
    assert_eq!(Journal::open(dir.path()).unwrap_err().code, "C2T-E330");
    drop(first);
    Journal::open(dir.path()).unwrap();
}

#[test]
fn another_version_and_a_broken_file_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    Journal::open(dir.path()).unwrap().set_about("version", "0").unwrap();
    assert_eq!(Journal::open(dir.path()).unwrap_err().code, "C2T-E332");
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join(FILE), "this is no database, but some other text").unwrap();
    assert_eq!(Journal::open(other.path()).unwrap_err().code, "C2T-E331");
}

#[test]
fn a_reject_is_forgotten_when_its_row_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let step = journal.step("people", "person", true).unwrap();
    let reject = Reject {
        close_id: "cont_1".to_owned(),
        code: "INVALID_PHONE_NUMBER".to_owned(),
        why: "Provided phone number is invalid".to_owned(),
        header: None,
        cells: vec!["a".to_owned(), "\"b\", c".to_owned()],
    };
    journal.reject(step, &row("cont_1", RowState::Rejected), &reject).unwrap();
    assert_eq!(journal.rejects(step).unwrap(), [reject]);
    journal.note(step, &[row("cont_1", RowState::Created)]).unwrap();
    assert_eq!(journal.rejects(step).unwrap(), []);
    assert_eq!(journal.counts(step).unwrap(), [(RowState::Created, 1)].into());
}

#[test]
fn no_look_up_goes_through_all_rows() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    for sql in [rows::ID_OF, rows::FIRST_ENTRY] {
        let plan: Vec<String> = journal
            .read(|db| {
                let mut plan = db.prepare(&format!("explain query plan {sql}"))?;
                plan.query_map(["company", "lead_1"], |row| row.get(3))?.collect()
            })
            .unwrap();
        let scans =
            plan.iter().any(|step| step.starts_with("SCAN row") || step.starts_with("SCAN known"));
        assert!(!scans && plan.iter().any(|step| step.starts_with("SEARCH row")), "{plan:#?}");
    }
}

#[test]
fn a_change_keeps_what_it_remembered_first() {
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let stage = ("opportunity", "stage");
    let first = journal.intend(Kind::Altered, stage, Some("f1"), Some(&json!(["NEW"]))).unwrap();
    let again = journal.intend(Kind::Altered, stage, Some("f1"), Some(&json!(["LATER"]))).unwrap();
    assert_eq!(again, first);
    journal.changed(first.number, "f1").unwrap();
    let changes = journal.changes().unwrap();
    assert_eq!((changes.len(), changes[0].done), (1, true));
    assert_eq!(changes[0].before, Some(json!(["NEW"])));
}

#[test]
fn the_folder_stands_beside_the_bundle_whatever_its_form() {
    let beside = |bundle: &str| folder(Path::new(bundle), None, "3bafcea8-ddc5-4079");
    assert!(beside("out/bundle").ends_with("out/bundle.push/3bafcea8"));
    assert!(beside("out/bundle/").ends_with("out/bundle.push/3bafcea8"));
    assert!(beside("out/bundle.zip").ends_with("out/bundle.zip.push/3bafcea8"));
    let chosen = folder(Path::new("b"), Some(Path::new("j")), "../evil");
    assert_eq!(chosen, Path::new("j/evil"));
}
