//! Keeps docs/ true: the generated parts are compared with the tables they are made from, every relative link leads somewhere. `UPDATE_GOLDEN=1` writes the
//! generated parts anew. It must not judge prose.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.

use clap::CommandFactory as _;
use close2twenty::check::rules;
use close2twenty::cli::{Cli, output::OUTPUTS};
use close2twenty::close::Kind;
use close2twenty::mapping::Rules;
use close2twenty::mapping::file::keys::{self, Key, Missing, Section, Takes};
use close2twenty::report::codes::{self, Code, FAMILIES, Family};
use close2twenty::twenty::objects::Object;
use regex::Regex;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Text of a table cell: one line, no column border, nothing a Markdown reader would swallow.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "\\<").replace(['\n', '\r'], " ")
}

/// The page with what stands between the markers of `part` replaced by `body`.
fn with_part(page: &str, part: &str, body: &str) -> String {
    let (open, close) = (format!("<!-- generated: {part} -->\n"), "<!-- end -->");
    let start = page.find(&open).unwrap_or_else(|| panic!("no marker {open}")) + open.len();
    let end = start + page[start..].find(close).unwrap_or_else(|| panic!("{part} has no end"));
    format!("{}\n{body}\n{}", &page[..start], &page[end..])
}

/// Compares a page with its generated parts, or writes them.
fn check(name: &str, parts: &[(&str, String)]) {
    let page = read(name);
    let fresh = parts.iter().fold(page.clone(), |page, (part, body)| with_part(&page, part, body));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(root().join(name), fresh).unwrap();
        return;
    }
    let line = page.lines().zip(fresh.lines()).position(|(old, new)| old != new);
    assert!(
        page == fresh,
        "{name} is out of date from line {}: run UPDATE_GOLDEN=1 cargo test --test docs",
        line.map_or(page.lines().count(), |at| at + 1)
    );
}

