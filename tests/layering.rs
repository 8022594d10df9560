//! The house's rules, read from its own source text (docs/architecture): which folder may import
//! which, where threads may be, how long a file may get, how it opens. It must not run anything.

#![forbid(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};

/// The flow, left to right: a folder imports itself and what stands to its left.
const FLOW: &[&str] = &[
    "read",
    "close",
    "survey",
    "mapping",
    "plan",
    "transform",
    "bundle",
    "check",
    "push",
    "report",
    "cli",
];
/// The ground floor, free for all; each imports only what is named with it.
const GROUND: &[(&str, &[&str])] = &[
    ("twenty", &["error"]),
    ("event", &[]),
    ("error", &["event"]),
    ("pipeline", &["read", "error", "event"]),
];
/// Rooms that keep to themselves: they import no more than what is named with them.
const APART: &[(&str, &[&str])] = &[
    ("check", &["bundle", "twenty", "error", "event"]),
    ("push", &["bundle", "twenty", "error", "event"]),
];
/// Who may use threads at all, and so the pipeline.
const PIPELINE_USERS: &[&str] = &["survey", "cli"];
/// Files that may name threads.
const THREADS: &[(&str, &str)] = &[
    ("pipeline/line.rs", "std::thread"),
    ("pipeline/mod.rs", "rayon::"),
    ("bundle/writer.rs", "rayon::"),
    ("bundle/digest.rs", "rayon::"),
    ("bundle/pack.rs", "rayon::"),
    ("check/crew.rs", "rayon::"),
    ("push/files/mod.rs", "std::thread"),
    ("bundle/files/claims.rs", "rayon::"),
    // It sleeps; it starts none.
    ("push/client/clock.rs", "std::thread::sleep"),
];
/// The files that read a clock: one for the pace of requests, one for what is said of a run.
const CLOCKS: &[&str] = &["push/client/clock.rs", "cli/clock.rs"];
/// Lines of one file, its tests left out.
const LINES: usize = 450;

struct Source {
    /// Path below `src/`, with `/`.
    name: String,
    /// The whole text.
    text: String,
    /// The text without tests and comments.
    code: String,
}

impl Source {
    /// The folder or file right below `src/` it belongs to.
    fn room(&self) -> &str {
        let first = self.name.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Rooms it names after `crate::`.
    fn imports(&self) -> Vec<String> {
        let mut found = Vec::new();
        for rest in self.code.split("crate::").skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => found.extend(heads(group)),
                None => found.push(word(rest)),
            }
        }
        found
    }
}

/// The first word of each item of a braced import, up to the brace that closes it.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut found, mut item) = (0, Vec::new(), String::new());
    for sign in group.chars() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => found.push(word(std::mem::take(&mut item).trim())),
            _ => {}
        }
        if depth == 0 && sign != ',' {
            item.push(sign);
        }
    }
    found.push(word(item.trim()));
    found.retain(|name| !name.is_empty());
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(source(&root, &path));
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 50, "the source is where it is expected");
    found
}

fn source(root: &Path, path: &Path) -> Source {
    let name = path.strip_prefix(root).expect("below src").to_string_lossy().replace('\\', "/");
    let text = fs::read_to_string(path).expect("a source file");
    let tests = name.ends_with("tests.rs");
    let kept = text.find("#[cfg(test)]\nmod ").unwrap_or(text.len());
    let kept = if tests { "" } else { &text[..kept] };
    let code = kept.lines().map(|line| line.split("//").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join("\n");
    Source { name, text, code }
}

fn may_import(room: &str, target: &str) -> bool {
    if room == target {
        return true;
    }
    let ground = |name| GROUND.iter().find(|(ground, _)| *ground == name);
    if let Some((_, allowed)) = ground(room) {
        return allowed.contains(&target);
    }
    if let Some((_, allowed)) = APART.iter().find(|(apart, _)| *apart == room) {
        return allowed.contains(&target);
    }
    if target == "pipeline" {
        return PIPELINE_USERS.contains(&room);
    }
    let place = |name| FLOW.iter().position(|folder| *folder == name);
    ground(target).is_some() || matches!((place(room), place(target)), (Some(a), Some(b)) if b < a)
}

#[test]
fn imports_point_to_the_left() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.name != "lib.rs") {
        let room = source.room();
        if room == "main" {
            continue;
        }
        for target in source.imports() {
            if !may_import(room, &target) {
                wrong.push(format!("{}: {room} must not import {target}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_is_known() {
    let known = |room: &str| {
        let flow = FLOW.contains(&room) || GROUND.iter().any(|(name, _)| *name == room);
        flow || ["main", "lib"].contains(&room)
    };
    let unknown: Vec<_> = sources().into_iter().filter(|s| !known(s.room())).collect();
    let unknown: Vec<_> = unknown.iter().map(|source| &source.name).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn the_program_knows_the_command_line_only() {
    let sources = sources();
    let main = sources.iter().find(|source| source.name == "main.rs").expect("a program");
    let used: Vec<_> = main.code.split("close2twenty::").skip(1).map(word).collect();
    assert!(!used.is_empty() && used.iter().all(|room| room == "cli"), "{used:?}");
}

#[test]
fn threads_are_in_their_place() {
    let mut wrong = Vec::new();
    for source in &sources() {
        for name in ["std::thread", "rayon::", "tokio::", "crossbeam", "std::sync::mpsc"] {
            for at in source.code.match_indices(name) {
                let here = &source.code[at.0..];
                let allowed = THREADS
                    .iter()
                    .any(|(file, what)| *file == source.name && here.starts_with(what));
                if !allowed {
                    let line = here.lines().next().unwrap_or_default();
                    wrong.push(format!("{}: {line}", source.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Only the printer prints, nothing but two clocks tells the time, and transforms touch no disk.
#[test]
fn side_effects_are_in_their_place() {
    let banned: &[(&str, &str)] = &[
        ("", "println!("),
        ("", "eprintln!("),
        ("", "SystemTime::now"),
        ("", "Instant::now"),
        ("", "Timestamp::now"),
        ("", "Zoned::now"),
        ("transform/", "std::fs"),
        ("transform/", "std::io"),
        ("plan/", "std::fs"),
        ("twenty/", "std::fs"),
        ("close/", "std::fs"),
        ("mapping/", "std::fs"),
        // A second reading of Twenty's rules is worth nothing if it asks the first.
        ("check/", "twenty::link"),
        ("check/", "twenty::phone"),
        ("check/", "twenty::date"),
        ("check/", "twenty::number"),
        ("check/", "twenty::email"),
        ("check/", "twenty::text"),
        ("check/", "twenty::options"),
        ("check/", "twenty::objects"),
    ];
    let mut wrong = Vec::new();
    for source in &sources() {
        for (room, what) in banned {
            let allowed = CLOCKS.contains(&&*source.name) && *what == "Instant::now";
            if source.name.starts_with(room) && source.code.contains(what) && !allowed {
                wrong.push(format!("{}: {what}", source.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for source in &sources() {
        let lines = source.code.lines().count();
        if lines > LINES {
            wrong.push(format!("{}: {lines} lines", source.name));
        }
        if !source.text.starts_with("//! ") {
            wrong.push(format!("{}: does not open with //!", source.name));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn braced_imports_are_understood() {
    let code = "use crate::{read::{self, Node}, close::Kind};\nfn f(x: crate::plan::Plan) {}";
    let source = Source { name: "x.rs".into(), text: String::new(), code: code.into() };
    assert_eq!(source.imports(), ["read", "close", "plan"]);
}
