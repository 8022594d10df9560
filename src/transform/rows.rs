//! The cells of one row and their encoding as a CSV line: every cell quoted, lines end in LF
//! (`twenty-importer.md` §0, §1.2). It must not know what a cell means.

use crate::twenty::objects::Col;
use crate::twenty::text;
use csv_core::{QuoteStyle, Terminator, WriteResult, Writer, WriterBuilder};
use twox_hash::XxHash3_64;

/// The cells of one row; empty cells are not sent by the importer.
#[derive(Clone, Debug)]
pub struct Cells {
    /// Index of the step.
    pub step: usize,
    cells: Vec<String>,
}

impl Cells {
    /// An empty row of `columns` cells.
    pub fn new(step: usize, columns: usize) -> Self {
        Self { step, cells: vec![String::new(); columns] }
    }

    /// Fills a cell.
    pub fn set(&mut self, at: Col, text: impl AsRef<str>) {
        self.set_at(usize::from(at.0), text.as_ref());
    }

    /// Fills a cell by position.
    pub fn set_at(&mut self, at: usize, text: &str) {
        if let Some(cell) = self.cells.get_mut(at) {
            text.clone_into(cell);
        }
    }

    /// What a cell holds.
    pub fn get(&self, at: Col) -> &str {
        self.get_at(usize::from(at.0))
    }

    /// What a cell holds, by position.
    pub fn get_at(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// Cuts cells that are longer than a cell can be; answers what they held, by position. Lists in
    /// JSON lose their last items.
    pub fn cut(&mut self) -> Vec<(usize, String)> {
        let mut cut = Vec::new();
        for (at, cell) in self.cells.iter_mut().enumerate().filter(|(_, cell)| !text::fits(cell)) {
            let short = match serde_json::from_str::<Vec<serde_json::Value>>(cell) {
                Ok(items) => shorter_list(items),
                Err(_) => text::head(cell, text::MAX_CELL).to_owned(),
            };
            cut.push((at, std::mem::replace(cell, short)));
        }
        cut
    }

    /// A hash of what the row says: its place in time, and header and text of each cell that is not
    /// empty, in whatever order. A new column changes nothing for rows that leave it empty. Stored in
    /// bundles and compared with those of other versions: it must never change.
    pub fn digest<'h>(&self, headers: impl Iterator<Item = &'h str>, at: i64) -> u64 {
        let filled = headers.zip(&self.cells).filter(|(_, cell)| !cell.is_empty());
        let hashes = filled.map(|(header, cell)| {
            let seed = XxHash3_64::oneshot(header.as_bytes());
            XxHash3_64::oneshot_with_seed(seed, cell.as_bytes())
        });
        let sum = hashes.fold(0_u64, u64::wrapping_add);
        XxHash3_64::oneshot_with_seed(at as u64, &sum.to_le_bytes())
    }

    /// The row as a CSV line, without the cells at `hidden`.
    pub fn line(&self, hidden: &[usize]) -> Vec<u8> {
        let shown = self.cells.iter().enumerate().filter(|(at, _)| !hidden.contains(at));
        encode(shown.map(|(_, cell)| cell.as_str()))
    }
}

/// As many items, from the first, as fit into a cell.
fn shorter_list(mut items: Vec<serde_json::Value>) -> String {
    loop {
        let json = serde_json::to_string(&items).unwrap_or_default();
        if text::fits(&json) || items.is_empty() {
            return json;
        }
        items.truncate(items.len() * 9 / 10);
    }
}

/// A CSV line of these cells.
pub fn encode<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::Any(b'\n'))
        .build();
    let mut out = Vec::with_capacity(256);
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            push(&mut out, |buf| writer.delimiter(buf));
        }
        field(&mut writer, cell.as_bytes(), &mut out);
    }
    push(&mut out, |buf| writer.terminator(buf));
    out
}

fn push(out: &mut Vec<u8>, mut write: impl FnMut(&mut [u8]) -> (WriteResult, usize)) {
    loop {
        let at = out.len();
        out.resize(at + 4, 0);
        let (result, written) = write(&mut out[at..]);
        out.truncate(at + written);
        if result == WriteResult::InputEmpty {
            return;
        }
    }
}

fn field(writer: &mut Writer, mut input: &[u8], out: &mut Vec<u8>) {
    loop {
        let at = out.len();
        out.resize(at + input.len() + input.len() / 8 + 8, 0);
        let (result, read, written) = writer.field(input, &mut out[at..]);
        out.truncate(at + written);
        input = &input[read..];
        if result == WriteResult::InputEmpty {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_cell_is_quoted() {
        let line = encode(["a", "", "x \"y\"\nz", "=1,2"].into_iter());
        assert_eq!(line, b"\"a\",\"\",\"x \"\"y\"\"\nz\",\"=1,2\"\n");
    }

    #[test]
    fn long_cells_are_cut_and_what_they_held_is_answered() {
        let mut cells = Cells::new(0, 3);
        let emails: Vec<String> =
            (0..2_000).map(|i| format!("person{i}@mail.example.com")).collect();
        let json = serde_json::to_string(&emails).unwrap();
        cells.set_at(0, &"x".repeat(40_000));
        cells.set_at(1, &json);
        cells.set_at(2, "short");
        let cut = cells.cut();
        assert_eq!(cut.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(cut[1].1, json);
        assert!((0..3).all(|at| text::fits(cells.get_at(at))));
        assert!(serde_json::from_str::<Vec<String>>(cells.get_at(1)).unwrap().len() > 1_000);
    }

    #[test]
    fn the_digest_is_the_one_in_every_bundle() {
        let digest = |headers: &[&str], cells: &[&str], at| {
            let mut row = Cells::new(0, cells.len());
            cells.iter().enumerate().for_each(|(at, cell)| row.set_at(at, cell));
            row.digest(headers.iter().copied(), at)
        };
        let (headers, cells) = (["Close Id", "Name"], ["lead_1", "Größe GmbH"]);
        let one = digest(&headers, &cells, 7);
        assert_eq!(format!("{one:016x}"), "b06c42dde4c3acdc");
        assert_eq!(digest(&["Close Id", "New", "Name"], &["lead_1", "", "Größe GmbH"], 7), one);
        assert_eq!(digest(&["Name", "Close Id"], &["Größe GmbH", "lead_1"], 7), one);
        assert_ne!(digest(&["Name", "Close Id"], &["lead_1", "Größe GmbH"], 7), one);
        assert_ne!(digest(&headers, &cells, 8), one);
        assert_ne!(digest(&headers, &["lead_1", "Größe AG"], 7), one);
    }

    proptest! {
        #[test]
        fn a_line_reads_back_as_its_cells(cells in prop::collection::vec(".*", 1..6)) {
            let line = encode(cells.iter().map(String::as_str));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let row = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(row.iter().collect::<Vec<_>>(), cells);
        }
    }
}
