//! Takes what the transform hands over, in order, and puts it where it belongs. It must not change
//! a value.

use super::archive::Archive;
use super::files::{self, Collected, Filed};
use super::manifest::{StateFile, Step, StepFile};
use super::rejects::Rejects;
use super::sorter::{AT_A_TIME, Piece, Sorter};
use super::spill::Spill;
use super::stage::Stage;
use super::state::{Compare, Delta, OldBundle, StateWriter, StepDelta};
use super::tables::Tables;
use crate::close::{Kind, Ledger};
use crate::error::{Error, Result};
use crate::event::{Notice, RecordCounts};
use crate::plan::{Plan, StepPlan};
use crate::survey::Map;
use crate::transform::{Output, Rows, Spilled};
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// Bytes that the plan and the rows held in memory may take together: what one leaves, the other uses.
const BUDGET: usize = 320 << 20;
/// Rows may take so many bytes however large the plan is.
const LEAST: usize = 64 << 20;

/// Everything that was counted on the way.
#[derive(Debug, Default)]
pub struct Totals {
    /// What became of each record.
    pub counts: Map<Kind, RecordCounts>,
    /// Records that could not be read.
    pub unreadable: RecordCounts,
    /// What became of each value.
    pub ledger: Ledger,
    /// How often each notice occurred.
    pub notices: Map<Notice, u64>,
    /// Rows made, by step.
    pub rows: Vec<u64>,
    /// Rows written, by step.
    pub written: Vec<u64>,
    /// Rows left out because an older bundle has them as they are, by step.
    pub unchanged: Vec<u64>,
    /// Rows made from a part of a record that has a row of its own.
    pub derived: u64,
    /// Rows of each custom type, by its position in the plan.
    pub typed: Map<usize, u64>,
}

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
}

/// What became of the rows of one step.
struct Sorted {
    files: Vec<StepFile>,
    state: StateFile,
    delta: Option<StepDelta>,
}

/// See the module's head.
#[derive(Debug)]
pub struct Writer<'p> {
    plan: &'p Plan,
    old: Option<&'p OldBundle>,
    root: PathBuf,
    temp: PathBuf,
    sorter: Sorter,
    archive: Archive,
    spill: Spill,
    files: Collected,
    keep_files: bool,
    rejects: Rejects,
    totals: Totals,
}

