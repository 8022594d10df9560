//! PHONES cells (`twenty-importer.md §3.1`, `twenty-observed.md §0, E3`): E.164 or nothing.
//! Must not guess a country: Twenty stores a national number without one as `+1`, silently.
//!
//! A number is let through only if libphonenumber can read it, its calling code belongs to a
//! country, and its length is possible there. A number in international form need not be one that
//! is in service (Close holds such numbers, Twenty takes them); a national number completed by a
//! country hint must be, because a wrong hint would make a wrong number.

use super::refusal::{
    PHONE_CALLING_CODE, PHONE_EMPTY, PHONE_GLOBAL_CODE, PHONE_INVALID_NATIONAL, PHONE_LENGTH,
    PHONE_LETTERS, PHONE_NO_COUNTRY, PHONE_TWO_NUMBERS, Refusal,
};
use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, Region,
};

/// Longest raw text looked at, in bytes; longer text is no phone number.
const LONGEST: usize = 128;
/// Longest extension, as in libphonenumber.
const LONGEST_EXTENSION: usize = 9;

/// Where the metadata of Twenty 2.21 (libphonenumber-js 1.11.5) infers another country than this
/// crate's newer one: Western Sahara or Morocco, Kazakhstan or Russia. A wrong country beside an
/// additional phone aborts a whole batch, so none is claimed here. Found by comparing both on
/// 250,000 numbers of all calling codes; no other pair of countries differed.
const DISPUTED: &[&str] = &["+2125288", "+2125289", "+733"];

/// A country as ISO 3166-1 alpha-2, as libphonenumber infers it from the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Two upper-case letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn from_region(region: Region) -> Option<Self> {
        match *region.as_region_str().as_str().as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([a, b])),
            _ => None,
        }
    }
}

/// A phone number Twenty takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+493012345678`: the cell `Phones / Primary Phone Number`.
    pub e164: String,
    /// `+49`: the cell `Phones / Primary Phone Calling Code`, needed beside additional phones.
    pub calling_code: String,
    /// The national significant number, `3012345678`: what Twenty stores.
    pub national: String,
    /// The country Twenty will infer; `None` when the number fits none of its code's countries, or
    /// it is not certain which one Twenty infers.
    pub country: Option<Country>,
    /// Digits of an extension. Twenty drops extensions: keep it elsewhere.
    pub extension: Option<String>,
}

/// Reads one phone number. `country_hint` is an ISO 3166-1 alpha-2 code for numbers written
/// without calling code; an unusable hint counts as none.
///
/// Takes blanks, dots, dashes, slashes, brackets, `(0)`, `tel:`, a leading `00`, and an extension
/// (`ext. 12`, `x12`, `#12`, `;ext=12`).
///
/// # Errors
/// Any of the `V1xx` refusals.
pub fn phone(raw: &str, country_hint: Option<&str>) -> Result<Phone, Refusal> {
    if let Some(number) = plain_e164(raw) {
        return finish(&international(number)?, None);
    }
    let written = Written::read(raw)?;
    let number = if written.international {
        international(&written.dialled)?
    } else {
        national(&written.dialled, country_hint)?
    };
    finish(&number, written.extension)
}

