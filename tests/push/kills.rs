//! A push killed again and again, at random points, before and after the server has done what it was asked.

use crate::fake_twenty::{At, Effect, FakeTwenty, Fault, Victim};
use crate::workbench::{Workbench, masked};
use rand_core::{Rng as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Kills in all.
const KILLS: usize = 50;
/// Kills of one push before it may end.
const IN_A_ROW: usize = 10;

#[test]
fn killed_at_fifty_random_points_it_ends_like_an_unbroken_run() {
    let bench = Workbench::sample_with_files();
    let unbroken = FakeTwenty::start();
    bench.push(&unbroken, &[], 0);
    let (expected, requests) = (masked(&unbroken.dump()), unbroken.calls().len());
    drop(unbroken);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_26);
    for _ in 0..KILLS / IN_A_ROW {
        std::fs::remove_dir_all(bench.path().join("bundle.push")).unwrap();
        let twenty = FakeTwenty::start();
        let mut killed = 0;
        while killed < IN_A_ROW {
            let at = 1 + random.next_u64() as usize % (requests / IN_A_ROW);
            let after = random.next_u64() % 2 == 0;
            let effect = if after {
                Effect::KillAfter(Victim::Told)
            } else {
                Effect::KillBefore(Victim::Told)
            };
            twenty.fault(Fault::new(At::Request(at), effect));
            let child =
                bench.start(&twenty, "push", &["--accept-proposed-map", "--pause-workflows"]);
            twenty.victim(child.id());
            let ended = child.wait_with_output().unwrap();
            assert_eq!(
                ended.status.code(),
                None,
                "killed: {}",
                String::from_utf8_lossy(&ended.stderr)
            );
            killed += 1;
        }
        bench.push(&twenty, &[], 0);
        assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
        let found = masked(&twenty.dump());
        if found != expected {
            let (found, expected): (Vec<_>, Vec<_>) =
                (found.lines().collect(), expected.lines().collect());
            let more: Vec<_> =
                found.iter().filter(|line| !expected.contains(line)).take(5).collect();
            let less: Vec<_> =
                expected.iter().filter(|line| !found.contains(line)).take(5).collect();
            panic!(
                "{} lines, {} expected; more {more:#?}, less {less:#?}",
                found.len(),
                expected.len()
            );
        }
    }
}
