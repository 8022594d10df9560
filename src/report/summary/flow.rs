//! Records by sorts of Close types, few enough for a picture: what people know by name stands by itself, log
//! entries and settings are added up. It must not count a type twice.

use crate::close::{Group, Kind};
use crate::event::RecordCounts;
use crate::survey::Map;
use schemars::JsonSchema;
use serde::Serialize;

/// One sort of Close types, and what became of its records.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct FlowLine {
    /// A Close type, or `log_entries`, `settings`, `unknown`.
    pub sort: &'static str,
    /// The counts of its types together.
    #[serde(flatten)]
    pub counts: RecordCounts,
}

/// What Close wrote down by itself.
const LOG: &[Kind] = &[
    Kind::EmailThread,
    Kind::Created,
    Kind::LeadStatusChange,
    Kind::OpportunityStatusChange,
    Kind::TaskCompleted,
    Kind::LeadMerge,
    Kind::ImportUpdate,
    Kind::CommentThread,
];

/// The sort of what Close wrote down by itself.
pub(super) const LOG_ENTRIES: &str = "log_entries";

/// The sort a type is counted with.
pub(super) fn sort(kind: Kind) -> &'static str {
    match kind.group() {
        Group::Config => "settings",
        Group::Unknown => "unknown",
        _ if LOG.contains(&kind) => LOG_ENTRIES,
        _ => kind.word(),
    }
}

/// Counts by sort, in the order of reports; `records` by type, of which those of no type are `unknown`.
pub(super) fn flow(records: &Map<&'static str, RecordCounts>) -> Vec<FlowLine> {
    let mut lines: Map<&'static str, RecordCounts> = Map::default();
    let order = ["log_entries", "settings", "unknown"];
    for (word, counts) in records {
        let kind = Kind::ALL.iter().find(|kind| kind.word() == *word);
        let sort = kind.map_or("unknown", |kind| sort(*kind));
        lines.entry(sort).or_default().add(counts);
    }
    let mut lines: Vec<FlowLine> =
        lines.into_iter().map(|(sort, counts)| FlowLine { sort, counts }).collect();
    lines.sort_by_key(|line| {
        order.iter().position(|sort| *sort == line.sort).map_or(0, |at| at + 1)
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_hold_every_record_once() {
        let count = |read, archived| RecordCounts { read, archived, ..RecordCounts::default() };
        let records = [
            ("user", count(4, 4)),
            ("lead", count(2, 0)),
            ("created", count(7, 7)),
            ("unreadable", count(1, 0)),
            ("email_thread", count(3, 3)),
            ("call", count(5, 0)),
        ];
        let lines = flow(&records.into_iter().collect());
        let seen: Vec<_> = lines.iter().map(|line| (line.sort, line.counts.read)).collect();
        let expected =
            [("lead", 2), ("call", 5), ("log_entries", 10), ("settings", 4), ("unknown", 1)];
        assert_eq!(seen, expected);
    }
}
