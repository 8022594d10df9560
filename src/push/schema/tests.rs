//! What is made, used, changed, or in the way.

use super::*;
use crate::bundle::manifest::Schema;
use crate::push::live::{Live, LiveOption};
use serde_json::{Value, json};

fn live() -> Live {
    let text = include_str!("../../../testdata/twenty/contract/objects-2.21.json");
    let said: Value = serde_json::from_str(text).unwrap();
    let nodes = said["objects"].as_array().unwrap().clone();
    Live::from_nodes(&nodes)
}

fn schema(fields: &Value) -> Schema {
    serde_json::from_value(json!({ "objects": [{
        "name_singular": "siteVisit", "name_plural": "siteVisits", "label_singular": "Site Visit",
        "label_plural": "Site Visits",
    }], "fields": fields }))
    .unwrap()
}

fn field(object: &str, name: &str, kind: &str) -> Value {
    json!({ "object": object, "name": name, "label": name, "type": kind, "delivery": "both", "why": "" })
}

#[test]
fn what_is_missing_is_made_what_is_there_is_used() {
    let mut visit = field("siteVisit", "visitedAt", "DATE");
    visit["unique"] = json!(false);
    let mut csv = field("task", "person", "RELATION");
    csv["delivery"] = json!("csv");
    let schema = schema(&json!([
        field("company", "name", "TEXT"),
        field("company", "closeId", "TEXT"),
        visit,
        csv
    ]));
    let found = Differences::new(&schema, &live());
    assert_eq!((found.counts(), found.reused, found.conflicts.len()), ((1, 2, 0), 1, 0));
    assert!(matches!(found.work[0], Work::Object(_)));
}

#[test]
fn a_number_with_decimals_is_made_to_show_them() {
    let mut price = field("company", "price", "NUMBER");
    price["decimals"] = json!(2);
    let schema = schema(&json!([price, field("company", "seats", "NUMBER")]));
    let sent = |at: usize| {
        let variables = input::field(&schema.fields[at], &live()).unwrap();
        variables["input"]["field"]["settings"].clone()
    };
    assert_eq!(sent(0), json!({ "dataType": "float", "decimals": 2, "type": "number" }));
    assert_eq!(sent(1), Value::Null);
}

#[test]
fn a_field_of_another_type_is_in_the_way() {
    let mut relation = field("person", "company", "RELATION");
    relation["relation"] = json!({ "target": "opportunity", "reverse_label": "x" });
    let schema = schema(&json!([
        field("company", "name", "NUMBER"),
        relation,
        field("nothing", "x", "TEXT")
    ]));
    let found = Differences::new(&schema, &live());
    let told: Vec<&str> = found.conflicts.iter().map(|one| one.why.as_str()).collect();
    assert_eq!(told.len(), 3);
    assert!(told[0].contains("type TEXT, the bundle needs NUMBER"), "{told:?}");
    assert!(told[1].contains("leads to company, the bundle needs opportunity"), "{told:?}");
}

#[test]
fn options_are_appended_and_every_old_one_keeps_its_id() {
    let mut stage = field("opportunity", "stage", "SELECT");
    stage["existing"] = json!(true);
    stage["options"] = json!([
        { "value": "WON", "label": "Won", "color": "green", "position": 7 },
        { "value": "MEETING", "label": "Other label", "color": "sky", "position": 2 },
        { "value": "OTHER_VALUE", "label": "proposal", "color": "sky", "position": 3 },
        { "value": "LOST", "label": "Lost", "color": "", "position": 8 },
    ]);
    let (schema, live) = (schema(&json!([stage])), live());
    let found = Differences::new(&schema, &live);
    let Work::Alter(alter) = &found.work[1] else { panic!("{found:?}") };
    let there = live.object("opportunity").unwrap().field("stage").unwrap();
    let options = input::altered(alter, there)["options"].as_array().unwrap().clone();
    let ids: Vec<&str> = options.iter().filter_map(|option| option["id"].as_str()).collect();
    let old: Vec<&str> =
        there.options.iter().map(|option: &LiveOption| option.id.as_str()).collect();
    assert_eq!(ids, old);
    let new: Vec<&str> =
        options[old.len()..].iter().map(|o| o["value"].as_str().unwrap()).collect();
    assert_eq!(new, ["WON", "LOST"]);
    let positions: Vec<i64> = options.iter().map(|o| o["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (0..options.len() as i64).collect::<Vec<_>>());
    assert_eq!(input::as_it_was(there)["options"].as_array().unwrap().len(), old.len());
}

#[test]
fn the_cause_is_picked_out_of_what_follows_from_it() {
    let follows = json!({ "errors": [{ "code": "INVALID_VIEW_DATA", "message": "Field metadata not found" }] });
    let cause_of = json!({ "errors": [{ "code": "NOT_AVAILABLE", "message": "Name is taken" }] });
    let extensions = json!({ "errors": { "viewField": [follows, follows], "fieldMetadata": [follows, cause_of] } });
    let fault =
        Fault { message: "Multiple validation errors".to_owned(), extensions, ..Fault::default() };
    assert_eq!(cause(&fault), "Name is taken");
    let bare = Fault { message: "Something else".to_owned(), ..Fault::default() };
    assert_eq!(cause(&bare), "Something else");
}

#[test]
fn fields_that_stay_hidden_end_the_run() {
    use crate::push::client::tests::{Stage, say};
    let hidden = json!({ "data": { "__type": { "name": "CompanyCreateInput", "fields": null,
        "inputFields": [{ "name": "name" }], "enumValues": null } } });
    let stage = Stage::new((0..PATIENCE).map(|_| say(200, &hidden)).collect());
    let dir = tempfile::tempdir().unwrap();
    let journal = Journal::open(dir.path()).unwrap();
    let run = Run { client: &stage.client, journal: &journal };
    let error = run.look_for("company", &["closeId".to_owned()]).unwrap_err();
    assert_eq!(error.code, "C2T-E337");
    assert!(error.what.contains("closeId"), "{error}");
    assert_eq!(stage.got().len(), 60);
}
