//! Laws for generated rows of every type: what the server stores of a row is the row, and nothing else is.

use super::workspace::{made, option, plain, relation, stored};
use crate::bundle::manifest::{Step, StepColumn};
use crate::push::live::LiveObject;
use crate::push::value::{Key, Row, Shape};
use crate::twenty::id::record_id;
use crate::twenty::objects::FieldType as T;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const COLUMNS: &[(T, &str, Option<&str>)] = &[
    (T::Uuid, "id", None),
    (T::Text, "closeId", None),
    (T::Text, "text", None),
    (T::Number, "number", None),
    (T::Boolean, "boolean", None),
    (T::Date, "date", None),
    (T::DateTime, "dateTime", None),
    (T::Select, "select", None),
    (T::Select, "stage", None),
    (T::MultiSelect, "multi", None),
    (T::Uuid, "uuid", None),
    (T::FullName, "name", Some("firstName")),
    (T::FullName, "name", Some("lastName")),
    (T::Emails, "emails", Some("primaryEmail")),
    (T::Emails, "emails", Some("additionalEmails")),
    (T::Phones, "phones", Some("primaryPhoneNumber")),
    (T::Phones, "phones", Some("additionalPhones")),
    (T::Links, "links", Some("primaryLinkUrl")),
    (T::Links, "links", Some("primaryLinkLabel")),
    (T::Links, "links", Some("secondaryLinks")),
    (T::Address, "address", Some("addressStreet1")),
    (T::Address, "address", Some("addressCountry")),
    (T::Currency, "amount", Some("amountMicros")),
    (T::Currency, "amount", Some("currencyCode")),
    (T::RichText, "bodyV2", Some("markdown")),
    (T::Relation, "company", Some("closeId")),
    (T::Relation, "owner", Some("userEmail")),
    (T::DateTime, "createdAt", None),
    (T::DateTime, "updatedAt", None),
];

fn object() -> LiveObject {
    let mut object = made("thing");
    object.fields.retain(|field| field.name != "name");
    for (kind, name, _) in COLUMNS {
        if object.field(name).is_some() {
            continue;
        }
        let word = serde_json::to_value(kind).unwrap();
        let mut field = match *name {
            "company" => relation(name, "company"),
            "owner" => relation(name, "workspaceMember"),
            _ => plain(name, word.as_str().unwrap()),
        };
        if matches!(kind, T::Select | T::MultiSelect) {
            field.options = vec![option("A", "First"), option("B", "Second"), option("C", "Third")];
        }
        if *name == "stage" {
            field.default = json!("'C'");
        }
        object.fields.push(field);
    }
    object
}

fn shape() -> Shape {
    let column = |(kind, field, sub): &(T, &str, Option<&str>)| StepColumn {
        header: format!("{field} {}", sub.unwrap_or_default()),
        field: (*field).to_owned(),
        sub_field: sub.map(str::to_owned),
        kind: *kind,
    };
    let step = Step {
        order: 1,
        object: "thing".to_owned(),
        folder: "01-things".to_owned(),
        depends_on: Vec::new(),
        files: Vec::new(),
        columns: COLUMNS.iter().map(column).collect(),
    };
    Shape::new(&step, &[], &object()).unwrap()
}

fn url() -> impl Strategy<Value = String> {
    "https?://(www\\.)?[a-z]{1,9}\\.example(:8443)?(/[a-zA-Z0-9]{1,6}){0,2}(\\?q=[0-9])?"
}

fn email() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9]{1,8}@[a-z]{1,8}\\.example"
}

fn phone() -> impl Strategy<Value = String> {
    "\\+[1-9][0-9]{7,12}"
}

