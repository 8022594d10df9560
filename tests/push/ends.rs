//! Servers and bundles that are not as they should be, each by itself: what the run says of it, by its code.

use crate::fake_twenty::{At, Effect, FakeTwenty, Fault, ask};
use crate::rejects::plant;
use crate::workbench::{Said, Workbench};
use serde_json::{Value, json};
use std::path::Path;

const ARGS: &[&str] = &["--accept-proposed-map", "--pause-workflows"];
const PEOPLE: &str = "csv/02-people/people-0001.csv";
const EMAIL: &str = "Emails / Primary Email";

#[track_caller]
fn told(said: &Said, exit: i32, code: &str) {
    assert_eq!(said.code, Some(exit), "{}\n{}", said.stdout, said.stderr);
    assert!(said.stderr.contains(code), "{code} in\n{}", said.stderr);
}

/// The server refuses this request for what it says.
fn refuse(twenty: &FakeTwenty, root: &str, times: usize) {
    let answer = json!({ "data": null, "errors": [{ "message": "Not like this",
        "extensions": { "code": "BAD_USER_INPUT", "subCode": "INVALID_ARGS_DATA" } }] });
    let at = At::Run { root: root.to_owned(), from: 1, times };
    twenty.fault(Fault::new(at, Effect::Answer(200, Vec::new(), answer)));
}

/// A cell of the bundle.
fn cell(bundle: &Path, file: &str, column: &str, row: usize) -> String {
    let mut reader = csv::Reader::from_path(bundle.join(file)).unwrap();
    let at = reader.headers().unwrap().iter().position(|header| header == column).unwrap();
    reader.records().nth(row).unwrap().unwrap()[at].to_owned()
}

/// The row of this Close id.
fn row_of(bundle: &Path, file: &str, close_id: &str) -> usize {
    let mut reader = csv::Reader::from_path(bundle.join(file)).unwrap();
    let at = reader.headers().unwrap().iter().position(|header| header == "Close Id").unwrap();
    reader.records().position(|row| &row.unwrap()[at] == close_id).unwrap()
}

/// A row with an address that somebody has: number, id, address.
fn addressed(bundle: &Path) -> (usize, String, String) {
    let filled = |row: &usize| !cell(bundle, PEOPLE, EMAIL, *row).is_empty();
    let row = (0..80).find(filled).unwrap();
    (row, cell(bundle, PEOPLE, "Id", row), cell(bundle, PEOPLE, EMAIL, row))
}

fn person(email: &str) -> Value {
    json!({ "emails": { "primaryEmail": email, "additionalEmails": [] } })
}

/// Codes of the rows that were left.
fn left(bench: &Workbench) -> Vec<String> {
    let list = bench.journal().join("push-rejects.csv");
    let text = std::fs::read_to_string(list).unwrap();
    let codes = regex::Regex::new(r"C2T-E\d{3}").unwrap();
    codes.find_iter(&text).map(|found| found.as_str().to_owned()).collect()
}

#[test]
fn a_field_of_another_type_is_in_the_way() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let said = ask::graphql(
        &twenty.url(),
        "/metadata",
        &twenty.key(),
        "query { objects(paging: { first: 1000 }) { edges { node { id nameSingular } } } }",
        &json!({}),
    );
    let objects = said["data"]["objects"]["edges"].as_array().unwrap();
    let company = objects.iter().find(|edge| edge["node"]["nameSingular"] == "company").unwrap();
    let field = json!({ "field": { "objectMetadataId": company["node"]["id"], "name": "closeId",
        "label": "Close Id", "type": "BOOLEAN", "defaultValue": false } });
    let query =
        "mutation F($field: CreateFieldInput!) { createOneField(input: { field: $field }) { id } }";
    let made = ask::graphql(
        &twenty.url(),
        "/metadata",
        &twenty.key(),
        query,
        &json!({ "field": field["field"] }),
    );
    assert!(made["errors"].is_null(), "{made}");
    told(&bench.run(&twenty, "push", ARGS), 1, "C2T-E335");
}

#[test]
fn a_field_the_server_refuses_ends_the_run() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    refuse(&twenty, "createOneField", 1);
    told(&bench.run(&twenty, "push", ARGS), 1, "C2T-E336");
}

