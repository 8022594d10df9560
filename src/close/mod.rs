//! Close's model: what objects an export holds, which keys they have, how to open one and account
//! for its values. It knows nothing of Twenty.

pub mod common;
pub mod file_url;
pub mod keys;
pub mod kind;
mod layout;
pub mod ledger;
pub mod record;
pub mod shape;
pub mod time;

pub use common::Common;
pub use keys::Keys;
pub use kind::{Group, Kind, classify};
pub use ledger::{Fate, Ledger, Space};
pub use record::{Custom, Fates, Record, Residue};
pub use shape::Field;