/// A cell that is not empty.
fn cell(kind: T, sub: Option<&'static str>) -> BoxedStrategy<String> {
    let list = |one: BoxedStrategy<Value>| {
        proptest::collection::vec(one, 1..3).prop_map(|list| json!(list).to_string()).boxed()
    };
    match (kind, sub) {
        (T::Number, _) => "-?[1-9][0-9]{0,8}(\\.[0-9]{1,5})?".boxed(),
        (T::Boolean, _) => "(true|false|Yes|NO)".boxed(),
        (T::Date, _) => "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])".boxed(),
        (T::DateTime, _) => {
            "20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T1[0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{3})?Z"
                .boxed()
        }
        (T::Select, _) => "(A|B|C|First)".boxed(),
        (T::MultiSelect, _) => "\\[\"(A\",\"B|B|C\",\"First|Second)\"\\]".boxed(),
        (T::Uuid, _) => any::<u128>().prop_map(|seed| record_id(&seed.to_string()).to_string()).boxed(),
        (T::Emails, Some("additionalEmails")) => list(email().prop_map(Value::String).boxed()),
        (T::Emails, _) | (T::Relation, Some("userEmail")) => email().boxed(),
        (T::Phones, Some("additionalPhones")) => {
            list(phone().prop_map(|number| json!({"number": number})).boxed())
        }
        (T::Phones, _) => phone().boxed(),
        (T::Links, Some("primaryLinkUrl")) => url().boxed(),
        (T::Links, Some("secondaryLinks")) => {
            let one = (url(), "\\PC{0,5}").prop_map(|(url, label)| json!({"url": url, "label": label}));
            list(one.boxed())
        }
        (T::Currency, Some("amountMicros")) => "-?[1-9][0-9]{0,8}(\\.[0-9]{1,6})?".boxed(),
        (T::Currency, _) => "(EUR|USD|JPY)".boxed(),
        (T::RichText, _) => "[a-z#*]\\PC{0,20}(\n{1,3}\\PC{0,9}){0,2}".boxed(),
        _ => "\\PC{1,12}".boxed(),
    }
}

/// Rows in which any cell but the Close id may be empty.
fn rows() -> impl Strategy<Value = Row> {
    let cells: Vec<_> = COLUMNS
        .iter()
        .map(|(kind, name, sub)| {
            let filled = cell(*kind, *sub);
            if ["id", "closeId"].contains(name) {
                return filled;
            }
            prop_oneof![1 => Just(String::new()), 3 => filled].boxed()
        })
        .collect();
    cells.prop_map(|mut cells| {
        // As the bundle: nothing further without a first.
        for (first, further) in
            [("primaryEmail", "additionalEmails"), ("primaryLinkUrl", "secondaryLinks")]
        {
            let at = |sub: &str| COLUMNS.iter().position(|one| one.2 == Some(sub)).unwrap();
            if cells[at(first)].is_empty() {
                cells[at(further)].clear();
            }
        }
        let mut row = shape().row(&cells.into()).unwrap();
        for reference in &mut row.relations {
            if matches!(reference.key, Key::Member(_)) {
                reference.id = Some(record_id("member").to_string());
            }
        }
        row
    })
}

fn record(row: &Row) -> Value {
    let mut sent: Map<String, Value> = row.fields.clone();
    for reference in &row.relations {
        let id = match &reference.key {
            Key::CloseId { close_id, .. } => record_id(close_id).to_string(),
            Key::Member(_) => record_id("member").to_string(),
        };
        sent.insert(reference.join_column.clone(), json!(id));
    }
    stored(&object(), &sent)
}

/// Where a column's value stands in a record.
fn place(kind: T, name: &str, sub: Option<&str>) -> String {
    match (kind, sub) {
        (T::Relation, _) => format!("/{name}Id"),
        (_, Some(sub)) => format!("/{name}/{sub}"),
        (_, None) => format!("/{name}"),
    }
}

