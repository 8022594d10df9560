//! One window of rows: which are to be sent, what each meets, what is noted, what is sent and what came of it. The plan of
//! a row is in the journal before it is sent. It must not look beyond its window.

use super::batch;
use super::meet::{Met, meet};
use super::sender::Sender;
use super::{Candidate, Existing, StepRun, Tally, input, relations};
use crate::error::Result;
use crate::push::journal::{Entry, Reject, RowState, Waiting};
use crate::push::progress::Said;
use crate::push::refused;
use crate::push::target::MOST_BYTES;
use crate::push::value::{Difference, Row};
use hashbrown::{HashMap, HashSet};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A row that is to be written.
pub(super) struct Pending {
    pub(super) row: Row,
    pub(super) candidate: Candidate,
    /// What the journal has of it.
    entry: Option<Entry>,
}

/// A row ready to be sent.
pub(super) struct Ready<'w> {
    pub(super) pending: &'w Pending,
    pub(super) entry: Entry,
    pub(super) input: Value,
}

/// Why a row is not sent.
pub(super) struct Refused {
    pub(super) code: &'static str,
    pub(super) why: String,
    pub(super) header: Option<String>,
}

impl StepRun<'_> {
    /// Writes these rows, as far as they are not written yet, and counts what they are then.
    pub(super) fn window(&self, candidates: &[Candidate], tally: &mut Tally) -> Result<()> {
        let ids: Vec<String> =
            candidates.iter().map(|one| one.close_id(self.step).to_owned()).collect();
        let states = || self.target.journal.entries(self.key, ids.iter().map(String::as_str));
        // Only a repaired row stands for one that was counted before.
        let repaired = candidates.first().is_some_and(|one| one.repaired);
        let before = if repaired { states()? } else { HashMap::new() };
        self.write(candidates)?;
        let after = states()?;
        for (one, id) in candidates.iter().zip(&ids) {
            let state = |known: &HashMap<String, Entry>| known.get(id).map(|entry| entry.state);
            tally.moved(one.repaired, state(&before), state(&after));
        }
        Ok(())
    }

    fn write(&self, candidates: &[Candidate]) -> Result<()> {
        if candidates.is_empty() {
            return Ok(());
        }
        let mut pending = self.pending(candidates)?;
        let skipped = candidates.len() - pending.len();
        self.target.listener.hear(&Said::Step { done: skipped as u64 });
        if pending.is_empty() {
            return Ok(());
        }
        let mut rows: Vec<&mut Row> = pending.iter_mut().map(|one| &mut one.row).collect();
        let waiting = relations::resolve(self.target, &mut rows)?;
        self.target.journal.wait(self.key, &waiting)?;
        let ready = self.plan(&pending, &waiting)?;
        let intents: Vec<Entry> = ready.iter().map(|one| one.entry.clone()).collect();
        self.target.journal.note(self.key, &intents)?;
        let to_send: Vec<Ready<'_>> =
            ready.into_iter().filter(|one| !one.entry.state.is_settled()).collect();
        for part in self.batches(&to_send) {
            let mut sender = Sender { run: self, object: self.target.object(&self.step.object)? };
            let doing = || format!("writing {}", super::step_name(self.step));
            batch::send(&mut sender, part).map_err(|halt| halt.into_error(&doing()))?;
        }
        Ok(())
    }

    /// The rows the journal does not have as settled in this form, as records.
    fn pending(&self, candidates: &[Candidate]) -> Result<Vec<Pending>> {
        let ids: Vec<String> =
            candidates.iter().map(|one| one.close_id(self.step).to_owned()).collect();
        let known = self.target.journal.entries(self.key, ids.iter().map(String::as_str))?;
        let mut pending = Vec::new();
        for (candidate, close_id) in candidates.iter().zip(&ids) {
            let entry = known.get(close_id.as_str());
            let open = candidate.repaired && self.target.journal.is_rejected(self.key, close_id)?;
            if !open && entry.is_some_and(|entry| self.is_done(entry, candidate)) {
                continue;
            }
            match self.shape.row(&candidate.cells) {
                Ok(row) => pending.push(Pending {
                    row,
                    candidate: candidate.clone(),
                    entry: entry.cloned(),
                }),
                Err(fault) => {
                    let entry =
                        refused_entry(entry, fresh(close_id, candidate.hash, RowState::Rejected));
                    let why = format!("{}: {}", fault.why, shortened(&fault.value));
                    let refused = Refused { code: "C2T-E346", why, header: Some(fault.header) };
                    self.reject(&entry, &candidate.cells, &refused)?;
                }
            }
        }
        Ok(pending)
    }

    fn is_done(&self, entry: &Entry, candidate: &Candidate) -> bool {
        match entry.state {
            // A repaired row counts once: later pushes find the bundle's own row and leave it.
            RowState::Rejected => !self.options.retry && entry.hash == candidate.hash,
            state if state.is_settled() => candidate.repaired || entry.hash == candidate.hash,
            _ => false,
        }
    }

    pub(super) fn reject(
        &self,
        entry: &Entry,
        cells: &csv::StringRecord,
        refused: &Refused,
    ) -> Result<()> {
        let reject = Reject {
            close_id: entry.close_id.clone(),
            code: refused.code.to_owned(),
            why: refused.why.clone(),
            header: refused.header.clone(),
            cells: cells.iter().map(str::to_owned).collect(),
        };
        self.target.journal.reject(self.key, entry, &reject)?;
        self.target.listener.hear(&Said::Step { done: 1 });
        Ok(())
    }

    /// What is to be done with each row, and with what.
    fn plan<'w>(&self, pending: &'w [Pending], waiting: &[Waiting]) -> Result<Vec<Ready<'w>>> {
        let object = self.target.object(&self.step.object)?;
        let mut ready = Vec::with_capacity(pending.len());
        let mut looked: Vec<&Pending> = Vec::new();
        for one in pending {
            match self.known(one)? {
                Some(planned) => ready.push(planned),
                None => looked.push(one),
            }
        }
        let rows: Vec<Value> = looked.iter().map(|one| input::keyed(&one.row)).collect();
        let met = meet(self.target, object, &self.shape.selection(), &rows)
            .map_err(|e| refused(e, "looking for records that are there already"))?;
        let mut taken: HashSet<String> = HashSet::new();
        for (one, met) in looked.into_iter().zip(met) {
            match self.decide(one, met, &mut taken) {
                Ok(planned) => ready.push(planned),
                Err(refused) => {
                    self.reject(&one.refused(), &one.candidate.cells, &refused)?;
                }
            }
        }
        let idle: HashSet<&str> = waiting.iter().map(|one| one.close_id.as_str()).collect();
        // A second pass whose only relations wait has nothing to send yet.
        for one in &mut ready {
            let bare = one.input.as_object().is_some_and(|input| input.len() <= 2);
            if self.second && bare && idle.contains(one.entry.close_id.as_str()) {
                one.entry.state = RowState::Same;
            }
        }
        Ok(ready)
    }

    /// The plan of a row that needs no look at the target: it was planned before, nothing is there to meet, or its record is
    /// the push's own.
    fn known<'w>(&self, one: &'w Pending) -> Result<Option<Ready<'w>>> {
        if let Some(entry) = one.entry.as_ref().filter(|entry| !entry.state.is_settled()) {
            let input = match &entry.before {
                Some(before) if entry.state == RowState::Updating => {
                    input::again(&one.row, entry.id, before)
                }
                _ if self.second => input::added(&one.row, entry),
                _ => self.whole(one),
            };
            return Ok(Some(Ready { pending: one, entry: entry.clone(), input }));
        }
        if self.second {
            let first = self.target.journal.first_entry(&self.step.object, &one.row.close_id)?;
            let Some(first) = first.filter(|first| first.state == RowState::Created) else {
                return Ok(None);
            };
            let entry =
                Entry { updated: first.updated, ..entry(one, first.id, RowState::Updating) };
            let input = input::added(&one.row, &entry);
            return Ok(Some(Ready { pending: one, entry, input }));
        }
        if self.empty && one.entry.is_none() {
            let entry = entry(one, one.row.id, RowState::Creating);
            return Ok(Some(Ready { pending: one, entry, input: self.whole(one) }));
        }
        Ok(None)
    }

    /// The plan of a row by what it meets.
    fn decide<'w>(
        &self,
        one: &'w Pending,
        met: Met,
        taken: &mut HashSet<String>,
    ) -> std::result::Result<Ready<'w>, Refused> {
        let found = match met {
            Met::Many(ids) => {
                let why = format!(
                    "it meets {} records of the workspace ({}): Twenty cannot tell which one is meant",
                    ids.len(),
                    ids.join(", ")
                );
                return Err(Refused { code: "C2T-E342", why, header: None });
            }
            Met::Nobody if self.second => {
                let why = "the record it adds to is not there: it was rejected, or somebody has removed it".to_owned();
                return Err(Refused { code: "C2T-E344", why, header: None });
            }
            Met::Nobody => {
                let entry = entry(one, one.row.id, RowState::Creating);
                return Ok(Ready { pending: one, entry, input: self.whole(one) });
            }
            Met::One(found) => found,
        };
        let id = found["id"].as_str().unwrap_or_default();
        if !taken.insert(id.to_owned()) {
            let why = format!("another row of the bundle meets the same record {id}");
            return Err(Refused { code: "C2T-E343", why, header: None });
        }
        let ours = one.entry.as_ref().is_some_and(|entry| entry.state == RowState::Created);
        let changes = self.changes(one, &found, ours);
        let deleted = !found["deletedAt"].is_null();
        let id = Uuid::parse_str(id).unwrap_or(one.row.id);
        let updated = found["updatedAt"].as_str().map(str::to_owned);
        if changes.is_empty() && !deleted {
            // What the push made stays the push's.
            let state = if ours { RowState::Created } else { RowState::Same };
            let entry = Entry { updated, ..entry(one, id, state) };
            return Ok(Ready { pending: one, entry, input: Value::Null });
        }
        let before = (!ours).then(|| {
            // What was there before the first push counts, not what that push has made of it.
            let earlier = one.entry.as_ref().and_then(|entry| entry.before.as_ref());
            input::merged(earlier, input::before(&one.row, &found, &changes))
        });
        let state = if ours { RowState::Creating } else { RowState::Updating };
        let entry = Entry { updated, before, ..entry(one, id, state) };
        let input = input::only(&one.row, id, &changes);
        Ok(Ready { pending: one, entry, input })
    }

    /// Fields of the row that the record lacks or has otherwise.
    fn changes(&self, one: &Pending, found: &Value, ours: bool) -> BTreeSet<String> {
        let differences = self.shape.differences(&one.row, found, ours);
        let fill = self.options.existing == Existing::Fill && !ours && one.entry.is_none();
        let kept = |difference: &Difference| {
            !fill
                || difference.field == "closeId"
                || (input::is_empty(&difference.found)
                    && input::is_empty(&found[difference.field.as_str()]))
        };
        differences.into_iter().filter(kept).map(|difference| difference.field).collect()
    }

    fn whole(&self, one: &Pending) -> Value {
        input::whole(self.target, &self.step.object, &one.row)
    }

    /// Rows in requests of bounded size.
    fn batches<'a, 'w>(&self, ready: &'a [Ready<'w>]) -> Vec<&'a [Ready<'w>]> {
        let mut parts = Vec::new();
        let (mut from, mut bytes) = (0, 0);
        for (at, one) in ready.iter().enumerate() {
            let size = one.pending.candidate.bytes() * 5 / 4 + 300;
            if at > from && (at - from >= self.target.rows() || bytes + size > MOST_BYTES) {
                parts.push(&ready[from..at]);
                (from, bytes) = (at, 0);
            }
            bytes += size;
        }
        if from < ready.len() {
            parts.push(&ready[from..]);
        }
        parts
    }
}

