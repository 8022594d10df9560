//! What the metadata API is sent (`twenty-api.md` §4.1–§4.6, `twenty-observed.md` E1). It must not decide what is made.

use super::differences::{Alter, kind_name};
use crate::bundle::manifest::{FieldSpec, ObjectSpec, OptionSpec};
use crate::push::live::{Live, LiveField};
use crate::twenty::objects::FieldType;
use serde_json::{Map, Value, json};

/// Makes an object.
pub const CREATE_OBJECT: &str =
    "mutation O($input: CreateOneObjectInput!) { createOneObject(input: $input) { id } }";
/// Makes a field.
pub const CREATE_FIELD: &str =
    "mutation F($input: CreateOneFieldMetadataInput!) { createOneField(input: $input) { id } }";
/// Changes a field.
pub const UPDATE_FIELD: &str = "mutation U($id: UUID!, $update: UpdateFieldInput!) { \
     updateOneField(input: { id: $id, update: $update }) { id } }";

/// Variables of [`CREATE_OBJECT`].
pub fn object(spec: &ObjectSpec) -> Value {
    json!({ "input": { "object": {
        "nameSingular": spec.name_singular, "namePlural": spec.name_plural,
        "labelSingular": spec.label_singular, "labelPlural": spec.label_plural,
        "description": spec.why, "icon": "IconBox", "isLabelSyncedWithName": false,
    } } })
}

/// Variables of [`CREATE_FIELD`]; none where an object it needs is not there.
pub fn field(spec: &FieldSpec, live: &Live) -> Option<Value> {
    let mut field = Map::new();
    let mut put = |key: &str, value: Value| {
        field.insert(key.to_owned(), value);
    };
    put("objectMetadataId", json!(live.object(&spec.object)?.id));
    put("type", json!(kind_name(spec.kind)));
    put("name", json!(spec.name));
    put("label", json!(spec.label));
    put("description", json!(spec.why));
    put("isLabelSyncedWithName", json!(false));
    if spec.unique {
        put("isUnique", json!(true));
    }
    if matches!(spec.kind, FieldType::Select | FieldType::MultiSelect) {
        let mut options: Vec<&OptionSpec> = spec.options.iter().collect();
        options.sort_by_key(|option| option.position);
        put(
            "options",
            options.iter().enumerate().map(|(at, new)| option(new, at as i64)).collect(),
        );
    }
    // Without settings a number is shown without decimals, and 359.88 reads 360 (`twenty-api.md` §4.2).
    if spec.kind == FieldType::Number && spec.decimals > 0 {
        let settings = json!({ "dataType": "float", "decimals": spec.decimals, "type": "number" });
        put("settings", settings);
    }
    if let Some(relation) = &spec.relation {
        put(
            "relationCreationPayload",
            json!({
                "type": "MANY_TO_ONE",
                "targetObjectMetadataId": live.object(&relation.target)?.id,
                "targetFieldLabel": relation.reverse_label,
                "targetFieldIcon": "IconLink",
            }),
        );
    }
    Some(json!({ "input": { "field": field } }))
}

/// The `update` of [`UPDATE_FIELD`]: the list of options is the whole new list, so every old one stays in it under its
/// id. A list in which no old id survives empties the board by that field for good (`twenty-observed.md` §0.1).
pub fn altered(alter: &Alter<'_>, there: &LiveField) -> Value {
    let mut update = Map::new();
    if !alter.options.is_empty() {
        let last = there.options.iter().map(|option| option.position).max().unwrap_or(-1);
        let new = (last + 1..).zip(&alter.options).map(|(at, new)| option(new, at));
        update.insert("options".to_owned(), kept(there).into_iter().chain(new).collect());
    }
    if alter.unique {
        update.insert("isUnique".to_owned(), json!(true));
    }
    if alter.active {
        update.insert("isActive".to_owned(), json!(true));
    }
    Value::Object(update)
}

/// What puts a field back as it was.
pub fn as_it_was(there: &LiveField) -> Value {
    let mut update = json!({ "isActive": there.is_active, "isUnique": there.is_unique });
    if !there.options.is_empty() {
        update["options"] = kept(there).into();
        update["defaultValue"] = there.default.clone();
    }
    update
}

/// The options of a field under their ids.
fn kept(there: &LiveField) -> Vec<Value> {
    let mut options: Vec<_> = there.options.iter().collect();
    options.sort_by_key(|option| option.position);
    let kept = options.into_iter().map(|option| {
        json!({ "id": option.id, "value": option.value, "label": option.label,
                "color": option.color, "position": option.position })
    });
    kept.collect()
}

fn option(new: &OptionSpec, position: i64) -> Value {
    let color = if new.color.is_empty() { "gray" } else { new.color.as_str() };
    json!({ "value": new.value, "label": new.label, "color": color, "position": position })
}
