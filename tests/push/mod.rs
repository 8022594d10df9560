//! What the tests of the networked commands share: a bundle in a folder of its own, the program run with a key, and its
//! answer. It must not judge.

#![allow(dead_code)]

use crate::fake_twenty::FakeTwenty;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A bundle that may be written beside.
pub struct Workbench {
    dir: tempfile::TempDir,
}

/// What a command has said.
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Workbench {
    /// With a copy of this bundle.
    pub fn with(bundle: &Path) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        copy(bundle, &dir.path().join("bundle"));
        Self { dir }
    }

    /// With the sample's bundle.
    pub fn sample() -> Self {
        Self::with(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/sample"))
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn bundle(&self) -> PathBuf {
        self.dir.path().join("bundle")
    }

    /// The folder of the only journal.
    pub fn journal(&self) -> PathBuf {
        let beside = self.dir.path().join("bundle.push");
        let found = std::fs::read_dir(&beside).expect("a journal's folder").next();
        found.expect("a journal").expect("an entry").path()
    }

    /// Starts a command on the bundle.
    pub fn start(&self, twenty: &FakeTwenty, command: &str, args: &[&str]) -> Child {
        self.command(twenty, &twenty.key(), command, args).spawn().expect("the program starts")
    }

    /// Runs a command on the bundle with this key.
    pub fn run_as(&self, twenty: &FakeTwenty, key: &str, command: &str, args: &[&str]) -> Said {
        said(self.command(twenty, key, command, args).output().expect("the program runs"))
    }

    /// Runs a command on the bundle.
    pub fn run(&self, twenty: &FakeTwenty, command: &str, args: &[&str]) -> Said {
        self.run_as(twenty, &twenty.key(), command, args)
    }

    /// Pushes, with workflows paused, and expects this exit code.
    pub fn push(&self, twenty: &FakeTwenty, args: &[&str], code: i32) -> Said {
        let mut all = vec!["--accept-proposed-map", "--pause-workflows"];
        all.extend(args);
        let said = self.run(twenty, "push", &all);
        assert_eq!(said.code, Some(code), "{}\n{}", said.stdout, said.stderr);
        said
    }

    fn command(&self, twenty: &FakeTwenty, key: &str, command: &str, args: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
        program.arg(command).arg(self.bundle()).args(["--url", &twenty.url()]).args(args);
        program.env("TWENTY_API_KEY", key).env_remove("NO_COLOR");
        program.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        program
    }
}

pub fn said(output: Output) -> Said {
    Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

impl Said {
    /// The last event, which holds the outcome.
    pub fn outcome(&self) -> Value {
        let last = self.stdout.lines().last().expect("an outcome");
        let event: Value = serde_json::from_str(last).expect("a line of JSON");
        event["outcome"].clone()
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let place = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).expect("copied");
        }
    }
}
