//! The map from Close to Twenty: the built-in rules as a table, the choices a user can make, and the
//! files they are made in. It must not look at an export.

pub mod decisions;
pub mod file;
pub mod legal_forms;
pub mod nearest;
pub mod proposal;
pub mod rules;
pub mod settings;
pub mod template;

pub use decisions::Decisions;
pub use file::MapFile;
pub use rules::{Rule, Rules};
pub use settings::{CompanyDedupe, LeadStrategy, PeopleDedupe, QuotedHistory, Route, Settings};
