//! Mishaps a test orders: at which request, and what goes wrong. They fall between the socket and
//! the server proper, which knows nothing of them.

use serde_json::Value;

/// Which requests a mishap falls on. Counted from the moment it is ordered.
#[derive(Clone, Debug)]
pub enum At {
    /// The n-th request (1 is the next one), whatever it asks.
    Request(usize),
    /// The n-th request whose root field (or REST path) is this.
    Root(String, usize),
    /// From the n-th request with this root field on, as many times as told.
    Run { root: String, from: usize, times: usize },
    /// From the n-th request on, as many times as told.
    Each { from: usize, times: usize },
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// The connection closes, nothing was done.
    DropBefore,
    /// It was done, then the connection closes without an answer.
    DropAfter,
    /// Another answer, nothing was done.
    Status(u16, String),
    /// HTML with status 200, nothing was done.
    Html,
    /// Any answer: status, headers, JSON body. Nothing was done.
    Answer(u16, Vec<(String, String)>, Value),
    /// Done after so many milliseconds.
    Slow(u64),
    /// That process is killed before the request is done.
    KillBefore(Victim),
    /// That process is killed after the request was done, before the answer.
    KillAfter(Victim),
    /// Not done, and from now on every connection is refused.
    Vanish,
}

/// Who is killed.
#[derive(Clone, Copy, Debug)]
pub enum Victim {
    Pid(u32),
    /// The process told by `FakeTwenty::victim`, when it is told.
    Told,
}

/// A mishap.
#[derive(Clone, Debug)]
pub struct Fault {
    pub at: At,
    pub effect: Effect,
}

impl Fault {
    pub fn new(at: At, effect: Effect) -> Self {
        Self { at, effect }
    }
}

/// The orders not yet worn out, with what each has counted.
#[derive(Debug, Default)]
pub struct Faults {
    orders: Vec<(Fault, usize)>,
    pub gone: bool,
    pub victim: Option<u32>,
}

impl Faults {
    pub fn order(&mut self, fault: Fault) {
        self.orders.push((fault, 0));
    }

    /// Counts this request and says what goes wrong with it.
    pub fn meet(&mut self, root: &str) -> Option<Effect> {
        let mut met = None;
        self.orders.retain_mut(|(fault, counted)| {
            let (name, from, times) = match &fault.at {
                At::Request(n) => (None, *n, 1),
                At::Root(name, n) => (Some(name), *n, 1),
                At::Run { root, from, times } => (Some(root), *from, *times),
                At::Each { from, times } => (None, *from, *times),
            };
            if name.is_some_and(|name| name != root) {
                return true;
            }
            *counted += 1;
            if *counted >= from && met.is_none() {
                met = Some(fault.effect.clone());
            }
            *counted + 1 < from + times
        });
        if matches!(met, Some(Effect::Vanish)) {
            self.gone = true;
        }
        met
    }
}

/// SIGKILL: no handler runs, nothing is flushed.
#[cfg(unix)]
pub fn kill(pid: u32) {
    use nix::sys::signal::{Signal, kill};
    let pid = i32::try_from(pid).expect("a process id");
    let _ = kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL);
}

#[cfg(not(unix))]
pub fn kill(_pid: u32) {}
