//! Sends batches of one window and notes what came of them. The answer's ids are the truth: a row may have met a record by
//! address or domain, and two rows one record. It must not plan.

use super::StepRun;
use super::batch::{Send, Sent, most_rows};
use super::window::{Ready, Refused};
use crate::error::{Error, Result};
use crate::push::capitalised;
use crate::push::client::{Fault, Refusal};
use crate::push::journal::{Entry, Reject, RowState};
use crate::push::live::LiveObject;
use crate::push::progress::Said;
use hashbrown::HashMap;
use serde_json::{Value, json};
use uuid::Uuid;

/// Sends batches of one window and notes what came of them.
pub(super) struct Sender<'r, 's> {
    pub(super) run: &'r StepRun<'s>,
    pub(super) object: &'r LiveObject,
    /// The journal failed: that ends the run, whatever the server said.
    pub(super) failed: Option<Error>,
}

impl Sender<'_, '_> {
    fn noted<T>(&mut self, result: Result<T>) -> std::result::Result<T, Refusal> {
        result.map_err(|error| {
            self.failed = Some(error);
            Refusal::Stopped
        })
    }

    /// The answer's rows by Close id: they say which record each row has become.
    fn settle(
        &mut self,
        batch: &[&Ready<'_>],
        answer: &Value,
    ) -> std::result::Result<Vec<usize>, Refusal> {
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
        let noted = run.note_done(batch, &entries);
        self.noted(noted)?;
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
    fn send(&mut self, batch: &[Ready<'_>]) -> std::result::Result<Sent, Refusal> {
        let mut left: Vec<&Ready<'_>> = batch.iter().collect();
        let plural = capitalised(&self.object.name_plural);
        let query = format!(
            "mutation U($data: [{}CreateInput!]!, $upsert: Boolean) {{ create{plural}(data: $data, upsert: $upsert) {{ \
             id closeId updatedAt }} }}",
            capitalised(&self.object.name_singular)
        );
        loop {
            let data: Vec<&Value> = left.iter().map(|one| &one.input).collect();
            let sent =
                self.run.target.client.core(&query, &json!({ "data": data, "upsert": true }));
            let answer = match sent {
                Ok(answer) => answer,
                Err(Refusal::Data(fault)) => match most_rows(&fault) {
                    Some(rows) if rows < batch.len() => {
                        self.run.target.set_rows(rows);
                        return Ok(Sent::AtMost(rows));
                    }
                    _ => return Err(Refusal::Data(fault)),
                },
                Err(refusal) => return Err(refusal),
            };
            let lost = self.settle(&left, &answer[format!("create{plural}").as_str()])?;
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
                let entry = Entry { state: RowState::Rejected, ..one.entry.clone() };
                let noted = self.run.reject(&entry, &one.pending.candidate.cells, &refused);
                self.noted(noted)?;
            }
            if left.is_empty() {
                return Ok(Sent::Done);
            }
        }
    }

    fn guilty(&mut self, one: &Ready<'_>, fault: &Fault) -> std::result::Result<(), Refusal> {
        let entry = Entry { state: RowState::Rejected, ..one.entry.clone() };
        let cells = one.pending.candidate.cells.iter().map(str::to_owned).collect();
        let reject = Reject {
            close_id: entry.close_id.clone(),
            code: fault.sub_code.clone().unwrap_or_else(|| fault.code.clone()),
            why: fault.message.clone(),
            header: self.run.blamed(fault),
            cells,
        };
        let noted = self.run.target.journal.reject(self.run.key, &entry, &reject);
        self.noted(noted)?;
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
