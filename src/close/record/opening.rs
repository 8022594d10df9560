//! Opens an object as a record: each key is looked up once, and its value put where it belongs. It must
//! not judge values.

use super::slots::{Fields, Slot, Slots};
use super::{Custom, Record};
use crate::close::common::Common;
use crate::close::kind::Kind;
use crate::close::layout::Cursor;
use crate::close::shape::{Field, Form, Layout, Layouts};
use crate::read::{Node, node};

/// Longest id, in bytes (`close-format.md` §1.5: about 50).
const MAX_ID: usize = 100;

/// What custom fields by id begin with; no key of a shape does.
pub(super) const CUSTOM: &str = "custom.";
/// What Close's tap for Singer makes of `custom.<id>` (`close-format.md` §1.3, L8).
const ID_VALUES: &str = "custom_fields";
/// What a search says of each object beside its fields; it names the kind and is no value of it
/// (`close-format.md` §1.3, L10).
const OBJECT_TYPE: &str = "__object_type";

/// Room is made for so many custom values at once.
const ROOM: usize = 32;

/// What is remembered while an object is read.
struct Reading {
    cursor: Cursor,
    ids: Once,
    names: Once,
}

/// Tells most keys that were not there before without comparing texts.
#[derive(Default)]
struct Once(u64);

impl Once {
    /// False: the key is new. True: it may have been there.
    fn maybe_again(&mut self, key: &str) -> bool {
        let tail = key.as_bytes().last_chunk::<8>().map_or(0, |tail| u64::from_le_bytes(*tail));
        let mixed = (tail ^ key.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bit = 1 << (mixed >> 58);
        let again = self.0 & bit != 0;
        self.0 |= bit;
        again
    }
}

impl<'a> Record<'a> {
    /// Opens the object at `nodes` as a record of `kind`.
    pub fn open(kind: Kind, nodes: &'a [Node<'a>]) -> Self {
        Self::open_as(kind, Layouts::of(kind), nodes)
    }

