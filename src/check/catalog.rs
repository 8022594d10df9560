//! What the importer offers for each object: the fields of the workspace and those the manifest wants made,
//! as column headers (`twenty-importer.md §2.2, §5`). It judges nothing.

use super::contract::{FieldSpec, Schema};
use crate::twenty::workspace::{Workspace, WsField, WsObject, WsOption, WsRelation};
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use std::collections::BTreeMap;

/// Sub-fields by type: label shown by the importer, name in the API, what a cell holds.
/// Latitude, longitude and `BlockNote` are not importable, so not here.
pub(super) const SUB_FIELDS: &[(&str, &str, &str, Cell)] = &[
    ("FULL_NAME", "First Name", "firstName", Cell::Text),
    ("FULL_NAME", "Last Name", "lastName", Cell::Text),
    ("EMAILS", "Primary Email", "primaryEmail", Cell::Email),
    ("EMAILS", "Additional Emails", "additionalEmails", Cell::Emails),
    ("PHONES", "Primary Phone Number", "primaryPhoneNumber", Cell::Phone),
    ("PHONES", "Primary Phone Calling Code", "primaryPhoneCallingCode", Cell::CallingCode),
    ("PHONES", "Primary Phone Country Code", "primaryPhoneCountryCode", Cell::CountryCode),
    ("PHONES", "Additional Phones", "additionalPhones", Cell::Phones),
    ("LINKS", "Link URL", "primaryLinkUrl", Cell::Url),
    ("LINKS", "Link Label", "primaryLinkLabel", Cell::UrlLabel),
    ("LINKS", "Secondary Links", "secondaryLinks", Cell::Links),
    ("ADDRESS", "Address 1", "addressStreet1", Cell::Text),
    ("ADDRESS", "Address 2", "addressStreet2", Cell::Text),
    ("ADDRESS", "City", "addressCity", Cell::Text),
    ("ADDRESS", "State", "addressState", Cell::Text),
    ("ADDRESS", "Country", "addressCountry", Cell::CountryName),
    ("ADDRESS", "Post Code", "addressPostcode", Cell::Text),
    ("CURRENCY", "Amount", "amountMicros", Cell::Amount),
    ("CURRENCY", "Currency", "currencyCode", Cell::CurrencyCode),
    ("RICH_TEXT", "Markdown", "markdown", Cell::Text),
];

/// Types that are one column, and what a cell of theirs holds.
const PLAIN: &[(&str, Cell)] = &[
    ("TEXT", Cell::Text),
    ("NUMBER", Cell::Number),
    ("NUMERIC", Cell::Number),
    ("BOOLEAN", Cell::Boolean),
    ("DATE", Cell::Date),
    ("DATE_TIME", Cell::DateTime),
    ("SELECT", Cell::Select),
    ("MULTI_SELECT", Cell::MultiSelect),
    ("ARRAY", Cell::Array),
    ("RATING", Cell::Rating),
    ("RAW_JSON", Cell::RawJson),
    ("UUID", Cell::Uuid),
];

/// Objects the importer lists whose creation it refuses (`§5.1`).
const NOT_IMPORTABLE: &[&str] =
    &["workspaceMember", "workflow", "workflowVersion", "workflowRun", "dashboard", "blocklist"];

/// What a cell must hold: one validator each in `value`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cell {
    Text,
    Number,
    Boolean,
    Date,
    DateTime,
    Select,
    MultiSelect,
    Array,
    Rating,
    RawJson,
    Uuid,
    Email,
    Emails,
    Url,
    UrlLabel,
    Links,
    Phone,
    CallingCode,
    CountryCode,
    Phones,
    CountryName,
    Amount,
    CurrencyCode,
}

/// A set of texts with a fixed hash.
pub(super) type Set = HashSet<String, FixedState>;

