//! What is wrong in `mapping.toml` and where, told with the line itself. It must not judge.

use super::model::MapFile;
use crate::error::Error;

/// A place in the file. The default is nowhere: what a proposal says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Line, from 1; 0 is nowhere.
    pub line: usize,
    /// Column in characters, from 1; 0 is nowhere.
    pub column: usize,
}

/// A text with the starts of its lines, to turn bytes into places.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self { text, starts: std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect() }
    }

    /// The place of a byte.
    pub(super) fn spot(&self, offset: usize) -> Spot {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|at| self.starts.get(at)).copied();
        let before = self.text.get(start.unwrap_or_default()..offset).unwrap_or_default();
        Spot { line, column: before.chars().count() + 1 }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: Spot,
    /// Stable code, `C2T-E11…`.
    pub code: &'static str,
    /// What, in one line.
    pub what: String,
    /// What was probably meant, or what may stand here.
    pub hint: Option<String>,
}

/// As many are told at once.
const TOLD: usize = 10;
/// Characters of a line that are shown, and how many of them before the place.
const SHOWN: usize = 100;
const BEFORE: usize = 60;

impl MapFile {
    /// An error at a place of this file, with the line and a mark below it.
    #[must_use]
    pub fn error(&self, at: Spot, code: &'static str, what: impl Into<String>) -> Error {
        let problem = Problem { at, code, what: what.into(), hint: None };
        Error::usage(code, told(&self.name, &self.text, &problem))
    }

    /// All `problems` as one error with the code of the first, in the order of the file; `None`
    /// when there are none.
    #[must_use]
    pub fn errors(&self, problems: Vec<Problem>) -> Option<Error> {
        errors(&self.name, &self.text, problems)
    }
}

/// See [`MapFile::errors`].
pub(super) fn errors(name: &str, text: &str, mut problems: Vec<Problem>) -> Option<Error> {
    problems.sort_by_key(|problem| problem.at);
    let code = problems.first()?.code;
    let mut out: Vec<_> = problems.iter().take(TOLD).map(|it| told(name, text, it)).collect();
    match problems.len() {
        0 | 1 => {}
        few if few <= TOLD => out.push(format!("{few} errors in this file")),
        many => out.push(format!("{many} errors in this file; the first {TOLD} are shown")),
    }
    Some(Error::usage(code, out.join("\n")))
}

fn told(name: &str, text: &str, problem: &Problem) -> String {
    let Spot { line, column } = problem.at;
    let hint = problem.hint.as_deref().unwrap_or_default();
    let name = if name.is_empty() { "mapping.toml" } else { name };
    let source = line.checked_sub(1).and_then(|index| text.lines().nth(index));
    match source {
        None if line == 0 && hint.is_empty() => format!("{name}: {}", problem.what),
        None if line == 0 => format!("{name}: {}: {hint}", problem.what),
        // Right behind the last line there is nothing to show.
        None => format!("{name}:{line}:{column}: {} {hint}", problem.what).trim_end().to_owned(),
        Some(source) => {
            let (shown, column_shown) = window(source, column);
            let (number, gap) = (line.to_string(), " ".repeat(line.to_string().len()));
            let mark = format!("{gap} | {}^ {hint}", " ".repeat(column_shown.saturating_sub(1)));
            let head = format!("{name}:{line}:{column}: {}", problem.what);
            format!("{head}\n{number} | {shown}\n{}", mark.trim_end())
        }
    }
}

/// The part of a line around a column, with each control character as one blank so that the mark
/// stands below its place, and the column in it.
fn window(line: &str, column: usize) -> (String, usize) {
    let skipped = if line.chars().count() > SHOWN { column.saturating_sub(BEFORE + 1) } else { 0 };
    let mut shown = if skipped > 0 { "…".to_owned() } else { String::new() };
    let lead = shown.chars().count();
    shown.extend(line.chars().skip(skipped).take(SHOWN).map(|sign| match sign {
        control if control.is_control() => ' ',
        other => other,
    }));
    if line.chars().count() > skipped + SHOWN {
        shown.push('…');
    }
    (shown.trim_end().to_owned(), column - skipped + lead)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_from_one() {
        let text = "a\nüß = 1\n";
        let lines = Lines::new(text);
        let spot = |offset| (lines.spot(offset).line, lines.spot(offset).column);
        assert_eq!([spot(0), spot(1), spot(2)], [(1, 1), (1, 2), (2, 1)]);
        assert_eq!(spot(text.find('=').unwrap()), (2, 4));
        assert_eq!(spot(3), (2, 1), "inside a character");
        assert_eq!(spot(999), (3, 1));
    }

    #[test]
    fn the_line_is_shown_with_a_mark() {
        let file = MapFile {
            name: "m.toml".into(),
            text: "a = 1\n\tb = 2\r\n".into(),
            ..MapFile::default()
        };
        let error = file.error(Spot { line: 2, column: 6 }, "C2T-E111", "no such b");
        assert_eq!(error.to_string(), "m.toml:2:6: no such b\n2 |  b = 2\n  |      ^");
        assert_eq!(file.error(Spot::default(), "C2T-E111", "no b").to_string(), "m.toml: no b");
        let behind = file.error(Spot { line: 9, column: 1 }, "C2T-E111", "no b");
        assert_eq!(behind.to_string(), "m.toml:9:1: no b");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}X{}", "a".repeat(300), "b".repeat(300));
        let (shown, column) = window(&line, 301);
        assert_eq!(shown.chars().nth(column - 1), Some('X'));
        assert!(
            shown.chars().count() <= SHOWN + 2 && shown.starts_with('…') && shown.ends_with('…')
        );
    }

    #[test]
    fn ten_are_told_and_the_rest_counted() {
        let one = |line| Problem {
            at: Spot { line, column: 1 },
            code: if line == 1 { "C2T-E111" } else { "C2T-E112" },
            what: format!("wrong {line}"),
            hint: Some("do so".into()),
        };
        assert!(errors("m", "", Vec::new()).is_none());
        let error = errors("m", "", (1..=12).rev().map(one).collect()).unwrap();
        assert_eq!(error.code, "C2T-E111");
        assert!(error.what.starts_with("m:1:1: wrong 1 do so\n"), "{error}");
        assert!(
            error.what.ends_with(
                "m:10:1: wrong 10 do so\n12 errors in this file; the first 10 are shown"
            )
        );
    }
}