/// The JSON cell `Phones / Additional Phones`, and the indices left out of it because no country
/// can be inferred for them: the importer wants all three keys, and the server aborts a whole
/// batch when the country is not the one it infers itself. Empty when nothing is left to say.
#[must_use]
pub fn additional_cell(phones: &[Phone]) -> (String, Vec<usize>) {
    let mut cell = String::new();
    let mut left_out = Vec::new();
    for (index, phone) in phones.iter().enumerate() {
        let Some(country) = &phone.country else {
            left_out.push(index);
            continue;
        };
        cell.push(if cell.is_empty() { '[' } else { ',' });
        // Digits, plus signs and letters only: nothing to escape.
        for (before, value) in [
            (r#"{"number":""#, phone.e164.as_str()),
            (r#"","callingCode":""#, &phone.calling_code),
            (r#"","countryCode":""#, country.as_str()),
        ] {
            cell.push_str(before);
            cell.push_str(value);
        }
        cell.push_str("\"}");
    }
    if !cell.is_empty() {
        cell.push(']');
    }
    (cell, left_out)
}

/// The form Close writes: `+` and 7 to 15 digits.
fn plain_e164(raw: &str) -> Option<&str> {
    let digits = raw.strip_prefix('+')?;
    let plain = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then_some(raw)
}

/// What was written, reduced to what is dialled.
struct Written {
    /// ASCII digits, behind a `+` when `international`.
    dialled: String,
    international: bool,
    extension: Option<String>,
}

impl Written {
    fn read(raw: &str) -> Result<Self, Refusal> {
        let text = raw.trim_matches(|c: char| {
            // Copied numbers carry invisible direction marks.
            c.is_whitespace() || c.is_control() || is_invisible(c)
        });
        if text.len() > LONGEST {
            return Err(PHONE_LENGTH);
        }
        let text = strip_tel(text);
        let (body, extension) = split_extension(text);
        if has_two_numbers(body) {
            return Err(PHONE_TWO_NUMBERS);
        }
        let mut dialled = String::with_capacity(body.len());
        let mut bracketed_zero = BracketedZero::default();
        for c in body.chars() {
            match digit(c) {
                Some(d) => dialled.push(d),
                None if matches!(c, '+' | '＋') && dialled.is_empty() => dialled.push('+'),
                None if matches!(c, '+' | '＋') => return Err(PHONE_TWO_NUMBERS),
                None if is_separator(c) => {}
                None => return Err(PHONE_LETTERS),
            }
            bracketed_zero.see(c, &mut dialled);
        }
        if !dialled.bytes().any(|b| b.is_ascii_digit()) {
            return Err(PHONE_EMPTY);
        }
        let international = dialled.starts_with('+');
        Ok(Self { dialled, international, extension })
    }
}

/// Takes the `0` of `+49 (0)30` out: it is dialled at home only. Only a zero alone in brackets of
/// an international number is meant so; Italy's `+39 06` has no brackets.
#[derive(Default)]
struct BracketedZero {
    seen: usize,
}

impl BracketedZero {
    fn see(&mut self, c: char, dialled: &mut String) {
        self.seen = match (self.seen, c) {
            (_, '(') => 1,
            (1, '0') => 2,
            (2, ')') => {
                let abroad = dialled.starts_with('+') || dialled.starts_with("00");
                if abroad && dialled.len() > 2 {
                    dialled.pop();
                }
                0
            }
            (seen, ' ' | '\u{A0}') => seen,
            _ => 0,
        };
    }
}

fn strip_tel(text: &str) -> &str {
    for scheme in ["tel:", "callto:", "phone:"] {
        if let Some((head, rest)) = text.split_at_checked(scheme.len())
            && head.eq_ignore_ascii_case(scheme)
        {
            return rest.trim_start_matches('/').trim_start();
        }
    }
    text
}

/// Cuts an extension off the end: an extension word or sign, then 1 to 9 digits.
fn split_extension(text: &str) -> (&str, Option<String>) {
    let none = (text, None);
    let before = text.trim_end_matches(|c: char| digit(c).is_some());
    let digits: String =
        text.get(before.len()..).unwrap_or_default().chars().filter_map(digit).collect();
    if digits.is_empty() || digits.len() > LONGEST_EXTENSION {
        return none;
    }
    let mark = before.trim_end_matches([' ', '.', ':', '=', '\u{A0}']);
    for word in ["extension", "durchwahl", "extn", "ext", "anexo", "int", "x", "#", "×"] {
        let Some(at) = mark.len().checked_sub(word.len()) else { continue };
        let (Some(body), Some(tail)) = (mark.get(..at), mark.get(at..)) else { continue };
        if tail.eq_ignore_ascii_case(word) {
            let body = body.trim_end_matches([' ', ',', ';', '-', '\u{A0}', '(']);
            return (body, Some(digits));
        }
    }
    none
}

/// Whether signs that divide numbers have a whole number on both sides. A lone slash or comma is
/// also written inside a number (`030/123456`).
fn has_two_numbers(body: &str) -> bool {
    let count = |part: &str| part.chars().filter(|&c| digit(c).is_some()).count();
    let total = count(body);
    let mut before = 0;
    for c in body.chars() {
        let enough = match c {
            ';' | '|' | '\n' | '\r' | '&' => 4,
            '/' | ',' => 6,
            _ => usize::MAX,
        };
        if digit(c).is_some() {
            before += 1;
        } else if before >= enough && total - before >= enough {
            return true;
        }
    }
    false
}

/// The ASCII digit a character stands for (full-width digits occur in Japanese data).
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        '٠'..='٩' => char::from_digit(c as u32 - '٠' as u32, 10),
        _ => None,
    }
}

fn is_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t'
            | '\n'
            | '\r'
            | '-'
            | '.'
            | '/'
            | '('
            | ')'
            | '['
            | ']'
            | ','
            | '~'
            | '·'
            | '|'
            | ';'
            | '&'
    ) || matches!(c, '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{3000}' | '\u{2010}'..='\u{2015}')
        || matches!(c, '\u{2212}' | '－' | '（' | '）' | '．' | '／')
        || is_invisible(c)
}

