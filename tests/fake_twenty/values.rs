//! What a field makes of the value it is given: checked, normalised, or refused in the recorded
//! words (`twenty-api.md §3.5`, `twenty-observed.md` E4). It must not look at other records.

use super::failure::Failure;
use super::state::Field;
use super::{links, phones};
use serde_json::{Map, Value, json};

/// A field without a value, as records show it.
pub fn empty(field: &Field) -> Value {
    match field.kind() {
        "TEXT" | "TS_VECTOR" => json!(""),
        "EMAILS" => json!({"primaryEmail": "", "additionalEmails": []}),
        "LINKS" => json!({"primaryLinkLabel": "", "primaryLinkUrl": "", "secondaryLinks": []}),
        "PHONES" => json!({"primaryPhoneNumber": "", "primaryPhoneCountryCode": "",
            "primaryPhoneCallingCode": "", "additionalPhones": []}),
        "FULL_NAME" => json!({"firstName": "", "lastName": ""}),
        "ADDRESS" => json!({"addressStreet1": "", "addressStreet2": "", "addressCity": "",
            "addressState": "", "addressPostcode": "", "addressCountry": "",
            "addressLat": null, "addressLng": null}),
        "CURRENCY" => json!({"amountMicros": null, "currencyCode": ""}),
        "RICH_TEXT" => json!({"blocknote": null, "markdown": null}),
        "BOOLEAN" if !field.flag("isNullable") => json!(false),
        "SELECT" | "MULTI_SELECT" => field.default_option(),
        "NUMBER" => field.0.get("defaultValue").cloned().unwrap_or_default(),
        _ => Value::Null,
    }
}

/// Is nothing in it? What `is: NULL` and the counts of empty values go by.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
        _ => false,
    }
}

/// The value to store. `before` is what the record holds, when it is updated.
pub fn normalise(field: &Field, value: &Value, before: Option<&Value>) -> Result<Value, Failure> {
    let name = field.name();
    if value.is_null() && !matches!(field.kind(), "ACTOR" | "POSITION") {
        return if required(field) { Err(Failure::database()) } else { Ok(empty_of(field)) };
    }
    match field.kind() {
        "TEXT" => text(value, "text", name).map(Value::String),
        "UUID" => uuid(value),
        "NUMBER" | "NUMERIC" => number(value, name),
        "BOOLEAN" => match value {
            Value::Bool(_) => Ok(value.clone()),
            _ => Err(invalid(value, "boolean", name)),
        },
        "DATE" => date(value, name),
        "DATE_TIME" => date_time(value, name),
        "SELECT" | "RATING" => select(field, value),
        "MULTI_SELECT" => match value.as_array() {
            Some(all) => all.iter().map(|one| select(field, one)).collect(),
            None => Err(invalid(value, "multi-select", name)),
        },
        "ARRAY" => match value.as_array() {
            Some(all) if all.iter().all(Value::is_string) => Ok(value.clone()),
            _ => Err(invalid(value, "array", name)),
        },
        "EMAILS" => emails(parts(field, value)?, before, name),
        "LINKS" => links::normalise(parts(field, value)?),
        "PHONES" => phones::normalise(parts(field, value)?),
        "FULL_NAME" | "ADDRESS" | "CURRENCY" => merged(field, parts(field, value)?, before),
        "RICH_TEXT" => rich_text(parts(field, value)?, name),
        "FILES" => files(value, name),
        _ => Ok(value.clone()),
    }
}

/// A null where there was a value: selects do not fall back to their default.
fn empty_of(field: &Field) -> Value {
    match field.kind() {
        "SELECT" | "MULTI_SELECT" | "NUMBER" | "BOOLEAN" => Value::Null,
        _ => empty(field),
    }
}

fn required(field: &Field) -> bool {
    !field.flag("isNullable")
        && matches!(field.kind(), "SELECT" | "BOOLEAN" | "DATE_TIME" | "NUMBER")
}

/// `'nope'` as the server quotes what it was given.
fn quoted(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("'{text}'"))
}

