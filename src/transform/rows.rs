//! The cells of one row and their encoding as a CSV line: every cell quoted, lines end in LF
//! (`twenty-importer.md` §0, §1.2). It must not know what a cell means.

use crate::twenty::objects::Col;
use crate::twenty::text;
use memchr::memchr;
use twox_hash::XxHash3_64;

/// The cells of one row; empty cells are not sent by the importer.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Index of the step.
    pub step: usize,
    /// The text of all cells, in the order in which they were filled.
    text: String,
    /// Where the text of each cell stands: start and length. A cell that is filled again leaves its
    /// first text behind.
    spans: Vec<(usize, usize)>,
}

impl Cells {
    /// An empty row of `columns` cells.
    pub fn new(step: usize, columns: usize) -> Self {
        Self::default().emptied(step, columns)
    }

    /// The same buffers as an empty row.
    #[must_use]
    pub fn emptied(mut self, step: usize, columns: usize) -> Self {
        self.step = step;
        self.text.clear();
        self.spans.clear();
        self.spans.resize(columns, (0, 0));
        self
    }

    /// Fills a cell.
    pub fn set(&mut self, at: Col, text: impl AsRef<str>) {
        self.set_at(usize::from(at.0), text.as_ref());
    }

    /// Fills a cell by position.
    pub fn set_at(&mut self, at: usize, text: &str) {
        if let Some(span) = self.spans.get_mut(at) {
            *span = (self.text.len(), text.len());
            self.text.push_str(text);
        }
    }

    /// What a cell holds.
    pub fn get(&self, at: Col) -> &str {
        self.get_at(usize::from(at.0))
    }

    /// What a cell holds, by position.
    pub fn get_at(&self, at: usize) -> &str {
        self.spans.get(at).map_or("", |span| self.cell(*span))
    }

    fn cell(&self, (start, len): (usize, usize)) -> &str {
        self.text.get(start..start + len).unwrap_or_default()
    }

    /// Cuts cells that are longer than a cell can be; answers what they held, by position. Lists in
    /// JSON lose their last items.
    pub fn cut(&mut self) -> Vec<(usize, String)> {
        let mut cut = Vec::new();
        if text::fits(&self.text) {
            return cut;
        }
        for at in 0..self.spans.len() {
            let cell = self.get_at(at);
            if text::fits(cell) {
                continue;
            }
            let whole = cell.to_owned();
            match serde_json::from_str::<Vec<serde_json::Value>>(&whole) {
                Ok(items) => self.set_at(at, &shorter_list(items)),
                Err(_) => self.set_at(at, text::head(&whole, text::MAX_CELL)),
            }
            cut.push((at, whole));
        }
        cut
    }

    /// A hash of what the row says: its place in time, and header and text of each cell that is not
    /// empty, in whatever order. `seeds` are the [`seed`]s of the headers. A new column changes nothing
    /// for rows that leave it empty. Stored in bundles and compared with those of other versions: it must
    /// never change.
    pub fn digest(&self, seeds: &[u64], at: i64) -> u64 {
        let filled = seeds.iter().zip(&self.spans).filter(|(_, (_, len))| *len > 0);
        let hashes = filled
            .map(|(seed, span)| XxHash3_64::oneshot_with_seed(*seed, self.cell(*span).as_bytes()));
        let sum = hashes.fold(0_u64, u64::wrapping_add);
        XxHash3_64::oneshot_with_seed(at as u64, &sum.to_le_bytes())
    }

    /// Appends the row as a CSV line, without the cells at `hidden`.
    pub fn write_line(&self, hidden: &[usize], out: &mut Vec<u8>) {
        out.reserve(self.text.len() + 3 * self.spans.len());
        let shown = self.spans.iter().enumerate();
        let shown = shown.filter(|(at, _)| hidden.is_empty() || !hidden.contains(at));
        let shown = shown.map(|(_, span)| self.cell(*span));
        // One search through the row is cheaper than one through each of its many short cells.
        if memchr(b'"', self.text.as_bytes()).is_some() {
            line(shown, out, escaped);
        } else {
            line(shown, out, |cell, out| out.extend_from_slice(cell));
        }
    }
}

