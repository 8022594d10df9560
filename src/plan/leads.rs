//! Which record represents each lead (design §5), with the evidence. It must not look at anything
//! but the survey's facts.

use super::Merge;
use super::companies::{self, Companies};
use super::decided::IdleDecision;
use super::evidence::{CompanyEvidence, Evidence};
use super::gather;
use super::people::{self, Contact};
use super::roster::Roster;
use crate::error::Result;
use crate::mapping::decisions::{Decision, Decisions};
use crate::mapping::{LeadStrategy, Settings, legal_forms};
use crate::survey::people::{Found, LeadCopy, People};
use crate::survey::texts::{Number, Run, Span};
use crate::survey::{Map, Set, Survey};
use crate::twenty::link;
use hashbrown::HashMap;

/// What represents a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The Person made from this contact, the surviving one.
    Contact(Number),
    /// A Person made from the lead itself.
    Person,
    /// Its Company.
    Company,
    /// Another lead, with which it was merged.
    Merged(Number),
}

/// A lead and what was decided about it.
#[derive(Clone, Debug)]
pub struct Lead {
    /// Its name, or what Close shows in its place.
    pub name: Span,
    /// What represents it.
    pub verdict: Verdict,
    /// The first of its contacts.
    pub first_contact: Option<Number>,
    /// Its company.
    pub company: Option<Number>,
    /// The records that must be seen together with it.
    pub group: u32,
    /// The evidence for the verdict.
    pub evidence: Evidence,
    /// Why it has a company, or none.
    pub company_evidence: CompanyEvidence,
    /// There are several copies of it in the export.
    pub copies: bool,
    /// The records of its group do not stand in one record, so they are gathered first.
    pub gather: bool,
}

/// What is needed of a lead until all is decided.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    /// `url` as written, empty when unknown.
    pub url: Span,
    /// Its contacts as it lists them.
    pub listed: Run,
    /// How many contacts are its own.
    pub contacts: u32,
    /// Its url is a link.
    pub website: bool,
}

/// Which lead an id means, by the number the survey gave to the id.
#[derive(Debug, Default)]
pub(super) struct Homes {
    /// The lead with this id.
    pub own: Vec<Option<Number>>,
    /// The lead that took its place.
    gone: HashMap<Number, Number, foldhash::fast::FixedState>,
}

impl Homes {
    /// The lead with this id, or the one that took its place in Close.
    pub fn follow(&self, id: Number) -> Option<Number> {
        self.own(id).or_else(|| self.gone.get(&id).copied())
    }

    /// The lead with this id.
    pub fn own(&self, id: Number) -> Option<Number> {
        self.own.get(id.at()).copied().flatten()
    }
}

/// The leads that took the place of others, by Close id of those.
pub(super) type Gone = HashMap<Box<str>, Number, foldhash::fast::FixedState>;

/// What identity came to.
#[derive(Debug)]
pub(super) struct Identity {
    pub leads: Roster<Lead>,
    pub contacts: Roster<Contact>,
    pub companies: Companies,
    pub merges: Vec<Merge>,
    pub idle: Vec<IdleDecision>,
    pub gone: Gone,
}

pub(super) fn identify(
    survey: &mut Survey,
    settings: &Settings,
    decisions: &Decisions,
) -> Result<Identity> {
    let People { leads, contacts, mut listed, emails, named } = std::mem::take(&mut survey.people);
    let merged: Vec<_> =
        survey.merges.iter().filter_map(|(id, _)| Some((leads.ids.find(id)?, id))).collect();
    let (mut leads, mut drafts, own) = resolve(leads, &mut listed);
    let gone = gone(&survey.merges, &leads);
    let taken = merged.into_iter().filter_map(|(id, text)| Some((id, *gone.get(text)?)));
    let homes = Homes { own, gone: taken.collect() };
    let found = people::Beside { listed, emails, named, homes };
    let (mut contacts, emails) = people::resolve(contacts, found, &mut leads, &mut drafts);
    let people = people::merge(&mut contacts, &emails, settings.people, decisions)?;
    drop(emails);
    let mut with_company = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let number = Number::new(at);
        let (lead, name) = (&leads[number], leads.name(number));
        let case =
            Case { name, lead, draft: *draft, contacts: &contacts, strategy: settings.leads };
        let ((has, company_evidence), (verdict, evidence)) = (case.company(), case.verdict());
        if has {
            with_company.push((number, draft.url));
        }
        let lead = &mut leads[number];
        (lead.verdict, lead.evidence, lead.company_evidence) =
            (verdict, evidence, company_evidence);
    }
    let (companies, shared) =
        companies::dedupe(&mut leads, &with_company, settings.companies, decisions)?;
    drop(with_company);
    leads.keep_texts(|lead, keep| lead.name = keep(lead.name));
    drop(drafts);
    let (mut merges, mut idle) = (people.merges, people.idle);
    merges.extend(shared.merges);
    idle.extend(shared.idle);
    idle.sort_by_key(|decision| decision.line);
    represent_once(&mut leads, contacts.len(), &companies, settings.leads, &mut merges);
    gather::group(&mut leads, &mut contacts, &companies);
    let ids = |merge: &Merge| merge.ids(&leads, &contacts);
    merges.sort_by(|a, b| {
        (a.object, ids(a), &a.reason, a.decision).cmp(&(b.object, ids(b), &b.reason, b.decision))
    });
    merges.shrink_to_fit();
    Ok(Identity { leads, contacts, companies, merges, idle, gone })
}

