//! When two values say the same: each is brought into one form, and the forms are compared. The rules are published in the
//! head of [`super`]. It must not know rows, nor decide what is compared.

use crate::twenty::link::link;
use crate::twenty::objects::FieldType;
use jiff::Timestamp;
use jiff::civil::Date;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// The form in which a value is compared; `Null` for everything that is empty. `sub` is the sub-field of a composite, `whole`
/// the field's value with all its sub-fields: a phone number is read with its calling code.
pub(super) fn form(kind: FieldType, sub: Option<&str>, whole: &Value) -> Value {
    let Some(sub) = sub else { return single(kind, whole) };
    let value = whole.get(sub).unwrap_or(&Value::Null);
    if is_empty(value) {
        return Value::Null;
    }
    match (kind, sub) {
        (FieldType::Emails, "additionalEmails") => list(value, lower),
        (FieldType::Emails, _) => lower(value),
        (FieldType::Phones, "primaryPhoneNumber") => {
            digits(value, whole.get("primaryPhoneCallingCode"))
        }
        (FieldType::Phones, "primaryPhoneCallingCode") => digits(value, None),
        (FieldType::Phones, "additionalPhones") => {
            list(value, |phone| digits(&phone["number"], phone.get("callingCode")))
        }
        (FieldType::Links, "primaryLinkUrl") => address(value),
        (FieldType::Links, "secondaryLinks") => list(value, |link| {
            let label = Some(&link["label"]).filter(|label| !is_empty(label));
            json!([address(&link["url"]), label])
        }),
        (FieldType::Currency, "amountMicros") => whole_number(value),
        (FieldType::RichText, _) => words(value),
        _ => value.clone(),
    }
}

fn single(kind: FieldType, value: &Value) -> Value {
    if is_empty(value) {
        return Value::Null;
    }
    match kind {
        FieldType::Number => number(value),
        FieldType::Date => day(value),
        FieldType::DateTime => instant(value),
        FieldType::MultiSelect => set(value),
        FieldType::Uuid | FieldType::Relation => lower(value),
        _ => value.clone(),
    }
}

/// `""`, `null`, `[]` and what is missing are one: the server turns each into the others (`twenty-observed.md` E4).
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    }
}

fn list(value: &Value, each: impl Fn(&Value) -> Value) -> Value {
    value.as_array().map_or_else(|| value.clone(), |list| list.iter().map(each).collect())
}

fn lower(value: &Value) -> Value {
    value.as_str().map_or_else(|| value.clone(), |text| json!(text.to_lowercase()))
}

/// The dialled digits with the calling code. The server takes the number apart, and drops extensions.
fn digits(number: &Value, code: Option<&Value>) -> Value {
    let Some(text) = number.as_str() else { return number.clone() };
    let text = text.split(|c: char| c == ';' || c.is_alphabetic()).next().unwrap_or_default();
    let code = code.and_then(Value::as_str).filter(|_| !text.trim_start().starts_with('+'));
    let both = code.unwrap_or_default().chars().chain(text.chars());
    json!(both.filter(char::is_ascii_digit).collect::<String>())
}

/// The server's own form: origin in lower case, no slash at the end; percent signs are read, as it stores some of them read.
fn address(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let text = link(text).map_or_else(|_| text.trim().to_owned(), |link| link.url);
    let text = text.strip_suffix('/').unwrap_or(&text);
    json!(percent_decode_str(text).decode_utf8_lossy())
}

fn number(value: &Value) -> Value {
    let read = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    // Minus nothing is nothing.
    read.filter(|number: &f64| number.is_finite()).map_or_else(|| value.clone(), |n| json!(n + 0.0))
}

/// Micros come as a number or as text.
fn whole_number(value: &Value) -> Value {
    let exact = match value {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_i64(),
    };
    exact.map_or_else(|| number(value), |micros: i64| json!(micros as f64))
}

fn day(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let date = text.get(..10).and_then(|day| day.parse::<Date>().ok());
    date.map_or_else(|| value.clone(), |date| json!(date.to_string()))
}

/// Milliseconds: the server's clock has no more.
fn instant(value: &Value) -> Value {
    let read = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    read.map_or_else(|| value.clone(), |instant| json!(instant.as_millisecond()))
}

fn set(value: &Value) -> Value {
    let Some(list) = value.as_array() else { return value.clone() };
    let mut texts: Vec<_> = list.iter().map(|one| one.as_str().unwrap_or_default()).collect();
    texts.sort_unstable();
    texts.dedup();
    json!(texts)
}

