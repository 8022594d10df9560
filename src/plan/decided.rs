//! Which records are one, from what the rules say and what a person decided, and which of them
//! stands. The same for companies and people. It must not know a rule.
//!
//! A decision to keep a record apart takes it out of what the rules joined; the others stay
//! together, and only another decision can join it again. Nothing is written here twice: feeding the
//! outcome back as decisions gives the same outcome.

use super::gather::Sets;
use super::leads::Lead;
use super::people::Contact;
use super::roster::Roster;
use super::{Merge, Plan};
use crate::error::{Error, Result};
use crate::mapping::decisions::{Decision, Decisions, Subject};
use crate::survey::texts::Number;
use crate::survey::{Map, Set};

/// A decision that has nothing to decide about.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct IdleDecision {
    /// Stable code.
    pub code: &'static str,
    /// Line in the file.
    pub line: u64,
    /// In words.
    pub what: String,
}

/// Two records a rule takes for one.
pub(super) struct Edge {
    /// The one that stands.
    pub over: usize,
    /// The one that goes into it.
    pub under: usize,
    /// Why.
    pub why: String,
}

#[derive(Clone, Copy)]
struct Pair {
    line: u64,
    over: usize,
    under: usize,
    decision: Decision,
}

impl Pair {
    /// The one that stands and the one that does not, when they are one.
    fn order(&self) -> Option<(usize, usize)> {
        match self.decision {
            Decision::Accept => Some((self.over, self.under)),
            Decision::Survivor => Some((self.under, self.over)),
            Decision::KeepApart => None,
        }
    }
}

/// Records to be joined, by position, oldest first.
pub(super) struct Question<'a> {
    pub object: &'static str,
    pub subject: Subject,
    /// How many there are.
    pub count: usize,
    /// Number of the lead or contact at a position.
    pub number: &'a dyn Fn(usize) -> Number,
    /// Its Close id.
    pub id: &'a dyn Fn(usize) -> &'a str,
    pub edges: &'a [Edge],
    pub decisions: &'a Decisions,
    /// Why a record that is decided about may not be among them.
    pub absent: &'static str,
}

/// The answer.
pub(super) struct Outcome {
    /// The position of the record that stands, for each.
    pub survivor: Vec<Number>,
    pub merges: Vec<Merge>,
    pub idle: Vec<IdleDecision>,
}

