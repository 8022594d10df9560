//! The field ledger: for every Close type and JSON path, how often it was seen, how often it held
//! a value, and what became of the values (design §6). Counted twice and independently: the survey
//! counts what is there, the transform counts what it did; the two must agree. It must not decide
//! anything.

mod stored;

pub use stored::StoredLine;

use super::keys::Keys;
use super::kind::Kind;
use super::shape::Layouts;

/// What became of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands in a cell of a CSV file.
    Written,
    /// It was used to decide or compute what stands in a cell.
    Derived,
    /// The same value was written from another copy or from the record this one was merged into.
    Merged,
    /// It has no home in Twenty and stands in the archive.
    Archived,
    /// Twenty would refuse it, or another value took its place; it stands in the archive and in
    /// the rejects.
    SetAside,
    /// It says nothing that is not said elsewhere in the same export, by rule.
    Noise,
}

impl Fate {
    /// In the order of the ledger's columns.
    pub const ALL: [Fate; 6] =
        [Fate::Written, Fate::Derived, Fate::Merged, Fate::Archived, Fate::SetAside, Fate::Noise];

    /// Column name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Written => "written",
            Self::Derived => "derived",
            Self::Merged => "merged",
            Self::Archived => "archived",
            Self::SetAside => "set_aside",
            Self::Noise => "noise",
        }
    }
}

/// Counters of one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The key was there.
    pub seen: u64,
    /// It held a value (`close-format.md` §2.2 says what does not count as one).
    pub filled: u64,
    /// What became of the values, by [`Fate`].
    pub fates: [u64; 6],
}

impl Counts {
    /// Values whose fate is unknown; 0 when all is well.
    pub fn remainder(&self) -> i64 {
        self.filled as i64 - self.fates.iter().sum::<u64>() as i64
    }

    fn add(&mut self, other: &Self) {
        self.seen += other.seen;
        self.filled += other.filled;
        for (fate, n) in self.fates.iter_mut().zip(other.fates) {
            *fate += n;
        }
    }
}

/// Paths that are known only from the data.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Space {
    /// `custom.<id>`.
    CustomId,
    /// `custom[<name>]`, leads only.
    CustomName,
    /// A key Close is not known to write.
    Unknown,
}

impl Space {
    const ALL: [Self; 3] = [Self::CustomId, Self::CustomName, Self::Unknown];

    /// Where the keys of a kind stand in the ledger.
    const fn place(self, kind: Kind) -> usize {
        kind as usize * Self::ALL.len() + self as usize
    }
}

/// More distinct unknown keys than this in one kind share one line.
const MAX_KEYS: usize = 4_000;
/// The shared line's key.
const OTHER_KEYS: &str = "(further keys)";

/// See the module's head.
#[derive(Clone, Debug)]
pub struct Ledger {
    paths: Vec<Counts>,
    /// By [`Space::place`], as far as any was used.
    dynamic: Vec<Keys<Counts>>,
}

impl Default for Ledger {
    fn default() -> Self {
        let paths = vec![Counts::default(); Layouts::get().paths.len()];
        Self { paths, dynamic: Vec::new() }
    }
}

impl Ledger {
    /// Counts an occurrence of a numbered path.
    #[inline]
    pub fn see(&mut self, path: usize, filled: bool) {
        self.paths[path].seen += 1;
        self.paths[path].filled += u64::from(filled);
    }

    /// Counts what became of a value of a numbered path.
    #[inline]
    pub fn fate(&mut self, path: usize, fate: Fate) {
        self.paths[path].fates[fate as usize] += 1;
    }

    /// Counts an occurrence of a path known only from the data.
    pub fn see_key(&mut self, kind: Kind, space: Space, key: &str, filled: bool) {
        let counts = self.key(kind, space, key);
        counts.seen += 1;
        counts.filled += u64::from(filled);
    }

    /// Counts what became of a value of a path known only from the data.
    pub fn fate_key(&mut self, kind: Kind, space: Space, key: &str, fate: Fate) {
        self.key(kind, space, key).fates[fate as usize] += 1;
    }

