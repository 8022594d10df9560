//! What a run says while it goes on: one path for bars, lines of JSON and tests. It must not print.

use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Said {
    /// A part of the work begins.
    Phase {
        /// Which.
        phase: String,
        /// Of what.
        object: String,
        /// How many there are to do in all.
        planned: u64,
        /// How many an earlier run has done.
        done: u64,
    },
    /// Some of it is done.
    Step {
        /// How many more.
        done: u64,
    },
    /// The part is finished.
    Finished(Counts),
    /// Something a person should know.
    Note {
        /// Stable code.
        code: &'static str,
        /// What.
        text: String,
    },
    /// Something only the curious want to know.
    Detail {
        /// What.
        text: String,
    },
}

/// What became of one part of the work: `planned` is the sum of the others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Which phase.
    pub phase: String,
    /// API name of the object, or what the phase works on.
    pub object: String,
    /// How many there are.
    pub planned: u64,
    /// Made.
    pub created: u64,
    /// Were there and were changed.
    pub updated: u64,
    /// Were there and say the same.
    pub unchanged: u64,
    /// Refused.
    pub rejected: u64,
    /// Wait for something that is not there.
    pub waiting: u64,
}

/// Who listens.
pub trait Listen: Sync {
    /// Hears what happened.
    fn hear(&self, said: &Said);
}

impl<F: Fn(&Said) + Sync> Listen for F {
    fn hear(&self, said: &Said) {
        self(said);
    }
}

impl Counts {
    /// Whether everything planned is accounted for.
    pub const fn add_up(&self) -> bool {
        self.planned == self.created + self.updated + self.unchanged + self.rejected
    }
}
