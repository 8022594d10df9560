//! Cells that hold JSON: additional e-mails and phones, secondary links, arrays, multi-selects
//! (`twenty-importer.md §3`). Each function says what is wrong, or nothing.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{phone, url, value};

type Fault = Option<(&'static str, String)>;

fn array(text: &str) -> Option<Vec<Value>> {
    serde_json::from_str(text).ok()
}

fn strings(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

pub fn array_fault(text: &str) -> Fault {
    strings(text).is_none().then(|| ("value-array", "no JSON array of strings".into()))
}

pub fn raw_json_fault(text: &str) -> Fault {
    match serde_json::from_str(text) {
        Ok(Value::Object(_) | Value::Array(_)) => None,
        Ok(_) => Some(("value-raw-json", "a scalar".into())),
        Err(error) => Some(("value-raw-json", error.to_string())),
    }
}

pub fn multi_select_fault(text: &str, options: &HashSet<String>) -> Fault {
    const RULE: &str = "value-multi-select";
    let Some(items) = strings(text) else {
        return Some((RULE, "no JSON array of strings".into()));
    };
    let stray = items.into_iter().find(|item| !options.contains(item));
    stray.map(|item| (RULE, format!("{item} is no option: it would be dropped in silence")))
}

pub fn emails_fault(text: &str) -> Fault {
    const RULE: &str = "value-emails";
    let Some(items) = strings(text) else {
        return Some((RULE, "no JSON array of strings".into()));
    };
    let bad = items.into_iter().find(|item| value::email_fault(item).is_some());
    bad.map(|item| (RULE, format!("{item} is no e-mail address")))
}

pub fn links_fault(text: &str) -> Fault {
    const RULE: &str = "value-links";
    let Some(items) = array(text) else {
        return Some((RULE, "no JSON array".into()));
    };
    let fault = |item: &Value| -> Option<String> {
        let item = item.as_object()?;
        let (Some(link), Some(label)) = (item.get("url"), item.get("label")) else {
            return Some("url and label must both be there, or all links are dropped".into());
        };
        if !(label.is_string() || label.is_null()) {
            return Some("the label is no text".into());
        }
        match link {
            Value::Null => None,
            Value::String(link) => url::link(link).err().map(|why| format!("{link}: {why}")),
            _ => Some("the url is no text".into()),
        }
    };
    if items.iter().any(|item| !item.is_object()) {
        return Some((RULE, "an item is no object".into()));
    }
    items.iter().find_map(fault).map(|detail| (RULE, detail))
}

pub fn phones_fault(text: &str) -> Fault {
    const RULE: &str = "value-phones";
    let Some(items) = array(text) else {
        return Some((RULE, "no JSON array".into()));
    };
    let fault = |item: &Value| match item.as_object() {
        Some(item) => phone_fault(item),
        None => Some("an item is no object".into()),
    };
    items.iter().find_map(fault).map(|detail| (RULE, detail))
}

/// All three keys; the calling code is the number's own, the country the inferred one: anything
/// else makes the server abort the batch.
fn phone_fault(item: &Map<String, Value>) -> Option<String> {
    let text = |key: &str| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(number), Some(calling), Some(country)) =
        (text("number"), text("callingCode"), text("countryCode"))
    else {
        return Some("number, callingCode and countryCode must all be there".into());
    };
    // A national number is read with the calling code beside it.
    let plus = calling.trim_start_matches('+');
    let full = if number.starts_with('+') { number.to_owned() } else { format!("+{plus}{number}") };
    match phone::parse(&full) {
        Err(why) => Some(format!("{number}: {why}")),
        Ok(phone) if calling.strip_prefix('+') != Some(phone.code) => {
            Some(format!("{number}: calling code {calling}, its own is +{}", phone.code))
        }
        Ok(phone) if phone.country.as_deref() != Some(country) => {
            let own = phone.country.unwrap_or("none".into());
            Some(format!("{number}: country {country}, the inferred one is {own}"))
        }
        Ok(_) => None,
    }
}
