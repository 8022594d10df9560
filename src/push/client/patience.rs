//! One call and its tries: waits for its turn, sends it, judges the answer, waits and sends again. It must not know what
//! the call is about.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::Value;

use super::fault::{Fault, Refusal};
use super::signs::{Class, Verdict, asked_wait, judge, named_rate};
use super::transport::{Answer, Call, Headers, Load, NoAnswer};
use super::{Client, Waiting, pacer};

/// Tries of a call without a usable answer, the first included (`twenty-api.md` §3.7).
const TRIES: u32 = 6;
/// The wait after the first of them; doubled after each.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// How often a wait looks whether to stop.
const LOOK: Duration = Duration::from_millis(100);
impl Client {
    /// Sends a call until there is an answer that says something, or patience is at its end.
    pub(super) fn patiently<'a>(
        &self,
        paced: bool,
        call: &mut dyn FnMut() -> Call<'a>,
    ) -> Result<Value, Refusal> {
        let (mut tries, mut throttled) = (0, 0);
        loop {
            let start = self.turn(paced)?;
            let (verdict, headers) = match self.exchange(call()) {
                Ok(answer) => (self.judged(&answer), answer.headers),
                Err((class, fault)) => (Verdict::Refused(class, fault), Headers::default()),
            };
            let (class, fault) = match verdict {
                Verdict::Fine(value) => {
                    self.let_through(paced, start);
                    return Ok(value);
                }
                Verdict::Refused(class, fault) => (class, fault.without(self.key.secret())),
            };
            if class == Class::Throttle {
                throttled += 1;
                self.throttled(paced, throttled, fault, &headers)?;
                continue;
            }
            self.let_through(paced, start);
            tries += 1;
            if class != Class::Transient || tries == TRIES {
                return Err(self.refusal(class, fault));
            }
            let span = headers.retry_after.unwrap_or(FIRST_WAIT * 2u32.pow(tries - 1));
            let message = fault.message;
            (self.options.talk)(&Waiting::Again { attempt: tries, span, message });
            self.pause(span)?;
        }
    }

    /// Waits for the call's turn; when it begins.
    fn turn(&self, paced: bool) -> Result<Duration, Refusal> {
        self.look()?;
        let now = self.options.clock.now();
        let start = if paced { self.pacer().book(now) } else { now };
        self.pause(start.saturating_sub(now))?;
        Ok(start)
    }

    fn let_through(&self, paced: bool, start: Duration) {
        if paced {
            self.pacer().accepted(start);
        }
    }

    /// Waits as long as the server asks for; for a paced call the pacer keeps the wait, and its next turn is then.
    fn throttled(
        &self,
        paced: bool,
        times: u32,
        fault: Fault,
        headers: &Headers,
    ) -> Result<(), Refusal> {
        self.refused.fetch_add(1, Ordering::Relaxed);
        let asked = headers.retry_after.or_else(|| asked_wait(&fault)).map(|wait| wait.max(LOOK));
        let rate = named_rate(&fault, headers.limit);
        let span = if paced {
            self.pacer().refused(self.options.clock.now(), rate, asked)
        } else {
            asked.unwrap_or_else(|| pacer::growing(times))
        };
        (self.options.talk)(&Waiting::Throttled { span, message: fault.message });
        if paced { Ok(()) } else { self.pause(span) }
    }

    /// Lets `span` pass, unless the user wants to stop.
    pub(crate) fn pause(&self, span: Duration) -> Result<(), Refusal> {
        let end = self.options.clock.now() + span;
        loop {
            self.look()?;
            let left = end.saturating_sub(self.options.clock.now());
            if left.is_zero() {
                return Ok(());
            }
            self.options.clock.sleep(left.min(LOOK));
        }
    }

    pub(super) fn look(&self) -> Result<(), Refusal> {
        if self.options.stop.load(Ordering::Relaxed) { Err(Refusal::Stopped) } else { Ok(()) }
    }

    /// A call that is sent once.
    pub(super) fn once(&self, call: Call<'_>) -> Result<Answer, Refusal> {
        self.look()?;
        self.exchange(call).map_err(|(class, fault)| self.refusal(class, fault))
    }

    fn exchange(&self, call: Call<'_>) -> Result<Answer, NoAnswer> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let bytes = match &call.load {
            Load::Nothing => 0,
            Load::Bytes(bytes) => bytes.len() as u64,
            Load::Stream(_, length) => *length,
        };
        let keyed = call.keyed;
        let answer = self.transport.exchange(call)?;
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        // Another server's clock is not this one's.
        if let Some(date) = answer.headers.date.filter(|_| keyed) {
            self.date.store(date.as_second(), Ordering::Relaxed);
        }
        Ok(answer)
    }

    /// The verdict on an answer of the server itself. A schema without the fields of a workspace is what somebody without
    /// a key gets to see (`twenty-observed.md` §0.5); with a key that worked before, the document is wrong.
    pub(super) fn judged(&self, answer: &Answer) -> Verdict {
        match judge(answer.status, &answer.body) {
            Verdict::Refused(Class::Data, fault)
                if fault.code.is_empty()
                    && fault.message.starts_with("Cannot query field")
                    && !self.worked.load(Ordering::Relaxed) =>
            {
                let message = format!("{} (does the server see the key at all?)", fault.message);
                let code = "KEY_NOT_SEEN".to_owned();
                Verdict::Refused(Class::Fatal, Fault { code, message, ..fault })
            }
            Verdict::Fine(value) => {
                if value.get("data").is_some_and(|data| !data.is_null()) {
                    self.worked.store(true, Ordering::Relaxed);
                }
                Verdict::Fine(value)
            }
            refused @ Verdict::Refused(..) => refused,
        }
    }

    /// A storage place's refusal: it is no word about the key, whatever its status, so it never ends the run.
    pub(super) fn place_refused(&self, answer: &Answer) -> Refusal {
        let (class, fault) = match judge(answer.status, &answer.body) {
            Verdict::Refused(class, fault) => (class, fault),
            Verdict::Fine(_) => (Class::Data, Fault::own("", format!("HTTP {}", answer.status))),
        };
        let status = answer.status;
        let class = if matches!(class, Class::Throttle) || status >= 500 {
            Class::Transient
        } else {
            Class::Data
        };
        self.refusal(class, Fault { status, ..fault })
    }

    pub(super) fn refusal(&self, class: Class, fault: Fault) -> Refusal {
        let fault = fault.without(self.key.secret());
        match class {
            Class::Fatal => Refusal::Fatal(fault),
            Class::TooLarge => Refusal::TooLarge(fault),
            Class::Data => Refusal::Data(fault),
            Class::Throttle | Class::Transient => Refusal::Lost(fault),
        }
    }
}
