//! A ledger as lines that another process can read. It must not count.

use super::{Counts, Ledger, Space};
use crate::close::kind::Kind;
use crate::close::shape::Layouts;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

/// The counters of one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLine {
    kind: String,
    /// Where the path is known from, when that is the data alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    space: Option<Space>,
    key: String,
    /// How often it was seen and filled, and what became of the values.
    counts: (u64, u64, [u64; 6]),
}

impl Ledger {
    /// Every line that was seen.
    pub fn store(&self) -> Vec<StoredLine> {
        let line = |kind: Kind, space, key: &str, counts: &Counts| {
            let counts = (counts.seen, counts.filled, counts.fates);
            StoredLine { kind: kind.word().to_owned(), space, key: key.to_owned(), counts }
        };
        let numbered = Layouts::get().paths.iter().zip(&self.paths);
        let numbered = numbered.filter(|(_, counts)| **counts != Counts::default());
        let mut lines: Vec<_> =
            numbered.map(|((kind, path), counts)| line(*kind, None, path, counts)).collect();
        let places = Kind::ALL.iter().flat_map(|kind| Space::ALL.map(|space| (*kind, space)));
        for ((kind, space), keys) in places.zip(&self.dynamic) {
            lines.extend(keys.iter().map(|(key, counts)| line(kind, Some(space), key, counts)));
        }
        lines
    }

    /// The ledger with these lines; `None` when one of them has a kind or path that does not exist.
    pub fn restore(lines: &[StoredLine]) -> Option<Self> {
        let kinds: HashMap<&str, Kind, foldhash::fast::FixedState> =
            Kind::ALL.iter().map(|kind| (kind.word(), *kind)).collect();
        let paths = Layouts::get().paths.iter().enumerate();
        let paths: HashMap<(Kind, &str), usize, foldhash::fast::FixedState> =
            paths.map(|(at, (kind, path))| ((*kind, &**path), at)).collect();
        let mut ledger = Self::default();
        for line in lines {
            let kind = *kinds.get(&*line.kind)?;
            let (seen, filled, fates) = line.counts;
            let counts = match line.space {
                Some(space) => ledger.keys_at(space.place(kind)).at(&line.key),
                None => ledger.paths.get_mut(*paths.get(&(kind, &*line.key))?)?,
            };
            counts.add(&Counts { seen, filled, fates });
        }
        Some(ledger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close::Fate;

    #[test]
    fn a_ledger_comes_back_as_it_was() {
        let mut ledger = Ledger::default();
        for path in 0..Layouts::get().paths.len() {
            ledger.see(path, true);
            (0..=path % 5).for_each(|_| ledger.fate(path, Fate::ALL[path % 6]));
        }
        ledger.fate_key(Kind::Lead, Space::CustomName, "Größe", Fate::Written);
        ledger.see_key(Kind::Call, Space::Unknown, "new", false);
        let json = serde_json::to_string(&ledger.store()).unwrap();
        let lines: Vec<StoredLine> = serde_json::from_str(&json).unwrap();
        let back = Ledger::restore(&lines).unwrap();
        assert_eq!(back.store(), ledger.store());
        let shown = |ledger: &Ledger| format!("{:?}", ledger.lines());
        assert_eq!(shown(&back), shown(&ledger));
        let odd = StoredLine { kind: "no such kind".to_owned(), ..lines[0].clone() };
        assert!(Ledger::restore(&[odd]).is_none());
    }
}
