//! One Close record, borrowed from the parsed bytes. A record is *opened*, its values are *taken*
//! by whoever has a use for them, and it is *closed*: closing counts what became of every value and
//! hands what nobody took to the archive. It must not know where values go.

use super::kind::Kind;
use super::ledger::{Fate, Ledger, Space};
use super::shape::{Field, Form, Layout, Layouts};
use crate::read::{Node, node};
use std::borrow::Cow;
use std::cell::Cell;

/// Longest id, in bytes (`close-format.md` §1.5: about 50).
const MAX_ID: usize = 100;

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

/// What becomes of a value nobody takes, by numbered path; `None`: there is no rule, and the run
/// will fail its final check.
pub type Fates = [Option<Fate>];

/// The values of one record that go to the archive: a JSON object from JSON pointer to value.
#[derive(Debug, Default)]
pub struct Residue {
    /// `"pointer":value` pairs with commas between them.
    pub json: Vec<u8>,
}

impl Residue {
    fn push(&mut self, pointer: &str, value: &[Node<'_>]) {
        if !self.json.is_empty() {
            self.json.push(b',');
        }
        node::write_json_text(pointer, &mut self.json);
        self.json.push(b':');
        node::write_json(value, &mut self.json);
    }
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
                Some(id) => {
                    let earlier = self.customs.iter().position(|custom| custom.key == id);
                    if let Some(earlier) = earlier.map(|at| self.customs.remove(at)) {
                        self.unknown.push((key, earlier.value));
                    }
                    self.customs.push(Custom { key: id, value, mark });
                }
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
        self.slots[at] = Some(Slot { value, mark });
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

    /// The record as it stood in the source.
    pub fn nodes(&self) -> &'a [Node<'a>] {
        self.nodes
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
        self.slots.get(usize::from(field.0))?.as_ref()
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

    /// Fills keys this record lacks from an older copy of the same object; the moved values no
    /// longer belong to `older`.
    pub fn fill_from(&mut self, older: &mut Record<'a>) {
        for (at, slot) in older.slots.iter_mut().enumerate() {
            if self.slots[at].is_none() && slot.is_some() {
                self.slots[at] = slot.take();
                if let Some(n) = older.nested.iter().position(|(f, _)| usize::from(f.0) == at) {
                    self.nested.push(older.nested.swap_remove(n));
                }
            }
        }
        fill_customs(&mut self.customs, &mut older.customs);
        fill_customs(&mut self.named, &mut older.named);
        let missing = |key: &str| !self.unknown.iter().any(|(k, _)| *k == key);
        let (moved, kept) = older.unknown.drain(..).partition(|(key, _)| missing(key));
        self.unknown.extend::<Vec<_>>(moved);
        older.unknown = kept;
    }

    /// Marks every value of this older copy: merged where `newer` says the same, else set aside.
    pub fn yield_to(&self, newer: &Record<'a>) {
        for (mine, theirs) in self.slots.iter().zip(&newer.slots) {
            if let Some(slot) = mine {
                let same = theirs.as_ref().is_some_and(|t| t.value == slot.value);
                slot.mark.set(if same { Mark::Merged } else { Mark::SetAside });
            }
        }
        for (_, list) in &self.nested {
            list.iter().for_each(|item| item.yield_whole());
        }
        yield_customs(&self.customs, &newer.customs);
        yield_customs(&self.named, &newer.named);
        self.settle_nested();
    }

    fn yield_whole(&self) {
        for slot in self.slots.iter().flatten() {
            slot.mark.set(Mark::SetAside);
        }
    }

    /// Gives the parts of a nested value the mark of the whole.
    fn settle_nested(&self) {
        for (field, list) in &self.nested {
            let mark = self.slot(*field).map_or(Mark::SetAside, |slot| slot.mark.get());
            for item in list {
                item.slots.iter().flatten().for_each(|slot| slot.mark.set(mark));
                item.settle_nested();
            }
        }
    }
}

fn fill_customs<'a>(mine: &mut Vec<Custom<'a>>, older: &mut Vec<Custom<'a>>) {
    let missing = |key: &str| !mine.iter().any(|c| c.key == key);
    let (moved, kept): (Vec<_>, Vec<_>) = older.drain(..).partition(|c| missing(c.key));
    mine.extend(moved);
    *older = kept;
}

