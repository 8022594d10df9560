//! The folders of downloaded files: what lies there, and the lists downloaders leave beside it
//! (`close-format.md` §5.2, §5.3). What cannot be read is said, and the search goes on. It must not
//! say which record a file belongs to, nor read files that are no lists.

mod list;
mod walk;

use crate::error::{Error, Result};
use crate::event::Notice;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

pub use list::{Listed, ListedFile, Said};

/// What stands at a place of the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A file.
    File,
    /// A link, which is not followed.
    Link,
    /// A device, a socket or a pipe.
    Odd,
}

/// One file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Index of the folder it was found in.
    pub root: usize,
    /// The path below that folder, as the system spells it.
    pub below: Box<Path>,
    /// Its size when it was found, in bytes.
    pub bytes: u64,
    /// What it is.
    pub state: State,
}

/// Something about a folder or a list that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The folder or list, below the folder that was given.
    pub place: String,
    /// Line of the list, from 1; 0 where it is about the whole.
    pub line: u64,
    /// Stable code.
    pub code: &'static str,
    /// What exactly.
    pub detail: String,
}

/// Everything below the folders that were given.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// A folder was given.
    pub given: bool,
    /// The folders.
    pub roots: Vec<PathBuf>,
    /// The files, by folder and path.
    pub files: Vec<FoundFile>,
    /// Lines of download lists.
    pub listed: Vec<Listed>,
    /// Names of the lists, which are no attachments.
    pub lists: Vec<String>,
    /// Files systems leave in every folder (`.DS_Store`, `Thumbs.db`).
    pub system_files: u64,
    /// What could not be read or was left out.
    pub problems: Vec<Problem>,
}

impl Found {
    /// Searches `folders`. Files in `not` (the export's own) are no attachments.
    ///
    /// # Errors
    /// When one of them is no folder or cannot be opened at all.
    pub fn search(folders: &[PathBuf], not: &[&Path]) -> Result<Self> {
        let mut found = Self { given: !folders.is_empty(), ..Self::default() };
        found.roots = roots(folders)?;
        let not: Vec<PathBuf> = not.iter().filter_map(|path| path.canonicalize().ok()).collect();
        for root in 0..found.roots.len() {
            walk::walk(&mut found, root, &not);
        }
        // The order of a listing is the file system's own.
        found.files.sort_unstable_by(|a, b| (a.root, &a.below).cmp(&(b.root, &b.below)));
        list::read_all(&mut found);
        found.problems.sort_unstable();
        found.problems.dedup();
        Ok(found)
    }

    /// Where a file is.
    pub fn path(&self, file: &FoundFile) -> PathBuf {
        self.roots.get(file.root).map_or_else(PathBuf::new, |root| root.join(&file.below))
    }

    /// The position of the file at this path below a folder.
    pub fn at(&self, root: usize, below: &Path) -> Option<usize> {
        self.files.binary_search_by(|file| (file.root, &*file.below).cmp(&(root, below))).ok()
    }

    fn problem(&mut self, place: &Path, line: u64, notice: Notice, detail: &str) {
        let (place, detail) = (shown(place).into_owned(), detail.to_owned());
        self.problems.push(Problem { place, line, code: notice.code, detail });
    }
}

impl FoundFile {
    /// The path for people and for comparisons: with `/`, and replacement characters where it is no
    /// UTF-8.
    pub fn name(&self) -> Cow<'_, str> {
        shown(&self.below)
    }
}

fn shown(path: &Path) -> Cow<'_, str> {
    if cfg!(windows) {
        Cow::Owned(path.to_string_lossy().replace('\\', "/"))
    } else {
        path.to_string_lossy()
    }
}

/// The folders in the order they were given, without those that lie in another.
fn roots(folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut kept: Vec<(PathBuf, PathBuf)> = Vec::new();
    for folder in folders {
        let what = "cannot open the folder of attachments";
        let io = |e| Error::io(what, folder, e);
        let whole = folder.canonicalize().map_err(io)?;
        if !whole.is_dir() {
            return Err(Error::usage("C2T-E070", "the attachments are no folder")
                .at(folder)
                .fix("give --attachments the folder the files were downloaded to, unpacked"));
        }
        std::fs::read_dir(&whole).map_err(io)?;
        kept.push((folder.clone(), whole));
    }
    let inside = |at: usize| {
        let (_, own) = &kept[at];
        kept.iter().enumerate().any(|(other, (_, whole))| {
            other != at && own.starts_with(whole) && (own != whole || other < at)
        })
    };
    let outer = (0..kept.len()).filter(|at| !inside(*at));
    Ok(outer.map(|at| kept[at].0.clone()).collect())
}
