//! What a file of a bundle is known by: its length and its SHA-256, taken while it is read or written. It
//! must not keep what goes through.

use crate::error::{Error, Result};
use crate::read::split::hex;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Bytes that are digested and written at a time.
const BLOCK: usize = 1 << 18;

/// A new file, digested as it is written.
#[derive(Debug)]
pub(super) struct DigestedFile {
    file: File,
    path: PathBuf,
    hash: Sha256,
    /// What was not written yet.
    block: Vec<u8>,
    bytes: u64,
}

impl DigestedFile {
    /// Creates the file at `path`, whose folder is there.
    ///
    /// # Errors
    /// When the disk refuses; as for all that follows.
    pub fn create(path: PathBuf) -> Result<Self> {
        let file =
            File::create(&path).map_err(|e| Error::io("cannot write the bundle", &path, e))?;
        Ok(Self { file, path, hash: Sha256::new(), block: Vec::with_capacity(BLOCK), bytes: 0 })
    }

    /// Appends what `write` appends to the buffer it is given.
    pub fn append(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        write(&mut self.block);
        if self.block.len() >= BLOCK - BLOCK / 8 { self.flush() } else { Ok(()) }
    }

    /// The system takes the block while its digest is taken, where a thread is free for it.
    fn flush(&mut self) -> Result<()> {
        let Self { file, hash, block, .. } = self;
        let ((), written) = rayon::join(|| hash.update(&block), || file.write_all(block));
        written.map_err(|e| Error::io("cannot write the bundle", &self.path, e))?;
        self.bytes += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// Its size, and its SHA-256 in hexadecimal digits.
    pub fn finish(mut self) -> Result<(u64, String)> {
        self.flush()?;
        Ok((self.bytes, hex(&self.hash.finalize())))
    }
}

/// Counts and digests what is read through it.
#[derive(Debug)]
pub struct Digesting<R> {
    input: R,
    hash: Option<Sha256>,
    bytes: u64,
}

impl<R: Read> Digesting<R> {
    /// Reads through `input`, with a digest if one is wanted.
    pub fn new(input: R, digest: bool) -> Self {
        Self { input, hash: digest.then(Sha256::new), bytes: 0 }
    }

    /// Bytes, and SHA-256 in hexadecimal, of all that was read.
    pub fn end(self) -> (u64, Option<String>) {
        (self.bytes, self.hash.map(|hash| hex(&hash.finalize())))
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(buffer)?;
        if let Some(hash) = &mut self.hash {
            hash.update(buffer.get(..n).unwrap_or_default());
        }
        self.bytes += n as u64;
        Ok(n)
    }
}

/// Bytes, and SHA-256 in hexadecimal, of the whole of `input`.
///
/// # Errors
/// Those of `input`.
pub fn digest(input: impl Read) -> io::Result<(u64, String)> {
    let mut input = Digesting::new(input, true);
    io::copy(&mut input, &mut io::sink())?;
    let (bytes, hash) = input.end();
    Ok((bytes, hash.unwrap_or_default()))
}
