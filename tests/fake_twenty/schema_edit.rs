//! Changes of the schema: fields made, changed and deleted, with what that does to the records
//! there are (`twenty-api.md §4`, `twenty-observed.md` E1). Rules of names and options
//! live in `schema_rules`.

use super::failure::Failure;
use super::metadata::field_json;
use super::object_edit;
use super::schema_rules::{self as rules, Refusals};
use super::state::{CUSTOM_APPLICATION, Field, Object, Slot, State, option_ids};
use super::values::empty;
use serde_json::{Value, json};

pub fn apply(state: &mut State, name: &str, input: &Value) -> Result<Value, Failure> {
    let id = input["id"].as_str().unwrap_or_default().to_owned();
    state.version += 1;
    match name {
        "createOneObject" => object_edit::create(state, &input["object"]),
        "updateOneObject" => object_edit::update(state, &id, &input["update"]),
        "deleteOneObject" => object_edit::delete(state, &id),
        "createOneField" => create_field(state, &input["field"]),
        "updateOneField" => update_field(state, &id, &input["update"]),
        _ => delete_field(state, &id),
    }
}

pub fn lost() -> Failure {
    Failure::new("Object metadata not found", "NOT_FOUND")
        .with("userFriendlyMessage", "An error occurred.")
}

/// A field map with all that `/metadata` may be asked for.
pub fn new_field(state: &mut State, name: &str, label: &str, kind: &str, system: bool) -> Field {
    let value = json!({"id": state.fresh_id(), "universalIdentifier": state.fresh_id(),
        "applicationId": CUSTOM_APPLICATION, "name": name, "label": label, "type": kind,
        "description": null, "icon": null, "isNullable": true, "isUnique": false,
        "isSystem": system, "isActive": true, "isUIEditable": !system, "defaultValue": null,
        "isLabelSyncedWithName": false, "options": null, "settings": null, "relation": null,
        "morphRelations": null});
    let Value::Object(map) = value else { unreachable!("it is an object") };
    Field(map)
}

fn create_field(state: &mut State, asked: &Value) -> Result<Value, Failure> {
    let told = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
    let (name, label, kind) = (told("name"), told("label").trim().to_owned(), told("type"));
    let object = state.object_by_id(&told("objectMetadataId")).ok_or_else(lost)?.clone();
    let mut field = new_field(state, &name, &label, &kind, false);
    for key in ["description", "icon", "isUnique", "isNullable", "defaultValue", "settings"] {
        if let Some(value) = asked.get(key).filter(|value| !value.is_null()) {
            field.0.insert(key.into(), value.clone());
        }
    }
    if let Some(options) = asked["options"].as_array() {
        field.0.insert("options".into(), with_ids(state, options));
    }
    let mut wrong: Vec<Value> = rules::field_name(&object, &name).into_iter().collect();
    if label.is_empty() {
        wrong.push(rules::cause(
            "INVALID_FIELD_INPUT",
            "Label is required",
            "Label is required",
            "",
        ));
    }
    if asked["isLabelSyncedWithName"] == json!(true) && rules::camel_case(&label) != name {
        let friendly = "Field name is not synced with field label";
        let message = "Name is not synced with label";
        wrong.push(rules::cause("NAME_NOT_SYNCED_WITH_LABEL", message, friendly, &label));
    }
    if matches!(kind.as_str(), "SELECT" | "MULTI_SELECT") {
        wrong.extend(rules::options(field.options()));
        wrong.extend(rules::default_value(&field));
    }
    let mut about = (name.clone(), object.text("universalIdentifier").to_owned());
    let mut reverse = None;
    if kind == "RELATION" {
        let (other, back) = relate(state, &object, &mut field, &asked["relationCreationPayload"])?;
        if wrong.is_empty()
            && let Some(refused) = rules::field_name(&other, back.name())
        {
            wrong.push(refused);
            about = (back.name().to_owned(), other.text("universalIdentifier").to_owned());
        }
        reverse = Some((other.id().to_owned(), back));
    }
    if !wrong.is_empty() {
        let mut refusals = Refusals::default();
        let what = json!({"universalIdentifier": state.fresh_id(), "name": about.0,
            "objectMetadataUniversalIdentifier": about.1});
        refusals.add("fieldMetadata", "create", &wrong, &what);
        let taken = object.field(&name).is_some_and(|field| field.flag("isUnique"));
        rules::field_cascade(&mut refusals, state, taken && asked["isUnique"] == json!(true));
        return Err(refusals.into_failure("creating fields"));
    }
    let id = field.id().to_owned();
    add_field(state, object.id(), field);
    if let Some((other, back)) = reverse {
        add_field(state, &other, back);
    }
    told_field(state, &id)
}

