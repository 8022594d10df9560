//! What represents the leads, why they have a company, and what was merged. It must not show more than the first
//! merges: `merges.csv` has all.

use super::text::{Bar, Book, Figure, Quoted};
use crate::error::Result;
use crate::plan::Plan;
use crate::report::Summary;
use crate::survey::Map;

/// Merges that are listed.
const LISTED: usize = 200;

/// See the module's head.
pub(super) struct Leads {
    pub count: Figure,
    pub companies: Figure,
    pub merged: Figure,
    pub kept_apart: Figure,
    pub verdicts: Vec<Phrase>,
    pub company_reasons: Vec<Phrase>,
    pub reasons: Vec<Reason>,
    pub merges: Vec<Merge>,
    /// There are more than the page lists.
    pub more: bool,
}

/// A verdict and its evidence, and how often.
pub(super) struct Phrase {
    pub verdict: &'static str,
    pub evidence: &'static str,
    pub count: Figure,
    pub bar: Bar,
}

/// A reason for merges.
pub(super) struct Reason {
    pub object: &'static str,
    pub why: &'static str,
    pub apart: bool,
    pub count: Figure,
}

/// One merge.
pub(super) struct Merge {
    pub object: &'static str,
    pub stands: Quoted,
    pub merged: Quoted,
    pub reason: Quoted,
    pub apart: bool,
}

impl Leads {
    pub fn new(book: &Book, summary: &Summary, plan: &Plan) -> Result<Self> {
        let sum = |key: &str| book.at(&["sums", key]);
        let count = sum("leads")?;
        let all = count.get();
        let reasons = summary.merge_reasons.iter().enumerate().map(|(at, line)| {
            let count = book.at(&["merge_reasons", &at.to_string(), "count"])?;
            let apart = line.decision != "accept";
            Ok(Reason { object: line.object, why: line.reason, apart, count })
        });
        let merges = plan.merges.iter().take(LISTED).map(|merge| {
            let [stands, gone] = plan.names_of(merge);
            let [stands_id, gone_id] = plan.ids_of(merge);
            Merge {
                object: merge.object,
                stands: named(stands, stands_id),
                merged: named(gone, gone_id),
                reason: Quoted::new(&merge.reason),
                apart: merge.decision != "accept",
            }
        });
        Ok(Self {
            count,
            companies: sum("companies")?,
            merged: sum("merged")?,
            kept_apart: sum("kept_apart")?,
            verdicts: phrases(book, "verdicts", &summary.verdicts, all)?,
            company_reasons: phrases(book, "companies", &summary.companies, all)?,
            reasons: reasons.collect::<Result<_>>()?,
            merges: merges.collect(),
            more: plan.merges.len() > LISTED,
        })
    }
}

/// The name, else the id.
fn named(name: &str, id: &str) -> Quoted {
    Quoted::new(if name.trim().is_empty() { id } else { name })
}

/// Phrases are `verdict: evidence`.
fn phrases(
    book: &Book,
    key: &str,
    counts: &Map<&'static str, u64>,
    all: u64,
) -> Result<Vec<Phrase>> {
    let mut phrases: Vec<_> = counts.iter().collect();
    phrases.sort_by_key(|(phrase, n)| (std::cmp::Reverse(**n), **phrase));
    let phrases = phrases.into_iter().map(|(phrase, _)| {
        let count = book.at(&[key, phrase])?;
        let (verdict, evidence) = phrase.split_once(": ").unwrap_or(("", phrase));
        let bar = Bar::new(count.get(), all, "merged");
        Ok(Phrase { verdict, evidence, count, bar })
    });
    phrases.collect()
}
