//! What of the workspace is used again instead of making a twin: fields and objects that an earlier
//! bundle (or somebody by hand) has made, and the built-in map's own fields under the labels they have
//! there. Only for a workspace told by a file. It must not look at values.

use super::names::{Names, name_kind};
use super::{Home, Lack, Place};
use crate::plan::choices::word;
use crate::survey::Map;
use crate::twenty::naming;
use crate::twenty::objects::{Column, FieldType, Object};
use crate::twenty::workspace::{Workspace, WsField, WsObject};

/// Labels tried before something is called new: an earlier bundle numbered no further.
const TRIES: usize = 100;

/// A field that somebody has made in the workspace and nothing has been sent to yet.
#[derive(Clone, Debug)]
struct Free {
    name: String,
    label: String,
    kind: String,
    target: Option<String>,
}

/// What the workspace has and nothing uses yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    fields: Map<String, Vec<Free>>,
    objects: Vec<WsObject>,
    built_in: Map<(String, String), Resolved>,
    assigned: Vec<(Place, &'static str)>,
}

/// A field of the built-in map as this workspace has it, or as it shall be made there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Resolved {
    /// API name: the map's own, unless something else has it.
    pub name: String,
    /// Label.
    pub label: String,
    /// The workspace has it.
    pub there: bool,
    /// What it lacks there.
    pub lacks: Vec<Lack>,
    /// For a relation to be made: the label of its far side.
    pub reverse: Option<String>,
}

impl Known {
    /// Nothing for the built-in schema: what Twenty ships is known by other tables.
    pub fn new(workspace: &Workspace) -> Self {
        let mut known = Self::default();
        if workspace.is_standard() {
            return known;
        }
        for object in &workspace.objects {
            let own = Object::by_name(&object.name_singular).map_or(&[][..], Object::columns);
            let free = object.fields.iter().filter(|field| {
                let ours = own.iter().any(|column| column.field == field.name);
                field.is_active && !ours && !is_system(&field.name) && !has_twin(field, object)
            });
            let free = free.map(|field| Free {
                name: field.name.clone(),
                label: field.label.clone(),
                kind: field.kind.clone(),
                target: target(field).map(str::to_owned),
            });
            known.fields.insert(object.name_singular.clone(), free.collect());
        }
        let made = workspace.objects.iter().filter(|object| object.is_custom && object.is_active);
        known.objects = made.cloned().collect();
        known
    }

    /// Takes the object of this API name that somebody has made.
    pub fn object(&mut self, name: &str) -> Option<WsObject> {
        let at = self.objects.iter().position(|object| object.name_singular == name)?;
        Some(self.objects.remove(at))
    }

    /// Gives back an object that was taken.
    pub fn give_back(&mut self, workspace_object: WsObject) {
        self.objects.push(workspace_object);
    }

    fn take(&mut self, object: &str, fits: impl Fn(&Free) -> bool) -> Option<Free> {
        let fields = self.fields.get_mut(object)?;
        let at = fields.iter().position(fits)?;
        Some(fields.remove(at))
    }
}

/// Fields every object has that no import should fill.
fn is_system(name: &str) -> bool {
    const SYSTEM: &[&str] = &[
        "id",
        "createdAt",
        "updatedAt",
        "deletedAt",
        "position",
        "searchVector",
        "avatarUrl",
        "name",
    ];
    SYSTEM.contains(&name)
}

fn target(field: &WsField) -> Option<&str> {
    let relation = field.relation.as_ref().filter(|relation| relation.is_many_to_one());
    relation.map(|relation| relation.target.as_str())
}

/// Whether a field can hold what a field of our type holds. Later versions of Twenty have other words
/// for two of the types.
fn same_type(there: &str, kind: FieldType) -> bool {
    let ours = word(kind);
    matches!((there, &*ours), ("RICH_TEXT_V2", "RICH_TEXT") | ("NUMERIC", "NUMBER"))
        || there == ours
}

impl Names {
    /// The field of the workspace that an earlier run would have made for this label, if nothing has
    /// been sent to it yet; it is then taken. The labels are tried in the order in which they were
    /// given out, up to the first that is free.
    pub fn again(
        &mut self,
        (place, object): (Place, &str),
        label: &str,
        suffix: &str,
        kind: FieldType,
        target: Option<&str>,
    ) -> Option<Home> {
        self.known.fields.get(object).filter(|free| !free.is_empty())?;
        for label in naming::labels(label, suffix).take(TRIES) {
            let fits = |free: &Free| {
                let same = free.label.trim().to_lowercase() == label.to_lowercase();
                same && same_type(&free.kind, kind) && free.target.as_deref() == target
            };
            if let Some(Free { name, label, .. }) = self.known.take(object, fits) {
                return Some(Home { place, name, label, existing: true });
            }
            if self.of(object).label_is_free(&label, name_kind(kind)) {
                return None;
            }
        }
        None
    }

    /// Notes that a field of the workspace is in use.
    pub fn use_up(&mut self, object: &str, name: &str) {
        self.known.take(object, |free| free.name == name);
    }

