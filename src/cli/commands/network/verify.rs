//! `verify`: what is in Twenty held against the bundle.

use crate::cli::args::network::VerifyArgs;
use crate::cli::printer::Printer;
use crate::error::Result;
use crate::push::verify::{Options, verify};
use crate::report::verified;

/// Runs the command: 0 when everything is as the bundle says, 3 with findings.
///
/// # Errors
/// When the bundle was not pushed from here, or something cannot be read.
pub fn run(args: &VerifyArgs, printer: &Printer) -> Result<u8> {
    let listener = printer.listener();
    let connect = super::with_journal(&args.to);
    let options = Options { connect, sample: args.sample, files: args.files };
    let outcome = verify(&args.to.bundle, &options, super::stop(), &listener)?;
    drop(listener);
    if printer.is_json() {
        printer.outcome(&outcome);
    } else {
        printer.result(&verified::table(&outcome));
    }
    match outcome.lists.first() {
        Some(list) if outcome.needs_a_person() => printer.next_by_hand(&format!(
            "look at {}: somebody may have changed these records in Twenty since, and each finding says what is there",
            list.display()
        )),
        _ if outcome.needs_a_person() => {}
        _ => printer.say("Done. Keep the bundle and its journal: a rollback needs them."),
    }
    Ok(if outcome.needs_a_person() { 3 } else { 0 })
}