/// Close's side of the map: one table for each type that has rules, in the order of the rules.
fn close_side() -> String {
    let rules = Rules::built_in().unwrap();
    let mut out = String::new();
    for kind in Kind::ALL {
        let mine: Vec<_> = rules.all().iter().filter(|rule| rule.kind == *kind).collect();
        if mine.is_empty() {
            continue;
        }
        let _ = writeln!(out, "### {}\n\n| path | fate | target | note |", kind.word());
        out.push_str("|---|---|---|---|\n");
        for rule in mine {
            let (fate, target, note) = (rule.fate.word(), cell(&rule.target), cell(&rule.note));
            let _ = writeln!(out, "| `{}` | {fate} | {target} | {note} |", rule.path);
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// The types without rules, which go to the archive whole.
fn whole_side() -> String {
    let rules = Rules::built_in().unwrap();
    let with_rules: BTreeSet<_> = rules.all().iter().map(|rule| rule.kind).collect();
    let whole = Kind::ALL.iter().filter(|kind| !with_rules.contains(kind));
    let words: Vec<String> = whole.map(|kind| format!("`{}`", kind.word())).collect();
    format!("{}.\n", words.join(",\n"))
}

/// Twenty's side: the columns of each object's files.
fn twenty_side() -> String {
    let mut out = String::new();
    for object in Object::ALL {
        let _ = writeln!(out, "### {}\n\n| column | field | type | made for |", object.label());
        out.push_str("|---|---|---|---|\n");
        for column in object.columns() {
            let sub = column.sub_field.map_or_else(String::new, |sub| format!(".{sub}"));
            let why = match column.new {
                Some(new) if new.unique => format!("{} (unique)", cell(new.why)),
                Some(new) => cell(new.why),
                None => String::new(),
            };
            let (header, field, kind) = (cell(column.header), column.field, column.kind.label());
            let _ = writeln!(out, "| {header} | `{field}{sub}` | {kind} | {why} |");
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A table of the codes that begin so; errors also say how the run ends.
fn code_table(all: &[Code], start: &str) -> String {
    let exits = start == "C2T-E";
    let mut out = String::from(if exits {
        "| code | exit | meaning | what to do |\n|---|---|---|---|\n"
    } else {
        "| code | meaning | what to do |\n|---|---|---|\n"
    });
    for code in all.iter().filter(|code| code.code.starts_with(start)) {
        let (why, fix) = (cell(&code.meaning), cell(code.fix));
        let exit = if exits { format!(" {} |", code.exit[0]) } else { String::new() };
        let _ = writeln!(out, "| `{}` |{exit} {why} | {fix} |", code.code);
    }
    out
}

/// What codes of each letter have in common.
fn families() -> String {
    let mut out = String::from(
        "| codes | about | where they show | does the run go on? |\n|---|---|---|---|\n",
    );
    for family in FAMILIES {
        let Family { start, about, shows, goes_on, .. } = family;
        let _ = writeln!(out, "| `{start}…` | {about} | {shows} | {goes_on} |");
    }
    out
}

/// Longer texts, each below its code.
fn longer(all: &[Code]) -> String {
    let mut out = String::new();
    for code in all {
        if let Some(more) = code.more {
            let _ = writeln!(out, "### {}\n\n{more}\n", code.code);
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
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

#[test]
fn the_map_page_shows_the_map() {
    check(
        "docs/map.md",
        &[("close", close_side()), ("whole", whole_side()), ("twenty", twenty_side())],
    );
}

/// What a key takes, in words.
fn takes(takes: Takes) -> String {
    let listed = |words: &mut dyn Iterator<Item = String>| words.collect::<Vec<_>>().join(", ");
    match takes {
        Takes::Flag => "`true`, `false`".to_owned(),
        Takes::Number => "a whole number".to_owned(),
        Takes::Share => "a number from 0 to 1".to_owned(),
        Takes::Text => "text".to_owned(),
        Takes::Texts => "a list of texts".to_owned(),
        Takes::Template(names) => {
            format!("text with {}", listed(&mut names.iter().map(|name| format!("`{{{name}}}`"))))
        }
        Takes::Pairs => "a table of texts".to_owned(),
        Takes::Word(words) => listed(&mut words().iter().map(|(word, _)| format!("`{word}`"))),
    }
}

/// A part of `mapping.toml`: its keys, and the words that need telling.
fn section(section: &Section) -> String {
    let mut out = format!("### {}\n\n{}\n\n", capital(section.heading), section.meaning);
    out.push_str("| key | takes | when missing | says |\n|---|---|---|---|\n");
    for Key { name, takes: it, missing, meaning } in section.keys {
        let missing = match missing {
            Missing::Wrong => "an error".to_owned(),
            Missing::Proposed => "as proposed".to_owned(),
            Missing::Is(said) if said().contains(' ') && !said().contains('{') => said(),
            Missing::Is(said) => format!("`{}`", said()),
            Missing::Nothing => "(information)".to_owned(),
        };
        let _ = writeln!(out, "| `{name}` | {} | {missing} | {} |", takes(*it), cell(meaning));
    }
    for key in section.keys {
        let Takes::Word(words) = key.takes else { continue };
        let told = words().into_iter().filter(|(_, meaning)| !meaning.is_empty());
        let mut told = told.peekable();
        if told.peek().is_some() {
            let _ = writeln!(out, "\n`{}`:\n", key.name);
        }
        told.for_each(|(word, meaning)| {
            let _ = writeln!(out, "- `{word}`: {}", cell(&meaning));
        });
    }
    out
}

fn capital(heading: &str) -> String {
    heading.replace("the file", "The file").replace('[', "\\[").replace(']', "\\]")
}

/// `[activities]`, whose keys are Close's types.
fn activities() -> String {
    let words = keys::words(keys::ACTIVITY_ROUTES);
    let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let mut out = String::from("### \\[activities\\]\n\nWhat each kind of activity becomes.\n\n");
    out.push_str("| key | takes | when missing |\n|---|---|---|\n");
    for (kind, route) in keys::activities() {
        let _ = writeln!(out, "| `{kind}` | {} | `{route}` |", words.join(", "));
    }
    out
}

#[test]
fn the_page_of_the_map_shows_every_key() {
    let mut parts: Vec<String> = keys::SECTIONS.iter().map(section).collect();
    parts.insert(2, activities());
    check("docs/mapping.md", &[("keys", parts.join("\n"))]);
}

#[test]
fn the_codes_page_shows_the_tables() {
    let all = codes::all();
    let table = |start| code_table(&all, start);
    check(
        "docs/codes.md",
        &[
            ("families", families()),
            ("run", table("C2T-E")),
            ("more", longer(&all)),
            ("decisions", table("C2T-D")),
            ("sources", table("C2T-S")),
            ("incomplete", table("C2T-X")),
            ("missing", table("C2T-M")),
            ("records", table("C2T-R")),
            ("values", table("C2T-V")),
            ("remarks", table("C2T-N")),
            ("files", table("C2T-A")),
            ("check", table("C2T-K")),
        ],
    );
}

/// What `--help` says of a command.
fn help(command: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    program.args(command).arg("--help").env_remove("COLUMNS");
    let said = program.output().unwrap();
    assert!(said.status.success(), "{command:?}");
    let lines = String::from_utf8(said.stdout).unwrap();
    let lines: Vec<&str> = lines.lines().map(str::trim_end).collect();
    let title = std::iter::once("close2twenty").chain(command.iter().copied());
    let title = title.collect::<Vec<_>>().join(" ");
    format!("### `{title}`\n\n```text\n{}\n```\n", lines.join("\n").trim_end())
}

#[test]
fn the_page_of_the_command_line_shows_what_help_says() {
    // The page shows the full build; the air-gapped one has fewer commands.
    if !cfg!(feature = "network") {
        return;
    }
    let root = Cli::command();
    let mut pages = vec![help(&[])];
    pages.extend(root.get_subcommands().map(|command| help(&[command.get_name()])));
    assert!(pages.len() >= 12, "{}", pages.len());
    let mut outputs = String::from("| schema | of |\n|---|---|\n");
    for (name, what, _) in OUTPUTS {
        let _ = writeln!(outputs, "| [{name}](schemas/{name}.schema.json) | {} |", cell(what));
    }
    check("docs/cli.md", &[("outputs", outputs), ("help", pages.join("\n"))]);
}

#[test]
fn the_check_page_shows_the_rules() {
    let mut out = String::from("| code | rule | effect | why | fact |\n|---|---|---|---|---|\n");
    for rule in rules::ALL {
        let (code, name, effect) = (rule.code, rule.name, rule.effect.word());
        let _ =
            writeln!(out, "| `{code}` | {name} | {effect} | {} | {} |", cell(rule.why), rule.fact);
    }
    check("docs/check.md", &[("rules", out)]);
}

#[test]
fn relative_links_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#\s]+)").unwrap();
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].iter().map(|n| root().join(n)).collect();
    files(&root().join("docs"), "md", &mut pages);
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            let place = page.parent().unwrap().join(target);
            assert!(place.exists(), "{}: no {target}", page.display());
        }
    }
}
