//! Small helpers over simd-json's tape: a parsed value is a slice of nodes that starts with its
//! head. Nothing here allocates a tree.

use simd_json::StaticNode;
pub use simd_json::tape::Node;

/// How many nodes the value at the head of `nodes` spans.
#[inline]
pub fn span(nodes: &[Node<'_>]) -> usize {
    match nodes.first() {
        Some(Node::Object { count, .. } | Node::Array { count, .. }) => count + 1,
        Some(_) => 1,
        None => 0,
    }
}

/// The value's own nodes: `nodes` cut behind its end.
#[inline]
pub fn value<'t, 'a>(nodes: &'t [Node<'a>]) -> &'t [Node<'a>] {
    nodes.get(..span(nodes)).unwrap_or(nodes)
}

/// The text of a string value.
#[inline]
pub fn text<'a>(nodes: &[Node<'a>]) -> Option<&'a str> {
    match nodes.first() {
        Some(Node::String(text)) => Some(text),
        _ => None,
    }
}

/// True for the forms Close uses for "no value" (`close-format.md` §2.2): `null`, `""`, `[]`, `{}`.
#[inline]
pub fn is_empty(nodes: &[Node<'_>]) -> bool {
    match nodes.first() {
        None | Some(Node::Static(StaticNode::Null)) => true,
        Some(Node::String(text)) => text.is_empty(),
        Some(Node::Array { len, .. } | Node::Object { len, .. }) => *len == 0,
        Some(Node::Static(_)) => false,
    }
}

/// How many elements an array has, or keys an object; 0 for other values.
#[inline]
pub fn len(nodes: &[Node<'_>]) -> usize {
    match nodes.first() {
        Some(Node::Array { len, .. } | Node::Object { len, .. }) => *len,
        _ => 0,
    }
}

/// The elements of an array value; nothing for other values.
#[inline]
pub fn elements<'t, 'a>(nodes: &'t [Node<'a>]) -> Elements<'t, 'a> {
    match nodes.first() {
        Some(Node::Array { .. }) => Elements { rest: value(nodes).get(1..).unwrap_or_default() },
        _ => Elements { rest: &[] },
    }
}

/// The key and value pairs of an object value, in source order; nothing for other values.
#[inline]
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

    #[inline]
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

    #[inline]
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
        Some(Node::Static(number)) => write_number(*number, out),
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

/// Appends `text` as a JSON string with its quotes.
pub fn write_json_text(text: &str, out: &mut Vec<u8>) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    write_json_part(text, out);
    out.push(b'"');
}

/// Appends a part of a JSON string: `text` without quotes around it. Long stretches without anything
/// to escape (mail bodies) are copied at once.
pub fn write_json_part(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut rest = text.as_bytes();
    while let Some(at) = escape::position(rest) {
        let (plain, odd) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((byte, behind)) = odd.split_first() else { break };
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
        rest = behind;
    }
    out.extend_from_slice(rest);
}

/// Appends a number (or flag) as JSON; the shortest text that reads back as the same number.
fn write_number(number: StaticNode, out: &mut Vec<u8>) {
    // Writing to memory cannot fail.
    let _ = match number {
        StaticNode::I64(n) => serde_json::to_writer(out, &n),
        StaticNode::U64(n) => serde_json::to_writer(out, &n),
        StaticNode::F64(n) => serde_json::to_writer(out, &n),
        StaticNode::Bool(flag) => serde_json::to_writer(out, &flag),
        StaticNode::Null => serde_json::to_writer(out, &()),
    };
}

/// A number as JSON text; the shortest text that reads back as the same number.
pub fn number_text(number: StaticNode) -> String {
    let mut out = Vec::new();
    write_number(number, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

/// Where a JSON string needs an escape, found many bytes at a time. It must not know the escapes.
mod escape {
    /// Bytes that are looked at together; compilers make a few vector instructions of them.
    const BLOCK: usize = 32;
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;

    const fn is_odd(byte: u8) -> bool {
        byte < 0x20 || byte == b'"' || byte == b'\\'
    }

    /// The first byte that cannot stand in a JSON string as it is.
    pub fn position(bytes: &[u8]) -> Option<usize> {
        let (blocks, _) = bytes.as_chunks::<BLOCK>();
        let is_plain = |block: &[u8; BLOCK]| !block.iter().fold(false, |odd, b| odd | is_odd(*b));
        let from = BLOCK * blocks.iter().take_while(|block| is_plain(block)).count();
        let rest = bytes.get(from..)?;
        let (words, tail) = rest.as_chunks::<8>();
        for (i, word) in words.iter().enumerate() {
            let found = odd_bytes(u64::from_le_bytes(*word));
            if found != 0 {
                return Some(from + 8 * i + found.trailing_zeros() as usize / 8);
            }
        }
        let at = tail.iter().position(|byte| is_odd(*byte))?;
        Some(bytes.len() - tail.len() + at)
    }

    /// The lowest bit that is set stands in the first odd byte of `word`: a borrow makes mistakes only
    /// in bytes behind a true find.
    const fn odd_bytes(word: u64) -> u64 {
        const fn below(word: u64, limit: u8) -> u64 {
            word.wrapping_sub(ONES * limit as u64) & !word
        }
        let (quote, slash) = (word ^ (ONES * b'"' as u64), word ^ (ONES * b'\\' as u64));
        (below(word, 0x20) | below(quote, 1) | below(slash, 1)) & HIGH
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
    fn writes_numbers_as_they_are_read() {
        let source = r"[0,-1,18446744073709551615,-9223372036854775808,1.5,1e300,77561.3,0.1,true]";
        let mut bytes = source.as_bytes().to_vec();
        let tape = simd_json::to_tape(&mut bytes).unwrap();
        let mut out = Vec::new();
        write_json(&tape.0, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), source.replace("1e300", "1e+300"));
        let texts: Vec<_> = elements(&tape.0)
            .map(|e| crate::close::record::scalar(e).unwrap().into_owned())
            .collect();
        assert_eq!(texts[3..7], ["-9223372036854775808", "1.5", "1e+300", "77561.3"]);
        assert_eq!(number_text(StaticNode::F64(f64::NAN)), "null");
    }

    /// Byte by byte, as the standard has it.
    fn plainly(text: &str) -> String {
        let escaped = text.chars().map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\r' => "\\r".to_owned(),
            '\t' => "\\t".to_owned(),
            c if c < ' ' => format!("\\u{:04x}", u32::from(c)),
            c => c.to_string(),
        });
        format!("\"{}\"", escaped.collect::<String>())
    }

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write_json_text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn finds_an_escape_at_every_place() {
        for len in 0..100 {
            for at in 0..len {
                for odd in ["\"", "\\", "\n", "\0", "\u{1f}", " ", "\u{7f}", "!", "#", "é"] {
                    let text = format!("{}{odd}{}", "x".repeat(at), "y".repeat(len - at));
                    assert_eq!(written(&text), plainly(&text));
                }
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn escapes_as_the_plain_way_does(text in "[\\x00-\\x7fäß€😀]{0,120}") {
            proptest::prop_assert_eq!(written(&text), plainly(&text));
        }
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
