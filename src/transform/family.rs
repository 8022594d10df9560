//! Leads and contacts that must be seen together become companies and people. Who represents whom
//! is the plan's decision; this file only sends the records to their rows and accounts for them.

use super::work::Work;
use super::{company, person};
use crate::close::Record;
use crate::plan::Verdict;
use crate::survey::Map;
use crate::survey::texts::Number;

/// Writes the companies and people of one group.
pub(super) fn write(work: &mut Work<'_>, leads: &[Record<'_>], contacts: &[Record<'_>]) {
    let plan = work.plan;
    companies(work, leads);
    let mut people: Map<&str, Vec<&Record<'_>>> = Map::default();
    for contact in contacts {
        let Some(id) = contact.id() else { continue };
        let survivor = plan.person(id).unwrap_or(id);
        let list = people.entry(survivor).or_default();
        // The survivor's own values come first.
        list.insert(if survivor == id { 0 } else { list.len() }, contact);
    }
    let represented = |survivor: &str| {
        leads.iter().find(|lead| {
            let lead = lead.id().and_then(|id| plan.leads.get(id));
            lead.is_some_and(
                |lead| matches!(lead.verdict, Verdict::Contact(c) if plan.contacts.id(c) == survivor),
            )
        })
    };
    for (survivor, records) in &people {
        person::from_contacts(work, survivor, records, represented(survivor));
    }
    for lead in leads {
        let Some((id, planned)) = lead.id().and_then(|id| Some((id, plan.leads.get(id)?))) else {
            continue;
        };
        if planned.verdict == Verdict::Person {
            person::from_lead(work, id, lead);
        }
        company::settle(work, lead, planned.verdict);
        let counts = work.out.count(lead.kind);
        match planned.verdict {
            Verdict::Merged(_) => counts.merged += 1,
            _ => counts.written += 1,
        }
        work.close(lead, "values without a field in Twenty");
    }
    for contact in contacts {
        let Some(id) = contact.id() else { continue };
        let counts = work.out.count(contact.kind);
        if plan.person(id) == Some(id) {
            counts.written += 1;
        } else {
            counts.merged += 1;
        }
        work.close(contact, "values without a field in Twenty");
    }
}

/// One row for each company of these leads, in the plan's order of leads.
fn companies(work: &mut Work<'_>, leads: &[Record<'_>]) {
    let plan = work.plan;
    let mut by_company: Map<Number, Vec<(Number, &Record<'_>)>> = Map::default();
    for lead in leads {
        let Some(at) = lead.id().and_then(|id| plan.leads.find(id)) else { continue };
        if let Some(company) = plan.leads[at].company {
            by_company.entry(company).or_default().push((at, lead));
        }
    }
    by_company.sort_keys();
    for (number, mut members) in by_company {
        let Some(company) = plan.companies.get(number, &plan.leads) else { continue };
        members.sort_by_cached_key(|(at, _)| company.leads.iter().position(|lead| lead == at));
        let members: Vec<&Record<'_>> = members.into_iter().map(|(_, lead)| lead).collect();
        company::write(work, &company, &members);
    }
}
