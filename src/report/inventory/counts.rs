//! How much of each sort of settings there is, and how it is called. It must not say what to do about it.

use super::{SECTIONS, Source, rest};
use crate::plan::Plan;
use crate::survey::Survey;
use crate::survey::inventory::Item;
use schemars::JsonSchema;
use serde::Serialize;

/// Names listed at most; all are in `inventory.md`.
const LISTED: usize = 40;

/// One sort of settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct InventoryLine {
    /// What they are, as the heading in `inventory.md`.
    pub sort: &'static str,
    /// How many there are.
    pub count: u64,
    /// The names of the first of them, at most 40.
    pub names: Vec<String>,
}

/// The sorts of which there are any, in the order of `inventory.md`.
pub fn counts(survey: &Survey, plan: &Plan) -> Vec<InventoryLine> {
    let source = Source { survey, plan };
    let lines = SECTIONS.iter().map(|section| {
        let items = survey.inventory.of(section.sort).into_iter().take(LISTED);
        InventoryLine {
            sort: section.title,
            count: source.entries(section.sort).len() as u64,
            names: items.map(|(id, item)| name(id, item)).collect(),
        }
    });
    let changed = InventoryLine {
        sort: "Lead statuses that changed",
        count: rest::changed_statuses(&source).len() as u64,
        names: Vec::new(),
    };
    lines.chain([changed]).filter(|line| line.count > 0).collect()
}

/// Its name, else its number, else its id; in words, not Markdown.
fn name(id: &str, item: &Item) -> String {
    let names = ["name", "number_formatted", "number"].map(|key| item.text(key));
    let found = names.into_iter().find(|name| !name.trim().is_empty());
    crate::event::excerpt(found.unwrap_or(id))
}
