//! The networked half: the same bundle through Twenty's API. It sees only the bundle and Twenty's model, never an
//! export, and decides nothing about data: what a row says was settled when the bundle was written.
//!
//! ```text
//!  live ──► preflight ──► schema ──► records ──► targets ──► files ──► timeline
//!  target    may we?       fields     rows        links                 dates
//!                       each step noted in the journal before and after it is done
//! ```

pub mod client;
pub mod live;
pub mod upload;
