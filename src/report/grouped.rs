//! Many remarks of the same code, as a person can read them: the first few, then how many more there are. A folder may hold
//! thousands of the same sort. It must not leave any out of what programs read.

use super::left_out::IgnoredLine;
use super::summary::{IncompleteLine, ignored, incomplete, remarks};
use super::table::number;
use crate::survey::{Map, Survey};
use std::hash::Hash;

/// So many remarks of one code are told; the others are counted.
pub const TOLD: usize = 3;

/// A remark: its stable code, and what it says.
pub type Remark = (&'static str, String);

/// What is told of remarks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// One of them.
    One(Remark),
    /// How many more there are of the same code.
    More(String),
}

/// The first few remarks of each code, in their order, then a line for the others, which says that they are `all` in
/// another place.
pub fn grouped(remarks: impl IntoIterator<Item = Remark>, all: &str) -> Vec<Told> {
    let more = |code: &str, others| format!("… and {} more ({code}; {all})", number(others));
    let codes = first_few(remarks).into_iter().flat_map(|(code, texts, others)| {
        let told = texts.into_iter().map(move |text| Told::One((code, text)));
        told.chain((others > 0).then(|| Told::More(more(code, others))))
    });
    codes.collect()
}

/// The same for notes without a code: those that say the same of different things belong together.
pub fn notes(notes: &[String]) -> Vec<String> {
    let said =
        |note: &str| note.split_once(": ").map_or(String::new(), |(_, said)| said.to_owned());
    let notes = notes.iter().map(|note| (said(note), note));
    let notes = first_few(notes).into_iter().flat_map(|(said, notes, others)| {
        let told = notes.into_iter().map(|note| format!("note: {note}"));
        told.chain((others > 0).then(|| format!("… and {} more: {said}", number(others))))
            .collect::<Vec<_>>()
    });
    notes.collect()
}

/// For each key the first few, and how many others there are; keys in the order in which they came.
fn first_few<K: Hash + Eq, T>(all: impl IntoIterator<Item = (K, T)>) -> Vec<(K, Vec<T>, u64)> {
    let mut keys: Map<K, (Vec<T>, u64)> = Map::default();
    for (key, one) in all {
        let (told, others) = keys.entry(key).or_default();
        if told.len() < TOLD {
            told.push(one);
        } else {
            *others += 1;
        }
    }
    keys.into_iter().map(|(key, (told, others))| (key, told, others)).collect()
}

/// What a survey warns of: signs that the export is not whole, files left out, files worth a remark.
pub fn of_survey(survey: &Survey) -> Vec<Remark> {
    of_lines(&incomplete(survey), &ignored(survey), &remarks(survey))
}

/// A text for people that lies beside the export is no damage, so nobody is warned of it; the reports name it.
fn is_readme(line: &IgnoredLine) -> bool {
    let name = line.file.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    line.code == NOT_JSON && (name.starts_with("readme") || matches!(extension, "md" | "txt"))
}

/// Files that are no JSON at all.
const NOT_JSON: &str = "C2T-S004";

/// The same, as the reports have it.
pub(super) fn of_lines(
    incomplete: &[IncompleteLine],
    ignored: &[IgnoredLine],
    remarks: &[IgnoredLine],
) -> Vec<Remark> {
    let incomplete = incomplete.iter().map(|line| (line.code, told(&line.file, &line.what)));
    let ignored = ignored.iter().filter(|line| !is_readme(line));
    let ignored = ignored.map(|line| (line.code, format!("{} left out: {}", line.file, line.why)));
    let remarks = remarks.iter().map(|line| (line.code, told(&line.file, line.why)));
    incomplete.chain(ignored).chain(remarks).collect()
}

fn told(file: &str, what: &str) -> String {
    format!("{file}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_beside_the_export_is_no_warning() {
        let line = |file: &str, code| IgnoredLine { file: file.to_owned(), code, why: "no JSON" };
        let quiet = ["README.md", "export.zip/notes/README", "in/hints.TXT"];
        let quiet = quiet.map(|file| line(file, NOT_JSON));
        assert_eq!(of_lines(&[], &quiet, &[]), []);
        let told = [line("scan.pdf", NOT_JSON), line("leads.txt", "C2T-S002")];
        assert_eq!(of_lines(&[], &told, &[]).len(), 2);
    }

    #[test]
    fn many_remarks_of_one_code_are_counted() {
        let remark = |file: String, code| (code, file);
        let mut remarks: Vec<_> = (0..1_237).map(|n| remark(format!("{n}.png"), "A")).collect();
        remarks.insert(1, remark("b".into(), "B"));
        let told = grouped(remarks, "all are in reports/x.json");
        let one = |code, text: &str| Told::One((code, text.to_owned()));
        let more = "… and 1,234 more (A; all are in reports/x.json)".to_owned();
        let wanted = [
            one("A", "0.png"),
            one("A", "1.png"),
            one("A", "2.png"),
            Told::More(more),
            one("B", "b"),
        ];
        assert_eq!(told, wanted);
    }

    #[test]
    fn notes_that_say_the_same_are_counted() {
        let mut said: Vec<_> = (0..5).map(|n| format!("{n}.csv: taken for person")).collect();
        said.push("the rest is fine".to_owned());
        let told = notes(&said);
        assert_eq!(
            told[2..],
            [
                "note: 2.csv: taken for person",
                "… and 2 more: taken for person",
                "note: the rest is fine"
            ]
        );
    }
}
