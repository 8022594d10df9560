//! `check`: what Twenty would refuse of a bundle or of CSV files, told before anybody imports them.

use super::inputs;
use crate::check::{Checked, Options, check};
use crate::cli::args::CheckArgs;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::error::Result;
use crate::report::{Findings, grouped};

/// More files than these are not named.
const SHOWN: usize = 4;

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
        watcher: printer.watcher(),
    };
    let checked = check(&options)?;
    if options.workspace.is_none() {
        printer.say("No workspace file given: checked against Twenty as it ships.");
    }
    if !checked.manifest {
        let why =
            if checked.is_damaged() { "The manifest cannot be read" } else { "No manifest here" };
        printer.say(&format!("{why}: checked CSV files against the fields that are there."));
    }
    grouped::notes(&checked.notes).iter().for_each(|note| printer.say(note));
    if printer.is_json() {
        printer.json(&checked);
    } else {
        printer.result(&Findings::new(&checked).text());
    }
    next(&checked, args, printer);
    Ok(if checked.found == 0 { 0 } else { 3 })
}

/// What to do with what was found, or with what is in order.
fn next(checked: &Checked, args: &CheckArgs, printer: &Printer) {
    printer.say("");
    let again = Suggestion::new("check").path(&args.bundle);
    let again = again.option("--workspace", args.workspace.as_deref());
    let guide = if args.bundle.is_dir() {
        args.bundle.join("GUIDE.md").display().to_string()
    } else {
        "the GUIDE.md in it".to_owned()
    };
    let text = match (checked.found, checked.manifest) {
        (0, true) if cfg!(feature = "network") => {
            let push = Suggestion::new("push").path(&args.bundle).word("--url URL --dry-run");
            format!("follow {guide}, or {push}")
        }
        (0, true) => format!("follow {guide}"),
        (0, false) => {
            let files: Vec<&str> = checked.files.iter().map(|file| &*file.path).collect();
            match files.get(..SHOWN) {
                Some([first, ..]) => {
                    format!("import {first} in Twenty, then the others in this order")
                }
                _ => format!("import {} in Twenty", files.join(", then ")),
            }
        }
        (_, true) => format!("mend it as each `fix` says, convert again, then {again}"),
        (_, false) => format!("mend it as each `fix` says, then {again}"),
    };
    printer.next_by_hand(&text);
}
