//! Custom activity types and custom object types: which object each becomes, and in which order they
//! are imported. It must not look at single records.

use super::choices::{self, Choices};
use super::schema::{Names, ObjectSpec};
use crate::close::{Kind, Space};
use crate::error::Result;
use crate::mapping::Route;
use crate::survey::{Map, Survey};
use crate::twenty::objects::{Column, custom_activity, custom_object};

/// A custom type that records of the export have.
#[derive(Clone, Debug)]
pub struct CustomType {
    /// `CustomActivity` or `CustomObject`.
    pub kind: Kind,
    /// `actitype_…` or `cotype_…`; empty for records that name none.
    pub close_id: Box<str>,
    /// Close's name, or the id where no name is known.
    pub close_name: Box<str>,
    /// Records of this type, copies counted each time.
    pub records: u64,
    /// What its records become.
    pub route: Route,
    /// The object, whether or not the route leads to it.
    pub object: ObjectSpec,
    /// API name of the object before the map renamed it: the rest of the map may still say so.
    pub proposed: String,
    /// Labels of the far sides of its built-in relations, by field.
    pub ties: Vec<(&'static str, String)>,
}

impl CustomType {
    /// The columns before the custom fields.
    pub const fn columns(&self) -> &'static [Column] {
        match self.kind {
            Kind::CustomObject => custom_object::COLUMNS,
            _ => custom_activity::COLUMNS,
        }
    }

    /// How the map calls it: by its id, or by its kind where records name no type.
    pub fn map_id(&self) -> &str {
        if self.close_id.is_empty() { self.kind.word() } else { &self.close_id }
    }

    /// What the rules call all objects of this sort.
    pub const fn word(&self) -> &'static str {
        match self.kind {
            Kind::CustomObject => "customObject",
            _ => "customActivity",
        }
    }

    /// Its records become rows of an object of its own.
    pub fn has_object(&self) -> bool {
        self.route == Route::Object
    }
}

/// The types in import order: objects before the activities that may refer to them, and what is
/// referred to before what refers to it, as far as there is no cycle.
///
/// # Errors
/// When the map gives a type a name or a route it cannot have.
pub(super) fn decide(
    survey: &Survey,
    choices: &Choices<'_>,
    names: &mut Names,
) -> Result<Vec<CustomType>> {
    let mut found: Vec<(&(Kind, Box<str>), u64)> =
        survey.custom_types.iter().map(|(key, n)| (key, *n)).collect();
    let name = |id: &str| survey.config.types.get(id).map(|entry| &*entry.name);
    found.sort_by_key(|((kind, id), _)| (*kind != Kind::CustomObject, name(id), id.clone()));
    let ids: Vec<Box<str>> = found.iter().map(|((_, id), _)| id.clone()).collect();
    let references = references(survey);
    let mut order = Vec::new();
    let mut open = Vec::new();
    (0..ids.len()).for_each(|at| visit(at, &ids, &references, &mut order, &mut open));
    let types = order.into_iter().filter_map(|at| found.get(at)).map(|((kind, id), records)| {
        let entry = survey.config.types.get(id);
        let unnamed = match kind {
            Kind::CustomObject => "Custom Object",
            _ => "Custom Activity",
        };
        let close_name = entry.map(|e| e.name.clone());
        let shown = close_name.as_deref().unwrap_or(if id.is_empty() { unnamed } else { id });
        let label = if close_name.is_none() { unnamed } else { shown };
        let plural = entry.and_then(|e| e.name_plural.as_deref());
        let why = format!("Close {} type \"{shown}\"", kind.word().replace('_', " "));
        let object = names.object(label, plural, &why);
        CustomType {
            kind: *kind,
            close_id: id.clone(),
            close_name: shown.into(),
            records: *records,
            route: Route::Object,
            proposed: object.name_singular.clone(),
            object,
            ties: Vec::new(),
        }
    });
    let mut types: Vec<CustomType> = types.collect();
    for one in &mut types {
        if let Some(entry) = choices.custom_type(one.map_id()) {
            choices::rename(choices, one, entry, names)?;
        }
    }
    for one in &mut types {
        names.reserve_type(&one.object.name_singular, one.columns());
        let plural = one.object.label_plural.clone();
        let relations = one.columns().iter().filter_map(|c| Some((c.field, c.new?.relation?.0)));
        one.ties = relations
            .map(|(field, target)| (field, names.reverse(target, &plural, "Close")))
            .collect();
    }
    Ok(types)
}

/// Depth first: what a type refers to comes before it, unless it is being visited already.
fn visit(
    at: usize,
    ids: &[Box<str>],
    references: &Map<Box<str>, Vec<Box<str>>>,
    order: &mut Vec<usize>,
    open: &mut Vec<usize>,
) {
    if order.contains(&at) || open.contains(&at) {
        return;
    }
    open.push(at);
    for target in references.get(&ids[at]).into_iter().flatten() {
        if let Some(target) = ids.iter().position(|id| id == target) {
            visit(target, ids, references, order, open);
        }
    }
    open.pop();
    order.push(at);
}

/// Which types the fields of a type refer to.
fn references(survey: &Survey) -> Map<Box<str>, Vec<Box<str>>> {
    let mut references: Map<Box<str>, Vec<Box<str>>> = Map::default();
    for (_, owner, space, key) in survey.customs.keys() {
        if owner.is_empty() || *space != Space::CustomId {
            continue;
        }
        let target = survey.config.fields.get(key).and_then(|entry| entry.refers_to.clone());
        if let Some(target) = target {
            references.entry(owner.clone()).or_default().push(target);
        }
    }
    references.values_mut().for_each(|targets| {
        targets.sort();
        targets.dedup();
    });
    references
}
