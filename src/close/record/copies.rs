//! Several copies of one object (`close-format.md` §1.3): the best copy fills what it lacks from the
//! others, and what they say differently is marked. It must not choose the best copy.

use super::{Custom, Mark, Record};

impl<'a> Record<'a> {
    /// Fills keys this record lacks from an older copy of the same object; the moved values no
    /// longer belong to `older`.
    pub fn fill_from(&mut self, older: &mut Record<'a>) {
        (self.is_filled, older.is_filled) = (true, true);
        for field in older.slots.fields().without(self.slots.fields()).iter() {
            let Some(slot) = older.slots.take(field) else { continue };
            self.slots.set(field, slot);
            self.waived.set(field, older.waived.has(field));
            self.opened.set(field, older.opened.has(field));
            if let Some(n) = older.nested.iter().position(|(f, _)| *f == field) {
                self.nested.push(older.nested.swap_remove(n));
            }
        }
        fill_customs(&mut self.customs, &mut older.customs);
        fill_customs(&mut self.named, &mut older.named);
        let missing = |key: &str| !self.unknown.iter().any(|(k, _)| *k == key);
        let (moved, kept) = older.unknown.drain(..).partition(|(key, _)| missing(key));
        self.unknown.extend::<Vec<_>>(moved);
        older.unknown = kept;
    }

    /// Marks every value that was taken as archived as well: the cell may hold another record's word.
    pub fn keep_rest(&self) {
        let marks = self.slots.iter().map(|(_, slot)| &slot.mark);
        let taken = marks.filter(|mark| mark.get() == Mark::Taken);
        taken.for_each(|mark| mark.set(Mark::TakenInPart));
    }

    /// Marks every value of this older copy: merged where `newer` says the same, else set aside.
    pub fn yield_to(&self, newer: &Record<'a>) {
        for (field, slot) in self.slots.iter() {
            let same = newer.slots.get(field).is_some_and(|theirs| theirs.value == slot.value);
            slot.mark.set(if same { Mark::Merged } else { Mark::SetAside });
        }
        for (_, list) in &self.nested {
            list.iter().for_each(Record::yield_whole);
        }
        yield_customs(&self.customs, &newer.customs);
        yield_customs(&self.named, &newer.named);
        self.settle_nested();
    }

    fn yield_whole(&self) {
        self.slots.iter().for_each(|(_, slot)| slot.mark.set(Mark::SetAside));
    }

    /// Gives the parts of a nested value the mark of the whole.
    fn settle_nested(&self) {
        for (field, list) in &self.nested {
            let mark = self.slot(*field).map_or(Mark::SetAside, |slot| slot.mark.get());
            for item in list {
                item.slots.iter().for_each(|(_, slot)| slot.mark.set(mark));
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
