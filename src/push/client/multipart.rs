//! The body of a GraphQL upload (`twenty-api.md` §6.1): operations, map and file, in this order, streamed. It must not
//! hold the file.

use std::io::{self, Read};

use serde_json::{Value, json};

/// A file to be sent.
pub struct FilePart<'a> {
    /// The name the server goes by; its extension counts.
    pub name: &'a str,
    /// MIME type.
    pub content_type: &'a str,
    /// Bytes; `body` must give exactly as many.
    pub length: u64,
    /// The content.
    pub body: &'a mut dyn Read,
}

/// What stands around the file.
pub(super) struct Frame {
    /// All before the file's first byte.
    pub head: Vec<u8>,
    /// All after its last.
    pub tail: Vec<u8>,
    /// Value of `Content-Type`.
    pub content_type: String,
}

impl Frame {
    /// The frame of one upload of a file, its name and its MIME type; `boundary` must not occur in it.
    pub fn new(boundary: &str, query: &str, variables: &Value, file: (&str, &str)) -> Self {
        let operations = json!({ "query": query, "variables": variables });
        let part =
            |name: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"");
        let head = format!(
            "{}\r\n\r\n{operations}\r\n{}\r\n\r\n{}\r\n{}; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            part("operations"),
            part("map"),
            json!({ "0": ["variables.file"] }),
            part("0"),
            quoted(file.0),
            one_line(file.1),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let content_type = format!("multipart/form-data; boundary={boundary}");
        Self { head: head.into_bytes(), tail: tail.into_bytes(), content_type }
    }

    /// Bytes of the whole body around a file of `length`.
    pub fn length(&self, length: u64) -> u64 {
        length + (self.head.len() + self.tail.len()) as u64
    }
}

/// A file's name as browsers write it into a header.
fn quoted(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '"' => out.push_str("%22"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Reads exactly so many bytes: a source that has fewer is an error, what is beyond stays unread.
pub(super) struct Exact<'a> {
    source: &'a mut dyn Read,
    left: u64,
    /// What was wrong with the source, to tell it from a fault of the connection.
    pub fault: Option<String>,
}

impl<'a> Exact<'a> {
    pub fn new(source: &'a mut dyn Read, length: u64) -> Self {
        Self { source, left: length, fault: None }
    }
}

impl Read for Exact<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buf.len());
        if most == 0 {
            return Ok(0);
        }
        let read = match self.source.read(&mut buf[..most]) {
            Ok(0) => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the file is {} bytes shorter than it was", self.left),
            )),
            other => other,
        };
        match &read {
            Ok(bytes) => self.left -= *bytes as u64,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                self.fault = Some(error.to_string());
            }
            Err(_) => {}
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_come_in_order() {
        let file = ("a \"b\"\r\n.txt", "text/plain");
        let variables = json!({"file": null, "fieldMetadataId": "f"});
        let frame = Frame::new("XX", "mutation U {u}", &variables, file);
        let expected = concat!(
            "--XX\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n",
            r#"{"query":"mutation U {u}","variables":{"file":null,"fieldMetadataId":"f"}}"#,
            "\r\n--XX\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n",
            r#"{"0":["variables.file"]}"#,
            "\r\n--XX\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a %22b%22  .txt\"\r\n",
            "Content-Type: text/plain\r\n\r\n",
        );
        assert_eq!(String::from_utf8(frame.head.clone()).unwrap(), expected);
        assert_eq!(frame.tail, b"\r\n--XX--\r\n");
        assert_eq!(frame.length(5), expected.len() as u64 + 5 + 10);
    }

    #[test]
    fn exactly_so_many_bytes() {
        let mut out = Vec::new();
        let mut source: &[u8] = b"abcdef";
        Exact::new(&mut source, 4).read_to_end(&mut out).unwrap();
        assert_eq!(out, b"abcd");
        let mut source: &[u8] = b"ab";
        let mut short = Exact::new(&mut source, 4);
        assert!(short.read_to_end(&mut Vec::new()).is_err());
        assert!(short.fault.is_some());
    }
}
