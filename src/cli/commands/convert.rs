//! `convert`: survey → plan → transform → bundle, and the proof at the end.

use crate::bundle::state::Delta;
use crate::bundle::{Finished, Manifest, OldBundle, Stage, Writer, guide, manifest};
use crate::cli::args::ConvertArgs;
use crate::cli::printer::Printer;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::mapping::{Decisions, Rules, Settings, rules};
use crate::pipeline;
use crate::plan::{ObjectSpec, Plan};
use crate::read::Sources;
use crate::read::split::hex;
use crate::report::{Summary, conservation, files};
use crate::survey::{Survey, survey};
use crate::transform;
use crate::twenty::workspace::Workspace;
use clap::ValueEnum;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What to convert, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and folders of the export.
    pub exports: Vec<PathBuf>,
    /// Where the bundle goes.
    pub output: PathBuf,
    /// The user's choices.
    pub settings: Settings,
    /// Decisions about merges.
    pub decisions: Option<PathBuf>,
    /// An older bundle: only what is new or changed since is written.
    pub since: Option<PathBuf>,
    /// Threads, 0 for one per core.
    pub threads: usize,
}

/// Runs the command.
///
/// # Errors
/// When the export cannot be read, the bundle cannot be written, or something is not accounted for.
pub fn run(args: &ConvertArgs, printer: &Printer) -> Result<u8> {
    let options = Options {
        exports: args.export.exports.clone(),
        output: args.output.clone(),
        settings: Settings { leads: args.leads, ..Settings::default() },
        decisions: args.decisions.clone(),
        since: args.since.clone(),
        threads: args.export.threads,
    };
    printer.say("No mapping file given: using the built-in map.");
    let summary = convert(&options, Rules::built_in()?, &|text| printer.detail(text))?;
    for line in &summary.incomplete {
        printer.warn(line.code, &format!("{}: {}", line.file, line.what));
    }
    for idle in &summary.idle_decisions {
        printer.warn(idle.code, &format!("line {} of the decisions: {}", idle.line, idle.what));
    }
    for line in &summary.ignored_files {
        printer.warn(line.code, &format!("{} left out: {}", line.file, line.why));
    }
    if printer.is_json() {
        printer.json(&summary);
    } else {
        printer.result(&summary.text());
    }
    printer.say(&format!(
        "\nBundle written to {}. Next: follow {}.",
        args.output.display(),
        args.output.join("GUIDE.md").display()
    ));
    Ok(if args.strict && summary.needs_a_person() { 3 } else { 0 })
}

/// Converts an export with a map; `detail` hears what the curious want to know.
///
/// # Errors
/// As [`run`]; without a bundle in every case.
pub fn convert(options: &Options, rules: Rules, detail: &dyn Fn(&str)) -> Result<Summary> {
    let sources = Sources::find(&options.exports)?;
    let old = options.since.as_deref().map(OldBundle::open).transpose()?;
    let decisions = options.decisions.as_deref().map(read_decisions).transpose()?;
    let decisions = decisions.unwrap_or_default();
    let stage = Stage::new(&options.output)?;
    let pool = pipeline::pool(options.threads)?;
    let (mut survey, seen) = survey(&pool, sources, rules.waived())?;
    if survey.read.keys().all(|kind| *kind == Kind::Unknown) {
        return Err(nothing(&survey, &options.exports));
    }
    detail(&format!(
        "survey: {} leads, {} contacts, filter of {} bytes for repeated ids",
        survey.leads.len(),
        survey.contacts.len(),
        seen.bytes()
    ));
    let workspace = Workspace::standard()?;
    let settings = options.settings.clone();
    let plan = Plan::decide(&mut survey, seen, settings, rules, &workspace, None, &decisions)?;
    let mut writer = Writer::new(&plan, &stage, old.as_ref())?;
    let work = |chunk| transform::chunk(&plan, &chunk);
    pipeline::ordered(&pool, &survey.sources, false, work, |output| writer.take(output))?;
    writer.gathered(|items| transform::gathered(&plan, items))?;
    let Finished { totals, steps, state, delta } = pool.install(|| writer.finish())?;
    conservation::check(&survey, &plan, &totals)?;
    let since = delta.as_ref().map(Delta::counts);
    let summary = Summary { since, ..Summary::new(&survey, &plan, &totals, &steps) };
    files::write(&stage, &survey, &plan, &totals, &summary)?;
    let mut manifest = Manifest { state, ..contract(&survey, &plan, &decisions, steps, &summary) };
    if let Some((old, delta)) = old.zip(delta) {
        files::delta(&stage, &delta)?;
        manifest.since = Some(old.since(&manifest, &delta));
    }
    let json = serde_json::to_vec_pretty(&manifest).map_err(Error::report)?;
    stage.write("GUIDE.md", guide::write(&manifest, &notes(&summary)).as_bytes())?;
    stage.write("manifest.json", &files::with_newline(json))?;
    stage.commit()?;
    Ok(summary)
}

