//! The timeline phase: the lines the server writes for each record and link are dated now, and the timeline is sorted by
//! that date (`twenty-observed.md` §0.6). They are re-dated in place to when the record was made, with the author of the
//! record, so that a person's timeline tells the true story. It must not touch a line about a record that is not the push's
//! own.

use super::journal::RowState;
use super::live::LiveObject;
use super::progress::{Counts, Said};
use super::refused;
use super::target::{LOOK, Target};
use crate::bundle::manifest::Manifest;
use crate::error::Result;
use crate::event::count::plural;
use hashbrown::HashMap;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// Between two looks at what the server's worker has written.
const PAUSE: Duration = Duration::from_secs(2);
/// Looks without anything new after which the rest is given up.
const PATIENCE: u32 = 15;
/// Two clocks may differ by so much; only lines about the push's own records count anyway.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

/// One kind of line.
struct Kind<'k> {
    /// `person.created`, `linked-task.created`.
    name: String,
    /// Whose time counts: the object of the record the line is about.
    object: &'k LiveObject,
    /// The column that holds the record's id.
    column: String,
    /// Lines the server will write; none where nobody can say.
    expected: Option<u64>,
}

/// Re-dates the lines of the records and links this push has made.
///
/// # Errors
/// When the server or the journal fails.
pub fn run(target: &Target<'_>, manifest: &Manifest) -> Result<Vec<Counts>> {
    let Some(timeline) = target.live.object("timelineActivity") else { return Ok(Vec::new()) };
    let started = target.journal.about("started")?.and_then(|at| at.parse::<Timestamp>().ok());
    let Some(since) = started.and_then(|at| at.checked_sub(SLACK).ok()) else {
        return Ok(Vec::new());
    };
    let mut counts = Vec::new();
    for kind in kinds(target, timeline, manifest)? {
        let mark = format!("timeline:{}", kind.name);
        let done: u64 =
            target.journal.about(&mark)?.and_then(|said| said.parse().ok()).unwrap_or_default();
        let expected = kind.expected.unwrap_or_default();
        let mut one = Lines { target, timeline, kind: &kind, since, done, mark };
        if kind.expected.is_none() || done < expected {
            let (phase, object) = ("timeline".to_owned(), kind.name.clone());
            target.listener.hear(&Said::Phase { phase, object, planned: expected, done });
            one.all()?;
        }
        let found = Counts {
            phase: "timeline".to_owned(),
            object: kind.name.clone(),
            planned: one.done,
            updated: one.done,
            waiting: expected.saturating_sub(one.done),
            ..Counts::default()
        };
        target.listener.hear(&Said::Finished(found.clone()));
        if found.planned + found.waiting > 0 {
            counts.push(found);
        }
    }
    Ok(counts)
}

/// The kinds of lines a push causes.
fn kinds<'t>(
    target: &'t Target<'_>,
    timeline: &LiveObject,
    manifest: &Manifest,
) -> Result<Vec<Kind<'t>>> {
    let mut kinds = Vec::new();
    for (step, name, object) in target.journal.steps()? {
        let counts = target.journal.counts(step)?;
        let created = counts.get(&RowState::Created).copied().unwrap_or_default();
        if created == 0 {
            continue;
        }
        if let Some((_, _)) = name.split_once('/') {
            let own = object.trim_end_matches("Target");
            let Some(live) = target.live.object(own) else { continue };
            let expected = Some(target.journal.links_made(step)?);
            let (name, column) = (format!("linked-{own}.created"), "linkedRecordId".to_owned());
            kinds.push(Kind { name, object: live, column, expected });
            continue;
        }
        let (Some(live), Some(column)) =
            (target.live.object(&object), timeline.target_column(&object))
        else {
            continue;
        };
        let second = manifest
            .steps
            .iter()
            .any(|step| step.object == object && super::records::rows::is_second_pass(step));
        kinds.push(Kind {
            name: format!("{object}.created"),
            object: live,
            column: column.clone(),
            expected: Some(created),
        });
        if second {
            kinds.push(Kind {
                name: format!("{object}.updated"),
                object: live,
                column,
                expected: None,
            });
        }
    }
    kinds.dedup_by(|a, b| a.name == b.name);
    Ok(kinds)
}

struct Lines<'l> {
    target: &'l Target<'l>,
    timeline: &'l LiveObject,
    kind: &'l Kind<'l>,
    since: Timestamp,
    /// Lines re-dated so far, by earlier runs too.
    done: u64,
    mark: String,
}