impl<'p> Writer<'p> {
    /// A writer into a staged bundle, which leaves out what `old` has already.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn new(plan: &'p Plan, stage: &Stage, old: Option<&'p OldBundle>) -> Result<Self> {
        let root = stage.path().to_owned();
        let temp = root.join(".tmp");
        let io = |e| Error::io("cannot write the bundle", &root, e);
        std::fs::create_dir_all(&temp).map_err(io)?;
        std::fs::create_dir_all(root.join("reports")).map_err(io)?;
        let rejects = Rejects::create(&root)?;
        let runs = plan.steps.iter().map(|step| temp.join(format!("{}.runs", step.folder)));
        let sorter = Sorter::new(runs, BUDGET.saturating_sub(plan.bytes()).max(LEAST));
        let none = vec![0; plan.steps.len()];
        let (rows, written) = (none.clone(), none.clone());
        let totals = Totals { rows, written, unchanged: none, ..Totals::default() };
        let (archive, spill) = (Archive::new(&root), Spill::new(&temp));
        let files = Collected::new(&plan.files, &temp);
        let keep_files = true;
        Ok(Self {
            plan,
            old,
            root,
            temp,
            sorter,
            archive,
            spill,
            files,
            keep_files,
            rejects,
            totals,
        })
    }

    /// The same writer; with `keep` false, files stay where they are, and `files.csv` names that place.
    #[must_use]
    pub fn keeping_files(self, keep: bool) -> Self {
        Self { keep_files: keep, ..self }
    }

    /// Takes one part's output. Called within a pool, rows that go to disk are written by its threads.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn take(&mut self, output: &Output) -> Result<()> {
        for row in output.rows.iter() {
            self.totals.rows[row.step] += 1;
        }
        self.sorter.held().append(&output.rows);
        if self.sorter.is_full() {
            self.sorter.spill(|pieces| pieces.into_par_iter().try_for_each(Piece::write))?;
        }
        for (stem, lines) in &output.archive {
            self.archive.append(stem, lines)?;
        }
        for item in &output.spilled {
            self.spill.push(item)?;
        }
        for reference in &output.files {
            self.files.push(&self.plan.files, reference)?;
        }
        for reject in &output.rejects {
            *self.totals.notices.entry(reject.notice).or_default() += 1;
            let source = self.plan.sources.get(reject.source).map_or("", String::as_str);
            self.rejects.write(reject, source)?;
        }
        self.totals.ledger.absorb(&output.ledger);
        for (kind, counts) in &output.counts {
            add(self.totals.counts.entry(*kind).or_default(), counts);
        }
        add(&mut self.totals.unreadable, &output.unreadable);
        self.totals.derived += output.derived;
        for (at, n) in &output.typed {
            *self.totals.typed.entry(*at).or_default() += n;
        }
        Ok(())
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
        let mut partitions = self.spill.close()?;
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
        let Self { plan, old, root, temp, mut sorter, archive, rejects, mut totals, .. } = self;
        let place = files::Place { root: &root, temp: &temp, old, keep: self.keep_files };
        let mut files = files::finish(plan, self.files, &place)?;
        rejects.finish()?;
        archive.finish()?;
        sorter.sort();
        let sorted = plan.steps.par_iter().enumerate().filter(|(_, step)| step.order > 0);
        let sorted =
            sorted.map(|(at, step)| Ok((at, step, write_sorted(&root, old, step, at, &sorter)?)));
        let mut sorted = sorted.collect::<Result<Vec<_>>>()?;
        std::fs::remove_dir_all(&temp)
            .map_err(|e| Error::io("cannot remove temporary data", &temp, e))?;
        sorted.sort_by_key(|(_, step, _)| step.order);
        let (mut steps, mut state, mut delta) = (Vec::new(), Vec::new(), Delta::default());
        for (at, step, sorted) in sorted {
            totals.written[at] = sorted.files.iter().map(|file| file.rows).sum();
            totals.unchanged[at] = sorted.delta.as_ref().map_or(0, |delta| delta.unchanged);
            delta.steps.extend(sorted.delta);
            state.push(sorted.state);
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
        Ok(Finished { totals, steps, state, delta, files })
    }
}

/// Writes the rows of one step in order, and remembers them.
fn write_sorted(
    root: &Path,
    old: Option<&OldBundle>,
    step: &StepPlan,
    at: usize,
    sorter: &Sorter,
) -> Result<Sorted> {
    let object = &step.object;
    let mut tables = Tables::new(root, step);
    let mut state = StateWriter::create(root, object, &step.stem)?;
    let compare = |old: &OldBundle| Compare::new(object, &step.stem, old.state(&step.stem)?);
    let mut compare = old.map(compare).transpose()?;
    let (mut ordered, mut rows, mut ahead) =
        (sorter.ordered(at)?, Rows::default(), Rows::default());
    ordered.next(&mut rows, AT_A_TIME)?;
    while !rows.is_empty() {
        let write = || {
            rows.iter().try_for_each(|row| {
                state.write(&row)?;
                let write = compare.as_mut().map_or(Ok(true), |compare| compare.meet(&row))?;
                if write { tables.write(&row) } else { Ok(()) }
            })
        };
        // One step has most of the rows: two threads share it.
        let (written, read) = rayon::join(write, || ordered.next(&mut ahead, AT_A_TIME));
        written.and(read)?;
        std::mem::swap(&mut rows, &mut ahead);
    }
    let delta = compare.map(Compare::finish).transpose()?;
    Ok(Sorted { files: tables.finish()?, state: state.finish()?, delta })
}

fn add(to: &mut RecordCounts, more: &RecordCounts) {
    to.read += more.read;
    to.written += more.written;
    to.merged += more.merged;
    to.archived += more.archived;
    to.rejected += more.rejected;
}
