//! The closing table and its machine-readable twin, `reports/reconciliation.json`: every figure the reports
//! show in prose or pictures stands there. It must not count what it can be told.

mod activity;
mod flow;
mod owners;
mod reasons;
mod schema;
mod stages;
mod sums;

pub use activity::{Activity, ActivityLine};
pub use flow::FlowLine;
pub use owners::{OwnerLine, Owners};
pub use reasons::ReasonLine;
pub use schema::{Schema, SchemaLine, SelectLine};
pub use stages::{StageLine, Stages};
pub use sums::{Since, Sums};

use super::MapLine;
use super::attachments as files;
use super::conservation;
use super::grouped::{self, Remark};
use super::inventory::{self, InventoryLine};
use super::left_out::IgnoredLine;
use super::table::{Table, number, plural};
use crate::bundle::Totals;
use crate::bundle::manifest::{Attachments, SinceStep, Step};
use crate::close::ledger::Line;
use crate::close::{Fate, Kind};
use crate::event::RecordCounts;
use crate::mapping::decisions::Decision;
use crate::plan::{IdleDecision, Plan, Sampled};
use crate::survey::incomplete::Place;
use crate::survey::{Map, Survey};
use serde::Serialize;
use std::fmt::Write as _;

/// What became of everything.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Summary {
    /// Per Close type; `unreadable` counts records of no known type.
    pub records: Map<&'static str, RecordCounts>,
    /// Rows and files per step, in import order.
    pub steps: Vec<StepLine>,
    /// Values over all paths: occurrences, and what became of them.
    pub values: Values,
    /// How leads came to be represented, by evidence.
    pub verdicts: Map<&'static str, u64>,
    /// Why leads have a company, or none.
    pub companies: Map<&'static str, u64>,
    /// Merges by object.
    pub merges: Map<&'static str, u64>,
    /// What was remarked or set aside, by code.
    pub notices: Vec<NoticeLine>,
    /// Signs that the export is not whole.
    pub incomplete: Vec<IncompleteLine>,
    /// Files that records refer to, and files that were found.
    pub attachments: Attachments,
    /// Files of the export's folders that are no Close JSON.
    pub ignored_files: Vec<IgnoredLine>,
    /// What was read but is worth a remark.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<IgnoredLine>,
    /// Messages of Singer and Airbyte that carry no record, by what they call themselves.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub messages: Map<String, u64>,
    /// Decisions about records that are not there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub idle_decisions: Vec<IdleDecision>,
    /// What happened since an older bundle, where the bundle holds only that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Vec<SinceStep>>,
    /// What of the export was converted, when that was a sample.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sampled>,
    /// The map that was followed.
    pub map: MapLine,
    /// Sums over all of it.
    pub sums: Sums,
    /// Records by sorts of Close types.
    pub flow: Vec<FlowLine>,
    /// What happened when.
    pub activity: Activity,
    /// Pipelines and stages.
    pub stages: Stages,
    /// Who is named, and who is missing.
    pub owners: Owners,
    /// Merges by object and reason.
    pub merge_reasons: Vec<ReasonLine>,
    /// What has to be made in Twenty.
    pub schema: Schema,
    /// What is rebuilt by hand.
    pub inventory: Vec<InventoryLine>,
}

/// One step.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct StepLine {
    /// Folder in the bundle.
    pub folder: String,
    /// Columns of each file.
    pub columns: usize,
    /// Files.
    pub files: usize,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Values and their fates.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Values {
    /// Keys seen.
    pub occurrences: u64,
    /// Keys that held a value.
    pub values: u64,
    /// By fate.
    pub fates: Map<&'static str, u64>,
    /// Values whose fate is unknown: 0.
    pub remainder: i64,
}

impl Values {
    /// What became of all values, in lines that a narrow terminal holds.
    fn text(&self) -> String {
        let fates = Fate::ALL.iter().map(|fate| {
            let n = self.fates.get(fate.word()).copied().unwrap_or_default();
            format!("{} {}", number(n), fate.word().replace('_', " "))
        });
        let fates: Vec<_> = fates.collect();
        let (first, second) = fates.split_at(fates.len() / 2);
        format!(
            "{}: {},\n  {}, {} unaccounted for",
            plural(self.values, "value", "values"),
            first.join(", "),
            second.join(", "),
            self.remainder
        )
    }
}

/// One kind of notice.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct NoticeLine {
    /// Stable code.
    pub code: &'static str,
    /// Why.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// How often.
    pub count: u64,
}

/// One sign that the export is not whole.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct IncompleteLine {
    /// Stable code.
    pub code: &'static str,
    /// The file.
    pub file: String,
    /// In words.
    pub what: String,
}

