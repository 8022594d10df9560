//! `convert`: survey → plan → transform → bundle, and the proof at the end.

mod contract;

pub(super) use contract::{fingerprint, nothing};

use super::inputs;
use crate::bundle::state::Delta;
use crate::bundle::{Finished, Form, Manifest, OldBundle, Stage, Writer, guide};
use crate::cli::args::ConvertArgs;
use crate::cli::printer::Printer;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::mapping::{MapFile, Rules, Settings};
use crate::pipeline;
use crate::plan::{Basis, Coverage, Files, Plan, Sample, coverage};
use crate::read::{Chunk, Sources};
use crate::report::{MapLine, Summary, conservation, files, kept, left_out};
use crate::survey::{Survey, Visit, survey, survey_of};
use crate::transform::{self, Spares};
use crate::twenty::workspace::Workspace;
use std::path::PathBuf;

/// What to convert, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and folders of the export.
    pub exports: Vec<PathBuf>,
    /// Where the bundle goes.
    pub output: PathBuf,
    /// What it is there.
    pub form: Form,
    /// The user's choices, where there is no map.
    pub settings: Settings,
    /// The user's map.
    pub map: Option<MapFile>,
    /// The workspace the bundle is for; none is Twenty as it ships.
    pub workspace: Option<Workspace>,
    /// Decisions about merges.
    pub decisions: Option<PathBuf>,
    /// An older bundle: only what is new or changed since is written.
    pub since: Option<PathBuf>,
    /// Convert only so many leads, and those they refer to.
    pub sample: Option<u32>,
    /// Folders of downloaded files.
    pub attachments: Vec<PathBuf>,
    /// Leave the files where they are, and only say where that is.
    pub no_copy_files: bool,
    /// Refuse a map that nobody has confirmed, or that was made for another export.
    pub strict: bool,
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
        form: form(args),
        settings: Settings { leads: args.leads.unwrap_or_default(), ..Settings::default() },
        map: args.mapping.as_deref().map(inputs::mapping).transpose()?,
        workspace: args.workspace.as_deref().map(inputs::workspace).transpose()?,
        decisions: args.decisions.clone(),
        since: args.since.clone(),
        strict: args.strict,
        threads: args.export.threads,
        sample: args.sample,
        attachments: args.attachments.clone(),
        no_copy_files: args.no_copy_files,
    };
    if options.map.is_none() {
        printer.say("No mapping file given: using the map that `plan` would propose.");
    }
    let summary = convert(&options, Rules::built_in()?, &|text| printer.detail(text))?;
    for what in &summary.map.warnings {
        printer.warn("C2T-D002", what);
    }
    for line in &summary.incomplete {
        printer.warn(line.code, &format!("{}: {}", line.file, line.what));
    }
    for idle in &summary.idle_decisions {
        printer.warn(idle.code, &format!("line {} of the decisions: {}", idle.line, idle.what));
    }
    for line in left_out::shown(&summary.ignored_files) {
        printer.warn(line.code, &format!("{} left out: {}", line.file, line.why));
    }
    for line in left_out::shown(&summary.remarks) {
        printer.warn(line.code, &format!("{}: {}", line.file, line.why));
    }
    if printer.is_json() {
        printer.json(&summary);
    } else {
        printer.result(&summary.text());
    }
    let (place, guide) = (args.output.display(), args.output.join("GUIDE.md"));
    printer.say(&match options.form {
        Form::Folder => {
            format!("\nBundle written to {place}. Next: follow {}.", guide.display())
        }
        Form::Zip => format!("\nBundle written to {place}. Next: follow GUIDE.md inside it."),
    });
    Ok(if args.strict && summary.needs_a_person() { 3 } else { 0 })
}

/// A name that ends in `.zip` says it as well as the option does.
fn form(args: &ConvertArgs) -> Form {
    let named = args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    if args.zip || named { Form::Zip } else { Form::Folder }
}

