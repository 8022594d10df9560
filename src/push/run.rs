//! The story of a push: connect, ask whether it may be, then phase after phase, each ending with counts that add up before
//! the next begins. It must not do a phase's work.

use super::client::{ApiKey, Client};
use super::journal::{self, Journal};
use super::preflight::{self, Allowed, Asked, Preflight};
use super::progress::{Counts, Listen, Said};
use super::records::{self, Options as Writing, Repairs};
use super::target::Target;
use super::{files, history, live, refused, rejects, schema, targets, timeline, workflows};
use crate::bundle::Bundle;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What is done, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Objects, fields, options.
    Schema,
    /// The rows of the CSV files.
    Records,
    /// Links of tasks and notes.
    Targets,
    /// Attachments.
    Files,
    /// Times of the lines the server writes into the timeline.
    Timeline,
}

/// All phases, in order.
pub const PHASES: &[Phase] =
    &[Phase::Schema, Phase::Records, Phase::Targets, Phase::Files, Phase::Timeline];

/// Where to, and with what.
#[derive(Clone, Debug, Default)]
pub struct Connect {
    /// The server's address.
    pub url: String,
    /// A file with the API key, instead of the environment.
    pub key_file: Option<PathBuf>,
    /// Certificates to trust, PEM.
    pub ca_file: Option<PathBuf>,
    /// Where the journal is kept, instead of beside the bundle.
    pub journal: Option<PathBuf>,
}

/// How to push.
#[derive(Debug)]
pub struct Options {
    /// Where to.
    pub connect: Connect,
    /// Phases to do.
    pub phases: Vec<Phase>,
    /// Ask, tell and stop.
    pub dry_run: bool,
    /// What the user allows.
    pub allowed: Allowed,
    /// Send rows that were refused again as they are.
    pub retry: bool,
    /// A repaired list of rejects.
    pub repaired: Option<PathBuf>,
    /// Original events of Close as lines of the timeline.
    pub history: bool,
}

/// What a push ended with.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Outcome {
    /// Id of the workspace.
    pub workspace: String,
    /// What was asked before.
    pub preflight: Preflight,
    /// Only asked.
    pub dry_run: bool,
    /// What became of everything, phase by phase.
    pub phases: Vec<Counts>,
    /// The list of refused rows.
    pub rejects: Option<PathBuf>,
    /// How many it has.
    pub rejected: u64,
    /// Workflows that could not be woken.
    pub asleep: Vec<String>,
    /// What this run has written.
    pub written: u64,
    /// Requests sent.
    pub calls: u64,
    /// Of them, refused for their pace.
    pub refused: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// How long it took.
    pub seconds: f64,
    /// Where the journal is.
    pub journal: PathBuf,
}

impl Outcome {
    /// Whether something is left for a person to do.
    pub fn needs_a_person(&self) -> bool {
        let open = self.phases.iter().any(|counts| counts.rejected + counts.waiting > 0);
        open || self.rejected > 0
            || !self.asleep.is_empty()
            || (self.dry_run && !self.preflight.stops.is_empty())
    }
}

/// A connection to a workspace, as every networked command begins.
pub struct Session {
    /// The connection.
    pub client: Client,
    /// The workspace's id.
    pub workspace: String,
}

impl Session {
    /// Connects, and learns which workspace the key is for.
    ///
    /// # Errors
    /// When there is no usable key or address, or the server does not answer.
    pub fn open(
        connect: &Connect,
        stop: Arc<AtomicBool>,
        listener: Arc<dyn Listen + Send>,
    ) -> Result<Self> {
        let key = ApiKey::load(connect.key_file.as_deref())?;
        let heard = Arc::clone(&listener);
        let talk = Box::new(move |waiting: &super::client::Waiting| {
            listener.hear(&Said::Detail { text: waiting.to_string() });
        });
        let options = super::client::Options {
            ca_file: connect.ca_file.clone(),
            stop,
            talk,
            ..super::client::Options::default()
        };
        let client = Client::new(&connect.url, key, options)?;
        if let Some(warning) = unencrypted(&client) {
            heard.hear(&warning);
        }
        // A request that needs the key: the address and the key are right when it is answered.
        let query = "query W { currentWorkspace { id displayName } }";
        let said = client.metadata(query, &serde_json::json!({}));
        let claimed = client.claims().workspace;
        let workspace = match said {
            Ok(said) => said["currentWorkspace"]["id"].as_str().map(str::to_owned).or(claimed),
            Err(super::client::Refusal::Data(_)) => claimed,
            Err(refusal) => return Err(refused(refusal, "connecting")),
        };
        let workspace = workspace.ok_or_else(|| {
            Error::failed("C2T-E304", "nobody says which workspace the key is for")
                .fix("make a new key in Settings → APIs & Webhooks")
        })?;
        Ok(Self { client, workspace })
    }

