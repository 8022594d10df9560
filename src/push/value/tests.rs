//! Rows of written bundles, and laws for generated ones, against a workspace that has what the bundle asks for.

mod golden;
mod laws;
mod workspace;