fn invalid(value: &Value, kind: &str, name: &str) -> Failure {
    let told = quoted(value);
    Failure::argument(
        format!("Invalid value {told} for {kind} field \"{name}\""),
        &format!("Invalid value: \"{told}\""),
    )
}

fn text(value: &Value, kind: &str, name: &str) -> Result<String, Failure> {
    value.as_str().map(str::to_owned).ok_or_else(|| invalid(value, kind, name))
}

/// Versions 1 to 5 of the RFC variant only; upper case is taken, and stored in lower case.
pub fn is_uuid(text: &str) -> bool {
    uuid::Uuid::try_parse(text).is_ok_and(|id| {
        text.len() == 36
            && (1..=5).contains(&id.get_version_num())
            && id.get_variant() == uuid::Variant::RFC4122
    })
}

pub fn uuid(value: &Value) -> Result<Value, Failure> {
    match value.as_str() {
        Some(text) if is_uuid(text) => Ok(json!(text.to_ascii_lowercase())),
        _ => {
            let told = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let message = format!("Value \"{told}\" is not a valid UUID");
            Err(Failure::input(message, Some("Invalid UUID format.")).sub("INVALID_QUERY_INPUT"))
        }
    }
}

fn number(value: &Value, name: &str) -> Result<Value, Failure> {
    if value.is_number() { Ok(value.clone()) } else { Err(invalid(value, "number", name)) }
}

fn date(value: &Value, name: &str) -> Result<Value, Failure> {
    let refused = || {
        let told = quoted(value);
        Failure::argument(
            format!(
                "Invalid value {told} for date field \"{name}\". Expected format: 'YYYY-MM-DD'"
            ),
            &format!("Invalid value for date: \"{told}\". Expected format: 'YYYY-MM-DD'"),
        )
    };
    let text = value.as_str().ok_or_else(refused)?;
    let day: jiff::civil::Date =
        text.get(..10).ok_or_else(refused)?.parse().map_err(|_| refused())?;
    Ok(json!(day.to_string()))
}

pub fn date_time(value: &Value, name: &str) -> Result<Value, Failure> {
    let refused = || {
        let told = quoted(value);
        let format = "Expected format: 'YYYY-MM-DDTHH:mm:ssZ'";
        Failure::argument(
            format!("Invalid value {told} for date-time field \"{name}\". {format}"),
            &format!("Invalid value for date-time: \"{told}\". {format}"),
        )
    };
    let text = value.as_str().ok_or_else(refused)?;
    let stamp = text
        .parse::<jiff::Timestamp>()
        .or_else(|_| {
            // Without an offset it is read as UTC.
            let civil: jiff::civil::DateTime = text.parse()?;
            civil.in_tz("UTC").map(|zoned| zoned.timestamp())
        })
        .map_err(|_| refused())?;
    Ok(json!(super::state::moment(stamp.as_millisecond())))
}

fn select(field: &Field, value: &Value) -> Result<Value, Failure> {
    let rating = |text: &str| (1..=5).any(|n| text == format!("RATING_{n}"));
    match value.as_str() {
        Some("") => Ok(Value::Null),
        Some(text) if field.values().contains(&text) => Ok(value.clone()),
        Some(text) if field.kind() == "RATING" && rating(text) => Ok(value.clone()),
        _ => {
            let told = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let name = field.name();
            let known = field.values().join(", ");
            Err(Failure::argument(
                format!("Invalid value \"{told}\" for field \"{name}\". Valid values are: {known}"),
                &format!("Invalid value for field \"{name}\""),
            ))
        }
    }
}

/// The sub fields given, each one known.
fn parts<'v>(field: &Field, value: &'v Value) -> Result<&'v Map<String, Value>, Failure> {
    let name = field.name();
    let map = value.as_object().ok_or_else(|| invalid(value, "composite", name))?;
    let known = empty(field);
    match map.keys().find(|key| known.get(key.as_str()).is_none()) {
        None => Ok(map),
        Some(key) => Err(Failure::argument(
            format!("Composite field \"{name}\" doesn't have any \"{key}\" subfield."),
            "An error occurred.",
        )),
    }
}

