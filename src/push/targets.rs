//! The targets phase: what a task or note is about, as the server's own target records instead of the relation fields that
//! only the CSV route needs (`twenty-api.md` §5.1). A target's id follows from the two records it links, because the
//! server has no unique key for them. It must not link what is not there.

use super::client::Fault;
use super::journal::{Entry, Reject, RowState, StepKey, Waiting};
use super::live::LiveObject;
use super::progress::{Counts, Said};
use super::records::batch::{self, Send, Sent};
use super::records::{Repairs, Rows, created_by, rows::is_second_pass, step_name};
use super::target::{LOOK, Target, Upserted};
use super::value::{LinkTo, Row, Shape};
use super::{Halt, refused};
use crate::bundle::Bundle;
use crate::bundle::manifest::{Manifest, Step};
use crate::error::{Error, Result};
use crate::twenty::id;
use serde_json::{Map, Value, json};
use std::hash::Hasher as _;
use twox_hash::XxHash3_64;
use uuid::Uuid;

/// Links the tasks and notes of the bundle.
///
/// # Errors
/// When the bundle, the server or the journal fails.
pub fn run(
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
    repairs: &Repairs,
) -> Result<Vec<Counts>> {
    let mut counts = Vec::new();
    for step in &manifest.steps {
        let linked = manifest.links.iter().any(|link| link.object == step.object);
        if !linked || is_second_pass(step) {
            continue;
        }
        counts.push(Links::new(target, manifest, step)?.all(bundle, step, repairs)?);
    }
    Ok(counts)
}

/// Id of the target record that links `close_id` with another record.
pub fn target_id(junction: &str, close_id: &str, link: &LinkTo) -> Uuid {
    id::record_id(&format!("{junction}/{close_id}/{}/{}", link.target, link.close_id))
}

/// Name of a step's targets in the journal.
pub fn targets_name(step: &Step) -> String {
    format!("{}/targets", step_name(step))
}

