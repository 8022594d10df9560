//! What is kept for each key that is known only from the data: ids and names of custom fields, unknown
//! keys. Records of one kind nearly always name them in the same order, so the key behind the last one
//! is tried before any hashing. It must not know what the keys are.

use indexmap::IndexMap;

/// A map from key to `T`, in the order in which the keys were first seen.
#[derive(Clone, Debug)]
pub struct Keys<T> {
    map: IndexMap<Box<str>, T, foldhash::fast::FixedState>,
    /// The position behind that of the last key.
    next: usize,
}

impl<T> Default for Keys<T> {
    fn default() -> Self {
        Self { map: IndexMap::default(), next: 0 }
    }
}

impl<T: Default> Keys<T> {
    /// The position of a key that is there.
    pub fn find(&mut self, key: &str) -> Option<usize> {
        let guess = self.map.get_index(self.next).filter(|(known, _)| ***known == *key);
        let at = guess.map_or_else(|| self.map.get_index_of(key), |_| Some(self.next))?;
        self.next = at + 1;
        Some(at)
    }

    /// The position of a key, which is added where it is new.
    pub fn position(&mut self, key: &str) -> usize {
        self.find(key).unwrap_or_else(|| {
            let (at, _) = self.map.insert_full(key.into(), T::default());
            self.next = at + 1;
            at
        })
    }

    /// What is kept for a key, at first its default.
    pub fn at(&mut self, key: &str) -> &mut T {
        let at = self.position(key);
        &mut self.map[at]
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// The keys and what is kept for each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.map.iter().map(|(key, kept)| (&**key, kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counts_as_a_plain_map_does(keys in proptest::collection::vec("[a-e]{0,2}", 0..60)) {
            let mut fast = Keys::<u64>::default();
            let mut plain = IndexMap::<&str, u64, foldhash::fast::FixedState>::default();
            for key in &keys {
                *fast.at(key) += 1;
                *plain.entry(key).or_default() += 1;
            }
            proptest::prop_assert!(fast.iter().eq(plain.iter().map(|(key, n)| (*key, n))));
            proptest::prop_assert_eq!(fast.len(), plain.len());
            proptest::prop_assert_eq!(fast.find("never"), None);
        }
    }
}
