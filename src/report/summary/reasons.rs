//! Why records were merged, counted: the reasons of `merges.csv` without the names, hosts and addresses in them. It
//! must not list a merge.

use crate::plan::{Merge, Plan};
use crate::survey::Map;
use schemars::JsonSchema;
use serde::Serialize;

/// Merges of one object for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReasonLine {
    /// `company`, `person` or `lead`.
    pub object: &'static str,
    /// Why.
    pub reason: &'static str,
    /// `accept`, or `keep-apart`.
    pub decision: &'static str,
    /// How many.
    pub count: u64,
}

/// Reasons: how they begin, how they end, and what they are called here. The first that fits counts.
const REASONS: &[(&str, &str, &str)] = &[
    ("same host ", "", "same web host"),
    ("same name ", "", "same name but for legal form and case, at most one web host"),
    ("same e-mail ", " and same name", "same e-mail address and same name"),
    ("same e-mail ", "", "same e-mail address, no name of its own"),
    ("their first contacts are the same person", "", "their first contacts are the same person"),
    ("their companies are the same", "", "their companies are the same"),
    ("", "", "decided by a person"),
];

fn reason(merge: &Merge) -> &'static str {
    let fits = |(begin, end, _): &&(&str, &str, &str)| {
        merge.reason.starts_with(begin) && merge.reason.ends_with(end)
    };
    REASONS.iter().find(fits).map_or("", |(.., name)| name)
}

/// The merges of a plan: by object, then the most frequent reason first.
pub(super) fn reasons(plan: &Plan) -> Vec<ReasonLine> {
    let mut counts: Map<(&'static str, &'static str, &'static str), u64> = Map::default();
    for merge in &plan.merges {
        *counts.entry((merge.object, reason(merge), merge.decision)).or_default() += 1;
    }
    let mut lines: Vec<ReasonLine> = counts
        .into_iter()
        .map(|((object, reason, decision), count)| ReasonLine { object, reason, decision, count })
        .collect();
    lines.sort_by_key(|l| (l.object, l.decision, std::cmp::Reverse(l.count), l.reason));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survey::texts::Number;

    #[test]
    fn reasons_are_counted_without_what_is_in_them() {
        let named = |text: &str| {
            let (survivor, merged) = (Number::new(0), Number::new(1));
            reason(&Merge {
                object: "person",
                survivor,
                merged,
                reason: text.into(),
                decision: "accept",
            })
        };
        assert_eq!(
            named("same e-mail a@example.com and same name"),
            "same e-mail address and same name"
        );
        assert_eq!(
            named("same e-mail a@example.com, no name of its own"),
            "same e-mail address, no name of its own"
        );
        assert_eq!(named("same host example.com"), "same web host");
        assert_eq!(named("their companies are the same"), "their companies are the same");
        assert_eq!([named("decided by a person"), named("")], ["decided by a person"; 2]);
    }
}
