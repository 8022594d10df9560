//! Every command line that README.md, CONTRIBUTING.md and docs/ tell a reader to type. Those of this program are run as they
//! stand, page by page, in a folder of their own, with an invented export and a fake Twenty in place of the reader's; what
//! else is typed stands in `ELSEWHERE` with what is checked instead. A line that is neither fails. It must not judge what a
//! command prints.

#![cfg(all(unix, feature = "network"))]
#![forbid(unsafe_code)]

mod fake_twenty;

use clap::{CommandFactory as _, Parser as _};
use close2twenty::cli::Cli;
use close2twenty::twenty::workspace::Workspace;
use fake_twenty::{FakeTwenty, Settings};
use regex::Regex;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What is checked of a line that is not run here.
enum How {
    /// `.ci/run` runs what is behind this marker of README.md.
    Ci(&'static str),
    /// This text stands in this file, which is run elsewhere.
    In(&'static str, &'static str),
    /// It is run in the repository, and changes nothing there.
    Here,
    /// It begins with a short name of `.cargo/config.toml`.
    Alias,
    /// It is a bench of `Cargo.toml`.
    Bench,
    /// It is a script of the repository, which knows the options.
    Script,
    /// Its files are there.
    Git,
    /// Another program runs this one: its words are understood.
    Wrapped,
    /// A tool's own affair.
    Tool,
}
use How::{Alias, Bench, Ci, Git, Here, In, Script, Tool, Wrapped};

/// Lines that are not run here, without their comments.
const ELSEWHERE: &[(&str, How)] = &[
    ("cargo run -- convert testdata/close/sample -o sample-bundle", Ci("first")),
    ("cargo test", Ci("second")),
    (
        "cargo install --locked --path . --no-default-features",
        In("Cargo.toml", "default = [\"mimalloc\", \"network\"]"),
    ),
    (
        "cargo build --release --locked --offline --no-default-features",
        In(".ci/run", "cargo build --locked --no-default-features"),
    ),
    ("mkdir -p .cargo && cargo vendor --locked vendor >> .cargo/config.toml", Tool),
    ("tar --exclude=./target -czf ../close2twenty-with-crates.tar.gz .", Tool),
    ("tar -xzf close2twenty-with-crates.tar.gz", Tool),
    ("sha256sum --check --ignore-missing SHA256SUMS", In("release/build", "sha256sum")),
    ("sha256sum bundle.zip > bundle.zip.sha256", Tool),
    ("sha256sum --check bundle.zip.sha256", Tool),
    ("bash release/build --list", Here),
    ("bash release/build", Script),
    ("cargo install --locked --path .", In("Cargo.toml", "name = \"close2twenty\"")),
    (
        "cargo build --release --locked --no-default-features",
        In(".ci/run", "cargo build --locked --no-default-features"),
    ),
    ("cargo build --release", In("Cargo.toml", "[profile.release]")),
    ("cargo build", In(".ci/run", "cargo build")),
    ("UPDATE_GOLDEN=1 cargo test", In("tests/golden.rs", "UPDATE_GOLDEN")),
    ("cargo lint", Alias),
    ("cargo sample", Alias),
    ("cargo generate --bytes 200MB --config big -o big/leads.json", Alias),
    ("cargo bench --bench end_to_end", Bench),
    ("C2T_BENCH_SIZES=100MB,1GB,10GB C2T_BENCH_RUNS=3 cargo bench --bench end_to_end", Bench),
    ("cargo bench --bench parse", Bench),
    ("cargo bench --bench parse -- FILE", Bench),
    ("cargo bench --bench parts", Bench),
    ("cargo bench --bench parts -- values", Bench),
    ("cargo bench --bench parts -- 'HTML'", Bench),
    ("cargo bench --bench parts -- --save-baseline before", Bench),
    ("cargo bench --bench parts -- --baseline before", Bench),
    ("bash .ci/run", Script),
    ("bash .ci/guard", Script),
    ("bash .ci/guard --renew", Script),
    ("git diff", Git),
    ("git diff benches/instructions.csv", Git),
    (
        "perf record -e cpu-clock -F 2000 --call-graph dwarf,8192 -o big/perf.data target/release/close2twenty convert big -o big-bundle --threads 1",
        Wrapped,
    ),
    (
        "valgrind --tool=callgrind --callgrind-out-file=callgrind.out target/release/close2twenty convert small -o small-bundle --threads 1",
        Wrapped,
    ),
    ("perf report -i big/perf.data --no-children", Tool),
    ("callgrind_annotate --inclusive=yes callgrind.out", Tool),
    ("export TWENTY_API_KEY=…", Tool),
];

/// What stands for the reader's own names in the lines that are run.
const NAMES: &[(&str, &str)] = &[
    ("lead_9f3K", "lead_mxRvgOnmhFBvvUkeRsXEMG2eiv9d5P7UQss2lo4Px7C"),
    ("cont_7aQm", "cont_2qGtRiyLHyXEcnt3il24vRltViL7eXrHkoHUKuXRu41"),
];

/// Lines that end with another exit code than 0, and why.
const ENDS: &[(&str, i32, &str)] = &[(
    "close2twenty push bundle --url https://crm.example.com --dry-run",
    3,
    "a fresh Twenty has a workflow that would run for each person, and the dry run says so",
)];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The pages, by their names in the repository.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).expect("docs");
    let names =
        docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"));
    let mut pages: Vec<String> = names
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    pages.extend(["README.md", "CONTRIBUTING.md"].map(str::to_owned));
    pages.sort();
    pages
}

