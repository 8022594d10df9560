//! Writes `mapping.toml`: commented, doubtful entries first, in a stable order with one item a
//! line, so that two runs differ in few lines. It must not decide what is in it.

use super::model::{
    FieldEntry, Located, MapFile, Marks, StageEntry, Table, TypeEntry, VERSION, word,
};
use std::fmt::Write as _;

/// What the file says for people before it begins.
const HEAD: &str = include_str!("head.txt");
/// A list longer than this stands with one item a line.
const WIDTH: usize = 100;

/// Lines of comment that the caller knows: evidence from the export. Each may have several lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// About the whole file: of which export, how much is to be looked at.
    pub file: Vec<String>,
    /// By key of `[strategies]`.
    pub strategies: Table<Vec<String>>,
    /// By key of `[activities]`.
    pub activities: Table<Vec<String>>,
}

/// A word in the comment behind an entry's heading.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    New,
    Doubtful,
    Gone,
}

impl Mark {
    const ALL: [Mark; 3] = [Self::New, Self::Doubtful, Self::Gone];

    const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Doubtful => "to be looked at",
            Self::Gone => "not in this export",
        }
    }

    /// The mark that `word` is.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mark| mark.word() == word)
    }

    const fn is_in(self, marks: Marks) -> bool {
        match self {
            Self::New => marks.new,
            Self::Doubtful => marks.doubtful,
            Self::Gone => marks.gone,
        }
    }
}

/// The file's text. `text(parse(text(x)))` is `text(x)` with the same notes.
pub fn text(file: &MapFile, notes: &Notes) -> String {
    let mut out = HEAD.to_owned();
    if !notes.file.is_empty() {
        out.push_str("#\n");
        comment(&mut out, &notes.file);
    }
    let _ = write!(out, "\nversion = {VERSION}\nconfirmed = {}\n", file.confirmed);
    text_line(&mut out, "fingerprint", file.fingerprint.as_ref());
    strategies(&mut out, file, notes);
    activities(&mut out, file, notes);
    let (here, gone): (Vec<_>, Vec<_>) = file.types.iter().partition(|it| !it.marks.gone);
    section(&mut out, "Custom activities and custom objects", &here, type_entry);
    section(&mut out, "Custom types that are not in this export", &gone, type_entry);
    let (here, gone): (Vec<_>, Vec<_>) = file.stages.iter().partition(|it| !it.marks.gone);
    section(&mut out, "Stages of opportunities", &here, stage_entry);
    section(&mut out, "Stages that are not in this export", &gone, stage_entry);
    let (here, gone): (Vec<_>, Vec<_>) = file.fields.iter().partition(|it| !it.marks.gone);
    let (doubtful, sure): (Vec<_>, Vec<_>) = here.into_iter().partition(|it| it.marks.doubtful);
    let (custom, built_in): (Vec<_>, Vec<_>) = sure.into_iter().partition(|it| it.kind.is_some());
    section(&mut out, "Fields to be looked at", &doubtful, field_entry);
    section(&mut out, "Custom fields", &custom, field_entry);
    section(&mut out, "Fields Close ships with", &built_in, field_entry);
    section(&mut out, "Fields that are not in this export", &gone, field_entry);
    out
}

fn strategies(out: &mut String, file: &MapFile, notes: &Notes) {
    let it = &file.strategies;
    let closed = |value: Option<String>| value.map(|value| quoted(&value));
    let lines = [
        ("leads", closed(it.leads.as_ref().map(|it| word(&it.value)))),
        ("companies", closed(it.companies.as_ref().map(|it| word(&it.value)))),
        ("people", closed(it.people.as_ref().map(|it| word(&it.value)))),
        ("opportunity-names", closed(it.opportunity_names.as_ref().map(|it| it.value.clone()))),
        ("quoted-history", closed(it.quoted_history.as_ref().map(|it| word(&it.value)))),
    ];
    let mut heading = "\n[strategies]\n";
    for (key, value) in lines {
        if let Some(value) = value {
            out.push_str(std::mem::take(&mut heading));
            comment(out, notes.strategies.get(key).map_or(&[], Vec::as_slice));
            let _ = writeln!(out, "{key} = {value}");
        }
    }
}

fn activities(out: &mut String, file: &MapFile, notes: &Notes) {
    let mut heading = "\n[activities]\n";
    for (kind, route) in &file.activities {
        out.push_str(std::mem::take(&mut heading));
        comment(out, notes.activities.get(kind).map_or(&[], Vec::as_slice));
        let _ = writeln!(out, "{} = {}", key(kind), quoted(&word(&route.value)));
    }
}

