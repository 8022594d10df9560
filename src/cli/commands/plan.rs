//! `plan`: survey → plan → `mapping.toml`, for a person to edit and confirm. A map that is there keeps its
//! decisions.

use super::convert::{fingerprint, nothing};
use super::inputs;
use crate::cli::args::PlanArgs;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::event::watch::Watcher;
use crate::mapping::file::{Changes, MapFile, merge, text};
use crate::mapping::{Decisions, Rules, Settings};
use crate::pipeline;
use crate::plan::{Basis, Plan, as_map};
use crate::read::Sources;
use crate::report::{Proposal, grouped};
use crate::survey::samples::samples;
use crate::survey::survey;
use crate::twenty::workspace::Workspace;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to plan for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and folders of the export.
    pub exports: Vec<PathBuf>,
    /// The map that is there.
    pub map: Option<MapFile>,
    /// The workspace the map is for; none is Twenty as it ships.
    pub workspace: Option<Workspace>,
    /// Threads, 0 for one per core.
    pub threads: usize,
    /// Who watches.
    pub watcher: Watcher,
}

/// A proposed map.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its decisions.
    pub map: MapFile,
    /// What became of the map that was there.
    pub changes: Changes,
    /// The file.
    pub text: String,
    /// What the export lacks, and which files were left out.
    pub warnings: Vec<grouped::Remark>,
}

/// Runs the command.
///
/// # Errors
/// When the export, the workspace or the map that is there cannot be read, or the map cannot be written.
pub fn run(args: &PlanArgs, printer: &Printer) -> Result<u8> {
    let there = args.output.exists();
    let options = Options {
        exports: args.export.exports.clone(),
        map: there.then(|| inputs::mapping(&args.output)).transpose()?,
        workspace: args.workspace.as_deref().map(inputs::workspace).transpose()?,
        threads: args.export.threads,
        watcher: printer.watcher(),
    };
    let planned = plan(&options)?;
    replace(&args.output, &planned.text)?;
    say(planned, there, args, printer);
    Ok(0)
}

/// Proposes a map for an export, with the decisions of the map that is there.
///
/// # Errors
/// When the export cannot be read, or the map that is there asks for what cannot be.
pub fn plan(options: &Options) -> Result<Planned> {
    let standard = Workspace::standard()?;
    let workspace = options.workspace.as_ref().unwrap_or(&standard);
    let sources = Sources::find(&options.exports)?;
    let pool = pipeline::pool(options.threads)?.watched(&options.watcher);
    let map = options.map.as_ref();
    let rules = Rules::built_in()?;
    let rules = map.map_or(Ok(rules.clone()), |map| rules.with(map))?;
    let settings = map.map_or(Ok(Settings::default()), Settings::of)?;
    let (mut survey, seen) = survey(&pool, sources, rules.waived())?;
    if survey.read.keys().all(|kind| *kind == Kind::Unknown) {
        return Err(nothing(&survey, &options.exports));
    }
    let decisions = Decisions::default();
    let basis = Basis { settings, rules, workspace, map, decisions: &decisions };
    let plan = Plan::decide(&mut survey, seen, basis)?;
    let samples = samples(&pool, &survey.sources, &survey.ends)?;
    let proposed = as_map::map(&plan, &survey, &samples, fingerprint(&survey));
    let (map, changes) = match map {
        Some(old) => merge(old, proposed),
        None => (proposed, Changes::default()),
    };
    let text = text(&map, &as_map::notes(&plan, &survey));
    Ok(Planned { map, changes, text, warnings: grouped::of_survey(&survey) })
}

fn say(planned: Planned, again: bool, args: &PlanArgs, printer: &Printer) {
    let proposal = Proposal::new(&planned.map, &planned.changes);
    printer.warnings(planned.warnings, "`close2twenty audit --format json` names all");
    if printer.is_json() {
        printer.json(&proposal);
    } else {
        printer.result(&proposal.text());
    }
    let place = args.output.display();
    let what = if again { "Map brought up to date" } else { "Map written" };
    let agree = if planned.map.confirmed { "" } else { ", and set confirmed = true in it" };
    printer.say(&format!("\n{what}: {place}. Look at it, change what you want otherwise{agree}."));
    let convert = Suggestion::new("convert").exports(&args.export.exports).word("-o BUNDLE");
    let convert = convert.option("--mapping", Some(&args.output));
    printer.next(&convert.option("--workspace", args.workspace.as_deref()));
}

/// The map is there as it was or as it is now, never half of it.
fn replace(path: &Path, text: &str) -> Result<()> {
    let io = |e| Error::io("cannot write the mapping", path, e);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    let kept = std::fs::metadata(path).map(|there| there.permissions());
    file.persist(path).map_err(|e| io(e.error))?;
    open_for_others(path, kept.ok());
    Ok(())
}

/// A temporary file is its owner's alone; a map is a file like others.
fn open_for_others(path: &Path, kept: Option<std::fs::Permissions>) {
    #[cfg(unix)]
    let usual = {
        use std::os::unix::fs::PermissionsExt;
        Some(std::fs::Permissions::from_mode(0o644))
    };
    #[cfg(not(unix))]
    let usual = None;
    if let Some(permissions) = kept.or(usual) {
        // The map is written; that others may not read it is no reason to fail.
        let _ = std::fs::set_permissions(path, permissions);
    }
}
