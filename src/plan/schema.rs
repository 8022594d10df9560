//! The schema manifest and the columns of every file: fields that must exist first, and the steps
//! in import order. It must not write files.

use super::fields::{CustomField, ValueRule};
use super::stages::Stages;
use super::unused::Unused;
use crate::twenty::naming::{self, Names};
use crate::twenty::objects::{Column, FieldType, OTHER_LABELS, Object, shipped_options};
use crate::twenty::options::Options;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An option of a select field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OptionSpec {
    /// What a cell holds.
    pub value: String,
    /// What people see.
    pub label: String,
    /// Tag colour.
    pub color: String,
    /// Place in the list.
    pub position: usize,
    /// Twenty has it already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// Mean confidence of the opportunities in this stage, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u64>,
}

/// The other side of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RelationSpec {
    /// API name of the target object.
    pub target: String,
    /// Label of the field that appears on the target.
    pub reverse_label: String,
}

/// A field that must exist before the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldSpec {
    /// API name of the object.
    pub object: Object,
    /// API name of the field.
    pub name: String,
    /// Label.
    pub label: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Must be marked unique.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Twenty ships the field: only options are added.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// Options, for select fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionSpec>,
    /// Target, for relations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation: Option<RelationSpec>,
    /// `both`, or `csv` for fields that the API route replaces.
    pub delivery: String,
    /// What it is for and where it comes from.
    pub why: String,
}

/// One column of a step's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepColumn {
    /// The header.
    pub header: String,
    /// API name of the field.
    pub field: String,
    /// API name of the sub-field, or of the target's key for relations.
    pub sub_field: Option<String>,
    /// The field's type.
    #[serde(rename = "type")]
    pub kind: FieldType,
}

/// The files of one object, or of one further pass over an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepPlan {
    /// The object.
    pub object: Object,
    /// Folder name below `csv/`.
    pub folder: String,
    /// Start of the file names.
    pub stem: String,
    /// Columns in order, as the transform counts them.
    pub columns: Vec<StepColumn>,
    /// Positions of columns that stay out of the files: their field has no option and is not made.
    pub hidden: Vec<usize>,
    /// Orders (from 1) of the steps that must come before.
    pub depends_on: Vec<usize>,
    /// Files are in order of time.
    pub chronological: bool,
    /// For a second pass: the custom fields whose relations it fills in.
    pub links: Vec<usize>,
}

/// Names and labels that are taken, for each object.
#[derive(Debug)]
pub struct Reserved(Vec<Names>);

impl Reserved {
    /// All that Twenty ships and the built-in map adds.
    pub fn new() -> Self {
        let mut reserved = Self(Object::ALL.iter().map(|_| Names::new()).collect());
        for object in Object::ALL {
            for column in object.columns() {
                let label = column.header.split(" / ").next().unwrap_or(column.header);
                reserved.of(object).reserve(column.field, label, name_kind(column.kind));
                if let Some((target, reverse)) = column.new.and_then(|new| new.relation) {
                    let name = naming::field_name(reverse);
                    reserved.of(target).reserve(&name, reverse, naming::Kind::Plain);
                }
            }
        }
        for (object, name, label) in OTHER_LABELS {
            let relation = matches!(*label, "Account Owner" | "Owner" | "Assignee");
            let kind = if relation { naming::Kind::Relation } else { naming::Kind::Plain };
            reserved.of(*object).reserve(name, label, kind);
        }
        reserved
    }

    fn of(&mut self, object: Object) -> &mut Names {
        &mut self.0[object as usize]
    }

    /// A free name and label for a custom field.
    pub fn field(
        &mut self,
        object: Object,
        label: &str,
        suffix: &str,
        kind: FieldType,
    ) -> (Object, String, String) {
        let (name, label) = self.of(object).take(label, suffix, name_kind(kind));
        if kind == FieldType::Relation {
            let reverse = reverse_label(object, &label);
            self.of(Object::Person).take(&reverse, suffix, naming::Kind::Plain);
        }
        (object, name, label)
    }
}

impl Default for Reserved {
    fn default() -> Self {
        Self::new()
    }
}

/// The label of a custom relation on the person it points to.
fn reverse_label(object: Object, label: &str) -> String {
    naming::field_label(&format!("{} of {}", object.label_plural(), label))
}

