//! The steps of the import: which files, with which columns, after which others. It must not choose
//! fields.

use super::{Home, Place, StepColumn, StepPlan};
use crate::plan::fields::{CustomField, ValueRule};
use crate::plan::types::CustomType;
use crate::twenty::objects::{Column, FieldType, Object};

/// One step for each object, in the plan's order, then the second passes.
pub(in crate::plan) fn steps(fields: &[CustomField], types: &[CustomType]) -> Vec<StepPlan> {
    let mut steps: Vec<StepPlan> = Object::ALL
        .iter()
        .map(|object| {
            let place = Place::Standard(*object);
            step(place, object.name(), object.plural(), object.columns(), fields, types)
        })
        .collect();
    for (at, one) in types.iter().enumerate() {
        let object = &one.object;
        let stem = kebab(&object.name_plural);
        steps.push(step(
            Place::Type(at),
            &object.name_singular,
            &stem,
            one.columns(),
            fields,
            types,
        ));
    }
    let places: Vec<(Place, String, String)> =
        steps.iter().map(|s| (s.place, s.object.clone(), s.stem.clone())).collect();
    for (place, object, stem) in places {
        steps.extend(second_pass(place, &object, &stem, fields, types));
    }
    let first = Object::ALL.len() + types.len();
    for (at, step) in steps.iter_mut().enumerate() {
        step.order = if at < first { order(step.place, types) } else { at + 1 - unmade(types) };
        step.folder = format!("{:02}-{}", step.order, step.stem);
    }
    let made: Vec<usize> = steps.iter().map(|step| step.order).collect();
    let needs = steps.iter().map(|step| depends_on(step, fields, types, &made));
    let needs: Vec<Vec<usize>> = needs.collect();
    steps.iter_mut().zip(needs).for_each(|(step, needs)| step.depends_on = needs);
    steps
}

/// Types whose records go elsewhere have a step without an order.
fn unmade(types: &[CustomType]) -> usize {
    types.iter().filter(|one| !one.has_object()).count()
}

/// The place of an object in the import, from 1: Twenty's own that others refer to, the custom
/// types, then tasks and notes. 0 for a type that has no object.
fn order(place: Place, types: &[CustomType]) -> usize {
    let made = types.iter().filter(|one| one.has_object()).count();
    match place {
        Place::Standard(Object::Task) => 4 + made,
        Place::Standard(Object::Note) => 5 + made,
        Place::Standard(object) => object as usize + 1,
        Place::Type(at) if types.get(at).is_some_and(CustomType::has_object) => {
            4 + types.iter().take(at).filter(|one| one.has_object()).count()
        }
        Place::Type(_) => 0,
    }
}

fn step(
    place: Place,
    object: &str,
    stem: &str,
    columns: &[Column],
    fields: &[CustomField],
    types: &[CustomType],
) -> StepPlan {
    let mut all: Vec<StepColumn> = columns.iter().map(column_of).collect();
    for field in fields {
        let homes = field.homes.iter().filter(|home| home.place == place);
        for home in homes.filter(|_| !is_late(field, place, types)) {
            add(&mut all, custom_columns(field, home));
        }
        if let Some(second) = &field.second {
            let homes = second.homes.iter().filter(|home| home.place == place);
            homes.for_each(|home| {
                let column = if second.is_member {
                    relation_column(home, "userEmail", "User Email")
                } else {
                    plain(home, FieldType::Text)
                };
                add(&mut all, vec![column]);
            });
        }
    }
    StepPlan {
        place,
        object: object.to_owned(),
        order: 0,
        folder: String::new(),
        stem: stem.to_owned(),
        columns: all,
        hidden: Vec::new(),
        depends_on: Vec::new(),
        chronological: !matches!(
            place,
            Place::Standard(Object::Company | Object::Person | Object::Opportunity)
        ),
        links: Vec::new(),
    }
}

/// Two custom fields may share a field of Twenty.
fn add(columns: &mut Vec<StepColumn>, more: Vec<StepColumn>) {
    for column in more {
        if !columns.iter().any(|c| c.field == column.field && c.sub_field == column.sub_field) {
            columns.push(column);
        }
    }
}

