//! A file whose bytes are counted for whoever watches. It must not change one of them.

use crate::event::watch::Watcher;
use std::io::{self, Read};

/// See the module's head.
pub(super) struct Watched<'w> {
    input: Box<dyn Read + Send>,
    watcher: &'w Watcher,
}

impl<'w> Watched<'w> {
    pub fn new(input: Box<dyn Read + Send>, watcher: &'w Watcher) -> Self {
        Self { input, watcher }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.watcher.bytes(read as u64, read as u64);
        Ok(read)
    }
}
