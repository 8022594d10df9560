//! Which record represents each lead (design §5), with the evidence. It must not look at anything
//! but the survey's facts.

use super::Merge;
use super::companies::{self, Company};
use super::decided::IdleDecision;
use super::gather;
use super::people::{self, Contact};
use crate::error::Result;
use crate::mapping::decisions::{Decision, Decisions};
use crate::mapping::{LeadStrategy, Settings, legal_forms};
use crate::survey::{LeadFacts, Map, Set, Survey};
use crate::twenty::link;
use hashbrown::HashMap;

/// What represents a lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The Person made from this contact (Close id of the surviving contact).
    Contact(Box<str>),
    /// A Person made from the lead itself.
    Person,
    /// Its Company.
    Company,
    /// Another lead, with which it was merged.
    Merged(Box<str>),
}

/// A lead and what was decided about it.
#[derive(Clone, Debug)]
pub struct Lead {
    /// Its name, or what Close shows in its place.
    pub name: Box<str>,
    /// `url` as written.
    pub url: Box<str>,
    /// `date_created` in microseconds.
    pub created: i64,
    /// Its contacts in order.
    pub contacts: Vec<Box<str>>,
    /// What represents it.
    pub verdict: Verdict,
    /// The evidence for the verdict: a fixed set of phrases, so that they can be counted.
    pub evidence: &'static str,
    /// Its company, by number.
    pub company: Option<usize>,
    /// Why it has a company, or none.
    pub company_evidence: &'static str,
    /// Copies of it in the export.
    pub copies: usize,
    /// The records that must be seen together with it.
    pub group: u32,
    /// They do not stand in one record, so they are gathered first.
    pub gather: bool,
}

impl Lead {
    /// Close id of the person that represents the lead, if a person does.
    pub fn person<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        match &self.verdict {
            Verdict::Contact(contact) => Some(contact),
            Verdict::Person => Some(id),
            Verdict::Company | Verdict::Merged(_) => None,
        }
    }

    /// Its website, when it is one.
    fn website(&self) -> Option<link::Link> {
        link::link(&self.url).ok()
    }
}

/// What identity came to.
#[derive(Debug)]
pub(super) struct Identity {
    pub leads: Map<Box<str>, Lead>,
    pub contacts: Map<Box<str>, Contact>,
    pub companies: Vec<Company>,
    pub merges: Vec<Merge>,
    pub idle: Vec<IdleDecision>,
    pub gone: HashMap<Box<str>, Box<str>, foldhash::fast::FixedState>,
}

pub(super) fn identify(
    survey: &mut Survey,
    settings: &Settings,
    decisions: &Decisions,
) -> Result<Identity> {
    let mut leads = resolve(std::mem::take(&mut survey.leads));
    let gone = gone(&survey.merges, &leads);
    let mut contacts =
        people::resolve(std::mem::take(&mut survey.contacts), &leads, &gone, &survey.contact_leads);
    people::order(&mut leads, &contacts);
    let people = people::merge(&mut contacts, settings.people, decisions)?;
    for (id, lead) in &mut leads {
        let (has, evidence) = has_company(lead, &contacts, settings.leads);
        lead.company = has.then_some(usize::MAX);
        lead.company_evidence = evidence;
        (lead.verdict, lead.evidence) = verdict(id, lead, &contacts, settings.leads);
    }
    let (companies, shared) = companies::dedupe(&mut leads, settings.companies, decisions)?;
    let (mut merges, mut idle) = (people.merges, people.idle);
    merges.extend(shared.merges);
    idle.extend(shared.idle);
    idle.sort_by_key(|decision| decision.line);
    represent_once(&mut leads, &companies, settings.leads, &mut merges);
    gather::group(&mut leads, &mut contacts, &companies);
    merges.sort();
    Ok(Identity { leads, contacts, companies, merges, idle, gone })
}

/// Leads that were merged into others in Close and are no longer there: each with the lead at the end
/// of its chain of merges. A chain that ends nowhere, or in itself, is left out.
fn gone(
    merges: &[(Box<str>, Box<str>)],
    leads: &Map<Box<str>, Lead>,
) -> HashMap<Box<str>, Box<str>, foldhash::fast::FixedState> {
    let mut sorted: Vec<_> =
        merges.iter().filter(|(source, _)| !leads.contains_key(source)).collect();
    sorted.sort();
    let next: Map<&str, &str> = sorted.into_iter().map(|(from, to)| (&**from, &**to)).collect();
    let mut ends: Map<&str, Option<&str>> = Map::default();
    for source in next.keys() {
        let mut chain: Set<&str> = Set::default();
        let mut at: &str = source;
        let end = loop {
            if leads.contains_key(at) {
                break Some(at);
            }
            if let Some(known) = ends.get(at) {
                break *known;
            }
            match next.get(at) {
                Some(further) if chain.insert(at) => at = further,
                _ => break None,
            }
        };
        ends.extend(chain.into_iter().map(|link| (link, end)));
    }
    ends.into_iter().filter_map(|(from, end)| Some((from.into(), end?.into()))).collect()
}

