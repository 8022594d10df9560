//! The schema of `/graphql` that the fake writes is the published one, and follows its state.

use super::Asker;
use super::fake_twenty::FakeTwenty;
use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every type with its fields, their arguments and types.
fn shape(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let schema = Schema::parse_and_validate(text, "schema").expect("a valid schema");
    let mut shape = BTreeMap::new();
    for (name, definition) in schema.types.iter().filter(|(_, known)| !known.is_built_in()) {
        let mut fields = BTreeMap::new();
        match definition {
            ExtendedType::Object(object) => {
                for (name, field) in &object.fields {
                    let mut told: Vec<String> =
                        field.arguments.iter().map(|a| format!("{}:{}", a.name, a.ty)).collect();
                    told.sort();
                    fields.insert(name.to_string(), format!("({}) {}", told.join(" "), field.ty));
                }
            }
            ExtendedType::InputObject(input) => {
                for (name, field) in &input.fields {
                    fields.insert(name.to_string(), field.ty.to_string());
                }
            }
            ExtendedType::Enum(values) => {
                for name in values.values.keys() {
                    fields.insert(name.to_string(), String::new());
                }
            }
            _ => {}
        }
        shape.insert(name.to_string(), fields);
    }
    shape
}

#[test]
fn the_schema_of_a_fresh_workspace_is_the_published_one() {
    let published = shape(include_str!("../../testdata/twenty/contract/schema.core.graphql"));
    let written = shape(&FakeTwenty::start().core_schema());
    let mut differences = Vec::new();
    for (name, fields) in &published {
        let Some(own) = written.get(name) else {
            differences.push(format!("{name} is missing"));
            continue;
        };
        for (field, told) in fields {
            if own.get(field) != Some(told) {
                differences.push(format!("{name}.{field}: {told}, not {:?}", own.get(field)));
            }
        }
        for field in own.keys().filter(|field| !fields.contains_key(*field)) {
            differences.push(format!("{name}.{field} is too much"));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_whole_schema_is_told_as_it_was_stored() {
    let fake = FakeTwenty::start();
    let query = "{objects(paging:{first:1000}){edges{node{nameSingular icon isSystem \
        fieldsList{id name label type isUnique isNullable options settings defaultValue icon \
        isSystem relation{type targetFieldMetadata{name} targetObjectMetadata{nameSingular}}}}}}}";
    let told = Asker::new(&fake).metadata(query, &json!({}));
    let stored: Value =
        serde_json::from_str(include_str!("../../testdata/twenty/contract/objects-2.21.json"))
            .expect("the stored objects");
    let edges = told["data"]["objects"]["edges"].as_array().expect("objects");
    let objects = stored["objects"].as_array().expect("objects");
    assert_eq!((edges.len(), objects.len()), (28, 28));
    for edge in edges {
        let node = &edge["node"];
        let object = objects.iter().find(|object| object["nameSingular"] == node["nameSingular"]);
        let object = object.expect("a known object");
        let fields = object["fieldsList"].as_array().expect("fields");
        for (told, field) in node["fieldsList"].as_array().expect("fields").iter().zip(fields) {
            for key in ["id", "name", "label", "type", "options", "settings", "isUnique"] {
                assert_eq!(told[key], *field.get(key).unwrap_or(&Value::Null), "{field}");
            }
            let target = |field: &Value| field["relation"]["targetFieldMetadata"]["name"].clone();
            assert_eq!(target(told), target(field), "{field}");
        }
    }
}

#[test]
fn new_objects_and_fields_can_be_asked_for_at_once_and_deleted_ones_no_more() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let before = fake.dump();
    let find = "{policies{edges{node{id premium holder{id} taskTargets{edges{node{id}}}}}}}";
    assert!(ask.core(find, &json!({}))["data"].is_null());
    let object = ask.make_object("policy", "policies");
    ask.make_field(&object, json!({"type": "CURRENCY", "name": "premium", "label": "Premium"}));
    let person = ask.object("person");
    let relation = json!({"type": "MANY_TO_ONE", "targetObjectMetadataId": person,
        "targetFieldLabel": "Policies", "targetFieldIcon": "IconBox"});
    let holder = ask.make_field(
        &object,
        json!({"type": "RELATION", "name": "holder",
        "label": "Holder", "relationCreationPayload": relation}),
    );
    assert_eq!(ask.core(find, &json!({}))["data"]["policies"]["edges"], json!([]));
    let reverse = "{people{edges{node{policies{edges{node{id}}}}}}}";
    assert!(ask.core(reverse, &json!({}))["errors"].is_null());
    ask.delete("deleteOneField", &holder);
    assert!(!ask.core(reverse, &json!({}))["errors"].is_null());
    ask.delete("deleteOneObject", &object);
    assert!(!ask.core(find, &json!({}))["errors"].is_null());
    assert_eq!(fake.dump(), before);
    assert_eq!(fake.invalid_documents().len(), 3);
}

#[test]
fn names_are_refused_as_they_were() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let person = ask.object("person");
    let code = |name: &str| {
        let answer = ask.field(&person, json!({"type": "TEXT", "name": name, "label": "X"}));
        let errors = &answer["errors"][0]["extensions"]["errors"]["fieldMetadata"];
        errors[0]["errors"][0]["code"].as_str().unwrap_or("taken").to_owned()
    };
    for (name, expected) in [
        ("type", "INVALID_FIELD_INPUT"),
        ("Upper", "INVALID_FIELD_INPUT"),
        ("with_line", "INVALID_FIELD_INPUT"),
        ("ünder", "INVALID_FIELD_INPUT"),
        ("name", "NOT_AVAILABLE"),
        ("companyId", "NOT_AVAILABLE"),
        ("emailsPrimaryEmail", "RESERVED_KEYWORD"),
        ("status", "taken"),
        ("owner", "taken"),
    ] {
        assert_eq!(code(name), expected, "{name}");
    }
    assert_eq!(code(&"a".repeat(63)), "taken");
    assert_eq!(code(&"a".repeat(64)), "INVALID_FIELD_INPUT");
}

#[test]
fn the_board_of_stages_stays_blank_when_no_old_option_survives() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let stage = "af10571a-e1b6-43c7-8996-e74367e65b31";
    let option = |id: Value, value: &str, position: u64| json!({"id": id, "label": value, "value": value, "color": "red", "position": position});
    let old: Vec<Value> = fake.board().iter().map(|id| json!(id)).collect();
    let values = ["NEW", "SCREENING", "MEETING", "PROPOSAL", "CUSTOMER"];
    let all = old.iter().zip(values).zip(0..).map(|((id, v), n)| option(id.clone(), v, n));
    let mut all: Vec<Value> = all.collect();
    fake.add("opportunity", json!({"name": "a", "stage": "MEETING"}));
    all[2]["value"] = json!("TALK");
    all.push(option(Value::Null, "WON", 5));
    ask.options(stage, &all, "'NEW'");
    assert_eq!(fake.board().len(), 6);
    assert_eq!(fake.records("opportunity")[0]["stage"], "TALK", "a row follows its option");
    ask.options(stage, &[option(Value::Null, "LEAD", 0)], "'LEAD'");
    assert_eq!(fake.board(), Vec::<String>::new());
    assert_eq!(fake.records("opportunity")[0]["stage"], "LEAD", "rows fall back to the default");
    ask.options(stage, &all, "'NEW'");
    assert_eq!(fake.board(), Vec::<String>::new(), "for good");
}

