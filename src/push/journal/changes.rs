//! Changes to the target's schema and to its workflows, in their order, each noted before it is asked for.

use super::Journal;
use crate::error::Result;
use rusqlite::{OptionalExtension, Row, params};
use serde_json::Value;

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An object was made.
    Object,
    /// A field was made.
    Field,
    /// A field that was there was changed: options, unique, switched on. `before` holds what it was.
    Altered,
    /// A workflow's trigger was put to sleep.
    Trigger,
}

const KINDS: &[(Kind, &str)] = &[
    (Kind::Object, "object"),
    (Kind::Field, "field"),
    (Kind::Altered, "altered"),
    (Kind::Trigger, "trigger"),
];

impl Kind {
    fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number, in the order of the changes.
    pub number: i64,
    /// What was changed.
    pub kind: Kind,
    /// API name of the object.
    pub object: String,
    /// API name of the field; of a trigger what it listens to.
    pub name: String,
    /// Metadata id, when known; the trigger's id.
    pub id: Option<String>,
    /// What it was.
    pub before: Option<Value>,
    /// The server has confirmed it.
    pub done: bool,
}

fn change(row: &Row<'_>) -> rusqlite::Result<Change> {
    let kind: String = row.get(1)?;
    let before: Option<String> = row.get(5)?;
    Ok(Change {
        number: row.get(0)?,
        kind: KINDS.iter().find(|(_, name)| *name == kind).map_or(Kind::Field, |(kind, _)| *kind),
        object: row.get(2)?,
        name: row.get(3)?,
        id: row.get(4)?,
        before: before.and_then(|text| serde_json::from_str(&text).ok()),
        done: row.get(6)?,
    })
}

impl Journal {
    /// Notes a change that will be asked for. One that was noted before keeps what it remembers.
    ///
    /// # Errors
    /// When the journal cannot be used (as all functions here).
    pub fn intend(
        &self,
        kind: Kind,
        (object, name): (&str, &str),
        id: Option<&str>,
        before: Option<&Value>,
    ) -> Result<Change> {
        self.write(|db| {
            let sql = "select number, kind, object, name, id, before, done from change \
                 where kind = ?1 and object = ?2 and name = ?3";
            let there = db.query_row(sql, params![kind.name(), object, name], change).optional()?;
            if let Some(there) = there {
                return Ok(there);
            }
            let put = "insert into change (kind, object, name, id, before, done) values (?1, ?2, ?3, ?4, ?5, 0)";
            let before = before.map(Value::to_string);
            db.execute(put, params![kind.name(), object, name, id, before])?;
            db.query_row(sql, params![kind.name(), object, name], change)
        })
    }

    /// Notes that a change is made.
    ///
    /// # Errors
    /// As [`Journal::intend`].
    pub fn changed(&self, number: i64, id: &str) -> Result<()> {
        self.write(|db| {
            db.execute("update change set done = 1, id = ?2 where number = ?1", params![number, id])
                .map(drop)
        })
    }

    /// All changes, the first one first.
    ///
    /// # Errors
    /// As [`Journal::intend`].
    pub fn changes(&self) -> Result<Vec<Change>> {
        self.read(|db| {
            let sql =
                "select number, kind, object, name, id, before, done from change order by number";
            db.prepare(sql)?.query_map([], change)?.collect()
        })
    }

    /// Forgets a change: it was taken back.
    ///
    /// # Errors
    /// As [`Journal::intend`].
    pub fn unchanged(&self, number: i64) -> Result<()> {
        self.write(|db| db.execute("delete from change where number = ?1", [number]).map(drop))
    }
}
