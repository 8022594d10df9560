//! How the records came: in messages of which carrier, beside how many messages that hold none, and
//! what the layout shows about what is left out (`close-format.md` §1.3, lossy inputs). It must not
//! look into records.

use super::Map;
use crate::read::{Carrier, Parsed};

/// Different words of messages that are counted on their own.
const WORDS: usize = 50;

/// See the module's head.
#[derive(Clone, Debug, Default)]
pub struct Carried {
    /// Records by source and carrier.
    records: Map<(usize, Carrier), u64>,
    /// Messages without a record, by what they call themselves.
    pub messages: Map<Box<str>, u64>,
    /// Tasks outside leads: those a person made, and all others, with the last source of one.
    tasks: (u64, u64, usize),
}

/// Something worth knowing about one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Stable code.
    pub code: &'static str,
    /// Number of the source.
    pub source: usize,
    /// In words.
    pub what: &'static str,
}

const SINGER: (&str, &str) = (
    "C2T-X010",
    "written by a tap for Singer, which leaves out much: of leads the names of custom fields, all tasks but \
     to-dos, and all that is not in /activity/; dates it turned into midnight are read as dates; export from \
     Close itself where you can",
);
const TASKS: (&str, &str) = (
    "C2T-X011",
    "the tasks are all to-dos: /task/ without _type=all leaves out missed calls, voicemails and the like; \
     fetch it with _type=all if those matter",
);
const BACKUP: (&str, &str) = (
    "C2T-X012",
    "written by closeio-backup, which leaves out SMS, meetings, custom activities, custom objects, users, \
     pipelines, custom fields, and all tasks but to-dos",
);
/// Names only closeio-backup gives its files. A name says nothing about what a file holds, but these
/// two say who wrote it.
const BACKUP_NAMES: &[&str] =
    &["activity_statuschange_lead.json", "activity_statuschange_opportunity.json"];

impl Carried {
    /// Notes how one value came.
    pub fn see(&mut self, source: usize, value: &Parsed<'_>) {
        if let Some(carrier) = value.carrier {
            *self.records.entry((source, carrier)).or_default() += 1;
        }
        if let Some(word) = value.message {
            let known = self.messages.len() < WORDS || self.messages.contains_key(word);
            *self.messages.entry(if known { word } else { "other" }.into()).or_default() += 1;
        }
    }

    /// Notes a task outside a lead.
    pub fn task(&mut self, source: usize, is_to_do: bool) {
        let count = if is_to_do { &mut self.tasks.0 } else { &mut self.tasks.1 };
        *count += 1;
        self.tasks.2 = source;
    }

    /// There is a list of tasks, not only what leads hold of them.
    pub const fn has_task_list(&self) -> bool {
        self.tasks.0 + self.tasks.1 > 0
    }

    /// Adds another part's notes.
    pub fn absorb(&mut self, other: Self) {
        other.records.into_iter().for_each(|(k, n)| *self.records.entry(k).or_default() += n);
        other.messages.into_iter().for_each(|(k, n)| *self.messages.entry(k).or_default() += n);
        self.tasks.0 += other.tasks.0;
        self.tasks.1 += other.tasks.1;
        self.tasks.2 = self.tasks.2.max(other.tasks.2);
    }

    /// What is worth knowing, once a source; `names` are the names of the sources.
    pub fn remarks<'n>(&self, names: impl Iterator<Item = &'n str>) -> Vec<Remark> {
        let remark = |source, (code, what)| Remark { code, source, what };
        let singer = self.records.keys().filter(|(_, carrier)| *carrier == Carrier::Singer);
        let mut found: Vec<Remark> = singer.map(|(at, _)| remark(*at, SINGER)).collect();
        if self.tasks.0 > 0 && self.tasks.1 == 0 && found.is_empty() {
            found.push(remark(self.tasks.2, TASKS));
        }
        let backup = names.enumerate().find(|(_, name)| {
            let last = name.rsplit('/').next().unwrap_or_default();
            BACKUP_NAMES.iter().any(|known| last.strip_suffix(".gz").unwrap_or(last) == *known)
        });
        found.extend(backup.map(|(at, _)| remark(at, BACKUP)));
        found.sort_by_key(|remark| (remark.source, remark.code));
        found
    }
}
