//! Attachments and how far each is: a file id is handed out once, and used once.

use super::Journal;
use crate::error::Result;
use hashbrown::HashMap;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// How far an attachment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// Its upload was begun.
    Began = 1,
    /// The server has the file, no record has it yet.
    Stored = 2,
    /// The record is made.
    Created = 3,
    /// The record was there already.
    Same = 4,
    /// Refused.
    Rejected = 5,
}

impl ToSql for FileState {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok((*self as i64).into())
    }
}

impl FromSql for FileState {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let states = [Self::Began, Self::Stored, Self::Created, Self::Same, Self::Rejected];
        let number = value.as_i64()?;
        states
            .into_iter()
            .find(|state| *state as i64 == number)
            .ok_or(rusqlite::types::FromSqlError::OutOfRange(number))
    }
}

/// An attachment and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEntry {
    /// Id of the attachment record.
    pub id: String,
    /// How far it is.
    pub state: FileState,
    /// What the upload needs to be taken up again, as JSON.
    pub began: Option<String>,
    /// The stored file.
    pub file_id: Option<String>,
    /// The file name it was sent under.
    pub sent_as: Option<String>,
    /// Why it was refused.
    pub why: Option<String>,
}

fn file(row: &Row<'_>) -> rusqlite::Result<FileEntry> {
    Ok(FileEntry {
        id: row.get(0)?,
        state: row.get(1)?,
        began: row.get(2)?,
        file_id: row.get(3)?,
        sent_as: row.get(4)?,
        why: row.get(5)?,
    })
}

impl Journal {
    /// What is known of these attachments.
    ///
    /// # Errors
    /// When the journal cannot be used (as all functions here).
    pub fn files<'k>(
        &self,
        ids: impl Iterator<Item = &'k str>,
    ) -> Result<HashMap<String, FileEntry>> {
        self.read(|db| {
            let sql = "select id, state, began, file_id, sent_as, why from file where id = ?1";
            let mut find = db.prepare_cached(sql)?;
            let mut found = HashMap::new();
            for id in ids {
                if let Some(entry) = find.query_row([id], file).optional()? {
                    found.insert(entry.id.clone(), entry);
                }
            }
            Ok(found)
        })
    }

    /// Notes how far these attachments are.
    ///
    /// # Errors
    /// As [`Journal::files`].
    pub fn note_files(&self, entries: &[FileEntry]) -> Result<()> {
        self.write(|db| {
            let mut put =
                db.prepare_cached("insert or replace into file values (?1, ?2, ?3, ?4, ?5, ?6)")?;
            for one in entries {
                let FileEntry { id, state, began, file_id, sent_as, why } = one;
                put.execute(params![id, state, began, file_id, sent_as, why])?;
            }
            Ok(())
        })
    }

    /// Attachments in the order of their ids, after `last`, at most `most`.
    ///
    /// # Errors
    /// As [`Journal::files`].
    pub fn file_page(&self, last: &str, most: usize) -> Result<Vec<FileEntry>> {
        self.read(|db| {
            let sql = "select id, state, began, file_id, sent_as, why from file where id > ?1 \
                 order by id limit ?2";
            db.prepare_cached(sql)?.query_map(params![last, most as i64], file)?.collect()
        })
    }

    /// How many attachments are in each state.
    ///
    /// # Errors
    /// As [`Journal::files`].
    pub fn file_counts(&self) -> Result<BTreeMap<FileState, u64>> {
        self.read(|db| {
            let mut count = db.prepare_cached("select state, count(*) from file group by state")?;
            count.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?.collect()
        })
    }

    /// Forgets attachments: they were taken back.
    ///
    /// # Errors
    /// As [`Journal::files`].
    pub fn forget_files<'k>(&self, ids: impl Iterator<Item = &'k str>) -> Result<()> {
        self.write(|db| {
            let mut forget = db.prepare_cached("delete from file where id = ?1")?;
            for id in ids {
                forget.execute([id])?;
            }
            Ok(())
        })
    }
}
