//! One Close record, borrowed from the parsed bytes. A record is *opened*, its values are *taken*
//! by whoever has a use for them, and it is *closed*: closing counts what became of every value and
//! hands what nobody took to the archive. It must not know where values go.

use super::kind::Kind;
use super::ledger::Fate;
use super::shape::{Field, Form, Layout, Layouts};
use crate::read::{Node, node};
use std::borrow::Cow;
use std::cell::Cell;

mod closing;
mod copies;

pub use closing::{Fates, Residue};

/// Longest id, in bytes (`close-format.md` §1.5: about 50).
const MAX_ID: usize = 100;

/// What Close's tap for Singer makes of `custom.<id>` (`close-format.md` §1.3, L8).
const ID_VALUES: &str = "custom_fields";
/// What a search says of each object beside its fields; it names the kind and is no value of it
/// (`close-format.md` §1.3, L10).
const OBJECT_TYPE: &str = "__object_type";

/// By numbered path: the line of the map that drops it.
pub type Waived = [Option<usize>];

/// What was done with a value so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mark {
    #[default]
    None,
    Taken,
    /// Taken, and archived as well because the cell holds only a part of it.
    TakenInPart,
    Merged,
    Archived,
    SetAside,
    Noise,
}

/// A value and its mark.
#[derive(Clone, Debug)]
struct Slot<'a> {
    value: &'a [Node<'a>],
    mark: Cell<Mark>,
    /// The user's map drops it: nobody sees it, and it goes to the archive.
    waived: bool,
}

/// A custom field's value, under `custom.<id>` or in the `custom` dictionary.
#[derive(Clone, Debug)]
pub struct Custom<'a> {
    /// The field's id, or its name in the dictionary.
    pub key: &'a str,
    /// The value.
    pub value: &'a [Node<'a>],
    mark: Cell<Mark>,
}

