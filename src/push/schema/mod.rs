//! The schema phase: makes what the target lacks, one change at a time, each noted in the journal before it is asked for.
//! It only adds: no option, field or object that is there is removed or renamed.

pub mod differences;
pub mod input;

pub use differences::{Conflict, Differences, Work};

use super::client::{Client, Fault, Refusal};
use super::journal::{Change, Journal, Kind};
use super::live::{self, Live};
use super::refused;
use crate::bundle::manifest::Schema;
use crate::error::{Error, Result};
use serde_json::json;
use std::time::Duration;

/// How long new fields may take to be seen everywhere.
const PATIENCE: u32 = 60;
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// Codes that only follow from another one (`twenty-observed.md` E1 "Error shape").
const CASCADED: &[&str] = &[
    "OBJECT_METADATA_NOT_FOUND",
    "FIELD_METADATA_NOT_FOUND",
    "INVALID_VIEW_DATA",
    "ENTITY_ALREADY_EXISTS",
    "FIELD_ALREADY_EXISTS",
];
const CASCADED_STARTS: &[&str] = &["INDEX_", "TS_VECTOR_"];

/// What the phase did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Objects made.
    pub objects: u64,
    /// Fields made.
    pub fields: u64,
    /// Fields changed.
    pub altered: u64,
    /// Objects and fields that were there.
    pub reused: u64,
}

/// Brings the target's schema to what the bundle asks for; `live` is read anew at the end.
///
/// # Errors
/// `C2T-E335` when something is in the way, `C2T-E336` when the server refuses a change, `C2T-E337` when new fields do
/// not become visible, and when the server or the journal fails.
pub fn run(
    client: &Client,
    journal: &Journal,
    schema: &Schema,
    live: &mut Live,
    step: &mut dyn FnMut(),
) -> Result<Made> {
    let differences = Differences::new(schema, live);
    if let Some(first) = differences.conflicts.first() {
        return Err(conflict(first, differences.conflicts.len()));
    }
    let (objects, fields, altered) = differences.counts();
    let made = Made {
        objects: objects as u64,
        fields: fields as u64,
        altered: altered as u64,
        reused: differences.reused as u64,
    };
    let run = Run { client, journal };
    for work in &differences.work {
        run.one(work, live)?;
        step();
        if matches!(work, Work::Object(_)) {
            // The fields need its id, and what the server has put into it.
            *live = live::schema(client).map_err(|e| refused(e, "reading the schema"))?;
        }
    }
    if !differences.work.is_empty() {
        *live = live::schema(client).map_err(|e| refused(e, "reading the schema"))?;
        run.wait_until_visible(schema, live)?;
    }
    Ok(made)
}

/// What is in the way, as the end of a run.
pub fn conflict(first: &Conflict, of: usize) -> Error {
    let name = first.field.as_ref().map_or_else(
        || format!("the object {}", first.object),
        |field| format!("the field {}.{field}", first.object),
    );
    let more = if of > 1 { format!(" ({} more: see --dry-run)", of - 1) } else { String::new() };
    Error::failed("C2T-E335", format!("{name} cannot be made: {}{more}", first.why))
        .fix(first.fix.clone())
}

struct Run<'r> {
    client: &'r Client,
    journal: &'r Journal,
}

