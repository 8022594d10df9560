//! Records that travel inside messages: what Singer's taps, Airbyte's sources and Airbyte's destinations
//! write (`close-format.md` §1.3, L8 and L9). A message is taken off, and what the carrier is known to
//! have changed is changed back. It must not know what a record means.

use super::node::{self, Node};

/// Who carries a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Carrier {
    /// A Singer tap: `{"type":"RECORD","stream":…,"record":{…}}`.
    Singer,
    /// Airbyte: its protocol, bare messages, or rows of a destination.
    Airbyte,
}

/// What one parsed value carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cargo<'a> {
    /// The value is no message.
    Itself,
    /// A record: where its nodes begin, how many they are, and the stream that names its kind.
    Record { at: usize, nodes: usize, stream: &'a str, carrier: Carrier },
    /// A record written as JSON inside a text.
    Text { json: &'a str, stream: &'a str, carrier: Carrier },
    /// No record; the word says what kind of message.
    Nothing { word: &'a str },
}

/// Keys messages have beside the record; objects of Close that have an id are none.
const MARKS: &[&str] = &[
    "stream",
    "record",
    "schema",
    "value",
    "state",
    "log",
    "trace",
    "spec",
    "catalog",
    "control",
    "connectionStatus",
    "version",
];
/// Messages have few keys.
const MAX_KEYS: usize = 12;
/// What a destination of Airbyte calls the record.
const ROW: &str = "_airbyte_data";

/// Looks whether a value is a message.
pub(super) fn cargo<'a>(nodes: &[Node<'a>]) -> Cargo<'a> {
    let Some(Node::Object { len, .. }) = nodes.first() else { return Cargo::Itself };
    if *len > MAX_KEYS || node::get(nodes, "id").is_some() {
        return Cargo::Itself;
    }
    let stream = node::get_text(nodes, "stream").unwrap_or_default();
    if let Some(data) = node::get(nodes, ROW) {
        return carried(nodes, data, stream, Carrier::Airbyte);
    }
    if let Some(data) = node::get(nodes, "data").filter(|_| is_bare(nodes)) {
        return carried(nodes, data, stream, Carrier::Airbyte);
    }
    let word = node::get_text(nodes, "type").filter(|word| is_word(word));
    let Some(word) = word.filter(|_| MARKS.iter().any(|key| node::get(nodes, key).is_some()))
    else {
        return Cargo::Itself;
    };
    let record = node::get(nodes, "record").filter(|_| word == "RECORD");
    match record.and_then(|record| Some((record, record.first()?))) {
        Some((record, Node::Object { .. })) if is_bare(record) => {
            let data = node::get(record, "data").unwrap_or_default();
            let stream = node::get_text(record, "stream").unwrap_or_default();
            carried(nodes, data, stream, Carrier::Airbyte)
        }
        Some((record, Node::Object { .. })) => carried(nodes, record, stream, Carrier::Singer),
        _ => Cargo::Nothing { word },
    }
}

