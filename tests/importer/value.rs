//! One cell at a time, by type: what the importer's client refuses, what its server refuses, and
//! what both take but store as something else (`twenty-importer.md §3`).

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use super::catalog::{Cell, Column};
use super::{Log, Sheet, json, moment, phone, url};

const CLOSED_LISTS: &str = include_str!("../../testdata/twenty/closed-lists.json");

/// Country names (English CLDR) and currencies (ISO 4217).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClosedLists {
    country_names: HashSet<String>,
    currencies: HashSet<String>,
}

static LISTS: LazyLock<ClosedLists> =
    LazyLock::new(|| serde_json::from_str(CLOSED_LISTS).expect("testdata is valid"));

pub fn check(sheet: &Sheet<'_>, log: &mut Log) {
    for (at, column) in sheet.columns_where(|_| true) {
        for (row, text) in sheet.cells(at) {
            if let Some((rule, detail)) = fault(column, text) {
                log.add((sheet.path, row, &column.header), rule, detail);
            }
        }
    }
    check_complete(sheet, log);
    check_companions(sheet, log);
}

/// What is wrong with a non-empty cell.
fn fault(column: &Column, text: &str) -> Option<(&'static str, String)> {
    let bad = |rule, ok: bool| (!ok).then(|| (rule, format!("{text:?}")));
    let why = |rule, fault: Option<&str>| fault.map(|why| (rule, format!("{text:?}: {why}")));
    if text.trim().is_empty() {
        return Some(("value-blank", "nothing but blanks".into()));
    }
    match column.cell {
        // Keys are compared character by character, the in-file check trims them.
        Cell::Text if column.unique || column.target.is_some() => {
            bad("value-key", text.trim() == text).or_else(|| member_fault(column, text))
        }
        // A country column is a fault of its own; `header` says so.
        Cell::Text | Cell::UrlLabel | Cell::CountryCode => None,
        Cell::Number => bad("value-number", is_number(text)),
        Cell::Boolean => {
            let known = ["true", "false", "yes", "no"];
            bad("value-boolean", known.contains(&text.to_lowercase().as_str()))
        }
        Cell::Date => bad("value-date", moment::date(text).is_some()),
        Cell::DateTime => bad("value-date-time", moment::date_time(text).is_some()),
        Cell::Select => bad("value-select", column.options.contains(text)),
        Cell::MultiSelect => json::multi_select_fault(text, &column.options),
        Cell::Array => json::array_fault(text),
        Cell::Rating => {
            let stars = text.strip_prefix("RATING_");
            bad("value-rating", stars.is_some_and(|n| ["1", "2", "3", "4", "5"].contains(&n)))
        }
        Cell::RawJson => json::raw_json_fault(text),
        Cell::Uuid => bad("value-uuid", is_uuid(text)),
        Cell::Email => why("value-email", email_fault(text)),
        Cell::Emails => json::emails_fault(text),
        Cell::Url => match url::link(text) {
            Err(fault) => why("value-url", Some(fault)),
            Ok(link) if is_domain(column) => why("value-domain", url::domain_fault(&link)),
            Ok(_) => None,
        },
        Cell::Links => json::links_fault(text),
        Cell::Phone => phone::parse(text).err().map(|f| ("value-phone", format!("{text:?}: {f}"))),
        Cell::CallingCode => {
            bad("value-calling-code", text.starts_with('+') && phone::is_calling_code(text))
        }
        Cell::Phones => json::phones_fault(text),
        Cell::CountryName => bad("value-country", LISTS.country_names.contains(text)),
        Cell::CurrencyCode => bad("value-currency", LISTS.currencies.contains(text)),
    }
}

/// `Domain Name / Link URL` of a company, or a relation's reference to it.
fn is_domain(column: &Column) -> bool {
    column.field == "domainName"
        || (column.target.as_deref() == Some("company")
            && column.sub.as_deref().is_some_and(|sub| sub.starts_with("domainName")))
}

/// Members are stored by a lower-case e-mail, compared exactly (`§4.3`).
fn member_fault(column: &Column, text: &str) -> Option<(&'static str, String)> {
    let member = column.target.as_deref() == Some("workspaceMember");
    let good = text.to_lowercase() == text && email_fault(text).is_none();
    (member && !good).then(|| ("relation-member", format!("{text:?} is no lower-case e-mail")))
}

