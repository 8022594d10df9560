//! One Close record, borrowed from the parsed bytes. A record is *opened*, its values are *taken*
//! by whoever has a use for them, and it is *closed*: closing counts what became of every value and
//! hands what nobody took to the archive. It must not know where values go.

use super::common::Common;
use super::keys::same;
use super::kind::Kind;
use super::ledger::Fate;
use super::shape::{Field, Form, Layout, Layouts};
use crate::read::{Node, node};
use slots::{Fields, Slot, Slots};
use std::borrow::Cow;
use std::cell::Cell;

mod closing;
mod copies;
mod opening;
mod slots;

pub use closing::{Fates, Residue};
pub use slots::MAX_FIELDS;

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

/// A custom field's value, under `custom.<id>` or in the `custom` dictionary.
#[derive(Clone, Debug)]
pub struct Custom<'a> {
    /// The field's id, or its name in the dictionary.
    pub key: &'a str,
    /// The value.
    pub value: &'a [Node<'a>],
    mark: Cell<Mark>,
    number: Cell<Option<usize>>,
}

/// See the module's head.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// The Close type.
    pub kind: Kind,
    layout: &'static Layout,
    nodes: &'a [Node<'a>],
    id: Option<&'a str>,
    slots: Slots<'a>,
    /// The user's map drops these: nobody sees them, and they go to the archive.
    waived: Fields,
    /// Keys that stand more than once in the object.
    repeated: Fields,
    /// Values came from another copy, or went to one.
    is_filled: bool,
    /// Fields whose value is not one value, but the objects in it, if any.
    opened: Fields,
    nested: Vec<(Field, Vec<Record<'a>>)>,
    /// The arrays of records inside this one.
    inside: Vec<(Kind, &'a [Node<'a>])>,
    /// Custom fields by id, in source order.
    pub customs: Vec<Custom<'a>>,
    /// Custom fields by name (leads), in source order.
    pub named: Vec<Custom<'a>>,
    unknown: Vec<(&'a str, &'a [Node<'a>])>,
}

impl<'a> Record<'a> {
    /// The arrays of records inside this one: `contacts`, `opportunities` …
    pub fn children(&self) -> impl Iterator<Item = (Kind, &'a [Node<'a>])> + '_ {
        self.inside.iter().copied()
    }

    /// Appends the record as JSON, without the records inside it.
    pub fn write_own(&self, out: &mut Vec<u8>) {
        if self.inside.is_empty() {
            return node::write_json(self.nodes, out);
        }
        let is_inside = |value: &[Node<'_>]| {
            self.inside.iter().any(|(_, list)| std::ptr::eq(list.as_ptr(), value.as_ptr()))
        };
        // A key that stands twice stays twice, or the other value would look like the record's own.
        let keep = |value: &[Node<'_>]| !is_inside(value) || !self.repeated.is_empty();
        let own = node::entries(self.nodes).filter(|(_, value)| keep(value));
        out.push(b'{');
        for (i, (key, value)) in own.enumerate() {
            if i > 0 {
                out.push(b',');
            }
            node::write_json_text(key, out);
            out.push(b':');
            if is_inside(value) {
                out.extend_from_slice(b"[]");
            } else {
                node::write_json(value, out);
            }
        }
        out.push(b'}');
    }

    /// The path of a field, from the record that is not inside another: `emails[].email`.
    pub fn path(&self, field: Field) -> &'static str {
        Layouts::get().paths.get(self.layout.path(field)).map_or("", |(_, path)| path)
    }

    /// The record as it stood in the source.
    pub fn nodes(&self) -> &'a [Node<'a>] {
        self.nodes
    }

    /// Id of the custom activity type or custom object type; empty for other kinds.
    pub fn custom_type(&self) -> &'a str {
        let key = match self.kind {
            Kind::CustomActivity => Common::CustomActivityType,
            Kind::CustomObject => Common::CustomObjectType,
            _ => return "",
        };
        self.said(key).unwrap_or_default()
    }

    /// The text under `key`, if it is a non-empty string, as the record stood in the source: whether a
    /// map drops it or not, whatever came from other copies, and known to the type or not.
    #[inline]
    pub fn said(&self, key: Common) -> Option<&'a str> {
        let value = match self.layout.common(key) {
            // Rare, and it is the first in the source that counts.
            _ if self.is_filled => node::get(self.nodes, key.key()),
            Some(field) if self.repeated.has(field) => node::get(self.nodes, key.key()),
            Some(field) => self.slots.get(field).map(|slot| slot.value),
            None => self.unknown.iter().find(|(k, _)| same(k, key.key())).map(|(_, value)| *value),
        };
        value.and_then(node::text).filter(|text| !text.is_empty())
    }

    /// How many keys the record has.
    pub fn len(&self) -> usize {
        node::len(self.nodes)
    }

    /// True for a record without keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn slot(&self, field: Field) -> Option<&Slot<'a>> {
        self.slots.get(field).filter(|_| !self.waived.has(field))
    }

    /// The marks of all values that nobody has spoken for.
    fn open_marks(&self) -> impl Iterator<Item = &Cell<Mark>> {
        self.slots.iter().map(|(_, slot)| &slot.mark).filter(|mark| mark.get() == Mark::None)
    }

    /// Hides the values of the paths a map drops, here and below; they go to the archive. `paths` is
    /// by numbered path; none at all drops nothing.
    pub fn waive(&mut self, paths: &Waived) {
        if paths.is_empty() {
            return;
        }
        for (field, slot) in self.slots.iter() {
            if paths.get(self.layout.path(field)).copied().flatten().is_some() {
                slot.mark.set(Mark::Archived);
                self.waived.set(field, true);
            }
        }
        self.nested.iter_mut().flat_map(|(_, list)| list).for_each(|item| item.waive(paths));
    }

    #[inline]
    fn mark(&self, field: Field, mark: Mark) {
        if let Some(slot) = self.slot(field) {
            let old = slot.mark.get();
            // Once a value stands in a cell, nothing else about it matters more.
            let keep = matches!(old, Mark::Taken | Mark::TakenInPart) && mark != Mark::TakenInPart;
            slot.mark.set(if keep { old } else { mark });
        }
    }

    /// The value under `field`, whatever it is; not taken.
    #[inline]
    pub fn value(&self, field: Field) -> Option<&'a [Node<'a>]> {
        self.slot(field).map(|slot| slot.value)
    }

    /// The key is there, with or without a value. Missing means unknown, not empty.
    #[inline]
    pub fn has(&self, field: Field) -> bool {
        self.slot(field).is_some()
    }

    /// The text under `field`, if it is a non-empty string; not taken.
    #[inline]
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
    #[inline]
    pub fn is_open(&self, field: Field) -> bool {
        self.slot(field).is_some_and(|slot| slot.mark.get() == Mark::None)
    }

    /// Sets aside values that have a home but not the JSON type Close writes there, and that nobody
    /// could take for that reason.
    pub fn set_aside_odd(&self, fates: &Fates, found: &mut impl FnMut(&Record<'a>, Field)) {
        for (field, slot) in self.slots.iter().filter(|(_, slot)| slot.mark.get() == Mark::None) {
            if node::text(slot.value).is_some() || node::is_empty(slot.value) {
                continue;
            }
            let rule = fates.get(self.layout.path(field)).copied().flatten();
            let container = !matches!(self.layout.form(field), Form::Value);
            let has_home = container || matches!(rule, Some(Fate::Written | Fate::Derived));
            if has_home && !self.opened.has(field) {
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
        self.open_marks().for_each(|mark| mark.set(Mark::Archived));
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
    #[inline]
    pub fn id(&self) -> Option<&'a str> {
        self.id
    }
}

impl<'a> Custom<'a> {
    fn new(key: &'a str, value: &'a [Node<'a>]) -> Self {
        Self { key, value, mark: Cell::new(Mark::None), number: Cell::new(None) }
    }

    /// The number of its field: `look_up` is asked for it once, and again only if it knows none.
    pub fn number(&self, look_up: impl FnOnce(&str) -> Option<usize>) -> Option<usize> {
        let number = self.number.get().or_else(|| look_up(self.key));
        self.number.set(number);
        number
    }

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
    #[inline]
    pub fn is_open(&self) -> bool {
        self.mark.get() == Mark::None
    }
}

/// A scalar as text.
pub fn scalar<'a>(value: &[Node<'a>]) -> Option<Cow<'a, str>> {
    match value.first()? {
        Node::String(text) => Some(Cow::Borrowed(text)),
        Node::Static(simd_json::StaticNode::Null) | Node::Array { .. } | Node::Object { .. } => {
            None
        }
        Node::Static(simd_json::StaticNode::Bool(flag)) => {
            Some(Cow::Borrowed(if *flag { "true" } else { "false" }))
        }
        Node::Static(number) => Some(Cow::Owned(node::number_text(*number))),
    }
}
