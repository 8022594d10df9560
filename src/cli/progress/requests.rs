//! What a networked run says while it goes on: bars on a terminal, lines of JSON for programs, nothing else. It must not
//! say anything twice.

use super::{advance, clear, show};
use crate::cli::printer::Printer;
use crate::push::progress::{Listen, Said};
use crate::report::grouped::TOLD;
use indicatif::ProgressStyle;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

const LOOK: &str = "{msg:28} {wide_bar} {human_pos}/{human_len}  {per_sec}  {eta} left";

/// See the module's head.
#[expect(clippy::struct_excessive_bools, reason = "the printer's settings")]
pub struct Requests {
    /// Bars are drawn; else, where `events`, lines of JSON are written.
    bars: bool,
    events: bool,
    quiet: bool,
    verbose: bool,
    /// Notes heard, by code: after the first few they are counted, unless more is to be said.
    notes: Mutex<BTreeMap<&'static str, u64>>,
}

impl Requests {
    /// For this printer: bars only on a terminal, and not when told to be quiet.
    pub fn new(printer: &Printer) -> Self {
        let (events, quiet, verbose) =
            (printer.is_json(), printer.is_quiet(), printer.is_verbose());
        let notes = Mutex::default();
        Self { bars: printer.has_bars(), events, quiet, verbose, notes }
    }

    fn draw(said: &Said) {
        match said {
            Said::Phase { phase, object, planned, .. } => {
                let style = ProgressStyle::with_template(LOOK);
                let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
                show(*planned, style, format!("{phase}: {object}"));
            }
            Said::Step { done } => advance(*done),
            Said::Finished(_) => clear(),
            Said::Note { .. } | Said::Detail { .. } => {}
        }
    }

    fn words(&self, said: &Said) {
        match said {
            Said::Note { code, text } if !self.quiet => {
                let heard = {
                    let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
                    let heard = notes.entry(*code).or_default();
                    *heard += 1;
                    *heard
                };
                if self.verbose || heard <= TOLD as u64 {
                    Printer::err(&format!("note[{code}]: {text}"));
                }
            }
            Said::Detail { text } if self.verbose => Printer::err(text),
            _ => {}
        }
    }
}

impl Listen for Requests {
    fn hear(&self, said: &Said) {
        if self.events {
            if !matches!(said, Said::Detail { .. }) || self.verbose {
                Printer::json_line(said);
            }
            return;
        }
        if self.bars {
            Self::draw(said);
        }
        self.words(said);
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        clear();
        let notes = self.notes.get_mut().unwrap_or_else(PoisonError::into_inner);
        for (code, heard) in notes.iter().filter(|_| !self.verbose) {
            let others = heard.saturating_sub(TOLD as u64);
            if others > 0 {
                Printer::err(&format!("… and {others} more ({code}; -v tells all)"));
            }
        }
    }
}
