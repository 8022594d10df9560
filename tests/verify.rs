//! `verify` against the fake Twenty: it finds nothing after a push, and just what somebody has changed since.

#![forbid(unsafe_code)]

mod cases;
mod fake_twenty;
mod pushed;

use pushed::Ground;

#[test]
fn a_push_leaves_nothing_to_find() {
    let ground = Ground::pushed();
    let before = ground.twenty.dump();
    let ran = ground.run("verify", &[]);
    let outcome = ran.outcome();
    assert_eq!(ran.code, Some(0), "{outcome:#}\n{:?}", ground.findings());
    assert!(before == ground.twenty.dump(), "nothing was changed");
    assert!(
        ground.twenty.invalid_documents().is_empty(),
        "{:?}",
        ground.twenty.invalid_documents()
    );
}
