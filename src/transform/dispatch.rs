//! The way of a record through the transform: parsed, taken apart into the records inside it, and
//! each sent to its target, or kept back until all that belongs to it has been seen. It must not fill
//! cells.

use super::output::{Output, Spilled};
use super::work::Work;
use super::{
    activity, attachment, copies, custom_type, family, note, opportunity, route, spot, task,
};
use crate::close::{Common, Kind, Record, time};
use crate::event;
use crate::plan::Plan;
use crate::read::split::Broken;
use crate::read::{Chunk, Node, Parsed, node};
use crate::survey::{Map, Visit, hash, walk};

/// Turns one chunk into rows, archive lines and events, which are added to `out`.
pub fn chunk(plan: &Plan, out: Output, chunk: &Chunk) -> Output {
    let mut work = Work::new(plan, out);
    work.source = chunk.source;
    for span in &chunk.records {
        let raw = &chunk.bytes[span.start..span.end];
        work.offset = chunk.offset + span.start as u64;
        match span.broken {
            Some(Broken::Truncated) => work.unreadable(raw, event::TRUNCATED, ""),
            Some(Broken::Malformed) => {
                let fault = crate::read::with_parser(|parser| parser.parse(raw, |_| ()).err());
                match fault {
                    Some(fault) => work.unreadable(raw, event::BROKEN, &fault.reason),
                    None => work.unreadable(raw, event::NO_OBJECT, ""),
                }
            }
            None => record(&mut work, raw),
        }
    }
    work.out
}

fn record(work: &mut Work<'_>, raw: &[u8]) {
    let parsed = crate::read::with_parser(|parser| {
        parser.parse(raw, |value| {
            let (visits, strays) = taken_apart(work.plan, &value);
            if work.plan.sample.is_some() && visits.is_empty() {
                return;
            }
            if !value.repairs.is_none() {
                work.repaired(raw, value.nodes, value.repairs);
            }
            tree(work, visits, strays);
        })
    });
    if let Err(fault) = parsed {
        work.unreadable(raw, event::BROKEN, &fault.reason);
    }
}

type Parts<'a> = (Vec<Visit<'a>>, Vec<&'a [Node<'a>]>);

/// The records in one parsed value, and what is none. Of a sample only what belongs to it, as if
/// there were nothing else.
fn taken_apart<'a>(plan: &Plan, value: &Parsed<'a>) -> Parts<'a> {
    let (mut visits, mut strays): Parts<'a> = (Vec::new(), Vec::new());
    let mut visit = |visit| visits.push(visit);
    walk::value(value, plan.rules.waived(), &mut visit, &mut |nodes| strays.push(nodes));
    if let Some(sample) = &plan.sample {
        visits.retain(|visit| sample.has(visit));
        strays.clear();
    }
    (visits, strays)
}

/// Everything in one parsed value.
fn tree<'a>(work: &mut Work<'_>, visits: Vec<Visit<'a>>, strays: Vec<&'a [Node<'a>]>) {
    for stray in strays {
        let mut json = Vec::new();
        node::write_json(stray, &mut json);
        work.unreadable(&json, event::NO_OBJECT, "");
    }
    let completed = completions(&visits);
    let (mut leads, mut contacts) = (Vec::new(), Vec::new());
    for visit in visits {
        work.out.count(visit.record.kind).read += 1;
        spot::look(&work.plan.spot, &visit.record, (work.source, work.offset), &mut work.out);
        if visit.record.id().is_none() && needs_id(visit.record.kind) {
            work.reject_record(&visit.record, event::NO_ID);
            continue;
        }
        match visit.record.kind {
            Kind::Lead => leads.push(visit),
            Kind::Contact => contacts.push(visit),
            _ => {
                let task = visit.record.id().filter(|_| visit.record.kind == Kind::Task);
                let done = task.and_then(|id| completed.get(id).copied());
                other(work, &visit, done);
            }
        }
    }
    families(work, leads, contacts);
}

/// Leads and contacts: those whose group stands in this value at once, the others to be
/// gathered.
fn families<'a>(work: &mut Work<'_>, leads: Vec<Visit<'a>>, mut contacts: Vec<Visit<'a>>) {
    let plan = work.plan;
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
            spill(work, u64::from(group), &lead, None);
            continue;
        }
        let (mine, rest) =
            contacts.into_iter().partition(|c| group_of(c).is_some_and(|g| g.0 == group));
        contacts = rest;
        let mine: Vec<Visit<'a>> = mine;
        family::write(
            work,
            &[lead.record],
            &mine.into_iter().map(|v| v.record).collect::<Vec<_>>(),
        );
    }
    for contact in contacts {
        match group_of(&contact) {
            Some((group, true)) => spill(work, u64::from(group), &contact, None),
            _ => family::write(work, &[], &[contact.record]),
        }
    }
}

fn other(work: &mut Work<'_>, visit: &Visit<'_>, completed: Option<i64>) {
    let again = visit.record.id().filter(|_| needs_id(visit.record.kind));
    if let Some(id) = again.filter(|id| work.plan.seen.maybe_again(id)) {
        spill(work, copies::key_of(id), visit, completed);
    } else {
        single(work, &visit.record, visit.context.lead, completed);
    }
}

/// One record that is no lead and no contact, and of which there is no other copy.
pub(super) fn single(
    work: &mut Work<'_>,
    record: &Record<'_>,
    lead: Option<&str>,
    completed: Option<i64>,
) {
    attachment::refer(work, record, lead);
    match record.kind {
        Kind::CustomActivity | Kind::CustomObject => custom_type::write(work, record, lead),
        _ if route::is_archived(work.plan, record) => {
            work.archive_whole(record, lead, "its kind goes to the archive");
        }
        Kind::LeadFile => attachment::lead_file(work, record, lead),
        Kind::Opportunity => opportunity::write(work, record, lead),
        Kind::Task => {
            let known = record.id().and_then(|id| work.plan.completions.get(&hash(id)).copied());
            task::write(work, record, lead, completed.or(known));
        }
        Kind::Note | Kind::Comment => note::write(work, record, lead),
        Kind::Call
        | Kind::Email
        | Kind::Sms
        | Kind::WhatsAppMessage
        | Kind::Meeting
        | Kind::FormSubmission => activity::write(work, record, lead),
        _ => work.archive_whole(record, lead, whole_reason(record.kind)),
    }
}

fn spill(work: &mut Work<'_>, key: u64, visit: &Visit<'_>, completed: Option<i64>) {
    let mut json = Vec::new();
    visit.record.write_own(&mut json);
    let lead = visit.context.lead.map(Into::into);
    let (kind, source, offset) = (visit.record.kind, work.source, work.offset);
    work.out.spilled.push(Spilled { key, kind, lead, completed, source, offset, json });
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
        let said = |key| visit.record.said(key);
        let at = said(Common::ActivityAt).or_else(|| said(Common::DateCreated));
        if let Some((task, at)) = said(Common::TaskId).zip(at.and_then(time::micros)) {
            let known = done.entry(task).or_insert(at);
            *known = at.max(*known);
        }
    }
    done
}

fn whole_reason(kind: Kind) -> &'static str {
    use crate::close::Group;
    match kind.group() {
        Group::Activity => "history that Twenty has no place for",
        Group::Config => "a setting: rebuild it in Twenty",
        _ => "not mapped",
    }
}
