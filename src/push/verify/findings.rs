//! What is not in the target as the bundle says: a line each as CSV for people and as JSON for programs, written as they come,
//! and counts for the summary. It must not judge, nor keep findings.

use crate::error::{Error, Result};
use crate::push::value::Difference;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write;

/// Longest value shown, in characters.
const LONGEST: usize = 200;
/// Characters shown before the place where two long values part.
const BEFORE: usize = 40;
/// Stands where something was left out.
const MARK: char = '…';

/// What sort of finding it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The record is not there.
    Missing,
    /// The record is there, but in the trash.
    Deleted,
    /// A value is another.
    Different,
    /// A task or note is linked to something it should not be linked to.
    ExtraLink,
    /// A task or note lacks a link.
    MissingLink,
    /// A file is not there.
    FileMissing,
    /// A file is there with another content.
    FileDiffers,
}

impl Kind {
    /// As in the files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Deleted => "deleted",
            Self::Different => "different",
            Self::ExtraLink => "extra-link",
            Self::MissingLink => "missing-link",
            Self::FileMissing => "file-missing",
            Self::FileDiffers => "file-differs",
        }
    }
}

/// One finding. Texts that do not apply are empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding<'a> {
    /// API name of the object.
    pub object: &'a str,
    /// The record's Close id; of files that of `files.csv`.
    pub close_id: &'a str,
    /// Its id in the target, where it has one.
    pub id: &'a str,
    /// What sort.
    pub kind: Kind,
    /// API name of the field, with its sub-field: `emails.primaryEmail`.
    pub field: String,
    /// Header of the column.
    pub header: &'a str,
    /// What the bundle says.
    pub expected: Value,
    /// What is there.
    pub found: Value,
}

impl<'a> Finding<'a> {
    /// About a whole record or file.
    pub fn about(object: &'a str, close_id: &'a str, id: &'a str, kind: Kind) -> Self {
        let (expected, found) = (Value::Null, Value::Null);
        Self { object, close_id, id, kind, field: String::new(), header: "", expected, found }
    }

    /// About a value of a record.
    pub fn value(object: &'a str, close_id: &'a str, id: &'a str, what: &'a Difference) -> Self {
        let field = match &what.sub_field {
            Some(sub) => format!("{}.{sub}", what.field),
            None => what.field.clone(),
        };
        let (expected, found) = (what.expected.clone(), what.found.clone());
        let about = Self::about(object, close_id, id, Kind::Different);
        Self { field, header: &what.header, expected, found, ..about }
    }
}

/// How much was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Findings by sort.
    pub kinds: BTreeMap<Kind, u64>,
    /// Findings by object and field; those about whole records are not among them.
    pub fields: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Counts {
    /// All findings.
    pub fn total(&self) -> u64 {
        self.kinds.values().sum()
    }

    fn add(&mut self, finding: &Finding<'_>) {
        *self.kinds.entry(finding.kind).or_default() += 1;
        if finding.field.is_empty() {
            return;
        }
        // The names are allocated once each, not once a finding.
        if !self.fields.contains_key(finding.object) {
            self.fields.insert(finding.object.to_owned(), BTreeMap::new());
        }
        let Some(fields) = self.fields.get_mut(finding.object) else { return };
        match fields.get_mut(&finding.field) {
            Some(count) => *count += 1,
            None => drop(fields.insert(finding.field.clone(), 1)),
        }
    }
}

/// A finding as it is written. The order of the members is that of the columns.
#[derive(Serialize)]
struct Line<'a> {
    object: &'a str,
    close_id: &'a str,
    id: &'a str,
    kind: &'static str,
    field: &'a str,
    header: &'a str,
    expected: &'a str,
    found: &'a str,
}

const HEAD: [&str; 8] =
    ["object", "close_id", "id", "kind", "field", "header", "expected", "found"];

/// Writes findings. Memory does not grow with them: only counts are kept, and of those one a field.
#[derive(Debug)]
pub struct Findings<C: Write, J: Write> {
    csv: csv::Writer<C>,
    lines: J,
    counts: Counts,
}

impl<C: Write, J: Write> Findings<C, J> {
    /// Starts both files; the CSV gets its head at once, so that no findings are a file too. `lines` should be buffered.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(csv: C, lines: J) -> Result<Self> {
        let mut csv =
            csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(csv);
        csv.write_record(HEAD).map_err(Error::report)?;
        Ok(Self { csv, lines, counts: Counts::default() })
    }

    /// Writes and counts one finding.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, finding: &Finding<'_>) -> Result<()> {
        let (expected, found) = shown(&text(&finding.expected), &text(&finding.found));
        let line = Line {
            object: finding.object,
            close_id: finding.close_id,
            id: finding.id,
            kind: finding.kind.name(),
            field: &finding.field,
            header: finding.header,
            expected: &expected,
            found: &found,
        };
        let cells = [line.object, line.close_id, line.id, line.kind, line.field, line.header];
        let cells = cells.into_iter().chain([line.expected, line.found]);
        self.csv.write_record(cells).map_err(Error::report)?;
        serde_json::to_writer(&mut self.lines, &line).map_err(Error::report)?;
        self.lines.write_all(b"\n").map_err(Error::report)?;
        self.counts.add(finding);
        Ok(())
    }

    /// What was found so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Writes what is left and tells what was found.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<Counts> {
        self.csv.flush().map_err(Error::report)?;
        self.lines.flush().map_err(Error::report)?;
        Ok(self.counts)
    }
}