fn second_pass(
    place: Place,
    object: &str,
    stem: &str,
    fields: &[CustomField],
    types: &[CustomType],
) -> Option<StepPlan> {
    let links: Vec<usize> = (0..fields.len())
        .filter(|at| fields.get(*at).is_some_and(|field| is_late(field, place, types)))
        .collect();
    if links.is_empty() {
        return None;
    }
    let mut columns = vec![column_of(&Object::Company.columns()[1])];
    for field in links.iter().filter_map(|at| fields.get(*at)) {
        let homes = field.homes.iter().filter(|home| home.place == place);
        homes.for_each(|home| add(&mut columns, custom_columns(field, home)));
    }
    Some(StepPlan {
        place,
        object: object.to_owned(),
        order: 0,
        folder: String::new(),
        stem: format!("{stem}-links"),
        columns,
        hidden: Vec::new(),
        depends_on: Vec::new(),
        chronological: false,
        links,
    })
}

/// The steps that make what the rows of this step refer to.
fn depends_on(
    step: &StepPlan,
    fields: &[CustomField],
    types: &[CustomType],
    orders: &[usize],
) -> Vec<usize> {
    let of = |place: Place| orders.get(place.step()).copied().unwrap_or_default();
    let mut needs: Vec<usize> = match step.place {
        _ if step.is_second_pass() => vec![of(step.place)],
        Place::Standard(Object::Company) => Vec::new(),
        Place::Standard(Object::Person) => vec![1],
        Place::Standard(Object::Opportunity) => vec![1, 2],
        _ => vec![1, 2, 3],
    };
    let here = fields.iter().enumerate().filter(|(at, field)| {
        let late = is_late(field, step.place, types);
        field.homes.iter().any(|home| home.place == step.place)
            && late == step.is_second_pass()
            && (!late || step.links.contains(at))
    });
    needs.extend(here.filter_map(|(_, field)| field.target()).map(of));
    needs.sort_unstable();
    needs.dedup();
    needs.retain(|order| *order != 0 && *order != step.order);
    needs
}

/// Notes in each field which columns are its own.
pub(in crate::plan) fn place(fields: &mut [CustomField], steps: &[StepPlan]) {
    let columns = |homes: &[Home]| {
        let mut found = Vec::new();
        for home in homes {
            for (at, step) in steps.iter().enumerate().filter(|(_, s)| s.place == home.place) {
                let column = step.columns.iter().position(|column| column.field == home.name);
                found.extend(column.map(|column| (at, column)));
            }
        }
        found
    };
    for field in fields {
        field.columns = columns(&field.homes);
        if let Some(second) = &mut field.second {
            second.columns = columns(&second.homes);
        }
    }
}

/// Relations that cannot be filled in while the object itself is imported, because what they refer to
/// is not there yet or is in the same file (`twenty-importer.md` §4.3).
pub(in crate::plan) fn is_late(field: &CustomField, place: Place, types: &[CustomType]) -> bool {
    let here = field.homes.iter().any(|home| home.place == place);
    let late = |target| order(place, types) <= order(target, types);
    here && field.target().is_some_and(late)
}

fn column_of(column: &Column) -> StepColumn {
    StepColumn {
        header: column.header.to_owned(),
        field: column.field.to_owned(),
        sub_field: column.sub_field.map(str::to_owned),
        kind: column.kind,
    }
}

fn plain(home: &Home, kind: FieldType) -> StepColumn {
    StepColumn { header: home.label.clone(), field: home.name.clone(), sub_field: None, kind }
}

fn relation_column(home: &Home, key: &str, label: &str) -> StepColumn {
    StepColumn {
        header: format!("{} / {label}", home.label),
        field: home.name.clone(),
        sub_field: Some(key.to_owned()),
        kind: FieldType::Relation,
    }
}

/// The columns a custom field fills; composite fields have several.
fn custom_columns(field: &CustomField, home: &Home) -> Vec<StepColumn> {
    let part = |label: &str, sub: &str, kind| StepColumn {
        header: format!("{} / {label}", home.label),
        field: home.name.clone(),
        sub_field: Some(sub.to_owned()),
        kind,
    };
    match field.rule {
        ValueRule::Archive => Vec::new(),
        ValueRule::Contact | ValueRule::Object(_) => {
            vec![relation_column(home, "closeId", "Close Id")]
        }
        ValueRule::Member => vec![relation_column(home, "userEmail", "User Email")],
        ValueRule::Link => vec![part("Link URL", "primaryLinkUrl", FieldType::Links)],
        ValueRule::Currency => vec![
            part("Amount", "amountMicros", FieldType::Currency),
            part("Currency", "currencyCode", FieldType::Currency),
        ],
        _ => field.rule.field_type().map(|kind| plain(home, kind)).into_iter().collect(),
    }
}

/// `siteVisits` → `site-visits`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
