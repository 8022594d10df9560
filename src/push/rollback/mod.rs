//! Takes back what a push did, and nothing else: from the journal and the target alone, the bundle only names the journal.
//! What is taken back is forgotten in the journal once the server has confirmed it, and every request bears being sent
//! again, so that a run killed at any moment is taken up where it was. It must not touch what somebody has changed since,
//! unless told to.
//!
//! ```text
//!  files ──► links ──► steps, last first ──► traces ──► schema
//!  one by    of tasks   destroy what was      timeline   fields, objects,
//!  one       that stay  made, put back the    and runs   then option lists
//!                       rest
//! ```

mod kept;
mod links;
mod put_back;
mod rows;
mod schema;
mod traces;

pub use kept::FILE as KEPT_FILE;

use super::client::Refusal;
use super::journal::{FileState, Journal};
use super::progress::{Counts as Told, Listen, Said};
use super::run::{Connect, Session};
use super::target::{LOOK, Target};
use super::{capitalised, refused, workflows};
use crate::error::{Error, Result};
use kept::Kept;
use serde::Serialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use uuid::Uuid;

/// Records destroyed in one request (`twenty-observed.md` E6).
const AT_ONCE: usize = 200;

/// How to take back.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where.
    pub connect: Connect,
    /// What was changed since, too.
    pub force: bool,
    /// Objects, fields and options stay.
    pub keep_schema: bool,
    /// Look, tell and stop.
    pub dry_run: bool,
}

/// What became of one part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "StepCounts")]
pub struct Counts {
    /// Name of the step, `people`; `files`, `tasks/targets`.
    pub step: String,
    /// Rows the journal has of it.
    pub known: u64,
    /// Made by the push and destroyed.
    pub destroyed: u64,
    /// Changed by the push and as before.
    pub put_back: u64,
    /// Left as they are: see the list.
    pub kept: u64,
    /// Not there any more.
    pub gone: u64,
    /// Nothing was done to them.
    pub untouched: u64,
}

/// What became of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SchemaCounts {
    /// Objects removed.
    pub objects: u64,
    /// Fields removed.
    pub fields: u64,
    /// Fields put back as they were.
    pub altered: u64,
    /// Left: see the list.
    pub kept: u64,
    /// Left because the user asked for it.
    pub left: u64,
}

/// What a rollback ended with.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// Id of the workspace.
    pub workspace: String,
    /// Only looked.
    pub dry_run: bool,
    /// Step after step, in the order they were taken back.
    pub steps: Vec<Counts>,
    /// Lines of the timeline destroyed.
    pub timeline: u64,
    /// Runs of workflows destroyed.
    pub runs: u64,
    /// Of the schema.
    pub schema: SchemaCounts,
    /// How much was kept.
    pub kept: u64,
    /// The list of what was kept.
    pub kept_list: Option<PathBuf>,
    /// Files on the server that no record has: nothing removes them.
    pub loose_files: u64,
    /// Workflows that could not be woken.
    pub asleep: Vec<String>,
    /// The journal holds nothing any more.
    pub complete: bool,
    /// Requests sent.
    pub calls: u64,
    /// How long it took.
    pub seconds: f64,
    /// Where the journal is.
    pub journal: PathBuf,
}

impl Outcome {
    /// Whether something is left for a person to do.
    pub fn needs_a_person(&self) -> bool {
        self.kept > 0 || !self.asleep.is_empty()
    }
}

/// The work and its tools.
struct Undo<'u> {
    target: &'u Target<'u>,
    journal: &'u Journal,
    options: &'u Options,
    kept: Kept,
    outcome: Outcome,
    /// When the push began; nothing older is its work.
    started: Option<String>,
    /// When the rollback began, the first run of it.
    undoing: Option<String>,
}

/// Takes back what was pushed of the bundle at `place`.
///
/// # Errors
/// `C2T-E365` when nothing was pushed from here; when the server or the journal fails: the next run goes on.
pub fn rollback(
    place: &Path,
    options: &Options,
    stop: Arc<AtomicBool>,
    listener: &Arc<dyn Listen + Send>,
) -> Result<Outcome> {
    let session = Session::open(&options.connect, stop, Arc::clone(listener))?;
    let unknown = Error::failed("C2T-E365", "nothing of this bundle was pushed to this workspace from here")
        .fix("give the same BUNDLE, --url and --journal as for the push: the journal beside the bundle says what to take back");
    let journal = session.journal_of_push(place, &options.connect, unknown)?;
    let target = session.target(&journal, &**listener)?;
    let started = journal.about("started")?;
    let outcome = Outcome {
        workspace: session.workspace.clone(),
        dry_run: options.dry_run,
        journal: journal.folder().to_owned(),
        ..Outcome::default()
    };
    let kept = Kept::new(&journal, options.dry_run)?;
    let (target, journal) = (&target, &journal);
    let mut undo = Undo { target, journal, options, kept, outcome, started, undoing: None };
    if options.dry_run {
        undo.rows()?;
        undo.schema()?;
    } else {
        undo.begin(&session)?;
        let told = undo.all();
        undo.outcome.asleep = workflows::wake(&session.client, journal)?;
        told?;
        undo.end()?;
    }
    undo.outcome.kept = undo.kept.count();
    undo.outcome.kept_list = undo.kept.finish()?;
    let mut outcome = undo.outcome;
    outcome.calls = session.client.calls();
    outcome.seconds = session.client.elapsed().as_secs_f64();
    Ok(outcome)
}

