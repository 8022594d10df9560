//! The columns of one step joined to the fields of the target. It must not compare: [`super::compare`] does.

use super::options::Options;
use super::{Author, CellFault, Key, LinkTo, Reference, Row, cell, parts};
use crate::bundle::manifest::{FieldSpec, Link, Step, StepColumn};
use crate::error::{Error, Result};
use crate::push::live::{LiveField, LiveObject};
use crate::twenty::id::record_id;
use crate::twenty::objects::FieldType;
use serde_json::{Map, Value, json};

/// Fields every query asks for, where the object has them.
const ALWAYS: &[(&str, &str)] = &[
    ("closeId", "closeId"),
    ("createdAt", "createdAt"),
    ("updatedAt", "updatedAt"),
    ("deletedAt", "deletedAt"),
    ("createdBy", "createdBy{source name workspaceMemberId}"),
];

/// How the rows of one step become records.
#[derive(Clone, Debug)]
pub struct Shape {
    object: String,
    headers: Vec<String>,
    /// Column of the id; second passes have none.
    id: Option<usize>,
    close_id: usize,
    author: Option<usize>,
    /// Column and target object of each link.
    links: Vec<(usize, String)>,
    /// The fields in the order of their first columns.
    pub(super) slots: Vec<Slot>,
    /// What every query asks for.
    always: Vec<&'static str>,
}

/// One field with its columns.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) kind: FieldType,
    pub(super) columns: Vec<Column>,
    options: Options,
    /// The target's default, as the server says it.
    pub(super) default: Value,
    pub(super) relation: Option<Relation>,
}

/// One column of a field.
#[derive(Clone, Debug)]
pub(super) struct Column {
    at: usize,
    pub(super) header: String,
    pub(super) sub: Option<String>,
}

/// Where a relation leads.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) join_column: String,
    target: String,
    by_email: bool,
}

impl Shape {
    /// Joins the columns of a step to the fields of its object. `links` are the manifest's: these columns become target
    /// records and no field of theirs is needed.
    ///
    /// # Errors
    /// `C2T-E340` when the object lacks a field, has it switched off or with another type.
    pub fn new(step: &Step, links: &[Link], object: &LiveObject) -> Result<Self> {
        let place = |name: &str| step.columns.iter().position(|column| column.field == name);
        let close_id = place("closeId").ok_or_else(|| {
            let what = format!("the step {} has no column with Close ids", step.folder);
            Error::failed("C2T-E340", what).fix("take the bundle as it was written")
        })?;
        let has = |name: &str| object.field(name).is_some_and(|field| field.is_active);
        let mut shape = Self {
            object: step.object.clone(),
            headers: step.columns.iter().map(|column| column.header.clone()).collect(),
            id: place("id"),
            close_id,
            author: place("closeCreatedBy"),
            links: Vec::new(),
            slots: Vec::new(),
            always: ALWAYS.iter().filter(|(name, _)| has(name)).map(|(_, what)| *what).collect(),
        };
        for (at, column) in step.columns.iter().enumerate() {
            let is_link = |link: &&Link| {
                column.kind == FieldType::Relation
                    && link.object == step.object
                    && link.header == column.header
            };
            if let Some(link) = links.iter().find(is_link) {
                shape.links.push((at, link.target.clone()));
            } else if column.field != "id" {
                shape.add(at, column, object)?;
            }
        }
        Ok(shape)
    }

    /// Tells the shape what the bundle calls the options of its select fields, so that a target that calls them otherwise is
    /// understood. `fields` are the manifest's.
    #[must_use]
    pub fn knowing(mut self, fields: &[FieldSpec]) -> Self {
        for slot in &mut self.slots {
            let own = |spec: &&FieldSpec| spec.object == self.object && spec.name == slot.name;
            let options = fields.iter().filter(own).flat_map(|spec| &spec.options);
            slot.options.learn(options.map(|one| (one.value.as_str(), one.label.as_str())));
        }
        self
    }