impl Question<'_> {
    /// # Errors
    /// `C2T-E153` when records are to be kept apart and joined, `C2T-E154` when two are to survive
    /// each other.
    pub fn answer(&self) -> Result<Outcome> {
        let (pairs, idle) = self.pairs();
        let mut rules = Sets::new(self.count);
        for edge in self.edges {
            rules.join(edge.over, edge.under);
        }
        let mut all = self.sets(&mut rules, &Set::default(), &pairs);
        let apart = || pairs.iter().filter(|pair| pair.decision == Decision::KeepApart);
        let split = apart().filter(|pair| all.root(pair.over) == all.root(pair.under));
        let out: Set<usize> = split.map(|pair| pair.under).collect();
        let mut sets = self.sets(&mut rules, &out, &pairs);
        if let Some(pair) = apart().find(|pair| sets.root(pair.over) == sets.root(pair.under)) {
            return Err(self.contradiction(pair, &pairs, &mut rules, &out));
        }
        self.refuse_cycles(&pairs)?;
        let survivor = self.survivors(&mut sets, &out, &pairs)?;
        let merges = self.merges(&survivor, &pairs);
        Ok(Outcome { survivor, merges, idle })
    }

    fn pairs(&self) -> (Vec<Pair>, Vec<IdleDecision>) {
        let (mut pairs, mut idle) = (Vec::new(), Vec::new());
        let lines = self.decisions.lines.iter().filter(|line| line.subject == self.subject);
        let lines: Vec<_> = lines.collect();
        if lines.is_empty() {
            return (pairs, idle);
        }
        let position: Map<&str, usize> = (0..self.count).map(|at| ((self.id)(at), at)).collect();
        for decided in lines {
            let find = |id: &str| position.get(id).copied();
            match (find(&decided.survivor), find(&decided.merged)) {
                (Some(over), Some(under)) => {
                    let (line, decision) = (decided.line, decided.decision);
                    pairs.push(Pair { line, over, under, decision });
                }
                (over, _) => {
                    let id = if over.is_none() { &decided.survivor } else { &decided.merged };
                    let what = format!("{id} {}", self.absent);
                    idle.push(IdleDecision { code: "C2T-D001", line: decided.line, what });
                }
            }
        }
        (pairs, idle)
    }

    /// What the rules joined, without those in `out`, and what was decided to be one.
    fn sets(&self, rules: &mut Sets, out: &Set<usize>, pairs: &[Pair]) -> Sets {
        let mut sets = if out.is_empty() { rules.clone() } else { self.without(rules, out) };
        for (over, under) in pairs.iter().filter_map(Pair::order) {
            sets.join(over, under);
        }
        sets
    }

    fn without(&self, rules: &mut Sets, out: &Set<usize>) -> Sets {
        let mut sets = Sets::new(self.count);
        let mut first: Map<usize, usize> = Map::default();
        for at in (0..self.count).filter(|at| !out.contains(at)) {
            let known = *first.entry(rules.root(at)).or_insert(at);
            sets.join(known, at);
        }
        sets
    }

    /// The lines that join what another keeps apart: those without which it would be.
    fn contradiction(
        &self,
        apart: &Pair,
        pairs: &[Pair],
        rules: &mut Sets,
        out: &Set<usize>,
    ) -> Error {
        let mut chain: Vec<Pair> = pairs.iter().filter(|p| p.order().is_some()).copied().collect();
        for at in (0..chain.len()).rev() {
            let mut shorter = chain.clone();
            shorter.remove(at);
            let mut sets = self.sets(rules, out, &shorter);
            if sets.root(apart.over) == sets.root(apart.under) {
                chain = shorter;
            }
        }
        let (over, under) = ((self.id)(apart.over), (self.id)(apart.under));
        let line = apart.line;
        let what = format!("{under} is kept apart from {over} in line {line}, but joined with it");
        let fix = "keep it apart there too, or accept it in all lines";
        self.wrong("C2T-E153", &what, &chain, fix)
    }

    /// Records that are to survive each other.
    fn refuse_cycles(&self, pairs: &[Pair]) -> Result<()> {
        let mut left: Vec<Pair> = pairs.iter().filter(|p| p.order().is_some()).copied().collect();
        loop {
            let overs: Set<usize> = left.iter().filter_map(Pair::order).map(|o| o.0).collect();
            let unders: Set<usize> = left.iter().filter_map(Pair::order).map(|o| o.1).collect();
            let before = left.len();
            left.retain(|pair| {
                pair.order().is_some_and(|(a, b)| unders.contains(&a) && overs.contains(&b))
            });
            if left.is_empty() {
                return Ok(());
            }
            if left.len() == before {
                let what = "records are to survive each other";
                return Err(self.wrong("C2T-E154", what, &left, "name one survivor"));
            }
        }
    }

    /// Who stands: the chosen one; else the oldest that no decision, else that no rule, puts under
    /// another.
    fn survivors(&self, sets: &mut Sets, out: &Set<usize>, pairs: &[Pair]) -> Result<Vec<Number>> {
        let n = self.count;
        let (mut ruled, mut over, mut under) = (vec![false; n], vec![false; n], vec![false; n]);
        let whole = |edge: &&Edge| !out.contains(&edge.over) && !out.contains(&edge.under);
        for edge in self.edges.iter().filter(whole) {
            ruled[edge.under] = true;
        }
        for (a, b) in pairs.iter().filter_map(Pair::order) {
            (over[a], under[b]) = (true, true);
        }
        let chosen: Set<usize> =
            pairs.iter().filter(|p| p.decision == Decision::Survivor).map(|p| p.under).collect();
        // The higher the better, then the older; a record is its own survivor at first.
        let rank = |at: usize| {
            let stands = !under[at];
            let picked = stands && chosen.contains(&at);
            (picked, stands && over[at], stands && !ruled[at], !ruled[at])
        };
        let mut best: Vec<Number> = (0..n).map(Number::new).collect();
        for at in 0..n {
            let root = sets.root(at);
            if rank(at) > rank(best[root].at()) {
                best[root] = Number::new(at);
            }
        }
        let rivals: Vec<Pair> = pairs
            .iter()
            .filter(|p| p.decision == Decision::Survivor && !under[p.under])
            .copied()
            .collect();
        if let Some(rival) = rivals.iter().find(|p| best[sets.root(p.under)].at() != p.under) {
            let root = sets.root(rival.under);
            let lines: Vec<Pair> =
                rivals.iter().filter(|pair| sets.root(pair.under) == root).copied().collect();
            let what = "two records are to be the survivor of the same ones";
            return Err(self.wrong("C2T-E154", what, &lines, "name one survivor"));
        }
        Ok((0..n).map(|at| best[sets.root(at)]).collect())
    }

    fn merges(&self, survivor: &[Number], pairs: &[Pair]) -> Vec<Merge> {
        let mut reasons: Map<usize, Vec<&Edge>> = Map::default();
        for edge in self.edges {
            reasons.entry(edge.under).or_default().push(edge);
            reasons.entry(edge.over).or_default().push(edge);
        }
        let row = |over: usize, under: usize, reason: String, decision: Decision| Merge {
            object: self.object,
            survivor: (self.number)(over),
            merged: (self.number)(under),
            reason: reason.into(),
            decision: decision.word(),
        };
        let mut merges = Vec::new();
        for (at, by) in survivor.iter().enumerate().filter(|(at, by)| *at != by.at()) {
            let joined = |edge: &&&Edge| survivor[edge.over] == survivor[edge.under];
            let near: Vec<&Edge> =
                reasons.get(&at).into_iter().flatten().filter(joined).copied().collect();
            let own: Set<&str> =
                near.iter().filter(|e| e.under == at).map(|e| e.why.as_str()).collect();
            let reason = match (own.is_empty(), near.first()) {
                (false, _) => own.into_iter().collect::<Vec<_>>().join("; "),
                (true, Some(edge)) => edge.why.clone(),
                (true, None) => "decided by a person".to_owned(),
            };
            merges.push(row(by.at(), at, reason, Decision::Accept));
        }
        for pair in pairs.iter().filter(|pair| pair.decision == Decision::KeepApart) {
            let rule = reasons.get(&pair.under).and_then(|edges| edges.first());
            let reason = rule.map_or_else(String::new, |edge| edge.why.clone());
            merges.push(row(pair.over, pair.under, reason, Decision::KeepApart));
        }
        merges.sort();
        merges.dedup();
        merges
    }

    fn wrong(&self, code: &'static str, what: &str, lines: &[Pair], fix: &str) -> Error {
        let lines: Set<u64> = lines.iter().map(|pair| pair.line).collect();
        let mut lines: Vec<u64> = lines.into_iter().collect();
        lines.sort_unstable();
        let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
        let word = if lines.len() == 1 { "line" } else { "lines" };
        let name = &self.decisions.name;
        Error::usage(code, format!("{name}: {what} ({word} {})", lines.join(", "))).fix(fix)
    }
}

