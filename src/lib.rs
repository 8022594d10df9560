//! Moves a company from Close CRM to Twenty CRM, offline, with proof.
//!
//! Data flows one way, and the modules are the stations:
//!
//! ```text
//!  read ──► close ──► survey ──► mapping ──► plan ──► transform ──► bundle ──► report
//!  bytes    records    pass 1     rules      every     pass 2       files      proof
//!                                            decision
//! ```
//!
//! Beside the flow, `check` reads a bundle, or any CSV files, as Twenty would, and knows nothing of how they came to be.
//!
//! Two passes, because identity is global: pass 1 surveys the export, the plan decides everything,
//! pass 2 executes with no decision left. Every value is accounted for: the survey counts what is
//! there, the transform counts what became of it, and the run fails unless both agree.
//!
//! ```
//! use close2twenty::cli::commands::convert::{Options, convert};
//! use close2twenty::mapping::{Rules, Settings};
//!
//! let dir = tempfile::tempdir()?;
//! let export = dir.path().join("leads.json");
//! std::fs::write(
//!     &export,
//!     r#"[{"id":"lead_1","name":"Acme GmbH","url":"https://acme.example",
//!          "contacts":[{"id":"cont_1","lead_id":"lead_1","name":"Ada Example"}]}]"#,
//! )?;
//! let options = Options {
//!     exports: vec![export],
//!     output: dir.path().join("bundle"),
//!     settings: Settings::default(),
//!     threads: 1,
//!     ..Options::default()
//! };
//! let summary = convert(&options, Rules::built_in()?, &|_| ())?;
//! assert_eq!(summary.records["contact"].written, 1);
//! let people = std::fs::read_to_string(dir.path().join("bundle/csv/02-people/people-0001.csv"))?;
//! assert!(people.contains(r#""cont_1","Ada","Example""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

pub mod bundle;
pub mod check;
pub mod cli;
pub mod close;
pub mod error;
pub mod event;
pub mod mapping;
pub mod pipeline;
pub mod plan;
#[cfg(feature = "network")]
pub mod push;
pub mod read;
pub mod report;
pub mod survey;
pub mod transform;
pub mod twenty;