/// Leads that were merged into others in Close and are no longer there: each with the lead at the end
/// of its chain of merges. A chain that ends nowhere, or in itself, is left out.
fn gone(merges: &[(Box<str>, Box<str>)], leads: &Roster<Lead>) -> Gone {
    let mut sorted: Vec<_> =
        merges.iter().filter(|(source, _)| leads.find(source).is_none()).collect();
    sorted.sort();
    let next: Map<&str, &str> = sorted.into_iter().map(|(from, to)| (&**from, &**to)).collect();
    let mut ends: Map<&str, Option<Number>> = Map::default();
    for source in next.keys() {
        let mut chain: Set<&str> = Set::default();
        let mut at: &str = source;
        let end = loop {
            if let Some(there) = leads.find(at) {
                break Some(there);
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
    ends.into_iter().filter_map(|(from, end)| Some((from.into(), end?))).collect()
}

/// One entry a lead, oldest first: the best copy's values, other copies filling what it does not know.
/// Answers also the lead with each id, by the number the survey gave to the id.
fn resolve(
    found: Found<LeadCopy>,
    listed: &mut Vec<Number>,
) -> (Roster<Lead>, Vec<Draft>, Vec<Option<Number>>) {
    let Found { mut ids, texts, mut copies } = found;
    // Of equal copies the first in the export is the better one: the order is kept.
    copies.sort_by(|a, b| (a.id, b.rank).cmp(&(b.id, a.rank)));
    let mut found: Vec<(LeadCopy, bool)> = Vec::with_capacity(ids.len());
    found.extend(
        copies.chunk_by(|a, b| a.id == b.id).map(|same| (one(same, listed), same.len() > 1)),
    );
    drop(copies);
    found.sort_unstable_by(|(a, _), (b, _)| {
        (a.created, ids.text(a.id)).cmp(&(b.created, ids.text(b.id)))
    });
    let own = ids.renumber(found.iter().map(|(lead, _)| lead.id));
    let draft = |(lead, _): &(LeadCopy, bool)| {
        let url = lead.url.unwrap_or(Span::EMPTY);
        Draft {
            url,
            listed: lead.contacts,
            contacts: 0,
            website: link::link(texts.get(url)).is_ok(),
        }
    };
    let drafts = found.iter().map(draft).collect();
    let leads = found.iter().map(|(lead, copies)| Lead {
        name: lead.name.unwrap_or(Span::EMPTY),
        verdict: Verdict::Person,
        first_contact: None,
        company: None,
        group: 0,
        evidence: Evidence::NoSign,
        company_evidence: CompanyEvidence::NoContact,
        copies: *copies,
        gather: false,
    });
    (Roster::new(ids, texts, leads.collect()), drafts, own)
}

/// One lead from its copies, best first.
fn one(same: &[LeadCopy], listed: &mut Vec<Number>) -> LeadCopy {
    let [best, others @ ..] = same else { unreachable!("a lead has at least one copy") };
    if others.is_empty() {
        return *best;
    }
    let contacts: Set<Number> =
        same.iter().flat_map(|copy| copy.contacts.of(listed)).copied().collect();
    LeadCopy {
        name: same.iter().find_map(|copy| copy.name),
        url: same.iter().find_map(|copy| copy.url),
        contacts: Run::push(listed, contacts),
        created: same.iter().map(|copy| copy.created).find(|at| *at != 0).unwrap_or_default(),
        ..*best
    }
}

/// What decisions about one lead look at.
struct Case<'a> {
    name: &'a str,
    lead: &'a Lead,
    draft: Draft,
    contacts: &'a Roster<Contact>,
    strategy: LeadStrategy,
}

impl Case<'_> {
    /// Whether it has a company of its own.
    fn company(&self) -> (bool, CompanyEvidence) {
        if self.strategy == LeadStrategy::Company {
            return (true, CompanyEvidence::ByChoice);
        }
        if self.draft.website {
            return (true, CompanyEvidence::Website);
        }
        if self.name.trim().is_empty() {
            return (false, CompanyEvidence::Nameless);
        }
        if legal_forms::evident(self.name).is_some() {
            return (true, CompanyEvidence::LegalForm);
        }
        match (self.draft.contacts, self.lead.first_contact) {
            (1, Some(only)) if same_name(self.contacts.name(only), self.name) => {
                (false, CompanyEvidence::LikeItsContact)
            }
            (_, Some(_)) => (true, CompanyEvidence::OwnName),
            (_, None) => (false, CompanyEvidence::NoContact),
        }
    }

    fn verdict(&self) -> (Verdict, Evidence) {
        match (self.strategy, self.lead.first_contact) {
            (LeadStrategy::Company, _) => (Verdict::Company, Evidence::CompanyByChoice),
            (_, Some(first)) => {
                (Verdict::Contact(self.contacts[first].survivor), Evidence::FirstContact)
            }
            (LeadStrategy::Person, None) => (Verdict::Person, Evidence::NoContactByChoice),
            (LeadStrategy::Auto, None) if self.draft.website => {
                (Verdict::Company, Evidence::Website)
            }
            (LeadStrategy::Auto, None) if legal_forms::evident(self.name).is_some() => {
                (Verdict::Company, Evidence::LegalForm)
            }
            (LeadStrategy::Auto, None) => (Verdict::Person, Evidence::NoSign),
        }
    }
}

fn same_name(a: &str, b: &str) -> bool {
    let key = people::name_key(a);
    !key.is_empty() && key == people::name_key(b)
}

/// No two leads share a representative: the older one keeps it, the younger one falls back to its
/// company, or is merged.
fn represent_once(
    leads: &mut Roster<Lead>,
    contacts: usize,
    companies: &Companies,
    strategy: LeadStrategy,
    merges: &mut Vec<Merge>,
) {
    let merge = |survivor: Number, merged: Number, reason: &str| Merge {
        object: "lead",
        survivor,
        merged,
        reason: reason.into(),
        decision: Decision::Accept.word(),
    };
    let mut taken: Vec<Option<Number>> = vec![None; contacts];
    for (at, lead) in leads.values_mut().enumerate() {
        let number = Number::new(at);
        let company = lead.company.and_then(|at| companies.lead(at));
        let own_company = company == Some(number);
        match lead.verdict {
            Verdict::Contact(person) => match taken[person.at()] {
                None => taken[person.at()] = Some(number),
                Some(_) if own_company && strategy == LeadStrategy::Auto => {
                    lead.verdict = Verdict::Company;
                    lead.evidence = Evidence::ContactTaken;
                }
                Some(other) => {
                    merges.push(merge(other, number, "their first contacts are the same person"));
                    lead.evidence = Evidence::MergedByContact;
                    lead.verdict = Verdict::Merged(other);
                }
            },
            Verdict::Company if !own_company => {
                if let Some(survivor) = company {
                    merges.push(merge(survivor, number, "their companies are the same"));
                    lead.evidence = Evidence::MergedByCompany;
                    lead.verdict = Verdict::Merged(survivor);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::LeadFacts;

    #[test]
    fn chains_of_merges_end_at_the_lead_that_is_there() {
        let mut people = People::default();
        people.lead(&LeadFacts {
            id: "lead_end".into(),
            rank: crate::survey::Rank::default(),
            name: None,
            url: None,
            created: 0,
            contacts: Vec::new(),
        });
        let (leads, ..) = resolve(people.leads, &mut people.listed);
        let mut merges: Vec<(Box<str>, Box<str>)> = (0..50)
            .map(|i| (format!("lead_{i}").into(), format!("lead_{}", i + 1).into()))
            .collect();
        merges.push(("lead_50".into(), "lead_end".into()));
        merges.push(("lead_a".into(), "lead_b".into()));
        merges.push(("lead_b".into(), "lead_a".into()));
        merges.push(("lead_x".into(), "lead_nowhere".into()));
        let gone = gone(&merges, &leads);
        assert_eq!(gone.len(), 51);
        assert!(gone.values().all(|end| leads.id(*end) == "lead_end"));
    }
}
