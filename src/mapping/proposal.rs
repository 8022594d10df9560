//! Proposals: which existing Twenty field a Close custom field should go to, with a confidence
//! and the reasons for people. Alike names (`proposal/name.rs`, over the words in `words.csv`),
//! types that go together (`types.csv`) and shared options count; nothing is decided here, and it
//! must not look at an export.
//!
//! Rather none than a wrong one: a name that says more than the other ("Billing city", "City"),
//! another aspect ("Phone type", "Phone") or another number costs more than a synonym brings.

use crate::event::count::plural;
use crate::twenty::objects::FieldType;
use hashbrown::HashSet;
use std::fmt::Write as _;

mod fit;
mod name;
mod words;

/// From here on a proposal may be taken without asking.
pub const ACCEPT: f64 = 0.8;
/// Below this a proposal is not worth showing: nothing fits.
pub const DOUBT: f64 = 0.55;

/// Fields no custom field may go to, by API name: Twenty keeps them itself.
const KEPT_BY_TWENTY: &[&str] = &[
    "id",
    "createdAt",
    "createdBy",
    "deletedAt",
    "position",
    "searchVector",
    "updatedAt",
    "updatedBy",
];
/// A proposal of less is left out.
const LEAST: f64 = 0.2;
/// The most a name is worth that says something else besides.
const BESIDES: f64 = 0.5;
/// The name must be this much alike for options to count in its favour…
const NAMED: f64 = 0.3;
/// … and this much for them to lift it over [`ACCEPT`].
const WELL_NAMED: f64 = 0.7;
/// What the same options are worth when the names say nothing.
const OPTIONS_ALONE: f64 = 0.6;
/// What is left when no option is shared; the same label stays above [`ACCEPT`].
const OTHER_OPTIONS: f64 = 0.85;
/// Two best ones this close to each other are both doubtful.
const CLOSE: f64 = 0.03;

/// A custom field of Close.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name in Close.
    pub name: &'a str,
    /// What would be made of it.
    pub kind: FieldType,
    /// Its options, as people see them.
    pub options: &'a [&'a str],
    /// Some of its values.
    pub samples: &'a [&'a str],
}

/// A field that exists in Twenty.
#[derive(Clone, Debug)]
pub struct Target<'a> {
    /// API name.
    pub name: &'a str,
    /// What people see.
    pub label: &'a str,
    /// Twenty's word for the type, `CURRENCY`.
    pub kind: &'a str,
    /// Labels of its options.
    pub options: Vec<&'a str>,
}

/// A field that may be the one.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Position in the list of targets.
    pub target: usize,
    /// 0 to 1, in thousandths; see [`ACCEPT`] and [`DOUBT`].
    pub confidence: f64,
    /// For people: `label 92 % alike, same type, 5 of 6 options`.
    pub why: String,
}

/// The targets that may be meant, best first; equal ones by API name. Empty when none can be.
pub fn propose(source: &Source<'_>, targets: &[Target<'_>]) -> Vec<Proposal> {
    let wanted = name::Name::of(source.name);
    let values = fit::Values::of(source);
    let mut found: Vec<(Proposal, bool)> = (0..)
        .zip(targets)
        .filter(|(_, target)| !KEPT_BY_TWENTY.contains(&target.name))
        .filter_map(|(i, target)| judge(source, &wanted, &values, i, target))
        .filter(|(proposal, _)| proposal.confidence >= LEAST)
        .collect();
    let called = |i: usize| targets.get(i).map_or("", |target| target.name);
    found.sort_by(|(a, _), (b, _)| {
        let by_name = || called(a.target).cmp(called(b.target)).then(a.target.cmp(&b.target));
        b.confidence.total_cmp(&a.confidence).then_with(by_name)
    });
    doubt_rivals(&mut found);
    found.into_iter().map(|(proposal, _)| proposal).collect()
}

/// A proposal and whether the label is literally the same; `None` for types that cannot be
/// filled from this one.
fn judge(
    source: &Source<'_>,
    wanted: &name::Name,
    values: &fit::Values<'_>,
    i: usize,
    target: &Target<'_>,
) -> Option<(Proposal, bool)> {
    let fit = values.fit(target)?;
    let label = wanted.alike(&name::Name::of(target.label));
    let by_name = wanted.alike(&name::Name::of(target.name));
    let best = if by_name.score * 0.98 > label.score { by_name } else { label };
    let named = if best.besides {
        best.score.min(BESIDES)
    } else if best.literal {
        best.score
    } else {
        with_options(best.score, &fit)
    };
    let other_options = fit.known > 1 && fit.shared == 0;
    let confidence = named * fit.share * if other_options { OTHER_OPTIONS } else { 1.0 };
    let confidence = (confidence.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    let why = reasons(source, target, &best, &fit);
    Some((Proposal { target: i, confidence, why }, best.literal))
}

/// What shared options add to a name.
fn with_options(name: f64, fit: &fit::Fit) -> f64 {
    if fit.known < 2 || fit.shared == 0 {
        return name;
    }
    let share = f64::from(fit.shared) / f64::from(fit.known);
    if name < NAMED {
        return if fit.shared >= 3 { name.max(share * OPTIONS_ALONE) } else { name };
    }
    let lifted = name + (1.0 - name) * 0.5 * share;
    let most = if name < WELL_NAMED { ACCEPT - 0.01 } else { 1.0 };
    lifted.min(most).max(name)
}

/// Two fields that fit nearly as well as each other: a person has to say which.
fn doubt_rivals(found: &mut [(Proposal, bool)]) {
    let [(first, literal), (second, _), ..] = found else { return };
    if *literal || first.confidence < ACCEPT || first.confidence - second.confidence > CLOSE {
        return;
    }
    for (proposal, _) in found.iter_mut() {
        if proposal.confidence >= ACCEPT {
            proposal.confidence = ACCEPT - 0.01;
            proposal.why.push_str(", another field fits as well");
        }
    }
}

fn reasons(
    source: &Source<'_>,
    target: &Target<'_>,
    alike: &name::Alike,
    fit: &fit::Fit,
) -> String {
    let mut why = match alike {
        name::Alike { literal: true, .. } => "same label".to_owned(),
        name::Alike { score, .. } => format!("label {:.0} % alike", score * 100.0),
    };
    if alike.besides {
        why.push_str(" but says something else besides");
    }
    if fit.same {
        why.push_str(", same type");
    } else {
        let _ = write!(why, ", {} into {}", source.kind.label(), target.kind);
    }
    if let Some(values) = fit.values {
        let _ = write!(why, ", {values}");
    }
    if fit.known > 0 {
        let _ =
            write!(why, ", {} of {}", fit.shared, plural(fit.known.into(), "option", "options"));
    }
    why
}

/// Different texts of a list, folded: how many, and how many of them stand in the other.
fn overlap(ours: &[&str], theirs: &[&str]) -> (u32, u32) {
    type Folded = HashSet<String, foldhash::fast::FixedState>;
    let folded =
        |list: &[&str]| -> Folded { list.iter().map(|text| words::folded(text)).collect() };
    let (ours, theirs) = (folded(ours), folded(theirs));
    (ours.len() as u32, ours.intersection(&theirs).count() as u32)
}

#[cfg(test)]
mod tests;