const fn name_kind(kind: FieldType) -> naming::Kind {
    match kind {
        FieldType::Relation => naming::Kind::Relation,
        FieldType::FullName => naming::Kind::FullName,
        FieldType::Emails => naming::Kind::Emails,
        FieldType::Phones => naming::Kind::Phones,
        FieldType::Links => naming::Kind::Links,
        FieldType::Address => naming::Kind::Address,
        FieldType::Currency => naming::Kind::Currency,
        FieldType::RichText => naming::Kind::RichText,
        _ => naming::Kind::Plain,
    }
}

pub(super) fn build(
    fields: &[CustomField],
    stages: &Stages,
    lead_statuses: &Options,
    unused: &Unused,
) -> (Vec<FieldSpec>, Vec<StepPlan>) {
    let mut schema = Vec::new();
    for object in Object::ALL {
        for column in object.columns().iter().filter(|column| !unused.has(object, column)) {
            schema.extend(built_in(object, column, stages, lead_statuses));
        }
        schema.extend(stage_field(object, stages));
        schema.extend(fields.iter().filter_map(|field| custom(field, object)));
    }
    let mut steps = steps(fields);
    for step in &mut steps {
        step.hidden = unmade(step, &schema);
    }
    (schema, steps)
}

/// Columns of new fields that are not in the schema.
fn unmade(step: &StepPlan, schema: &[FieldSpec]) -> Vec<usize> {
    let made = |name: &str| schema.iter().any(|f| f.object == step.object && f.name == name);
    let built_in = step.object.columns().iter().filter(|column| column.new.is_some());
    let unmade: Vec<&str> =
        built_in.map(|column| column.field).filter(|name| !made(name)).collect();
    let columns = step.columns.iter().enumerate();
    columns.filter(|(_, c)| unmade.contains(&c.field.as_str())).map(|(at, _)| at).collect()
}

impl StepPlan {
    /// The columns of the files.
    pub fn shown(&self) -> impl Iterator<Item = &StepColumn> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(at, _)| !self.hidden.contains(at)).map(|(_, column)| column)
    }
}

fn built_in(
    object: Object,
    column: &Column,
    stages: &Stages,
    lead_statuses: &Options,
) -> Option<FieldSpec> {
    let new = column.new?;
    let options = match column.field {
        "leadStatus" => option_specs(lead_statuses, 0),
        "pipeline" => option_specs(&stages.pipeline_options, 0),
        _ => {
            let mut options = Options::new();
            let specs = new.options.iter().enumerate().map(|(position, (value, label))| {
                options.add(label);
                OptionSpec {
                    value: (*value).to_owned(),
                    label: (*label).to_owned(),
                    color: crate::twenty::options::COLORS[position % 10].to_owned(),
                    position,
                    existing: false,
                    weight: None,
                }
            });
            specs.collect()
        }
    };
    if column.kind == FieldType::Select && options.is_empty() {
        return None;
    }
    let relation = new.relation.map(|(target, reverse)| RelationSpec {
        target: target.name().to_owned(),
        reverse_label: reverse.to_owned(),
    });
    let delivery = if relation.is_some() { "csv" } else { "both" };
    Some(FieldSpec {
        object,
        name: column.field.to_owned(),
        label: new.label.to_owned(),
        kind: column.kind,
        unique: new.unique,
        existing: false,
        options,
        relation,
        delivery: delivery.to_owned(),
        why: new.why.to_owned(),
    })
}

fn option_specs(options: &Options, from: usize) -> Vec<OptionSpec> {
    let specs =
        options.as_slice().iter().enumerate().skip(from).map(|(position, option)| OptionSpec {
            value: option.value.clone(),
            label: option.label.clone(),
            color: option.color.to_owned(),
            position,
            existing: false,
            weight: None,
        });
    specs.collect()
}

/// The options to append to Twenty's own `stage` field.
fn stage_field(object: Object, stages: &Stages) -> Option<FieldSpec> {
    let shipped = shipped_options(Object::Opportunity, "stage").len();
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
        object,
        name: "stage".to_owned(),
        label: "Stage".to_owned(),
        kind: FieldType::Select,
        unique: false,
        existing: true,
        options,
        relation: None,
        delivery: "both".to_owned(),
        why: "Close's opportunity statuses, added to the stages there are; keep the existing ones"
            .to_owned(),
    })
}

