//! What the server wrote by itself because of the push: lines of the timeline and runs of workflows. A worker writes them,
//! seconds later (`twenty-observed.md` E4, E6, E7). It must not touch what is older than the push, or what a member did.

use super::Undo;
use crate::error::Result;
use crate::push::live::LiveObject;
use crate::push::refused;
use crate::push::target::LOOK;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Lines of these vanish with their records, and there are none about lines.
const CASCADE: &[&str] = &["company", "person", "timelineActivity"];
/// Looks for lines the worker has yet to write, and the time between two.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_secs(1);
/// Runs a page: their state may be large.
const RUNS: usize = 100;

impl Undo<'_> {
    /// Destroys the lines about records that are about to be destroyed: afterwards nothing tells whose they were.
    pub(super) fn traces_of(&mut self, object: &str, ids: &[String]) -> Result<()> {
        if ids.is_empty() || CASCADE.contains(&object) {
            return Ok(());
        }
        let Some(timeline) = self.target.live.object("timelineActivity") else { return Ok(()) };
        let mut about = vec![json!({ "linkedRecordId": { "in": ids } })];
        about.extend(timeline.target_column(object).map(|column| json!({ column: { "in": ids } })));
        let found = self
            .target
            .find(timeline, json!({ "or": about }), "id")
            .map_err(|e| refused(e, "looking for the timeline's lines"))?;
        let lines: Vec<String> =
            found.iter().filter_map(|line| line["id"].as_str().map(str::to_owned)).collect();
        self.outcome.timeline += self.destroy("timelineActivity", &lines)?;
        Ok(())
    }

    /// Destroys what was written about records that stay, and the runs of workflows.
    pub(super) fn traces(&mut self) -> Result<()> {
        let put_back: u64 = self.outcome.steps.iter().map(|step| step.put_back).sum();
        for look in 0..LOOKS {
            let found = self.lines()? + self.runs()?;
            // Putting records back is written down too, a little later.
            if put_back == 0 || (look > 0 && found == 0) {
                break;
            }
            if look + 1 < LOOKS {
                self.target
                    .client
                    .pause(PAUSE)
                    .map_err(|e| refused(e, "waiting for the timeline's lines"))?;
            }
        }
        Ok(())
    }

    /// Whether a line was written since the push began.
    pub(super) fn is_since(&self, record: &Value) -> bool {
        let read = |text: &str| text.parse::<Timestamp>().ok();
        let Some(started) = self.started.as_deref().and_then(read) else { return false };
        ["createdAt", "updatedAt"]
            .into_iter()
            .filter_map(|key| record[key].as_str().and_then(read))
            .any(|at| at.as_second() >= started.as_second())
    }

    /// `person.updated` on records that are as before again.
    fn lines(&mut self) -> Result<u64> {
        let (Some(timeline), Some(started)) =
            (self.target.live.object("timelineActivity"), self.started.clone())
        else {
            return Ok(0);
        };
        let mut objects: Vec<String> =
            self.journal.step_infos()?.into_iter().map(|info| info.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let mut all = 0;
        for object in &objects {
            let Some(column) = timeline.target_column(object) else { continue };
            let mut last = Uuid::nil();
            loop {
                let page = self.journal.undone(object, last, LOOK)?;
                let Some(end) = page.last() else { break };
                last = end.0;
                all += self.page_of_lines(timeline, (object, &column), &page, &started)?;
            }
        }
        Ok(all)
    }

    fn page_of_lines(
        &mut self,
        timeline: &LiveObject,
        (object, column): (&str, &str),
        page: &[(Uuid, Option<String>)],
        started: &str,
    ) -> Result<u64> {
        let ids: Vec<String> = page.iter().map(|(id, _)| id.to_string()).collect();
        let since = json!({ "gte": started });
        // A line that was dated back has been changed since.
        let filter = json!({ "and": [
            { column: { "in": ids } },
            { "name": { "eq": format!("{object}.updated") } },
            { "or": [{ "createdAt": since }, { "updatedAt": since }] },
        ] });
        let found = self
            .target
            .find(timeline, filter, &format!("id createdAt workspaceMemberId {column}"))
            .map_err(|e| refused(e, "looking for the timeline's lines"))?;
        let since = |line: &Value| {
            let about = line[column].as_str().and_then(|id| Uuid::parse_str(id).ok())?;
            page.iter().find(|(id, _)| *id == about)?.1.as_deref()
        };
        let lines: Vec<String> = found
            .iter()
            .filter(|line| line["workspaceMemberId"].is_null() && is_later(line, since(line)))
            .filter_map(|line| line["id"].as_str().map(str::to_owned))
            .collect();
        let gone = self.destroy("timelineActivity", &lines)?;
        self.outcome.timeline += gone;
        Ok(gone)
    }

    /// Whether a run is about what the push or the rollback did to a record, and not about what was before: a worker may
    /// write that one down when the push has begun already.
    fn is_run_of(&self, run: &Value, since: Option<&str>) -> bool {
        let Some(since) = since else { return true };
        let event = json!({ "createdAt": event_time(run, "") });
        let undoing = self.undoing.as_deref();
        (event["createdAt"].is_string() && is_later(&event, Some(since)))
            || (event["createdAt"].is_null() && is_later(run, Some(since)))
            || (undoing.is_some() && is_later(run, undoing))
    }

    /// Runs since the push began whose trigger was one of its records.
    fn runs(&mut self) -> Result<u64> {
        let (Some(runs), Some(started)) =
            (self.target.live.object("workflowRun"), self.started.as_deref())
        else {
            return Ok(0);
        };
        // Older versions keep the trigger elsewhere (`twenty-api.md` §12.1).
        let kept =
            ["state", "output", "context"].into_iter().filter(|name| runs.field(name).is_some());
        let selection = kept.collect::<Vec<_>>().join(" ");
        let plural = &runs.name_plural;
        let query = format!(
            "query R($filter: WorkflowRunFilterInput, $after: String) {{ {plural}(filter: $filter, first: {RUNS}, after: $after) {{ \
             edges {{ node {{ id createdAt {selection} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let filter = json!({ "createdAt": { "gte": started } });
        let (mut ours, mut after) = (Vec::new(), Value::Null);
        loop {
            let variables = json!({ "filter": filter, "after": after });
            let answer = self
                .target
                .client
                .core(&query, &variables)
                .map_err(|e| refused(e, "looking for runs of workflows"))?;
            let list = &answer[plural.as_str()];
            for edge in list["edges"].as_array().into_iter().flatten() {
                let mut ids = Vec::new();
                triggers(&edge["node"], "", "", &mut ids);
                for id in ids {
                    let concerns = self.journal.concerns(id)?;
                    if concerns.is_some_and(|since| self.is_run_of(&edge["node"], since.as_deref()))
                    {
                        ours.extend(edge["node"]["id"].as_str().map(str::to_owned));
                        break;
                    }
                }
            }
            after = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] != json!(true) || after.is_null() {
                break;
            }
        }
        let gone = self.destroy("workflowRun", &ours)?;
        self.outcome.runs += gone;
        Ok(gone)
    }
}