/// The other end of a relation; fills in this one.
fn relate(
    state: &mut State,
    object: &Object,
    field: &mut Field,
    asked: &Value,
) -> Result<(Object, Field), Failure> {
    let told = |key: &str| asked[key].as_str().unwrap_or_default().to_owned();
    let other = state.object_by_id(&told("targetObjectMetadataId")).ok_or_else(lost)?.clone();
    let label = told("targetFieldLabel");
    let mut back = new_field(state, &rules::camel_case(&label), &label, "RELATION", false);
    back.0.insert("icon".into(), json!(told("targetFieldIcon")));
    let many_to_one = told("type") != "ONE_TO_MANY";
    let end = |from: (&Object, &Field), to: (&Object, &Field), many_to_one: bool| {
        let kind = if many_to_one { "MANY_TO_ONE" } else { "ONE_TO_MANY" };
        let settings = if many_to_one {
            json!({"onDelete": "SET_NULL", "relationType": kind,
                "joinColumnName": format!("{}Id", from.1.name())})
        } else {
            json!({"relationType": kind})
        };
        let relation = json!({"type": kind,
            "sourceObjectMetadata": {"nameSingular": from.0.name()},
            "targetObjectMetadata": {"nameSingular": to.0.name(), "namePlural": to.0.plural()},
            "sourceFieldMetadata": {"name": from.1.name()},
            "targetFieldMetadata": {"name": to.1.name()}});
        (settings, relation)
    };
    let (settings, relation) = end((object, field), (&other, &back), many_to_one);
    let (back_settings, back_relation) = end((&other, &back), (object, field), !many_to_one);
    field.0.insert("settings".into(), settings);
    field.0.insert("relation".into(), relation);
    back.0.insert("settings".into(), back_settings);
    back.0.insert("relation".into(), back_relation);
    Ok((other, back))
}

/// Adds the field, its index, and its column to the records there are.
fn add_field(state: &mut State, object_id: &str, field: Field) {
    let index = match field.kind() {
        _ if field.flag("isUnique") => Some(("IDX_UNIQUE_", true)),
        "RELATION" if !field.setting("joinColumnName").is_empty() => Some(("IDX_", false)),
        _ => None,
    };
    let id = state.fresh_id();
    let Some(object) = state.objects.iter_mut().find(|object| object.id() == object_id) else {
        return;
    };
    if let Some((prefix, unique)) = index {
        let hash = super::state::digest(format!("{}.{}", object.name(), field.name()).as_bytes());
        let made = json!({"id": id, "name": format!("{prefix}{}", &hash[..27]), "isUnique": unique,
            "indexType": "BTREE", "indexWhereClause": null,
            "indexFieldMetadataList": [{"fieldMetadataId": field.id(), "order": 0}]});
        indexes(object).push(made);
    }
    object.fields.push(field);
    let name = object.name().to_owned();
    complete_rows(state, &name);
}

pub fn indexes(object: &mut Object) -> &mut Vec<Value> {
    let list = object.meta.entry("indexMetadataList").or_insert_with(|| json!([]));
    list.as_array_mut().expect("a list of indexes")
}

/// Gives records the columns they lack, and takes those that are no more.
pub fn complete_rows(state: &mut State, object: &str) {
    let Some(object) = state.object(object).cloned() else { return };
    let bare: Vec<(String, Value)> = object
        .slots()
        .iter()
        .filter_map(|slot| match slot {
            Slot::Plain(field) => Some((field.name().to_owned(), empty(field))),
            Slot::Join { column, .. } => Some((column.clone(), Value::Null)),
            Slot::Reverse { .. } => None,
        })
        .collect();
    for row in state.table_mut(object.name()).values_mut() {
        row.retain(|key, _| bare.iter().any(|(name, _)| name == key));
        for (key, value) in &bare {
            row.entry(key.clone()).or_insert_with(|| value.clone());
        }
    }
}

fn with_ids(state: &mut State, options: &[Value]) -> Value {
    let mut made = Vec::with_capacity(options.len());
    for option in options {
        let mut option = option.clone();
        if !option["id"].is_string() {
            option["id"] = json!(state.fresh_id());
        }
        made.push(option);
    }
    json!(made)
}

fn told_field(state: &State, id: &str) -> Result<Value, Failure> {
    let (object, field) = state.field_by_id(id).ok_or_else(lost)?;
    Ok(field_json(state, object, field))
}

