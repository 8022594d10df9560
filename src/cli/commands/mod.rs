//! One file per command; each tells the story of its command.

pub mod audit;
pub mod check;
pub mod convert;
mod explain;
mod inputs;
pub mod merge;
#[cfg(feature = "network")]
pub mod network;
pub mod plan;
pub mod shard;
mod shell;

use super::args::{Cli, Command};
use super::printer::Printer;
use crate::error::Result;

/// Runs the command and answers the exit code.
pub(super) fn run(cli: &Cli, printer: &Printer) -> Result<u8> {
    match &cli.command {
        Command::Audit(args) => audit::run(args, printer),
        Command::Plan(args) => plan::run(args, printer),
        Command::Convert(args) if args.shard.is_some() => shard::run(args, printer),
        Command::Convert(args) => convert::run(args, printer),
        Command::Merge(args) => merge::run(args, printer),
        Command::Check(args) => check::run(args, printer),
        Command::Explain(args) => explain::run(args, printer),
        #[cfg(feature = "network")]
        Command::Workspace(args) => network::workspace::run(args, printer),
        #[cfg(feature = "network")]
        Command::Push(args) => network::push::run(args, printer),
        #[cfg(feature = "network")]
        Command::Verify(args) => network::verify::run(args, printer),
        #[cfg(feature = "network")]
        Command::Rollback(args) => network::rollback::run(args, printer),
        Command::Completions(args) => Ok(shell::completions(args, printer)),
        Command::Man(args) => shell::man(args, printer),
    }
}
