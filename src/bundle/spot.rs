//! The rows of the few records a person is asked to compare by eye, kept aside while they are written. It must not
//! choose a record.

use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::transform::{Pick, Row};
use hashbrown::HashSet;
use twox_hash::XxHash3_64;

/// A row as it stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpotRow {
    /// Index of the step.
    pub step: usize,
    /// Its `Close Id`.
    pub id: String,
    /// Its cells, by the columns of the file.
    pub cells: Vec<String>,
}

/// Which rows are kept: by hashes of their ids, of which two may be alike; a row too many does no harm.
#[derive(Debug, Default)]
pub(super) struct Wanted(HashSet<u64, foldhash::fast::FixedState>);

impl Wanted {
    /// The rows of these records.
    pub fn of(plan: &Plan, picks: &[Pick]) -> Self {
        let rows = picks.iter().flat_map(|pick| plan.rows_of(&pick.id));
        Self(rows.map(|row| hash(row.id.as_bytes())).collect())
    }

    /// The row of this step, if it is kept. Rows that come back from the disk no longer know their step.
    pub fn keep(&self, step: usize, row: &Row<'_>) -> Option<Kept> {
        let keep = !self.0.is_empty() && self.0.contains(&hash(row.id));
        keep.then(|| {
            let id = String::from_utf8_lossy(row.id).into_owned();
            Kept { step, id, line: row.line.to_vec() }
        })
    }
}

/// A row that was kept, as a line of CSV.
#[derive(Debug)]
pub(super) struct Kept {
    step: usize,
    id: String,
    line: Vec<u8>,
}

/// The cells of all rows that were kept: by one reader, which is dear to make.
///
/// # Errors
/// When one is no line of CSV, which the transform does not make.
pub(super) fn rows(kept: Vec<Kept>) -> Result<Vec<SpotRow>> {
    let lines: Vec<u8> = kept.iter().flat_map(|row| &row.line).copied().collect();
    let mut reader = csv::ReaderBuilder::new();
    let mut reader = reader.has_headers(false).flexible(true).from_reader(&lines[..]);
    let rows = kept.into_iter().zip(reader.records()).map(|(Kept { step, id, .. }, cells)| {
        let cells = cells.map_err(Error::report)?;
        Ok(SpotRow { step, id, cells: cells.iter().map(str::to_owned).collect() })
    });
    rows.collect()
}

fn hash(id: &[u8]) -> u64 {
    XxHash3_64::oneshot(id)
}
