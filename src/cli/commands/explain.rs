//! `explain`: what a diagnostic code means, or what became of one record.

use crate::cli::args::ExplainArgs;
use crate::cli::printer::Printer;
use crate::error::{Error, Result};
use crate::report::codes::{self, Codes};

/// Runs the command.
///
/// # Errors
/// `C2T-E090` for an unknown code, `C2T-E091` for a record without its bundle, `C2T-E092` for one the bundle does not
/// know, `C2T-E093` when more than one record is asked for.
pub(super) fn run(args: &ExplainArgs, printer: &Printer) -> Result<u8> {
    if args.list {
        let all = Codes { codes: codes::all() };
        if printer.is_json() {
            printer.json(&all);
        } else {
            printer.result(&codes::list(&all.codes));
        }
        return Ok(0);
    }
    if args.what.iter().all(|word| codes::is_code(word)) {
        let found = args.what.iter().map(|word| code(word)).collect::<Result<Vec<_>>>()?;
        if printer.is_json() {
            printer.json(&Codes { codes: found });
        } else {
            printer.result(&codes::text(&found));
        }
        return Ok(0);
    }
    record(args)
}

fn code(word: &str) -> Result<codes::Code> {
    codes::find(word).map_err(|near| {
        let fix = if near.is_empty() {
            "see all of them with `close2twenty explain --list`".to_owned()
        } else {
            format!("did you mean {}?", near.join(", "))
        };
        Error::usage("C2T-E090", format!("there is no code `{word}`")).fix(fix)
    })
}

fn record(args: &ExplainArgs) -> Result<u8> {
    let [id] = args.what.as_slice() else {
        let what = "only one record can be explained at a time, and no codes beside it";
        return Err(Error::usage("C2T-E093", what).fix("ask for one after the other"));
    };
    let Some(_bundle) = &args.bundle else {
        let what = format!("`{id}` is no diagnostic code, and for a record the bundle is needed");
        return Err(Error::usage("C2T-E091", what)
            .fix(format!("close2twenty explain {id} --bundle BUNDLE")));
    };
    Ok(0)
}
