//! The map as people use it: unedited it changes nothing, each edit shows in the files, the manifest, the
//! guide and the ledger, a new `plan` keeps what was decided, and a map nobody agreed to is refused. It must
//! not know how the map is followed.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cases;

#[path = "map_edits/again.rs"]
mod again;
#[path = "map_edits/built_in.rs"]
mod built_in;
#[path = "map_edits/fields.rs"]
mod fields;
#[path = "map_edits/ground.rs"]
mod ground;
#[path = "map_edits/random.rs"]
mod random;
#[path = "map_edits/routes.rs"]
mod routes;
#[path = "map_edits/strategies.rs"]
mod strategies;
#[path = "map_edits/unedited.rs"]
mod unedited;
