//! The program: parse, run, map the end to an exit code; nothing else.

#![warn(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

fn main() -> std::process::ExitCode {
    close2twenty::cli::run(std::env::args_os())
}
