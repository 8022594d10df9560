//! The program: parse, run, map the end to an exit code; nothing else.

fn main() -> std::process::ExitCode {
    close2twenty::cli::run(std::env::args_os())
}
