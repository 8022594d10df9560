//! What the target has: its objects, fields and options as its metadata says (`twenty-api.md` §4.9), with the ids that
//! changes need. It must not talk to the server nor judge what it reads.

mod read;
mod saved;

pub use read::{core_type, members, metadata_type, schema};

use serde_json::Value;

/// The target's schema, objects in the server's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// The objects, system objects too.
    pub objects: Vec<LiveObject>,
}

/// An object of the target.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveObject {
    /// Metadata id.
    pub id: String,
    /// API name, `company`.
    pub name_singular: String,
    /// API name of many, `companies`.
    pub name_plural: String,
    /// What people see.
    pub label_singular: String,
    /// What people see for many.
    pub label_plural: String,
    /// Not switched off.
    pub is_active: bool,
    /// Made by somebody, not shipped with Twenty.
    pub is_custom: bool,
    /// Kept by Twenty for itself (targets, attachments, timeline).
    pub is_system: bool,
    /// The fields.
    pub fields: Vec<LiveField>,
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveField {
    /// Metadata id.
    pub id: String,
    /// API name, `annualRevenue`.
    pub name: String,
    /// What people see.
    pub label: String,
    /// Twenty's word for the type, `CURRENCY`.
    pub kind: String,
    /// No two records share a value.
    pub is_unique: bool,
    /// Not switched off.
    pub is_active: bool,
    /// The default as the server says it, literals in quotes: `"'NEW'"`.
    pub default: Value,
    /// The options of a select, in their order.
    pub options: Vec<LiveOption>,
    /// Where a relation leads.
    pub relation: Option<LiveRelation>,
    /// Where a relation to several objects leads: a column for each, `targetPersonId`.
    pub morph: Vec<LiveRelation>,
    /// Settings as the server says them.
    pub settings: Value,
}

/// An option of a select field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveOption {
    /// Metadata id: options are matched by it when a list is replaced.
    pub id: String,
    /// What is stored.
    pub value: String,
    /// What people see.
    pub label: String,
    /// Colour word.
    pub color: String,
    /// Place in the list.
    pub position: i64,
}

/// Where a relation leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveRelation {
    /// `MANY_TO_ONE` or `ONE_TO_MANY`, seen from the field.
    pub kind: String,
    /// API name of the other object.
    pub target: String,
    /// API name of the field on the other side.
    pub target_field: String,
}

impl Live {
    /// The object of this API name (singular).
    pub fn object(&self, name: &str) -> Option<&LiveObject> {
        self.objects.iter().find(|object| object.name_singular == name)
    }
}

impl LiveObject {
    /// The field of this API name, active or not.
    pub fn field(&self, name: &str) -> Option<&LiveField> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl LiveField {
    /// The column that holds the other record's id, `companyId`; only of relations that hold one.
    pub fn join_column(&self) -> Option<String> {
        self.relation.as_ref().filter(|relation| relation.kind == "MANY_TO_ONE")?;
        let told = self.settings.get("joinColumnName").and_then(Value::as_str);
        Some(told.map_or_else(|| format!("{}Id", self.name), str::to_owned))
    }
}

impl LiveObject {
    /// The column that links a record of this object (a task target, an attachment) with a record of `target`:
    /// `targetPersonId`, in older versions `personId` (`twenty-api.md` §12.1).
    pub fn target_column(&self, target: &str) -> Option<String> {
        let mut letters = target.chars();
        let first = letters.next()?;
        let morph = self.fields.iter().find(|field| {
            field.is_active && field.morph.iter().any(|relation| relation.target == target)
        });
        if let Some(field) = morph {
            return Some(format!("{}{}{}Id", field.name, first.to_uppercase(), letters.as_str()));
        }
        let leads = |field: &&LiveField| {
            let relation = field.relation.as_ref();
            field.is_active && relation.is_some_and(|relation| relation.target == target)
        };
        self.fields.iter().filter(leads).find_map(LiveField::join_column)
    }

    /// The columns that link a record of this object with others, but `own`.
    pub fn other_columns(&self, own: &str) -> Vec<String> {
        let relations =
            self.fields.iter().flat_map(|field| field.morph.iter().chain(field.relation.as_ref()));
        let mut columns: Vec<String> = relations
            .filter(|relation| relation.kind == "MANY_TO_ONE")
            .filter_map(|relation| self.target_column(&relation.target))
            .filter(|column| column != own)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}
