//! Bytes that are looked at before they are read: a buffered reader that knows how far it is, can
//! show what comes next and can skip, on a file by seeking. It must not know what the bytes are.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Bytes read at a time.
const READ: usize = 32 * 1024;

/// See the module's head.
pub(super) struct Feed<'a> {
    source: From<'a>,
    buffer: Vec<u8>,
    /// The next byte of the buffer.
    next: usize,
    /// Bytes handed out or skipped so far.
    at: u64,
    /// An error that was met while looking ahead; its turn comes behind the buffer.
    error: Option<io::Error>,
}

enum From<'a> {
    File(File, u64),
    Stream(Box<dyn Read + 'a>),
}

impl<'a> Feed<'a> {
    /// A file from its beginning.
    pub(super) fn file(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        Ok(Self::new(From::File(file, bytes)))
    }

    /// Any other bytes.
    pub(super) fn stream(stream: impl Read + 'a) -> Self {
        Self::new(From::Stream(Box::new(stream)))
    }

    fn new(source: From<'a>) -> Self {
        Self { source, buffer: Vec::new(), next: 0, at: 0, error: None }
    }

    /// Bytes handed out or skipped so far.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Shows up to `most` bytes that come next; fewer only at the end.
    ///
    /// # Errors
    /// Those of reading, when they leave nothing to show.
    pub(super) fn peek(&mut self, most: usize) -> io::Result<&[u8]> {
        while self.buffer.len() - self.next < most {
            match self.more() {
                Ok(0) => break,
                Err(error) if self.next == self.buffer.len() => return Err(error),
                Err(error) => {
                    self.error = Some(error);
                    break;
                }
                Ok(_) => {}
            }
        }
        let end = self.buffer.len().min(self.next + most);
        Ok(&self.buffer[self.next..end])
    }

    /// Reads more into the buffer.
    fn more(&mut self) -> io::Result<usize> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.next > 0 {
            self.buffer.drain(..self.next);
            self.next = 0;
        }
        let old = self.buffer.len();
        self.buffer.resize(old + READ, 0);
        let room = &mut self.buffer[old..];
        let read = loop {
            let read = match &mut self.source {
                From::File(file, _) => file.read(room),
                From::Stream(stream) => stream.read(room),
            };
            match read {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(old + read.as_ref().map_or(0, |n| *n));
        read
    }

    /// Skips to a place not yet reached; false when the bytes end before it.
    pub(super) fn skip_to(&mut self, place: u64) -> io::Result<bool> {
        let buffered = (self.buffer.len() - self.next) as u64;
        let here = buffered.min(place.saturating_sub(self.at));
        self.consume(here as usize);
        if self.at < place
            && let From::File(file, bytes) = &mut self.source
        {
            let by = (place - self.at).min(bytes.saturating_sub(self.at));
            file.seek(SeekFrom::Current(by as i64))?;
            self.at += by;
        }
        while self.at < place {
            let here = self.fill_buf()?.len() as u64;
            if here == 0 {
                return Ok(false);
            }
            self.consume(here.min(place - self.at) as usize);
        }
        Ok(true)
    }
}

impl Read for Feed<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let n = ready.len().min(out.len());
        out[..n].copy_from_slice(&ready[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Feed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.next == self.buffer.len() {
            self.more()?;
        }
        Ok(&self.buffer[self.next..])
    }

    fn consume(&mut self, n: usize) {
        self.next = self.buffer.len().min(self.next + n);
        self.at += n as u64;
    }
}
