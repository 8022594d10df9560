//! What the bundle says of itself: its manifest, the remarks of its guide, and what the export is known
//! by. It must not decide anything.

use crate::bundle::{Manifest, manifest};
use crate::error::Error;
use crate::event::count::plural;
use crate::mapping::file::word;
use crate::plan::{ObjectSpec, Plan, Sampled};
use crate::read::split::hex;
use crate::report::Summary;
use crate::survey::Survey;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// What an export is known by: the digest of the digests of its files, whatever their names and order.
pub(in crate::cli) fn fingerprint(survey: &Survey) -> String {
    let mut digests: Vec<&str> = survey.ends.iter().map(|end| &*end.sha256).collect();
    digests.sort_unstable();
    hex(&Sha256::digest(digests.join("\n")))
}

/// Columns a file may have in newer versions of Twenty (`twenty-importer.md` §8).
const MAX_COLUMNS: usize = 500;

/// What the admin should know that the manifest does not say.
pub(super) fn notes(summary: &Summary) -> Vec<String> {
    let incomplete = summary.incomplete.iter().map(|line| format!("{}: {}", line.file, line.what));
    let rejected = summary.rejected();
    let rejected = (rejected > 0).then(|| {
        let rejected = plural(rejected, "record", "records");
        format!("{rejected} could not be used: see reports/rejects.csv and archive/rejected.jsonl")
    });
    let wide = summary.steps.iter().filter(|step| step.columns > MAX_COLUMNS).map(|step| {
        let (folder, n) = (&step.folder, step.columns);
        format!(
            "{folder} has {n} columns; importers of newer versions of Twenty take {MAX_COLUMNS}"
        )
    });
    let sample = summary.sample.iter().map(Sampled::text);
    sample.chain(incomplete).chain(rejected).chain(wide).collect()
}

pub(super) fn manifest(
    survey: &Survey,
    plan: &Plan,
    steps: Vec<manifest::Step>,
    summary: &Summary,
) -> Manifest {
    let sources = survey.sources.iter().zip(&survey.ends);
    let files = sources.map(|(source, end)| manifest::SourceFile {
        path: source.name.clone(),
        bytes: end.bytes,
        sha256: end.sha256.clone(),
    });
    let first = |at: usize| !steps[..at].iter().any(|before| before.object == steps[at].object);
    let rows = (0..steps.len()).filter(|at| first(*at)).map(|at| &steps[at]);
    let rows = rows.map(|step| (step.object.clone(), step.rows())).collect();
    Manifest {
        format: manifest::FORMAT.to_owned(),
        version: manifest::VERSION,
        tool: manifest::Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        source: manifest::Origin { files: files.collect() },
        mapping: manifest::Mapping {
            sha256: summary.map.sha256.clone(),
            fingerprint: summary.map.fingerprint.clone(),
            confirmed: summary.map.confirmed,
            leads: word(&plan.settings.leads),
        },
        schema: manifest::Schema { objects: objects(plan), fields: plan.schema.clone() },
        attachments: summary.attachments.clone(),
        links: manifest::links(&plan.steps),
        totals: manifest::Totals {
            records: summary.records.iter().map(|(kind, c)| ((*kind).to_owned(), *c)).collect(),
            rows,
        },
        steps,
        state: Vec::new(),
        since: None,
        workspace: workspace(plan),
        sample: summary.sample,
    }
}

/// What is known of the workspace, and who is missing there.
fn workspace(plan: &Plan) -> Option<manifest::Target> {
    let target = plan.target;
    if !target.schema && target.members.is_none() {
        return None;
    }
    let missing: Vec<_> = plan.missing().collect();
    Some(manifest::Target {
        schema: target.schema,
        members: target.members.map(|members| members as u64),
        missing: missing.len() as u64,
        missing_inactive: missing.iter().filter(|owner| owner.inactive).count() as u64,
        waiting: missing.iter().map(|owner| owner.cells()).sum(),
    })
}

/// The objects to be made, in import order.
fn objects(plan: &Plan) -> Vec<ObjectSpec> {
    plan.types.iter().filter(|one| one.has_object()).map(|one| one.object.clone()).collect()
}

pub(in crate::cli) fn nothing(survey: &Survey, exports: &[PathBuf]) -> Error {
    let place = exports.first().map_or(Path::new(""), PathBuf::as_path);
    let why = match survey.unreadable {
        0 if !survey.read.is_empty() => {
            "the export holds JSON, but nothing of Close (an error answer of its API?)".to_owned()
        }
        0 => "the export holds no records".to_owned(),
        n => format!("the export holds no records that can be read ({n} are broken)"),
    };
    Error::failed("C2T-E021", why)
        .at(place)
        .fix("name Close's JSON export; `close2twenty audit` says what these files hold")
}
