//! What may be created: names, labels, options; and how the server says that something may not,
//! with the cascades that hide the cause (`twenty-observed.md` E1). Changes nothing.

use super::failure::Failure;
use super::state::{Field, Object, State, capitalised};
use super::values;
use serde_json::{Map, Value, json};

/// Names nobody may use, as far as they were tried.
const RESERVED: &[&str] = &[
    "type",
    "types",
    "address",
    "addresses",
    "link",
    "links",
    "currency",
    "currencies",
    "event",
    "events",
    "user",
    "users",
    "role",
    "roles",
    "field",
    "fields",
    "object",
    "objects",
    "plan",
    "plans",
    "job",
    "jobs",
    "index",
    "indexes",
    "relation",
    "relations",
    "search",
    "searches",
    "aggregate",
    "aggregates",
    "workspace",
    "workspaces",
];
const RESERVED_MESSAGE: &str =
    "This name is reserved. Use a different name or the system will add \"Custom\" suffix.";

/// One cause, as listed in `extensions.errors.*[].errors[]`.
pub fn cause(code: &str, message: &str, friendly: &str, value: &str) -> Value {
    json!({"code": code, "message": message, "userFriendlyMessage": friendly, "value": value})
}

fn plain(code: &str, message: &str, value: &str) -> Value {
    cause(code, message, message, value)
}

/// What is wrong with the name of a new field.
pub fn field_name(object: &Object, name: &str) -> Option<Value> {
    if let Some(wrong) = pattern(name, "INVALID_FIELD_INPUT") {
        return Some(wrong);
    }
    if RESERVED.contains(&name) {
        return Some(plain("INVALID_FIELD_INPUT", RESERVED_MESSAGE, name));
    }
    if object.field(name).is_some() {
        let message =
            format!("Name \"{name}\" is not available as it is already used by another field");
        return Some(plain("NOT_AVAILABLE", &message, name));
    }
    if object.columns().iter().any(|column| column == name) {
        let by = format!("Name \"{name}\" is not available as it is already used by");
        let message = format!("{by} another join column name");
        return Some(cause("NOT_AVAILABLE", &message, &format!("{by} join column name"), name));
    }
    let composite = object.fields.iter().any(|field| {
        let parts = values::empty(field);
        parts.as_object().is_some_and(|parts| {
            parts.keys().any(|part| format!("{}{}", field.name(), capitalised(part)) == name)
        })
    });
    composite.then(|| {
        cause(
            "RESERVED_KEYWORD",
            &format!("Name \"{name}\" is reserved composite field name"),
            &format!("Name \"{name}\" is not available"),
            name,
        )
    })
}

fn pattern(name: &str, code: &str) -> Option<Value> {
    if name.len() > 63 {
        return Some(plain(code, "Name is too long", name));
    }
    let good = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    (!good).then(|| {
        let message = "Name is not valid: it must start with a lowercase letter and contain only \
            alphanumeric letters";
        plain(code, message, name)
    })
}

/// What is wrong with the options of a select.
pub fn options(options: &[Value]) -> Vec<Value> {
    let invalid = |message: &str, value: &str| plain("INVALID_FIELD_INPUT", message, value);
    let rule = regex::Regex::new("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$").expect("a rule");
    let mut wrong = Vec::new();
    if options.is_empty() {
        wrong.push(invalid("Options are required for enum fields", ""));
    }
    for (index, option) in options.iter().enumerate() {
        let told = |key: &str| option[key].as_str().unwrap_or_default();
        let (label, value) = (told("label"), told("value"));
        if label.is_empty() {
            wrong.push(invalid("Label is required", label));
        }
        if label.contains(',') {
            wrong.push(invalid("Label must not contain a comma", label));
        }
        if !rule.is_match(value) || value.len() > 63 {
            let message = format!("Value must be in UPPER_CASE and follow snake_case \"{value}\"");
            wrong.push(invalid(&message, value));
        }
        let before = &options[..index];
        if before.iter().any(|other| other["value"] == option["value"]) {
            wrong.push(invalid(&format!("Duplicated option value \"{value}\""), value));
        }
        if before.iter().any(|other| other["position"] == option["position"]) {
            let position = option["position"].to_string();
            wrong.push(invalid(&format!("Duplicated option position {position}"), &position));
        }
    }
    wrong
}

