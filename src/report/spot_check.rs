//! The spot-check: a few dozen records, each beside what became of it, for a person to compare by eye. It must
//! not choose records by anything but their ids.

use serde::Serialize;

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotCheck {
    /// The records chosen, by Close type, then in an order that only their ids decide.
    pub records: Vec<SpotRecord>,
}

/// One record, Close on the left and Twenty on the right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotRecord {
    /// Close type, as `call`.
    pub close_type: &'static str,
    /// Close id.
    pub close_id: String,
    /// The file it was read from.
    pub source: String,
    /// Byte offset in that file, after decompression.
    pub offset: u64,
    /// The rows that were made of it: the object's plural label, as `People`, and the row's `Close Id`.
    pub rows: Vec<(String, String)>,
    /// Its values, in the order of the record; then the cells that come from elsewhere.
    pub lines: Vec<SpotLine>,
}

/// A value, and the cells it went to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotLine {
    /// Path in Close's record, as `emails[0].email`; empty where a cell stands alone.
    pub path: String,
    /// The value as Close wrote it, cut where it is long.
    pub value: String,
    /// The cells that hold it.
    pub cells: Vec<SpotCell>,
    /// What became of a value that no cell holds, in a few words: `archived`, `derived`, …; else empty.
    pub fate: String,
}

/// A cell of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotCell {
    /// The object's plural label, as `People`.
    pub object: String,
    /// The column's header.
    pub header: String,
    /// The cell, cut where it is long.
    pub text: String,
}
