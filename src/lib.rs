//! close2twenty
pub mod bundle;
pub mod cli;
pub mod close;
pub mod error;
pub mod event;
pub mod mapping;
pub mod pipeline;
pub mod plan;
pub mod read;
pub mod report;
pub mod survey;
pub mod transform;
pub mod twenty;
