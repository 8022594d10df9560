//! Every diagnostic code of the program in one catalogue: what it is about, what it means, what to do, where it
//! shows and how the run ends. The docs and `explain` are made from it. It must not raise anything.

mod input;
mod more;
mod run;

use super::audit;
use crate::check::rules;
use crate::event::{NOTICES, file};
use crate::twenty::refusal;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Codes that begin alike, and what they have in common.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// What the codes begin with.
    pub start: &'static str,
    /// What they are about.
    pub about: &'static str,
    /// Where they show.
    pub shows: &'static str,
    /// Whether the run goes on.
    pub goes_on: &'static str,
    /// Exit codes such a run may have. Errors have one each, see [`Code::exit`].
    pub exit: &'static [u8],
}

/// All families; of two that fit, the first counts.
#[rustfmt::skip]
pub const FAMILIES: &[Family] = &[
    Family { start: "C2T-E3", about: "a run over the network", shows: "standard error, `push-rejects.csv`", goes_on: "no; what was done stands in the journal, and the same command goes on from there", exit: &[0, 1, 2, 3] },
    Family { start: "C2T-E", about: "the run", shows: "standard error", goes_on: "no; no bundle is written", exit: &[1, 2] },
    Family { start: "C2T-S", about: "a file", shows: "standard error, `audit`, `ignored_files` in `reports/reconciliation.json`", goes_on: "yes for files found in a folder, no for a file given by name", exit: &[0, 1] },
    Family { start: "C2T-X", about: "an export that is not whole", shows: "standard error, `audit`, `incomplete` in `reports/reconciliation.json`, `GUIDE.md`", goes_on: "yes; exit code 3 with `--strict`", exit: &[0, 3] },
    Family { start: "C2T-M", about: "something missing from the export", shows: "`audit`", goes_on: "yes", exit: &[0] },
    Family { start: "C2T-R", about: "a record", shows: "`reports/rejects.csv`, closing table", goes_on: "yes; the record is in the archive; exit code 3 with `--strict`", exit: &[0, 3] },
    Family { start: "C2T-V", about: "a value", shows: "`reports/rejects.csv`, closing table", goes_on: "yes; the value is in the archive; exit code 3 with `--strict`", exit: &[0, 3] },
    Family { start: "C2T-A", about: "a file a record refers to, or one that was found", shows: "`reports/attachments.csv`, `files.csv`, closing table", goes_on: "yes; exit code 3 with `--strict`", exit: &[0, 3] },
    Family { start: "C2T-D", about: "a decision of yours", shows: "standard error, `idle_decisions` and `map` in `reports/reconciliation.json`", goes_on: "yes", exit: &[0] },
    Family { start: "C2T-N", about: "a remark", shows: "`reports/rejects.csv`, closing table", goes_on: "yes", exit: &[0] },
    Family { start: "C2T-K", about: "what Twenty would refuse", shows: "`check`", goes_on: "yes", exit: &[3] },
];

/// One code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Code {
    /// `C2T-`, a letter and three digits.
    pub code: &'static str,
    /// What codes of this letter are about.
    pub about: &'static str,
    /// What it says.
    pub meaning: String,
    /// What to do.
    pub fix: &'static str,
    /// Where it shows.
    pub shows: &'static str,
    /// Whether the run goes on.
    pub goes_on: &'static str,
    /// How the run may end.
    pub exit: Vec<u8>,
    /// Usual causes, and commands to try, where there is more to say. Commands stand on lines of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more: Option<&'static str>,
}

/// The family of a code.
pub fn family(code: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| code.starts_with(family.start))
}

/// The whole catalogue, by code.
pub fn all() -> Vec<Code> {
    let mut found: BTreeMap<&'static str, Code> = BTreeMap::new();
    // A cut text is refused by the value rule and listed by the transform under one code: the first counts.
    let mut add = |code: &'static str, meaning: String, fix: &'static str| {
        if let Some(family) = family(code) {
            found.entry(code).or_insert_with(|| entry(code, family, meaning, fix));
        }
    };
    run::ALL.iter().for_each(|(code, _, why, fix)| add(code, (*why).to_owned(), fix));
    input::ALL.iter().for_each(|(code, why, fix)| add(code, (*why).to_owned(), fix));
    NOTICES.iter().chain(file::ALL).for_each(|it| add(it.code, it.why.to_owned(), it.fix));
    refusal::ALL.iter().for_each(|it| add(it.code, it.why.to_owned(), it.fix));
    rules::ALL.iter().for_each(|it| add(it.code, it.why.to_owned(), it.fix));
    audit::every_missing().for_each(|it| add(it.code, format!("{}: {}", it.what, it.cost), it.fix));
    found.into_values().collect()
}

