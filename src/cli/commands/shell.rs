//! `completions` and `man`: made from the command line's own definition.

use crate::cli::args::{Cli, CompletionsArgs, ManArgs};
use crate::cli::printer::Printer;
use crate::error::{Error, Result};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::path::Path;

pub(super) fn completions(args: &CompletionsArgs, printer: &Printer) -> u8 {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "close2twenty", &mut out);
    printer.result(&String::from_utf8_lossy(&out));
    0
}

/// The page of one command, or all pages as files.
pub(super) fn man(args: &ManArgs, printer: &Printer) -> Result<u8> {
    let mut program = Cli::command().disable_help_subcommand(true);
    // Names the commands `close2twenty-convert`, as their pages are called.
    program.build();
    if let Some(folder) = &args.all {
        let pages = std::iter::once(&program).chain(program.get_subcommands());
        let written = pages.map(|command| write(command, folder)).collect::<Result<Vec<()>>>()?;
        printer.say(&format!("{} pages written to {}.", written.len(), folder.display()));
        return Ok(0);
    }
    let command = match &args.command {
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            Error::usage("C2T-E002", format!("there is no command `{name}`"))
                .fix("`close2twenty --help` lists the commands")
        })?,
        None => &program,
    };
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page).map_err(Error::report)?;
    printer.result(&String::from_utf8_lossy(&page));
    Ok(0)
}

fn write(command: &Command, folder: &Path) -> Result<()> {
    let io = |e| Error::io("cannot write the manual page", folder, e);
    std::fs::create_dir_all(folder).map_err(io)?;
    Man::new(command.clone()).generate_to(folder).map_err(io)?;
    Ok(())
}
