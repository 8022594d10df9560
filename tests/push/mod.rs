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

    /// With the sample converted anew, and files for all it refers to.
    pub fn sample_with_files() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        downloads(&root.join("testdata/golden/sample/files.csv"), &dir.path().join("downloads"));
        let mut convert = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
        convert.arg("convert").arg(root.join("testdata/close/sample"));
        convert.arg("-o").arg(dir.path().join("bundle"));
        convert.arg("--attachments").arg(dir.path().join("downloads")).arg("--quiet");
        let said = said(convert.output().expect("the program runs"));
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        Self { dir }
    }

    /// Converts the sample anew, in its place.
    pub fn convert(&self, args: &[&str]) {
        let export = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/close/sample");
        let mut convert = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
        convert.arg("convert").arg(export).arg("-o").arg(self.bundle()).arg("--quiet").args(args);
        let said = said(convert.output().expect("the program runs"));
        assert_eq!(said.code, Some(0), "{}", said.stderr);
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

/// A file for each line of a `files.csv`, as a downloader leaves them.
fn downloads(list: &Path, to: &Path) {
    let mut lines = csv::Reader::from_path(list).expect("files.csv");
    for line in lines.deserialize::<std::collections::BTreeMap<String, String>>() {
        let line = line.expect("a line");
        let (owner, name) = (&line["owner"], &line["name"]);
        let head: &[u8] = match name.rsplit('.').next() {
            Some("pdf") => b"%PDF-1.7\n",
            Some("png") => b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01",
            Some("gif") => b"GIF89a",
            Some("ogg") => b"OggS",
            _ => b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x44",
        };
        let mut bytes = [head, line["close_id"].as_bytes()].concat();
        if let Ok(size) = line["declared_bytes"].parse() {
            bytes.resize(size, b'.');
        }
        let name = match line["role"].as_str() {
            "recording" => format!("close-recording-{owner}.mp3"),
            _ => name.clone(),
        };
        let token = line["close_id"].rsplit('/').next().unwrap_or_default();
        let folder = to.join(owner).join(token);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), bytes).expect("written");
    }
}

/// A dump in which what no run can know beforehand is masked: ids the server gives, the time of the day.
pub fn masked(dump: &str) -> String {
    let id = regex::Regex::new(
        "[0-9a-f]{8}-[0-9a-f]{4}-[0-46-9a-f][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    );
    let now = regex::Regex::new(r"202[6-9]-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z");
    let text = id.expect("a pattern").replace_all(dump, "<id>").into_owned();
    let text = now.expect("a pattern").replace_all(&text, "<now>").into_owned();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
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