    /// Gives one of Twenty's own fields to a custom field; false when another has it.
    pub fn assign(&mut self, place: Place, name: &'static str) -> bool {
        let free = !self.known.assigned.contains(&(place, name));
        self.known.assigned.push((place, name));
        free
    }

    /// Whether a field of the workspace is in use, as far as the workspace is known by a file.
    pub fn is_used(&self, object: &str, name: &str) -> bool {
        let free = self.known.fields.get(object);
        free.is_some_and(|free| !free.iter().any(|field| field.name == name))
    }

    /// A field of the built-in map as it is in this workspace; none for the standard one and for
    /// objects that are new.
    pub(in crate::plan) fn resolved(&self, object: &str, field: &str) -> Option<&Resolved> {
        self.known.built_in.get(&(object.to_owned(), field.to_owned()))
    }

    /// Finds each built-in field of an object in the workspace, or a free name for it.
    pub(super) fn resolve(&mut self, there: &WsObject, columns: &[Column]) {
        let object = &there.name_singular;
        let mut seen: Vec<&str> = Vec::new();
        for column in columns {
            if seen.contains(&column.field) {
                continue;
            }
            seen.push(column.field);
            let new = columns.iter().filter(|c| c.field == column.field).find_map(|c| c.new);
            let relation = new.and_then(|new| new.relation);
            let label = new.map_or_else(|| label_of(column), |new| new.label);
            let field = there.fields.iter().find(|field| field.name == column.field);
            let fits = |field: &&WsField| {
                let aims = relation.is_none_or(|(aim, _)| target(field) == Some(aim));
                same_type(&field.kind, column.kind) && aims
            };
            let mut resolved = match field {
                Some(field) if fits(&field) => {
                    self.use_up(object, &field.name);
                    on(field, new.is_some_and(|new| new.unique), there)
                }
                None if is_system(column.field) => continue,
                other => self.anew(object, column, label, relation.map(|(aim, _)| aim), other),
            };
            if let Some((aim, far)) = relation.filter(|_| !resolved.there) {
                let far = if far.is_empty() { &there.label_plural } else { far };
                resolved.reverse = Some(self.reverse(aim, far, "Close"));
            } else if column.kind == FieldType::Relation && !resolved.there {
                let far = format!("{} by {}", there.label_plural, resolved.label);
                let aim = aim(object, column.field);
                resolved.reverse = Some(self.reverse(aim, &far, "Close"));
            }
            let key = (object.to_owned(), column.field.to_owned());
            self.known.built_in.insert(key, resolved);
        }
    }

    /// A built-in field the workspace lacks, or whose name something else has.
    fn anew(
        &mut self,
        object: &str,
        column: &Column,
        label: &str,
        aim: Option<&str>,
        occupied: Option<&WsField>,
    ) -> Resolved {
        let kind = column.kind;
        // The second label on: the first is that of the field that is in the way.
        let earlier = naming::labels(label, "Close").skip(1).take(TRIES).find_map(|label| {
            let fits = |free: &Free| {
                let same = free.label.trim() == label && free.target.as_deref() == aim;
                same && same_type(&free.kind, kind)
            };
            self.known.take(object, fits)
        });
        if let Some(Free { name, label, .. }) = earlier {
            return Resolved { name, label, there: true, lacks: Vec::new(), reverse: None };
        }
        let names = self.of(object);
        let (name, label) =
            if occupied.is_none() && names.name_is_free(column.field, name_kind(kind)) {
                let name = column.field.to_owned();
                let label = names.take_label(&name, label, "Close", name_kind(kind));
                (name, label)
            } else {
                names.take(label, "Close", name_kind(kind))
            };
        Resolved { name, label, there: false, lacks: Vec::new(), reverse: None }
    }
}

/// Another field has the same label: the importer matches neither.
fn has_twin(field: &WsField, object: &WsObject) -> bool {
    let label = field.label.trim().to_lowercase();
    let mut others =
        object.fields.iter().filter(|other| other.is_active && other.name != field.name);
    others.any(|other| other.label.trim().to_lowercase() == label)
}

/// A built-in field that is there.
fn on(field: &WsField, unique: bool, object: &WsObject) -> Resolved {
    let lacks = [
        (Lack::Active, !field.is_active),
        (Lack::Unique, unique && !field.is_unique),
        (Lack::Label, has_twin(field, object)),
    ];
    Resolved {
        name: field.name.clone(),
        label: field.label.trim().to_owned(),
        there: true,
        lacks: lacks.into_iter().filter(|(_, lacks)| *lacks).map(|(lack, _)| lack).collect(),
        reverse: None,
    }
}

/// The label of a standard field.
pub(super) fn label_of(column: &Column) -> &'static str {
    column.header.split(" / ").next().unwrap_or(column.header)
}

/// Where Twenty's own relations lead.
pub(super) fn aim(object: &str, field: &str) -> &'static str {
    match (object, field) {
        ("person" | "opportunity", "company") => "company",
        ("opportunity", "pointOfContact") => "person",
        _ => super::MEMBER,
    }
}
