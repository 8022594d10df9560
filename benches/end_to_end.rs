//! The whole conversion beside the machine's limits and what users would take instead.
//!
//! `cargo bench --bench end_to_end` generates exports, converts each with the release program and
//! runs the programs of `benches/peers` on the same files. `C2T_BENCH_SIZES=100MB,1GB` names the
//! sizes, `C2T_BENCH_RUNS=3` how often each program runs (the median counts), `C2T_BENCH_PEERS=0`
//! leaves the others out. A time counts only when the row counts are those of the generator. Every
//! program runs as a process of its own, so that its memory is its own. It must not judge a figure.

#![forbid(unsafe_code)]

#[cfg(unix)]
mod generator;
#[cfg(unix)]
#[expect(dead_code, reason = "one kind of parsing is the limit here")]
#[path = "parse/limits.rs"]
mod limits;
#[cfg(unix)]
#[path = "end_to_end/measure.rs"]
mod measure;
#[cfg(unix)]
#[path = "end_to_end/peers.rs"]
mod peers;
#[cfg(unix)]
#[path = "end_to_end/run.rs"]
mod run;

#[cfg(unix)]
fn main() -> Result<(), limits::Failure> {
    run::main()
}

#[cfg(not(unix))]
fn main() {
    println!("This bench measures processes as Unix counts them.");
}
