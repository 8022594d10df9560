//! The fake Twenty's own tests: what it must be, whatever is asked of it.

#![forbid(unsafe_code)]

mod fake_twenty;
#[path = "fake_laws/faults.rs"]
mod faults;
#[path = "fake_laws/random.rs"]
mod random;
#[path = "fake_laws/records.rs"]
mod records;
#[path = "fake_laws/schema.rs"]
mod schema;

use fake_twenty::FakeTwenty;
use fake_twenty::ask::graphql;
use serde_json::{Value, json};

/// Asks one server with one key.
struct Asker {
    url: String,
    key: String,
}

impl Asker {
    fn new(fake: &FakeTwenty) -> Self {
        Self { url: fake.url(), key: fake.key() }
    }

    fn core(&self, query: &str, variables: &Value) -> Value {
        graphql(&self.url, "/graphql", &self.key, query, variables)
    }

    fn metadata(&self, query: &str, variables: &Value) -> Value {
        graphql(&self.url, "/metadata", &self.key, query, variables)
    }

    /// `createXxx(data, upsert: true)` with all of these; the whole answer.
    fn upsert(&self, many: &str, kind: &str, data: &Value) -> Value {
        let query = format!(
            "mutation($d:[{kind}CreateInput!]!){{create{many}(data:$d,upsert:true){{id}}}}"
        );
        self.core(&query, &json!({"d": data}))
    }

    /// The metadata id of an object.
    fn object(&self, name: &str) -> String {
        let query = "{objects(paging:{first:1000}){edges{node{id nameSingular}}}}";
        let told = self.metadata(query, &json!({}));
        let edges = told["data"]["objects"]["edges"].as_array().cloned().unwrap_or_default();
        let edge = edges.iter().find(|edge| edge["node"]["nameSingular"] == name);
        edge.and_then(|edge| edge["node"]["id"].as_str()).expect("an object").to_owned()
    }

    /// Tries to make a field; the whole answer.
    fn field(&self, object: &str, mut field: Value) -> Value {
        field["objectMetadataId"] = json!(object);
        let query = "mutation F($i:CreateOneFieldMetadataInput!){createOneField(input:$i){id}}";
        self.metadata(query, &json!({"i": {"field": field}}))
    }

    fn make_field(&self, object: &str, field: Value) -> String {
        let answer = self.field(object, field);
        let id = answer["data"]["createOneField"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn make_object(&self, singular: &str, plural: &str) -> String {
        let query = "mutation O($i:CreateOneObjectInput!){createOneObject(input:$i){id}}";
        let object = json!({"nameSingular": singular, "namePlural": plural,
            "labelSingular": singular, "labelPlural": plural});
        let answer = self.metadata(query, &json!({"i": {"object": object}}));
        let id = answer["data"]["createOneObject"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    fn delete(&self, what: &str, id: &str) {
        let query = format!("mutation($id:UUID!){{{what}(input:{{id:$id}}){{id}}}}");
        let answer = self.metadata(&query, &json!({"id": id}));
        assert_eq!(answer["data"][what]["id"], id, "{answer}");
    }

    fn options(&self, field: &str, options: &[Value], default: &str) {
        let query = "mutation U($id:UUID!,$u:UpdateFieldInput!)\
            {updateOneField(input:{id:$id,update:$u}){id}}";
        let update = json!({"options": options, "defaultValue": default});
        let answer = self.metadata(query, &json!({"id": field, "u": update}));
        assert!(answer["errors"].is_null(), "{answer}");
    }
}
