//! The records of the steps, last step first: what the push made is destroyed, what it changed is put back, what somebody
//! has changed since is kept. It must not talk about traces or the schema.

use super::{Counts, Undo, id_of};
use crate::error::Result;
use crate::push::journal::{Entry, RowState, StepInfo};
use crate::push::live::LiveObject;
use crate::push::refused;
use crate::push::target::LOOK;
use hashbrown::HashMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

const EDITED: &str = "somebody has changed it since the push";
const UNAWARES: &str =
    "it was there before the push, which met it by address or domain; what it said is not known";
const REFUSED: &str =
    "the server has refused its row at last; whether the push made it is not known";

/// What is to be done with a row's record.
enum Plan {
    /// It is the push's own.
    Destroy,
    /// It was there before.
    PutBack,
    /// It says what it said already.
    AsBefore,
    /// It is not there any more.
    Gone,
    /// The push did nothing to it.
    Untouched,
    /// It stays, and why.
    Keep(&'static str),
}

impl Undo<'_> {
    /// All steps, the last one first.
    pub(super) fn rows(&mut self) -> Result<()> {
        let steps = self.journal.step_infos()?;
        for info in steps.iter().rev().filter(|info| !info.name.contains('/')) {
            let targets = format!("{}/targets", info.name);
            let targets = steps.iter().find(|other| other.name == targets);
            self.one_step(info, targets)?;
        }
        Ok(())
    }

    fn one_step(&mut self, info: &StepInfo, targets: Option<&StepInfo>) -> Result<()> {
        let known: u64 = self.journal.counts(info.key)?.values().sum();
        if known == 0 {
            return Ok(());
        }
        self.phase(&info.name, known);
        let mut counts = Counts { step: info.name.clone(), known, ..Counts::default() };
        let mut last = String::new();
        loop {
            let page = self.journal.page(info.key, &last, LOOK)?;
            let Some(end) = page.last() else { break };
            last.clone_from(&end.close_id);
            self.page(info, targets, &page, &mut counts)?;
            self.step(page.len() as u64);
        }
        self.finished(counts);
        Ok(())
    }

    fn page(
        &mut self,
        info: &StepInfo,
        targets: Option<&StepInfo>,
        page: &[Entry],
        counts: &mut Counts,
    ) -> Result<()> {
        let found = self.look(info, page)?;
        let (mut destroy, mut put_back, mut undone, mut forget) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for entry in page {
            let record = found.get(&entry.id);
            match self.plan(info, entry, record)? {
                Plan::Destroy => destroy.push(entry),
                Plan::PutBack => put_back.push((entry, record)),
                Plan::AsBefore => {
                    counts.put_back += 1;
                    undone.push(entry);
                }
                Plan::Gone => {
                    counts.gone += 1;
                    undone.push(entry);
                }
                Plan::Untouched => {
                    counts.untouched += 1;
                    forget.push(entry);
                }
                Plan::Keep(why) => {
                    let id = entry.id.to_string();
                    self.kept.add(&info.object, &entry.close_id, &id, why)?;
                    counts.kept += 1;
                    // Nothing more can be done, so that the user who insists is not asked again.
                    if self.options.force {
                        forget.push(entry);
                    }
                }
            }
        }
        counts.destroyed += destroy.len() as u64;
        if self.options.dry_run {
            counts.put_back += put_back.len() as u64;
            return Ok(());
        }
        let ids: Vec<String> = destroy.iter().map(|entry| entry.id.to_string()).collect();
        self.traces_of(&info.object, &ids)?;
        self.destroy(&info.object, &ids)?;
        self.put_back(info, &put_back, counts, &mut undone)?;
        self.settle_second(info, &undone)?;
        undone.extend(destroy);
        self.journal.undo(info.key, &info.object, &undone)?;
        self.journal.forget(info.key, forget.iter().map(|entry| entry.close_id.as_str()))?;
        if let Some(targets) = targets {
            let done = undone.iter().chain(&forget).map(|entry| entry.close_id.as_str());
            self.journal.forget(targets.key, done)?;
        }
        Ok(())
    }

    /// After a second pass is put back its record has the time it had before that pass.
    fn settle_second(&self, info: &StepInfo, undone: &[&Entry]) -> Result<()> {
        if info.first {
            return Ok(());
        }
        let with_before = undone.iter().filter_map(|entry| {
            let updated = entry.before.as_ref()?["updatedAt"].as_str()?.to_owned();
            Some(Entry { updated: Some(updated), ..(*entry).clone() })
        });
        let touched: Vec<Entry> = with_before.collect();
        self.journal.touch(&info.object, &touched)
    }

