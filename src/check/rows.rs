//! The rows of one file, one after the other: what the importer reads of each line, each cell by its column,
//! and what the row has to do with others. It keeps hashes of keys and references, never a row.

use super::catalog::{Catalog, Cell, Column, Set};
use super::companions::{Group, Row};
use super::contract::Step;
use super::finding::{Log, Spot};
use super::header;
use super::keys::{Entry, Unique, Values, hash, normalised};
use super::lexer::Record;
use super::rules::{self, Effect};
use super::{moment, text, value};
use crate::event::count::plural;

/// Rows of one request.
pub(super) const BATCH_ROWS: u64 = 200;
/// The server's limit of a request, read strictly (10 MB, not 10 MiB).
const BATCH_BYTES: usize = 10_000_000;
/// Objects whose records are activities: their order is the order of import.
const CHRONOLOGICAL: &[&str] = &["task", "note"];

/// What all files are checked against.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub catalog: &'a Catalog,
    /// Who may own records, where it is known.
    pub members: Option<Members>,
    /// Columns a file may have; this version of Twenty has no limit where it says none.
    pub columns: Option<usize>,
}

/// The members of a workspace.
#[derive(Debug, Default)]
pub(super) struct Members {
    pub emails: Set,
    pub ids: Set,
}

/// A relation and the columns that name its target.
#[derive(Debug)]
struct Relation {
    columns: Vec<usize>,
    /// Which of them the first row with a reference fills.
    filled: Option<Vec<bool>>,
}

/// The rows that go to the server in one request.
#[derive(Debug, Default)]
struct Batch {
    rows: u64,
    bytes: usize,
    first: (u64, u64),
}

/// A row's moment of creation, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub millis: i64,
    pub row: u64,
    pub line: u64,
}

/// See the module's head.
#[derive(Debug)]
pub(super) struct Table<'a> {
    pub header: Vec<String>,
    pub columns: Vec<Option<&'a Column>>,
    pub second_pass: bool,
    /// What the file makes, and what it refers to.
    pub keys: Vec<Values>,
    pub references: Vec<Values>,
    /// The line of each data row.
    pub lines: Vec<u32>,
    /// Rows that become records.
    pub rows: u64,
    /// The first and last row with a moment of creation, in an object of activities.
    pub first: Option<Time>,
    pub last: Option<Time>,
    /// References to members, of whom none is known.
    pub unknown_members: u64,
    /// Its delimiter, and how many bytes stand before the first line.
    pub reading: (u8, u64),
    ground: &'a Ground<'a>,
    listed: bool,
    groups: Vec<Group>,
    uniques: Vec<(usize, Unique)>,
    relations: Vec<Relation>,
    record_keys: Vec<usize>,
    created: Option<usize>,
    batch: Batch,
    unquoted: bool,
    /// The cells of the row in hand.
    texts: Vec<String>,
    /// Which of them the importer refuses: what they refer to is not looked up.
    refused: Vec<bool>,
}

/// The row in hand.
struct Cells<'t> {
    header: &'t [String],
    texts: &'t [String],
    row: u64,
    line: u64,
}

impl Row for Cells<'_> {
    fn text(&self, at: usize) -> &str {
        self.texts.get(at).map(String::as_str).unwrap_or_default()
    }

    fn spot(&self, at: usize) -> Spot<'_> {
        let column = self.header.get(at).map(String::as_str).unwrap_or_default();
        Spot { row: self.row, line: self.line, at, column }
    }
}

