//! Fields the workspace has already and a custom field may mean: taken where it is certain, named for a
//! person to look at where it is likely. It must not make fields.

use super::homes::suffix;
use super::{Context, CustomField, DEFINED, ValueRule};
use crate::mapping::proposal::{ACCEPT, DOUBT, Proposal, Source, Target, propose};
use crate::plan::choices::{object_name, word};
use crate::plan::schema::{Home, Names, Place};
use crate::twenty::naming;
use crate::twenty::workspace::WsField;

/// Labels that may have been given out for one name.
const TRIES: usize = 3;
/// Values shown to the comparison.
const SAMPLES: usize = 20;

/// What the workspace has for a field.
enum Found {
    /// This one, certainly.
    Certain(Home, Box<WsField>, Proposal),
    /// Maybe this one.
    Likely(String, Proposal),
}

/// Looks for a field the workspace has on each object the values can go to, and takes it where that is
/// certain.
pub(super) fn existing(
    context: &Context<'_>,
    field: &mut CustomField,
    places: &[Place],
    names: &mut Names,
) {
    match find(context, field, places, names, &[]) {
        Some(Found::Certain(home, there, best)) => {
            names.use_up(object_name(context.types, home.place), &home.name);
            take(field, home, &there, &best);
        }
        Some(Found::Likely(name, best)) => doubt(field, &name, &best),
        None => {}
    }
}

/// The workspace has a field of the same label and type, maybe from an earlier run.
pub(super) fn same(field: &mut CustomField) {
    field.why = format!("{}; the workspace has it: same label, same type", field.why);
}

/// The label is one the field would have been given.
fn is_same(field: &CustomField, home: &Home) -> bool {
    let label = home.label.trim().to_lowercase();
    let mut given = naming::labels(&field.label, suffix(field.kind)).take(TRIES);
    home.existing && given.any(|given| given.to_lowercase() == label)
}

/// Gives a field whose homes the map names the reasons it was proposed for, when it is where the
/// proposal would put it. `proposed` is the field before the map was asked.
pub(super) fn reasons(
    context: &Context<'_>,
    field: &mut CustomField,
    mut proposed: CustomField,
    places: &[Place],
    names: &mut Names,
) {
    let as_typed = proposed.rule.field_type() == field.rule.field_type();
    if as_typed && field.homes.iter().any(|home| is_same(&proposed, home)) {
        same(&mut proposed);
        field.why = proposed.why;
        return;
    }
    match find(context, &proposed, places, names, &field.homes) {
        Some(Found::Certain(home, there, best)) if field.homes.contains(&home) => {
            take(&mut proposed, home, &there, &best);
        }
        Some(Found::Likely(name, best)) if proposed.rule == field.rule => {
            doubt(&mut proposed, &name, &best);
        }
        _ => return,
    }
    if proposed.rule == field.rule {
        (field.why, field.confidence) = (proposed.why, proposed.confidence);
    }
}

fn doubt(field: &mut CustomField, name: &str, best: &Proposal) {
    field.confidence = field.confidence.min(1.0 - best.confidence / 2.0);
    field.why = format!("{}; maybe {name}: {}", field.why, best.why);
}

/// `own` are homes the field has already; those of other fields are no candidates.
fn find(
    context: &Context<'_>,
    field: &CustomField,
    places: &[Place],
    names: &mut Names,
    own: &[Home],
) -> Option<Found> {
    let kind = field.rule.field_type()?;
    if matches!(field.rule, ValueRule::Contact | ValueRule::Object(_) | ValueRule::Member) {
        return None;
    }
    let samples = samples(field);
    let samples: Vec<&str> = samples.iter().map(|text| &**text).collect();
    let raws: Vec<String> = field.options.raws().iter().map(|(raw, _)| (*raw).to_owned()).collect();
    let options: Vec<&str> = raws.iter().map(String::as_str).collect();
    let source = Source { name: &field.close_name, kind, options: &options, samples: &samples };
    let mut likely = None;
    for place in places {
        let mut candidates = candidates(context, *place);
        let mine = |name: &str| own.iter().any(|home| home.place == *place && home.name == name);
        candidates.retain(|it| {
            mine(&it.name) || !names.is_used(object_name(context.types, *place), &it.name)
        });
        let targets: Vec<Target<'_>> = candidates.iter().map(|field| target(field)).collect();
        let Some(best) = propose(&source, &targets).into_iter().next() else { continue };
        let Some(there) = candidates.get(best.target) else { continue };
        if best.confidence >= ACCEPT && fits(context, field, there) {
            let (name, label) = (there.name.clone(), there.label.clone());
            let home = Home { place: *place, name, label, existing: true };
            return Some(Found::Certain(home, Box::new((*there).clone()), best));
        }
        if best.confidence >= DOUBT && likely.is_none() {
            let object = object_name(context.types, *place);
            likely = Some(Found::Likely(format!("{object}.{}", there.name), best));
        }
    }
    likely
}

fn target(field: &WsField) -> Target<'_> {
    Target {
        name: &field.name,
        label: &field.label,
        kind: &field.kind,
        options: field.options.iter().map(|option| option.label.as_str()).collect(),
    }
}

/// The most frequent values.
fn samples(field: &CustomField) -> Vec<Box<str>> {
    let mut values: Vec<_> = field.profile.distinct.iter().flatten().collect();
    values.sort_by(|(a, n), (b, m)| (m, a).cmp(&(n, b)));
    values.into_iter().take(SAMPLES).map(|(value, _)| value.clone()).collect()
}

/// Fields of an object that Close's own values do not fill. Other people's names for the same thing
/// are only known from a workspace file.
fn candidates<'w>(context: &Context<'w>, place: Place) -> Vec<&'w WsField> {
    let object = object_name(context.types, place).to_owned();
    let Some(there) = context.workspace.object(&object) else { return Vec::new() };
    let own = match place {
        Place::Standard(object) => object.columns(),
        Place::Type(_) => &[],
    };
    let free = there
        .fields
        .iter()
        .filter(|field| field.is_active && !own.iter().any(|column| column.field == field.name));
    free.filter(|field| !is_system(&field.name)).collect()
}

/// Fields every object has that no import should fill.
pub(in crate::plan) fn is_system(name: &str) -> bool {
    const SYSTEM: &[&str] =
        &["id", "createdAt", "updatedAt", "deletedAt", "position", "searchVector", "avatarUrl"];
    SYSTEM.contains(&name)
}

/// The values can be written in a field of that type.
fn fits(context: &Context<'_>, field: &CustomField, there: &WsField) -> bool {
    match there.kind.as_str() {
        "CURRENCY" => {
            let known = context.survey.config.organization.as_ref();
            known.is_some_and(|(_, code)| code.is_some()) && field.rule == ValueRule::Number
        }
        kind => field.rule_of(kind).is_some(),
    }
}

/// Makes the existing field the home, with its type and its options.
fn take(field: &mut CustomField, home: Home, there: &WsField, best: &Proposal) {
    if field.rule.field_type().map(word).as_deref() != Some(&there.kind)
        && let Some(rule) = field.rule_of(&there.kind)
    {
        field.become_of(rule);
    }
    field.confidence = best.confidence.min(DEFINED);
    field.why = format!("{}; the workspace has it: {}", field.why, best.why);
    let known = there.options.iter().map(|option| (option.value.as_str(), option.label.as_str()));
    field.options = field.options.with_existing(known);
    field.homes.push(home);
}
