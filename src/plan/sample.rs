//! Which leads make a small bundle that still shows everything (design §9): the N leads that cover
//! the most, and those they refer to. The choice depends on the leads alone, not on files or
//! threads. It must not read the export; what leads cover is in [`super::coverage`].

use super::Plan;
use super::coverage::Coverage;
use crate::close::{Group, Kind};
use crate::event::count::plural;
use crate::read::node;
use crate::survey::texts::Number;
use crate::survey::{Visit, hash};
use hashbrown::{HashMap, HashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

type Ids = HashSet<Box<str>, foldhash::fast::FixedState>;

/// What a sample holds of the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sampled {
    /// Leads chosen.
    pub leads: u64,
    /// Leads taken as well because chosen ones refer to them.
    pub added: u64,
    /// Leads of the whole export.
    pub of: u64,
    /// Features (Close types, fields with a value, options, statuses, custom types) the sample has.
    pub features_covered: u64,
    /// Features of the whole export, as far as they belong to leads.
    pub features: u64,
}

impl Sampled {
    /// One line for people.
    pub fn text(&self) -> String {
        let added = match self.added {
            0 => String::new(),
            n => format!(" and {n} more they refer to"),
        };
        format!(
            "This is a sample: {} of {}{added}, with {} of {} (types, fields, options, statuses). \
             Everything else of the export is left out.",
            self.leads,
            plural(self.of, "lead", "leads"),
            self.features_covered,
            plural(self.features, "feature", "features")
        )
    }
}

/// See the module's head.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Leads, with the ids of those that were merged into them in Close.
    leads: Ids,
    contacts: Ids,
    /// What it holds of the whole.
    pub counts: Sampled,
}

impl Sample {
    /// Chooses `n` leads, and adds those they refer to.
    pub fn choose(plan: &Plan, coverage: &Coverage, n: usize) -> Self {
        let chosen = best_of(plan, coverage, n);
        let leads = chosen.len() as u64;
        let all = closed(coverage, chosen);
        let shown = covered(coverage, &all);
        let shown = shown.iter();
        let counts = Sampled {
            leads,
            added: all.len() as u64 - leads,
            of: plan.leads.len() as u64,
            features_covered: shown.filter(|feature| !coverage.is_extra(**feature)).count() as u64,
            features: coverage.known() as u64,
        };
        let numbers: HashSet<Number, foldhash::fast::FixedState> =
            all.into_iter().map(Number::new).collect();
        let gone = plan.gone.iter().filter(|(_, to)| numbers.contains(*to));
        let gone = gone.map(|(from, _)| from.clone());
        let ids = numbers.iter().map(|lead| plan.leads.id(*lead).into()).chain(gone).collect();
        let contacts = plan.contacts.iter();
        let contacts = contacts.filter(|(_, c)| c.lead.is_some_and(|lead| numbers.contains(&lead)));
        let contacts = contacts.map(|(number, _)| plan.contacts.id(number).into()).collect();
        Self { leads: ids, contacts, counts }
    }

    /// True for settings and for records of the sample's leads.
    pub fn has(&self, visit: &Visit<'_>) -> bool {
        match home(visit) {
            Home::Settings => true,
            Home::Lead(id) => self.leads.contains(id),
            Home::Contact(id) => self.contacts.contains(id),
            Home::None => false,
        }
    }
}

/// Where a record belongs, by the record alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home<'a> {
    /// To the whole organisation.
    Settings,
    /// To this lead, or the one that took its place.
    Lead(&'a str),
    /// To the lead of this contact.
    Contact(&'a str),
    /// To none.
    None,
}

/// A record belongs to the lead it names, else to the one it stands in, else to its contact's.
pub(super) fn home<'a>(visit: &Visit<'a>) -> Home<'a> {
    let record = &visit.record;
    let text = |key| node::get_text(record.nodes(), key);
    let named = text("lead_id").or(visit.context.lead).map(Home::Lead);
    match (record.kind, record.kind.group()) {
        (Kind::Lead, _) => record.id().map_or(Home::None, Home::Lead),
        (Kind::Contact, _) => record.id().map_or(Home::None, Home::Contact),
        (Kind::SequenceSubscription, _) | (_, Group::Unknown) => {
            let contact = text("contact_id").map(Home::Contact);
            named.or(contact).unwrap_or(Home::Settings)
        }
        (_, Group::Config) => Home::Settings,
        _ => named.or(text("contact_id").map(Home::Contact)).unwrap_or(Home::None),
    }
}

/// Orders of equal leads that are tried.
const ORDERS: u32 = 8;

