//! A fake Twenty, the sample as a bundle, and the program between them: the ground of the tests of `verify` and `rollback`.
//! It must not judge a result.

#![allow(dead_code)]

use super::cases::{self, Bundle};
use super::fake_twenty::{FakeTwenty, Settings};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// The sample, converted once.
static SAMPLE: LazyLock<Bundle> =
    LazyLock::new(|| cases::run(&cases::sample().input).expect("the sample converts"));

/// A workspace, and the journal of pushes into it.
pub struct Ground {
    pub twenty: FakeTwenty,
    journal: TempDir,
}

/// What a run came to.
pub struct Ran {
    /// The exit code; none when it was killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The run's own account of how it ended.
    pub fn outcome(&self) -> Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        let said: Value = serde_json::from_str(last).unwrap_or_default();
        assert_eq!(said["event"], "outcome", "{}\n{}", self.stdout, self.stderr);
        said["outcome"].clone()
    }

    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

impl Default for Ground {
    fn default() -> Self {
        let members = ["owner@example.com", "una.petersen@example.com", "tom.ahlers@example.com"];
        let members = members.map(str::to_owned).to_vec();
        Self::with(Settings { members, ..Settings::default() })
    }
}

impl Ground {
    pub fn with(settings: Settings) -> Self {
        let twenty = FakeTwenty::with(settings);
        Self { twenty, journal: tempfile::tempdir().expect("a folder") }
    }

    /// A workspace with the sample in it.
    pub fn pushed() -> Self {
        let ground = Self::default();
        ground.push();
        ground
    }

    /// A workspace where some of the sample's records are already: a company, two people, one of them in the
    /// trash, and a task; and a task of somebody else.
    pub fn met() -> Self {
        let ground = Self::default();
        let twenty = &ground.twenty;
        let none = json!([]);
        twenty.add("company", json!({ "name": "Schluessellos", "domainName": {
            "primaryLinkUrl": "https://schluessellos.example", "primaryLinkLabel": "Home", "secondaryLinks": none } }));
        twenty.add("person", json!({ "name": { "firstName": "Odalys", "lastName": "Before" }, "jobTitle": "Owner",
            "emails": { "primaryEmail": "odalys@example.com", "additionalEmails": ["more@example.com"] } }));
        let trash = "5f81afc4-41c7-4f2a-b889-1b18fb25a89e";
        twenty.add(
            "person",
            json!({ "id": trash, "emails": { "primaryEmail": "ohne@schluessellos.example" } }),
        );
        twenty.soft_delete("person", trash);
        // The row's own id: an import by hand would have left it.
        let task = "7987a021-d9a0-51d9-b73f-68652437b38f";
        twenty.add("task", json!({ "id": task, "title": "By hand", "status": "TODO" }));
        twenty.add("task", json!({ "title": "Water the plants", "status": "TODO" }));
        ground
    }

    pub fn push(&self) -> Ran {
        let ran = self.run("push", &["--accept-proposed-map", "--allow-workflows"]);
        assert!(matches!(ran.code, Some(0 | 3)), "{}\n{}", ran.stdout, ran.stderr);
        ran
    }

    fn command(&self, verb: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
        command
            .arg(verb)
            .arg(SAMPLE.path())
            .args(["--url", &self.twenty.url(), "--format", "json", "--journal"])
            .arg(self.journal.path())
            .args(more)
            .env("TWENTY_API_KEY", self.twenty.key())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, verb: &str, more: &[&str]) -> Ran {
        ran(&self.command(verb, more).output().expect("the program runs"))
    }

    /// Runs it as the one that a mishap may kill.
    pub fn run_as_victim(&self, verb: &str, more: &[&str]) -> Ran {
        let child = self.command(verb, more).spawn().expect("the program runs");
        self.twenty.victim(child.id());
        ran(&child.wait_with_output().expect("the program ends"))
    }

    /// A file the last run has left for people.
    pub fn left(&self, name: &str) -> Option<String> {
        let mut folders = std::fs::read_dir(self.journal.path()).expect("a folder");
        let folder: PathBuf = folders.next()?.expect("an entry").path();
        std::fs::read_to_string(folder.join(name)).ok()
    }

    /// The findings of the last verification: object, kind and field, sorted.
    pub fn findings(&self) -> Vec<(String, String, String)> {
        let lines = self.left("verify.jsonl").expect("a list");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let read = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            (text(&line["object"]), text(&line["kind"]), text(&line["field"]))
        };
        let mut found: Vec<_> = lines.lines().map(read).collect();
        found.sort();
        found
    }

    /// The record of a Close id.
    pub fn record(&self, object: &str, close_id: &str) -> Value {
        let records = self.twenty.records(object);
        let found = records.into_iter().find(|record| record["closeId"] == close_id);
        found.unwrap_or_else(|| panic!("no {object} {close_id}"))
    }
}

fn ran(output: &Output) -> Ran {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    Ran { code: output.status.code(), stdout, stderr }
}

/// The sample's manifest.
pub fn manifest() -> Value {
    serde_json::from_slice(&std::fs::read(SAMPLE.path().join("manifest.json")).expect("a manifest"))
        .expect("JSON")
}

/// The lines of two dumps that differ.
pub fn changed(before: &str, after: &str) -> String {
    use std::collections::BTreeSet;
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (before.lines().collect(), after.lines().collect());
    let gone = old.difference(&new).map(|line| format!("- {line}\n"));
    let come = new.difference(&old).map(|line| format!("+ {line}\n"));
    let lines: Vec<String> = gone.chain(come).take(20).collect();
    lines.concat()
}
