//! Records that had to be gathered: copies of one object are merged (`close-format.md` §1.3: the
//! later update stands, then the copy with more keys; a missing key erases nothing), groups of leads
//! and contacts are written together. It must not read files.

use super::dispatch::single;
use super::family;
use super::output::{Output, Spilled};
use super::work::Work;
use crate::close::shape;
use crate::close::{Fate, Kind, Record, Residue, time};
use crate::event;
use crate::plan::Plan;
use crate::read::{Node, node};
use crate::survey::hash;

/// The gathering key of an id; group numbers of leads and contacts stay below.
pub(super) fn key_of(id: &str) -> u64 {
    hash(id) | 1 << 63
}

/// Adds the records of one partition to `out`; those with one key are seen together.
pub fn gathered(plan: &Plan, out: Output, mut items: Vec<Spilled>) -> Output {
    let mut work = Work::new(plan, out);
    items.sort_by(|a, b| {
        (a.key, a.kind, a.source, a.offset).cmp(&(b.key, b.kind, b.source, b.offset))
    });
    for group in items.chunk_by_mut(|a, b| a.key == b.key) {
        together(&mut work, group);
    }
    work.out
}

fn together(work: &mut Work<'_>, group: &mut [Spilled]) {
    let mut buffers: Vec<Vec<u8>> =
        group.iter_mut().map(|item| std::mem::take(&mut item.json)).collect();
    let mut tapes = Vec::with_capacity(buffers.len());
    for (item, buffer) in group.iter().zip(&mut buffers) {
        // What was written by the first pass over the record parses again.
        if let Ok(tape) = simd_json::to_tape(buffer) {
            tapes.push((item, tape));
        }
    }
    let mut records: Vec<(&Spilled, Record<'_>)> =
        tapes.iter().map(|(item, tape)| (*item, open(work, item.kind, &tape.0[..]))).collect();
    if records.len() > 1 {
        records.sort_by_cached_key(|(_, r)| (r.kind, r.id(), std::cmp::Reverse(rank(r))));
    }
    let (mut leads, mut contacts) = (Vec::new(), Vec::new());
    let mut rest = records.into_iter().peekable();
    while let Some((item, first)) = rest.next() {
        let mut copies = vec![first];
        let (mut lead, mut completed) = (item.lead.clone(), item.completed);
        while let Some((other, copy)) = rest.next_if(|(_, r)| same(&copies[0], r)) {
            lead = lead.or_else(|| other.lead.clone());
            completed = completed.max(other.completed);
            copies.push(copy);
        }
        (work.source, work.offset) = (item.source, item.offset);
        match copies[0].kind {
            Kind::Lead => leads.push(one(work, copies)),
            Kind::Contact => contacts.push(one(work, copies)),
            kind if is_mapped(kind) => {
                let record = one(work, copies);
                single(work, &record, lead.as_deref(), completed);
            }
            _ => whole(work, &copies, lead.as_deref()),
        }
    }
    if !leads.is_empty() || !contacts.is_empty() {
        family::write(work, &leads, &contacts);
    }
}

fn open<'a>(work: &Work<'_>, kind: Kind, nodes: &'a [Node<'a>]) -> Record<'a> {
    let mut record = Record::open(kind, nodes);
    record.waive(work.plan.rules.waived());
    record
}

fn same(a: &Record<'_>, b: &Record<'_>) -> bool {
    a.kind == b.kind && a.id() == b.id()
}

fn is_mapped(kind: Kind) -> bool {
    kind != Kind::EmailThread && !shape::shape(kind).keys.is_empty()
}

/// Later update, then more keys, then the bytes: the same order whatever the files' order.
fn rank(record: &Record<'_>) -> (i64, usize, Vec<u8>) {
    let mut updated = ["date_updated", "updated_at"].iter();
    let updated =
        updated.find_map(|key| node::get_text(record.nodes(), key)).and_then(time::instant);
    let mut json = Vec::new();
    node::write_json(record.nodes(), &mut json);
    (updated.map_or(i64::MIN, jiff::Timestamp::as_microsecond), record.len(), json)
}

/// Merges copies, best first, into one record; what the others say differently is archived.
fn one<'a>(work: &mut Work<'_>, copies: Vec<Record<'a>>) -> Record<'a> {
    let mut copies = copies.into_iter();
    let Some(mut best) = copies.next() else { unreachable!("a group has at least one copy") };
    let mut older: Vec<Record<'a>> = copies.collect();
    older.iter_mut().for_each(|copy| best.fill_from(copy));
    for copy in &older {
        copy.yield_to(&best);
        work.out.count(copy.kind).merged += 1;
        let mut residue = Residue::default();
        copy.close(work.plan.rules.fates(), &mut crate::close::Ledger::default(), &mut residue);
        if !residue.json.is_empty() {
            let values = String::from_utf8_lossy(&residue.json).into_owned();
            work.remark_at(copy, "", event::OLDER_COPY, &values);
        }
        work.close(copy, event::OLDER_COPY.why);
    }
    best
}

/// Copies of a record that goes to the archive whole: equal ones count as merged.
fn whole(work: &mut Work<'_>, copies: &[Record<'_>], lead: Option<&str>) {
    let mut kept: Vec<&[Node<'_>]> = Vec::new();
    for copy in copies {
        if kept.contains(&copy.nodes()) {
            copy.close_whole(Fate::Merged, work.plan.rules.fates(), &mut work.out.ledger);
            work.out.count(copy.kind).merged += 1;
        } else {
            kept.push(copy.nodes());
            work.archive_whole(copy, lead, "history or settings without a place in Twenty");
        }
    }
}
