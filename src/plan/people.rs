//! Which contacts are the same person, and who has which e-mail as primary. Two contacts are one
//! person when their first e-mail and their names agree; a shared address alone (`info@…`) is not
//! enough. It must not drop an address: who cannot have it as primary keeps it elsewhere.

use super::decided::{Edge, Outcome, Question};
use super::leads::{Draft, Homes, Lead};
use super::roster::Roster;
use crate::error::Result;
use crate::mapping::PeopleDedupe;
use crate::mapping::decisions::{Decisions, Subject};
use crate::survey::people::{ContactCopy, Found};
use crate::survey::texts::{Number, Run, Span};
use crate::survey::{Map, hash};
use hashbrown::hash_table::Entry;
use hashbrown::{HashMap, HashTable};

/// A contact and what was decided about it.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its name as written, maybe empty.
    pub name: Span,
    /// The first of its usable e-mails.
    pub first_email: Option<Span>,
    /// The e-mail it has as primary, when it is a survivor.
    pub primary: Option<Span>,
    /// Its lead, if that is in the export.
    pub lead: Option<Number>,
    /// The contact it was merged into, or itself.
    pub survivor: Number,
    /// The records that must be seen together with it.
    pub group: u32,
    /// It stands inside that lead.
    pub nested: bool,
    /// There are several copies of it in the export.
    pub copies: bool,
    /// The records of its group do not stand in one record, so they are gathered first.
    pub gather: bool,
}

/// What the survey found beside the contacts themselves.
pub(super) struct Beside {
    /// Contacts as leads list them.
    pub listed: Vec<Number>,
    /// E-mail addresses.
    pub emails: Vec<Span>,
    /// Leads that records name beside a contact, by the contact's id hash.
    pub named: HashMap<u64, Number, foldhash::fast::FixedState>,
    /// Which lead an id means.
    pub homes: Homes,
}

/// Usable e-mails of each contact in order.
pub(super) struct Emails {
    runs: Vec<Option<Run>>,
    all: Vec<Span>,
}

impl Emails {
    fn of(&self, contact: Number) -> &[Span] {
        let run = self.runs.get(contact.at()).copied().flatten();
        run.map(|run| run.of(&self.all)).unwrap_or_default()
    }
}

/// One entry a contact, oldest first; each lead learns which contacts are its own.
pub(super) fn resolve(
    found: Found<ContactCopy>,
    beside: Beside,
    leads: &mut Roster<Lead>,
    drafts: &mut [Draft],
) -> (Roster<Contact>, Emails) {
    let Found { mut ids, texts, mut copies } = found;
    let Beside { mut listed, emails, named, homes } = beside;
    let mut lister: Vec<Option<Number>> = vec![None; ids.len()];
    for (at, draft) in drafts.iter().enumerate() {
        for contact in draft.listed.of(&listed) {
            lister[contact.at()] = Some(Number::new(at));
        }
    }
    // Of equal copies the first in the export is the better one: the order is kept.
    copies.sort_by(|a, b| (a.id, b.rank).cmp(&(b.id, a.rank)));
    let one = |same: &[ContactCopy]| {
        let [best, others @ ..] = same else { unreachable!("a contact has at least one copy") };
        let own = same.iter().find_map(|copy| copy.lead).and_then(|id| homes.follow(id));
        let lead = own.or(lister[best.id.at()]);
        let lead = lead.or_else(|| homes.follow(*named.get(&hash(ids.text(best.id)))?));
        let whose = best.lead.map(|id| homes.own(id));
        let nested = others.is_empty() && best.nested && lead.is_some() && whose == Some(lead);
        let run = same.iter().find_map(|copy| copy.emails);
        let contact = Contact {
            name: same.iter().find_map(|copy| copy.name).unwrap_or(Span::EMPTY),
            first_email: run.and_then(|run| run.of(&emails).first().copied()),
            primary: None,
            lead,
            survivor: best.id,
            group: 0,
            nested,
            copies: !others.is_empty(),
            gather: false,
        };
        let created = same.iter().map(|copy| copy.created).find(|at| *at != 0);
        (created.unwrap_or_default(), contact, run)
    };
    let mut found: Vec<(i64, Contact, Option<Run>)> = Vec::with_capacity(ids.len());
    found.extend(copies.chunk_by(|a, b| a.id == b.id).map(one));
    drop((copies, lister));
    found.sort_unstable_by(|(at, a, _), (other, b, _)| {
        (at, ids.text(a.survivor)).cmp(&(other, ids.text(b.survivor)))
    });
    let new = ids.renumber(found.iter().map(|(_, contact, _)| contact.survivor));
    let runs = found.iter().map(|(.., run)| *run).collect();
    let all = found.into_iter().enumerate();
    let all = all.map(|(at, (_, one, _))| Contact { survivor: Number::new(at), ..one }).collect();
    let contacts = Roster::new(ids, texts, all);
    let listed = listed.drain(..).map(|contact| new[contact.at()]).collect::<Vec<_>>();
    own_contacts(leads, drafts, &listed, &contacts);
    (contacts, Emails { runs, all: emails })
}

