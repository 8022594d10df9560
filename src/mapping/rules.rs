//! The built-in map as a table, `rules.csv`: for each Close type and path, what becomes of its
//! values. A path that Close is known to write and that has no line here makes the run fail: its
//! values would be lost. It must not hold code for a single field.

use super::file::{FieldEntry, Located, MapFile};
use crate::close::record::Waived;
use crate::close::shape::Layouts;
use crate::close::{Fate, Kind};
use crate::error::{Error, Result};
use hashbrown::HashMap;

/// The table's text, compiled in.
pub const BUILT_IN: &str = include_str!("rules.csv");

/// What to do about a fault in the table.
const MEND: &str = "this is a fault in the table of rules: mend the line named";
/// Paths that hold the export together.
const STRUCTURAL: &[&str] = &["id", "lead_id", "contact_id"];

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Line number in the table, from 1.
    pub line: u64,
    /// Close type.
    pub kind: Kind,
    /// Path inside the record.
    pub path: String,
    /// What becomes of its values.
    pub fate: Fate,
    /// The Twenty fields it goes to, or what it is used for.
    pub target: String,
    /// Why, for people.
    pub note: String,
}

/// The whole table, ready for use.
#[derive(Clone, Debug)]
pub struct Rules {
    lines: Vec<Rule>,
    fates: Vec<Option<Fate>>,
    waived: Vec<Option<usize>>,
    by_path: HashMap<(Kind, String), usize, foldhash::fast::FixedState>,
}

impl Rules {
    /// The built-in map.
    ///
    /// # Errors
    /// When the table is malformed (a test makes sure it is not).
    pub fn built_in() -> Result<Self> {
        Self::parse(BUILT_IN)
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When a line names an unknown Close type, path or fate, or a path twice.
    pub fn parse(text: &str) -> Result<Self> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rules = Vec::new();
        for row in reader.records() {
            let row = row.map_err(|e| Error::usage("C2T-E101", e.to_string()).fix(MEND))?;
            let line = row.position().map_or(0, csv::Position::line);
            rules.push(rule(&row, line)?);
        }
        Self::new(rules)
    }

    /// A table of these rules.
    ///
    /// # Errors
    /// When a path stands twice or is none that Close writes.
    pub fn new(rules: Vec<Rule>) -> Result<Self> {
        let paths = &Layouts::get().paths;
        let numbers: HashMap<_, usize, foldhash::fast::FixedState> =
            paths.iter().enumerate().map(|(i, (kind, path))| ((*kind, path.clone()), i)).collect();
        let mut fates = vec![None; paths.len()];
        let mut by_path = HashMap::default();
        for (i, rule) in rules.iter().enumerate() {
            let key = (rule.kind, rule.path.clone());
            let problem = match numbers.get(&key) {
                None => Some("is no path that Close writes"),
                Some(_) if by_path.insert(key.clone(), i).is_some() => Some("stands twice"),
                Some(number) => {
                    fates[*number] = Some(rule.fate);
                    None
                }
            };
            if let Some(problem) = problem {
                let place = format!("{}.{}", rule.kind.word(), rule.path);
                return Err(Error::usage(
                    "C2T-E102",
                    format!("rule line {}: {place} {problem}", rule.line),
                )
                .fix(MEND));
            }
        }
        Ok(Self { lines: rules, fates, waived: Vec::new(), by_path })
    }

    /// The table without one line; what is left no longer accounts for that path.
    #[must_use]
    pub fn without(&self, index: usize) -> Option<Self> {
        let mut rules = self.lines.clone();
        (index < rules.len()).then(|| rules.remove(index));
        Self::new(rules).ok()
    }

    /// The table with the paths a map drops.
    ///
    /// # Errors
    /// `C2T-E123` for a path that other values hang on, `C2T-E138` for a target it does not have.
    pub fn with(mut self, map: &MapFile) -> Result<Self> {
        let paths = &Layouts::get().paths;
        for (number, (kind, path)) in paths.iter().enumerate() {
            let close = format!("{}.{path}", kind.word());
            let entry = map.fields.iter().find(|entry| entry.close.value == close);
            let rule = self.by_path.get(&(*kind, path.clone())).and_then(|at| self.lines.get(*at));
            let (Some(entry), Some(rule)) = (entry, rule) else { continue };
            let Some(to) = &entry.to else { continue };
            if !to.is_empty() {
                keeps(map, entry, to, rule)?;
            }
            if !to.is_empty() || rule.fate != Fate::Written {
                continue;
            }
            if STRUCTURAL.contains(&path.as_str()) {
                let what = format!("`{close}` cannot be dropped: other records are found by it");
                return Err(map.error(entry.close.at, "C2T-E123", what));
            }
            self.waived.resize(paths.len(), None);
            self.waived[number] = Some(entry.close.at.line);
        }
        Ok(self)
    }

