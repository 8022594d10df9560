//! The decisions of `mapping.toml` alone, in one canonical form, to tell whether two files decide
//! the same. It must not hold information or places.

use super::model::{Located, MapFile, Table, word};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

impl MapFile {
    /// All decisions, sorted by key: no information, places, marks, confirmation or fingerprint.
    /// The order of entries decides nothing and is not in it; that of a field's targets is.
    pub fn decisions_json(&self) -> Value {
        let strategies = &self.strategies;
        let types = self.types.iter().map(|it| {
            let said = [
                ("label", plain(it.label.as_ref())),
                ("labelPlural", plain(it.label_plural.as_ref())),
                ("object", plain(it.object.as_ref())),
                ("objectPlural", plain(it.object_plural.as_ref())),
                ("to", closed(it.to.as_ref())),
            ];
            (it.close.value.clone(), said_only(said))
        });
        let stages = self
            .stages
            .iter()
            .map(|it| (it.close.value.clone(), said_only([("to", plain(it.to.as_ref()))])));
        let fields = self.fields.iter().map(|it| {
            let to = it.to.as_ref().map(|to| to.iter().map(|to| to.value.clone()).collect());
            let said = [
                ("label", plain(it.label.as_ref())),
                ("options", it.options.as_ref().map(options)),
                ("to", to),
                ("type", plain(it.kind.as_ref())),
            ];
            (it.close.value.clone(), said_only(said))
        });
        let activities =
            self.activities.iter().filter_map(|(kind, to)| Some((kind.clone(), closed(Some(to))?)));
        json!({
            "activities": sorted(activities),
            "fields": sorted(fields),
            "stages": sorted(stages),
            "strategies": said_only([
                ("companies", closed(strategies.companies.as_ref())),
                ("leads", closed(strategies.leads.as_ref())),
                ("opportunityNames", plain(strategies.opportunity_names.as_ref())),
                ("people", closed(strategies.people.as_ref())),
                ("quotedHistory", closed(strategies.quoted_history.as_ref())),
            ]),
            "types": sorted(types),
        })
    }
}

fn plain(text: Option<&Located<String>>) -> Option<Value> {
    text.map(|text| Value::from(text.value.as_str()))
}

fn closed<T: ValueEnum>(value: Option<&Located<T>>) -> Option<Value> {
    value.map(|value| Value::from(word(&value.value)))
}

fn options(options: &Table<Located<String>>) -> Value {
    sorted(options.iter().map(|(value, label)| (value.clone(), label.value.as_str().into())))
}

fn said_only<const N: usize>(said: [(&str, Option<Value>); N]) -> Value {
    sorted(said.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))))
}

fn sorted(pairs: impl Iterator<Item = (String, Value)>) -> Value {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    Value::Object(pairs.into_iter().collect::<Map<_, _>>())
}