impl Summary {
    /// Adds everything up.
    pub fn new(survey: &Survey, plan: &Plan, totals: &Totals, steps: &[Step]) -> Self {
        let mut records: Map<&'static str, RecordCounts> = Kind::ALL
            .iter()
            .filter_map(|kind| Some((kind.word(), *totals.counts.get(kind)?)))
            .collect();
        if totals.unreadable.read > 0 {
            records.insert("unreadable", totals.unreadable);
        }
        let mut verdicts: Map<&'static str, u64> = Map::default();
        let mut companies: Map<&'static str, u64> = Map::default();
        for lead in plan.leads.values() {
            *verdicts.entry(lead.evidence.text()).or_default() += 1;
            *companies.entry(lead.company_evidence.text()).or_default() += 1;
        }
        let mut merges: Map<&'static str, u64> = Map::default();
        let joined = plan.merges.iter().filter(|merge| merge.decision == Decision::Accept.word());
        joined.for_each(|merge| *merges.entry(merge.object).or_default() += 1);
        [&mut verdicts, &mut companies, &mut merges].into_iter().for_each(Map::sort_keys);
        let ledger = conservation::ledger(survey, totals);
        let mut summary = Self {
            flow: flow::flow(&records),
            records,
            steps: steps.iter().map(step_line).collect(),
            values: values(&ledger),
            verdicts,
            companies,
            merges,
            notices: notices(totals),
            incomplete: incomplete(survey),
            attachments: Attachments::default(),
            ignored_files: ignored(survey),
            remarks: remarks(survey),
            messages: messages(survey),
            idle_decisions: plan.idle.clone(),
            since: None,
            sample: plan.sample.as_ref().map(|sample| sample.counts),
            map: MapLine::default(),
            sums: Sums::default(),
            activity: activity::activity(survey),
            stages: stages::stages(plan),
            owners: owners::owners(plan),
            merge_reasons: reasons::reasons(plan),
            schema: schema::schema(plan),
            inventory: inventory::counts(survey, plan),
        };
        summary.sums = Sums::new(&summary, survey, plan, steps, ledger.len() as u64);
        summary
    }

    /// Records and values that were set aside, or an export that is not whole: a person should look.
    pub fn needs_a_person(&self) -> bool {
        let set_aside = self.to_look_at().next().is_some();
        let files = files::needs_a_person(&self.attachments);
        set_aside || self.rejected() > 0 || !self.incomplete.is_empty() || files
    }

    /// What people are warned of, each with its code; all of it stands in `reports/reconciliation.json`.
    pub fn warnings(&self) -> Vec<Remark> {
        let map = self.map.warnings.iter().map(|what| ("C2T-D002", what.clone()));
        let told =
            |idle: &IdleDecision| format!("line {} of the decisions: {}", idle.line, idle.what);
        let idle = self.idle_decisions.iter().map(|idle| (idle.code, told(idle)));
        let export = grouped::of_lines(&self.incomplete, &self.ignored_files, &self.remarks);
        map.chain(idle).chain(export).collect()
    }

    /// Notices a person should look at; the others are remarks.
    pub fn to_look_at(&self) -> impl Iterator<Item = &NoticeLine> {
        self.notices.iter().filter(|line| !line.code.starts_with("C2T-N"))
    }

    /// Records that could not be used.
    pub fn rejected(&self) -> u64 {
        self.sums.records.rejected
    }

    /// The closing table for people.
    pub fn text(&self) -> String {
        let mut table =
            Table::new(&["Close type", "read", "written", "merged", "archived", "rejected", ""]);
        for (kind, counts) in &self.records {
            table.row(cells(kind, counts));
        }
        table.row(cells("total", &self.sums.records));
        let mut out = table.text();
        let mut files = Table::new(&["import step", "files", "rows", "bytes"]);
        for step in &self.steps {
            let bytes = super::table::size(step.bytes);
            files.row([step.folder.clone(), number(step.files as u64), number(step.rows), bytes]);
        }
        let Sums { files: count, rows, bytes, .. } = &self.sums;
        let bytes = super::table::size(*bytes);
        files.row(["total".to_owned(), number(*count), number(*rows), bytes]);
        let _ = write!(out, "\n{}", files.text());
        if let Some(since) = &self.sums.since {
            let Since { new, changed, gone, unchanged } = *since;
            let [changed, gone, same] = [changed, gone, unchanged].map(number);
            let new = plural(new, "row", "rows");
            let _ = writeln!(
                out,
                "\nSince the older bundle: {new} new, {changed} changed, {gone} gone \
                 (reports/delta.csv); {same} unchanged and left out"
            );
        }
        let _ = writeln!(out, "\n{}", self.values.text());
        for (title, lines) in [("Leads", &self.verdicts), ("Companies", &self.companies)] {
            let _ = writeln!(out, "\n{title}");
            for (what, n) in lines {
                let _ = writeln!(out, "  {:>9}  {what}", number(*n));
            }
        }
        if let Some(sample) = &self.sample {
            let _ = writeln!(out, "\n{}", sample.text());
        }
        if let Some(line) = messages_line(&self.messages) {
            let _ = writeln!(out, "\n{line}");
        }
        out.push_str(&files::text(&self.attachments));
        if !self.notices.is_empty() {
            let _ = writeln!(
                out,
                "\nSet aside or remarked (reports/rejects.csv; `close2twenty explain CODE` says more)"
            );
            for line in &self.notices {
                let _ = writeln!(out, "  {:>9}  {}  {}", number(line.count), line.code, line.why);
            }
        }
        out
    }
}

