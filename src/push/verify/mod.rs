//! What is in the target held against the bundle: every row of every step, or a sample of them, field by field. Records are
//! found by the ids the journal has. It must not change anything there, nor hold more than a window of rows.
//!
//! ```text
//!  rows of a step ──► window ──► records by id ──► differences ──► verify.csv, verify.jsonl
//!                        └─────► links of tasks and notes ──┘
//!  files.csv ──────────► window ──► attachments ────────────┘
//! ```

pub mod bound;
mod files;
pub mod findings;
mod links;
mod out;
mod rows;

use super::journal::Journal;
use super::progress::{Counts as Told, Listen, Said};
use super::records::{Repairs, Rows};
use super::run::{Connect, Session};
use super::target::{LOOK, Target};
use crate::bundle::Bundle;
use crate::bundle::manifest::{Manifest, Step};
use crate::error::{Error, Result};
use bound::{Draw, Proof, shares};
use findings::Kind;
use out::Out;
use rows::StepCheck;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Bytes of rows looked at together.
const WINDOW: usize = 8 << 20;

/// How to verify.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where.
    pub connect: Connect,
    /// Look at so many rows only, drawn at random.
    pub sample: Option<u64>,
    /// Download attachments and compare their content.
    pub files: bool,
}

/// What became of one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "StepCounts")]
pub struct Counts {
    /// Name of the step, `people`; `tasks/targets`, `files`.
    pub step: String,
    /// Rows there are.
    pub rows: u64,
    /// Rows that were held against their record.
    pub compared: u64,
    /// Of them, rows without a finding.
    pub equal: u64,
    /// Of them, rows with a finding.
    pub different: u64,
    /// Rows whose record is not there, or in the trash.
    pub missing: u64,
    /// Relations, links that wait for a record or member that is not there: no findings.
    pub waiting: u64,
    /// Rows the target has refused: not compared.
    pub rejected: u64,
}

/// What a verification ended with.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// Id of the workspace.
    pub workspace: String,
    /// Part after part.
    pub steps: Vec<Counts>,
    /// Findings by sort.
    pub kinds: BTreeMap<Kind, u64>,
    /// Findings by object and field.
    pub fields: BTreeMap<String, BTreeMap<String, u64>>,
    /// All findings.
    pub findings: u64,
    /// Only a sample was looked at.
    pub sample: bool,
    /// Rows looked at.
    pub looked_at: u64,
    /// Of them, rows that are not as the bundle says.
    pub wrong: u64,
    /// Rows there are.
    pub rows: u64,
    /// Of all rows, at most this share is wrong, with 95 % confidence; certain without a sample.
    pub at_most: f64,
    /// The same in rows.
    pub rows_at_most: u64,
    /// The lists of findings.
    pub lists: Vec<PathBuf>,
    /// Requests sent.
    pub calls: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Outcome {
    /// Whether something is left for a person to do.
    pub const fn needs_a_person(&self) -> bool {
        self.findings > 0
    }
}

/// The work and its tools.
struct Check<'v> {
    target: &'v Target<'v>,
    journal: &'v Journal,
    bundle: &'v Bundle,
    manifest: &'v Manifest,
    options: &'v Options,
    out: Out,
    counts: Vec<Counts>,
    looked_at: u64,
    wrong: u64,
}