    fn open_as(kind: Kind, layout: &'static Layout, nodes: &'a [Node<'a>]) -> Self {
        let (keys, known) = (node::len(nodes), layout.shape.keys.len());
        let mut record = Self {
            kind,
            layout,
            nodes,
            id: None,
            slots: Slots::with_capacity(keys.min(known)),
            waived: Fields::default(),
            repeated: Fields::default(),
            is_filled: false,
            opened: Fields::default(),
            nested: Vec::new(),
            inside: Vec::new(),
            customs: Vec::new(),
            named: Vec::new(),
            unknown: Vec::with_capacity(if known == 0 { keys } else { 0 }),
        };
        let (ids, names) = (Once::default(), Once::default());
        let mut reading = Reading { cursor: layout.start(), ids, names };
        for (key, value) in node::entries(nodes) {
            record.put(&mut reading, key, value);
        }
        let plain = |id: &&str| id.len() <= MAX_ID && id.bytes().all(|b| b.is_ascii_graphic());
        record.id = record.said(Common::Id).filter(plain);
        record
    }

    fn put(&mut self, reading: &mut Reading, key: &'a str, value: &'a [Node<'a>]) {
        let usual = self.layout.guess(&mut reading.cursor, key);
        let field = usual.or_else(|| {
            if let Some(id) = key.strip_prefix(CUSTOM) {
                self.put_custom(&mut reading.ids, key, id, value);
                return None;
            }
            let found = self.layout.find_from(&mut reading.cursor, key);
            if found.is_none() {
                self.put_unknown(reading, key, value);
            }
            found
        });
        if let Some(field) = field {
            self.put_known(reading, field, key, value);
        }
    }

    fn put_unknown(&mut self, reading: &mut Reading, key: &'a str, value: &'a [Node<'a>]) {
        if key == ID_VALUES && is_id_values(value) {
            for (id, value) in node::elements(value).filter_map(id_value) {
                self.put_custom(&mut reading.ids, key, id, value);
            }
        } else if key != OBJECT_TYPE || node::text(value).is_none() {
            self.unknown.push((key, value));
        }
    }

    fn put_known(
        &mut self,
        reading: &mut Reading,
        field: Field,
        key: &'a str,
        value: &'a [Node<'a>],
    ) {
        if self.slots.fields().has(field)
            && let Some(earlier) = self.slots.take(field)
        {
            // The same key twice in one object: the last stands, the earlier one is kept aside.
            self.unknown.push((key, earlier.value));
            self.repeated.set(field, true);
            self.opened.set(field, false);
            self.nested.retain(|(at, _)| *at != field);
        }
        match (self.layout.form(field), value.first()) {
            (Form::Records(kind), Some(Node::Array { .. })) => {
                return self.inside.push((kind, value));
            }
            (Form::Named, Some(Node::Object { .. })) => {
                return self.put_named(&mut reading.names, key, value);
            }
            (Form::List(_), Some(Node::Array { .. })) => self.put_list(field, value),
            (Form::Object(_), Some(Node::Object { .. })) => {
                if let Some(layout) = self.layout.inner(field) {
                    self.opened.set(field, true);
                    self.nested.push((field, vec![Self::open_as(self.kind, layout, value)]));
                }
            }
            _ => {}
        }
        self.slots.set(field, Slot::new(value));
    }

    /// Opens an array of nothing but objects.
    fn put_list(&mut self, field: Field, value: &'a [Node<'a>]) {
        let is_object = |item: &[Node<'_>]| matches!(item.first(), Some(Node::Object { .. }));
        let Some(layout) = self.layout.inner(field) else { return };
        if !node::elements(value).all(is_object) {
            return;
        }
        self.opened.set(field, true);
        let n = node::len(value);
        if n > 0 {
            let mut list = Vec::with_capacity(n);
            list.extend(node::elements(value).map(|item| Self::open_as(self.kind, layout, item)));
            self.nested.push((field, list));
        }
    }

    /// The custom values of a lead by name.
    fn put_named(&mut self, names: &mut Once, key: &'a str, value: &'a [Node<'a>]) {
        self.named.reserve(node::len(value).min(ROOM));
        for (name, value) in node::entries(value) {
            let earlier = names.maybe_again(name).then(|| position(&self.named, name)).flatten();
            if let Some(earlier) = earlier.map(|at| self.named.remove(at)) {
                self.unknown.push((key, earlier.value));
            }
            self.named.push(Custom::new(name, value));
        }
    }

    /// A custom value by its field's id; an earlier one is kept aside under its `key`.
    fn put_custom(&mut self, ids: &mut Once, key: &'a str, id: &'a str, value: &'a [Node<'a>]) {
        let earlier = ids.maybe_again(id).then(|| position(&self.customs, id)).flatten();
        if let Some(earlier) = earlier.map(|at| self.customs.remove(at)) {
            self.unknown.push((key, earlier.value));
        }
        if self.customs.is_empty() {
            self.customs.reserve(self.len().saturating_sub(self.slots.len()).min(ROOM));
        }
        self.customs.push(Custom::new(id, value));
    }
}

fn position(customs: &[Custom<'_>], key: &str) -> Option<usize> {
    customs.iter().position(|custom| custom.key == key)
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEYS: &[&str] = &[
        "id",
        "_type",
        "lead_id",
        "contact_id",
        "user_id",
        "date_created",
        "object_id",
        "note",
        "attachments",
        "contacts",
        "custom",
        "custom.cf_1",
        "custom.cf_2",
        "foo",
        "created_at",
    ];
    const VALUES: &[&str] =
        &["\"a\"", "\"b\"", "\"\"", "null", "1", "[]", "[{}]", "{}", "{\"x\":1,\"x\":2}", "[1]"];
    const KINDS: &[Kind] = &[Kind::Lead, Kind::Contact, Kind::Note, Kind::Task, Kind::Created];

    proptest! {
        #[test]
        fn a_record_knows_what_its_source_says(
            entries in proptest::collection::vec((0..KEYS.len(), 0..VALUES.len()), 0..24),
            kind in 0..KINDS.len(),
        ) {
            let entries = entries.iter().map(|(k, v)| format!("\"{}\":{}", KEYS[*k], VALUES[*v]));
            let mut json = format!("{{{}}}", entries.collect::<Vec<_>>().join(",")).into_bytes();
            let tape = simd_json::to_tape(&mut json).unwrap();
            let record = Record::open(KINDS[kind], &tape.0);
            for key in Common::ALL {
                prop_assert_eq!(record.said(*key), node::get_text(&tape.0, key.key()), "{:?}", key);
            }
            for (at, key) in record.layout.shape.keys.iter().enumerate() {
                let there = node::entries(&tape.0).filter(|(name, _)| *name == key.name);
                let last = there.last().map(|(_, value)| value);
                let is_own = !matches!(
                    (key.form, last.and_then(|value| value.first())),
                    (Form::Records(_), Some(Node::Array { .. }))
                        | (Form::Named, Some(Node::Object { .. }))
                );
                prop_assert_eq!(record.value(Field(at as u8)), last.filter(|_| is_own), "{}", key.name);
            }
            let mut ids: Vec<&str> = record.customs.iter().map(|custom| custom.key).collect();
            ids.sort_unstable();
            ids.dedup();
            prop_assert_eq!(ids.len(), record.customs.len());
        }
    }

    #[test]
    fn the_last_of_equal_keys_stands_in_any_number() {
        let mut json = b"{".to_vec();
        for i in 0..300 {
            json.extend_from_slice(
                format!("\"custom.cf_{}\":{i},\"name\":{i},", i % 100).as_bytes(),
            );
        }
        json.extend_from_slice(b"\"id\":\"lead_1\"}");
        let tape = simd_json::to_tape(&mut json).unwrap();
        let record = Record::open(Kind::Lead, &tape.0);
        assert_eq!((record.customs.len(), record.unknown.len()), (100, 200 + 299));
        let last = record.customs.iter().map(|c| super::super::scalar(c.value).unwrap());
        assert!(last.eq((200..300).map(|i| i.to_string())));
        assert_eq!(record.id(), Some("lead_1"));
    }
}
