//! `report.html`: one page that a person reads, prints and signs; it needs no network, no script, and nothing
//! beside it. Each section is a small struct of figures and texts, and a template lays it out. What a page holds is
//! bounded for any export: the rest is in `reports/`. It must not count: each figure is read from where the
//! reports have it, and says where that is.

mod activity;
mod files;
mod flow;
mod inventory;
mod labels;
mod leads;
mod ledger;
mod owners;
mod rejects;
mod schema;
mod shell;
mod spot_check;
mod stages;
mod text;
mod verdict;

#[cfg(test)]
mod tests;

use super::{SpotCheck, Summary};
use crate::bundle::Totals;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::survey::Survey;
use askama::Template;
use text::Book;

/// Lines of the ledger that the page shows.
pub(super) const LEDGER_LINES: usize = 1_500;

/// What the page is made from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// What became of everything; most figures come from here.
    pub summary: &'a Summary,
    /// The bundle's contract: files, objects and fields.
    pub manifest: &'a Manifest,
    /// What pass 1 found.
    pub survey: &'a Survey,
    /// What was decided.
    pub plan: &'a Plan,
    /// What pass 2 counted.
    pub totals: &'a Totals,
    /// Records beside what became of them.
    pub spot_check: &'a SpotCheck,
}

/// The page, section by section in reading order.
#[derive(Template)]
#[template(path = "report/base.html")]
struct Page {
    shell: shell::Shell,
    verdict: verdict::Verdict,
    flow: flow::Flow,
    activity: activity::Activity,
    stages: stages::Stages,
    owners: owners::Owners,
    leads: leads::Leads,
    rejects: rejects::Rejects,
    ledger: ledger::Ledger,
    schema: schema::Schema,
    files: files::Files,
    spot_check: spot_check::Spots,
    inventory: inventory::Inventory,
}

/// The page as UTF-8. The same inputs give the same bytes.
///
/// # Errors
/// `C2T-E031` when a figure is not where the reports should have it.
pub fn write(inputs: &Inputs<'_>) -> Result<Vec<u8>> {
    let Inputs { summary, manifest, survey, plan, totals, spot_check } = *inputs;
    let book = Book::new(summary)?;
    let page = Page {
        shell: shell::Shell::new(),
        verdict: verdict::Verdict::new(&book, summary, manifest)?,
        flow: flow::Flow::new(&book, summary, manifest)?,
        activity: activity::Activity::new(&book, summary)?,
        stages: stages::Stages::new(&book, summary)?,
        owners: owners::Owners::new(&book, summary)?,
        leads: leads::Leads::new(&book, summary, plan)?,
        rejects: rejects::Rejects::new(&book, summary)?,
        ledger: ledger::Ledger::new(&book, survey, plan, totals)?,
        schema: schema::Schema::new(&book, summary, manifest)?,
        files: files::Files::new(&book, summary, manifest)?,
        spot_check: spot_check::Spots::new(&book, spot_check)?,
        inventory: inventory::Inventory::new(&book, summary)?,
    };
    Ok(page.render().map_err(Error::report)?.into_bytes())
}
