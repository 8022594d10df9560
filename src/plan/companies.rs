//! Which leads share a company (design §5): by host, then by name where at most one host is in
//! play. Every merge has its reason. It must not look at the network.

use super::decided::{Edge, Outcome, Question};
use super::gather::Sets;
use super::leads::Lead;
use super::roster::Roster;
use crate::error::Result;
use crate::mapping::decisions::{Decisions, Subject};
use crate::mapping::{CompanyDedupe, legal_forms};
use crate::survey::Set;
use crate::survey::texts::{Ids, Number, Run, Span};
use crate::twenty::{hosts, link};

/// A company to be made.
#[derive(Clone, Copy, Debug)]
pub struct Company<'p> {
    /// Close id: that of its oldest lead, or of the one a person chose.
    pub id: &'p str,
    /// Its leads: the one whose id it has, then the others, oldest first.
    pub leads: &'p [Number],
    /// Its own host, where it has one.
    pub host: Option<&'p str>,
    number: Number,
    all: &'p Companies,
}

impl Company<'_> {
    /// A host of one of its leads that an older company has.
    pub fn is_shared(&self, host: &str) -> bool {
        let host = self.all.hosts.find(host).map(|host| (self.number, host));
        host.is_some_and(|shared| self.all.shared.binary_search(&shared).is_ok())
    }
}

/// All companies, by number.
#[derive(Debug, Default)]
pub struct Companies {
    all: Vec<Entry>,
    /// Their leads.
    members: Vec<Number>,
    hosts: Ids,
    /// Companies and hosts of their leads that an older company has, sorted.
    shared: Vec<(Number, Number)>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    members: Run,
    host: Option<Number>,
}

impl Companies {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A company, with the leads it belongs to.
    pub fn get<'p>(&'p self, number: Number, leads: &'p Roster<Lead>) -> Option<Company<'p>> {
        let entry = self.all.get(number.at())?;
        let members = entry.members.of(&self.members);
        let host = entry.host.map(|host| self.hosts.text(host));
        Some(Company { id: leads.id(*members.first()?), leads: members, host, number, all: self })
    }

    /// The lead whose id a company has.
    pub fn lead(&self, number: Number) -> Option<Number> {
        self.all.get(number.at())?.members.of(&self.members).first().copied()
    }

    /// The leads of each.
    pub(super) fn members(&self) -> impl Iterator<Item = &[Number]> {
        self.all.iter().map(|entry| entry.members.of(&self.members))
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<Entry>()
            + self.members.capacity() * size_of::<Number>()
            + self.hosts.bytes()
            + self.shared.capacity() * size_of::<(Number, Number)>()
    }
}

/// The host of a lead's own website; none for pages on other people's sites.
pub fn own_host(url: &str) -> Option<Box<str>> {
    let domain = link::domain(url).ok()?;
    let elsewhere = hosts::is_shared_host(&domain.host) || hosts::is_free_mail_host(&domain.host);
    (!elsewhere).then(|| domain.host.into())
}

/// What the leads that have a company come to: `with` holds them, oldest first, with their urls.
pub(super) fn dedupe(
    leads: &mut Roster<Lead>,
    with: &[(Number, Span)],
    strategy: CompanyDedupe,
    decisions: &Decisions,
) -> Result<(Companies, Outcome)> {
    let mut hosts = Ids::default();
    let host = |(_, url): &(Number, Span)| Some(hosts.number(&own_host(leads.text(*url))?));
    let host_of: Vec<Option<Number>> = with.iter().map(host).collect();
    let (mut sets, mut edges) = (Sets::new(with.len()), Vec::new());
    if strategy != CompanyDedupe::Off {
        join_by_host(&hosts, &host_of, &mut sets, &mut edges);
    }
    if strategy == CompanyDedupe::DomainAndName {
        join_by_name(leads, with, &host_of, &mut sets, &mut edges);
    }
    let outcome = Question {
        object: "company",
        subject: Subject::Company,
        count: with.len(),
        number: &|at| with[at].0,
        id: &|at| leads.id(with[at].0),
        edges: &edges,
        decisions,
        absent: "is no lead of the export, or makes no company",
    }
    .answer()?;
    drop((sets, edges));
    let mut companies = Companies { hosts, ..Companies::default() };
    companies.fill(&outcome.survivor, with, &host_of);
    for (at, entry) in companies.all.iter().enumerate() {
        for lead in entry.members.of(&companies.members) {
            leads[*lead].company = Some(Number::new(at));
        }
    }
    Ok((companies, outcome))
}

