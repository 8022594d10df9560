//! PHONES values (`twenty-api.md §3.5`, `twenty-observed.md` E4): a number with its codes is split
//! into national number, calling code and country, or refused.

use super::failure::Failure;
use super::values::list;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use serde_json::{Map, Value, json};

struct Parts {
    number: String,
    country: String,
    calling: String,
}

pub fn normalise(given: &Map<String, Value>) -> Result<Value, Failure> {
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    let primary = split(
        text("primaryPhoneNumber"),
        text("primaryPhoneCountryCode"),
        text("primaryPhoneCallingCode"),
    )?;
    let mut more = Vec::new();
    for one in list(given.get("additionalPhones")) {
        let text = |key: &str| one[key].as_str().unwrap_or_default();
        let parts = split(text("number"), text("countryCode"), text("callingCode"))?;
        more.push(json!({"number": parts.number, "callingCode": parts.calling,
            "countryCode": parts.country}));
    }
    Ok(json!({"primaryPhoneNumber": primary.number, "primaryPhoneCountryCode": primary.country,
        "primaryPhoneCallingCode": primary.calling, "additionalPhones": more}))
}

fn split(number: &str, country: &str, calling: &str) -> Result<Parts, Failure> {
    if number.is_empty() {
        return Ok(Parts {
            number: String::new(),
            country: country.to_owned(),
            calling: calling.to_owned(),
        });
    }
    let invalid = || {
        let message = format!("Provided phone number is invalid {number}");
        Failure::value(&message, &message, "INVALID_PHONE_NUMBER")
    };
    // A calling code makes a national number international.
    let dialled = if number.starts_with('+') || calling.is_empty() {
        number.to_owned()
    } else {
        format!("+{}{number}", calling.trim_start_matches('+'))
    };
    let hint = Region::from_code(country).ok();
    if !dialled.starts_with('+') && hint.is_none() {
        return Err(invalid());
    }
    let parsed = PHONE_NUMBER_UTIL.parse(&dialled, hint).map_err(|_| invalid())?;
    let inferred = parsed
        .get_region_code()
        .map(|region| region.as_region_str().as_str().to_owned())
        .filter(|region| region.len() == 2 && region.bytes().all(|c| c.is_ascii_uppercase()));
    let code = format!("+{}", parsed.country_code);
    let conflict = |what: &str, sub: &str| {
        let message = format!("Provided and inferred {what} are conflicting");
        Err(Failure::value(&message, &message, sub))
    };
    if !calling.is_empty() && calling != code {
        return conflict("calling code", "CONFLICTING_PHONE_CALLING_CODE");
    }
    if let Some(inferred) = &inferred
        && !country.is_empty()
        && country != inferred
    {
        return conflict("country code", "CONFLICTING_PHONE_COUNTRY_CODE");
    }
    let e164 = parsed.format_as(PhoneNumberFormat::E164).into_owned();
    let national = e164.strip_prefix(code.as_str()).unwrap_or(&e164).to_owned();
    let country = inferred.unwrap_or_else(|| country.to_owned());
    Ok(Parts { number: national, country, calling: code })
}
