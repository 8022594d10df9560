//! Rows of one step against their records. Relations are followed as the push followed them, through the journal; what waits
//! there for its other side is counted and is no finding. It must not decide when values are equal: `value` does.

use super::Counts;
use super::findings::{Finding, Kind};
use super::links::Links;
use super::out::Lists;
use crate::bundle::manifest::{Manifest, Step};
use crate::error::Result;
use crate::push::journal::{Entry, RowState, StepKey};
use crate::push::live::LiveObject;
use crate::push::records::rows::is_second_pass;
use crate::push::records::{Candidate, created_by, step_name};
use crate::push::refused;
use crate::push::target::Target;
use crate::push::value::{Difference, Key, Row, Shape};
use hashbrown::{HashMap, HashSet};
use serde_json::{Value, json};
use uuid::Uuid;

/// One step on its way.
pub(super) struct StepCheck<'s> {
    target: &'s Target<'s>,
    step: &'s Step,
    object: &'s LiveObject,
    shape: Shape,
    /// Its key; none where the push never came to it.
    key: Option<StepKey>,
    second: bool,
    counts: Counts,
    links: Option<Links<'s>>,
}

/// A row and what the journal has of it.
pub(super) struct Known {
    pub(super) row: Row,
    pub(super) entry: Entry,
    /// The push made the record.
    pub(super) created: bool,
}

impl<'s> StepCheck<'s> {
    pub(super) fn new(
        target: &'s Target<'s>,
        manifest: &'s Manifest,
        step: &'s Step,
    ) -> Result<Self> {
        let object = target.object(&step.object)?;
        let shape = Shape::new(step, &manifest.links, object)?.knowing(&manifest.schema.fields);
        let name = step_name(step);
        let steps = target.journal.step_infos()?;
        let key = steps.iter().find(|info| info.name == name).map(|info| info.key);
        let second = is_second_pass(step);
        let linked = manifest.links.iter().any(|link| link.object == step.object);
        let links = (linked && !second).then(|| Links::new(target, step)).transpose()?;
        let counts = Counts { step: name.to_owned(), rows: step.rows(), ..Counts::default() };
        Ok(Self { target, step, object, shape, key, second, counts, links })
    }

    pub(super) fn name(&self) -> &str {
        step_name(self.step)
    }

