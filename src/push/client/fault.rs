//! Why a request brought nothing, in the few classes the rest of `push` acts upon (`twenty-api.md` §3.7). It must not
//! decide the class: `signs` does.

use std::fmt;

use serde_json::Value;

use crate::error::Error;

/// What the server, or the way to it, said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// `extensions.code` of GraphQL, `code` or `error` of REST; for what never reached the server a word of the
    /// client's own: `NO_ANSWER`, `NO_JSON`, `REDIRECT`, `TLS`, `SOURCE`, `SINK`, `KEY_NOT_SEEN`. May be empty.
    pub code: String,
    /// `extensions.subCode`, the finer code of `/graphql`.
    pub sub_code: Option<String>,
    /// The words, never with the key in them.
    pub message: String,
    /// HTTP status; 0 when there was no answer. Says little: see `twenty-observed.md` §0.5.
    pub status: u16,
    /// All `extensions` of the GraphQL error, or the whole body of a REST answer; `Null` without.
    pub extensions: Value,
}

impl Fault {
    /// A fault the client found itself.
    pub(crate) fn own(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), ..Self::default() }
    }

    /// Is `code` its code or its finer code?
    pub fn is(&self, code: &str) -> bool {
        self.code == code || self.sub_code.as_deref() == Some(code)
    }

    /// The same fault with every `secret` in it blotted out.
    pub(super) fn without(mut self, secret: &str) -> Self {
        blot(&mut self.message, secret);
        blot(&mut self.code, secret);
        if let Some(code) = &mut self.sub_code {
            blot(code, secret);
        }
        blot_value(&mut self.extensions, secret);
        self
    }
}

fn blot(text: &mut String, secret: &str) {
    if text.contains(secret) {
        *text = text.replace(secret, "…");
    }
}

fn blot_value(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) => blot(text, secret),
        Value::Array(items) => items.iter_mut().for_each(|item| blot_value(item, secret)),
        Value::Object(members) => {
            members.values_mut().for_each(|member| blot_value(member, secret));
        }
        _ => {}
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = if self.message.is_empty() { "no reason given" } else { &self.message };
        write!(f, "{message}")?;
        let codes: Vec<&str> =
            [Some(self.code.as_str()), self.sub_code.as_deref()].into_iter().flatten().collect();
        let codes: Vec<&str> = codes.into_iter().filter(|code| !code.is_empty()).collect();
        if !codes.is_empty() {
            write!(f, " [{}]", codes.join(", "))?;
        }
        Ok(())
    }
}

/// Why a request brought nothing, by what is to be done. Throttled and transient ones come out only when patience is at
/// its end, as [`Refusal::Lost`].
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// The server refuses what was sent: bisect, report, go on.
    Data(Fault),
    /// The body is too large: send less at a time.
    TooLarge(Fault),
    /// Unreachable, 5xx, no JSON: the run stops and can be resumed. A streamed body comes back with this at once, also
    /// when it was throttled: open it again and decide.
    Lost(Fault),
    /// Key, rights, quota, address: the run stops, a person must act.
    Fatal(Fault),
    /// The user asked to stop. Nothing was sent, or what was sent last was refused.
    Stopped,
}

impl Refusal {
    /// What was said; `None` when the user stopped the run.
    pub fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Data(fault) | Self::TooLarge(fault) | Self::Lost(fault) | Self::Fatal(fault) => {
                Some(fault)
            }
            Self::Stopped => None,
        }
    }

    /// The end of the run it makes where nothing else can be done about it: `C2T-E303` to `C2T-E307`.
    pub fn into_error(self) -> Error {
        match self {
            Self::Lost(fault) => Error::failed("C2T-E303", format!("the server gave no usable answer: {fault}"))
                .fix("see whether the server runs, then run the same command again: it goes on where it was"),
            Self::Fatal(fault) => {
                let (what, fix) = end(&fault);
                Error::failed("C2T-E304", format!("{what}: {fault}")).fix(fix)
            }
            Self::Stopped => Error::failed("C2T-E305", "the run was stopped")
                .fix("run the same command again: it goes on where it was"),
            Self::Data(fault) => Error::failed("C2T-E306", format!("the server refuses a request: {fault}"))
                .fix("see its words; a version of Twenty this program does not know may want other ones"),
            Self::TooLarge(fault) => Error::failed("C2T-E307", format!("the server, or a proxy before it, takes no body of this size: {fault}"))
                .fix("let the proxy take bodies of 10 MB"),
        }
    }
}

