//! Workers in a line: each takes the next job, works on it, and hands the result in; whoever hands in
//! the result that is due takes all that are due. Nobody waits but for room in the window. It must not
//! know what a job is.

use super::Pool;
use crate::error::{Error, Result};
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, TryLockError};

/// Where jobs come from, one after another.
pub(super) trait Jobs: Send {
    /// One job.
    type Job;

    /// The next job; `None` behind the last.
    fn next(&mut self) -> Result<Option<Self::Job>>;
}

/// Runs `work` on every job in parallel and `take` on the results in the order of the jobs. At most
/// `window` jobs are between the two.
///
/// # Errors
/// The first error in the order of the jobs.
pub(super) fn run<J: Jobs, D: Send>(
    pool: &Pool,
    window: usize,
    jobs: J,
    work: impl Fn(J::Job) -> Result<D> + Sync,
    take: impl FnMut(D) -> Result<()> + Send,
) -> Result<()> {
    let line = Line {
        jobs: Mutex::new(Numbered { jobs, next: 0, ended: false }),
        done: Mutex::new(Done { waiting: VecDeque::new(), taken: 0, stopped: false, error: None }),
        room: Condvar::new(),
        take: Mutex::new(take),
        window,
    };
    pool.broadcast(|_| line.worker(&work));
    // A worker that panicked has ended the broadcast by the same panic: nobody gets here with a broken lock.
    let done = line.done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.error.map_or(Ok(()), Err)
}

struct Line<J, D, T> {
    jobs: Mutex<Numbered<J>>,
    done: Mutex<Done<D>>,
    room: Condvar,
    take: Mutex<T>,
    window: usize,
}

struct Numbered<J> {
    jobs: J,
    next: usize,
    ended: bool,
}

/// Results from number `taken` on; those that are not there yet are `None`.
struct Done<D> {
    waiting: VecDeque<Option<Result<D>>>,
    taken: usize,
    stopped: bool,
    error: Option<Error>,
}

impl<D> Done<D> {
    fn put(&mut self, number: usize, result: Result<D>) {
        let at = number - self.taken;
        while self.waiting.len() <= at {
            self.waiting.push_back(None);
        }
        self.waiting[at] = Some(result);
    }

    fn is_due(&self) -> bool {
        !self.stopped && matches!(self.waiting.front(), Some(Some(_)))
    }

    fn stop(&mut self, error: Option<Error>) {
        self.stopped = true;
        self.error = self.error.take().or(error);
    }
}

impl<J: Jobs, D, T: FnMut(D) -> Result<()>> Line<J, D, T> {
    fn worker(&self, work: &impl Fn(J::Job) -> Result<D>) {
        let guard = StopOnPanic(self);
        while let Some((number, job)) = self.next() {
            let result = job.and_then(work);
            let Ok(mut done) = self.done.lock() else { break };
            done.put(number, result);
            drop(done);
            self.take_due();
        }
        drop(guard);
    }

    /// The next job, as soon as there is room for what will come of it.
    fn next(&self) -> Option<(usize, Result<J::Job>)> {
        let mut jobs = self.jobs.lock().ok()?;
        let number = jobs.next;
        let full = |done: &mut Done<D>| !done.stopped && number >= done.taken + self.window;
        let done = self.room.wait_while(self.done.lock().ok()?, full).ok()?;
        if done.stopped || jobs.ended {
            return None;
        }
        drop(done);
        let job = jobs.jobs.next().transpose();
        jobs.next += 1;
        jobs.ended = !matches!(job, Some(Ok(_)));
        Some((number, job?))
    }

    /// Takes what is due, unless another does: that one looks again when it is through.
    fn take_due(&self) {
        loop {
            let mut take = match self.take.try_lock() {
                Ok(take) => take,
                Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return,
            };
            while let Some(result) = self.due() {
                let taken = result.and_then(&mut *take);
                let Ok(mut done) = self.done.lock() else { return };
                done.taken += 1;
                done.waiting.pop_front();
                if let Err(error) = taken {
                    done.stop(Some(error));
                }
                self.room.notify_all();
            }
            drop(take);
            if !self.done.lock().is_ok_and(|done: MutexGuard<'_, Done<D>>| done.is_due()) {
                return;
            }
        }
    }

    /// The result that is due; its place is kept until it was taken.
    fn due(&self) -> Option<Result<D>> {
        let mut done = self.done.lock().ok()?;
        if !done.is_due() {
            return None;
        }
        done.waiting.front_mut().and_then(Option::take)
    }
}

/// Lets the others go when one of them panics, which the pool passes on.
struct StopOnPanic<'l, J, D, T>(&'l Line<J, D, T>);

impl<J, D, T> Drop for StopOnPanic<'_, J, D, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut done = self.0.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            done.stop(None);
            self.0.room.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Count(usize, Option<usize>);

    impl Jobs for Count {
        type Job = usize;

        fn next(&mut self) -> Result<Option<usize>> {
            self.0 += 1;
            if self.1 == Some(self.0) {
                return Err(Error::failed("C2T-E021", "no more"));
            }
            Ok((self.0 <= 500).then_some(self.0))
        }
    }

    /// Work that takes longer for some jobs than for others.
    fn slow(n: usize) -> usize {
        (0..(n * 7919) % 3_000).for_each(|i| {
            std::hint::black_box(i);
        });
        n
    }

    #[test]
    fn results_come_in_order_whoever_is_first() {
        for threads in [1, 2, 5] {
            let pool = crate::pipeline::pool(threads).unwrap();
            let mut seen = Vec::new();
            let push = |n| {
                seen.push(n);
                Ok(())
            };
            run(&pool, 3, Count(0, None), |n| Ok(slow(n)), push).unwrap();
            assert_eq!(seen, (1..=500).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_first_error_ends_it_and_all_before_it_is_taken() {
        let pool = crate::pipeline::pool(4).unwrap();
        let fail = |n: usize| match slow(n) {
            40 | 45 => Err(Error::failed("C2T-E021", format!("job {n}"))),
            n => Ok(n),
        };
        for last in [None, Some(90)] {
            let mut taken = 0;
            let count = |_| {
                taken += 1;
                Ok(())
            };
            let error = run(&pool, 8, Count(0, last), fail, count).unwrap_err();
            assert!(error.to_string().contains("job 40"), "{error}");
            assert_eq!(taken, 39);
        }
        let error = run(&pool, 8, Count(0, Some(30)), fail, |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("no more"), "{error}");
    }

    #[test]
    fn a_panic_is_passed_on_and_nobody_waits() {
        let pool = crate::pipeline::pool(3).unwrap();
        let fail = |n| {
            assert_ne!(slow(n), 20);
            Ok(())
        };
        let run = || run(&pool, 2, Count(0, None), fail, |()| Ok(()));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
    }
}
