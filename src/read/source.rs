//! Finds the sources of an export: its files, and those inside its archives. What a file is, its
//! content says, never its name (`close-format.md` §1.1, §1.4). It must not read a whole file to
//! decide, except an archive that has to be read through to know what is in it.

use super::members::{self, CUT_OFF};
use super::names;
use super::route::Step;
use super::zip::ZipIndex;
use crate::error::{Error, Result};
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod found;

pub(super) use found::Found;

/// Folders nested deeper than this are not entered (a loop of links, or no export at all).
const MAX_FOLDERS: usize = 32;

/// A stable code, why, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable code.
    pub code: &'static str,
    /// Why, and what to do.
    pub why: &'static str,
}

/// One stream of JSON: a file of the export, or a member of an archive.
#[derive(Clone, Debug)]
pub struct Source {
    /// How reports call it: the path below the folder that was given, or the file's name; a member's
    /// name stands behind that of its archive (`export.zip/leads.json`).
    pub name: String,
    /// The file on disk.
    pub path: Arc<Path>,
    /// Its size on disk or in its archive, in bytes.
    pub bytes: u64,
    steps: Box<[Step]>,
    zip: Option<Arc<ZipIndex>>,
}

/// A file that holds nothing to convert, or that is remarkable, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// As [`Source::name`].
    pub name: String,
    /// The file on disk.
    pub path: PathBuf,
    /// Stable code.
    pub code: &'static str,
    /// Why, and what to do.
    pub why: &'static str,
}

/// The sources of one export.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// What holds JSON, in a fixed order: by the name of the file on disk, then its size and path, then
    /// as its archive lists it.
    pub files: Vec<Source>,
    /// What was found and is no Close JSON.
    pub ignored: Vec<Ignored>,
    /// Archives that could not be listed to their end.
    pub damaged: Vec<Ignored>,
    /// What is read but worth a remark.
    pub remarks: Vec<Ignored>,
}

/// A file on disk.
#[derive(Clone, Debug)]
pub(super) struct Outer {
    /// As [`Source::name`].
    pub name: String,
    /// Where it is.
    pub path: Arc<Path>,
    /// Its size.
    pub bytes: u64,
    /// The user named it, and did not just name a folder above it.
    by_name: bool,
    /// The same for every way to write its path.
    canonical: PathBuf,
}

/// What to name as an export.
const EXPORT: &str =
    "name Close's JSON export (in Close: Settings, Export, format JSON, with activities)";

const BUNDLE: Reason =
    Reason { code: "C2T-S010", why: "this folder is a bundle that close2twenty wrote" };

const LINK: Reason = Reason {
    code: "C2T-S013",
    why: "this is a link, and links are not followed: name the file itself",
};

const PIPE: Reason = Reason {
    code: "C2T-S026",
    why: "this is a pipe or a device, and an export is read more than once",
};

impl Sources {
    /// Finds the files named by `exports`: files, patterns with `*`, `?` or `[…]`, and folders with
    /// everything below them.
    ///
    /// # Errors
    /// When a path does not exist, when a file given by name is no Close JSON, or when nothing is
    /// left to read.
    pub fn find(exports: &[PathBuf]) -> Result<Self> {
        let mut found = Found::default();
        let mut outers = Vec::new();
        for export in exports {
            for path in expanded(export)? {
                given(&path, &mut outers, &mut found)?;
            }
        }
        outers.sort_by(|a, b| (&a.name, a.bytes, &a.path).cmp(&(&b.name, b.bytes, &b.path)));
        let mut known = std::collections::BTreeSet::new();
        outers.retain(|outer| known.insert(outer.canonical.clone()));
        for outer in &outers {
            members::look(outer, &mut found);
            if let Some(why) = found.refused(outer).filter(|_| outer.by_name) {
                let place = outer.path.to_path_buf();
                return Err(Error::failed(why.code, why.why).at(place).fix(EXPORT));
            }
        }
        let found = found.sources();
        if found.files.is_empty() {
            return Err(nothing_found(exports, &found));
        }
        Ok(found)
    }

    /// About how many bytes there are to read, unpacked; packed data counts ten times.
    pub fn estimate(files: &[Source]) -> u64 {
        let bytes = |s: &Source| if s.is_plain() { s.bytes } else { s.bytes.saturating_mul(10) };
        files.iter().map(bytes).fold(0, u64::saturating_add)
    }
}

