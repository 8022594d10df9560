//! The bundle on disk (design §7): staged beside its place and renamed when whole. It writes what
//! the transform hands over; it must not change a value.

mod archive;
pub mod digest;
pub mod files;
pub mod guide;
mod hole;
mod intake;
pub mod manifest;
mod open;
mod pack;
pub mod part;
mod rejects;
mod sorter;
mod spill;
mod spot;
mod stage;
pub mod state;
mod tables;
mod totals;
mod writer;

pub use manifest::Manifest;
pub use open::{Bundle, is_zip};
pub use spot::SpotRow;
pub use stage::{Form, Stage, remove_unfinished};
pub use state::OldBundle;
pub use totals::Totals;
pub use writer::{Finished, Writer};
