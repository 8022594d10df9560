//! The same for the commands that use the network, against a fake Twenty.

use crate::Ended;
use crate::fake_twenty::{FakeTwenty, Settings};
use crate::workbench::Workbench;
use serde_json::json;
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// Forms of a result: none for people, an output's name for programs.
const FORMS: [bool; 2] = [false, true];

fn run(bench: &Workbench, twenty: &FakeTwenty, verb: &str, args: &[&str], json: bool) -> Ended {
    run_as(bench, twenty, &twenty.key(), verb, args, json)
}

fn run_as(
    bench: &Workbench,
    twenty: &FakeTwenty,
    key: &str,
    verb: &str,
    args: &[&str],
    json: bool,
) -> Ended {
    let mut all = args.to_vec();
    if json {
        all.extend(["--format", "json"]);
    }
    let said = bench.run_as(twenty, key, verb, &all);
    Ended { code: said.code, stdout: said.stdout, stderr: said.stderr }
}

const PUSH: [&str; 2] = ["--accept-proposed-map", "--pause-workflows"];

#[test]
fn there_and_back_ends_as_promised() {
    for json in FORMS {
        let form = |verb: &'static str| json.then_some(verb);
        let members = ["owner@example.com", "una.petersen@example.com", "tom.ahlers@example.com"];
        let members = members.map(str::to_owned).to_vec();
        let twenty = FakeTwenty::with(Settings { members, ..Settings::default() });
        let bench = Workbench::sample();
        run(&bench, &twenty, "verify", &[], json).is("not pushed", 1, form("verify"));
        run(&bench, &twenty, "rollback", &[], json).is("not pushed", 1, form("rollback"));
        run(&bench, &twenty, "push", &["--dry-run"], json).is("not confirmed", 3, form("push"));
        run(&bench, &twenty, "push", &["--nonsense"], json).is("nonsense", 2, form("push"));
        let key = twenty.expired_key();
        run_as(&bench, &twenty, &key, "push", &PUSH, json).is("an old key", 1, form("push"));
        run(&bench, &twenty, "push", &PUSH, json).is("pushed", 0, form("push"));
        run(&bench, &twenty, "verify", &[], json).is("as pushed", 0, form("verify"));
        run(&bench, &twenty, "verify", &["--sample", "0"], json).is("none", 2, form("verify"));
        let person = twenty.records("person").swap_remove(0);
        let id = person["id"].as_str().expect("an id");
        twenty.edit("person", id, json!({ "jobTitle": "Edited by hand" }));
        run(&bench, &twenty, "verify", &[], json).is("edited", 3, form("verify"));
        run(&bench, &twenty, "rollback", &[], json).is("kept", 3, form("rollback"));
        run(&bench, &twenty, "rollback", &["--force"], json).is("forced", 0, form("rollback"));
        run(&bench, &twenty, "rollback", &["--sample"], json).is("no", 2, form("rollback"));
    }
}

#[test]
fn a_push_that_leaves_something_to_do_ends_with_3() {
    for json in FORMS {
        let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
        let members = bench.path().join("members.json");
        std::fs::write(&members, r#"{"members":[{"email":"tom.ahlers@example.com"}]}"#).unwrap();
        bench.convert(&["--workspace", members.to_str().unwrap()]);
        run(&bench, &twenty, "push", &PUSH, json).is("a member lacks", 3, json.then_some("push"));
    }
}

fn workspace(url: &str, key: Option<&str>, place: &std::path::Path, json: bool) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    command.args(["workspace", "--url", url, "-o"]).arg(place);
    command.args(json.then_some("--format=json")).env_remove("TWENTY_API_KEY");
    command.envs(key.map(|key| ("TWENTY_API_KEY", key)));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn saving_a_workspace_ends_as_promised() {
    for json in FORMS {
        let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
        let place = bench.path().join("workspace.json");
        let run = |key: Option<&str>| -> Ended {
            workspace(&twenty.url(), key, &place, json).output().expect("the program runs").into()
        };
        let form = json.then_some("workspace");
        run(Some(&twenty.key())).is("saved", 0, form);
        run(Some(&twenty.revoked_key())).is("a key that is gone", 1, form);
        run(None).is("no key", 2, form);
    }
}

/// Told to stop, a run waits for the request that is on its way; told once more, it ends.
#[cfg(unix)]
#[test]
fn told_twice_to_stop_a_networked_run_ends_with_130() {
    use nix::sys::signal::{Signal, kill};
    for json in FORMS {
        let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", silent.local_addr().expect("an address"));
        let (folder, twenty) = (tempfile::tempdir().expect("a folder"), FakeTwenty::start());
        let place = folder.path().join("workspace.json");
        let mut child =
            workspace(&url, Some(&twenty.key()), &place, json).spawn().expect("the program starts");
        // It asks, and no answer comes.
        let _held = silent.accept().expect("a request");
        let stop = || kill(nix::unistd::Pid::from_raw(child.id() as i32), Signal::SIGINT);
        stop().expect("told");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let mut said = String::new();
        while !said.contains("Stopping") {
            assert!(stderr.read_line(&mut said).expect("a line") > 0, "{said}");
        }
        let stop = || kill(nix::unistd::Pid::from_raw(child.id() as i32), Signal::SIGINT);
        stop().expect("told");
        stderr.read_to_string(&mut said).expect("the rest");
        let mut ended = Ended::from(child.wait_with_output().expect("it ends"));
        ended.stderr = said;
        assert!(!place.exists() && ended.stderr.contains("C2T-E050"), "{}", ended.stderr);
        // A note on plain http is an event before the end.
        ended.stdout = ended.stdout.lines().filter(|line| !line.contains("\"note\"")).collect();
        ended.is("stopped twice", 130, json.then_some("workspace"));
    }
}
