//! Where custom fields live: free names and labels on each object, the far sides of relations, and the
//! field beside the first one. It must not choose types.

use super::values::has_misfits;
use super::{Context, CustomField, Second, ValueRule, reuse};
use crate::close::Kind;
use crate::plan::choices::object_name;
use crate::plan::schema::{Home, MEMBER, Names, Place};
use crate::plan::types::CustomType;
use crate::survey::Map;
use crate::twenty::objects::{FieldType, Object};
use crate::twenty::options::Options;

/// Finds a home for the field on each object.
pub(super) fn propose(
    context: &Context<'_>,
    field: &mut CustomField,
    places: &[Place],
    names: &mut Names,
) {
    again(context, field, places, names);
    if field.homes.is_empty() {
        reuse::existing(context, field, places, names);
    } else {
        reuse::same(field);
    }
    let Some(kind) = field.rule.field_type() else { return };
    for place in places {
        if field.homes.iter().any(|home| home.place == *place) {
            continue;
        }
        again(context, field, &[*place], names);
        if field.homes.iter().any(|home| home.place == *place) {
            continue;
        }
        let object = object_name(context.types, *place);
        field.homes.push(names.field(*place, object, &field.label, suffix(field.kind), kind));
    }
    field.homes.sort_by_key(|home| places.iter().position(|place| *place == home.place));
}

/// Homes that an earlier run has made for this field.
fn again(context: &Context<'_>, field: &mut CustomField, places: &[Place], names: &mut Names) {
    let Some(kind) = field.rule.field_type() else { return };
    for place in places {
        let object = (*place, object_name(context.types, *place));
        let target = field.relation_target(context.types);
        let home = names.again(object, &field.label, suffix(field.kind), kind, target);
        field.homes.extend(home);
    }
}

/// Labels for the new fields the map names; fields that share one share its label.
pub(super) fn labelled(
    context: &Context<'_>,
    field: &mut CustomField,
    names: &mut Names,
    labels: &mut Map<(Place, String), String>,
) {
    let Some(kind) = field.rule.field_type() else { return };
    for home in field.homes.iter_mut().filter(|home| !home.existing) {
        let object = object_name(context.types, home.place);
        let label = labels.entry((home.place, home.name.clone())).or_insert_with(|| {
            names.claim(object, &home.name, &field.label, suffix(field.kind), kind)
        });
        home.label.clone_from(label);
    }
}

/// Choices that go to one field of Twenty, or to one that is there, share its options.
pub(super) fn share_options(context: &Context<'_>, fields: &mut [CustomField]) {
    let chooses =
        |field: &CustomField| matches!(field.rule, ValueRule::Select | ValueRule::MultiSelect);
    let open: Vec<usize> = (0..fields.len()).filter(|at| chooses(&fields[*at])).collect();
    let mut done = Vec::new();
    for first in &open {
        if done.contains(first) {
            continue;
        }
        let group = together(fields, &open, *first);
        done.extend(&group);
        let homes = || group.iter().flat_map(|at| &fields[*at].homes).filter(|home| home.existing);
        let there = homes().filter_map(|home| {
            context.workspace.field(object_name(context.types, home.place), &home.name)
        });
        let there: Vec<_> = there.flat_map(|field| &field.options).collect();
        if group.len() < 2 && there.is_empty() {
            continue;
        }
        let known = there.iter().map(|option| (option.value.as_str(), option.label.as_str()));
        let own: Vec<&Options> = group.iter().map(|at| &fields[*at].options).collect();
        for (at, options) in group.iter().zip(Options::shared(known, &own)) {
            fields[*at].options = options;
        }
    }
}

/// The fields that share a home with this one, and those that share one with them.
fn together(fields: &[CustomField], open: &[usize], first: usize) -> Vec<usize> {
    let share = |a: usize, b: usize| {
        let same = |home: &Home| {
            fields[b].homes.iter().any(|it| (it.place, &it.name) == (home.place, &home.name))
        };
        fields[a].homes.iter().any(same)
    };
    let mut group = vec![first];
    let mut next = 0;
    while let Some(at) = group.get(next).copied() {
        let more = open.iter().filter(|other| !group.contains(other) && share(at, **other));
        let more: Vec<usize> = more.copied().collect();
        group.extend(more);
        next += 1;
    }
    group.sort_unstable();
    group
}

