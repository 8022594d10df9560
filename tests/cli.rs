//! The command line as people and programs meet it: what each command prints, where, and how it
//! ends. The cases are files under `testdata/cli`; `TRYCMD=overwrite cargo test --test cli`
//! rewrites them (sizes and counts of values are wildcards: put them back). It must not check what a bundle holds.

#![forbid(unsafe_code)]

use std::process::{Command, Output};

#[test]
fn cases() {
    let cases = trycmd::TestCases::new();
    cases.case("testdata/cli/*.toml");
    cases.insert_var("[VERSION]", env!("CARGO_PKG_VERSION")).expect("a variable");
}

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cli/export"));
    command.args(args).output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}");
        let script = text(&output.stdout);
        assert!(script.contains("close2twenty") && script.contains("convert"), "{shell}");
    }
}

/// What a shell does with the script when the reader presses the tabulator.
#[cfg(unix)]
#[test]
fn bash_completes_commands_and_options() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("close2twenty");
    std::fs::write(&script, run(&["completions", "bash"]).stdout).expect("written");
    let asked = [(&["", "con"][..], "convert"), (&["", "convert", "--samp"], "--sample")];
    for (words, expected) in asked {
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let pressed = format!(
            "source '{}'; COMP_WORDS=(close2twenty {}); COMP_CWORD={}; \
             _close2twenty close2twenty '{last}' '{before}'; echo \"${{COMPREPLY[@]}}\"",
            script.display(),
            words[1..].join(" "),
            words.len() - 1
        );
        let output = Command::new("bash").args(["-c", &pressed]).output().expect("bash runs");
        assert_eq!(text(&output.stdout).trim(), expected, "{}", text(&output.stderr));
    }
}

#[test]
fn the_manual_page_names_every_command() {
    let output = run(&["man"]);
    assert!(output.status.success());
    let page = text(&output.stdout);
    assert!(page.starts_with(".ie") || page.contains(".TH"), "troff");
    for command in ["audit", "convert", "completions", "man"] {
        assert!(page.contains(command), "{command}");
    }
}

/// A page for each command, with its options, and the program's own; each as `man COMMAND` prints it.
#[test]
fn every_command_has_a_manual_page_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("share/man1");
    let output = run(&["man", "--all", place.to_str().expect("a path")]);
    assert!(output.status.success() && output.stdout.is_empty(), "{}", text(&output.stderr));
    let mut names = vec![String::new()];
    let command = <close2twenty::cli::Cli as clap::CommandFactory>::command();
    names.extend(command.get_subcommands().map(|command| command.get_name().to_owned()));
    assert_eq!(std::fs::read_dir(&place).expect("a folder").count(), names.len());
    for name in names {
        let (args, file) = match &*name {
            "" => (vec!["man"], "close2twenty.1".to_owned()),
            name => (vec!["man", name], format!("close2twenty-{name}.1")),
        };
        let page = std::fs::read(place.join(&file)).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert_eq!(text(&page), text(&run(&args).stdout), "{name}");
        assert!(text(&page).contains("\\-\\-quiet"), "{file} has the options");
    }
}

/// Programs read standard output: it holds the JSON and nothing else, even when there is talk.
#[test]
fn json_is_all_of_standard_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("bundle");
    let place = place.to_str().expect("a path");
    let commands: [&[&str]; 3] = [
        &["audit", "--format", "json", "small", "broken.json"],
        &["--format", "json", "convert", "-v", "small", "truncated.json", "-o", place],
        &["convert", "--format=json", "-q", "small", "-o", place],
    ];
    for args in commands {
        let output = run(args);
        assert!(output.status.success(), "{args:?} {}", text(&output.stderr));
        let value: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{args:?}: {e}"));
        assert!(value.is_object());
        assert!(output.stdout.ends_with(b"}\n"));
    }
}

#[test]
fn quiet_is_quiet_and_errors_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("bundle");
    let place = place.to_str().expect("a path");
    let output = run(&["convert", "--quiet", "small", "truncated.json", "-o", place]);
    assert!(output.status.success());
    assert_eq!(text(&output.stderr), "");
    let output = run(&["convert", "--quiet", "nothing.json", "-o", place]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("error[C2T-S001]:"));
    assert!(output.stdout.is_empty());
}

/// A reader that goes away (`| head`) is no error.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;
    let mut child = Command::new(env!("CARGO_BIN_EXE_close2twenty"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{}", text(&output.stderr));
}

#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_written_is_said() {
    let output = run(&["convert", "small", "-o", "/proc/no/such/place"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).starts_with("No mapping file")
            || text(&output.stderr).contains("C2T-E01")
    );
}

/// No room for so many stacks: said, not died of.
#[cfg(target_os = "linux")]
#[test]
fn threads_the_system_does_not_give_are_an_error() {
    let mut command = Command::new("sh");
    command.args([
        "-c",
        "ulimit -v 4000000; exec \"$@\"",
        "sh",
        env!("CARGO_BIN_EXE_close2twenty"),
    ]);
    command.args(["check", "../loose/companies.csv", "--threads", "4"]);
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/cli/export"));
    // Stacks so large that there is no room for the third, and plenty for all that is small.
    let output = command.env("RUST_MIN_STACK", "1500000000").output().expect("the shell runs");
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("error[C2T-E020]"), "{}", text(&output.stderr));
}

/// Ctrl-C while nobody answers.
#[cfg(all(unix, feature = "network"))]
#[test]
fn a_run_that_is_stopped_says_so() {
    use nix::sys::signal::{Signal, kill};
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("an address"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = Command::new(env!("CARGO_BIN_EXE_close2twenty"))
        .args(["workspace", "--url", &url, "-o"])
        .arg(folder.path().join("workspace.json"))
        .env("TWENTY_API_KEY", "head.e30.tail")
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let held = silent.accept().expect("it asks");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let interrupt = || kill(nix::unistd::Pid::from_raw(child.id() as i32), Signal::SIGINT);
    // The first asks to stop after the request that is on its way, the second to stop at once.
    interrupt().expect("it runs");
    let first = said.next().expect("a line").expect("UTF-8");
    assert!(first.starts_with("Stopping after the request"), "{first}");
    interrupt().expect("it runs");
    let last = said.last().expect("a line").expect("UTF-8");
    assert!(last.starts_with("error[C2T-E050]: stopped"), "{last}");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    drop(held);
}