impl<'a> Table<'a> {
    /// A file with this header; `step` where a manifest lists it.
    pub fn new(
        ground: &'a Ground<'a>,
        object: &str,
        step: Option<&Step>,
        header: Vec<String>,
        line: u64,
        log: &mut Log,
    ) -> Self {
        let columns = header::resolve(ground.catalog, object, &header, step, line, log);
        let place = |wanted: fn(&Column) -> bool| -> Vec<usize> {
            let all = columns.iter().enumerate();
            all.filter(|(_, column)| column.is_some_and(wanted)).map(|(at, _)| at).collect()
        };
        let own = place(|column| column.unique && column.target.is_none());
        let references = place(|column| {
            column.target.as_deref().is_some_and(|target| target != "workspaceMember")
        });
        let record_keys = place(header::is_key);
        let created = step.filter(|_| CHRONOLOGICAL.contains(&object));
        let created =
            created.and_then(|_| place(|column| column.field == "createdAt").first().copied());
        if step.is_some() && record_keys.is_empty() {
            log.whole(rules::KEY_MISSING, String::new());
        }
        let values = |at: &usize| Values { at: *at, entries: Vec::new() };
        Self {
            second_pass: header::is_second_pass(&columns),
            keys: own.iter().map(values).collect(),
            references: references.iter().map(values).collect(),
            lines: Vec::new(),
            rows: 0,
            first: None,
            last: None,
            unknown_members: 0,
            reading: (b',', 0),
            ground,
            listed: step.is_some(),
            groups: Group::all(&columns),
            uniques: own.iter().map(|at| (*at, Unique::default())).collect(),
            relations: relations(&columns),
            record_keys,
            created,
            batch: Batch::default(),
            unquoted: false,
            texts: Vec::new(),
            refused: Vec::new(),
            header,
            columns,
        }
    }

    /// Takes one line below the header.
    pub fn take(&mut self, record: &Record, row: u64, log: &mut Log) {
        let line = record.line;
        self.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        let whole = Spot { row, line, ..Spot::default() };
        if record.unclosed {
            let at = record.len().saturating_sub(1);
            let column = self.header.get(at).cloned().unwrap_or_default();
            let start: String = String::from_utf8_lossy(record.cell(at)).chars().take(80).collect();
            log.add(
                rules::QUOTE_UNCLOSED,
                Spot { at, column: &column, ..whole },
                &start,
                String::new(),
            );
            return;
        }
        if record.is_blank() {
            let rule = if record.len() > 1 { rules::LINE_DELIMITERS } else { rules::LINE_BLANK };
            log.add(rule, whole, "", String::new());
            return;
        }
        self.rows += 1;
        if self.read(record, row, log) {
            log.add(rules::LINE_SPACES, whole, "", String::new());
            return;
        }
        self.check_shape(record, row, log);
        self.check_cells(row, line, log);
        self.check_row(row, line, log);
        self.weigh(row, line, log);
    }

    /// Closes the last batch, and forgets what only this file needs.
    pub fn end(&mut self, log: &mut Log) {
        self.send(log);
        self.uniques = Vec::new();
        self.texts = Vec::new();
        self.lines.shrink_to_fit();
    }

    /// Reads the cells below a header as texts; whether all of them are blank.
    fn read(&mut self, record: &Record, row: u64, log: &mut Log) -> bool {
        self.texts.resize_with(self.header.len(), String::new);
        let mut blank = true;
        for at in 0..self.header.len() {
            let column = self.header.get(at).map(String::as_str).unwrap_or_default();
            let spot = Spot { row, line: record.line, at, column };
            let Some(slot) = self.texts.get_mut(at) else { continue };
            slot.clear();
            text::read(record.cell(at), spot, slot, log);
            blank &= slot.trim().is_empty();
        }
        blank && (self.header.len()..record.len()).all(|at| record.cell(at).trim_ascii().is_empty())
    }

