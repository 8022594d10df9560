//! One exchange over HTTP: sends a request, brings back what the rest needs of the answer. It must not judge an answer
//! nor try again, and hands the key to its own server only: it follows no redirection with it.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use ureq::http::{HeaderMap, Request, Response, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Body, SendBody};

use super::address::Address;
use super::fault::Fault;
use super::key::ApiKey;
use super::multipart::Exact;
use super::signs::Class;
use crate::error::{Error, Result};

/// Until a connection stands.
const CONNECT: Duration = Duration::from_secs(10);
/// A whole exchange of one document.
const WHOLE: Duration = Duration::from_mins(2);
/// One step of a stream, and the server's answer after it: storing 1 GB takes a while.
const STEP: Duration = Duration::from_mins(1);
const AFTER_STREAM: Duration = Duration::from_mins(5);
/// A server closes a connection that was idle for 5 s; taking one up that is just closing costs a try.
const IDLE: Duration = Duration::from_secs(4);
/// Longest answer that is read: the schema of a large workspace has some ten million bytes.
const LONGEST: u64 = 128 * 1024 * 1024;
/// Redirections a download may take, which carries no key.
const HOPS: u32 = 4;

/// What is sent.
pub(super) enum Load<'a> {
    Nothing,
    Bytes(&'a [u8]),
    /// Streamed, with its length.
    Stream(&'a mut dyn Read, u64),
}

/// One request.
pub(super) struct Call<'a> {
    pub method: &'static str,
    pub url: &'a str,
    /// With the key, which only the server itself may see.
    pub keyed: bool,
    pub content_type: &'a str,
    pub load: Load<'a>,
}

/// What came back.
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: Headers,
}

/// The headers that count.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Headers {
    /// The server's clock.
    pub date: Option<Timestamp>,
    /// `Retry-After`, seconds or a date.
    pub retry_after: Option<Duration>,
    /// `X-RateLimit-Limit`.
    pub limit: Option<u64>,
    /// Where it redirects to.
    pub location: Option<String>,
}

/// Why there is no answer.
pub(super) type NoAnswer = (Class, Fault);

/// The way to one server.
pub(super) struct Transport {
    agent: Agent,
    key: ApiKey,
}

impl Transport {
    /// # Errors
    /// `C2T-E302` when `ca_file` cannot be used.
    pub fn new(address: &Address, key: ApiKey, ca_file: Option<&Path>) -> Result<Self> {
        let roots = ca_file.map_or(Ok(RootCerts::WebPki), authorities)?;
        let tls = TlsConfig::builder().provider(TlsProvider::Rustls).root_certs(roots).build();
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE))
            .max_idle_age(IDLE)
            .user_agent(concat!("close2twenty/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls);
        if address.is_loopback() {
            config = config.proxy(None);
        }
        Ok(Self { agent: config.build().new_agent(), key })
    }

    /// Sends `call` and reads the whole answer.
    pub fn exchange(&self, call: Call<'_>) -> std::result::Result<Answer, NoAnswer> {
        let url = call.url;
        let response = self.send(call)?;
        let (status, headers) = (response.status().as_u16(), Headers::of(response.headers()));
        let mut body = response.into_body();
        let body = body.with_config().limit(LONGEST).read_to_vec();
        let body = body.map_err(|error| no_answer(url, &error))?;
        if (300..400).contains(&status) {
            let to = headers.location.as_deref().unwrap_or("nowhere");
            let message = format!("{} redirects to {}", short(url), short(to));
            return Err((Class::Fatal, Fault { status, ..Fault::own("REDIRECT", message) }));
        }
        Ok(Answer { status, body, headers })
    }

    /// Streams what is at `url` into `sink`: the bytes written, or the answer when it is no success.
    pub fn download(
        &self,
        url: &str,
        sink: &mut dyn Write,
    ) -> std::result::Result<std::result::Result<u64, Answer>, NoAnswer> {
        let load = Load::Nothing;
        let response =
            self.send(Call { method: "GET", url, keyed: false, content_type: "", load })?;
        let (status, headers) = (response.status().as_u16(), Headers::of(response.headers()));
        let mut body = response.into_body();
        if !(200..300).contains(&status) {
            let body = body.with_config().limit(LONGEST).read_to_vec().unwrap_or_default();
            return Ok(Err(Answer { status, body, headers }));
        }
        let mut reader = body.with_config().limit(u64::MAX).reader();
        let (mut buffer, mut total) = (vec![0; 64 * 1024], 0);
        loop {
            let read = match reader.read(&mut buffer) {
                Ok(0) => return Ok(Ok(total)),
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(no_answer(url, &ureq::Error::Io(error))),
            };
            let written = sink.write_all(&buffer[..read]);
            written.map_err(|error| (Class::Transient, Fault::own("SINK", error.to_string())))?;
            total += read as u64;
        }
    }

    fn send(&self, call: Call<'_>) -> std::result::Result<Response<Body>, NoAnswer> {
        let mut request = Request::builder().method(call.method).uri(call.url);
        if call.keyed
            && let Some(value) = self.key.header()
        {
            request = request.header(header::AUTHORIZATION, value);
        }
        if !call.content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, call.content_type);
        }
        let sent = match call.load {
            Load::Nothing if call.method == "GET" => {
                let request = request.body(()).map_err(|error| unfit(&error))?;
                let request = self.agent.configure_request(request);
                // Only downloads go without the key, and may be long.
                let request = if call.keyed {
                    request
                } else {
                    request.max_redirects(HOPS).timeout_global(None).timeout_per_read(Some(STEP))
                };
                self.agent.run(request.build())
            }
            Load::Nothing => self.agent.run(request.body(()).map_err(|error| unfit(&error))?),
            Load::Bytes(bytes) => {
                self.agent.run(request.body(bytes).map_err(|error| unfit(&error))?)
            }
            Load::Stream(source, length) => {
                let mut exact = Exact::new(source, length);
                let request = request.header(header::CONTENT_LENGTH, length);
                let request = request
                    .body(SendBody::from_reader(&mut exact))
                    .map_err(|error| unfit(&error))?;
                let request = self.agent.configure_request(request).timeout_global(None);
                let request = request
                    .timeout_per_write(Some(STEP))
                    .timeout_recv_response(Some(AFTER_STREAM))
                    .timeout_recv_body(Some(WHOLE));
                let sent = self.agent.run(request.build());
                if let Some(fault) = exact.fault {
                    return Err((Class::Data, Fault::own("SOURCE", fault)));
                }
                sent
            }
        };
        sent.map_err(|error| no_answer(call.url, &error))
    }
}

