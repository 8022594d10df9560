//! Attachments and recordings: every way of finding a file, every fault by its own name, and both sums.
//! It must not know how files are found.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod cases;

#[path = "attachments/faults.rs"]
mod faults;
#[path = "attachments/ground.rs"]
mod ground;
#[path = "attachments/lists.rs"]
mod lists;
#[path = "attachments/matching.rs"]
mod matching;
#[path = "attachments/runs.rs"]
mod runs;
#[path = "attachments/targets.rs"]
mod targets;
