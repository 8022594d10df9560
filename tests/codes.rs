//! Every diagnostic code has a text and a place under test that raises it: `testdata/codes.csv` names the place, and
//! this test looks there. It must not raise codes itself.
//!
//! A place is one of:
//! - `cli:NAME`: a case of `testdata/cli` whose expected output holds the code;
//! - `golden:PATH`: an expected file below `testdata/` that holds it;
//! - `check:RULE`: a rule of `check`; `tests/check.rs` fails when a rule is never broken;
//! - `test:FILE::NAME`, `unit:FILE::NAME`: a test whose body holds the code, or a table its file's tests go through.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used, clippy::panic)]

use clap::Parser;
use close2twenty::check::rules;
use close2twenty::cli::Cli;
use close2twenty::report::codes;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> Result<String, String> {
    fs::read_to_string(root().join(name)).map_err(|e| format!("{name}: {e}"))
}

/// The table: code and place.
fn places() -> Vec<(String, String)> {
    let mut table = csv::Reader::from_path(root().join("testdata/codes.csv")).unwrap();
    table.deserialize().map(Result::unwrap).collect()
}

/// Every file below `folder` with this ending.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
}

/// The text of a function, from its first line to its closing brace, and whether it is a test by itself.
fn function(text: &str, name: &str) -> Option<(String, bool)> {
    let lines: Vec<&str> = text.lines().collect();
    let head = format!("fn {name}(");
    let at = lines.iter().position(|line| line.trim_start().starts_with(&head))?;
    let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
    let close = format!("{indent}}}");
    let length = lines[at..].iter().position(|line| *line == close)?;
    let above = lines[..at].iter().rev().map(|line| line.trim());
    let is_test = above.take_while(|line| line.starts_with("#[")).any(|line| line == "#[test]");
    Some((lines[at..=at + length].join("\n"), is_test))
}

fn holds(code: &str, text: &str, place: &str) -> Result<(), String> {
    if text.contains(code) { Ok(()) } else { Err(format!("{code}: not in {place}")) }
}

fn in_cli(code: &str, name: &str) -> Result<(), String> {
    let case = read(&format!("testdata/cli/{name}.toml"))?;
    let said = read(&format!("testdata/cli/{name}.stderr"))?;
    // What `explain` tells of a code, and what it suggests, does not raise it.
    if case.contains("explain") {
        return holds(&format!("error[{code}]:"), &said, name);
    }
    holds(code, &(said + &read(&format!("testdata/cli/{name}.stdout"))?), name)
}

fn in_test(code: &str, place: &str) -> Result<(), String> {
    let (file, name) = place.split_once("::").ok_or("FILE::NAME is wanted")?;
    let text = read(file)?;
    let (body, is_test) =
        function(&text, name).ok_or_else(|| format!("{code}: no {name} in {file}"))?;
    let is_table = file.starts_with("tests/") && text.contains("#[test]");
    let is_asked = is_table && text.matches(&format!("{name}()")).count() > 1;
    if !is_test && !is_asked {
        return Err(format!("{code}: {place} is no test, and none asks for it"));
    }
    holds(code, &body, place)
}

fn in_check(code: &str, name: &str) -> Result<(), String> {
    let rule = rules::ALL.iter().find(|rule| rule.name == name);
    if rule.is_none_or(|rule| rule.code != code) {
        return Err(format!("{code} is not the rule {name}"));
    }
    let mut tests = Vec::new();
    files(&root().join("tests/check"), "rs", &mut tests);
    let planted = Regex::new(&format!("\"{name}[ @\"]")).unwrap();
    let found = tests.iter().any(|path| planted.is_match(&fs::read_to_string(path).unwrap()));
    if found { Ok(()) } else { Err(format!("{code}: nothing in tests/check breaks {name}")) }
}

fn raised(code: &str, place: &str) -> Result<(), String> {
    let (how, place) = place.split_once(':').ok_or_else(|| format!("{code}: no place"))?;
    match how {
        "cli" => in_cli(code, place),
        "golden" => holds(code, &read(&format!("testdata/{place}"))?, place),
        "check" => in_check(code, place),
        "test" | "unit" => in_test(code, place),
        _ => Err(format!("{code}: nobody knows what `{how}` is")),
    }
}

#[test]
fn every_code_is_raised_by_a_test() {
    let all: BTreeSet<String> = codes::all().iter().map(|code| code.code.to_owned()).collect();
    let places = places();
    let listed: BTreeSet<String> = places.iter().map(|(code, _)| code.clone()).collect();
    assert_eq!(listed.len(), places.len(), "a code stands twice in testdata/codes.csv");
    assert!(places.is_sorted(), "testdata/codes.csv is not sorted");
    assert_eq!(
        all.difference(&listed).collect::<Vec<_>>(),
        [""; 0],
        "no place in testdata/codes.csv"
    );
    assert_eq!(listed.difference(&all).collect::<Vec<_>>(), [""; 0], "no such code");
    let wrong: Vec<String> =
        places.iter().filter_map(|(code, place)| raised(code, place).err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_code_in_the_source_is_in_the_catalogue() {
    let code = Regex::new(r"C2T-[A-Z]\d{3}").unwrap();
    let mut sources = Vec::new();
    files(&root().join("src"), "rs", &mut sources);
    let mut used: BTreeMap<String, PathBuf> = BTreeMap::new();
    let named = |path: &Path, ending: &str| path.to_string_lossy().ends_with(ending);
    let catalogue = |path: &Path| {
        named(path, "report/codes.rs")
            || path.parent().is_some_and(|folder| folder.ends_with("report/codes"))
    };
    sources.retain(|path| !catalogue(path) && !named(path, "tests.rs"));
    for source in sources {
        let text = fs::read_to_string(&source).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        used.extend(code.find_iter(text).map(|one| (one.as_str().to_owned(), source.clone())));
    }
    assert!(used.len() > 300, "the search for codes finds too little: {}", used.len());
    let all: BTreeSet<String> = codes::all().iter().map(|code| code.code.to_owned()).collect();
    let unknown: Vec<_> = used.iter().filter(|(code, _)| !all.contains(*code)).collect();
    assert!(unknown.is_empty(), "not in the catalogue: {unknown:#?}");
    let gone: Vec<_> = all.iter().filter(|code| !used.contains_key(*code)).collect();
    assert!(gone.is_empty(), "in the catalogue, and nowhere in src/: {gone:?}");
}

#[test]
fn every_code_says_what_and_what_to_do() {
    for code in codes::all() {
        assert!(!code.meaning.is_empty() && !code.fix.is_empty(), "{}", code.code);
        assert!(!code.about.is_empty() && !code.exit.is_empty(), "{}", code.code);
        assert!(!code.meaning.ends_with('.'), "{}", code.code);
        assert_eq!(codes::find(code.code).unwrap(), code);
    }
}

/// Commands in the longer texts are commands of this program.
#[test]
fn commands_to_try_can_be_typed() {
    let mut tried = 0;
    for code in codes::all() {
        let lines = code.more.unwrap_or_default().lines();
        for line in lines.filter_map(|line| line.strip_prefix("    close2twenty ")) {
            if cfg!(not(feature = "network")) && line.contains("--url") {
                continue;
            }
            let words = std::iter::once("close2twenty").chain(line.split_whitespace());
            Cli::try_parse_from(words).unwrap_or_else(|e| panic!("{}: {line}\n{e}", code.code));
            tried += 1;
        }
    }
    assert!(tried > 10, "{tried} commands");
}