fn update_field(state: &mut State, id: &str, asked: &Value) -> Result<Value, Failure> {
    let (object, field) = state.field_by_id(id).ok_or_else(lost)?;
    let (object, before) = (object.clone(), field.clone());
    let mut after = before.clone();
    let asked = asked.as_object().cloned().unwrap_or_default();
    for (key, value) in asked {
        let value = match (key.as_str(), value.as_array()) {
            ("options", Some(options)) => with_ids(state, options),
            _ => value,
        };
        after.0.insert(key, value);
    }
    let mut wrong = Vec::new();
    if matches!(after.kind(), "SELECT" | "MULTI_SELECT") {
        wrong.extend(rules::options(after.options()));
        wrong.extend(rules::default_value(&after));
    }
    if !wrong.is_empty() {
        let mut refusals = Refusals::default();
        let what = json!({"universalIdentifier": before.text("universalIdentifier"),
            "name": before.name(),
            "objectMetadataUniversalIdentifier": object.text("universalIdentifier")});
        refusals.add("fieldMetadata", "update", &wrong, &what);
        return Err(refusals.into_failure("updating field"));
    }
    if after.flag("isUnique") && !before.flag("isUnique") && has_twins(state, &object, &after) {
        return Err(Failure::internal(
            format!(
                "Migration action 'create' for 'index' (universalIdentifier: {}) failed",
                state.fresh_id()
            ),
            "Migration execution failed.",
        ));
    }
    follow_options(state, object.name(), &before, &after);
    if object.name() == "opportunity" && before.name() == "stage" {
        let ids = option_ids(&after);
        // A board none of whose columns survives stays empty for good.
        let survives = ids.iter().any(|id| state.board.contains(id));
        state.board = if survives { ids } else { Vec::new() };
    }
    for object in &mut state.objects {
        if let Some(field) = object.fields.iter_mut().find(|field| field.id() == id) {
            *field = after.clone();
        }
    }
    told_field(state, id)
}

fn has_twins(state: &State, object: &Object, field: &Field) -> bool {
    let mut probe = object.clone();
    probe.fields = vec![field.clone()];
    let mut seen = Vec::new();
    state.table(object.name()).values().any(|row| {
        let keys = super::unique::keys(&probe, row);
        let twin = !keys.is_empty() && seen.contains(&keys);
        seen.push(keys);
        twin
    })
}

/// Rows follow a renamed option; those of a removed one fall back to the default, and so do rows
/// without a value (`§4.6`).
fn follow_options(state: &mut State, object: &str, before: &Field, after: &Field) {
    let value_of = |field: &Field, id: &str| {
        let option = field.options().iter().find(|option| option["id"] == *id).cloned();
        option.map(|option| option["value"].clone())
    };
    let mut renamed: Vec<(Value, Option<Value>)> = Vec::new();
    for id in option_ids(before) {
        let (old, new) = (value_of(before, &id).unwrap_or_default(), value_of(after, &id));
        if new.as_ref() != Some(&old) {
            renamed.push((old, new));
        }
    }
    if renamed.is_empty() {
        return;
    }
    let removed = renamed.iter().any(|(_, new)| new.is_none());
    let default = after.default_option();
    for row in state.table_mut(object).values_mut() {
        let Some(held) = row.get_mut(before.name()) else { continue };
        let follow = |value: &Value| match renamed.iter().find(|(old, _)| old == value) {
            None => Some(value.clone()),
            Some((_, new)) => new.clone(),
        };
        *held = match &*held {
            Value::Array(all) => all.iter().filter_map(follow).collect(),
            Value::Null if removed => default.clone(),
            value => follow(value).unwrap_or_else(|| default.clone()),
        };
    }
}

pub fn is_standard(application: &str) -> bool {
    application != CUSTOM_APPLICATION
}

pub fn not_deletable(about: &'static str, name: &str) -> Failure {
    let mut refusals = Refusals::default();
    let message = format!("Standard {name} cannot be deleted");
    let cause = rules::cause("FIELD_MUTATION_NOT_ALLOWED", &message, &message, name);
    refusals.add(about, "delete", &[cause], &json!({"name": name}));
    refusals.into_failure("deleting")
}

fn delete_field(state: &mut State, id: &str) -> Result<Value, Failure> {
    let told = told_field(state, id)?;
    let (object, field) = state.field_by_id(id).ok_or_else(lost)?;
    if is_standard(field.text("applicationId"))
        || object.text("labelIdentifierFieldMetadataId") == id
    {
        return Err(not_deletable("fieldMetadata", field.name()));
    }
    let relation = &field.0["relation"];
    let other = relation["targetObjectMetadata"]["nameSingular"].as_str().map(str::to_owned);
    let back = relation["targetFieldMetadata"]["name"].as_str().map(str::to_owned);
    let (object, name) = (object.name().to_owned(), field.name().to_owned());
    drop_field(state, &object, &name);
    if let (Some(other), Some(back)) = (other, back) {
        drop_field(state, &other, &back);
    }
    Ok(told)
}

fn drop_field(state: &mut State, object: &str, name: &str) {
    if let Some(object) = state.objects.iter_mut().find(|known| known.name() == object) {
        let id = object.field(name).map(|field| field.id().to_owned()).unwrap_or_default();
        object.fields.retain(|field| field.name() != name);
        indexes(object)
            .retain(|index| index["indexFieldMetadataList"][0]["fieldMetadataId"] != *id);
    }
    complete_rows(state, object);
}