/// Finds labels for the far sides of relations, and the field beside the first.
pub(super) fn complete(context: &Context<'_>, field: &mut CustomField, names: &mut Names) {
    let suffix = suffix(field.kind);
    if let Some(target) = field.relation_target(context.types) {
        for home in field.homes.iter().filter(|home| !home.existing) {
            let far = format!("{} of {}", label_plural(context.types, home.place), home.label);
            field.reverse.push((home.place, names.reverse(target, &far, suffix)));
        }
    }
    field.second = second(context, field, names);
}

/// Users get a relation to the member beside the text; values that do not fit their type get a text
/// beside it.
fn second(context: &Context<'_>, field: &CustomField, names: &mut Names) -> Option<Second> {
    let is_member =
        field.rule == ValueRule::Users && context.members() && field.profile.max_items < 2;
    if !is_member && !has_misfits(field.rule, &field.profile) {
        return None;
    }
    let (tail, kind) =
        if is_member { ("Member", FieldType::Relation) } else { ("Text", FieldType::Text) };
    let mut second =
        Second { is_member, homes: Vec::new(), reverse: Vec::new(), columns: Vec::new() };
    for home in &field.homes {
        let object = object_name(context.types, home.place);
        let label = crate::twenty::text::head(&home.label, 63 - tail.len() - 3);
        let label = format!("{} ({tail})", label.trim_end());
        if is_member && let Some(owner) = account_owner(context, field, home.place, names) {
            second.homes.push(owner);
            continue;
        }
        let (at, target) = ((home.place, object), is_member.then_some(MEMBER));
        let twin = names.again(at, &label, suffix(field.kind), kind, target);
        let twin = twin
            .unwrap_or_else(|| names.field(home.place, object, &label, suffix(field.kind), kind));
        if is_member && !twin.existing {
            let far = format!("{} of {}", label_plural(context.types, home.place), home.label);
            let far = names.reverse(MEMBER, &far, suffix(field.kind));
            second.reverse.push((home.place, far));
        }
        second.homes.push(twin);
    }
    Some(second)
}

/// What people call the field that says whose account a lead is, in the languages Close and Twenty are
/// used in.
#[rustfmt::skip]
const OWNER_NAMES: &[&str] = &[
    "account executive", "account manager", "account owner", "assigned to", "company owner",
    "lead owner", "owner", "record owner",
    "besitzer", "inhaber", "kundenbetreuer", "kundenverantwortlicher", "lead besitzer",
    "lead inhaber", "verantwortlicher", "zuständig",
    "chargé de compte", "propriétaire", "propriétaire du compte", "propriétaire du lead",
    "responsable", "responsable de cuenta", "responsable du compte",
    "propietario", "propietario de la cuenta", "propietario del lead",
    "proprietario", "responsabile", "proprietário", "responsável",
    "eigenaar", "accounteigenaar", "accountmanager", "ägare", "ejer", "eier", "omistaja",
    "właściciel", "opiekun", "opiekun klienta",
];

/// Twenty's own account owner of a company, for the first field of leads that is called so.
fn account_owner(
    context: &Context<'_>,
    field: &CustomField,
    place: Place,
    names: &mut Names,
) -> Option<Home> {
    const NAME: &str = "accountOwner";
    let words = field.close_name.to_lowercase().replace(['-', '_'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let at_company = place == Place::Standard(Object::Company) && field.kind == Kind::Lead;
    if !at_company || !OWNER_NAMES.contains(&words.as_str()) {
        return None;
    }
    let there = context.workspace.field(Object::Company.name(), NAME)?;
    if !there.is_active || there.kind != "RELATION" || !names.assign(place, NAME) {
        return None;
    }
    Some(Home { place, name: NAME.to_owned(), label: there.label.clone(), existing: true })
}

pub(in crate::plan) const fn suffix(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "Lead",
        Kind::Contact => "Contact",
        Kind::Opportunity => "Opportunity",
        Kind::CustomActivity | Kind::CustomObject => "Field",
        Kind::Task => "Task",
        Kind::Call => "Call",
        Kind::Meeting => "Meeting",
        Kind::Note => "Note",
        Kind::Email => "Email",
        _ => "Close",
    }
}

fn label_plural(types: &[CustomType], place: Place) -> &str {
    match place {
        Place::Standard(object) => object.label_plural(),
        Place::Type(at) => types.get(at).map_or("", |one| &one.object.label_plural),
    }
}