/// See the module's head.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The Close type.
    pub kind: Kind,
    layout: &'static Layout,
    nodes: &'a [Node<'a>],
    slots: Vec<Option<Slot<'a>>>,
    nested: Vec<(Field, Vec<Record<'a>>)>,
    /// Custom fields by id, in source order.
    pub customs: Vec<Custom<'a>>,
    /// Custom fields by name (leads), in source order.
    pub named: Vec<Custom<'a>>,
    unknown: Vec<(&'a str, &'a [Node<'a>])>,
}

impl<'a> Record<'a> {
    /// Opens the object at `nodes` as a record of `kind`.
    pub fn open(kind: Kind, nodes: &'a [Node<'a>]) -> Self {
        Self::open_as(kind, Layouts::of(kind), nodes)
    }

    fn open_as(kind: Kind, layout: &'static Layout, nodes: &'a [Node<'a>]) -> Self {
        let slots = vec![None; layout.shape.keys.len()];
        let (customs, named, unknown) = (Vec::new(), Vec::new(), Vec::new());
        let mut record =
            Self { kind, layout, nodes, slots, nested: Vec::new(), customs, named, unknown };
        for (key, value) in node::entries(nodes) {
            record.put(key, value);
        }
        record
    }

    fn put(&mut self, key: &'a str, value: &'a [Node<'a>]) {
        let mark = Cell::new(Mark::None);
        let Some(field) = self.layout.find(key) else {
            return match key.strip_prefix("custom.") {
                Some(id) => self.put_custom(key, id, value),
                None if key == ID_VALUES && is_id_values(value) => {
                    for (id, value) in node::elements(value).filter_map(id_value) {
                        self.put_custom(key, id, value);
                    }
                }
                None if key == OBJECT_TYPE && node::text(value).is_some() => {}
                None => self.unknown.push((key, value)),
            };
        };
        let at = usize::from(field.0);
        let form = self.layout.shape.keys[at].form;
        if let Some(earlier) = self.slots[at].take() {
            // The same key twice in one object: the last stands, the earlier one is kept aside.
            self.unknown.push((key, earlier.value));
            self.nested.retain(|(at, _)| *at != field);
        }
        match (form, value.first()) {
            (Form::Records(_), Some(Node::Array { .. })) => return,
            (Form::Named, Some(Node::Object { .. })) => {
                for (name, value) in node::entries(value) {
                    let earlier = self.named.iter().position(|named| named.key == name);
                    if let Some(earlier) = earlier.map(|at| self.named.remove(at)) {
                        self.unknown.push((key, earlier.value));
                    }
                    self.named.push(Custom { key: name, value, mark: mark.clone() });
                }
                return;
            }
            (Form::List(_), Some(Node::Array { .. }))
                if node::elements(value)
                    .all(|e| matches!(e.first(), Some(Node::Object { .. }))) =>
            {
                let layout = self.layout.nested[at].as_ref();
                let open = |nodes| layout.map(|layout| Record::open_as(self.kind, layout, nodes));
                let list = node::elements(value).filter_map(open).collect();
                self.nested.push((field, list));
            }
            (Form::Object(_), Some(Node::Object { .. })) => {
                let layout = self.layout.nested[at].as_ref();
                let object = layout.map(|layout| Record::open_as(self.kind, layout, value));
                self.nested.push((field, object.into_iter().collect()));
            }
            _ => {}
        }
        self.slots[at] = Some(Slot { value, mark, waived: false });
    }

    /// A custom value by its field's id; an earlier one is kept aside under its `key`.
    fn put_custom(&mut self, key: &'a str, id: &'a str, value: &'a [Node<'a>]) {
        let earlier = self.customs.iter().position(|custom| custom.key == id);
        if let Some(earlier) = earlier.map(|at| self.customs.remove(at)) {
            self.unknown.push((key, earlier.value));
        }
        self.customs.push(Custom { key: id, value, mark: Cell::new(Mark::None) });
    }

    /// The arrays of records inside this one: `contacts`, `opportunities` …
    pub fn children(&self) -> impl Iterator<Item = (Kind, &'a [Node<'a>])> + '_ {
        node::entries(self.nodes).filter_map(|(key, value)| {
            let field = self.layout.find(key)?;
            let form = self.layout.shape.keys[usize::from(field.0)].form;
            match (form, value.first()) {
                (Form::Records(kind), Some(Node::Array { .. })) => Some((kind, value)),
                _ => None,
            }
        })
    }

    /// Appends the record as JSON, without the records inside it.
    pub fn write_own(&self, out: &mut Vec<u8>) {
        let inside: Vec<_> = self.children().map(|(_, list)| list.as_ptr()).collect();
        let own = node::entries(self.nodes).filter(|(_, value)| !inside.contains(&value.as_ptr()));
        out.push(b'{');
        for (i, (key, value)) in own.enumerate() {
            if i > 0 {
                out.push(b',');
            }
            node::write_json_text(key, out);
            out.push(b':');
            node::write_json(value, out);
        }
        out.push(b'}');
    }

    /// The path of a field, from the record that is not inside another: `emails[].email`.
    pub fn path(&self, field: Field) -> &'static str {
        let at = self.layout.base + usize::from(field.0);
        Layouts::get().paths.get(at).map_or("", |(_, path)| path)
    }

    /// The record as it stood in the source.
    pub fn nodes(&self) -> &'a [Node<'a>] {
        self.nodes
    }

    /// Id of the custom activity type or custom object type; empty for other kinds.
    pub fn custom_type(&self) -> &'a str {
        let key = match self.kind {
            Kind::CustomActivity => "custom_activity_type_id",
            Kind::CustomObject => "custom_object_type_id",
            _ => return "",
        };
        node::get_text(self.nodes, key).unwrap_or_default()
    }

    /// How many keys the record has.
    pub fn len(&self) -> usize {
        match self.nodes.first() {
            Some(Node::Object { len, .. }) => *len,
            _ => 0,
        }
    }

    /// True for a record without keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn slot(&self, field: Field) -> Option<&Slot<'a>> {
        self.slots.get(usize::from(field.0))?.as_ref().filter(|slot| !slot.waived)
    }

    /// Hides the values of the paths a map drops, here and below; they go to the archive. `paths` is
    /// by numbered path; none at all drops nothing.
    pub fn waive(&mut self, paths: &Waived) {
        if paths.is_empty() {
            return;
        }
        for (at, slot) in self.slots.iter_mut().enumerate() {
            let dropped = paths.get(self.layout.base + at).copied().flatten().is_some();
            if let Some(slot) = slot.as_mut().filter(|_| dropped) {
                slot.mark.set(Mark::Archived);
                slot.waived = true;
            }
        }
        self.nested.iter_mut().flat_map(|(_, list)| list).for_each(|item| item.waive(paths));
    }

    fn mark(&self, field: Field, mark: Mark) {
        if let Some(slot) = self.slot(field) {
            let old = slot.mark.get();
            // Once a value stands in a cell, nothing else about it matters more.
            let keep = matches!(old, Mark::Taken | Mark::TakenInPart) && mark != Mark::TakenInPart;
            slot.mark.set(if keep { old } else { mark });
        }
    }

    /// The value under `field`, whatever it is; not taken.
    pub fn value(&self, field: Field) -> Option<&'a [Node<'a>]> {
        self.slot(field).map(|slot| slot.value)
    }

    /// The key is there, with or without a value. Missing means unknown, not empty.
    pub fn has(&self, field: Field) -> bool {
        self.slot(field).is_some()
    }

    /// The text under `field`, if it is a non-empty string; not taken.
    pub fn peek(&self, field: Field) -> Option<&'a str> {
        self.value(field).and_then(node::text).filter(|text| !text.is_empty())
    }

    /// Takes the scalar under `field` as text. A number or boolean where text belongs is its text;
    /// an array or object is left for the archive.
    pub fn take(&self, field: Field) -> Option<Cow<'a, str>> {
        let text = scalar(self.value(field)?)?;
        self.mark(field, Mark::Taken);
        (!text.is_empty()).then_some(text)
    }

    /// Takes the value under `field` if it is text; any other is left to be set aside.
    pub fn take_text(&self, field: Field) -> Option<&'a str> {
        let text = self.peek(field)?;
        self.mark(field, Mark::Taken);
        Some(text)
    }

    /// Takes the text under `field` when `accept` makes something of it; otherwise sets the value
    /// aside and answers the reason.
    pub fn take_as<T, E>(
        &self,
        field: Field,
        accept: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        let text = scalar(self.value(field)?).filter(|text| !text.is_empty())?;
        let result = accept(&text);
        self.mark(field, if result.is_ok() { Mark::Taken } else { Mark::SetAside });
        Some(result)
    }

    /// Takes a boolean.
    pub fn take_flag(&self, field: Field) -> Option<bool> {
        let text = self.take(field)?;
        match &*text {
            "true" | "True" | "1" => Some(true),
            "false" | "False" | "0" => Some(false),
            _ => {
                self.set_aside(field);
                None
            }
        }
    }

    /// Takes the value as a whole, whatever it is.
    pub fn take_whole(&self, field: Field) -> Option<&'a [Node<'a>]> {
        self.mark(field, Mark::Taken);
        self.value(field).filter(|value| !node::is_empty(value))
    }

    /// The cell holds only a part of the value: the whole goes to the archive as well.
    pub fn keep_whole(&self, field: Field) {
        self.mark(field, Mark::TakenInPart);
    }

    /// Twenty would refuse the value, or another took its place: to the archive.
    pub fn set_aside(&self, field: Field) {
        if let Some(slot) = self.slot(field) {
            slot.mark.set(Mark::SetAside);
        }
    }

    /// The value has no home in this case: to the archive.
    pub fn archive(&self, field: Field) {
        self.mark(field, Mark::Archived);
    }

    /// The value is there and nobody has said yet what becomes of it.
    pub fn is_open(&self, field: Field) -> bool {
        self.slot(field).is_some_and(|slot| slot.mark.get() == Mark::None)
    }

    /// Sets aside values that have a home but not the JSON type Close writes there, and that nobody
    /// could take for that reason.
    pub fn set_aside_odd(&self, fates: &Fates, found: &mut impl FnMut(&Record<'a>, Field)) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot.as_ref().filter(|slot| slot.mark.get() == Mark::None) else {
                continue;
            };
            let field = Field(at as u8);
            let rule = fates.get(self.layout.base + at).copied().flatten();
            let container = !matches!(self.layout.shape.keys[at].form, Form::Value);
            let has_home = container || matches!(rule, Some(Fate::Written | Fate::Derived));
            let nested = self.nested.iter().any(|(f, _)| *f == field);
            if has_home
                && !nested
                && node::text(slot.value).is_none()
                && !node::is_empty(slot.value)
            {
                slot.mark.set(Mark::SetAside);
                found(self, field);
            }
        }
        self.nested
            .iter()
            .flat_map(|(_, list)| list)
            .for_each(|item| item.set_aside_odd(fates, found));
    }

    /// Marks those of `fields` that nobody has spoken for as archived.
    pub fn archive_open(&self, fields: &[Field]) {
        for slot in fields.iter().filter_map(|field| self.slot(*field)) {
            if slot.mark.get() == Mark::None {
                slot.mark.set(Mark::Archived);
            }
        }
    }

    /// Marks every value that nobody has spoken for, here and below, as archived.
    pub fn archive_rest(&self) {
        for slot in self.slots.iter().flatten().filter(|slot| slot.mark.get() == Mark::None) {
            slot.mark.set(Mark::Archived);
        }
        self.nested.iter().flat_map(|(_, list)| list).for_each(Record::archive_rest);
    }

    /// The same value stands in the record this one is merged into.
    pub fn merged(&self, field: Field) {
        self.mark(field, Mark::Merged);
    }

    /// The value says nothing that is not said elsewhere in this record.
    pub fn noise(&self, field: Field) {
        self.mark(field, Mark::Noise);
    }

    /// The objects in the array (or the one object) under `field`.
    pub fn list(&self, field: Field) -> &[Record<'a>] {
        self.nested.iter().find(|(at, _)| *at == field).map_or(&[], |(_, list)| list)
    }

    /// The record's id, if it has a usable one: Close's ids are short and plain, and longer ones do
    /// not fit a unique field.
    pub fn id(&self) -> Option<&'a str> {
        let plain = |id: &&str| id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
        node::get_text(self.nodes, "id").filter(plain)
    }
}

