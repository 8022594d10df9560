//! Phones as Twenty 2.21 reads them (`twenty-importer.md §3.1`): the browser's patient parser with the calling
//! code 1 where none is written, and the server's check that number, calling code and country belong
//! together. It does not know which cell is which.

use regex::Regex;
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, Region};
use std::sync::LazyLock;

/// Calling codes that belong to no country: the server refuses them.
const GLOBAL_CODES: &[i32] = &[800, 808, 870, 878, 881, 882, 883, 888, 979];
/// Ranges whose country newer metadata gives otherwise, with what 1.11.5 infers.
const MOVED: &[(&str, &str)] = &[("+2125288", "EH"), ("+2125289", "EH"), ("+733", "KZ")];
/// Longest text the parser looks at, in UTF-16 units.
const LONGEST: usize = 250;
/// Digits of a national number.
const DIGITS: std::ops::RangeInclusive<usize> = 2..=17;

/// Two digits, or three and more with what people write between them, and an extension.
static VIABLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let digit = r"0-9\x{FF10}-\x{FF19}\x{0660}-\x{0669}\x{06F0}-\x{06F9}";
    let between = concat!(
        r"\-\x{2010}-\x{2015}\x{2212}\x{30FC}\x{FF0D}/\x{FF0F}.\x{FF0E} \x{A0}\x{AD}\x{200B}\x{2060}\x{3000}",
        r"()\x{FF08}\x{FF09}\x{FF3B}\x{FF3D}\[\]~\x{2053}\x{223C}\x{FF5E}"
    );
    let number = format!(
        "(?:[{digit}]{{2}}|[+\u{FF0B}]?(?:[{between}]*[{digit}]){{3,}}[{between}{digit}]*)"
    );
    let end = |most: u8| format!(r"[:.\x{{FF0E}}]?[\x{{A0}} \t,\-]*[{digit}]{{1,{most}}}#?");
    let extensions = [
        format!(";ext=[{digit}]{{1,20}}"),
        format!(
            r"[\x{{A0}} \t,]*(?:e?xt(?:ensi(?:o\x{{301}}?|\x{{F3}}))?n?|\x{{FF45}}?\x{{FF58}}\x{{FF54}}\x{{FF4E}}?|доб|anexo){}",
            end(20)
        ),
        format!(
            r"[\x{{A0}} \t,]*(?:[x\x{{FF58}}#\x{{FF03}}~\x{{FF5E}}]|int|\x{{FF49}}\x{{FF4E}}\x{{FF54}}){}",
            end(9)
        ),
        format!("[\\- ]+[{digit}]{{1,6}}#"),
        format!(r"[\x{{A0}} \t]*(?:,{{2}}|;){}", end(15)),
        format!(r"[\x{{A0}} \t]*,+{}", end(9)),
    ];
    Regex::new(&format!("(?i)^({number})(?:{})?$", extensions.join("|"))).ok()
});

/// A number as the browser reads it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Phone {
    /// Digits of the calling code.
    pub code: i32,
    /// Digits behind it.
    pub national: String,
    /// It was written with its calling code.
    pub international: bool,
    /// It was written with an extension.
    pub extension: bool,
}

impl Phone {
    fn e164(&self) -> String {
        format!("+{}{}", self.code, self.national)
    }
}

/// Reads a number as the browser does, which takes 1 for the calling code where none is written.
pub(super) fn read(text: &str) -> Result<Phone, &'static str> {
    read_with(text, 1)
}

