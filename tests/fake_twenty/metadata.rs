//! `/metadata`: objects and fields as they are, keys, roles and the workspace
//! (`twenty-api.md §4.9`). Changes to the schema are made elsewhere.

use super::failure::Failure;
use super::graphql::{Document, arguments};
use super::permissions::{self, Caller, Role};
use super::state::{Field, Object, State, WORKSPACE};
use super::{schema_edit, uploads};
use apollo_compiler::executable::Field as Selected;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// Answers one root field. `file` is the file of a multipart request.
pub fn answer(
    state: &mut State,
    document: &Document,
    field: &Selected,
    variables: &Map<String, Value>,
    caller: &Caller,
    file: Option<(&str, &[u8])>,
) -> Result<Value, Failure> {
    let arguments = arguments(field, variables);
    let asked = |key: &str| arguments.get(key).cloned().unwrap_or_default();
    let text = |key: &str| asked(key).as_str().unwrap_or_default().to_owned();
    let found = match field.name.as_str() {
        "objects" => objects(state, &asked("paging"), &asked("filter")),
        "object" => object_by_id(state, &text("id"))?,
        "fields" => fields(state, &asked("paging"), &asked("filter")),
        "field" => field_by_id(state, &text("id"))?,
        "currentUser" => return Err(Failure::forbidden_resource()),
        "currentWorkspace" => {
            json!({"id": WORKSPACE, "displayName": "Empty", "subdomain": "empty",
                "activationStatus": "ACTIVE", "metadataVersion": state.version})
        }
        "getRoles" => admins(caller, permissions::roles())?,
        "apiKeys" => admins(caller, permissions::api_keys())?,
        "apiKey" => {
            let id = asked("input")["id"].clone();
            let keys = admins(caller, permissions::api_keys()).map_err(Failure::nulling_field)?;
            let mut keys = keys.as_array().cloned().unwrap_or_default().into_iter();
            keys.find(|key| key["id"] == id).unwrap_or_default()
        }
        "webhooks" => {
            caller.may_use_feature()?;
            json!(state.webhooks)
        }
        // A planner's estimate: zero until somebody analyses the tables.
        "objectRecordCounts" => {
            let counts = state
                .objects
                .iter()
                .map(|object| json!({"objectNamePlural": object.plural(), "totalCount": 0}));
            admins(caller, counts.collect())?
        }
        "createOneObject" | "updateOneObject" | "deleteOneObject" | "createOneField"
        | "updateOneField" | "deleteOneField" => {
            caller.may_change_schema()?;
            schema_edit::apply(state, field.name.as_str(), &asked("input"))?
        }
        "createFileUpload" => {
            caller.may_use_feature()?;
            uploads::begin(state, &Value::Object(arguments))?
        }
        "completeFileUpload" => {
            caller.may_use_feature()?;
            uploads::complete(state, &text("fileId"))?
        }
        "uploadFilesFieldFile" => {
            caller.may_use_feature()?;
            uploads::multipart(state, &text("fieldMetadataId"), file)?
        }
        other => return Err(Failure::internal(format!("The fake knows no {other}"), "")),
    };
    Ok(document.pick(&found, &field.selection_set, variables))
}

fn admins(caller: &Caller, value: Value) -> Result<Value, Failure> {
    if caller.role == Role::Admin { Ok(value) } else { Err(Failure::denied()) }
}

fn objects(state: &State, paging: &Value, filter: &Value) -> Value {
    let all: Vec<Value> = state
        .objects
        .iter()
        .filter(|object| meets(&Value::Object(object.meta.clone()), filter))
        .map(|object| object_json(state, object))
        .collect();
    page(&all, paging)
}

fn fields(state: &State, paging: &Value, filter: &Value) -> Value {
    let all: Vec<Value> = state
        .objects
        .iter()
        .flat_map(|object| object.fields.iter().map(move |field| field_json(state, object, field)))
        .filter(|field| meets(field, filter))
        .collect();
    page(&all, paging)
}

