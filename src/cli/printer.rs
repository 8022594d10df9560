//! What each verbosity shows: results on standard output, talk on standard error. The only place
//! that prints.

use super::args::{Format, Global};
use super::output::{Failure, Why};
use crate::error::Error;
use std::io::{IsTerminal, Write};

/// See the module's head.
#[derive(Debug)]
pub struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
    color: bool,
}

/// Says that the run was stopped from outside.
pub(super) fn stopped(json: bool) {
    let (code, what) = ("C2T-E050", "stopped; no bundle was written and nothing was left behind");
    if json {
        let error = Why { code, what: what.to_owned(), ..Why::default() };
        failed(&Failure { error });
    } else {
        Printer::err(&format!("error[{code}]: {what}"));
    }
}

/// Says to a program why the run ended: one line of JSON on standard error.
pub(super) fn failed(failure: &Failure) {
    if let Ok(text) = serde_json::to_string(failure) {
        Printer::err(&text);
    }
}

/// Says that a networked run will stop, and how.
#[cfg(feature = "network")]
pub(super) fn stopping() {
    Printer::err(
        "Stopping after the request that is on its way; once more stops at once. The journal stays.",
    );
}

impl Printer {
    /// A printer for these options; `NO_COLOR` and pipes turn colours off.
    pub fn new(global: &Global) -> Self {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = !plain && std::io::stderr().is_terminal();
        Self { format: global.format, quiet: global.quiet, verbose: global.verbose, color }
    }

    /// Who hears of a networked run: bars on a terminal, or lines of JSON.
    #[cfg(feature = "network")]
    pub fn listener(&self) -> std::sync::Arc<dyn crate::push::progress::Listen + Send> {
        std::sync::Arc::new(super::progress::Progress::new(self))
    }

    /// Nothing but errors is said.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// More is said.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Prints how a networked run ended, the last of its lines of JSON.
    #[cfg(feature = "network")]
    pub fn outcome(&self, outcome: &impl serde::Serialize) {
        Self::json_line(&super::output::Last::Outcome { outcome });
    }

    /// Prints one line of JSON on standard output.
    #[cfg(feature = "network")]
    pub fn json_line(value: &impl serde::Serialize) {
        if let Ok(text) = serde_json::to_string(value) {
            let mut out = std::io::stdout().lock();
            let _ = writeln!(out, "{text}").and_then(|()| out.flush());
        }
    }

    /// Programs read the result.
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Prints the result. A reader that has gone away is no error.
    pub fn result(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// Prints the result as JSON.
    pub fn json(&self, value: &impl serde::Serialize) {
        if let Ok(text) = serde_json::to_string_pretty(value) {
            self.result(&format!("{text}\n"));
        }
    }

    /// Says something about the run.
    pub fn say(&self, text: &str) {
        if !self.quiet {
            Self::err(text);
        }
    }

    /// Says something only the curious want to know.
    pub fn detail(&self, text: &str) {
        if self.verbose {
            Self::err(text);
        }
    }

    /// Warns.
    pub fn warn(&self, code: &str, text: &str) {
        if !self.quiet {
            Self::err(&format!("{} {text}", self.paint("33", &format!("warning[{code}]:"))));
        }
    }

    /// Says why the run ended.
    pub fn error(&self, error: &Error) {
        if self.is_json() {
            return failed(&Failure::from(error));
        }
        Self::err(&format!("{} {error}", self.paint("31", &format!("error[{}]:", error.code))));
        if let Some(fix) = &error.fix {
            Self::err(&format!("{} {fix}", self.paint("36", "hint:")));
        }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[1;{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(super) fn err(text: &str) {
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "{text}");
    }
}
