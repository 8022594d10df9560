//! The proof (design §6): for every Close type `read = written + merged + archived + rejected`, and
//! for every path the fates of its values add up to the values there are. What is there was counted
//! by the survey, what became of it by the transform; both must agree. A remainder fails the run.

use crate::bundle::Totals;
use crate::bundle::manifest::Step;
use crate::close::{Kind, ledger::Line};
use crate::error::{Error, Result};
use crate::plan::{Plan, Verdict};
use crate::survey::Survey;
use crate::twenty::objects::Object;
use std::fmt::Write as _;

/// The ledger's lines with both halves: occurrences from the survey, fates from the transform.
pub fn ledger(survey: &Survey, totals: &Totals) -> Vec<Line> {
    let mut both = survey.ledger.clone();
    both.absorb(&totals.ledger);
    both.lines()
}

/// Checks that everything is accounted for.
///
/// # Errors
/// With every line that does not add up.
pub fn check(survey: &Survey, plan: &Plan, totals: &Totals, steps: &[Step]) -> Result<()> {
    let mut wrong = String::new();
    for kind in Kind::ALL {
        let counts = totals.counts.get(kind).copied().unwrap_or_default();
        let read = survey.read.get(kind).copied().unwrap_or_default();
        if read != counts.read || counts.remainder() != 0 {
            let rest = counts.remainder();
            let _ = write!(
                wrong,
                "\n  {}: {read} surveyed, {} read, {rest} without a fate",
                kind.word(),
                counts.read
            );
        }
    }
    if survey.unreadable != totals.unreadable.read || totals.unreadable.remainder() != 0 {
        let _ = write!(
            wrong,
            "\n  unreadable: {} surveyed, {} read",
            survey.unreadable, totals.unreadable.read
        );
    }
    for line in ledger(survey, totals).iter().filter(|line| line.counts.remainder() != 0) {
        let (values, rest) = (line.counts.filled, line.counts.remainder());
        let _ = write!(
            wrong,
            "\n  {}.{}: {values} values, {rest} without a fate",
            line.kind.word(),
            line.path
        );
    }
    for (object, expected, written) in rows(plan, totals) {
        if expected != written {
            let _ = write!(
                wrong,
                "\n  {}: {expected} rows planned, {written} written",
                object.plural()
            );
        }
    }
    for ((step, made), unchanged) in steps.iter().zip(&totals.rows).zip(&totals.unchanged) {
        let written = step.rows();
        if written + unchanged != *made {
            let _ = write!(
                wrong,
                "\n  {}: {made} rows made, {written} written, {unchanged} left out as unchanged",
                step.folder
            );
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::failed("C2T-E200", format!("the run does not account for everything:{wrong}"))
        .fix("no bundle was written; please report this with the lines above"))
}

/// Planned and written rows of each object.
fn rows(plan: &Plan, totals: &Totals) -> Vec<(Object, u64, u64)> {
    let written = |kinds: &[Kind]| -> u64 {
        kinds.iter().filter_map(|kind| totals.counts.get(kind)).map(|counts| counts.written).sum()
    };
    let survivors = plan.contacts.iter().filter(|(id, contact)| contact.survivor == **id).count();
    let alone = plan.leads.values().filter(|lead| lead.verdict == Verdict::Person).count();
    let done = [
        Kind::Task,
        Kind::Call,
        Kind::Email,
        Kind::Sms,
        Kind::WhatsAppMessage,
        Kind::Meeting,
        Kind::FormSubmission,
    ];
    let planned = [
        plan.companies.len() as u64,
        (survivors + alone) as u64,
        written(&[Kind::Opportunity]),
        written(&done),
        written(&[Kind::Note, Kind::Comment]) + totals.derived,
    ];
    let rows = Object::ALL.iter().zip(planned).zip(&totals.rows);
    rows.map(|((object, planned), written)| (*object, planned, *written)).collect()
}