/// Another value of the same kind.
fn other(kind: T, sub: Option<&str>, value: &Value) -> Value {
    let text = value.as_str().unwrap_or_default();
    match (kind, sub) {
        (T::Number, _) => json!(value.as_f64().unwrap_or_default() + 1.0),
        (T::Boolean, _) => json!(value != &json!(true)),
        (T::Date, _) => json!(if text == "1999-01-01" { "1999-01-02" } else { "1999-01-01" }),
        (T::DateTime, _) => json!("1999-01-01T00:00:00.000Z"),
        (T::Select, _) => json!(if text == "A" { "B" } else { "A" }),
        (T::MultiSelect, _) => json!(if value == &json!(["A"]) { ["B"] } else { ["A"] }),
        (T::Uuid | T::Relation, _) => json!(record_id("another").to_string()),
        (T::Emails, Some("additionalEmails")) => json!(["another@x.example"]),
        (T::Phones, Some("additionalPhones")) => {
            json!([{"number": "1", "callingCode": "+1", "countryCode": "US"}])
        }
        (T::Phones, _) => json!(format!("{text}7")),
        (T::Links, Some("secondaryLinks")) => json!([{"url": "https://z.example", "label": "z"}]),
        (T::Links, Some("primaryLinkUrl")) => json!(format!("{text}/zz")),
        (T::Currency, Some("amountMicros")) => {
            json!(text.parse::<i64>().unwrap_or_default() + 1)
        }
        (T::Currency, _) => json!(if text == "CHF" { "SEK" } else { "CHF" }),
        _ => json!(format!("{text}x")),
    }
}

proptest! {
    #[test]
    fn what_was_stored_is_the_row(row in rows()) {
        let record = record(&row);
        prop_assert_eq!(shape().differences(&row, &record, true), []);
        prop_assert_eq!(shape().differences(&row, &record, false), []);
    }

    #[test]
    fn a_changed_value_is_found_and_nothing_else(row in rows(), at in 1..COLUMNS.len()) {
        let (kind, name, sub) = COLUMNS[at];
        let mut record = record(&row);
        let filled = match row.fields.get(name) {
            Some(value) => sub.is_none_or(|sub| !super::super::equal::is_empty(&value[sub])),
            None => row.relations.iter().any(|one| one.field == name),
        };
        if kind == T::RichText && !filled {
            record["bodyV2"] = json!({"markdown": null});
        }
        let there = record.pointer_mut(&place(kind, name, sub)).unwrap();
        let value = other(kind, sub, there);
        prop_assume!(filled || !(kind == T::Boolean && value == json!(false)));
        *there = value.clone();
        let expected: &[&str] = if name == "updatedAt" { &[] } else { &[name] };
        let found = shape().differences(&row, &record, true);
        // A code may stand alone, and a time of creation that nobody gave is the server's.
        let free = match (name, sub) {
            ("createdAt", _) => !filled,
            (_, Some("currencyCode")) => !filled && record["amount"]["amountMicros"].is_null(),
            _ => false,
        };
        if free {
            prop_assert_eq!(found, []);
        } else {
            let fields: Vec<_> = found.iter().map(|one| one.field.as_str()).collect();
            prop_assert_eq!(&fields, expected);
            if let Some(one) = found.first() {
                prop_assert_eq!(one.sub_field.as_deref(), sub);
                prop_assert_eq!(&one.found, &value);
            }
            let touched = shape().differences(&row, &record, false);
            let counts = filled && name != "createdAt" && name != "updatedAt";
            prop_assert_eq!(touched.len(), usize::from(counts));
        }
    }

    #[test]
    fn a_lost_value_is_found(row in rows()) {
        let empty = stored(&object(), &Map::new());
        let found = shape().differences(&row, &empty, true);
        for (kind, name, sub) in COLUMNS {
            let has = match row.fields.get(*name) {
                Some(value) => sub.is_none_or(|sub| !super::super::equal::is_empty(&value[sub])),
                None => row.relations.iter().any(|one| one.field == *name),
            };
            let default = *name == "stage" && row.fields.get("stage") == Some(&json!("C"));
            let apart = ["id", "updatedAt"].contains(name) || default;
            let told = found.iter().any(|one| one.field == *name && one.sub_field.as_deref() == *sub);
            prop_assert_eq!(told, has && !apart, "{:?} {}", kind, name);
        }
    }
}
