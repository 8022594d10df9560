//! Runs a command and says what it cost. A measurement is made by a process of its own, which has
//! no other children: what the system counts for children is what the command cost.

use crate::limits::Failure;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Instant;

/// First argument of the process that measures.
pub const MEASURE: &str = "--measure-command";

/// What a command cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// Seconds from start to end.
    pub wall: f64,
    /// Seconds of user and system time.
    pub cpu: f64,
    /// Most memory held at a time, in bytes.
    pub peak: f64,
}

/// The process that measures: runs `command` and prints its cost.
pub fn child(command: &[OsString]) -> Result<(), Failure> {
    let (program, arguments) = command.split_first().ok_or("no command")?;
    let start = Instant::now();
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).status()?;
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{} {wall} {cpu} {}", status.success(), usage.max_rss() as f64 * 1024.0);
    Ok(())
}

/// Runs a command and says what it cost.
pub fn once(command: &[OsString]) -> Result<Cost, Failure> {
    let this = std::env::current_exe()?;
    let output = Command::new(this).arg(MEASURE).args(command).stderr(Stdio::piped()).output()?;
    let text = String::from_utf8(output.stdout)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["true", wall, cpu, peak] = words[..] else {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(said.lines().last().unwrap_or("it failed").to_owned().into());
    };
    Ok(Cost { wall: wall.parse()?, cpu: cpu.parse()?, peak: peak.parse()? })
}

/// The median cost of so many runs, by wall time.
pub fn median(
    runs: usize,
    mut run: impl FnMut() -> Result<Cost, Failure>,
) -> Result<Cost, Failure> {
    let mut costs = (0..runs.max(1)).map(|_| run()).collect::<Result<Vec<Cost>, Failure>>()?;
    costs.sort_by(|a, b| a.wall.total_cmp(&b.wall));
    costs.get(costs.len() / 2).copied().ok_or_else(|| "no run".into())
}
