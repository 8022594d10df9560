//! The offline twin of Twenty's acceptance: tells, cell by cell, what the importer and the server
//! behind it would refuse. It must not change a bundle or talk to a server.
//!
//! It is a reading of Twenty's rules of its own: it uses neither the plan nor the writers of values, so that
//! it can disagree with them. Rows are streamed; of keys and references it keeps hashes.

mod attachments;
mod catalog;
mod companions;
mod contract;
mod crew;
mod cross;
mod email;
mod finding;
mod fuse;
mod guess;
mod header;
mod json;
mod keys;
mod lexer;
mod look_up;
mod moment;
mod number;
mod options;
mod pass;
mod phone;
mod place;
mod report;
mod rows;
pub mod rules;
mod schema;
mod state;
mod steps;
mod text;
mod url;
mod value;
mod watched;

#[cfg(test)]
mod tests;

pub use finding::{Finding, KEPT};
pub use fuse::{Hit, Match, Why, match_columns, search};
pub use report::{Checked, FileLine, Total};

use crate::error::{Error, Result};
use crate::event::watch::{Phase, Watcher};
use crate::twenty::workspace::Workspace;
use catalog::Catalog;
use contract::Contract;
use crew::Crew;
use cross::{Beyond, Sheet};
use finding::Log;
use pass::Job;
use place::Place;
use rows::{Ground, Members};
use state::Remembered;
use std::path::{Path, PathBuf};
use watched::Watched;

/// What to check, and against what.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A bundle (folder or zip), a folder of CSV files, or one CSV file.
    pub place: PathBuf,
    /// The workspace it is for; none is Twenty as it ships.
    pub workspace: Option<Workspace>,
    /// The object of CSV files without a manifest; none is guessed from their names and headers.
    pub object: Option<String>,
    /// Threads, 0 for one per core.
    pub threads: usize,
    /// Who watches.
    pub watcher: Watcher,
}

/// Checks a bundle or CSV files.
///
/// # Errors
/// When there is nothing to check, or nobody can tell which object a file is for. What is wrong with a file
/// is a finding.
pub fn check(options: &Options) -> Result<Checked> {
    let place = Place::open(&options.place)?;
    let crew = Crew::new(options.threads)?;
    let standard = Workspace::standard()?;
    let there = options.workspace.as_ref().unwrap_or(&standard);
    let mut log = Log::new(contract::NAME);
    let contract = contract(&place, &mut log);
    let nothing = contract::Schema::default();
    let schema = contract.as_ref().map_or(&nothing, |contract| &contract.schema);
    let catalog = Catalog::new(there, schema);
    let mut notes = Vec::new();
    let jobs = match (&contract, &options.object) {
        (Some(_), Some(_)) => {
            let what = "the manifest says which objects the files are for";
            return Err(Error::usage("C2T-E081", what)
                .at(&options.place)
                .fix("leave out --object"));
        }
        (Some(contract), None) => {
            schema::check(there, schema, &mut log);
            steps::check(contract, &catalog, &mut log);
            steps::check_parts(&place, contract, &mut log);
            listed(contract)
        }
        (None, object) => {
            guessed(&place, object.as_deref(), &catalog, there, &options.place, &mut notes)?
        }
    };
    let remembered = contract.as_ref().filter(|contract| contract.since.is_some());
    let remembered = remembered.map(|contract| Remembered::read(&place, contract));
    let members = members(options.workspace.as_ref());
    let ground = Ground { catalog: &catalog, members, columns: columns(there) };
    let watcher = &options.watcher;
    let running =
        watcher.begin(Phase::Check, jobs.iter().filter_map(|job| place.size(&job.path)).sum());
    let read = crew.map(&jobs, |job| {
        let input = place.read(&job.path).map(|input| Watched::new(input, watcher));
        let read = pass::run(job, input, &ground);
        watcher.records(read.1.as_ref().map_or(0, |table| table.rows));
        read
    });
    drop(running);
    let sheets = jobs.iter().zip(read).map(|(job, (log, table))| Sheet { job, log, table });
    let mut sheets: Vec<Sheet<'_>> = sheets.collect();
    let beyond = Beyond {
        remembered: remembered.as_ref(),
        workspace: options.workspace.as_ref().is_some_and(|workspace| !workspace.is_standard()),
        whole: contract.is_some(),
    };
    let unchecked = cross::check(&crew, &mut sheets, &beyond);
    crew.each(&mut sheets, |sheet| look_up::fill(&place, sheet));
    let mut strays =
        contract.as_ref().map(|contract| unlisted(&place, contract)).unwrap_or_default();
    strays.extend(contract.as_ref().and_then(|one| attachments::check(&place, one, &crew)));
    notes.extend(report::notes(&unchecked, &sheets));
    notes.extend(place.around().map(|bundle| {
        let bundle = bundle.display();
        format!(
            "the file stands in the bundle {bundle}: check that to have the fields it makes known"
        )
    }));
    Ok(Checked::new(contract.is_some(), log, sheets, strays, notes))
}