impl Merge {
    /// Close ids of the record that stands and of the one that went into it.
    pub(super) fn ids<'p>(
        &self,
        leads: &'p Roster<Lead>,
        contacts: &'p Roster<Contact>,
    ) -> [&'p str; 2] {
        [self.survivor, self.merged].map(|one| match self.object {
            "person" => contacts.id(one),
            _ => leads.id(one),
        })
    }
}

impl Plan {
    /// Close ids of the two records of a merge.
    pub fn ids_of(&self, merge: &Merge) -> [&str; 2] {
        merge.ids(&self.leads, &self.contacts)
    }

    /// Memory of all merges in bytes.
    pub fn merges_bytes(&self) -> usize {
        let reasons: usize = self.merges.iter().map(|merge| merge.reason.len()).sum();
        self.merges.capacity() * size_of::<Merge>() + reasons
    }

    /// What Close calls the two records of a merge.
    pub fn names_of(&self, merge: &Merge) -> [&str; 2] {
        [merge.survivor, merge.merged].map(|one| match merge.object {
            "person" => self.contacts.name(one),
            _ => self.leads.name(one),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::decisions::Decided;
    use proptest::prelude::{Strategy, prop, prop_assert, prop_assert_eq, proptest};

    const IDS: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

    fn two() -> impl Strategy<Value = (usize, usize)> {
        (0..IDS.len(), 1..IDS.len()).prop_map(|(a, more)| (a, (a + more) % IDS.len()))
    }

    fn answer(edges: &[Edge], lines: Vec<(usize, usize, Decision)>) -> Result<Outcome> {
        let line = |(line, (over, under, decision)): (usize, (usize, usize, Decision))| Decided {
            line: line as u64,
            subject: Subject::Person,
            survivor: IDS[over].into(),
            merged: IDS[under].into(),
            decision,
        };
        let lines = lines.into_iter().enumerate().map(line).collect();
        let decisions = Decisions { name: String::new(), lines };
        let (object, subject, absent) = ("person", Subject::Person, "is not there");
        let (count, number, id) = (IDS.len(), &Number::new, &|at: usize| IDS[at]);
        Question { object, subject, count, number, id, edges, decisions: &decisions, absent }
            .answer()
    }

    proptest! {
        #[test]
        fn decisions_are_obeyed_and_say_the_same_when_given_back(
            edges in prop::collection::vec(two(), 0..6),
            lines in prop::collection::vec((two(), 0..3_usize), 0..5),
        ) {
            let edges: Vec<Edge> = edges
                .into_iter()
                .map(|(over, under)| Edge { over, under, why: format!("{over} {under}") })
                .collect();
            let lines = lines.into_iter().map(|((a, b), word)| (a, b, Decision::WORDS[word].1));
            let lines: Vec<_> = lines.collect();
            let Ok(first) = answer(&edges, lines.clone()) else { return Ok(()) };
            for (over, under, decision) in lines {
                let one = first.survivor[over] == first.survivor[under];
                prop_assert_eq!(one, decision != Decision::KeepApart);
                if decision == Decision::Survivor {
                    prop_assert!(first.survivor[over].at() != over);
                }
            }
            let word = |word: &str| Decision::WORDS.iter().find(|(w, _)| *w == word).unwrap().1;
            let back = first.merges.iter();
            let back = back.map(|m| (m.survivor.at(), m.merged.at(), word(m.decision))).collect();
            let again = answer(&edges, back).map_err(|e| e.to_string()).unwrap();
            prop_assert_eq!(first.survivor, again.survivor);
            prop_assert_eq!(first.merges, again.merges);
        }
    }
}
