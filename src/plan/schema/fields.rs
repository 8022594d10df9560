//! The fields that must exist first: those of the built-in map that something fills, and one or two for
//! each custom field. It must not choose names.

use super::{FieldSpec, OptionSpec, Place, RelationSpec, StepPlan};
use crate::plan::Plan;
use crate::plan::fields::{CustomField, Second, ValueRule};
use crate::plan::stages::Stages;
use crate::plan::types::CustomType;
use crate::plan::unused::Unused;
use crate::twenty::objects::{Column, FieldType, Object, shipped_options};
use crate::twenty::options::{COLORS, Options};

/// More decimals are not shown: one value of 33.3333333333 would give every other one its ten digits.
const MOST_DECIMALS: u8 = 6;

/// What the schema is made of.
pub(in crate::plan) struct Parts<'p> {
    pub types: &'p [CustomType],
    pub fields: &'p [CustomField],
    pub stages: &'p Stages,
    pub lead_statuses: &'p Options,
    pub unused: &'p Unused,
    /// The workspace's members are known.
    pub members: bool,
}

/// All fields, object by object, and in each step the columns that stay out of the files.
pub(in crate::plan) fn build(parts: &Parts<'_>, steps: &mut [StepPlan]) -> Vec<FieldSpec> {
    let mut schema = Vec::new();
    for object in Object::ALL {
        let columns = object.columns().iter().filter(|c| !parts.unused.has(object.name(), c));
        schema.extend(columns.filter_map(|column| built_in(object.name(), column, parts, None)));
        schema.extend(stage_field(object, parts.stages));
        schema.extend(custom(parts, Place::Standard(object), object.name()));
    }
    for (at, one) in parts.types.iter().enumerate().filter(|(_, one)| one.has_object()) {
        let name = &one.object.name_singular;
        let word = one.word();
        let columns = one.columns().iter().filter(|c| !parts.unused.has(word, c));
        schema.extend(columns.filter_map(|column| built_in(name, column, parts, Some(one))));
        schema.extend(custom(parts, Place::Type(at), name));
    }
    for step in steps {
        step.hidden = unmade(step, parts, &schema);
    }
    schema
}

/// Columns of new fields that are not in the schema, and of members while none is known.
fn unmade(step: &StepPlan, parts: &Parts<'_>, schema: &[FieldSpec]) -> Vec<usize> {
    let made = |name: &str| schema.iter().any(|f| f.object == step.object && f.name == name);
    let table = match step.place {
        Place::Standard(object) => object.columns(),
        Place::Type(at) => parts.types.get(at).map_or(&[][..], CustomType::columns),
    };
    let out = |column: &super::StepColumn| {
        let member = column.sub_field.as_deref() == Some("userEmail");
        let own = table.iter().find(|own| own.field == column.field);
        (member && !parts.members)
            || own.is_some_and(|own| own_is_new(own, table) && !made(own.field))
    };
    let columns = step.columns.iter().enumerate();
    columns.filter(|(_, column)| out(column)).map(|(at, _)| at).collect()
}

fn own_is_new(own: &Column, table: &[Column]) -> bool {
    table.iter().any(|column| column.field == own.field && column.new.is_some())
}

fn built_in(
    object: &str,
    column: &Column,
    parts: &Parts<'_>,
    one: Option<&CustomType>,
) -> Option<FieldSpec> {
    let new = column.new?;
    let options = match column.field {
        "leadStatus" => used_options(parts.lead_statuses),
        "pipeline" => used_options(&parts.stages.pipeline_options),
        _ => fixed_options(new.options),
    };
    if column.kind == FieldType::Select && options.is_empty() {
        return None;
    }
    let relation = new.relation.map(|(target, reverse)| {
        let tie = one.and_then(|one| one.ties.iter().find(|(field, _)| *field == column.field));
        let reverse_label = tie.map_or_else(|| reverse.to_owned(), |(_, label)| label.clone());
        RelationSpec { target: target.to_owned(), reverse_label }
    });
    if !parts.members && relation.as_ref().is_some_and(|r| r.target == MEMBER) {
        return None;
    }
    let delivery = if relation.is_some() && one.is_none() { "csv" } else { "both" };
    Some(FieldSpec {
        object: object.to_owned(),
        name: column.field.to_owned(),
        label: new.label.to_owned(),
        kind: column.kind,
        unique: new.unique,
        existing: false,
        lacks: Vec::new(),
        options,
        decimals: 0,
        relation,
        delivery: delivery.to_owned(),
        why: new.why.to_owned(),
    })
}

/// API name of the people who work in Twenty.
pub(in crate::plan) const MEMBER: &str = "workspaceMember";

pub(super) fn fixed_options(options: &[(&str, &str)]) -> Vec<OptionSpec> {
    let specs = options.iter().enumerate().map(|(position, (value, label))| OptionSpec {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        color: COLORS[position % COLORS.len()].to_owned(),
        position,
        existing: false,
        weight: None,
    });
    specs.collect()
}

fn option_specs(options: &Options, from: usize) -> Vec<OptionSpec> {
    let all = options.as_slice().iter().enumerate().skip(from);
    let specs = all.map(|(position, option)| OptionSpec {
        value: option.value.clone(),
        label: option.label.clone(),
        color: option.color.to_owned(),
        position,
        existing: position < options.existing(),
        weight: None,
    });
    specs.collect()
}