fn section<E>(out: &mut String, title: &str, entries: &[&E], write: fn(&mut String, &E)) {
    if !entries.is_empty() {
        let _ = write!(out, "\n# === {title} ({}) ===\n", entries.len());
    }
    for entry in entries {
        out.push('\n');
        write(out, entry);
    }
}

fn type_entry(out: &mut String, entry: &TypeEntry) {
    heading(out, "type", entry.marks);
    text_line(out, "close", Some(&entry.close));
    said_line(out, "name", entry.name.as_deref());
    said_line(out, "to", entry.to.as_ref().map(|to| word(&to.value)).as_deref());
    text_line(out, "object", entry.object.as_ref());
    text_line(out, "object-plural", entry.object_plural.as_ref());
    text_line(out, "label", entry.label.as_ref());
    text_line(out, "label-plural", entry.label_plural.as_ref());
    number_line(out, "seen", entry.seen);
    said_line(out, "why", entry.why.as_deref());
}

fn stage_entry(out: &mut String, entry: &StageEntry) {
    heading(out, "stage", entry.marks);
    text_line(out, "close", Some(&entry.close));
    said_line(out, "name", entry.name.as_deref());
    said_line(out, "pipeline", entry.pipeline.as_deref());
    text_line(out, "to", entry.to.as_ref());
    number_line(out, "seen", entry.seen);
}

fn field_entry(out: &mut String, entry: &FieldEntry) {
    heading(out, "field", entry.marks);
    text_line(out, "close", Some(&entry.close));
    said_line(out, "name", entry.name.as_deref());
    if let Some(to) = &entry.to {
        list_line(out, "to", to.iter().map(|to| to.value.as_str()));
    }
    text_line(out, "type", entry.kind.as_ref());
    text_line(out, "label", entry.label.as_ref());
    if let Some(confidence) = entry.confidence {
        let _ = writeln!(out, "confidence = {:.2}", confidence.clamp(0.0, 1.0).abs());
    }
    said_line(out, "why", entry.why.as_deref());
    number_line(out, "seen", entry.seen);
    if !entry.samples.is_empty() {
        list_line(out, "samples", entry.samples.iter().map(String::as_str));
    }
    // A table of its own takes all lines below it, so it comes last.
    match &entry.options {
        Some(options) if options.is_empty() => out.push_str("options = {}\n"),
        Some(options) => {
            out.push_str("[field.options]\n");
            for (value, label) in options {
                let _ = writeln!(out, "{} = {}", quoted(value), quoted(&label.value));
            }
        }
        None => {}
    }
}

fn heading(out: &mut String, list: &str, marks: Marks) {
    let said = Mark::ALL.into_iter().filter(|mark| mark.is_in(marks)).map(Mark::word);
    let said = said.collect::<Vec<_>>().join("; ");
    let gap = if said.is_empty() { "" } else { "  # " };
    let _ = writeln!(out, "[[{list}]]{gap}{said}");
}

fn comment(out: &mut String, lines: &[String]) {
    for line in lines.iter().flat_map(|line| line.split('\n')) {
        let line = line.replace(char::is_control, " ");
        let _ = writeln!(out, "{}", format!("# {line}").trim_end());
    }
}

fn text_line(out: &mut String, key: &str, value: Option<&Located<String>>) {
    said_line(out, key, value.map(|value| value.value.as_str()));
}

fn said_line(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    }
}

fn number_line(out: &mut String, key: &str, value: Option<u64>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {value}");
    }
}

fn list_line<'a>(out: &mut String, key: &str, items: impl Iterator<Item = &'a str>) {
    let items: Vec<_> = items.map(quoted).collect();
    let line = format!("{key} = [{}]", items.join(", "));
    if line.chars().count() <= WIDTH || items.len() < 2 {
        let _ = writeln!(out, "{line}");
        return;
    }
    let _ = writeln!(out, "{key} = [");
    for item in items {
        let _ = writeln!(out, "  {item},");
    }
    out.push_str("]\n");
}

fn key(text: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !text.is_empty() && text.chars().all(bare) { text.to_owned() } else { quoted(text) }
}

/// A basic string. Whatever cannot be seen or would change how the line is shown is escaped.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for sign in text.chars() {
        match sign {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            hidden if hidden.is_control() || is_invisible(hidden) => {
                let _ = write!(out, "\\u{:04X}", u32::from(hidden));
            }
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Marks of direction, blanks without width, separators of lines: all in the first plane. The
/// joiners (U+200C, U+200D) are left, they belong to scripts and emoji.
const fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
