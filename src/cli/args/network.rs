//! The words of the commands that use the network. As [`super`], and the key never among them.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How to reach Twenty. The API key is read from `TWENTY_API_KEY` or from a file, never from the command line.
#[derive(Debug, Args)]
pub struct ConnectArgs {
    /// The server: `https://api.twenty.com` in the cloud, else the address you open Twenty at
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// File with the API key [default: the environment variable `TWENTY_API_KEY`]
    #[arg(long, value_name = "FILE")]
    pub api_key_file: Option<PathBuf>,
    /// Certificates to trust instead of the public ones (PEM), for servers with one of your own [default: the public ones]
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

/// The bundle and its journal.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// The bundle: the folder or zip that `convert` wrote
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// How to reach Twenty.
    #[command(flatten)]
    pub connect: ConnectArgs,
    /// Where to keep the journal [default: BUNDLE.push beside the bundle]
    #[arg(long, value_name = "DIR")]
    pub journal: Option<PathBuf>,
}

/// `workspace`.
#[derive(Debug, Args)]
#[command(after_help = super::examples::WORKSPACE)]
pub struct WorkspaceArgs {
    /// How to reach Twenty.
    #[command(flatten)]
    pub connect: ConnectArgs,
    /// Where the workspace file goes
    #[arg(short, long, value_name = "FILE", default_value = "workspace.json")]
    pub output: PathBuf,
}

/// `push`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag")]
#[command(after_help = super::examples::PUSH)]
pub struct PushArgs {
    /// What to push and where to.
    #[command(flatten)]
    pub to: BundleArgs,
    /// Do only these phases, in their order, as schema,records [default: all]
    #[arg(long, value_name = "PHASES", value_delimiter = ',', value_enum)]
    pub only: Vec<PhaseArg>,
    /// Ask the server everything, say what would be done and whether it may be, and stop
    #[arg(long)]
    pub dry_run: bool,
    /// What to do with a record that is in Twenty already: update its fields, fill only its empty ones, or stop before
    /// anything is written
    #[arg(long, value_enum, default_value_t = ExistingArg::Update, value_name = "HOW")]
    pub existing: ExistingArg,
    /// Put workflows that would run for each record to sleep, and wake them at the end
    #[arg(long, conflicts_with = "allow_workflows")]
    pub pause_workflows: bool,
    /// Let workflows run for each record
    #[arg(long)]
    pub allow_workflows: bool,
    /// Let webhooks be called for each record
    #[arg(long)]
    pub allow_webhooks: bool,
    /// Push a bundle whose map nobody has confirmed
    #[arg(long)]
    pub accept_proposed_map: bool,
    /// Push these rows too: push-rejects.csv of an earlier run, repaired
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// Send rows that were refused again as they are
    #[arg(long)]
    pub retry: bool,
    /// Leave the lines the server writes into the timeline at today's date
    #[arg(long)]
    pub no_timeline: bool,
    /// Write Close's status changes and completed tasks into the timeline as well
    #[arg(long, conflicts_with = "no_timeline")]
    pub history: bool,
}

/// `verify`.
#[derive(Debug, Args)]
#[command(after_help = super::examples::VERIFY)]
pub struct VerifyArgs {
    /// What to verify and where.
    #[command(flatten)]
    pub to: BundleArgs,
    /// Look at N rows only, drawn at random from all steps, and say what that proves [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sample: Option<u64>,
    /// Download attachments, and compare their content too
    #[arg(long)]
    pub files: bool,
}

/// `rollback`.
#[derive(Debug, Args)]
#[command(after_help = super::examples::ROLLBACK)]
pub struct RollbackArgs {
    /// What to take back and where; the bundle itself may be gone.
    #[command(flatten)]
    pub to: BundleArgs,
    /// Take back what somebody has changed in Twenty since, too, and remove fields and objects that hold values
    #[arg(long)]
    pub force: bool,
    /// Leave the objects, fields and options that the push made
    #[arg(long)]
    pub keep_schema: bool,
    /// Say what would be done, and stop
    #[arg(long)]
    pub dry_run: bool,
}

/// A phase of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PhaseArg {
    /// Objects, fields and options
    Schema,
    /// The rows of the CSV files
    Records,
    /// Links of tasks and notes
    Targets,
    /// Attachments
    Files,
    /// Times of the timeline's lines
    Timeline,
}

/// What to do with records that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExistingArg {
    /// Its fields take the values of the bundle, as with Twenty's own importer
    Update,
    /// Only its empty fields do
    Fill,
    /// Do not begin when there is any
    Stop,
}
