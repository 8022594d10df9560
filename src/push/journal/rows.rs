//! Rows of the bundle's steps and what became of each in the target.

use super::Journal;
use crate::error::Result;
use hashbrown::HashMap;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A step's number in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepKey(pub(super) i64);

/// How far a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowState {
    /// Not there before, and asked for.
    Creating = 1,
    /// There before, and changes asked for.
    Updating = 2,
    /// Made by this push.
    Created = 3,
    /// Was there, changed by this push; `before` holds what it was.
    Updated = 4,
    /// Was there and says the same already.
    Same = 5,
    /// Refused; `Journal::rejects` says why.
    Rejected = 6,
}

impl RowState {
    /// Nothing is left to do for the row as it stands in the bundle.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Creating | Self::Updating)
    }

    /// The record is there.
    pub const fn is_there(self) -> bool {
        matches!(self, Self::Created | Self::Updated | Self::Same)
    }

    /// The record is the push's own, or will be.
    pub const fn is_ours(self) -> bool {
        matches!(self, Self::Creating | Self::Created)
    }
}

impl ToSql for RowState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self as i64).into())
    }
}

impl FromSql for RowState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let states = [
            Self::Creating,
            Self::Updating,
            Self::Created,
            Self::Updated,
            Self::Same,
            Self::Rejected,
        ];
        let number = value.as_i64()?;
        states
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(rusqlite::types::FromSqlError::OutOfRange(number))
    }
}

/// A row and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The row's key.
    pub close_id: String,
    /// The record's id in the target: its own, or that of the record it met.
    pub id: Uuid,
    /// How far it is.
    pub state: RowState,
    /// Of the row's cells as they stand in the bundle.
    pub hash: u64,
    /// `updatedAt` of the record after the push's last write.
    pub updated: Option<String>,
    /// What the record said before, of the fields that were changed; for links the ids of the target records.
    pub before: Option<Value>,
}

const COLUMNS: &str = "close_id, id, state, hash, updated, before";
/// `cross join` keeps the order: from the few steps to a row by its key, never through all rows.
pub(super) const ID_OF: &str = "select row.id from step cross join row on row.step = step.number \
     where step.object = ?1 and step.first and row.close_id = ?2 and row.state in (3, 4, 5) \
     union all select id from known where object = ?1 and close_id = ?2 limit 1";
/// As [`ID_OF`].
pub(super) const FIRST_ENTRY: &str = "select row.close_id, row.id, row.state, row.hash, row.updated, row.before \
     from step cross join row on row.step = step.number \
     where step.object = ?1 and step.first and row.close_id = ?2";

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let before: Option<String> = row.get(5)?;
    Ok(Entry {
        close_id: row.get(0)?,
        id: uuid(&row.get::<_, Vec<u8>>(1)?)?,
        state: row.get(2)?,
        hash: row.get::<_, i64>(3)? as u64,
        updated: row.get(4)?,
        before: before.map(|text| serde_json::from_str(&text)).transpose().map_err(|e| {
            rusqlite::Error::FromSqlConversionFailure(5, rusqlite::types::Type::Text, Box::new(e))
        })?,
    })
}

pub(super) fn uuid(bytes: &[u8]) -> rusqlite::Result<Uuid> {
    Uuid::from_slice(bytes).map_err(|e| {
        rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Blob, Box::new(e))
    })
}

pub(super) fn put(db: &Connection, step: StepKey, entry: &Entry) -> rusqlite::Result<()> {
    let before = entry.before.as_ref().map(Value::to_string);
    db.prepare_cached("insert or replace into row values (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            step.0,
            entry.close_id,
            entry.id.as_bytes().as_slice(),
            entry.state,
            entry.hash as i64,
            entry.updated,
            before
        ])
        .map(drop)
}

impl Journal {
    /// The key of a step, known by a name that never changes; `first` where it is its object's first pass.
    ///
    /// # Errors
    /// When the journal cannot be used (as all functions here).
    pub fn step(&self, name: &str, object: &str, first: bool) -> Result<StepKey> {
        self.write(|db| {
            let sql = "insert or ignore into step (name, object, first) values (?1, ?2, ?3)";
            db.execute(sql, params![name, object, first])?;
            db.query_row("select number from step where name = ?1", [name], |row| row.get(0))
                .map(StepKey)
        })
    }

