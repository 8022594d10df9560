//! What is in the target held against the bundle. It must not change anything there.

pub mod bound;
pub mod findings;
