//! How close a push comes to what the server's default limit allows: 100 requests at once, then one in 600 ms
//! (twenty-api §2.1). Pushes a bundle to a fake Twenty with that limit and prints, per phase after the burst, requests a
//! second against the sustainable rate, and the share of requests refused. `C2T_BENCH_BYTES` sets the size of the export.

#[path = "../tests/fake_twenty/mod.rs"]
mod fake_twenty;

use fake_twenty::{FakeTwenty, Settings};
use std::path::PathBuf;
use std::process::Command;

/// Requests a second it lets through for ever.
const SUSTAINABLE: f64 = 100.0 / 60.0;

fn main() {
    let bytes = std::env::var("C2T_BENCH_BYTES").unwrap_or_else(|_| "60MB".to_owned());
    let dir = tempfile::tempdir().expect("a folder");
    let program = PathBuf::from(env!("CARGO_BIN_EXE_close2twenty"));
    let generator = program.with_file_name("examples").join("generate_export");
    let export = dir.path().join("export.json");
    let config = dir.path().join("config");
    let made = Command::new(generator)
        .args(["--bytes", &bytes, "--layout", "array", "--config"])
        .arg(&config)
        .arg("-o")
        .arg(&export)
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "build it: cargo build --release --examples"
    );
    let bundle = dir.path().join("bundle");
    let convert = Command::new(&program)
        .arg("convert")
        .args([&export, &config])
        .arg("-o")
        .arg(&bundle)
        .arg("-q")
        .output();
    assert!(convert.is_ok_and(|out| out.status.success()));
    let twenty = FakeTwenty::with(Settings { workflow: false, ..Settings::with_default_limits() });
    let push = Command::new(&program)
        .arg("push")
        .arg(&bundle)
        .args(["--url", &twenty.url(), "--accept-proposed-map"])
        .env("TWENTY_API_KEY", twenty.key())
        .output()
        .expect("the program runs");
    print!("{}", String::from_utf8_lossy(&push.stdout));
    eprint!("{}", String::from_utf8_lossy(&push.stderr));
    let calls = twenty.calls();
    let paced: Vec<_> = calls
        .iter()
        .filter(|call| call.path == "/graphql" && !call.root.starts_with("__"))
        .collect();
    // The burst ends, and the program learns the limit, with the first refusal.
    let burst = paced.iter().position(|call| call.refused).unwrap_or(paced.len());
    let after = paced.get(burst + 1..).unwrap_or_default();
    let (Some(first), Some(last)) = (after.first(), after.last()) else {
        println!("only {} requests: nothing to say", paced.len());
        return;
    };
    let refused = after.iter().filter(|call| call.refused).count();
    let accepted = after.len() - refused;
    let seconds = last.at.duration_since(first.at).as_secs_f64();
    let rate = (accepted - 1) as f64 / seconds;
    println!(
        "after a burst of {burst}: {accepted} requests in {seconds:.1} s, {rate:.3} a second = {:.1} % of the sustainable {SUSTAINABLE:.3}; {refused} refused = {:.2} %",
        100.0 * rate / SUSTAINABLE,
        100.0 * refused as f64 / after.len() as f64
    );
}
