//! `reports/rejects.csv`: what was set aside or remarked, a line each, in input order. It must not count.

use crate::error::{Error, Result};
use crate::event::Reject;
use crate::transform::encode;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that are written at a time.
const BLOCK: usize = 1 << 17;

const HEAD: [&str; 10] =
    ["code", "close_type", "close_id", "path", "why", "fix", "value", "detail", "source", "offset"];

/// Where it stands in a bundle.
const NAME: &str = "reports/rejects.csv";

/// See the module's head.
#[derive(Debug)]
pub(super) struct Rejects {
    file: File,
    path: PathBuf,
    lines: Vec<u8>,
}

impl Rejects {
    /// Creates the file below `root`, where its folder stands.
    pub fn create(root: &Path) -> Result<Self> {
        let path = root.join(NAME);
        let file =
            File::create(&path).map_err(|e| Error::io("cannot write the rejects", &path, e))?;
        Ok(Self { file, path, lines: head() })
    }

    /// Appends the lines of the rejects in another folder.
    pub fn join(&mut self, other: &Path) -> Result<()> {
        self.finish()?;
        let path = other.join(NAME);
        let io = |e| Error::io("cannot read the rejects of a part", &path, e);
        let mut input = File::open(&path).map_err(io)?;
        input.seek(SeekFrom::Start(head().len() as u64)).map_err(io)?;
        io::copy(&mut input, &mut self.file).map_err(io)?;
        Ok(())
    }

    /// Adds a line; `source` is the name of the file it speaks of.
    pub fn write(&mut self, reject: &Reject, source: &str) -> Result<()> {
        let notice = reject.notice;
        let offset = reject.offset.to_string();
        let cells = [
            notice.code,
            &reject.kind,
            &reject.id,
            &reject.path,
            notice.why,
            notice.fix,
            &reject.excerpt,
            &reject.detail,
            source,
            &offset,
        ];
        encode(cells.into_iter(), &mut self.lines);
        if self.lines.len() >= BLOCK { self.finish() } else { Ok(()) }
    }

    /// Writes what is left.
    pub fn finish(&mut self) -> Result<()> {
        let written = self.file.write_all(&self.lines);
        written.map_err(|e| Error::io("cannot write the rejects", &self.path, e))?;
        self.lines.clear();
        Ok(())
    }
}

fn head() -> Vec<u8> {
    let mut line = Vec::new();
    encode(HEAD.into_iter(), &mut line);
    line
}