/// A value as people read it: texts as they are, nothing as nothing, the rest as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Both values, cut to the same piece: of two long texts that begin alike, where they part.
fn shown(expected: &str, found: &str) -> (String, String) {
    let fits = |text: &str| text.chars().nth(LONGEST).is_none();
    let alike = expected.chars().zip(found.chars()).take_while(|(a, b)| a == b).count();
    let start = if fits(expected) && fits(found) { 0 } else { alike.saturating_sub(BEFORE) };
    (piece(expected, start), piece(found, start))
}

/// At most [`LONGEST`] characters from `start` on, with marks where something was left out.
fn piece(text: &str, start: usize) -> String {
    let mut rest = text.chars().skip(start);
    let mut out = String::new();
    if start > 0 {
        out.push(MARK);
    }
    let room = LONGEST - usize::from(start > 0);
    out.extend(rest.by_ref().take(room));
    if rest.next().is_some() {
        out.pop();
        out.push(MARK);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn written(findings: &[Finding<'_>]) -> (String, String, Counts) {
        let (mut csv, mut lines) = (Vec::new(), Vec::new());
        let mut out = Findings::new(&mut csv, &mut lines).unwrap();
        for finding in findings {
            out.add(finding).unwrap();
        }
        let counts = out.finish().unwrap();
        (String::from_utf8(csv).unwrap(), String::from_utf8(lines).unwrap(), counts)
    }

    #[test]
    fn findings_are_lines() {
        let email = Difference {
            field: "emails".to_owned(),
            sub_field: Some("primaryEmail".to_owned()),
            header: "Emails / Primary Email".to_owned(),
            expected: json!("ada@acme.example"),
            found: Value::Null,
        };
        let score = Difference {
            field: "score".to_owned(),
            sub_field: None,
            header: "Score".to_owned(),
            expected: json!(4.5),
            found: json!("say \"no\"\n"),
        };
        let (csv, lines, counts) = written(&[
            Finding::about("person", "cont_1", "", Kind::Missing),
            Finding::value("person", "cont_2", "5f81", &email),
            Finding::value("person", "cont_3", "5f82", &email),
            Finding::value("person", "cont_3", "5f82", &score),
        ]);
        assert_eq!(
            csv,
            r#""object","close_id","id","kind","field","header","expected","found"
"person","cont_1","","missing","","","",""
"person","cont_2","5f81","different","emails.primaryEmail","Emails / Primary Email","ada@acme.example",""
"person","cont_3","5f82","different","emails.primaryEmail","Emails / Primary Email","ada@acme.example",""
"person","cont_3","5f82","different","score","Score","4.5","say ""no""
"
"#
        );
        let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!(lines.lines().count(), 4);
        assert_eq!(last["found"], "say \"no\"\n");
        assert_eq!(last.as_object().unwrap().keys().collect::<Vec<_>>(), HEAD);
        assert_eq!(counts.total(), 4);
        assert_eq!(counts.kinds, [(Kind::Missing, 1), (Kind::Different, 3)].into());
        let fields = [("emails.primaryEmail".to_owned(), 2), ("score".to_owned(), 1)];
        assert_eq!(counts.fields, [("person".to_owned(), fields.into())].into());
    }

    #[test]
    fn no_findings_are_a_file_too() {
        let (csv, lines, counts) = written(&[]);
        assert_eq!((csv.lines().count(), lines.as_str(), counts.total()), (1, "", 0));
    }

    #[test]
    fn the_names_are_those_that_are_serialised() {
        use Kind::{Deleted, Different, ExtraLink, FileDiffers, FileMissing, Missing, MissingLink};
        let all = [Missing, Deleted, Different, ExtraLink, MissingLink, FileMissing, FileDiffers];
        for kind in all {
            assert_eq!(json!(kind), kind.name());
        }
    }

    #[test]
    fn long_values_show_where_they_part() {
        let (one, other) = (format!("{}a{}", "ü".repeat(500), "x".repeat(500)), "ü".repeat(500));
        let (one, other) = shown(&one, &other);
        assert_eq!(one, format!("…{}a{}…", "ü".repeat(BEFORE), "x".repeat(157)));
        assert_eq!(other, format!("…{}", "ü".repeat(BEFORE)));
        let (one, other) = shown("a", &"b".repeat(201));
        assert_eq!((one.as_str(), other.chars().count()), ("a", 200));
        assert!(other.ends_with("b…"));
        assert_eq!(shown(&"b".repeat(200), "c").0, "b".repeat(200));
    }

    proptest! {
        #[test]
        fn values_that_differ_are_shown_differently(head in "\\PC{0,300}", a in "\\PC{0,300}", b in "\\PC{0,300}") {
            let (one, other) = (format!("{head}{a}"), format!("{head}{b}"));
            let (left, right) = shown(&one, &other);
            prop_assert!(left.chars().count() <= LONGEST && right.chars().count() <= LONGEST);
            prop_assert_eq!(left == right, one == other);
        }
    }
}
