//! Files among one another: values that stand in two of them, references to records that are not made
//! before, and the order of activities (`twenty-importer.md §4`). It has hashes and rows, no texts: those
//! are looked up afterwards.

use super::catalog::Column;
use super::crew::Crew;
use super::finding::{Log, Spot};
use super::keys::Hash;
use super::pass::Job;
use super::rows::{BATCH_ROWS, Table};
use super::rules;
use super::state::Remembered;
use std::collections::{BTreeMap, BTreeSet};

/// A file that was read.
#[derive(Debug)]
pub(super) struct Sheet<'a> {
    pub job: &'a Job<'a>,
    pub log: Log,
    pub table: Option<Table<'a>>,
}

/// Where a record is made: the file by its place in the order of import, and the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Home {
    high: u64,
    low: u64,
    file: u32,
    row: u32,
}

/// Object and key (`person`, `emails.primaryEmail`) → its values, sorted.
struct Index(BTreeMap<(String, String), Vec<Home>>);

/// What is known beside the files.
#[derive(Debug)]
pub(super) struct Beyond<'a> {
    /// All rows the bundle remembers, in one of changes.
    pub remembered: Option<&'a Remembered>,
    /// A workspace was given, which may hold what no file makes.
    pub workspace: bool,
    /// A manifest lists all files, so that what is not there is missing.
    pub whole: bool,
}

/// References that could not be checked, by object and target.
pub(super) type Unchecked = BTreeMap<(String, String), u64>;

