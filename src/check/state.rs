//! What a bundle of changes remembers of all rows: the Close ids of records an earlier bundle made
//! (docs/bundle.md, `state/`). It does not judge them.

use super::contract::Contract;
use super::keys::{Hash, hash};
use super::place::Place;
use std::collections::BTreeMap;

/// The key the ids stand for.
const KEY: &str = "closeId";

/// Hashes of Close ids by object, sorted.
#[derive(Debug, Default)]
pub(super) struct Remembered(BTreeMap<String, Vec<Hash>>);

impl Remembered {
    /// Reads the state files the manifest lists; what cannot be read is left out, and told of elsewhere.
    pub fn read(place: &Place, contract: &Contract) -> Self {
        let mut found = Self::default();
        for part in &contract.parts {
            let (Some(object), Ok(input)) = (&part.state, place.read(&part.path)) else { continue };
            let hashes = found.0.entry(object.clone()).or_default();
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
            let mut record = csv::StringRecord::new();
            while reader.read_record(&mut record).is_ok_and(|more| more) {
                hashes.extend(record.get(0).map(hash));
            }
        }
        for hashes in found.0.values_mut() {
            hashes.sort_unstable();
            hashes.dedup();
        }
        found
    }

    /// Whether it remembers anything of an object.
    pub fn knows(&self, object: &str) -> bool {
        self.0.contains_key(object)
    }

    /// Whether an earlier bundle made a record of this key.
    pub fn has(&self, object: &str, key: &str, value: Hash) -> bool {
        key == KEY && self.0.get(object).is_some_and(|hashes| hashes.binary_search(&value).is_ok())
    }
}
