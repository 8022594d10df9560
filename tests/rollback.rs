//! `rollback` against the fake Twenty: afterwards the workspace is what it was, byte for byte, whatever happened in between.
//! It must not look into the journal.

#![forbid(unsafe_code)]

mod cases;
mod fake_twenty;
mod pushed;

use pushed::{Ground, changed};

#[test]
fn nothing_is_left_of_a_push() {
    let ground = Ground::default();
    let before = ground.twenty.dump();
    ground.push();
    assert_ne!(before, ground.twenty.dump());
    let outcome = ground.run("rollback", &[]).ends(0).outcome();
    let after = ground.twenty.dump();
    assert!(before == after, "{}\n{outcome:#}", changed(&before, &after));
    assert_eq!((&outcome["complete"], &outcome["kept"]), (&true.into(), &0.into()));
    assert!(
        ground.twenty.invalid_documents().is_empty(),
        "{:?}",
        ground.twenty.invalid_documents()
    );
}
