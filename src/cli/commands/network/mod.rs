//! The commands that use the network, one file each.

pub mod push;
pub mod rollback;
pub mod verify;
pub mod workspace;

use crate::cli::args::network::{BundleArgs, ConnectArgs};
use crate::cli::suggest::Suggestion;
use crate::push::run::Connect;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

fn connect(args: &ConnectArgs) -> Connect {
    Connect {
        url: args.url.clone(),
        key_file: args.api_key_file.clone(),
        ca_file: args.ca_file.clone(),
        journal: None,
    }
}

fn with_journal(args: &BundleArgs) -> Connect {
    Connect { journal: args.journal.clone(), ..connect(&args.connect) }
}

/// Another command for the same bundle and workspace.
fn suggest(command: &str, args: &BundleArgs) -> Suggestion {
    let ConnectArgs { url, api_key_file, ca_file } = &args.connect;
    let command = Suggestion::new(command).path(&args.bundle);
    let command = command.option("--url", Some(url.as_ref()));
    let command = command.option("--api-key-file", api_key_file.as_deref());
    let command = command.option("--ca-file", ca_file.as_deref());
    command.option("--journal", args.journal.as_deref())
}

/// Told to stop, a push ends after the request that is on its way.
fn stop() -> Arc<AtomicBool> {
    crate::cli::stop_softly()
}