fn entry(code: &'static str, family: &'static Family, meaning: String, fix: &'static str) -> Code {
    let own = run::ALL.iter().find(|line| line.0 == code).map(|line| line.1);
    let goes_on = match own {
        Some(0) => "yes",
        Some(3) => "yes; it is left for a person, and the closing table counts it",
        Some(130) => "no; it was stopped from outside",
        _ => family.goes_on,
    };
    Code {
        code,
        about: family.about,
        meaning,
        fix,
        shows: family.shows,
        goes_on,
        exit: own.map_or_else(|| family.exit.to_vec(), |exit| vec![exit]),
        more: more::ALL.iter().find(|(of, _)| *of == code).map(|(_, text)| text.trim()),
    }
}

/// Says whether somebody means a code by this: with or without `C2T-`, in any case.
pub fn is_code(text: &str) -> bool {
    let text = text.to_ascii_uppercase();
    if text.starts_with("C2T-") {
        return true;
    }
    let mut signs = text.chars();
    let letter = signs.next().is_some_and(|sign| sign.is_ascii_alphabetic());
    let digits = signs.as_str();
    letter && (1..=4).contains(&digits.len()) && digits.bytes().all(|sign| sign.is_ascii_digit())
}

/// The code as it is listed: `e11` has no entry, `e011` is `C2T-E011`.
fn listed(text: &str) -> String {
    let text = text.to_ascii_uppercase();
    format!("C2T-{}", text.strip_prefix("C2T-").unwrap_or(&text))
}

/// The entry of a code, with or without `C2T-`, in any case; else the codes most like it, the nearest first.
///
/// # Errors
/// The codes most like it, at most three.
pub fn find(text: &str) -> Result<Code, Vec<&'static str>> {
    let wanted = listed(text);
    let all = all();
    if let Some(found) = all.iter().find(|code| code.code == wanted) {
        return Ok(found.clone());
    }
    let mut near: Vec<(usize, &'static str)> = all
        .iter()
        .map(|code| (strsim::levenshtein(code.code, &wanted), code.code))
        .filter(|(steps, _)| *steps <= FAR)
        .collect();
    near.sort_unstable();
    Err(near.into_iter().take(NEAR).map(|(_, code)| code).collect())
}

/// Signs by which a code may differ from what was meant.
const FAR: usize = 2;
/// Codes that are suggested.
const NEAR: usize = 3;

/// Codes for people, one below the other.
pub fn text(codes: &[Code]) -> String {
    let mut out = String::new();
    for (at, code) in codes.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        let Code { code: name, about, meaning, fix, shows, goes_on, exit, more } = code;
        let exit: Vec<String> = exit.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "{name}: {meaning}\n");
        for (word, says) in [
            ("about", *about),
            ("what to do", *fix),
            ("shows in", *shows),
            ("run goes on", *goes_on),
            ("exit code", exit.join(" or ").as_str()),
        ] {
            let _ = writeln!(out, "  {word:<11}  {says}");
        }
        if let Some(more) = more {
            let _ = writeln!(out, "\n{more}");
        }
    }
    out
}

/// The catalogue for people: a line for each code, grouped by what they are about.
pub fn list(codes: &[Code]) -> String {
    let mut out = String::new();
    let mut about = "";
    for code in codes {
        if code.about != about {
            let gap = if about.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}{}", code.about);
            about = code.about;
        }
        let _ = writeln!(out, "  {}  {}", code.code, code.meaning);
    }
    out
}

/// What programs get: always a list, also of one.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Codes {
    /// In the order they were asked for; all of them by code.
    pub codes: Vec<Code>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_however_they_are_written() {
        for text in ["C2T-E011", "c2t-e011", "E011", "e011"] {
            assert!(is_code(text), "{text}");
            assert_eq!(find(text).unwrap().code, "C2T-E011");
        }
        for text in ["lead_1", "acti_E011", "", "E", "011", "E0111x"] {
            assert!(!is_code(text), "{text}");
        }
        assert!(find("e01").unwrap_err().contains(&"C2T-E010"));
        assert_eq!(find("C2T-NOTHING").unwrap_err(), [""; 0]);
    }

    #[test]
    fn every_longer_text_belongs_to_a_code() {
        let all = all();
        for (code, text) in more::ALL {
            assert!(
                all.iter().any(|it| it.code == *code && it.more == Some(text.trim())),
                "{code}"
            );
        }
    }

    #[test]
    fn errors_say_whether_the_run_goes_on() {
        assert!(find("E010").unwrap().goes_on.starts_with("no; no bundle"));
        assert!(find("E303").unwrap().goes_on.contains("journal"));
        assert!(find("E342").unwrap().goes_on.starts_with("yes"));
        assert_eq!(find("E030").unwrap().exit, [2]);
        assert_eq!(find("K010").unwrap().exit, [3]);
    }
}