/// The lines of a page's fenced blocks in this language, continued lines joined.
fn lines(page: &str, language: &str) -> Vec<String> {
    let (mut found, mut inside): (Vec<String>, Option<&str>) = (Vec::new(), None);
    for line in page.lines() {
        match (line.trim().strip_prefix("```"), inside) {
            (Some(language), None) => inside = Some(language.trim()),
            (Some(_), Some(_)) => inside = None,
            (None, Some(open)) if open == language && !line.trim().is_empty() => {
                match found.last_mut().filter(|last| last.ends_with('\\')) {
                    Some(last) => {
                        last.pop();
                        last.push_str(line.trim_start());
                    }
                    None => found.push(line.trim().to_owned()),
                }
            }
            _ => {}
        }
    }
    found
}

/// A line without what stands behind ` #`.
fn bare(line: &str) -> &str {
    line.split_once(" #").map_or(line, |(line, _)| line).trim_end()
}

/// A reader's folder: an export, a Twenty, and what the lines of one page leave there.
struct Reader {
    folder: tempfile::TempDir,
    twenty: FakeTwenty,
}

const MEMBERS: [&str; 3] =
    ["owner@example.com", "una.petersen@example.com", "tom.ahlers@example.com"];

impl Reader {
    fn new() -> Self {
        let members = MEMBERS.map(str::to_owned).to_vec();
        let twenty = FakeTwenty::with(Settings { members, ..Settings::default() });
        let reader = Self { folder: tempfile::tempdir().expect("a folder"), twenty };
        // What GNU parallel does with the lines it is used for here, for machines without it.
        let parallel = "#!/bin/sh\nwhile read -r line; do\n  sh -c \"$(printf '%s' \"$*\" | sed \"s/{}/$line/g\")\" || exit 1\ndone\n";
        let place = reader.at("bin/parallel");
        fs::create_dir(place.parent().expect("a folder")).expect("a folder");
        fs::write(&place, parallel).expect("written");
        let run = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&place, run).expect("permissions");
        reader
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a line as a shell does, with the reader's names for what is really there.
    fn shell(&self, line: &str) -> Output {
        let line = line.replace("https://crm.example.com", &self.twenty.url());
        let line = NAMES.iter().fold(line, |line, (theirs, ours)| line.replace(theirs, ours));
        let journal = Regex::new(r"bundle\.push/[0-9a-f]{8}/").expect("a pattern");
        let line = journal.replace_all(&line, "bundle.push/*/");
        let program = Path::new(env!("CARGO_BIN_EXE_close2twenty")).parent().expect("a folder");
        let path = std::env::var("PATH").expect("a PATH");
        let path = format!("{}:{path}:{}", program.display(), self.at("bin").display());
        let mut shell = Command::new("sh");
        shell.args(["-euc", &line]).current_dir(self.folder.path());
        shell.env("PATH", path).env("TWENTY_API_KEY", self.twenty.key()).env_remove("COLUMNS");
        shell.env("HOME", self.folder.path());
        shell.output().expect("a shell")
    }

    #[track_caller]
    fn must(&self, line: &str, code: i32) {
        let said = self.shell(line);
        let (out, err) =
            (String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        assert_eq!(said.status.code(), Some(code), "{line}\n{out}\n{err}");
    }

    /// Makes what a line reads and no earlier line has written.
    fn prepare(&self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let name = word.trim_end_matches('/');
            let written = at > 0 && matches!(words[at - 1], "-o" | "--output");
            if !written && !self.at(name).exists() {
                self.make(name);
            }
        }
    }

