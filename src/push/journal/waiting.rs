//! Relations that wait for their other side.

use super::{Journal, StepKey};
use crate::error::Result;
use rusqlite::params;

/// A relation that could not be set yet: what it leads to is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The row's key.
    pub close_id: String,
    /// The column that holds the other record's id.
    pub field: String,
    /// API name of the other object.
    pub target: String,
    /// Close id of the other record, or a member's e-mail.
    pub key: String,
}

impl Journal {
    /// Notes relations that wait for their other side.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn wait(&self, step: StepKey, waiting: &[Waiting]) -> Result<()> {
        self.write(|db| {
            let mut put =
                db.prepare_cached("insert or replace into waiting values (?1, ?2, ?3, ?4, ?5)")?;
            for one in waiting {
                put.execute(params![step.0, one.close_id, one.field, one.target, one.key])?;
            }
            Ok(())
        })
    }

    /// Relations of a step that wait, in the order of their rows, after `last`, at most `most`.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn waiting(&self, step: StepKey, last: (&str, &str), most: usize) -> Result<Vec<Waiting>> {
        self.read(|db| {
            let sql = "select close_id, field, target, key from waiting where step = ?1 \
                 and (close_id, field) > (?2, ?3) order by close_id, field limit ?4";
            let mut find = db.prepare_cached(sql)?;
            let found = find.query_map(params![step.0, last.0, last.1, most as i64], |row| {
                Ok(Waiting {
                    close_id: row.get(0)?,
                    field: row.get(1)?,
                    target: row.get(2)?,
                    key: row.get(3)?,
                })
            })?;
            found.collect()
        })
    }

    /// Relations of a step that wait.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn waiting_count(&self, step: StepKey) -> Result<u64> {
        self.read(|db| {
            let sql = "select count(*) from waiting where step = ?1";
            db.query_row(sql, [step.0], |row| row.get::<_, i64>(0)).map(|count| count as u64)
        })
    }

    /// Forgets relations that wait no longer.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn waited(&self, step: StepKey, done: &[Waiting]) -> Result<()> {
        self.write(|db| {
            let sql = "delete from waiting where step = ?1 and close_id = ?2 and field = ?3";
            let mut forget = db.prepare_cached(sql)?;
            for one in done {
                forget.execute(params![step.0, one.close_id, one.field])?;
            }
            Ok(())
        })
    }
}
