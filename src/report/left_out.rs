//! A file that was left out or is worth a remark, as the reports have it. How many of them a person is told of:
//! [`super::grouped`].

use serde::Serialize;

/// One file that was left out or is worth a remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct IgnoredLine {
    /// The file.
    pub file: String,
    /// Stable code.
    pub code: &'static str,
    /// Why.
    pub why: &'static str,
}
