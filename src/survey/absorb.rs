//! Joins what parts of an export hold into one survey, whose order of parts plays no part where their values
//! differ. It must not read records.

use super::facts::status;
use super::{Map, Survey};
use crate::close::Kind;

/// What is kept for an id: of custom objects, the type's id and the name.
type Slot<'m> =
    hashbrown::hash_map::Entry<'m, u64, (Box<str>, Box<str>), foldhash::fast::FixedState>;

/// Of several copies the last in the alphabet, so that a name beats none and order plays no part.
pub(super) fn keep_fuller(slot: Slot<'_>, object: (Box<str>, Box<str>)) {
    let known = slot.or_insert_with(|| object.clone());
    if *known < object {
        *known = object;
    }
}

/// Of several names the last in the alphabet, so that order plays no part.
pub(super) fn keep_last(names: &mut Map<Box<str>, Box<str>>, id: &str, name: &str) {
    match names.get_mut(id) {
        Some(known) if name > &**known => *known = name.into(),
        Some(_) => {}
        None => drop(names.insert(id.into(), name.into())),
    }
}

/// Of several leads the first in the alphabet counts, whatever the order of the files.
pub(super) fn keep_first(
    leads: &mut hashbrown::HashMap<u64, Box<str>, foldhash::fast::FixedState>,
    contact: u64,
    lead: &str,
) {
    let known = leads.entry(contact).or_insert_with(|| lead.into());
    if *lead < **known {
        *known = lead.into();
    }
}

impl Survey {
    pub(super) fn count_different(&mut self) {
        let counted = self.people.count();
        let counts = [
            (Kind::Lead, counted.leads),
            (Kind::Contact, counted.contacts),
            (Kind::Opportunity, self.opportunities.len() as u64),
        ];
        self.different = counts.into_iter().collect();
        self.incomplete.compare(&self.different, counted.nowhere);
    }

    /// Adds what another part of the export holds.
    pub(super) fn absorb(&mut self, part: Self) {
        part.read.iter().for_each(|(k, n)| *self.read.entry(*k).or_default() += n);
        part.months.iter().for_each(|(k, n)| *self.months.entry(*k).or_default() += n);
        self.ledger.absorb(&part.ledger);
        part.leads.iter().for_each(|lead| self.people.lead(lead));
        part.contacts.iter().for_each(|contact| self.people.contact(contact));
        self.opportunities.extend(part.opportunities);
        for (key, n) in part.custom_types {
            *self.custom_types.entry(key).or_default() += n;
        }
        for (id, object) in part.custom_objects {
            keep_fuller(self.custom_objects.entry(id), object);
        }
        for (mine, theirs) in [
            (&mut self.lead_statuses, part.lead_statuses),
            (&mut self.deal_statuses, part.deal_statuses),
        ] {
            theirs.into_iter().for_each(|(id, facts)| status(mine, &id).absorb(facts));
        }
        for (id, name) in &part.deal_pipelines {
            keep_last(&mut self.deal_pipelines, id, name);
        }
        self.users.absorb(part.users);
        self.config.absorb(part.config);
        self.inventory.absorb(part.inventory);
        for (task, at) in part.completions {
            let known = self.completions.entry(task).or_insert(at);
            *known = at.max(*known);
        }
        for (contact, lead) in part.contact_leads {
            self.people.name(contact, &lead);
        }
        self.merges.extend(part.merges);
        self.threads.extend(part.threads);
        for (kind, (files, bytes)) in part.files {
            let total = self.files.entry(kind).or_default();
            (total.0, total.1) = (total.0 + files, total.1 + bytes);
        }
        self.useful.extend(part.useful);
        self.strange.extend(part.strange);
        self.recordings += part.recordings;
        self.latest = self.latest.max(part.latest);
        self.incomplete.absorb(part.incomplete);
        self.carried.absorb(part.carried);
        self.rejects.extend(part.rejects);
        self.unreadable += part.unreadable;
    }
}
