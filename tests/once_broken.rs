//! What broke once: small exports that were converted wrongly, each named by what broke. It must not look at rules of
//! single values: their own tests do.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used)]

mod cases;

use cases::Bundle;
use cases::sheet::sheets;
use serde_json::{Value, json};

fn made(export: &Value) -> Bundle {
    cases::run_bytes(export.to_string().as_bytes()).unwrap()
}

/// The cells of a column, in the order of the rows.
fn column(bundle: &Bundle, sheet: &str, header: &str) -> Vec<String> {
    let sheets = sheets(&bundle.path());
    sheets[sheet].column(header).into_iter().map(str::to_owned).collect()
}

/// A lead with opportunities, and what else stands in it.
fn lead(deals: &Value) -> Value {
    json!([{ "id": "lead_1", "name": "Acme GmbH", "contacts": [{ "id": "cont_1", "name": "Ada Probe" }],
        "opportunities": deals }])
}

#[test]
fn relations_whose_far_sides_twenty_would_give_one_name() {
    let field = |id: &str, name: &str| json!({ "id": id, "name": name, "type": "contact", "object_type": "lead" });
    let export = json!([
        { "id": "lead_1", "name": "Acme GmbH", "custom.cf_1": "cont_1", "custom.cf_2": "cont_1",
            "contacts": [{ "id": "cont_1", "name": "Ada Probe" }] },
        field("cf_1", "Referrer"),
        field("cf_2", "Referrer?"),
        { "id": "cotype_1", "name": "Event", "name_plural": "Events", "fields": [], "back_reference_fields": [] },
        { "id": "custobj_1", "custom_object_type_id": "cotype_1", "lead_id": "lead_1", "name": "Gala" },
    ]);
    assert_eq!(cases::findings(&made(&export).path()), Vec::<String>::new());
}

#[test]
fn leads_without_a_name_are_not_one_company() {
    let lead = |n: u32| {
        json!({ "id": format!("lead_{n}"), "name": null, "display_name": "Untitled",
        "contacts": [{ "id": format!("cont_{n}"), "name": format!("Probe {n}") }] })
    };
    let bundle = made(&json!([lead(1), lead(2), lead(3)]));
    let companies = column(&bundle, "people", "Company / Close Id");
    let mut different = companies.clone();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), companies.len(), "{companies:?}");
}

#[test]
fn a_key_twice_beside_a_list_of_records() {
    let bytes = br#"[{"id":"lead_1","name":"Acme GmbH","activities":"x","activities":[],
        "contacts":[{"id":"cont_1","lead_id":"lead_2"}]}]"#;
    let bundle = cases::run_bytes(bytes).unwrap();
    assert_eq!(column(&bundle, "companies", "Close Id"), ["lead_1"]);
}

#[test]
fn amounts_in_currencies_with_three_decimals() {
    let deal = |id: &str, code: &str, value: Value, shown: &str| {
        json!({ "id": id, "value": value, "value_currency": code, "value_formatted": shown,
            "date_created": "2024-01-01T00:00:00+00:00" })
    };
    let bundle = made(&lead(&json!([
        deal("oppo_1", "KWD", json!(123_456), "KWD 123.456"),
        deal("oppo_2", "BHD", json!(300_000), "BHD 300"),
        deal("oppo_3", "BHD", json!(30_000), "BHD 300"),
        deal("oppo_4", "EUR", json!(129_900.0), "€1,299"),
    ])));
    assert_eq!(
        column(&bundle, "opportunities", "Amount / Amount"),
        ["123.456", "300", "300", "1299"]
    );
}

#[test]
fn one_status_in_two_pipelines() {
    let deal = |id: &str, pipeline: &str, name: &str| {
        json!({ "id": id, "status_label": "New", "pipeline_id": pipeline, "pipeline_name": name,
            "date_created": "2024-01-01T00:00:00+00:00" })
    };
    let deals = json!([deal("oppo_1", "pipe_1", "Sales"), deal("oppo_2", "pipe_2", "Renewal")]);
    let bundle = made(&lead(&deals));
    assert_eq!(column(&bundle, "opportunities", "Pipeline"), ["SALES", "RENEWAL"]);
    assert_eq!(cases::findings(&bundle.path()), Vec::<String>::new());
}

#[test]
fn a_choice_whose_options_nothing_names() {
    let bundle = made(&json!([
        { "id": "lead_1", "name": "Acme GmbH", "custom.cf_1": 5, "contacts": [] },
        { "id": "cf_1", "name": "Size", "type": "choices", "object_type": "lead" },
    ]));
    assert_eq!(cases::findings(&bundle.path()), Vec::<String>::new());
    assert_eq!(column(&bundle, "companies", "Size"), ["5"]);
}

#[test]
fn users_whose_ids_hold_control_characters() {
    let bundle = made(&json!([{ "id": "lead_1", "name": "Acme GmbH", "created_by": "user_\u{0}1",
        "contacts": [{ "id": "cont_1", "name": "Ada Probe", "created_by": "\u{0}" }] }]));
    assert_eq!(cases::findings(&bundle.path()), Vec::<String>::new());
}

#[test]
fn meetings_that_take_a_day() {
    let bundle = made(&json!([{ "id": "lead_1", "name": "Acme GmbH", "contacts": [],
        "activities": [{ "id": "acti_1", "_type": "Meeting", "lead_id": "lead_1", "title": "Fair",
            "starts_at": "2024-05-01", "ends_at": "2024-05-02", "date_created": "2024-04-01T08:00:00+00:00" }] }]));
    let at = column(&bundle, "tasks", "Due Date");
    assert!(at[0].starts_with("2024-05-01T12:00"), "{at:?}");
    assert_eq!(cases::findings(&bundle.path()), Vec::<String>::new());
}

#[test]
fn names_and_labels_of_invisible_marks() {
    let bundle = made(&json!([
        { "id": "lead_1", "name": "Acme GmbH", "custom.cf_1": "x",
            "contacts": [{ "id": "cont_1", "name": "Ada \u{200d}" }] },
        { "id": "cf_1", "name": "\u{200d}Mark", "type": "text", "object_type": "lead" },
    ]));
    assert_eq!(cases::findings(&bundle.path()), Vec::<String>::new());
    assert_eq!(column(&bundle, "people", "Mark"), ["x"]);
}
