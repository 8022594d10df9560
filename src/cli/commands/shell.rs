//! `completions` and `man`: made from the command line's own definition.

use crate::cli::args::{Cli, CompletionsArgs};
use crate::cli::printer::Printer;
use crate::error::{Error, Result};
use clap::CommandFactory;

pub(super) fn completions(args: &CompletionsArgs, printer: &Printer) -> u8 {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "close2twenty", &mut out);
    printer.result(&String::from_utf8_lossy(&out));
    0
}

pub(super) fn man(printer: &Printer) -> Result<u8> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut out)
        .map_err(|e| Error::failed("C2T-E040", format!("cannot make the manual page: {e}")))
        .map_err(|e| e.fix("please report it; --help says the same"))?;
    printer.result(&String::from_utf8_lossy(&out));
    Ok(0)
}
