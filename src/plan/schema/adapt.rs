//! The schema and the columns as the workspace of a file has them: labels, fields that are there, off,
//! missing or something else, and the options each lacks. It must not choose homes for custom fields
//! and does nothing for the standard workspace but tell apart new options.
//!
//! A field that Twenty ships and this workspace lacks is asked for like any other, unless the export
//! has nothing for it: then its columns stay out of the files.

use super::fields::{Parts, fixed_options};
use super::known::{Resolved, aim, label_of};
use super::names::Names;
use super::{FieldSpec, Lack, OptionSpec, Place, RelationSpec, StepColumn, StepPlan};
use crate::plan::Stages;
use crate::plan::types::CustomType;
use crate::survey::Map;
use crate::twenty::objects::{Column, FieldType, Object, shipped_options};
use crate::twenty::options::Options;
use crate::twenty::workspace::{Workspace, WsField};

/// The workspace, and how the built-in fields are called in it.
#[derive(Clone, Copy)]
pub(in crate::plan) struct There<'p> {
    pub workspace: &'p Workspace,
    pub names: &'p Names,
}

impl<'p> There<'p> {
    /// A field of the workspace under the name a built-in one has there.
    fn built_in(&self, object: &str, field: &str) -> Option<&'p WsField> {
        let resolved = self.names.resolved(object, field).filter(|resolved| resolved.there)?;
        self.workspace.field(object, &resolved.name)
    }

    /// Options both objects of a lead may have, as value and label.
    fn options(&self, objects: &[Object], field: &str) -> Vec<(&'p str, &'p str)> {
        let fields = objects.iter().filter_map(|object| self.built_in(object.name(), field));
        let options = fields.flat_map(|field| &field.options);
        options.map(|option| (option.value.as_str(), option.label.as_str())).collect()
    }
}

/// Lead statuses with the options the workspace has; `values` follow.
pub(in crate::plan) fn known_statuses(
    there: &There<'_>,
    values: &mut Map<Box<str>, String>,
    options: &Options,
) -> Options {
    let known = there.options(&[Object::Company, Object::Person], "leadStatus");
    let new = options.with_existing(known.into_iter());
    follow(options, &new, values.values_mut());
    new
}

/// Pipelines with the options the workspace has.
pub(in crate::plan) fn known_pipelines(there: &There<'_>, stages: &mut Stages) {
    let known = there.options(&[Object::Opportunity], "pipeline");
    let new = stages.pipeline_options.with_existing(known.into_iter());
    let of_stages = stages.by_status.values_mut().filter_map(|stage| stage.pipeline.as_mut());
    follow(&stages.pipeline_options, &new, stages.pipelines.values_mut().chain(of_stages));
    stages.pipeline_options = new;
}

/// Values of the old options become those of the new ones for the same raw label.
fn follow<'v>(old: &Options, new: &Options, values: impl Iterator<Item = &'v mut String>) {
    let raws = old.raws();
    for value in values {
        let raw = raws.iter().find(|(_, option)| option.value == *value).map(|(raw, _)| *raw);
        if let Some(now) = raw.and_then(|raw| new.value(raw)) {
            now.clone_into(value);
        }
    }
}

/// Brings the schema and the hidden columns in line with the workspace.
pub(in crate::plan) fn adapt(
    there: &There<'_>,
    parts: &Parts<'_>,
    schema: &mut Vec<FieldSpec>,
    steps: &mut [StepPlan],
) {
    for spec in schema.iter_mut() {
        if let Some(resolved) = there.names.resolved(&spec.object, &spec.name) {
            apply(resolved, spec);
        }
    }
    for step in steps.iter_mut().filter(|step| !step.is_second_pass()) {
        let word = match step.place {
            Place::Standard(object) => object.name(),
            Place::Type(at) => parts.types.get(at).map_or("", CustomType::word),
        };
        standard_fields(there, parts, word, schema, step);
    }
    for spec in schema.iter_mut().filter(|spec| spec.existing) {
        // How a field that is there shows its values is its owner's choice.
        spec.decimals = 0;
        if let Some(field) = there.workspace.field(&spec.object, &spec.name) {
            spec.options = missing(field, std::mem::take(&mut spec.options));
        }
    }
    // A field of Twenty's own to which nothing is added need not be named.
    schema.retain(|spec| spec.is_open() || !is_shipped(there, spec));
}

