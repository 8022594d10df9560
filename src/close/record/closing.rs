//! Counting what a record holds and closing it: what became of every value, and what goes to the
//! archive. It must not take values.

use super::{Mark, Record};
use crate::close::ledger::{Fate, Ledger, Space};
use crate::close::shape::Form;
use crate::read::{Node, node};
use std::borrow::Cow;

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

    /// Calls `see` with the numbered path and the value of every known key, here and below.
    pub fn each_value(&self, see: &mut impl FnMut(usize, &[Node<'_>])) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot else { continue };
            match self.nested.iter().find(|(f, _)| usize::from(f.0) == at) {
                Some((_, list)) => list.iter().for_each(|item| item.each_value(see)),
                None => see(self.layout.base + at, slot.value),
            }
        }
    }

    /// Calls `see` with every key Close is not known to write that has a value.
    pub fn each_unknown(&self, see: &mut impl FnMut(&str)) {
        let filled = self.unknown.iter().filter(|(_, value)| !node::is_empty(value));
        filled.for_each(|(key, _)| see(key));
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

    /// Counts every value as `fate`, for records that go somewhere whole. A path Close is known to
    /// write needs its rule all the same.
    pub fn close_whole(&self, fate: Fate, fates: &Fates, ledger: &mut Ledger) {
        for (at, slot) in self.slots.iter().enumerate() {
            let Some(slot) = slot else { continue };
            match self.nested.iter().find(|(f, _)| usize::from(f.0) == at) {
                Some((_, list)) => {
                    list.iter().for_each(|item| item.close_whole(fate, fates, ledger));
                }
                None if !node::is_empty(slot.value) => {
                    let path = self.layout.base + at;
                    if fates.get(path).copied().flatten().is_some() {
                        ledger.fate(path, fate);
                    }
                }
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
