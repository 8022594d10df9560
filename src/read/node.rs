//! Small helpers over simd-json's tape: a parsed value is a slice of nodes that starts with its
//! head. Nothing here allocates a tree.

use simd_json::StaticNode;
pub use simd_json::tape::Node;

/// How many nodes the value at the head of `nodes` spans.
pub fn span(nodes: &[Node<'_>]) -> usize {
    match nodes.first() {
        Some(Node::Object { count, .. } | Node::Array { count, .. }) => count + 1,
        Some(_) => 1,
        None => 0,
    }
}

/// The value's own nodes: `nodes` cut behind its end.
pub fn value<'t, 'a>(nodes: &'t [Node<'a>]) -> &'t [Node<'a>] {
    nodes.get(..span(nodes)).unwrap_or(nodes)
}

/// The text of a string value.
pub fn text<'a>(nodes: &[Node<'a>]) -> Option<&'a str> {
    match nodes.first() {
        Some(Node::String(text)) => Some(text),
        _ => None,
    }
}

/// True for the forms Close uses for "no value" (`close-format.md` §2.2): `null`, `""`, `[]`, `{}`.
pub fn is_empty(nodes: &[Node<'_>]) -> bool {
    match nodes.first() {
        None | Some(Node::Static(StaticNode::Null)) => true,
        Some(Node::String(text)) => text.is_empty(),
        Some(Node::Array { len, .. } | Node::Object { len, .. }) => *len == 0,
        Some(Node::Static(_)) => false,
    }
}

/// The elements of an array value; nothing for other values.
pub fn elements<'t, 'a>(nodes: &'t [Node<'a>]) -> Elements<'t, 'a> {
    match nodes.first() {
        Some(Node::Array { .. }) => Elements { rest: value(nodes).get(1..).unwrap_or_default() },
        _ => Elements { rest: &[] },
    }
}

/// The key and value pairs of an object value, in source order; nothing for other values.
pub fn entries<'t, 'a>(nodes: &'t [Node<'a>]) -> Entries<'t, 'a> {
    match nodes.first() {
        Some(Node::Object { .. }) => Entries { rest: value(nodes).get(1..).unwrap_or_default() },
        _ => Entries { rest: &[] },
    }
}

/// The value of `key` in an object value.
pub fn get<'t, 'a>(nodes: &'t [Node<'a>], key: &str) -> Option<&'t [Node<'a>]> {
    entries(nodes).find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// The text under `key` when it is a non-empty string.
pub fn get_text<'a>(nodes: &[Node<'a>], key: &str) -> Option<&'a str> {
    get(nodes, key).and_then(text).filter(|t| !t.is_empty())
}

/// See [`elements`].
#[derive(Clone, Debug)]
pub struct Elements<'t, 'a> {
    rest: &'t [Node<'a>],
}

impl<'t, 'a> Iterator for Elements<'t, 'a> {
    type Item = &'t [Node<'a>];

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let (value, rest) = self.rest.split_at_checked(span(self.rest))?;
        self.rest = rest;
        Some(value)
    }
}

/// See [`entries`].
#[derive(Clone, Debug)]
pub struct Entries<'t, 'a> {
    rest: &'t [Node<'a>],
}

impl<'t, 'a> Iterator for Entries<'t, 'a> {
    type Item = (&'a str, &'t [Node<'a>]);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, rest) = self.rest.split_first()?;
        let Node::String(key) = key else { return None };
        let (value, rest) = rest.split_at_checked(span(rest))?;
        self.rest = rest;
        Some((key, value))
    }
}

/// Appends the value as compact JSON.
pub fn write_json(nodes: &[Node<'_>], out: &mut Vec<u8>) {
    match nodes.first() {
        None | Some(Node::Static(StaticNode::Null)) => out.extend_from_slice(b"null"),
        Some(Node::Static(StaticNode::Bool(flag))) => {
            out.extend_from_slice(if *flag { b"true" } else { b"false" });
        }
        Some(Node::Static(number)) => out.extend_from_slice(number_text(*number).as_bytes()),
        Some(Node::String(text)) => write_json_text(text, out),
        Some(Node::Array { .. }) => {
            out.push(b'[');
            for (i, element) in elements(nodes).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_json(element, out);
            }
            out.push(b']');
        }
        Some(Node::Object { .. }) => {
            out.push(b'{');
            for (i, (key, value)) in entries(nodes).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_json_text(key, out);
                out.push(b':');
                write_json(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Appends `text` as a JSON string with its quotes. Long stretches without anything to escape
/// (mail bodies) are copied at once.
pub fn write_json_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut from = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte >= 0x20 && *byte != b'"' && *byte != b'\\' {
            continue;
        }
        out.extend_from_slice(&bytes[from..at]);
        from = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            control => {
                out.extend_from_slice(b"\\u00");
                out.push(HEX[usize::from(control >> 4)]);
                out.push(HEX[usize::from(control & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[from..]);
    out.push(b'"');
}

/// A number as JSON text; the shortest text that reads back as the same number.
pub fn number_text(number: StaticNode) -> String {
    match number {
        StaticNode::I64(n) => n.to_string(),
        StaticNode::U64(n) => n.to_string(),
        StaticNode::F64(n) => {
            serde_json::Number::from_f64(n).map_or_else(|| "null".to_owned(), |n| n.to_string())
        }
        StaticNode::Bool(flag) => flag.to_string(),
        StaticNode::Null => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_nested_values_and_writes_them_back() {
        let source = r#"{"a":[1,{"b":[]},"x\ny\u0001"],"c":{"d":null,"e":-2.5},"f":true}"#;
        let mut bytes = source.as_bytes().to_vec();
        let tape = simd_json::to_tape(&mut bytes).unwrap();
        let keys: Vec<_> = entries(&tape.0).map(|(k, _)| k).collect();
        assert_eq!(keys, ["a", "c", "f"]);
        assert_eq!(elements(get(&tape.0, "a").unwrap()).count(), 3);
        let mut out = Vec::new();
        write_json(&tape.0, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), source);
    }

    #[test]
    fn knows_every_form_of_no_value() {
        for (source, empty) in [("null", true), ("[]", true), ("{}", true), ("\"\"", true)]
            .into_iter()
            .chain([("0", false), ("false", false), ("\" \"", false), ("[null]", false)])
        {
            let mut bytes = source.as_bytes().to_vec();
            let tape = simd_json::to_tape(&mut bytes).unwrap();
            assert_eq!(is_empty(&tape.0), empty, "{source}");
        }
    }
}