/// `{"stream":…,"data":{…},"emitted_at":…}`.
fn is_bare(nodes: &[Node<'_>]) -> bool {
    let has = |key| node::get(nodes, key).is_some();
    has("data") && has("emitted_at") && node::get_text(nodes, "stream").is_some() && !has("id")
}

/// A word of a protocol: `RECORD`, `ACTIVATE_VERSION`.
fn is_word(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn carried<'a>(
    nodes: &[Node<'a>],
    data: &[Node<'a>],
    stream: &'a str,
    carrier: Carrier,
) -> Cargo<'a> {
    match data.first() {
        Some(Node::Object { .. }) => {
            let before = (data.as_ptr() as usize).saturating_sub(nodes.as_ptr() as usize);
            let at = before / size_of::<Node<'_>>();
            Cargo::Record { at, nodes: node::span(data), stream, carrier }
        }
        Some(Node::String(json)) => Cargo::Text { json, stream, carrier },
        _ => Cargo::Nothing { word: "RECORD" },
    }
}

/// Keys of dates without a time that Close's tap for Singer writes as midnight in UTC. It parses
/// every value its schema calls a date-time, and these are among them.
const DATES: &[&str] = &["date_won", "date", "due_date"];
/// Dates below these keys have a time of their own.
const TIMES: &[&str] = &["envelope"];

/// Makes dates of a Singer record dates again.
pub(super) fn restore_dates(nodes: &mut [Node<'_>]) {
    match nodes.first() {
        Some(Node::Object { len, .. }) => {
            let (len, mut at) = (*len, 1);
            for _ in 0..len {
                at = restore_entry(nodes, at);
            }
        }
        Some(Node::Array { len, .. }) => {
            let (len, mut at) = (*len, 1);
            for _ in 0..len {
                let span = node::span(nodes.get(at..).unwrap_or_default());
                restore_dates(nodes.get_mut(at..at + span).unwrap_or_default());
                at += span;
            }
        }
        _ => {}
    }
}

/// The same for the key at `at`; answers where the next key stands.
fn restore_entry(nodes: &mut [Node<'_>], at: usize) -> usize {
    let Some(Node::String(key)) = nodes.get(at) else { return nodes.len() };
    let (is_date, has_time) = (DATES.contains(key), TIMES.contains(key));
    let value = at + 1;
    let span = node::span(nodes.get(value..).unwrap_or_default());
    let inside = nodes.get_mut(value..value + span).unwrap_or_default();
    match inside.first_mut() {
        Some(Node::String(text)) if is_date => *text = without_midnight(text),
        Some(_) if !has_time => restore_dates(inside),
        _ => {}
    }
    value + span
}

/// The date of `2021-07-16T00:00:00.000000Z`; any other text as it is.
fn without_midnight(text: &str) -> &str {
    let Some((date, time)) = text.split_at_checked(10) else { return text };
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"));
    let zero = time.and_then(|time| time.strip_prefix("T00:00:00"));
    match zero {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'.' | b'0')) => date,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(json: &str) -> String {
        let mut bytes = json.as_bytes().to_vec();
        let tape = simd_json::to_tape(&mut bytes).unwrap();
        match cargo(&tape.0) {
            Cargo::Itself => "itself".to_owned(),
            Cargo::Nothing { word } => word.to_owned(),
            Cargo::Text { json, stream, .. } => format!("{stream}: {json}"),
            Cargo::Record { at, nodes, stream, carrier } => {
                let mut out = Vec::new();
                node::write_json(&tape.0[at..at + nodes], &mut out);
                format!("{carrier:?} {stream}: {}", String::from_utf8(out).unwrap())
            }
        }
    }

    #[test]
    fn messages_are_taken_off() {
        for (json, expected) in [
            (r#"{"id":"lead_1","type":"RECORD","record":{}}"#, "itself"),
            (r#"{"type":"text","name":"x","schema":1}"#, "itself"),
            (r#"{"type":"RECORD"}"#, "itself"),
            (r#"{"name":"x"}"#, "itself"),
            (
                r#"{"type":"RECORD","stream":"leads","record":{"id":"lead_1"},"version":1}"#,
                r#"Singer leads: {"id":"lead_1"}"#,
            ),
            (
                r#"{"record":{"stream":"leads","data":{"id":"lead_1"},"emitted_at":1},"type":"RECORD"}"#,
                r#"Airbyte leads: {"id":"lead_1"}"#,
            ),
            (
                r#"{"stream":"leads","data":{"id":"lead_1"},"emitted_at":1}"#,
                r#"Airbyte leads: {"id":"lead_1"}"#,
            ),
            (
                r#"{"_airbyte_ab_id":"x","_airbyte_data":{"id":"lead_1"}}"#,
                r#"Airbyte : {"id":"lead_1"}"#,
            ),
            (r#"{"_airbyte_data":"{\"id\":\"lead_1\"}"}"#, r#": {"id":"lead_1"}"#),
            (r#"{"type":"STATE","value":{}}"#, "STATE"),
            (r#"{"type":"ACTIVATE_VERSION","stream":"leads","version":1}"#, "ACTIVATE_VERSION"),
            (r#"{"type":"LOG","log":{"level":"INFO","message":"x"}}"#, "LOG"),
            (
                r#"{"type":"RECORD","stream":"event_log","record":{"id":"ev_1","data":"{}"}}"#,
                r#"Singer event_log: {"id":"ev_1","data":"{}"}"#,
            ),
        ] {
            assert_eq!(of(json), expected, "{json}");
        }
    }

    #[test]
    fn dates_are_dates_again() {
        let json = r#"{"id":"lead_1","opportunities":[{"date_won":"2021-07-16T00:00:00.000000Z",
            "date_lost":"2021-07-16T00:00:00.000000Z"}],"tasks":[{"date":"2022-11-30T09:00:00.000000Z",
            "due_date":"2022-11-30T00:00:00Z"}],"envelope":{"date":"2021-07-16T00:00:00+00:00"},"date":null}"#;
        let mut bytes = json.as_bytes().to_vec();
        let mut tape = simd_json::to_tape(&mut bytes).unwrap();
        restore_dates(&mut tape.0);
        let mut out = Vec::new();
        node::write_json(&tape.0, &mut out);
        let expected = r#"{"id":"lead_1","opportunities":[{"date_won":"2021-07-16","date_lost":"2021-07-16T00:00:00.000000Z"}],"tasks":[{"date":"2022-11-30T09:00:00.000000Z","due_date":"2022-11-30"}],"envelope":{"date":"2021-07-16T00:00:00+00:00"},"date":null}"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