fn shortened(value: &str) -> String {
    let short: String = value.chars().take(80).collect();
    if short.len() < value.len() { format!("{short}…") } else { short }
}

impl Pending {
    /// What the journal has of the row once it is refused.
    pub(super) fn refused(&self) -> Entry {
        refused_entry(self.entry.as_ref(), entry(self, self.row.id, RowState::Rejected))
    }
}

/// A record that is there stays what it was to the journal, also when a later form of its row is refused: a rollback must
/// know whose it is.
fn refused_entry(known: Option<&Entry>, refused: Entry) -> Entry {
    match known.filter(|known| known.state.is_there()) {
        Some(known) => Entry { hash: refused.hash, ..known.clone() },
        None => refused,
    }
}

fn fresh(close_id: &str, hash: u64, state: RowState) -> Entry {
    let id = crate::twenty::id::record_id(close_id);
    Entry { close_id: close_id.to_owned(), id, state, hash, updated: None, before: None }
}

fn entry(one: &Pending, id: Uuid, state: RowState) -> Entry {
    // A repaired row keeps the hash of the bundle's row, so that this one is known as done.
    let hash = match &one.entry {
        Some(entry) if one.candidate.repaired => entry.hash,
        _ => one.candidate.hash,
    };
    let before = one.entry.as_ref().and_then(|entry| entry.before.clone());
    Entry { id, state, before, ..fresh(&one.row.close_id, hash, state) }
}