/// Rich text without its white space. The server keeps Markdown byte for byte, but as soon as somebody has the record open,
/// the editor writes it anew from its own blocks: line breaks get a blank, runs of empty lines become one.
fn words(value: &Value) -> Value {
    let Some(text) = value.as_str() else { return value.clone() };
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    if out.is_empty() { Value::Null } else { Value::String(out) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FieldType as T;

    /// Type, sub-field, two values, whether they say the same.
    type Case = (FieldType, Option<&'static str>, Value, Value, bool);

    fn check(cases: &[Case]) {
        for (kind, sub, one, other, same) in cases {
            let (a, b) = (form(*kind, *sub, one), form(*kind, *sub, other));
            assert_eq!(a == b, *same, "{kind:?} {one} {other}: {a} {b}");
        }
    }

    #[test]
    fn single_values_follow_the_published_rules() {
        let cases = [
            (T::Text, None, json!(""), json!(null), true),
            (T::Text, None, json!("a "), json!("a"), false),
            (T::Text, None, json!("\u{c9}"), json!("E\u{301}"), false),
            (T::Number, None, json!(4), json!(4.0), true),
            (T::Number, None, json!("4.50"), json!(4.5), true),
            (T::Number, None, json!(0), json!(null), false),
            (T::Number, None, json!(-0.0), json!(0), true),
            (T::Boolean, None, json!(false), json!(null), false),
            (T::Date, None, json!("2024-03-31"), json!("2024-03-31T00:00:00.000Z"), true),
            (T::Date, None, json!("2024-03-31"), json!("2024-04-01"), false),
            (
                T::DateTime,
                None,
                json!("2024-03-31T09:00:00Z"),
                json!("2024-03-31T09:00:00.000Z"),
                true,
            ),
            (
                T::DateTime,
                None,
                json!("2024-03-31T09:00:00Z"),
                json!("2024-03-31T11:00:00+02:00"),
                true,
            ),
            (
                T::DateTime,
                None,
                json!("2024-03-31T09:00:00.001Z"),
                json!("2024-03-31T09:00:00Z"),
                false,
            ),
            (T::Select, None, json!("A"), json!("a"), false),
            (T::MultiSelect, None, json!(["A", "B"]), json!(["B", "A"]), true),
            (T::MultiSelect, None, json!(["A", "B"]), json!(["A"]), false),
            (T::MultiSelect, None, json!([]), json!(null), true),
            (T::Relation, None, json!("5F81AFC4"), json!("5f81afc4"), true),
        ];
        check(&cases);
    }

    #[test]
    fn composites_follow_the_published_rules() {
        let url = Some("primaryLinkUrl");
        let amount = Some("amountMicros");
        let body = Some("markdown");
        let cases = [
            (
                T::Emails,
                Some("primaryEmail"),
                json!({"primaryEmail": "Ada@Acme.example"}),
                json!({"primaryEmail": "ada@acme.example"}),
                true,
            ),
            (
                T::Emails,
                Some("additionalEmails"),
                json!({"additionalEmails": ["A@b.example"]}),
                json!({"additionalEmails": ["a@b.example"]}),
                true,
            ),
            (T::Emails, Some("additionalEmails"), json!({"additionalEmails": []}), json!({}), true),
            (
                T::Links,
                url,
                json!({"primaryLinkUrl": "https://Acme.example/"}),
                json!({"primaryLinkUrl": "https://acme.example"}),
                true,
            ),
            (
                T::Links,
                url,
                json!({"primaryLinkUrl": "https://acme.example/A"}),
                json!({"primaryLinkUrl": "https://acme.example/a"}),
                false,
            ),
            (
                T::Links,
                url,
                json!({"primaryLinkUrl": "https://acme.example/a%20b"}),
                json!({"primaryLinkUrl": "https://acme.example/a b"}),
                true,
            ),
            (
                T::Links,
                url,
                json!({"primaryLinkUrl": "http://acme.example"}),
                json!({"primaryLinkUrl": "https://acme.example"}),
                false,
            ),
            (
                T::Links,
                Some("secondaryLinks"),
                json!({"secondaryLinks": [{"url": "https://a.example", "label": ""}]}),
                json!({"secondaryLinks": [{"url": "https://a.example/", "label": null}]}),
                true,
            ),
            (
                T::Currency,
                amount,
                json!({"amountMicros": 100_000}),
                json!({"amountMicros": "100000"}),
                true,
            ),
            (
                T::Currency,
                amount,
                json!({"amountMicros": 100_000}),
                json!({"amountMicros": 100_000.0}),
                true,
            ),
            (T::Currency, amount, json!({"amountMicros": 0}), json!({"amountMicros": null}), false),
            (
                T::RichText,
                body,
                json!({"markdown": "a\nb\n\n\n\nc"}),
                json!({"markdown": "a\n b\n\nc\n"}),
                true,
            ),
            (T::RichText, body, json!({"markdown": "a b"}), json!({"markdown": "ab"}), false),
            (T::RichText, body, json!({"markdown": " \n"}), json!(null), true),
            (
                T::FullName,
                Some("firstName"),
                json!({"firstName": "Ada"}),
                json!({"firstName": "Ada "}),
                false,
            ),
        ];
        check(&cases);
    }

    #[test]
    fn phones_follow_the_published_rules() {
        let phone = Some("primaryPhoneNumber");
        let e164 = json!({"primaryPhoneNumber": "+4930123"});
        let split = json!({"primaryPhoneNumber": "30123", "primaryPhoneCallingCode": "+49"});
        let italy = json!({"primaryPhoneNumber": "0612", "primaryPhoneCallingCode": "+39"});
        let cases = [
            (T::Phones, phone, e164.clone(), split.clone(), true),
            (T::Phones, phone, e164.clone(), italy.clone(), false),
            (T::Phones, phone, json!({"primaryPhoneNumber": "+390612"}), italy, true),
            (T::Phones, phone, json!({"primaryPhoneNumber": "+49 30 123 ext. 4"}), split, true),
            (
                T::Phones,
                Some("additionalPhones"),
                json!({"additionalPhones": [{"number": "+4930123", "callingCode": "+49"}]}),
                json!({"additionalPhones": [{"number": "30123", "callingCode": "+49", "countryCode": "DE"}]}),
                true,
            ),
        ];
        check(&cases);
    }
}