    /// By numbered path: the line of the map that drops it. Empty when it drops none.
    pub fn waived(&self) -> &Waived {
        &self.waived
    }

    /// The line of the map that drops a path.
    pub fn waived_by(&self, kind: Kind, path: &str) -> Option<usize> {
        if self.waived.is_empty() {
            return None;
        }
        let paths = &Layouts::get().paths;
        let number = paths.iter().position(|(k, p)| *k == kind && p == path)?;
        self.waived.get(number).copied().flatten()
    }

    /// Fates by numbered path.
    pub fn fates(&self) -> &[Option<Fate>] {
        &self.fates
    }

    /// All lines.
    pub fn all(&self) -> &[Rule] {
        &self.lines
    }

    /// The line for a path.
    pub fn of(&self, kind: Kind, path: &str) -> Option<&Rule> {
        self.by_path.get(&(kind, path.to_owned())).map(|i| &self.lines[*i])
    }

    /// Paths Close is known to write that have no line.
    pub fn missing(&self) -> Vec<String> {
        let missing =
            Layouts::get().paths.iter().zip(&self.fates).filter(|(_, fate)| fate.is_none());
        missing.map(|((kind, path), _)| format!("{}.{path}", kind.word())).collect()
    }
}

/// What Close ships with goes where the table says, or nowhere.
fn keeps(map: &MapFile, entry: &FieldEntry, to: &[Located<String>], rule: &Rule) -> Result<()> {
    let built_in = rule.targets();
    let stranger = to.iter().find(|to| !built_in.contains(&to.value.as_str()));
    match stranger {
        None => Ok(()),
        Some(stranger) => {
            let close = &entry.close.value;
            let may = match built_in.as_slice() {
                [] => "has no field of its own: leave `to = []`".to_owned(),
                some => format!("goes to {}, or to the archive with `to = []`", some.join(" and ")),
            };
            let near = super::nearest::nearest(&stranger.value, built_in.iter().copied());
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let what = format!("`{close}` cannot go to `{}`: it {may}{hint}", stranger.value);
            Err(map.error(stranger.at, "C2T-E138", what))
        }
    }
}

impl Rule {
    /// The fields it writes to, `object.field`.
    pub fn targets(&self) -> Vec<&str> {
        match self.fate {
            Fate::Written => self.target.split(", ").collect(),
            _ => Vec::new(),
        }
    }
}

fn rule(row: &csv::StringRecord, line: u64) -> Result<Rule> {
    let cell = |i| row.get(i).unwrap_or_default();
    let wrong = |what: &str, word: &str| {
        Error::usage("C2T-E103", format!("rule line {line}: unknown {what} `{word}`")).fix(MEND)
    };
    let kind = Kind::ALL.iter().find(|kind| kind.word() == cell(0));
    let fate = Fate::ALL.iter().find(|fate| fate.word() == cell(2));
    Ok(Rule {
        line,
        kind: *kind.ok_or_else(|| wrong("Close type", cell(0)))?,
        path: cell(1).to_owned(),
        fate: *fate.ok_or_else(|| wrong("fate", cell(2)))?,
        target: cell(3).to_owned(),
        note: cell(4).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_close_writes_has_a_line() {
        let rules = Rules::built_in().unwrap();
        assert_eq!(rules.missing(), [] as [&str; 0]);
    }

    #[test]
    fn a_wrong_line_says_where() {
        let error = Rules::parse("close,path,fate,target,note\nlead,nmae,written,,\n").unwrap_err();
        assert!(error.to_string().contains("line 2: lead.nmae"), "{error}");
        for (lines, code) in [
            ("lead,name\n", "C2T-E101"),
            ("lead,nmae,written,,\n", "C2T-E102"),
            ("lead,name,written,,\nlead,name,noise,,\n", "C2T-E102"),
            ("laed,name,written,,\n", "C2T-E103"),
            ("lead,name,wirtten,,\n", "C2T-E103"),
        ] {
            let error = Rules::parse(&format!("close,path,fate,target,note\n{lines}")).unwrap_err();
            assert_eq!(error.code, code, "{lines}: {error}");
        }
    }
}