/// Fatal faults by code: what is the matter, and what a person does about it.
const ENDS: &[(&str, &str, &str)] = &[
    ("REDIRECT", "the server is elsewhere", "give --url the address it leads to"),
    (
        "TLS",
        "the server's certificate is not trusted",
        "give --ca-file the certificate of the authority that signed it",
    ),
    (
        "QUOTA_EXHAUSTED",
        "the workspace's quota is used up",
        "raise it or wait for the next period, then run the same command again",
    ),
    (
        "KEY_NOT_SEEN",
        "the key does not reach the server",
        "let the proxy before it pass the Authorization header",
    ),
    ("UNAUTHENTICATED", "the server does not accept the key", NEW_KEY),
    ("FORBIDDEN_EXCEPTION", "the server does not accept the key", NEW_KEY),
];
const NEW_KEY: &str =
    "make a new key in Twenty (Settings, APIs & Webhooks), then run the same command again";

fn end(fault: &Fault) -> (&'static str, &'static str) {
    let found = ENDS.iter().find(|(code, ..)| fault.is(code));
    found.map_or(
        (
            "the key may not do this",
            "give its role the right, simplest Admin, then run the same command again",
        ),
        |(_, what, fix)| (*what, *fix),
    )
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault() {
            Some(fault) => write!(f, "{fault}"),
            None => write!(f, "stopped"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        refusal.into_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_says_what_to_do() {
        let fault = |code: &str, sub: Option<&str>| Fault {
            sub_code: sub.map(str::to_owned),
            ..Fault::own(code, "words")
        };
        let cases = [
            (Refusal::Lost(fault("NO_ANSWER", None)), "C2T-E303", "goes on"),
            (Refusal::Fatal(fault("UNAUTHENTICATED", None)), "C2T-E304", "new key"),
            (
                Refusal::Fatal(fault("FORBIDDEN", Some("FORBIDDEN_EXCEPTION"))),
                "C2T-E304",
                "new key",
            ),
            (Refusal::Fatal(fault("FORBIDDEN", Some("PERMISSION_DENIED"))), "C2T-E304", "Admin"),
            (Refusal::Fatal(fault("TLS", None)), "C2T-E304", "--ca-file"),
            (Refusal::Fatal(fault("REDIRECT", None)), "C2T-E304", "--url"),
            (Refusal::Fatal(fault("QUOTA_EXHAUSTED", None)), "C2T-E304", "period"),
            (Refusal::Stopped, "C2T-E305", "goes on"),
            (Refusal::Data(fault("BAD_USER_INPUT", None)), "C2T-E306", "words"),
            (Refusal::TooLarge(fault("", None)), "C2T-E307", "10 MB"),
        ];
        for (refusal, code, fix) in cases {
            let error = Error::from(refusal);
            assert_eq!(error.code, code);
            assert!(error.fix.as_deref().unwrap_or_default().contains(fix), "{error:?}");
        }
    }

    #[test]
    fn a_fault_shows_its_words_and_codes() {
        let cases = [
            (Fault::own("A", "words"), "words [A]"),
            (Fault { sub_code: Some("B".into()), ..Fault::own("A", "words") }, "words [A, B]"),
            (Fault::own("", "words"), "words"),
            (Fault::default(), "no reason given"),
        ];
        for (fault, text) in cases {
            assert_eq!(fault.to_string(), text);
        }
    }
}
