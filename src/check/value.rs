//! One cell at a time, by type: what the importer's browser side refuses, what the server refuses, and what
//! both take but store as something else (`twenty-importer.md §3`). It knows no other cell of the row.

use super::catalog::{Cell, Column};
use super::phone::Alone;
use super::rules::{self, Rule};
use super::{email, json, moment, number, phone, url};
use crate::twenty::{address, currency};

/// Hears of each rule a cell breaks, and how.
pub(super) type Say<'s> = &'s mut dyn FnMut(&'static Rule, String);

/// Checks a cell that is not empty.
pub(super) fn check(column: &Column, text: &str, say: Say<'_>) {
    if text.trim().is_empty() {
        return say(rules::VALUE_BLANK, String::new());
    }
    match column.cell {
        Cell::Text if column.target.is_some() || column.unique => key(text, say),
        Cell::Number => numeric(text, false, say),
        Cell::Amount => numeric(text, true, say),
        Cell::Boolean => {
            let words = ["true", "false", "yes", "no"];
            if !words.iter().any(|word| text.eq_ignore_ascii_case(word)) {
                say(rules::BOOLEAN_WORD, String::new());
            }
        }
        Cell::Date | Cell::DateTime => date(column.cell == Cell::Date, text, say),
        Cell::Select => select(column, text, say),
        Cell::MultiSelect => tell(json::multi_select_fault(text, &column.options), say),
        Cell::Array => tell(json::array_fault(text), say),
        Cell::Rating => {
            let stars = text.strip_prefix("RATING_");
            if !stars.is_some_and(|stars| ["1", "2", "3", "4", "5"].contains(&stars)) {
                say(rules::RATING, String::new());
            }
        }
        Cell::RawJson => tell(json::raw_json_fault(text), say),
        Cell::Uuid => uuid(text, say),
        Cell::Email if !email::is_accepted(text) => say(rules::EMAIL, String::new()),
        Cell::Email => {
            if let Some(why) = email::oddity(text) {
                say(rules::EMAIL_ODD, why.into());
            }
        }
        Cell::Emails => tell(json::emails_fault(text), say),
        Cell::Url => link(column, text, say),
        Cell::Links => tell(json::links_fault(text), say),
        Cell::Phone => {
            if let Err(why) = phone::read(text) {
                say(rules::PHONE, why.into());
            }
        }
        Cell::CallingCode if !phone::is_calling_code(text) => {
            say(rules::CALLING_CODE, String::new());
        }
        Cell::CountryCode if !phone::is_country(text) => say(rules::COUNTRY_CODE, String::new()),
        // Codes that are some are a matter of the row.
        Cell::Text | Cell::UrlLabel | Cell::CallingCode | Cell::CountryCode => {}
        Cell::Phones => tell(json::phones_fault(text), say),
        Cell::CountryName => {
            if !address::is_listed(text) {
                say(rules::COUNTRY_NAME, String::new());
            }
        }
        Cell::CurrencyCode => {
            if !currency::is_listed(text) {
                say(rules::CURRENCY, String::new());
            }
        }
    }
}

fn tell(fault: Option<(&'static Rule, String)>, say: Say<'_>) {
    if let Some((rule, detail)) = fault {
        say(rule, detail);
    }
}

/// Keys are compared character by character; the check within a file trims them.
fn key(text: &str, say: Say<'_>) {
    if text.trim() != text {
        say(rules::KEY_BLANKS, String::new());
    }
}

fn numeric(text: &str, amount: bool, say: Say<'_>) {
    let Some(read) = number::read(text) else {
        return say(rules::NUMBER, String::new());
    };
    if read.value.is_infinite() {
        say(rules::NUMBER_INFINITE, String::new());
    } else if read.radix {
        say(rules::NUMBER_FORM, format!("read as {}", read.value));
    } else if !number::is_exact(text, read.value) {
        say(rules::NUMBER_PRECISION, format!("read as {}", read.value));
    } else if amount
        && number::decimal(text).is_some_and(|(digits, power)| power < -6 || digits.len() > 15)
    {
        say(rules::AMOUNT_MICROS, String::new());
    }
}

fn date(day_only: bool, text: &str, say: Say<'_>) {
    let Some(read) = moment::read(text) else {
        return say(rules::DATE, String::new());
    };
    let (year, month, day) = (read.year, read.month, read.day);
    if !(1..=9999).contains(&year) {
        say(rules::DATE_FAR, format!("read as year {year}"));
    } else if read.partial {
        say(rules::DATE_YEAR, format!("read as {year:04}-{month:02}-{day:02}"));
    } else if !read.exists() {
        say(rules::DATE_ROLLED, String::new());
    } else if read.zone.is_none() {
        say(
            rules::DATE_LOCAL,
            format!("read as {year:04}-{month:02}-{day:02} where the browser is"),
        );
    } else if day_only && !read.keeps_its_day() {
        say(rules::DATE_SHIFT, String::new());
    } else if !day_only && read.time.is_none() {
        say(rules::DATE_MIDNIGHT, String::new());
    }
}

fn select(column: &Column, text: &str, say: Say<'_>) {
    if column.options.contains(text) {
        return;
    }
    let folded = text.trim().to_lowercase();
    let mut near: Vec<&String> =
        column.options.iter().filter(|option| option.to_lowercase() == folded).collect();
    near.sort_unstable();
    let detail = near.first().map_or_else(String::new, |near| format!("meant {near:?}?"));
    say(rules::SELECT, detail);
}

fn uuid(text: &str, say: Say<'_>) {
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let digits = text.bytes().enumerate().all(|(at, byte)| match byte {
        b'-' => hyphen(at),
        _ => !hyphen(at) && byte.is_ascii_hexdigit(),
    });
    let version = matches!(text.as_bytes().get(14), Some(b'1'..=b'5'));
    let variant = matches!(text.as_bytes().get(19), Some(b'8' | b'9' | b'a' | b'b' | b'A' | b'B'));
    if text.len() != 36 || !digits {
        say(rules::UUID, String::new());
    } else if !version || !variant {
        say(rules::UUID, "another version or variant".into());
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        say(rules::UUID_CASE, String::new());
    }
}

fn link(column: &Column, text: &str, say: Say<'_>) {
    let Some(url) = url::accepted(text) else {
        return say(rules::URL, String::new());
    };
    if url::is_stored_as_null(text) {
        return say(rules::URL_NULL, format!("stored as {}", url::stored(text)));
    }
    // Where a link is a key, each way to write it is another record.
    if (column.unique || column.target.is_some())
        && let Some((why, better)) = url::domain_fault(text, &url)
    {
        say(rules::DOMAIN_FORM, format!("{why}; {better}"));
    }
}

/// What becomes of a number when nothing is said beside it.
pub(super) fn phone_alone(read: &phone::Phone, say: Say<'_>) {
    match phone::alone(read) {
        Alone::Good => {}
        Alone::National => say(rules::PHONE_NATIONAL, String::new()),
        Alone::Global => say(rules::PHONE_SERVER, format!("+{} belongs to no country", read.code)),
    }
}