    fn make(&self, name: &str) {
        let sample = root().join("testdata/close/sample");
        match name {
            "my-export" | "newer-export" | "close-export" | "export" => {
                copy(&sample, &self.at(name));
            }
            "my-downloads" => {
                fs::create_dir(self.at(name)).expect("a folder");
                fs::write(self.at(name).join("plan.pdf"), "%PDF-1.7\n").expect("written");
            }
            "workspace.json" => {
                let mut workspace =
                    Workspace::standard().expect("the built-in one").to_text().expect("JSON");
                let members = MEMBERS.map(|email| format!("{{\"email\": \"{email}\"}}")).join(", ");
                let empty = Regex::new(r#""members": *\[[^\]]*\]"#).expect("a pattern");
                workspace =
                    empty.replace(&workspace, format!("\"members\": [{members}]")).into_owned();
                fs::write(self.at(name), workspace).expect("written");
            }
            "mapping.toml" => {
                self.make("my-export");
                self.must("close2twenty plan my-export -o mapping.toml -q", 0);
                self.confirm();
            }
            "bundle" => {
                self.prepare("my-export mapping.toml");
                self.must("close2twenty convert my-export -o bundle --mapping mapping.toml -q", 0);
            }
            "bundle.zip" => {
                self.prepare("my-export");
                self.must("close2twenty convert my-export -o bundle.zip -q", 0);
            }
            _ => {}
        }
    }

    /// What the pages ask for between `plan` and `convert`.
    fn confirm(&self) {
        let place = self.at("mapping.toml");
        let map = fs::read_to_string(&place).expect("a map");
        assert!(map.contains("confirmed = false"), "`plan` leaves it to a person");
        fs::write(&place, map.replace("confirmed = false", "confirmed = true")).expect("written");
    }

    /// What the page on pushing has before `--rejects`: a row the server refused, and its cell repaired in the list.
    fn repair_a_refused_row(&self) {
        let people = self.at("bundle/csv/02-people/people-0001.csv");
        let rows = fs::read_to_string(&people).expect("a file");
        let mail = Regex::new(r#""[^"@,]+@[^",]+""#).expect("a pattern");
        let was = mail.find(&rows).expect("an address").as_str().to_owned();
        fs::write(&people, mail.replace(&rows, r#""nobody@nowhere""#).as_ref()).expect("written");
        self.must("close2twenty push bundle --url https://crm.example.com --pause-workflows -q", 3);
        let journal =
            fs::read_dir(self.at("bundle.push")).expect("a folder").next().expect("a journal");
        let list = journal.expect("an entry").path().join("push-rejects.csv");
        let rows = fs::read_to_string(&list).expect("refused rows");
        fs::write(&list, rows.replace(r#""nobody@nowhere""#, &was)).expect("written");
    }

    /// A line of this program, with what the page says before and after it.
    fn run(&self, line: &str) {
        let code =
            ENDS.iter().find(|(known, ..)| *known == bare(line)).map_or(0, |(_, code, _)| *code);
        self.prepare(bare(line));
        if line.contains(" --rejects ") {
            self.repair_a_refused_row();
        }
        self.must(line, code);
        for line in repeated(line) {
            self.must(&line, code);
        }
        if bare(line).starts_with("close2twenty plan ") {
            self.confirm();
        }
    }
}

/// The lines that `# and 2/4, 3/4, 4/4` behind a line with `1/4` stands for.
fn repeated(line: &str) -> Vec<String> {
    let Some((line, also)) = line.split_once("# and ") else { return Vec::new() };
    let share = Regex::new(r"(\d+)/\d+").expect("a pattern");
    let first = share.captures(line).expect("a share");
    let (first, of) = (first[1].to_owned(), first[0].to_owned());
    let others = share.captures_iter(also).map(|other| {
        let line = line.replace(&of, &other[0]);
        line.replace(&format!("-{first} "), &format!("-{} ", &other[1]))
    });
    others.collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let (path, to) = entry.map(|e| (e.path(), to.join(e.file_name()))).expect("an entry");
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}

/// Whether this program is what a line runs, by itself, through `parallel`, or in a folder just made.
fn is_ours(line: &str) -> bool {
    let begins = ["", "| parallel ", "&& "].map(|before| format!("{before}close2twenty "));
    line.starts_with(&begins[0]) || begins[1..].iter().any(|begin| line.contains(begin))
}

#[test]
fn every_line_of_this_program_runs_as_it_stands() {
    let (mut ran, mut ends) = (0, BTreeSet::new());
    for page in pages() {
        let lines = lines(&read(&page), "sh");
        let ours: Vec<&String> = lines.iter().filter(|line| is_ours(line)).collect();
        if !ours.is_empty() {
            let reader = Reader::new();
            ours.iter().for_each(|line| reader.run(line));
        }
        ran += ours.len();
        ends.extend(ours.iter().map(|line| bare(line).to_owned()));
    }
    for (line, ..) in ENDS {
        assert!(ends.contains(*line), "no page says `{line}` any more");
    }
    assert!(ran >= 15, "only {ran} lines found");
}

#[test]
fn every_other_line_is_checked_in_its_own_way() {
    let mut met = BTreeSet::new();
    for page in pages() {
        for line in lines(&read(&page), "sh").iter().filter(|line| !is_ours(line)) {
            let known = ELSEWHERE.iter().find(|(known, _)| *known == bare(line));
            let (known, how) = known.unwrap_or_else(|| {
                panic!("{page}: `{}` is neither run nor in ELSEWHERE", bare(line))
            });
            met.insert(*known);
            holds(known, how);
        }
        for language in ["bash", "shell", "console"] {
            assert_eq!(lines(&read(&page), language), [""; 0], "{page}: say ```sh");
        }
    }
    let all: BTreeSet<&str> = ELSEWHERE.iter().map(|(line, _)| *line).collect();
    assert_eq!(all.difference(&met).collect::<Vec<_>>(), [&""; 0], "no page says it any more");
}

/// Checks what is to be checked of a line.
fn holds(line: &str, how: &How) {
    let words: Vec<&str> = line.split_whitespace().collect();
    match how {
        Ci(mark) => {
            let readme = read("README.md");
            let marked = format!("<!-- ci: {mark} -->\n```sh\n{line}\n```");
            assert!(readme.contains(&marked), "README.md has `{line}` behind its marker");
            assert!(read(".ci/run").contains(&format!("readme {mark}")), "{line}");
        }
        In(file, text) => assert!(read(file).contains(text), "{line}: {file} lacks {text}"),
        Alias => {
            let alias = format!("\n{} = ", words[1]);
            assert!(read(".cargo/config.toml").contains(&alias), "{line}");
        }
        Bench => {
            let at = words.iter().position(|word| *word == "--bench").expect("a bench");
            let entry = format!("[[bench]]\nname = \"{}\"", words[at + 1]);
            assert!(read("Cargo.toml").contains(&entry), "{line}");
        }
        Here => {
            let said = Command::new("sh").args(["-euc", line]).current_dir(root()).output();
            let said = said.expect("a shell");
            assert!(said.status.success(), "{line}: {}", String::from_utf8_lossy(&said.stderr));
        }
        Script => {
            let text = read(words[1]);
            words[2..].iter().for_each(|word| assert!(text.contains(word), "{line}: {word}"));
        }
        Git => {
            assert_eq!(words[..2], ["git", "diff"]);
            words[2..].iter().for_each(|file| assert!(root().join(file).exists(), "{file}"));
        }
        Wrapped => {
            let (_, own) = line.split_once("close2twenty ").expect("this program");
            let words = std::iter::once("close2twenty").chain(own.split_whitespace());
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
        Tool => assert!(!line.contains("close2twenty "), "{line}"),
    }
}

/// What pages say of the command line in passing and in synopses: commands and options that exist.
#[test]
fn every_command_and_option_that_is_named_exists() {
    let command = Cli::command();
    let inline = Regex::new(r"`close2twenty ([^`]+)`").expect("a pattern");
    let option = Regex::new(r"--([a-z][a-z-]*)").expect("a pattern");
    let mut seen = 0;
    for page in pages() {
        let text = read(&page);
        let synopses = lines(&text, "");
        let synopses = synopses.iter().filter_map(|line| line.strip_prefix("close2twenty "));
        let spans = inline.captures_iter(&text).map(|span| span.get(1).expect("a span").as_str());
        for said in synopses.chain(spans).filter(|said| !said.starts_with('-')) {
            seen += 1;
            let verb = said.split_whitespace().next().unwrap_or_default();
            let found = command.find_subcommand(verb);
            let found = found.unwrap_or_else(|| panic!("{page}: no command `{verb}`"));
            for option in option.captures_iter(said) {
                let known = found.get_arguments().chain(command.get_arguments());
                let mut longs = known.filter_map(clap::Arg::get_long).chain(["help"]);
                assert!(
                    longs.any(|long| long == &option[1]),
                    "{page}: {verb} has no --{}",
                    &option[1]
                );
            }
        }
    }
    assert!(seen > 10, "{seen}");
}
