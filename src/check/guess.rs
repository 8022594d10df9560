//! Which object a CSV file without a manifest is for: by its name, its folder, or the labels its header
//! fits best; and the order in which such files are imported. It opens no file.

use super::catalog::{Catalog, names};
use super::fuse::{self, Why};
use crate::twenty::workspace::Workspace;

/// Objects others refer to come first, those that refer to all come last.
const FIRST: [&str; 3] = ["company", "person", "opportunity"];
const LAST: [&str; 2] = ["task", "note"];

/// An object, and what shows it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Guess {
    pub object: String,
    pub why: &'static str,
}

/// The object of a file; `None` when nothing tells, or two fit equally well.
pub(super) fn object(
    path: &str,
    header: &[String],
    catalog: &Catalog,
    there: &Workspace,
) -> Option<Guess> {
    let mut parts = path.rsplit('/');
    let stem = parts.next().map(|name| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    for (part, why) in [(stem, "by its name"), (parts.next(), "by its folder")] {
        if let Some(object) = part.and_then(|part| named(part, catalog, there)) {
            return Some(Guess { object, why });
        }
    }
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for (object, columns) in catalog.importable() {
        let labels: Vec<&str> = columns.iter().map(|column| column.header.as_str()).collect();
        let matches = fuse::match_columns(&labels, header);
        // A label that is hit exactly counts more than any number of guesses.
        let score = matches.iter().map(|one| match one.why {
            Why::Exact => 100,
            _ => usize::from(one.field.is_some()),
        });
        let score = score.sum();
        match best {
            Some((other, _)) if other > score => {}
            Some((other, _)) if other == score => tied = true,
            _ => (best, tied) = (Some((score, object)), false),
        }
    }
    let (_, object) = best.filter(|(score, _)| *score > 0 && !tied)?;
    Some(Guess { object: object.to_owned(), why: "by its header" })
}

/// An object by one of its names; the same word in singular and plural.
pub(super) fn named(word: &str, catalog: &Catalog, there: &Workspace) -> Option<String> {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
    };
    let wanted = letters(word);
    let is = |name: &&str| !wanted.is_empty() && letters(name) == wanted;
    let mut objects =
        there.objects.iter().filter(|object| catalog.is_importable(&object.name_singular));
    let found = objects.find(|object| names(object).iter().any(&is));
    found.map(|object| object.name_singular.clone())
}

/// Place of an object in the order of import.
pub(super) fn rank(object: &str) -> usize {
    let last = || LAST.iter().position(|name| *name == object).map(|at| FIRST.len() + 1 + at);
    FIRST.iter().position(|name| *name == object).or_else(last).unwrap_or(FIRST.len())
}