    /// The steps that were begun, in that order: key, name, object.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn steps(&self) -> Result<Vec<(StepKey, String, String)>> {
        self.read(|db| {
            let mut found = db.prepare("select number, name, object from step order by number")?;
            let steps =
                found.query_map([], |row| Ok((StepKey(row.get(0)?), row.get(1)?, row.get(2)?)))?;
            steps.collect()
        })
    }

    /// What is known of these rows.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn entries<'k>(
        &self,
        step: StepKey,
        close_ids: impl Iterator<Item = &'k str>,
    ) -> Result<HashMap<String, Entry>> {
        self.read(|db| {
            let sql = format!("select {COLUMNS} from row where step = ?1 and close_id = ?2");
            let mut find = db.prepare_cached(&sql)?;
            let mut found = HashMap::new();
            for close_id in close_ids {
                if let Some(entry) = find.query_row(params![step.0, close_id], entry).optional()? {
                    found.insert(entry.close_id.clone(), entry);
                }
            }
            Ok(found)
        })
    }

    /// Notes how far these rows are. Of rows that are there now, rejects are forgotten.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn note(&self, step: StepKey, entries: &[Entry]) -> Result<()> {
        self.write(|db| {
            let mut forget =
                db.prepare_cached("delete from reject where step = ?1 and close_id = ?2")?;
            for entry in entries {
                put(db, step, entry)?;
                if entry.state.is_there() {
                    forget.execute(params![step.0, entry.close_id])?;
                }
            }
            Ok(())
        })
    }

    /// The id of the record that a first pass over `object` wrote, or was found to be there.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn id_of(&self, object: &str, close_id: &str) -> Result<Option<Uuid>> {
        self.read(|db| {
            let found = db
                .prepare_cached(ID_OF)?
                .query_row(params![object, close_id], |row| row.get::<_, Vec<u8>>(0))
                .optional()?;
            found.as_deref().map(uuid).transpose()
        })
    }

    /// Remembers records that are in the target and not in this bundle.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn know(&self, object: &str, found: &[(String, Uuid)]) -> Result<()> {
        self.write(|db| {
            let mut put = db.prepare_cached("insert or replace into known values (?1, ?2, ?3)")?;
            for (close_id, id) in found {
                put.execute(params![object, close_id, id.as_bytes().as_slice()])?;
            }
            Ok(())
        })
    }

    /// The row whose record has this id: its step's name, and what is known of it.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn by_id(&self, id: Uuid) -> Result<Option<(String, Entry)>> {
        self.read(|db| {
            let sql = format!(
                "select {COLUMNS}, (select name from step where number = step) from row where id = ?1 \
                 order by step limit 1"
            );
            db.prepare_cached(&sql)?
                .query_row([id.as_bytes().as_slice()], |row| Ok((row.get(6)?, entry(row)?)))
                .optional()
        })
    }

    /// Rows of a step in the order of their keys, after `last`, at most `most`.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn page(&self, step: StepKey, last: &str, most: usize) -> Result<Vec<Entry>> {
        self.read(|db| {
            let sql = format!(
                "select {COLUMNS} from row where step = ?1 and close_id > ?2 order by close_id limit ?3"
            );
            let mut find = db.prepare_cached(&sql)?;
            find.query_map(params![step.0, last, most as i64], entry)?.collect()
        })
    }

    /// How many rows of a step are in each state.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn counts(&self, step: StepKey) -> Result<BTreeMap<RowState, u64>> {
        self.read(|db| {
            let mut count = db
                .prepare_cached("select state, count(*) from row where step = ?1 group by state")?;
            count
                .query_map([step.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?
                .collect()
        })
    }

    /// Forgets rows: they were taken back.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn forget<'k>(&self, step: StepKey, keys: impl Iterator<Item = &'k str>) -> Result<()> {
        self.write(|db| {
            for key in keys {
                for table in ["row", "reject", "repaired", "waiting"] {
                    let sql = format!("delete from {table} where step = ?1 and close_id = ?2");
                    db.prepare_cached(&sql)?.execute(params![step.0, key])?;
                }
            }
            Ok(())
        })
    }

    /// What the first pass over `object` has of a row.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn first_entry(&self, object: &str, close_id: &str) -> Result<Option<Entry>> {
        self.read(|db| {
            db.prepare_cached(FIRST_ENTRY)?.query_row(params![object, close_id], entry).optional()
        })
    }

    /// Records of `object` were changed once more: their first passes learn of the new time of change.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn touch(&self, object: &str, entries: &[Entry]) -> Result<()> {
        self.write(|db| {
            let sql = "update row set updated = ?3 where close_id = ?2 and step in \
                 (select number from step where object = ?1 and first)";
            let mut put = db.prepare_cached(sql)?;
            for entry in entries {
                put.execute(params![object, entry.close_id, entry.updated])?;
            }
            Ok(())
        })
    }

    /// Target records made for a step of links.
    ///
    /// # Errors
    /// As [`Journal::step`].
    pub fn links_made(&self, step: StepKey) -> Result<u64> {
        self.read(|db| {
            let sql = "select coalesce(sum(json_array_length(before)), 0) from row where step = ?1 and state = 3";
            db.query_row(sql, [step.0], |row| row.get::<_, i64>(0)).map(|count| count as u64)
        })
    }
}
