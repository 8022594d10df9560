//! Where the files to check lie: a bundle (folder or zip), a folder of CSV files, or one file. It must not
//! hold a file in memory or say what one means.

use super::contract;
use crate::bundle::digest::digest;
use crate::bundle::{Bundle, is_zip};
use crate::error::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Folders looked into above a file: `csv/<step>/<file>` and some more.
const ABOVE: usize = 4;

/// See the module's head.
#[derive(Debug)]
pub(super) enum Place {
    /// A folder or a zip.
    Bundle(Bundle),
    /// A file, and its name.
    File(PathBuf, String),
}

impl Place {
    /// Looks at what was given.
    ///
    /// # Errors
    /// When there is nothing, or nothing that can be read.
    pub fn open(path: &Path) -> Result<Self> {
        let usage = |error: Error| Error { kind: ErrorKind::Usage, ..error };
        let io = |e| usage(Error::io("cannot read the bundle", path, e));
        if std::fs::metadata(path).map_err(io)?.is_dir() || is_zip(path).map_err(io)? {
            return Ok(Self::Bundle(Bundle::open(path).map_err(usage)?));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self::File(path.to_owned(), name))
    }

    /// The CSV files, with `/`, sorted. A file given by name is one whatever it is called.
    pub fn tables(&self) -> Vec<String> {
        match self {
            Self::Bundle(bundle) => {
                let csv = |name: &&str| {
                    name.len() > 4
                        && name.is_char_boundary(name.len() - 4)
                        && name[name.len() - 4..].eq_ignore_ascii_case(".csv")
                };
                bundle.names().filter(csv).map(str::to_owned).collect()
            }
            Self::File(_, name) => vec![name.clone()],
        }
    }

    /// The manifest, where there is one.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn manifest(&self) -> Option<Result<Vec<u8>>> {
        match self {
            Self::Bundle(bundle) => {
                bundle.size(contract::NAME).map(|_| bundle.bytes(contract::NAME))
            }
            Self::File(..) => None,
        }
    }

    /// The bundle a file that was given by name stands in.
    pub fn around(&self) -> Option<PathBuf> {
        let Self::File(path, _) = self else { return None };
        let path = path.canonicalize().ok()?;
        let folders = path.ancestors().skip(1).take(ABOVE);
        let mut folders = folders.filter(|folder| folder.join(contract::NAME).is_file());
        folders.next().map(Path::to_owned)
    }

    /// A file's size in bytes; none when there is no such file.
    pub fn size(&self, name: &str) -> Option<u64> {
        match self {
            Self::Bundle(bundle) => bundle.size(name),
            Self::File(..) => None,
        }
    }

    /// How messages call a file.
    pub fn path(&self, name: &str) -> PathBuf {
        match self {
            Self::Bundle(bundle) => bundle.path(name),
            Self::File(path, _) => path.clone(),
        }
    }

    /// A reader of one file.
    ///
    /// # Errors
    /// When there is none of this name, or the system refuses it.
    pub fn read(&self, name: &str) -> Result<Box<dyn Read + Send>> {
        match self {
            Self::Bundle(bundle) => bundle.read(name),
            Self::File(path, _) => {
                let file =
                    File::open(path).map_err(|e| Error::io("cannot read the file", path, e))?;
                Ok(Box::new(file))
            }
        }
    }

    /// Bytes and SHA-256 of one file, or why it cannot be read.
    pub fn digest(&self, name: &str) -> std::result::Result<(u64, String), String> {
        let input = self.read(name).map_err(|error| error.to_string())?;
        digest(input).map_err(|error| error.to_string())
    }
}