fn yield_customs(mine: &[Custom<'_>], newer: &[Custom<'_>]) {
    for custom in mine {
        let same = newer.iter().any(|c| c.key == custom.key && c.value == custom.value);
        custom.mark.set(if same { Mark::Merged } else { Mark::SetAside });
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

    /// Nobody has said yet what becomes of it.
    pub fn is_open(&self) -> bool {
        self.mark.get() == Mark::None
    }
}

/// Counting and closing.
impl Record<'_> {
    /// Counts what is there (the survey's half of the ledger).
    pub fn count(&self, ledger: &mut Ledger) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot else { continue };
            let nested = self.nested.iter().find(|(f, _)| usize::from(f.0) == at);
            match nested {
                // What counts are the parts; the array around them is no value of its own.
                Some((_, list)) => list.iter().for_each(|item| item.count(ledger)),
                None => ledger.see(self.layout.base + at, !node::is_empty(slot.value)),
            }
        }
        for (space, customs) in [(Space::CustomId, &self.customs), (Space::CustomName, &self.named)]
        {
            for custom in customs {
                ledger.see_key(self.kind, space, custom.key, !node::is_empty(custom.value));
            }
        }
        for (key, value) in &self.unknown {
            ledger.see_key(self.kind, Space::Unknown, key, !node::is_empty(value));
        }
    }

    /// Counts what became of every value and collects what goes to the archive (the transform's
    /// half of the ledger).
    pub fn close(&self, fates: &Fates, ledger: &mut Ledger, residue: &mut Residue) {
        self.close_below("", fates, ledger, residue);
    }

    fn close_below(&self, below: &str, fates: &Fates, ledger: &mut Ledger, residue: &mut Residue) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot else { continue };
            let key = self.layout.shape.keys[at].name;
            let nested = self.nested.iter().find(|(f, _)| usize::from(f.0) == at);
            if let Some((field, list)) = nested {
                let many =
                    matches!(self.layout.shape.keys[usize::from(field.0)].form, Form::List(_));
                for (i, item) in list.iter().enumerate() {
                    let place =
                        if many { format!("{below}/{key}/{i}") } else { format!("{below}/{key}") };
                    item.close_below(&place, fates, ledger, residue);
                }
                continue;
            }
            if node::is_empty(slot.value) {
                continue;
            }
            let path = self.layout.base + at;
            let fate = settle(slot.mark.get(), fates.get(path).copied().flatten());
            if let Some(fate) = fate {
                ledger.fate(path, fate);
            }
            let archived = matches!(fate, Some(Fate::Archived | Fate::SetAside));
            if archived || slot.mark.get() == Mark::TakenInPart {
                residue.push(&format!("{below}/{key}"), slot.value);
            }
        }
        self.close_customs(below, ledger, residue);
        for (key, value) in &self.unknown {
            if !node::is_empty(value) {
                ledger.fate_key(self.kind, Space::Unknown, key, Fate::Archived);
                residue.push(&format!("{below}/{}", pointer(key)), value);
            }
        }
    }

    fn close_customs(&self, below: &str, ledger: &mut Ledger, residue: &mut Residue) {
        for (space, customs) in [(Space::CustomId, &self.customs), (Space::CustomName, &self.named)]
        {
            for custom in customs.iter().filter(|c| !node::is_empty(c.value)) {
                let fate = match custom.mark.get() {
                    Mark::Taken | Mark::TakenInPart => Fate::Written,
                    Mark::Merged => Fate::Merged,
                    Mark::Noise => Fate::Noise,
                    Mark::SetAside => Fate::SetAside,
                    Mark::None | Mark::Archived => Fate::Archived,
                };
                ledger.fate_key(self.kind, space, custom.key, fate);
                if matches!(fate, Fate::SetAside | Fate::Archived) {
                    let place = match space {
                        Space::CustomName => format!("{below}/custom/{}", pointer(custom.key)),
                        _ => format!("{below}/custom.{}", pointer(custom.key)),
                    };
                    residue.push(&place, custom.value);
                }
            }
        }
    }

    /// Counts every value as `fate`, for records that go somewhere whole.
    pub fn close_whole(&self, fate: Fate, ledger: &mut Ledger) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot else { continue };
            match self.nested.iter().find(|(f, _)| usize::from(f.0) == at) {
                Some((_, list)) => list.iter().for_each(|item| item.close_whole(fate, ledger)),
                None if !node::is_empty(slot.value) => ledger.fate(self.layout.base + at, fate),
                None => {}
            }
        }
        for (space, customs) in [(Space::CustomId, &self.customs), (Space::CustomName, &self.named)]
        {
            for custom in customs.iter().filter(|c| !node::is_empty(c.value)) {
                ledger.fate_key(self.kind, space, custom.key, fate);
            }
        }
        for (key, value) in &self.unknown {
            if !node::is_empty(value) {
                ledger.fate_key(self.kind, Space::Unknown, key, fate);
            }
        }
    }
}

/// The fate of a value from its mark and its path's rule. A value that was taken without a rule,
/// or that a rule promised to a cell and nobody took, has none: the final check finds it.
fn settle(mark: Mark, rule: Option<Fate>) -> Option<Fate> {
    match (mark, rule?) {
        (Mark::Taken | Mark::TakenInPart, fate @ (Fate::Written | Fate::Derived)) => Some(fate),
        (Mark::None, fate @ (Fate::Archived | Fate::Noise)) => Some(fate),
        (Mark::Merged, _) => Some(Fate::Merged),
        (Mark::Archived, _) => Some(Fate::Archived),
        (Mark::SetAside, _) => Some(Fate::SetAside),
        (Mark::Noise, _) => Some(Fate::Noise),
        _ => None,
    }
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

/// A key as a part of a JSON pointer (RFC 6901).
fn pointer(key: &str) -> Cow<'_, str> {
    if key.contains(['~', '/']) {
        Cow::Owned(key.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(key)
    }
}
