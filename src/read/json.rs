//! Parses one record: a scratch copy for simd-json, a repair for what users' files really hold,
//! and `serde_json`'s second opinion for the place and the reason. It must not decide what a record
//! means, and a record that cannot be read is a [`Fault`], never an error of the run.

use super::messages::{Cargo, Carrier, cargo, restore_dates};
use super::node::Node;
use super::repair::repair;
use simd_json::{Buffers, INPUT_PADDING, Tape};
use std::cell::RefCell;

/// Nesting deeper than this is refused (simd-json's own limit; real exports stay below 20).
pub const MAX_DEPTH: usize = 1024;

/// Why a record could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The parser's reason, with line and column inside the record.
    pub reason: String,
    /// Byte position inside the record, where known.
    pub at: usize,
}

/// What had to be mended before a record could be read. The untouched bytes are archived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings, not states")]
pub struct Repairs {
    /// Bytes that are no UTF-8 became U+FFFD.
    pub utf8: bool,
    /// Half a surrogate pair became U+FFFD.
    pub surrogate: bool,
    /// A raw control character inside a string was escaped.
    pub control: bool,
    /// A number no machine type holds became a string.
    pub number: bool,
    /// A comma before a closing bracket was dropped.
    pub comma: bool,
}

impl Repairs {
    /// True when nothing was mended.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The repairs in words.
    pub fn words(&self) -> String {
        let words = [
            (self.utf8, "bytes that are no UTF-8 replaced"),
            (self.surrogate, "lone surrogate replaced"),
            (self.control, "raw control character escaped"),
            (self.number, "oversized number kept as text"),
            (self.comma, "trailing comma dropped"),
        ];
        words.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }
}

/// A parsed value, taken out of the message that carried it.
#[derive(Clone, Copy, Debug)]
pub struct Parsed<'a> {
    /// The value; none at all for a message that carries no record.
    pub nodes: &'a [Node<'a>],
    /// What had to be mended.
    pub repairs: Repairs,
    /// Who carried it.
    pub carrier: Option<Carrier>,
    /// The stream it came in, which may name its kind; empty where there is none.
    pub stream: &'a str,
    /// For a message that carries no record: what the message calls itself.
    pub message: Option<&'a str>,
}

impl<'a> Parsed<'a> {
    fn plain(nodes: &'a [Node<'a>], repairs: Repairs) -> Self {
        Self { nodes, repairs, carrier: None, stream: "", message: None }
    }
}

/// A reusable parser: one per worker, so that no record allocates.
pub struct Parser {
    scratch: Vec<u8>,
    buffers: Buffers,
    tape: Tape<'static>,
}

impl Default for Parser {
    fn default() -> Self {
        let buffers = Buffers::with_max_depth(1 << 16, MAX_DEPTH);
        Self { scratch: Vec::new(), buffers, tape: Tape(Vec::new()) }
    }
}