/// A plain decimal with an optional exponent, finite. `0x10`, `Infinity` and blanks are numbers to
/// JavaScript but not what anyone meant.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'))
        && text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Lower case, version 1 to 5, RFC variant. Upper case breaks upsert and connect.
fn is_uuid(text: &str) -> bool {
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match byte {
            b'-' => hyphen(at),
            _ => !hyphen(at) && matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
        && matches!(text.as_bytes().get(14), Some(b'1'..=b'5'))
        && matches!(text.as_bytes().get(19), Some(b'8' | b'9' | b'a' | b'b'))
}

/// The client's pattern, plus two shapes it takes but stores as they are.
pub fn email_fault(text: &str) -> Option<&'static str> {
    let units = |part: &str| part.encode_utf16().count();
    let stop = |c: char| c.is_whitespace() || c == '@';
    let Some((local, host)) = text.split_once('@') else {
        return Some("no @");
    };
    if !(1..=64).contains(&units(local)) || local.contains(|c| stop(c) || c == '"' || c == ';') {
        return Some("the part before the @");
    }
    if !(1..=255).contains(&units(host)) || host.contains(stop) || units(text) > 255 {
        return Some("the part behind the @");
    }
    if text.starts_with("mailto:") || text.contains(['<', '>', ',', ';']) {
        return Some("more than an address");
    }
    None
}

/// An empty boolean becomes `false` and is sent (`§10.7`).
fn check_complete(sheet: &Sheet<'_>, log: &mut Log) {
    for (at, column) in sheet.columns_where(|column| column.cell == Cell::Boolean) {
        let empty = |cells: &Vec<String>| cells.get(at).is_none_or(String::is_empty);
        if let Some(row) = sheet.rows.iter().position(empty) {
            let at = (sheet.path, row + 1, column.header.as_str());
            log.add(at, "boolean-empty", "an empty cell becomes false");
        }
    }
}

/// Sub-fields that mean nothing, or harm, without another: (this, needs that, rule).
const COMPANIONS: &[(Cell, Cell, &str)] = &[
    (Cell::UrlLabel, Cell::Url, "link-without-url"),
    (Cell::Links, Cell::Url, "link-without-url"),
    (Cell::Emails, Cell::Email, "emails-without-primary"),
    (Cell::Phones, Cell::Phone, "phones-without-primary"),
    (Cell::Phones, Cell::CallingCode, "phones-without-code"),
    (Cell::CallingCode, Cell::Phone, "phones-without-primary"),
    (Cell::Number, Cell::CurrencyCode, "amount-without-currency"),
];

fn check_companions(sheet: &Sheet<'_>, log: &mut Log) {
    let mut by_field: BTreeMap<&str, Vec<(usize, &Column)>> = BTreeMap::new();
    let composite = |column: &Column| column.sub.is_some() && column.target.is_none();
    for (at, column) in sheet.columns_where(composite) {
        by_field.entry(&column.field).or_default().push((at, column));
    }
    for group in by_field.values() {
        for (row, cells) in sheet.rows.iter().enumerate() {
            let text = |cell: Cell| {
                let at = group.iter().find(|(_, column)| column.cell == cell).map(|(at, _)| *at)?;
                cells.get(at).map(String::as_str).filter(|text| !text.is_empty())
            };
            let name = group.first().map_or("", |(_, column)| column.header.as_str());
            let place = (sheet.path, row + 1, name);
            for (this, that, rule) in COMPANIONS {
                // An empty list carries nothing that could be lost.
                let filled = text(*this).is_some_and(|text| text != "[]");
                if filled && text(*that).is_none() {
                    log.add(place, rule, format!("{this:?} without {that:?}"));
                    break;
                }
            }
            if let (Some(number), Some(code)) = (text(Cell::Phone), text(Cell::CallingCode))
                && let Ok(phone) = phone::parse(number)
                && code.strip_prefix('+').unwrap_or(code) != phone.code
                && phone::is_calling_code(code)
            {
                let detail = format!("{code} beside {number}: the server aborts the batch");
                log.add(place, "phone-code-conflict", detail);
            }
        }
    }
}
