//! The work on one chunk: parse, find the records, send each to its target. It holds what the
//! targets share: where we are, what was produced, how links are found.

use super::output::{Output, Row, Spilled};
use super::rows::Cells;
use super::{activity, copies, family, note, opportunity, task};
use crate::close::{Field, Kind, Record, Residue, time};
use crate::event::{self, Notice};
use crate::plan::{Plan, Verdict};
use crate::read::split::Broken;
use crate::read::{Chunk, Node, node};
use crate::survey::{Map, Visit, hash, walk};
use crate::twenty::objects::Col;
use crate::twenty::{date, id, text};
use std::borrow::Cow;

/// Turns one chunk into rows, archive lines and events.
pub fn chunk(plan: &Plan, chunk: &Chunk) -> Output {
    let mut work = Work::new(plan);
    work.source = chunk.source;
    for span in &chunk.records {
        let raw = &chunk.bytes[span.start..span.end];
        work.offset = chunk.offset + span.start as u64;
        match span.broken {
            Some(Broken::Truncated) => work.unreadable(raw, event::TRUNCATED, ""),
            Some(Broken::Malformed) => {
                let fault = crate::read::with_parser(|parser| parser.parse(raw, |_, _| ()).err());
                if fault.is_none() {
                    work.unreadable(raw, event::NO_OBJECT, "");
                    continue;
                }
                work.unreadable(raw, event::BROKEN, &fault.map_or_else(String::new, |f| f.reason));
            }
            None => work.record(raw),
        }
    }
    work.out
}

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
}

impl<'p> Work<'p> {
    /// Work that has produced nothing yet.
    pub fn new(plan: &'p Plan) -> Self {
        let (out, residue) = (Output::default(), Residue::default());
        Self { plan, out, source: 0, offset: 0, residue }
    }

    fn record(&mut self, raw: &[u8]) {
        let parsed = crate::read::with_parser(|parser| {
            parser.parse(raw, |nodes, repairs| {
                if !repairs.is_none() {
                    self.repaired(raw, nodes, repairs);
                }
                self.tree(nodes);
            })
        });
        if let Err(fault) = parsed {
            self.unreadable(raw, event::BROKEN, &fault.reason);
        }
    }

    /// Everything in one parsed value.
    fn tree<'a>(&mut self, nodes: &'a [Node<'a>]) {
        let mut visits: Vec<Visit<'a>> = Vec::new();
        let mut strays: Vec<&'a [Node<'a>]> = Vec::new();
        let context = walk::Context::default();
        walk::records(nodes, None, context, &mut |visit| visits.push(visit), &mut |nodes| {
            strays.push(nodes);
        });
        for stray in strays {
            let mut json = Vec::new();
            node::write_json(stray, &mut json);
            self.unreadable(&json, event::NO_OBJECT, "");
        }
        let completed = completions(&visits);
        let (mut leads, mut contacts) = (Vec::new(), Vec::new());
        for visit in visits {
            self.out.count(visit.record.kind).read += 1;
            if visit.record.id().is_none() && needs_id(visit.record.kind) {
                self.reject_record(&visit.record, event::NO_ID);
                continue;
            }
            match visit.record.kind {
                Kind::Lead => leads.push(visit),
                Kind::Contact => contacts.push(visit),
                _ => {
                    let task = visit.record.id().filter(|_| visit.record.kind == Kind::Task);
                    let done = task.and_then(|id| completed.get(id).copied());
                    self.other(&visit, done);
                }
            }
        }
        self.families(leads, contacts);
    }

    /// Leads and contacts: those whose group stands in this value at once, the others to be
    /// gathered.
    fn families<'a>(&mut self, leads: Vec<Visit<'a>>, mut contacts: Vec<Visit<'a>>) {
        let plan = self.plan;
        let group_of = |visit: &Visit<'_>| {
            let id = visit.record.id().unwrap_or_default();
            match visit.record.kind {
                Kind::Lead => plan.leads.get(id).map(|lead| (lead.group, lead.gather)),
                _ => plan.contacts.get(id).map(|contact| (contact.group, contact.gather)),
            }
        };
        for lead in leads {
            let Some((group, gather)) = group_of(&lead) else { continue };
            if gather {
                self.spill(u64::from(group), &lead, None);
                continue;
            }
            let (mine, rest) =
                contacts.into_iter().partition(|c| group_of(c).is_some_and(|g| g.0 == group));
            contacts = rest;
            let mine: Vec<Visit<'a>> = mine;
            family::write(
                self,
                &[lead.record],
                &mine.into_iter().map(|v| v.record).collect::<Vec<_>>(),
            );
        }
        for contact in contacts {
            match group_of(&contact) {
                Some((group, true)) => self.spill(u64::from(group), &contact, None),
                _ => family::write(self, &[], &[contact.record]),
            }
        }
    }

    fn other(&mut self, visit: &Visit<'_>, completed: Option<i64>) {
        let again = visit.record.id().filter(|_| needs_id(visit.record.kind));
        if let Some(id) = again.filter(|id| self.plan.seen.maybe_again(id)) {
            self.spill(copies::key_of(id), visit, completed);
        } else {
            self.single(&visit.record, visit.context.lead, completed);
        }
    }

    /// One record that is no lead and no contact, and of which there is no other copy.
    pub fn single(&mut self, record: &Record<'_>, lead: Option<&str>, completed: Option<i64>) {
        match record.kind {
            Kind::Opportunity => opportunity::write(self, record, lead),
            Kind::Task => {
                let known =
                    record.id().and_then(|id| self.plan.completions.get(&hash(id)).copied());
                task::write(self, record, lead, completed.or(known));
            }
            Kind::Note | Kind::Comment => note::write(self, record, lead),
            Kind::Call
            | Kind::Email
            | Kind::Sms
            | Kind::WhatsAppMessage
            | Kind::Meeting
            | Kind::FormSubmission => activity::write(self, record, lead),
            _ => self.archive_whole(record, lead, whole_reason(record.kind)),
        }
    }

    fn spill(&mut self, key: u64, visit: &Visit<'_>, completed: Option<i64>) {
        let mut json = vec![b'{'];
        let children: Vec<_> = visit.record.children().map(|(_, list)| list.as_ptr()).collect();
        for (key, value) in node::entries(visit.record.nodes()) {
            if children.contains(&value.as_ptr()) {
                continue;
            }
            if json.len() > 1 {
                json.push(b',');
            }
            node::write_json_text(key, &mut json);
            json.push(b':');
            node::write_json(value, &mut json);
        }
        json.push(b'}');
        let lead = visit.context.lead.map(Into::into);
        let (kind, source, offset) = (visit.record.kind, self.source, self.offset);
        self.out.spilled.push(Spilled { key, kind, lead, completed, source, offset, json });
    }
}

