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
    if outcome.needs_a_person()
        && let Some(list) = outcome.lists.first()
    {
        printer.say(&format!("Each finding is in {}", list.display()));
    }
    Ok(if outcome.needs_a_person() { 3 } else { 0 })
}
