//! Custom values of one part of the export: a profile for each field, and which id and name of a lead's
//! fields hold the same. Fields are numbered here, so that nothing is allocated a value. It must not
//! decide which belong together.

use super::{Map, Profile, Set, Survey};
use crate::close::{Custom, Keys, Kind, Record, Space};
use indexmap::Equivalent;
use std::sync::{PoisonError, RwLock};

/// The key of [`Survey::customs`].
type Key = (Kind, Box<str>, Space, Box<str>);

/// The same, borrowed.
#[derive(Hash)]
struct Borrowed<'k>(Kind, &'k str, Space, &'k str);

impl Equivalent<Key> for Borrowed<'_> {
    fn equivalent(&self, (kind, owner, space, key): &Key) -> bool {
        (self.0, self.2) == (*kind, *space) && *self.3 == **key && *self.1 == **owner
    }
}

/// The fields of one kind, custom type and space.
#[derive(Debug)]
struct Fields {
    kind: Kind,
    owner: Box<str>,
    space: Space,
    /// Numbers of the profiles.
    numbers: Keys<Option<usize>>,
}

/// Fields that are known to have too many distinct values, so that no part collects them again. It spares
/// work and changes nothing: once there were too many, there are too many.
#[derive(Debug, Default)]
pub(super) struct Crowded(RwLock<Set<Key>>);

impl Crowded {
    fn has(&self, key: &Borrowed<'_>) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    fn add(&self, Borrowed(kind, owner, space, key): &Borrowed<'_>) {
        let key = (*kind, (*owner).into(), *space, (*key).into());
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key);
    }
}

/// See the module's head.
#[derive(Debug)]
pub(super) struct Customs<'s> {
    crowded: &'s Crowded,
    fields: Vec<Fields>,
    /// By number, in the order in which the fields were first seen.
    profiles: Vec<Profile>,
    pairs: Map<(usize, usize), u64>,
    /// The numbers of the record in work, by id and by name.
    ids: Vec<usize>,
    names: Vec<usize>,
}

impl<'s> Customs<'s> {
    /// Nothing yet.
    pub fn new(crowded: &'s Crowded) -> Self {
        let (fields, profiles, pairs) = (Vec::new(), Vec::new(), Map::default());
        Self { crowded, fields, profiles, pairs, ids: Vec::new(), names: Vec::new() }
    }

    /// Counts the custom values of a record.
    pub fn see(&mut self, record: &Record<'_>) {
        let owner = if record.customs.is_empty() { "" } else { record.custom_type() };
        let (mut ids, mut names) = (std::mem::take(&mut self.ids), std::mem::take(&mut self.names));
        self.count(record.kind, owner, Space::CustomId, &record.customs, &mut ids);
        self.count(record.kind, owner, Space::CustomName, &record.named, &mut names);
        if record.kind == Kind::Lead {
            self.pair(record, &ids, &names);
        }
        (self.ids, self.names) = (ids, names);
    }