fn apply(resolved: &Resolved, spec: &mut FieldSpec) {
    if spec.name != resolved.name {
        spec.why = format!("{} (`{}` is something else here)", spec.why, spec.name);
    }
    spec.name.clone_from(&resolved.name);
    spec.label.clone_from(&resolved.label);
    spec.existing = resolved.there;
    spec.lacks.clone_from(&resolved.lacks);
    for lack in &resolved.lacks {
        spec.why = format!("{}; {}", spec.why, told(*lack));
    }
    if let (Some(relation), Some(reverse)) = (&mut spec.relation, &resolved.reverse) {
        relation.reverse_label.clone_from(reverse);
    }
}

const fn told(lack: Lack) -> &'static str {
    match lack {
        Lack::Active => "the workspace has it switched off: switch it on again",
        Lack::Unique => "the workspace has it, but not as unique: mark it unique",
        Lack::Label => "another field of the workspace has the same label: rename that one",
    }
}

/// Fields that Twenty ships and this workspace lacks, has switched off or without their options.
fn standard_fields(
    there: &There<'_>,
    parts: &Parts<'_>,
    word: &str,
    schema: &mut Vec<FieldSpec>,
    step: &mut StepPlan,
) {
    let (object, columns) = match step.place {
        Place::Standard(object) => (Some(object), object.columns()),
        Place::Type(at) => (None, parts.types.get(at).map_or(&[][..], CustomType::columns)),
    };
    let mut found = Vec::new();
    for column in columns.iter().filter(|c| is_own(c, columns)) {
        let Some(resolved) = there.names.resolved(&step.object, column.field) else { continue };
        let member = column.sub_field == Some("userEmail");
        let unneeded = (member && !parts.members) || parts.unused.has(word, column);
        if unneeded && (!resolved.there || resolved.lacks.contains(&Lack::Active)) {
            let own = step.columns.iter().enumerate().filter(|(_, c)| c.field == column.field);
            let own: Vec<usize> = own.map(|(at, _)| at).collect();
            step.hidden.extend(own);
            continue;
        }
        // The stages are a field of the schema already.
        if (member && !parts.members) || schema.iter().any(|s| is(s, &step.object, &resolved.name))
        {
            continue;
        }
        let mut spec = standard(&step.object, column, object, resolved);
        if !found.iter().any(|known: &FieldSpec| known.name == spec.name) {
            apply(resolved, &mut spec);
            found.push(spec);
        }
    }
    step.hidden.sort_unstable();
    step.hidden.dedup();
    let first = schema.iter().position(|spec| spec.object == step.object).unwrap_or(schema.len());
    schema.splice(first..first, found);
}

fn is(spec: &FieldSpec, object: &str, name: &str) -> bool {
    spec.object == object && spec.name == name
}

/// A field Twenty ships: none of its columns is new.
fn is_own(column: &Column, columns: &[Column]) -> bool {
    !columns.iter().any(|c| c.field == column.field && c.new.is_some())
}

fn standard(
    object: &str,
    column: &Column,
    known: Option<Object>,
    resolved: &Resolved,
) -> FieldSpec {
    // What the stages need is known from the statuses.
    let known = known.filter(|known| *known != Object::Opportunity);
    let shipped = known.map_or(&[][..], |known| shipped_options(known, column.field));
    let relation = (column.kind == FieldType::Relation).then(|| RelationSpec {
        target: aim(object, column.field).to_owned(),
        reverse_label: String::new(),
    });
    FieldSpec {
        object: object.to_owned(),
        name: column.field.to_owned(),
        label: label_of(column).to_owned(),
        kind: column.kind,
        unique: false,
        existing: false,
        lacks: Vec::new(),
        options: fixed_options(shipped),
        decimals: 0,
        relation,
        delivery: "both".to_owned(),
        why: if resolved.there {
            "a field of Twenty"
        } else {
            "a field of Twenty that is not here"
        }
        .to_owned(),
    }
}

