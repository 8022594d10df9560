//! GraphQL multipart requests: operations, map, file, in this order (`twenty-api.md §6.1`).

use super::http::Request;

/// The parts of such a request.
#[derive(Debug, Default)]
pub struct Parts {
    pub operations: Vec<u8>,
    pub map: Vec<u8>,
    pub file: Vec<u8>,
    /// The name the file was sent with.
    pub name: String,
}

/// The parts; none of another kind of request, or when the order is wrong.
pub fn read(request: &Request) -> Option<Parts> {
    let kind = request.header("content-type")?;
    let boundary = kind.strip_prefix("multipart/form-data")?.split("boundary=").nth(1)?;
    let boundary = boundary.split(';').next()?.trim_matches('"');
    let mark = format!("--{boundary}");
    let mut parts = Parts::default();
    let mut rest = &request.body[position(&request.body, mark.as_bytes())? + mark.len()..];
    let mut seen = 0;
    while rest.starts_with(b"\r\n") {
        let head_end = position(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&rest[2..head_end]).into_owned();
        let body = &rest[head_end + 4..];
        let end = position(body, format!("\r\n{mark}").as_bytes())?;
        let content = body[..end].to_vec();
        match (attribute(&head, "name").as_str(), seen) {
            ("operations", 0) => parts.operations = content,
            ("map", 1) => parts.map = content,
            (_, 2) => {
                parts.name = attribute(&head, "filename");
                parts.file = content;
            }
            _ => return None,
        }
        seen += 1;
        rest = &body[end + 2 + mark.len()..];
    }
    (seen == 3).then_some(parts)
}

/// `filename="a.pdf"` of a part's head; browsers write a quote in a name as `%22`.
fn attribute(head: &str, name: &str) -> String {
    let Some((_, rest)) = head.split_once(&format!(" {name}=\"")) else { return String::new() };
    let mut value = String::new();
    let mut letters = rest.chars();
    while let Some(c) = letters.next() {
        match c {
            '"' => break,
            '\\' => value.extend(letters.next()),
            c => value.push(c),
        }
    }
    value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n")
}

fn position(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}
