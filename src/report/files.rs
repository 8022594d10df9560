//! The reports of a bundle: `reconciliation.json`, `ledger.csv`, `leads.csv`, `merges.csv`,
//! `owners.csv`, `names.csv`, `delta.csv`, `inventory.md` (design §7). Each in a fixed order; nothing that differs
//! between two runs.

use super::summary::{OwnerLine, Summary};
use super::{inventory, ledger, names};
use crate::bundle::state::Delta;
use crate::bundle::{Stage, Totals};
use crate::error::{Error, Result};
use crate::plan::{Plan, Verdict};
use crate::survey::{Role, Survey};

/// Writes all reports but the rejects, which are written on the way.
///
/// # Errors
/// When the disk refuses.
pub fn write(
    stage: &Stage,
    survey: &Survey,
    plan: &Plan,
    totals: &Totals,
    summary: &Summary,
) -> Result<()> {
    let json = serde_json::to_vec_pretty(summary).map_err(Error::report)?;
    stage.write("reports/reconciliation.json", &with_newline(json))?;
    stage.write("reports/ledger.csv", &ledger::write(survey, plan, totals)?)?;
    leads(plan, sheet_at(stage, "reports/leads.csv")?)?;
    merges(plan, sheet_at(stage, "reports/merges.csv")?)?;
    stage.write("reports/owners.csv", &owners(plan)?)?;
    stage.write("reports/names.csv", &names::write(plan)?)?;
    stage.write("reports/inventory.md", inventory::write(survey, plan).as_bytes())
}

/// A file ends with a line end.
pub fn with_newline(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.push(b'\n');
    bytes
}

/// Each lead with what represents it and why.
fn leads(plan: &Plan, mut out: Sheet) -> Result<()> {
    let head =
        ["lead", "name", "represented_by", "close_id", "evidence", "company", "company_evidence"];
    out.write_record(head).map_err(Error::report)?;
    for (number, lead) in plan.leads.iter() {
        let (id, company) = (plan.leads.id(number), plan.company(lead).unwrap_or_default());
        let (what, by) = match lead.verdict {
            Verdict::Contact(contact) => ("person", plan.contacts.id(contact)),
            Verdict::Person => ("person", id),
            Verdict::Company => ("company", company),
            Verdict::Merged(other) => ("merged into lead", plan.leads.id(other)),
        };
        let name = crate::twenty::text::line(plan.leads.name(number));
        let [evidence, why] = [lead.evidence.text(), lead.company_evidence.text()];
        out.write_record([id, &name, what, by, evidence, company, why]).map_err(Error::report)?;
    }
    out.flush().map_err(Error::report)
}

/// What was merged and what was kept apart, in the form in which a person can decide otherwise and
/// give it back ([`crate::mapping::Decisions`]).
fn merges(plan: &Plan, mut out: Sheet) -> Result<()> {
    let head =
        ["object", "survivor", "survivor_name", "merged", "merged_name", "reason", "decision"];
    out.write_record(head).map_err(Error::report)?;
    for merge in &plan.merges {
        let [stands, gone] = plan.names_of(merge).map(crate::twenty::text::line);
        let [survivor, merged] = plan.ids_of(merge);
        let row = [merge.object, survivor, &stands, merged, &gone, &merge.reason, merge.decision];
        out.write_record(row).map_err(Error::report)?;
    }
    out.flush().map_err(Error::report)
}

/// Writes `delta.csv`: what happened to which row since an older bundle. In order of steps, then new,
/// changed, gone, then of Close ids.
///
/// # Errors
/// When the disk refuses.
pub fn delta(stage: &Stage, delta: &Delta) -> Result<()> {
    let mut out = sheet();
    out.write_record(["object", "step", "close_id", "change"]).map_err(Error::report)?;
    for step in &delta.steps {
        for (change, ids) in [("new", &step.new), ("changed", &step.changed), ("gone", &step.gone)]
        {
            for id in ids {
                out.write_record([&step.object, &step.step, &**id, change])
                    .map_err(Error::report)?;
            }
        }
    }
    stage.write("reports/delta.csv", &bytes(out)?)
}

/// Who is named anywhere, those first who must become members of the workspace before cells can name
/// them (design §8).
fn owners(plan: &Plan) -> Result<Vec<u8>> {
    let mut out = sheet();
    let head = [
        "close_id",
        "name",
        "email",
        "status",
        "owns",
        "created",
        "edited",
        "in_custom_fields",
        "by_type",
        "workspace_member",
    ];
    out.write_record(head).map_err(Error::report)?;
    for (id, owner) in plan.queue() {
        let line = OwnerLine::new(plan, id, owner);
        let mut kinds: Vec<_> =
            owner.counts.iter().filter(|((_, role), _)| *role == Role::Owner).collect();
        kinds.sort();
        let kinds =
            kinds.iter().map(|((kind, _), n)| format!("{} {n}", kind.word())).collect::<Vec<_>>();
        out.write_record([
            id,
            &line.name,
            &line.email,
            line.status,
            &line.owns.to_string(),
            &line.created.to_string(),
            &line.edited.to_string(),
            &line.in_custom_fields.to_string(),
            &kinds.join(", "),
            &line.workspace_member,
        ])
        .map_err(Error::report)?;
    }
    bytes(out)
}

/// A report with a line for each lead is written as it is made.
type Sheet = csv::Writer<std::fs::File>;

/// A sheet in a file of a folder that is there.
fn sheet_at(stage: &Stage, name: &str) -> Result<Sheet> {
    let path = stage.path().join(name);
    let file = std::fs::File::create(&path);
    let file = file.map_err(|e| Error::io("cannot write the bundle", &path, e))?;
    let mut sheet = csv::WriterBuilder::new();
    Ok(sheet.quote_style(csv::QuoteStyle::Always).buffer_capacity(1 << 16).from_writer(file))
}

pub(super) fn sheet() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new())
}

pub(super) fn bytes(out: csv::Writer<Vec<u8>>) -> Result<Vec<u8>> {
    out.into_inner().map_err(|e| Error::report(e.into_error()))
}
