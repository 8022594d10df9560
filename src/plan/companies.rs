//! Which leads share a company (design §5): by host, then by name where at most one host is in
//! play. Every merge has its reason. It must not look at the network.

use super::Merge;
use super::gather::Sets;
use super::leads::Lead;
use crate::mapping::legal_forms;
use crate::survey::Map;
use crate::twenty::{hosts, link};

/// A company to be made.
#[derive(Clone, Debug)]
pub struct Company {
    /// Close id: that of its oldest lead.
    pub id: Box<str>,
    /// Positions of its leads, oldest first.
    pub leads: Vec<usize>,
    /// Its own host, where it has one.
    pub host: Option<Box<str>>,
}

/// The host of a lead's own website; none for pages on other people's sites.
pub fn own_host(url: &str) -> Option<Box<str>> {
    let domain = link::domain(url).ok()?;
    let elsewhere = hosts::is_shared_host(&domain.host) || hosts::is_free_mail_host(&domain.host);
    (!elsewhere).then(|| domain.host.into())
}

pub(super) fn dedupe(leads: &mut Map<Box<str>, Lead>, merges: &mut Vec<Merge>) -> Vec<Company> {
    let with: Vec<usize> = (0..leads.len()).filter(|i| leads[*i].company.is_some()).collect();
    let hosts: Vec<Option<Box<str>>> = with.iter().map(|i| own_host(&leads[*i].url)).collect();
    let mut sets = Sets::new(with.len());
    let mut reasons = Vec::new();
    join_by_host(&hosts, &mut sets, &mut reasons);
    join_by_name(leads, &with, &hosts, &mut sets, &mut reasons);
    let mut companies: Vec<Company> = Vec::new();
    let mut number: Map<usize, usize> = Map::default();
    for (at, lead) in with.iter().enumerate() {
        let n = *number.entry(sets.root(at)).or_insert_with(|| {
            let id = leads.get_index(*lead).map(|(id, _)| id.clone()).unwrap_or_default();
            companies.push(Company { id, leads: Vec::new(), host: None });
            companies.len() - 1
        });
        let company = &mut companies[n];
        company.leads.push(*lead);
        if company.host.is_none() {
            company.host.clone_from(&hosts[at]);
        }
        leads[*lead].company = Some(n);
    }
    for (at, reason) in reasons {
        let (lead, survivor) = (with[at], &companies[number[&sets.root(at)]].id);
        let merged = leads.get_index(lead).map(|(id, _)| id.clone()).unwrap_or_default();
        if merged != *survivor {
            let survivor = survivor.clone();
            merges.push(Merge { object: "company", survivor, merged, reason });
        }
    }
    companies
}

fn join_by_host(hosts: &[Option<Box<str>>], sets: &mut Sets, reasons: &mut Vec<(usize, String)>) {
    let mut first: Map<&str, usize> = Map::default();
    for (at, host) in hosts.iter().enumerate() {
        let Some(host) = host else { continue };
        let known = *first.entry(host).or_insert(at);
        if known != at {
            sets.join(known, at);
            reasons.push((at, format!("same host {host}")));
        }
    }
}

fn join_by_name(
    leads: &Map<Box<str>, Lead>,
    with: &[usize],
    hosts: &[Option<Box<str>>],
    sets: &mut Sets,
    reasons: &mut Vec<(usize, String)>,
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
                reasons.push((
                    *at,
                    format!("same name \"{name}\" without legal form and case, at most one host"),
                ));
            }
        }
    }
}
