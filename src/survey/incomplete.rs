//! Signs that an export is not whole: a last page that says there is more, fewer records than were
//! promised, a file that stops in the middle, contacts that leads name and no file holds
//! (`close-format.md` §4.20). It must not guess.

use super::Map;
use crate::close::Kind;
use crate::event::count::plural;
use crate::read::{Damage, Envelope, Ignored};
use serde_json::Value;

/// What the export says of its own completeness.
#[derive(Clone, Debug, Default)]
pub struct Incomplete {
    lists: Map<Key, Pages>,
    /// Sources that ended before their time.
    pub damaged: Vec<(usize, Damage)>,
    /// Archives that could not be listed to their end.
    pub archives: Vec<Ignored>,
    /// Jobs of Close's export: their source, what they export, and how many of it.
    jobs: Vec<(usize, Box<str>, u64)>,
    /// Error answers of the API to a request that skips too many records.
    skipped: Vec<usize>,
    /// Jobs that promise more than is there, with what is there.
    short: Vec<(usize, u64, u64)>,
    /// Contacts that leads name and that are nowhere, and how many leads name them.
    nowhere: (u64, u64),
}

/// Which list a page belongs to: how its records begin, or, where that says nothing, its file.
type Key = (Vec<u8>, Option<usize>);

/// The pages of one list.
#[derive(Clone, Copy, Debug)]
struct Pages {
    /// The last file that holds some.
    source: usize,
    records: u64,
    promised: Option<u64>,
    /// Every page says that there is more: the last one is missing.
    more: bool,
    /// It says so with a cursor, as searches do.
    cursor: bool,
}

/// A search of Close's API ends here, whatever its cursor says.
const SEARCH_LIMIT: u64 = 10_000;
/// What the API says of a request that skips too many records.
const SKIP_ERROR: &[&str] = &["max_skip", "_skip"];

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Which file it is about.
    pub place: Place,
    /// In words.
    pub what: String,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A source, by number.
    Source(usize),
    /// An archive, by name.
    Archive(String),
    /// The export as a whole.
    Export,
}

impl Incomplete {
    /// Notes a page.
    pub fn page(&mut self, source: usize, envelope: &Envelope) {
        let Ok(page) = serde_json::from_slice::<Value>(&envelope.json) else { return };
        let cursor =
            ["cursor", "cursor_next"].iter().any(|k| page.get(k).is_some_and(Value::is_string));
        let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(cursor);
        let promised = ["total_results", "count"].iter().find_map(|k| total(page.get(k)?));
        let alone = envelope.opening.is_empty().then_some(source);
        let pages = Pages { source, records: envelope.records, promised, more, cursor };
        self.add((envelope.opening.clone(), alone), pages);
    }

    /// Notes what an object of no known kind says about the export: the state of an export job, or an
    /// error answer that was saved.
    pub fn object(&mut self, source: usize, value: &Value) {
        let word = |key| value.get(key).and_then(Value::as_str).unwrap_or_default();
        if word("id").starts_with("expo_") {
            if let Some(n) = value.get("n_docs").and_then(Value::as_u64) {
                self.jobs.push((source, word("type").into(), n));
            }
            return;
        }
        let errors = ["error", "errors", "field-errors"].iter().filter_map(|k| value.get(k));
        let said: String = errors.map(ToString::to_string).collect();
        if SKIP_ERROR.iter().any(|sign| said.contains(sign)) {
            self.skipped.push(source);
        }
    }

    fn add(&mut self, key: Key, more: Pages) {
        match self.lists.get_mut(&key) {
            Some(pages) => {
                pages.source = pages.source.max(more.source);
                pages.records += more.records;
                pages.promised = pages.promised.max(more.promised);
                // Pages may stand in any order: one page without a successor is enough.
                pages.more &= more.more;
                pages.cursor |= more.cursor;
            }
            None => drop(self.lists.insert(key, more)),
        }
    }

    /// Adds another part's notes.
    pub fn absorb(&mut self, other: Self) {
        other.lists.into_iter().for_each(|(key, pages)| self.add(key, pages));
        self.damaged.extend(other.damaged);
        self.jobs.extend(other.jobs);
        self.skipped.extend(other.skipped);
    }

    /// Compares what was promised with what is there; `nowhere` counts the contacts that leads list and
    /// no file holds, and these leads.
    pub fn compare(&mut self, different: &Map<Kind, u64>, nowhere: (u64, u64)) {
        let there = |kind| different.get(&kind).copied().unwrap_or_default();
        self.short = self
            .jobs
            .iter()
            .map(|(source, what, promised)| {
                let kind = match &**what {
                    "contacts" => Kind::Contact,
                    "opps" | "lead_opps" => Kind::Opportunity,
                    _ => Kind::Lead,
                };
                (*source, there(kind), *promised)
            })
            .filter(|(_, there, promised)| there < promised)
            .collect();
        self.nowhere = nowhere;
    }

