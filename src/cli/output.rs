//! What programs read: the forms that stand in no report of their own, and the JSON Schema of everything that `--format json`
//! prints, command by command. It must not print.

use crate::check::Checked;
use crate::error::Error;
use crate::report::codes::Codes;
use crate::report::story::Story;
use crate::report::{Audit, Proposal, Summary};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::Value;

#[cfg(feature = "network")]
use crate::push::{progress::Said, rollback, run, verify};

/// An output: its name, as in `docs/schemas/NAME.schema.json`, what it is, and its schema.
pub type Output = (&'static str, &'static str, fn() -> Value);

/// Every output of `--format json`.
pub const OUTPUTS: &[Output] = &[
    ("audit", "What `audit` prints", schema::<Audit>),
    ("plan", "What `plan` prints", schema::<Proposal>),
    ("convert", "What `convert` prints, and reports/reconciliation.json", schema::<Summary>),
    ("convert-shard", "What `convert --shard` prints", schema::<Part>),
    ("merge", "What `merge` prints, and reports/reconciliation.json", schema::<Summary>),
    ("check", "What `check` prints", schema::<Checked>),
    #[cfg(feature = "network")]
    ("workspace", "A line that `workspace` prints", schema::<Line<SavedWorkspace>>),
    #[cfg(feature = "network")]
    ("push", "A line that `push` prints", schema::<Line<run::Outcome>>),
    #[cfg(feature = "network")]
    ("verify", "A line that `verify` prints", schema::<Line<verify::Outcome>>),
    #[cfg(feature = "network")]
    ("rollback", "A line that `rollback` prints", schema::<Line<rollback::Outcome>>),
    ("explain", "What `explain CODE` and `explain --list` print", schema::<Codes>),
    ("explain-record", "What `explain CLOSE_ID` prints", schema::<Story>),
    ("error", "The last line on standard error of a run that failed", schema::<Failure>),
];

/// The schema of a form as it is written: what may be left out is not required.
fn schema<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failure {
    /// Why.
    pub error: Why,
}

/// Why a run failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Why {
    /// Stable code, `C2T-E…` or `C2T-S…`: docs/codes.md has all of them.
    pub code: &'static str,
    /// What could not be done, in one line.
    pub what: String,
    /// The file, folder or address concerned.
    pub place: Option<String>,
    /// The lower error, in its own words.
    pub cause: Option<String>,
    /// What to do next.
    pub fix: Option<String>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self {
            error: Why {
                code: error.code,
                what: error.what.clone(),
                place: error.place.as_ref().map(|place| place.display().to_string()),
                cause: Some(error.causes().join(": ")).filter(|cause| !cause.is_empty()),
                fix: error.fix.clone(),
            },
        }
    }
}

impl From<&clap::Error> for Failure {
    /// A command line that cannot be understood: clap's first line, then its hints and the usage.
    fn from(error: &clap::Error) -> Self {
        let text = error.to_string();
        let (what, fix) = text.split_once('\n').unwrap_or((&text, ""));
        let (what, fix) = (what.trim_start_matches("error: "), fix.trim());
        let fix = (!fix.is_empty()).then(|| fix.to_owned());
        Self { error: Why { code: "C2T-E001", what: what.to_owned(), fix, ..Why::default() } }
    }
}

/// A part that `convert --shard` has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Part {
    /// Which part, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
    /// Records read for it.
    pub records: u64,
}

/// A line that a networked command prints.
#[cfg(feature = "network")]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Line<O> {
    /// While the run goes on.
    During(Said),
    /// The last line of a run that came to its end.
    Last(Last<O>),
}

/// How a networked run ended.
#[cfg(feature = "network")]
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Last<O> {
    /// It came to its end; a run that failed says so on standard error instead.
    Outcome {
        /// What it came to.
        outcome: O,
    },
}

/// A workspace file that `workspace` has written.
#[cfg(feature = "network")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SavedWorkspace {
    /// The file.
    pub file: std::path::PathBuf,
    /// Objects in it.
    pub objects: usize,
    /// Of them, objects that somebody has made.
    pub custom_objects: usize,
    /// Fields of all objects.
    pub fields: usize,
    /// Members.
    pub members: usize,
    /// Id of the workspace.
    pub workspace: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn an_error_tells_all_it_knows() {
        let lower = std::io::Error::new(std::io::ErrorKind::NotFound, "gone");
        let error = Error::io("cannot read", std::path::Path::new("a.json"), lower);
        let Failure { error: why } = Failure::from(&error);
        assert_eq!((why.code, &*why.what), ("C2T-E010", "cannot read"));
        assert_eq!((why.place.as_deref(), why.cause.as_deref()), (Some("a.json"), Some("gone")));
        assert_eq!(why.fix.as_deref(), Some("check the path"));
    }

    #[test]
    fn a_command_line_that_cannot_be_understood_is_one_line_and_a_hint() {
        let command = crate::cli::Cli::command();
        let error = command.try_get_matches_from(["close2twenty", "audit", "--nonsense"]);
        let Failure { error: why } = Failure::from(&error.unwrap_err());
        assert_eq!(why.code, "C2T-E001");
        assert_eq!(why.what, "unexpected argument '--nonsense' found");
        assert!(why.fix.is_some_and(|fix| fix.contains("Usage: close2twenty audit")));
    }

    #[test]
    fn every_command_with_a_result_has_an_output() {
        let command = crate::cli::Cli::command();
        let texts = ["completions", "man"];
        for name in command.get_subcommands().map(clap::Command::get_name) {
            let listed = OUTPUTS.iter().any(|(output, ..)| *output == name);
            assert!(listed != texts.contains(&name), "{name}");
        }
    }
}