    fn add(&mut self, at: usize, column: &StepColumn, object: &LiveObject) -> Result<()> {
        let own = Column { at, header: column.header.clone(), sub: column.sub_field.clone() };
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == column.field) {
            slot.columns.push(own);
            return Ok(());
        }
        let field = object.field(&column.field).filter(|field| field.is_active);
        let field = field.ok_or_else(|| lacking(column, object, "the target lacks it"))?;
        if !parts::words(column.kind).contains(&field.kind.as_str()) {
            return Err(lacking(column, object, &format!("there it is of type {}", field.kind)));
        }
        let relation = match column.kind {
            FieldType::Relation => Some(relation(column, field, object)?),
            _ => None,
        };
        self.slots.push(Slot {
            name: column.field.clone(),
            kind: column.kind,
            columns: vec![own],
            options: Options::new(&field.options),
            default: field.default.clone(),
            relation,
        });
        Ok(())
    }

    /// The headers of the columns, in order: a file must have just these.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// What a query selects to read every field of the step back, without braces around it. Of relations the id, of
    /// composites all sub-fields, of rich text the Markdown.
    pub fn selection(&self) -> String {
        let mut found = vec!["id".to_owned()];
        found.extend(self.always.iter().map(|what| (*what).to_owned()));
        for slot in &self.slots {
            if ALWAYS.iter().all(|(name, _)| *name != slot.name) {
                found.push(match &slot.relation {
                    Some(relation) => relation.join_column.clone(),
                    None => parts::selection(&slot.name, slot.kind),
                });
            }
        }
        found.join(" ")
    }

    /// One data row as the API takes it.
    ///
    /// # Errors
    /// The first cell the API cannot take.
    pub fn row(&self, cells: &csv::StringRecord) -> std::result::Result<Row, CellFault> {
        if cells.len() != self.headers.len() {
            let why =
                format!("the row has {} cells instead of {}", cells.len(), self.headers.len());
            return Err(self.fault(self.close_id, cells, why));
        }
        let close_id = &cells[self.close_id];
        if close_id.is_empty() {
            return Err(self.fault(self.close_id, cells, "a row needs a Close id"));
        }
        let id = match self.id {
            Some(at) => cell::uuid(&cells[at]).map_err(|why| self.fault(at, cells, why))?,
            None => record_id(close_id),
        };
        let mut row = Row {
            id,
            close_id: close_id.to_owned(),
            fields: Map::new(),
            relations: Vec::new(),
            links: Vec::new(),
            created_at: None,
            updated_at: None,
            author: self.author.and_then(|at| Author::read(&cells[at])),
            label: String::new(),
        };
        row.fields.insert("id".to_owned(), json!(id.to_string()));
        for slot in &self.slots {
            match &slot.relation {
                Some(relation) => row.relations.extend(slot.reference(relation, cells)),
                None => {
                    if let Some(value) = self.value(slot, cells)? {
                        row.fields.insert(slot.name.clone(), value);
                    }
                }
            }
        }
        let links = self.links.iter().filter(|(at, _)| !cells[*at].is_empty());
        row.links = links
            .map(|(at, target)| LinkTo { target: target.clone(), close_id: cells[*at].to_owned() })
            .collect();
        let text = |name: &str| row.fields.get(name).and_then(Value::as_str).map(str::to_owned);
        (row.created_at, row.updated_at) = (text("createdAt"), text("updatedAt"));
        row.label = label(&row.fields).unwrap_or_else(|| row.close_id.clone());
        Ok(row)
    }

    /// A field's value; none when all its cells are empty.
    fn value(
        &self,
        slot: &Slot,
        cells: &csv::StringRecord,
    ) -> std::result::Result<Option<Value>, CellFault> {
        let mut whole = Map::new();
        for column in slot.columns.iter().filter(|column| !cells[column.at].is_empty()) {
            let sub = column.sub.as_deref();
            let value = cell::value(slot.kind, sub, &slot.options, &cells[column.at]);
            let value = value.map_err(|why| self.fault(column.at, cells, why))?;
            let Some(sub) = sub else { return Ok(Some(value)) };
            whole.insert(sub.to_owned(), value);
        }
        if whole.is_empty() {
            return Ok(None);
        }
        if let Some(why) = cell::contradiction(slot.kind, &whole) {
            let at = slot.columns.iter().find(|column| !cells[column.at].is_empty());
            return Err(self.fault(at.map_or(self.close_id, |column| column.at), cells, why));
        }
        parts::fill(slot.kind, &mut whole);
        Ok(Some(Value::Object(whole)))
    }

    fn fault(&self, at: usize, cells: &csv::StringRecord, why: impl Into<String>) -> CellFault {
        let header = self.headers.get(at).cloned().unwrap_or_default();
        let value = cells.get(at).unwrap_or_default().to_owned();
        CellFault { header, value, why: why.into() }
    }
}

impl Slot {
    fn reference(&self, relation: &Relation, cells: &csv::StringRecord) -> Option<Reference> {
        let cell = self.columns.iter().map(|column| &cells[column.at]).find(|c| !c.is_empty())?;
        let key = if relation.by_email {
            Key::Member(cell.trim().to_lowercase())
        } else {
            Key::CloseId { object: relation.target.clone(), close_id: cell.to_owned() }
        };
        let (field, join_column) = (self.name.clone(), relation.join_column.clone());
        Some(Reference { field, join_column, key, id: None })
    }
}

fn relation(column: &StepColumn, field: &LiveField, object: &LiveObject) -> Result<Relation> {
    let lacks = || lacking(column, object, "there it holds no id of another record");
    let join_column = field.join_column().ok_or_else(lacks)?;
    let target = field.relation.as_ref().map(|relation| relation.target.clone());
    let by_email = match column.sub_field.as_deref() {
        Some("closeId") => false,
        Some("userEmail") => true,
        _ => return Err(lacking(column, object, "the bundle names its target in an unknown way")),
    };
    Ok(Relation { join_column, target: target.ok_or_else(lacks)?, by_email })
}

fn lacking(column: &StepColumn, object: &LiveObject, why: &str) -> Error {
    let (object, field) = (&object.name_singular, &column.field);
    let what = format!("the bundle needs the field {object}.{field} ({}): {why}", column.header);
    Error::failed("C2T-E340", what)
        .fix("push the schema first, or convert again with the target's workspace file")
}

/// Name or title.
fn label(fields: &Map<String, Value>) -> Option<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => {
            let part = |sub: &str| other.get(sub).and_then(Value::as_str).unwrap_or_default();
            format!("{} {}", part("firstName"), part("lastName"))
        }
    };
    let found = fields.get("name").or_else(|| fields.get("title")).map(text)?;
    let found = found.trim();
    (!found.is_empty()).then(|| found.to_owned())
}