impl Parser {
    /// Parses `raw` and hands the value to `use_value`.
    ///
    /// # Errors
    /// A [`Fault`] when neither simd-json nor a repaired copy can be read.
    pub fn parse<T>(
        &mut self,
        raw: &[u8],
        use_value: impl FnOnce(Parsed<'_>) -> T,
    ) -> Result<T, Fault> {
        self.tape(raw, |nodes, repairs| taken_off(nodes, repairs, use_value))?
    }

    fn tape<T>(
        &mut self,
        raw: &[u8],
        use_nodes: impl FnOnce(&mut [Node<'_>], Repairs) -> T,
    ) -> Result<T, Fault> {
        self.scratch.clear();
        self.scratch.extend_from_slice(raw);
        let mut repairs = Repairs::default();
        let mut tape = std::mem::replace(&mut self.tape, Tape(Vec::new())).reset();
        if !fill(&mut self.scratch, &mut self.buffers, &mut tape) {
            drop(tape);
            (self.scratch, repairs) = repair(raw);
            tape = Tape(Vec::new());
            if !fill(&mut self.scratch, &mut self.buffers, &mut tape) {
                return Err(second_opinion(raw));
            }
        }
        let result = use_nodes(&mut tape.0, repairs);
        self.tape = tape.reset();
        Ok(result)
    }
}

/// Parses `scratch` in place; false when it is no JSON. With the parser's padding behind it, the parser
/// makes no copy of its own.
fn fill<'s>(scratch: &'s mut Vec<u8>, buffers: &mut Buffers, tape: &mut Tape<'s>) -> bool {
    let bytes = scratch.len();
    scratch.resize(bytes + INPUT_PADDING, b' ');
    simd_json::fill_tape_padded(scratch, bytes, buffers, tape).is_ok()
}

/// Takes a value out of the message that carries it, if one does.
fn taken_off<T>(
    nodes: &mut [Node<'_>],
    repairs: Repairs,
    use_value: impl FnOnce(Parsed<'_>) -> T,
) -> Result<T, Fault> {
    match cargo(nodes) {
        Cargo::Itself => Ok(use_value(Parsed::plain(nodes, repairs))),
        Cargo::Nothing { word } => {
            Ok(use_value(Parsed { message: Some(word), ..Parsed::plain(&[], repairs) }))
        }
        Cargo::Record { at, nodes: n, stream, carrier } => {
            let record = nodes.get_mut(at..at + n).unwrap_or_default();
            if carrier == Carrier::Singer {
                restore_dates(record);
            }
            let carrier = Some(carrier);
            Ok(use_value(Parsed { carrier, stream, ..Parsed::plain(record, repairs) }))
        }
        // One level only: a text inside such a text is a value.
        Cargo::Text { json, stream, carrier } => INNER.with(|parser| {
            let mut own = Parser::default();
            let mut borrowed = parser.try_borrow_mut();
            let parser = borrowed.as_deref_mut().unwrap_or(&mut own);
            let carrier = Some(carrier);
            parser.tape(json.as_bytes(), |nodes, inner| {
                let repairs = if repairs.is_none() { inner } else { repairs };
                use_value(Parsed { carrier, stream, ..Parsed::plain(nodes, repairs) })
            })
        }),
    }
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::default());
    /// For values inside the texts of others.
    static INNER: RefCell<Parser> = RefCell::new(Parser::default());
}

/// Parses with the thread's own parser, so that buffers are used again.
pub fn with_parser<T>(f: impl FnOnce(&mut Parser) -> T) -> T {
    PARSER.with(|parser| match parser.try_borrow_mut() {
        Ok(mut parser) => f(&mut parser),
        // Work stolen in the middle of a parse: rare, so a new parser will do.
        Err(_) => f(&mut Parser::default()),
    })
}

/// The place and reason from `serde_json`, which reports them better.
fn second_opinion(raw: &[u8]) -> Fault {
    match serde_json::from_slice::<serde::de::IgnoredAny>(raw) {
        Ok(_) => Fault { reason: format!("nested deeper than {MAX_DEPTH} levels"), at: 0 },
        Err(error) => {
            let lines = raw.split_inclusive(|byte| *byte == b'\n');
            let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
            Fault { reason: error.to_string(), at: before + error.column().saturating_sub(1) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::node;

    fn read(raw: &[u8]) -> Result<(String, Repairs), Fault> {
        Parser::default().parse(raw, |value| {
            let mut out = Vec::new();
            node::write_json(value.nodes, &mut out);
            (String::from_utf8(out).unwrap(), value.repairs)
        })
    }

    #[test]
    fn reads_clean_records_without_repair() {
        let (json, repairs) = read(br#"{"id":"lead_1","n":[1,2.5]}"#).unwrap();
        assert_eq!(json, r#"{"id":"lead_1","n":[1,2.5]}"#);
        assert!(repairs.is_none());
    }

    #[test]
    fn mends_what_users_files_hold() {
        let cases: [(&[u8], &str, Repairs); 5] = [
            (
                b"{\"a\":\"x\xffy\"}",
                "{\"a\":\"x\u{fffd}y\"}",
                Repairs { utf8: true, ..Repairs::default() },
            ),
            (
                br#"{"a":"\ud800x"}"#,
                "{\"a\":\"\u{fffd}x\"}",
                Repairs { surrogate: true, ..Repairs::default() },
            ),
            (
                b"{\"a\":\"x\ty\"}",
                r#"{"a":"x\ty"}"#,
                Repairs { control: true, ..Repairs::default() },
            ),
            (
                br#"{"a":123456789012345678901234567890,"b":1e400}"#,
                r#"{"a":"123456789012345678901234567890","b":"1e400"}"#,
                Repairs { number: true, ..Repairs::default() },
            ),
            (br#"{"a":[1,2,],}"#, r#"{"a":[1,2]}"#, Repairs { comma: true, ..Repairs::default() }),
        ];
        for (raw, json, repairs) in cases {
            assert_eq!(read(raw).unwrap(), (json.to_owned(), repairs));
        }
    }

    #[test]
    fn says_where_and_why_a_record_is_broken() {
        let fault = read(b"{\"id\":\"lead_1\",\n\"name\" \"x\"}").unwrap_err();
        assert!(fault.reason.contains("line 2"), "{}", fault.reason);
        assert_eq!(fault.at, 16 + 7);
    }

    #[test]
    fn deep_nesting_is_read_up_to_the_limit_and_refused_beyond() {
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(read(deep(1000).as_bytes()).is_ok());
        let fault = read(deep(5000).as_bytes()).unwrap_err();
        assert!(
            fault.reason.contains("deep") || fault.reason.contains("recursion"),
            "{}",
            fault.reason
        );
    }

    #[test]
    fn reused_after_a_fault() {
        let mut parser = Parser::default();
        assert!(parser.parse(b"{", |_| ()).is_err());
        assert!(parser.parse(b"{}", |_| ()).is_ok());
    }
}
