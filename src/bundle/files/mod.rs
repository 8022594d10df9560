//! `files/` and `files.csv`: one line for each file the export refers to, and each content once (design
//! §7). References come in any order, are sorted on disk, and are judged when all are known; what is in
//! memory grows with the files that were found. It must not look for files: the plan has.

mod claims;
mod content;
mod group;
mod judge;
mod report;
mod row;
mod store;
mod tally;

use super::digest::DigestedFile;
use super::manifest::{Attachments, IndexFile, StateFile};
use super::sorter::{AT_A_TIME, Sorter};
use super::state::{Compare, OldBundle, StateWriter, StepDelta};
use crate::error::{Error, Result};
use crate::plan::{Files, Plan};
use crate::survey::Map;
use crate::transform::{Reference, Row, Rows};
use claims::{Claims, Read};
use hashbrown::HashSet;
use report::Report;
use std::fs;
use std::path::{Path, PathBuf};
use tally::Tally;

/// The step of files in `state/` and in `reports/delta.csv`.
const STEP: &str = "files";
/// The object files become in Twenty.
const OBJECT: &str = "attachment";
/// Bytes of references held in memory while they are sorted.
const BOUND: usize = 16 << 20;

/// What files came to.
#[derive(Debug, Default)]
pub struct Filed {
    /// For the manifest and the summary.
    pub attachments: Attachments,
    /// What is remembered of the references.
    pub state: Option<StateFile>,
    /// What happened to them since the older bundle.
    pub(super) delta: Option<StepDelta>,
}

/// Takes references, and remembers which found files they ask for.
#[derive(Debug)]
pub(super) struct Collected {
    sorter: Sorter,
    claims: Claims,
    any: bool,
}

impl Collected {
    /// Nothing yet; temporary data goes below `temp`.
    pub fn new(files: &Files, temp: &Path) -> Self {
        let sorter = Sorter::new(std::iter::once(temp.join(STEP).with_extension("runs")), BOUND);
        Self { sorter, claims: Claims::new(files.found.files.len()), any: false }
    }

    pub fn push(&mut self, files: &Files, reference: &Reference) -> Result<()> {
        self.any = true;
        self.claims.note(&files.found, reference);
        let mut written = Ok(());
        let line = |out: &mut Vec<u8>| written = serde_json::to_writer(out, reference);
        // Sorted by what it is known by: no two of one record lie apart.
        self.sorter.push(0, &reference.key, line)?;
        written.map_err(Error::report)
    }
}

/// Where everything goes.
pub(super) struct Place<'p> {
    pub root: &'p Path,
    pub temp: &'p Path,
    pub old: Option<&'p OldBundle>,
    /// Files go into the bundle; otherwise `files.csv` says where they are.
    pub keep: bool,
}

/// Reads the files that are asked for, and writes `files/`, `files.csv` and the report.
///
/// # Errors
/// When the disk refuses.
pub(super) fn finish(plan: &Plan, collected: Collected, place: &Place<'_>) -> Result<Filed> {
    let files = &plan.files;
    let Collected { mut sorter, claims, any } = collected;
    let temp = place.temp.join("files");
    fs::create_dir_all(&temp).map_err(|e| Error::io("cannot write the bundle", &temp, e))?;
    let read = claims.read(&files.found, &temp, place.keep)?;
    let mut writer = Writer {
        files,
        read: &read,
        claims: &claims,
        place,
        temp: &temp,
        index: None,
        state: None,
        compare: None,
        paths: Map::default(),
        stored: HashSet::default(),
        report: Report::create(place.root)?,
        tally: Tally::new(files),
    };
    let had = place.old.is_some_and(|old| old.steps().any(|(_, step)| step == STEP));
    if any {
        writer.open()?;
    }
    if any || had {
        let compare = |old: &OldBundle| Compare::new(OBJECT, STEP, old.state(STEP)?);
        writer.compare = place.old.map(compare).transpose()?;
    }
    let mut group: Vec<group::Entry> = Vec::new();
    let mut full = false;
    sorter.sort();
    let (mut ordered, mut rows) = (sorter.ordered(0)?, Rows::default());
    loop {
        ordered.next(&mut rows, AT_A_TIME)?;
        if rows.is_empty() {
            break;
        }
        for row in rows.iter() {
            let reference: Reference = serde_json::from_slice(row.line).map_err(Error::report)?;
            let last = group.last().map(|(last, _)| last).filter(|last| last.key != reference.key);
            if last.is_some_and(|last| full || last.owner != reference.owner) {
                writer.group(&mut group)?;
            }
            full = group::add(&mut group, reference);
        }
    }
    writer.group(&mut group)?;
    writer.finish(plan.sample.is_some())
}

/// See the module's head.
struct Writer<'p> {
    files: &'p Files,
    read: &'p [Read],
    claims: &'p Claims,
    place: &'p Place<'p>,
    temp: &'p Path,
    index: Option<DigestedFile>,
    state: Option<StateWriter>,
    compare: Option<Compare>,
    /// Where each content stands, by the first reference to it.
    paths: Map<[u8; 32], String>,
    /// Contents that were put there.
    stored: HashSet<[u8; 32], foldhash::fast::FixedState>,
    report: Report,
    tally: Tally,
}

