//! Cells that hold JSON: lists of texts, additional e-mails and phones, secondary links, options
//! (`twenty-importer.md §3`). Each function says which rule a cell breaks, and how.

use super::catalog::Set;
use super::rules::{self, Rule};
use super::{email, phone, url};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

/// A broken rule, and how.
type Fault = Option<(&'static Rule, String)>;

fn array(text: &str) -> Option<Vec<Value>> {
    serde_json::from_str(text).ok()
}

fn strings(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

/// A list of texts.
pub(super) fn array_fault(text: &str) -> Fault {
    strings(text).is_none().then(|| (rules::ARRAY, String::new()))
}

/// Any JSON, but nothing simpler than an object or a list.
pub(super) fn raw_json_fault(text: &str) -> Fault {
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(error) if !error.to_string().contains("recursion limit") => {
            Some((rules::JSON, error.to_string()))
        }
        _ if text.trim_start().starts_with(['{', '[']) => None,
        _ => Some((rules::JSON_SCALAR, String::new())),
    }
}

/// Options as a JSON list or divided by commas; what is none of them is dropped.
pub(super) fn multi_select_fault(text: &str, options: &Set) -> Fault {
    let stray = match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(items)) => {
            let known = |item: &Value| item.as_str().is_some_and(|item| options.contains(item));
            items.iter().find(|item| !known(item)).map(ToString::to_string)
        }
        Ok(_) => {
            return Some((
                rules::MULTI_SELECT,
                "a JSON value that is no list yields nothing".into(),
            ));
        }
        Err(_) => {
            let mut items = text.split(',').map(str::trim);
            items.find(|item| !options.contains(*item)).map(|item| format!("{item:?}"))
        }
    };
    stray.map(|item| {
        (rules::MULTI_SELECT, format!("{} is no option", super::finding::excerpt(&item)))
    })
}

/// A list of e-mail addresses.
pub(super) fn emails_fault(text: &str) -> Fault {
    let Some(items) = strings(text) else {
        return Some((rules::EMAILS, "no JSON list of texts".into()));
    };
    let fault = |item: &String| {
        if !email::is_accepted(item) {
            return Some((rules::EMAILS, format!("{item:?} is no address")));
        }
        email::oddity(item).map(|why| (rules::EMAIL_ODD, format!("{item:?}: {why}")))
    };
    items.iter().find_map(fault)
}

/// A list of links, each with address and label.
pub(super) fn links_fault(text: &str) -> Fault {
    let Some(items) = array(text) else {
        return Some((rules::LINKS, "no JSON list".into()));
    };
    let fault = |item: &Value| -> Fault {
        let Some(item) = item.as_object() else {
            return Some((rules::LINKS, "an item is no object".into()));
        };
        let (link, label) = (item.get("url"), item.get("label"));
        match label {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(_) => return Some((rules::LINKS, "a label is no text".into())),
        }
        match link {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() || url::accepted(text).is_some() => {}
            Some(other) => return Some((rules::LINKS, format!("{other} is no web address"))),
        }
        let missing = if link.is_none() { "url" } else { "label" };
        (link.is_none() || label.is_none())
            .then(|| (rules::LINKS_KEYS, format!("a link has no {missing}")))
    };
    items.iter().find_map(fault)
}

/// A list of phones, each whole and free of contradictions.
pub(super) fn phones_fault(text: &str) -> Fault {
    let Some(items) = array(text) else {
        return Some((rules::PHONES, "no JSON list".into()));
    };
    let fault = |item: &Value| match item.as_object() {
        Some(item) => phone_fault(item),
        None => Some((rules::PHONES, "an item is no object".into())),
    };
    items.iter().find_map(fault)
}

/// The browser wants all three keys, each valid alone; the server wants them to belong together.
fn phone_fault(item: &Map<String, Value>) -> Fault {
    let text = |key: &str| item.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (Some(number), Some(calling), Some(country)) =
        (text("number"), text("callingCode"), text("countryCode"))
    else {
        return Some((
            rules::PHONES,
            "number, callingCode and countryCode must all be there".into(),
        ));
    };
    if let Err(why) = phone::read(number) {
        return Some((rules::PHONES, format!("{number}: {why}")));
    }
    if !phone::is_calling_code(calling) {
        return Some((rules::PHONES, format!("{calling} is no calling code of a country")));
    }
    if !phone::is_country(country) {
        return Some((rules::PHONES, format!("{country} is no country code")));
    }
    let detail = phone::conflict(number, calling, Some(country))?.1;
    Some((rules::PHONES_CONFLICT, format!("{number}: {detail}")))
}
