//! The CSV files of one step: at most 10,000 rows each, slices of 200 rows below the server's body
//! limit, no two `Close Id`s in one file that differ by case only (`twenty-importer.md` §1.2, §4.1;
//! `twenty-observed.md` E3 g). It must not encode cells: rows come as lines.

use super::digest::DigestedFile;
use super::manifest::StepFile;
use crate::error::{Error, Result};
use crate::plan::StepPlan;
use crate::transform::Row;
use hashbrown::HashSet;
use std::path::Path;
use twox_hash::XxHash3_64;

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
    /// Hashes of the ids in the open file, without regard to case. Two ids that share a hash would only
    /// go to different files.
    ids: HashSet<u64, foldhash::fast::FixedState>,
    folded: Vec<u8>,
}

struct Table {
    name: String,
    out: DigestedFile,
    rows: u64,
    slice: usize,
}

impl<'p> Tables<'p> {
    /// Files below `root` for one step.
    pub fn new(root: &'p Path, step: &'p StepPlan) -> Self {
        let mut header = Vec::new();
        crate::transform::encode(step.shown().map(|column| column.header.as_str()), &mut header);
        let (ids, folded) = (HashSet::default(), Vec::new());
        Self { root, step, header, open: None, files: Vec::new(), ids, folded }
    }

    pub fn write(&mut self, row: &Row<'_>) -> Result<()> {
        let id = folded_hash(row.id, &mut self.folded);
        let cost = json_cost(row.line, self.step.columns.len());
        let full = |table: &Table| table.must_close(cost) || self.ids.contains(&id);
        if self.open.as_ref().is_some_and(full) {
            self.close()?;
        }
        let mut table = match self.open.take() {
            Some(table) => table,
            None => self.create()?,
        };
        table.slice = if table.rows.is_multiple_of(SLICE_ROWS) { cost } else { table.slice + cost };
        table.rows += 1;
        self.ids.insert(id);
        table.out.append(|out| out.extend_from_slice(row.line))?;
        self.open = Some(table);
        Ok(())
    }

    fn create(&mut self) -> Result<Table> {
        let step = self.step;
        let name = format!("csv/{}/{}-{:04}.csv", step.folder, step.stem, self.files.len() + 1);
        let path = self.root.join(&name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|e| Error::io("cannot write the bundle", &path, e))?;
        }
        let mut out = DigestedFile::create(path)?;
        out.append(|out| out.extend_from_slice(&self.header))?;
        self.ids.clear();
        Ok(Table { name, out, rows: 0, slice: 0 })
    }

    fn close(&mut self) -> Result<()> {
        if let Some(table) = self.open.take() {
            let (bytes, sha256) = table.out.finish()?;
            self.files.push(StepFile { path: table.name, rows: table.rows, bytes, sha256 });
        }
        Ok(())
    }

    pub fn finish(mut self) -> Result<Vec<StepFile>> {
        self.close()?;
        Ok(self.files)
    }
}

impl Table {
    fn must_close(&self, cost: usize) -> bool {
        let starts_slice = self.rows.is_multiple_of(SLICE_ROWS);
        let heavy = !starts_slice && self.slice + cost > SLICE_BYTES;
        self.rows >= MAX_ROWS || heavy
    }
}

/// A hash of the id in lower case; `buffer` is used for it.
fn folded_hash(id: &[u8], buffer: &mut Vec<u8>) -> u64 {
    buffer.clear();
    if id.is_ascii() {
        buffer.extend_from_slice(id);
        buffer.make_ascii_lowercase();
    } else {
        buffer.extend_from_slice(String::from_utf8_lossy(id).to_lowercase().as_bytes());
    }
    XxHash3_64::oneshot(buffer)
}

/// Bytes a row takes in the importer's request, never too low: characters that JSON escapes count
/// twice.
fn json_cost(line: &[u8], columns: usize) -> usize {
    // Sums of one byte, over parts that cannot exceed it, are what compilers turn into vectors.
    let escaped = line.chunks(255).map(|part| {
        let hits = part.iter().map(|byte| u8::from(matches!(byte, b'\n' | b'\\' | b'"')));
        usize::from(hits.fold(0_u8, u8::wrapping_add))
    });
    line.len() + escaped.sum::<usize>() + columns * CELL_COST
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
            let (id, line) = (id.as_bytes(), &line[..]);
            tables.write(&Row { step: 0, at: 0, id, hash: 0, line }).unwrap();
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
        let found = files(["É", "F", "G", "é", "f"].iter().map(|id| ((*id).to_owned(), 5)));
        assert_eq!(found.iter().map(|f| f.0).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn what_json_escapes_costs_twice() {
        let line = "\"a\\b\"\n".repeat(1_000);
        assert_eq!(json_cost(line.as_bytes(), 2), 6_000 + 4_000 + 2 * CELL_COST);
    }
}
