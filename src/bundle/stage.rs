//! A bundle is whole or absent: it grows in a hidden folder beside its place and is renamed at the
//! end. It must not touch anything else.

use super::open::Bundle;
use super::pack::pack;
use crate::error::{Error, Result};
use crate::read::{is_bundle, is_part};
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

/// What the finished bundle is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A folder.
    #[default]
    Folder,
    /// A zip of it.
    Zip,
    /// A folder with a part of one.
    Part,
}

/// A bundle that is being written.
#[derive(Debug)]
pub struct Stage {
    /// Hidden, beside the place; it goes when the stage goes.
    temp: TempDir,
    /// The bundle so far, inside `temp`.
    folder: PathBuf,
    place: PathBuf,
    form: Form,
}

impl Stage {
    /// Prepares a bundle that will stand at `place`. A bundle that stands there already stays as it
    /// is until the new one is whole; anything else in its place is refused.
    ///
    /// # Errors
    /// When `place` is taken by something that is no bundle, or cannot be written.
    pub fn new(place: &Path, form: Form) -> Result<Self> {
        refuse_foreign(place, form)?;
        let parent = match place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let io = |e| Error::io("cannot prepare the bundle", &parent, e);
        fs::create_dir_all(&parent).map_err(io)?;
        let name = place.file_name().map_or_else(|| "bundle".into(), |n| n.to_string_lossy());
        let prefix = format!(".{name}.part-");
        let temp = tempfile::Builder::new().prefix(&prefix).tempdir_in(&parent).map_err(io)?;
        remember(Some(temp.path().to_owned()));
        let folder = temp.path().join("bundle");
        fs::create_dir(&folder).map_err(io)?;
        Ok(Self { temp, folder, place: place.to_owned(), form })
    }

    /// Where files are written for now.
    pub fn path(&self) -> &Path {
        &self.folder
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

    /// Puts the whole bundle in its place. Packing a zip uses the threads of the pool it is called
    /// in.
    ///
    /// # Errors
    /// When the disk refuses; then nothing has changed.
    pub fn commit(self) -> Result<PathBuf> {
        let io = |e| Error::io("cannot put the bundle in its place", &self.place, e);
        let whole = match self.form {
            Form::Folder | Form::Part => self.folder.clone(),
            Form::Zip => {
                let zip = self.temp.path().join("bundle.zip");
                pack(&self.folder, &zip)?;
                zip
            }
        };
        let old = self.temp.path().join("old");
        let replaces = self.place.exists();
        if replaces {
            fs::rename(&self.place, &old).map_err(io)?;
        }
        if let Err(error) = fs::rename(&whole, &self.place) {
            if replaces {
                // Best effort: the old bundle goes back before the error is told.
                fs::rename(&old, &self.place).ok();
            }
            return Err(io(error));
        }
        remember(None);
        Ok(self.place)
    }
}

fn remember(path: Option<PathBuf>) {
    if let Ok(mut unfinished) = UNFINISHED.lock() {
        *unfinished = path;
    }
}

/// An empty folder, or a bundle of the same form, may be replaced.
fn refuse_foreign(place: &Path, form: Form) -> Result<()> {
    let Ok(meta) = fs::symlink_metadata(place) else { return Ok(()) };
    let empty = || fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    // A bundle of another version is one too. Only the manifest is looked for: a folder may be any.
    let replaceable = match form {
        Form::Folder => meta.is_dir() && (empty() || is_bundle(place)),
        Form::Part => meta.is_dir() && (empty() || is_part(place)),
        Form::Zip => meta.is_file() && Bundle::open(place).is_ok_and(|zip| zip.is_written()),
    };
    if replaceable {
        return Ok(());
    }
    Err(Error::usage("C2T-E030", "something that is no bundle stands where the bundle should go")
        .at(place)
        .fix("choose another place with -o, or move it away"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staged_twice(form: Form) {
        let dir = tempfile::tempdir().unwrap();
        let place = dir.path().join("out");
        let stage = Stage::new(&place, form).unwrap();
        stage.write("csv/a.csv", b"x").unwrap();
        drop(stage);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        for text in [&b"1"[..], b"2"] {
            let stage = Stage::new(&place, form).unwrap();
            stage
                .write("manifest.json", br#"{"format":"close2twenty-bundle","version":1}"#)
                .unwrap();
            stage.write("a", text).unwrap();
            stage.commit().unwrap();
            assert_eq!(Bundle::open(&place).unwrap().bytes("a").unwrap(), text);
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        }
        let other = if form == Form::Zip { Form::Folder } else { Form::Zip };
        assert_eq!(Stage::new(&place, other).unwrap_err().code, "C2T-E030");
    }

    #[test]
    fn a_bundle_is_whole_or_absent() {
        staged_twice(Form::Folder);
        staged_twice(Form::Zip);
    }

    #[test]
    fn other_peoples_folders_are_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let photo = dir.path().join("photo.jpg");
        fs::write(&photo, b"x").unwrap();
        assert_eq!(Stage::new(&photo, Form::Zip).unwrap_err().code, "C2T-E030");
        assert_eq!(Stage::new(dir.path(), Form::Folder).unwrap_err().code, "C2T-E030");
    }
}
