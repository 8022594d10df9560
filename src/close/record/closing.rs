//! Counting what a record holds and closing it: what became of every value, and what goes to the
//! archive. It must not take values.

use super::opening::CUSTOM;
use super::{Custom, Mark, Record};
use crate::close::ledger::{Fate, Ledger, Space};
use crate::close::shape::Form;
use crate::read::{Node, node};
use std::borrow::Cow;
use std::io::Write;

/// What becomes of a value nobody takes, by numbered path; `None`: there is no rule, and the run
/// will fail its final check.
pub type Fates = [Option<Fate>];

/// The values of one record that go to the archive: a JSON object from JSON pointer to value.
#[derive(Debug, Default)]
pub struct Residue {
    /// `"pointer":value` pairs with commas between them.
    pub json: Vec<u8>,
    /// Where the object stands that is being closed: its pointer, as in JSON.
    below: Vec<u8>,
}

impl Residue {
    /// Adds a value; `prefix` and `key` are the last part of its pointer.
    fn push(&mut self, prefix: &str, key: &str, value: &[Node<'_>]) {
        if !self.json.is_empty() {
            self.json.push(b',');
        }
        self.json.push(b'"');
        self.json.extend_from_slice(&self.below);
        self.json.push(b'/');
        self.json.extend_from_slice(prefix.as_bytes());
        node::write_json_part(&pointer(key), &mut self.json);
        self.json.extend_from_slice(b"\":");
        node::write_json(value, &mut self.json);
    }

    /// Goes down into an object, one of many or the only one; answers where to come back to.
    fn enter(&mut self, key: &str, number: Option<usize>) -> usize {
        let back = self.below.len();
        self.below.push(b'/');
        self.below.extend_from_slice(key.as_bytes());
        if let Some(number) = number {
            // Writing to memory cannot fail.
            let _ = write!(self.below, "/{number}");
        }
        back
    }
}

/// Counting and closing.
impl Record<'_> {
    /// Counts what is there (the survey's half of the ledger).
    pub fn count(&self, ledger: &mut Ledger) {
        for (field, slot) in self.slots.iter() {
            // What counts are the parts; the array around them is no value of its own.
            if self.opened.has(field) {
                self.list(field).iter().for_each(|item| item.count(ledger));
            } else {
                ledger.see(self.layout.path(field), !node::is_empty(slot.value));
            }
        }
        for (space, customs) in self.spaces() {
            for custom in customs {
                ledger.see_key(self.kind, space, custom.key, !node::is_empty(custom.value));
            }
        }
        for (key, value) in &self.unknown {
            ledger.see_key(self.kind, Space::Unknown, key, !node::is_empty(value));
        }
    }

    /// Calls `see` with the numbered path and the value of every known key, here and below.
    pub fn each_value(&self, see: &mut impl FnMut(usize, &[Node<'_>])) {
        for (field, slot) in self.slots.iter() {
            if self.opened.has(field) {
                self.list(field).iter().for_each(|item| item.each_value(see));
            } else {
                see(self.layout.path(field), slot.value);
            }
        }
    }

    /// Calls `see` with every key Close is not known to write that has a value.
    pub fn each_unknown(&self, see: &mut impl FnMut(&str)) {
        self.filled_unknown().for_each(|(key, _)| see(key));
    }

    /// Counts what became of every value and collects what goes to the archive (the transform's
    /// half of the ledger).
    pub fn close(&self, fates: &Fates, ledger: &mut Ledger, residue: &mut Residue) {
        residue.below.clear();
        self.close_below(fates, ledger, residue);
    }

    fn close_below(&self, fates: &Fates, ledger: &mut Ledger, residue: &mut Residue) {
        for (field, slot) in self.slots.iter() {
            let key = self.layout.key(field);
            if self.opened.has(field) {
                let many = matches!(self.layout.form(field), Form::List(_));
                for (i, item) in self.list(field).iter().enumerate() {
                    let back = residue.enter(key, many.then_some(i));
                    item.close_below(fates, ledger, residue);
                    residue.below.truncate(back);
                }
                continue;
            }
            if node::is_empty(slot.value) {
                continue;
            }
            let path = self.layout.path(field);
            let fate = settle(slot.mark.get(), fates.get(path).copied().flatten());
            if let Some(fate) = fate {
                ledger.fate(path, fate);
            }
            let archived = matches!(fate, Some(Fate::Archived | Fate::SetAside));
            if archived || slot.mark.get() == Mark::TakenInPart {
                residue.push("", key, slot.value);
            }
        }
        self.close_customs(ledger, residue);
        for (key, value) in self.filled_unknown() {
            ledger.fate_key(self.kind, Space::Unknown, key, Fate::Archived);
            residue.push("", key, value);
        }
    }

    fn close_customs(&self, ledger: &mut Ledger, residue: &mut Residue) {
        for (space, customs) in self.spaces() {
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
                    let prefix = if space == Space::CustomName { "custom/" } else { CUSTOM };
                    residue.push(prefix, custom.key, custom.value);
                }
            }
        }
    }

    /// Counts every value as `fate`, for records that go somewhere whole. A path Close is known to
    /// write needs its rule all the same.
    pub fn close_whole(&self, fate: Fate, fates: &Fates, ledger: &mut Ledger) {
        for (field, slot) in self.slots.iter() {
            if self.opened.has(field) {
                self.list(field).iter().for_each(|item| item.close_whole(fate, fates, ledger));
                continue;
            }
            let path = self.layout.path(field);
            if !node::is_empty(slot.value) && fates.get(path).copied().flatten().is_some() {
                ledger.fate(path, fate);
            }
        }
        for (space, customs) in self.spaces() {
            for custom in customs.iter().filter(|c| !node::is_empty(c.value)) {
                ledger.fate_key(self.kind, space, custom.key, fate);
            }
        }
        for (key, _) in self.filled_unknown() {
            ledger.fate_key(self.kind, Space::Unknown, key, fate);
        }
    }

    fn spaces(&self) -> [(Space, &[Custom<'_>]); 2] {
        [(Space::CustomId, &self.customs), (Space::CustomName, &self.named)]
    }

    /// Keys Close is not known to write that have a value.
    fn filled_unknown(&self) -> impl Iterator<Item = (&str, &[Node<'_>])> {
        let unknown = self.unknown.iter().map(|(key, value)| (*key, *value));
        unknown.filter(|(_, value)| !node::is_empty(value))
    }
}

/// The fate of a value from its mark and its path's rule. A value that was taken without a rule,
/// or that a rule promised to a cell and nobody took, has none: the final check finds it.
fn settle(mark: Mark, rule: Option<Fate>) -> Option<Fate> {
    match (mark, rule?) {
        (Mark::Taken | Mark::TakenInPart, fate @ (Fate::Written | Fate::Derived)) => Some(fate),
        (Mark::None, Fate::Noise) | (Mark::Noise, _) => Some(Fate::Noise),
        (Mark::Merged, _) => Some(Fate::Merged),
        (Mark::None, Fate::Archived) | (Mark::Archived, _) => Some(Fate::Archived),
        (Mark::SetAside, _) => Some(Fate::SetAside),
        _ => None,
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
