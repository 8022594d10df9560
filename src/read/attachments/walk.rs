//! The walk through one folder: every file below it, without following links, to a bounded depth. It
//! must not open a file, but for the manifest of a bundle.

use super::{Found, FoundFile, State};
use crate::event::file as notice;
use crate::read::is_bundle;
use std::fs::{DirEntry, FileType};
use std::path::{Path, PathBuf};

/// Folders nested deeper than this are not entered. A mirror of Close's addresses has ten.
const MAX_DEPTH: usize = 64;

/// Names of files and folders that systems leave behind, in lower case.
const SYSTEM: &[&str] = &[".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"];
/// Names that begin so are leavings as well: resource forks, folders of the desktop.
const SYSTEM_STARTS: &[&str] = &["._", ".trash", ".spotlight-", ".fseventsd"];

/// Adds the files below folder number `root`; those in `not` are left out.
pub(super) fn walk(found: &mut Found, root: usize, not: &[PathBuf]) {
    let Some(top) = found.roots.get(root).cloned() else { return };
    let excluded = |path: &Path| {
        let name = path.file_name();
        let same = not.iter().filter(|other| other.file_name() == name);
        same.into_iter().any(|other| path.canonicalize().is_ok_and(|path| path == **other))
    };
    let mut folders: Vec<(PathBuf, usize)> = vec![(PathBuf::new(), 0)];
    while let Some((below, depth)) = folders.pop() {
        let folder = top.join(&below);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                found.problem(&below, 0, notice::CLOSED_FOLDER, &error.to_string());
                continue;
            }
        };
        for entry in entries {
            let (entry, kind) = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok((kind, entry)) => (entry, kind),
                Err(error) => {
                    found.problem(&below, 0, notice::CLOSED_FOLDER, &error.to_string());
                    continue;
                }
            };
            let here = below.join(entry.file_name());
            if is_system(&entry) {
                found.system_files += u64::from(!kind.is_dir());
            } else if kind.is_dir() {
                if depth >= MAX_DEPTH {
                    found.problem(&here, 0, notice::TOO_DEEP, "");
                } else if is_bundle(&entry.path()) {
                    found.problem(&here, 0, notice::OLD_BUNDLE, "");
                } else {
                    folders.push((here, depth + 1));
                }
            } else if kind.is_symlink() && entry.path().is_dir() {
                found.problem(&here, 0, notice::LINKED_FOLDER, "");
            } else if !excluded(&entry.path()) {
                found.files.push(file(root, here, &entry, kind));
            }
        }
    }
}

fn file(root: usize, below: PathBuf, entry: &DirEntry, kind: FileType) -> FoundFile {
    let state = match (kind.is_file(), kind.is_symlink()) {
        (true, _) => State::File,
        (_, true) => State::Link,
        _ => State::Odd,
    };
    // A file that is gone meanwhile, or whose size is kept from us, is judged when it is read.
    let bytes = entry.metadata().map_or(0, |meta| meta.len());
    FoundFile { root, below: below.into(), bytes, state }
}

fn is_system(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy().to_lowercase();
    SYSTEM.contains(&&*name) || SYSTEM_STARTS.iter().any(|start| name.starts_with(start))
}
