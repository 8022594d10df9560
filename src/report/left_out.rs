//! Files that were left out, and files worth a remark, as a person can read them: a folder may hold
//! thousands of the same sort. It must not leave any out of the reports for programs.

use super::table::number;
use crate::survey::Map;
use serde::Serialize;

/// So many files of one sort are named; the others are counted.
const NAMED: usize = 10;

/// One file that was left out or is worth a remark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct IgnoredLine {
    /// The file.
    pub file: String,
    /// Stable code.
    pub code: &'static str,
    /// Why.
    pub why: &'static str,
}

/// The lines to show, those of one code and reason together: the first few files by name, then one line
/// for the others, with their number in place of a name.
pub fn shown(lines: &[IgnoredLine]) -> Vec<IgnoredLine> {
    let mut sorts: Map<(&'static str, &'static str), (Vec<IgnoredLine>, u64)> = Map::default();
    for line in lines {
        let (named, others) = sorts.entry((line.code, line.why)).or_default();
        if named.len() < NAMED {
            named.push(line.clone());
        } else {
            *others += 1;
        }
    }
    let sorts = sorts.into_iter().flat_map(|((code, why), (mut named, others))| {
        if others > 0 {
            let file = format!("{} more files (--format json names them)", number(others));
            named.push(IgnoredLine { file, code, why });
        }
        named
    });
    sorts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_files_of_one_sort_are_counted() {
        let line = |file: String, code| IgnoredLine { file, code, why: "why" };
        let mut lines: Vec<_> = (0..12).map(|n| line(format!("{n}.png"), "A")).collect();
        lines.insert(3, line("b".into(), "B"));
        let files: Vec<_> = shown(&lines).into_iter().map(|line| line.file).collect();
        assert_eq!(files[..3], ["0.png", "1.png", "2.png"]);
        assert_eq!(files[9..], ["9.png", "2 more files (--format json names them)", "b"]);
    }
}
