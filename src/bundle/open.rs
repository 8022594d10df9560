//! A written bundle, opened for reading: a folder, or a zip of it. Those who read a bundle need not
//! know which. Names are matched with what is there and never joined to a path, so that a name in
//! a manifest can lead nowhere else. It must not change the bundle, nor judge what it holds.

use super::manifest::{FORMAT, Manifest, VERSION};
use crate::error::{Error, Result};
use crate::read::ZipIndex;
use crate::read::zip::EntryKind;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Name of the manifest inside a bundle.
pub const MANIFEST: &str = "manifest.json";
/// Folders below this depth are not looked into.
const DEPTH: usize = 8;
/// Bytes read of a file at a time.
const READ: usize = 256 * 1024;
/// A manifest longer than this is none.
const MAX_MANIFEST: u64 = 256 << 20;

/// See the module's head.
#[derive(Debug)]
pub struct Bundle {
    place: PathBuf,
    /// The zip, where it is one.
    zip: Option<ZipIndex>,
    /// Each file by its name inside the bundle.
    files: BTreeMap<String, Held>,
}

/// Where a file is, and its size.
#[derive(Debug)]
struct Held {
    at: At,
    bytes: u64,
}

#[derive(Debug)]
enum At {
    Path(PathBuf),
    /// Position in the zip's list.
    Entry(usize),
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Bundle {
    /// Opens the folder or zip at `place`, whatever it holds. In a zip the bundle may stand in a
    /// folder of its own.
    ///
    /// # Errors
    /// When it cannot be read, or is neither a folder nor a zip.
    pub fn open(place: &Path) -> Result<Self> {
        let meta =
            std::fs::metadata(place).map_err(|e| Error::io("cannot open the bundle", place, e))?;
        let mut bundle = Self { place: place.to_owned(), zip: None, files: BTreeMap::new() };
        if meta.is_dir() {
            bundle.list(place, "", DEPTH)?;
        } else if is_zip(place).unwrap_or(false) {
            bundle.index(ZipIndex::open(place)?)?;
        } else {
            return Err(bundle.no_bundle());
        }
        Ok(bundle)
    }

    fn list(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<()> {
        let io = |e| Error::io("cannot list the bundle", folder, e);
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let kind = entry.file_type().map_err(io)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if kind.is_dir() && depth > 0 {
                self.list(&entry.path(), &format!("{name}/"), depth - 1)?;
            } else if kind.is_file() {
                let bytes = entry.metadata().map_err(io)?.len();
                self.files.insert(name, Held { at: At::Path(entry.path()), bytes });
            }
        }
        Ok(())
    }

    fn index(&mut self, zip: ZipIndex) -> Result<()> {
        let files = zip.entries().iter().enumerate().filter(|(_, e)| e.kind == EntryKind::File);
        let files: Vec<(String, usize)> =
            files.map(|(at, entry)| (entry.name.replace('\\', "/"), at)).collect();
        let manifests = files.iter().filter_map(|(name, _)| name.strip_suffix(MANIFEST));
        let folders = manifests.filter(|folder| folder.is_empty() || folder.ends_with('/'));
        let root = folders.min_by_key(|folder| (folder.len(), *folder)).unwrap_or_default();
        for (name, at) in &files {
            let Some(name) = name.strip_prefix(root) else { continue };
            let held = Held { at: At::Entry(*at), bytes: zip.entries()[*at].size };
            if self.files.insert(name.to_owned(), held).is_some() {
                let what = format!("the zip holds {name} twice: nobody can say which one counts");
                return Err(Error::failed("C2T-E048", what)
                    .at(&self.place)
                    .fix("take the zip as it was written, or pack the bundle's folder again"));
            }
        }
        self.zip = Some(zip);
        Ok(())
    }

    /// Where it stands.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Its files' names, sorted, with `/`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A file's size in bytes; none when there is no such file.
    pub fn size(&self, name: &str) -> Option<u64> {
        self.files.get(name).map(|held| held.bytes)
    }

    /// How messages call a file of the bundle.
    pub fn path(&self, name: &str) -> PathBuf {
        self.place.join(name)
    }

    /// The bytes of a file, from its beginning; each call reads on its own.
    ///
    /// # Errors
    /// When there is no such file, or it cannot be opened.
    pub fn read(&self, name: &str) -> Result<Box<dyn Read + Send>> {
        let absent = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let io = |e| Error::io("cannot read the bundle", &self.path(name), e);
        let held = self.files.get(name).ok_or_else(|| io(absent()))?;
        match (&held.at, &self.zip) {
            (At::Path(path), _) => {
                Ok(Box::new(BufReader::with_capacity(READ, File::open(path).map_err(io)?)))
            }
            (At::Entry(at), Some(zip)) => zip.read(&zip.entries()[*at]),
            (At::Entry(_), None) => Err(io(absent())),
        }
    }

    /// The whole of a small file.
    ///
    /// # Errors
    /// As [`Bundle::read`], and when the file is longer than a manifest can be.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut input = self.read(name)?.take(MAX_MANIFEST + 1);
        input
            .read_to_end(&mut bytes)
            .map_err(|e| Error::io("cannot read the bundle", &self.path(name), e))?;
        if bytes.len() as u64 > MAX_MANIFEST {
            return Err(Error::failed("C2T-E049", "the file is too long to be what its name says")
                .at(self.path(name))
                .fix("take the bundle as it was written"));
        }
        Ok(bytes)
    }

    /// Says whether it has a manifest of this program, of whatever version.
    pub fn is_written(&self) -> bool {
        let head = self.bytes(MANIFEST).ok().map(|bytes| serde_json::from_slice::<Head>(&bytes));
        head.is_some_and(|head| head.is_ok_and(|head| head.format == FORMAT))
    }

    /// The manifest's bytes, when it is one and of a layout this program knows.
    ///
    /// # Errors
    /// When this is no bundle, or one of another layout.
    pub fn manifest_bytes(&self) -> Result<Vec<u8>> {
        if self.size(MANIFEST).is_none() {
            return Err(self.no_bundle());
        }
        let bytes = self.bytes(MANIFEST)?;
        let head: Head = serde_json::from_slice(&bytes).map_err(|_| self.no_bundle())?;
        if head.format != FORMAT {
            return Err(self.no_bundle());
        }
        if head.version != VERSION {
            let (there, here) = (head.version, VERSION);
            let what = format!("the bundle has layout {there}, this program knows layout {here}");
            return Err(Error::usage("C2T-E042", what)
                .at(&self.place)
                .fix("convert the export again with this version"));
        }
        Ok(bytes)
    }

    /// The manifest.
    ///
    /// # Errors
    /// As [`Bundle::manifest_bytes`], and when it says something a manifest cannot say.
    pub fn manifest(&self) -> Result<Manifest> {
        serde_json::from_slice(&self.manifest_bytes()?).map_err(|e| Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E049", "the bundle's manifest cannot be understood")
                .at(self.path(MANIFEST))
                .fix("take the bundle as it was written")
        })
    }

    fn no_bundle(&self) -> Error {
        Error::usage("C2T-E041", "this is no bundle")
            .at(&self.place)
            .fix("name the folder or the zip that `convert` wrote")
    }
}

/// A zip by its first bytes; an empty zip is one too.
///
/// # Errors
/// When the file cannot be read.
pub fn is_zip(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(head == b"PK\x03\x04" || head == b"PK\x05\x06")
}

#[cfg(test)]
mod tests;