    /// Everything that is not whole.
    pub fn findings(&self) -> Vec<Finding> {
        let of = |source: usize| Place::Source(source);
        let mut found: Vec<Finding> = Vec::new();
        let mut find = |code, place, what: String| found.push(Finding { code, place, what });
        for (source, damage) in &self.damaged {
            let reason = damage.reason();
            find(reason.code, of(*source), reason.why.to_owned());
        }
        for archive in &self.archives {
            find(archive.code, Place::Archive(archive.name.clone()), archive.why.to_owned());
        }
        for pages in self.lists.values() {
            if let Some((code, what)) = pages.finding() {
                find(code, of(pages.source), what);
            }
        }
        for source in &self.skipped {
            let what = "an error answer in place of records: the API skips no further; fetch the rest \
                        in parts, by date for instance";
            find("C2T-X009", of(*source), what.to_owned());
        }
        for (source, there, promised) in &self.short {
            let what = format!("{there} of the {promised} records this export job wrote are here");
            find("C2T-X002", of(*source), what);
        }
        if self.nowhere.0 > 0 {
            let (contacts, leads) = self.nowhere;
            let what = format!(
                "{} {} in no file: add the contacts (GET /contact/), or export leads with them",
                plural(leads, "lead names", "leads name"),
                plural(contacts, "contact that is", "contacts that are")
            );
            find("C2T-X007", Place::Export, what);
        }
        found.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
        found.dedup();
        found
    }
}

impl Pages {
    fn finding(&self) -> Option<(&'static str, String)> {
        let records = self.records;
        if self.more && self.cursor && records == SEARCH_LIMIT {
            let what =
                "a search ends at 10,000 records and this one did: split it, by date for instance";
            return Some(("C2T-X008", what.to_owned()));
        }
        if let Some(promised) = self.promised.filter(|promised| *promised > records) {
            let promised = plural(promised, "record", "records");
            let what = format!("{records} of {promised}: the pages are not all here");
            return Some(("C2T-X002", what));
        }
        let what = "the last page says there is more: fetch the remaining pages";
        self.more.then(|| ("C2T-X003", what.to_owned()))
    }
}

/// A number, or the `total` of what a search counts.
fn total(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.get("total")?.as_u64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(pages: &[(&str, u64)]) -> Vec<&'static str> {
        let mut all = Incomplete::default();
        for (json, records) in pages {
            let mut one = Incomplete::default();
            let opening = b"{\"id\":\"lead_".to_vec();
            one.page(0, &Envelope { json: json.as_bytes().to_vec(), records: *records, opening });
            all.absorb(one);
        }
        all.findings().iter().map(|f| f.code).collect()
    }

    #[test]
    fn a_missing_page_is_noticed() {
        let (more, last) = (r#"{"has_more":true,"data":[]}"#, r#"{"has_more":false,"data":[]}"#);
        assert_eq!(findings(&[(more, 100), (last, 3)]), [] as [&str; 0]);
        assert_eq!(findings(&[(more, 100)]), ["C2T-X003"]);
        let total = r#"{"has_more":false,"data":[],"total_results":150}"#;
        assert_eq!(findings(&[(total, 100)]), ["C2T-X002"]);
        assert_eq!(findings(&[(r#"{"data":[],"cursor":"abc"}"#, 100)]), ["C2T-X003"]);
        let live = r#"{"data":[],"cursor":"abc","count":{"limited":10000,"total":12345}}"#;
        assert_eq!(findings(&[(live, 9_800), (live, 200)]), ["C2T-X008"]);
        assert_eq!(findings(&[(live, 9_800)]), ["C2T-X002"]);
        let end = r#"{"data":[],"cursor":null,"count":{"limited":200,"total":200}}"#;
        assert_eq!(findings(&[(end, 200)]), [] as [&str; 0]);
    }

    #[test]
    fn jobs_and_error_answers_are_understood() {
        let mut all = Incomplete::default();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        all.object(0, &json(r#"{"id":"expo_1","type":"leads","n_docs":3}"#));
        all.object(1, &json(r#"{"field-errors":{"_skip":"max_skip is 250000"}}"#));
        all.object(2, &json(r#"{"error":"not found"}"#));
        all.compare(&[(Kind::Lead, 2)].into_iter().collect(), (0, 0));
        let codes: Vec<_> = all.findings().into_iter().map(|f| (f.place, f.code)).collect();
        assert_eq!(codes, [(Place::Source(0), "C2T-X002"), (Place::Source(1), "C2T-X009")]);
    }
}
