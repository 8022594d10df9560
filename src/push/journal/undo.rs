//! What taking back needs of the journal: steps with their passes, records whose traces may still come, and the end, when
//! nothing is left. It must not decide what is taken back.

use super::rows::{StepKey, uuid};
use super::{Entry, Journal};
use crate::error::Result;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

/// A step that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInfo {
    /// Its key.
    pub key: StepKey,
    /// Its name, `people`; of targets `tasks/targets`.
    pub name: String,
    /// API name of its object.
    pub object: String,
    /// It is its object's first pass.
    pub first: bool,
}

impl Journal {
    /// The steps that were begun, in that order.
    ///
    /// # Errors
    /// When the journal cannot be used (as all functions here).
    pub fn step_infos(&self) -> Result<Vec<StepInfo>> {
        self.read(|db| {
            let sql = "select number, name, object, first from step order by number";
            let mut find = db.prepare(sql)?;
            let found = find.query_map([], |row| {
                let (key, name, object) = (StepKey(row.get(0)?), row.get(1)?, row.get(2)?);
                Ok(StepInfo { key, name, object, first: row.get(3)? })
            })?;
            found.collect()
        })
    }

    /// Whether a relation of a row waits for its other side.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn waits(&self, step: StepKey, close_id: &str, field: &str) -> Result<bool> {
        self.read(|db| {
            let sql = "select 1 from waiting where step = ?1 and close_id = ?2 and field = ?3";
            db.prepare_cached(sql)?.exists(params![step.0, close_id, field])
        })
    }

    /// Object and Close id of the record with this id, when a first pass wrote it or it was found to be there.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn whose(&self, id: Uuid) -> Result<Option<(String, String)>> {
        self.read(|db| {
            let sql = "select step.object, row.close_id from row join step on step.number = row.step \
                 where row.id = ?1 and step.first and instr(step.name, '/') = 0 \
                 union all select object, close_id from known where id = ?1 and instr(object, '/') = 0 limit 1";
            db.prepare_cached(sql)?
                .query_row([id.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()
        })
    }

    /// Forgets rows that are taken back, and remembers their records: what the server writes about them may come later.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn undo(&self, step: StepKey, object: &str, entries: &[&Entry]) -> Result<()> {
        self.write(|db| {
            let mut put = db.prepare_cached("insert or replace into undone values (?1, ?2, ?3)")?;
            for entry in entries {
                let since = entry.before.as_ref().and_then(|before| before["updatedAt"].as_str());
                put.execute(params![entry.id.as_bytes().as_slice(), object, since])?;
                for table in ["row", "reject", "repaired", "waiting"] {
                    let sql = format!("delete from {table} where step = ?1 and close_id = ?2");
                    db.prepare_cached(&sql)?.execute(params![step.0, entry.close_id])?;
                }
            }
            Ok(())
        })
    }

    /// Records of an object that were taken back, in the order of their ids, after `last`; with the time of their last
    /// change before the push, where they were there.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn undone(
        &self,
        object: &str,
        last: Uuid,
        most: usize,
    ) -> Result<Vec<(Uuid, Option<String>)>> {
        self.read(|db| {
            let sql =
                "select id, since from undone where object = ?1 and id > ?2 order by id limit ?3";
            let mut find = db.prepare_cached(sql)?;
            let found = find
                .query_map(params![object, last.as_bytes().as_slice(), most as i64], |row| {
                    Ok((uuid(&row.get::<_, Vec<u8>>(0)?)?, row.get(1)?))
                })?;
            found.collect()
        })
    }

    /// Whether the record is the journal's, written by the push or taken back; with the time of its last change before the
    /// push, where it was there and is taken back.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn concerns(&self, id: Uuid) -> Result<Option<Option<String>>> {
        self.read(|db| {
            let sql = "select since from undone where id = ?1 \
                 union all select null from row where id = ?1 limit 1";
            db.prepare_cached(sql)?
                .query_row([id.as_bytes().as_slice()], |row| row.get(0))
                .optional()
        })
    }

    /// Forgets which steps began with an empty object: they would not look for records that are there.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn forget_empty(&self) -> Result<()> {
        self.write(|db| db.execute("delete from about where key like 'empty:%'", []).map(drop))
    }

    /// Whether no row and no attachment is left.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn has_no_rows(&self) -> Result<bool> {
        self.read(|db| {
            let sql = "select 1 from row union all select 1 from file limit 1";
            Ok(!db.prepare_cached(sql)?.exists([])?)
        })
    }

    /// Forgets what is of no use once no row is left, so that the next push begins anew. Changes of the schema stay.
    ///
    /// # Errors
    /// As [`Journal::step_infos`].
    pub fn begin_anew(&self) -> Result<()> {
        self.write(|db| {
            for table in ["step", "reject", "repaired", "waiting", "known", "undone"] {
                db.execute(&format!("delete from {table}"), [])?;
            }
            let sql = "delete from about where key not in ('version', 'undoing')";
            db.execute(sql, []).map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::RowState;
    use super::*;
    use serde_json::json;

    fn row(number: u128, state: RowState, before: Option<&str>) -> Entry {
        Entry {
            close_id: format!("lead_{number}"),
            id: Uuid::from_u128(number),
            state,
            hash: 1,
            updated: None,
            before: before.map(|at| json!({ "updatedAt": at })),
        }
    }

    #[test]
    fn what_is_taken_back_is_remembered_until_the_journal_begins_anew() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::open(dir.path()).unwrap();
        let step = journal.step("companies", "company", true).unwrap();
        let (made, met) =
            (row(1, RowState::Created, None), row(2, RowState::Updated, Some("then")));
        journal.note(step, &[made.clone(), met.clone(), row(3, RowState::Created, None)]).unwrap();
        journal.set_about("empty:companies", "yes").unwrap();
        assert_eq!(
            journal.whose(made.id).unwrap(),
            Some(("company".to_owned(), "lead_1".to_owned()))
        );
        journal.undo(step, "company", &[&made, &met]).unwrap();
        assert_eq!(journal.whose(made.id).unwrap(), None);
        assert_eq!(journal.concerns(made.id).unwrap(), Some(None));
        assert_eq!(journal.concerns(met.id).unwrap(), Some(Some("then".to_owned())));
        assert_eq!(journal.concerns(Uuid::from_u128(3)).unwrap(), Some(None));
        assert_eq!(journal.concerns(Uuid::from_u128(4)).unwrap(), None);
        let undone = journal.undone("company", Uuid::nil(), 9).unwrap();
        assert_eq!(undone, [(made.id, None), (met.id, Some("then".to_owned()))]);
        assert_eq!(journal.undone("company", met.id, 9).unwrap(), []);
        assert!(!journal.has_no_rows().unwrap());
        journal.undo(step, "company", &[&row(3, RowState::Created, None)]).unwrap();
        assert!(journal.has_no_rows().unwrap());
        journal.forget_empty().unwrap();
        assert_eq!(journal.about("empty:companies").unwrap(), None);
        journal.set_about("undoing", "now").unwrap();
        journal.set_about("started", "now").unwrap();
        journal.begin_anew().unwrap();
        assert_eq!(journal.about("started").unwrap(), None);
        assert_eq!(journal.about("undoing").unwrap().as_deref(), Some("now"));
        assert!(journal.step_infos().unwrap().is_empty());
        assert_eq!(journal.concerns(made.id).unwrap(), None);
    }
}
