//! `audit`: survey the export and say what is in it.

use crate::cli::args::AuditArgs;
use crate::cli::printer::Printer;
use crate::cli::suggest::Suggestion;
use crate::error::Result;
use crate::pipeline;
use crate::read::Sources;
use crate::report::Audit;
use crate::survey::survey;

/// Runs the command.
///
/// # Errors
/// When the export cannot be read.
pub fn run(args: &AuditArgs, printer: &Printer) -> Result<u8> {
    let sources = Sources::find(&args.export.exports)?;
    let pool = pipeline::pool(args.export.threads)?.watched(&printer.watcher());
    let (survey, _) = survey(&pool, sources, &[])?;
    let audit = Audit::new(&survey);
    if printer.is_json() {
        printer.json(&audit);
    } else {
        printer.result(&audit.text());
    }
    printer.say("");
    let plan = Suggestion::new("plan").exports(&args.export.exports);
    let convert = Suggestion::new("convert").exports(&args.export.exports).word("-o BUNDLE");
    printer.next_by_hand(&format!("{plan}, or at once {convert}"));
    Ok(0)
}