const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
}

/// A number behind a `+`.
fn international(number: &str) -> Result<PhoneNumber, Refusal> {
    let parsed = PHONE_NUMBER_UTIL.parse(number, None).map_err(|error| refusal(&error))?;
    check_code(&parsed)?;
    // "Possible" without an area code is a local number: Twenty would store half a number.
    match parsed.is_possible_with_reason() {
        Ok(NumberLengthType::IsPossible) => Ok(parsed),
        Ok(NumberLengthType::IsPossibleLocalOnly) | Err(_) => Err(PHONE_LENGTH),
    }
}

/// A number without `+`: completed by the hint, or read behind a leading `00`.
fn national(number: &str, hint: Option<&str>) -> Result<PhoneNumber, Refusal> {
    let region = hint.and_then(hinted_region);
    if let Some(region) = region
        && let Ok(parsed) = PHONE_NUMBER_UTIL.parse(number, Some(region))
        && check_code(&parsed).is_ok()
        && parsed.is_valid()
    {
        return Ok(parsed);
    }
    if let Some(rest) = number.strip_prefix("00") {
        return international(&format!("+{rest}"));
    }
    Err(if region.is_some() { PHONE_INVALID_NATIONAL } else { PHONE_NO_COUNTRY })
}

fn hinted_region(hint: &str) -> Option<Region> {
    match *hint.trim().as_bytes() {
        [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
            let upper = [a.to_ascii_uppercase(), b.to_ascii_uppercase()];
            let region = Region::from_code(std::str::from_utf8(&upper).ok()?).ok()?;
            // Regions without a calling code of their own (Antarctica) are no help.
            PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| region)
        }
        _ => None,
    }
}

/// Calling codes that belong to no country: Twenty refuses them (`§3.1`).
fn check_code(number: &PhoneNumber) -> Result<(), Refusal> {
    match number.country_code {
        800 | 808 | 870 | 878 | 881 | 882 | 883 | 888 | 979 => Err(PHONE_GLOBAL_CODE),
        _ => Ok(()),
    }
}

fn refusal(error: &ParseError) -> Refusal {
    match error {
        ParseError::InvalidCountryCode => PHONE_CALLING_CODE,
        ParseError::NotANumber(_) => PHONE_LETTERS,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn | ParseError::TooLongNsn => {
            PHONE_LENGTH
        }
    }
}

fn finish(number: &PhoneNumber, extension: Option<String>) -> Result<Phone, Refusal> {
    let e164 = number.format_as(PhoneNumberFormat::E164).into_owned();
    let calling_code = format!("+{}", number.country_code);
    let national = e164.strip_prefix(calling_code.as_str()).ok_or(PHONE_LENGTH)?.to_owned();
    // Outside Italy and a few others a zero in front is a trunk prefix that some reader takes off:
    // such a number is let through only where it really exists.
    if national.starts_with('0') && !number.is_valid() {
        return Err(PHONE_LENGTH);
    }
    let disputed = DISPUTED.iter().any(|prefix| e164.starts_with(prefix));
    let country = if disputed { None } else { number.get_region_code() };
    let country = country.and_then(Country::from_region);
    Ok(Phone { e164, calling_code, national, country, extension })
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
