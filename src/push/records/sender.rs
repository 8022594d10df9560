//! Sends batches of one window and notes what came of them. The answer's ids are the truth: a row may have met a record by
//! address or domain, and two rows one record. It must not plan.

use super::StepRun;
use super::batch::{Send, Sent};
use super::window::{Ready, Refused};
use crate::error::Result;
use crate::push::Halt;
use crate::push::client::Fault;
use crate::push::journal::{Entry, Reject, RowState};
use crate::push::live::LiveObject;
use crate::push::progress::Said;
use crate::push::target::Upserted;
use hashbrown::HashMap;
use serde_json::Value;
use uuid::Uuid;

/// Sends batches of one window and notes what came of them.
pub(super) struct Sender<'r, 's> {
    pub(super) run: &'r StepRun<'s>,
    pub(super) object: &'r LiveObject,
}

impl Sender<'_, '_> {
    /// The answer's rows by Close id: they say which record each row has become.
    fn settle(&mut self, batch: &[&Ready<'_>], answer: &Value) -> Result<Vec<usize>> {
        let rows = answer.as_array().map(Vec::as_slice).unwrap_or_default();
        let by_close_id: HashMap<&str, &Value> =
            rows.iter().filter_map(|row| Some((row["closeId"].as_str()?, row))).collect();
        let mut entries = Vec::with_capacity(batch.len());
        let mut lost = Vec::new();
        for (at, one) in batch.iter().enumerate() {
            let Some(said) = by_close_id.get(one.entry.close_id.as_str()) else {
                lost.push(at);
                continue;
            };
            let id = said["id"].as_str().and_then(|id| Uuid::parse_str(id).ok());
            let id = id.unwrap_or(one.entry.id);
            // A record that came to be since nobody was there is somebody else's.
            let ours = one.entry.state.is_ours() && id == one.entry.id;
            entries.push(Entry {
                id,
                state: if ours { RowState::Created } else { RowState::Updated },
                updated: said["updatedAt"].as_str().map(str::to_owned),
                ..one.entry.clone()
            });
        }
        let run = self.run;
        run.note_done(batch, &entries)?;
        run.target.wrote(entries.len() as u64);
        Ok(lost)
    }
}

impl StepRun<'_> {
    fn note_done(&self, batch: &[&Ready<'_>], entries: &[Entry]) -> Result<()> {
        let journal = self.target.journal;
        journal.note(self.key, entries)?;
        if self.second {
            journal.touch(&self.step.object, entries)?;
        }
        for one in batch.iter().filter(|one| one.pending.candidate.repaired) {
            let cells: Vec<String> =
                one.pending.candidate.cells.iter().map(str::to_owned).collect();
            journal.repair(self.key, &one.entry.close_id, &cells)?;
        }
        Ok(())
    }
}

impl Send<Ready<'_>> for Sender<'_, '_> {
    fn send(&mut self, batch: &[Ready<'_>]) -> std::result::Result<Sent, Halt> {
        let mut left: Vec<&Ready<'_>> = batch.iter().collect();
        loop {
            let data: Vec<&Value> = left.iter().map(|one| &one.input).collect();
            let answer = match self.run.target.upsert(self.object, &data, "id closeId updatedAt")? {
                Upserted::Rows(answer) => answer,
                Upserted::AtMost(rows) => return Ok(Sent::AtMost(rows)),
            };
            let lost = self.settle(&left, &answer)?;
            if lost.is_empty() {
                return Ok(Sent::Done);
            }
            // Two rows met one record and the answer names one of them: that one is sent again by itself, so that the
            // record says what its row says and nothing of the other.
            for at in lost.iter().rev() {
                let one = left.remove(*at);
                let why = "the server has taken it for the record of another row of the bundle"
                    .to_owned();
                let refused = Refused { code: "C2T-E343", why, header: None };
                self.run.reject(&one.pending.refused(), &one.pending.candidate.cells, &refused)?;
            }
            if left.is_empty() {
                return Ok(Sent::Done);
            }
        }
    }

    fn guilty(&mut self, one: &Ready<'_>, fault: &Fault) -> Result<()> {
        let entry = one.pending.refused();
        let cells = one.pending.candidate.cells.iter().map(str::to_owned).collect();
        let reject = Reject {
            close_id: entry.close_id.clone(),
            code: fault.sub_code.clone().unwrap_or_else(|| fault.code.clone()),
            why: fault.message.clone(),
            header: self.run.blamed(fault),
            cells,
        };
        self.run.target.journal.reject(self.run.key, &entry, &reject)?;
        self.run.target.listener.hear(&Said::Step { done: 1 });
        Ok(())
    }
}

impl StepRun<'_> {
    /// The header of the cell that the server's words point to.
    fn blamed(&self, fault: &Fault) -> Option<String> {
        let mut headers = self.step.columns.iter().filter(|column| {
            let quoted = format!("\"{}", column.field);
            fault.message.contains(&quoted)
        });
        headers.next().map(|column| column.header.clone())
    }
}