/// The options of a field that is to be made: whatever another field with these values has besides
/// stays there.
fn used_options(options: &Options) -> Vec<OptionSpec> {
    let specs = options.used().enumerate().map(|(position, option)| OptionSpec {
        value: option.value.clone(),
        label: option.label.clone(),
        color: match option.color {
            "" => COLORS[position % COLORS.len()].to_owned(),
            color => color.to_owned(),
        },
        position,
        existing: false,
        weight: None,
    });
    specs.collect()
}

/// The options to append to Twenty's own `stage` field.
fn stage_field(object: Object, stages: &Stages) -> Option<FieldSpec> {
    let shipped = stages.stage_options.existing();
    let mut options = option_specs(&stages.stage_options, shipped);
    if object != Object::Opportunity || options.is_empty() {
        return None;
    }
    for option in &mut options {
        let stage = stages.by_status.values().find(|stage| stage.value == option.value);
        let Some(stage) = stage else { continue };
        option.weight = stage.weight;
        option.color = match stage.kind.as_deref() {
            Some("won") => "green".to_owned(),
            Some("lost") => "red".to_owned(),
            _ => option.color.clone(),
        };
    }
    Some(FieldSpec {
        object: object.name().to_owned(),
        name: "stage".to_owned(),
        label: "Stage".to_owned(),
        kind: FieldType::Select,
        unique: false,
        existing: true,
        lacks: Vec::new(),
        options,
        decimals: 0,
        relation: None,
        delivery: "both".to_owned(),
        why: "Close's opportunity statuses, added to the stages there are; keep the existing ones"
            .to_owned(),
    })
}

/// The custom fields of one object, each with its second field behind it.
fn custom(parts: &Parts<'_>, place: Place, object: &str) -> Vec<FieldSpec> {
    let mut specs = Vec::new();
    for field in parts.fields {
        let Some(kind) = field.rule.field_type() else { continue };
        let relation = field.relation_target(parts.types);
        let homes = field.homes.iter().filter(|home| home.place == place);
        for home in homes.filter(|home| !is_standard(place, &home.name)) {
            let options = match field.rule {
                ValueRule::Select | ValueRule::MultiSelect => used_options(&field.options),
                _ => Vec::new(),
            };
            let decimals = match field.rule {
                ValueRule::Number => field.profile.decimals.min(MOST_DECIMALS),
                _ => 0,
            };
            // Two custom fields may share a field of Twenty, and then its options and decimals.
            if let Some(made) =
                specs.iter_mut().find(|spec: &&mut FieldSpec| spec.name == home.name)
            {
                let more = options
                    .into_iter()
                    .filter(|o| !made.options.iter().any(|m| m.value == o.value));
                let more: Vec<OptionSpec> = more.collect();
                made.options.extend(more);
                made.decimals = made.decimals.max(decimals);
                made.options.iter_mut().enumerate().for_each(|(at, option)| option.position = at);
                continue;
            }
            specs.push(FieldSpec {
                object: object.to_owned(),
                name: home.name.clone(),
                label: home.label.clone(),
                kind,
                unique: false,
                existing: home.existing,
                lacks: Vec::new(),
                options,
                decimals,
                relation: relation.map(|target| RelationSpec {
                    target: target.to_owned(),
                    reverse_label: field.reverse_of(place).to_owned(),
                }),
                delivery: "both".to_owned(),
                why: field.full_why(),
            });
        }
        let seconds =
            field.second.iter().filter(|second| second.homes.iter().any(|h| h.place == place));
        specs.extend(seconds.filter_map(|second| second_spec(field, second, place, object)));
    }
    specs
}

fn is_standard(place: Place, name: &str) -> bool {
    let Place::Standard(object) = place else { return name == "name" };
    object.columns().iter().any(|column| column.field == name)
        || !shipped_options(object, name).is_empty()
}

fn second_spec(
    field: &CustomField,
    second: &Second,
    place: Place,
    object: &str,
) -> Option<FieldSpec> {
    let home = second.homes.iter().find(|home| home.place == place)?;
    let kind = if second.is_member { FieldType::Relation } else { FieldType::Text };
    let relation = second.is_member.then(|| RelationSpec {
        target: MEMBER.to_owned(),
        reverse_label: second.reverse_of(place).to_owned(),
    });
    let what = if second.is_member {
        "the same person as a member of the workspace"
    } else {
        "values that do not fit the type of the field"
    };
    Some(FieldSpec {
        object: object.to_owned(),
        name: home.name.clone(),
        label: home.label.clone(),
        kind,
        unique: false,
        existing: home.existing,
        lacks: Vec::new(),
        options: Vec::new(),
        decimals: 0,
        relation,
        delivery: "both".to_owned(),
        why: format!("Close {} field \"{}\": {what}", field.kind.word(), field.close_name),
    })
}

impl Plan {
    /// The API name of an object.
    pub fn object_name(&self, place: Place) -> &str {
        crate::plan::choices::object_name(&self.types, place)
    }
}