impl Lines<'_> {
    /// Re-dates until every expected line has appeared, or nothing new does.
    fn all(&mut self) -> Result<()> {
        let mut idle = 0;
        loop {
            let before = self.done;
            self.sweep()?;
            let Some(expected) = self.kind.expected else { return Ok(()) };
            if self.done >= expected {
                return Ok(());
            }
            idle = if self.done > before { 0 } else { idle + 1 };
            if idle >= PATIENCE {
                let name = &self.kind.name;
                let lines = plural(
                    expected - self.done,
                    &format!("line `{name}` has"),
                    &format!("lines `{name}` have"),
                );
                let text = format!(
                    "{lines} not appeared in the timeline: push again later to re-date what is missing"
                );
                self.target.note("C2T-E352", text);
                return Ok(());
            }
            self.target.client.pause(PAUSE).map_err(|e| refused(e, "waiting for the timeline"))?;
        }
    }

    /// Goes once through the lines of this kind that are dated since the push began.
    fn sweep(&mut self) -> Result<()> {
        let Kind { name, column, .. } = self.kind;
        let query = format!(
            "query L($filter: TimelineActivityFilterInput, $after: String) {{ timelineActivities(filter: $filter, \
             orderBy: [{{ createdAt: AscNullsFirst }}], first: {LOOK}, after: $after) {{ \
             edges {{ node {{ id {column} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let filter = json!({ "and": [
            { "name": { "eq": name } }, { "createdAt": { "gte": self.since.to_string() } },
        ] });
        let mut after = Value::Null;
        loop {
            let answer = self
                .target
                .client
                .core(&query, &json!({ "filter": filter, "after": after }))
                .map_err(|e| refused(e, "reading the timeline"))?;
            let list = &answer[self.timeline.name_plural.as_str()];
            let edges = list["edges"].as_array().into_iter().flatten();
            let lines: Vec<(&str, Uuid)> = edges
                .filter_map(|edge| {
                    let node = &edge["node"];
                    let about = Uuid::parse_str(node[column.as_str()].as_str()?).ok()?;
                    Some((node["id"].as_str()?, about))
                })
                .collect();
            self.redate(&lines)?;
            after = list["pageInfo"]["endCursor"].clone();
            if list["pageInfo"]["hasNextPage"] != json!(true) || after.is_null() {
                return Ok(());
            }
        }
    }

    fn redate(&mut self, lines: &[(&str, Uuid)]) -> Result<()> {
        let mut own = Vec::new();
        for (line, about) in lines {
            let known = self.target.journal.by_id(*about)?;
            if known.is_some_and(|(_, entry)| entry.state == RowState::Created) {
                own.push((*line, about.to_string()));
            }
        }
        if own.is_empty() {
            return Ok(());
        }
        let times = self.times(&own)?;
        let data: Vec<Value> = own
            .iter()
            .filter_map(|(line, about)| {
                let (at, member) = times.get(about)?;
                Some(json!({ "id": line, "happensAt": at, "createdAt": at, "workspaceMemberId": member }))
            })
            .collect();
        for part in data.chunks(self.target.rows()) {
            self.target
                .upsert_all(self.timeline, part, "id")
                .map_err(|e| refused(e, "re-dating the timeline"))?;
            self.done += part.len() as u64;
            self.target.journal.set_about(&self.mark, &self.done.to_string())?;
            self.target.wrote(part.len() as u64);
        }
        Ok(())
    }

    /// When the records were made, and by which member.
    fn times(&self, lines: &[(&str, String)]) -> Result<HashMap<String, (String, Value)>> {
        let mut ids: Vec<&str> = lines.iter().map(|(_, about)| about.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        let selection = if self.kind.object.field("createdBy").is_some() {
            "id createdAt createdBy { workspaceMemberId }"
        } else {
            "id createdAt"
        };
        let found = self
            .target
            .find(self.kind.object, json!({ "id": { "in": ids } }), selection)
            .map_err(|e| refused(e, "reading when records were made"))?;
        let times = found.into_iter().filter_map(|mut record| {
            let at = record["createdAt"].as_str()?.to_owned();
            let member = record["createdBy"]["workspaceMemberId"].take();
            Some((record["id"].as_str()?.to_owned(), (at, member)))
        });
        Ok(times.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::client::tests::{Stage, say};
    use crate::push::journal::Journal;
    use crate::push::live::Live;
    use std::sync::Mutex;

    #[test]
    fn lines_that_never_appear_are_given_up() {
        let empty = json!({ "data": { "timelineActivities": { "edges": [],
            "pageInfo": { "hasNextPage": false, "endCursor": null } } } });
        let stage = Stage::new((0..PATIENCE).map(|_| say(200, &empty)).collect());
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        let text = include_str!("../../testdata/twenty/contract/objects-2.21.json");
        let said: Value = serde_json::from_str(text).unwrap();
        let live = Live::from_nodes(said["objects"].as_array().unwrap());
        let codes = Mutex::new(Vec::new());
        let listener = |said: &Said| {
            if let Said::Note { code, text } = said {
                codes.lock().unwrap().push((*code, text.clone()));
            }
        };
        let target = Target::new((&stage.client, &journal), live, HashMap::new(), &listener);
        let (timeline, person) =
            (target.live.object("timelineActivity"), target.live.object("person"));
        let kind = Kind {
            name: "person.created".to_owned(),
            object: person.unwrap(),
            column: "targetPersonId".to_owned(),
            expected: Some(7),
        };
        let (since, mark) = (Timestamp::UNIX_EPOCH, "timeline:person.created".to_owned());
        let timeline = timeline.unwrap();
        Lines { target: &target, timeline, kind: &kind, since, done: 0, mark }.all().unwrap();
        let codes = codes.into_inner().unwrap();
        assert_eq!((codes.len(), codes[0].0), (1, "C2T-E352"));
        assert!(codes[0].1.starts_with("7 lines `person.created`"), "{codes:?}");
    }
}
