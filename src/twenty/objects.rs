//! The Twenty objects we write to: the columns of each CSV file with the fields behind them
//! (`twenty-importer.md` §5.4), and which of the fields must be made first. A table; it must not
//! hold values.

use serde::{Deserialize, Serialize};

/// A Twenty object.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Object {
    /// An organisation.
    Company,
    /// A person.
    Person,
    /// A deal.
    Opportunity,
    /// A to-do or something that happened.
    Task,
    /// A note.
    Note,
}

impl Object {
    /// All objects, in import order.
    pub const ALL: [Object; 5] =
        [Self::Company, Self::Person, Self::Opportunity, Self::Task, Self::Note];

    /// The object's API name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Person => "person",
            Self::Opportunity => "opportunity",
            Self::Task => "task",
            Self::Note => "note",
        }
    }

    /// The plural, as in file names.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Company => "companies",
            Self::Person => "people",
            Self::Opportunity => "opportunities",
            Self::Task => "tasks",
            Self::Note => "notes",
        }
    }

    /// The object with this API name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|object| object.name() == name)
    }

    /// The label people see.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::Person => "Person",
            Self::Opportunity => "Opportunity",
            Self::Task => "Task",
            Self::Note => "Note",
        }
    }

    /// The plural label people see.
    pub const fn label_plural(self) -> &'static str {
        match self {
            Self::Company => "Companies",
            Self::Person => "People",
            Self::Opportunity => "Opportunities",
            Self::Task => "Tasks",
            Self::Note => "Notes",
        }
    }

    /// The object's columns.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Company => company::COLUMNS,
            Self::Person => person::COLUMNS,
            Self::Opportunity => opportunity::COLUMNS,
            Self::Task => task::COLUMNS,
            Self::Note => note::COLUMNS,
        }
    }
}

/// Twenty's field types, as far as we use them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FieldType {
    /// `UUID`.
    Uuid,
    /// `TEXT`.
    Text,
    /// `NUMBER`.
    Number,
    /// `BOOLEAN`.
    Boolean,
    /// `DATE`.
    Date,
    /// `DATE_TIME`.
    DateTime,
    /// `SELECT`.
    Select,
    /// `MULTI_SELECT`.
    MultiSelect,
    /// `FULL_NAME`.
    FullName,
    /// `EMAILS`.
    Emails,
    /// `PHONES`.
    Phones,
    /// `LINKS`.
    Links,
    /// `ADDRESS`.
    Address,
    /// `CURRENCY`.
    Currency,
    /// `RICH_TEXT`.
    RichText,
    /// `RELATION`, many-to-one.
    Relation,
}

impl FieldType {
    /// The type's name in Twenty's settings.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Uuid => "Unique ID",
            Self::Text => "Text",
            Self::Number => "Number",
            Self::Boolean => "True/False",
            Self::Date => "Date",
            Self::DateTime => "Date and Time",
            Self::Select => "Select",
            Self::MultiSelect => "Multi-select",
            Self::FullName => "Full Name",
            Self::Emails => "Emails",
            Self::Phones => "Phones",
            Self::Links => "Links",
            Self::Address => "Address",
            Self::Currency => "Currency",
            Self::RichText => "Rich Text",
            Self::Relation => "Relation",
        }
    }
}

/// A column's place in its object's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Col(pub u16);

/// One column of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The header: the English label of the field, with its sub-field.
    pub header: &'static str,
    /// API name of the field.
    pub field: &'static str,
    /// API name of the sub-field or of the target's key.
    pub sub_field: Option<&'static str>,
    /// The field's type.
    pub kind: FieldType,
    /// Set for fields that Twenty does not have by itself.
    pub new: Option<NewField>,
}

/// A field that must be made before the import.
#[derive(Clone, Copy, Debug)]
pub struct NewField {
    /// The label.
    pub label: &'static str,
    /// Unique, and so a key for upserts and relations.
    pub unique: bool,
    /// The other side of a relation: API name of the target, and the label its field gets there;
    /// no label where it is named after the object.
    pub relation: Option<(&'static str, &'static str)>,
    /// Options that are known beforehand, as value and label.
    pub options: &'static [(&'static str, &'static str)],
    /// What it is for.
    pub why: &'static str,
}

mod columns;

pub use columns::{
    ACTIVITY_TYPES, company, custom_activity, custom_object, note, opportunity, person, task,
};

/// Options Twenty ships for its own select fields, as value and label.
pub fn shipped_options(object: Object, field: &str) -> &'static [(&'static str, &'static str)] {
    match (object, field) {
        (Object::Opportunity, "stage") => &[
            ("NEW", "New"),
            ("SCREENING", "Screening"),
            ("MEETING", "Meeting"),
            ("PROPOSAL", "Proposal"),
            ("CUSTOMER", "Customer"),
        ],
        (Object::Task, "status") => {
            &[("TODO", "To do"), ("IN_PROGRESS", "In progress"), ("DONE", "Done")]
        }
        _ => &[],
    }
}

/// Labels of the fields Twenty ships that we do not write; a new field must not take one.
pub const OTHER_LABELS: &[(Object, &str, &str)] = &[
    (Object::Company, "annualRevenue", "Annual Revenue"),
    (Object::Company, "people", "People"),
    (Object::Company, "opportunities", "Opportunities"),
    (Object::Person, "avatarUrl", "Avatar"),
    (Object::Person, "avatarFile", "Avatar File"),
    (Object::Person, "pointOfContactForOpportunities", "Opportunities"),
    // Fields of workspaces that were upgraded from before 2.10 (`twenty-importer.md` §5.3).
    (Object::Company, "employees", "Employees"),
    (Object::Company, "annualRecurringRevenue", "ARR"),
    (Object::Company, "idealCustomerProfile", "ICP"),
    (Object::Company, "xLink", "X"),
    (Object::Person, "xLink", "X"),
    (Object::Person, "city", "City"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_unique_and_ids_lead() {
        for object in Object::ALL {
            let mut headers: Vec<_> =
                object.columns().iter().map(|c| c.header.to_lowercase()).collect();
            assert_eq!(headers[..2], ["id", "close id"]);
            headers.sort();
            headers.dedup();
            assert_eq!(headers.len(), object.columns().len(), "{object:?}");
        }
    }

    #[test]
    fn activities_and_lead_fields_do_not_collide_with_reverse_labels() {
        let reverse = ["Close Tasks", "Close Notes"];
        for object in Object::ALL {
            assert!(object.columns().iter().all(|c| !reverse.contains(&c.header)));
        }
    }
}
