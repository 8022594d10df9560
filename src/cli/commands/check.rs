//! `check`: what Twenty would refuse of a bundle or of CSV files, told before anybody imports them.

use super::inputs;
use crate::check::{Options, check};
use crate::cli::args::CheckArgs;
use crate::cli::printer::Printer;
use crate::error::Result;
use crate::report::Findings;

/// Runs the command: 0 when nothing is found, else 3.
///
/// # Errors
/// When there is nothing to check, the workspace cannot be read, or nobody can tell what a file is for.
pub fn run(args: &CheckArgs, printer: &Printer) -> Result<u8> {
    let options = Options {
        place: args.bundle.clone(),
        workspace: args.workspace.as_deref().map(inputs::workspace).transpose()?,
        object: args.object.clone(),
        threads: args.threads,
    };
    if options.workspace.is_none() {
        printer.say("No workspace file given: checking against Twenty as it ships.");
    }
    let checked = check(&options)?;
    if !checked.manifest {
        printer.say("No manifest here: checking CSV files against the fields that are there.");
    }
    for note in &checked.notes {
        printer.say(&format!("note: {note}"));
    }
    if printer.is_json() {
        printer.json(&checked);
    } else {
        printer.result(&Findings::new(&checked).text());
    }
    Ok(if checked.found == 0 { 0 } else { 3 })
}
