//! The sums of a part, as they stand in `part.json`. It must not add anything up.

use crate::bundle::totals::Totals;
use crate::close::Kind;
use crate::close::ledger::{Ledger, StoredLine};
use crate::event::{self, Notice, RecordCounts};
use crate::transform::Pick;
use crate::twenty::refusal;
use serde::{Deserialize, Serialize};

/// Everything that was counted on the way of the records of a part; in the order in which it was met.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sums {
    records: Vec<(String, RecordCounts)>,
    unreadable: RecordCounts,
    ledger: Vec<StoredLine>,
    /// By code.
    notices: Vec<(String, u64)>,
    rows: Vec<u64>,
    derived: u64,
    typed: Vec<(usize, u64)>,
    picks: Vec<Pick>,
}

impl Sums {
    pub fn of(totals: &Totals) -> Self {
        let records = totals.counts.iter();
        let notices = totals.notices.iter();
        Self {
            records: records.map(|(kind, counts)| (kind.word().to_owned(), *counts)).collect(),
            unreadable: totals.unreadable,
            ledger: totals.ledger.store(),
            notices: notices.map(|(notice, n)| (notice.code.to_owned(), *n)).collect(),
            rows: totals.rows.clone(),
            derived: totals.derived,
            typed: totals.typed.iter().map(|(at, n)| (*at, *n)).collect(),
            picks: totals.picks.clone(),
        }
    }

    /// The totals they were taken of; `None` when something in them does not exist.
    pub fn totals(&self) -> Option<Totals> {
        let kind = |word: &str| Kind::ALL.iter().find(|kind| kind.word() == word).copied();
        let records = self.records.iter().map(|(word, counts)| Some((kind(word)?, *counts)));
        let notices = self.notices.iter().map(|(code, n)| Some((notice(code)?, *n)));
        Some(Totals {
            counts: records.collect::<Option<_>>()?,
            unreadable: self.unreadable,
            ledger: Ledger::restore(&self.ledger)?,
            notices: notices.collect::<Option<_>>()?,
            rows: self.rows.clone(),
            derived: self.derived,
            typed: self.typed.iter().copied().collect(),
            picks: self.picks.clone(),
            ..Totals::default()
        })
    }
}

/// The notice with this code.
fn notice(code: &str) -> Option<Notice> {
    let own = event::NOTICES.iter().chain(event::file::ALL).copied();
    let refusals = refusal::ALL.iter();
    let refusals = refusals.map(|r| Notice { code: r.code, why: r.why, fix: r.fix });
    own.chain(refusals).find(|notice| notice.code == code)
}