/// Compares all files; the sheets are in the order of import.
pub(super) fn check(crew: &Crew, sheets: &mut [Sheet<'_>], beyond: &Beyond<'_>) -> Unchecked {
    let second = second_passes(sheets, beyond);
    let index = Index::new(crew, sheets, &second);
    for (file, row, finding) in across(&index, sheets) {
        tell(&mut sheets[file], row, finding.at, finding.rule, finding.detail);
    }
    let reachable = reachable(sheets);
    let files: Vec<usize> = (0..sheets.len()).collect();
    let views: &[Sheet<'_>] = sheets;
    let found = crew.map(&files, |file| {
        let mut found = Found::default();
        if second[*file] {
            second_pass(views, *file, &index, beyond, &mut found);
        }
        references(views, *file, &index, beyond, &mut found);
        found
    });
    let mut unchecked = Unchecked::new();
    for (file, found) in found.into_iter().enumerate() {
        for (row, one) in found.findings {
            tell(&mut sheets[file], row, one.at, one.rule, one.detail);
        }
        let step = sheets[file].job.listed.map(|(step, _)| step.order);
        let known = step.and_then(|step| reachable.get(&step));
        for needed in found.steps {
            if known.is_some_and(|known| !known.contains(&needed)) {
                sheets[file]
                    .log
                    .whole(rules::STEP_DEPENDS, format!("rows refer to records of step {needed}"));
            }
        }
        for (key, count) in found.unchecked {
            *unchecked.entry(key).or_default() += count;
        }
    }
    chronology(sheets);
    unchecked
}

/// A finding before its place is spelled out.
struct One {
    rule: &'static rules::Rule,
    at: usize,
    detail: String,
}

/// What one file's references gave.
#[derive(Default)]
struct Found {
    findings: Vec<(u32, One)>,
    steps: BTreeSet<u64>,
    unchecked: Unchecked,
}

impl Found {
    fn add(&mut self, row: u32, rule: &'static rules::Rule, at: usize, detail: String) {
        self.findings.push((row, One { rule, at, detail }));
    }
}

fn tell(sheet: &mut Sheet<'_>, row: u32, at: usize, rule: &'static rules::Rule, detail: String) {
    let Some(table) = &sheet.table else { return };
    let line = (row as usize).checked_sub(1).and_then(|row| table.lines.get(row));
    let column = table.header.get(at).map(String::as_str).unwrap_or_default();
    let spot =
        Spot { row: u64::from(row), line: line.copied().unwrap_or_default().into(), at, column };
    sheet.log.unread(rule, spot, detail);
}

/// Which files only join records that are there: their object is made by an earlier file.
fn second_passes(sheets: &[Sheet<'_>], beyond: &Beyond<'_>) -> Vec<bool> {
    let mut made: BTreeSet<&str> = BTreeSet::new();
    let mut second = Vec::new();
    for sheet in sheets {
        let object = sheet.job.object.as_str();
        let like_one = sheet.table.as_ref().is_some_and(|table| table.second_pass);
        let remembered = beyond.remembered.is_some_and(|known| known.knows(object));
        let is = like_one && (made.contains(object) || remembered);
        second.push(is);
        if !is {
            made.insert(object);
        }
    }
    second
}

impl Index {
    fn new(crew: &Crew, sheets: &[Sheet<'_>], second: &[bool]) -> Self {
        let mut index: BTreeMap<(String, String), Vec<Home>> = BTreeMap::new();
        for (file, sheet) in sheets.iter().enumerate().filter(|(file, _)| !second[*file]) {
            let Some(table) = &sheet.table else { continue };
            for values in &table.keys {
                let Some(Some(column)) = table.columns.get(values.at) else { continue };
                let homes = index.entry((sheet.job.object.clone(), column.key())).or_default();
                homes
                    .extend(values.entries.iter().map(|entry| home(entry.hash(), file, entry.row)));
            }
        }
        for homes in index.values_mut() {
            crew.sort(homes);
        }
        Self(index)
    }

    /// Whether any file makes records of the object.
    fn makes(&self, object: &str) -> bool {
        self.0.keys().any(|(made, _)| made == object)
    }

    fn homes(&self, object: &str, key: &str) -> &[Home] {
        // The map is small: objects times keys.
        let found = self.0.iter().find(|((made, by), _)| made == object && by == key);
        found.map(|(_, homes)| homes.as_slice()).unwrap_or_default()
    }
}

fn home(hash: Hash, file: usize, row: u32) -> Home {
    let file = u32::try_from(file).unwrap_or(u32::MAX);
    Home { high: (hash >> 64) as u64, low: hash as u64, file, row }
}

/// The first file and row that make a value.
fn first(homes: &[Home], hash: Hash) -> Option<Home> {
    let wanted = home(hash, 0, 0);
    let at = homes.partition_point(|home| *home < wanted);
    homes.get(at).copied().filter(|home| (home.high, home.low) == (wanted.high, wanted.low))
}

/// A value an earlier file has: the later row meets that record.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    file: u32,
    row: u32,
    at: usize,
    met: (u32, u32),
}

/// Rows that overwrite a record of an earlier file, or meet two.
fn across(index: &Index, sheets: &[Sheet<'_>]) -> Vec<(usize, u32, One)> {
    let mut meetings = Vec::new();
    for ((_, key), homes) in &index.0 {
        for same in homes.chunk_by(|a, b| (a.high, a.low) == (b.high, b.low)) {
            let Some((first, later)) = same.split_first() else { continue };
            for home in later.iter().filter(|home| home.file != first.file) {
                let table = sheets.get(home.file as usize).and_then(|sheet| sheet.table.as_ref());
                let Some(table) = table else { continue };
                let own = |column: &&Column| column.target.is_none() && column.key() == *key;
                let at = table.columns.iter().position(|column| column.as_ref().is_some_and(&own));
                let met = (first.file, first.row);
                meetings.push(Meeting {
                    file: home.file,
                    row: home.row,
                    at: at.unwrap_or_default(),
                    met,
                });
            }
        }
    }
    meetings.sort_unstable();
    let mut found = Vec::new();
    for row in meetings.chunk_by(|a, b| (a.file, a.row) == (b.file, b.row)) {
        let Some(one) = row.first() else { continue };
        let place = |(file, row): (u32, u32)| {
            let path = sheets.get(file as usize).map(|sheet| sheet.job.path.as_str());
            format!("{} row {row}", path.unwrap_or_default())
        };
        let file = one.file as usize;
        match row.iter().find(|other| other.met != one.met) {
            Some(other) => {
                let detail =
                    format!("its keys stand in {} and in {}", place(one.met), place(other.met));
                found.push((file, one.row, One { rule: rules::UNIQUE_TWO, at: other.at, detail }));
            }
            None => found.extend(row.iter().map(|one| {
                let detail = format!("also in {}", place(one.met));
                (file, one.row, One { rule: rules::UNIQUE_ACROSS, at: one.at, detail })
            })),
        }
    }
    found
}

/// Every step a step depends on, directly or not.
fn reachable(sheets: &[Sheet<'_>]) -> BTreeMap<u64, BTreeSet<u64>> {
    let steps = sheets.iter().filter_map(|sheet| sheet.job.listed.map(|(step, _)| step));
    let direct: BTreeMap<u64, &[u64]> =
        steps.map(|step| (step.order, step.depends_on.as_slice())).collect();
    let all = |order: u64| {
        let (mut found, mut open) = (BTreeSet::new(), vec![order]);
        while let Some(next) = open.pop() {
            for step in direct.get(&next).copied().unwrap_or_default() {
                if found.insert(*step) {
                    open.push(*step);
                }
            }
        }
        found
    };
    direct.keys().map(|order| (*order, all(*order))).collect()
}

/// A second pass names records that are there already; another key would make a new one.
fn second_pass(
    sheets: &[Sheet<'_>],
    file: usize,
    index: &Index,
    beyond: &Beyond<'_>,
    found: &mut Found,
) {
    let Some(table) = &sheets[file].table else { return };
    let object = sheets[file].job.object.as_str();
    for values in &table.keys {
        let Some(Some(column)) = table.columns.get(values.at) else { continue };
        let key = column.key();
        let homes = index.homes(object, &key);
        for entry in &values.entries {
            let made = first(homes, entry.hash()).is_some_and(|home| (home.file as usize) < file);
            let known =
                || beyond.remembered.is_some_and(|known| known.has(object, &key, entry.hash()));
            if !made && !known() {
                found.add(entry.row, rules::SECOND_PASS, values.at, String::new());
            }
        }
    }
}

fn references(
    sheets: &[Sheet<'_>],
    file: usize,
    index: &Index,
    beyond: &Beyond<'_>,
    found: &mut Found,
) {
    let sheet = &sheets[file];
    let Some(table) = &sheet.table else { return };
    // By relation and row, where a second column fills the same relation.
    let mut meant: BTreeMap<(&str, u32), (u32, u32)> = BTreeMap::new();
    for values in &table.references {
        let Some(Some(column)) = table.columns.get(values.at) else { continue };
        let (Some(target), Some(key)) = (column.target.as_deref(), column.sub.as_deref()) else {
            continue;
        };
        let same = |other: Option<&Column>| {
            other.is_some_and(|other| other.target.is_some() && other.field == column.field)
        };
        let several = table.columns.iter().filter(|other| same(**other)).count() > 1;
        let homes = index.homes(target, key);
        let covered = beyond.whole || index.makes(target);
        for entry in &values.entries {
            let Some(home) = first(homes, entry.hash()) else {
                if beyond.remembered.is_some_and(|known| known.has(target, key, entry.hash())) {
                    continue;
                }
                if covered {
                    let elsewhere = beyond.workspace || beyond.remembered.is_some();
                    let rule = if elsewhere {
                        rules::RELATION_ELSEWHERE
                    } else {
                        rules::RELATION_UNRESOLVED
                    };
                    found.add(entry.row, rule, values.at, format!("no {target} of this {key}"));
                } else {
                    let key = (sheet.job.object.clone(), target.to_owned());
                    *found.unchecked.entry(key).or_default() += 1;
                }
                continue;
            };
            let place = (home.file, home.row);
            if several
                && meant
                    .insert((&column.field, entry.row), place)
                    .is_some_and(|other| other != place)
            {
                found.add(entry.row, rules::RELATION_AND, values.at, String::new());
            }
            let made_by = home.file as usize;
            let other = sheets.get(made_by).map(|sheet| sheet.job);
            if made_by < file {
                let own = sheet.job.listed.map(|(step, _)| step.order);
                let step = other.and_then(|job| job.listed).map(|(step, _)| step.order);
                found.steps.extend(step.filter(|step| Some(*step) != own));
            } else if made_by > file {
                let path = other.map(|job| job.path.as_str()).unwrap_or_default();
                found.add(
                    entry.row,
                    rules::RELATION_LATER,
                    values.at,
                    format!("it is made by {path} row {}", home.row),
                );
            } else if batch(home.row) >= batch(entry.row) {
                found.add(
                    entry.row,
                    rules::RELATION_SAME_BATCH,
                    values.at,
                    format!("it is made by row {}", home.row),
                );
            }
        }
    }
}

/// The batch of a row.
fn batch(row: u32) -> u64 {
    u64::from(row.saturating_sub(1)) / BATCH_ROWS
}

/// Activities of one step rise over its files.
fn chronology(sheets: &mut [Sheet<'_>]) {
    let mut latest: Option<(u64, i64)> = None;
    for sheet in sheets {
        let (Some((step, _)), Some(table)) = (sheet.job.listed, &sheet.table) else { continue };
        let (Some(first), Some(last)) = (table.first, table.last) else { continue };
        if latest.is_some_and(|(order, millis)| order == step.order && millis > first.millis) {
            let created =
                |column: Option<&Column>| column.is_some_and(|column| column.field == "createdAt");
            let at = table.columns.iter().position(|column| created(*column)).unwrap_or_default();
            let column = table.header.get(at).map(String::as_str).unwrap_or_default();
            let spot = Spot { row: first.row, line: first.line, at, column };
            sheet.log.unread(rules::CHRONOLOGY, spot, "the file before ends later".into());
        }
        latest = Some((step.order, last.millis));
    }
}
