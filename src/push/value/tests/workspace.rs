//! A target with a standard workspace and a bundle's schema, and how its server stores what is sent (`twenty-api.md` §3.5,
//! `twenty-observed.md` E4). It must not use the code under test.

use crate::bundle::manifest::Manifest;
use crate::push::live::{Live, LiveField, LiveObject, LiveOption, LiveRelation};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Reads a file below `testdata/`.
pub fn testdata(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The recorded standard workspace.
pub fn standard() -> Live {
    let recorded: Value =
        serde_json::from_str(&testdata("twenty/contract/objects-2.21.json")).unwrap();
    let objects = recorded["objects"].as_array().unwrap().iter();
    Live { objects: objects.map(object).collect() }
}

fn object(read: &Value) -> LiveObject {
    LiveObject {
        id: text(&read["id"]),
        name_singular: text(&read["nameSingular"]),
        name_plural: text(&read["namePlural"]),
        label_singular: text(&read["labelSingular"]),
        label_plural: text(&read["labelPlural"]),
        is_active: true,
        is_custom: false,
        is_system: read["isSystem"] == true,
        fields: read["fieldsList"].as_array().unwrap().iter().map(field).collect(),
    }
}

fn field(read: &Value) -> LiveField {
    let options = read["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    let option = |one: &Value| option(&text(&one["value"]), &text(&one["label"]));
    let relation = &read["relation"];
    let settings = read["settings"].clone();
    let relation = relation.is_object().then(|| LiveRelation {
        kind: text(&settings["relationType"]),
        target: text(&relation["targetObjectMetadata"]["nameSingular"]),
        target_field: text(&relation["targetFieldMetadata"]["name"]),
    });
    LiveField {
        default: read["defaultValue"].clone(),
        options: options.iter().map(option).collect(),
        relation,
        settings,
        ..plain(&text(&read["name"]), &text(&read["type"]))
    }
}

/// An option.
pub fn option(value: &str, label: &str) -> LiveOption {
    let (value, label) = (value.to_owned(), label.to_owned());
    LiveOption { id: String::new(), value, label, color: String::new(), position: 0 }
}

/// A field with nothing but a name and a type.
pub fn plain(name: &str, kind: &str) -> LiveField {
    LiveField {
        id: name.to_owned(),
        name: name.to_owned(),
        label: name.to_owned(),
        kind: kind.to_owned(),
        is_unique: false,
        is_active: true,
        default: Value::Null,
        options: Vec::new(),
        relation: None,
        morph: Vec::new(),
        settings: Value::Null,
    }
}

/// An object with the fields the server gives to each.
pub fn made(name: &str) -> LiveObject {
    let stamps = ["createdAt", "updatedAt", "deletedAt"].map(|at| plain(at, "DATE_TIME"));
    let mut fields = vec![plain("id", "UUID"), plain("name", "TEXT"), plain("createdBy", "ACTOR")];
    fields.extend(stamps.map(|mut field| {
        if field.name != "deletedAt" {
            field.default = json!("now");
        }
        field
    }));
    LiveObject {
        id: name.to_owned(),
        name_singular: name.to_owned(),
        name_plural: format!("{name}s"),
        label_singular: name.to_owned(),
        label_plural: name.to_owned(),
        is_active: true,
        is_custom: true,
        is_system: false,
        fields,
    }
}

/// A relation field that holds an id.
pub fn relation(name: &str, target: &str) -> LiveField {
    let told = LiveRelation {
        kind: "MANY_TO_ONE".to_owned(),
        target: target.to_owned(),
        target_field: String::new(),
    };
    LiveField { relation: Some(told), ..plain(name, "RELATION") }
}

/// A standard workspace that has what a bundle asks for.
pub fn with(manifest: &Manifest) -> Live {
    let mut live = standard();
    for spec in &manifest.schema.objects {
        live.objects.push(made(&spec.name_singular));
    }
    for spec in &manifest.schema.fields {
        let known = |object: &&mut LiveObject| object.name_singular == spec.object;
        let object = live.objects.iter_mut().find(known).unwrap();
        let options = spec.options.iter().map(|one| option(&one.value, &one.label));
        let kind = serde_json::to_value(spec.kind).unwrap();
        let there = object.fields.iter_mut().find(|field| field.name == spec.name);
        if let Some(there) = there {
            there.options.extend(options);
            continue;
        }
        let mut field = match &spec.relation {
            Some(to) => relation(&spec.name, &to.target),
            None => plain(&spec.name, &text(&kind)),
        };
        field.options.extend(options);
        object.fields.push(field);
    }
    live
}

/// What a query answers for a record made from these fields.
pub fn stored(object: &LiveObject, sent: &Map<String, Value>) -> Value {
    let mut record = Map::new();
    for field in &object.fields {
        if let Some(column) = field.join_column() {
            record.insert(column.clone(), sent.get(&column).cloned().unwrap_or_default());
        } else if field.relation.is_none() {
            let default = field.default.as_str().map(|text| json!(text.trim_matches('\'')));
            let value = sent.get(&field.name).cloned().or(default).unwrap_or_default();
            record.insert(field.name.clone(), keep(&field.kind, value));
        }
    }
    Value::Object(record)
}

fn keep(kind: &str, value: Value) -> Value {
    let part = |name: &str| value.get(name).cloned().unwrap_or_default();
    let words = |name: &str| part(name).as_str().unwrap_or_default().to_owned();
    match kind {
        "TEXT" => json!(value.as_str().unwrap_or_default()),
        "DATE_TIME" => value.as_str().map_or(Value::Null, |text| {
            if text == "now" {
                return json!("2026-01-02T03:04:05.678Z");
            }
            let instant: jiff::Timestamp = text.parse().unwrap();
            json!(instant.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
        }),
        "MULTI_SELECT" => {
            let mut list = value.as_array().cloned().unwrap_or_default();
            list.reverse();
            json!(list)
        }
        "FULL_NAME" => json!({"firstName": words("firstName"), "lastName": words("lastName")}),
        "EMAILS" => {
            let more = part("additionalEmails").as_array().cloned().unwrap_or_default();
            let more: Vec<_> = more.iter().map(|one| text(one).to_lowercase()).collect();
            json!({"primaryEmail": words("primaryEmail").to_lowercase(), "additionalEmails": more})
        }
        "PHONES" => {
            let (code, number) =
                split(&words("primaryPhoneNumber"), &words("primaryPhoneCallingCode"));
            let more = part("additionalPhones").as_array().cloned().unwrap_or_default();
            let more = more.iter().map(|one| {
                let (code, number) = split(&text(&one["number"]), &text(&one["callingCode"]));
                json!({"number": number, "callingCode": code, "countryCode": "DE"})
            });
            json!({"primaryPhoneNumber": number, "primaryPhoneCallingCode": code,
                   "primaryPhoneCountryCode": if code.is_empty() { "" } else { "DE" },
                   "additionalPhones": more.collect::<Vec<_>>()})
        }
        "LINKS" => {
            let list = part("secondaryLinks").as_array().cloned().unwrap_or_default();
            json!({"primaryLinkUrl": words("primaryLinkUrl").trim_end_matches('/'),
                   "primaryLinkLabel": words("primaryLinkLabel"), "secondaryLinks": list})
        }
        "ADDRESS" => {
            let mut whole = json!({"addressLat": null, "addressLng": null});
            for sub in ["Street1", "Street2", "City", "State", "Postcode", "Country"] {
                let sub = format!("address{sub}");
                whole[&sub] = json!(words(&sub));
            }
            whole
        }
        // Some versions answer large numbers as text.
        "CURRENCY" => {
            let micros = part("amountMicros");
            let micros = if micros.is_null() { micros } else { json!(micros.to_string()) };
            json!({"amountMicros": micros, "currencyCode": words("currencyCode")})
        }
        "RICH_TEXT" => match value.get("markdown") {
            Some(text) => json!({"markdown": text}),
            None => Value::Null,
        },
        _ => value,
    }
}

/// Calling code and national number. Where a code ends does not matter to any rule.
fn split(number: &str, code: &str) -> (String, String) {
    let Some(rest) = number.strip_prefix('+') else { return (code.to_owned(), number.to_owned()) };
    let length = if code.is_empty() { 2 } else { code.len() - 1 };
    (format!("+{}", &rest[..length]), rest[length..].to_owned())
}
