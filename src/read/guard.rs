//! Readers that stop in time: an archive that would unpack to far more than it is, data whose
//! checksum is wrong, data that breaks off. What came before the stop is good. It must not know
//! what is read.

use super::source::Reason;
use flate2::Crc;
use std::fmt;
use std::io::{self, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Up to this many unpacked bytes nobody asks how small the packed data was.
pub const BOMB_BYTES: u64 = 64 << 20;
/// Beyond that, packed data may unpack to this many times its size. Exports of Close pack about ten
/// to one; deflate cannot do better than about a thousand to one.
pub const BOMB_RATIO: u64 = 200;

/// Why the bytes of a source end before their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Damage {
    /// Nothing more comes, or what comes cannot be unpacked.
    CutOff,
    /// All is there, and its checksum or length is not what was promised.
    Checksum,
    /// It unpacks to far more than an export would: see [`BOMB_BYTES`] and [`BOMB_RATIO`].
    Bomb,
}

impl Damage {
    /// The damage an error of a reader stands for; `None` for an error of the operating system.
    pub fn of(error: &io::Error) -> Option<Self> {
        if let Some(known) = error.get_ref().and_then(|e| e.downcast_ref::<Self>()) {
            return Some(*known);
        }
        match error.kind() {
            ErrorKind::UnexpectedEof => Some(Self::CutOff),
            // gzip says it in words only.
            ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                let promised = error.to_string().contains("checksum");
                Some(if promised { Self::Checksum } else { Self::CutOff })
            }
            _ => None,
        }
    }

    /// As an error of a reader.
    pub fn error(self) -> io::Error {
        io::Error::new(ErrorKind::InvalidData, self)
    }

    /// Stable code and words.
    pub fn reason(self) -> Reason {
        let (code, why) = match self {
            Self::CutOff => ("C2T-X001", "the file stops in the middle: download it again"),
            Self::Checksum => (
                "C2T-X004",
                "its checksum or length is wrong, so some of it may be damaged: copy or download it again",
            ),
            Self::Bomb => (
                "C2T-X005",
                "it unpacks to more than 200 times its size and was stopped: no export does that; if it is one, unpack it first",
            ),
        };
        Reason { code, why }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason().why)
    }
}

impl std::error::Error for Damage {}

/// True for more unpacked bytes than an export would make of so many packed ones.
pub(super) fn is_bomb(unpacked: u64, packed: u64) -> bool {
    unpacked > BOMB_BYTES && unpacked / BOMB_RATIO > packed
}

/// Entries of one zip, held against the zip: what each may unpack to is held against it when it is
/// read; this is about all of them together.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Bytes that entries which unpack to very much come to.
    steep: u64,
    /// Bytes that all entries take.
    packed: u64,
}

impl Budget {
    /// False for an entry that many others like it have used up the room for.
    pub(super) fn has_room(&mut self, bytes: u64, packed: u64) -> bool {
        self.packed = self.packed.saturating_add(packed);
        if bytes / BOMB_RATIO <= packed {
            return true;
        }
        let room = self.steep < BOMB_BYTES;
        self.steep = self.steep.saturating_add(bytes);
        room
    }

    /// True when the entries take more than the zip has: they share their data.
    pub(super) fn overlaps(&self, zip: u64) -> bool {
        self.packed > zip
    }
}

/// Counts the bytes that go through.
pub(super) struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    /// The reader, and where its count stands.
    pub(super) fn new(inner: R) -> (Self, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Self { inner, count: Arc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Unpacked bytes, held against the packed ones they came from.
pub(super) struct Unpacked<R> {
    inner: R,
    packed: Arc<AtomicU64>,
    out: u64,
}

impl<R: Read> Unpacked<R> {
    /// `packed` counts what `inner` has read.
    pub(super) fn new(inner: R, packed: Arc<AtomicU64>) -> Self {
        Self { inner, packed, out: 0 }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let packed = self.packed.load(Ordering::Relaxed);
        if is_bomb(self.out, packed) {
            return Err(Damage::Bomb.error());
        }
        let read = self.inner.read(buffer)?;
        self.out += read as u64;
        Ok(read)
    }
}

/// Bytes whose number and checksum were promised.
pub(super) struct Checked<R> {
    inner: R,
    crc: Crc,
    size: u64,
    wanted: u32,
    out: u64,
}

impl<R: Read> Checked<R> {
    pub(super) fn new(inner: R, size: u64, wanted: u32) -> Self {
        Self { inner, crc: Crc::new(), size, wanted, out: 0 }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Deflate calls broken data a wrong argument; here it is damage like any other.
        let damage = |e: io::Error| Damage::of(&e).map_or(e, Damage::error);
        let read = self.inner.read(buffer).map_err(damage)?;
        self.crc.update(&buffer[..read]);
        self.out += read as u64;
        let over = self.out > self.size;
        let ended = read == 0 && !buffer.is_empty();
        if over || (ended && (self.out < self.size || self.crc.sum() != self.wanted)) {
            return Err(Damage::Checksum.error());
        }
        Ok(read)
    }
}