fn read_with(text: &str, default: i32) -> Result<Phone, &'static str> {
    let (dialled, extension) = dialled(text)?;
    let (code, national, international) = match dialled.strip_prefix('+') {
        Some(digits) => {
            let (code, national) = split(digits).ok_or("unknown calling code")?;
            (code, national.to_owned(), true)
        }
        // How calls abroad are dialled where the calling code is 1.
        None if default == 1 && dialled.strip_prefix("011").and_then(split).is_some() => {
            let (code, national) = dialled.strip_prefix("011").and_then(split).unwrap_or((1, ""));
            (code, national.to_owned(), true)
        }
        None => {
            let code = default.to_string();
            // `1 202 …` and `49 30 …`: the code without its plus, where the number fits without it only.
            let rest = dialled.strip_prefix(&code);
            let national = rest.filter(|rest| fits(default, rest) && !fits(default, &dialled));
            (default, national.unwrap_or(&dialled).to_owned(), false)
        }
    };
    if national.len() < *DIGITS.start() {
        return Err("too short");
    }
    if national.len() > *DIGITS.end() {
        return Err("too long");
    }
    Ok(Phone { code, national, international, extension })
}

/// The digits of the number in a text, behind a `+` if there was one; whether an extension followed.
fn dialled(text: &str) -> Result<(String, bool), &'static str> {
    if text.encode_utf16().count() > LONGEST {
        return Err("too long");
    }
    // An international number of digits alone is nearly all there is.
    if text
        .strip_prefix('+')
        .is_some_and(|rest| rest.len() > 2 && rest.bytes().all(|b| b.is_ascii_digit()))
    {
        return Ok((text.to_owned(), false));
    }
    let start = text.find(|c| plus(c) || digit(c).is_some()).ok_or("no digits")?;
    let text = text.get(start..).unwrap_or_default();
    let text = text.trim_end_matches(|c| digit(c).is_none() && c != '#');
    let viable = VIABLE.as_ref().ok_or("no pattern")?;
    let number = viable
        .captures(text)
        .and_then(|found| found.get(1))
        .ok_or("no number a phone could have")?;
    let mut dialled = String::new();
    for c in number.as_str().chars() {
        match digit(c) {
            Some(digit) => dialled.push(digit),
            None if plus(c) && dialled.is_empty() => dialled.push('+'),
            None => {}
        }
    }
    Ok((dialled, number.end() < text.len()))
}

fn plus(c: char) -> bool {
    matches!(c, '+' | '\u{FF0B}')
}

fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => '0',
        '\u{FF10}'..='\u{FF19}' => '\u{FF10}',
        '\u{0660}'..='\u{0669}' => '\u{0660}',
        '\u{06F0}'..='\u{06F9}' => '\u{06F0}',
        _ => return None,
    };
    char::from_digit(c as u32 - zero as u32, 10)
}

/// The calling code at the start, and what follows.
fn split(digits: &str) -> Option<(i32, &str)> {
    (1..=3).filter_map(|at| digits.split_at_checked(at)).find_map(|(code, rest)| {
        let known = !code.starts_with('0');
        let code = code.parse().ok().filter(|code| known && exists(*code))?;
        Some((code, rest))
    })
}

fn exists(code: i32) -> bool {
    GLOBAL_CODES.contains(&code) || PHONE_NUMBER_UTIL.get_region_for_country_code(code).is_some()
}

fn fits(code: i32, national: &str) -> bool {
    let number = parsed(&format!("+{code}{national}"));
    number.is_some_and(|number| number.is_possible_with_reason().is_ok())
}

fn parsed(e164: &str) -> Option<PhoneNumber> {
    PHONE_NUMBER_UTIL.parse(e164, None).ok()
}

/// Whether a text, with or without `+`, is the calling code of a country.
pub(super) fn is_calling_code(text: &str) -> bool {
    country_code(text).is_some_and(|code| !GLOBAL_CODES.contains(&code))
}

fn country_code(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let plain = (1..=3).contains(&digits.len()) && !digits.starts_with('0');
    let plain = plain && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|code| plain && exists(*code))
}

