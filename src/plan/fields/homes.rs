//! Where custom fields live: free names and labels on each object, the far sides of relations, and the
//! field beside the first one. It must not choose types.

use super::values::has_misfits;
use super::{Context, CustomField, Second, ValueRule, reuse};
use crate::close::Kind;
use crate::plan::choices::object_name;
use crate::plan::schema::{MEMBER, Names, Place};
use crate::plan::types::CustomType;
use crate::twenty::objects::FieldType;

/// Finds a home for the field on each object.
pub(super) fn propose(
    context: &Context<'_>,
    field: &mut CustomField,
    places: &[Place],
    names: &mut Names,
) {
    reuse::existing(context, field, places);
    let Some(kind) = field.rule.field_type() else { return };
    for place in places {
        if field.homes.iter().any(|home| home.place == *place) {
            continue;
        }
        let object = object_name(context.types, *place);
        field.homes.push(names.field(*place, object, &field.label, suffix(field.kind), kind));
    }
    field.homes.sort_by_key(|home| places.iter().position(|place| *place == home.place));
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
        let twin = names.field(home.place, object, &label, suffix(field.kind), kind);
        if is_member {
            let far = format!("{} of {}", label_plural(context.types, home.place), home.label);
            let far = names.reverse(MEMBER, &far, suffix(field.kind));
            second.reverse.push((home.place, far));
        }
        second.homes.push(twin);
    }
    Some(second)
}

pub(in crate::plan) const fn suffix(kind: Kind) -> &'static str {
    match kind {
        Kind::Lead => "Lead",
        Kind::Contact => "Contact",
        Kind::Opportunity => "Opportunity",
        Kind::CustomActivity | Kind::CustomObject => "Field",
        _ => "Close",
    }
}

fn label_plural(types: &[CustomType], place: Place) -> &str {
    match place {
        Place::Standard(object) => object.label_plural(),
        Place::Type(at) => types.get(at).map_or("", |one| &one.object.label_plural),
    }
}
