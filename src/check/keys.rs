//! Keys and references as 128-bit hashes, so that files of any number of rows fit in memory: what a file
//! makes, and what it refers to. It does not compare files.

use super::catalog::{Cell, Column};
use super::finding::{Log, Spot};
use super::rules;
use super::url;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Place;
use std::borrow::Cow;
use twox_hash::XxHash3_128;

/// Hash of a value.
pub(super) type Hash = u128;

/// A value and its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    high: u64,
    low: u64,
    /// Data row, from 1.
    pub row: u32,
}

impl Entry {
    pub fn new(hash: Hash, row: u64) -> Self {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        Self { high: (hash >> 64) as u64, low: hash as u64, row }
    }

    pub fn hash(&self) -> Hash {
        (u128::from(self.high) << 64) | u128::from(self.low)
    }
}

/// The values of one column.
#[derive(Debug)]
pub(super) struct Values {
    /// Number of the column.
    pub at: usize,
    /// In the order of rows; empty cells are left out.
    pub entries: Vec<Entry>,
}

/// Hash of a text.
pub(super) fn hash(text: &str) -> Hash {
    XxHash3_128::oneshot(text.as_bytes())
}

/// What the server compares: e-mails in lower case, links as they are stored, all else as it is.
pub(super) fn normalised(cell: Cell, text: &str) -> Cow<'_, str> {
    match cell {
        Cell::Email if text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) => {
            Cow::Owned(text.to_lowercase())
        }
        Cell::Url => url::stored(text),
        _ => Cow::Borrowed(text),
    }
}

/// What the importer compares within a file: trimmed and in lower case; links as they are stored.
fn folded(cell: Cell, text: &str) -> Cow<'_, str> {
    if cell == Cell::Url {
        return url::stored(text.trim());
    }
    let text = text.trim();
    if text.bytes().any(|b| b.is_ascii_uppercase() || !b.is_ascii()) {
        return Cow::Owned(text.to_lowercase());
    }
    Cow::Borrowed(text)
}

/// A value's first row, and whether that row was told of.
#[derive(Debug)]
struct First {
    row: u64,
    line: u64,
    told: bool,
}

/// The check for values that stand twice in a file: all their rows are skipped.
#[derive(Debug, Default)]
pub(super) struct Unique(HashMap<Hash, First, FixedState>);

impl Unique {
    pub fn check(&mut self, column: &Column, text: &str, spot: Spot<'_>, log: &mut Log) {
        match self.0.entry(hash(&folded(column.cell, text))) {
            Place::Vacant(free) => {
                free.insert(First { row: spot.row, line: spot.line, told: false });
            }
            Place::Occupied(mut taken) => {
                let first = taken.get_mut();
                if !std::mem::replace(&mut first.told, true) {
                    let at = Spot { row: first.row, line: first.line, ..spot };
                    let detail = format!("also in row {}", spot.row);
                    log.unread(rules::UNIQUE_IN_FILE, at, detail);
                }
                log.add(rules::UNIQUE_IN_FILE, spot, text, format!("also in row {}", first.row));
            }
        }
    }
}
