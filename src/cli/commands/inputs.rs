//! Files the user gives beside the export: the map, the workspace, decisions about merges, folders of
//! attachments. It must not judge what they say.

use crate::error::{Error, Result};
use crate::mapping::file::Spot;
use crate::mapping::{Decisions, MapFile};
use crate::read::Sources;
use crate::read::attachments::Found;
use crate::twenty::workspace::Workspace;
use std::path::{Path, PathBuf};

/// Reads `mapping.toml`.
///
/// # Errors
/// When it cannot be read, or says something it cannot say.
pub(super) fn mapping(path: &Path) -> Result<MapFile> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("cannot read the mapping", path, e))?;
    let name =
        path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    MapFile::read(&name, &bytes)
}

/// Reads a workspace file.
///
/// # Errors
/// When it cannot be read, or is none.
pub(super) fn workspace(path: &Path) -> Result<Workspace> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("cannot read the workspace", path, e))?;
    Workspace::parse(bytes).map_err(|error| error.at(path))
}

/// Reads decisions about merges.
///
/// # Errors
/// When they cannot be read, or say something they cannot say.
pub(super) fn decisions(path: &Path) -> Result<Decisions> {
    let bytes = std::fs::read(path).map_err(|e| Error::io("cannot read the decisions", path, e))?;
    Decisions::read(&path.display().to_string(), &bytes)
}

/// Finds the files of the export, and the downloaded files. A folder of attachments that lies inside the
/// export's folder holds no export, and the export's files are no attachments.
///
/// # Errors
/// As [`Sources::find`] and [`Found::search`].
pub(super) fn found(exports: &[PathBuf], attachments: &[PathBuf]) -> Result<(Sources, Found)> {
    let mut sources = Sources::find(exports)?;
    let whole = |path: &PathBuf| path.canonicalize().ok();
    let exports: Vec<PathBuf> = exports.iter().filter_map(whole).collect();
    let folders: Vec<PathBuf> = attachments.iter().filter_map(whole).collect();
    let inside = |folder: &PathBuf| {
        exports.iter().any(|export| folder != export && folder.starts_with(export))
    };
    let inside: Vec<&PathBuf> = folders.iter().filter(|folder| inside(folder)).collect();
    if !inside.is_empty() {
        let outside = |path: &Path| {
            let path = path.canonicalize();
            // A file that was named by itself is an export wherever it lies.
            path.is_ok_and(|path| {
                exports.contains(&path) || !inside.iter().any(|folder| path.starts_with(folder))
            })
        };
        sources.files.retain(|source| outside(&source.path));
        sources.ignored.retain(|ignored| outside(&ignored.path));
    }
    let own: Vec<&Path> = sources.files.iter().map(|source| &*source.path).collect();
    let found = Found::search(attachments, &own)?;
    Ok((sources, found))
}

/// Where the map says whether it is confirmed; nowhere when it does not.
fn said(map: &MapFile) -> Spot {
    let at = map.text.lines().position(|line| line.trim_start().starts_with("confirmed"));
    at.map_or_else(Spot::default, |at| Spot { line: at + 1, column: 1 })
}

/// Refuses a map that nobody has confirmed, or that was made for another export.
///
/// # Errors
/// `C2T-E140` for an unconfirmed map, `C2T-E141` for a stale one.
pub(super) fn approved(map: &MapFile, export: &str) -> Result<()> {
    let fix = "run `plan` again, look at what is new, and set confirmed = true";
    if !map.confirmed {
        let what = "the map is not confirmed, and --strict asks for that";
        return Err(map.error(said(map), "C2T-E140", what).fix(fix));
    }
    match &map.fingerprint {
        Some(known) if known.value == export => Ok(()),
        Some(known) => {
            Err(map.error(known.at, "C2T-E141", "the map was made for another export").fix(fix))
        }
        None => {
            let what = format!("{} does not say which export it was made for", map.name);
            Err(Error::usage("C2T-E141", what).fix(fix))
        }
    }
}