fn object_by_id(state: &State, id: &str) -> Result<Value, Failure> {
    let found = state.object_by_id(id).ok_or_else(Failure::not_found)?;
    Ok(object_json(state, found))
}

fn field_by_id(state: &State, id: &str) -> Result<Value, Failure> {
    let (object, field) = state.field_by_id(id).ok_or_else(Failure::not_found)?;
    Ok(field_json(state, object, field))
}

/// `{id: {eq: …}, isActive: {is: true}}`.
fn meets(value: &Value, filter: &Value) -> bool {
    let Value::Object(conditions) = filter else { return true };
    conditions.iter().all(|(key, condition)| {
        let held = value.get(key).unwrap_or(&Value::Null);
        let Value::Object(comparators) = condition else { return true };
        comparators.iter().all(|(comparator, operand)| match comparator.as_str() {
            "eq" | "is" => held == operand,
            "in" => operand.as_array().is_some_and(|all| all.contains(held)),
            _ => true,
        })
    })
}

/// A page by array position, ten unless told.
fn page(all: &[Value], paging: &Value) -> Value {
    let cursor = |index: usize| STANDARD.encode(format!("arrayconnection:{index}"));
    let after = paging["after"].as_str().and_then(|text| STANDARD.decode(text).ok());
    let after = after.and_then(|bytes| String::from_utf8(bytes).ok());
    let after = after.and_then(|text| text.strip_prefix("arrayconnection:")?.parse().ok());
    let start = after.map_or(0, |index: usize| index + 1);
    let first = paging["first"].as_u64().unwrap_or(10).min(1000) as usize;
    let end = (start + first).min(all.len());
    let more = end < all.len();
    let edges: Vec<Value> =
        (start..end).map(|index| json!({"node": all[index], "cursor": cursor(index)})).collect();
    json!({"pageInfo": {"hasNextPage": more, "hasPreviousPage": start > 0,
        "startCursor": (start < end).then(|| cursor(start)),
        "endCursor": (start < end).then(|| cursor(end - 1))}, "edges": edges})
}

pub fn object_json(state: &State, object: &Object) -> Value {
    let mut meta = object.meta.clone();
    let fields: Vec<Value> =
        object.fields.iter().map(|field| field_json(state, object, field)).collect();
    let edges: Vec<Value> = fields.iter().map(|field| json!({"node": field})).collect();
    meta.insert("fields".into(), json!({"edges": edges}));
    meta.insert("fieldsList".into(), json!(fields));
    Value::Object(meta)
}

/// A field with both ends of its relation in full.
pub fn field_json(state: &State, object: &Object, field: &Field) -> Value {
    let mut map = field.0.clone();
    map.insert("objectMetadataId".into(), json!(object.id()));
    for key in ["relation", "morphRelations"] {
        if let Some(value) = map.get(key).cloned() {
            let whole = match value {
                Value::Array(all) => {
                    all.iter().map(|one| ends(state, object, field, one)).collect()
                }
                Value::Object(_) => ends(state, object, field, &value),
                _ => Value::Null,
            };
            map.insert(key.into(), whole);
        }
    }
    Value::Object(map)
}

fn ends(state: &State, object: &Object, field: &Field, relation: &Value) -> Value {
    let target = relation["targetObjectMetadata"]["nameSingular"].as_str().unwrap_or_default();
    let target_field = relation["targetFieldMetadata"]["name"].as_str().unwrap_or_default();
    let target = state.object(target);
    let target_field = target.and_then(|target| target.field(target_field));
    json!({"type": relation["type"], "sourceObjectMetadata": object.meta,
        "sourceFieldMetadata": field.0, "targetObjectMetadata": target.map(|object| &object.meta),
        "targetFieldMetadata": target_field.map(|field| &field.0)})
}