    fn count(
        &mut self,
        kind: Kind,
        owner: &str,
        space: Space,
        customs: &[Custom<'_>],
        numbers: &mut Vec<usize>,
    ) {
        numbers.clear();
        if customs.is_empty() {
            return;
        }
        let at = self.fields(kind, owner, space);
        let Some(fields) = self.fields.get_mut(at) else { return };
        for custom in customs {
            let number = *fields.numbers.at(custom.key).get_or_insert(self.profiles.len());
            if number == self.profiles.len() {
                let key = Borrowed(kind, owner, space, custom.key);
                let crowded = self.crowded.has(&key);
                let profile = if crowded { Profile::crowded() } else { Profile::default() };
                self.profiles.push(profile);
            }
            self.profiles[number].see(custom.value);
            numbers.push(number);
        }
    }

    fn fields(&mut self, kind: Kind, owner: &str, space: Space) -> usize {
        let same = |f: &Fields| (f.kind, f.space) == (kind, space) && *f.owner == *owner;
        self.fields.iter().position(same).unwrap_or_else(|| {
            let numbers = Keys::default();
            self.fields.push(Fields { kind, owner: owner.into(), space, numbers });
            self.fields.len() - 1
        })
    }

    /// Pairs ids and names of custom fields: equal values, at the same place where several fit
    /// (`close-format.md` §2.5).
    fn pair(&mut self, record: &Record<'_>, ids: &[usize], names: &[usize]) {
        let same_order = record.customs.len() == record.named.len();
        for (i, (custom, id)) in record.customs.iter().zip(ids).enumerate() {
            // An equal value at the same place decides, whatever else is equal.
            let here = record.named.get(i).filter(|n| same_order && n.value == custom.value);
            let name = here.and_then(|_| names.get(i)).or_else(|| {
                let equal = record.named.iter().zip(names);
                let mut equal = equal.filter(|(named, _)| named.value == custom.value);
                equal.next().filter(|_| equal.next().is_none()).map(|(_, name)| name)
            });
            if let Some(name) = name {
                *self.pairs.entry((*id, *name)).or_default() += 1;
            }
        }
    }

    /// Adds what was found to the survey of all.
    pub fn add_to(self, survey: &mut Survey) {
        let mut keys: Vec<(usize, &Fields, &str)> = Vec::with_capacity(self.profiles.len());
        for fields in &self.fields {
            let numbered = fields.numbers.iter();
            keys.extend(numbered.filter_map(|(key, at)| Some(((*at)?, fields, key))));
        }
        keys.sort_unstable_by_key(|(number, ..)| *number);
        for ((id, name), n) in self.pairs {
            let [id, name] = [id, name].map(|number| keys.get(number).map(|(_, _, key)| *key));
            if let Some((id, name)) = id.zip(name) {
                *survey.pairs.entry((id.into(), name.into())).or_default() += n;
            }
        }
        for (profile, (_, fields, key)) in self.profiles.into_iter().zip(keys) {
            let borrowed = Borrowed(fields.kind, &fields.owner, fields.space, key);
            if let Some(known) = survey.customs.get_mut(&borrowed) {
                known.absorb(profile);
                if known.is_crowded() && !self.crowded.has(&borrowed) {
                    self.crowded.add(&borrowed);
                }
            } else {
                let key = (fields.kind, fields.owner.clone(), fields.space, key.into());
                survey.customs.insert(key, profile);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ids and names with equal values: the only equal one, else the one at the same place.
    fn plainly(ids: &[u8], names: &[u8]) -> Vec<(usize, usize)> {
        let pairs = ids.iter().enumerate().filter_map(|(i, value)| {
            let equal: Vec<usize> = (0..names.len()).filter(|n| names[*n] == *value).collect();
            let here = ids.len() == names.len() && names[i] == *value;
            match equal.as_slice() {
                [only] => Some((i, *only)),
                _ => here.then_some((i, i)),
            }
        });
        pairs.collect()
    }

    proptest! {
        #[test]
        fn pairs_as_the_plain_way_does(
            ids in proptest::collection::vec(0..4_u8, 0..6),
            names in proptest::collection::vec(0..4_u8, 0..6),
        ) {
            let by_id = ids.iter().enumerate().map(|(i, v)| format!("\"custom.cf_{i}\":{v}"));
            let by_name = names.iter().enumerate().map(|(i, v)| format!("\"n{i}\":{v}"));
            let (by_id, by_name): (Vec<_>, Vec<_>) = (by_id.collect(), by_name.collect());
            let more = if by_id.is_empty() { "" } else { "," };
            let json = format!("{{\"custom\":{{{}}}{more}{}}}", by_name.join(","), by_id.join(","));
            let mut bytes = json.into_bytes();
            let tape = simd_json::to_tape(&mut bytes).unwrap();
            let (crowded, mut survey) = (Crowded::default(), Survey::default());
            let mut customs = Customs::new(&crowded);
            customs.see(&Record::open(Kind::Lead, &tape.0));
            customs.add_to(&mut survey);
            let mut found: Vec<(String, String)> =
                survey.pairs.keys().map(|(id, name)| (id.to_string(), name.to_string())).collect();
            found.sort();
            let expected = plainly(&ids, &names);
            let expected = expected.iter().map(|(i, n)| (format!("cf_{i}"), format!("n{n}")));
            prop_assert_eq!(found, expected.collect::<Vec<_>>());
            let seen: u64 = survey.customs.values().map(|profile| profile.records).sum();
            prop_assert_eq!(seen, (ids.len() + names.len()) as u64);
        }
    }
}
