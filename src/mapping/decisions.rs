//! Decisions of a person about merges: `reports/merges.csv` of an earlier run, edited and given back
//! with `--decisions`. It must not know which records there are.

use super::nearest::nearest;
use crate::error::{Error, Result};

/// What a decision is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Leads that share a company; ids are those of the leads.
    Company,
    /// Contacts that are one person.
    Person,
}

/// What was decided about two records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Decision {
    /// They are one, and the survivor is the one named so.
    #[default]
    Accept,
    /// The merged one is another.
    KeepApart,
    /// They are one, but the merged one shall be the survivor.
    Survivor,
}

impl Decision {
    /// The words of the column.
    pub const WORDS: [(&'static str, Self); 3] =
        [("accept", Self::Accept), ("keep-apart", Self::KeepApart), ("survivor", Self::Survivor)];

    /// The word in the file.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::KeepApart => "keep-apart",
            Self::Survivor => "survivor",
        }
    }
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Line, from 1.
    pub line: u64,
    /// What it is about.
    pub subject: Subject,
    /// Close id of the record that stands.
    pub survivor: Box<str>,
    /// Close id of the record that goes into it.
    pub merged: Box<str>,
    /// What was decided.
    pub decision: Decision,
}

/// See the module's head. The default decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// The file's name, for messages.
    pub name: String,
    /// Its lines about companies and people.
    pub lines: Vec<Decided>,
}

const OBJECTS: [(&str, Option<Subject>); 3] =
    [("company", Some(Subject::Company)), ("person", Some(Subject::Person)), ("lead", None)];

impl Decisions {
    /// Reads the file. What spreadsheets make of a CSV file is understood: a byte order mark,
    /// semicolons or tabs, another encoding of names.
    ///
    /// # Errors
    /// `C2T-E150` no table of decisions, `C2T-E151` unknown word, `C2T-E152` a decision about leads.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(bytes);
        // One kind of line end, or lines are miscounted.
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let mut input = csv::ReaderBuilder::new()
            .delimiter(delimiter(text))
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let table = |e: csv::Error| {
            let line = e.position().map_or(1, csv::Position::line);
            wrong("C2T-E150", name, line, None, &format!("this is no CSV: {e}"))
        };
        let head = input.headers().map_err(table)?.clone();
        let columns = Columns::find(name, &head)?;
        let mut lines = Vec::new();
        for row in input.records() {
            let row = row.map_err(table)?;
            if row.iter().any(|cell| !cell.is_empty()) {
                lines.extend(columns.line(name, &row)?);
            }
        }
        Ok(Self { name: name.to_owned(), lines })
    }
}

/// The sign that stands most often in the header.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let count = |sign: u8| head.bytes().filter(|byte| *byte == sign).count();
    let most = [b',', b'\t', b';'].into_iter().max_by_key(|sign| count(*sign));
    most.unwrap_or(b',')
}

/// Where the columns stand.
struct Columns {
    object: usize,
    survivor: usize,
    merged: usize,
    decision: usize,
}

impl Columns {
    fn find(name: &str, head: &csv::StringRecord) -> Result<Self> {
        let at = |column: &str| {
            head.iter().position(|cell| cell.eq_ignore_ascii_case(column)).ok_or_else(|| {
                let meant = nearest(column, head.iter());
                let meant = meant.map_or_else(String::new, |meant| format!(" (is it `{meant}`?)"));
                wrong("C2T-E150", name, 1, None, &format!("there is no column `{column}`{meant}"))
            })
        };
        Ok(Self {
            object: at("object")?,
            survivor: at("survivor")?,
            merged: at("merged")?,
            decision: at("decision")?,
        })
    }

