//! The two workflows a fresh workspace ships, the trigger that runs on every new person, and what
//! a key may not do to them (`twenty-observed.md §0.2–3, E7`).

use super::failure::Failure;
use super::state::{Object, Row, State};
use super::timeline;
use serde_json::{Map, Value, json};

pub const TRIGGER: &str = "36867230-b00a-5647-8e44-17b2e3d95fd0";
const COMPANY_FLOW: &str = "9e114bab-d1b4-57d3-b86a-eaf861397450";
const COMPANY_VERSION: &str = "2742fc89-453f-591b-931d-394f475e9f5f";
const LEAD_FLOW: &str = "3517cba4-6948-516c-8041-caf5b33b3395";
const LEAD_VERSION: &str = "3cb35045-b383-53de-b5ec-760e549129a4";

fn settings() -> Value {
    let step = |id: &str, value: &str, place: u64| {
        json!({"id": id, "type": "ACTOR", "value": value, "operand": "IS_NOT",
            "stepOutputKey": "{{trigger.properties.after.createdBy.source}}",
            "fieldMetadataId": "c4abe380-5fe4-48ff-b3e7-3c0995970295",
            "stepFilterGroupId": "2d9c1f3a-6b4e-4c8a-9f12-7a3b5c6d8e90",
            "positionInStepFilterGroup": place, "compositeFieldSubFieldName": "source"})
    };
    json!({"fields": ["emails"], "filter": {"stepFilters": [
            step("3e8b2a4c-7c5f-4d9b-8a23-6b4c5d7e9f01", "[\"EMAIL\"]", 0),
            step("4f9c3b5d-8d6a-4e0c-9b34-7c5d6e8f0a12", "[\"CALENDAR\"]", 1)],
        "stepFilterGroups": [{"id": "2d9c1f3a-6b4e-4c8a-9f12-7a3b5c6d8e90",
            "logicalOperator": "AND"}]}, "eventName": "person.upserted"})
}

/// Puts the shipped workflows in place.
pub fn ship(state: &mut State) {
    if !state.settings.workflow {
        return;
    }
    state.tick();
    let trigger = json!({"name": "Record is created or updated", "type": "DATABASE_EVENT",
        "settings": settings(), "nextStepIds": []});
    let manual = json!({"name": "Launch manually", "type": "MANUAL", "settings": {},
        "nextStepIds": []});
    let flows = [
        (LEAD_FLOW, "Quick Lead", LEAD_VERSION, manual),
        (COMPANY_FLOW, "Create company when adding a new person", COMPANY_VERSION, trigger),
    ];
    let system = json!({"source": "SYSTEM", "name": "System", "workspaceMemberId": null,
        "context": null});
    for (id, name, version, trigger) in flows {
        add(
            state,
            "workflow",
            json!({"id": id, "name": name, "statuses": ["ACTIVE"],
            "lastPublishedVersionId": version, "createdBy": system}),
        );
        add(
            state,
            "workflowVersion",
            json!({"id": version, "name": "v1", "status": "ACTIVE",
            "workflowId": id, "trigger": trigger, "steps": [], "createdBy": system}),
        );
    }
    add(
        state,
        "workflowAutomatedTrigger",
        json!({"id": TRIGGER, "type": "DATABASE_EVENT",
        "settings": settings(), "workflowId": COMPANY_FLOW, "createdBy": system}),
    );
}

fn add(state: &mut State, object: &str, row: Value) {
    let Some(object) = state.object(object).cloned() else { return };
    let Value::Object(row) = row else { return };
    timeline::add(state, &object, row);
}

/// One run for each new person, unless mail or calendar brought it.
pub fn created(state: &mut State, object: &Object, ids: &[String]) {
    if object.name() == "person" {
        for id in ids {
            run(state, id);
        }
    }
}

/// One run for a person whose e-mails changed.
pub fn updated(state: &mut State, object: &Object, id: &str, before: &Row) {
    let changed = |row: &Row| row.get("emails") != before.get("emails");
    if object.name() == "person" && state.row("person", id).is_some_and(changed) {
        run(state, id);
    }
}

fn run(state: &mut State, id: &str) {
    let live = state.table("workflowAutomatedTrigger").values().find(|row| {
        row["settings"]["eventName"] == "person.upserted" && row["deletedAt"].is_null()
    });
    let Some(workflow) = live.map(|row| row["workflowId"].clone()) else { return };
    let Some(person) = state.row("person", id).cloned() else { return };
    if matches!(person["createdBy"]["source"].as_str(), Some("EMAIL" | "CALENDAR")) {
        return;
    }
    let now = state.now();
    let mut row = Map::new();
    row.insert("name".into(), json!("Execution of v1"));
    // Logic functions are switched off on a self-hosted server: the first step fails.
    row.insert("status".into(), json!("FAILED"));
    row.insert("workflowId".into(), workflow);
    row.insert("workflowVersionId".into(), json!(COMPANY_VERSION));
    row.insert("enqueuedAt".into(), json!(now));
    row.insert("endedAt".into(), json!(now));
    row.insert(
        "state".into(),
        json!({"flow": {"steps": [], "trigger": {"type": "DATABASE_EVENT", "settings": settings()}},
            "stepInfos": {"trigger": {"status": "NOT_STARTED",
                "result": {"recordId": id, "properties": {"after": person}}}},
            "workflowRunError": "Logic function execution is disabled."}),
    );
    timeline::later(state, "workflowRun", row);
}

/// Members come by invitation only.
pub fn guard_create(object: &Object) -> Result<(), Failure> {
    if object.name() == "workspaceMember" {
        return Err(Failure::denied());
    }
    Ok(())
}

/// States of workflows are not set by hand.
pub fn guard_update(object: &Object, data: &Value) -> Result<(), Failure> {
    let refusal = match object.name() {
        "workflowVersion" => "Workflow version is not in draft status",
        "workflow" if data.get("statuses").is_some() => "Statuses cannot be set manually.",
        _ => return Ok(()),
    };
    Err(Failure::new(refusal, "FORBIDDEN").sub("FORBIDDEN").with("userFriendlyMessage", refusal))
}
