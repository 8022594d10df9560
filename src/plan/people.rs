//! Which contacts are the same person, and who has which e-mail as primary. Two contacts are one
//! person when their first e-mail and their names agree; a shared address alone (`info@…`) is not
//! enough. It must not drop an address: who cannot have it as primary keeps it elsewhere.

use super::decided::{Edge, Outcome, Question};
use super::leads::Lead;
use crate::error::Result;
use crate::mapping::PeopleDedupe;
use crate::mapping::decisions::{Decisions, Subject};
use crate::survey::{ContactFacts, Map, hash};
use hashbrown::HashMap;

/// A contact and what was decided about it.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its name as written, maybe empty.
    pub name: Box<str>,
    /// Usable e-mails in order.
    pub emails: Vec<Box<str>>,
    /// `date_created` in microseconds.
    pub created: i64,
    /// Close id of its lead, if that is in the export.
    pub lead: Option<Box<str>>,
    /// It stands inside that lead.
    pub nested: bool,
    /// The contact it was merged into, or itself.
    pub survivor: Box<str>,
    /// The e-mail it has as primary, when it is a survivor.
    pub primary: Option<Box<str>>,
    /// Copies of it in the export.
    pub copies: usize,
    /// The records that must be seen together with it.
    pub group: u32,
    /// They do not stand in one record, so they are gathered first.
    pub gather: bool,
}

type Gone = HashMap<Box<str>, Box<str>, foldhash::fast::FixedState>;

/// One entry a contact, oldest first.
pub(super) fn resolve(
    mut facts: Vec<ContactFacts>,
    leads: &Map<Box<str>, Lead>,
    gone: &Gone,
    named: &HashMap<u64, Box<str>, foldhash::fast::FixedState>,
) -> Map<Box<str>, Contact> {
    let listed: HashMap<&str, &Box<str>, foldhash::fast::FixedState> = leads
        .iter()
        .flat_map(|(id, lead)| lead.contacts.iter().map(move |contact| (&**contact, id)))
        .collect();
    facts.sort_by(|a, b| (&a.id, b.rank).cmp(&(&b.id, a.rank)));
    let mut contacts: Vec<(Box<str>, Contact)> = Vec::new();
    for same in facts.chunk_by(|a, b| a.id == b.id) {
        let id = same[0].id.clone();
        let own = same.iter().find_map(|f| f.lead.clone());
        let own =
            own.map(|lead| follow(&lead, leads, gone)).filter(|lead| leads.contains_key(lead));
        let lead = own.or_else(|| listed.get(&*id).map(|lead| (*lead).clone()));
        let lead = lead.or_else(|| {
            let lead = follow(named.get(&hash(&id))?, leads, gone);
            leads.contains_key(&lead).then_some(lead)
        });
        let nested = same.len() == 1 && same[0].nested && same[0].lead == lead;
        contacts.push((
            id.clone(),
            Contact {
                name: same.iter().find_map(|f| f.name.clone()).unwrap_or_default(),
                emails: same.iter().find_map(|f| f.emails.clone()).unwrap_or_default(),
                created: same.iter().map(|f| f.created).find(|at| *at != 0).unwrap_or_default(),
                lead,
                nested,
                survivor: id,
                primary: None,
                copies: same.len(),
                group: 0,
                gather: false,
            },
        ));
    }
    contacts.sort_by(|(a, x), (b, y)| (x.created, a).cmp(&(y.created, b)));
    contacts.into_iter().collect()
}

fn follow(id: &str, leads: &Map<Box<str>, Lead>, gone: &Gone) -> Box<str> {
    match gone.get(id) {
        Some(end) if !leads.contains_key(id) => end.clone(),
        _ => id.into(),
    }
}

/// Adds to each lead the contacts that name it but stand elsewhere, oldest first.
pub(super) fn order(leads: &mut Map<Box<str>, Lead>, contacts: &Map<Box<str>, Contact>) {
    for lead in leads.values_mut() {
        lead.contacts.retain(|id| contacts.contains_key(id));
    }
    let mut listed: hashbrown::HashSet<Box<str>, foldhash::fast::FixedState> =
        leads.values().flat_map(|lead| lead.contacts.iter().cloned()).collect();
    for (id, contact) in contacts {
        let lead = contact.lead.as_ref().and_then(|lead| leads.get_mut(lead));
        if let Some(lead) = lead.filter(|_| listed.insert(id.clone())) {
            lead.contacts.push(id.clone());
        }
    }
    for (id, lead) in leads {
        lead.contacts.retain(|c| contacts.get(c).is_none_or(|c| c.lead.as_ref() == Some(id)));
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
    contacts: &mut Map<Box<str>, Contact>,
    strategy: PeopleDedupe,
    decisions: &Decisions,
) -> Result<Outcome> {
    let edges = match strategy {
        PeopleDedupe::Email => join_by_email(contacts),
        PeopleDedupe::Off => Vec::new(),
    };
    let ids: Vec<&str> = contacts.keys().map(|id| &**id).collect();
    let outcome = Question {
        object: "person",
        subject: Subject::Person,
        ids: &ids,
        edges: &edges,
        decisions,
        absent: "is no contact of the export",
    }
    .answer()?;
    for (at, survivor) in outcome.survivor.iter().enumerate().filter(|(at, by)| at != *by) {
        let survivor = contacts.get_index(*survivor).map(|(id, _)| id.clone());
        contacts[at].survivor = survivor.unwrap_or_default();
    }
    deal_primaries(contacts);
    Ok(outcome)
}

/// Contacts with one first e-mail and one name; those without a name go with the oldest that has
/// one.
fn join_by_email(contacts: &Map<Box<str>, Contact>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut by_email: Map<&str, Vec<usize>> = Map::default();
    for (at, contact) in contacts.values().enumerate() {
        if let Some(first) = contact.emails.first() {
            by_email.entry(first).or_default().push(at);
        }
    }
    for (email, same) in by_email.iter().filter(|(_, same)| same.len() > 1) {
        let mut by_name: Map<String, usize> = Map::default();
        let named = same.iter().find(|at| !name_key(&contacts[**at].name).is_empty());
        let oldest_named = named.copied().unwrap_or(same[0]);
        for at in same {
            let key = name_key(&contacts[*at].name);
            let (over, why) = if key.is_empty() {
                (oldest_named, format!("same e-mail {email}, no name of its own"))
            } else {
                let first = *by_name.entry(key).or_insert(*at);
                (first, format!("same e-mail {email} and same name"))
            };
            if over != *at {
                edges.push(Edge { over, under: *at, why });
            }
        }
    }
    edges
}

/// Older people choose first.
fn deal_primaries(contacts: &mut Map<Box<str>, Contact>) {
    let mut emails: Map<Box<str>, Vec<Box<str>>> = Map::default();
    for (id, contact) in contacts.iter() {
        let mine = emails.entry(contact.survivor.clone()).or_default();
        let own = *contact.survivor == **id;
        // The survivor's own addresses come first.
        let at = if own { 0 } else { mine.len() };
        mine.splice(at..at, contact.emails.iter().cloned());
    }
    let mut taken: hashbrown::HashSet<Box<str>, foldhash::fast::FixedState> =
        hashbrown::HashSet::default();
    for (id, contact) in contacts.iter_mut().filter(|(id, c)| c.survivor == **id) {
        let mine = emails.get(id).into_iter().flatten();
        contact.primary = mine.into_iter().find(|email| taken.insert((*email).clone())).cloned();
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