/// The best of several choices: among leads that add as much as each other, the one taken first decides
/// what the later ones can add. The first of equally good choices.
fn best_of(plan: &Plan, coverage: &Coverage, n: usize) -> Vec<usize> {
    let mut best: (u64, Vec<usize>) = (0, Vec::new());
    for order in 0..ORDERS {
        let mut chosen = greedy(plan, coverage, n, order);
        swap(plan, coverage, &mut chosen);
        let shown = covered(coverage, &chosen).into_iter().map(|f| coverage.worth(f)).sum();
        if order == 0 || shown > best.0 {
            best = (shown, chosen);
        }
        if best.0 == coverage.worth_of_all() || best.1.len() == plan.leads.len() {
            break;
        }
    }
    best.1
}

fn covered(coverage: &Coverage, leads: &[usize]) -> HashSet<u32, foldhash::fast::FixedState> {
    leads.iter().flat_map(|at| coverage.features(*at)).copied().collect()
}

/// What it adds at most, the rank among equals, the lead's number.
type Candidate<'a> = (u64, Reverse<(u64, &'a str)>, usize);

/// The leads, by number, that cover the most together; where nothing new is left, those with the
/// smallest hash of their ids. Each step takes the lead with the most new features: no way that is
/// as quick finds more for certain. `order` turns the hash, and with it the order of equals.
fn greedy(plan: &Plan, coverage: &Coverage, n: usize, order: u32) -> Vec<usize> {
    let ids = (0..plan.leads.len()).map(|at| (at, plan.leads.id(Number::new(at))));
    let worth = |at: usize, counts: &dyn Fn(u32) -> bool| -> u64 {
        let features = coverage.features(at).iter().filter(|feature| counts(**feature));
        features.map(|feature| coverage.worth(*feature)).sum()
    };
    let rank = |id: &str| hash(id).rotate_left(order * 64 / ORDERS);
    let mut heap: BinaryHeap<Candidate<'_>> =
        ids.map(|(at, id)| (worth(at, &|_| true), Reverse((rank(id), id)), at)).collect();
    let mut covered: HashSet<u32, foldhash::fast::FixedState> = HashSet::default();
    let mut chosen = Vec::new();
    while chosen.len() < n {
        let Some((promised, rank, at)) = heap.pop() else { break };
        let new = worth(at, &|feature| !covered.contains(&feature));
        // What a lead adds only falls: whoever still leads with the new figure is the best.
        if new < promised {
            heap.push((new, rank, at));
            continue;
        }
        covered.extend(coverage.features(at));
        chosen.push(at);
    }
    chosen
}

/// Swaps a chosen lead for another while that covers more: the first choices may have become needless
/// through later ones. Only leads with a feature nobody shows yet can be worth it, and each swap covers
/// more than before, so it ends.
fn swap(plan: &Plan, coverage: &Coverage, chosen: &mut [usize]) {
    let mut shows: HashMap<u32, usize, foldhash::fast::FixedState> = HashMap::default();
    let features = chosen.iter().flat_map(|at| coverage.features(*at));
    features.for_each(|feature| *shows.entry(*feature).or_default() += 1);
    while let Some((place, other)) = best_swap(plan, coverage, chosen, &shows) {
        let Some(out) = chosen.get_mut(place) else { return };
        for feature in coverage.features(*out) {
            if let Some(count) = shows.get_mut(feature) {
                *count -= 1;
            }
        }
        coverage.features(other).iter().for_each(|f| *shows.entry(*f).or_default() += 1);
        *out = other;
    }
}

/// The chosen lead and the one in its place that cover the most more than now; the earlier choice, then
/// the smaller hash, among equals.
fn best_swap(
    plan: &Plan,
    coverage: &Coverage,
    chosen: &[usize],
    shows: &HashMap<u32, usize, foldhash::fast::FixedState>,
) -> Option<(usize, usize)> {
    let count = |feature: &u32| shows.get(feature).copied().unwrap_or_default();
    let sum = |features: &mut dyn Iterator<Item = &u32>| -> u64 {
        features.map(|feature| coverage.worth(*feature)).sum()
    };
    let new = |at: usize| sum(&mut coverage.features(at).iter().filter(|f| count(f) == 0));
    let worth = (0..plan.leads.len()).filter(|at| new(*at) > 0);
    let swaps = worth.flat_map(|at| chosen.iter().enumerate().map(move |(i, out)| (i, *out, at)));
    let gains = swaps.filter_map(|(i, out, at)| {
        let alone = coverage.features(out).iter().filter(|f| count(f) == 1);
        let mut lost = alone.filter(|f| coverage.features(at).binary_search(f).is_err());
        let lost = sum(&mut lost);
        let gain = new(at).checked_sub(lost).filter(|gain| *gain > 0)?;
        let id = plan.leads.id(Number::new(at));
        Some((gain, Reverse((i, hash(id), id)), at))
    });
    gains.max().map(|(_, Reverse((i, ..)), at)| (i, at))
}