    /// As many cells as headers, and quotes where they belong.
    fn check_shape(&mut self, record: &Record, row: u64, log: &mut Log) {
        let whole = Spot { row, line: record.line, ..Spot::default() };
        let (cells, headers) = (record.len(), self.header.len());
        let detail = || {
            let cells = plural(cells as u64, "cell", "cells");
            format!("{cells} under {}", plural(headers as u64, "header", "headers"))
        };
        if cells < headers {
            log.add(rules::ROW_SHORT, whole, "", detail());
        } else if let Some(at) = (headers..cells).find(|at| !record.cell(*at).is_empty()) {
            let extra = String::from_utf8_lossy(record.cell(at));
            log.add(rules::ROW_LONG, whole, &extra, detail());
        }
        for at in &record.misplaced {
            let column = self.header.get(*at).map(String::as_str).unwrap_or_default();
            let value = String::from_utf8_lossy(record.cell(*at));
            log.add(
                rules::QUOTE_MISPLACED,
                Spot { at: *at, column, ..whole },
                &value,
                String::new(),
            );
        }
        self.see_quotes(record, row, log);
    }

    /// Says once that cells are not quoted as a bundle's are.
    pub fn see_quotes(&mut self, record: &Record, row: u64, log: &mut Log) {
        let Some(at) = record.unquoted.filter(|_| self.listed && !self.unquoted) else { return };
        // Quotes in the wrong place are told of as such.
        if record.misplaced.is_empty() {
            self.unquoted = true;
            let column = self.header.get(at).cloned().unwrap_or_default();
            let spot = Spot { row, line: record.line, at, column: &column };
            log.add(
                rules::FILE_UNQUOTED,
                spot,
                &String::from_utf8_lossy(record.cell(at)),
                "the first of the file".into(),
            );
        }
    }

    fn check_cells(&mut self, row: u64, line: u64, log: &mut Log) {
        let Self { columns, texts, header, ground, refused, .. } = self;
        refused.clear();
        refused.resize(columns.len(), false);
        for (at, column) in columns.iter().enumerate() {
            let (Some(column), Some(text)) = (column, texts.get(at)) else { continue };
            let name = header.get(at).map(String::as_str).unwrap_or_default();
            let spot = Spot { row, line, at, column: name };
            if text.is_empty() {
                if column.cell == Cell::Boolean {
                    log.add(rules::BOOLEAN_EMPTY, spot, "", String::new());
                }
                continue;
            }
            let mut clean = true;
            value::check(column, text, &mut |rule, detail| {
                clean = false;
                if let Some(refused) = refused.get_mut(at) {
                    *refused |= rule.effect == Effect::RowSkipped;
                }
                log.add(rule, spot, text, detail);
            });
            if clean && column.target.as_deref() == Some("workspaceMember") {
                if let Some(members) = &ground.members {
                    members.check(column, text, spot, log);
                } else {
                    self.unknown_members += 1;
                    member_form(column, text, spot, log);
                }
            }
        }
    }

    /// What the cells of the row have to do with one another and with other rows.
    fn check_row(&mut self, row: u64, line: u64, log: &mut Log) {
        let cells = Cells { header: &self.header, texts: &self.texts, row, line };
        self.groups.iter().for_each(|group| group.check(&cells, log));
        if self.listed
            && !self.record_keys.is_empty()
            && self.record_keys.iter().all(|at| cells.text(*at).is_empty())
        {
            log.add(rules::KEY_EMPTY, Spot { row, line, ..Spot::default() }, "", String::new());
        }
        for (at, unique) in &mut self.uniques {
            let text = cells.text(*at);
            if let Some(Some(column)) = self.columns.get(*at)
                && !text.trim().is_empty()
            {
                unique.check(column, text, cells.spot(*at), log);
            }
        }
        for values in self.keys.iter_mut().chain(&mut self.references) {
            let text = cells.text(values.at);
            let refused = self.refused.get(values.at).copied().unwrap_or_default();
            if let Some(Some(column)) = self.columns.get(values.at)
                && !text.trim().is_empty()
                && !(refused && column.target.is_some())
            {
                values.entries.push(Entry::new(hash(&normalised(column.cell, text)), row));
            }
        }
        self.relations.iter_mut().for_each(|relation| relation.check(&cells, log));
        if let Some(at) = self.created
            && let Some(read) = moment::read(cells.text(at)).filter(|read| read.zone.is_some())
        {
            let time = Time { millis: read.millis(), row, line };
            if self.last.is_some_and(|last| last.millis > time.millis) {
                log.add(rules::CHRONOLOGY, cells.spot(at), cells.text(at), String::new());
            }
            self.first = self.first.or(Some(time));
            self.last = Some(time);
        }
    }

