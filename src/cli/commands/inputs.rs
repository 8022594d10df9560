//! Files the user gives beside the export: the map, the workspace, decisions about merges. It must not judge what they say.

use crate::error::{Error, Result};
use crate::mapping::file::Spot;
use crate::mapping::{Decisions, MapFile};
use crate::twenty::workspace::Workspace;
use std::path::Path;

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
