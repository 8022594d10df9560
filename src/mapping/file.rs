//! `mapping.toml`, the map a user reads, edits and confirms (design §5, §9): its model, reading
//! with errors that name the place, writing, and keeping the user's edits when it is proposed
//! anew. It must not know plans or exports, and it touches no disk: who calls has the text.

mod digest;
mod entries;
mod keep;
pub mod keys;
mod model;
mod parse;
mod problem;
mod value;
mod write;

pub use keep::{Changes, Edit, merge};
pub use model::{
    ACTIVITIES, FIELD_TYPES, FieldEntry, Located, MapFile, Marks, StageEntry, Strategies, Table,
    TypeEntry, VERSION, word,
};
pub use problem::{Problem, Spot};
pub use write::{Notes, text};
