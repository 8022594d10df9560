//! What each verbosity shows: results on standard output, talk on standard error. The only place
//! that prints.

use super::args::{Color, Format, Global};
use super::clock::Stopwatch;
use super::output::{Failure, Why};
use super::progress;
use super::suggest::Suggestion;
use crate::error::Error;
use crate::event::watch::Watcher;
use crate::report::grouped::{Remark, Told, grouped};
use anstream::{AutoStream, ColorChoice};
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;

/// See the module's head.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one for each thing that can be switched")]
pub struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
    color: bool,
    /// A person reads standard error as it is written.
    terminal: bool,
    started: Stopwatch,
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
    /// A printer for these options. Colours are for terminals, unless told otherwise; `NO_COLOR`, `CLICOLOR` and
    /// `CLICOLOR_FORCE` are heard.
    pub fn new(global: &Global) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&std::io::stderr()) != ColorChoice::Never,
        };
        let Global { format, quiet, verbose, .. } = *global;
        Self { format, quiet, verbose, color, terminal, started: Stopwatch::start() }
    }

    /// Who hears how far a long run is: a bar on a terminal, else nobody.
    pub fn watcher(&self) -> Watcher {
        if self.has_bars() {
            Watcher::new(Arc::new(progress::Passes::default()))
        } else {
            Watcher::default()
        }
    }

    /// Bars are drawn: on a terminal, and not when told to be quiet.
    pub fn has_bars(&self) -> bool {
        self.terminal && !self.quiet
    }

    /// Time since the program began.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Who hears of a networked run: bars on a terminal, or lines of JSON.
    #[cfg(feature = "network")]
    pub fn listener(&self) -> Arc<dyn crate::push::progress::Listen + Send> {
        Arc::new(progress::Requests::new(self))
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

    /// Warns of each: the first few of a code, then how many more there are, and that they are `all` elsewhere.
    pub fn warnings(&self, remarks: impl IntoIterator<Item = Remark>, all: &str) {
        if self.quiet {
            return;
        }
        for told in grouped(remarks, all) {
            match told {
                Told::One((code, text)) => self.warn(code, &text),
                Told::More(text) => Self::err(&text),
            }
        }
    }

    /// Says what to do next, in one line that ends with a command to copy.
    pub fn next(&self, command: &Suggestion) {
        self.say(&format!("{} {command}", self.paint("32", "Next:")));
    }

    /// Says what to do next, where that is no command.
    pub fn next_by_hand(&self, text: &str) {
        self.say(&format!("{} {text}", self.paint("32", "Next:")));
    }

    /// Says why the run ended: what and where, the causes below it, what to do, and where more is said.
    pub fn error(&self, error: &Error) {
        if self.is_json() {
            return failed(&Failure::from(error));
        }
        let head = self.paint("31", &format!("error[{}]:", error.code));
        Self::err(&format!("{head} {}", error.headline()));
        for cause in error.causes() {
            Self::err(&format!("{} {cause}", self.paint("31", "cause:")));
        }
        if let Some(fix) = &error.fix {
            Self::err(&format!("{} {fix}", self.paint("36", "hint:")));
        }
        if self.terminal {
            let more = Suggestion::new("explain").word(error.code);
            Self::err(&format!("{} {more}", self.paint("36", "explain:")));
        }
    }

    fn paint(&self, color: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[1;{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    pub(super) fn err(text: &str) {
        progress::above(|| {
            let mut err = std::io::stderr().lock();
            let _ = writeln!(err, "{text}");
        });
    }
}
