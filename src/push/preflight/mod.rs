//! May the push begin, and what will it do? Everything is asked before anything is written; `--dry-run` prints it and
//! stops. It must not change the target.

mod collisions;
mod rights;

pub use collisions::Collisions;
pub use rights::Rights;

use super::client::Client;
use super::live::Live;
use super::records::{Existing, rows::is_second_pass};
use super::schema::{Conflict, Differences};
use super::target::Target;
use super::workflows::{self, Webhook, Workflow};
use crate::bundle::Bundle;
use crate::bundle::manifest::Manifest;
use crate::error::{Error, Result};
use crate::event::count::plural;
use serde::Serialize;

/// Seconds between two requests under the server's default limit (`twenty-api.md` §2.1).
const PACE: f64 = 0.612;
/// Requests that may go at once.
const BURST: u64 = 100;
/// Seconds one change of the schema takes (`twenty-observed.md` E1).
const CHANGE: f64 = 0.4;
/// Records a second that a server writes.
const RECORDS: f64 = 300.0;

/// What the user allows.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag of the command line")]
pub struct Allowed {
    /// Workflows may be paused.
    pub pause_workflows: bool,
    /// Workflows may run.
    pub workflows: bool,
    /// Webhooks may be called.
    pub webhooks: bool,
    /// A map nobody has confirmed may be pushed.
    pub proposed_map: bool,
    /// What to do with records that are there.
    pub existing: Existing,
}

/// The answer.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct Preflight {
    /// Twenty's version, where it says it.
    pub version: Option<String>,
    /// Id of the workspace.
    pub workspace: String,
    /// What the key may do.
    pub rights: Rights,
    /// Objects, fields to make and fields to change, and those used as they are.
    pub schema: SchemaCounts,
    /// What is in the schema's way.
    pub conflicts: Vec<Conflict>,
    /// Members of the workspace.
    pub members: u64,
    /// Addresses in the bundle that belong to no member.
    pub missing_members: Vec<String>,
    /// Records that are there already.
    pub collisions: Vec<Collisions>,
    /// Workflows that would run; none where no record is written.
    pub workflows: Vec<Workflow>,
    /// Webhooks that would be called; none where no record is written.
    pub webhooks: Vec<Webhook>,
    /// Rows of all steps.
    pub rows: u64,
    /// Links of tasks and notes are not among them.
    pub files: u64,
    /// Requests that count against the limit.
    pub calls: u64,
    /// How long it takes under the server's default limit.
    pub seconds: u64,
    /// Why the push must not begin; empty when it may.
    pub stops: Vec<Stop>,
    /// What a person should know.
    pub notes: Vec<String>,
}

/// Counts of the schema's differences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SchemaCounts {
    /// Objects to make.
    pub objects: usize,
    /// Fields to make.
    pub fields: usize,
    /// Fields to change.
    pub altered: usize,
    /// Objects and fields used as they are.
    pub reused: usize,
}

/// Why a push must not begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Stop {
    /// Stable code.
    pub code: &'static str,
    /// What.
    pub why: String,
    /// What to do.
    pub fix: String,
}

impl Stop {
    /// The end of a run.
    pub fn into_error(self) -> Error {
        Error::failed(self.code, self.why).fix(self.fix)
    }
}

/// What is asked of.
pub struct Asked<'a> {
    /// The bundle.
    pub bundle: &'a Bundle,
    /// Its manifest.
    pub manifest: &'a Manifest,
    /// Key and workspace.
    pub workspace: &'a str,
    /// Id of the key's own row.
    pub key_id: Option<&'a str>,
    /// Seconds until the key expires.
    pub key_expires_in: Option<i64>,
    /// What the user allows.
    pub allowed: Allowed,
    /// Some phase writes records, so that what listens to them hears of it; the schema alone does not.
    pub writes: bool,
    /// A push has begun already: what it met is in its journal.
    pub begun: bool,
}

/// Asks everything.
///
/// # Errors
/// When the server does not answer or the bundle cannot be read.
pub fn run(target: &Target<'_>, asked: &Asked<'_>) -> Result<Preflight> {
    let manifest = asked.manifest;
    let differences = Differences::new(&manifest.schema, &target.live);
    let (objects, fields, altered) = differences.counts();
    let mut found = Preflight {
        version: version(target.client),
        workspace: asked.workspace.to_owned(),
        rights: rights::ask(target, asked.key_id)?,
        schema: SchemaCounts { objects, fields, altered, reused: differences.reused },
        members: target.members.len() as u64,
        rows: manifest.steps.iter().map(crate::bundle::manifest::Step::rows).sum(),
        files: manifest.attachments.attached,
        ..Preflight::default()
    };
    found.conflicts = differences.conflicts;
    found.missing_members = collisions::missing_members(target, asked.bundle, manifest)?;
    if !asked.begun {
        found.collisions = collisions::ask(target, asked.bundle, manifest)?;
    }
    if asked.writes {
        found.listeners(target, &written(manifest))?;
    }
    found.estimate(manifest, target);
    found.judge(asked, &target.live);
    Ok(found)
}

/// Objects whose records a push makes.
fn written(manifest: &Manifest) -> Vec<String> {
    let mut objects: Vec<String> = manifest.steps.iter().map(|step| step.object.clone()).collect();
    objects.extend(manifest.links.iter().map(|link| format!("{}Target", link.object)));
    if manifest.attachments.attached > 0 {
        objects.push("attachment".to_owned());
    }
    objects.sort_unstable();
    objects.dedup();
    objects
}

/// Only for the log: a build from source does not say it (`twenty-observed.md` §0.13).
fn version(client: &Client) -> Option<String> {
    client.get("/client-config").ok()?["appVersion"].as_str().map(str::to_owned)
}