/// One column the importer offers.
#[derive(Debug)]
pub(super) struct Column {
    /// The exact header.
    pub header: String,
    /// API name and type of the field.
    pub field: String,
    pub kind: String,
    /// API name of the sub-field, or of the target's key for a relation (`emails.primaryEmail`).
    pub sub: Option<String>,
    pub cell: Cell,
    /// The importer refuses duplicates in it, and relations can connect by it.
    pub unique: bool,
    /// The target object of a relation; `field`/`sub` then name the relation and its key.
    pub target: Option<String>,
    /// Values and labels of a select's options.
    pub options: Set,
}

impl Column {
    /// What the column is called as a key of its object: `id`, `emails.primaryEmail`.
    pub fn key(&self) -> String {
        match &self.sub {
            Some(sub) => format!("{}.{sub}", self.field),
            None => self.field.clone(),
        }
    }
}

/// The columns offered, by object.
#[derive(Debug)]
pub(super) struct Catalog {
    objects: BTreeMap<String, Vec<Column>>,
    /// Headers that would be offered if their field were switched on.
    inactive: BTreeMap<String, Vec<String>>,
}

impl Catalog {
    /// The workspace's fields with what the manifest wants made.
    pub fn new(there: &Workspace, schema: &Schema) -> Self {
        let mut fields: BTreeMap<&str, Vec<WsField>> = BTreeMap::new();
        for object in there.objects.iter().filter(|object| object.is_active) {
            if !object.fields.is_empty() {
                fields.insert(&object.name_singular, object.fields.clone());
            }
        }
        for object in &schema.objects {
            fields.entry(&object.name_singular).or_insert_with(custom_object_fields);
        }
        for spec in &schema.fields {
            let Some(list) = fields.get_mut(spec.object.as_str()) else { continue };
            match list.iter_mut().find(|field| field.name == spec.name) {
                Some(field) => {
                    field.options.extend(choices(spec));
                    // What the manifest says it lacks, the admin has seen to.
                    field.is_active |= spec.lacks("active");
                    field.is_unique |= spec.lacks("unique");
                }
                None => list.push(field_of(spec)),
            }
        }
        let keys: BTreeMap<&str, Vec<Column>> =
            fields.iter().map(|(name, fields)| (*name, own_columns(fields, true))).collect();
        let objects = fields.iter().map(|(name, fields)| {
            let mut columns = own_columns(fields, true);
            columns.extend(fields.iter().flat_map(|field| relation_columns(field, &keys)));
            ((*name).to_owned(), columns)
        });
        let inactive = fields.iter().map(|(name, fields)| {
            let columns = own_columns(fields, false).into_iter().map(|column| column.header);
            ((*name).to_owned(), columns.collect())
        });
        Self { objects: objects.collect(), inactive: inactive.collect() }
    }

    /// The columns of an object; `None` for one the importer knows nothing of.
    pub fn columns(&self, object: &str) -> Option<&[Column]> {
        self.objects.get(object).map(Vec::as_slice)
    }

    /// Whether a field of this header is there, but switched off.
    pub fn is_inactive(&self, object: &str, header: &str) -> bool {
        self.inactive.get(object).is_some_and(|headers| headers.iter().any(|one| one == header))
    }

    /// Whether records of the object can be made by the importer.
    pub fn is_importable(&self, object: &str) -> bool {
        self.objects.contains_key(object) && !NOT_IMPORTABLE.contains(&object)
    }

    /// The objects records can be made of.
    pub fn importable(&self) -> impl Iterator<Item = (&str, &[Column])> {
        let all = self.objects.iter().map(|(name, columns)| (name.as_str(), columns.as_slice()));
        all.filter(|(name, _)| self.is_importable(name))
    }
}

fn choices(spec: &FieldSpec) -> impl Iterator<Item = WsOption> + '_ {
    spec.options().iter().map(|option| WsOption {
        value: option.value.clone(),
        label: option.label.clone(),
        color: None,
        position: None,
    })
}

/// The field a specification would create.
pub(super) fn field_of(spec: &FieldSpec) -> WsField {
    let relation = spec.relation.as_ref();
    let relation = relation
        .map(|relation| WsRelation { kind: "MANY_TO_ONE".into(), target: relation.target.clone() });
    WsField {
        is_unique: spec.unique,
        options: choices(spec).collect(),
        relation,
        ..plain_field(&spec.name, &spec.label, &spec.kind)
    }
}

