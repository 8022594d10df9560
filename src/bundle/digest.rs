//! What a file of a bundle is known by: its length and its SHA-256, taken while it is read. It must not keep
//! what goes through.

use crate::read::split::hex;
use sha2::{Digest, Sha256};
use std::io::{self, Read};

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