/// Converts an export with a map; `detail` hears what the curious want to know.
///
/// # Errors
/// As [`run`]; without a bundle in every case.
pub fn convert(options: &Options, rules: Rules, detail: &dyn Fn(&str)) -> Result<Summary> {
    let map = options.map.as_ref();
    let rules = map.map_or(Ok(rules.clone()), |map| rules.with(map))?;
    let settings = map.map_or(Ok(options.settings.clone()), Settings::of)?;
    let (sources, found) = inputs::found(&options.exports, &options.attachments)?;
    let old = options.since.as_deref().map(OldBundle::open).transpose()?;
    let decisions = options.decisions.as_deref().map(inputs::decisions).transpose()?;
    let decisions = decisions.unwrap_or_default();
    let stage = Stage::new(&options.output, options.form)?;
    let pool = pipeline::pool(options.threads)?;
    let (mut survey, seen) = survey(&pool, sources, rules.waived())?;
    if survey.read.keys().all(|kind| *kind == Kind::Unknown) {
        return Err(nothing(&survey, &options.exports));
    }
    detail(&kept::survey(&survey, &seen));
    let standard = Workspace::standard()?;
    let workspace = options.workspace.as_ref().unwrap_or(&standard);
    let export = fingerprint(&survey);
    if options.strict {
        map.map_or(Ok(()), |map| inputs::approved(map, &export))?;
    }
    let basis = Basis { settings, rules, workspace, map, decisions: &decisions };
    let mut plan = Plan::decide(&mut survey, seen, basis.clone())?;
    let map = MapLine::new(&basis, &plan, &survey, &export);
    if let Some(n) = options.sample {
        (survey, plan) = sampled(&pool, n, survey, &plan, basis)?;
    }
    detail(&kept::plan(&plan));
    plan.files = Files::new(found);
    let writer = Writer::new(&plan, &stage, old.as_ref())?;
    let mut writer = writer.keeping_files(!options.no_copy_files);
    let spares = Spares::default();
    let work = |chunk: &Chunk| transform::chunk(&plan, spares.take(), chunk);
    pipeline::again(&pool, &survey.sources, &survey.ends, work, |output| {
        writer.take(&output)?;
        spares.put(output);
        Ok(())
    })?;
    let gather = |items| transform::gathered(&plan, spares.take(), items);
    pool.install(|| writer.gathered(gather, |output| spares.put(output)))?;
    drop(spares);
    let Finished { totals, steps, state, delta, files: filed } =
        pool.install(|| writer.finish())?;
    conservation::check(&survey, &plan, &totals, &filed.attachments)?;
    let since = delta.as_ref().map(Delta::counts);
    let attachments = filed.attachments;
    let summary =
        Summary { attachments, since, map, ..Summary::new(&survey, &plan, &totals, &steps) };
    files::write(&stage, &survey, &plan, &totals, &summary)?;
    let mut manifest = Manifest { state, ..contract::manifest(&survey, &plan, steps, &summary) };
    if let Some((old, delta)) = old.zip(delta) {
        files::delta(&stage, &delta)?;
        manifest.since = Some(old.since(&manifest, &delta));
    }
    let json = serde_json::to_vec_pretty(&manifest).map_err(Error::report)?;
    stage.write("GUIDE.md", guide::write(&manifest, &contract::notes(&summary)).as_bytes())?;
    stage.write("manifest.json", &files::with_newline(json))?;
    pool.install(|| stage.commit())?;
    Ok(summary)
}

/// Survey and plan of a sample: the leads that show the most, with the schema of the whole.
fn sampled(
    pool: &pipeline::Pool,
    n: u32,
    mut whole: Survey,
    plan: &Plan,
    basis: Basis<'_>,
) -> Result<(Survey, Plan)> {
    let mut coverage = Coverage::default();
    let work = |chunk: &Chunk| coverage::Part::of(plan, chunk);
    pipeline::again(pool, &whole.sources, &whole.ends, work, |part| {
        coverage.absorb(part);
        Ok(())
    })?;
    let sample = Sample::choose(plan, &coverage, n as usize);
    let files = std::mem::take(&mut whole.sources);
    let ignored = std::mem::take(&mut whole.ignored);
    let sources = Sources { files, ignored, ..Sources::default() };
    let keep = |visit: &Visit<'_>| sample.has(visit);
    let (mut survey, seen) = survey_of(pool, sources, plan.rules.waived(), Some(&keep))?;
    let mut plan = survey.shaped_like(whole, |survey| Plan::decide(survey, seen, basis))?;
    plan.sample = Some(sample);
    Ok((survey, plan))
}
