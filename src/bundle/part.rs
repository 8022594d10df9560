//! A part of a bundle: what one of several processes made of its share of the export, for `merge` to make
//! the bundle of (architecture, *Scale out*). It must not decide anything: all parts follow one plan.
//!
//! `part.json` says what it is; `data/` holds the rows of each step in sorted runs, records to be gathered,
//! and references to files; `archive/` and `reports/rejects.csv` are as in a bundle, as far as they go.

mod set;
mod sums;

pub use set::Parts;

use super::intake::Intake;
use super::manifest::Tool;
use super::stage::Stage;
use super::totals::Totals;
use crate::error::{Error, Result};
use crate::plan::Plan;
use crate::transform::{Output, Reference};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use sums::Sums;

/// `format` of every part.
const FORMAT: &str = "close2twenty-part";
/// `version` of this layout.
const VERSION: u32 = 1;
const HEAD: &str = "part.json";
const DATA: &str = "data";
/// References to files, one a line, in input order.
const REFERENCES: &str = "data/references.jsonl";

/// What a part is a part of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// What wrote it.
    pub tool: Tool,
    /// How many parts there are.
    pub of: u32,
    /// What the export, and all that is beside it, is known by.
    pub fingerprint: String,
    /// What the user asked for.
    pub options: serde_json::Value,
}

/// `part.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
    /// Which part it is, from 1.
    number: u32,
    whole: Whole,
    /// Bytes of each file, by path.
    files: BTreeMap<String, u64>,
    /// Stems of the files of the archive, in the order in which they were begun.
    archive: Vec<String>,
    /// Where the runs of each step end.
    ends: Vec<Vec<u64>>,
    sums: Sums,
}

/// Writes a part into a stage.
#[derive(Debug)]
pub struct PartWriter<'p> {
    plan: &'p Plan,
    root: PathBuf,
    intake: Intake,
    references: BufWriter<File>,
}

impl<'p> PartWriter<'p> {
    /// Nothing yet.
    ///
    /// # Errors
    /// When the disk refuses; as for all that follows.
    pub fn new(plan: &'p Plan, stage: &Stage) -> Result<Self> {
        let root = stage.path().to_owned();
        let intake = Intake::new(plan, &root, &root.join(DATA))?;
        let path = root.join(REFERENCES);
        let file = File::create(&path).map_err(|e| Error::io("cannot write the part", &path, e))?;
        Ok(Self { plan, root, intake, references: BufWriter::new(file) })
    }

    /// Takes what a chunk of the export came to.
    pub fn take(&mut self, output: &Output) -> Result<()> {
        self.intake.take(self.plan, output)?;
        for reference in &output.files {
            serde_json::to_writer(&mut self.references, reference).map_err(Error::report)?;
            let written = self.references.write_all(b"\n");
            written.map_err(|e| Error::io("cannot write the part", &self.root, e))?;
        }
        Ok(())
    }

    /// Records that were read.
    pub fn records(&self) -> u64 {
        let totals = &self.intake.totals;
        totals.counts.values().map(|counts| counts.read).sum::<u64>() + totals.unreadable.read
    }

    /// Writes what is left, and says what it is: part `number` of `whole`.
    pub fn finish(mut self, number: u32, whole: Whole) -> Result<()> {
        let io = |e| Error::io("cannot write the part", &self.root, e);
        self.references.flush().map_err(io)?;
        let Intake { sorter, archive, spill, rejects, totals } = &mut self.intake;
        sorter.spill()?;
        archive.finish()?;
        spill.close()?;
        rejects.finish()?;
        let mut files = BTreeMap::new();
        list(&self.root, "", &mut files).map_err(io)?;
        let head = Head {
            format: FORMAT.to_owned(),
            version: VERSION,
            number,
            whole,
            files,
            archive: archive.stems().map(str::to_owned).collect(),
            ends: sorter.ends().map(<[u64]>::to_vec).collect(),
            sums: Sums::of(totals),
        };
        let json = serde_json::to_vec(&head).map_err(Error::report)?;
        fs::write(self.root.join(HEAD), json).map_err(io)
    }
}

/// The files below `root`, by path with `/`, with their sizes.
fn list(root: &Path, below: &str, files: &mut BTreeMap<String, u64>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(below))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.file_type()?.is_dir() {
            list(root, &path, files)?;
        } else {
            files.insert(path, entry.metadata()?.len());
        }
    }
    Ok(())
}

/// A part that was written.
#[derive(Debug)]
pub struct Part {
    folder: PathBuf,
    head: Head,
}

impl Part {
    /// Opens the part in `folder`, and makes sure that all its files are there as they were written.
    ///
    /// # Errors
    /// When it is none, one of another version, or a damaged one.
    pub fn open(folder: &Path) -> Result<Self> {
        let none = || {
            Error::usage("C2T-E051", "this is no part of a bundle")
                .at(folder)
                .fix("name the folders that `convert --shard` wrote")
        };
        let bytes = fs::read(folder.join(HEAD)).map_err(|_| none())?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|_| none())?;
        let says = |key: &str| value.get(key).cloned().unwrap_or_default();
        if says("format") != FORMAT {
            return Err(none());
        }
        if says("version") != VERSION {
            let what = "the part has another layout than this program knows";
            return Err(Error::usage("C2T-E052", what)
                .at(folder)
                .fix("convert all parts, and merge them, with one version of the program"));
        }
        let head = serde_json::from_value(value)
            .map_err(|e| Error { source: Some(Box::new(e)), ..damaged(folder) })?;
        let part = Self { folder: folder.to_owned(), head };
        for (name, bytes) in &part.head.files {
            let path = folder.join(name);
            if fs::metadata(&path).ok().is_none_or(|meta| meta.len() != *bytes) {
                return Err(damaged(&path));
            }
        }
        Ok(part)
    }

    /// What it is a part of.
    pub fn whole(&self) -> &Whole {
        &self.head.whole
    }

    /// Which part it is, from 1.
    pub fn number(&self) -> u32 {
        self.head.number
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.join(DATA)
    }

    /// Where the runs of each step end.
    pub(super) fn ends(&self) -> impl Iterator<Item = &Vec<u64>> {
        self.head.ends.iter()
    }

    /// Stems of the files of the archive.
    pub(super) fn archive(&self) -> impl Iterator<Item = &str> {
        self.head.archive.iter().map(String::as_str)
    }

    pub(super) fn totals(&self) -> Result<Totals> {
        self.head.sums.totals().ok_or_else(|| damaged(&self.folder.join(HEAD)))
    }

    /// Hands every reference to a file to `take`, in input order.
    pub(super) fn each_reference(
        &self,
        mut take: impl FnMut(Reference) -> Result<()>,
    ) -> Result<()> {
        let path = self.folder.join(REFERENCES);
        let io = |e| Error::io("cannot read the part", &path, e);
        let mut input = BufReader::with_capacity(1 << 18, File::open(&path).map_err(io)?);
        let mut line = Vec::new();
        while input.read_until(b'\n', &mut line).map_err(io)? > 0 {
            let reference = serde_json::from_slice(&line);
            take(reference.map_err(|e| Error { source: Some(Box::new(e)), ..damaged(&path) })?)?;
            line.clear();
        }
        Ok(())
    }
}

fn damaged(place: &Path) -> Error {
    Error::failed("C2T-E056", "the part is damaged")
        .at(place)
        .fix("convert this part again, or copy it whole")
}
