//! Which GraphQL type a field has in which place of the schema of `/graphql`. Tables and look-ups.

use super::state::{Field, capitalised};

/// The composite types and the GraphQL name of each.
const COMPOSITES: &[(&str, &str)] = &[
    ("ACTOR", "Actor"),
    ("ADDRESS", "Address"),
    ("CURRENCY", "Currency"),
    ("EMAILS", "Emails"),
    ("FULL_NAME", "FullName"),
    ("LINKS", "Links"),
    ("PHONES", "Phones"),
    ("RICH_TEXT", "RichText"),
];

pub fn composite(kind: &str) -> Option<&'static str> {
    COMPOSITES.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

pub fn order(field: &Field) -> String {
    composite(field.kind())
        .map_or_else(|| "OrderByDirection".to_owned(), |name| format!("{name}OrderByInput"))
}

pub fn group_order(field: &Field) -> String {
    match field.kind() {
        "DATE" | "DATE_TIME" => "OrderByDateGranularityInput".to_owned(),
        _ => order(field),
    }
}

pub fn group(field: &Field) -> Option<String> {
    let hidden = field.flag("isSystem") && !matches!(field.name(), "createdAt" | "updatedAt");
    if hidden || matches!(field.kind(), "TS_VECTOR" | "FILES" | "RAW_JSON") {
        return None;
    }
    Some(match field.kind() {
        "DATE" | "DATE_TIME" => "GroupByDateGranularityInput".to_owned(),
        kind => composite(kind)
            .map_or_else(|| "Boolean".to_owned(), |name| format!("{name}GroupByInput")),
    })
}

/// What is counted of every field, and of every end of a morph relation.
pub fn counts(name: &str) -> Vec<(String, &'static str)> {
    let verbs = [
        ("countUniqueValues", "Int"),
        ("countEmpty", "Int"),
        ("countNotEmpty", "Int"),
        ("percentageEmpty", "Float"),
        ("percentageNotEmpty", "Float"),
    ];
    verbs.map(|(verb, kind)| (format!("{verb}{}", capitalised(name)), kind)).to_vec()
}

/// Sums and bounds of a field, with their types.
pub fn measures(field: &Field) -> Vec<(String, &'static str)> {
    let name = capitalised(field.name());
    let all = |end: &str, kind, verbs: &[&str]| -> Vec<(String, &'static str)> {
        verbs.iter().map(|verb| (format!("{verb}{name}{end}"), kind)).collect()
    };
    match field.kind() {
        "DATE_TIME" => all("", "DateTime", &["min", "max"]),
        "DATE" => all("", "Date", &["min", "max"]),
        "NUMBER" | "NUMERIC" => all("", "Float", &["min", "max", "avg", "sum"]),
        "CURRENCY" => all("AmountMicros", "Float", &["min", "max", "sum", "avg"]),
        "BOOLEAN" => all("", "Int", &["countTrue", "countFalse"]),
        _ => Vec::new(),
    }
}

pub fn ratings() -> String {
    (1..=5).map(|n| format!("RATING_{n}")).collect::<Vec<_>>().join("\n  ")
}
