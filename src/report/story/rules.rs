//! What fills a field: the lines of the ledger whose values were written there, with the rules they followed. It must
//! not know rules itself: the ledger says what the run did, also of custom fields.

use super::lists;
use crate::bundle::Bundle;
use crate::error::Result;

const LEDGER: &str = "reports/ledger.csv";

/// The lines of the ledger that wrote something.
pub(super) struct Ledger {
    lines: Vec<Line>,
}

struct Line {
    close_type: String,
    path: String,
    targets: Vec<String>,
    rule: String,
    note: String,
}

impl Ledger {
    /// Reads it; it has a line for each Close type and path, some thousands at most.
    pub fn read(bundle: &Bundle) -> Result<Self> {
        let mut lines = Vec::new();
        lists::lines(bundle, LEDGER, |line| {
            let cell = |column| line.cell(column);
            if ["written", "derived"].iter().any(|fate| cell(fate) != "0") {
                let targets = cell("target").split(", ").map(str::to_owned).collect();
                let (close_type, path, rule, note) =
                    (cell("close_type"), cell("path"), cell("rule"), cell("note"));
                lines.push(Line { close_type, path, targets, rule, note });
            }
        })?;
        Ok(Self { lines })
    }

    /// Paths of Close that fill a field of an object; `own` is the record's Close type where the
    /// row tells: of several types its own counts.
    pub fn sources(&self, object: &str, field: &str, own: Option<&str>) -> Vec<String> {
        let target = format!("{object}.{field}");
        let of_type = |line: &&Line| match object {
            "person" => ["contact", "lead"].contains(&line.close_type.as_str()),
            "company" => line.close_type == "lead",
            "opportunity" => line.close_type == "opportunity",
            "note" => {
                line.targets.iter().any(|target| target.starts_with("note."))
                    || self.fills(&line.close_type, "note.")
            }
            _ => true,
        };
        let fits = |line: &&Line| {
            line.targets.contains(&target)
                || (line.targets.iter().any(|one| one == field)
                    && self.fills(&line.close_type, &format!("{object}.")))
        };
        let all: Vec<&Line> = self.lines.iter().filter(fits).filter(of_type).collect();
        let mine: Vec<&Line> =
            all.iter().filter(|line| Some(line.close_type.as_str()) == own).copied().collect();
        // People and companies take values of several types; what an activity is made of is its own.
        let mixed = ["person", "company"].contains(&object);
        let is_known = self.lines.iter().any(|line| Some(line.close_type.as_str()) == own);
        let told = if mine.is_empty() && (mixed || !is_known) { all } else { mine };
        told.into_iter().map(Line::text).collect()
    }

    /// Says whether values of this type go to such a target.
    fn fills(&self, close_type: &str, start: &str) -> bool {
        let mut lines = self.lines.iter().filter(|line| line.close_type == close_type);
        lines.any(|line| line.targets.iter().any(|target| target.starts_with(start)))
    }
}

impl Line {
    fn text(&self) -> String {
        let Self { close_type, path, rule, note, .. } = self;
        let said = [rule.as_str(), note.as_str()];
        let said: Vec<&str> = said.into_iter().filter(|text| !text.is_empty()).collect();
        let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join(": ")) };
        format!("{close_type}.{path}{said}")
    }
}
