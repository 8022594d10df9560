//! `rollback-kept.csv`: what a rollback has left as it is, and why, for a person to decide. It must not decide.

use crate::error::{Error, Result};
use crate::push::journal::Journal;
use std::fs::File;
use std::path::PathBuf;

/// Name of the file, in the journal's folder.
pub const FILE: &str = "rollback-kept.csv";
const HEAD: [&str; 4] = ["object", "close_id", "id", "why"];

/// Writes the list as it comes, beside its place; renamed at the end.
pub(super) struct Kept {
    writer: Option<csv::Writer<File>>,
    path: PathBuf,
    new: PathBuf,
    count: u64,
}

impl Kept {
    /// Begins the list; of a run that only looks, nothing is written.
    pub(super) fn new(journal: &Journal, dry_run: bool) -> Result<Self> {
        let path = journal.folder().join(FILE);
        let new = path.with_extension("csv.new");
        let mut list = Self { writer: None, path, new, count: 0 };
        if !dry_run {
            let file = File::create(&list.new)
                .map_err(|e| Error::io("cannot write the list of what is kept", &list.new, e))?;
            let mut writer =
                csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(file);
            writer.write_record(HEAD).map_err(Error::report)?;
            list.writer = Some(writer);
        }
        Ok(list)
    }

    /// Something is left as it is.
    pub(super) fn add(&mut self, object: &str, close_id: &str, id: &str, why: &str) -> Result<()> {
        self.count += 1;
        match &mut self.writer {
            Some(writer) => writer.write_record([object, close_id, id, why]).map_err(Error::report),
            None => Ok(()),
        }
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// Puts the list in its place; none, and no old one, when nothing is kept.
    pub(super) fn finish(self) -> Result<Option<PathBuf>> {
        let Some(mut writer) = self.writer else { return Ok(None) };
        let io = |e| Error::io("cannot write the list of what is kept", &self.path, e);
        writer.flush().map_err(io)?;
        drop(writer);
        if self.count > 0 {
            std::fs::rename(&self.new, &self.path).map_err(io)?;
            return Ok(Some(self.path));
        }
        for stale in [&self.new, &self.path] {
            match std::fs::remove_file(stale) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io(e)),
                _ => {}
            }
        }
        Ok(None)
    }
}