impl Preflight {
    /// Who would hear of records of these objects.
    fn listeners(&mut self, target: &Target<'_>, written: &[String]) -> Result<()> {
        self.workflows = workflows::workflows(target.client, written)?;
        match workflows::webhooks(target.client, written)? {
            Some(webhooks) => self.webhooks = webhooks,
            None => self.notes.push("the key may not see webhooks: look in Settings → APIs & Webhooks whether one listens to new records".to_owned()),
        }
        Ok(())
    }

    fn estimate(&mut self, manifest: &Manifest, target: &Target<'_>) {
        let batch = target.rows() as u64;
        let linked = |object: &str| {
            manifest.links.iter().filter(|link| link.object == object).count() as u64
        };
        let mut calls = 0;
        for step in &manifest.steps {
            calls += step.rows().div_ceil(batch) + step.rows().div_ceil(super::target::LOOK as u64);
            if !is_second_pass(step) {
                calls += (step.rows() * linked(&step.object)).div_ceil(batch);
                // Its line in the timeline.
                calls += step.rows().div_ceil(batch);
            }
        }
        calls += self.files.div_ceil(batch);
        // Reading schema, members and counts, looking for what is there, following the timeline.
        calls += 20 + 5 * manifest.steps.len() as u64;
        let paced = calls.saturating_sub(BURST) as f64 * PACE;
        let worked = self.rows as f64 / RECORDS;
        let changes = self.schema.objects + self.schema.fields + self.schema.altered;
        self.calls = calls;
        self.seconds = (paced.max(worked) + changes as f64 * CHANGE).ceil() as u64;
    }

    fn judge(&mut self, asked: &Asked<'_>, live: &Live) {
        let allowed = asked.allowed;
        self.judge_map(asked);
        self.judge_rights(asked);
        if let Some(first) = self.conflicts.first().cloned() {
            let error = super::schema::conflict(&first, self.conflicts.len());
            self.stop("C2T-E335", error.what, &first.fix);
        }
        let missing: Vec<&str> = asked
            .manifest
            .links
            .iter()
            .map(|link| link.object.as_str())
            .filter(|object| live.object(&format!("{object}Target")).is_none())
            .collect();
        if let Some(object) = missing.first() {
            let why = format!(
                "this server has no {object}Target: it links tasks and notes in a way this program does not know"
            );
            self.stop(
                "C2T-E311",
                why,
                "import the CSV files by hand as GUIDE.md says, or update Twenty",
            );
        }
        if !self.workflows.is_empty() && !allowed.pause_workflows && !allowed.workflows {
            let names: Vec<String> = self
                .workflows
                .iter()
                .map(|one| format!("`{}` ({})", one.name, one.event))
                .collect();
            let why = format!(
                "workflows of the workspace would run for each record: {}",
                names.join(", ")
            );
            self.stop("C2T-E314", why, "push with --pause-workflows (they are woken at the end), switch them off by hand, or push with --allow-workflows");
        }
        if !self.webhooks.is_empty() && !allowed.webhooks {
            let hosts: Vec<&str> = self.webhooks.iter().map(|one| one.host.as_str()).collect();
            let why = format!("webhooks would be called for each record: {}", hosts.join(", "));
            self.stop("C2T-E315", why, "remove them in Settings → APIs & Webhooks until the push is done, or push with --allow-webhooks");
        }
        let met: u64 = self.collisions.iter().map(|one| one.existing + one.deleted).sum();
        if met > 0 && allowed.existing == Existing::Stop {
            let why =
                format!("{} in the workspace already", plural(met, "record is", "records are"));
            self.stop(
                "C2T-E316",
                why,
                "push with --existing update or --existing fill, or merge them by hand first",
            );
        }
        if !self.missing_members.is_empty() {
            let count = self.missing_members.len() as u64;
            let owners = plural(count, "owner is no member", "owners are no members");
            self.notes.push(format!("{owners} of the workspace yet: their records get no owner until they have joined and the bundle is pushed again"));
        }
    }

    fn judge_map(&mut self, asked: &Asked<'_>) {
        if !asked.manifest.mapping.confirmed && !asked.allowed.proposed_map {
            self.stop(
                "C2T-E310",
                "nobody has confirmed the map this bundle was made with".to_owned(),
                "review mapping.toml, set confirmed = true and convert again with --mapping, or push with --accept-proposed-map",
            );
        }
    }

    fn judge_rights(&mut self, asked: &Asked<'_>) {
        match asked.key_expires_in {
            Some(left) if left <= 0 => {
                self.stop(
                    "C2T-E312",
                    "the API key has expired".to_owned(),
                    "make a new one in Settings → APIs & Webhooks",
                );
            }
            Some(left) if (left as u64) < self.seconds => {
                self.stop(
                    "C2T-E312",
                    format!(
                        "the API key expires in {left} seconds, the push needs about {}",
                        self.seconds
                    ),
                    "make a key that lasts longer in Settings → APIs & Webhooks",
                );
            }
            _ => {}
        }
        let changes = self.schema.objects + self.schema.fields + self.schema.altered > 0;
        for (needed, right, what) in [
            (changes, self.rights.data_model, "change the data model"),
            (self.rows > 0, self.rights.write, "write records"),
            (self.files > 0, self.rights.upload, "upload files"),
        ] {
            if needed && right == Some(false) {
                self.stop("C2T-E313", format!("the API key may not {what}"), "give the key the Admin role in Settings → Roles, and delete the key after the push");
            }
        }
        if self.rights.destroy == Some(false) {
            self.notes.push(
                "the key may not destroy records: `rollback` would need one that may".to_owned(),
            );
        }
    }

    fn stop(&mut self, code: &'static str, why: String, fix: &str) {
        self.stops.push(Stop { code, why, fix: fix.to_owned() });
    }
}
