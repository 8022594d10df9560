//! The spot-check: a few dozen records, each beside what became of it, for a person to compare by eye. It must
//! not choose records by anything but their ids.

mod beside;

use self::beside::beside;
use super::files::{bytes, sheet};
use crate::bundle::SpotRow;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::plan::{Plan, spot};
use crate::transform::Pick;
use serde::Serialize;

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotCheck {
    /// The records chosen, by Close type, then in an order that only their ids decide.
    pub records: Vec<SpotRecord>,
}

/// One record, Close on the left and Twenty on the right.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotRecord {
    /// Close type, as `call`.
    pub close_type: &'static str,
    /// Close id.
    pub close_id: String,
    /// The file it was read from.
    pub source: String,
    /// Byte offset in that file, after decompression.
    pub offset: u64,
    /// The rows that were made of it: the object's plural label, as `People`, and the row's `Close Id`.
    pub rows: Vec<(String, String)>,
    /// Its values, in the order of the record; then the cells that come from elsewhere.
    pub lines: Vec<SpotLine>,
}

/// A value, and the cells it went to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotLine {
    /// Path in Close's record, as `emails[0].email`; empty where a cell stands alone.
    pub path: String,
    /// The value as Close wrote it, cut where it is long.
    pub value: String,
    /// The cells that hold it.
    pub cells: Vec<SpotCell>,
    /// What became of a value that no cell holds, in a few words: `archived`, `derived`, …; else empty.
    pub fate: String,
}

/// A cell of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpotCell {
    /// The object's plural label, as `People`.
    pub object: String,
    /// The column's header.
    pub header: String,
    /// The cell, cut where it is long.
    pub text: String,
}

impl SpotCheck {
    /// Chooses among the records that were looked at more closely, and lays what was made of them beside them.
    pub fn new(plan: &Plan, picks: &[Pick], rows: &[SpotRow]) -> Self {
        let found = |pick: &Pick| -> Vec<&SpotRow> {
            let of = plan.rows_of(&pick.id);
            let mine = |row: &&SpotRow| {
                let place = plan.steps.get(row.step).map(|step| step.place);
                of.iter().any(|of| of.id == row.id && (of.place.is_none() || of.place == place))
            };
            rows.iter().filter(mine).collect()
        };
        let groups = candidates(picks).into_iter().map(|group| {
            let shown = group.into_iter().map(|pick| (pick, found(pick)));
            shown.filter(|(_, rows)| !rows.is_empty()).collect::<Vec<_>>()
        });
        let groups: Vec<_> = groups.collect();
        let sizes: Vec<usize> = groups.iter().map(Vec::len).collect();
        let chosen = groups.into_iter().zip(spot::shares(&sizes, spot::RECORDS));
        let chosen = chosen.flat_map(|(group, share)| group.into_iter().take(share));
        Self { records: chosen.map(|(pick, rows)| beside(plan, pick, &rows)).collect() }
    }

    /// `reports/spot-check.csv`: a line for each value and each cell.
    ///
    /// # Errors
    /// When it cannot be written as CSV.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut out = sheet();
        let head = [
            "number",
            "close_type",
            "close_id",
            "source",
            "offset",
            "path",
            "value",
            "object",
            "header",
            "cell",
            "fate",
        ];
        out.write_record(head).map_err(Error::report)?;
        for (record, number) in self.records.iter().zip(1..) {
            let (number, offset) = (number.to_string(), record.offset.to_string());
            let start = [&number, record.close_type, &record.close_id, &record.source, &offset];
            for line in &record.lines {
                let none = SpotCell::default();
                let nothing = line.cells.is_empty().then_some(&none);
                for cell in line.cells.iter().chain(nothing) {
                    let SpotCell { object, header, text } = cell;
                    let rest = [&line.path, &line.value, object, header, text, &line.fate];
                    let row = start.into_iter().chain(rest.map(String::as_str));
                    out.write_record(row).map_err(Error::report)?;
                }
            }
        }
        bytes(out)
    }
}

/// The records that were looked at, by Close type, each once, in the order in which they are asked for. Of copies
/// the one that says most.
fn candidates(picks: &[Pick]) -> Vec<Vec<&Pick>> {
    let mut all: Vec<&Pick> = picks.iter().collect();
    let most = |pick: &Pick| std::cmp::Reverse((pick.values.len(), pick.more));
    all.sort_by(|a, b| {
        (a.rank(), &a.id, most(a)).cmp(&(b.rank(), &b.id, most(b))).then_with(|| a.cmp(b))
    });
    all.dedup_by(|a, b| (&a.close_type, &a.id) == (&b.close_type, &b.id));
    let kinds = Kind::ALL.iter().map(|kind| kind.word());
    kinds.map(|word| all.iter().filter(|pick| pick.close_type == word).copied().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_copies_the_one_that_says_most_is_shown() {
        let pick = |id: &str, values: &[(&str, &str)], source| Pick {
            close_type: "call".to_owned(),
            id: id.to_owned(),
            values: values.iter().map(|(path, v)| ((*path).to_owned(), (*v).to_owned())).collect(),
            source,
            ..Pick::default()
        };
        let picks = [
            pick("acti_1", &[("id", "acti_1")], 0),
            pick("acti_1", &[("id", "acti_1"), ("note", "x")], 1),
            pick("acti_2", &[], 0),
        ];
        let found: Vec<_> = candidates(&picks).into_iter().flatten().collect();
        assert_eq!(found.len(), 2);
        let one = found.iter().find(|pick| pick.id == "acti_1").unwrap();
        assert_eq!(one.source, 1);
        let mut turned = picks.clone();
        turned.reverse();
        assert_eq!(candidates(&turned).into_iter().flatten().collect::<Vec<_>>(), found);
    }
}
