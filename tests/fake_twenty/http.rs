//! HTTP/1.1 over plain sockets: one thread a connection, keep-alive, bodies by Content-Length or in
//! chunks. It must not know what the requests mean.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request as it came in; header names in lower case.
#[derive(Debug, Default)]
pub struct Request {
    pub method: String,
    /// Without the query.
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Bytes of the body that arrived; more than `body` holds when it was over the bound.
    pub body_length: u64,
    pub too_large: bool,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn parameter(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}

/// What to send back.
#[derive(Clone, Debug)]
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Close without a word.
    Close,
}

impl Reply {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::typed(status, "application/json; charset=utf-8", body.to_string().into_bytes())
    }

    pub fn typed(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        Self::Answer { status, headers, body }
    }
}

/// Who answers, and how large a body it takes.
pub trait Server: Send + Sync {
    fn answer(&self, request: Request) -> Reply;
    /// The bound in bytes for the body of this request, whose head is read.
    fn body_limit(&self, request: &Request) -> u64;
    /// Connections are refused from now on.
    fn gone(&self) -> bool;
}

/// Takes connections until told to stop.
pub fn serve<S: Server + 'static>(listener: TcpListener, server: Arc<S>, stop: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stop.load(Ordering::SeqCst) || server.gone() {
                break;
            }
            let Ok(stream) = stream else { continue };
            let (server, stop) = (Arc::clone(&server), Arc::clone(&stop));
            std::thread::spawn(move || {
                // A broken connection is the client's business.
                let _ = converse(stream, &*server, &stop);
            });
        }
    });
}

fn converse<S: Server>(stream: TcpStream, server: &S, stop: &AtomicBool) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader, &mut writer, server)? {
        if stop.load(Ordering::SeqCst) || server.gone() {
            return Ok(());
        }
        let close = request.header("connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
        let head_only = request.method == "HEAD";
        match server.answer(request) {
            Reply::Close => return writer.shutdown(std::net::Shutdown::Both),
            Reply::Answer { status, headers, body } => {
                write_answer(&mut writer, status, &headers, &body, head_only)?;
            }
        }
        if close {
            return Ok(());
        }
    }
    Ok(())
}

fn write_answer(
    writer: &mut TcpStream,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    head_only: bool,
) -> io::Result<()> {
    let date = jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT");
    let mut head = format!("HTTP/1.1 {status} {}\r\nDate: {date}\r\n", reason(status));
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    if status != 204 {
        let _ = write!(head, "Content-Length: {}\r\n", body.len());
    }
    head.push_str("\r\n");
    let mut whole = head.into_bytes();
    if status != 204 && !head_only {
        whole.extend_from_slice(body);
    }
    writer.write_all(&whole)?;
    writer.flush()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Payload Too Large",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

/// The next request; `None` when the client has nothing more to say.
fn read_request<S: Server>(
    reader: &mut BufReader<TcpStream>,
    writer: &mut TcpStream,
    server: &S,
) -> io::Result<Option<Request>> {
    let Some(line) = read_line(reader)? else { return Ok(None) };
    let mut words = line.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Err(io::Error::other("no request line"));
    };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        ..Request::default()
    };
    while let Some(line) = read_line(reader)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| io::Error::other("no header"))?;
        request.headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    if request.header("expect").is_some() {
        writer.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let limit = server.body_limit(&request);
    read_body(reader, &mut request, limit)?;
    Ok(Some(request))
}

fn read_body(
    reader: &mut BufReader<TcpStream>,
    request: &mut Request,
    limit: u64,
) -> io::Result<()> {
    let chunked =
        request.header("transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    if !chunked {
        let length = request.header("content-length").map_or(Ok(0), str::parse);
        let length = length.map_err(|_| io::Error::other("no length"))?;
        return take(reader, request, length, limit);
    }
    loop {
        let line = read_line(reader)?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| io::Error::other("no chunk size"))?;
        if size == 0 {
            while read_line(reader)?.is_some_and(|line| !line.is_empty()) {}
            return Ok(());
        }
        take(reader, request, size, limit)?;
        read_line(reader)?;
    }
}

/// Reads `length` bytes on; what is over the limit is read but not kept.
fn take(
    reader: &mut BufReader<TcpStream>,
    request: &mut Request,
    length: u64,
    limit: u64,
) -> io::Result<()> {
    request.body_length += length;
    request.too_large |= request.body_length > limit;
    let mut part = reader.take(length);
    let got = if request.too_large {
        io::copy(&mut part, &mut io::sink())?
    } else {
        io::copy(&mut part, &mut request.body)?
    };
    if got < length { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn read_line(reader: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if reader.by_ref().take(64 * 1024).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    while line.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
        line.pop();
    }
    String::from_utf8(line).map(Some).map_err(|_| io::Error::other("no text"))
}