/// Whether a text is a country code libphonenumber knows: two capital letters.
pub(super) fn is_country(text: &str) -> bool {
    text.len() == 2
        && text.bytes().all(|byte| byte.is_ascii_uppercase())
        && Region::from_code(text)
            .is_ok_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

/// The country the server infers.
fn inferred(phone: &Phone) -> Option<String> {
    let e164 = phone.e164();
    if let Some((_, country)) = MOVED.iter().find(|(start, _)| e164.starts_with(start)) {
        return Some((*country).to_owned());
    }
    let region = parsed(&e164)?.get_region_code()?;
    Some(region.as_region_str().as_str().to_owned()).filter(|code| code.len() == 2)
}

/// What the server finds contradictory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conflict {
    /// It cannot read the number, or the calling code is no country's.
    Unreadable,
    /// The calling code is not the number's.
    Code,
    /// The country is not the number's.
    Country,
}

/// The server's check of a number with its calling code, and a country where one is sent.
pub(super) fn conflict(
    number: &str,
    calling: &str,
    country: Option<&str>,
) -> Option<(Conflict, String)> {
    let Some(code) = country_code(calling).filter(|code| !GLOBAL_CODES.contains(code)) else {
        return Some((Conflict::Unreadable, format!("{calling} is no calling code of a country")));
    };
    let phone = match read_with(number, code) {
        Ok(phone) => phone,
        Err(why) => return Some((Conflict::Unreadable, why.into())),
    };
    if phone.code != code {
        return Some((Conflict::Code, format!("its own calling code is +{}", phone.code)));
    }
    let country = country?;
    match inferred(&phone) {
        Some(own) if own == country => None,
        Some(own) => Some((Conflict::Country, format!("{country} is given, {own} is inferred"))),
        None if regions(code).iter().any(|region| region == country) => None,
        None => {
            Some((Conflict::Country, format!("{country} does not have the calling code +{code}")))
        }
    }
}

/// The countries of a calling code.
fn regions(code: i32) -> Vec<String> {
    let regions = PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(code);
    regions.into_iter().flatten().map(|region| region.as_region_str().as_str().to_owned()).collect()
}

/// What happens to a number without a calling code beside it, if it is not simply stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alone {
    /// Stored as it is meant.
    Good,
    /// Stored as a number of +1.
    National,
    /// Its calling code is no country's: the server refuses it.
    Global,
}

/// The browser finds the calling code of an international number, and takes +1 for all others.
pub(super) fn alone(phone: &Phone) -> Alone {
    match phone {
        Phone { international: false, .. } => Alone::National,
        Phone { code, .. } if GLOBAL_CODES.contains(code) => Alone::Global,
        Phone { .. } => Alone::Good,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_by_the_browser() {
        for good in [
            "12",
            "0612345678",
            "555 0100",
            "+1 202 555 0123",
            "+49 (0)30 123456",
            "tel:+4930123456",
            "+80012345678",
            "+447911123456 ext. 12",
            "(555) 010-0000",
            "０６１２３４５６７８",
            "call +4930123456 now",
            "011 44 7911 123456",
        ] {
            assert!(read(good).is_ok(), "{good}: {:?}", read(good));
        }
        for bad in [
            "abc",
            "1",
            "+999123456",
            "+1 202 555 0123; +1 202 555 0124",
            "+12345678901234567890",
            "",
            "+1",
            "+0123456",
        ] {
            assert!(read(bad).is_err(), "{bad}: {:?}", read(bad));
        }
        let read =
            |text| read(text).map(|phone| (phone.code, phone.international, phone.extension));
        assert_eq!(read("0612345678"), Ok((1, false, false)));
        assert_eq!(read("011 44 7911 123456"), Ok((44, true, false)));
        assert_eq!(read("+447911123456 ext. 12"), Ok((44, true, true)));
    }

    #[test]
    fn codes_and_countries_are_known() {
        for good in ["1", "+1", "+49", "358"] {
            assert!(is_calling_code(good), "{good}");
        }
        for bad in ["+800", "979", "+999", "0", "+", "", "+01", "+1 ", "x"] {
            assert!(!is_calling_code(bad), "{bad}");
        }
        assert!(
            is_country("DE")
                && is_country("AC")
                && !is_country("de")
                && !is_country("UK")
                && !is_country("001")
        );
    }
}
