//! What a bundle remembers of its rows, and what has happened since an older bundle: new, changed
//! and gone rows (design §9). Every bundle carries the state of all its rows, whether it holds them
//! or not, so that the next one can be compared with it. It must not look into a row.

mod delta;
mod file;
mod old;

pub(super) use delta::Compare;
pub use delta::{Delta, StepDelta};
pub(super) use file::StateWriter;
pub use old::OldBundle;

#[cfg(test)]
mod tests;
