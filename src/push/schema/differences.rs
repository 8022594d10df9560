//! What the bundle's schema asks for and the target lacks: a pure comparison of the manifest with the target's metadata.
//! `--dry-run` prints it, the schema phase does it. It must not talk to the server.

use crate::bundle::manifest::{FieldSpec, ObjectSpec, OptionSpec, Schema};
use crate::push::live::{Live, LiveField};
use crate::twenty::objects::FieldType;
use serde::Serialize;

/// One thing to do, in the order of doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Work<'m> {
    /// Make an object.
    Object(&'m ObjectSpec),
    /// Make a field.
    Field(&'m FieldSpec),
    /// Change a field that is there.
    Alter(Alter<'m>),
}

/// What a field that is there lacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Alter<'m> {
    /// The field the bundle asks for.
    pub field: &'m FieldSpec,
    /// Options to append.
    pub options: Vec<&'m OptionSpec>,
    /// It must become unique.
    pub unique: bool,
    /// It must be switched on.
    pub active: bool,
}

/// Something the push cannot change by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Conflict {
    /// API name of the object.
    pub object: String,
    /// API name of the field; none for the object itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is in the way.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Differences<'m> {
    /// What is to be done.
    pub work: Vec<Work<'m>>,
    /// Objects and fields that are used as they are.
    pub reused: usize,
    /// What is in the way.
    pub conflicts: Vec<Conflict>,
}

/// Fields that the API route needs: not those it replaces by native targets.
pub fn by_api(schema: &Schema) -> impl Iterator<Item = &FieldSpec> {
    schema.fields.iter().filter(|field| field.delivery != "csv")
}

impl<'m> Differences<'m> {
    /// Compares the bundle's schema with the target's.
    pub fn new(schema: &'m Schema, live: &Live) -> Self {
        let mut found = Self::default();
        for object in &schema.objects {
            found.object(object, live);
        }
        for field in by_api(schema) {
            found.field(schema, field, live);
        }
        found
    }

    fn object(&mut self, spec: &'m ObjectSpec, live: &Live) {
        let name = &spec.name_singular;
        match live.object(name) {
            None => self.work.push(Work::Object(spec)),
            Some(there) if !there.is_active => self.conflicts.push(Conflict {
                object: name.clone(),
                field: None,
                why: "the workspace has an object of this name that is switched off".to_owned(),
                fix: format!(
                    "activate {} in Settings → Data Model, or delete it",
                    there.label_plural
                ),
            }),
            Some(_) => self.reused += 1,
        }
    }

    fn field(&mut self, schema: &Schema, spec: &'m FieldSpec, live: &Live) {
        let Some(object) = live.object(&spec.object) else {
            let coming = schema.objects.iter().any(|object| object.name_singular == spec.object);
            if coming {
                self.work.push(Work::Field(spec));
            } else {
                self.conflict(
                    spec,
                    "the workspace has no such object".to_owned(),
                    "convert again with a workspace file of this workspace",
                );
            }
            return;
        };
        let Some(there) = object.field(&spec.name) else {
            self.work.push(Work::Field(spec));
            return;
        };
        if let Some(why) = unlike(spec, there) {
            let fix = "rename or delete that field in Twenty, or convert again with a workspace file of this workspace";
            self.conflict(spec, why, fix);
            return;
        }
        let alter = Alter {
            field: spec,
            options: missing(spec, there),
            unique: spec.unique && !there.is_unique,
            active: !there.is_active,
        };
        if alter.options.is_empty() && !alter.unique && !alter.active {
            self.reused += 1;
        } else {
            self.work.push(Work::Alter(alter));
        }
    }

    fn conflict(&mut self, spec: &FieldSpec, why: String, fix: &str) {
        let (object, field) = (spec.object.clone(), Some(spec.name.clone()));
        self.conflicts.push(Conflict { object, field, why, fix: fix.to_owned() });
    }

    /// Objects, fields and fields to change, each counted.
    pub fn counts(&self) -> (usize, usize, usize) {
        let count = |is: fn(&Work<'_>) -> bool| self.work.iter().filter(|work| is(work)).count();
        (
            count(|work| matches!(work, Work::Object(_))),
            count(|work| matches!(work, Work::Field(_))),
            count(|work| matches!(work, Work::Alter(_))),
        )
    }
}

/// Twenty's word for a type.
pub const fn kind_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Uuid => "UUID",
        FieldType::Text => "TEXT",
        FieldType::Number => "NUMBER",
        FieldType::Boolean => "BOOLEAN",
        FieldType::Date => "DATE",
        FieldType::DateTime => "DATE_TIME",
        FieldType::Select => "SELECT",
        FieldType::MultiSelect => "MULTI_SELECT",
        FieldType::FullName => "FULL_NAME",
        FieldType::Emails => "EMAILS",
        FieldType::Phones => "PHONES",
        FieldType::Links => "LINKS",
        FieldType::Address => "ADDRESS",
        FieldType::Currency => "CURRENCY",
        FieldType::RichText => "RICH_TEXT",
        FieldType::Relation => "RELATION",
    }
}

/// Why a field that is there cannot serve.
fn unlike(spec: &FieldSpec, there: &LiveField) -> Option<String> {
    let wanted = kind_name(spec.kind);
    // Before 2.x rich text had another name (`twenty-api.md` §12.1).
    let same = there.kind == wanted || (wanted == "RICH_TEXT" && there.kind == "RICH_TEXT_V2");
    if !same {
        return Some(format!(
            "the workspace has a field of this name with type {}, the bundle needs {wanted}",
            there.kind
        ));
    }
    let (wanted, relation) = (spec.relation.as_ref()?, there.relation.as_ref());
    let fits = relation
        .is_some_and(|relation| relation.kind == "MANY_TO_ONE" && relation.target == wanted.target);
    (!fits).then(|| {
        let leads = relation.map_or("elsewhere", |relation| relation.target.as_str());
        format!(
            "the workspace has a relation of this name that leads to {leads}, the bundle needs {}",
            wanted.target
        )
    })
}

/// Options the field does not have, neither by value nor by label.
fn missing<'m>(spec: &'m FieldSpec, there: &LiveField) -> Vec<&'m OptionSpec> {
    let has = |option: &OptionSpec| {
        there.options.iter().any(|live| {
            live.value == option.value
                || live.label.trim().eq_ignore_ascii_case(option.label.trim())
        })
    };
    let mut missing: Vec<_> = spec.options.iter().filter(|option| !has(option)).collect();
    missing.sort_by_key(|option| option.position);
    missing
}
