//! What all targets share: the plan, what was produced so far, how cells are filled and how links are
//! found. It must not know a Close type.

use super::output::Output;
use super::rows::{Cells, seed};
use crate::close::{Field, Record, Residue, time};
use crate::event::{self, Notice};
use crate::plan::{Plan, Verdict};
use crate::read::{Node, node};
use crate::twenty::objects::Col;
use crate::twenty::{date, id, text};
use std::borrow::Cow;

/// Where a record is linked to.
#[derive(Clone, Debug, Default)]
pub struct Links<'p> {
    /// Close id of the person.
    pub person: Option<&'p str>,
    /// Close id of the company.
    pub company: Option<&'p str>,
    /// The lead's name.
    pub lead_name: &'p str,
}

/// See the module's head.
#[derive(Debug)]
pub struct Work<'p> {
    /// The decisions.
    pub plan: &'p Plan,
    /// What was produced.
    pub out: Output,
    /// Index of the source in work.
    pub source: usize,
    /// Byte offset of the record in work.
    pub offset: u64,
    pub(super) residue: Residue,
    /// The buffers of the last row.
    spare: Cells,
    /// What the headers of each step add to the hash of a row; filled when a step has its first row.
    seeds: Vec<Vec<u64>>,
}

impl<'p> Work<'p> {
    /// Work that adds to `out`.
    pub fn new(plan: &'p Plan, out: Output) -> Self {
        let (residue, spare) = (Residue::default(), Cells::default());
        let seeds = vec![Vec::new(); plan.steps.len()];
        Self { plan, out, source: 0, offset: 0, residue, spare, seeds }
    }
}

/// Rows and cells.
impl Work<'_> {
    /// An empty row of a step.
    pub fn cells(&mut self, step: usize) -> Cells {
        std::mem::take(&mut self.spare).emptied(step, self.plan.steps[step].columns.len())
    }

    /// Fills `Id` and `Close Id`, the first two columns of every object.
    pub fn identify(cells: &mut Cells, close_id: &str) {
        let mut buf = Vec::with_capacity(36);
        id::push(&mut buf, id::record_id(close_id));
        cells.set_at(0, std::str::from_utf8(&buf).unwrap_or_default());
        cells.set_at(1, close_id);
    }

    /// Hands a finished row on.
    pub fn emit(&mut self, mut cells: Cells, at: Option<i64>, id: &str) {
        for (column, whole) in cells.cut() {
            self.cut_cell(cells.step, column, id, &whole);
        }
        let planned = &self.plan.steps[cells.step];
        let seeds = &mut self.seeds[cells.step];
        if seeds.is_empty() {
            seeds.extend(planned.columns.iter().map(|column| seed(&column.header)));
        }
        let at = at.unwrap_or(i64::MIN);
        let hash = cells.digest(seeds, at);
        let line = |out: &mut Vec<u8>| cells.write_line(&planned.hidden, out);
        self.out.rows.push(cells.step, at, id, hash, line);
        self.spare = cells;
    }

    /// Fills a cell with text of one line.
    pub fn line(&mut self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(value) = self.text(record, field) {
            self.note_control(record, field, &value);
            let value = text::line(&value);
            self.fill(record, field, &value, cells, at);
        }
    }

    /// Fills a cell with text that may have several lines.
    pub fn block(&mut self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(value) = self.text(record, field) {
            self.note_control(record, field, &value);
            let value = text::block(&value);
            self.fill(record, field, &value, cells, at);
        }
    }

    fn fill(&mut self, record: &Record<'_>, field: Field, value: &str, cells: &mut Cells, at: Col) {
        if text::fits(value) {
            cells.set(at, value);
            return;
        }
        cells.set(at, text::head(value, text::MAX_CELL));
        record.keep_whole(field);
        self.remark(record, field, event::CUT);
    }

    /// Control characters do not reach a cell: the text as it was is kept, and listed.
    pub fn note_control(&mut self, record: &Record<'_>, field: Field, raw: &str) {
        if text::has_control(raw) {
            record.keep_whole(field);
            self.remark(record, field, event::CONTROL);
        }
    }

    /// Takes a text; a value of the wrong type is set aside.
    pub fn text<'a>(&mut self, record: &Record<'a>, field: Field) -> Option<Cow<'a, str>> {
        let value = record.value(field).filter(|value| !node::is_empty(value))?;
        if matches!(value.first(), Some(Node::Array { .. } | Node::Object { .. })) {
            record.set_aside(field);
            self.remark(record, field, event::WRONG_TYPE);
            return None;
        }
        record.take(field)
    }

    /// Takes an instant as a cell; answers its microseconds.
    pub fn instant(
        &mut self,
        record: &Record<'_>,
        field: Field,
        cells: &mut Cells,
        at: Col,
    ) -> Option<i64> {
        let parse = |raw: &str| {
            let instant = time::instant_of_day(raw).ok_or(event::NO_TIME)?;
            let cell = date::date_time_cell(instant).map_err(notice)?;
            Ok((instant.as_microsecond(), cell))
        };
        match record.take_as(field, parse)? {
            Ok((micros, cell)) => {
                cells.set(at, cell);
                Some(micros)
            }
            Err(why) => {
                // Built-in records carry the year 1 for "never": no value, no remark.
                self.remark(record, field, why);
                None
            }
        }
    }

    /// Names the workspace member behind a user id, where they are one.
    pub fn member(&self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(member) = record.peek(field).and_then(|user| self.plan.member(user)) {
            cells.set(at, member);
        }
    }

    /// Takes a user id as `Name <email>`.
    pub fn owner(&mut self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(user) = self.text(record, field) {
            cells.set(at, self.plan.owner(&user));
        }
    }
}

/// Links.
impl<'p> Work<'p> {
    /// Finds the person and company of a record from its lead and contact.
    pub fn links(
        &mut self,
        record: &Record<'_>,
        lead: Field,
        contact: Option<Field>,
        within: Option<&str>,
    ) -> Links<'p> {
        let plan = self.plan;
        let mut links = Links::default();
        let named = record.take(lead);
        match named.as_deref().or(within).map(|id| plan.lead(id)) {
            Some(Some((id, found))) => {
                let company = plan.company(found);
                let merged = matches!(found.verdict, Verdict::Merged(_));
                if merged
                    || company.is_some_and(|company| company != id)
                    || named.as_deref() != Some(id)
                {
                    // The link goes to the record it was merged into: which one it was is kept.
                    record.keep_whole(lead);
                }
                // A merged lead's first contact is the person that represents the other lead.
                let first = || plan.first_person(found);
                links = Links {
                    person: plan.represented_by(id, found).or_else(first),
                    company,
                    lead_name: plan.leads.text(found.name),
                };
            }
            Some(None) => {
                record.set_aside(lead);
                self.remark(record, lead, event::ORPHAN);
            }
            None => self.remark_at(record, "lead_id", event::DETACHED, ""),
        }
        if let Some(contact) = contact
            && let Some(id) = self.text(record, contact)
        {
            if let Some(person) = plan.person(&id) {
                links.person = Some(person);
                if *person != *id {
                    record.keep_whole(contact);
                }
            } else {
                record.set_aside(contact);
                self.remark(record, contact, event::DANGLING);
            }
        }
        links
    }
}

/// A refusal of a value rule as a notice.
pub fn notice(refusal: crate::twenty::refusal::Refusal) -> Notice {
    Notice { code: refusal.code, why: refusal.why, fix: refusal.fix }
}
