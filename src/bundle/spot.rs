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
    ///
    /// # Errors
    /// When it is no line of CSV, which the transform does not make.
    pub fn keep(&self, step: usize, row: &Row<'_>) -> Result<Option<SpotRow>> {
        if self.0.is_empty() || !self.0.contains(&hash(row.id)) {
            return Ok(None);
        }
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(row.line);
        let mut cells = csv::StringRecord::new();
        reader.read_record(&mut cells).map_err(Error::report)?;
        let id = String::from_utf8_lossy(row.id).into_owned();
        Ok(Some(SpotRow { step, id, cells: cells.iter().map(str::to_owned).collect() }))
    }
}

fn hash(id: &[u8]) -> u64 {
    XxHash3_64::oneshot(id)
}
