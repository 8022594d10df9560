//! What is kept for each key that is known only from the data: ids and names of custom fields, unknown
//! keys. Records of one kind nearly always name them in the same order, so the key behind the last one
//! is tried before any hashing. It must not know what the keys are.

use indexmap::IndexMap;

/// Records leave out some of their keys: so many positions are tried before any hashing.
const AHEAD: usize = 4;

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
    #[inline]
    pub fn find(&mut self, key: &str) -> Option<usize> {
        let is_it = |at: &usize| self.map.get_index(*at).is_some_and(|(known, _)| same(known, key));
        let guess = (self.next..self.next + AHEAD).find(is_it);
        let at = guess.or_else(|| self.map.get_index_of(key))?;
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

    /// True as long as there is none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// The keys and what is kept for each.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.map.iter().map(|(key, kept)| (&**key, kept))
    }
}

/// Whether two keys are equal. Keys are short, and those that differ mostly do so in their last bytes: a
/// few machine words are compared, without a call.
#[inline]
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        (Some(x), Some(y)) if a.len() <= 16 => {
            x == y && a.first_chunk::<8>() == b.first_chunk::<8>()
        }
        (Some(x), Some(y)) => x == y && a == b,
        _ => a.iter().eq(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_are_told_from_others_at_every_byte() {
        for len in 0..40 {
            let key = "k".repeat(len);
            assert!(same(&key, &key.clone()));
            assert!(!same(&key, &format!("{key}k")));
            for at in 0..len {
                let mut other = key.clone();
                other.replace_range(at..=at, "x");
                assert!(!same(&key, &other) && !same(&other, &key), "{other}");
            }
        }
    }

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