impl Writer<'_> {
    fn open(&mut self) -> Result<()> {
        let mut index = DigestedFile::create(self.place.root.join("files.csv"))?;
        index.append(row::head)?;
        self.index = Some(index);
        self.state = Some(StateWriter::create(self.place.root, OBJECT, STEP)?);
        Ok(())
    }

    /// Writes the references of one record.
    fn group(&mut self, group: &mut Vec<group::Entry>) -> Result<()> {
        for (reference, refers) in group::settled(std::mem::take(group)) {
            self.one(&reference, &refers)?;
        }
        Ok(())
    }

    fn one(&mut self, reference: &Reference, refers: &[String]) -> Result<()> {
        let verdict = self.claims.verdict(reference, self.read);
        let facts = verdict.facts;
        let detail = self.detail(reference, &verdict.detail);
        let name = judge::name(reference, facts);
        let types = judge::types(reference, &name, facts);
        let flags = match (verdict.why, facts) {
            (None, Some(facts)) => judge::flags(reference, &name, facts, &types),
            _ => Vec::new(),
        };
        let found = reference.file.and_then(|at| self.files.found.files.get(at as usize));
        let source = found.map(|file| {
            if self.place.keep || file.below.to_str().is_none() {
                file.name().into_owned()
            } else {
                self.files.found.path(file).to_string_lossy().into_owned()
            }
        });
        let ending = row::stored_ending(&name, facts, &types);
        let sha256 = facts.and_then(|facts| facts.sha256).filter(|_| verdict.why.is_none());
        let path = sha256.filter(|_| self.is_kept(reference)).map(|sha256| {
            self.paths.entry(sha256).or_insert_with(|| row::place(&sha256, &ending)).clone()
        });
        let made = row::Made {
            reference,
            refers,
            name: &name,
            types: &types,
            facts,
            why: verdict.why,
            flags: &flags,
            path: path.as_deref().unwrap_or_default(),
            source: source.as_deref().unwrap_or_default(),
        };
        self.tally.reference(reference, verdict.why, &flags);
        self.report.reference(&made, &detail)?;
        let cells = made.cells();
        let hash = row::digest(&cells);
        let row = Row { step: 0, at: 0, id: reference.key.as_bytes(), hash, line: &[] };
        if let Some(state) = &mut self.state {
            state.write(&row)?;
        }
        let write = self.compare.as_mut().map_or(Ok(true), |compare| compare.meet(&row))?;
        self.tally.row(write);
        if let Some((file, sha256)) = reference.file.zip(sha256) {
            self.tally.attached(file as usize, sha256);
            if write && let Some(path) = &path {
                self.store(file as usize, sha256, path)?;
            }
        }
        if let Some(index) = self.index.as_mut().filter(|_| write) {
            index.append(|out| crate::transform::encode(cells.iter().map(|c| &**c), out))?;
        }
        Ok(())
    }

    /// More about why: what a list or the system says, or which files could be it.
    fn detail(&self, reference: &Reference, said: &str) -> String {
        let candidates = reference.candidates.iter().take(3);
        let files = candidates.filter_map(|at| self.files.found.files.get(*at as usize));
        let names: Vec<_> = files.map(|file| file.name()).collect();
        if names.is_empty() { said.to_owned() } else { names.join("; ") }
    }

    /// The bundle holds the file. One whose path no text can name is kept even where files stay in their
    /// place.
    fn is_kept(&self, reference: &Reference) -> bool {
        let file = reference.file.and_then(|at| self.files.found.files.get(at as usize));
        self.place.keep || file.is_some_and(|file| file.below.to_str().is_none())
    }

    /// Moves a file that was read into the bundle, unless its content is there.
    fn store(&mut self, file: usize, sha256: [u8; 32], path: &str) -> Result<()> {
        if !self.stored.insert(sha256) {
            return Ok(());
        }
        let to = self.place.root.join(path);
        let io = |e| Error::io("cannot write the bundle", &to, e);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        fs::rename(claims::temp(self.temp, file), &to).map_err(io)?;
        self.tally.stored(self.read.get(file).and_then(Read::facts).map_or(0, |facts| facts.bytes));
        Ok(())
    }

    fn finish(mut self, sample: bool) -> Result<Filed> {
        let found = &self.files.found;
        for (at, file) in found.files.iter().enumerate() {
            let read = self.read.get(at);
            if let Some(why) = self.tally.unclaimed(at, file, read, self.claims, sample) {
                self.report.found(&file.name(), why)?;
            }
        }
        self.report.finish(&found.problems)?;
        let compared = self.compare.map(Compare::finish).transpose()?;
        let state = self.state.map(StateWriter::finish).transpose()?;
        let index = self.index.map(DigestedFile::finish).transpose()?;
        let rows = self.tally.rows();
        let index = index.map(|(bytes, sha256)| IndexFile {
            path: "files.csv".into(),
            rows,
            bytes,
            sha256,
        });
        // Nothing is left that could be found here: what was not wanted goes with the folder.
        fs::remove_dir_all(self.temp)
            .map_err(|e| Error::io("cannot remove temporary data", self.temp, e))?;
        let attachments = self.tally.finish(found, index, self.place.keep);
        Ok(Filed { attachments, state, delta: compared })
    }
}

/// Where the report of files stands.
fn report_path(root: &Path) -> PathBuf {
    root.join("reports/attachments.csv")
}
