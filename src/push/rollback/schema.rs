//! The schema as it was: fields and objects the push made go, then fields it changed are put back, lists of options last.
//! It must not take away what still holds values, unless told to: those are of records that stay.

use super::Undo;
use crate::error::{Error, Result};
use crate::push::client::Refusal;
use crate::push::journal::{Change, Kind};
use crate::push::live::{self, Live, LiveField, LiveObject};
use crate::push::schema::{cause, input::UPDATE_FIELD};
use crate::push::{capitalised, refused};
use serde_json::{Map, Value, json};

const DELETE_FIELD: &str = "mutation D($id: UUID!) { deleteOneField(input: { id: $id }) { id } }";
const DELETE_OBJECT: &str = "mutation D($id: UUID!) { deleteOneObject(input: { id: $id }) { id } }";
const UPDATE_OBJECT: &str = "mutation U($id: UUID!, $update: UpdateObjectPayload!) { \
     updateOneObject(input: { id: $id, update: $update }) { id } }";

const USED: &str = "records that stay have values in it";
const FULL: &str = "it has records that stay";
const CHOSEN: &str = "records that stay have one of its new options";

/// The sub-field that tells whether a composite is filled: the server counts the whole as such otherwise.
const TELLING: &[(&str, &str)] = &[
    ("CURRENCY", "amountMicros"),
    ("EMAILS", "primaryEmail"),
    ("PHONES", "primaryPhoneNumber"),
    ("LINKS", "primaryLinkUrl"),
    ("ADDRESS", "addressStreet1"),
    ("FULL_NAME", "firstName"),
    ("RICH_TEXT", "markdown"),
    ("RICH_TEXT_V2", "markdown"),
];