impl Custom<'_> {
    /// The value stands in a cell.
    pub fn taken(&self) {
        self.mark.set(Mark::Taken);
    }

    /// The value goes to the archive: refused, or a part of it has no home.
    pub fn set_aside(&self) {
        self.mark.set(Mark::SetAside);
    }

    /// The same value is written from elsewhere.
    pub fn merged(&self) {
        if self.mark.get() != Mark::Taken {
            self.mark.set(Mark::Merged);
        }
    }

    /// It says nothing: blank text, a list of blanks.
    pub fn noise(&self) {
        self.mark.set(Mark::Noise);
    }

    /// Nobody has said yet what becomes of it.
    pub fn is_open(&self) -> bool {
        self.mark.get() == Mark::None
    }
}

/// `{"id":…,"value":…}` as key and value.
fn id_value<'a>(item: &'a [Node<'a>]) -> Option<(&'a str, &'a [Node<'a>])> {
    node::get_text(item, "id").zip(node::get(item, "value"))
}

/// True for an array of nothing but those.
fn is_id_values<'a>(value: &'a [Node<'a>]) -> bool {
    let pair = |item: &'a [Node<'a>]| {
        matches!(item.first(), Some(Node::Object { len: 2, .. })) && id_value(item).is_some()
    };
    matches!(value.first(), Some(Node::Array { .. })) && node::elements(value).all(pair)
}

/// A scalar as text.
pub fn scalar<'a>(value: &[Node<'a>]) -> Option<Cow<'a, str>> {
    match value.first()? {
        Node::String(text) => Some(Cow::Borrowed(text)),
        Node::Static(simd_json::StaticNode::Null) | Node::Array { .. } | Node::Object { .. } => {
            None
        }
        Node::Static(number) => Some(Cow::Owned(node::number_text(*number))),
    }
}
