//! A bundle is whole or absent: it grows in a hidden folder beside its place and is renamed at the
//! end. It must not touch anything else.

use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;

/// The folder of the bundle that is being written, for [`remove_unfinished`].
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Removes what an interrupted run has written so far. Called when the program is told to stop; it
/// must not be called while a bundle is put in its place by another thread that goes on.
pub fn remove_unfinished() {
    let unfinished = UNFINISHED.lock().ok().and_then(|mut path| path.take());
    if let Some(path) = unfinished {
        // The run is over: nothing more can be done when this fails.
        let _ = fs::remove_dir_all(path);
    }
}

/// A bundle that is being written.
#[derive(Debug)]
pub struct Stage {
    folder: TempDir,
    place: PathBuf,
}

impl Stage {
    /// Prepares a bundle that will stand at `place`. A bundle that stands there already stays as it
    /// is until the new one is whole; anything else in its place is refused.
    ///
    /// # Errors
    /// When `place` is taken by something that is no bundle, or cannot be written.
    pub fn new(place: &Path) -> Result<Self> {
        refuse_foreign(place)?;
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let io = |e| Error::io("cannot prepare the bundle", &parent, e);
        fs::create_dir_all(&parent).map_err(io)?;
        let name = place.file_name().map_or_else(|| "bundle".into(), |n| n.to_string_lossy());
        let prefix = format!(".{name}.part-");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(&parent).map_err(io)?;
        remember(Some(folder.path().to_owned()));
        Ok(Self { folder, place: place.to_owned() })
    }

    /// Where files are written for now.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes one file, with its folders.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.path().join(name);
        let io = |e| Error::io("cannot write the bundle", &path, e);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(io)?;
        }
        fs::write(&path, bytes).map_err(io)
    }

    /// Puts the whole bundle in its place.
    ///
    /// # Errors
    /// When the disk refuses; then nothing has changed.
    pub fn commit(self) -> Result<PathBuf> {
        let io = |e| Error::io("cannot put the bundle in its place", &self.place, e);
        open_up(self.folder.path()).map_err(io)?;
        let old = self.place.exists().then(|| {
            let parent = self.folder.path().parent().unwrap_or(Path::new("."));
            tempfile::Builder::new().prefix(".old-").tempdir_in(parent)
        });
        let old = old.transpose().map_err(io)?;
        if let Some(old) = &old {
            fs::rename(&self.place, old.path().join("bundle")).map_err(io)?;
        }
        if let Err(error) = fs::rename(self.folder.path(), &self.place) {
            if let Some(old) = &old {
                // Best effort: the old bundle goes back before the error is told.
                fs::rename(old.path().join("bundle"), &self.place).ok();
            }
            return Err(io(error));
        }
        remember(None);
        // The folder has moved; only its empty name is left to forget.
        let _ = self.folder.keep();
        Ok(self.place)
    }
}

fn remember(path: Option<PathBuf>) {
    if let Ok(mut unfinished) = UNFINISHED.lock() {
        *unfinished = path;
    }
}

/// Temporary folders are private to the user; a bundle has the rights of any new folder.
#[cfg(unix)]
fn open_up(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn open_up(_: &Path) -> std::io::Result<()> {
    Ok(())
}

fn refuse_foreign(place: &Path) -> Result<()> {
    let Ok(meta) = fs::symlink_metadata(place) else { return Ok(()) };
    let empty = || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    let is_bundle = || {
        let manifest = fs::read(place.join("manifest.json")).unwrap_or_default();
        memchr::memmem::find(&manifest, super::manifest::FORMAT.as_bytes()).is_some()
    };
    if meta.is_dir() && (empty() || is_bundle()) {
        return Ok(());
    }
    Err(Error::usage("C2T-E030", "something that is no bundle stands where the bundle should go")
        .at(place)
        .fix("choose another place with -o, or move it away"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_whole_or_absent() {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("out");
        let stage = Stage::new(&place).unwrap();
        stage.write("csv/a.csv", b"x").unwrap();
        drop(stage);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        let write = |text: &[u8]| {
            let stage = Stage::new(&place).unwrap();
            stage.write("manifest.json", br#"{"format":"close2twenty-bundle"}"#).unwrap();
            stage.write("a", text).unwrap();
            stage.commit().unwrap()
        };
        write(b"1");
        write(b"2");
        assert_eq!(fs::read(place.join("a")).unwrap(), b"2");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn other_peoples_folders_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("photo.jpg"), b"x").unwrap();
        assert_eq!(Stage::new(dir.path()).unwrap_err().code, "C2T-E030");
    }
}