impl Companies {
    /// One company for each survivor, numbered by the oldest of its leads.
    fn fill(&mut self, survivor: &[Number], with: &[(Number, Span)], host_of: &[Option<Number>]) {
        // The oldest lead of each company, then its age among the company's leads.
        let mut oldest: Vec<Option<u32>> = vec![None; with.len()];
        for (at, survivor) in survivor.iter().enumerate() {
            oldest[survivor.at()].get_or_insert(at as u32);
        }
        // The survivor's own values come first.
        let mut order: Vec<u32> = (0..with.len() as u32).collect();
        order.sort_unstable_by_key(|at| {
            let survivor = survivor[*at as usize].at();
            (oldest[survivor], survivor != *at as usize, *at)
        });
        let mut taken = vec![false; self.hosts.len()];
        for same in order.chunk_by(|a, b| survivor[*a as usize] == survivor[*b as usize]) {
            let members = Run::push(&mut self.members, same.iter().map(|at| with[*at as usize].0));
            let hosts: Set<Number> = same.iter().filter_map(|at| host_of[*at as usize]).collect();
            let host = self.deal_hosts(&hosts, &mut taken);
            self.all.push(Entry { members, host });
        }
        self.all.shrink_to_fit();
        self.members.shrink_to_fit();
        self.hosts.finish();
    }

    /// The host of the next company. No two companies have one domain: older ones choose first.
    fn deal_hosts(&mut self, mine: &Set<Number>, taken: &mut [bool]) -> Option<Number> {
        let company = Number::new(self.all.len());
        let shared = self.shared.len();
        self.shared.extend(mine.iter().filter(|h| taken[h.at()]).map(|host| (company, *host)));
        self.shared[shared..].sort_unstable();
        let own = mine.iter().copied().find(|host| !taken[host.at()])?;
        taken[own.at()] = true;
        Some(own)
    }
}

fn join_by_host(hosts: &Ids, host_of: &[Option<Number>], sets: &mut Sets, edges: &mut Vec<Edge>) {
    let mut first: Vec<Option<usize>> = vec![None; hosts.len()];
    for (at, host) in host_of.iter().enumerate() {
        let Some(host) = *host else { continue };
        let known = *first[host.at()].get_or_insert(at);
        if known != at {
            sets.join(known, at);
            let why = format!("same host {}", hosts.text(host));
            edges.push(Edge { over: known, under: at, why });
        }
    }
}

fn join_by_name(
    leads: &Roster<Lead>,
    with: &[(Number, Span)],
    host_of: &[Option<Number>],
    sets: &mut Sets,
    edges: &mut Vec<Edge>,
) {
    let mut names = Ids::default();
    let mut by_name: Vec<(Number, u32)> = Vec::with_capacity(with.len());
    for (at, (lead, _)) in with.iter().enumerate() {
        let name = legal_forms::normalised(leads.name(*lead));
        if legal_forms::is_telling(&name) {
            by_name.push((names.number(&name), at as u32));
        }
    }
    by_name.sort_unstable();
    for same in by_name.chunk_by(|(a, _), (b, _)| a == b) {
        let [(name, oldest), others @ ..] = same else { continue };
        let mut in_play = same.iter().filter_map(|(_, at)| host_of[*at as usize]);
        let host = in_play.next();
        if in_play.any(|other| Some(other) != host) {
            continue;
        }
        let oldest = *oldest as usize;
        for (_, at) in others {
            if sets.join(oldest, *at as usize) {
                let name = names.text(*name);
                let why =
                    format!("same name \"{name}\" without legal form and case, at most one host");
                edges.push(Edge { over: oldest, under: *at as usize, why });
            }
        }
    }
}