fn custom(field: &CustomField, object: Object) -> Option<FieldSpec> {
    let (_, name, label) = field.homes.iter().find(|(home, _, _)| *home == object)?;
    let kind = field.rule.field_type()?;
    let relation = (field.rule == ValueRule::Contact).then(|| RelationSpec {
        target: Object::Person.name().to_owned(),
        reverse_label: reverse_label(object, label),
    });
    let options = match field.rule {
        ValueRule::Select | ValueRule::MultiSelect => option_specs(&field.options, 0),
        _ => Vec::new(),
    };
    Some(FieldSpec {
        object,
        name: name.clone(),
        label: label.clone(),
        kind,
        unique: false,
        existing: false,
        options,
        relation,
        delivery: "both".to_owned(),
        why: format!("Close {} field \"{}\": {}", field.kind.word(), field.close_name, field.why),
    })
}

fn steps(fields: &[CustomField]) -> Vec<StepPlan> {
    let after: [&[usize]; 5] = [&[], &[1], &[1, 2], &[1, 2, 3], &[1, 2, 3]];
    let mut steps: Vec<StepPlan> = Object::ALL
        .iter()
        .enumerate()
        .map(|(i, object)| StepPlan {
            object: *object,
            folder: format!("{:02}-{}", i + 1, object.plural()),
            stem: object.plural().to_owned(),
            columns: columns(*object, fields),
            hidden: Vec::new(),
            depends_on: after[i].to_vec(),
            chronological: matches!(object, Object::Task | Object::Note),
            links: Vec::new(),
        })
        .collect();
    for object in [Object::Company, Object::Person] {
        let links: Vec<usize> =
            (0..fields.len()).filter(|i| is_late_link(&fields[*i], object)).collect();
        if !links.is_empty() {
            let mut columns = vec![column_of(&object.columns()[1])];
            columns.extend(links.iter().filter_map(|i| custom_column(&fields[*i], object)));
            let stem = format!("{}-links", object.plural());
            steps.push(StepPlan {
                object,
                folder: format!("{:02}-{stem}", steps.len() + 1),
                stem,
                columns,
                hidden: Vec::new(),
                depends_on: vec![1, 2],
                chronological: false,
                links,
            });
        }
    }
    steps
}

/// Notes in each field which columns are its own.
pub(super) fn place(fields: &mut [CustomField], steps: &[StepPlan]) {
    for field in fields {
        for (object, name, _) in &field.homes {
            for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.object == *object) {
                let column = step.columns.iter().position(|column| column.field == *name);
                field.columns.extend(column.map(|column| (at, column)));
            }
        }
    }
}

/// Relations to people that cannot be filled in while the object itself is imported, because the
/// people are not there yet or are in the same file (`twenty-importer.md` §4.3).
pub fn is_late_link(field: &CustomField, object: Object) -> bool {
    field.rule == ValueRule::Contact
        && object != Object::Opportunity
        && field.homes.iter().any(|(home, _, _)| *home == object)
}

fn columns(object: Object, fields: &[CustomField]) -> Vec<StepColumn> {
    let mut columns: Vec<_> = object.columns().iter().map(column_of).collect();
    let here = fields.iter().filter(|field| !is_late_link(field, object));
    columns.extend(here.filter_map(|field| custom_column(field, object)));
    columns
}

fn column_of(column: &Column) -> StepColumn {
    StepColumn {
        header: column.header.to_owned(),
        field: column.field.to_owned(),
        sub_field: column.sub_field.map(str::to_owned),
        kind: column.kind,
    }
}

fn custom_column(field: &CustomField, object: Object) -> Option<StepColumn> {
    let (_, name, label) = field.homes.iter().find(|(home, _, _)| *home == object)?;
    let kind = field.rule.field_type()?;
    let relation = kind == FieldType::Relation;
    Some(StepColumn {
        header: if relation { format!("{label} / Close Id") } else { label.clone() },
        field: name.clone(),
        sub_field: relation.then(|| "closeId".to_owned()),
        kind,
    })
}