/// The chosen leads and all they refer to, directly or not.
fn closed(coverage: &Coverage, chosen: Vec<usize>) -> Vec<usize> {
    let mut known: HashSet<usize, foldhash::fast::FixedState> = chosen.iter().copied().collect();
    let mut all = chosen;
    let mut next = 0;
    while let Some(at) = all.get(next).copied() {
        next += 1;
        for other in coverage.refers_to(at) {
            if known.insert(other) {
                all.push(other);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::{Rules, Settings};
    use crate::survey::{LeadFacts, Rank, Seen, Survey};
    use crate::twenty::workspace::Workspace;

    fn plan(leads: &[&str]) -> Plan {
        let mut survey = Survey::default();
        for id in leads {
            survey.people.lead(&LeadFacts {
                id: (*id).into(),
                rank: Rank::default(),
                name: None,
                url: None,
                created: 0,
                contacts: Vec::new(),
            });
        }
        let rules = Rules::built_in().unwrap();
        let (seen, workspace) = (Seen::for_bytes(0), Workspace::standard().unwrap());
        {
            let (settings, decisions) = (Settings::default(), crate::mapping::Decisions::default());
            let decisions = &decisions;
            let workspace = &workspace;
            let basis = crate::plan::Basis { settings, rules, workspace, map: None, decisions };
            Plan::decide(&mut survey, seen, basis).unwrap()
        }
    }

    fn chosen(leads: &[(&str, &[u32], &[&str])], n: usize) -> (Vec<String>, Sampled) {
        let ids: Vec<_> = leads.iter().map(|(id, ..)| *id).collect();
        let plan = plan(&ids);
        let at = |id: &str| plan.leads.find(id).unwrap().at();
        let entries = leads.iter().map(|(id, features, refs)| {
            (at(id), features.to_vec(), refs.iter().map(|id| at(id)).collect())
        });
        let sample = Sample::choose(&plan, &Coverage::of(plan.leads.len(), entries), n);
        let mut ids: Vec<String> = sample.leads.iter().map(ToString::to_string).collect();
        ids.sort();
        (ids, sample.counts)
    }

    #[test]
    fn the_most_is_covered_first() {
        let leads: &[(&str, &[u32], &[&str])] = &[
            ("lead_a", &[1, 2], &[]),
            ("lead_b", &[1, 2, 3], &[]),
            ("lead_c", &[4], &[]),
            ("lead_d", &[], &[]),
        ];
        assert_eq!(chosen(leads, 2).0, ["lead_b", "lead_c"]);
        let (all, counts) = chosen(leads, 99);
        assert_eq!((all.len(), counts.leads, counts.of), (4, 4, 4));
        assert_eq!((counts.features_covered, counts.features), (4, 4));
        let mut turned = leads.to_vec();
        turned.reverse();
        assert_eq!(chosen(leads, 3), chosen(&turned, 3));
    }

    /// The first choice has the most, but what it has the other two show together.
    #[test]
    fn a_choice_that_became_needless_is_swapped() {
        let leads: &[(&str, &[u32], &[&str])] = &[
            ("lead_a", &[1, 2, 3, 4], &[]),
            ("lead_b", &[1, 2, 5], &[]),
            ("lead_c", &[3, 4, 6], &[]),
        ];
        let (ids, counts) = chosen(leads, 2);
        assert_eq!((ids, counts.features_covered), (vec!["lead_b".into(), "lead_c".into()], 6));
    }

    #[test]
    fn whom_they_refer_to_comes_along() {
        let leads: &[(&str, &[u32], &[&str])] = &[
            ("lead_a", &[1], &["lead_b"]),
            ("lead_b", &[], &["lead_c"]),
            ("lead_c", &[], &["lead_a"]),
            ("lead_d", &[], &[]),
        ];
        let (ids, counts) = chosen(leads, 1);
        assert_eq!(ids, ["lead_a", "lead_b", "lead_c"]);
        assert_eq!((counts.leads, counts.added, counts.of), (1, 2, 4));
        assert!(counts.text().contains("1 of 4 leads and 2 more"));
    }
}
