//! The CSV files of one step: at most 10,000 rows each, slices of 200 rows below the server's body
//! limit, no two `Close Id`s in one file that differ by case only (`twenty-importer.md` §1.2, §4.1;
//! `twenty-observed.md` E3 g). It must not encode cells: rows come as lines.

use super::manifest::StepFile;
use crate::error::{Error, Result};
use crate::plan::StepPlan;
use crate::read::split::hex;
use crate::transform::Row;
use hashbrown::HashSet;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Rows in one file.
const MAX_ROWS: u64 = 10_000;
/// Rows the importer sends at a time.
const SLICE_ROWS: u64 = 200;
/// Bytes of JSON the importer may send at a time: the limit is 10 MB, names and punctuation of the
/// request stay below the difference.
const SLICE_BYTES: usize = 8_500_000;
/// What a cell costs in JSON beyond its text: name, quotes, braces.
const CELL_COST: usize = 48;

/// See the module's head.
pub(super) struct Tables<'p> {
    root: &'p Path,
    step: &'p StepPlan,
    header: Vec<u8>,
    open: Option<Table>,
    files: Vec<StepFile>,
}

struct Table {
    name: String,
    path: PathBuf,
    out: BufWriter<File>,
    hash: Sha256,
    rows: u64,
    bytes: u64,
    slice: usize,
    ids: HashSet<String, foldhash::fast::FixedState>,
}

impl<'p> Tables<'p> {
    /// Files below `root` for one step.
    pub fn new(root: &'p Path, step: &'p StepPlan) -> Self {
        let headers = step.shown().map(|column| column.header.as_str());
        let header = crate::transform::encode(headers);
        Self { root, step, header, open: None, files: Vec::new() }
    }

    pub fn write(&mut self, row: &Row) -> Result<()> {
        let id = row.id.to_lowercase();
        let cost = json_cost(&row.line, self.step.columns.len());
        let full = self.open.as_ref().is_some_and(|table| table.must_close(&id, cost));
        if full {
            self.close()?;
        }
        let table = match &mut self.open {
            Some(table) => table,
            slot => {
                let name = format!(
                    "csv/{}/{}-{:04}.csv",
                    self.step.folder,
                    self.step.stem,
                    self.files.len() + 1
                );
                slot.insert(Table::create(self.root, name, &self.header)?)
            }
        };
        table.slice = if table.rows.is_multiple_of(SLICE_ROWS) { cost } else { table.slice + cost };
        table.ids.insert(id);
        table.rows += 1;
        table.put(&row.line)
    }

    fn close(&mut self) -> Result<()> {
        if let Some(table) = self.open.take() {
            self.files.push(table.finish()?);
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<Vec<StepFile>> {
        self.close()?;
        Ok(self.files)
    }
}

impl Table {
    fn create(root: &Path, name: String, header: &[u8]) -> Result<Self> {
        let path = root.join(&name);
        let io = |e| Error::io("cannot write the bundle", &path, e);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(io)?;
        }
        let out = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(io)?);
        let (hash, ids) = (Sha256::new(), HashSet::default());
        let mut table = Self { name, path, out, hash, rows: 0, bytes: 0, slice: 0, ids };
        table.put(header)?;
        Ok(table)
    }

    fn must_close(&self, id: &str, cost: usize) -> bool {
        let starts_slice = self.rows.is_multiple_of(SLICE_ROWS);
        let heavy = !starts_slice && self.slice + cost > SLICE_BYTES;
        self.rows >= MAX_ROWS || heavy || self.ids.contains(id)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes).map_err(|e| Error::io("cannot write the bundle", &self.path, e))
    }

    fn finish(mut self) -> Result<StepFile> {
        self.out.flush().map_err(|e| Error::io("cannot write the bundle", &self.path, e))?;
        let sha256 = hex(&self.hash.finalize());
        Ok(StepFile { path: self.name, rows: self.rows, bytes: self.bytes, sha256 })
    }
}

/// Bytes a row takes in the importer's request, never too low: characters that JSON escapes count
/// twice.
fn json_cost(line: &[u8], columns: usize) -> usize {
    let escaped = line.iter().filter(|byte| matches!(byte, b'\n' | b'\\' | b'"')).count();
    line.len() + escaped + columns * CELL_COST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Place;
    use crate::twenty::objects::{FieldType, Object};

    fn files(rows: impl Iterator<Item = (String, usize)>) -> Vec<(u64, u64)> {
        let dir = tempfile::tempdir().unwrap();
        let column = crate::plan::StepColumn {
            header: "Close Id".to_owned(),
            field: "closeId".to_owned(),
            sub_field: None,
            kind: FieldType::Text,
        };
        let step = StepPlan {
            place: Place::Standard(Object::Note),
            object: "note".to_owned(),
            order: 5,
            folder: "05-notes".to_owned(),
            stem: "notes".to_owned(),
            columns: vec![column],
            hidden: Vec::new(),
            depends_on: Vec::new(),
            chronological: true,
            links: Vec::new(),
        };
        let mut tables = Tables::new(dir.path(), &step);
        for (id, bytes) in rows {
            let line = vec![b'x'; bytes];
            tables.write(&Row { step: 0, at: 0, id: id.into(), hash: 0, line }).unwrap();
        }
        tables.finish().unwrap().iter().map(|file| (file.rows, file.bytes)).collect()
    }

    #[test]
    fn a_file_holds_at_most_ten_thousand_rows() {
        let found = files((0..20_001).map(|i| (format!("id{i}"), 10)));
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [10_000, 10_000, 1]);
    }

    #[test]
    fn heavy_rows_keep_slices_below_the_limit() {
        let found = files((0..300).map(|i| (format!("id{i}"), 100_000)));
        assert!(found.iter().all(|(rows, _)| *rows <= 200));
        assert_eq!(found.iter().map(|f| f.0).sum::<u64>(), 300);
    }

    #[test]
    fn ids_that_differ_by_case_go_to_different_files() {
        let found = files(["acti_A", "acti_B", "acti_a"].iter().map(|id| ((*id).to_owned(), 5)));
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [2, 1]);
    }
}
