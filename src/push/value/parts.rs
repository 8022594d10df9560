//! What a field of each type is made of on the wire: sub-fields, their empty values and what to select (`twenty-api.md`
//! §3.5, the published schema). A table; it must not look at values.

use crate::twenty::objects::FieldType;
use serde_json::{Map, Value, json};

/// What is sent for a sub-field of a composite that is not empty as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    /// `""`.
    Text,
    /// `[]`.
    List,
    /// `null`.
    Null,
    /// Nothing: the server infers it, or the bundle never holds it.
    Unsent,
}

/// One sub-field and its empty value.
pub(super) type Sub = (&'static str, Empty);

/// The sub-fields of a type, in the order they are sent; none for a type of one value.
pub(super) const fn of(kind: FieldType) -> &'static [Sub] {
    match kind {
        FieldType::FullName => &[("firstName", Empty::Text), ("lastName", Empty::Text)],
        FieldType::Emails => &[("primaryEmail", Empty::Text), ("additionalEmails", Empty::List)],
        // An empty code would contradict the number; left out, both are inferred from it.
        FieldType::Phones => &[
            ("primaryPhoneNumber", Empty::Text),
            ("primaryPhoneCountryCode", Empty::Unsent),
            ("primaryPhoneCallingCode", Empty::Unsent),
            ("additionalPhones", Empty::List),
        ],
        FieldType::Links => &[
            ("primaryLinkUrl", Empty::Text),
            ("primaryLinkLabel", Empty::Text),
            ("secondaryLinks", Empty::List),
        ],
        FieldType::Address => &[
            ("addressStreet1", Empty::Text),
            ("addressStreet2", Empty::Text),
            ("addressCity", Empty::Text),
            ("addressState", Empty::Text),
            ("addressPostcode", Empty::Text),
            ("addressCountry", Empty::Text),
            ("addressLat", Empty::Unsent),
            ("addressLng", Empty::Unsent),
        ],
        FieldType::Currency => &[("amountMicros", Empty::Null), ("currencyCode", Empty::Text)],
        // The server derives the other form.
        FieldType::RichText => &[("markdown", Empty::Text)],
        _ => &[],
    }
}

/// Twenty's words for a type; the first is that of 2.21 (`twenty-api.md` §4.2, §12.1).
pub(super) const fn words(kind: FieldType) -> &'static [&'static str] {
    match kind {
        FieldType::Uuid => &["UUID"],
        FieldType::Text => &["TEXT"],
        FieldType::Number => &["NUMBER"],
        FieldType::Boolean => &["BOOLEAN"],
        FieldType::Date => &["DATE"],
        FieldType::DateTime => &["DATE_TIME"],
        FieldType::Select => &["SELECT"],
        FieldType::MultiSelect => &["MULTI_SELECT"],
        FieldType::FullName => &["FULL_NAME"],
        FieldType::Emails => &["EMAILS"],
        FieldType::Phones => &["PHONES"],
        FieldType::Links => &["LINKS"],
        FieldType::Address => &["ADDRESS"],
        FieldType::Currency => &["CURRENCY"],
        FieldType::RichText => &["RICH_TEXT", "RICH_TEXT_V2"],
        FieldType::Relation => &["RELATION"],
    }
}

/// What a query selects of a field: its name, with all sub-fields of a composite.
pub(super) fn selection(name: &str, kind: FieldType) -> String {
    let subs: Vec<_> = of(kind).iter().map(|(sub, _)| *sub).collect();
    if subs.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", subs.join(" ")) }
}

/// Adds the sub-fields that are empty: a composite that is not whole clears the rest (`twenty-observed.md` E4), or keeps it,
/// depending on its type.
pub(super) fn fill(kind: FieldType, whole: &mut Map<String, Value>) {
    for (sub, empty) in of(kind) {
        let value = match empty {
            Empty::Text => json!(""),
            Empty::List => json!([]),
            Empty::Null => Value::Null,
            Empty::Unsent => continue,
        };
        whole.entry(*sub).or_insert(value);
    }
}
