//! The parts of a conversion, each by itself: `cargo bench --bench parts`, or `-- values` for one
//! subject.
//!
//! All of them work on one small generated export and on what converting it gives, so that lengths,
//! scripts and odd values are those of real data. Each file is one subject. A part runs for about a
//! second: enough to see a change of a few per cent, not to publish a figure. `cargo test --bench
//! parts` runs each once. What the whole costs, `end_to_end` measures.

#![forbid(unsafe_code)]

mod check;
mod export;
#[expect(dead_code, reason = "totals and compression are for others")]
#[path = "../generator/mod.rs"]
mod generator;
mod passes;
mod read;
mod values;
mod write;

use criterion::Criterion;
use export::{Export, Failure};
use std::time::Duration;

fn main() -> Result<(), Failure> {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    let export = Export::new()?;
    read::bench(&mut criterion, &export)?;
    passes::bench(&mut criterion, &export)?;
    values::bench(&mut criterion, &export)?;
    write::bench(&mut criterion, &export)?;
    check::bench(&mut criterion, &export)?;
    criterion.final_summary();
    Ok(())
}
