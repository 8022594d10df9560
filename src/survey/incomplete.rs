//! Signs that an export is not whole: a last page that says there is more, fewer records than the
//! pages promise, a file that stops in the middle (`close-format.md` §4.20). It must not guess.

use crate::read::Envelope;
use serde_json::Value;

/// What the pages of the export say.
#[derive(Clone, Debug, Default)]
pub struct Incomplete {
    /// Per source: pages, records in them, the largest total promised, whether the last page says
    /// there is more.
    pages: Vec<(usize, Pages)>,
    /// Sources that end inside a record, page or array.
    pub truncated: Vec<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pages {
    records: u64,
    promised: Option<u64>,
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
        let total = ["total_results", "count"].iter().find_map(|k| page.get(k)?.as_u64());
        let pages = match self.pages.iter().position(|(at, _)| *at == source) {
            Some(at) => &mut self.pages[at].1,
            None => {
                self.pages.push((source, Pages::default()));
                &mut self.pages.last_mut().expect("just pushed").1
            }
        };
        pages.records += envelope.records;
        pages.promised = pages.promised.max(total);
        // Pages may stand in any order: one page without a successor is enough.
        pages.more = if pages.records == envelope.records { more } else { pages.more && more };
    }

    /// Adds another part's notes.
    pub fn absorb(&mut self, other: Self) {
        for (source, theirs) in other.pages {
            if let Some((_, mine)) = self.pages.iter_mut().find(|(at, _)| *at == source) {
                mine.records += theirs.records;
                mine.promised = mine.promised.max(theirs.promised);
                mine.more &= theirs.more;
            } else {
                self.pages.push((source, theirs));
            }
        }
        self.truncated.extend(other.truncated);
    }

    /// Everything that is not whole.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self
            .truncated
            .iter()
            .map(|source| Finding {
                code: "C2T-X001",
                source: *source,
                what: "the file stops in the middle: download it again".to_owned(),
            })
            .collect();
        for (source, pages) in &self.pages {
            let short = pages.promised.filter(|promised| *promised > pages.records);
            if let Some(promised) = short {
                let what =
                    format!("{} of {promised} records: the pages are not all here", pages.records);
                found.push(Finding { code: "C2T-X002", source: *source, what });
            } else if pages.more {
                let what = "the last page says there is more: fetch the remaining pages".to_owned();
                found.push(Finding { code: "C2T-X003", source: *source, what });
            }
        }
        found.sort_by_key(|f| (f.source, f.code));
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
            one.page(0, &Envelope { json: json.as_bytes().to_vec(), records: *records });
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