impl Undo<'_> {
    /// Takes the changes back, the last one first.
    pub(super) fn schema(&mut self) -> Result<()> {
        let changes = self.journal.changes()?;
        let schema = |change: &&Change| change.kind != Kind::Trigger;
        let (altered, made): (Vec<&Change>, Vec<&Change>) =
            changes.iter().rev().filter(schema).partition(|change| change.kind == Kind::Altered);
        if made.is_empty() && altered.is_empty() {
            return Ok(());
        }
        if self.options.keep_schema {
            self.outcome.schema.left = (made.len() + altered.len()) as u64;
            return Ok(());
        }
        if self.options.dry_run {
            let of = |kind| made.iter().filter(|change| change.kind == kind).count() as u64;
            self.outcome.schema.objects = of(Kind::Object);
            self.outcome.schema.fields = of(Kind::Field);
            self.outcome.schema.altered = altered.len() as u64;
            return Ok(());
        }
        self.phase("schema", (made.len() + altered.len()) as u64);
        let live =
            live::schema(self.target.client).map_err(|e| refused(e, "reading the schema"))?;
        let used = self.used(&made, &live)?;
        for change in made {
            match change.kind {
                Kind::Object => self.object(change, &live)?,
                _ if used.contains(&change.number) => self.keep(change, USED)?,
                _ => self.field(change, &live)?,
            }
            self.step(1);
        }
        for change in altered {
            self.put_field_back(change, &live)?;
            self.step(1);
        }
        Ok(())
    }

    fn object(&mut self, change: &Change, live: &Live) -> Result<()> {
        if let Some(object) = live.object(&change.object) {
            let count = self.target.count(object).map_err(|e| refused(e, "counting records"))?;
            if count > 0 && !self.options.force {
                return self.keep(change, FULL);
            }
            self.remove((DELETE_OBJECT, UPDATE_OBJECT), &object.id, change)?;
            self.outcome.schema.objects += 1;
        }
        self.journal.unchanged(change.number)
    }

    fn field(&mut self, change: &Change, live: &Live) -> Result<()> {
        let object = live.object(&change.object);
        let field = object.and_then(|object| object.field(&change.name));
        if let Some(field) = field {
            self.remove((DELETE_FIELD, UPDATE_FIELD), &field.id, change)?;
            self.outcome.schema.fields += 1;
        }
        self.journal.unchanged(change.number)
    }

    /// The fields of these changes in which a record has a value, one in the trash too: a question for each object, and
    /// more only where the server does not count the type.
    fn used(&self, made: &[&Change], live: &Live) -> Result<Vec<i64>> {
        let mut used = Vec::new();
        if self.options.force {
            return Ok(used);
        }
        let mut objects: Vec<&str> = made.iter().map(|change| change.object.as_str()).collect();
        objects.sort_unstable();
        objects.dedup();
        for object in objects.into_iter().filter_map(|name| live.object(name)) {
            let own = made.iter().filter(|change| change.object == object.name_singular);
            let fields: Vec<(i64, &LiveField)> = own
                .filter_map(|change| Some((change.number, object.field(&change.name)?)))
                .collect();
            let (counted, other): (Vec<_>, Vec<_>) =
                fields.iter().partition(|(_, field)| is_counted(field));
            let counts: Vec<String> = counted.iter().map(|(_, field)| count_of(field)).collect();
            let answer =
                self.ask(object, &Value::Null, &format!("totalCount {}", counts.join(" ")))?;
            if answer["totalCount"] == 0 {
                continue;
            }
            let filled = counted.iter().zip(&counts).filter(|(_, count)| {
                answer[count.as_str()].as_u64().is_some_and(|count| count > 0)
            });
            used.extend(filled.map(|((number, _), _)| *number));
            for (number, field) in other {
                if self.any(object, &filled_filter(field))? {
                    used.push(number);
                }
            }
        }
        Ok(used)
    }

    /// Whether a filter finds a record.
    fn any(&self, object: &LiveObject, filter: &Value) -> Result<bool> {
        let answer = self.ask(object, filter, "totalCount")?;
        Ok(answer["totalCount"].as_u64().is_some_and(|count| count > 0))
    }

    fn ask(&self, object: &LiveObject, filter: &Value, what: &str) -> Result<Value> {
        let filter = (!filter.is_null()).then(|| filter.clone());
        let sums = self.target.sums(object, filter, what);
        sums.map_err(|e| refused(e, "looking for values of a field"))
    }

    /// Deletes a field or object; older versions want it switched off first.
    fn remove(&self, (delete, update): (&str, &str), id: &str, change: &Change) -> Result<()> {
        let name = full_name(change);
        let refuse = |refusal: Refusal| match refusal {
            Refusal::Data(fault) => {
                let what = format!("Twenty refuses to remove {name}: {}", cause(&fault));
                Error::failed("C2T-E366", what)
                    .fix("delete it by hand in Settings → Data Model, then run the rollback again")
            }
            other => refused(other, &format!("removing {name}")),
        };
        match self.target.client.metadata(delete, &json!({ "id": id })) {
            Ok(_) => Ok(()),
            Err(Refusal::Data(fault)) if cause(&fault).to_lowercase().contains("active") => {
                let off = json!({ "id": id, "update": { "isActive": false } });
                self.target.client.metadata(update, &off).map_err(refuse)?;
                self.target.client.metadata(delete, &json!({ "id": id })).map(drop).map_err(refuse)
            }
            Err(refusal @ Refusal::Data(_)) => {
                // An answer that was lost: the second request finds nothing to remove.
                let live = live::schema(self.target.client)
                    .map_err(|e| refused(e, "reading the schema"))?;
                let object = live.object(&change.object);
                let there = match change.kind {
                    Kind::Object => object.is_some(),
                    _ => object.is_some_and(|object| object.field(&change.name).is_some()),
                };
                if there { Err(refuse(refusal)) } else { Ok(()) }
            }
            Err(refusal) => Err(refuse(refusal)),
        }
    }

    fn put_field_back(&mut self, change: &Change, live: &Live) -> Result<()> {
        let object = live.object(&change.object);
        let field = object.and_then(|object| object.field(&change.name));
        let (Some(object), Some(field), Some(before)) = (object, field, &change.before) else {
            return self.journal.unchanged(change.number);
        };
        let update = update(field, before);
        if !update.is_empty() {
            if update.contains_key("options") && !self.options.force {
                let new = new_options(field, before);
                let held = match field.kind.as_str() {
                    "MULTI_SELECT" => json!({ &field.name: { "containsAny": new } }),
                    _ => json!({ &field.name: { "in": new } }),
                };
                if !new.is_empty() && self.any(object, &held)? {
                    return self.keep(change, CHOSEN);
                }
            }
            let variables = json!({ "id": field.id, "update": update });
            match self.target.client.metadata(UPDATE_FIELD, &variables) {
                Ok(_) => {}
                Err(Refusal::Data(fault)) => {
                    let name = full_name(change);
                    let what = format!("Twenty refuses to put {name} back: {}", cause(&fault));
                    return Err(Error::failed("C2T-E366", what).fix(
                        "put it back by hand in Settings → Data Model, then run the rollback again",
                    ));
                }
                Err(refusal) => return Err(refused(refusal, "putting a field back")),
            }
        }
        self.outcome.schema.altered += 1;
        self.journal.unchanged(change.number)
    }

    fn keep(&mut self, change: &Change, why: &str) -> Result<()> {
        self.outcome.schema.kept += 1;
        let id = change.id.as_deref().unwrap_or_default();
        self.kept.add(&full_name(change), "", id, why)
    }
}