/// Is the default one of the options?
pub fn default_value(field: &Field) -> Option<Value> {
    let known = field.values();
    let defaults = match field.default_option() {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let stray = defaults.iter().find(|value| !known.contains(&value.as_str()))?;
    let message = format!("Default value \"'{stray}'\" must be one of the option values");
    Some(plain("INVALID_FIELD_INPUT", &message, &format!("'{stray}'")))
}

/// What is wrong with the names of a new object.
pub fn object_names(state: &State, singular: &str, plural: &str) -> Vec<Value> {
    let taken = |name: &str| {
        state.objects.iter().any(|object| object.name() == name || object.plural() == name)
    };
    if taken(singular) || taken(plural) {
        let (code, text) = ("OBJECT_ALREADY_EXISTS", "Object already exists");
        return vec![json!({"code": code, "message": text, "userFriendlyMessage": text})];
    }
    let mut wrong = Vec::new();
    for name in [singular, plural] {
        if RESERVED.contains(&name) {
            wrong.push(plain("INVALID_OBJECT_INPUT", RESERVED_MESSAGE, name));
        } else {
            wrong.extend(pattern(name, "INVALID_OBJECT_INPUT"));
        }
    }
    if singular == plural {
        let message = "The singular and plural names cannot be the same for an object";
        wrong.push(plain("INVALID_OBJECT_INPUT", message, singular));
    }
    wrong
}

/// `closeTasks` of `Close Tasks`.
pub fn camel_case(label: &str) -> String {
    let mut name = String::new();
    for word in label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let lower = word.to_lowercase();
        name.push_str(&if name.is_empty() { lower } else { capitalised(&lower) });
    }
    name
}

/// The refusals of one request, by what they are about.
#[derive(Debug, Default)]
pub struct Refusals {
    lists: Vec<(&'static str, Vec<Value>)>,
}

impl Refusals {
    pub fn add(&mut self, about: &'static str, kind: &str, errors: &[Value], what: &Value) {
        let entry = json!({"status": "fail", "errors": errors, "metadataName": about, "type": kind,
            "flatEntityMinimalInformation": what});
        match self.lists.iter_mut().find(|(known, _)| *known == about) {
            Some((_, all)) => all.push(entry),
            None => self.lists.push((about, vec![entry])),
        }
    }

