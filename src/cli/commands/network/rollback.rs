//! `rollback`: takes back what a push did.

use crate::cli::args::network::RollbackArgs;
use crate::cli::printer::Printer;
use crate::error::Result;
use crate::push::rollback::{Options, rollback};
use crate::report::rolled_back;

/// Runs the command: 0 when everything is taken back, 3 when something was kept.
///
/// # Errors
/// When nothing was pushed from here, or the server or the journal fails.
pub fn run(args: &RollbackArgs, printer: &Printer) -> Result<u8> {
    let listener = printer.listener();
    let options = Options {
        connect: super::with_journal(&args.to),
        force: args.force,
        keep_schema: args.keep_schema,
        dry_run: args.dry_run,
    };
    let outcome = rollback(&args.to.bundle, &options, super::stop(), &listener)?;
    drop(listener);
    if printer.is_json() {
        printer.outcome(&outcome);
    } else {
        printer.result(&rolled_back::table(&outcome));
    }
    for name in &outcome.asleep {
        printer.warn("C2T-E317", &format!("the workflow `{name}` could not be woken: run the rollback again, or switch it off and on by hand"));
    }
    if let Some(list) = &outcome.kept_list {
        printer.say(&format!("What was kept, and why, is in {}.", list.display()));
        printer.next(&super::suggest("rollback", &args.to).word("--force"));
    } else if outcome.dry_run {
        printer.next_by_hand("the same command without --dry-run");
    } else if outcome.complete {
        printer.say("Done: nothing of this push is left to take back.");
    }
    Ok(if outcome.needs_a_person() { 3 } else { 0 })
}
