//! `reports/rejects.csv`: what was set aside or remarked, a line each, in input order. It must not count.

use crate::error::{Error, Result};
use crate::event::Reject;
use crate::transform::encode;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes that are written at a time.
const BLOCK: usize = 1 << 17;

const HEAD: [&str; 10] =
    ["code", "close_type", "close_id", "path", "why", "fix", "value", "detail", "source", "offset"];

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
        let path = root.join("reports/rejects.csv");
        let file =
            File::create(&path).map_err(|e| Error::io("cannot write the rejects", &path, e))?;
        let mut lines = Vec::new();
        encode(HEAD.into_iter(), &mut lines);
        Ok(Self { file, path, lines })
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
        if self.lines.len() >= BLOCK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let written = self.file.write_all(&self.lines);
        written.map_err(|e| Error::io("cannot write the rejects", &self.path, e))?;
        self.lines.clear();
        Ok(())
    }

    pub fn finish(mut self) -> Result<()> {
        self.flush()
    }
}
