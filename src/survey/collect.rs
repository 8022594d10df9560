//! Runs pass 1 and merges what its workers found. It must not keep activities.

use super::absorb::{keep_first, keep_fuller, keep_last};
use super::customs::{Crowded, Customs};
use super::facts::{micros, status};
use super::seen::Seen;
use super::users::Role;
use super::walk::{self, Visit};
use super::{ContactFacts, LeadFacts, Survey, hash};
use crate::close::record::Waived;
use crate::close::shape::{attachment, call, contact, custom_object, lead, opportunity, task};
use crate::close::{Common, Field, Group, Kind, Record, time};
use crate::error::Result;
use crate::event::watch::Phase;
use crate::pipeline;
use crate::read::{Chunk, Damage, Node, Parsed, Sources, node, with_parser};

/// Reads the whole export once; `waived` are the paths the user's map drops.
///
/// # Errors
/// When a file cannot be read.
pub fn survey(pool: &pipeline::Pool, sources: Sources, waived: &Waived) -> Result<(Survey, Seen)> {
    survey_of(pool, sources, waived, None)
}

/// Says of a record whether it belongs to a sample.
pub type Keep<'k> = &'k (dyn Fn(&Visit<'_>) -> bool + Sync);

/// As [`survey`], but looks only at the records to be kept, as if there were no others. What cannot
/// be read counts only where all is kept.
///
/// # Errors
/// When a file cannot be read.
pub fn survey_of(
    pool: &pipeline::Pool,
    sources: Sources,
    waived: &Waived,
    keep: Option<Keep<'_>>,
) -> Result<(Survey, Seen)> {
    let mut seen = Seen::for_bytes(Sources::estimate(&sources.files));
    let mut all = Survey { latest: i64::MIN, ..Survey::default() };
    let crowded = Crowded::default();
    let shared = Shared { seen: &seen, crowded: &crowded, waived, keep };
    let work = |chunk: &Chunk| chunk_survey(chunk, shared);
    let bytes = sources.files.iter().map(|source| source.bytes).sum();
    let running = pool.watcher().begin(Phase::Survey, bytes);
    let ends = pipeline::first(pool, &sources.files, work, |part| {
        pool.watcher().records(part.survey.read.values().sum());
        all.absorb(part.survey);
        part.customs.add_to(&mut all);
        Ok(())
    })?;
    drop(running);
    seen.finish();
    all.people.finish();
    all.count_different();
    all.incomplete.archives = sources.damaged;
    (all.sources, all.ends) = (sources.files, ends);
    (all.ignored, all.remarks) = (sources.ignored, sources.remarks);
    Ok((all, seen))
}

/// What all workers have.
#[derive(Clone, Copy)]
struct Shared<'s> {
    seen: &'s Seen,
    crowded: &'s Crowded,
    waived: &'s Waived,
    keep: Option<Keep<'s>>,
}

/// What one chunk holds.
struct Part<'s> {
    survey: Survey,
    customs: Customs<'s>,
}

fn chunk_survey<'s>(chunk: &Chunk, shared: Shared<'s>) -> Part<'s> {
    let keep = shared.keep;
    let survey = Survey { latest: i64::MIN, ..Survey::default() };
    let customs = Customs::new(shared.crowded);
    let mut collector = Collector { survey, customs, source: chunk.source, shared };
    for span in &chunk.records {
        let raw = &chunk.bytes[span.start..span.end];
        let parsed = span.broken.is_none()
            && with_parser(|parser| parser.parse(raw, |value| collector.value(&value)).is_ok());
        collector.survey.unreadable += u64::from(!parsed && keep.is_none());
    }
    if collector.survey.read.keys().any(|kind| *kind != Kind::Unknown) {
        collector.survey.useful.insert(chunk.source);
    } else if collector.survey.unreadable > 0 || !collector.survey.read.is_empty() {
        collector.survey.strange.insert(chunk.source);
    }
    for envelope in &chunk.envelopes {
        collector.survey.incomplete.page(chunk.source, envelope);
    }
    let cut_off = chunk.truncated.then_some(Damage::CutOff);
    if let Some(damage) = chunk.damage.or(cut_off) {
        collector.survey.incomplete.damaged.push((chunk.source, damage));
    }
    Part { survey: collector.survey, customs: collector.customs }
}

