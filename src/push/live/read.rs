//! Reads the target's schema, members and abilities. What a server cannot do is found by asking its schema
//! (`twenty-api.md` §10, §12.1), never by its version. It must not change anything.

use super::{Live, LiveField, LiveObject, LiveOption, LiveRelation};
use crate::push::client::{Client, Refusal};
use crate::twenty::workspace::Member;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Objects of the schema a page.
const PAGE: usize = 200;
/// Members a page.
const MEMBERS: usize = 200;

/// What a type of the server's own schema has: names of fields, input fields and enum values.
fn names(type_name: &Value) -> BTreeSet<String> {
    let lists = ["fields", "inputFields", "enumValues"];
    let lists = lists.into_iter().filter_map(|list| type_name.get(list)?.as_array());
    lists.flatten().filter_map(|item| Some(item.get("name")?.as_str()?.to_owned())).collect()
}

/// Names the server's schema has for a type on `/metadata`; empty for a type it does not know.
///
/// # Errors
/// As the request.
pub fn metadata_type(client: &Client, name: &str) -> Result<BTreeSet<String>, Refusal> {
    let found = client.metadata(&introspect(name), &json!({}))?;
    Ok(names(&found["__type"]))
}

/// Names the server's schema has for a type on `/graphql`; empty for a type it does not know.
///
/// # Errors
/// As the request.
pub fn core_type(client: &Client, name: &str) -> Result<BTreeSet<String>, Refusal> {
    let found = client.core(&introspect(name), &json!({}))?;
    Ok(names(&found["__type"]))
}

/// As literal, not as variable: that is the form a server was seen to answer.
fn introspect(name: &str) -> String {
    format!(
        "{{ __type(name: \"{name}\") {{ name fields {{ name }} inputFields {{ name }} enumValues {{ name }} }} }}"
    )
}

/// Reads the whole schema.
///
/// # Errors
/// As the requests.
pub fn schema(client: &Client) -> Result<Live, Refusal> {
    let query = objects_query(&metadata_type(client, "Object")?, &metadata_type(client, "Field")?);
    let mut nodes: Vec<Value> = Vec::new();
    let mut after = Value::Null;
    loop {
        let mut page = client.metadata(&query, &json!({ "after": after }))?;
        let list = &mut page["objects"];
        if let Some(edges) = list["edges"].as_array_mut() {
            nodes.extend(edges.iter_mut().map(|edge| edge["node"].take()));
        }
        after = list["pageInfo"]["endCursor"].take();
        if list["pageInfo"]["hasNextPage"] != json!(true) || after.is_null() {
            break;
        }
    }
    Ok(Live::from_nodes(&nodes))
}

/// The selection depends on the version (`twenty-api.md` §4.9): older ones page the fields, later ones lack `isCustom`.
fn objects_query(object: &BTreeSet<String>, field: &BTreeSet<String>) -> String {
    let pick =
        |has: &BTreeSet<String>, name: &'static str| if has.contains(name) { name } else { "" };
    let relation =
        "relation { type targetObjectMetadata { nameSingular } targetFieldMetadata { name } }";
    let morph = "morphRelations { type targetObjectMetadata { nameSingular } targetFieldMetadata { name } }";
    let parts = [
        "id name type label isActive isUnique defaultValue options",
        pick(field, "settings"),
        if field.contains("relation") { relation } else { "" },
        if field.contains("morphRelations") { morph } else { "" },
    ]
    .join(" ");
    let fields = if object.contains("fieldsList") {
        format!("fieldsList {{ {parts} }}")
    } else {
        format!("fields(paging: {{ first: 1000 }}) {{ edges {{ node {{ {parts} }} }} }}")
    };
    let (custom, application) = (pick(object, "isCustom"), pick(object, "applicationId"));
    format!(
        "query S($after: ConnectionCursor) {{ objects(paging: {{ first: {PAGE}, after: $after }}, filter: {{}}) {{ \
         pageInfo {{ hasNextPage endCursor }} edges {{ node {{ id nameSingular namePlural labelSingular labelPlural \
         isActive isSystem {custom} {application} {fields} }} }} }} }}"
    )
}

