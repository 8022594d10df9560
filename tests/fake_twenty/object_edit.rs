//! Objects made, changed and deleted (`twenty-api.md §4.1`): a new one comes with its own fields
//! and with links from tasks, notes, attachments and the timeline.

use super::failure::Failure;
use super::metadata::object_json;
use super::schema_edit::{complete_rows, indexes, is_standard, lost, new_field, not_deletable};
use super::schema_rules::{self as rules, Refusals};
use super::state::{CUSTOM_APPLICATION, Field, Object, State};
use serde_json::{Map, Value, json};

pub fn create(state: &mut State, asked: &Value) -> Result<Value, Failure> {
    let told = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
    let (singular, plural) = (told("nameSingular"), told("namePlural"));
    let wrong = rules::object_names(state, &singular, &plural);
    if !wrong.is_empty() {
        let mut refusals = Refusals::default();
        rules::object_cascade(&mut refusals, state, (&singular, &plural), &wrong);
        return Err(refusals.into_failure("creating object"));
    }
    let id = state.fresh_id();
    let value = json!({"id": id, "universalIdentifier": state.fresh_id(), "nameSingular": singular,
        "namePlural": plural, "labelSingular": told("labelSingular"),
        "labelPlural": told("labelPlural"), "icon": asked["icon"],
        "description": asked["description"], "isRemote": false, "isActive": true, "isSystem": false,
        "isUICreatable": true, "isUIEditable": true, "isSearchable": true,
        "applicationId": CUSTOM_APPLICATION, "duplicateCriteria": null,
        "imageIdentifierFieldMetadataId": null, "isLabelSyncedWithName": false,
        "indexMetadataList": [{"id": state.fresh_id(), "name": format!("IDX_{singular}_search"),
            "isUnique": false, "indexType": "GIN", "indexWhereClause": null,
            "indexFieldMetadataList": []}]});
    let Value::Object(meta) = value else { unreachable!("it is an object") };
    let mut object = Object { meta, fields: own_fields(state) };
    let label = object.field("name").map(|field| field.id().to_owned());
    object.meta.insert("labelIdentifierFieldMetadataId".into(), json!(label));
    for (name, label, target) in LINKS {
        let mut field = new_field(state, name, label, "RELATION", false);
        field.0.insert("settings".into(), json!({"relationType": "ONE_TO_MANY"}));
        let other = state.object(target).map(Object::plural).unwrap_or_default();
        field.0.insert(
            "relation".into(),
            json!({"type": "ONE_TO_MANY",
            "sourceObjectMetadata": {"nameSingular": singular},
            "targetObjectMetadata": {"nameSingular": target, "namePlural": other},
            "sourceFieldMetadata": {"name": name}, "targetFieldMetadata": {"name": "target"}}),
        );
        object.fields.push(field);
        link(state, target, &object, name);
    }
    state.objects.push(object);
    for (_, _, target) in LINKS {
        complete_rows(state, target);
    }
    let made = state.object_by_id(&id).ok_or_else(lost)?;
    Ok(object_json(state, made))
}

/// The lists every object has, and where they come from.
const LINKS: [(&str, &str, &str); 4] = [
    ("timelineActivities", "Timeline Activities", "timelineActivity"),
    ("attachments", "Attachments", "attachment"),
    ("noteTargets", "Notes", "noteTarget"),
    ("taskTargets", "Tasks", "taskTarget"),
];

/// `target<Object>Id` on the other side.
fn link(state: &mut State, target: &str, object: &Object, name: &str) {
    let id = state.fresh_id();
    let Some(other) = state.objects.iter_mut().find(|known| known.name() == target) else { return };
    let (singular, plural) = (object.name().to_owned(), object.plural().to_owned());
    let hash = super::state::digest(format!("{target}.target{singular}").as_bytes());
    let mut end = json!({"type": "MANY_TO_ONE",
        "targetObjectMetadata": {"nameSingular": singular, "namePlural": plural},
        "targetFieldMetadata": {"name": name}});
    indexes(other).push(json!({"id": id, "name": format!("IDX_{}", &hash[..27]),
        "isUnique": false, "indexType": "BTREE", "indexWhereClause": null,
        "indexFieldMetadataList": [{"fieldMetadataId": object.id(), "order": 0}]}));
    let source = json!({"nameSingular": target});
    let field = other.fields.iter_mut().find(|field| field.kind() == "MORPH_RELATION");
    let Some(field) = field else { return };
    end["sourceObjectMetadata"] = source;
    end["sourceFieldMetadata"] = json!({"name": field.name()});
    if let Some(ends) = field.0.get_mut("morphRelations").and_then(Value::as_array_mut) {
        ends.push(end);
    }
}

fn own_fields(state: &mut State) -> Vec<Field> {
    let author = json!({"name": "''", "source": "'MANUAL'"});
    let rows: [(&str, &str, &str, bool, Value); 9] = [
        ("name", "Name", "TEXT", true, Value::Null),
        ("id", "Id", "UUID", false, json!("uuid")),
        ("createdAt", "Creation date", "DATE_TIME", false, json!("now")),
        ("createdBy", "Created by", "ACTOR", false, author.clone()),
        ("deletedAt", "Deleted at", "DATE_TIME", true, Value::Null),
        ("position", "Position", "POSITION", false, json!(0)),
        ("updatedAt", "Last update", "DATE_TIME", false, json!("now")),
        ("updatedBy", "Updated by", "ACTOR", false, author),
        ("searchVector", "Search vector", "TS_VECTOR", true, Value::Null),
    ];
    let mut fields = Vec::with_capacity(rows.len());
    for (name, label, kind, nullable, default) in rows {
        let mut field = new_field(state, name, label, kind, name != "name");
        field.0.insert("isNullable".into(), json!(nullable));
        field.0.insert("defaultValue".into(), default);
        fields.push(field);
    }
    fields
}

pub fn update(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let asked: Map<String, Value> = asked.as_object().cloned().unwrap_or_default();
    let object = state.objects.iter_mut().find(|object| object.id() == id).ok_or_else(lost)?;
    object.meta.extend(asked);
    let made = state.object_by_id(id).ok_or_else(lost)?;
    Ok(object_json(state, made))
}

pub fn delete(state: &mut State, id: &str) -> Result<Value, Failure> {
    let object = state.object_by_id(id).ok_or_else(lost)?.clone();
    if is_standard(object.text("applicationId")) {
        return Err(not_deletable("objectMetadata", object.name()));
    }
    let told = object_json(state, &object);
    let name = object.name().to_owned();
    let points = |end: &Value| end["targetObjectMetadata"]["nameSingular"] == *name;
    for other in &mut state.objects {
        indexes(other)
            .retain(|index| index["indexFieldMetadataList"][0]["fieldMetadataId"] != *object.id());
        for field in &mut other.fields {
            if let Some(ends) = field.0.get_mut("morphRelations").and_then(Value::as_array_mut) {
                ends.retain(|end| !points(end));
            }
        }
        other.fields.retain(|field| !points(&field.0["relation"]));
    }
    state.objects.retain(|object| object.id() != id);
    state.tables.remove(&name);
    let names: Vec<String> = state.objects.iter().map(|object| object.name().to_owned()).collect();
    for name in names {
        complete_rows(state, &name);
    }
    Ok(told)
}