    /// The row's share of its request.
    fn weigh(&mut self, row: u64, line: u64, log: &mut Log) {
        let cells = self.columns.iter().zip(&self.header).zip(&self.texts);
        let sent = cells.filter(|((column, _), text)| column.is_some() && !text.is_empty());
        // Names, colons, commas and the braces of composites.
        let bytes: usize =
            sent.map(|((_, name), cell)| text::json_len(name) + text::json_len(cell) + 8).sum();
        if self.batch.rows == 0 {
            self.batch.first = (row, line);
        }
        self.batch.rows += 1;
        self.batch.bytes += bytes;
        if self.batch.rows == BATCH_ROWS {
            self.send(log);
        }
    }

    fn send(&mut self, log: &mut Log) {
        let Batch { rows, bytes, first: (row, line) } = std::mem::take(&mut self.batch);
        if bytes >= BATCH_BYTES {
            let detail =
                format!("{bytes} bytes of JSON in {} from here on", plural(rows, "row", "rows"));
            log.add(rules::BATCH_TOO_BIG, Spot { row, line, ..Spot::default() }, "", detail);
        }
    }
}

impl Members {
    /// A member by e-mail or id, exactly as the workspace has them.
    fn check(&self, column: &Column, text: &str, spot: Spot<'_>, log: &mut Log) {
        let by_id = column.cell == Cell::Uuid;
        let known = if by_id { &self.ids } else { &self.emails };
        // A list of members written by hand has no ids.
        if known.contains(text) || (by_id && known.is_empty()) {
            return;
        }
        let folded = text.to_lowercase();
        if !by_id && self.emails.iter().any(|email| email.to_lowercase() == folded) {
            log.add(
                rules::MEMBER_FORM,
                spot,
                text,
                "the workspace writes the address otherwise".into(),
            );
        } else {
            log.add(rules::MEMBER_UNKNOWN, spot, text, String::new());
        }
    }
}

/// Members nobody knows can be looked at only.
fn member_form(column: &Column, text: &str, spot: Spot<'_>, log: &mut Log) {
    let good = text.to_lowercase() == text && super::email::is_accepted(text);
    if column.cell == Cell::Text && !good {
        log.add(rules::MEMBER_FORM, spot, text, String::new());
    }
}

/// Relations that more than one column can fill.
fn relations(columns: &[Option<&Column>]) -> Vec<Relation> {
    let mut found: Vec<(&str, Relation)> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let Some(column) = column.filter(|column| column.target.is_some()) else { continue };
        match found.iter_mut().find(|(field, _)| *field == column.field) {
            Some((_, relation)) => relation.columns.push(at),
            None => found.push((&column.field, Relation { columns: vec![at], filled: None })),
        }
    }
    found.into_iter().map(|(_, relation)| relation).filter(|one| one.columns.len() > 1).collect()
}

impl Relation {
    /// Each row with a reference fills the same columns.
    fn check(&mut self, row: &impl Row, log: &mut Log) {
        let filled: Vec<bool> = self.columns.iter().map(|at| !row.text(*at).is_empty()).collect();
        let Some(at) = filled.iter().position(|filled| *filled) else { return };
        match &self.filled {
            None => self.filled = Some(filled),
            Some(first) if *first == filled => {}
            Some(_) => {
                let at = self.columns.get(at).copied().unwrap_or_default();
                log.add(rules::RELATION_MIXED, row.spot(at), row.text(at), String::new());
            }
        }
    }
}
