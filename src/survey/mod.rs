//! Pass 1: what is in the export. Everything that identity, the schema and the audit need is
//! collected here, in counters and compact facts that can be merged: what it keeps grows with
//! leads, contacts and opportunities, never with activities. It must not decide anything.

pub mod carried;
pub mod config;
pub mod facts;
pub mod incomplete;
pub mod inventory;
pub mod people;
pub mod profile;
pub mod samples;
pub mod seen;
pub mod texts;
pub mod users;
pub mod walk;

mod absorb;
mod collect;
mod customs;

pub use collect::{Collector, Keep, survey, survey_of};
pub use config::Config;
pub use facts::{ContactFacts, LeadFacts, Rank, StatusFacts};
pub use inventory::Inventory;
pub use people::People;
pub use profile::Profile;
pub use seen::Seen;
pub use users::{Role, Users};
pub use walk::{Context, Visit};

use crate::close::{Kind, Ledger, Space};
use crate::event::Reject;
use crate::pipeline::SourceEnd;
use crate::read::{Ignored, Source};
use hashbrown::{HashMap, HashSet};
use indexmap::IndexMap;

/// A map whose order is that of insertion and whose hashing is fixed.
pub type Map<K, V> = IndexMap<K, V, foldhash::fast::FixedState>;

/// A set whose order is that of insertion and whose hashing is fixed.
pub type Set<T> = indexmap::IndexSet<T, foldhash::fast::FixedState>;

/// What the export holds.
#[derive(Debug, Default)]
pub struct Survey {
    /// The files, in reading order.
    pub sources: Vec<Source>,
    /// Bytes and digest of each file.
    pub ends: Vec<SourceEnd>,
    /// Files in the export's folders that are no Close JSON.
    pub ignored: Vec<Ignored>,
    /// Objects read, by kind; copies of one object count each time.
    pub read: Map<Kind, u64>,
    /// Different leads, contacts and opportunities, copies counted once.
    pub different: Map<Kind, u64>,
    /// Objects by kind and month ([`crate::close::time::month`]) of happening, else of creation.
    pub months: Map<(Kind, i32), u64>,
    /// What is under every path.
    pub ledger: Ledger,
    /// Copies of leads as a part of the export holds them, until they go into `people`.
    pub leads: Vec<LeadFacts>,
    /// Copies of contacts, in the same way.
    pub contacts: Vec<ContactFacts>,
    /// Leads and contacts of the whole export.
    pub people: People,
    /// Hashes of the opportunities' ids.
    pub opportunities: HashSet<u64, foldhash::fast::FixedState>,
    /// Custom values by kind, id of the custom type (empty for other kinds), space and key.
    pub customs: Map<(Kind, Box<str>, Space, Box<str>), Profile>,
    /// Records of each custom type, by kind and id of the type.
    pub custom_types: Map<(Kind, Box<str>), u64>,
    /// Custom objects by hash of their id: id of the type, and name.
    pub custom_objects: HashMap<u64, (Box<str>, Box<str>), foldhash::fast::FixedState>,
    /// How often a lead's field id and name held the same value at the same place.
    pub pairs: HashMap<(Box<str>, Box<str>), u64, foldhash::fast::FixedState>,
    /// Lead statuses as the leads name them.
    pub lead_statuses: Map<Box<str>, StatusFacts>,
    /// Opportunity statuses as the opportunities name them.
    pub deal_statuses: Map<Box<str>, StatusFacts>,
    /// Pipelines as the opportunities name them: id and name.
    pub deal_pipelines: Map<Box<str>, Box<str>>,
    /// Who is named anywhere.
    pub users: Users,
    /// Settings found in the export.
    pub config: Config,
    /// Settings that an admin rebuilds by hand.
    pub inventory: Inventory,
    /// When to-dos outside their lead's record were completed: id hash to microseconds.
    pub completions: HashMap<u64, i64, foldhash::fast::FixedState>,
    /// Leads that records outside any lead name beside a contact, by the contact's id hash, in the same
    /// way.
    pub contact_leads: HashMap<u64, Box<str>, foldhash::fast::FixedState>,
    /// Merged leads: the id that is gone, the id that took its place.
    pub merges: Vec<(Box<str>, Box<str>)>,
    /// Objects of comment threads.
    pub threads: HashMap<Box<str>, Box<str>, foldhash::fast::FixedState>,
    /// Sources that hold at least one object of Close.
    pub useful: Set<usize>,
    /// Sources that hold something that is no object of Close.
    pub strange: Set<usize>,
    /// Files referenced: how many and their bytes, by kind.
    pub files: Map<Kind, (u64, u64)>,
    /// Recordings and voicemails referenced.
    pub recordings: u64,
    /// The latest instant named anywhere before the export was made, in microseconds.
    pub latest: i64,
    /// Pages and files that are not whole.
    pub incomplete: incomplete::Incomplete,
    /// How the records came.
    pub carried: carried::Carried,
    /// Files and members that are read but worth a remark.
    pub remarks: Vec<Ignored>,
    /// Records that could not be read, and how each was repaired.
    pub rejects: Vec<Reject>,
    /// Records that could not be read.
    pub unreadable: u64,
}

impl Survey {
    /// Memory that the places of records take, in bytes.
    pub fn places_bytes(&self) -> usize {
        self.ends.iter().map(SourceEnd::kept).sum()
    }

    /// Calls `decide` with what decides the schema taken from the survey of a whole export, so that
    /// a sample of it has the same objects, fields, options and stages; the counts stay its own.
    pub fn shaped_like<T>(&mut self, whole: Self, decide: impl FnOnce(&mut Self) -> T) -> T {
        self.customs = whole.customs;
        self.custom_types = whole.custom_types;
        self.pairs = whole.pairs;
        self.lead_statuses = whole.lead_statuses;
        self.deal_statuses = whole.deal_statuses;
        self.deal_pipelines = whole.deal_pipelines;
        self.config = whole.config;
        self.latest = whole.latest;
        (self.useful, self.strange) = (whole.useful, whole.strange);
        (self.incomplete, self.carried) = (whole.incomplete, whole.carried);
        self.remarks = whole.remarks;
        let ledger = std::mem::replace(&mut self.ledger, whole.ledger);
        let read = std::mem::replace(&mut self.read, whole.read);
        let different = std::mem::replace(&mut self.different, whole.different);
        let decided = decide(self);
        (self.ledger, self.read, self.different) = (ledger, read, different);
        decided
    }
}

/// A fixed hash of an id, the same in every run.
pub fn hash(id: &str) -> u64 {
    use std::hash::BuildHasher;
    foldhash::quality::FixedState::with_seed(0xc105_e220).hash_one(id)
}
