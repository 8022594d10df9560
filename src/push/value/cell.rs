//! One cell as the API takes it (`twenty-api.md` §3.5). It must not repair: the bundle's cells are right already, and what
//! somebody made of them since is either taken as the importer would take it, or named as a fault.

use super::options::Options;
use crate::twenty::link::link;
use crate::twenty::number::number;
use crate::twenty::objects::FieldType;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Map, Number, Value, json};
use std::borrow::Cow;
use uuid::Uuid;

/// Why a cell cannot be sent.
pub(super) type Why = Cow<'static, str>;
type Read = Result<Value, Why>;

/// The value of a cell that is not empty. `sub` is the sub-field of a composite.
pub(super) fn value(kind: FieldType, sub: Option<&str>, options: &Options, cell: &str) -> Read {
    if cell.contains('\0') {
        return Err("a NUL character is refused by the server".into());
    }
    match kind {
        FieldType::Uuid => uuid(cell).map(|id| Value::String(id.to_string())),
        FieldType::Number => decimal(cell),
        FieldType::Boolean => boolean(cell),
        FieldType::Date => date(cell),
        FieldType::DateTime => moment(cell).map(Value::String),
        FieldType::Select => option(options, cell).map(Value::String),
        FieldType::MultiSelect => choices(options, cell),
        FieldType::Currency if sub == Some("amountMicros") => micros(cell),
        FieldType::Emails if sub == Some("additionalEmails") => texts(cell).map(|list| json!(list)),
        FieldType::Phones if sub == Some("additionalPhones") => phones(cell),
        FieldType::Links if sub == Some("primaryLinkUrl") => url(cell).map(Value::String),
        FieldType::Links if sub == Some("secondaryLinks") => links(cell),
        _ => Ok(Value::String(cell.to_owned())),
    }
}

/// An id in the server's own form; upper case would not be found again (`twenty-observed.md` E4).
pub(super) fn uuid(cell: &str) -> Result<Uuid, Why> {
    cell.trim().parse().map_err(|_| "this is no UUID".into())
}

fn decimal(cell: &str) -> Read {
    let plain = number(cell).map_err(|refusal| Why::from(refusal.why))?;
    let plain = match plain.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => &plain,
    };
    let read: Option<Number> = serde_json::from_str(plain).ok();
    read.map(Value::Number).ok_or_else(|| "this is no number".into())
}

/// As the importer reads it, but that it takes everything else for `false`.
fn boolean(cell: &str) -> Read {
    match cell.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => Ok(Value::Bool(true)),
        "false" | "no" => Ok(Value::Bool(false)),
        _ => Err("this is neither true nor false".into()),
    }
}

fn date(cell: &str) -> Read {
    let wrong = || Why::from("this is no date like 2024-03-31");
    let date: Date = cell.trim().parse().map_err(|_| wrong())?;
    Ok(Value::String(date.to_string()))
}

/// An instant with `Z`; a bare date is its midnight, as in the importer.
fn moment(cell: &str) -> Result<String, Why> {
    let text = cell.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        // What has a `Z` goes as it is: the digits stay those of the bundle.
        return Ok(if text.ends_with('Z') { text.to_owned() } else { instant.to_string() });
    }
    let date = (text.len() == 10).then(|| text.parse::<Date>().ok()).flatten();
    date.map(|date| format!("{date}T00:00:00Z"))
        .ok_or_else(|| "this is no time like 2024-03-31T09:00:00Z".into())
}

fn option(options: &Options, cell: &str) -> Result<String, Why> {
    let found = options.value(cell).map(str::to_owned);
    found.ok_or_else(|| format!("the field has no option “{cell}”").into())
}

fn choices(options: &Options, cell: &str) -> Read {
    let values: Result<Vec<_>, Why> =
        texts(cell)?.iter().map(|text| option(options, text)).collect();
    Ok(json!(values?))
}

/// The decimal point six places to the right, digit by digit: no floating point comes near money.
fn micros(cell: &str) -> Read {
    let plain = number(cell).map_err(|refusal| Why::from(refusal.why))?;
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 6 {
        return Err("an amount has at most six decimals".into());
    }
    let micros = format!("{whole}{fraction:0<6}").parse::<i64>();
    micros.map(|micros| json!(micros)).map_err(|_| "the amount is too large".into())
}

fn url(cell: &str) -> Result<String, Why> {
    link(cell).map(|link| link.url).map_err(|refusal| refusal.why.into())
}

fn texts(cell: &str) -> Result<Vec<String>, Why> {
    serde_json::from_str(cell).map_err(|_| "this is no JSON list of texts".into())
}

fn objects(cell: &str) -> Result<Vec<Map<String, Value>>, Why> {
    serde_json::from_str(cell).map_err(|_| "this is no JSON list of objects".into())
}

