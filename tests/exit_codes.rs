//! How each command ends: its exit code, and what a program finds on standard output and standard error then. With
//! `--format json` a result obeys its published schema, and so does an error. It must not check what a result says.

#![forbid(unsafe_code)]

#[cfg(feature = "network")]
mod fake_twenty;
#[cfg(feature = "network")]
#[path = "exit_codes/network.rs"]
mod network;
#[cfg(feature = "network")]
#[path = "push/mod.rs"]
mod workbench;

use close2twenty::cli::output::OUTPUTS;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// An output as a program reads it.
struct Ended {
    /// None when it was killed.
    code: Option<i32>,
    /// The result.
    stdout: String,
    /// The talk.
    stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// What is wrong with a value by the schema of an output.
fn faults(output: &str, value: &Value) -> Vec<String> {
    let schema = OUTPUTS.iter().find(|(name, ..)| *name == output).expect("an output").2();
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// JSON values one after another.
fn values(text: &str) -> Vec<Value> {
    let read = serde_json::Deserializer::from_str(text).into_iter();
    read.map(|value| value.unwrap_or_else(|e| panic!("{e}: {text}"))).collect()
}

impl Ended {
    /// Holds the end of a run against what was promised; `json` is whether it was asked for.
    #[track_caller]
    fn is(&self, what: &str, code: i32, json: Option<&str>) {
        let Self { stdout, stderr, .. } = self;
        assert_eq!(self.code, Some(code), "{what}\n{stdout}\n{stderr}");
        let failed = matches!(code, 1 | 2 | 130);
        match json {
            Some(_) if failed => {
                let last = stderr.lines().last().unwrap_or_default();
                let [why] = &values(last)[..] else { panic!("{what}: {stderr}") };
                assert_eq!(faults("error", why), [""; 0], "{what}: {why}");
                for key in ["code", "what", "place", "cause", "fix"] {
                    assert!(why["error"].get(key).is_some(), "{what}: {key}");
                }
                assert!(!stderr.contains("error["), "{what}: an error is said once: {stderr}");
            }
            Some(output) => {
                let values = values(stdout);
                assert!(!values.is_empty() && stdout.ends_with('\n'), "{what}");
                for value in &values {
                    assert_eq!(faults(output, value), [""; 0], "{what}: {value:#}");
                }
            }
            None if failed => {
                let said =
                    |line: &str| line.starts_with("error[C2T-") || line.starts_with("error: ");
                assert_eq!(stderr.lines().filter(|line| said(line)).count(), 1, "{what}: {stderr}");
            }
            None => assert!(!stdout.is_empty(), "{what}"),
        }
        assert!(!failed || stdout.is_empty(), "{what}: a failure has no result: {stdout}");
    }
}

/// A folder with the small exports of the CLI cases and a bundle.
struct Desk(TempDir);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (path, to) = entry.map(|e| (e.path(), to.join(e.file_name()))).expect("an entry");
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).expect("copied");
        }
    }
}

impl Desk {
    fn new() -> Self {
        let desk = Self(tempfile::tempdir().expect("a folder"));
        copy(&root().join("testdata/cli/export"), &desk.at(""));
        copy(&root().join("testdata/cli/loose"), &desk.at(""));
        copy(&root().join("testdata/golden/sample"), &desk.at("sample-bundle"));
        desk
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, args: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
        command.current_dir(self.0.path()).args(args.split_whitespace());
        command.env_remove("TWENTY_API_KEY");
        command
    }

    fn run(&self, args: &str) -> Ended {
        self.command(args).output().expect("the program runs").into()
    }
}

