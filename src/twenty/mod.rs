//! Twenty's value rules: one file per kind of value, each a pure function from one raw text to a
//! cell that Twenty's importer and server take, or to a [`refusal::Refusal`]. Knows nothing of
//! the source system and does no I/O.

pub mod address;
pub mod currency;
pub mod date;
pub mod email;
pub mod file;
pub mod hosts;
pub mod id;
pub mod link;
pub mod markdown;
pub mod name;
pub mod naming;
pub mod number;
pub mod objects;
pub mod options;
pub mod phone;
pub mod refusal;
mod scan;
pub mod text;
pub mod workspace;
