//! The networked half: the same bundle through Twenty's API. It sees only the bundle and Twenty's model, never an
//! export, and decides nothing about data: what a row says was settled when the bundle was written.
//!
//! ```text
//!  live ──► preflight ──► schema ──► records ──► targets ──► files ──► timeline
//!  target    may we?       fields     rows        links                 dates
//!                       each step noted in the journal before and after it is done
//! ```

pub mod client;
pub mod files;
pub mod history;
pub mod journal;
pub mod live;
pub mod preflight;
pub mod progress;
pub mod records;
pub mod rejects;
pub mod rollback;
pub mod run;
pub mod schema;
pub mod target;
pub mod targets;
pub mod timeline;
pub mod upload;
pub mod value;
pub mod verify;
pub mod workflows;

use crate::error::Error;
use client::Refusal;

/// A refusal as the end of a run: what was being done, and what the server said.
pub fn refused(refusal: Refusal, doing: &str) -> Error {
    let error = refusal.into_error();
    Error { what: format!("{doing}: {}", error.what), ..error }
}

/// An API name with a capital letter, as GraphQL types and mutations have it.
pub fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Why a piece of work came to nothing.
#[derive(Debug)]
pub enum Halt {
    /// The server or the way to it. With `Data` the piece is set aside and the run goes on.
    Server(Refusal),
    /// The journal, the bundle or the disk: the run ends.
    Own(Error),
}

impl Halt {
    /// The end of the run it makes where nothing else can be done about it.
    pub fn into_error(self, doing: &str) -> Error {
        match self {
            Self::Server(refusal) => refused(refusal, doing),
            Self::Own(error) => error,
        }
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Server(refusal)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}
