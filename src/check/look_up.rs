//! The texts of cells of which only a hash was at hand: the files with such findings are read once more.
//! It judges nothing.

use super::cross::Sheet;
use super::finding::{Finding, excerpt};
use super::lexer::{Lexer, Record};
use super::place::Place;
use std::collections::BTreeMap;
use std::io::BufReader;

const BUFFER: usize = 256 << 10;

/// Fills in the cells of a file's findings. What cannot be read twice stays empty.
pub(super) fn fill(place: &Place, sheet: &mut Sheet<'_>) {
    let Some(table) = &sheet.table else { return };
    let mut wanted: BTreeMap<u64, Vec<&mut Finding>> = BTreeMap::new();
    for finding in sheet.log.kept.iter_mut().filter(|finding| finding.look_up) {
        wanted.entry(finding.row).or_default().push(finding);
    }
    let Some(last) = wanted.last_key_value().map(|(row, _)| *row) else { return };
    let Ok(mut input) = place.read(&sheet.job.path) else { return };
    // What stands before the header, line ends inside of it included, was measured the first time.
    let (delimiter, skip) = table.reading;
    if std::io::copy(&mut std::io::Read::take(&mut input, skip), &mut std::io::sink()).is_err() {
        return;
    }
    let mut lexer = Lexer::new(BufReader::with_capacity(BUFFER, input), delimiter, 0);
    let (mut record, mut row, mut header) = (Record::default(), 0, true);
    while row < last && lexer.next(&mut record).is_ok_and(|more| more) {
        if header {
            header = record.is_blank();
            continue;
        }
        row += 1;
        for finding in wanted.get_mut(&row).into_iter().flatten() {
            finding.value = excerpt(&String::from_utf8_lossy(record.cell(finding.at)));
        }
    }
}
