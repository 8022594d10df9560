//! The leads and contacts of an export, as compactly as they can be kept until the plan knows who is who:
//! each id once, other texts in one buffer, lists in one list. It must not merge or judge.

use super::facts::{ContactFacts, LeadFacts, Rank};
use super::texts::{Ids, Number, Run, Span, Texts};
use hashbrown::hash_map::{Entry, HashMap};

/// What was found of one kind.
#[derive(Debug)]
pub struct Found<C> {
    /// Every id that is named anywhere, whether its record was found or not.
    pub ids: Ids,
    /// Names, urls, addresses.
    pub texts: Texts,
    /// One entry for each copy, in the order of the export.
    pub copies: Vec<C>,
}

/// One copy of a lead; what is missing is unknown, and empty text is no value.
#[derive(Clone, Copy, Debug)]
pub struct LeadCopy {
    /// Its Close id.
    pub id: Number,
    /// `name`, or `display_name` where the name is empty.
    pub name: Option<Span>,
    /// `url` as written.
    pub url: Option<Span>,
    /// Its contacts in its own order, in [`People::listed`].
    pub contacts: Run,
    /// Which copy counts more.
    pub rank: Rank,
    /// `date_created` in microseconds, 0 when unknown.
    pub created: i64,
}

/// One copy of a contact.
#[derive(Clone, Copy, Debug)]
pub struct ContactCopy {
    /// Its Close id.
    pub id: Number,
    /// The id of its lead.
    pub lead: Option<Number>,
    /// `name` as written.
    pub name: Option<Span>,
    /// Usable addresses in order, in [`People::emails`].
    pub emails: Option<Run>,
    /// Which copy counts more.
    pub rank: Rank,
    /// `date_created` in microseconds, 0 when unknown.
    pub created: i64,
    /// It stands inside its lead.
    pub nested: bool,
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct People {
    /// Copies of leads.
    pub leads: Found<LeadCopy>,
    /// Copies of contacts.
    pub contacts: Found<ContactCopy>,
    /// Contacts as leads list them.
    pub listed: Vec<Number>,
    /// E-mail addresses, in the texts of the contacts.
    pub emails: Vec<Span>,
    /// Leads that records outside any lead name beside a contact, by the contact's id hash.
    pub named: HashMap<u64, Number, foldhash::fast::FixedState>,
}

impl<C> Default for Found<C> {
    fn default() -> Self {
        Self { ids: Ids::default(), texts: Texts::default(), copies: Vec::new() }
    }
}

impl<C> Found<C> {
    fn finish(&mut self) {
        self.ids.finish();
        self.texts.finish();
        self.copies.shrink_to_fit();
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.ids.bytes() + self.texts.bytes() + self.copies.capacity() * size_of::<C>()
    }
}

impl People {
    /// Adds a copy of a lead.
    pub fn lead(&mut self, facts: &LeadFacts) {
        let Found { ids, texts, copies } = &mut self.leads;
        let contacts = facts.contacts.iter().map(|id| self.contacts.ids.number(id));
        copies.push(LeadCopy {
            id: ids.number(&facts.id),
            name: facts.name.as_ref().map(|name| texts.add(name)),
            url: facts.url.as_ref().map(|url| texts.add(url)),
            contacts: Run::push(&mut self.listed, contacts),
            rank: facts.rank,
            created: facts.created,
        });
    }

    /// Adds a copy of a contact.
    pub fn contact(&mut self, facts: &ContactFacts) {
        let Found { ids, texts, copies } = &mut self.contacts;
        let name = facts.name.as_ref().map(|name| texts.add(name));
        let emails = facts
            .emails
            .as_ref()
            .map(|emails| Run::push(&mut self.emails, emails.iter().map(|email| texts.add(email))));
        copies.push(ContactCopy {
            id: ids.number(&facts.id),
            lead: facts.lead.as_ref().map(|lead| self.leads.ids.number(lead)),
            name,
            emails,
            rank: facts.rank,
            created: facts.created,
            nested: facts.nested,
        });
    }

