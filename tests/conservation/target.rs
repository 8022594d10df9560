//! A bundle as a heap of words per Close id: is a value of the source somewhere in the rows or the
//! archive lines of its record? It must not know which field a value belongs to, nor use the
//! library under test.

use crate::cases::sheet::{Sheet, sheets};
use crate::source::{self, Record};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// See the module's head.
pub struct Target {
    /// Close id → letters and digits of all its cells and archive lines.
    words: BTreeMap<String, String>,
    /// Close id → numbers in its cells and archive lines.
    numbers: BTreeMap<String, Vec<f64>>,
    /// Close id → ids it was merged with or is represented by.
    aliases: BTreeMap<String, BTreeSet<String>>,
    /// Id → what people call it.
    names: BTreeMap<String, Vec<String>>,
}

impl Target {
    /// Reads the bundle made from an export.
    pub fn read(bundle: &Path, export: &Path) -> Self {
        let names = source::names(export);
        let (words, numbers) = (BTreeMap::new(), BTreeMap::new());
        let mut target = Self { words, numbers, aliases: BTreeMap::new(), names };
        let manifest = fs::read(bundle.join("manifest.json")).expect("a manifest");
        let labels = labels(&serde_json::from_slice(&manifest).expect("JSON"));
        for sheet in sheets(bundle).values() {
            target.rows(sheet, &labels);
        }
        target.files(bundle);
        for (path, bytes) in crate::cases::files(bundle) {
            if !path.starts_with("archive/") {
                continue;
            }
            for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
                let line: Value =
                    serde_json::from_slice(line).unwrap_or_else(|e| panic!("{path} {e}"));
                target.line(&line);
            }
        }
        target
    }

    fn rows(&mut self, sheet: &Sheet, labels: &BTreeMap<String, String>) {
        let own = ["Close Id", "Close Contact Id", "Close Lead Id", "Close Merged Ids"];
        let columns = |wanted: &[&str]| -> Vec<usize> {
            let at = |header: &&str| sheet.header.iter().position(|h| h == header);
            wanted.iter().filter_map(at).collect()
        };
        let own = columns(&own);
        // The note of an opportunity is a row of its own that names the opportunity.
        let parent = columns(&["Opportunity / Close Id"]);
        for row in &sheet.rows {
            let words = |columns: &[usize]| -> BTreeSet<String> {
                columns.iter().flat_map(|at| row[*at].split(' ')).map(str::to_owned).collect()
            };
            let ids = words(&own);
            for id in &ids {
                self.aliases.entry(id.clone()).or_default().extend(ids.iter().cloned());
            }
            for id in ids.into_iter().chain(words(&parent)).filter(|id| !id.is_empty()) {
                for cell in row {
                    self.add(&id, cell);
                    for label in cell.split(['[', ']', '"', ',']).filter_map(|v| labels.get(v)) {
                        self.add(&id, label);
                    }
                }
            }
        }
    }

    /// What `files.csv` says of the files of a record.
    fn files(&mut self, bundle: &Path) {
        let Ok(bytes) = fs::read(bundle.join("files.csv")) else { return };
        let sheet = Sheet::parse(&bytes);
        let (owner, refers) = (sheet.at("owner"), sheet.at("refers"));
        for row in &sheet.rows {
            let ids: BTreeSet<&str> = row[refers].split(' ').chain([&*row[owner]]).collect();
            for id in ids {
                row.iter().for_each(|cell| self.add(id, cell));
            }
        }
    }

    fn line(&mut self, line: &Value) {
        let id = line.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut open = vec![line];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items),
                Value::Object(object) => open.extend(object.values()),
                Value::String(text) => self.add(&id, text),
                other => self.add(&id, &other.to_string()),
            }
        }
    }

    fn add(&mut self, id: &str, text: &str) {
        self.words.entry(id.to_owned()).or_default().push_str(&letters(&decoded(text)));
        if let Ok(number) = text.parse() {
            self.numbers.entry(id.to_owned()).or_default().push(number);
        }
    }

    /// Whether the bundle holds this value of this record.
    pub fn holds(&self, record: &Record, path: &str, value: &Value) -> bool {
        let Some(words) = self.words.get(&record.id) else { return false };
        match value {
            Value::Number(number) => {
                self.counts(record, number.as_f64().expect("a number"))
                    || words.contains(&letters(&value.to_string()))
            }
            Value::Bool(true) if path == "is_complete" => words.contains("done"),
            Value::Bool(false) if path == "is_complete" => words.contains("todo"),
            Value::Bool(flag) => words.contains(&flag.to_string()),
            Value::String(text) => {
                text.parse().is_ok_and(|number| self.counts(record, number))
                    || self.texts(path, text).iter().any(|text| words.contains(text))
            }
            _ => false,
        }
    }

    /// Whether the number stands alone in a cell; Close counts money in hundredths.
    fn counts(&self, record: &Record, number: f64) -> bool {
        let same = |n: f64| (n - number).abs() <= f64::EPSILON * number.abs();
        let mut numbers = self.numbers.get(&record.id).into_iter().flatten();
        numbers.any(|n| same(*n) || same(*n * 100.0))
    }

    /// The forms a text may take in the bundle.
    fn texts(&self, path: &str, text: &str) -> Vec<String> {
        let mut forms = vec![letters(text), letters(&decoded(text))];
        if path.ends_with("html") || text.starts_with("<body>") {
            forms.push(letters(&without_tags(text)));
        }
        let renamed =
            RENAMED.iter().filter(|(place, from, _)| path.ends_with(place) && *from == text);
        forms.extend(renamed.map(|(_, _, to)| (*to).to_owned()));
        // A host is written in the letters domains are made of, a link with `https`.
        let host = text.rsplit(['@', '/']).find(|part| part.contains('.')).unwrap_or_default();
        if let Ok(host) = url::Host::parse(host.trim_start_matches("www."))
            && path.ends_with(['l', 'e'])
        {
            let before = text.split_once('@').map_or("", |(before, _)| before);
            forms.push(letters(&format!("{before}{host}")));
        }
        if path.ends_with("phone") {
            forms.push(letters(text).trim_start_matches('0').to_owned());
        }
        if let Ok(time) = text.parse::<jiff::Timestamp>() {
            forms.push(time.strftime("%Y%m%dt%H%M%S").to_string());
            // Midnight UTC is how a plain date comes from the API.
            if path.ends_with("date") && time.as_second() % 86_400 == 0 {
                forms.push(time.strftime("%Y%m%dt").to_string());
            }
        } else if let Ok(time) = text.parse::<jiff::civil::DateTime>() {
            forms.push(time.strftime("%Y%m%dt%H%M%S").to_string());
        }
        let names = self.names.get(text).into_iter().flatten();
        let aliases = self.aliases.get(text).into_iter().flatten();
        forms.extend(names.chain(aliases).map(|name| letters(name)));
        forms.retain(|form| !form.is_empty());
        // Signs alone leave nothing to look for.
        if forms.is_empty() { vec![String::new()] } else { forms }
    }
}

