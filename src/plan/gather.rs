//! Which records must be seen together: a lead with the contact that represents it, contacts that
//! are one person, leads that share a company. Most groups stand inside one lead of the export and
//! need no gathering. It must not hold records.

use super::companies::Company;
use super::leads::{Lead, Verdict};
use super::people::Contact;
use crate::survey::Map;

/// Disjoint sets of positions.
#[derive(Clone, Debug)]
pub struct Sets(Vec<usize>);

impl Sets {
    /// `n` sets of one.
    pub fn new(n: usize) -> Self {
        Self((0..n).collect())
    }

    /// The set's lowest position.
    pub fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.0[root] != root {
            root = self.0[root];
        }
        let mut walk = at;
        while self.0[walk] != root {
            walk = std::mem::replace(&mut self.0[walk], root);
        }
        root
    }

    /// Joins two sets; false when they were one already.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
        a != b
    }
}

#[derive(Clone, Copy, Default)]
struct Shape {
    leads: usize,
    contacts: usize,
    /// Contacts that stand in a lead.
    nested: usize,
    /// Some member occurs more than once.
    copies: bool,
}

pub(super) fn group(
    leads: &mut Map<Box<str>, Lead>,
    contacts: &mut Map<Box<str>, Contact>,
    companies: &[Company],
) {
    let base = leads.len();
    let mut sets = Sets::new(base + contacts.len());
    for company in companies {
        company.leads.windows(2).for_each(|pair| {
            sets.join(pair[0], pair[1]);
        });
    }
    for (at, lead) in leads.values().enumerate() {
        // A lead's first contact carries its values, even when another contact survives.
        let first = lead.contacts.first().filter(|_| !matches!(lead.verdict, Verdict::Person));
        if let Some(contact) = first.and_then(|id| contacts.get_index_of(id)) {
            sets.join(at, base + contact);
        }
        if let Verdict::Merged(into) = &lead.verdict {
            leads.get_index_of(into).map(|into| sets.join(at, into));
        }
    }
    for (at, contact) in contacts.values().enumerate() {
        if let Some(survivor) = contacts.get_index_of(&contact.survivor) {
            sets.join(base + at, base + survivor);
        }
    }
    let mut shapes: Map<usize, Shape> = Map::default();
    for (at, lead) in leads.values_mut().enumerate() {
        let root = sets.root(at);
        lead.group = root as u32;
        let shape = shapes.entry(root).or_default();
        shape.leads += 1;
        shape.copies |= lead.copies > 1;
    }
    for (at, contact) in contacts.values_mut().enumerate() {
        let root = sets.root(base + at);
        contact.group = root as u32;
        let shape = shapes.entry(root).or_default();
        shape.contacts += 1;
        let lead = contact.lead.as_ref().and_then(|lead| leads.get(lead));
        let here = lead.is_some_and(|lead| lead.group == contact.group);
        shape.nested += usize::from(contact.nested && here);
        shape.copies |= contact.copies > 1;
    }
    let gather = |shape: &Shape| match (shape.leads, shape.contacts) {
        _ if shape.copies => true,
        (0, contacts) => contacts > 1,
        (1, contacts) => contacts > shape.nested,
        _ => true,
    };
    for lead in leads.values_mut() {
        lead.gather = shapes.get(&(lead.group as usize)).is_some_and(gather);
    }
    for contact in contacts.values_mut() {
        contact.gather = shapes.get(&(contact.group as usize)).is_some_and(gather);
    }
}