/// What a path on the command line stands for: itself when it exists, else what it matches.
fn expanded(export: &Path) -> Result<Vec<PathBuf>> {
    let text = export.to_string_lossy();
    if export.exists() || !text.contains(['*', '?', '[']) {
        return Ok(vec![export.to_owned()]);
    }
    let pattern = glob::glob(&text).map_err(|e| Error {
        source: Some(Box::new(e)),
        ..Error::usage("C2T-E064", "this is no pattern")
            .at(export)
            .fix("patterns know *, ? and [a-z]; check the brackets")
    })?;
    let mut paths: Vec<PathBuf> = pattern.filter_map(std::result::Result::ok).collect();
    paths.sort();
    if paths.is_empty() {
        return Err(Error::usage("C2T-E063", "no file matches this pattern")
            .at(export)
            .fix("check the path; ** stands for folders of any depth"));
    }
    Ok(paths)
}

/// A path the user gave: a file, or a folder with all below it.
fn given(path: &Path, outers: &mut Vec<Outer>, found: &mut Found) -> Result<()> {
    let io = |e| Error::io("cannot open the export", path, e);
    let meta = std::fs::metadata(path).map_err(io)?;
    let canonical = path.canonicalize().map_err(io)?;
    if meta.is_dir() {
        return folder(path, path, &canonical, 0, outers, found);
    }
    if !meta.is_file() {
        return Err(Error::failed(PIPE.code, PIPE.why)
            .at(path)
            .fix("save the export to a file first"));
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    outers.push(Outer { name, path: path.into(), bytes: meta.len(), by_name: true, canonical });
    Ok(())
}

fn folder(
    root: &Path,
    folder: &Path,
    canonical: &Path,
    depth: usize,
    outers: &mut Vec<Outer>,
    found: &mut Found,
) -> Result<()> {
    if depth > MAX_FOLDERS {
        return Ok(());
    }
    let io = |e| Error::io("cannot list the export folder", folder, e);
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let (path, file_name) = (entry.path(), entry.file_name());
        let hidden = file_name.to_string_lossy().starts_with('.') || file_name == "__MACOSX";
        let Ok(kind) = entry.file_type() else { continue };
        if hidden {
            continue;
        }
        let below = path.strip_prefix(root).unwrap_or(&path);
        let name = below.to_string_lossy().replace('\\', "/");
        if kind.is_symlink() {
            found.leave_out(&name, &path, LINK);
            continue;
        }
        let canonical = canonical.join(&file_name);
        if kind.is_dir() && (is_bundle(&path) || is_part(&path)) {
            found.leave_out(&name, &path, BUNDLE);
        } else if kind.is_dir() {
            self::folder(root, &path, &canonical, depth + 1, outers, found)?;
        } else if kind.is_file() {
            let bytes = entry.metadata().map_or(0, |m| m.len());
            outers.push(Outer { name, path: path.into(), bytes, by_name: false, canonical });
        }
    }
    Ok(())
}

impl Source {
    pub(super) fn new(
        outer: &Outer,
        name: &str,
        bytes: u64,
        steps: &[Step],
        zip: Option<&Arc<ZipIndex>>,
    ) -> Self {
        let zip = zip.cloned().filter(|_| matches!(steps.first(), Some(Step::Entry(_))));
        Self {
            name: name.to_owned(),
            path: Arc::clone(&outer.path),
            bytes,
            steps: steps.into(),
            zip,
        }
    }

    /// The way to the bytes, from the file on disk.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    pub(super) fn zip(&self) -> Option<&ZipIndex> {
        self.zip.as_deref()
    }

    /// Sets the beginning of the way, once it is known where that ends.
    pub(super) fn begin_with(&mut self, way: &[Step], bytes: u64) {
        if let Some(steps) = self.steps.get_mut(..way.len()) {
            steps.copy_from_slice(way);
        }
        if self.steps.len() == way.len() {
            self.bytes = bytes;
        }
    }

    /// Where its bytes begin in the file on disk, when they stand there as they are.
    pub fn place_in_file(&self) -> Option<u64> {
        match *self.steps {
            [] => Some(0),
            [Step::Part { offset, .. }] => Some(offset),
            _ => None,
        }
    }

    /// True when it can be read without what stands before it in a packed stream, so that several can
    /// be read at a time.
    pub fn stands_alone(&self) -> bool {
        self.steps.iter().skip(1).all(|step| !matches!(step, Step::Part { .. }))
    }

    /// [`Source::bytes`] is what there is to read: nothing is packed with gzip on its own.
    pub fn is_plain(&self) -> bool {
        let from = self.steps.iter().rposition(|step| matches!(step, Step::Part { .. }));
        !self.steps.get(from.unwrap_or(0)..).unwrap_or_default().contains(&Step::Gunzip)
    }
}