/// What is typed, how it ends, and the output it prints, if it has a form for programs.
const RUNS: &[(&str, i32, &str)] = &[
    ("audit small", 0, "audit"),
    ("audit small broken.json", 0, "audit"),
    ("audit missing.json", 1, "audit"),
    ("audit", 2, "audit"),
    ("audit --nonsense small", 2, "audit"),
    ("plan small -o new.toml", 0, "plan"),
    ("plan missing.json -o new.toml", 1, "plan"),
    ("plan small -o wrong.toml", 2, "plan"),
    ("convert small -o bundle", 0, "convert"),
    ("convert broken.json -o bundle", 0, "convert"),
    ("convert small -o bundle --sample 1", 0, "convert"),
    ("convert missing.json -o bundle", 1, "convert"),
    ("convert small -o small", 2, "convert"),
    ("convert small", 2, "convert"),
    ("convert small -o bundle --mapping wrong.toml", 2, "convert"),
    ("convert --strict small -o bundle --mapping unconfirmed.toml", 2, "convert"),
    ("convert --strict broken.json -o bundle", 3, "convert"),
    ("convert small -o part --shard 1/2", 0, "convert-shard"),
    ("convert missing.json -o part --shard 1/2", 1, "convert-shard"),
    ("convert small -o part --shard 3/2", 2, "convert-shard"),
    ("merge small -o bundle", 2, "merge"),
    ("check sample-bundle", 0, "check"),
    ("check sample-bundle --workspace missing.json", 1, "check"),
    ("check missing", 2, "check"),
    ("check people.csv", 3, "check"),
    ("explain C2T-E010", 0, "explain"),
    ("explain --list", 0, "explain"),
    (
        "explain cont_2qGtRiyLHyXEcnt3il24vRltViL7eXrHkoHUKuXRu41 --bundle sample-bundle",
        0,
        "explain-record",
    ),
    ("explain C2T-E999", 2, "explain"),
    ("explain cont_unknown --bundle missing", 1, "explain-record"),
    ("explain cont_unknown", 2, "explain-record"),
    ("nonsense", 2, "error"),
];

#[test]
fn commands_end_as_promised() {
    for (args, code, output) in RUNS {
        Desk::new().run(args).is(args, *code, None);
        let json = format!("{args} --format json");
        Desk::new().run(&json).is(&json, *code, Some(output));
        let quiet = format!("--quiet --format=json {args}");
        let ended = Desk::new().run(&quiet);
        ended.is(&quiet, *code, Some(output));
        let lines = usize::from(matches!(code, 1 | 2));
        assert_eq!(ended.stderr.lines().count(), lines, "{quiet}: {}", ended.stderr);
    }
}

#[test]
fn merging_ends_as_promised() {
    for json in ["", " --format json"] {
        let output = (!json.is_empty()).then_some("merge");
        let desk = Desk::new();
        let run = |args: &str| desk.run(&format!("{args}{json}"));
        run("convert small -o one --shard 1/2");
        run("convert small -o two --shard 2/2");
        run("merge one -o bundle").is("a part is missing", 2, output);
        run("merge one two -o bundle").is("all parts", 0, output);
        std::fs::write(desk.at("small/more.json"), "[]").expect("written");
        run("merge one two -o bundle").is("the export has changed", 1, output);
        run("convert --strict broken.json -o strict --shard 1/1");
        run("merge strict -o strict-bundle").is("a record was set aside", 3, output);
    }
}

/// Texts have no form for programs; their errors do.
#[test]
fn completions_and_the_manual_page_are_texts() {
    let desk = Desk::new();
    for args in ["completions bash", "man", "man convert"] {
        let text = desk.run(args);
        text.is(args, 0, None);
        let json = desk.run(&format!("{args} --format json"));
        assert_eq!((json.code, json.stdout), (Some(0), text.stdout), "{args}");
    }
    for args in ["completions nonsense", "man --nonsense", "man nonsense"] {
        desk.run(args).is(args, 2, None);
        desk.run(&format!("{args} --format json")).is(args, 2, Some("error"));
    }
    assert!(desk.run("man nonsense").stderr.starts_with("error[C2T-E002]"));
}

/// Stopped from outside, a run says so in the form that was asked for, and leaves nothing behind.
#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_with_130() {
    use nix::sys::signal::{Signal, kill};
    for (json, signal) in [(None, Signal::SIGINT), (Some("convert"), Signal::SIGTERM)] {
        let desk = Desk::new();
        let pipe = desk.at("map.toml");
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
        let form = if json.is_some() { "json" } else { "text" };
        let mut command =
            desk.command(&format!("convert small -o bundle --mapping map.toml --format {form}"));
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().expect("the program starts");
        // Opens when the program has opened its end, where it waits for the map.
        let _held = std::fs::OpenOptions::new().write(true).open(&pipe).expect("a pipe");
        kill(nix::unistd::Pid::from_raw(child.id() as i32), signal).expect("told");
        let ended = Ended::from(child.wait_with_output().expect("it ends"));
        ended.is("stopped", 130, json);
        assert!(ended.stderr.contains("C2T-E050"), "{}", ended.stderr);
        assert!(!desk.at("bundle").exists());
    }
}
