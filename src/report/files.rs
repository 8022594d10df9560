//! The reports of a bundle: `reconciliation.json`, `ledger.csv`, `leads.csv`, `merges.csv`,
//! `owners.csv`, `names.csv`, `delta.csv`, `inventory.md` (design §7). Each in a fixed order; nothing that differs
//! between two runs.

use super::summary::Summary;
use super::{conservation, inventory, names};
use crate::bundle::state::Delta;
use crate::bundle::{Stage, Totals};
use crate::close::Fate;
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
    stage.write("reports/ledger.csv", &ledger(survey, plan, totals)?)?;
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

fn ledger(survey: &Survey, plan: &Plan, totals: &Totals) -> Result<Vec<u8>> {
    let mut out = sheet();
    let mut head = vec!["close_type", "path", "occurrences", "values", "empty"];
    head.extend(Fate::ALL.iter().map(|fate| fate.word()));
    head.extend(["remainder", "target", "rule", "note"]);
    out.write_record(head).map_err(Error::report)?;
    for line in conservation::ledger(survey, totals) {
        let counts = line.counts;
        let rule = plan.rules.of(line.kind, &line.path);
        let waived = plan.rules.waived_by(line.kind, &line.path);
        let (target, note) = match rule {
            Some(_) if waived.is_some() => (
                "archive".to_owned(),
                format!("waived by line {} of the mapping", waived.unwrap_or_default()),
            ),
            Some(rule) => (rule.target.clone(), rule.note.clone()),
            None => unruled(plan, &line),
        };
        let mut row = vec![
            line.kind.word().to_owned(),
            line.path.clone(),
            counts.seen.to_string(),
            counts.filled.to_string(),
            (counts.seen - counts.filled).to_string(),
        ];
        row.extend(counts.fates.iter().map(ToString::to_string));
        row.push(counts.remainder().to_string());
        row.extend([
            target,
            rule.map_or_else(String::new, |rule| format!("rules.csv:{}", rule.line)),
            note,
        ]);
        out.write_record(row).map_err(Error::report)?;
    }
    bytes(out)
}

/// Target and note of a path that has no rule of its own: a custom field, or an unknown key.
fn unruled(plan: &Plan, line: &crate::close::ledger::Line) -> (String, String) {
    let key = line
        .path
        .strip_prefix("custom.")
        .or_else(|| line.path.strip_prefix("custom[").and_then(|rest| rest.strip_suffix(']')));
    let fields: Vec<_> = plan
        .fields
        .iter()
        .filter(|f| f.kind == line.kind && f.keys.iter().any(|(_, k)| Some(&**k) == key))
        .collect();
    match fields.first() {
        Some(field) => {
            // A shared field has a home on each type it belongs to.
            let homes = fields.iter().flat_map(|field| field.all_homes());
            let homes = homes.map(|home| format!("{}.{}", plan.object_name(home.place), home.name));
            let note = format!("custom field \"{}\": {}", field.close_name, field.why);
            (homes.collect::<Vec<_>>().join(", "), note)
        }
        None if line.is_known() => (String::new(), String::new()),
        None => ("archive".to_owned(), "not mapped: kept whole in the archive".to_owned()),
    }
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
        let count = |role: Role| owner.count(&[role]).to_string();
        let member = match &owner.member {
            Some(member) => member,
            None if plan.target.members.is_some() => "missing",
            None => "unknown",
        };
        let status = match (owner.listed, owner.inactive) {
            (true, false) => "active",
            (true, true) => "inactive",
            (false, _) => "only named in records",
        };
        let mut kinds: Vec<_> =
            owner.counts.iter().filter(|((_, role), _)| *role == Role::Owner).collect();
        kinds.sort();
        let kinds =
            kinds.iter().map(|((kind, _), n)| format!("{} {n}", kind.word())).collect::<Vec<_>>();
        out.write_record([
            id,
            &owner.name,
            &owner.email,
            status,
            &count(Role::Owner),
            &count(Role::Creator),
            &count(Role::Editor),
            &count(Role::CustomValue),
            &kinds.join(", "),
            member,
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
