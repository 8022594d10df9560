//! What a networked run says while it goes on: bars on a terminal, lines of JSON for programs, nothing else. It must not
//! say anything twice.

use super::printer::Printer;
use crate::push::progress::{Listen, Said};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const LOOK: &str = "{msg:28} {bar:24} {human_pos}/{human_len}  {per_sec}  {eta} left";
/// The bar is redrawn this often, so that a waiting run does not look dead.
const TICK: Duration = Duration::from_millis(250);

/// See the module's head.
#[expect(clippy::struct_excessive_bools, reason = "the printer's settings")]
pub struct Progress {
    /// Bars are drawn; else, where `events`, lines of JSON are written.
    bars: bool,
    events: bool,
    quiet: bool,
    verbose: bool,
    bar: Mutex<Option<ProgressBar>>,
}

impl Progress {
    /// For this printer: bars only on a terminal, and not when told to be quiet.
    pub fn new(printer: &Printer) -> Self {
        let (events, quiet, verbose) =
            (printer.is_json(), printer.is_quiet(), printer.is_verbose());
        let bars = !quiet && std::io::stderr().is_terminal();
        Self { bars, events, quiet, verbose, bar: Mutex::default() }
    }

    fn draw(&self, said: &Said) {
        let mut held = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match said {
            Said::Phase { phase, object, planned, .. } => {
                let bar =
                    ProgressBar::with_draw_target(Some(*planned), ProgressDrawTarget::stderr());
                if let Ok(style) = ProgressStyle::with_template(LOOK) {
                    bar.set_style(style);
                }
                bar.set_message(format!("{phase}: {object}"));
                bar.enable_steady_tick(TICK);
                *held = Some(bar);
            }
            Said::Step { done } => {
                if let Some(bar) = &*held {
                    bar.inc(*done);
                }
            }
            Said::Finished(_) => {
                if let Some(bar) = held.take() {
                    bar.finish_and_clear();
                }
            }
            Said::Note { .. } | Said::Detail { .. } => {}
        }
    }

    fn words(&self, said: &Said) {
        let text = match said {
            Said::Note { code, text } if !self.quiet => format!("note[{code}]: {text}"),
            Said::Detail { text } if self.verbose => text.clone(),
            _ => return,
        };
        let held = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(bar) => bar.println(text),
            None => Printer::err(&text),
        }
    }
}

impl Listen for Progress {
    fn hear(&self, said: &Said) {
        if self.events {
            if !matches!(said, Said::Detail { .. }) || self.verbose {
                Printer::json_line(said);
            }
            return;
        }
        if self.bars {
            self.draw(said);
        }
        self.words(said);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let held = self.bar.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(bar) = held.take() {
            bar.finish_and_clear();
        }
    }
}