/// Of what a task is about: it says whether its links are those the journal knows.
fn hash(links: &[LinkTo]) -> u64 {
    let mut hasher = XxHash3_64::default();
    for link in links {
        hasher.write(link.target.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(link.close_id.as_bytes());
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

struct Links<'l> {
    target: &'l Target<'l>,
    object: &'l str,
    key: StepKey,
    junction: &'l LiveObject,
    /// `taskId`.
    own: String,
    shape: Shape,
    name: String,
    /// Objects the links lead to.
    others: Vec<String>,
    /// The step of the tasks themselves.
    rows: StepKey,
}

/// A task or note and the targets it gets.
struct Linked {
    entry: Entry,
    inputs: Vec<Value>,
}

impl<'l> Links<'l> {
    fn new(target: &'l Target<'l>, manifest: &Manifest, step: &'l Step) -> Result<Self> {
        let junction = target.object(&format!("{}Target", step.object))?;
        let own = junction.target_column(&step.object).ok_or_else(|| {
            let what = format!("{} has no column for a {}", junction.name_singular, step.object);
            Error::failed("C2T-E340", what).fix("this version of Twenty links tasks and notes in another way: import the CSV files by hand instead")
        })?;
        let name = targets_name(step);
        let key = target.journal.step(&name, &junction.name_singular, true)?;
        let rows = target.journal.step(step_name(step), &step.object, true)?;
        let shape = Shape::new(step, &manifest.links, target.object(&step.object)?)?;
        let links = manifest.links.iter().filter(|link| link.object == step.object);
        let others = links.map(|link| link.target.clone()).collect();
        Ok(Self { target, object: &step.object, key, junction, own, shape, name, others, rows })
    }

    fn all(&self, bundle: &Bundle, step: &Step, repairs: &Repairs) -> Result<Counts> {
        self.reopen()?;
        self.target.listener.hear(&Said::Phase {
            phase: "targets".to_owned(),
            object: self.name.clone(),
            planned: step.rows(),
            done: 0,
        });
        let mut counts =
            Counts { phase: "targets".to_owned(), object: self.name.clone(), ..Counts::default() };
        let mut window = Vec::new();
        let mut repaired = Vec::new();
        for candidate in Rows::of(bundle, step, repairs) {
            let candidate = candidate?;
            // A row the records phase has refused has no record to link.
            let Ok(row) = self.shape.row(&candidate.cells) else { continue };
            let hash = hash(&row.links);
            let rows = if candidate.repaired { &mut repaired } else { &mut window };
            rows.push((row, hash));
            if window.len() >= LOOK {
                self.window(&window)?;
                self.count(&window, &mut counts)?;
                window.clear();
            }
        }
        self.window(&window)?;
        self.count(&window, &mut counts)?;
        // Repaired rows are counted as the rows of the bundle they stand for.
        self.window(&repaired)?;
        self.finished(counts)
    }

    /// Tasks that waited for something that has come since are linked anew.
    fn reopen(&self) -> Result<()> {
        let journal = self.target.journal;
        let mut last = (String::new(), String::new());
        loop {
            let page = journal.waiting(self.key, (&last.0, &last.1), LOOK)?;
            let Some(end) = page.last() else { return Ok(()) };
            last = (end.close_id.clone(), end.field.clone());
            let mut come = Vec::new();
            for one in page {
                if journal.id_of(&one.target, &one.key)?.is_some() {
                    come.push(one);
                }
            }
            journal.forget(self.key, come.iter().map(|one| one.close_id.as_str()))?;
        }
    }

    /// Adds what became of these rows.
    fn count(&self, rows: &[(Row, u64)], counts: &mut Counts) -> Result<()> {
        let ids = || rows.iter().map(|(row, _)| row.close_id.as_str());
        let there = self.target.journal.entries(self.rows, ids())?;
        counts.planned += there.values().filter(|entry| entry.state.is_there()).count() as u64;
        for entry in self.target.journal.entries(self.key, ids())?.values() {
            match entry.state {
                RowState::Created => counts.created += 1,
                RowState::Same => counts.unchanged += 1,
                RowState::Rejected => counts.rejected += 1,
                RowState::Creating | RowState::Updating | RowState::Updated => {}
            }
        }
        Ok(())
    }

    fn finished(&self, mut counts: Counts) -> Result<Counts> {
        counts.waiting = self.target.journal.waiting_count(self.key)?;
        self.target.listener.hear(&Said::Finished(counts.clone()));
        if counts.add_up() {
            return Ok(counts);
        }
        let what = format!("of {} records of {} some were not linked", counts.planned, self.object);
        Err(Error::failed("C2T-E341", what)
            .fix("the bundle was changed during the push: run `check` on it, then push again"))
    }

    fn window(&self, rows: &[(Row, u64)]) -> Result<()> {
        let journal = self.target.journal;
        let ids = || rows.iter().map(|(row, _)| row.close_id.as_str());
        let known = journal.entries(self.key, ids())?;
        let done = |(row, hash): &&(Row, u64)| {
            let entry = known.get(&row.close_id);
            !entry.is_some_and(|entry| entry.state.is_settled() && entry.hash == *hash)
        };
        let mut open: Vec<&(Row, u64)> = rows.iter().filter(done).collect();
        // A row that was repaired is linked as repaired, whatever the bundle's own row says.
        let mut repaired = Vec::new();
        for (row, _) in &open {
            let settled = known.get(&row.close_id).is_some_and(|entry| entry.state.is_settled());
            if settled && journal.repaired(self.rows, &row.close_id)?.is_some() {
                repaired.push(row.close_id.as_str());
            }
        }
        open.retain(|(row, _)| !repaired.contains(&row.close_id.as_str()));
        self.target.listener.hear(&Said::Step { done: (rows.len() - open.len()) as u64 });
        let mut linked = Vec::new();
        let (mut waiting, mut older) = (Vec::new(), Vec::new());
        for (row, hash) in open {
            let Some(first) = journal.first_entry(self.object, &row.close_id)? else { continue };
            if !first.state.is_there() {
                continue;
            }
            if first.state != RowState::Created {
                older.push(first.id);
            }
            linked.push(self.linked(row, *hash, first.id, &mut waiting)?);
        }
        self.leave_out_existing(&older, &mut linked)?;
        journal.wait(self.key, &waiting)?;
        for one in &mut linked {
            // A rollback needs the ids where the task stays, the timeline their number.
            one.entry.before = Some(one.inputs.iter().map(|input| input["id"].clone()).collect());
        }
        let intents: Vec<Entry> = linked.iter().map(|one| one.entry.clone()).collect();
        journal.note(self.key, &intents)?;
        linked.retain(|one| !one.inputs.is_empty());
        self.send(&linked)
    }

    fn linked(
        &self,
        row: &Row,
        hash: u64,
        own: Uuid,
        waiting: &mut Vec<Waiting>,
    ) -> Result<Linked> {
        let mut inputs = Vec::new();
        for link in &row.links {
            let Some(column) = self.junction.target_column(&link.target) else { continue };
            match self.target.journal.id_of(&link.target, &link.close_id)? {
                Some(id) => inputs.push(self.input(row, own, link, (&column, id))),
                None => waiting.push(Waiting {
                    close_id: row.close_id.clone(),
                    field: column,
                    target: link.target.clone(),
                    key: link.close_id.clone(),
                }),
            }
        }
        let state = if inputs.is_empty() { RowState::Same } else { RowState::Creating };
        let (updated, before) = (None, None);
        let entry = Entry { close_id: row.close_id.clone(), id: own, state, hash, updated, before };
        Ok(Linked { entry, inputs })
    }

    fn input(&self, row: &Row, own: Uuid, link: &LinkTo, (column, other): (&str, Uuid)) -> Value {
        let mut input = Map::new();
        let id = target_id(&self.junction.name_singular, &row.close_id, link);
        input.insert("id".to_owned(), json!(id.to_string()));
        input.insert(self.own.clone(), json!(own.to_string()));
        input.insert(column.to_owned(), json!(other.to_string()));
        // The server's line "linked a task" takes its time from here.
        for key in ["createdAt", "updatedAt"] {
            if let Some(at) = &row.created_at {
                input.insert(key.to_owned(), json!(at));
            }
        }
        if self.junction.field("createdBy").is_some() {
            input.insert("createdBy".to_owned(), created_by(self.target, row));
        }
        Value::Object(input)
    }

    /// Tasks that were there before may have these targets already, under ids of their own.
    fn leave_out_existing(&self, older: &[Uuid], linked: &mut [Linked]) -> Result<()> {
        if older.is_empty() {
            return Ok(());
        }
        let ids: Vec<String> = older.iter().map(Uuid::to_string).collect();
        let columns = self.columns();
        let selection = format!("id deletedAt {}", columns.join(" "));
        let found = self
            .target
            .find(self.junction, json!({ &self.own: { "in": ids } }), &selection)
            .map_err(|e| refused(e, "looking for links that are there already"))?;
        let there: Vec<&Value> =
            found.iter().filter(|record| record["deletedAt"].is_null()).collect();
        let is_there = |input: &Value| {
            let same = |record: &&Value| {
                let mut set = columns.iter().filter(|key| !input[key.as_str()].is_null());
                set.all(|key| record[key.as_str()] == input[key.as_str()])
            };
            there.iter().any(same)
        };
        for one in linked {
            let had = one.inputs.len();
            one.inputs.retain(|input| !is_there(input));
            if had > 0 && one.inputs.is_empty() {
                one.entry.state = RowState::Same;
            }
        }
        Ok(())
    }

    /// The columns that link: its own and one for each target object.
    fn columns(&self) -> Vec<String> {
        let targets = self.others.iter().filter_map(|link| self.junction.target_column(link));
        let mut columns: Vec<String> = targets.chain([self.own.clone()]).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Tasks whose targets go together, as many as a request may have.
    fn send(&self, linked: &[Linked]) -> Result<()> {
        let mut from = 0;
        while from < linked.len() {
            let mut rows = 0;
            let fits = linked[from..].iter().take_while(|one| {
                rows += one.inputs.len();
                rows <= self.target.rows()
            });
            let to = from + fits.count().max(1);
            batch::send(&mut Sender { links: self }, &linked[from..to])
                .map_err(|halt| halt.into_error("linking tasks and notes"))?;
            from = to;
        }
        Ok(())
    }
}

struct Sender<'s, 'l> {
    links: &'s Links<'l>,
}

impl Send<Linked> for Sender<'_, '_> {
    fn send(&mut self, batch: &[Linked]) -> std::result::Result<Sent, Halt> {
        let links = self.links;
        let data: Vec<&Value> = batch.iter().flat_map(|one| &one.inputs).collect();
        if let Upserted::AtMost(_) = links.target.upsert(links.junction, &data, "id")? {
            return Ok(Sent::AtMost(batch.len().div_ceil(2)));
        }
        let done: Vec<Entry> = batch
            .iter()
            .map(|one| Entry { state: RowState::Created, ..one.entry.clone() })
            .collect();
        links.target.journal.note(links.key, &done)?;
        links.target.wrote(done.len() as u64);
        Ok(Sent::Done)
    }

    fn guilty(&mut self, one: &Linked, fault: &Fault) -> Result<()> {
        let links = self.links;
        let entry = Entry { state: RowState::Rejected, ..one.entry.clone() };
        let reject = Reject {
            close_id: entry.close_id.clone(),
            code: fault.sub_code.clone().unwrap_or_else(|| fault.code.clone()),
            why: fault.message.clone(),
            header: None,
            cells: Vec::new(),
        };
        links.target.journal.reject(links.key, &entry, &reject)
    }
}
