//! Reads the rows of a step: from the bundle's files in order, then those of the list of rejects that somebody has repaired.
//! It must not judge them.

use crate::bundle::Bundle;
use crate::bundle::manifest::Step;
use crate::error::{Error, Result};
use csv::StringRecord;
use std::collections::BTreeMap;
use std::hash::Hasher as _;
use std::io::Read;
use twox_hash::XxHash3_64;

/// One row as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its cells.
    pub cells: StringRecord,
    /// Of its cells.
    pub hash: u64,
    /// It comes from the list of rejects, not from the bundle.
    pub repaired: bool,
}

impl Candidate {
    fn new(cells: StringRecord, repaired: bool) -> Self {
        let mut hasher = XxHash3_64::default();
        for cell in &cells {
            hasher.write(cell.as_bytes());
            hasher.write_u8(0xff);
        }
        Self { hash: hasher.finish(), cells, repaired }
    }

    /// Its `Close Id`; empty where the step has no such column.
    pub fn close_id(&self, step: &Step) -> &str {
        let at = step.columns.iter().position(|column| column.field == "closeId");
        at.and_then(|at| self.cells.get(at)).unwrap_or_default()
    }

    /// Its size.
    pub fn bytes(&self) -> usize {
        self.cells.as_slice().len()
    }
}

/// Rows of rejects that somebody has repaired, by step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs(pub BTreeMap<String, Vec<StringRecord>>);

impl Repairs {
    /// Those of a step.
    pub fn of(&self, step: &str) -> impl Iterator<Item = &StringRecord> {
        self.0.get(step).into_iter().flatten()
    }
}

/// A step's name, which stays when its number changes: `people` of `csv/02-people`.
pub fn step_name(step: &Step) -> &str {
    let folder = step.folder.rsplit('/').next().unwrap_or_default();
    folder.split_once('-').map_or(folder, |(_, name)| name)
}

/// Whether the rows add to records of an earlier step: they carry no `Id`.
pub fn is_second_pass(step: &Step) -> bool {
    !step.columns.iter().any(|column| column.field == "id")
}

/// All rows of a step.
pub struct Rows<'r> {
    bundle: &'r Bundle,
    step: &'r Step,
    file: usize,
    open: Option<csv::StringRecordsIntoIter<Box<dyn Read + Send>>>,
    repaired: std::vec::IntoIter<StringRecord>,
}

impl<'r> Rows<'r> {
    /// The rows of `step`.
    pub fn of(bundle: &'r Bundle, step: &'r Step, repairs: &Repairs) -> Self {
        let repaired: Vec<StringRecord> = repairs.of(step_name(step)).cloned().collect();
        Self { bundle, step, file: 0, open: None, repaired: repaired.into_iter() }
    }

    fn path(&self) -> &str {
        let at = self.file.saturating_sub(1);
        self.step.files.get(at).map_or("", |file| file.path.as_str())
    }

    /// Opens the next file and sees that it has the step's columns.
    fn open(&mut self, path: &str) -> Result<()> {
        self.file += 1;
        let input = self.bundle.read(path)?;
        let mut reader = csv::ReaderBuilder::new().from_reader(input);
        let wrong = |e| self.unreadable(path, e);
        let headers = reader.headers().map_err(wrong)?;
        let wanted = self.step.columns.iter().map(|column| column.header.as_str());
        if !headers.iter().eq(wanted) {
            return Err(Error::failed("C2T-E345", "the file's headers are not those of the manifest")
                .at(self.bundle.path(path))
                .fix("push the bundle as it was written; edit mapping.toml and convert again to change columns"));
        }
        self.open = Some(reader.into_records());
        Ok(())
    }

    fn unreadable(&self, path: &str, source: csv::Error) -> Error {
        Error {
            source: Some(Box::new(source)),
            ..Error::failed("C2T-E345", "the file cannot be read as CSV")
                .at(self.bundle.path(path))
                .fix("push the bundle as it was written; `check` tells what is wrong with an edited one")
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Candidate>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(rows) = &mut self.open {
                match rows.next() {
                    Some(Ok(cells)) => return Some(Ok(Candidate::new(cells, false))),
                    Some(Err(e)) => {
                        let error = self.unreadable(self.path(), e);
                        self.open = None;
                        return Some(Err(error));
                    }
                    None => self.open = None,
                }
            }
            let Some(file) = self.step.files.get(self.file) else {
                return self.repaired.next().map(|cells| Ok(Candidate::new(cells, true)));
            };
            if let Err(error) = self.open(&file.path) {
                return Some(Err(error));
            }
        }
    }
}
