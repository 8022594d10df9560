//! Sends recorded requests to the fake and compares what comes back, ids, times, tokens and
//! addresses masked. An id the server made is learnt where it first shows, and must then be the
//! same one wherever it shows again.

use super::fake_twenty::FakeTwenty;
use super::fake_twenty::ask::send;
use regex::{Captures, Regex};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const TRANSCRIPTS: &str = include_str!("../../testdata/twenty/contract/transcripts.jsonl");
const OBJECTS: &str = include_str!("../../testdata/twenty/contract/objects-2.21.json");

static ID: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").expect("a rule")
});
/// What differs from run to run: moments of the recording and of today, tokens, index names.
static NOISE: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let rules = [
        (r"20(2[6-9]|3\d)-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "<time>"),
        (r"token=[^&]*$", "token=<TOKEN>"),
        (r"http://(localhost|127\.0\.0\.1):\d+", "<server>"),
        (r"IDX_\w+", "IDX"),
    ];
    rules.iter().map(|(rule, text)| (Regex::new(rule).expect("a rule"), *text)).collect()
});

/// Consequences, told beside the cause; of these only the codes count.
const CASCADES: &[&str] = &[
    "OBJECT_METADATA_NOT_FOUND",
    "INVALID_VIEW_DATA",
    "INDEX_FIELD_NOT_FOUND",
    "INDEX_ALREADY_EXISTS",
    "TS_VECTOR_FIELD_METADATA_NOT_FOUND",
];
/// Keys whose values are the database's own business.
const FREE: &[&str] = &["searchVector", "position", "startCursor", "endCursor"];

/// The recorded exchanges by number.
pub static RECORDED: LazyLock<Vec<Value>> = LazyLock::new(|| {
    TRANSCRIPTS.lines().map(|line| serde_json::from_str(line).expect("a recorded line")).collect()
});

/// A fake, and what is known of the ids of the recording.
pub struct Replay {
    pub fake: FakeTwenty,
    /// Ids as recorded, and as they are here.
    ids: BTreeMap<String, String>,
    uploads: BTreeMap<String, String>,
    differences: Vec<String>,
}

impl Replay {
    pub fn new(fake: FakeTwenty) -> Self {
        // The standard schema has the recorded ids.
        let ids =
            ID.find_iter(OBJECTS).map(|id| (id.as_str().into(), id.as_str().into())).collect();
        Self { fake, ids, uploads: BTreeMap::new(), differences: Vec::new() }
    }

    /// Takes a recorded id for this one.
    pub fn learn(&mut self, recorded: &str, here: &str) {
        self.ids.insert(recorded.to_owned(), here.to_owned());
    }

    /// The id that stands for a recorded one.
    pub fn id(&self, recorded: &str) -> String {
        self.ids.get(recorded).cloned().unwrap_or_else(|| recorded.to_owned())
    }

