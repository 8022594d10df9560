//! Bytes to records: finds the export's files, decompresses them, cuts them into records and
//! parses each record. It knows JSON and files; it must not know what a Close object means.

pub mod attachments;
pub mod json;
pub mod node;
pub mod repair;
pub mod scan;
pub mod source;
pub mod split;

pub use json::{Fault, Parser, Repairs, with_parser};
pub use node::Node;
pub use source::{Ignored, Source, Sources};
pub use split::{Chunk, Envelope, Splitter};
