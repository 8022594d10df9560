//! What `mapping.toml` says, as values. A key that is not in the file is `None`: as proposed. It
//! must not know how the file looks.

use super::problem::Spot;
use crate::mapping::settings::{
    CompanyDedupe, LeadStrategy, PeopleDedupe, QuotedHistory, ROUTED, Route,
};
use indexmap::IndexMap;

/// The version of the file this program reads and writes.
pub const VERSION: u64 = 1;

/// The Close types that have a line in `[activities]`, in the order of the file.
pub const ACTIVITIES: &[&str] = &{
    let mut words = [""; ROUTED.len()];
    let mut at = 0;
    while at < words.len() {
        words[at] = ROUTED[at].0.word();
        at += 1;
    }
    words
};

/// What `type` of a field may be: Twenty's words for field types.
pub const FIELD_TYPES: &[&str] = &[
    "TEXT",
    "NUMBER",
    "BOOLEAN",
    "DATE",
    "DATE_TIME",
    "SELECT",
    "MULTI_SELECT",
    "LINKS",
    "CURRENCY",
    "RELATION",
];

/// A table whose order shows.
pub type Table<V> = IndexMap<String, V, foldhash::fast::FixedState>;

/// A decision with its place in the file. Two are equal when the decisions are, wherever they
/// stand.
#[derive(Clone, Debug, Default)]
pub struct Located<T> {
    /// What is said.
    pub value: T,
    /// Where; nowhere for a proposal.
    pub at: Spot,
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> From<T> for Located<T> {
    fn from(value: T) -> Self {
        Self { value, at: Spot::default() }
    }
}

/// `mapping.toml`, read or proposed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MapFile {
    /// The file's name for messages; empty for a proposal.
    pub name: String,
    /// The text it was read from; empty for a proposal.
    pub text: String,
    /// The user agrees to what stands here.
    pub confirmed: bool,
    /// Of the export it was made for.
    pub fingerprint: Option<Located<String>>,
    /// How leads, companies and people are found in the export.
    pub strategies: Strategies,
    /// Where activities go, by the word of their Close type (one of [`ACTIVITIES`]); task, note or
    /// archive.
    pub activities: Table<Located<Route>>,
    /// Custom activity types and custom object types.
    pub types: Vec<TypeEntry>,
    /// Opportunity statuses.
    pub stages: Vec<StageEntry>,
    /// Fields, custom and built-in.
    pub fields: Vec<FieldEntry>,
}

/// `[strategies]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strategies {
    /// What represents a lead.
    pub leads: Option<Located<LeadStrategy>>,
    /// When two companies are one.
    pub companies: Option<Located<CompanyDedupe>>,
    /// When two contacts are one person.
    pub people: Option<Located<PeopleDedupe>>,
    /// Template of opportunities' names; its placeholders are not checked here.
    pub opportunity_names: Option<Located<String>>,
    /// What becomes of quoted text in e-mails.
    pub quoted_history: Option<Located<QuotedHistory>>,
}

/// What the file shows of an entry beside its keys: words in the comment behind its heading.
/// Information, no decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// It was not in the file before.
    pub new: bool,
    /// It needs a look; such entries stand first.
    pub doubtful: bool,
    /// It was in the file before and is not in this export.
    pub gone: bool,
}

/// One `[[type]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TypeEntry {
    /// Close's id, `actitype_…` or `cotype_…`; stands once in the file.
    pub close: Located<String>,
    /// Close's name; information.
    pub name: Option<String>,
    /// Where its records go.
    pub to: Option<Located<Route>>,
    /// API name of the object.
    pub object: Option<Located<String>>,
    /// Plural API name.
    pub object_plural: Option<Located<String>>,
    /// Label of the object.
    pub label: Option<Located<String>>,
    /// Plural label.
    pub label_plural: Option<Located<String>>,
    /// Records in the export; information.
    pub seen: Option<u64>,
    /// Why it is proposed so; information.
    pub why: Option<String>,
    /// See there.
    pub marks: Marks,
}

/// One `[[stage]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageEntry {
    /// Close's id of the status, or its label where there are no ids; stands once in the file.
    pub close: Located<String>,
    /// Close's label; information.
    pub name: Option<String>,
    /// Name of the pipeline; information.
    pub pipeline: Option<String>,
    /// Label of the option in Twenty; several may share one.
    pub to: Option<Located<String>>,
    /// Opportunities in the export; information.
    pub seen: Option<u64>,
    /// See there.
    pub marks: Marks,
}

/// One `[[field]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FieldEntry {
    /// `<close type>.<path>`; stands once in the file.
    pub close: Located<String>,
    /// Close's name; information.
    pub name: Option<String>,
    /// Each `object.field` it goes to; none: to the archive.
    pub to: Option<Vec<Located<String>>>,
    /// One of [`FIELD_TYPES`]; built-in paths have none.
    pub kind: Option<Located<String>>,
    /// Label of the field; built-in paths have none.
    pub label: Option<Located<String>>,
    /// Close's value to the label of Twenty's option; selects only.
    pub options: Option<Table<Located<String>>>,
    /// How sure the proposal is, 0 to 1; information.
    pub confidence: Option<f64>,
    /// Why it is proposed so; information.
    pub why: Option<String>,
    /// Values in the export; information.
    pub seen: Option<u64>,
    /// A few of them; information.
    pub samples: Vec<String>,
    /// See there.
    pub marks: Marks,
}

/// How a closed word is written in the file.
pub fn word<T: clap::ValueEnum>(value: &T) -> String {
    value.to_possible_value().map(|word| word.get_name().to_owned()).unwrap_or_default()
}
