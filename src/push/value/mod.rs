//! What a row of the bundle is for the API, and when a record says the same as its row. It must not talk to the server: ids
//! of other records are resolved by the caller.
//!
//! # When two values are equal
//!
//! `""`, `null`, an empty list and a missing key are one value. Beyond that, one rule a type (`twenty-api.md` §9,
//! `twenty-observed.md` E4):
//!
//! | type | equal when |
//! |---|---|
//! | TEXT, `FULL_NAME`, ADDRESS, labels of links | the bytes are; the server trims nothing |
//! | `RICH_TEXT` | the Markdown is the same but for white space: the editor writes it anew when somebody opens the record |
//! | NUMBER | the numbers are, as the server holds them (IEEE 754) |
//! | CURRENCY | micros and code are; without an amount a code the row does not name may stand alone |
//! | BOOLEAN, SELECT | the values are; of a select the target's value |
//! | `MULTI_SELECT` | the sets of values are |
//! | DATE | the days are |
//! | `DATE_TIME` | the instants are, to the millisecond |
//! | UUID, RELATION | the ids are, whatever their case |
//! | EMAILS | the addresses are in lower case, further ones in order |
//! | PHONES | the digits are with the calling code in front, further ones in order; country code only where the row has one |
//! | LINKS | the URLs are: origin in lower case, no trailing slash, percent signs read; further ones in order, with labels |
//!
//! An empty cell is compared only for a record this program made, and then the field's default counts as empty. `id` and
//! `updatedAt` are never compared (the server keeps an id it had, and moves the time), `createdAt` only for records we made.

mod author;
mod cell;
mod compare;
mod equal;
mod options;
mod parts;
mod shape;
#[cfg(test)]
mod tests;

pub use author::Author;
pub use compare::Difference;
pub use shape::Shape;

use serde_json::{Map, Value};
use uuid::Uuid;

/// One row as the API takes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The column `Id`; of second passes, which have none, the id of the Close id.
    pub id: Uuid,
    /// The column `Close Id`.
    pub close_id: String,
    /// What is sent, with `id` and `closeId`: composites whole, fields whose cells are empty left out, relations not yet.
    pub fields: Map<String, Value>,
    /// Relations with a value, to be resolved.
    pub relations: Vec<Reference>,
    /// What a task or note is about: becomes target records instead of fields.
    pub links: Vec<LinkTo>,
    /// When it was made; in `fields` too.
    pub created_at: Option<String>,
    /// When it was changed last; in `fields` too.
    pub updated_at: Option<String>,
    /// Who made it in Close. Not in `fields`: the caller knows the members.
    pub author: Option<Author>,
    /// Name or title, else the Close id; for messages.
    pub label: String,
}

/// A relation of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// API name of the field, `company`.
    pub field: String,
    /// The column that takes the id, `companyId`.
    pub join_column: String,
    /// Whom it means.
    pub key: Key,
    /// The id in the target, once the caller knows it. Unresolved, a record counts as the one of its Close id in
    /// [`Shape::differences`], and a member is not compared.
    pub id: Option<String>,
}

/// Whom a relation means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A record of the bundle.
    CloseId {
        /// API name of its object.
        object: String,
        /// Its Close id.
        close_id: String,
    },
    /// A member of the workspace by address, in lower case.
    Member(String),
}

/// A target of a task or note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkTo {
    /// API name of the target's object.
    pub target: String,
    /// Its Close id.
    pub close_id: String,
}

/// A cell the API cannot take. The bundle is written without such cells: somebody has edited it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// Header of its column.
    pub header: String,
    /// What it holds.
    pub value: String,
    /// What is wrong with it, as a sentence part.
    pub why: String,
}