/// Everybody who can own records.
///
/// # Errors
/// As the requests.
pub fn members(client: &Client) -> Result<Vec<Member>, Refusal> {
    let query = format!(
        "query M($after: String) {{ workspaceMembers(first: {MEMBERS}, after: $after) {{ \
         edges {{ node {{ id userEmail name {{ firstName lastName }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let mut members = Vec::new();
    let mut after = Value::Null;
    loop {
        let page = client.core(&query, &json!({ "after": after }))?;
        let list = &page["workspaceMembers"];
        let edges = list["edges"].as_array().into_iter().flatten();
        members.extend(edges.filter_map(|edge| member(&edge["node"])));
        after = list["pageInfo"]["endCursor"].clone();
        if list["pageInfo"]["hasNextPage"] != json!(true) || after.is_null() {
            return Ok(members);
        }
    }
}

fn member(node: &Value) -> Option<Member> {
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Member {
        id: text(&node["id"]),
        email: text(&node["userEmail"])?,
        first_name: text(&node["name"]["firstName"]),
        last_name: text(&node["name"]["lastName"]),
    })
}

impl Live {
    /// The schema from the nodes of an `objects` answer.
    pub fn from_nodes(nodes: &[Value]) -> Self {
        // Where nothing says what is custom, it is what belongs to another application than `company`.
        let standard = nodes.iter().find(|node| node["nameSingular"] == "company");
        let standard = standard.map(|node| &node["applicationId"]);
        Self { objects: nodes.iter().map(|node| object(node, standard)).collect() }
    }
}

fn object(node: &Value, standard: Option<&Value>) -> LiveObject {
    let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
    let list = node["fieldsList"].as_array().map(|list| list.iter().collect::<Vec<_>>());
    let edges = || node["fields"]["edges"].as_array().into_iter().flatten().map(|e| &e["node"]);
    let custom = node["isCustom"].as_bool();
    LiveObject {
        id: text("id"),
        name_singular: text("nameSingular"),
        name_plural: text("namePlural"),
        label_singular: text("labelSingular"),
        label_plural: text("labelPlural"),
        is_active: node["isActive"] != json!(false),
        is_custom: custom
            .unwrap_or_else(|| standard.is_some_and(|id| *id != node["applicationId"])),
        is_system: node["isSystem"] == json!(true),
        fields: list.unwrap_or_else(|| edges().collect()).into_iter().map(field).collect(),
    }
}

fn field(node: &Value) -> LiveField {
    let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
    let morph = node["morphRelations"].as_array().into_iter().flatten().filter_map(relation);
    LiveField {
        id: text("id"),
        name: text("name"),
        label: text("label"),
        kind: text("type"),
        is_unique: node["isUnique"] == json!(true),
        is_active: node["isActive"] != json!(false),
        default: node["defaultValue"].clone(),
        options: node["options"].as_array().into_iter().flatten().map(option).collect(),
        relation: relation(&node["relation"]),
        morph: morph.collect(),
        settings: node["settings"].clone(),
    }
}

fn option(node: &Value) -> LiveOption {
    let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
    LiveOption {
        id: text("id"),
        value: text("value"),
        label: text("label"),
        color: text("color"),
        position: node["position"].as_f64().unwrap_or_default() as i64,
    }
}

fn relation(node: &Value) -> Option<LiveRelation> {
    Some(LiveRelation {
        kind: node["type"].as_str()?.to_owned(),
        target: node["targetObjectMetadata"]["nameSingular"].as_str()?.to_owned(),
        target_field: node["targetFieldMetadata"]["name"].as_str().unwrap_or_default().to_owned(),
    })
}
