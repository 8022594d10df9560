//! What an export holds and what it lacks, and what each missing file costs. It must not promise
//! what a conversion would do.

use super::grouped::{Remark, Told, grouped};
use super::left_out::IgnoredLine;
use super::summary::{IncompleteLine, ignored, incomplete, messages, messages_line, remarks};
use super::table::{Table, number, plural, size};
use crate::close::{Kind, Space};
use crate::survey::{Map, Survey};
use serde::Serialize;
use std::fmt::Write as _;

/// See the module's head.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Audit {
    /// The files, with their sizes after decompression.
    pub files: Vec<FileLine>,
    /// Objects by type; copies count each time.
    pub types: Map<&'static str, TypeLine>,
    /// Users by how they are known.
    pub users: UserLine,
    /// Custom fields with values, by Close type.
    pub custom_fields: Map<&'static str, u64>,
    /// Definitions of custom fields in the export.
    pub custom_field_definitions: u64,
    /// Files that records refer to.
    pub attachments: AttachmentLine,
    /// What is missing, and what that costs.
    pub missing: Vec<MissingLine>,
    /// Signs that the export is not whole.
    pub incomplete: Vec<IncompleteLine>,
    /// Files of the export's folders that are no Close JSON.
    pub ignored_files: Vec<IgnoredLine>,
    /// What is read but is worth a remark.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<IgnoredLine>,
    /// Messages of Singer and Airbyte that carry no record, by what they call themselves.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub messages: Map<String, u64>,
    /// Records that could not be read.
    pub unreadable: u64,
}

/// One file.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct FileLine {
    /// Its name.
    pub file: String,
    /// Bytes after decompression.
    pub bytes: u64,
}

/// One Close type.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct TypeLine {
    /// Objects.
    pub count: u64,
    /// By year of happening, else of creation.
    pub years: Map<i16, u64>,
}

/// Users.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct UserLine {
    /// Listed in the organisation or users file.
    pub listed: u64,
    /// Named in records only.
    pub named_only: u64,
}

/// Files that records refer to.
#[derive(Clone, Debug, Default, Serialize, schemars::JsonSchema)]
pub struct AttachmentLine {
    /// How many.
    pub count: u64,
    /// Their bytes, where the records say.
    pub bytes: u64,
    /// Recordings and voicemails.
    pub recordings: u64,
}

/// Something missing.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct MissingLine {
    /// Stable code.
    pub code: &'static str,
    /// What is missing.
    pub what: &'static str,
    /// What it costs.
    pub cost: &'static str,
    /// Where to get it.
    pub fix: &'static str,
}

/// Without any activity.
const ACTIVITIES: MissingLine = MissingLine {
    code: "C2T-M001",
    what: "activities",
    cost: "no calls, e-mails, notes and meetings",
    fix: "re-export as JSON with activities (Settings, Export, include activities)",
};
/// Settings files: code, what, cost, where to get it.
const SETTINGS: &[(Kind, MissingLine)] = &[
    (
        Kind::Organization,
        MissingLine {
            code: "C2T-M002",
            what: "the organisation",
            cost: "statuses and pipelines are in no order, people who left have no e-mail address",
            fix: "save GET /organization/{id}/ beside the export",
        },
    ),
    (
        Kind::User,
        MissingLine {
            code: "C2T-M003",
            what: "the users",
            cost: "owners have names but no e-mail addresses, so they match no workspace member",
            fix: "save GET /user/ beside the export",
        },
    ),
    (
        Kind::CustomField,
        MissingLine {
            code: "C2T-M004",
            what: "the definitions of custom fields",
            cost: "types and options are inferred from values; fields of contacts and opportunities have ids for names",
            fix: "save GET /custom_field/lead/, /contact/, /opportunity/ and /shared/ beside the export",
        },
    ),
    (
        Kind::Pipeline,
        MissingLine {
            code: "C2T-M005",
            what: "the pipelines",
            cost: "stages are in no order, and opportunities before 2024 have no pipeline",
            fix: "save GET /pipeline/ or the organisation beside the export",
        },
    ),
];

