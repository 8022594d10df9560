//! The words of the command line, and nothing else: no I/O, no defaults that need the machine.

use crate::mapping::LeadStrategy;
use crate::pipeline::Shard;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

mod examples;
#[cfg(feature = "network")]
pub mod network;

/// Options of every command stand behind its own.
const LAST: usize = 900;
/// And under a head of their own.
const EVERY: &str = "Options of every command";
/// More shares than anybody has machines.
const MAX_SHARDS: u32 = 10_000;

/// Moves a company from Close CRM to Twenty CRM, offline.
///
/// Reads Close's JSON exports and writes a bundle that Twenty's own CSV importer takes without
/// manual mapping, with a guide for the admin and a report that accounts for every record and field.
#[derive(Debug, Parser)]
#[command(name = "close2twenty", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = examples::ALL)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to say it.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Form of the result on standard output
    #[arg(long, global = true, help_heading = EVERY, display_order = LAST, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// When to use colours
    #[arg(long, global = true, help_heading = EVERY, display_order = LAST, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub color: Color,
    /// Say nothing on standard error but errors
    #[arg(short, long, global = true, help_heading = EVERY, display_order = LAST)]
    pub quiet: bool,
    /// Say more on standard error
    #[arg(short, long, global = true, help_heading = EVERY, display_order = LAST, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// Form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for people
    Text,
    /// JSON for programs
    Json,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR=0` is set
    Auto,
    /// Also where standard error is no terminal
    Always,
    /// Not on a terminal either
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what an export holds and what it lacks
    Audit(AuditArgs),
    /// Propose the whole map, with reasons, for a person to edit and confirm
    Plan(PlanArgs),
    /// Convert an export into a bundle for Twenty
    Convert(ConvertArgs),
    /// Join the parts that `convert --shard` made into one bundle
    Merge(MergeArgs),
    /// Tell, offline, what Twenty would refuse of a bundle or of CSV files, cell by cell
    Check(CheckArgs),
    /// Save a workspace's schema and members, for `plan`, `convert` and `check`
    #[cfg(feature = "network")]
    Workspace(network::WorkspaceArgs),
    /// Push a bundle through Twenty's API; goes on where an earlier run stopped
    #[cfg(feature = "network")]
    Push(network::PushArgs),
    /// Read the target back and compare it with a bundle, field by field
    #[cfg(feature = "network")]
    Verify(network::VerifyArgs),
    /// Take back what a push did, and nothing else; goes on where an earlier run stopped
    #[cfg(feature = "network")]
    Rollback(network::RollbackArgs),
    /// Explain a diagnostic code, or tell what became of one record, and why
    Explain(ExplainArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page of the program or of one command, or write all of them
    #[command(after_help = examples::MAN)]
    Man(ManArgs),
}

/// What to read.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Close's JSON files, folders of them, patterns like 'export/*.json', or archives (.gz, .zip, .tar, .tar.gz)
    #[arg(required = true, value_name = "EXPORT")]
    pub exports: Vec<PathBuf>,
    /// Threads to use; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0, display_order = LAST)]
    pub threads: usize,
}

/// `audit`.
#[derive(Debug, Args)]
#[command(after_help = examples::AUDIT)]
pub struct AuditArgs {
    /// What to read.
    #[command(flatten)]
    pub export: ExportArgs,
}

/// `plan`.
#[derive(Debug, Args)]
#[command(after_help = examples::PLAN)]
pub struct PlanArgs {
    /// What to read.
    #[command(flatten)]
    pub export: ExportArgs,
    /// Where the map goes; one that is there keeps its decisions, and what is new is added
    #[arg(short, long, value_name = "FILE", default_value = "mapping.toml")]
    pub output: PathBuf,
    /// The workspace the map is for, as `workspace` saves it: its fields are used again rather than made twice
    /// [default: Twenty as it ships]
    #[arg(long, value_name = "FILE")]
    pub workspace: Option<PathBuf>,
}

/// `convert`.
#[derive(Debug, Args)]
#[command(after_help = examples::CONVERT)]
pub struct ConvertArgs {
    /// What to read.
    #[command(flatten)]
    pub export: ExportArgs,
    /// Where the bundle goes: a folder that does not exist, is empty, or holds an older bundle; a
    /// zip when the name ends in .zip
    #[arg(short, long, value_name = "BUNDLE")]
    pub output: PathBuf,
    /// Write the bundle as one zip, whatever its name
    #[arg(long)]
    pub zip: bool,
    /// The map to follow, as `plan` writes it [default: the map `plan` would propose]
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The workspace the bundle is for, as `workspace` saves it: its fields, labels, options and members
    /// [default: Twenty as it ships]
    #[arg(long, value_name = "FILE")]
    pub workspace: Option<PathBuf>,
    /// What represents a lead in Twenty, where no map says so [default: auto]
    #[arg(long, value_enum, conflicts_with = "mapping")]
    pub leads: Option<LeadStrategy>,
    /// Your decisions about merges: reports/merges.csv of an earlier run, edited
    #[arg(long, value_name = "FILE")]
    pub decisions: Option<PathBuf>,
    /// Write only what is new or changed since this older bundle (folder or zip), and list what is gone
    #[arg(long, value_name = "OLD_BUNDLE")]
    pub since: Option<PathBuf>,
    /// Convert only N leads, chosen to show every field, option and type, and those they refer to [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), conflicts_with = "since")]
    pub sample: Option<u32>,
    /// A folder of files downloaded from Close, to go into the bundle; may be given several times
    #[arg(long, value_name = "DIR")]
    pub attachments: Vec<PathBuf>,
    /// Leave attachments where they are: files.csv says where, the bundle does not hold them
    #[arg(long, requires = "attachments")]
    pub no_copy_files: bool,
    /// End with exit code 3 when anything was set aside or the export is not whole
    #[arg(long)]
    pub strict: bool,
    /// Convert only part I of N, as 2/4, for `merge`: one of N processes, on this machine or on others
    #[arg(long, value_name = "I/N", value_parser = shard, conflicts_with_all = ["since", "sample", "zip"])]
    pub shard: Option<Shard>,
}

/// A share as `2/4`.
fn shard(text: &str) -> Result<Shard, String> {
    let parsed = text.split_once('/').and_then(|(number, of)| {
        let (number, of) = (number.parse().ok()?, of.parse().ok()?);
        (number >= 1 && number <= of && of <= MAX_SHARDS).then_some(Shard { number, of })
    });
    parsed.ok_or_else(|| format!("a share is I/N with I from 1 to N, and N at most {MAX_SHARDS}"))
}

/// `merge`.
#[derive(Debug, Args)]
#[command(after_help = examples::MERGE)]
pub struct MergeArgs {
    /// The parts, in any order: all that `convert --shard` made of one export
    #[arg(required = true, value_name = "PART")]
    pub parts: Vec<PathBuf>,
    /// Where the bundle goes: a folder that does not exist, is empty, or holds an older bundle; a
    /// zip when the name ends in .zip
    #[arg(short, long, value_name = "BUNDLE")]
    pub output: PathBuf,
    /// Write the bundle as one zip, whatever its name
    #[arg(long)]
    pub zip: bool,
    /// Write only what is new or changed since this older bundle (folder or zip), and list what is gone
    #[arg(long, value_name = "OLD_BUNDLE")]
    pub since: Option<PathBuf>,
    /// Threads to use; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0, display_order = LAST)]
    pub threads: usize,
}

/// `check`.
#[derive(Debug, Args)]
#[command(after_help = examples::CHECK)]
pub struct CheckArgs {
    /// A bundle (folder or zip), a folder of CSV files, or one CSV file
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// The workspace it is for, as `workspace` saves it [default: Twenty as it ships]
    #[arg(long, value_name = "FILE")]
    pub workspace: Option<PathBuf>,
    /// The object of CSV files without a manifest, as `person` [default: guessed from their names and headers]
    #[arg(long, value_name = "NAME")]
    pub object: Option<String>,
    /// Threads to use; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0, display_order = LAST)]
    pub threads: usize,
}

/// `explain`.
#[derive(Debug, Args)]
#[command(after_help = examples::EXPLAIN)]
pub struct ExplainArgs {
    /// Diagnostic codes like C2T-E011 or e011, or the Close id of one record
    #[arg(required_unless_present = "list", value_name = "CODE|CLOSE_ID")]
    pub what: Vec<String>,
    /// List all diagnostic codes
    #[arg(long, conflicts_with_all = ["what", "bundle", "export"])]
    pub list: bool,
    /// The bundle the record is in (folder or zip)
    #[arg(long, value_name = "BUNDLE")]
    pub bundle: Option<PathBuf>,
    /// The export it was made from: shows where the record stands there, and its values in Close's words
    #[arg(long, value_name = "EXPORT", requires = "bundle", num_args = 1..)]
    pub export: Vec<PathBuf>,
}

/// `completions`.
#[derive(Debug, Args)]
#[command(after_help = examples::COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command; without one, the page of the program
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write the pages of the program and of all commands into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub all: Option<PathBuf>,
}
