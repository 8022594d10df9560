//! What each lead shows of the export: which Close types, fields with a value, options, statuses and
//! custom types occur in its records, and which other leads these refer to. Collected in a pass of
//! its own when a sample is asked for. Keys Close is not known to write are extras: they have no field in
//! Twenty, so they decide only between leads that show as much. It must not choose.

use super::sample::{Home, home};
use super::{Plan, ValueRule};
use crate::close::shape::{lead, opportunity};
use crate::close::{Kind, Space};
use crate::read::{Chunk, Parsed, node, with_parser};
use crate::survey::texts::Number;
use crate::survey::{Map, Set, Visit, walk};
use hashbrown::{HashMap, HashSet};
use std::hash::BuildHasher;

/// What a part of the export shows.
#[derive(Debug, Default)]
pub struct Part {
    /// Features, by their hash, and ids referred to, by the number of the lead.
    leads: Map<usize, Shown>,
    /// The leads of custom objects, which are known by no other list.
    objects: Vec<(Box<str>, usize)>,
}

#[derive(Debug, Default)]
struct Shown {
    features: Set<u64>,
    extras: Set<u64>,
    leads: Set<usize>,
    objects: Set<Box<str>>,
}

/// See the module's head.
#[derive(Debug, Default)]
pub struct Coverage {
    numbers: HashMap<u64, u32, foldhash::fast::FixedState>,
    /// The numbers that are extras.
    extras: HashSet<u32, foldhash::fast::FixedState>,
    features: Vec<Vec<u32>>,
    refers: Vec<Vec<usize>>,
    /// Custom objects referred to; their leads may come later.
    open: Map<usize, Vec<Box<str>>>,
    objects: HashMap<Box<str>, usize, foldhash::fast::FixedState>,
}

impl Part {
    /// Reads one chunk.
    pub fn of(plan: &Plan, chunk: &Chunk) -> Self {
        let mut part = Self::default();
        for span in chunk.records.iter().filter(|span| span.broken.is_none()) {
            let Some(raw) = chunk.bytes.get(span.start..span.end) else { continue };
            // What cannot be read belongs to no lead.
            let _ = with_parser(|parser| parser.parse(raw, |value| part.value(plan, &value)));
        }
        part
    }

    fn value<'a>(&mut self, plan: &Plan, value: &Parsed<'a>) {
        let mut visit = |visit: Visit<'a>| self.visit(plan, &visit);
        walk::value(value, plan.rules.waived(), &mut visit, &mut |_| ());
    }

    fn visit(&mut self, plan: &Plan, visit: &Visit<'_>) {
        let Some(at) = lead_of(plan, visit) else { return };
        let record = &visit.record;
        if let Some(id) = record.id().filter(|_| record.kind == Kind::CustomObject) {
            self.objects.push((id.into(), at));
        }
        let shown = self.leads.entry(at).or_default();
        shown.add("kind", record.kind, &[]);
        record.each_value(&mut |path, value| {
            if !node::is_empty(value) {
                shown.features.insert(feature(&("path", path)));
            }
        });
        record.each_unknown(&mut |key| {
            shown.extras.insert(feature(&("unknown", record.kind, key)));
        });
        shown.words(visit);
        shown.customs(plan, at, visit);
        if let Some(other) = node::get_text(record.nodes(), "contact_id") {
            shown.refer(plan, at, other);
        }
    }
}

impl Shown {
    fn add(&mut self, what: &str, kind: Kind, words: &[&str]) {
        self.features.insert(feature(&(what, kind, words)));
    }

    /// Statuses and types.
    fn words(&mut self, visit: &Visit<'_>) {
        let (record, kind) = (&visit.record, visit.record.kind);
        let text = |key| node::get_text(record.nodes(), key).unwrap_or_default();
        let either = |a, b| record.peek(a).or_else(|| record.peek(b)).unwrap_or_default();
        match kind {
            Kind::Lead => self.add("status", kind, &[either(lead::STATUS_ID, lead::STATUS_LABEL)]),
            Kind::Opportunity => {
                let status = either(opportunity::STATUS_ID, opportunity::STATUS_LABEL);
                self.add("status", kind, &[status]);
            }
            Kind::Task => self.add("type", kind, &[text("_type")]),
            Kind::CustomActivity => {
                self.add("type", kind, &[text("custom_activity_type_id"), text("status")]);
            }
            Kind::CustomObject => self.add("type", kind, &[text("custom_object_type_id")]),
            _ => {}
        }
    }