    pub(super) const fn step(&self) -> &'s Step {
        self.step
    }

    /// What was counted, of the rows and of their links.
    pub(super) fn finish(self) -> (Counts, Option<Counts>) {
        (self.counts, self.links.map(Links::finish))
    }

    /// Compares these rows, and returns how many are not as they should be.
    pub(super) fn window(&mut self, candidates: &[Candidate], out: &mut Lists) -> Result<u64> {
        let rows = self.read(candidates)?;
        let ids = || rows.iter().map(|row| row.close_id.as_str());
        let entries = match self.key {
            Some(key) => self.target.journal.entries(key, ids())?,
            None => HashMap::new(),
        };
        let mut wrong: HashSet<String> = HashSet::new();
        let mut known = Vec::new();
        for row in rows {
            match entries.get(&row.close_id) {
                None => {
                    self.counts.missing += 1;
                    out.add(&Finding::about(&self.step.object, &row.close_id, "", Kind::Missing))?;
                    wrong.insert(row.close_id);
                }
                Some(entry) if entry.state == RowState::Rejected => self.counts.rejected += 1,
                Some(entry) => {
                    let (created, entry) = (self.is_created(&row, entry)?, entry.clone());
                    known.push(Known { row, entry, created });
                }
            }
        }
        let found = self.look(&known)?;
        for one in &mut known {
            if self.one(one, found.get(&one.entry.id), out)? {
                wrong.insert(one.row.close_id.clone());
            }
        }
        if let Some(links) = &mut self.links {
            let live = |one: &&Known| {
                found.get(&one.entry.id).is_some_and(|record| record["deletedAt"].is_null())
            };
            let there: Vec<&Known> = known.iter().filter(live).collect();
            links.window(&there, &mut wrong, out)?;
        }
        Ok(wrong.len() as u64)
    }

    /// The rows as records; of those that somebody has repaired, the repaired cells.
    fn read(&mut self, candidates: &[Candidate]) -> Result<Vec<Row>> {
        let mut rows = Vec::with_capacity(candidates.len());
        for one in candidates {
            let close_id = one.close_id(self.step);
            let repaired = match self.key {
                Some(key) => self.target.journal.repaired(key, close_id)?,
                None => None,
            };
            let read = match repaired {
                Some(cells) => self.shape.row(&csv::StringRecord::from(cells)),
                None => self.shape.row(&one.cells),
            };
            match read {
                Ok(row) => rows.push(row),
                // The push has refused such a row.
                Err(_) => self.counts.rejected += 1,
            }
        }
        Ok(rows)
    }

    fn is_created(&self, row: &Row, entry: &Entry) -> Result<bool> {
        if !self.second {
            return Ok(entry.state.is_ours());
        }
        let first = self.target.journal.first_entry(&self.step.object, &row.close_id)?;
        Ok(first.is_some_and(|first| first.state.is_ours()))
    }

    fn look(&self, known: &[Known]) -> Result<HashMap<Uuid, Value>> {
        if known.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<String> = known.iter().map(|one| one.entry.id.to_string()).collect();
        let found = self
            .target
            .find(self.object, json!({ "id": { "in": ids } }), &self.shape.selection())
            .map_err(|e| refused(e, "reading records back"))?;
        let id = |record: &Value| record["id"].as_str().and_then(|id| Uuid::parse_str(id).ok());
        Ok(found.into_iter().filter_map(|record| Some((id(&record)?, record))).collect())
    }

    /// Whether the row is not as it should be.
    fn one(&mut self, one: &mut Known, record: Option<&Value>, out: &mut Lists) -> Result<bool> {
        let id = one.entry.id.to_string();
        let (object, close_id) = (&self.step.object, &one.row.close_id.clone());
        let Some(record) = record.filter(|record| record["deletedAt"].is_null()) else {
            self.counts.missing += 1;
            // Of a second pass the first one has told.
            if !self.second {
                let kind = if record.is_some() { Kind::Deleted } else { Kind::Missing };
                out.add(&Finding::about(object, close_id, &id, kind))?;
            }
            return Ok(true);
        };
        self.counts.compared += 1;
        let waiting = self.resolve(one, record)?;
        let mut differences = self.shape.differences(&one.row, record, one.created);
        differences.retain(|difference| !waiting.contains(&difference.field));
        if one.created && !self.second && self.object.field("createdBy").is_some() {
            differences.extend(author(&created_by(self.target, &one.row), &record["createdBy"]));
        }
        self.counts.waiting += waiting.len() as u64;
        for difference in &differences {
            out.add(&Finding::value(object, close_id, &id, difference))?;
        }
        let count = if differences.is_empty() {
            &mut self.counts.equal
        } else {
            &mut self.counts.different
        };
        *count += 1;
        Ok(!differences.is_empty())
    }

    /// Sets the ids of the row's relations; the fields of those that wait are returned.
    fn resolve(&self, one: &mut Known, record: &Value) -> Result<HashSet<String>> {
        let journal = self.target.journal;
        let mut waiting = HashSet::new();
        for reference in &mut one.row.relations {
            reference.id = match &reference.key {
                Key::CloseId { object, close_id } => {
                    journal.id_of(object, close_id)?.map(|id| id.to_string())
                }
                Key::Member(email) => self.target.members.get(email).cloned(),
            };
            let empty = record[reference.join_column.as_str()].is_null();
            let waits = match (&reference.id, self.key) {
                (None, _) => true,
                (Some(_), Some(key)) if empty => {
                    journal.waits(key, &one.row.close_id, &reference.join_column)?
                }
                _ => false,
            };
            if waits {
                waiting.insert(reference.field.clone());
            }
        }
        Ok(waiting)
    }
}

/// What differs between the author that was sent and the one that is there.
fn author(expected: &Value, found: &Value) -> Vec<Difference> {
    let said = expected.as_object().into_iter().flatten();
    let other = said.filter(|(part, value)| found[part.as_str()] != **value);
    let difference = |(part, value): (&String, &Value)| Difference {
        field: "createdBy".to_owned(),
        sub_field: Some(part.clone()),
        header: String::new(),
        expected: value.clone(),
        found: found[part.as_str()].clone(),
    };
    other.map(difference).collect()
}