/// Something that is no field of the built-in map nor of a custom field from an earlier run.
fn is_shipped(there: &There<'_>, spec: &FieldSpec) -> bool {
    let Some(object) = Object::by_name(&spec.object) else {
        return spec.existing && spec.name == "name";
    };
    let own = object.columns().iter().find(|column| {
        let resolved = there.names.resolved(&spec.object, column.field);
        resolved.map_or(column.field, |resolved| resolved.name.as_str()) == spec.name
    });
    match own {
        Some(column) => is_own(column, object.columns()),
        // Nothing is known of who made other fields; what Twenty ships has nothing to be added.
        None => there.workspace.is_standard(),
    }
}

/// The options a field of the workspace lacks, at the end of its list. Those it has keep value and
/// label; a label that is taken gets another.
fn missing(field: &WsField, wanted: Vec<OptionSpec>) -> Vec<OptionSpec> {
    let last = field.options.iter().filter_map(|option| option.position).max().unwrap_or(-1);
    let first = usize::try_from(last + 1).unwrap_or_default().max(field.options.len());
    let mut taken: Vec<String> = Vec::new();
    for option in &field.options {
        taken.extend([option.value.to_lowercase(), option.label.trim().to_lowercase()]);
    }
    let known = |option: &OptionSpec| field.options.iter().any(|there| there.value == option.value);
    let mut added = Vec::new();
    for mut option in wanted.into_iter().filter(|option| !known(option)) {
        let mut labels = crate::twenty::naming::labels(&option.label, "Close").take(1_000);
        let free = labels.find(|label| !taken.contains(&label.to_lowercase()));
        if let Some(free) = free {
            option.label = free;
        }
        taken.push(option.label.to_lowercase());
        option.position = first + added.len();
        option.existing = false;
        added.push(option);
    }
    added
}

/// Gives the columns the names and labels the fields have in the workspace. Columns of custom fields
/// carry theirs already; of their relations, the key's label follows.
pub(in crate::plan) fn relabel(
    there: &There<'_>,
    types: &[CustomType],
    schema: &[FieldSpec],
    steps: &mut [StepPlan],
) {
    if there.workspace.is_standard() {
        return;
    }
    for step in steps {
        let object = step.object.clone();
        let table = match step.place {
            Place::Standard(object) => object.columns(),
            Place::Type(at) => types.get(at).map_or(&[][..], CustomType::columns),
        };
        for column in &mut step.columns {
            let own = table.iter().find(|own| own.field == column.field);
            let Some(own) = own else {
                let spec = schema.iter().find(|spec| is(spec, &object, &column.field));
                let target = spec.and_then(|spec| spec.relation.as_ref()).map(|r| &r.target);
                if let Some(target) = target {
                    rekey(there, target, column);
                }
                continue;
            };
            let Some(resolved) = there.names.resolved(&object, own.field) else {
                // A new object: its relations name keys of others.
                if let Some((target, _)) = own.new.and_then(|new| new.relation) {
                    rekey(there, target, column);
                }
                continue;
            };
            column.field.clone_from(&resolved.name);
            let old = label_of(own);
            let tail = column.header.strip_prefix(old).unwrap_or_default();
            column.header = format!("{}{tail}", resolved.label);
            if column.kind == FieldType::Relation {
                let target = own.new.and_then(|new| new.relation).map(|(target, _)| target);
                rekey(there, target.unwrap_or_else(|| aim(&object, own.field)), column);
            }
        }
    }
}

/// The label of a relation's key, as its object calls it.
fn rekey(there: &There<'_>, target: &str, column: &mut StepColumn) {
    let Some(key) = column.sub_field.clone() else { return };
    let resolved = there.names.resolved(target, &key);
    let label = match resolved {
        Some(resolved) => Some((resolved.name.clone(), resolved.label.clone())),
        None => there.workspace.field(target, &key).map(|f| (f.name.clone(), f.label.clone())),
    };
    let Some((name, label)) = label else { return };
    if let Some((field, _)) = column.header.rsplit_once(" / ") {
        column.header = format!("{field} / {label}");
        column.sub_field = Some(name);
    }
}
