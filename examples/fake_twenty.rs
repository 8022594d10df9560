//! Serves a fake Twenty on this machine, to try the networked commands without a real one.
//!
//! The server is that of the tests (`tests/fake_twenty`); this file only reads the command line.
//! It holds one empty workspace in memory and answers until it is killed.

#![forbid(unsafe_code)]

#[path = "../tests/fake_twenty/mod.rs"]
mod fake_twenty;

use clap::Parser;
use fake_twenty::{FakeTwenty, Settings};

/// Serve a fake Twenty on this machine until killed
#[derive(Parser)]
#[command(after_help = "Example:\n  fake_twenty --port 3000 --member jane@example.com")]
struct Arguments {
    /// Port to listen on; 0 takes any that is free
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// A member of the workspace besides owner@example.com
    #[arg(long, value_name = "EMAIL")]
    member: Vec<String>,
    /// Lift the limit of 100 calls a second and 100 a minute
    #[arg(long)]
    no_limits: bool,
    /// Without the workflow that runs on every new person
    #[arg(long)]
    no_workflow: bool,
    /// A workspace in the shape of Twenty 1.x
    #[arg(long)]
    old_shape: bool,
}

fn main() {
    let arguments = Arguments::parse();
    let limits =
        if arguments.no_limits { Settings::default() } else { Settings::with_default_limits() };
    let mut settings = Settings {
        port: arguments.port,
        workflow: !arguments.no_workflow,
        old_shape: arguments.old_shape,
        ..limits
    };
    settings.members.extend(arguments.member);
    let fake = FakeTwenty::with(settings);
    println!("url  {}", fake.url());
    println!("key  {}", fake.key());
    loop {
        std::thread::park();
    }
}
