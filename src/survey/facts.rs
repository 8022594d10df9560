//! What identity needs to know of leads and contacts: compact, one entry a copy. It must not
//! merge or judge.

use super::Set;
use crate::close::shape::{contact, lead};
use crate::close::{Record, time};
use crate::read::node;
use crate::twenty::email;

/// Which copy of an object is the better one: the later update, then more keys (§1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    /// `date_updated` in microseconds; the lowest number when missing.
    pub updated: i64,
    /// How many keys the copy has.
    pub keys: usize,
}

/// One copy of a lead. `None` is a missing key, which means unknown; empty text is no value.
#[derive(Clone, Debug)]
pub struct LeadFacts {
    /// Close id.
    pub id: Box<str>,
    /// Which copy counts more.
    pub rank: Rank,
    /// `name`, or `display_name` where the name is empty.
    pub name: Option<Box<str>>,
    /// `url` as written.
    pub url: Option<Box<str>>,
    /// `date_created` in microseconds, 0 when unknown.
    pub created: i64,
    /// Ids of its contacts in its own order.
    pub contacts: Vec<Box<str>>,
}

/// One copy of a contact.
#[derive(Clone, Debug)]
pub struct ContactFacts {
    /// Close id.
    pub id: Box<str>,
    /// Which copy counts more.
    pub rank: Rank,
    /// Its lead, by its own word or by where it stands.
    pub lead: Option<Box<str>>,
    /// It stands inside its lead.
    pub nested: bool,
    /// `name` as written.
    pub name: Option<Box<str>>,
    /// Usable addresses in order, normalised.
    pub emails: Option<Vec<Box<str>>>,
    /// `date_created` in microseconds, 0 when unknown.
    pub created: i64,
}

/// A status as records name it.
#[derive(Clone, Debug, Default)]
pub struct StatusFacts {
    /// The label of the latest record that names one.
    pub label: Box<str>,
    /// When that record was updated.
    pub updated: i64,
    /// `active`, `won`, `lost`, where given.
    pub kind: Option<Box<str>>,
    /// The pipeline's id and name, where given.
    pub pipeline: Option<(Box<str>, Box<str>)>,
    /// Records in this status.
    pub count: u64,
    /// Their confidence, added up, and how many had one.
    pub confidence: (u64, u64),
}

/// Microseconds of a time stamp under `field`.
pub fn micros(record: &Record<'_>, field: crate::close::Field) -> Option<i64> {
    record.peek(field).and_then(time::micros)
}

pub(super) fn rank(record: &Record<'_>, updated: crate::close::Field) -> Rank {
    Rank { updated: micros(record, updated).unwrap_or(i64::MIN), keys: record.len() }
}

impl LeadFacts {
    /// Reads one copy.
    pub fn of(record: &Record<'_>) -> Option<Self> {
        let name = record.peek(lead::NAME).or_else(|| record.peek(lead::DISPLAY_NAME));
        let known = record.has(lead::NAME) || record.has(lead::DISPLAY_NAME);
        let nested = record
            .children()
            .filter(|(kind, _)| *kind == crate::close::Kind::Contact)
            .flat_map(|(_, list)| node::elements(list))
            .filter_map(|contact| node::get_text(contact, "id"));
        let listed = record.value(lead::CONTACT_IDS).into_iter().flat_map(node::elements);
        let contacts: Set<Box<str>> =
            nested.chain(listed.filter_map(node::text)).map(Into::into).collect();
        Some(Self {
            id: record.id()?.into(),
            rank: rank(record, lead::DATE_UPDATED),
            name: known.then(|| name.unwrap_or_default().into()),
            url: record.has(lead::URL).then(|| record.peek(lead::URL).unwrap_or_default().into()),
            created: micros(record, lead::DATE_CREATED).unwrap_or_default(),
            contacts: contacts.into_iter().collect(),
        })
    }
}

impl ContactFacts {
    /// Reads one copy; `within` is the lead it stands in.
    pub fn of(record: &Record<'_>, within: Option<&str>) -> Option<Self> {
        let own = record.peek(contact::LEAD_ID);
        let emails = record.list(contact::EMAILS).iter();
        let usable = emails
            .filter_map(|e| e.peek(crate::close::shape::email_address::EMAIL))
            .filter_map(|raw| email::email(raw).ok());
        let mut emails: Vec<Box<str>> = Vec::new();
        for address in usable {
            if !emails.iter().any(|known| **known == *address) {
                emails.push(address.into());
            }
        }
        Some(Self {
            id: record.id()?.into(),
            rank: rank(record, contact::DATE_UPDATED),
            lead: own.or(within).map(Into::into),
            nested: within.is_some(),
            name: record
                .has(contact::NAME)
                .then(|| record.peek(contact::NAME).unwrap_or_default().into()),
            emails: record.has(contact::EMAILS).then_some(emails),
            created: micros(record, contact::DATE_CREATED).unwrap_or_default(),
        })
    }
}

/// The facts of a status, made when it is new.
pub(super) fn status<'m>(
    map: &'m mut super::Map<Box<str>, StatusFacts>,
    id: &str,
) -> &'m mut StatusFacts {
    map.entry(id.into())
        .or_insert_with(|| StatusFacts { updated: i64::MIN, ..StatusFacts::default() })
}

impl StatusFacts {
    /// Notes a record in this status, and its label.
    pub(super) fn see(&mut self, label: Option<&str>, updated: i64) {
        self.count += 1;
        let Some(label) = label else { return };
        let same_time = updated == self.updated && *label < *self.label;
        if updated > self.updated || same_time || self.label.is_empty() {
            (self.label, self.updated) = (label.into(), updated.max(self.updated));
        }
    }

    /// Adds another part's findings.
    pub(super) fn absorb(&mut self, other: Self) {
        let later = (other.updated, std::cmp::Reverse(&other.label))
            > (self.updated, std::cmp::Reverse(&self.label));
        self.count += other.count;
        self.confidence.0 += other.confidence.0;
        self.confidence.1 += other.confidence.1;
        if (later && !other.label.is_empty()) || self.label.is_empty() {
            (self.label, self.updated) = (other.label, other.updated);
            self.kind = other.kind.or(self.kind.take());
            self.pipeline = other.pipeline.or(self.pipeline.take());
        } else {
            self.kind = self.kind.take().or(other.kind);
            self.pipeline = self.pipeline.take().or(other.pipeline);
        }
    }
}
