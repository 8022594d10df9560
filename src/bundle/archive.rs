//! `archive/<type>.jsonl`: what has no home in a CSV file, and the records that could not be read
//! (design §6). Lines come whole, in input order.

use crate::error::{Error, Result};
use crate::survey::Map;
use indexmap::map::Entry;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// See the module's head.
#[derive(Debug)]
pub(super) struct Archive {
    folder: PathBuf,
    open: Map<Box<str>, BufWriter<File>>,
}

impl Archive {
    pub fn new(root: &Path) -> Self {
        Self { folder: root.join("archive"), open: Map::default() }
    }

    pub fn append(&mut self, stem: &str, lines: &[u8]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let written = self.file(stem)?.write_all(lines);
        written.map_err(|e| Error::io("cannot write the archive", &self.path(stem), e))
    }

    /// Appends the file of the archive in another folder.
    pub fn join(&mut self, stem: &str, other: &Path) -> Result<()> {
        let path = other.join("archive").join(format!("{stem}.jsonl"));
        let io = |e| Error::io("cannot read the archive of a part", &path, e);
        let mut input = File::open(&path).map_err(io)?;
        let out = self.file(stem)?;
        // From file to file the system copies by itself.
        out.flush().and_then(|()| io::copy(&mut input, out.get_mut())).map_err(io)?;
        Ok(())
    }

    /// The stems of all files.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        self.open.keys().map(|stem| &**stem)
    }

    fn path(&self, stem: &str) -> PathBuf {
        self.folder.join(format!("{stem}.jsonl"))
    }

    fn file(&mut self, stem: &str) -> Result<&mut BufWriter<File>> {
        let path = self.path(stem);
        let io = |e| Error::io("cannot write the archive", &path, e);
        match self.open.entry(stem.into()) {
            Entry::Occupied(file) => Ok(file.into_mut()),
            Entry::Vacant(slot) => {
                fs::create_dir_all(&self.folder).map_err(io)?;
                let file = File::create(&path).map_err(io)?;
                Ok(slot.insert(BufWriter::with_capacity(1 << 18, file)))
            }
        }
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> Result<()> {
        let folder = &self.folder;
        let mut files = self.open.values_mut();
        files
            .try_for_each(BufWriter::flush)
            .map_err(|e| Error::io("cannot write the archive", folder, e))
    }
}