    /// The journal of a bundle in this workspace.
    ///
    /// # Errors
    /// When another run holds it, or it cannot be used.
    pub fn journal(&self, bundle: &Path, connect: &Connect) -> Result<Journal> {
        Journal::open(&journal::folder(bundle, connect.journal.as_deref(), &self.workspace))
    }

    /// As [`Session::journal`], of a bundle that was pushed before; else `unknown`, with the place.
    ///
    /// # Errors
    /// As [`Session::journal`], and `unknown`.
    pub fn journal_of_push(
        &self,
        bundle: &Path,
        connect: &Connect,
        unknown: Error,
    ) -> Result<Journal> {
        let folder = journal::folder(bundle, connect.journal.as_deref(), &self.workspace);
        if Journal::exists(&folder) {
            self.journal(bundle, connect)
        } else {
            Err(unknown.at(folder))
        }
    }

    /// The target, read anew.
    ///
    /// # Errors
    /// When the server does not answer.
    pub fn target<'t>(
        &'t self,
        journal: &'t Journal,
        listener: &'t dyn Listen,
    ) -> Result<Target<'t>> {
        let live = live::schema(&self.client).map_err(|e| refused(e, "reading the schema"))?;
        let members = live::members(&self.client).map_err(|e| refused(e, "reading the members"))?;
        let by_email =
            members.into_iter().filter_map(|one| Some((one.email.to_lowercase(), one.id?)));
        let target = Target::new((&self.client, journal), live, by_email.collect(), listener);
        target.learn_rows()?;
        Ok(target)
    }
}

/// What to say of a server that is reached over http, unless it is on this machine.
fn unencrypted(client: &Client) -> Option<Said> {
    let text = "the key and the data go to another machine unencrypted: use https".to_owned();
    client.is_plain().then_some(Said::Note { code: "C2T-E308", text })
}

/// Pushes the bundle at `place`.
///
/// # Errors
/// When it may not begin, or cannot go on; the journal is kept, and the next push goes on where it was.
pub fn push(
    place: &Path,
    options: &Options,
    stop: Arc<AtomicBool>,
    listener: &Arc<dyn Listen + Send>,
) -> Result<Outcome> {
    let bundle = Bundle::open(place)?;
    let manifest = bundle.manifest()?;
    let repairs = match &options.repaired {
        Some(file) => rejects::read(file, &manifest)?,
        None => Repairs::default(),
    };
    let session = Session::open(&options.connect, stop, Arc::clone(listener))?;
    let journal = session.journal(place, &options.connect)?;
    let mut target = session.target(&journal, &**listener)?;
    let mut outcome = Outcome {
        workspace: session.workspace.clone(),
        dry_run: options.dry_run,
        journal: journal.folder().to_owned(),
        ..Outcome::default()
    };
    outcome.preflight = ask(&session, &target, &bundle, &manifest, options)?;
    if !options.dry_run {
        if let Some(stop) = outcome.preflight.stops.first() {
            return Err(stop.clone().into_error());
        }
        begin(&journal, &session.client, &bundle)?;
        let told = work(&mut target, &bundle, &manifest, options, repairs, &mut outcome);
        // Whatever happened: nobody's workflows stay asleep longer than they must.
        outcome.asleep = workflows::wake(&session.client, &journal)?;
        outcome.written = target.written();
        let list = rejects::write(&journal, &manifest)?;
        outcome.rejected = list.as_ref().map_or(0, |(_, rows)| *rows);
        outcome.rejects = list.map(|(path, _)| path);
        told?;
    }
    outcome.calls = session.client.calls();
    outcome.refused = session.client.refused();
    outcome.bytes = session.client.bytes_sent();
    outcome.seconds = session.client.elapsed().as_secs_f64();
    Ok(outcome)
}

