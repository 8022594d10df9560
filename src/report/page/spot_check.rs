//! The spot-check: records side by side, with room for a person to say whether they are the same. It must not
//! choose.

use super::labels;
use super::text::{Book, Figure, Quoted};
use crate::error::Result;
use crate::report::SpotCheck;
use crate::report::spot_check::{SpotCell, SpotLine, SpotRecord};

/// Records, and lines of one, that are shown.
const RECORDS: usize = 100;
const LINES: usize = 120;
/// Longest value, in characters; bytes of all lines together.
const LONGEST: usize = 400;
const ROOM: usize = 900_000;

/// See the module's head.
pub(super) struct Spots {
    pub count: Figure,
    pub records: Vec<Spot>,
}

/// One record.
pub(super) struct Spot {
    pub close_type: &'static str,
    pub id: Quoted,
    pub source: Quoted,
    /// Byte offset, as text: it is a place and no count.
    pub offset: Quoted,
    pub rows: Vec<(Quoted, Quoted)>,
    pub lines: Vec<Line>,
    /// There are more lines than are shown.
    pub more: bool,
}

/// A value and its cells.
pub(super) struct Line {
    pub path: Quoted,
    pub value: Quoted,
    pub cells: Vec<Cell>,
    pub fate: Quoted,
}

/// A cell.
pub(super) struct Cell {
    pub place: Quoted,
    pub text: Quoted,
}

impl Spots {
    pub fn new(book: &Book, spot_check: &SpotCheck) -> Result<Self> {
        let mut room = ROOM;
        let records = spot_check.records.iter().take(RECORDS);
        let records = records.map(|record| spot(record, &mut room)).collect();
        Ok(Self { count: book.at(&["sums", "spot_check"])?, records })
    }
}

fn spot(record: &SpotRecord, room: &mut usize) -> Spot {
    let rows = record.rows.iter().take(LINES);
    let mut lines = Vec::new();
    for one in record.lines.iter().take(LINES) {
        let line = line(one);
        let Some(left) = room.checked_sub(line.room()) else { break };
        *room = left;
        lines.push(line);
    }
    Spot {
        close_type: labels::one(record.close_type),
        id: Quoted::new(&record.close_id),
        source: Quoted::new(&record.source),
        offset: Quoted::new(&record.offset.to_string()),
        rows: rows.map(|(object, id)| (Quoted::new(object), Quoted::new(id))).collect(),
        more: record.lines.len() > lines.len(),
        lines,
    }
}

impl Line {
    /// Bytes it takes in the page.
    fn room(&self) -> usize {
        const AROUND: usize = 200;
        let cells = self.cells.iter().map(|cell| AROUND + cell.place.room() + cell.text.room());
        AROUND + self.path.room() + self.value.room() + cells.sum::<usize>()
    }
}

fn line(line: &SpotLine) -> Line {
    Line {
        path: Quoted::new(&line.path),
        value: Quoted::cut(&line.value, LONGEST),
        cells: line.cells.iter().map(cell).collect(),
        fate: Quoted::new(&line.fate),
    }
}

fn cell(cell: &SpotCell) -> Cell {
    let place = format!("{} · {}", cell.object, cell.header);
    Cell { place: Quoted::new(&place), text: Quoted::cut(&cell.text, LONGEST) }
}
