//! The records phase: every row of every step becomes a record, in the manifest's order, under the id its Close id gives it or
//! under that of the record it meets. Rows go in windows: look up what is there, note what will be done, send, note what
//! was done. It must not write what the journal has as done, nor lose a row: each ends as created, updated, unchanged or
//! rejected.

pub mod batch;
mod input;
mod meet;
mod relations;
pub mod rows;
mod sender;
mod waiting;
mod window;

pub use input::created_by;
pub use meet::{Met, meet};
pub use rows::{Candidate, Repairs, Rows, step_name};

use super::journal::{RowState, StepKey};
use super::progress::{Counts, Said};
use super::refused;
use super::target::{LOOK, Target};
use super::value::Shape;
use crate::bundle::Bundle;
use crate::bundle::manifest::{Manifest, Step};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Bytes of rows looked at together.
const WINDOW: usize = 8 << 20;

/// What to do with a record that is there already and is not known to come from this bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Existing {
    /// Its fields take the values of the row, as Twenty's importer does.
    #[default]
    Update,
    /// Only its empty fields take values of the row.
    Fill,
    /// The push does not begin.
    Stop,
}

/// How rows are written.
#[derive(Debug, Default)]
pub struct Options {
    /// For records that are there.
    pub existing: Existing,
    /// Rows that were refused are sent again as they are.
    pub retry: bool,
    /// Rows that somebody has repaired.
    pub repairs: Repairs,
}

/// Writes the rows of all steps and tells what became of them.
///
/// # Errors
/// When a file of the bundle cannot be read, the server or the journal fails, or the rows of a step do not add up
/// (`C2T-E341`).
pub fn run(
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
    options: &Options,
) -> Result<Vec<Counts>> {
    let mut counts = Vec::new();
    let mut keys = Vec::new();
    for step in &manifest.steps {
        let run = StepRun::new(target, manifest, step, options)?;
        counts.push(run.all(bundle)?);
        keys.push(run.key);
    }
    waiting::complete(target)?;
    for (counts, key) in counts.iter_mut().zip(keys) {
        counts.waiting = target.journal.waiting_count(key)?;
    }
    Ok(counts)
}

/// The rows of one step on their way.
pub(super) struct StepRun<'s> {
    target: &'s Target<'s>,
    step: &'s Step,
    key: StepKey,
    shape: Shape,
    options: &'s Options,
    /// Nothing of this object was there when the step began: no row can meet a record.
    empty: bool,
    /// The rows add to records of an earlier step.
    second: bool,
}

impl<'s> StepRun<'s> {
    fn new(
        target: &'s Target<'s>,
        manifest: &Manifest,
        step: &'s Step,
        options: &'s Options,
    ) -> Result<Self> {
        let object = target.object(&step.object)?;
        let shape = Shape::new(step, &manifest.links, object)?.knowing(&manifest.schema.fields);
        let second = rows::is_second_pass(step);
        let name = step_name(step);
        let key = target.journal.step(name, &step.object, !second)?;
        let about = format!("empty:{name}");
        let empty = if let Some(said) = target.journal.about(&about)? {
            said == "yes"
        } else {
            let there = target.count(object).map_err(|e| refused(e, "counting records"))?;
            target.journal.set_about(&about, if there == 0 { "yes" } else { "no" })?;
            there == 0
        };
        Ok(Self { target, step, key, shape, options, empty: empty && !second, second })
    }

    fn all(&self, bundle: &Bundle) -> Result<Counts> {
        self.target.listener.hear(&Said::Phase {
            phase: "records".to_owned(),
            object: step_name(self.step).to_owned(),
            planned: self.step.rows(),
            done: 0,
        });
        let mut tally = Tally::default();
        let mut window: Vec<Candidate> = Vec::new();
        let mut bytes = 0;
        for candidate in Rows::of(bundle, self.step, &self.options.repairs) {
            let candidate = candidate?;
            // Rows of the bundle and repaired ones may be of one record: not in one window.
            let other = window.last().is_some_and(|last| last.repaired != candidate.repaired);
            if other || window.len() >= LOOK || bytes >= WINDOW {
                self.window(&window, &mut tally)?;
                window.clear();
                bytes = 0;
            }
            bytes += candidate.bytes();
            window.push(candidate);
        }
        self.window(&window, &mut tally)?;
        let counts = self.counts(&tally)?;
        self.target.listener.hear(&Said::Finished(counts.clone()));
        if counts.add_up() {
            return Ok(counts);
        }
        let (name, planned) = (step_name(self.step), counts.planned);
        let what = format!("of {planned} rows of {name} some are in no state the journal knows");
        Err(Error::failed("C2T-E341", what).fix(
            "the bundle was changed during the push, or holds a Close Id twice: run `check` on it",
        ))
    }

    /// What became of the rows of this bundle; the journal may know of others, of an earlier one.
    fn counts(&self, tally: &Tally) -> Result<Counts> {
        Ok(Counts {
            phase: "records".to_owned(),
            object: step_name(self.step).to_owned(),
            planned: self.step.rows() + tally.added,
            created: tally.of(RowState::Created),
            updated: tally.of(RowState::Updated),
            unchanged: tally.of(RowState::Same),
            rejected: tally.of(RowState::Rejected),
            waiting: self.target.journal.waiting_count(self.key)?,
        })
    }
}

/// The states of the rows that were gone through.
#[derive(Debug, Default)]
pub(super) struct Tally {
    states: BTreeMap<RowState, u64>,
    /// Repaired rows the bundle does not have.
    added: u64,
}

impl Tally {
    fn of(&self, state: RowState) -> u64 {
        self.states.get(&state).copied().unwrap_or_default()
    }

    /// A row went from one state to another; a row of the bundle comes from none.
    fn moved(&mut self, repaired: bool, from: Option<RowState>, to: Option<RowState>) {
        let from = from.filter(|_| repaired);
        if let Some(count) = from.and_then(|state| self.states.get_mut(&state)) {
            *count = count.saturating_sub(1);
        } else if repaired {
            self.added += 1;
        }
        if let Some(to) = to {
            *self.states.entry(to).or_default() += 1;
        }
    }
}