impl Undo<'_> {
    fn begin(&mut self, session: &Session) -> Result<()> {
        self.undoing = self.journal.about("undoing")?;
        if self.undoing.is_none() {
            let now = session.client.server_time().map_or_else(String::new, |now| now.to_string());
            self.journal.set_about("undoing", &now)?;
            self.undoing = Some(now);
        }
        self.journal.forget_empty()
    }

    fn all(&mut self) -> Result<()> {
        self.files()?;
        self.links()?;
        self.rows()?;
        self.traces()?;
        self.schema()
    }

    /// The journal forgets the push where nothing of it is left, and a push may begin again.
    fn end(&mut self) -> Result<()> {
        if self.journal.has_no_rows()? {
            self.journal.begin_anew()?;
            let rejects = self.journal.folder().join(super::rejects::FILE);
            // It may not be there; a stale list harms nobody.
            let _ = std::fs::remove_file(rejects);
            self.outcome.complete = self.journal.changes()?.is_empty();
        }
        self.journal.forget_about("undoing")
    }

    /// Attachments go one by one: of many at a time the server keeps the files (`twenty-observed.md` E6).
    fn files(&mut self) -> Result<()> {
        let known: u64 = self.journal.file_counts()?.values().sum();
        if known == 0 {
            return Ok(());
        }
        self.phase("files", known);
        let mut counts = Counts { step: "files".to_owned(), known, ..Counts::default() };
        loop {
            let page = self.journal.file_page("", LOOK)?;
            if page.is_empty() {
                break;
            }
            for file in &page {
                let made = !matches!(file.state, FileState::Same | FileState::Rejected);
                if !made {
                    counts.untouched += 1;
                } else if self.destroy_one("attachment", &file.id)? {
                    counts.destroyed += 1;
                } else if file.state == FileState::Created {
                    counts.gone += 1;
                } else {
                    // Uploaded, and no record was made: the server has no way to remove it.
                    self.outcome.loose_files += u64::from(file.state == FileState::Stored);
                    counts.untouched += 1;
                }
                self.journal.forget_files(std::iter::once(file.id.as_str()))?;
                self.step(1);
            }
        }
        self.finished(counts);
        Ok(())
    }

    /// Destroys one record; false when it is not there.
    fn destroy_one(&self, object: &str, id: &str) -> Result<bool> {
        let query = format!(
            "mutation D($id: UUID!) {{ destroy{}(id: $id) {{ id }} }}",
            capitalised(object)
        );
        match self.target.client.core(&query, &json!({ "id": id })) {
            Ok(_) => Ok(true),
            Err(Refusal::Data(fault)) if fault.is("NOT_FOUND") || fault.is("RECORD_NOT_FOUND") => {
                Ok(false)
            }
            Err(refusal) => Err(refused(refusal, &format!("destroying {object} {id}"))),
        }
    }

    /// Destroys records for good, in requests of bounded size; what is not there is no error.
    fn destroy(&self, object: &str, ids: &[String]) -> Result<u64> {
        let Some(live) = self.target.live.object(object) else { return Ok(0) };
        let plural = capitalised(&live.name_plural);
        let query = format!(
            "mutation D($filter: {}FilterInput!) {{ destroy{plural}(filter: $filter) {{ id }} }}",
            capitalised(object)
        );
        let mut gone = 0;
        for part in ids.chunks(AT_ONCE) {
            let filter = json!({ "filter": { "id": { "in": part } } });
            let answer = self
                .target
                .client
                .core(&query, &filter)
                .map_err(|e| refused(e, &format!("destroying records of {object}")))?;
            let list = answer[format!("destroy{plural}").as_str()].as_array();
            gone += list.map_or(0, |list| list.len() as u64);
        }
        Ok(gone)
    }

    fn phase(&self, object: &str, planned: u64) {
        let (phase, object) = ("rollback".to_owned(), object.to_owned());
        self.target.listener.hear(&Said::Phase { phase, object, planned, done: 0 });
    }

    fn step(&self, done: u64) {
        self.target.listener.hear(&Said::Step { done });
    }

    fn finished(&mut self, counts: Counts) {
        let told = Told {
            phase: "rollback".to_owned(),
            object: counts.step.clone(),
            planned: counts.known,
            updated: counts.destroyed + counts.put_back,
            unchanged: counts.untouched + counts.gone,
            rejected: counts.kept,
            ..Told::default()
        };
        self.target.listener.hear(&Said::Finished(told));
        self.outcome.steps.push(counts);
    }
}

/// The id of a record that was read.
fn id_of(record: &serde_json::Value) -> Option<Uuid> {
    record["id"].as_str().and_then(|id| Uuid::parse_str(id).ok())
}
