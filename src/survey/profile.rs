//! What the values of one custom field look like. It must not name a Twenty type: that is the
//! plan's decision.

use super::Map;
use crate::close::time;
use crate::read::{Node, node};
use crate::twenty::number;
use simd_json::StaticNode;

/// Distinct values kept for each field; a field with more is no choice.
pub const MAX_DISTINCT: usize = 500;
/// Longer texts are no choices.
const MAX_CHOICE: usize = 200;

/// Counters over the values of one field; an array counts each of its items.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Records with a value.
    pub records: u64,
    /// Records whose value is an array.
    pub arrays: u64,
    /// The longest array.
    pub max_items: usize,
    /// Items that are text.
    pub texts: u64,
    /// Items that are numbers.
    pub numbers: u64,
    /// The most decimals of a number, be it a text.
    pub decimals: u8,
    /// Texts that are numbers.
    pub numeric: u64,
    /// Items that are `true` or `false`.
    pub flags: u64,
    /// Items that are objects or arrays.
    pub objects: u64,
    /// Texts that are dates without a time.
    pub dates: u64,
    /// Texts that are instants.
    pub instants: u64,
    /// Texts that are midnight in UTC: dates that a carrier made instants of.
    pub midnights: u64,
    /// Texts that are user ids.
    pub users: u64,
    /// Texts that are contact ids.
    pub contacts: u64,
    /// Texts that are ids of custom objects.
    pub custom_objects: u64,
    /// Texts with a line break or longer than a choice.
    pub long: u64,
    /// Distinct short texts, how often each; `None` once there are too many.
    pub distinct: Option<Map<Box<str>, u64>>,
    started: bool,
}

impl Profile {
    /// A profile of a field that is known to have too many distinct values: they are not kept again.
    pub fn crowded() -> Self {
        Self { started: true, ..Self::default() }
    }

    /// Has too many distinct values.
    pub fn is_crowded(&self) -> bool {
        self.started && self.distinct.is_none()
    }

    /// Counts one value.
    pub fn see(&mut self, value: &[Node<'_>]) {
        if node::is_empty(value) {
            return;
        }
        if !self.started {
            (self.started, self.distinct) = (true, Some(Map::default()));
        }
        self.records += 1;
        if let Some(Node::Array { len, .. }) = value.first() {
            self.arrays += 1;
            self.max_items = self.max_items.max(*len);
            node::elements(value).for_each(|item| self.item(item));
        } else {
            self.item(value);
        }
    }

    fn item(&mut self, item: &[Node<'_>]) {
        match item.first() {
            Some(Node::String(text)) => self.text(text),
            Some(Node::Static(StaticNode::Bool(_))) => self.flags += 1,
            Some(Node::Static(StaticNode::Null)) | None => {}
            Some(Node::Static(number)) => {
                self.numbers += 1;
                // Whole numbers, nearly all of them, need not be written out.
                if matches!(number, StaticNode::F64(n) if n.fract() != 0.0) {
                    self.numeric(&node::number_text(*number));
                }
            }
            Some(Node::Object { .. } | Node::Array { .. }) => self.objects += 1,
        }
    }

    fn text(&mut self, text: &str) {
        self.texts += 1;
        if text.len() > MAX_CHOICE || text.contains('\n') {
            self.long += 1;
            return;
        }
        let digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        if digit && time::is_date_only(text) {
            self.dates += 1;
        } else if digit && let Some(at) = time::micros(text) {
            self.instants += 1;
            self.midnights += u64::from(time::is_day(at));
        }
        self.numeric += u64::from(self.numeric(text));
        match text.as_bytes().first_chunk() {
            Some(b"user_") => self.users += 1,
            Some(b"cont_") => self.contacts += 1,
            Some(b"custo") if text.starts_with("custobj_") => self.custom_objects += 1,
            _ => {}
        }
        self.count(text, 1);
    }

    /// Whether the text is a number, whose decimals are then seen. Only what begins like one is tried.
    fn numeric(&mut self, text: &str) -> bool {
        let start = text.trim_start().bytes().next();
        let like_one = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.');
        let number = start.filter(|b| like_one(*b)).and_then(|_| number::number(text).ok());
        self.decimals = self.decimals.max(number.as_deref().map_or(0, number::decimals));
        number.is_some()
    }

    fn count(&mut self, text: &str, n: u64) {
        let Some(distinct) = &mut self.distinct else { return };
        if let Some(count) = distinct.get_mut(text) {
            *count += n;
        } else if distinct.len() < MAX_DISTINCT {
            distinct.insert(text.into(), n);
        } else {
            self.distinct = None;
        }
    }

    /// Adds another profile's counts.
    pub fn absorb(&mut self, other: Self) {
        if !self.started {
            *self = other;
            return;
        }
        if !other.started {
            return;
        }
        self.max_items = self.max_items.max(other.max_items);
        self.decimals = self.decimals.max(other.decimals);
        for (mine, theirs) in [
            (&mut self.records, other.records),
            (&mut self.arrays, other.arrays),
            (&mut self.texts, other.texts),
            (&mut self.numbers, other.numbers),
            (&mut self.numeric, other.numeric),
            (&mut self.flags, other.flags),
            (&mut self.objects, other.objects),
            (&mut self.dates, other.dates),
            (&mut self.instants, other.instants),
            (&mut self.midnights, other.midnights),
            (&mut self.users, other.users),
            (&mut self.contacts, other.contacts),
            (&mut self.custom_objects, other.custom_objects),
            (&mut self.long, other.long),
        ] {
            *mine += theirs;
        }
        match other.distinct {
            Some(values) => values.into_iter().for_each(|(text, n)| self.count(&text, n)),
            None => self.distinct = None,
        }
    }

    /// All items.
    pub fn items(&self) -> u64 {
        self.texts + self.numbers + self.flags + self.objects
    }
}
