//! Phones as Twenty's copy of libphonenumber sees them (`twenty-importer.md §3.1`).
//!
//! The metadata is the `phonenumber` crate's; the reading of it is done here. That crate's own
//! `country().id()` drops leading zeros (Italy, Vatican) and strips trunk prefixes behind a `+`,
//! which libphonenumber-js does not: on 14,705 generated numbers it disagreed with 1.11.5 (the
//! version of Twenty 2.21) about the country of 147. Read as below, it named another country
//! than 1.11.5 for none of 148,453 numbers, the ranges of `MOVED` and trunk prefixes behind the `+`
//! aside; where it names a country and 1.11.5 none (invalid or newly assigned numbers), the server
//! has nothing to compare and takes the number.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use phonenumber::Type;
use phonenumber::metadata::{DATABASE, Descriptor, Metadata};
use regex::{Regex, RegexBuilder};

/// Calling codes that belong to no country: the importer's validator refuses them.
const GLOBAL_CODES: &[&str] = &["800", "808", "870", "878", "881", "882", "883", "888", "979"];
/// Length of a national number, by libphonenumber.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 2..=17;
/// Ranges that newer metadata moved, by calling code and first national digits, with the country
/// that 1.11.5 infers: naming today's (MA, RU) aborts the batch.
const MOVED: &[(&str, &str, &str)] =
    &[("212", "5288", "EH"), ("212", "5289", "EH"), ("7", "33", "KZ")];
const TYPES: &[Type] = &[
    Type::FixedLine,
    Type::Mobile,
    Type::TollFree,
    Type::PremiumRate,
    Type::SharedCost,
    Type::PersonalNumber,
    Type::Voip,
    Type::Pager,
    Type::Uan,
    Type::Voicemail,
];

/// A number in E.164, taken apart.
#[derive(Debug)]
pub struct Phone<'a> {
    /// Digits of the calling code, without `+`.
    pub code: &'a str,
    /// The inferred country (ISO 3166-1 alpha-2), where there is one.
    pub country: Option<String>,
}

/// Reads `+` and digits as the client's parser would accept them.
pub fn parse(text: &str) -> Result<Phone<'_>, String> {
    let digits = text.strip_prefix('+').ok_or("not E.164: no leading +")?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("not E.164: something other than digits".into());
    }
    let (code, national) = split(digits).ok_or("unknown calling code")?;
    if GLOBAL_CODES.contains(&code) {
        return Err(format!("+{code} belongs to no country"));
    }
    if !NATIONAL_DIGITS.contains(&national.len()) {
        return Err("too short or too long".into());
    }
    Ok(Phone { code, country: country(code, national) })
}

/// Whether `text` (with or without `+`) is a calling code of some country.
pub fn is_calling_code(text: &str) -> bool {
    let code = text.strip_prefix('+').unwrap_or(text);
    !code.starts_with('0')
        && !GLOBAL_CODES.contains(&code)
        && code.parse::<u16>().is_ok_and(|code| DATABASE.region(&code).is_some())
}

fn split(digits: &str) -> Option<(&str, &str)> {
    (1..=3).filter_map(|at| digits.split_at_checked(at)).find(|(code, _)| {
        !code.starts_with('0')
            && code.parse::<u16>().is_ok_and(|code| DATABASE.region(&code).is_some())
    })
}

/// The first region of the calling code, in metadata order (`MOVED` ranges aside), whose leading digits or number
/// patterns fit; a code with one region needs no fit.
fn country(code: &str, national: &str) -> Option<String> {
    let moved = MOVED.iter().find(|(of, start, _)| *of == code && national.starts_with(start));
    if let Some((.., country)) = moved {
        return Some((*country).to_owned());
    }
    let regions = DATABASE.region(&code.parse::<u16>().ok()?)?;
    if let [region] = regions.as_slice() {
        return Some((*region).to_owned());
    }
    let fits = |region: &&str| DATABASE.by_id(*region).is_some_and(|meta| belongs(meta, national));
    regions.iter().copied().find(|region| fits(region)).map(str::to_owned)
}

fn belongs(meta: &Metadata, national: &str) -> bool {
    if let Some(leading) = meta.leading_digits() {
        return matches(&format!("^(?:{})", leading.as_str()), national);
    }
    let fits = |descriptor: &Descriptor| {
        let lengths = descriptor.possible_length();
        (lengths.is_empty() || lengths.iter().any(|length| usize::from(*length) == national.len()))
            && matches(&format!("^(?:{})$", descriptor.national_number().as_str()), national)
    };
    let descriptors = meta.descriptors();
    fits(descriptors.general()) && TYPES.iter().filter_map(|kind| descriptors.get(*kind)).any(fits)
}

/// Matches with a pattern of the metadata, compiled once.
fn matches(pattern: &str, text: &str) -> bool {
    static CACHE: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut cache = CACHE.lock().expect("no panic while held");
    if let Some(regex) = cache.get(pattern) {
        return regex.is_match(text);
    }
    let regex = RegexBuilder::new(pattern).ignore_whitespace(true).build().expect("metadata");
    let found = regex.is_match(text);
    cache.insert(pattern.to_owned(), regex);
    found
}
