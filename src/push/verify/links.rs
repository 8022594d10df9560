//! What tasks and notes are linked to, against the links of their rows: a link is right under any id, as long as it joins the
//! same two records. Tasks the push made have just the links of their rows. It must not compare the tasks themselves.

use super::Counts;
use super::findings::{Finding, Kind};
use super::out::Lists;
use super::rows::Known;
use crate::bundle::manifest::Step;
use crate::error::Result;
use crate::push::journal::{RowState, StepKey};
use crate::push::live::LiveObject;
use crate::push::refused;
use crate::push::target::Target;
use crate::push::targets::targets_name;
use hashbrown::{HashMap, HashSet};
use serde_json::{Value, json};

/// The links of one step on their way.
pub(super) struct Links<'l> {
    target: &'l Target<'l>,
    junction: &'l LiveObject,
    /// `taskId`.
    own: String,
    /// Columns that hold the other record.
    columns: Vec<String>,
    key: Option<StepKey>,
    counts: Counts,
}

impl<'l> Links<'l> {
    pub(super) fn new(target: &'l Target<'l>, step: &Step) -> Result<Self> {
        let junction = target.object(&format!("{}Target", step.object))?;
        let own =
            junction.target_column(&step.object).unwrap_or_else(|| format!("{}Id", step.object));
        let name = targets_name(step);
        let steps = target.journal.step_infos()?;
        let key = steps.iter().find(|info| info.name == name).map(|info| info.key);
        let columns = junction.other_columns(&own);
        let counts = Counts { step: name, rows: step.rows(), ..Counts::default() };
        Ok(Self { target, junction, own, columns, key, counts })
    }

    pub(super) fn finish(self) -> Counts {
        self.counts
    }

    /// Compares the links of these tasks; those whose links are not right are added to `wrong`.
    pub(super) fn window(
        &mut self,
        there: &[&Known],
        wrong: &mut HashSet<String>,
        out: &mut Lists,
    ) -> Result<()> {
        if there.is_empty() {
            return Ok(());
        }
        let close_ids = || there.iter().map(|one| one.row.close_id.as_str());
        let known = match self.key {
            Some(key) => self.target.journal.entries(key, close_ids())?,
            None => HashMap::new(),
        };
        let mut found = self.look(there)?;
        for one in there {
            let entry = known.get(&one.row.close_id);
            if entry.is_some_and(|entry| entry.state == RowState::Rejected) {
                self.counts.rejected += 1;
                continue;
            }
            let links = found.remove(&one.entry.id.to_string()).unwrap_or_default();
            if self.one(one, links, out)? {
                self.counts.equal += 1;
            } else {
                self.counts.different += 1;
                wrong.insert(one.row.close_id.clone());
            }
            self.counts.compared += 1;
        }
        Ok(())
    }

    /// Links that are there and not in the trash, by task: column and other record.
    fn look(&self, there: &[&Known]) -> Result<HashMap<String, Vec<(String, Value)>>> {
        let ids: Vec<String> = there.iter().map(|one| one.entry.id.to_string()).collect();
        let selection = format!("id deletedAt {} {}", self.own, self.columns.join(" "));
        let found = self
            .target
            .find(self.junction, json!({ &self.own: { "in": ids } }), &selection)
            .map_err(|e| refused(e, "reading links back"))?;
        let mut by_task: HashMap<String, Vec<(String, Value)>> = HashMap::new();
        for record in found.iter().filter(|record| record["deletedAt"].is_null()) {
            let task = record[self.own.as_str()].as_str().unwrap_or_default();
            let set = self.columns.iter().find(|column| !record[column.as_str()].is_null());
            let link = match set {
                Some(column) => (column.clone(), record[column.as_str()].clone()),
                None => ("target".to_owned(), Value::Null),
            };
            by_task.entry(task.to_owned()).or_default().push(link);
        }
        Ok(by_task)
    }

    /// Whether the links of a task are right.
    fn one(
        &mut self,
        one: &Known,
        mut links: Vec<(String, Value)>,
        out: &mut Lists,
    ) -> Result<bool> {
        let id = one.entry.id.to_string();
        let about =
            |kind| Finding::about(&self.junction.name_singular, &one.row.close_id, &id, kind);
        let mut right = true;
        let mut expected: HashSet<(String, String)> = HashSet::new();
        for link in &one.row.links {
            let Some(column) = self.junction.target_column(&link.target) else { continue };
            let Some(other) = self.target.journal.id_of(&link.target, &link.close_id)? else {
                self.counts.waiting += 1;
                continue;
            };
            let other = other.to_string();
            if !expected.insert((column.clone(), other.clone())) {
                continue;
            }
            let at = links.iter().position(|(set, value)| *set == column && *value == other);
            if let Some(at) = at {
                links.remove(at);
                continue;
            }
            right = false;
            let (field, expected) = (column, json!(other));
            out.add(&Finding { field, expected, ..about(Kind::MissingLink) })?;
        }
        // Others may link what was there before; what the push made is linked as its row says.
        for (field, found) in links.into_iter().filter(|_| one.created) {
            right = false;
            out.add(&Finding { field, found, ..about(Kind::ExtraLink) })?;
        }
        Ok(right)
    }
}