    /// Custom fields with a value, the options chosen, the records referred to. A field counts once
    /// whether it stands under its id or its name.
    fn customs(&mut self, plan: &Plan, at: usize, visit: &Visit<'_>) {
        let record = &visit.record;
        let of_type = plan.type_of(record.kind, record.custom_type());
        for (space, customs) in
            [(Space::CustomId, &record.customs), (Space::CustomName, &record.named)]
        {
            for custom in customs.iter().filter(|custom| !node::is_empty(custom.value)) {
                let field = plan.field((record.kind, of_type), space, custom.key);
                match field {
                    Some((n, _)) => {
                        self.features.insert(feature(&("field", n)));
                    }
                    None => self.add("custom", record.kind, &[custom.key]),
                }
                let choice = field
                    .filter(|(_, f)| matches!(f.rule, ValueRule::Select | ValueRule::MultiSelect));
                let values = node::elements(custom.value).chain(std::iter::once(custom.value));
                for value in values.filter_map(node::text) {
                    self.refer(plan, at, value);
                    self.features.extend(choice.map(|(n, _)| feature(&("option", n, value))));
                }
            }
        }
    }

    fn refer(&mut self, plan: &Plan, at: usize, id: &str) {
        if let Some(contact) = plan.contacts.get(id) {
            let other = contact.lead.map(Number::at);
            self.leads.extend(other.filter(|other| *other != at));
        } else if id.starts_with("custobj_") {
            self.objects.insert(id.into());
        }
    }
}

impl Coverage {
    /// Adds what a part shows; in any order, to the same effect.
    pub fn absorb(&mut self, part: Part) {
        for (at, shown) in part.leads {
            self.reach(at);
            let mut numbers = Vec::with_capacity(shown.features.len());
            for feature in shown.features {
                let next = self.numbers.len() as u32;
                numbers.push(*self.numbers.entry(feature).or_insert(next));
            }
            for feature in shown.extras {
                let next = self.numbers.len() as u32;
                let number = *self.numbers.entry(feature).or_insert(next);
                self.extras.insert(number);
                numbers.push(number);
            }
            if let Some(mine) = self.features.get_mut(at) {
                mine.append(&mut numbers);
                mine.sort_unstable();
                mine.dedup();
            }
            if let Some(mine) = self.refers.get_mut(at) {
                mine.extend(shown.leads);
                mine.sort_unstable();
                mine.dedup();
            }
            if !shown.objects.is_empty() {
                self.open.entry(at).or_default().extend(shown.objects);
            }
        }
        for (id, at) in part.objects {
            // Copies that name several leads: the first of them, whatever the order of the files.
            let known = self.objects.entry(id).or_insert(at);
            *known = at.min(*known);
        }
    }

    fn reach(&mut self, at: usize) {
        let n = self.features.len().max(at + 1);
        self.features.resize_with(n, Vec::new);
        self.refers.resize_with(n, Vec::new);
    }

    /// Different features of all leads.
    pub fn known(&self) -> usize {
        self.numbers.len() - self.extras.len()
    }

    /// What showing a feature is worth: all extras together are worth less than any other.
    pub fn worth(&self, feature: u32) -> u64 {
        if self.is_extra(feature) { 1 } else { 1 << 32 }
    }

    /// What showing all features is worth.
    pub fn worth_of_all(&self) -> u64 {
        self.known() as u64 * (1 << 32) + self.extras.len() as u64
    }

    /// A key Close is not known to write.
    pub fn is_extra(&self, feature: u32) -> bool {
        self.extras.contains(&feature)
    }

    /// The features of a lead, by number.
    pub fn features(&self, lead: usize) -> &[u32] {
        self.features.get(lead).map(Vec::as_slice).unwrap_or_default()
    }

    /// The other leads a lead refers to.
    pub fn refers_to(&self, lead: usize) -> Vec<usize> {
        let direct = self.refers.get(lead).into_iter().flatten().copied();
        let objects = self.open.get(&lead).into_iter().flatten();
        let objects = objects.filter_map(|id| self.objects.get(id).copied());
        let mut all: Vec<_> = direct.chain(objects).filter(|other| *other != lead).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// A coverage that is known already: lead, features, leads referred to.
    #[cfg(test)]
    pub(super) fn of(
        leads: usize,
        entries: impl IntoIterator<Item = (usize, Vec<u32>, Vec<usize>)>,
    ) -> Self {
        let mut coverage = Self::default();
        coverage.reach(leads.saturating_sub(1));
        for (at, features, refers) in entries {
            coverage.numbers.extend(features.iter().map(|f| (u64::from(*f), *f)));
            (coverage.features[at], coverage.refers[at]) = (features, refers);
        }
        coverage
    }
}

/// The number of the lead a record belongs to.
fn lead_of(plan: &Plan, visit: &Visit<'_>) -> Option<usize> {
    let number = match home(visit) {
        Home::Lead(id) => plan.leads.find(id).or_else(|| plan.gone.get(id).copied()),
        Home::Contact(id) => plan.contacts.get(id)?.lead,
        Home::Settings | Home::None => None,
    };
    number.map(Number::at)
}

/// A fixed hash of a feature, the same in every run.
fn feature(what: &impl std::hash::Hash) -> u64 {
    foldhash::quality::FixedState::with_seed(0xc0fe_ca5e).hash_one(what)
}