    pub fn into_failure(self, doing: &str) -> Failure {
        let total: usize = self.lists.iter().map(|(_, all)| all.len()).sum();
        let mut errors = Map::new();
        let mut summary = Map::new();
        summary.insert("totalErrors".into(), json!(total));
        let mut told = Vec::new();
        let mut friendly = json!("Many validation errors");
        for (about, all) in self.lists {
            if total == 1 {
                friendly = all[0]["errors"][0]["userFriendlyMessage"].clone();
            }
            summary.insert(about.into(), json!(all.len()));
            told.push(format!("{} {}", all.len(), plural(about, all.len())));
            errors.insert(about.into(), json!(all));
        }
        let message = format!("Validation failed for {}", told.join(", "));
        Failure::new(
            format!("Multiple validation errors occurred while {doing}"),
            "METADATA_VALIDATION_FAILED",
        )
        .with("errors", errors)
        .with("summary", summary)
        .with("userFriendlyMessage", friendly)
        .with("message", message)
    }
}

fn plural(about: &str, count: usize) -> String {
    match about {
        "view" | "viewField" if count != 1 => format!("{about}s"),
        "index" if count != 1 => "indices".to_owned(),
        _ => about.to_owned(),
    }
}

fn entry(code: &str, message: &str, friendly: &str) -> Value {
    json!({"code": code, "message": message, "userFriendlyMessage": friendly})
}

/// A field that cannot be created takes two fields of views along, and its index.
pub fn field_cascade(refusals: &mut Refusals, state: &mut State, unique_taken: bool) {
    for _ in 0..2 {
        let what = json!({"universalIdentifier": state.fresh_id()});
        let text = "Field metadata not found";
        refusals.add("viewField", "create", &[entry("INVALID_VIEW_DATA", text, text)], &what);
    }
    if unique_taken {
        let errors = vec![
            entry(
                "INDEX_ALREADY_EXISTS",
                "Index with same universal identifier already exists",
                "Index already exists",
            ),
            entry(
                "INDEX_ALREADY_EXISTS",
                "Index with same name already exists",
                "Index with same name already exists",
            ),
            entry(
                "INDEX_FIELD_NOT_FOUND",
                "Could not find index field related field metadata",
                "Field referenced in index does not exist",
            ),
            json!({"code": "ENTITY_ALREADY_EXISTS", "message": "Cannot create index"}),
        ];
        let what = json!({"universalIdentifier": state.fresh_id(), "name": "IDX_UNIQUE"});
        refusals.add("index", "create", &errors, &what);
    }
}

/// An object that cannot be created takes its fields, links, views and indexes along.
pub fn object_cascade(
    refusals: &mut Refusals,
    state: &mut State,
    (singular, plural): (&str, &str),
    wrong: &[Value],
) {
    let lost = || {
        entry(
            "OBJECT_METADATA_NOT_FOUND",
            "Object metadata not found",
            "Field to create related object not found",
        )
    };
    let existing = state.object(singular).map(|object| object.text("applicationId").to_owned());
    let codes: &[&str] = match existing.as_deref() {
        Some(super::state::CUSTOM_APPLICATION) => {
            &["FIELD_ALREADY_EXISTS", "NOT_AVAILABLE", "", "ENTITY_ALREADY_EXISTS"]
        }
        Some(_) => &["NOT_AVAILABLE", ""],
        None => &[""],
    };
    let own = state.fresh_id();
    for name in OWN_FIELDS {
        let what = json!({"universalIdentifier": state.fresh_id(), "name": name,
            "objectMetadataUniversalIdentifier": own});
        refusals.add("fieldMetadata", "create", &[lost()], &what);
    }
    for target in ["timelineActivity", "attachment", "noteTarget", "taskTarget"] {
        let other = state.object(target).map(|o| o.text("universalIdentifier").to_owned());
        let what = json!({"universalIdentifier": state.fresh_id(),
            "objectMetadataUniversalIdentifier": other,
            "name": format!("target{}", capitalised(singular))});
        let errors: Vec<Value> = codes
            .iter()
            .map(|code| if code.is_empty() { lost() } else { entry(code, code, code) })
            .collect();
        refusals.add("fieldMetadata", "create", &errors, &what);
    }
    let what = json!({"universalIdentifier": state.fresh_id(), "namePlural": plural,
        "nameSingular": singular});
    refusals.add("objectMetadata", "create", wrong, &what);
    let view = |text: &str| entry("INVALID_VIEW_DATA", text, text);
    for _ in 0..2 {
        let what = json!({"universalIdentifier": state.fresh_id()});
        refusals.add("view", "create", &[view("Object metadata not found")], &what);
    }
    for _ in 0..9 {
        let what = json!({"universalIdentifier": state.fresh_id()});
        let errors = vec![view("Field metadata not found"), view("View not found")];
        refusals.add("viewField", "create", &errors, &what);
    }
    index_cascade(refusals, state, existing.as_deref());
}

fn index_cascade(refusals: &mut Refusals, state: &mut State, existing: Option<&str>) {
    let (links, own): (&[&str], &[&str]) = match existing {
        Some(super::state::CUSTOM_APPLICATION) => (
            &["INDEX_ALREADY_EXISTS"],
            &["INDEX_OBJECT_NOT_FOUND", "INDEX_ALREADY_EXISTS", "INDEX_FIELD_NOT_FOUND"],
        ),
        Some(_) => (
            &["INDEX_ALREADY_EXISTS", "INDEX_FIELD_NOT_FOUND"],
            &["INDEX_OBJECT_NOT_FOUND", "INDEX_FIELD_NOT_FOUND"],
        ),
        None => (&["INDEX_FIELD_NOT_FOUND"], &["INDEX_OBJECT_NOT_FOUND", "INDEX_FIELD_NOT_FOUND"]),
    };
    for codes in [links, links, links, links, own] {
        let what = json!({"universalIdentifier": state.fresh_id(), "name": "IDX"});
        let errors: Vec<Value> = codes.iter().map(|code| entry(code, code, code)).collect();
        refusals.add("index", "create", &errors, &what);
    }
    let codes = [
        "FIELD_METADATA_NOT_FOUND",
        "TS_VECTOR_FIELD_METADATA_NOT_FOUND",
        "OBJECT_METADATA_NOT_FOUND",
    ];
    let what = json!({"universalIdentifier": state.fresh_id()});
    let errors: Vec<Value> = codes.iter().map(|code| entry(code, code, code)).collect();
    refusals.add("searchFieldMetadata", "create", &errors, &what);
}

/// The fields every new object gets, in the order the refusals list them.
pub const OWN_FIELDS: &[&str] = &[
    "name",
    "id",
    "createdAt",
    "createdBy",
    "deletedAt",
    "position",
    "updatedAt",
    "updatedBy",
    "searchVector",
    "timelineActivities",
    "attachments",
    "noteTargets",
    "taskTargets",
];