fn read_decisions(path: &Path) -> Result<Decisions> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("cannot read the decisions", path, e))?;
    Decisions::read(&path.display().to_string(), &bytes)
}

/// Columns a file may have in newer versions of Twenty (`twenty-importer.md` §8).
const MAX_COLUMNS: usize = 500;

/// What the admin should know that the manifest does not say.
fn notes(summary: &Summary) -> Vec<String> {
    let incomplete = summary.incomplete.iter().map(|line| format!("{}: {}", line.file, line.what));
    let rejected = summary.rejected();
    let rejected = (rejected > 0).then(|| {
        format!("{rejected} records could not be used: see reports/rejects.csv and archive/rejected.jsonl")
    });
    let wide = summary.steps.iter().filter(|step| step.columns > MAX_COLUMNS).map(|step| {
        let (folder, n) = (&step.folder, step.columns);
        format!(
            "{folder} has {n} columns; importers of newer versions of Twenty take {MAX_COLUMNS}"
        )
    });
    incomplete.chain(rejected).chain(wide).collect()
}

/// SHA-256 of the rules and of what was chosen; choices left as they are do not count.
fn choices(settings: &Settings, decisions: &Decisions) -> String {
    let word = |value: Option<clap::builder::PossibleValue>| {
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    };
    let usual = Settings::default();
    let leads = word(settings.leads.to_possible_value());
    let mut text = format!("{}\nleads = {leads}\n", rules::BUILT_IN);
    if settings.companies != usual.companies {
        let _ = writeln!(text, "companies = {}", word(settings.companies.to_possible_value()));
    }
    if settings.people != usual.people {
        let _ = writeln!(text, "people = {}", word(settings.people.to_possible_value()));
    }
    for decided in &decisions.lines {
        let (by, of) = (&decided.survivor, &decided.merged);
        let _ = writeln!(text, "{:?} {by} {of} {}", decided.subject, decided.decision.word());
    }
    hex(&Sha256::digest(text))
}

fn contract(
    survey: &Survey,
    plan: &Plan,
    decisions: &Decisions,
    steps: Vec<manifest::Step>,
    summary: &Summary,
) -> Manifest {
    let sources = survey.sources.iter().zip(&survey.ends);
    let files = sources.map(|(source, end)| manifest::SourceFile {
        path: source.name.clone(),
        bytes: end.bytes,
        sha256: end.sha256.clone().unwrap_or_default(),
    });
    let leads = serde_json::to_value(plan.settings.leads).ok();
    let leads = leads.and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
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
            origin: "built-in".to_owned(),
            sha256: choices(&plan.settings, decisions),
            confirmed: false,
            leads,
        },
        schema: manifest::Schema { objects: objects(plan), fields: plan.schema.clone() },
        attachments: manifest::Attachments {
            referenced: survey.files.values().map(|(n, _)| n).sum(),
            referenced_bytes: survey.files.values().map(|(_, bytes)| bytes).sum(),
            recordings: survey.recordings,
        },
        links: manifest::links(),
        totals: manifest::Totals {
            records: summary.records.iter().map(|(kind, c)| ((*kind).to_owned(), *c)).collect(),
            rows,
        },
        steps,
        state: Vec::new(),
        since: None,
    }
}

/// The objects to be made, in import order.
fn objects(plan: &Plan) -> Vec<ObjectSpec> {
    plan.types.iter().filter(|one| one.has_object()).map(|one| one.object.clone()).collect()
}

fn nothing(survey: &Survey, exports: &[PathBuf]) -> Error {
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
        .fix("name the JSON export of Close; `audit` tells more")
}