/// Places whose words Twenty's options say otherwise.
const RENAMED: &[(&str, &str, &str)] = &[
    ("direction", "incoming", "inbound"),
    ("direction", "outgoing", "outbound"),
    ("_type", "WhatsAppMessage", "whatsapp"),
    ("country", "Deutschland", "germany"),
    ("country", "jp", "japan"),
    ("phone", "+46 (0)70 174 06 05", "46701740605"),
    ("phone", "+14155550187 x42", "14155550187ext42"),
];

/// Option value → label, over all select fields.
fn labels(manifest: &Value) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for field in manifest["schema"]["fields"].as_array().expect("fields") {
        for option in field["options"].as_array().into_iter().flatten() {
            let text = |key: &str| option[key].as_str().unwrap_or_default().to_owned();
            found.entry(text("value")).or_default().push_str(&text("label"));
        }
    }
    found
}

/// Letters and digits in lower case: what is left of a text in any notation.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// HTML without its tags and what no reader sees, entities decoded: a crude reader on purpose.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let hidden = [("<script", "</script>"), ("<style", "</style>"), ("<!--", "-->")];
        let hidden = hidden.iter().find(|(start, _)| rest.starts_with(start));
        let end = hidden.map_or(">", |(_, end)| end);
        rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]);
    }
    text.push_str(rest);
    decoded(&text)
}

fn decoded(text: &str) -> String {
    const ENTITIES: &[(&str, &str)] = &[
        ("<br>", ""),
        ("&nbsp;", " "),
        ("&#x20;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign))
}
