//! What the parts work on: a generated export in memory and on disk, and the bundle it becomes. It
//! must not measure.

use crate::generator::{self, Layout, Shape};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::mapping::Rules;
use close2twenty::read::{Chunk, Splitter};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub type Failure = Box<dyn Error + Send + Sync>;

/// Several chunks, some hundred values of each kind.
const BYTES: u64 = 4_000_000;

/// See the module's head; gone when dropped.
pub struct Export {
    folder: TempDir,
    /// One JSON array on one line.
    pub array: Vec<u8>,
    /// The same leads, one a line.
    pub lines: Vec<u8>,
}

impl Export {
    pub fn new() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let (array, lines) = (generated(Layout::Array)?, generated(Layout::JsonLines)?);
        let export = Self { folder, array, lines };
        generator::write_config(&export.folder())?;
        fs::write(export.folder().join("leads.json"), &export.array)?;
        let options = Options {
            exports: vec![export.folder()],
            output: export.bundle(),
            threads: 1,
            ..Options::default()
        };
        convert(&options, Rules::built_in()?, &|_| ())?;
        Ok(export)
    }

    /// The folder with the array and the settings.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    /// The bundle.
    pub fn bundle(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    /// A CSV file of the bundle: the first of the table whose name this is.
    pub fn table(&self, name: &str) -> Result<PathBuf, Failure> {
        let file = format!("{name}-0001.csv");
        for folder in fs::read_dir(self.bundle().join("csv"))? {
            let path = folder?.path().join(&file);
            if path.exists() {
                return Ok(path);
            }
        }
        Err(format!("the bundle has no {file}").into())
    }
}

fn generated(layout: Layout) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    generator::write(Shape { seed: 1, bytes: BYTES, layout, gzip: false }, &mut bytes)?;
    Ok(bytes)
}

/// All chunks of an export.
pub fn chunks(bytes: &[u8]) -> Result<Vec<Chunk>, Failure> {
    let mut splitter = Splitter::new(bytes, Path::new("leads.json").into(), 0);
    let mut chunks = Vec::new();
    while let Some(chunk) = splitter.next_chunk()? {
        chunks.push(chunk);
    }
    Ok(chunks)
}
