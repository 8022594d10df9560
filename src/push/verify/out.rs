//! The lists of findings: `verify.csv` for people, `verify.jsonl` for programs. They are written beside their places while
//! the findings come and renamed at the end, so that an old list stays whole until the new one is. It must not judge.

use super::findings::{Counts, Findings};
use crate::error::{Error, Result};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

const NAMES: [&str; 2] = ["verify.csv", "verify.jsonl"];

/// Findings on their way to the lists.
pub(super) type Lists = Findings<File, BufWriter<File>>;

/// The lists and their places.
pub(super) struct Out {
    pub(super) findings: Lists,
    folder: PathBuf,
}

fn beside(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.new"))
}

impl Out {
    /// Begins both lists.
    pub(super) fn new(folder: &Path) -> Result<Self> {
        let open = |name: &str| {
            let path = beside(folder, name);
            File::create(&path).map_err(|e| Error::io("cannot write the findings", &path, e))
        };
        let findings = Findings::new(open(NAMES[0])?, BufWriter::new(open(NAMES[1])?))?;
        Ok(Self { findings, folder: folder.to_owned() })
    }

    /// Puts both lists in their places.
    pub(super) fn finish(self) -> Result<(Counts, Vec<PathBuf>)> {
        let counts = self.findings.finish()?;
        let mut lists = Vec::new();
        for name in NAMES {
            let path = self.folder.join(name);
            std::fs::rename(beside(&self.folder, name), &path)
                .map_err(|e| Error::io("cannot write the findings", &path, e))?;
            lists.push(path);
        }
        Ok((counts, lists))
    }
}
