//! The map from Close to Twenty: the built-in rules as a table and the choices a user can make. It
//! must not look at an export.

pub mod legal_forms;
pub mod rules;
pub mod settings;

pub use rules::{Rule, Rules};
pub use settings::{LeadStrategy, Settings};