/// One entry a lead: the best copy's values, other copies filling what it does not know.
fn resolve(mut facts: Vec<LeadFacts>) -> Map<Box<str>, Lead> {
    facts.sort_by(|a, b| (&a.id, b.rank).cmp(&(&b.id, a.rank)));
    let mut leads: Vec<(Box<str>, Lead)> = Vec::new();
    for same in facts.chunk_by(|a, b| a.id == b.id) {
        let pick = |get: fn(&LeadFacts) -> Option<&Box<str>>| {
            same.iter().find_map(get).cloned().unwrap_or_default()
        };
        let contacts: Set<Box<str>> = same.iter().flat_map(|f| &f.contacts).cloned().collect();
        let created = same.iter().map(|f| f.created).find(|at| *at != 0).unwrap_or_default();
        leads.push((
            same[0].id.clone(),
            Lead {
                name: pick(|f| f.name.as_ref()),
                url: pick(|f| f.url.as_ref()),
                created,
                contacts: contacts.into_iter().collect(),
                verdict: Verdict::Person,
                evidence: "",
                company: None,
                company_evidence: "",
                copies: same.len(),
                group: 0,
                gather: false,
            },
        ));
    }
    leads.sort_by(|(a, x), (b, y)| (x.created, a).cmp(&(y.created, b)));
    leads.into_iter().collect()
}

fn has_company(
    lead: &Lead,
    contacts: &Map<Box<str>, Contact>,
    strategy: LeadStrategy,
) -> (bool, &'static str) {
    let website = lead.website().is_some();
    if strategy == LeadStrategy::Company {
        return (true, "company: every lead is one, by choice");
    }
    if website {
        return (true, "company: it has a website");
    }
    if lead.name.trim().is_empty() {
        return (false, "no company: neither name nor website");
    }
    if legal_forms::evident(&lead.name).is_some() {
        return (true, "company: its name ends in a legal form");
    }
    match &lead.contacts[..] {
        [] => (false, "no company: no contact, website or legal form"),
        [only] if contacts.get(only).is_some_and(|c| same_name(&c.name, &lead.name)) => {
            (false, "no company: named like its only contact, no website")
        }
        _ => (true, "company: it has contacts and a name of its own"),
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let key = people::name_key(a);
    !key.is_empty() && key == people::name_key(b)
}

fn verdict(
    id: &str,
    lead: &Lead,
    contacts: &Map<Box<str>, Contact>,
    strategy: LeadStrategy,
) -> (Verdict, &'static str) {
    let first = lead
        .contacts
        .iter()
        .find_map(|c| contacts.get(c))
        .filter(|_| strategy != LeadStrategy::Company);
    match (strategy, first) {
        (LeadStrategy::Company, _) => (Verdict::Company, "company: by choice"),
        (_, Some(first)) => (Verdict::Contact(first.survivor.clone()), "person: its first contact"),
        (LeadStrategy::Person, None) => (Verdict::Person, "person: no contact, by choice"),
        (LeadStrategy::Auto, None) if lead.website().is_some() => {
            (Verdict::Company, "company: no contact, but a website")
        }
        (LeadStrategy::Auto, None) if legal_forms::evident(&lead.name).is_some() => {
            (Verdict::Company, "company: no contact, but a legal form in its name")
        }
        (LeadStrategy::Auto, None) => {
            debug_assert!(!id.is_empty());
            (Verdict::Person, "person: no contact, no sign of an organisation")
        }
    }
}

/// No two leads share a representative: the older one keeps it, the younger one falls back to its
/// company, or is merged.
fn represent_once(
    leads: &mut Map<Box<str>, Lead>,
    companies: &[Company],
    strategy: LeadStrategy,
    merges: &mut Vec<Merge>,
) {
    let mut taken: HashMap<Box<str>, Box<str>, foldhash::fast::FixedState> = HashMap::default();
    for (id, lead) in leads.iter_mut() {
        let company = lead.company.and_then(|at| companies.get(at)).map(|c| &c.id);
        let own_company = company == Some(id);
        if let Verdict::Contact(person) = &lead.verdict {
            match taken.get(person) {
                None => {
                    taken.insert(person.clone(), id.clone());
                }
                Some(_) if own_company && strategy == LeadStrategy::Auto => {
                    lead.verdict = Verdict::Company;
                    lead.evidence = "company: its first contact already represents another lead";
                }
                Some(other) => {
                    let reason = "their first contacts are the same person".to_owned();
                    let (survivor, merged) = (other.clone(), id.clone());
                    merges.push(Merge {
                        object: "lead",
                        survivor: survivor.clone(),
                        merged,
                        reason,
                        decision: Decision::Accept.word(),
                    });
                    lead.evidence = "merged: its first contact already represents another lead";
                    lead.verdict = Verdict::Merged(survivor);
                }
            }
        } else if lead.verdict == Verdict::Company
            && !own_company
            && let Some(survivor) = company.cloned()
        {
            let reason = "their companies are the same".to_owned();
            let merged = id.clone();
            let decision = Decision::Accept.word();
            let object = "lead";
            merges.push(Merge { object, survivor: survivor.clone(), merged, reason, decision });
            lead.evidence = "merged: its company is another lead's";
            lead.verdict = Verdict::Merged(survivor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_of_merges_end_at_the_lead_that_is_there() {
        let facts = LeadFacts {
            id: "lead_end".into(),
            rank: crate::survey::Rank::default(),
            name: None,
            url: None,
            created: 0,
            contacts: Vec::new(),
        };
        let leads = resolve(vec![facts]);
        let mut merges: Vec<(Box<str>, Box<str>)> = (0..50)
            .map(|i| (format!("lead_{i}").into(), format!("lead_{}", i + 1).into()))
            .collect();
        merges.push(("lead_50".into(), "lead_end".into()));
        merges.push(("lead_a".into(), "lead_b".into()));
        merges.push(("lead_b".into(), "lead_a".into()));
        merges.push(("lead_x".into(), "lead_nowhere".into()));
        let gone = gone(&merges, &leads);
        assert_eq!(gone.len(), 51);
        assert!(gone.values().all(|end| **end == *"lead_end"));
    }
}