/// The contacts of each lead: those it lists, in its order, then those that name it but that no lead
/// lists, oldest first.
fn own_contacts(
    leads: &mut Roster<Lead>,
    drafts: &mut [Draft],
    listed: &[Option<Number>],
    contacts: &Roster<Contact>,
) {
    let mut own = |lead: Number, draft: &mut Draft, contact: Number| {
        leads[lead].first_contact.get_or_insert(contact);
        draft.contacts = draft.contacts.saturating_add(1);
    };
    let mut is_listed = vec![false; contacts.len()];
    for (at, draft) in drafts.iter_mut().enumerate() {
        let lead = Number::new(at);
        for contact in draft.listed.of(listed).iter().copied().flatten() {
            is_listed[contact.at()] = true;
            if contacts[contact].lead == Some(lead) {
                own(lead, draft, contact);
            }
        }
    }
    for (number, contact) in contacts.iter().filter(|(number, _)| !is_listed[number.at()]) {
        if let Some(lead) = contact.lead {
            own(lead, &mut drafts[lead.at()], number);
        }
    }
}

/// A name for comparing: words in lower case, in alphabetical order, so that `Doe, Jane` is
/// `Jane Doe`.
pub fn name_key(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut words: Vec<&str> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// Merges contacts that are one person and deals out primary e-mails.
pub(super) fn merge(
    contacts: &mut Roster<Contact>,
    emails: &Emails,
    strategy: PeopleDedupe,
    decisions: &Decisions,
) -> Result<Outcome> {
    let edges = match strategy {
        PeopleDedupe::Email => join_by_email(contacts),
        PeopleDedupe::Off => Vec::new(),
    };
    let outcome = Question {
        object: "person",
        subject: Subject::Person,
        count: contacts.len(),
        number: &Number::new,
        id: &|at| contacts.id(Number::new(at)),
        edges: &edges,
        decisions,
        absent: "is no contact of the export",
    }
    .answer()?;
    for (contact, survivor) in contacts.values_mut().zip(&outcome.survivor) {
        contact.survivor = *survivor;
    }
    deal_primaries(contacts, emails);
    contacts.keep_texts(|contact, keep| {
        let same = contact.primary == contact.first_email;
        contact.name = keep(contact.name);
        contact.first_email = contact.first_email.map(&mut *keep);
        contact.primary = if same { contact.first_email } else { contact.primary.map(&mut *keep) };
    });
    Ok(outcome)
}

/// Contacts with one first e-mail and one name; those without a name go with the oldest that has
/// one.
fn join_by_email(contacts: &Roster<Contact>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let key = |at: Number| name_key(contacts.name(at));
    for alike in same_first_email(contacts).chunk_by(|(a, _), (b, _)| a == b) {
        let Some((first, _)) = alike.first() else { continue };
        let same = || std::iter::once(*first).chain(alike.iter().map(|(_, at)| *at));
        let email =
            contacts[*first].first_email.map(|span| contacts.text(span)).unwrap_or_default();
        let mut by_name: Map<String, Number> = Map::default();
        let oldest_named = same().find(|at| !key(*at).is_empty()).unwrap_or(*first);
        for at in same() {
            let key = key(at);
            let (over, why) = if key.is_empty() {
                (oldest_named, format!("same e-mail {email}, no name of its own"))
            } else {
                let first = *by_name.entry(key).or_insert(at);
                (first, format!("same e-mail {email} and same name"))
            };
            if over != at {
                edges.push(Edge { over: over.at(), under: at.at(), why });
            }
        }
    }
    edges
}

/// Each contact whose first e-mail an older one has, behind the oldest that has it; by that one, then by
/// age.
fn same_first_email(contacts: &Roster<Contact>) -> Vec<(Number, Number)> {
    let email = |at: Number| contacts[at].first_email.map(|span| contacts.text(span));
    let hash_of = |at: &Number| email(*at).map(hash).unwrap_or_default();
    let mut oldest: HashTable<Number> = HashTable::new();
    let mut same = Vec::new();
    for (at, _) in contacts.iter().filter(|(_, contact)| contact.first_email.is_some()) {
        match oldest.entry(hash_of(&at), |first| email(*first) == email(at), hash_of) {
            Entry::Occupied(first) => same.push((*first.get(), at)),
            Entry::Vacant(place) => drop(place.insert(at)),
        }
    }
    same.sort_unstable();
    same
}

/// Older people choose first, and their own addresses before those of contacts merged into them.
fn deal_primaries(contacts: &mut Roster<Contact>, emails: &Emails) {
    let merged = contacts.iter().filter(|(at, contact)| contact.survivor != *at);
    let mut merged: Vec<(Number, Number)> =
        merged.map(|(at, contact)| (contact.survivor, at)).collect();
    merged.sort_unstable();
    let mut taken: HashTable<Span> = HashTable::new();
    for at in (0..contacts.len()).map(Number::new) {
        if contacts[at].survivor != at {
            continue;
        }
        let mine = merged.partition_point(|(survivor, _)| *survivor < at);
        let others = merged[mine..].iter().take_while(|(survivor, _)| *survivor == at);
        let all = std::iter::once(at).chain(others.map(|(_, other)| *other));
        let text = |span: Span| contacts.text(span);
        let free = |span: &Span| {
            let known = |other: &Span| text(*other) == text(*span);
            match taken.entry(hash(text(*span)), known, |other| hash(text(*other))) {
                Entry::Occupied(_) => false,
                Entry::Vacant(place) => {
                    place.insert(*span);
                    true
                }
            }
        };
        let primary = all.flat_map(|one| emails.of(one)).copied().find(free);
        contacts[at].primary = primary;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_whatever_their_order_and_case() {
        assert_eq!(name_key("Doe, Jane"), name_key("JANE  doe"));
        assert_ne!(name_key("Jane Doe"), name_key("Jane Roe"));
        assert_eq!(name_key("\u{a0} "), "");
    }
}
