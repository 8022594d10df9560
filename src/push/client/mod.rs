//! The way to one server with one key: sends documents and files, keeps the pace, waits and tries again by itself, and
//! says in one word why a request brought nothing. It must not know what the documents are about.
//!
//! A call whose answer was lost is sent again, so it may be carried out twice: send what can bear it (upserts), or look
//! before sending again what cannot.

mod address;
mod clock;
mod fault;
mod key;
mod multipart;
mod pacer;
mod patience;
mod signs;
mod transport;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

pub use self::address::Address;
pub use self::clock::{Clock, Real};
pub use self::fault::{Fault, Refusal};
pub use self::key::{ApiKey, Claims, VARIABLE};
pub use self::multipart::FilePart;
use self::multipart::Frame;
pub use self::pacer::{Pacer, Rate};
use self::signs::{Class, Verdict};
use self::transport::{Call, Load, NoAnswer, Transport};
use crate::error::Result;

/// What the client tells while it waits; the wait begins right after.
#[derive(Clone, Debug, PartialEq)]
pub enum Waiting {
    /// The server wants fewer calls.
    Throttled {
        /// How long until the next try.
        span: Duration,
        /// The server's words.
        message: String,
    },
    /// There was no usable answer; it is tried again.
    Again {
        /// The try that failed, from 1.
        attempt: u32,
        /// How long until the next one.
        span: Duration,
        /// What was wrong.
        message: String,
    },
}

impl std::fmt::Display for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Throttled { span, message } => {
                let seconds = span.as_secs_f64();
                write!(f, "the server wants fewer calls ({message}): going on in {seconds:.1} s")
            }
            Self::Again { attempt, span, message } => {
                let (next, seconds) = (attempt + 1, span.as_secs_f64());
                write!(f, "no usable answer ({message}): try {next} in {seconds:.1} s")
            }
        }
    }
}

/// Listens to what the client tells.
pub type Talk = Box<dyn Fn(&Waiting) + Send + Sync>;

/// How a client behaves.
pub struct Options {
    /// Certificates to trust instead of the public ones, PEM.
    pub ca_file: Option<PathBuf>,
    /// Set from outside when the user wants to stop; looked at at least every 100 ms while waiting. A request on its way
    /// is finished first.
    pub stop: Arc<AtomicBool>,
    /// Told of every wait but those of the steady pace.
    pub talk: Talk,
    /// The time, real or simulated.
    pub clock: Box<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            ca_file: None,
            stop: Arc::default(),
            talk: Box::new(|_| ()),
            clock: Box::new(Real::default()),
        }
    }
}

/// No date was seen.
const NEVER: i64 = i64::MIN;

/// One server, one key. Several threads may call at once.
pub struct Client {
    address: Address,
    key: ApiKey,
    transport: Transport,
    options: Options,
    pacer: Mutex<Pacer>,
    /// Has any answer shown that the key reaches the server?
    worked: AtomicBool,
    calls: AtomicU64,
    refused: AtomicU64,
    sent: AtomicU64,
    /// Seconds since 1970 of the last `Date`.
    date: AtomicI64,
}

/// The body of a GraphQL request.
#[derive(Serialize)]
struct Document<'a> {
    query: &'a str,
    variables: &'a Value,
}

impl Client {
    /// A client for the server at `url`; connects to nothing yet.
    ///
    /// # Errors
    /// `C2T-E301` for an address that is none, `C2T-E302` or `C2T-E010` and its like for the file of certificates.
    pub fn new(url: &str, key: ApiKey, options: Options) -> Result<Self> {
        let address = Address::parse(url)?;
        let transport = Transport::new(&address, key.clone(), options.ca_file.as_deref())?;
        Ok(Self {
            address,
            key,
            transport,
            options,
            pacer: Mutex::default(),
            worked: AtomicBool::new(false),
            calls: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            date: AtomicI64::new(NEVER),
        })
    }

    /// One document on `/graphql`, the records; paced. Returns `data`. One root field a document: the top fields of one
    /// document run side by side there, and part of them may fail (`twenty-api.md` §2.4). Send every variable the
    /// document declares.
    pub fn core(&self, query: &str, variables: &Value) -> std::result::Result<Value, Refusal> {
        self.document("/graphql", true, query, variables)
    }

    /// One document on `/metadata`, schema and files; the server does not limit these (`twenty-api.md` §2.1). Returns
    /// `data`. Never name an operation `ObjectMetadataItems` or `FindAllViews`: those answers are cached (§4.9).
    pub fn metadata(&self, query: &str, variables: &Value) -> std::result::Result<Value, Refusal> {
        self.document("/metadata", false, query, variables)
    }

    /// The JSON at a path of the server: `/client-config`, `/rest/open-api/core`. Records over REST are paced.
    pub fn get(&self, path: &str) -> std::result::Result<Value, Refusal> {
        let free = ["/rest/metadata", "/rest/open-api"];
        let paced = path.starts_with("/rest/") && !free.iter().any(|free| path.starts_with(free));
        let url = self.address.at(path);
        self.patiently(paced, &mut || {
            let load = Load::Nothing;
            Call { method: "GET", url: &url, keyed: true, content_type: "", load }
        })
    }

