//! The threads of `check`: files side by side, results in order. The only place of this room that knows of
//! threads.

use crate::error::{Error, Result};
use rayon::prelude::*;

/// A pool of so many threads; 0 is one per core.
pub(super) struct Crew(rayon::ThreadPool);

impl Crew {
    /// # Errors
    /// `C2T-E020` when the system gives no threads.
    pub fn new(threads: usize) -> Result<Self> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|e| Error {
            source: Some(Box::new(e)),
            ..Error::failed("C2T-E020", "the system gives this program no threads")
                .fix("close other programs, or ask for fewer with --threads 1")
        })?;
        Ok(Self(pool))
    }

    /// `work` on every item; the results in the order of the items.
    pub fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> R + Sync + Send,
    ) -> Vec<R> {
        // One item at a time: files differ in size.
        self.0.install(|| items.par_iter().with_max_len(1).map(work).collect())
    }

    /// `work` on every item in place.
    pub fn each<T: Send>(&self, items: &mut [T], work: impl Fn(&mut T) + Sync + Send) {
        self.0.install(|| items.par_iter_mut().with_max_len(1).for_each(work));
    }

    /// Sorts.
    pub fn sort<T: Ord + Send>(&self, items: &mut [T]) {
        self.0.install(|| items.par_sort_unstable());
    }
}