    /// Replays these exchanges in their order.
    pub fn play(&mut self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            self.exchange(number, false);
        }
    }

    /// The same for answers whose lists have no order of their own.
    pub fn play_unordered(&mut self, numbers: impl IntoIterator<Item = usize>) {
        for number in numbers {
            self.exchange(number, true);
        }
    }

    fn exchange(&mut self, number: usize, unordered: bool) {
        let recorded = &RECORDED[number];
        assert_eq!(recorded["n"], json!(number), "the numbers run on");
        let (status, answer) = self.request(recorded);
        let mut expected = recorded["response"].clone();
        // What is no JSON on the wire was kept as text.
        if let Some(Ok(whole)) = expected.as_str().map(serde_json::from_str) {
            expected = whole;
        }
        let mut found = answer.clone();
        reduce(&mut expected);
        reduce(&mut found);
        let here: BTreeSet<String> = self.ids.values().cloned().collect();
        if unordered {
            self.sort(&mut expected, true, &here);
            self.sort(&mut found, false, &here);
        }
        let mut told = Vec::new();
        if recorded["status"] != json!(status) {
            told.push(format!("status {}, not {status}", recorded["status"]));
        }
        self.compare("", &expected, &found, &here, &mut told);
        if told.is_empty() {
            self.learn_from(&expected, &found);
        } else {
            let name = recorded["name"].as_str().unwrap_or_default();
            self.differences.push(format!("{number} {name}\n    {}", told.join("\n    ")));
        }
    }

    fn request(&mut self, recorded: &Value) -> (u16, Value) {
        let name = recorded["name"].as_str().unwrap_or_default();
        let request = &recorded["request"];
        let method = request["method"].as_str().unwrap_or_default();
        let mut target = request["path"].as_str().unwrap_or_default().to_owned();
        if let Some(parameters) = request["params"].as_object() {
            let pairs = parameters.iter().map(|(key, value)| {
                (key.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            });
            let query: String =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            target = format!("{target}?{query}");
        }
        let mut kind = "application/json";
        let body = if let Some(operations) = request["multipart"].as_object() {
            kind = "multipart/form-data; boundary=XX";
            self.multipart(operations, name)
        } else if method == "PUT" {
            kind = "application/octet-stream";
            let id = ID.find(&target).expect("a file id").as_str();
            target = self.uploads.get(id).cloned().unwrap_or_default();
            if name.ends_with("badToken") {
                target.push_str("ff");
            }
            content(name, request["body"].as_str().unwrap_or_default())
        } else if request["body"] == "<more than 10 MB>" {
            json!({"query": " ".repeat(11 << 20)}).to_string().into_bytes()
        } else {
            self.translated(&request["body"].to_string()).into_bytes()
        };
        let key = self.key(name);
        let mut headers = vec![("Content-Type", kind)];
        let authorization = format!("Bearer {key}");
        if !key.is_empty() && method != "PUT" {
            headers.push(("Authorization", &authorization));
        }
        let url = self.fake.url();
        let target = self.translated(target.trim_start_matches(url.as_str()));
        let reply = send(&url, method, &target, &headers, &body).expect("an answer");
        let text = String::from_utf8_lossy(&reply.bytes).into_owned();
        let answer = serde_json::from_str(&text).unwrap_or_else(|_| json!(text));
        if let Some(upload) = answer["data"]["createFileUpload"].as_object() {
            let was = &recorded["response"]["data"]["createFileUpload"]["fileId"];
            let url = upload["uploadUrl"].as_str().unwrap_or_default();
            self.upload_at(was.as_str().unwrap_or_default(), url);
        }
        (reply.status, answer)
    }

    /// Where the bytes of a recorded file id go.
    pub fn upload_at(&mut self, recorded: &str, url: &str) {
        self.uploads.insert(recorded.to_owned(), url.to_owned());
    }

    /// Sends bytes for a recorded file, whatever comes back.
    pub fn put(&self, recorded: &str, bytes: &[u8]) {
        let url = self.fake.url();
        let target = self.uploads[recorded].trim_start_matches(url.as_str());
        send(&url, "PUT", target, &[], bytes).expect("an answer");
    }

    fn key(&self, name: &str) -> String {
        let admin = self.fake.key();
        match name.rsplit('.').next().unwrap_or_default() {
            "none" => String::new(),
            "garbage" => "garbage".to_owned(),
            "tampered" => format!("{}AAAA", &admin[..admin.len() - 4]),
            "revoked" => self.fake.revoked_key(),
            "expired" => self.fake.expired_key(),
            _ if name.starts_with("perm.") || name.starts_with("preflight.limited") => {
                self.fake.limited_key()
            }
            _ => admin,
        }
    }

    fn multipart(&self, parts: &serde_json::Map<String, Value>, name: &str) -> Vec<u8> {
        let described = parts["0"].as_str().unwrap_or_default();
        let file = described.split("filename='").nth(1).unwrap_or_default();
        let file = file.trim_end_matches("'>").replace('"', "%22");
        let mut body = Vec::new();
        let operations = self.translated(&parts["operations"].to_string());
        for (key, text) in [("operations", operations), ("map", parts["map"].to_string())] {
            let head = format!("--XX\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(text.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        let head = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"0\"; filename=\"{file}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&content(name, described));
        body.extend_from_slice(b"\r\n--XX--\r\n");
        body
    }

    /// Recorded ids replaced by those of here.
    fn translated(&self, text: &str) -> String {
        ID.replace_all(text, |id: &Captures<'_>| self.id(&id[0])).into_owned()
    }

    /// A text with its noise taken out; ids nobody knows are all alike.
    fn masked(&self, text: &str, recorded: bool, here: &BTreeSet<String>) -> String {
        let text = ID.replace_all(text, |id: &Captures<'_>| {
            let known = self.ids.get(&id[0]).filter(|_| recorded).cloned();
            let known = known.or_else(|| here.get(&id[0]).filter(|_| !recorded).cloned());
            known.unwrap_or_else(|| "<id>".to_owned())
        });
        NOISE
            .iter()
            .fold(text.into_owned(), |text, (rule, by)| rule.replace_all(&text, *by).into_owned())
    }

    fn sort(&self, value: &mut Value, recorded: bool, here: &BTreeSet<String>) {
        match value {
            Value::Array(all) => {
                all.iter_mut().for_each(|one| self.sort(one, recorded, here));
                all.sort_by_cached_key(|one| self.canonical(one, recorded, here));
            }
            Value::Object(map) => map.values_mut().for_each(|one| self.sort(one, recorded, here)),
            _ => {}
        }
    }

    fn canonical(&self, value: &Value, recorded: bool, here: &BTreeSet<String>) -> String {
        match value {
            Value::Object(map) => {
                let sorted: BTreeMap<&String, String> = map
                    .iter()
                    .map(|(key, one)| (key, self.canonical(one, recorded, here)))
                    .collect();
                format!("{sorted:?}")
            }
            Value::Array(all) => {
                let all: Vec<_> = all.iter().map(|o| self.canonical(o, recorded, here)).collect();
                format!("{all:?}")
            }
            other => self.masked(&other.to_string(), recorded, here),
        }
    }

    fn compare(
        &self,
        path: &str,
        expected: &Value,
        found: &Value,
        here: &BTreeSet<String>,
        told: &mut Vec<String>,
    ) {
        match (expected, found) {
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for key in keys.into_iter().filter(|key| !FREE.contains(&key.as_str())) {
                    let path = format!("{path}.{key}");
                    match (a.get(key), b.get(key)) {
                        (Some(a), Some(b)) => self.compare(&path, a, b, here, told),
                        (Some(_), None) => told.push(format!("{path} is missing")),
                        _ => told.push(format!("{path} is too much")),
                    }
                }
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                for (index, (a, b)) in a.iter().zip(b).enumerate() {
                    self.compare(&format!("{path}[{index}]"), a, b, here, told);
                }
            }
            (Value::String(a), Value::String(b)) => {
                let (a, b) = (self.masked(a, true, here), self.masked(b, false, here));
                if a != b {
                    told.push(format!("{path}: {a:?}, not {b:?}"));
                }
            }
            (a, b) if a != b => told.push(format!("{path}: {a}, not {b}")),
            _ => {}
        }
    }

    /// Pairs up the ids of two answers that are alike.
    fn learn_from(&mut self, expected: &Value, found: &Value) {
        match (expected, found) {
            (Value::Object(a), Value::Object(b)) => {
                for (key, a) in a {
                    if let Some(b) = b.get(key) {
                        self.learn_from(a, b);
                    }
                }
            }
            (Value::Array(a), Value::Array(b)) => {
                a.iter().zip(b).for_each(|(a, b)| self.learn_from(a, b));
            }
            (Value::String(a), Value::String(b)) => {
                for (a, b) in ID.find_iter(a).zip(ID.find_iter(b)) {
                    self.ids.entry(a.as_str().into()).or_insert_with(|| b.as_str().into());
                }
            }
            _ => {}
        }
    }

    /// Fails with all that differed.
    pub fn finish(self) {
        let differences = self.differences;
        assert!(differences.is_empty(), "{}\n", differences.join("\n"));
    }
}

/// Leaves of consequences only their codes.
fn reduce(value: &mut Value) {
    match value {
        Value::Object(map) => {
            let code = map.get("code").and_then(Value::as_str);
            if code.is_some_and(|code| CASCADES.contains(&code)) || is_consequence(map) {
                map.retain(|key, _| key == "code");
                return;
            }
            // A view field or index is named by ids of its own.
            if map.get("metadataName").is_some_and(|name| {
                !matches!(name.as_str(), Some("fieldMetadata" | "objectMetadata"))
            }) {
                map.remove("flatEntityMinimalInformation");
            }
            map.values_mut().for_each(reduce);
        }
        Value::Array(all) => all.iter_mut().for_each(reduce),
        _ => {}
    }
}

/// A link that could not be made beside an object that could not be: causes need no code there.
fn is_consequence(map: &serde_json::Map<String, Value>) -> bool {
    let code = map.get("code").and_then(Value::as_str).unwrap_or_default();
    let linked = |text: &str| text.contains("\"target") || text == code;
    matches!(
        code,
        "ENTITY_ALREADY_EXISTS"
            | "FIELD_ALREADY_EXISTS"
            | "INDEX_OBJECT_NOT_FOUND"
            | "FIELD_METADATA_NOT_FOUND"
    ) || (code == "NOT_AVAILABLE" && map["message"].as_str().is_some_and(linked))
}

/// The bytes of a file as its name in the transcripts says.
fn content(name: &str, described: &str) -> Vec<u8> {
    let length = described.trim_start_matches('<').split(' ').next().unwrap_or_default();
    let length: usize = length.parse().unwrap_or_default();
    let start: &[u8] = match name {
        name if name.contains(".mp3") => b"ID3\x04",
        name if name.contains("svg") => b"<?xml version=\"1.0\"?><svg>",
        name if name.contains("page-named") => b"<html><body>",
        name if name.contains(".jpg") => b"\x89PNG\r\n\x1a\n",
        name if name.contains('Ü') => b"%PDF-1.4",
        _ => b"text",
    };
    let mut bytes = start.to_vec();
    bytes.resize(length, b' ');
    bytes
}
