//! The command line: words in, results out. It must not hold rules about data.

pub mod args;
mod clock;
pub mod commands;
pub mod output;
pub mod printer;
mod progress;
mod suggest;

pub use args::Cli;

use crate::error::Error;
use clap::Parser;
use output::Failure;
use printer::Printer;
use std::ffi::OsString;
use std::process::ExitCode;
#[cfg(feature = "network")]
use std::sync::{Arc, LazyLock, atomic::AtomicBool, atomic::Ordering};

/// Somebody has asked to stop; those who hold it look at it.
#[cfg(feature = "network")]
static SOFT: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Runs the program with these arguments and tells how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && wants_json(&args) => {
            printer::failed(&Failure::from(&error));
            return ExitCode::from(2);
        }
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing is left to do when even this cannot be printed.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let printer = Printer::new(&cli.global);
    stop_cleanly(printer.is_json());
    let result = commands::run(&cli, &printer);
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            printer.error(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// From now on, told to stop, the program ends by itself after the request that is on its way: what was done stands in
/// the journal. Told a second time, it ends at once.
#[cfg(feature = "network")]
fn stop_softly() -> Arc<AtomicBool> {
    Arc::clone(&SOFT)
}

/// Programs are to read the result, as far as a command line shows it that cannot be understood.
fn wants_json(args: &[OsString]) -> bool {
    let pairs = args.windows(2).any(|pair| pair == ["--format", "json"]);
    pairs || args.iter().any(|arg| arg == "--format=json")
}

/// Told to stop, the program removes what it has written so far and says so.
fn stop_cleanly(json: bool) {
    let stop = move || {
        #[cfg(feature = "network")]
        if Arc::strong_count(&SOFT) > 1 && !SOFT.swap(true, Ordering::Relaxed) {
            printer::stopping();
            return;
        }
        progress::clear();
        crate::bundle::remove_unfinished();
        printer::stopped(json);
        #[expect(clippy::exit, reason = "the run ends here, whatever the other threads do")]
        std::process::exit(130);
    };
    // Without a handler the program just ends; a hidden folder may stay behind.
    let _ = ctrlc::set_handler(stop);
}

fn exit_code(error: &Error) -> u8 {
    match error.kind {
        crate::error::ErrorKind::Usage => 2,
        crate::error::ErrorKind::Failed => 1,
    }
}
