//! The list of a zip file's entries, each readable on its own and as often as wanted: exports and
//! bundles come in zips. Nothing is ever unpacked to disk, and a name in a zip is only a name. It
//! must not decide which entries are wanted.

use super::guard::Checked;
use crate::error::{Error, Result};
use flate2::read::DeflateDecoder;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use zip::CompressionMethod;
use zip::read::{Config, ZipFileEntry};
use zip::unstable::read::ZipIterable;

/// More entries than this are not listed.
pub const MAX_ENTRIES: usize = 1_000_000;
/// Bytes read of the list at a time; each entry seeks, so little is read ahead.
const LIST: usize = 4 * 1024;
/// Bytes read of an entry at a time.
const READ: usize = 64 * 1024;
/// Length of a local header without its name and extra fields.
const LOCAL_HEADER: usize = 30;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// Bytes.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Symlink,
    /// A device, a socket or something else that no export holds.
    Special,
}

/// How an entry is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// As it is.
    Stored,
    /// With deflate.
    Deflated,
    /// In a way this program does not read.
    Other,
}

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name as it stands there: it may be absolute, or climb with `..`.
    pub name: Box<str>,
    /// The name is no text in any encoding zip knows; `name` shows it with replacement characters.
    pub odd_name: bool,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes it says it unpacks to.
    pub size: u64,
    /// Bytes it takes.
    pub compressed: u64,
    /// How it is stored.
    pub method: Method,
    /// It cannot be read without a password.
    pub encrypted: bool,
    crc: u32,
    header: u64,
}

/// See the module's head.
#[derive(Debug)]
pub struct ZipIndex {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl ZipIndex {
    /// Lists the zip at `path`, in the order of its own list.
    ///
    /// # Errors
    /// When it cannot be read, is no whole zip, or lists more than [`MAX_ENTRIES`] entries.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| Error::io("cannot open the zip", path, e))?;
        let broken = |e: zip::result::ZipError| broken(path, e);
        let mut list =
            ZipIterable::try_new(BufReader::with_capacity(LIST, file), Config::default())
                .map_err(broken)?;
        if list.len() > MAX_ENTRIES {
            let what = format!("the zip lists {} entries, more than {MAX_ENTRIES}", list.len());
            return Err(Error::failed("C2T-E046", what)
                .at(path)
                .fix("unpack it, and name the folder with the export"));
        }
        let entries = list.files().map_err(broken)?.map(|entry| Ok(Entry::new(&entry?)));
        let entries = entries.collect::<zip::result::ZipResult<_>>().map_err(broken)?;
        Ok(Self { path: path.to_owned(), entries })
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The bytes of an entry. When they end, their number and their checksum are compared with what
    /// the zip says; a difference is an error of kind [`io::ErrorKind::InvalidData`].
    ///
    /// # Errors
    /// When the file cannot be opened, or the entry cannot be read at all.
    pub fn read(&self, entry: &Entry) -> Result<Box<dyn Read + Send>> {
        if entry.encrypted || entry.method == Method::Other {
            let what = if entry.encrypted { "is encrypted" } else { "is compressed in an odd way" };
            return Err(Error::failed("C2T-E047", format!("{} {what}", entry.name))
                .at(&self.path)
                .fix("pack it again with deflate and without a password"));
        }
        let io = |e| Error::io("cannot read the zip", &self.path, e);
        let mut file = File::open(&self.path).map_err(io)?;
        let start = data_start(&mut file, entry.header).map_err(io)?;
        file.seek(SeekFrom::Start(start)).map_err(io)?;
        let data = BufReader::with_capacity(READ, file.take(entry.compressed));
        Ok(match entry.method {
            Method::Stored => Box::new(Checked::new(data, entry.size, entry.crc)),
            _ => Box::new(Checked::new(DeflateDecoder::new(data), entry.size, entry.crc)),
        })
    }
}

impl Entry {
    fn new(entry: &ZipFileEntry<'_>) -> Self {
        let name = std::str::from_utf8(entry.name_raw()).map(str::to_owned);
        let (name, odd_name) = match name.or_else(|_| entry.name().map(Cow::into_owned)) {
            Ok(name) => (name, false),
            Err(_) => (String::from_utf8_lossy(entry.name_raw()).into_owned(), true),
        };
        Self {
            kind: kind(&name, entry.unix_mode()),
            name: name.into(),
            odd_name,
            size: entry.size(),
            compressed: entry.compressed_size(),
            method: match entry.compression() {
                CompressionMethod::Stored => Method::Stored,
                CompressionMethod::Deflated => Method::Deflated,
                _ => Method::Other,
            },
            encrypted: entry.encrypted(),
            crc: entry.crc32(),
            header: entry.header_start(),
        }
    }
}

/// The file type of a Unix mode, where there is one; else a name that ends in `/` is a folder.
fn kind(name: &str, mode: Option<u32>) -> EntryKind {
    match mode.unwrap_or(0) & 0o170_000 {
        0o120_000 => EntryKind::Symlink,
        0o040_000 => EntryKind::Folder,
        0 | 0o100_000 if name.ends_with(['/', '\\']) => EntryKind::Folder,
        0 | 0o100_000 => EntryKind::File,
        _ => EntryKind::Special,
    }
}

/// The list and the entry each have a header; only the entry's own says where its data begins.
fn data_start(file: &mut File, header: u64) -> io::Result<u64> {
    let mut local = [0; LOCAL_HEADER];
    file.seek(SeekFrom::Start(header))?;
    file.read_exact(&mut local)?;
    if !local.starts_with(b"PK\x03\x04") {
        return Err(invalid("the zip's list points to something that is no entry"));
    }
    let length = |at: usize| u64::from(u16::from_le_bytes([local[at], local[at + 1]]));
    header
        .checked_add(LOCAL_HEADER as u64 + length(26) + length(28))
        .ok_or_else(|| invalid("the zip's list points behind its end"))
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn broken(path: &Path, error: zip::result::ZipError) -> Error {
    if let zip::result::ZipError::Io(e) = error {
        return Error::io("cannot read the zip", path, e);
    }
    Error {
        source: Some(Box::new(error)),
        ..Error::failed("C2T-E045", "the zip is broken or not whole")
            .at(path)
            .fix("copy or download it again")
    }
}

#[cfg(test)]
mod tests;
