//! The proof (design §6): for every Close type `read = written + merged + archived + rejected`, and
//! for every path the fates of its values add up to the values there are. What is there was counted
//! by the survey, what became of it by the transform; both must agree. For files `referenced = attached +
//! missing + rejected` and `found = attached + duplicate + unclaimed`. A remainder fails the run.

use super::attachments;
use crate::bundle::Totals;
use crate::bundle::manifest::Attachments;
use crate::close::{Kind, ledger::Line};
use crate::error::{Error, Result};
use crate::mapping::{Route, settings::ROUTED};
use crate::plan::{CustomType, Place, Plan, Verdict};
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
pub fn check(survey: &Survey, plan: &Plan, totals: &Totals, files: &Attachments) -> Result<()> {
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
            let _ = write!(wrong, "\n  {object}: {expected} rows planned, {written} written");
        }
    }
    for (at, step) in plan.steps.iter().enumerate() {
        let of = |rows: &[u64]| rows.get(at).copied().unwrap_or_default();
        let [made, written] = [of(&totals.rows), of(&totals.written)];
        let unchanged = of(&totals.unchanged);
        if written + unchanged != made {
            let folder = &step.folder;
            let _ = write!(
                wrong,
                "\n  {folder}: {made} rows made, {written} written, {unchanged} unchanged"
            );
        }
    }
    for line in attachments::unaccounted(files) {
        let _ = write!(wrong, "\n  {line}");
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Error::failed("C2T-E200", format!("the run does not account for everything:{wrong}"))
        .fix("no bundle was written; please report this with the lines above"))
}

/// Planned and written rows of each object.
fn rows<'p>(plan: &'p Plan, totals: &Totals) -> Vec<(&'p str, u64, u64)> {
    let written = |kind: &Kind| totals.counts.get(kind).map_or(0, |counts| counts.written);
    let routed = |route: Route| -> u64 {
        ROUTED
            .iter()
            .filter(|(k, _)| plan.settings.route(*k) == route)
            .map(|(k, _)| written(k))
            .sum()
    };
    let typed = |at: usize| totals.typed.get(&at).copied().unwrap_or_default();
    let told = |route: Route| -> u64 {
        let types = plan.types.iter().enumerate().filter(|(_, one)| one.route == route);
        types.map(|(at, _)| typed(at)).sum()
    };
    let survivors = plan.contacts.iter().filter(|(at, contact)| contact.survivor == *at).count();
    let alone = plan.leads.values().filter(|lead| lead.verdict == Verdict::Person).count();
    let planned = |place: Place| match place {
        Place::Standard(Object::Company) => plan.companies.len() as u64,
        Place::Standard(Object::Person) => (survivors + alone) as u64,
        Place::Standard(Object::Opportunity) => written(&Kind::Opportunity),
        Place::Standard(Object::Task) => {
            written(&Kind::Task) + routed(Route::Task) + told(Route::Task)
        }
        Place::Standard(Object::Note) => {
            written(&Kind::Comment) + routed(Route::Note) + told(Route::Note) + totals.derived
        }
        Place::Type(at) if plan.types.get(at).is_some_and(CustomType::has_object) => typed(at),
        Place::Type(_) => 0,
    };
    let steps = plan.steps.iter().zip(&totals.rows).filter(|(step, _)| !step.is_second_pass());
    steps.map(|(step, written)| (step.object.as_str(), planned(step.place), *written)).collect()
}