/// Columns a file may have: versions after 2.21 take 500 (`twenty-importer.md` §8).
fn columns(there: &Workspace) -> Option<usize> {
    let version = there.twenty.as_deref()?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    let version = (parts.next()??, parts.next().flatten().unwrap_or_default());
    (version > (2, 21)).then_some(pass::MAX_COLUMNS)
}

/// The manifest, where there is one; one that cannot be read is a finding.
fn contract(place: &Place, log: &mut Log) -> Option<Contract> {
    let read = place.manifest()?.map_err(|error| error.to_string());
    match read.and_then(|bytes| Contract::read(&bytes)) {
        Ok(contract) => {
            if !contract.is_known() {
                let detail = format!("{} version {}", contract.format, contract.version);
                log.whole(rules::MANIFEST_FORMAT, detail);
            }
            Some(contract)
        }
        Err(why) => {
            log.whole(rules::MANIFEST_SHAPE, why);
            None
        }
    }
}

/// The files the manifest lists, in the order of import.
fn listed(contract: &Contract) -> Vec<Job<'_>> {
    let mut steps: Vec<&contract::Step> = contract.steps.iter().collect();
    steps.sort_by_key(|step| step.order);
    let files = steps.into_iter().flat_map(|step| step.files.iter().map(move |file| (step, file)));
    files
        .map(|(step, file)| Job {
            path: file.path.clone(),
            object: step.object.clone(),
            listed: Some((step, file)),
        })
        .collect()
}

/// Files below `csv/` that stand in no step: nobody would import them.
fn unlisted(place: &Place, contract: &Contract) -> Vec<Log> {
    let listed: std::collections::BTreeSet<&str> =
        contract.steps.iter().flat_map(|step| &step.files).map(|file| file.path.as_str()).collect();
    let names = place.tables().into_iter().filter(|name| name.starts_with("csv/"));
    let strays = names.filter(|name| !listed.contains(name.as_str()));
    strays
        .map(|name| {
            let mut log = Log::new(name);
            log.whole(rules::FILE_UNLISTED, String::new());
            log
        })
        .collect()
}

/// The files of a place without a manifest, with the objects they seem to be for.
fn guessed<'a>(
    place: &Place,
    object: Option<&str>,
    catalog: &Catalog,
    there: &Workspace,
    root: &Path,
    notes: &mut Vec<String>,
) -> Result<Vec<Job<'a>>> {
    let mut paths = place.tables();
    // A bundle whose manifest is lost has other tables beside those to import.
    if paths.iter().any(|path| path.starts_with("csv/")) {
        paths.retain(|path| path.starts_with("csv/"));
    }
    if paths.is_empty() {
        let what = "there is neither a manifest nor a CSV file";
        let fix = "name a bundle, a folder of CSV files, or a CSV file";
        return Err(Error::usage("C2T-E080", what).at(root).fix(fix));
    }
    let given = object.map(|word| {
        let known = catalog.is_importable(word).then(|| word.to_owned());
        known.or_else(|| guess::named(word, catalog, there)).ok_or_else(|| {
            let known: Vec<&str> = catalog.importable().map(|(name, _)| name).collect();
            let what = format!("nothing can be imported into an object {word:?}");
            Error::usage("C2T-E082", what).fix(format!("name one of {}", known.join(", ")))
        })
    });
    let given = given.transpose()?;
    let mut jobs = Vec::new();
    for path in paths {
        let object = if let Some(object) = &given {
            object.clone()
        } else {
            let header = pass::peek(place.read(&path)?, &place.path(&path))?;
            let Some(guess) = guess::object(&path, &header, catalog, there) else {
                let what = "nothing tells which object the file is for";
                return Err(Error::usage("C2T-E083", what)
                    .at(place.path(&path))
                    .fix("say it, as --object person, or call the file after it, as people.csv"));
            };
            notes.push(format!("{path}: taken for {} ({})", guess.object, guess.why));
            guess.object
        };
        jobs.push(Job { path, object, listed: None });
    }
    jobs.sort_by(|a, b| (guess::rank(&a.object), &a.path).cmp(&(guess::rank(&b.object), &b.path)));
    Ok(jobs)
}

/// The members of a workspace that knows any.
fn members(workspace: Option<&Workspace>) -> Option<Members> {
    let members = &workspace?.members;
    if members.is_empty() {
        return None;
    }
    Some(Members {
        emails: members.iter().map(|member| member.email.clone()).collect(),
        ids: members.iter().filter_map(|member| member.id.clone()).collect(),
    })
}
