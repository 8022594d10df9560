//! Compares the rows of a step with the state of the older bundle, both in the same order, and says
//! which rows are new, changed and gone. Memory grows with what changed, not with what is there.

use super::OldBundle;
use super::file::{Entry, StateReader};
use crate::bundle::manifest::SinceStep;
use crate::error::Result;
use crate::transform::Row;

/// What happened since the older bundle.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// The steps of the new bundle in their order, then those that only the older one had.
    pub steps: Vec<StepDelta>,
}

/// What happened to the rows of one step: Close ids, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepDelta {
    /// API name of the object.
    pub object: String,
    /// The step: the start of its file names.
    pub step: String,
    /// Rows that were not there.
    pub new: Vec<Box<str>>,
    /// Rows that say something else now.
    pub changed: Vec<Box<str>>,
    /// Rows that are no longer there.
    pub gone: Vec<Box<str>>,
    /// Rows that say the same; they are left out.
    pub unchanged: u64,
}

impl Delta {
    /// Adds the steps that only the older bundle had: all their rows are gone.
    pub(in crate::bundle) fn with_lost_steps(mut self, old: &OldBundle) -> Result<Self> {
        for (object, step) in old.steps() {
            if self.steps.iter().all(|known| known.step != step) {
                self.steps.push(Compare::new(object, step, old.state(step)?)?.finish()?);
            }
        }
        Ok(self)
    }

    /// The counts of each step, in order.
    pub fn counts(&self) -> Vec<SinceStep> {
        let count = |step: &StepDelta| SinceStep {
            object: step.object.clone(),
            step: step.step.clone(),
            new: step.new.len() as u64,
            changed: step.changed.len() as u64,
            gone: step.gone.len() as u64,
            unchanged: step.unchanged,
        };
        self.steps.iter().map(count).collect()
    }
}

/// Compares one step; rows must come in order.
pub(in crate::bundle) struct Compare {
    old: Option<StateReader>,
    head: Option<Entry>,
    delta: StepDelta,
}

impl Compare {
    /// Compares with `old`; without it every row is new.
    pub fn new(object: &str, step: &str, mut old: Option<StateReader>) -> Result<Self> {
        let head = old.as_mut().map_or(Ok(None), StateReader::next)?;
        let (object, step) = (object.to_owned(), step.to_owned());
        Ok(Self { old, head, delta: StepDelta { object, step, ..StepDelta::default() } })
    }

    /// Meets the next row; true when it has to be written.
    pub fn meet(&mut self, row: &Row<'_>) -> Result<bool> {
        let place = (row.at, row.id);
        while let Some(gone) = self.head.take_if(|old| (old.at, old.id.as_bytes()) < place) {
            self.delta.gone.push(gone.id);
            self.advance()?;
        }
        let Some(old) = self.head.take_if(|old| (old.at, old.id.as_bytes()) == place) else {
            self.delta.new.push(String::from_utf8_lossy(row.id).into());
            return Ok(true);
        };
        self.advance()?;
        let changed = old.hash != row.hash;
        if changed {
            self.delta.changed.push(old.id);
        } else {
            self.delta.unchanged += 1;
        }
        Ok(changed)
    }

    fn advance(&mut self) -> Result<()> {
        self.head = self.old.as_mut().map_or(Ok(None), StateReader::next)?;
        Ok(())
    }

    /// What was found, when all rows were met.
    pub fn finish(mut self) -> Result<StepDelta> {
        while let Some(gone) = self.head.take() {
            self.delta.gone.push(gone.id);
            self.advance()?;
        }
        self.delta.pair();
        Ok(self.delta)
    }
}

impl StepDelta {
    /// A row that moved in time is gone from one place and new in another: it has changed. (It was
    /// written, for its time is part of its hash.)
    fn pair(&mut self) {
        self.new.sort_unstable();
        self.gone.sort_unstable();
        let mut gone = std::mem::take(&mut self.gone).into_iter().peekable();
        for id in std::mem::take(&mut self.new) {
            while let Some(before) = gone.next_if(|gone| *gone < id) {
                self.gone.push(before);
            }
            if gone.next_if_eq(&id).is_some() { &mut self.changed } else { &mut self.new }.push(id);
        }
        self.gone.extend(gone);
        self.changed.sort_unstable();
    }
}