#[test]
fn the_old_shape_points_by_plain_ids_and_has_no_direct_upload() {
    let settings = super::fake_twenty::Settings { old_shape: true, ..Default::default() };
    let fake = FakeTwenty::with(settings);
    let ask = Asker::new(&fake);
    fake.add("person", json!({"id": "20202020-1111-4111-8111-111111111111"}));
    fake.add("task", json!({"id": "20202020-2222-4222-8222-222222222222", "title": "Call"}));
    let made = ask.core(
        "mutation($d:[TaskTargetCreateInput!]!){createTaskTargets(data:$d){id person{id}}}",
        &json!({"d": [{"taskId": "20202020-2222-4222-8222-222222222222",
            "personId": "20202020-1111-4111-8111-111111111111"}]}),
    );
    assert_eq!(
        made["data"]["createTaskTargets"][0]["person"]["id"],
        "20202020-1111-4111-8111-111111111111",
        "{made}"
    );
    let linked = fake
        .records("timelineActivity")
        .into_iter()
        .find(|row| row["name"] == "linked-task.created" && row["personId"].is_string());
    assert!(linked.is_some());
    let names = ask.metadata("{__schema{mutationType{fields{name}}}}", &json!({})).to_string();
    assert!(names.contains("uploadFilesFieldFile") && !names.contains("createFileUpload"));
}