fn plain_field(name: &str, label: &str, kind: &str) -> WsField {
    WsField {
        name: name.into(),
        label: label.into(),
        kind: kind.into(),
        is_unique: false,
        is_active: true,
        options: Vec::new(),
        relation: None,
    }
}

/// What the server adds to a custom object (`twenty-api.md §4.1`): a note's own fields, less what
/// makes it a note, plus `name` and the reverse sides of tasks and notes.
pub(super) fn custom_object_fields() -> Vec<WsField> {
    let own = [
        ("id", "Id", "UUID"),
        ("name", "Name", "TEXT"),
        ("createdAt", "Creation date", "DATE_TIME"),
        ("updatedAt", "Last update", "DATE_TIME"),
        ("deletedAt", "Deleted at", "DATE_TIME"),
        ("createdBy", "Created by", "ACTOR"),
        ("updatedBy", "Updated by", "ACTOR"),
        ("position", "Position", "POSITION"),
        ("searchVector", "Search vector", "TS_VECTOR"),
    ];
    let reverse = [
        ("timelineActivities", "Timeline Activities", "timelineActivity"),
        ("attachments", "Attachments", "attachment"),
        ("noteTargets", "Notes", "noteTarget"),
        ("taskTargets", "Tasks", "taskTarget"),
    ];
    let own = own.map(|(name, label, kind)| plain_field(name, label, kind));
    let reverse = reverse.map(|(name, label, target)| {
        let relation = Some(WsRelation { kind: "ONE_TO_MANY".into(), target: target.into() });
        WsField { relation, ..plain_field(name, label, "RELATION") }
    });
    own.into_iter().chain(reverse).collect()
}

/// Columns of the fields that are no relations (`§5.2`), switched on or off as asked.
fn own_columns(fields: &[WsField], active: bool) -> Vec<Column> {
    let mut columns = Vec::new();
    let column = |field: &WsField, header: String, sub: Option<&str>, cell: Cell| Column {
        header,
        field: field.name.clone(),
        kind: field.kind.clone(),
        sub: sub.map(str::to_owned),
        cell,
        unique: false,
        target: None,
        options: field.options.iter().flat_map(|o| [o.value.clone(), o.label.clone()]).collect(),
    };
    for field in
        fields.iter().filter(|field| field.is_active == active && field.name != "deletedAt")
    {
        if let Some((_, cell)) = PLAIN.iter().find(|(kind, _)| *kind == field.kind) {
            let unique = field.is_unique || field.name == "id";
            columns.push(Column { unique, ..column(field, field.label.clone(), None, *cell) });
        }
        for (_, label, name, cell) in SUB_FIELDS.iter().filter(|(kind, ..)| *kind == field.kind) {
            let unique = field.is_unique && matches!(cell, Cell::Email | Cell::Url | Cell::Phone);
            let header = format!("{} / {label}", field.label);
            columns.push(Column { unique, ..column(field, header, Some(name), *cell) });
        }
    }
    columns
}

/// One column per unique key of the target (`§4.3`).
fn relation_columns(field: &WsField, keys: &BTreeMap<&str, Vec<Column>>) -> Vec<Column> {
    let relation = field.relation.as_ref().filter(|_| field.is_active);
    let Some(relation) = relation.filter(|relation| relation.is_many_to_one()) else {
        return Vec::new();
    };
    let target = keys.get(relation.target.as_str()).map(Vec::as_slice).unwrap_or_default();
    let column = |key: &Column| Column {
        header: format!("{} / {}", field.label, key.header),
        field: field.name.clone(),
        kind: field.kind.clone(),
        sub: Some(key.key()),
        cell: key.cell,
        unique: false,
        target: Some(relation.target.clone()),
        options: Set::default(),
    };
    target.iter().filter(|key| key.unique).map(column).collect()
}

/// What an object is called: API names and labels, singular and plural.
pub(super) fn names(object: &WsObject) -> [&str; 4] {
    [&object.name_singular, &object.name_plural, &object.label_singular, &object.label_plural]
}