/// Whether something came after the last change before the push: the push's own time is known to the second only.
fn is_later(record: &Value, since: Option<&str>) -> bool {
    let read = |text: &str| text.parse::<Timestamp>().ok();
    let (at, since) = (record["createdAt"].as_str().and_then(read), since.and_then(read));
    since.is_none_or(|since| at.is_some_and(|at| at > since))
}

/// When the record of an event was changed, as the event says.
fn event_time<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match value {
        Value::Object(members) if key == "after" => members.get("updatedAt")?.as_str(),
        Value::Object(members) => {
            members.iter().find_map(|(name, member)| event_time(member, name))
        }
        Value::Array(items) => items.iter().find_map(|item| event_time(item, key)),
        _ => None,
    }
}

/// The records an event was about: `recordId`, and `id` right inside what the record was before or after. Ids the record
/// merely points to are none of them.
fn triggers(value: &Value, key: &str, parent: &str, found: &mut Vec<Uuid>) {
    match value {
        Value::String(text) => {
            let named = key == "recordId" || (key == "id" && ["after", "before"].contains(&parent));
            if let Some(id) = Uuid::parse_str(text).ok().filter(|_| named) {
                found.push(id);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| triggers(item, key, parent, found)),
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| triggers(member, name, key, found));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_belongs_to_the_record_of_its_event() {
        let (person, company) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let said = |id: Uuid| id.to_string();
        let node = json!({ "id": said(Uuid::from_u128(3)), "state": { "stepInfos": { "trigger": { "result": {
            "recordId": said(person), "properties": { "after": { "id": said(person), "companyId": said(company), "updatedAt": "then" } } } } } } });
        let mut found = Vec::new();
        triggers(&node, "", "", &mut found);
        assert_eq!(found, [person, person]);
        assert_eq!(event_time(&node, ""), Some("then"));
    }
}
