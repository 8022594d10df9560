//! Signs that an export is not whole: a last page that says there is more, fewer records than the
//! pages promise, a file that stops in the middle (`close-format.md` §4.20). It must not guess.

use crate::read::Envelope;
use serde_json::Value;

/// What the pages of the export say.
#[derive(Clone, Debug, Default)]
pub struct Incomplete {
    lists: Vec<(Key, Pages)>,
    /// Sources that end inside a record, page or array.
    pub truncated: Vec<usize>,
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
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Index of the source file.
    pub source: usize,
    /// In words.
    pub what: String,
}

impl Incomplete {
    /// Notes a page.
    pub fn page(&mut self, source: usize, envelope: &Envelope) {
        let Ok(page) = serde_json::from_slice::<Value>(&envelope.json) else { return };
        let cursor =
            ["cursor", "cursor_next"].iter().any(|k| page.get(k).is_some_and(Value::is_string));
        let more = page.get("has_more").and_then(Value::as_bool).unwrap_or(cursor);
        let promised = ["total_results", "count"].iter().find_map(|k| page.get(k)?.as_u64());
        let alone = envelope.opening.is_empty().then_some(source);
        let pages = Pages { source, records: envelope.records, promised, more };
        self.add((envelope.opening.clone(), alone), pages);
    }

    fn add(&mut self, key: Key, more: Pages) {
        match self.lists.iter_mut().find(|(known, _)| *known == key) {
            Some((_, pages)) => {
                pages.source = pages.source.max(more.source);
                pages.records += more.records;
                pages.promised = pages.promised.max(more.promised);
                // Pages may stand in any order: one page without a successor is enough.
                pages.more &= more.more;
            }
            None => self.lists.push((key, more)),
        }
    }

    /// Adds another part's notes.
    pub fn absorb(&mut self, other: Self) {
        other.lists.into_iter().for_each(|(key, pages)| self.add(key, pages));
        self.truncated.extend(other.truncated);
    }

    /// Everything that is not whole.
    pub fn findings(&self) -> Vec<Finding> {
        let truncated = self.truncated.iter().map(|source| Finding {
            code: "C2T-X001",
            source: *source,
            what: "the file stops in the middle: download it again".to_owned(),
        });
        let mut found: Vec<Finding> = truncated.collect();
        for (_, pages) in &self.lists {
            let (source, records) = (pages.source, pages.records);
            if let Some(promised) = pages.promised.filter(|promised| *promised > records) {
                let what = format!("{records} of {promised} records: the pages are not all here");
                found.push(Finding { code: "C2T-X002", source, what });
            } else if pages.more {
                let what = "the last page says there is more: fetch the remaining pages".to_owned();
                found.push(Finding { code: "C2T-X003", source, what });
            }
        }
        found.sort_by_key(|f| (f.source, f.code));
        found.dedup();
        found
    }
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
    }
}
