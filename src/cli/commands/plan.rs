//! `plan`: survey → plan → `mapping.toml`, for a person to edit and confirm. A map that is there keeps its
//! decisions.

use super::convert::{fingerprint, nothing};
use super::inputs;
use crate::cli::args::PlanArgs;
use crate::cli::printer::Printer;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::mapping::file::{Changes, MapFile, merge, text};
use crate::mapping::{Decisions, Rules, Settings};
use crate::pipeline;
use crate::plan::{Basis, Plan, as_map};
use crate::read::Sources;
use crate::report::Proposal;
use crate::survey::samples::samples;
use crate::survey::survey;
use crate::twenty::workspace::Workspace;
use std::io::Write;
use std::path::Path;

/// Runs the command.
///
/// # Errors
/// When the export, the workspace or the map that is there cannot be read, or the map cannot be written.
pub fn run(args: &PlanArgs, printer: &Printer) -> Result<u8> {
    let workspace = args.workspace.as_deref().map(inputs::workspace).transpose()?;
    let old = args.output.exists().then(|| inputs::mapping(&args.output)).transpose()?;
    let standard = Workspace::standard()?;
    let workspace = workspace.as_ref().unwrap_or(&standard);
    let sources = Sources::find(&args.export.exports)?;
    let pool = pipeline::pool(args.export.threads)?;
    let rules = Rules::built_in()?;
    let rules = old.as_ref().map_or(Ok(rules.clone()), |map| rules.with(map))?;
    let settings = old.as_ref().map_or(Ok(Settings::default()), Settings::of)?;
    let (mut survey, seen) = survey(&pool, sources, rules.waived())?;
    if survey.read.keys().all(|kind| *kind == Kind::Unknown) {
        return Err(nothing(&survey, &args.export.exports));
    }
    let decisions = Decisions::default();
    let map = old.as_ref();
    let basis = Basis { settings, rules, workspace, map, decisions: &decisions };
    let plan = Plan::decide(&mut survey, seen, basis)?;
    let samples = samples(&pool, &survey.sources)?;
    let proposed = as_map::map(&plan, &survey, &samples, fingerprint(&survey));
    let (map, changes) = match &old {
        Some(old) => merge(old, proposed),
        None => (proposed, Changes::default()),
    };
    let notes = as_map::notes(&plan, &survey);
    replace(&args.output, &text(&map, &notes))?;
    say(&map, &changes, old.is_some(), args, printer);
    Ok(0)
}

fn say(map: &MapFile, changes: &Changes, again: bool, args: &PlanArgs, printer: &Printer) {
    let proposal = Proposal::new(map, changes);
    if printer.is_json() {
        printer.json(&proposal);
    } else {
        printer.result(&proposal.text());
    }
    let place = args.output.display();
    let what = if again { "Map brought up to date" } else { "Map written" };
    printer
        .say(&format!("\n{what}: {place}. Next: look at it, edit it, set confirmed = true, then"));
    let exports: Vec<String> =
        args.export.exports.iter().map(|path| path.display().to_string()).collect();
    printer
        .say(&format!("  close2twenty convert {} -o BUNDLE --mapping {place}", exports.join(" ")));
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