    /// PUT to an address the server handed out (`twenty-api.md` §6.2): streams, sends no key, is not tried again:
    /// [`Refusal::Lost`] comes at once. [`Refusal::Data`] when the place refuses, whatever its reason, or when `body`
    /// has fewer bytes than `length` (`SOURCE`).
    pub fn put(
        &self,
        url: &str,
        content_type: &str,
        length: u64,
        body: &mut dyn Read,
    ) -> std::result::Result<(), Refusal> {
        let load = Load::Stream(body, length);
        let call = Call { method: "PUT", url, keyed: false, content_type, load };
        let answer = self.once(call)?;
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(self.place_refused(&answer)) }
    }

    /// GraphQL upload on `/metadata` (`twenty-api.md` §6.1): streams, is not tried again: [`Refusal::Lost`] comes at
    /// once. The document's variable `file` must be null in `variables`. Returns `data`.
    pub fn upload(
        &self,
        query: &str,
        variables: &Value,
        file: FilePart<'_>,
    ) -> std::result::Result<Value, Refusal> {
        let FilePart { name, content_type, length, body } = file;
        let frame = Frame::new(&self.boundary(name), query, variables, (name, content_type));
        let mut source = multipart::Exact::new(body, length);
        let length = frame.length(length);
        let mut body = frame.head.as_slice().chain(&mut source).chain(frame.tail.as_slice());
        let url = self.address.at("/metadata");
        let load = Load::Stream(&mut body, length);
        let call = Call {
            method: "POST",
            url: &url,
            keyed: true,
            content_type: &frame.content_type,
            load,
        };
        let answer = self.once(call)?;
        match self.judged(&answer) {
            Verdict::Fine(value) => {
                data(value).map_err(|(class, fault)| self.refusal(class, fault))
            }
            Verdict::Refused(class, fault) => Err(self.refusal(class, fault)),
        }
    }

    /// Streams what a signed address has into `sink`, without the key: the bytes written. Not tried again, since the
    /// sink may have part of it: [`Refusal::Lost`] comes at once (`SINK`: the sink was at fault).
    pub fn fetch(&self, url: &str, sink: &mut dyn Write) -> std::result::Result<u64, Refusal> {
        self.look()?;
        self.calls.fetch_add(1, Ordering::Relaxed);
        match self.transport.download(url, sink) {
            Ok(Ok(bytes)) => Ok(bytes),
            Ok(Err(answer)) => Err(self.place_refused(&answer)),
            Err((class, fault)) => Err(self.refusal(class, fault)),
        }
    }

    /// The server's time, from the `Date` of its last answer; `None` before the first.
    pub fn server_time(&self) -> Option<Timestamp> {
        let seconds = self.date.load(Ordering::Relaxed);
        if seconds == NEVER { None } else { Timestamp::from_second(seconds).ok() }
    }

    /// Time since the client was made.
    pub fn elapsed(&self) -> Duration {
        self.options.clock.now()
    }

    /// The server's address, without a trailing slash.
    pub fn url(&self) -> &str {
        self.address.as_str()
    }

    /// Do key and data go to another machine unencrypted? Then the user should be warned.
    pub fn is_plain(&self) -> bool {
        self.address.is_plain()
    }

    /// What the key says of itself.
    pub fn claims(&self) -> Claims {
        self.key.claims()
    }

    /// Requests sent, those tried again too.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Requests the server refused for their pace.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Bytes of the bodies sent.
    pub fn bytes_sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    fn document(
        &self,
        path: &str,
        paced: bool,
        query: &str,
        variables: &Value,
    ) -> std::result::Result<Value, Refusal> {
        let body = serde_json::to_vec(&Document { query, variables })
            .map_err(|error| Refusal::Data(Fault::own("SOURCE", error.to_string())))?;
        let url = self.address.at(path);
        let content_type = "application/json";
        let answer = self.patiently(paced, &mut || {
            let load = Load::Bytes(&body);
            Call { method: "POST", url: &url, keyed: true, content_type, load }
        })?;
        data(answer).map_err(|(class, fault)| self.refusal(class, fault))
    }

    fn pacer(&self) -> std::sync::MutexGuard<'_, Pacer> {
        self.pacer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A boundary nobody who wrote a file could foresee.
    fn boundary(&self, name: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(self.key.secret());
        hash.update(self.calls().to_le_bytes());
        hash.update(self.options.clock.now().as_nanos().to_le_bytes());
        hash.update(name);
        let digits =
            hash.finalize().iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte));
        format!("close2twenty{digits:032x}")
    }
}

/// The `data` of an answer without errors.
fn data(mut answer: Value) -> std::result::Result<Value, NoAnswer> {
    match answer.get_mut("data").map(Value::take) {
        Some(data) if !data.is_null() => Ok(data),
        _ => {
            Err((Class::Transient, Fault::own("NO_JSON", "the answer has neither data nor errors")))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