/// Lists that records refer to: code, what, cost, where to get it.
const TASKS: MissingLine = MissingLine {
    code: "C2T-M006",
    what: "the list of all tasks",
    cost: "the tasks are those that leads hold: since June 2024 not all to-dos, and no missed calls, voicemails and the like",
    fix: "save GET /task/?_type=all beside the export",
};
const ACTIVITY_TYPES: MissingLine = MissingLine {
    code: "C2T-M007",
    what: "the custom activity types",
    cost: "objects of custom activities are called Custom Activity, and nobody sees which is which",
    fix: "save GET /custom_activity/ beside the export",
};
const OBJECT_TYPES: MissingLine = MissingLine {
    code: "C2T-M008",
    what: "the custom object types",
    cost: "objects of custom objects are called Custom Object, and nobody sees which is which",
    fix: "save GET /custom_object_type/ beside the export",
};

/// Everything that can be missing.
pub(super) fn every_missing() -> impl Iterator<Item = &'static MissingLine> {
    let referred = [&TASKS, &ACTIVITY_TYPES, &OBJECT_TYPES];
    std::iter::once(&ACTIVITIES).chain(SETTINGS.iter().map(|(_, line)| line)).chain(referred)
}

impl Audit {
    /// Says what a survey found.
    pub fn new(survey: &Survey) -> Self {
        let files = survey.sources.iter().zip(&survey.ends);
        let files =
            files.map(|(s, end)| FileLine { file: s.name.clone(), bytes: end.bytes }).collect();
        let mut types: Map<&'static str, TypeLine> = Map::default();
        for kind in Kind::ALL {
            let Some(count) = survey.read.get(kind) else { continue };
            let mut years: Map<i16, u64> = Map::default();
            for ((_, month), n) in survey.months.iter().filter(|((k, _), _)| k == kind) {
                *years.entry(month.div_euclid(12) as i16).or_default() += n;
            }
            years.sort_keys();
            types.insert(kind.word(), TypeLine { count: *count, years });
        }
        let listed = survey.config.users.len() as u64;
        let named = survey.users.0.keys().filter(|id| !survey.config.users.contains_key(*id));
        let users = UserLine { listed, named_only: named.count() as u64 };
        Self {
            files,
            types,
            users,
            custom_fields: custom_fields(survey),
            custom_field_definitions: survey.config.fields.len() as u64,
            attachments: AttachmentLine {
                count: survey.files.values().map(|(n, _)| n).sum(),
                bytes: survey.files.values().map(|(_, bytes)| bytes).sum(),
                recordings: survey.recordings,
            },
            missing: missing(survey),
            incomplete: incomplete(survey),
            ignored_files: ignored(survey),
            remarks: remarks(survey),
            messages: messages(survey),
            unreadable: survey.unreadable,
        }
    }

    /// The audit for people.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut files = Table::new(&["file", "bytes"]);
        for line in self.files.iter().take(FILES) {
            files.row([line.file.clone(), size(line.bytes)]);
        }
        if let Some(rest) = self.files.get(FILES..).filter(|rest| !rest.is_empty()) {
            let bytes = rest.iter().map(|line| line.bytes).sum();
            files.row([format!("{} more", number(rest.len() as u64)), size(bytes)]);
        }
        let _ = writeln!(out, "{}", files.text());
        let _ = writeln!(out, "{}", self.by_year());
        let fields: Vec<_> =
            self.custom_fields.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
        let fields = if fields.is_empty() { "none".to_owned() } else { fields.join(", ") };
        let defined = plural(self.custom_field_definitions, "definition", "definitions");
        let _ = writeln!(out, "Custom fields with values: {fields} ({defined} in the export)");
        let (listed, named) = (self.users.listed, self.users.named_only);
        let _ = writeln!(out, "Users: {listed} listed, {named} only named in records");
        let files = &self.attachments;
        let count = plural(files.count, "attachment", "attachments");
        let calls = plural(files.recordings, "recording or voicemail", "recordings and voicemails");
        let _ = writeln!(out, "Files referred to: {count} ({}), {calls}", size(files.bytes));
        for line in &self.missing {
            let _ = writeln!(
                out,
                "\nMissing [{}]: {}\n  cost: {}\n  to do: {}",
                line.code, line.what, line.cost, line.fix
            );
        }
        let told = |file: &str, what: &str| format!("{file}: {what}");
        let incomplete = self.incomplete.iter().map(|one| (one.code, told(&one.file, &one.what)));
        remarked(&mut out, "Incomplete", incomplete);
        let ignored = self.ignored_files.iter().map(|one| (one.code, told(&one.file, one.why)));
        remarked(&mut out, "Left out", ignored);
        let remarks = self.remarks.iter().map(|one| (one.code, told(&one.file, one.why)));
        remarked(&mut out, "Remark", remarks);
        if let Some(line) = messages_line(&self.messages) {
            let _ = writeln!(out, "\n{line}");
        }
        if self.unreadable > 0 {
            let _ = writeln!(
                out,
                "\nUnreadable records: {} (convert lists each with its place)",
                number(self.unreadable)
            );
        }
        out
    }
}

