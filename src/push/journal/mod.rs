//! What a push has done so far: an `SQLite` file in a folder beside the bundle, one for each workspace. Every change is noted
//! before it is asked for and again when it is done, so that a run killed at any moment is taken up where it was, and
//! a rollback knows what was there before. It must not talk to the server. The API key never comes here.
//!
//! `ls` shows the state: `BUNDLE.push/<workspace>/journal.sqlite`, beside it what the last run left for people.

mod changes;
mod files;
mod rejects;
mod rows;
mod undo;
mod waiting;

pub use changes::{Change, Kind};
pub use files::{FileEntry, FileState};
pub use rejects::Reject;
pub use rows::{Entry, RowState, StepKey};
pub use undo::StepInfo;
pub use waiting::Waiting;

use crate::error::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

/// Version of the tables.
const VERSION: &str = "1";
/// Name of the database.
const FILE: &str = "journal.sqlite";

const TABLES: &str = "
create table if not exists about (key text primary key, value text not null) without rowid;
create table if not exists step (number integer primary key, name text not null unique, object text not null,
    first integer not null);
create table if not exists row (step integer not null, close_id text not null, id blob not null, state integer not null,
    hash integer not null, updated text, before text, primary key (step, close_id)) without rowid;
create index if not exists row_by_id on row (id);
create table if not exists reject (step integer not null, close_id text not null, code text not null, why text not null,
    header text, cells text not null, primary key (step, close_id)) without rowid;
create table if not exists repaired (step integer not null, close_id text not null, cells text not null,
    primary key (step, close_id)) without rowid;
create table if not exists waiting (step integer not null, close_id text not null, field text not null,
    target text not null, key text not null, primary key (step, close_id, field)) without rowid;
create table if not exists known (object text not null, close_id text not null, id blob not null,
    primary key (object, close_id)) without rowid;
create index if not exists known_by_id on known (id);
create table if not exists change (number integer primary key, kind text not null, object text not null,
    name text not null, id text, before text, done integer not null);
create table if not exists file (id text primary key, state integer not null, began text, file_id text,
    sent_as text, why text) without rowid;
create table if not exists undone (id blob primary key, object text not null, since text) without rowid;
";

/// See the module's head. Threads may share it.
#[derive(Debug)]
pub struct Journal {
    db: Mutex<Connection>,
    folder: PathBuf,
    /// Held as long as the journal is open.
    _lock: File,
}

/// The folder of a bundle's journals: beside the bundle, or where the user says.
pub fn folder(bundle: &Path, chosen: Option<&Path>, workspace: &str) -> PathBuf {
    let beside = || {
        let whole = std::path::absolute(bundle).unwrap_or_else(|_| bundle.to_owned());
        let mut name = whole.file_name().unwrap_or_default().to_owned();
        name.push(".push");
        whole.with_file_name(name)
    };
    let signs = workspace.chars().filter(char::is_ascii_alphanumeric).take(8);
    chosen.map_or_else(beside, Path::to_owned).join(signs.collect::<String>())
}

impl Journal {
    /// Opens the journal in `folder`, or begins one.
    ///
    /// # Errors
    /// `C2T-E330` when another run holds it, `C2T-E331` when it cannot be read or written, `C2T-E332` when another version
    /// of the program wrote it.
    pub fn open(folder: &Path) -> Result<Self> {
        let io = |e| {
            Error::io("cannot keep the journal", folder, e)
                .fix("choose a folder that can be written with --journal")
        };
        std::fs::create_dir_all(folder).map_err(io)?;
        let lock = folder.join("lock");
        let lock = File::options().create(true).append(true).open(lock).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let what = "another run is working on this bundle and workspace";
                return Err(Error::failed("C2T-E330", what)
                    .at(folder)
                    .fix("wait until it ends, or stop it; the next run goes on where it was"));
            }
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        let journal = Self {
            db: Mutex::new(open(&folder.join(FILE)).map_err(|e| broken(folder, e))?),
            folder: folder.to_owned(),
            _lock: lock,
        };
        match journal.about("version")? {
            None => journal.set_about("version", VERSION)?,
            Some(version) if version == VERSION => {}
            Some(version) => {
                let what =
                    format!("the journal is of version {version}, this program knows {VERSION}");
                return Err(Error::failed("C2T-E332", what)
                    .at(folder)
                    .fix("go on with the version of the program that began the push"));
            }
        }
        Ok(journal)
    }

    /// Whether a journal was begun there.
    pub fn exists(folder: &Path) -> bool {
        folder.join(FILE).is_file()
    }

    /// The folder it stands in; what a run leaves for people goes there too.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What is known under a name.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn about(&self, key: &str) -> Result<Option<String>> {
        self.read(|db| {
            db.prepare_cached("select value from about where key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }

    /// Notes something under a name.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn set_about(&self, key: &str, value: &str) -> Result<()> {
        self.write(|db| {
            db.execute("insert or replace into about values (?1, ?2)", params![key, value])
                .map(drop)
        })
    }

    /// Forgets what is known under a name.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn forget_about(&self, key: &str) -> Result<()> {
        self.write(|db| db.execute("delete from about where key = ?1", [key]).map(drop))
    }

    fn held(&self) -> MutexGuard<'_, Connection> {
        // A thread that panicked has left whole transactions only.
        self.db.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(&self.held()).map_err(|e| broken(&self.folder, e))
    }

    /// All of it or nothing.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T> {
        let mut db = self.held();
        let all = || {
            let transaction = db.transaction()?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        all().map_err(|e| broken(&self.folder, e))
    }
}

fn open(file: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open(file)?;
    // What is noted must outlive the machine: the server will have done it.
    db.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;",
    )?;
    db.execute_batch(TABLES)?;
    Ok(db)
}

fn broken(folder: &Path, source: rusqlite::Error) -> Error {
    Error {
        source: Some(Box::new(source)),
        ..Error::failed("C2T-E331", "the journal cannot be used")
            .at(folder)
            .fix("see that the disk has room and the folder can be written; the journal itself must not be edited")
    }
}

#[cfg(test)]
mod tests;
