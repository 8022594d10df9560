//! Which records must be seen together: a lead with the contact that represents it, contacts that
//! are one person, leads that share a company. Most groups stand inside one lead of the export and
//! need no gathering. It must not hold records.

use super::companies::Companies;
use super::leads::{Lead, Verdict};
use super::people::Contact;
use super::roster::Roster;

/// Disjoint sets of positions.
#[derive(Clone, Debug)]
pub struct Sets(Vec<u32>);

impl Sets {
    /// `n` sets of one.
    pub fn new(n: usize) -> Self {
        Self((0..n as u32).collect())
    }

    /// The set's lowest position.
    pub fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.0[root] as usize != root {
            root = self.0[root] as usize;
        }
        let mut walk = at;
        while self.0[walk] as usize != root {
            walk = std::mem::replace(&mut self.0[walk], root as u32) as usize;
        }
        root
    }

    /// Joins two sets; false when they were one already.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b) as u32;
        a != b
    }
}

/// What a group is made of.
#[derive(Clone, Copy, Default)]
struct Shape {
    /// Leads; two stands for more.
    leads: u8,
    /// Contacts, in the same way.
    contacts: u8,
    /// Some contact does not stand in a lead of the group.
    outside: bool,
    /// Some member occurs more than once.
    copies: bool,
}

impl Shape {
    fn lead(&mut self, lead: &Lead) {
        self.leads = (self.leads + 1).min(2);
        self.copies |= lead.copies;
    }

    fn contact(&mut self, contact: &Contact, here: bool) {
        self.contacts = (self.contacts + 1).min(2);
        self.outside |= !(contact.nested && here);
        self.copies |= contact.copies;
    }

    /// Its records do not stand in one record of the export.
    fn gather(self) -> bool {
        let apart = match self.leads {
            0 => self.contacts > 1,
            1 => self.outside,
            _ => true,
        };
        self.copies || apart
    }
}

pub(super) fn group(
    leads: &mut Roster<Lead>,
    contacts: &mut Roster<Contact>,
    companies: &Companies,
) {
    let base = leads.len();
    let mut sets = Sets::new(base + contacts.len());
    for members in companies.members() {
        members.windows(2).for_each(|pair| {
            sets.join(pair[0].at(), pair[1].at());
        });
    }
    for (at, lead) in leads.iter() {
        // A lead's first contact carries its values, even when another contact survives.
        if let Some(contact) = lead.first_contact.filter(|_| lead.verdict != Verdict::Person) {
            sets.join(at.at(), base + contact.at());
        }
        if let Verdict::Merged(into) = lead.verdict {
            sets.join(at.at(), into.at());
        }
    }
    for (at, contact) in contacts.iter() {
        sets.join(base + at.at(), base + contact.survivor.at());
    }
    let mut shapes = vec![Shape::default(); base + contacts.len()];
    for (at, lead) in leads.values_mut().enumerate() {
        let root = sets.root(at);
        lead.group = root as u32;
        shapes[root].lead(lead);
    }
    for (at, contact) in contacts.values_mut().enumerate() {
        let root = sets.root(base + at);
        contact.group = root as u32;
        let here = contact.lead.is_some_and(|lead| leads[lead].group == contact.group);
        shapes[root].contact(contact, here);
    }
    leads.values_mut().for_each(|lead| lead.gather = shapes[lead.group as usize].gather());
    contacts.values_mut().for_each(|one| one.gather = shapes[one.group as usize].gather());
}