impl Audit {
    /// Objects by type and year; earlier years share a column where there are many.
    fn by_year(&self) -> String {
        let mut shown: Vec<i16> =
            self.types.values().flat_map(|line| line.years.keys()).copied().collect();
        shown.sort_unstable();
        shown.dedup();
        let shown = shown.split_off(shown.len().saturating_sub(YEARS));
        let first = shown.first().copied().unwrap_or_default();
        let earlier = self.types.values().any(|line| line.years.keys().any(|year| *year < first));
        let mut head = vec!["Close type".to_owned(), "count".to_owned()];
        head.extend(earlier.then(|| format!("before {first}")));
        head.extend(shown.iter().map(ToString::to_string));
        let mut table = Table::new(&head.iter().map(String::as_str).collect::<Vec<_>>());
        let cell = |n: u64| if n == 0 { "·".to_owned() } else { number(n) };
        for (kind, line) in &self.types {
            let before = line.years.iter().filter(|(year, _)| **year < first).map(|(_, n)| n).sum();
            let mut row = vec![(*kind).to_owned(), number(line.count)];
            row.extend(earlier.then(|| cell(before)));
            row.extend(
                shown.iter().map(|year| cell(line.years.get(year).copied().unwrap_or_default())),
            );
            table.row(row);
        }
        table.text()
    }
}

/// The first few remarks of each code, and how many more there are.
fn remarked(out: &mut String, word: &str, remarks: impl Iterator<Item = Remark>) {
    for told in grouped(remarks, "--format json names all") {
        let _ = match told {
            Told::One((code, text)) => writeln!(out, "\n{word} [{code}]: {text}"),
            Told::More(text) => writeln!(out, "{text}"),
        };
    }
}

/// Files with a row of their own; `--format json` lists all.
const FILES: usize = 100;
/// Years with a column of their own.
const YEARS: usize = 10;

/// Fields with at least one value: ids and names that mean the same field count once.
fn custom_fields(survey: &Survey) -> Map<&'static str, u64> {
    let mut counts: Map<&'static str, u64> = Map::default();
    for kind in Kind::ALL {
        let of = |space| {
            survey
                .customs
                .iter()
                .filter(move |((k, _, s, _), p)| k == kind && *s == space && p.records > 0)
                .count()
        };
        let n = of(Space::CustomId).max(of(Space::CustomName));
        if n > 0 {
            counts.insert(kind.word(), n as u64);
        }
    }
    counts
}

fn missing(survey: &Survey) -> Vec<MissingLine> {
    let activities = survey.read.iter().any(|(kind, n)| kind.is_activity() && *n > 0);
    let mut lines = Vec::new();
    if !activities {
        lines.push(ACTIVITIES);
    }
    let config = &survey.config;
    let there = |kind: Kind| match kind {
        Kind::Organization => survey.read.contains_key(&Kind::Organization),
        Kind::User => !config.users.is_empty(),
        Kind::CustomField => !config.fields.is_empty(),
        _ => !config.pipelines.is_empty(),
    };
    lines.extend(SETTINGS.iter().filter(|(kind, _)| !there(*kind)).map(|(_, line)| line.clone()));
    let has = |kind: &Kind| survey.read.get(kind).is_some_and(|n| *n > 0);
    if !survey.carried.has_task_list() && (has(&Kind::Task) || has(&Kind::TaskCompleted)) {
        lines.push(TASKS);
    }
    for (of, line) in [(Kind::CustomActivity, ACTIVITY_TYPES), (Kind::CustomObject, OBJECT_TYPES)] {
        let mut types = survey.custom_types.keys().filter(|(kind, _)| *kind == of);
        if types.any(|(_, id)| !config.types.contains_key(id)) {
            lines.push(line);
        }
    }
    lines
}