fn cells(kind: &str, counts: &RecordCounts) -> Vec<String> {
    let numbers = [counts.read, counts.written, counts.merged, counts.archived, counts.rejected];
    let mut row = vec![kind.to_owned()];
    row.extend(numbers.iter().map(|n| number(*n)));
    row.push(if counts.remainder() == 0 { "✓" } else { "✗" }.to_owned());
    row
}

fn step_line(step: &Step) -> StepLine {
    let bytes = step.files.iter().map(|file| file.bytes).sum();
    StepLine {
        folder: step.folder.clone(),
        columns: step.columns.len(),
        files: step.files.len(),
        rows: step.rows(),
        bytes,
    }
}

fn values(ledger: &[Line]) -> Values {
    let none = Fate::ALL.iter().map(|fate| (fate.word(), 0)).collect();
    let mut values = Values { fates: none, ..Values::default() };
    for line in ledger {
        values.occurrences += line.counts.seen;
        values.values += line.counts.filled;
        values.remainder += line.counts.remainder();
        for (fate, n) in Fate::ALL.iter().zip(line.counts.fates) {
            *values.fates.entry(fate.word()).or_default() += n;
        }
    }
    values
}

fn notices(totals: &Totals) -> Vec<NoticeLine> {
    let mut lines: Vec<NoticeLine> = totals
        .notices
        .iter()
        .map(|(n, count)| NoticeLine { code: n.code, why: n.why, fix: n.fix, count: *count })
        .collect();
    lines.sort_by_key(|line| line.code);
    lines
}

pub(super) fn incomplete(survey: &Survey) -> Vec<IncompleteLine> {
    let name =
        |at: usize| survey.sources.get(at).map_or_else(String::new, |source| source.name.clone());
    let findings = survey.incomplete.findings();
    let lines = findings.into_iter().map(|f| IncompleteLine {
        code: f.code,
        file: match f.place {
            Place::Source(at) => name(at),
            Place::Archive(name) => name,
            Place::Export => "the export".to_owned(),
        },
        what: f.what,
    });
    lines.collect()
}

/// What was read but is worth a remark.
pub(super) fn remarks(survey: &Survey) -> Vec<IgnoredLine> {
    let files = survey.remarks.iter();
    let files = files.map(|i| IgnoredLine { file: i.name.clone(), code: i.code, why: i.why });
    let names = survey.sources.iter().map(|source| &*source.name);
    let layouts = survey.carried.remarks(names).into_iter().filter_map(|remark| {
        let source = survey.sources.get(remark.source)?;
        Some(IgnoredLine { file: source.name.clone(), code: remark.code, why: remark.what })
    });
    files.chain(layouts).collect()
}

pub(super) fn messages(survey: &Survey) -> Map<String, u64> {
    let mut messages: Map<String, u64> =
        survey.carried.messages.iter().map(|(word, n)| (word.to_string(), *n)).collect();
    messages.sort_keys();
    messages
}

/// Messages that carry no record, in one line; `None` when there are none.
pub(super) fn messages_line(messages: &Map<String, u64>) -> Option<String> {
    let words = messages.iter().map(|(word, n)| format!("{} {word}", number(*n)));
    let words: Vec<String> = words.collect();
    (!words.is_empty())
        .then(|| format!("Messages without a record, passed over: {}", words.join(", ")))
}

pub(super) fn ignored(survey: &Survey) -> Vec<IgnoredLine> {
    // A list without entries is a list all the same.
    let useless = |at: &usize| survey.strange.contains(at) && !survey.useful.contains(at);
    let useless = survey.sources.iter().enumerate().filter(|(at, _)| useless(at));
    let useless = useless.map(|(_, source)| IgnoredLine {
        file: source.name.clone(),
        code: "C2T-S009",
        why: "nothing of Close is in it; what could be read is kept in archive/unknown.jsonl",
    });
    let lines = survey.ignored.iter();
    lines
        .map(|i| IgnoredLine { file: i.name.clone(), code: i.code, why: i.why })
        .chain(useless)
        .collect()
}