    /// The records of a page, by id.
    fn look(&self, info: &StepInfo, page: &[Entry]) -> Result<HashMap<Uuid, Value>> {
        // An object that is gone took its records along.
        let Some(object) = self.target.live.object(&info.object) else {
            return Ok(HashMap::new());
        };
        let ids: Vec<String> = page.iter().map(|entry| entry.id.to_string()).collect();
        let found = self
            .target
            .find(object, json!({ "id": { "in": ids } }), &selection(object))
            .map_err(|e| refused(e, "looking for the records of the push"))?;
        Ok(found.into_iter().filter_map(|record| Some((id_of(&record)?, record))).collect())
    }

    fn plan(&self, info: &StepInfo, entry: &Entry, record: Option<&Value>) -> Result<Plan> {
        if !info.first && entry.before.is_none() {
            // It added to a record of the push's own, which goes as a whole.
            return Ok(Plan::Untouched);
        }
        let force = self.options.force;
        let Some(record) = record else {
            return Ok(match entry.state {
                RowState::Creating => self.unawares(info, entry)?,
                RowState::Rejected | RowState::Same if entry.before.is_none() => Plan::Untouched,
                _ => Plan::Gone,
            });
        };
        let there = record["updatedAt"].as_str();
        let is = |at: Option<&str>| same_moment(there, at);
        if let Some(before) = &entry.before {
            let first = self.journal.first_entry(&info.object, &entry.close_id)?;
            let deleted = !before["deletedAt"].is_null();
            if is(before["updatedAt"].as_str()) {
                let same = record["deletedAt"].is_null() != deleted;
                return Ok(if same { Plan::AsBefore } else { Plan::PutBack });
            }
            let settled = matches!(entry.state, RowState::Updated | RowState::Same);
            let ours = if settled {
                is(entry.updated.as_deref())
                    || first.is_some_and(|first| is(first.updated.as_deref()))
            } else {
                // Asked for and never confirmed: it was a key that changed it, or somebody else.
                record["updatedBy"]["source"].as_str().is_none_or(|source| source == "API")
            };
            let again = deleted && !record["deletedAt"].is_null();
            return Ok(if ours || again || force { Plan::PutBack } else { Plan::Keep(EDITED) });
        }
        Ok(match entry.state {
            RowState::Created
                if !force && entry.updated.is_some() && !is(entry.updated.as_deref()) =>
            {
                Plan::Keep(EDITED)
            }
            RowState::Created | RowState::Creating => Plan::Destroy,
            RowState::Updated | RowState::Updating => Plan::Keep(UNAWARES),
            RowState::Same => Plan::Untouched,
            RowState::Rejected if entry.updated.is_none() => Plan::Untouched,
            RowState::Rejected => Plan::Keep(REFUSED),
        })
    }

    /// A record was asked for, and none has its id: it was never made, or its row met another one.
    fn unawares(&self, info: &StepInfo, entry: &Entry) -> Result<Plan> {
        let object = self.target.live.object(&info.object);
        let Some(object) = object.filter(|object| object.field("closeId").is_some()) else {
            return Ok(Plan::Untouched);
        };
        let filter = json!({ "closeId": { "eq": entry.close_id } });
        let met = self
            .target
            .find(object, filter, "id")
            .map_err(|e| refused(e, "looking for the records of the push"))?;
        Ok(if met.is_empty() { Plan::Untouched } else { Plan::Keep(UNAWARES) })
    }
}

fn selection(object: &LiveObject) -> String {
    let mut wanted = "id updatedAt deletedAt".to_owned();
    if object.field("updatedBy").is_some_and(|field| field.is_active) {
        wanted.push_str(" updatedBy { source }");
    }
    wanted
}

/// Whether two times are one, to the millisecond: the server's clock has no more.
pub(super) fn same_moment(one: Option<&str>, other: Option<&str>) -> bool {
    let read = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond);
    match (one, other) {
        (Some(one), Some(other)) => {
            one == other || (read(one).is_some() && read(one) == read(other))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_compared_as_the_server_keeps_them() {
        for (one, other, expected) in [
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z", true),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", true),
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678901Z", true),
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.679Z", false),
            ("yesterday", "today", false),
        ] {
            assert_eq!(same_moment(Some(one), Some(other)), expected, "{one} {other}");
        }
        assert!(!same_moment(None, None));
    }
}
