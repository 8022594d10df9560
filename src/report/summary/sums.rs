//! Sums over everything, so that whoever shows one need not add up. It must not count anything itself.

use super::Summary;
use crate::bundle::manifest::{SinceStep, Step};
use crate::event::RecordCounts;
use crate::mapping::decisions::Decision;
use crate::plan::Plan;
use crate::report::page;
use crate::survey::Survey;
use schemars::JsonSchema;
use serde::Serialize;

/// See the module's head.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Sums {
    /// Records of all Close types, and what became of them.
    pub records: RecordCounts,
    /// Import steps with at least one file.
    pub steps: u64,
    /// CSV files of all steps.
    pub files: u64,
    /// Rows of all steps, second passes too.
    pub rows: u64,
    /// Bytes of all CSV files.
    pub bytes: u64,
    /// Files of the export.
    pub source_files: u64,
    /// Their bytes after decompression.
    pub source_bytes: u64,
    /// Different leads.
    pub leads: u64,
    /// Companies to be made.
    pub companies: u64,
    /// Merges: leads that share a company, contacts that are one person, leads that are one.
    pub merged: u64,
    /// Pairs a person kept apart.
    pub kept_apart: u64,
    /// Notices of all codes.
    pub notices: u64,
    /// Notices that a person should look at: those of codes other than `C2T-N…`.
    pub to_look_at: u64,
    /// Lines of `ledger.csv`.
    pub ledger_lines: u64,
    /// Those of them that `report.html` leaves out.
    pub ledger_lines_left_out: u64,
    /// Signs that the export is not whole.
    pub incomplete: u64,
    /// Files of the export's folders that are no Close JSON.
    pub ignored_files: u64,
    /// Records of the spot-check.
    pub spot_check: u64,
    /// What happened to rows since an older bundle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
}

/// Rows of all steps, compared with an older bundle.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct Since {
    /// Rows that were not there.
    pub new: u64,
    /// Rows that say something else now.
    pub changed: u64,
    /// Rows that are no longer there.
    pub gone: u64,
    /// Rows that say the same, and are left out.
    pub unchanged: u64,
}

impl Sums {
    /// Adds up what `summary` and the rest say; `ledger_lines` are counted by whoever made them.
    pub(super) fn new(
        summary: &Summary,
        survey: &Survey,
        plan: &Plan,
        steps: &[Step],
        ledger_lines: u64,
    ) -> Self {
        let filled = steps.iter().filter(|step| !step.files.is_empty());
        let decided = |word: &str| plan.merges.iter().filter(|m| m.decision == word).count() as u64;
        let merged = decided(Decision::Accept.word());
        Self {
            records: records(summary),
            steps: filled.count() as u64,
            files: summary.steps.iter().map(|step| step.files as u64).sum(),
            rows: summary.steps.iter().map(|step| step.rows).sum(),
            bytes: summary.steps.iter().map(|step| step.bytes).sum(),
            source_files: survey.sources.len() as u64,
            source_bytes: survey.ends.iter().map(|end| end.bytes).sum(),
            leads: plan.leads.len() as u64,
            companies: plan.companies.len() as u64,
            merged,
            kept_apart: plan.merges.len() as u64 - merged,
            notices: summary.notices.iter().map(|line| line.count).sum(),
            to_look_at: summary.to_look_at().map(|line| line.count).sum(),
            ledger_lines,
            ledger_lines_left_out: ledger_lines.saturating_sub(page::LEDGER_LINES as u64),
            incomplete: summary.incomplete.len() as u64,
            ignored_files: summary.ignored_files.len() as u64,
            spot_check: 0,
            since: None,
        }
    }

    /// Adds what is known only at the end: the records of the spot-check, and an older bundle.
    pub fn complete(&mut self, spot_check: usize, since: Option<&[SinceStep]>) {
        self.spot_check = spot_check as u64;
        self.since = since.map(|steps| Since {
            new: steps.iter().map(|step| step.new).sum(),
            changed: steps.iter().map(|step| step.changed).sum(),
            gone: steps.iter().map(|step| step.gone).sum(),
            unchanged: steps.iter().map(|step| step.unchanged).sum(),
        });
    }
}

fn records(summary: &Summary) -> RecordCounts {
    let mut all = RecordCounts::default();
    summary.records.values().for_each(|counts| all.add(counts));
    all
}