    /// The decision of a row; none for what a lead became, which follows from the others.
    fn line(&self, name: &str, row: &csv::StringRecord) -> Result<Option<Decided>> {
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: usize| row.get(at).unwrap_or_default();
        let subject = word(name, line, "object", self.object, cell(self.object), &OBJECTS)?;
        let decision = match cell(self.decision) {
            "" => Decision::Accept,
            given => word(name, line, "decision", self.decision, given, &Decision::WORDS)?,
        };
        let Some(subject) = subject else {
            if decision == Decision::Accept {
                return Ok(None);
            }
            let what = "leads are not merged by a rule of their own: what became of this one follows \
                        from its persons and companies, or happened in Close";
            return Err(wrong("C2T-E152", name, line, Some(("decision", self.decision)), what)
                .fix("write `accept` here and decide in the line of the person or the company"));
        };
        for (column, at) in [("survivor", self.survivor), ("merged", self.merged)] {
            if cell(at).is_empty() {
                return Err(wrong(
                    "C2T-E150",
                    name,
                    line,
                    Some((column, at)),
                    "there is no Close id",
                ));
            }
        }
        if cell(self.survivor) == cell(self.merged) {
            let what = "a record cannot be merged with itself";
            return Err(wrong("C2T-E150", name, line, Some(("merged", self.merged)), what));
        }
        let (survivor, merged) = (cell(self.survivor).into(), cell(self.merged).into());
        Ok(Some(Decided { line, subject, survivor, merged, decision }))
    }
}

/// One of a few words, whatever its capitals.
fn word<T: Copy>(
    name: &str,
    line: u64,
    column: &str,
    at: usize,
    given: &str,
    known: &[(&str, T)],
) -> Result<T> {
    let found = known.iter().find(|(word, _)| word.eq_ignore_ascii_case(given));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
        let fix = match nearest(given, words.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write one of {}", words.join(", ")),
        };
        let what = format!("`{given}` is not known here");
        wrong("C2T-E151", name, line, Some((column, at)), &what).fix(fix)
    })
}

fn wrong(
    code: &'static str,
    name: &str,
    line: u64,
    column: Option<(&str, usize)>,
    what: &str,
) -> Error {
    let column =
        column.map_or_else(String::new, |(column, at)| format!(", column {} ({column})", at + 1));
    Error::usage(code, format!("{name}: line {line}{column}: {what}"))
        .fix("give back reports/merges.csv of a bundle, with its columns object, survivor, merged, decision")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "object,survivor,survivor_name,merged,merged_name,reason,decision\n";

    #[test]
    fn lines_are_read_as_spreadsheets_write_them() {
        let plain = format!("{HEAD}company,a,\"A, GmbH\",b,B,,accept\nperson,c,,d,,,Keep-Apart\n");
        let read = Decisions::read("m.csv", plain.as_bytes()).unwrap();
        assert_eq!(read.lines.len(), 2);
        assert_eq!((read.lines[0].decision, read.lines[0].line), (Decision::Accept, 2));
        assert_eq!((read.lines[1].decision, read.lines[1].line), (Decision::KeepApart, 3));
        let excel = format!("\u{feff}{}", plain.replace("\"A, GmbH\"", "A GmbH").replace(',', ";"));
        let excel = excel.replace('\n', "\r\n").into_bytes();
        assert_eq!(Decisions::read("m.csv", &excel).unwrap(), read);
        let latin = [HEAD.as_bytes(), b"company,a,M\xfcller,b,,,\n,,,,,,\n"].concat();
        assert_eq!(Decisions::read("m.csv", &latin).unwrap().lines, read.lines[..1]);
        let leads = format!("{HEAD}lead,a,,b,,,accept\n");
        assert_eq!(Decisions::read("m.csv", leads.as_bytes()).unwrap().lines, []);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let said = |text: &str| {
            let error = Decisions::read("m.csv", text.as_bytes()).unwrap_err();
            format!("{} {} {}", error.code, error.what, error.fix.unwrap_or_default())
        };
        let row = |row: &str| said(&format!("{HEAD}company,a,,b,,,\n{row}\n"));
        let place = "m.csv: line 3, column 7 (decision)";
        assert!(row("company,a,,c,,,keep apart").contains("did you mean `keep-apart`?"));
        assert!(row("company,a,,c,,,keep apart").contains(place));
        assert!(row("company,a,,c,,,no").starts_with("C2T-E151"));
        assert!(row("compny,a,,c,,,").contains("did you mean `company`?"));
        assert!(row("lead,a,,c,,,keep-apart").starts_with("C2T-E152"));
        assert!(row("person,a,,,,,").contains("line 3, column 4 (merged)"));
        assert!(row("person,a,,a,,,").contains("with itself"));
        assert!(said("object,survivor,merge,decision\n").contains("is it `merge`?"));
        assert!(said("").starts_with("C2T-E150"));
    }
}
