//! What a run says about itself: the proof that nothing was lost, the reports in the bundle, the
//! closing table. It must not change what was written.

mod attachments;
pub mod audit;
pub mod codes;
pub mod conservation;
pub mod files;
pub mod findings;
pub mod grouped;
mod inventory;
pub mod kept;
mod ledger;
pub mod left_out;
pub mod map;
mod names;
pub mod pace;
pub mod page;
pub mod proposal;
#[cfg(feature = "network")]
pub mod pushed;
#[cfg(feature = "network")]
pub mod rolled_back;
pub mod spot_check;
pub mod story;
pub mod summary;
mod table;
#[cfg(feature = "network")]
pub mod verified;

pub use audit::Audit;
pub use findings::Findings;
pub use map::MapLine;
pub use proposal::Proposal;
pub use spot_check::SpotCheck;
pub use summary::Summary;