    /// Notes that a record names both; of several leads the first in the alphabet counts, whatever the
    /// order of the files.
    pub fn name(&mut self, contact: u64, lead: &str) {
        let ids = &mut self.leads.ids;
        match self.named.entry(contact) {
            Entry::Occupied(mut known) if lead < ids.text(*known.get()) => {
                known.insert(ids.number(lead));
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(place) => drop(place.insert(ids.number(lead))),
        }
    }

    /// How many different leads and contacts there are, and how many contacts leads list that are not
    /// there, and how many leads do.
    pub fn count(&self) -> Counted {
        let leads = there(&self.leads.ids, self.leads.copies.iter().map(|copy| copy.id));
        let contacts = there(&self.contacts.ids, self.contacts.copies.iter().map(|copy| copy.id));
        let (mut gone, mut naming) =
            (vec![false; contacts.len()], vec![false; self.leads.ids.len()]);
        for lead in &self.leads.copies {
            for contact in lead.contacts.of(&self.listed).iter().filter(|id| !contacts[id.at()]) {
                gone[contact.at()] = true;
                naming[lead.id.at()] = true;
            }
        }
        let count = |flags: &[bool]| flags.iter().filter(|flag| **flag).count() as u64;
        let nowhere = (count(&gone), count(&naming));
        Counted { leads: count(&leads), contacts: count(&contacts), nowhere }
    }

    /// Everything was found: gives back what is reserved for more.
    pub fn finish(&mut self) {
        self.leads.finish();
        self.contacts.finish();
        self.listed.shrink_to_fit();
        self.emails.shrink_to_fit();
    }

    /// Memory of what is neither lead nor contact, in bytes.
    pub fn lists(&self) -> usize {
        self.listed.capacity() * size_of::<Number>()
            + self.emails.capacity() * size_of::<Span>()
            + self.named.allocation_size()
    }
}

/// What [`People::count`] counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Different leads.
    pub leads: u64,
    /// Different contacts.
    pub contacts: u64,
    /// Contacts that leads list and no file holds, and the leads that list them.
    pub nowhere: (u64, u64),
}

fn there(ids: &Ids, found: impl Iterator<Item = Number>) -> Vec<bool> {
    let mut there = vec![false; ids.len()];
    found.for_each(|id| there[id.at()] = true);
    there
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(id: &str, contacts: &[&str]) -> LeadFacts {
        let contacts = contacts.iter().map(|id| (*id).into()).collect();
        let rank = Rank::default();
        LeadFacts { id: id.into(), rank, name: None, url: None, created: 0, contacts }
    }

    #[test]
    fn copies_count_once_and_contacts_that_are_not_there_are_noticed() {
        let mut people = People::default();
        people.lead(&lead("lead_1", &["cont_1", "cont_2"]));
        people.lead(&lead("lead_1", &["cont_2", "cont_3"]));
        people.lead(&lead("lead_2", &["cont_2"]));
        people.contact(&ContactFacts {
            id: "cont_1".into(),
            rank: Rank::default(),
            lead: Some("lead_9".into()),
            nested: false,
            name: Some("".into()),
            emails: Some(vec!["a@b.example".into(), "c@b.example".into()]),
            created: 0,
        });
        assert_eq!(people.count(), Counted { leads: 2, contacts: 1, nowhere: (2, 2) });
        let contact = people.contacts.copies[0];
        let emails = contact.emails.unwrap().of(&people.emails);
        let emails: Vec<_> = emails.iter().map(|span| people.contacts.texts.get(*span)).collect();
        assert_eq!(emails, ["a@b.example", "c@b.example"]);
        assert_eq!(people.leads.ids.text(contact.lead.unwrap()), "lead_9");
        assert_eq!(contact.name, Some(Span::EMPTY));
    }

    #[test]
    fn the_first_lead_in_the_alphabet_is_a_contacts() {
        for order in [["lead_b", "lead_a"], ["lead_a", "lead_b"]] {
            let mut people = People::default();
            order.iter().for_each(|lead| people.name(7, lead));
            assert_eq!(people.leads.ids.text(people.named[&7]), "lead_a");
        }
    }
}
