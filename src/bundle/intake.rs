//! Where what the transform hands over stands at first, whether a bundle will be made of it or a part of
//! one: rows in sorted runs, the archive, the rejects, records to be gathered, and the sums of all. It must
//! not know what comes after.

use super::archive::Archive;
use super::part::Part;
use super::rejects::Rejects;
use super::sorter::Sorter;
use super::spill::Spill;
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::transform::Output;
use std::fs;
use std::path::{Path, PathBuf};

/// Bytes that the plan and the rows held in memory may take together: what one leaves, the other uses.
const BUDGET: usize = 256 << 20;
/// Rows may take so many bytes however large the plan is.
const LEAST: usize = 64 << 20;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Intake {
    pub sorter: Sorter,
    pub archive: Archive,
    pub spill: Spill,
    pub rejects: Rejects,
    pub totals: Totals,
}

impl Intake {
    /// Nothing yet. What stays goes below `root`, what is temporary below `temp`; both are made.
    pub fn new(plan: &Plan, root: &Path, temp: &Path) -> Result<Self> {
        let io = |e| Error::io("cannot write the bundle", root, e);
        fs::create_dir_all(temp).map_err(io)?;
        fs::create_dir_all(root.join("reports")).map_err(io)?;
        let bound = BUDGET.saturating_sub(plan.bytes()).max(LEAST);
        Ok(Self {
            sorter: Sorter::new(runs(plan, temp), bound),
            archive: Archive::new(root),
            spill: Spill::new(temp),
            rejects: Rejects::create(root)?,
            totals: Totals::new(plan.steps.len()),
        })
    }

    /// Takes what a chunk of the export came to, all but the files it refers to.
    pub fn take(&mut self, plan: &Plan, output: &Output) -> Result<()> {
        self.totals.count(output);
        self.sorter.add(&output.rows)?;
        for (stem, lines) in &output.archive {
            self.archive.append(stem, lines)?;
        }
        for item in &output.spilled {
            self.spill.push(item)?;
        }
        for reject in &output.rejects {
            let source = plan.sources.get(reject.source).map_or("", String::as_str);
            self.rejects.write(reject, source)?;
        }
        Ok(())
    }

    /// Takes a part that another process made, all but the files it refers to. Its rows stay in its folder.
    pub fn join(&mut self, plan: &Plan, part: &Part) -> Result<()> {
        let (root, temp) = (part.folder(), part.data());
        for ((step, path), ends) in runs(plan, &temp).enumerate().zip(part.ends()) {
            self.sorter.join(step, path, ends.clone());
        }
        for stem in part.archive() {
            self.archive.join(stem, root)?;
        }
        self.spill.join(&temp)?;
        self.rejects.join(root)?;
        self.totals.absorb(&part.totals()?);
        Ok(())
    }
}

/// Where the rows of each step stand, sorted.
fn runs(plan: &Plan, temp: &Path) -> impl Iterator<Item = PathBuf> {
    plan.steps.iter().map(|step| temp.join(format!("{}.runs", step.folder)))
}
