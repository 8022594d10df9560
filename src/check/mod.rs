//! The offline twin of Twenty's acceptance: tells, cell by cell, what the importer and the server
//! behind it would refuse. It must not change a bundle or talk to a server.

mod fuse;

pub use fuse::{Hit, Match, Why, match_columns, search};