impl Run<'_> {
    fn one(&self, work: &Work<'_>, live: &Live) -> Result<()> {
        match work {
            Work::Object(spec) => {
                let name = (spec.name_singular.as_str(), "");
                let change = self.journal.intend(Kind::Object, name, None, None)?;
                self.ask(&change, input::CREATE_OBJECT, "createOneObject", &input::object(spec))
            }
            Work::Field(spec) => {
                let name = (spec.object.as_str(), spec.name.as_str());
                let variables = input::field(spec, live).ok_or_else(|| {
                    let what = format!(
                        "the field {}.{} needs an object that is not there",
                        name.0, name.1
                    );
                    Error::failed("C2T-E336", what)
                        .fix("push the whole schema (leave out --only), then the rest")
                })?;
                let change = self.journal.intend(Kind::Field, name, None, None)?;
                self.ask(&change, input::CREATE_FIELD, "createOneField", &variables)
            }
            Work::Alter(alter) => {
                let name = (alter.field.object.as_str(), alter.field.name.as_str());
                let Some(there) = live.object(name.0).and_then(|object| object.field(name.1))
                else {
                    return Ok(());
                };
                let before = input::as_it_was(there);
                let change =
                    self.journal.intend(Kind::Altered, name, Some(&there.id), Some(&before))?;
                let variables = json!({ "id": there.id, "update": input::altered(alter, there) });
                self.ask(&change, input::UPDATE_FIELD, "updateOneField", &variables)
            }
        }
    }

    fn ask(
        &self,
        change: &Change,
        query: &str,
        root: &str,
        variables: &serde_json::Value,
    ) -> Result<()> {
        match self.client.metadata(query, variables) {
            Ok(answer) => {
                let id = answer[root]["id"].as_str().unwrap_or_default();
                self.journal.changed(change.number, id)
            }
            Err(Refusal::Data(fault)) => self.was_it_made(change, &fault),
            Err(refusal) => Err(refused(refusal, "changing the schema")),
        }
    }

    /// A request whose answer was lost is sent again, and then the name is taken: by ourselves.
    fn was_it_made(&self, change: &Change, fault: &Fault) -> Result<()> {
        let live = live::schema(self.client).map_err(|e| refused(e, "reading the schema"))?;
        let object = live.object(&change.object);
        let made = match change.kind {
            Kind::Object => object.map(|object| &object.id),
            Kind::Field => {
                object.and_then(|object| object.field(&change.name)).map(|field| &field.id)
            }
            Kind::Altered | Kind::Trigger => None,
        };
        if let Some(id) = made {
            return self.journal.changed(change.number, id);
        }
        // Nothing was changed, so there is nothing to take back.
        self.journal.unchanged(change.number)?;
        let name = if change.name.is_empty() { String::new() } else { format!(".{}", change.name) };
        let what = format!("Twenty refuses to make {}{name}: {}", change.object, cause(fault));
        Err(Error::failed("C2T-E336", what).fix(
            "give the field or object another name or label in mapping.toml and convert again, or \
             make it by hand as GUIDE.md says; then push again",
        ))
    }

    /// Other processes of the server learn of a change a little later (`twenty-api.md` §4.8).
    fn wait_until_visible(&self, schema: &Schema, live: &Live) -> Result<()> {
        let mut objects: Vec<&str> =
            differences::by_api(schema).map(|field| field.object.as_str()).collect();
        objects.extend(schema.objects.iter().map(|object| object.name_singular.as_str()));
        objects.sort_unstable();
        objects.dedup();
        for object in objects {
            let wanted: Vec<String> = differences::by_api(schema)
                .filter(|field| field.object == object)
                .filter_map(|field| live.object(object)?.field(&field.name))
                .map(|field| field.join_column().unwrap_or_else(|| field.name.clone()))
                .collect();
            self.look_for(object, &wanted)?;
        }
        Ok(())
    }

    fn look_for(&self, object: &str, wanted: &[String]) -> Result<()> {
        let input = format!("{}CreateInput", super::capitalised(object));
        let mut missing = Vec::new();
        for _ in 0..PATIENCE {
            let seen = live::core_type(self.client, &input)
                .map_err(|e| refused(e, "waiting for the new fields"))?;
            missing = wanted.iter().filter(|name| !seen.contains(*name)).collect();
            if missing.is_empty() && !seen.is_empty() {
                return Ok(());
            }
            self.client.pause(PAUSE).map_err(|e| refused(e, "waiting for the new fields"))?;
        }
        let missing: Vec<&str> = missing.into_iter().take(5).map(String::as_str).collect();
        let what = format!("new fields of {object} do not become visible: {}", missing.join(", "));
        Err(Error::failed("C2T-E337", what)
            .fix("wait a minute and push again: it goes on where it was"))
    }
}

/// The one error that is the cause, out of the dozens that follow from it.
pub fn cause(fault: &Fault) -> String {
    let groups =
        fault.extensions["errors"].as_object().into_iter().flat_map(|groups| groups.values());
    let items = groups.filter_map(|group| group.as_array()).flatten();
    let errors = items.filter_map(|item| item["errors"].as_array()).flatten();
    let told = errors.filter_map(|error| {
        Some((error["code"].as_str().unwrap_or_default(), error["message"].as_str()?))
    });
    let follows = |code: &str| {
        CASCADED.contains(&code) || CASCADED_STARTS.iter().any(|start| code.starts_with(start))
    };
    let mut all: Vec<(&str, &str)> = told.collect();
    all.sort_by_key(|(code, _)| follows(code));
    all.first().map_or_else(|| fault.message.clone(), |(_, message)| (*message).to_owned())
}

#[cfg(test)]
mod tests;
