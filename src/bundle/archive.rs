//! `archive/<type>.jsonl`: what has no home in a CSV file, and the records that could not be read
//! (design §6). Lines come whole, in input order.

use crate::error::{Error, Result};
use crate::survey::Map;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// See the module's head.
#[derive(Debug)]
pub(super) struct Archive {
    folder: PathBuf,
    open: Map<&'static str, BufWriter<File>>,
}

impl Archive {
    pub fn new(root: &Path) -> Self {
        Self { folder: root.join("archive"), open: Map::default() }
    }

    pub fn append(&mut self, stem: &'static str, lines: &[u8]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let path = self.folder.join(format!("{stem}.jsonl"));
        let io = |e| Error::io("cannot write the archive", &path, e);
        if !self.open.contains_key(stem) {
            fs::create_dir_all(&self.folder).map_err(io)?;
            let file = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(io)?);
            self.open.insert(stem, file);
        }
        let Some(file) = self.open.get_mut(stem) else { return Ok(()) };
        file.write_all(lines).map_err(io)
    }

    pub fn finish(mut self) -> Result<()> {
        for (stem, file) in &mut self.open {
            let path = self.folder.join(format!("{stem}.jsonl"));
            file.flush().map_err(|e| Error::io("cannot write the archive", &path, e))?;
        }
        Ok(())
    }
}
