//! What has to be made in Twenty before the import: objects, and their fields with type, options and reason. It
//! must not say how: `GUIDE.md` does.

use super::text::{Book, Figure, Quoted};
use crate::bundle::manifest::{FieldSpec, Manifest};
use crate::error::Result;
use crate::report::Summary;
use crate::survey::Map;

/// Fields and objects that are listed.
const LISTED: usize = 500;
/// Options of a field that are named.
const OPTIONS: usize = 12;

/// See the module's head.
pub(super) struct Schema {
    pub objects: Figure,
    pub fields: Figure,
    pub existing: Figure,
    pub options: Figure,
    pub groups: Vec<Group>,
    /// There are more than the page shows.
    pub more: bool,
}

/// One object and its fields.
pub(super) struct Group {
    pub object: Quoted,
    /// What a new object is for.
    pub why: Option<Quoted>,
    pub fields: Figure,
    pub existing: Figure,
    pub options: Figure,
    pub rows: Vec<Row>,
}

/// One field.
pub(super) struct Row {
    pub label: Quoted,
    pub name: Quoted,
    pub kind: &'static str,
    pub unique: bool,
    pub existing: bool,
    pub target: Option<Quoted>,
    pub options: Option<Figure>,
    pub labels: Vec<Quoted>,
    /// There are more options than are named.
    pub more: bool,
    pub why: Quoted,
}

impl Schema {
    pub fn new(book: &Book, summary: &Summary, manifest: &Manifest) -> Result<Self> {
        let at = |key: &str| book.at(&["schema", key]);
        let mut rows: Map<&str, Vec<Row>> = Map::default();
        let mut select = 0;
        for field in manifest.schema.fields.iter().take(LISTED) {
            let options = if field.options.is_empty() {
                None
            } else {
                select += 1;
                let at = (select - 1).to_string();
                Some(book.at(&["schema", "selects", &at, "options"])?)
            };
            rows.entry(&field.object).or_default().push(row(manifest, field, options));
        }
        let made = &manifest.schema.objects;
        let lines = summary.schema.by_object.iter().enumerate().take(LISTED);
        let groups = lines.filter_map(|(at, line)| {
            let rows = rows.shift_remove(line.object.as_str())?;
            let figure = |key: &str| book.at(&["schema", "by_object", &at.to_string(), key]);
            let made = made.iter().find(|made| made.name_singular == line.object);
            let group = || {
                Ok(Group {
                    object: Quoted::new(manifest.label_plural(&line.object)),
                    why: made.filter(|made| !made.existing).map(|made| Quoted::new(&made.why)),
                    fields: figure("fields")?,
                    existing: figure("existing_fields")?,
                    options: figure("options")?,
                    rows,
                })
            };
            Some(group())
        });
        Ok(Self {
            objects: at("objects")?,
            fields: at("fields")?,
            existing: at("existing_fields")?,
            options: at("options")?,
            groups: groups.collect::<Result<_>>()?,
            more: manifest.schema.fields.len() > LISTED,
        })
    }
}

fn row(manifest: &Manifest, field: &FieldSpec, options: Option<Figure>) -> Row {
    let labels = field.options.iter().take(OPTIONS).map(|option| Quoted::cut(&option.label, 40));
    let relation = field.relation.as_ref();
    Row {
        label: Quoted::new(&field.label),
        name: Quoted::new(&field.name),
        kind: field.kind.label(),
        unique: field.unique,
        existing: field.existing,
        target: relation.map(|relation| Quoted::new(manifest.label_plural(&relation.target))),
        options,
        labels: labels.collect(),
        more: field.options.len() > OPTIONS,
        why: Quoted::new(&field.why),
    }
}
