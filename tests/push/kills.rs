//! A push, and a rollback, killed again and again at random points, before and after the server has done what it was asked.

use crate::fake_twenty::{At, Effect, FakeTwenty, Fault, Victim};
use crate::workbench::{Workbench, masked};
use rand_core::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Kills in all.
const KILLS: usize = 50;
/// Kills of one push before it may end.
const IN_A_ROW: usize = 10;

/// Runs the command and kills it while the server works on one of its next `span` requests, as often as told.
fn killed(
    bench: &Workbench,
    twenty: &FakeTwenty,
    command: &str,
    span: usize,
    random: &mut Xoshiro256PlusPlus,
) {
    let args: &[&str] =
        if command == "push" { &["--accept-proposed-map", "--pause-workflows"] } else { &[] };
    for _ in 0..IN_A_ROW {
        let at = 1 + random.next_u64() as usize % span;
        let after = random.next_u64().is_multiple_of(2);
        let effect = if after { Effect::KillAfter } else { Effect::KillBefore };
        twenty.fault(Fault::new(At::Request(at), effect(Victim::Told)));
        let child = bench.start(twenty, command, args);
        twenty.victim(child.id());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), None, "killed: {}", String::from_utf8_lossy(&ended.stderr));
    }
}

fn same(found: &str, expected: &str) {
    if found == expected {
        return;
    }
    let (found, expected): (Vec<_>, Vec<_>) = (found.lines().collect(), expected.lines().collect());
    let more: Vec<_> = found.iter().filter(|line| !expected.contains(line)).take(5).collect();
    let less: Vec<_> = expected.iter().filter(|line| !found.contains(line)).take(5).collect();
    panic!("{} lines, {} expected; more {more:#?}, less {less:#?}", found.len(), expected.len());
}

#[test]
fn a_push_killed_at_fifty_random_points_ends_like_an_unbroken_run() {
    let bench = Workbench::sample_with_files();
    let unbroken = FakeTwenty::start();
    bench.push(&unbroken, &[], 0);
    let (expected, requests) = (masked(&unbroken.dump()), unbroken.calls().len());
    drop(unbroken);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_26);
    for _ in 0..KILLS / IN_A_ROW {
        std::fs::remove_dir_all(bench.path().join("bundle.push")).unwrap();
        let twenty = FakeTwenty::start();
        killed(&bench, &twenty, "push", requests / IN_A_ROW, &mut random);
        bench.push(&twenty, &[], 0);
        assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
        same(&masked(&twenty.dump()), &expected);
    }
}

#[test]
fn a_rollback_killed_at_fifty_random_points_leaves_nothing() {
    let bench = Workbench::sample_with_files();
    let twenty = FakeTwenty::start();
    let before = twenty.dump();
    let rollback = || {
        let said = bench.run(&twenty, "rollback", &[]);
        assert_eq!(said.code, Some(0), "{}\n{}", said.stdout, said.stderr);
    };
    bench.push(&twenty, &["--history"], 0);
    let pushed = twenty.calls().len();
    rollback();
    let requests = twenty.calls().len() - pushed;
    same(&twenty.dump(), &before);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_27);
    for _ in 0..KILLS / IN_A_ROW {
        bench.push(&twenty, &["--history"], 0);
        killed(&bench, &twenty, "rollback", requests / IN_A_ROW, &mut random);
        rollback();
        same(&twenty.dump(), &before);
    }
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
}