/// What a header adds to the hash of a row ([`Cells::digest`]).
pub fn seed(header: &str) -> u64 {
    XxHash3_64::oneshot(header.as_bytes())
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

/// Appends a CSV line of these cells.
pub fn encode<'a>(cells: impl Iterator<Item = &'a str>, out: &mut Vec<u8>) {
    line(cells, out, escaped);
}

fn line<'a>(
    cells: impl Iterator<Item = &'a str>,
    out: &mut Vec<u8>,
    write: impl Fn(&[u8], &mut Vec<u8>),
) {
    let start = out.len();
    let mut empty = 0;
    for cell in cells {
        if cell.is_empty() {
            empty += 1;
            continue;
        }
        empty_cells(std::mem::take(&mut empty), out);
        out.push(b'"');
        write(cell.as_bytes(), out);
        out.extend_from_slice(b"\",");
    }
    empty_cells(empty, out);
    // The last comma makes way for the end of the line.
    out.truncate(start.max(out.len().saturating_sub(1)));
    out.push(b'\n');
}

/// Appends so many empty cells with a comma behind each. Most cells of a row are empty.
fn empty_cells(mut n: usize, out: &mut Vec<u8>) {
    const AT_ONCE: usize = 32;
    const CELLS: [[u8; 3]; AT_ONCE] = [*b"\"\","; AT_ONCE];
    while n > 0 {
        let now = n.min(AT_ONCE);
        out.extend_from_slice(CELLS.as_flattened().get(..now * 3).unwrap_or_default());
        n -= now;
    }
}

/// The cell with its quotes doubled.
fn escaped(mut cell: &[u8], out: &mut Vec<u8>) {
    while let Some((before, rest)) = memchr(b'"', cell).and_then(|at| cell.split_at_checked(at + 1))
    {
        out.extend_from_slice(before);
        out.push(b'"');
        cell = rest;
    }
    out.extend_from_slice(cell);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<u8> {
        let mut line = Vec::new();
        encode(cells, &mut line);
        line
    }

    #[test]
    fn every_cell_is_quoted() {
        let line = encoded(["a", "", "x \"y\"\nz", "=1,2"].into_iter());
        assert_eq!(line, b"\"a\",\"\",\"x \"\"y\"\"\nz\",\"=1,2\"\n");
    }

    proptest! {
        #[test]
        fn lines_are_what_a_plain_writer_writes(
            cells in prop::collection::vec(prop_oneof![8 => Just(String::new()), 1 => "[a\",\n]{0,3}"], 0..150),
        ) {
            let quoted = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            let plain = quoted.collect::<Vec<_>>().join(",") + "\n";
            let mut line = b"before".to_vec();
            encode(cells.iter().map(String::as_str), &mut line);
            prop_assert_eq!(String::from_utf8(line).unwrap(), format!("before{plain}"));
        }
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
            let seeds: Vec<u64> = headers.iter().map(|header| seed(header)).collect();
            row.digest(&seeds, at)
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

    #[test]
    fn a_cell_that_is_filled_again_holds_the_last_text() {
        let mut row = Cells::new(3, 2);
        row.set_at(0, "first");
        row.set_at(1, "1");
        row.set_at(0, "a\"b");
        row.set_at(2, "no such cell");
        let mut line = Vec::new();
        row.write_line(&[], &mut line);
        row.write_line(&[1], &mut line);
        assert_eq!(line, b"\"a\"\"b\",\"1\"\n\"a\"\"b\"\n");
        let row = row.emptied(4, 3);
        assert_eq!((row.step, row.get_at(0), row.get_at(2)), (4, "", ""));
    }

    proptest! {
        #[test]
        fn a_line_reads_back_as_its_cells(cells in prop::collection::vec(".*", 1..6)) {
            let line = encoded(cells.iter().map(String::as_str));
            let mut row = Cells::new(0, cells.len());
            cells.iter().enumerate().for_each(|(at, cell)| row.set_at(at, cell));
            let mut same = Vec::new();
            row.write_line(&[], &mut same);
            prop_assert_eq!(&line, &same);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&line[..]);
            let row = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(row.iter().collect::<Vec<_>>(), cells);
        }
    }
}
