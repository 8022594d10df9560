//! Rows the target has refused, and what somebody has made of them.

use super::rows::put;
use super::{Entry, Journal, StepKey};
use crate::error::{Error, Result};
use rusqlite::{OptionalExtension, params};

/// A row that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// The row's key.
    pub close_id: String,
    /// The server's code, or ours.
    pub code: String,
    /// Why.
    pub why: String,
    /// Header of the cell to blame, when known.
    pub header: Option<String>,
    /// The cells as they were sent, in the step's order.
    pub cells: Vec<String>,
}

impl Journal {
    /// Whether a row stands among the refused ones.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn is_rejected(&self, step: StepKey, close_id: &str) -> Result<bool> {
        self.read(|db| {
            db.prepare_cached("select 1 from reject where step = ?1 and close_id = ?2")?
                .exists(params![step.0, close_id])
        })
    }

    /// Notes a row that was refused.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn reject(&self, step: StepKey, entry: &Entry, reject: &Reject) -> Result<()> {
        let cells = serde_json::to_string(&reject.cells).map_err(Error::report)?;
        self.write(|db| {
            put(db, step, entry)?;
            let sql = "insert or replace into reject values (?1, ?2, ?3, ?4, ?5, ?6)";
            db.execute(
                sql,
                params![step.0, reject.close_id, reject.code, reject.why, reject.header, cells],
            )
            .map(drop)
        })
    }

    /// The rows that are refused, by step.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn rejects(&self, step: StepKey) -> Result<Vec<Reject>> {
        self.read(|db| {
            let sql = "select close_id, code, why, header, cells from reject where step = ?1";
            let mut found = db.prepare(sql)?;
            let rejects = found.query_map([step.0], |row| {
                let cells: String = row.get(4)?;
                Ok(Reject {
                    close_id: row.get(0)?,
                    code: row.get(1)?,
                    why: row.get(2)?,
                    header: row.get(3)?,
                    cells: serde_json::from_str(&cells).unwrap_or_default(),
                })
            })?;
            rejects.collect()
        })
    }

    /// Keeps the cells of a row that was repaired: they count instead of the bundle's.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn repair(&self, step: StepKey, close_id: &str, cells: &[String]) -> Result<()> {
        let cells = serde_json::to_string(cells).map_err(Error::report)?;
        self.write(|db| {
            let sql = "insert or replace into repaired values (?1, ?2, ?3)";
            db.execute(sql, params![step.0, close_id, cells]).map(drop)
        })
    }

    /// The cells of a row that was repaired.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn repaired(&self, step: StepKey, close_id: &str) -> Result<Option<Vec<String>>> {
        let cells: Option<String> = self.read(|db| {
            db.prepare_cached("select cells from repaired where step = ?1 and close_id = ?2")?
                .query_row(params![step.0, close_id], |row| row.get(0))
                .optional()
        })?;
        Ok(cells.and_then(|cells| serde_json::from_str(&cells).ok()))
    }
}
