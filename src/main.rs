//! The program: parse, run, map the end to an exit code; nothing else.

#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

/// Records are many small texts: a tenth of the whole time goes by with the allocator of the system.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    close2twenty::cli::run(std::env::args_os())
}