/// Collects what one part of the export holds.
pub struct Collector<'s> {
    survey: Survey,
    customs: Customs<'s>,
    source: usize,
    shared: Shared<'s>,
}

impl Collector<'_> {
    fn value<'a>(&mut self, value: &Parsed<'a>) {
        self.survey.carried.see(self.source, value);
        let mut strays = 0;
        let Shared { waived, keep, .. } = self.shared;
        let mut visit = |visit: Visit<'a>| {
            if keep.is_none_or(|keep| keep(&visit)) {
                self.record(&visit);
            }
        };
        let mut stray = |_: &[Node<'a>]| strays += 1;
        walk::value(value, waived, &mut visit, &mut stray);
        self.survey.unreadable += if keep.is_none() { strays } else { 0 };
    }

    fn record(&mut self, visit: &Visit<'_>) {
        let record = &visit.record;
        *self.survey.read.entry(record.kind).or_default() += 1;
        record.count(&mut self.survey.ledger);
        if record.kind.group() == Group::Config || record.kind == Kind::Unknown {
            let mut json = Vec::new();
            node::write_json(record.nodes(), &mut json);
            if let Ok(value) = serde_json::from_slice(&json) {
                self.survey.config.see(record.kind, &value);
                self.survey.inventory.see(record.kind, &value);
                if record.kind == Kind::Unknown {
                    self.survey.incomplete.object(self.source, &value);
                }
            }
            return;
        }
        if let Some(id) = record.id() {
            self.shared.seen.note(id);
        }
        match record.kind {
            Kind::Lead => self.lead(record),
            Kind::Contact => self.contact(visit),
            Kind::Opportunity => self.opportunity(record),
            Kind::Task => self.task(visit),
            Kind::CommentThread => self.thread(record),
            kind if kind.is_activity() => self.activity(visit),
            _ => {}
        }
        self.custom_type(record);
        self.customs.see(record);
        self.users_in_customs(record);
        self.dates(record);
        self.contact_lead(visit);
    }

    /// A contact may lack its lead in some exports; records about both tell (`close-format.md` §4.1).
    fn contact_lead(&mut self, visit: &Visit<'_>) {
        let record = &visit.record;
        if visit.context.lead.is_some() || record.kind == Kind::Contact {
            return;
        }
        let both = record.said(Common::ContactId).zip(record.said(Common::LeadId));
        if let Some((contact, lead)) = both {
            keep_first(&mut self.survey.contact_leads, hash(contact), lead);
        }
    }

    fn lead(&mut self, record: &Record<'_>) {
        self.survey.leads.extend(LeadFacts::of(record));
        let updated = micros(record, lead::DATE_UPDATED).unwrap_or(i64::MIN);
        if let Some(id) = record.peek(lead::STATUS_ID).or_else(|| record.peek(lead::STATUS_LABEL)) {
            let status = status(&mut self.survey.lead_statuses, id);
            status.see(record.peek(lead::STATUS_LABEL), updated);
        }
        self.editors(
            record,
            [lead::CREATED_BY, lead::CREATED_BY_NAME],
            [lead::UPDATED_BY, lead::UPDATED_BY_NAME],
            updated,
        );
    }

    fn contact(&mut self, visit: &Visit<'_>) {
        let record = &visit.record;
        self.survey.contacts.extend(ContactFacts::of(record, visit.context.lead));
        let updated = micros(record, contact::DATE_UPDATED).unwrap_or(i64::MIN);
        self.editors(
            record,
            [contact::CREATED_BY, contact::CREATED_BY_NAME],
            [contact::UPDATED_BY, contact::UPDATED_BY_NAME],
            updated,
        );
    }

    fn opportunity(&mut self, record: &Record<'_>) {
        use opportunity as o;
        if let Some(id) = record.id() {
            self.survey.opportunities.insert(hash(id));
        }
        if let Some((id, name)) = record.peek(o::PIPELINE_ID).zip(record.peek(o::PIPELINE_NAME)) {
            keep_last(&mut self.survey.deal_pipelines, id, name);
        }
        let updated = micros(record, o::DATE_UPDATED).unwrap_or(i64::MIN);
        if let Some(id) = record.peek(o::STATUS_ID).or_else(|| record.peek(o::STATUS_LABEL)) {
            let status = status(&mut self.survey.deal_statuses, id);
            status.see(record.peek(o::STATUS_LABEL), updated);
            if status.updated == updated || status.kind.is_none() {
                status.kind = record.peek(o::STATUS_TYPE).map(Into::into).or(status.kind.take());
                let pipeline = record.peek(o::PIPELINE_ID).zip(record.peek(o::PIPELINE_NAME));
                let pipeline = pipeline.map(|(id, name)| (id.into(), name.into()));
                status.pipeline = pipeline.or(status.pipeline.take());
            }
            let confidence = record.value(o::CONFIDENCE).and_then(crate::close::record::scalar);
            if let Some(n) = confidence.and_then(|c| c.parse::<u64>().ok()).filter(|n| *n <= 100) {
                status.confidence.0 += n;
                status.confidence.1 += 1;
            }
        }
        self.named(record, o::USER_ID, Some(o::USER_NAME), updated, Role::Owner);
        self.editors(
            record,
            [o::CREATED_BY, o::CREATED_BY_NAME],
            [o::UPDATED_BY, o::UPDATED_BY_NAME],
            updated,
        );
        self.files(record, o::ATTACHMENTS);
    }

    fn task(&mut self, visit: &Visit<'_>) {
        let record = &visit.record;
        if visit.context.lead.is_none() {
            let is_to_do = record.peek(task::TYPE).is_none_or(|word| word == "lead");
            self.survey.carried.task(self.source, is_to_do);
        }
        let updated = micros(record, task::DATE_UPDATED).unwrap_or(i64::MIN);
        self.named(record, task::ASSIGNED_TO, Some(task::ASSIGNED_TO_NAME), updated, Role::Owner);
        self.editors(
            record,
            [task::CREATED_BY, task::CREATED_BY_NAME],
            [task::UPDATED_BY, task::UPDATED_BY_NAME],
            updated,
        );
        self.files(record, task::ATTACHMENTS);
    }

    fn thread(&mut self, record: &Record<'_>) {
        if let Some((id, object)) = record.id().zip(record.said(Common::ObjectId)) {
            self.survey.threads.insert(id.into(), object.into());
        }
    }

    fn activity(&mut self, visit: &Visit<'_>) {
        let record = &visit.record;
        let at = record.said(Common::ActivityAt).or_else(|| record.said(Common::DateCreated));
        let at = at.and_then(time::micros).unwrap_or(i64::MIN);
        for (id, name, role) in [
            (Common::UserId, Common::UserName, Role::Owner),
            (Common::CreatedBy, Common::CreatedByName, Role::Creator),
            (Common::UpdatedBy, Common::UpdatedByName, Role::Editor),
        ] {
            if let Some(id) = record.said(id) {
                self.survey.users.see(id, record.said(name), at, record.kind, role);
            }
        }
        match record.kind {
            Kind::TaskCompleted if visit.context.lead.is_none() && at != i64::MIN => {
                if let Some(task) = record.said(Common::TaskId) {
                    let known = self.survey.completions.entry(hash(task)).or_insert(at);
                    *known = at.max(*known);
                }
            }
            Kind::LeadMerge => {
                let to = record.said(Common::DestinationLeadId);
                if let Some((from, to)) = record.said(Common::SourceLeadId).zip(to) {
                    self.survey.merges.push((from.into(), to.into()));
                }
            }
            Kind::Call => {
                let urls = [call::RECORDING_URL, call::VOICEMAIL_URL];
                self.survey.recordings +=
                    urls.iter().filter(|field| record.peek(**field).is_some()).count() as u64;
            }
            _ => {}
        }
        let attachments = match record.kind {
            Kind::Note => Some(crate::close::shape::note::ATTACHMENTS),
            Kind::Email => Some(crate::close::shape::email::ATTACHMENTS),
            Kind::Sms => Some(crate::close::shape::sms::ATTACHMENTS),
            Kind::WhatsAppMessage => Some(crate::close::shape::whatsapp::ATTACHMENTS),
            Kind::CustomActivity => Some(crate::close::shape::custom_activity::ATTACHMENTS),
            _ => None,
        };
        if let Some(field) = attachments {
            self.files(record, field);
        }
    }

    fn files(&mut self, record: &Record<'_>, field: Field) {
        let list = record.list(field);
        if list.is_empty() {
            return;
        }
        let size = |file: &Record<'_>| -> u64 {
            let size = file.value(attachment::SIZE).and_then(crate::close::record::scalar);
            size.and_then(|n| n.parse().ok()).unwrap_or_default()
        };
        let total = self.survey.files.entry(record.kind).or_default();
        total.0 += list.len() as u64;
        total.1 += list.iter().map(size).sum::<u64>();
    }

    /// Which custom type the record has; custom objects are known by id, because others refer to them.
    fn custom_type(&mut self, record: &Record<'_>) {
        if !matches!(record.kind, Kind::CustomActivity | Kind::CustomObject) {
            return;
        }
        let owner = record.custom_type();
        *self.survey.custom_types.entry((record.kind, owner.into())).or_default() += 1;
        if let Some(id) = record.id().filter(|_| record.kind == Kind::CustomObject) {
            let name = record.peek(custom_object::NAME).unwrap_or_default();
            let object = (owner.into(), name.into());
            keep_fuller(self.survey.custom_objects.entry(hash(id)), object);
        }
    }

    fn users_in_customs(&mut self, record: &Record<'_>) {
        for custom in record.customs.iter().chain(&record.named) {
            let items = node::elements(custom.value).chain(std::iter::once(custom.value));
            let is_user = |text: &&str| text.as_bytes().first_chunk() == Some(b"user_");
            for user in items.filter_map(node::text).filter(is_user) {
                self.survey.users.see(user, None, i64::MIN, record.kind, Role::CustomValue);
            }
        }
    }

    fn named(&mut self, record: &Record<'_>, id: Field, name: Option<Field>, at: i64, role: Role) {
        if let Some(id) = record.peek(id) {
            let name = name.and_then(|name| record.peek(name));
            self.survey.users.see(id, name, at, record.kind, role);
        }
    }

    fn editors(&mut self, record: &Record<'_>, created: [Field; 2], updated: [Field; 2], at: i64) {
        self.named(record, created[0], Some(created[1]), at, Role::Creator);
        self.named(record, updated[0], Some(updated[1]), at, Role::Editor);
    }

    fn dates(&mut self, record: &Record<'_>) {
        let time = |key| record.said(key).and_then(time::micros);
        let created = time(Common::DateCreated).or_else(|| time(Common::CreatedAt));
        if let Some(at) = time(Common::ActivityAt).or(created) {
            *self.survey.months.entry((record.kind, time::month(at))).or_default() += 1;
        }
        // The future holds planned meetings; what was recorded is what has happened.
        if record.kind != Kind::Meeting
            && let Some(recorded) = time(Common::DateUpdated).or(created)
        {
            self.survey.latest = self.survey.latest.max(recorded);
        }
    }
}
