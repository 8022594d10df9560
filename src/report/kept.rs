//! What is kept of an export in memory, in bytes: the parts that grow with it, counted as they are
//! allocated. It must not guess.

use super::table::{number, plural};
use crate::plan::Plan;
use crate::survey::{Seen, Survey};

/// What pass 1 has found and keeps for the plan.
pub fn survey(survey: &Survey, seen: &Seen) -> String {
    let parts = [
        ("leads", survey.people.leads.bytes()),
        ("contacts", survey.people.contacts.bytes()),
        ("lists", survey.people.lists()),
        ("ids of others", ids(&survey.opportunities, &survey.completions, &survey.custom_objects)),
        ("filter of repeated ids", seen.bytes()),
        ("places of records", survey.places_bytes()),
    ];
    let leads = survey.different.get(&crate::close::Kind::Lead).copied().unwrap_or_default();
    line("survey", leads, &parts)
}

/// What the plan keeps for pass 2.
pub fn plan(plan: &Plan) -> String {
    let parts = [
        ("leads", plan.leads.bytes()),
        ("contacts", plan.contacts.bytes()),
        ("companies", plan.companies.bytes()),
        ("merges", plan.merges_bytes()),
        ("ids of others", ids(&plan.opportunities, &plan.completions, &plan.custom_objects)),
        ("filter of repeated ids", plan.seen.bytes()),
    ];
    line("plan", plan.leads.len() as u64, &parts)
}

type Hashes = hashbrown::HashSet<u64, foldhash::fast::FixedState>;
type ByHash<T> = hashbrown::HashMap<u64, T, foldhash::fast::FixedState>;

/// Opportunities, to-dos and custom objects, which are known by hash.
fn ids(
    opportunities: &Hashes,
    completions: &ByHash<i64>,
    objects: &ByHash<(Box<str>, Box<str>)>,
) -> usize {
    let texts: usize = objects.values().map(|(of_type, name)| of_type.len() + name.len()).sum();
    opportunities.allocation_size()
        + completions.allocation_size()
        + objects.allocation_size()
        + texts
}

fn line(what: &str, leads: u64, parts: &[(&str, usize)]) -> String {
    let all = parts.iter().map(|(_, bytes)| *bytes as u64).sum::<u64>();
    let parts: Vec<String> =
        parts.iter().map(|(part, bytes)| format!("{part} {}", number(*bytes as u64))).collect();
    let each = all.checked_div(leads).unwrap_or_default();
    format!(
        "{what} keeps {} for {} ({} a lead): {}",
        plural(all, "byte", "bytes"),
        plural(leads, "lead", "leads"),
        number(each),
        parts.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_added_up_and_shared_out() {
        let said = line("plan", 4, &[("leads", 4_000), ("contacts", 1_000)]);
        assert_eq!(
            said,
            "plan keeps 5,000 bytes for 4 leads (1,250 a lead): leads 4,000, contacts 1,000"
        );
        assert!(line("plan", 0, &[]).contains("0 bytes for 0 leads (0 a lead)"));
    }
}
