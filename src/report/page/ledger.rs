//! The field ledger: what became of the values at each path. Of each Close type the paths with the most values
//! are shown, as many of one type as of another where they do not all fit. It must not show a line under another
//! number than it has in `ledger.csv`.

use super::LEDGER_LINES;
use super::labels::close_type;
use super::text::{Book, Figure, Quoted};
use crate::bundle::Totals;
use crate::close::ledger::Line;
use crate::close::{Fate, Kind};
use crate::error::Result;
use crate::plan::Plan;
use crate::report::{conservation, ledger};
use crate::survey::Survey;
use std::cmp::Reverse;

/// Longest path, target and note, in characters.
const LONGEST: usize = 80;

/// See the module's head.
pub(super) struct Ledger {
    pub lines: Figure,
    pub left_out: Figure,
    pub rows: Vec<Row>,
}

/// One Close type and path.
pub(super) struct Row {
    pub close_type: &'static str,
    pub path: Quoted,
    pub occurrences: Figure,
    pub values: Figure,
    pub fates: Vec<Figure>,
    pub target: Quoted,
    pub note: Quoted,
}

impl Ledger {
    pub fn new(book: &Book, survey: &Survey, plan: &Plan, totals: &Totals) -> Result<Self> {
        let lines = conservation::ledger(survey, totals);
        let rows = chosen(&lines, LEDGER_LINES).into_iter();
        let rows = rows.filter_map(|at| Some(row(plan, at, lines.get(at)?)));
        Ok(Self {
            lines: book.at(&["sums", "ledger_lines"])?,
            left_out: book.at(&["sums", "ledger_lines_left_out"])?,
            rows: rows.collect(),
        })
    }
}

fn row(plan: &Plan, at: usize, line: &Line) -> Row {
    // The header is line 1.
    let figure = |n: u64, column: &str| Figure::of_ledger(n, at + 2, column);
    let way = ledger::way(plan, line);
    let fates = Fate::ALL.iter().zip(line.counts.fates);
    Row {
        close_type: close_type(line.kind.word()),
        path: Quoted::cut(&line.path, LONGEST),
        occurrences: figure(line.counts.seen, "occurrences"),
        values: figure(line.counts.filled, "values"),
        fates: fates.map(|(fate, n)| figure(n, fate.word())).collect(),
        target: Quoted::cut(&way.target, LONGEST),
        note: Quoted::cut(&way.note, LONGEST),
    }
}

/// Positions of the lines to show: by type, then by number of values.
fn chosen(lines: &[Line], room: usize) -> Vec<usize> {
    let mut order: Vec<(usize, &Line)> = lines.iter().enumerate().collect();
    order.sort_by_key(|(at, line)| (line.kind, Reverse(line.counts.filled), *at));
    // The first of every type, then the second of every type, and so on.
    let mut ranked: Vec<(usize, Kind, usize)> = Vec::with_capacity(order.len());
    for of_type in order.chunk_by(|(_, a), (_, b)| a.kind == b.kind) {
        ranked.extend(of_type.iter().enumerate().map(|(rank, (at, line))| (rank, line.kind, *at)));
    }
    ranked.sort_unstable();
    ranked.truncate(room);
    ranked.sort_by_key(|(rank, kind, _)| (*kind, *rank));
    ranked.into_iter().map(|(.., at)| at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close::ledger::Counts;

    #[test]
    fn the_fullest_paths_of_every_type_are_shown() {
        let line = |kind, n: u64| {
            let counts = Counts { seen: n, filled: n, ..Counts::default() };
            Line { kind, path: format!("custom.cf_{n}"), space: None, counts }
        };
        let mut lines: Vec<Line> = (0..20_000).map(|n| line(Kind::Lead, n)).collect();
        lines.extend([line(Kind::Call, 1), line(Kind::Call, 2)]);
        let shown = chosen(&lines, 6);
        assert_eq!(shown, [19_999, 19_998, 19_997, 19_996, 20_001, 20_000]);
        assert_eq!(chosen(&lines, LEDGER_LINES).len(), LEDGER_LINES);
    }
}
