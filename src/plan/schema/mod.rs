//! What must exist in Twenty before the import and what is imported: objects, fields, options, steps.
//! Plain values that the manifest repeats. It must not write files.

mod adapt;
mod fields;
mod known;
mod names;
mod steps;

pub(super) use adapt::{There, adapt, known_pipelines, known_statuses, relabel};
pub(super) use fields::{MEMBER, Parts, build};
pub use names::Names;
pub(super) use steps::{place, steps};

use crate::twenty::objects::{FieldType, Object};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An object records are written to: one that Twenty ships, or one that is made for a custom type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Twenty's own.
    Standard(Object),
    /// Made for the custom type at this position in the plan.
    Type(usize),
}

impl Place {
    /// The position of the object's step among the plan's steps.
    pub const fn step(self) -> usize {
        match self {
            Self::Standard(object) => object as usize,
            Self::Type(at) => Object::ALL.len() + at,
        }
    }
}

/// The field a value goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The object.
    pub place: Place,
    /// API name of the field.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The workspace has the field already.
    pub existing: bool,
}

/// An object to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectSpec {
    /// API name, singular.
    pub name_singular: String,
    /// API name, plural.
    pub name_plural: String,
    /// Label, singular.
    pub label_singular: String,
    /// Label, plural.
    pub label_plural: String,
    /// The workspace has the object already.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// What it is for and where it comes from.
    #[serde(default)]
    pub why: String,
}

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

/// What a field that exists already lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// It is switched off.
    Active,
    /// It is not unique.
    Unique,
    /// Another field of the object has its label: one of them must be called otherwise.
    Label,
}

/// A field that must exist before the import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FieldSpec {
    /// API name of the object.
    pub object: String,
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
    /// The workspace has the field already: only options are added, and what it lacks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub existing: bool,
    /// What a field that exists lacks: a person has to see to it before the import.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<Lack>,
    /// Options, for select fields; of a field that exists, those to be added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionSpec>,
    /// Decimals to show, for number fields to be made: the most that any value has, but no more than 6. Absent: none.
    #[serde(default, skip_serializing_if = "is_none")]
    pub decimals: u8,
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
    pub place: Place,
    /// The object's API name.
    pub object: String,
    /// Place in the import, from 1. Steps stand in the plan by object, not in this order.
    pub order: usize,
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

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_none(decimals: &u8) -> bool {
    *decimals == 0
}

impl FieldSpec {
    /// Something has to be done about it before the import.
    pub fn is_open(&self) -> bool {
        let add = self.options.iter().any(|option| !option.existing);
        !self.existing || !self.lacks.is_empty() || add
    }
}

impl StepPlan {
    /// The columns of the files.
    pub fn shown(&self) -> impl Iterator<Item = &StepColumn> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(at, _)| !self.hidden.contains(at)).map(|(_, column)| column)
    }

    /// A pass that only adds links to records another step made.
    pub fn is_second_pass(&self) -> bool {
        !self.links.is_empty()
    }
}
