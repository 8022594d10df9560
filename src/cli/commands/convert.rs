//! `convert`: survey → plan → transform → bundle, and the proof at the end.

mod contract;
mod finish;
mod prepared;

pub(super) use contract::{fingerprint, nothing};
pub(super) use finish::finish;
pub(super) use prepared::{Given, Prepared};

use super::inputs;
use crate::bundle::{Form, OldBundle, Stage, Writer};
use crate::cli::args::ConvertArgs;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::error::Result;
use crate::event::watch::Watcher;
use crate::mapping::{MapFile, Rules, Settings};
use crate::pipeline::Shard;
use crate::report::{Summary, pace};
use crate::transform::Spares;
use crate::twenty::workspace::Workspace;
use std::path::{Path, PathBuf};

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
    /// Who watches.
    pub watcher: Watcher,
}

/// Runs the command.
///
/// # Errors
/// When the export cannot be read, the bundle cannot be written, or something is not accounted for.
pub fn run(args: &ConvertArgs, printer: &Printer) -> Result<u8> {
    let options = Options {
        exports: args.export.exports.clone(),
        output: args.output.clone(),
        form: form(&args.output, args.zip),
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
        watcher: printer.watcher(),
    };
    let summary = convert(&options, Rules::built_in()?, &|text| printer.detail(text))?;
    tell(&summary, &options, args.workspace.as_deref(), printer);
    Ok(if args.strict && summary.needs_a_person() { 3 } else { 0 })
}

/// Says what became of the export, where the bundle is, and what comes next.
pub(super) fn tell(
    summary: &Summary,
    options: &Options,
    workspace: Option<&Path>,
    printer: &Printer,
) {
    if options.map.is_none() {
        printer.say("No mapping file given: used the map that `plan` would propose.");
    }
    printer.warnings(summary.warnings(), "all are in reports/reconciliation.json");
    if printer.is_json() {
        printer.json(summary);
    } else {
        let pace =
            pace::line(summary.sums.source_bytes, summary.sums.records.read, printer.elapsed());
        printer.result(&format!("{}\n{pace}\n", summary.text()));
    }
    let place = &options.output;
    let (page, guide) = match options.form {
        Form::Zip => ("report.html in it".to_owned(), "GUIDE.md".to_owned()),
        Form::Folder | Form::Part => {
            let inside = |name| place.join(name).display().to_string();
            (inside("report.html"), inside("GUIDE.md"))
        }
    };
    let place = place.display();
    printer.say(&format!(
        "\nBundle written to {place}. Look at {page}; {guide} says how to import it."
    ));
    printer.next(&Suggestion::new("check").path(&options.output).option("--workspace", workspace));
}

/// A name that ends in `.zip` says it as well as the option does.
pub(super) fn form(output: &Path, zip: bool) -> Form {
    let named = output.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip"));
    if zip || named { Form::Zip } else { Form::Folder }
}

/// Converts an export with a map; `detail` hears what the curious want to know.
///
/// # Errors
/// As [`run`]; without a bundle in every case.
pub fn convert(options: &Options, rules: Rules, detail: &dyn Fn(&str)) -> Result<Summary> {
    let given = Given::read(options, rules)?;
    let old = options.since.as_deref().map(OldBundle::open).transpose()?;
    let stage = Stage::new(&options.output, options.form)?;
    let whole = Prepared::new(options, given, detail)?;
    let writer = Writer::new(&whole.plan, &stage, old.as_ref())?;
    let mut writer = writer.keeping_files(!options.no_copy_files);
    let spares = Spares::default();
    whole.pass(Shard::ALL, &spares, |output| writer.take(output))?;
    finish(&whole, writer, spares, stage, old.as_ref())
}
