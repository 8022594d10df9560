//! The fake Twenty's own tests: what it must be, whatever is asked of it.

#![forbid(unsafe_code)]

mod fake_twenty;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use fake_twenty::FakeTwenty;
use fake_twenty::ask::graphql;
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
    let published = shape(include_str!("../testdata/twenty/contract/schema.core.graphql"));
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
fn a_person_is_made_found_and_destroyed() {
    let fake = FakeTwenty::start();
    let ask = |query: &str, variables: Value| {
        graphql(&fake.url(), "/graphql", &fake.key(), query, &variables)
    };
    let made = ask(
        "mutation P($d:[PersonCreateInput!]!){createPeople(data:$d,upsert:true){id createdBy{source}}}",
        json!({"d": [{"name": {"firstName": "Ada"}, "emails": {"primaryEmail": "Ada@x.example"}}]}),
    );
    let id = made["data"]["createPeople"][0]["id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(made["data"]["createPeople"][0]["createdBy"]["source"], "API", "{made}");
    let found = ask(
        "query($f:PersonFilterInput){people(filter:$f){totalCount countNotEmptyEmails \
         edges{node{emails{primaryEmail} timelineActivities{edges{node{name}}}}}}}",
        json!({"f": {"id": {"in": [id]}}}),
    );
    let people = &found["data"]["people"];
    assert_eq!(people["totalCount"], 1, "{found}");
    assert_eq!(people["edges"][0]["node"]["emails"]["primaryEmail"], "ada@x.example");
    assert_eq!(
        people["edges"][0]["node"]["timelineActivities"]["edges"][0]["node"]["name"],
        "person.created"
    );
    let gone = ask("mutation($i:UUID!){destroyPerson(id:$i){id}}", json!({"i": id}));
    assert_eq!(gone["data"]["destroyPerson"]["id"], *id);
    assert!(fake.records("timelineActivity").is_empty());
    assert_eq!(fake.invalid_documents(), Vec::<String>::new());
}