/// A folder that this program wrote, whatever its version: its archive would be read as copies, and its
/// files are nobody's downloads.
pub fn is_bundle(folder: &Path) -> bool {
    let manifest = folder.join("manifest.json");
    manifest.is_file() && names::is_bundle(&std::fs::read(manifest).unwrap_or_default())
}

/// A folder with a part of a bundle, for `merge`: what stands there is no export either.
pub fn is_part(folder: &Path) -> bool {
    let head = folder.join("part.json");
    head.is_file() && names::is_part(&std::fs::read(head).unwrap_or_default())
}

fn nothing_found(exports: &[PathBuf], found: &Sources) -> Error {
    let place = exports.first().cloned().unwrap_or_default();
    let ignored = found.ignored.iter().chain(&found.damaged);
    // What says most about the export as a whole comes first.
    let rank = |it: &&Ignored| match it.code {
        "C2T-S003" => 0,
        "C2T-S002" => 1,
        code if code == CUT_OFF.code => 2,
        "C2T-S018" => 2,
        "C2T-S019" | "C2T-S020" | "C2T-S021" | "C2T-S010" => 3,
        _ => 4,
    };
    match ignored.min_by_key(rank) {
        Some(first) => Error::failed(first.code, first.why).at(first.path.clone()),
        None => Error::failed("C2T-S000", "the export folder holds no files").at(place),
    }
    .fix(EXPORT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_given_by_name_must_be_an_export_but_a_folder_may_hold_others() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.json"), "[]").unwrap();
        std::fs::write(dir.path().join("a.txt"), "{}").unwrap();
        std::fs::write(dir.path().join("photo.png"), b"\x89PNG").unwrap();
        let found = Sources::find(&[dir.path().to_owned(), dir.path().join("b.json")]).unwrap();
        let names: Vec<_> = found.files.iter().map(|f| &f.name[..]).collect();
        assert_eq!(names, ["a.txt", "b.json"]);
        assert_eq!(found.ignored.len(), 1);
        assert_eq!(Sources::find(&[dir.path().join("photo.png")]).unwrap_err().code, "C2T-S004");
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_folder_are_left_out_and_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.json"), "[{}]").unwrap();
        std::os::unix::fs::symlink("a.json", dir.path().join("b.json")).unwrap();
        let found = Sources::find(&[dir.path().to_owned()]).unwrap();
        assert_eq!(found.files.len(), 1);
        let ignored: Vec<_> = found.ignored.iter().map(|i| (&i.name[..], i.code)).collect();
        assert_eq!(ignored, [("b.json", "C2T-S013")]);
    }

    #[cfg(unix)]
    #[test]
    fn what_can_be_read_only_once_is_refused() {
        let error = Sources::find(&["/dev/null".into()]).unwrap_err();
        assert_eq!(error.code, "C2T-S026", "{error}");
    }

    #[test]
    fn patterns_are_expanded_and_must_match() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a1.json", "a2.json", "b.json"] {
            std::fs::write(dir.path().join(name), "[{}]").unwrap();
        }
        let found = Sources::find(&[dir.path().join("a?.json"), dir.path().join("a*")]).unwrap();
        let names: Vec<_> = found.files.iter().map(|f| &f.name[..]).collect();
        assert_eq!(names, ["a1.json", "a2.json"]);
        assert_eq!(Sources::find(&[dir.path().join("c*.json")]).unwrap_err().code, "C2T-E063");
        assert_eq!(Sources::find(&[dir.path().join("c[.json")]).unwrap_err().code, "C2T-E064");
        std::fs::write(dir.path().join("odd[1].json"), "[{}]").unwrap();
        assert!(Sources::find(&[dir.path().join("odd[1].json")]).is_ok());
    }
}