#[test]
fn a_key_that_has_expired_by_its_own_words() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    told(&bench.run_as(&twenty, &twenty.lapsed_key(), "push", ARGS), 1, "C2T-E312");
}

#[test]
fn links_of_an_object_without_targets() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let path = bench.bundle().join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    manifest["links"][0]["object"] = json!("company");
    std::fs::write(&path, manifest.to_string()).unwrap();
    told(&bench.run(&twenty, "push", ARGS), 1, "C2T-E311");
}

#[test]
fn a_workflow_that_stays_asleep_is_named() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    refuse(&twenty, "restoreWorkflowAutomatedTrigger", 100);
    told(&bench.run(&twenty, "push", ARGS), 3, "C2T-E317");
}

#[test]
fn a_bundle_that_lost_a_row_or_a_header() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let path = bench.bundle().join(PEOPLE);
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, whole.replacen("\"Job Title\"", "\"Job\"", 1)).unwrap();
    told(&bench.run(&twenty, "push", ARGS), 1, "C2T-E345");
    let mut rows = csv::Reader::from_reader(whole.as_bytes());
    let mut writer = csv::Writer::from_path(&path).unwrap();
    writer.write_record(rows.headers().unwrap()).unwrap();
    for row in rows.records().skip(1) {
        writer.write_record(&row.unwrap()).unwrap();
    }
    writer.flush().unwrap();
    told(&bench.run(&twenty, "push", ARGS), 1, "C2T-E341");
}

#[test]
fn a_row_that_meets_two_records_is_left() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let (_, id, email) = addressed(&bench.bundle());
    twenty.add("person", person(&email));
    twenty.add("person", json!({ "id": id, "jobTitle": "Another" }));
    bench.push(&twenty, &[], 3);
    assert_eq!(left(&bench)[0], "C2T-E342");
}

#[test]
fn two_rows_that_meet_one_record_are_one_too_many() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let (row, _, email) = addressed(&bench.bundle());
    twenty.add("person", person(&email));
    plant(&bench.bundle(), PEOPLE, EMAIL, &[row + 1], &email);
    bench.push(&twenty, &[], 3);
    assert!(left(&bench).contains(&"C2T-E343".to_owned()), "{:?}", left(&bench));
}

#[test]
fn a_second_pass_over_a_row_that_was_left() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let links = "csv/12-people-links/people-links-0001.csv";
    let close_id = cell(&bench.bundle(), links, "Close Id", 0);
    let row = row_of(&bench.bundle(), PEOPLE, &close_id);
    plant(&bench.bundle(), PEOPLE, EMAIL, &[row], "nobody@nowhere");
    bench.push(&twenty, &[], 3);
    assert!(left(&bench).contains(&"C2T-E344".to_owned()), "{:?}", left(&bench));
}

#[test]
fn a_cell_the_api_cannot_take() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let deals = "csv/03-opportunities/opportunities-0001.csv";
    plant(&bench.bundle(), deals, "Amount / Amount", &[0], "a lot");
    bench.push(&twenty, &[], 3);
    assert_eq!(left(&bench)[0], "C2T-E346");
}

#[test]
fn links_that_waited_and_are_refused_wait_on() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let members = bench.path().join("members.json");
    std::fs::write(&members, r#"{"members":[{"email":"tom.ahlers@example.com"}]}"#).unwrap();
    bench.convert(&["--workspace", members.to_str().unwrap()]);
    bench.push(&twenty, &[], 3);
    twenty.join("tom.ahlers@example.com");
    for root in ["createCompanies", "createPeople", "createOpportunities", "createTasks"] {
        refuse(&twenty, root, 100);
    }
    told(&bench.run(&twenty, "push", ARGS), 3, "C2T-E347");
}

#[test]
fn a_file_the_server_refuses_is_set_aside() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample_with_files());
    for root in ["createFileUpload", "uploadFilesFieldFile"] {
        refuse(&twenty, root, 1000);
    }
    told(&bench.run(&twenty, "push", ARGS), 3, "C2T-E351");
}

#[test]
fn a_field_that_cannot_be_removed_is_named() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    bench.push(&twenty, &[], 0);
    refuse(&twenty, "deleteOneField", 1);
    told(&bench.run(&twenty, "rollback", &[]), 1, "C2T-E366");
}
