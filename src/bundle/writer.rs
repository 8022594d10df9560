//! Takes what the transform hands over, in order, and puts it where it belongs. It must not change
//! a value.

use super::files::{self, Collected, Filed};
use super::intake::Intake;
use super::manifest::{StateFile, Step, StepFile};
use super::part::Part;
use super::sorter::{AT_A_TIME, Sorter};
use super::spot::{self, Kept, SpotRow, Wanted};
use super::stage::Stage;
use super::state::{Compare, Delta, OldBundle, StateWriter, StepDelta};
use super::tables::Tables;
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::plan::{Plan, StepPlan};
use crate::transform::{Output, Rows, Spilled};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// What the finished tables are.
#[derive(Debug)]
pub struct Finished {
    /// Everything that was counted.
    pub totals: Totals,
    /// The steps with their files.
    pub steps: Vec<Step>,
    /// What is remembered of all rows.
    pub state: Vec<StateFile>,
    /// What happened since the older bundle, where there is one.
    pub delta: Option<Delta>,
    /// What became of the files records refer to.
    pub files: Filed,
    /// Rows of the records a person may be asked to compare by eye.
    pub spots: Vec<SpotRow>,
}

/// What became of the rows of one step.
struct Sorted {
    files: Vec<StepFile>,
    state: StateFile,
    delta: Option<StepDelta>,
    spots: Vec<Kept>,
}

/// See the module's head.
#[derive(Debug)]
pub struct Writer<'p> {
    plan: &'p Plan,
    old: Option<&'p OldBundle>,
    root: PathBuf,
    temp: PathBuf,
    intake: Intake,
    files: Collected,
    keep_files: bool,
}

impl<'p> Writer<'p> {
    /// A writer into a staged bundle, which leaves out what `old` has already.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn new(plan: &'p Plan, stage: &Stage, old: Option<&'p OldBundle>) -> Result<Self> {
        let root = stage.path().to_owned();
        let temp = root.join(".tmp");
        let intake = Intake::new(plan, &root, &temp)?;
        let files = Collected::new(&plan.files, &temp);
        Ok(Self { plan, old, root, temp, intake, files, keep_files: true })
    }

    /// The same writer; with `keep` false, files stay where they are, and `files.csv` names that place.
    #[must_use]
    pub fn keeping_files(self, keep: bool) -> Self {
        Self { keep_files: keep, ..self }
    }

    /// Takes what a chunk of the export came to.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take(&mut self, output: &Output) -> Result<()> {
        self.intake.take(self.plan, output)?;
        for reference in &output.files {
            self.files.push(&self.plan.files, reference)?;
        }
        Ok(())
    }

    /// Takes a part of the export that another process has converted; behind all that was taken before.
    ///
    /// # Errors
    /// When the disk refuses, or the part is damaged.
    pub fn join(&mut self, part: &Part) -> Result<()> {
        self.intake.join(self.plan, part)?;
        part.each_reference(|reference| self.files.push(&self.plan.files, &reference))
    }

    /// Writes what had to be gathered: `gather` turns one partition into output. As many partitions are in
    /// memory as the pool has threads; they are taken in their order.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn gathered(
        &mut self,
        gather: impl Fn(Vec<Spilled>) -> Output + Sync,
        done: impl Fn(Output),
    ) -> Result<()> {
        let mut partitions = self.intake.spill.close()?;
        while !partitions.is_empty() {
            let now = partitions.split_off(partitions.len().min(rayon::current_num_threads()));
            let now = std::mem::replace(&mut partitions, now);
            let outputs = now.into_par_iter().map(|one| Ok(gather(one.read()?)));
            for output in outputs.collect::<Result<Vec<_>>>()? {
                self.take(&output)?;
                done(output);
            }
        }
        Ok(())
    }

    /// Writes the CSV files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn finish(self) -> Result<Finished> {
        let Self { plan, old, root, temp, intake, .. } = self;
        let Intake { mut sorter, mut archive, mut rejects, mut totals, .. } = intake;
        let place = files::Place { root: &root, temp: &temp, old, keep: self.keep_files };
        let mut files = files::finish(plan, self.files, &place)?;
        rejects.finish()?;
        archive.finish()?;
        sorter.sort();
        let wanted = Wanted::of(plan, &totals.picks);
        let sorted = plan.steps.par_iter().enumerate().filter(|(_, step)| step.order > 0);
        let sorted = sorted.map(|(at, step)| {
            Ok((at, step, write_sorted(&root, old, step, (at, &sorter), &wanted)?))
        });
        let mut sorted = sorted.collect::<Result<Vec<_>>>()?;
        std::fs::remove_dir_all(&temp)
            .map_err(|e| Error::io("cannot remove temporary data", &temp, e))?;
        sorted.sort_by_key(|(_, step, _)| step.order);
        let (mut steps, mut state, mut delta) = (Vec::new(), Vec::new(), Delta::default());
        let mut spots = Vec::new();
        for (at, step, sorted) in sorted {
            totals.written[at] = sorted.files.iter().map(|file| file.rows).sum();
            totals.unchanged[at] = sorted.delta.as_ref().map_or(0, |delta| delta.unchanged);
            delta.steps.extend(sorted.delta);
            state.push(sorted.state);
            spots.extend(sorted.spots);
            steps.push(Step {
                order: step.order,
                object: step.object.clone(),
                folder: format!("csv/{}", step.folder),
                depends_on: step.depends_on.clone(),
                files: sorted.files,
                columns: step.shown().cloned().collect(),
            });
        }
        delta.steps.extend(files.delta.take());
        state.extend(files.state.take());
        let delta = old.map(|old| delta.with_lost_steps(old)).transpose()?;
        Ok(Finished { totals, steps, state, delta, files, spots: spot::rows(spots)? })
    }
}

/// Writes the rows of one step in order, and remembers them.
fn write_sorted(
    root: &Path,
    old: Option<&OldBundle>,
    step: &StepPlan,
    (at, sorter): (usize, &Sorter),
    wanted: &Wanted,
) -> Result<Sorted> {
    let object = &step.object;
    let mut tables = Tables::new(root, step);
    let mut state = StateWriter::create(root, object, &step.stem)?;
    let compare = |old: &OldBundle| Compare::new(object, &step.stem, old.state(&step.stem)?);
    let mut compare = old.map(compare).transpose()?;
    let (mut ordered, mut rows, mut ahead) =
        (sorter.ordered(at)?, Rows::default(), Rows::default());
    let mut spots = Vec::new();
    ordered.next(&mut rows, AT_A_TIME)?;
    while !rows.is_empty() {
        let write = || {
            rows.iter().try_for_each(|row| {
                state.write(&row)?;
                let write = compare.as_mut().map_or(Ok(true), |compare| compare.meet(&row))?;
                if write {
                    spots.extend(wanted.keep(at, &row));
                    tables.write(&row)?;
                }
                Ok(())
            })
        };
        // One step has most of the rows: two threads share it.
        let (written, read) = rayon::join(write, || ordered.next(&mut ahead, AT_A_TIME));
        written.and(read)?;
        std::mem::swap(&mut rows, &mut ahead);
    }
    let delta = compare.map(Compare::finish).transpose()?;
    Ok(Sorted { files: tables.finish()?, state: state.finish()?, delta, spots })
}