/// Holds what the target has against the bundle at `place`.
///
/// # Errors
/// `C2T-E360` when the bundle was not pushed from here; when the bundle, the server or the journal cannot be read.
pub fn verify(
    place: &Path,
    options: &Options,
    stop: Arc<AtomicBool>,
    listener: &Arc<dyn Listen + Send>,
) -> Result<Outcome> {
    let bundle = Bundle::open(place)?;
    let manifest = bundle.manifest()?;
    let session = Session::open(&options.connect, stop, Arc::clone(listener))?;
    let unknown = || {
        Error::failed("C2T-E360", "this bundle was not pushed to this workspace from here")
            .fix("push it first, or give the same BUNDLE, --url and --journal as for the push: the journal beside the bundle knows which record each row became")
    };
    let journal = session.journal_of_push(place, &options.connect, unknown())?;
    // After a rollback the journal is there and knows nothing.
    if journal.about("started")?.is_none() {
        return Err(unknown().at(journal.folder()));
    }
    let target = session.target(&journal, &**listener)?;
    let seed = session.client.server_time().map_or(0, |now| now.as_second() as u64);
    let mut check = Check {
        target: &target,
        journal: &journal,
        bundle: &bundle,
        manifest: &manifest,
        options,
        out: Out::new(journal.folder())?,
        counts: Vec::new(),
        looked_at: 0,
        wrong: 0,
    };
    let rows = check.all(seed)?;
    let proof = Proof { looked_at: check.looked_at, wrong: check.wrong, all: rows };
    let (steps, looked_at, wrong) = (check.counts, check.looked_at, check.wrong);
    let (found, lists) = check.out.finish()?;
    Ok(Outcome {
        workspace: session.workspace.clone(),
        steps,
        findings: found.total(),
        kinds: found.kinds,
        fields: found.fields,
        sample: options.sample.is_some(),
        looked_at,
        wrong,
        rows,
        at_most: proof.at_most(),
        rows_at_most: proof.rows_at_most(),
        lists,
        calls: session.client.calls(),
        seconds: session.client.elapsed().as_secs_f64(),
    })
}

impl Check<'_> {
    /// Every step and the files; the rows there are.
    fn all(&mut self, seed: u64) -> Result<u64> {
        let index = self.manifest.attachments.index.as_ref().map_or(0, |index| index.rows);
        let sizes = self.manifest.steps.iter().map(Step::rows);
        let sizes: Vec<u64> = sizes.chain([index]).collect();
        let wanted = match self.options.sample {
            Some(sample) => shares(sample, &sizes),
            None => sizes.clone(),
        };
        let manifest = self.manifest;
        for (step, (wanted, rows)) in manifest.steps.iter().zip(wanted.iter().zip(&sizes)) {
            let mut draw = Draw::new(seed, &step.folder, *wanted, *rows);
            let mut check = StepCheck::new(self.target, manifest, step)?;
            self.phase(check.name(), *wanted);
            self.step(&mut check, &mut draw)?;
            let (counts, links) = check.finish();
            self.finished(counts);
            links.into_iter().for_each(|links| self.finished(links));
        }
        if index > 0 {
            let wanted = wanted.last().copied().unwrap_or_default();
            let draw = Draw::new(seed, "files", wanted, index);
            self.phase("files", wanted);
            let counts = self.files(draw)?;
            self.finished(counts);
        }
        Ok(sizes.iter().sum())
    }

    fn step(&mut self, check: &mut StepCheck<'_>, draw: &mut Draw) -> Result<()> {
        let (mut window, mut bytes) = (Vec::new(), 0);
        for candidate in Rows::of(self.bundle, check.step(), &Repairs::default()) {
            let candidate = candidate?;
            if !draw.take() {
                continue;
            }
            bytes += candidate.bytes();
            window.push(candidate);
            if window.len() >= LOOK || bytes >= WINDOW {
                self.window(check, &std::mem::take(&mut window))?;
                bytes = 0;
            }
        }
        self.window(check, &window)
    }

    fn window(
        &mut self,
        check: &mut StepCheck<'_>,
        candidates: &[super::records::Candidate],
    ) -> Result<()> {
        let wrong = check.window(candidates, &mut self.out.findings)?;
        self.looked_at += candidates.len() as u64;
        self.wrong += wrong;
        let done = candidates.len() as u64;
        self.target.listener.hear(&Said::Step { done });
        Ok(())
    }

    fn phase(&self, object: &str, planned: u64) {
        let (phase, object) = ("verify".to_owned(), object.to_owned());
        self.target.listener.hear(&Said::Phase { phase, object, planned, done: 0 });
    }

    fn finished(&mut self, counts: Counts) {
        let told = Told {
            phase: "verify".to_owned(),
            object: counts.step.clone(),
            planned: counts.compared + counts.missing + counts.rejected,
            unchanged: counts.equal,
            rejected: counts.rejected + counts.missing + counts.different,
            waiting: counts.waiting,
            ..Told::default()
        };
        self.target.listener.hear(&Said::Finished(told));
        self.counts.push(counts);
    }
}