fn ask(
    session: &Session,
    target: &Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
    options: &Options,
) -> Result<Preflight> {
    let claims = session.client.claims();
    // The server decides when a key expires, so its clock counts.
    let now = session.client.server_time();
    let left = claims.expires.zip(now).map(|(at, now)| at.as_second() - now.as_second());
    preflight::run(
        target,
        &Asked {
            bundle,
            manifest,
            workspace: &session.workspace,
            key_id: claims.key.as_deref(),
            key_expires_in: left,
            allowed: options.allowed,
            writes: options.phases.iter().any(|phase| *phase != Phase::Schema),
            begun: target.journal.about("started")?.is_some(),
        },
    )
}

/// Notes which bundle is pushed and since when. A bundle that was converted again may follow: its rows are known by their
/// content.
fn begin(journal: &Journal, client: &Client, bundle: &Bundle) -> Result<()> {
    if journal.about("undoing")?.is_some() {
        return Err(Error::failed(
            "C2T-E333",
            "a rollback of this bundle has begun and is not finished",
        )
        .at(journal.folder())
        .fix("run `close2twenty rollback` again until it is done, then push"));
    }
    let sha256 = Sha256::digest(bundle.manifest_bytes()?);
    journal.set_about("manifest", &format!("{sha256:x}"))?;
    if journal.about("started")?.is_none() {
        // A server that does not say the time: everything counts as later, and only our own records count.
        let now = client.server_time().unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        journal.set_about("started", &now.to_string())?;
    }
    Ok(())
}

fn work(
    target: &mut Target<'_>,
    bundle: &Bundle,
    manifest: &Manifest,
    options: &Options,
    repairs: Repairs,
    outcome: &mut Outcome,
) -> Result<()> {
    if options.allowed.pause_workflows {
        workflows::pause(target.client, target.journal, &outcome.preflight.workflows)?;
    }
    let wanted = |phase| options.phases.contains(&phase);
    if wanted(Phase::Schema) {
        outcome.phases.push(schema_phase(target, manifest)?);
    }
    let writing = Writing { existing: options.allowed.existing, retry: options.retry, repairs };
    if wanted(Phase::Records) {
        outcome.phases.extend(records::run(target, bundle, manifest, &writing)?);
    }
    if wanted(Phase::Targets) {
        outcome.phases.extend(targets::run(target, bundle, manifest, &writing.repairs)?);
    }
    if wanted(Phase::Files) {
        outcome.phases.push(files::run(target, bundle, manifest, options.retry)?);
    }
    if wanted(Phase::Timeline) {
        outcome.phases.extend(timeline::run(target, manifest)?);
        if options.history {
            outcome.phases.push(history::run(target, bundle)?);
        }
    }
    Ok(())
}

fn schema_phase(target: &mut Target<'_>, manifest: &Manifest) -> Result<Counts> {
    let planned = {
        let differences = schema::Differences::new(&manifest.schema, &target.live);
        differences.work.len() + differences.reused
    };
    let (phase, object) = ("schema".to_owned(), "fields and objects".to_owned());
    let done = 0;
    target.listener.hear(&Said::Phase { phase, object, planned: planned as u64, done });
    let (client, journal, listener) = (target.client, target.journal, target.listener);
    let mut step = || listener.hear(&Said::Step { done: 1 });
    let made = schema::run(client, journal, &manifest.schema, &mut target.live, &mut step)?;
    target.count_written(made.objects + made.fields + made.altered);
    let counts = Counts {
        phase: "schema".to_owned(),
        object: "fields and objects".to_owned(),
        planned: planned as u64,
        created: made.objects + made.fields,
        updated: made.altered,
        unchanged: made.reused,
        ..Counts::default()
    };
    listener.hear(&Said::Finished(counts.clone()));
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_another_machine_is_told() {
        let said = |url: &str| {
            let key = ApiKey::new("a.b.c").unwrap();
            let client = Client::new(url, key, super::super::client::Options::default()).unwrap();
            unencrypted(&client)
        };
        let told = said("http://crm.example.com").unwrap();
        assert!(matches!(told, Said::Note { code: "C2T-E308", .. }));
        assert!(said("https://crm.example.com").is_none());
        assert!(said("http://127.0.0.1:3000").is_none());
    }
}