fn phones(cell: &str) -> Read {
    let phones = objects(cell)?;
    let whole = phones.iter().all(|phone| phone.get("number").is_some_and(Value::is_string));
    if whole { Ok(json!(phones)) } else { Err("a further phone has no number".into()) }
}

/// Both keys are always there, or the importer would drop all of them.
fn links(cell: &str) -> Read {
    let mut read = Vec::new();
    for one in objects(cell)? {
        let at = one.get("url").and_then(Value::as_str);
        let at = url(at.ok_or("a further link has no url")?)?;
        let label = one.get("label").and_then(Value::as_str).unwrap_or_default();
        read.push(json!({"url": at, "label": label}));
    }
    Ok(json!(read))
}

/// Why the cells of one field cannot stand together.
pub(super) fn contradiction(kind: FieldType, whole: &Map<String, Value>) -> Option<&'static str> {
    if kind != FieldType::Phones {
        return None;
    }
    let number = whole.get("primaryPhoneNumber").and_then(Value::as_str)?;
    let codes = ["primaryPhoneCallingCode", "primaryPhoneCountryCode"];
    let told = number.starts_with('+') || codes.iter().any(|code| whole.contains_key(*code));
    (!told).then_some("a phone number needs its country: +<country><number>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: FieldType, sub: Option<&str>, cell: &str) -> Option<Value> {
        let options = Options::new(&[]);
        value(kind, sub, &options, cell).ok()
    }

    #[test]
    fn numbers_and_amounts_are_exact() {
        use FieldType::{Currency, Number};
        let amount = Some("amountMicros");
        let cases = [
            (Number, None, "12", Some("12")),
            (Number, None, "12.0", Some("12")),
            (Number, None, "-7.5", Some("-7.5")),
            (Number, None, "0.1", Some("0.1")),
            (Number, None, "9007199254740991", Some("9007199254740991")),
            (Number, None, "1,5", None),
            (Number, None, "0x10", None),
            (Number, None, "Infinity", None),
            (Currency, amount, "0.1", Some("100000")),
            (Currency, amount, "19.99", Some("19990000")),
            (Currency, amount, "2.675", Some("2675000")),
            (Currency, amount, "-0.5", Some("-500000")),
            (Currency, amount, "0", Some("0")),
            (Currency, amount, "0.000001", Some("1")),
            (Currency, amount, "0.00000100", Some("1")),
            (Currency, amount, "0.0000001", None),
            (Currency, amount, "1500000", Some("1500000000000")),
            (Currency, amount, "€5", None),
        ];
        for (kind, sub, cell, expected) in cases {
            let found = read(kind, sub, cell).map(|value| value.to_string());
            assert_eq!(found.as_deref(), expected, "{cell}");
        }
    }

    #[test]
    fn times_carry_a_zone() {
        use FieldType::{Date, DateTime};
        let cases = [
            (Date, "2024-02-29", Some("2024-02-29")),
            (Date, "2024-02-30", None),
            (Date, "29.02.2024", None),
            (DateTime, "2024-02-29T12:00:00Z", Some("2024-02-29T12:00:00Z")),
            (DateTime, "2024-02-29T12:00:00.670Z", Some("2024-02-29T12:00:00.670Z")),
            (DateTime, "2024-02-29T12:00:00+02:00", Some("2024-02-29T10:00:00Z")),
            (DateTime, "2024-02-29", Some("2024-02-29T00:00:00Z")),
            (DateTime, "2024-02-29T12:00:00", None),
            (DateTime, "yesterday", None),
        ];
        for (kind, cell, expected) in cases {
            assert_eq!(read(kind, None, cell), expected.map(|text| json!(text)), "{cell}");
        }
    }

    #[test]
    fn lists_are_json() {
        let links =
            read(FieldType::Links, Some("secondaryLinks"), r#"[{"url":"https://A.example/x"}]"#);
        assert_eq!(links, Some(json!([{"url": "https://a.example/x", "label": ""}])));
        let cases = [
            (FieldType::Links, "secondaryLinks", r#"["https://a.example"]"#),
            (FieldType::Links, "secondaryLinks", r#"[{"label":"x"}]"#),
            (FieldType::Phones, "additionalPhones", r#"[{"callingCode":"+49"}]"#),
            (FieldType::Phones, "additionalPhones", "+4930123"),
            (FieldType::Emails, "additionalEmails", "a@example.com"),
            (FieldType::Emails, "additionalEmails", "[1]"),
            (FieldType::Links, "primaryLinkUrl", "ftp://files.example.com"),
        ];
        for (kind, sub, cell) in cases {
            assert_eq!(read(kind, Some(sub), cell), None, "{cell}");
        }
        assert_eq!(read(FieldType::Text, None, "a\0b"), None);
        let id = "5F81AFC4-41C7-5F2A-B889-1B18FB25A89E";
        assert_eq!(read(FieldType::Uuid, None, id), Some(json!(id.to_lowercase())));
    }
}
