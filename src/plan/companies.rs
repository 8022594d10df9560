//! Which leads share a company (design §5): by host, then by name where at most one host is in
//! play. Every merge has its reason. It must not look at the network.

use super::decided::{Edge, Outcome, Question};
use super::gather::Sets;
use super::leads::Lead;
use crate::error::Result;
use crate::mapping::decisions::{Decisions, Subject};
use crate::mapping::{CompanyDedupe, legal_forms};
use crate::survey::{Map, Set};
use crate::twenty::{hosts, link};

/// A company to be made.
#[derive(Clone, Debug)]
pub struct Company {
    /// Close id: that of its oldest lead, or of the one a person chose.
    pub id: Box<str>,
    /// Positions of its leads: the one whose id it has, then the others, oldest first.
    pub leads: Vec<usize>,
    /// Its own host, where it has one.
    pub host: Option<Box<str>>,
    /// Hosts of its leads that an older company has.
    pub shared: Vec<Box<str>>,
}

/// The host of a lead's own website; none for pages on other people's sites.
pub fn own_host(url: &str) -> Option<Box<str>> {
    let domain = link::domain(url).ok()?;
    let elsewhere = hosts::is_shared_host(&domain.host) || hosts::is_free_mail_host(&domain.host);
    (!elsewhere).then(|| domain.host.into())
}

/// What the leads with a company come to.
pub(super) fn dedupe(
    leads: &mut Map<Box<str>, Lead>,
    strategy: CompanyDedupe,
    decisions: &Decisions,
) -> Result<(Vec<Company>, Outcome)> {
    let with: Vec<usize> = (0..leads.len()).filter(|i| leads[*i].company.is_some()).collect();
    let hosts: Vec<Option<Box<str>>> = with.iter().map(|i| own_host(&leads[*i].url)).collect();
    let (mut sets, mut edges) = (Sets::new(with.len()), Vec::new());
    if strategy != CompanyDedupe::Off {
        join_by_host(&hosts, &mut sets, &mut edges);
    }
    if strategy == CompanyDedupe::DomainAndName {
        join_by_name(leads, &with, &hosts, &mut sets, &mut edges);
    }
    let ids: Vec<&str> =
        with.iter().filter_map(|lead| leads.get_index(*lead)).map(|(id, _)| &**id).collect();
    let outcome = Question {
        object: "company",
        subject: Subject::Company,
        ids: &ids,
        edges: &edges,
        decisions,
        absent: "is no lead of the export, or makes no company",
    }
    .answer()?;
    let mut companies: Vec<Company> = Vec::new();
    let mut number: Map<usize, usize> = Map::default();
    for (at, lead) in with.iter().enumerate() {
        let survivor = outcome.survivor[at];
        let n = *number.entry(survivor).or_insert_with(|| {
            let id = leads.get_index(with[survivor]).map(|(id, _)| id.clone()).unwrap_or_default();
            companies.push(Company { id, leads: Vec::new(), host: None, shared: Vec::new() });
            companies.len() - 1
        });
        let list = &mut companies[n].leads;
        // The survivor's own values come first.
        list.insert(if survivor == at { 0 } else { list.len() }, *lead);
        leads[*lead].company = Some(n);
    }
    deal_hosts(&mut companies, leads);
    Ok((companies, outcome))
}

/// No two companies have one domain: older ones choose first.
fn deal_hosts(companies: &mut [Company], leads: &Map<Box<str>, Lead>) {
    let mut taken: Set<Box<str>> = Set::default();
    for company in companies {
        let mine: Set<Box<str>> =
            company.leads.iter().filter_map(|lead| own_host(&leads[*lead].url)).collect();
        company.host = mine.iter().find(|host| !taken.contains(*host)).cloned();
        company.shared = mine.iter().filter(|host| taken.contains(*host)).cloned().collect();
        taken.extend(company.host.clone());
    }
}

fn join_by_host(hosts: &[Option<Box<str>>], sets: &mut Sets, edges: &mut Vec<Edge>) {
    let mut first: Map<&str, usize> = Map::default();
    for (at, host) in hosts.iter().enumerate() {
        let Some(host) = host else { continue };
        let known = *first.entry(host).or_insert(at);
        if known != at {
            sets.join(known, at);
            edges.push(Edge { over: known, under: at, why: format!("same host {host}") });
        }
    }
}

fn join_by_name(
    leads: &Map<Box<str>, Lead>,
    with: &[usize],
    hosts: &[Option<Box<str>>],
    sets: &mut Sets,
    edges: &mut Vec<Edge>,
) {
    let mut by_name: Map<String, Vec<usize>> = Map::default();
    for (at, lead) in with.iter().enumerate() {
        let name = legal_forms::normalised(&leads[*lead].name);
        if !name.is_empty() {
            by_name.entry(name).or_default().push(at);
        }
    }
    for (name, same) in &by_name {
        let mut in_play: Vec<_> = same.iter().filter_map(|at| hosts[*at].as_deref()).collect();
        in_play.sort_unstable();
        in_play.dedup();
        if in_play.len() > 1 {
            continue;
        }
        for at in &same[1..] {
            if sets.join(same[0], *at) {
                let why =
                    format!("same name \"{name}\" without legal form and case, at most one host");
                edges.push(Edge { over: same[0], under: *at, why });
            }
        }
    }
}