/// Whether the server counts the values of a field.
fn is_counted(field: &LiveField) -> bool {
    field.join_column().is_none() && TELLING.iter().all(|(kind, _)| *kind != field.kind)
}

/// The server's name for the number of values of a field.
fn count_of(field: &LiveField) -> String {
    format!("countNotEmpty{}", capitalised(&field.name))
}

/// Finds records with a value in a relation or composite.
fn filled_filter(field: &LiveField) -> Value {
    let filled = json!({ "is": "NOT_NULL" });
    if let Some(column) = field.join_column() {
        return json!({ column: filled });
    }
    let part = TELLING.iter().find(|(kind, _)| *kind == field.kind).map_or("", |(_, part)| *part);
    let mut all = vec![json!({ &field.name: { part: filled } })];
    if field.kind != "CURRENCY" {
        all.push(json!({ &field.name: { part: { "neq": "" } } }));
    }
    json!({ "and": all })
}

/// `company.closeId`; of an object its name.
fn full_name(change: &Change) -> String {
    let field = if change.name.is_empty() { String::new() } else { format!(".{}", change.name) };
    format!("{}{field}", change.object)
}

/// What differs from what it was.
fn update(field: &LiveField, before: &Value) -> Map<String, Value> {
    let mut update = Map::new();
    for (key, is) in [("isActive", field.is_active), ("isUnique", field.is_unique)] {
        if before[key].as_bool().is_some_and(|was| was != is) {
            update.insert(key.to_owned(), before[key].clone());
        }
    }
    let options = before["options"].as_array();
    if let Some(options) = options.filter(|options| !as_they_were(field, options)) {
        update.insert("options".to_owned(), json!(options));
        update.insert("defaultValue".to_owned(), before["defaultValue"].clone());
    }
    update
}

fn as_they_were(field: &LiveField, before: &[Value]) -> bool {
    let same = |was: &Value| {
        field.options.iter().any(|is| {
            was["id"] == is.id
                && was["value"] == is.value
                && was["label"] == is.label
                && was["position"] == is.position
        })
    };
    before.len() == field.options.len() && before.iter().all(same)
}

/// Options the field did not have.
fn new_options<'f>(field: &'f LiveField, before: &Value) -> Vec<&'f str> {
    let was = before["options"].as_array();
    let had = |id: &str| was.is_some_and(|was| was.iter().any(|option| option["id"] == id));
    field.options.iter().filter(|is| !had(&is.id)).map(|is| is.value.as_str()).collect()
}
