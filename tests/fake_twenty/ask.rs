//! A client as small as can be, for the fake's own tests.

use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

/// One request on a connection of its own; none when the server closed it without a word.
pub fn send(
    url: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Option<Reply> {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).ok()?;
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut whole = Vec::new();
    stream.read_to_end(&mut whole).ok()?;
    let end = memchr::memmem::find(&whole, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&whole[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Reply { status, head, bytes: whole[end + 4..].to_vec() })
}

/// A GraphQL request; the whole answer.
pub fn graphql(url: &str, path: &str, key: &str, query: &str, variables: &Value) -> Value {
    let key = format!("Bearer {key}");
    let headers = [("Authorization", key.as_str()), ("Content-Type", "application/json")];
    let body = json!({"query": query, "variables": variables}).to_string();
    let reply = send(url, "POST", path, &headers, body.as_bytes()).expect("an answer");
    reply.json()
}