    fn key(&mut self, kind: Kind, space: Space, key: &str) -> &mut Counts {
        let keys = self.keys_at(space.place(kind));
        let full = keys.len() >= MAX_KEYS && keys.find(key).is_none();
        keys.at(if full { OTHER_KEYS } else { key })
    }

    fn keys_at(&mut self, place: usize) -> &mut Keys<Counts> {
        if place >= self.dynamic.len() {
            self.dynamic.resize_with(place + 1, Keys::default);
        }
        &mut self.dynamic[place]
    }

    /// Adds another ledger's counts.
    pub fn absorb(&mut self, other: &Self) {
        for (mine, theirs) in self.paths.iter_mut().zip(&other.paths) {
            mine.add(theirs);
        }
        for (place, keys) in other.dynamic.iter().enumerate().filter(|(_, keys)| !keys.is_empty()) {
            let mine = self.keys_at(place);
            keys.iter().for_each(|(key, counts)| mine.at(key).add(counts));
        }
    }

    /// Every line that was seen, in a fixed order: kind, path, counts.
    pub fn lines(&self) -> Vec<Line> {
        let numbered = Layouts::get().paths.iter().zip(&self.paths);
        let mut lines: Vec<Line> = numbered
            .filter(|(_, counts)| **counts != Counts::default())
            .map(|((kind, path), counts)| Line {
                kind: *kind,
                path: path.clone(),
                space: None,
                counts: *counts,
            })
            .collect();
        let places = Kind::ALL.iter().flat_map(|kind| Space::ALL.map(|space| (*kind, space)));
        for ((kind, space), keys) in places.zip(&self.dynamic) {
            lines.extend(keys.iter().map(|(key, counts)| {
                let path = match space {
                    Space::CustomId => format!("custom.{key}"),
                    Space::CustomName => format!("custom[{key}]"),
                    Space::Unknown => key.to_owned(),
                };
                Line { kind, path, space: Some(space), counts: *counts }
            }));
        }
        lines.sort_by(|a, b| {
            (a.kind, !a.is_known(), &a.path).cmp(&(b.kind, !b.is_known(), &b.path))
        });
        lines
    }
}

/// One line of the ledger.
#[derive(Clone, Debug)]
pub struct Line {
    /// Close type.
    pub kind: Kind,
    /// JSON path inside the record.
    pub path: String,
    /// Where the path is known from, when that is the data alone.
    pub space: Option<Space>,
    /// The counters.
    pub counts: Counts,
}

impl Line {
    /// Close is known to write it.
    pub const fn is_known(&self) -> bool {
        self.space.is_none()
    }

    /// A custom field, by id or by name.
    pub const fn is_custom(&self) -> bool {
        matches!(self.space, Some(Space::CustomId | Space::CustomName))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_without_a_fate_is_a_remainder() {
        let mut ledger = Ledger::default();
        ledger.see(3, true);
        ledger.see(3, false);
        ledger.see_key(Kind::Lead, Space::CustomId, "cf_1", true);
        assert_eq!(ledger.lines().iter().map(|l| l.counts.remainder()).sum::<i64>(), 2);
        ledger.fate(3, Fate::Written);
        let mut other = Ledger::default();
        other.fate_key(Kind::Lead, Space::CustomId, "cf_1", Fate::Archived);
        ledger.absorb(&other);
        assert!(ledger.lines().iter().all(|l| l.counts.remainder() == 0));
    }

    #[test]
    fn endless_distinct_keys_do_not_fill_memory() {
        let mut ledger = Ledger::default();
        for i in 0..2 * MAX_KEYS {
            ledger.see_key(Kind::Lead, Space::Unknown, &format!("key{i}"), true);
        }
        assert!(ledger.lines().len() <= MAX_KEYS + 1);
        assert_eq!(ledger.lines().iter().map(|l| l.counts.seen).sum::<u64>(), 2 * MAX_KEYS as u64);
    }
}
