//! The rules for values, one line each: under which keys of the export its values stand, and the rule.
//! Short values are counted, bodies are weighed.

use crate::export::{Export, Failure};
use close2twenty::close::time;
use close2twenty::twenty::{
    address, currency, date, email, link, markdown, name, number, phone, text,
};
use criterion::{Criterion, Throughput};
use serde_json::Value;
use std::hint::black_box;

/// What a rate is a rate of.
#[derive(Clone, Copy)]
enum Of {
    Values,
    Bytes,
}

/// A rule, and where its values stand.
struct Rule {
    name: &'static str,
    keys: &'static [&'static str],
    of: Of,
    apply: fn(&str),
}

const fn rule(name: &'static str, keys: &'static [&'static str], of: Of, apply: fn(&str)) -> Rule {
    Rule { name, keys, of, apply }
}

const BODIES: &[&str] = &["body_text", "note", "text", "description"];
const HTML: &[&str] = &["body_html", "note_html", "user_note_html"];
const STAMPS: &[&str] = &["date_created", "date_updated", "activity_at"];

const RULES: &[Rule] = &[
    rule("phone", &["phone", "remote_phone"], Of::Values, |raw| keep(phone::phone(raw, None))),
    rule("email", &["email"], Of::Values, |raw| keep(email::email(raw))),
    rule("link", &["url"], Of::Values, |raw| keep(link::link(raw))),
    rule("domain", &["url"], Of::Values, |raw| keep(link::domain(raw))),
    rule("name", &["name"], Of::Values, |raw| keep(name::split(raw))),
    rule("date and time", STAMPS, Of::Values, |raw| {
        keep(time::instant(raw).map(date::date_time_cell));
    }),
    rule("date", &["date_won", "due_date", "date"], Of::Values, |raw| {
        keep(time::date(raw).map(date::date_cell));
    }),
    rule("number", &["value", "duration", "size"], Of::Values, |raw| keep(number::number(raw))),
    rule("currency", &["value_currency"], Of::Values, |raw| keep(currency::code(raw))),
    rule("amount", &["value"], Of::Values, |raw| {
        keep(raw.parse().map(|minor| currency::amount(minor, 2)));
    }),
    rule("country", &["country"], Of::Values, |raw| keep(address::country(raw))),
    rule("line", &["name", "title", "subject"], Of::Values, |raw| keep(text::line(raw))),
    rule("title", BODIES, Of::Values, |raw| keep(markdown::title(raw, 80))),
    rule("block", BODIES, Of::Bytes, |raw| keep(text::block(raw))),
    rule("fits", BODIES, Of::Bytes, |raw| keep(text::fits(raw))),
    rule("quoted history", &["body_text"], Of::Bytes, |raw| {
        keep(markdown::without_quoted_history(raw));
    }),
    rule("text to Markdown", BODIES, Of::Bytes, |raw| keep(markdown::from_text(raw))),
    rule("HTML to Markdown", HTML, Of::Bytes, |raw| keep(markdown::from_html(raw))),
    rule("HTML to text", HTML, Of::Bytes, |raw| keep(markdown::plain_from_html(raw))),
];

/// The rule is not to be thought away.
fn keep<T>(result: T) {
    drop(black_box(result));
}

pub fn bench(criterion: &mut Criterion, export: &Export) -> Result<(), Failure> {
    let leads: Value = serde_json::from_slice(&export.array)?;
    let mut group = criterion.benchmark_group("values");
    for rule in RULES {
        let mut texts = Vec::new();
        collect(&leads, rule.keys, &mut texts);
        if texts.is_empty() {
            return Err(format!("the export has no values for {:?}", rule.name).into());
        }
        group.throughput(match rule.of {
            Of::Values => Throughput::Elements(texts.len() as u64),
            Of::Bytes => Throughput::BytesDecimal(texts.iter().map(|text| text.len() as u64).sum()),
        });
        group.bench_function(rule.name, |bencher| {
            bencher.iter(|| texts.iter().for_each(|text| (rule.apply)(black_box(text))));
        });
    }
    group.finish();
    Ok(())
}

/// All texts and numbers under these keys, however deep; none that are empty.
fn collect(value: &Value, keys: &[&str], texts: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, keys, texts)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Value::String(text) if keys.contains(&&**key) && !text.is_empty() => {
                        texts.push(text.clone());
                    }
                    Value::Number(number) if keys.contains(&&**key) => {
                        texts.push(number.to_string());
                    }
                    _ => collect(value, keys, texts),
                }
            }
        }
        _ => {}
    }
}
