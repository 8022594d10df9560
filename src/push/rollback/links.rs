//! Links of tasks and notes that were there before the push: those the push made go, with the timeline's lines about them.
//! Links of tasks the push made go with their tasks. It must not touch a link the push did not make, which it knows by its
//! id: that follows from the two records.

use super::{Counts, Undo, id_of};
use crate::error::Result;
use crate::push::journal::{Entry, StepInfo};
use crate::push::live::LiveObject;
use crate::push::refused;
use crate::push::target::LOOK;
use crate::push::targets::target_id;
use crate::push::value::LinkTo;
use serde_json::{Value, json};
use uuid::Uuid;

/// A link the push made.
struct Made {
    id: String,
    /// The task.
    own: String,
    /// The column that holds the other record, and that record.
    other: (String, String),
    created_at: Option<String>,
}

impl Undo<'_> {
    /// The links of tasks and notes that stay.
    pub(super) fn links(&mut self) -> Result<()> {
        let steps = self.journal.step_infos()?;
        for info in steps.iter().filter(|info| info.name.ends_with("/targets")) {
            let Some(junction) = self.target.live.object(&info.object) else { continue };
            let object = info.object.trim_end_matches("Target");
            let mut counts = Counts { step: info.name.clone(), ..Counts::default() };
            let mut last = String::new();
            loop {
                let page = self.journal.page(info.key, &last, LOOK)?;
                let Some(end) = page.last() else { break };
                last.clone_from(&end.close_id);
                self.page_of_links(info, (object, junction), &page, &mut counts)?;
            }
            if counts.destroyed > 0 {
                self.finished(counts);
            }
        }
        Ok(())
    }

    fn page_of_links(
        &mut self,
        info: &StepInfo,
        (object, junction): (&str, &LiveObject),
        page: &[Entry],
        counts: &mut Counts,
    ) -> Result<()> {
        let mut stay = Vec::new();
        for entry in page {
            let first = self.journal.first_entry(object, &entry.close_id)?;
            if !first.is_some_and(|first| first.state.is_ours()) {
                stay.push(entry);
            }
        }
        let made = self.made(object, junction, &stay)?;
        counts.known += made.len() as u64;
        self.lines_of(object, &made)?;
        let ids: Vec<String> = made.into_iter().map(|one| one.id).collect();
        counts.destroyed += self.destroy(&info.object, &ids)?;
        self.journal.forget(info.key, stay.iter().map(|entry| entry.close_id.as_str()))
    }

    /// The links of these tasks whose id is the one the push gives.
    fn made(&self, object: &str, junction: &LiveObject, stay: &[&Entry]) -> Result<Vec<Made>> {
        let Some(own) = junction.target_column(object).filter(|_| !stay.is_empty()) else {
            return Ok(Vec::new());
        };
        let columns = junction.other_columns(&own);
        let selection = format!("id createdAt {own} {}", columns.join(" "));
        let ids: Vec<String> = stay.iter().map(|entry| entry.id.to_string()).collect();
        let found = self
            .target
            .find(junction, json!({ &own: { "in": ids } }), &selection)
            .map_err(|e| refused(e, "looking for the links of the push"))?;
        let mut made = Vec::new();
        for record in &found {
            let task = record[own.as_str()].as_str().unwrap_or_default();
            let entry = stay.iter().find(|entry| entry.id.to_string() == task);
            let set = columns.iter().find_map(|column| {
                let id = Uuid::parse_str(record[column.as_str()].as_str()?).ok()?;
                Some((column, id))
            });
            let (Some(entry), Some((column, other))) = (entry, set) else { continue };
            let Some((target, close_id)) = self.journal.whose(other)? else { continue };
            let link = LinkTo { target, close_id };
            let ours = target_id(&junction.name_singular, &entry.close_id, &link);
            if id_of(record) == Some(ours) {
                made.push(Made {
                    id: ours.to_string(),
                    own: task.to_owned(),
                    other: (column.clone(), other.to_string()),
                    created_at: record["createdAt"].as_str().map(str::to_owned),
                });
            }
        }
        Ok(made)
    }

    /// Destroys the lines "linked a task" about these links.
    fn lines_of(&mut self, object: &str, made: &[Made]) -> Result<()> {
        let Some(timeline) = self.target.live.object("timelineActivity") else { return Ok(()) };
        if made.is_empty() {
            return Ok(());
        }
        let tasks: Vec<&str> = made.iter().map(|one| one.own.as_str()).collect();
        let mut columns: Vec<&str> = made.iter().map(|one| one.other.0.as_str()).collect();
        columns.sort_unstable();
        columns.dedup();
        let filter = json!({ "and": [
            { "linkedRecordId": { "in": tasks } },
            { "name": { "eq": format!("linked-{object}.created") } },
        ] });
        let selection = format!("id createdAt updatedAt linkedRecordId {}", columns.join(" "));
        let found = self
            .target
            .find(timeline, filter, &selection)
            .map_err(|e| refused(e, "looking for the timeline's lines"))?;
        let is_theirs = |record: &&Value| {
            made.iter().any(|one| {
                record["linkedRecordId"] == one.own
                    && record[one.other.0.as_str()] == one.other.1
                    && (self.is_since(record)
                        || record["createdAt"].as_str() == one.created_at.as_deref())
            })
        };
        let ids: Vec<String> = found
            .iter()
            .filter(is_theirs)
            .filter_map(|record| record["id"].as_str().map(str::to_owned))
            .collect();
        self.outcome.timeline += self.destroy("timelineActivity", &ids)?;
        Ok(())
    }
}
