//! Bytes to records: finds the export's files, decompresses them, cuts them into records and
//! parses each record. It knows JSON and files; it must not know what a Close object means.

pub mod attachments;
pub mod guard;
pub mod json;
pub mod messages;
pub mod node;
pub mod repair;
pub mod route;
pub mod scan;
pub mod source;
pub mod split;
pub mod zip;

mod feed;
mod members;
mod names;
mod recognise;
mod tar;
mod zip_stream;

pub use guard::Damage;
pub use json::{Fault, Parsed, Parser, Repairs, with_parser};
pub use messages::Carrier;
pub use node::Node;
pub use route::Opener;
pub use source::{Ignored, Reason, Source, Sources, is_bundle, is_part};
pub use split::{Broken, Chunk, Envelope, Span, Splitter};
pub use zip::ZipIndex;
