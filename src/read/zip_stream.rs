//! The entries of a zip that cannot be read at any place: one inside another archive, or one whose
//! list at the end is missing. They are found by the headers that stand before each of them. It must
//! not keep an entry's bytes.

use super::feed::Feed;
use super::guard::{Damage, is_bomb};
use super::zip::Method;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use std::io::{self, Read};

/// Length of a header without name and extra fields.
const HEADER: usize = 30;
/// The sign before each entry.
const ENTRY: &[u8] = b"PK\x03\x04";
/// The sign of what follows data whose length was not known when it was written.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// The sizes in the header stand in the extra field of this number.
const ZIP64: u16 = 1;

/// One entry, and where its data lies.
#[derive(Clone, Debug)]
pub(super) struct Local {
    /// Its name as it stands there.
    pub name: Vec<u8>,
    /// How it is stored.
    pub method: Method,
    /// It cannot be read without a password.
    pub encrypted: bool,
    /// Where its data begins.
    pub offset: u64,
    /// Sizes and checksum; `None` when they stand behind the data.
    pub known: Option<Sizes>,
}

/// What an entry promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Bytes it takes.
    pub packed: u64,
    /// Bytes it unpacks to.
    pub bytes: u64,
    /// Their checksum.
    pub crc: u32,
}

/// The next entry; `None` behind the last. The feed stands at the first byte of its data.
///
/// # Errors
/// When the feed cannot be read or breaks off inside a header.
pub(super) fn next(feed: &mut Feed<'_>) -> io::Result<Option<Local>> {
    if !feed.peek(ENTRY.len())?.starts_with(ENTRY) {
        return Ok(None);
    }
    let mut header = [0; HEADER];
    feed.read_exact(&mut header)?;
    let word = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let double = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let mut name = vec![0; usize::from(word(26))];
    feed.read_exact(&mut name)?;
    let mut extra = vec![0; usize::from(word(28))];
    feed.read_exact(&mut extra)?;
    let flags = word(6);
    let (packed, bytes) = sizes(&extra, double(18).into(), double(22).into());
    let known = Sizes { packed, bytes, crc: double(14) };
    Ok(Some(Local {
        name,
        method: match word(8) {
            0 => Method::Stored,
            8 => Method::Deflated,
            _ => Method::Other,
        },
        encrypted: flags & 1 != 0,
        offset: feed.at(),
        known: (flags & 8 == 0).then_some(known),
    }))
}

/// Packed and unpacked size, from the extra field where the header has no room for them.
fn sizes(extra: &[u8], packed: u64, bytes: u64) -> (u64, u64) {
    const FULL: u64 = u32::MAX as u64;
    let mut rest = extra;
    while let Some((head, tail)) = rest.split_at_checked(4) {
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let Some((field, tail)) = tail.split_at_checked(length) else { break };
        if u16::from_le_bytes([head[0], head[1]]) == ZIP64 {
            let mut longs = field.chunks_exact(8).map(|long| {
                long.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte))
            });
            let mut long = |short: u64| if short == FULL { longs.next() } else { Some(short) };
            let (bytes, packed) = (long(bytes), long(packed));
            return (packed.unwrap_or_default(), bytes.unwrap_or_default());
        }
        rest = tail;
    }
    (packed, bytes)
}

/// Unpacks deflated data of unknown length to its end and answers what it came to; the feed stands
/// behind what follows the data. `look` sees the unpacked bytes first and may leave some.
///
/// # Errors
/// When the feed cannot be read, or the data cannot be unpacked.
pub(super) fn measured(
    feed: &mut Feed<'_>,
    look: impl FnOnce(&mut dyn Read) -> io::Result<()>,
) -> io::Result<Sizes> {
    let start = feed.at();
    let mut crc = Crc::new();
    let mut bytes = 0;
    {
        // The decoder takes exactly its own bytes of a buffered feed.
        let inner = DeflateDecoder::new(&mut *feed);
        let mut data = Summed { inner, crc: &mut crc, bytes: &mut bytes };
        look(&mut data)?;
        io::copy(&mut data, &mut io::sink())?;
    }
    let packed = feed.at() - start;
    if feed.peek(DESCRIPTOR.len())?.starts_with(DESCRIPTOR) {
        feed.skip_to(feed.at() + DESCRIPTOR.len() as u64)?;
    }
    // Checksum and two sizes, of four or of eight bytes: eight where the next sign stands behind.
    let long = feed.peek(24)?.get(20..22).is_some_and(|sign| sign == b"PK");
    feed.skip_to(feed.at() + if long { 20 } else { 12 })?;
    Ok(Sizes { packed, bytes, crc: crc.sum() })
}

/// Unpacked bytes, counted and summed up.
struct Summed<'a, 'f, 'g> {
    inner: DeflateDecoder<&'f mut Feed<'g>>,
    crc: &'a mut Crc,
    bytes: &'a mut u64,
}

impl Read for Summed<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if is_bomb(*self.bytes, self.inner.total_in()) {
            return Err(Damage::Bomb.error());
        }
        let read = self.inner.read(buffer)?;
        self.crc.update(&buffer[..read]);
        *self.bytes += read as u64;
        Ok(read)
    }
}