/// Only what is given changes.
fn merged(
    field: &Field,
    given: &Map<String, Value>,
    before: Option<&Value>,
) -> Result<Value, Failure> {
    let bare = empty(field);
    let mut whole = before.filter(|value| value.is_object()).unwrap_or(&bare).clone();
    for (key, value) in given {
        let name = format!("{}.{key}", field.name());
        whole[key] = match key.as_str() {
            _ if value.is_null() => bare[key].clone(),
            "amountMicros" => micros(value, &name)?,
            "addressLat" | "addressLng" => number(value, &name)?,
            _ => json!(text(value, "text", &name)?),
        };
    }
    Ok(whole)
}

/// A number, or a text that holds one.
fn micros(value: &Value, name: &str) -> Result<Value, Failure> {
    match value.as_str().map(str::parse::<i64>) {
        Some(Ok(whole)) => Ok(json!(whole)),
        Some(Err(_)) => Err(invalid(value, "number", name)),
        None => number(value, name),
    }
}

/// A primary address that is not given is cleared; additional ones that are not given stay
/// (`createPeople.upsert.matchByEmail.otherCloseId`).
fn emails(
    given: &Map<String, Value>,
    before: Option<&Value>,
    name: &str,
) -> Result<Value, Failure> {
    let lowered = |value: Option<&Value>, part: &str| -> Result<String, Failure> {
        let Some(value) = value.filter(|value| !is_empty(value)) else { return Ok(String::new()) };
        let text = value.as_str().unwrap_or_default();
        if !is_email(text) {
            let told = quoted(value);
            return Err(Failure::argument(
                format!("Invalid string value {told} for email field \"{name}.{part}\""),
                &format!("Invalid value: \"{told}\""),
            ));
        }
        Ok(text.to_lowercase())
    };
    let primary = lowered(given.get("primaryEmail"), "primaryEmail")?;
    let kept = before.and_then(|value| value.get("additionalEmails"));
    let more = list(given.get("additionalEmails").or(kept));
    let more: Vec<String> =
        more.iter().map(|one| lowered(Some(one), "additionalEmails")).collect::<Result<_, _>>()?;
    Ok(json!({"primaryEmail": primary, "additionalEmails": more}))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with('.')
            && !part.contains("..")
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>(),;:@\"".contains(c))
    };
    text.len() <= 255 && plain(local) && plain(domain) && domain.contains('.')
}

/// A list, or the text of one.
pub fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(all)) => all.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Markdown is kept byte for byte; the blocks derived from it are a paragraph a piece here.
fn rich_text(given: &Map<String, Value>, name: &str) -> Result<Value, Failure> {
    let part = |key: &str| match given.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(value) => text(value, "rich text", &format!("{name}.{key}")),
    };
    let (markdown, blocknote) = (part("markdown")?, part("blocknote")?);
    if markdown.is_empty() && blocknote.is_empty() {
        return Ok(json!({"blocknote": null, "markdown": null}));
    }
    if markdown.is_empty() {
        return Ok(json!({"blocknote": blocknote, "markdown": blocknote}));
    }
    let paragraph = |text: &str| {
        json!({"type": "paragraph",
        "content": [{"type": "text", "text": text, "styles": {}}]})
    };
    let blocks: Value = markdown.split("\n\n").map(paragraph).collect();
    Ok(json!({"blocknote": blocks.to_string(), "markdown": markdown}))
}

fn files(value: &Value, name: &str) -> Result<Value, Failure> {
    let all = value.as_array().ok_or_else(|| invalid(value, "files", name))?;
    let entry = |one: &Value| {
        let (id, label) = (one["fileId"].as_str(), one["label"].as_str());
        let (Some(id), Some(label)) = (id, label) else { return Err(invalid(one, "files", name)) };
        Ok(json!({"fileId": id, "label": label}))
    };
    all.iter().map(entry).collect()
}

/// Does the database refuse it? It cannot store the character NUL.
pub fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(all) => all.iter().any(holds_nul),
        Value::Object(map) => map.values().any(holds_nul),
        _ => false,
    }
}