/// Rows and cells.
impl Work<'_> {
    /// An empty row of a step.
    pub fn cells(&self, step: usize) -> Cells {
        Cells::new(step, self.plan.steps[step].columns.len())
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
        let line = cells.line(&self.plan.steps[cells.step].hidden);
        let (step, at) = (cells.step, at.unwrap_or(i64::MIN));
        self.out.rows.push(Row { step, at, id: id.into(), line });
    }

    /// Fills a cell with text of one line.
    pub fn line(&mut self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(value) = self.text(record, field) {
            let value = text::line(&value);
            self.fill(record, field, &value, cells, at);
        }
    }

    /// Fills a cell with text that may have several lines.
    pub fn block(&mut self, record: &Record<'_>, field: Field, cells: &mut Cells, at: Col) {
        if let Some(value) = self.text(record, field) {
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
        self.remark(record, field, event::CUT, "");
    }

    /// Takes a text; a value of the wrong type is set aside.
    pub fn text<'a>(&mut self, record: &Record<'a>, field: Field) -> Option<Cow<'a, str>> {
        let value = record.value(field).filter(|value| !node::is_empty(value))?;
        if matches!(value.first(), Some(Node::Array { .. } | Node::Object { .. })) {
            record.set_aside(field);
            self.remark(record, field, event::WRONG_TYPE, "");
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
            let instant = time::instant(raw).ok_or(event::NO_TIME)?;
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
                self.remark(record, field, why, "");
                None
            }
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
                let first = || found.contacts.first().and_then(|contact| plan.person(contact));
                links = Links {
                    person: found.person(id).or_else(first),
                    company,
                    lead_name: &found.name,
                };
            }
            Some(None) => {
                record.set_aside(lead);
                self.remark(record, lead, event::ORPHAN, "");
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
                self.remark(record, contact, event::DANGLING, "");
            }
        }
        links
    }
}

/// A refusal of a value rule as a notice.
pub fn notice(refusal: crate::twenty::refusal::Refusal) -> Notice {
    Notice { code: refusal.code, why: refusal.why, fix: refusal.fix }
}

/// Kinds whose copies are merged by id.
fn needs_id(kind: Kind) -> bool {
    use crate::close::Group;
    matches!(kind.group(), Group::Record | Group::Task | Group::Activity)
}

/// When to-dos that stand in the same value were completed; the latest time counts.
fn completions<'a>(visits: &[Visit<'a>]) -> Map<&'a str, i64> {
    let mut done: Map<&'a str, i64> = Map::default();
    for visit in visits.iter().filter(|visit| visit.record.kind == Kind::TaskCompleted) {
        let text = |key| node::get_text(visit.record.nodes(), key);
        let at = text("activity_at").or_else(|| text("date_created")).and_then(time::instant);
        if let Some((task, at)) = text("task_id").zip(at.map(jiff::Timestamp::as_microsecond)) {
            let known = done.entry(task).or_insert(at);
            *known = at.max(*known);
        }
    }
    done
}

fn whole_reason(kind: Kind) -> &'static str {
    use crate::close::Group;
    match (kind, kind.group()) {
        (Kind::CustomActivity | Kind::CustomObject, _) => "custom types are not mapped yet",
        (_, Group::Activity) => "history that Twenty has no place for",
        (_, Group::Config) => "a setting: rebuild it in Twenty",
        _ => "not mapped",
    }
}