fn unfit(error: &ureq::http::Error) -> NoAnswer {
    (Class::Data, Fault::own("NO_ANSWER", error.to_string()))
}

/// The certificates of a PEM file.
fn authorities(path: &Path) -> Result<RootCerts> {
    let pem = std::fs::read(path)
        .map_err(|source| Error::io("cannot read the certificates of --ca-file", path, source))?;
    let wrong = |what: &str| {
        Error::usage("C2T-E302", what)
            .at(path)
            .fix("name a PEM file with the certificate of the authority that signed the server's")
    };
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => {}
            Err(_) => return Err(wrong("--ca-file is no PEM file")),
        }
    }
    if found.is_empty() {
        return Err(wrong("--ca-file has no certificate in it"));
    }
    Ok(RootCerts::Specific(Arc::new(found)))
}

/// An error on the way. A certificate nobody trusts will not be trusted next time either.
fn no_answer(url: &str, error: &ureq::Error) -> NoAnswer {
    let words = error.to_string();
    let message = format!("{}: {words}", short(url));
    if matches!(error, ureq::Error::Rustls(_) | ureq::Error::Tls(_))
        || words.contains("certificate")
    {
        return (Class::Fatal, Fault::own("TLS", message));
    }
    (Class::Transient, Fault::own("NO_ANSWER", message))
}

/// An address without what may be secret in it, the token of a signed one.
fn short(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

impl Headers {
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let date = text("date").and_then(moment);
        let retry_after = text("retry-after").and_then(|value| after(value, date));
        let limit = text("x-ratelimit-limit").and_then(|value| value.trim().parse().ok());
        Self { date, retry_after, limit, location: text("location").map(str::to_owned) }
    }
}

fn moment(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text).ok()
}

/// `Retry-After`: seconds, or a moment by the server's own clock.
fn after(text: &str, date: Option<Timestamp>) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let seconds = moment(text)?.as_second() - date?.as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = moment("Sun, 22 Nov 2026 10:00:00 GMT");
        assert_eq!(date, "2026-11-22T10:00:00Z".parse().ok());
        let cases = [
            ("7", date, Some(7)),
            (" 0 ", None, Some(0)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", date, Some(30)),
            ("Sun, 22 Nov 2026 09:00:30 GMT", date, Some(0)),
            ("Sun, 22 Nov 2026 10:00:30 GMT", None, None),
            ("soon", date, None),
            ("-3", date, None),
        ];
        for (text, date, seconds) in cases {
            assert_eq!(after(text, date), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ca.pem");
        let code = || authorities(&path).map(|_| ()).unwrap_err().code;
        assert_eq!(code(), "C2T-E010");
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(code(), "C2T-E302", "{text}");
        }
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n")
            .unwrap();
        assert!(matches!(authorities(&path), Ok(RootCerts::Specific(found)) if found.len() == 1));
    }

    #[test]
    fn tokens_of_signed_addresses_do_not_show() {
        let (_, fault) = no_answer("http://x.example/file?token=abc", &ureq::Error::HostNotFound);
        assert!(!fault.message.contains("abc"), "{}", fault.message);
    }
}
