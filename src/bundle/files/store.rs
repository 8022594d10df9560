//! Reads each file once: its first bytes, its hash, and its copy come from the same pass; a hard link
//! needs no copy. What is read goes to a temporary place, and into the bundle once it is known to be
//! wanted. It must not judge a file.

use super::content::{Content, HEAD};
use super::judge::Facts;
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes read at once.
const BUFFER: usize = 256 * 1024;

/// How much of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// The first bytes, to say what is wrong with it.
    Head,
    /// All of it, to know its content.
    Hash,
    /// All of it, for the bundle.
    Keep,
}

/// Reads the file at `path`; what is kept stands at `temp` afterwards. `Ok(Err(…))` says why the file
/// cannot be read.
///
/// # Errors
/// When the bundle's disk refuses.
pub(super) fn read(
    path: &Path,
    wish: Wish,
    temp: &Path,
) -> Result<std::result::Result<Facts, io::Error>> {
    let (mut input, size) = match open(path) {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    if wish == Wish::Head {
        return Ok(head(&mut input, size));
    }
    let mut copy = match wish {
        Wish::Keep if fs::hard_link(path, temp).is_err() => Some(Copy::create(temp)?),
        _ => None,
    };
    match pass(&mut input, copy.as_mut()) {
        Ok(facts) => {
            copy.map(Copy::finish).transpose()?;
            Ok(Ok(facts))
        }
        Err(Fault::Reading(error)) => {
            if wish == Wish::Keep {
                // Nothing may refer to it any more; the folder is removed at the end in any case.
                let _ = fs::remove_file(temp);
            }
            Ok(Err(error))
        }
        Err(Fault::Writing(error)) => Err(error),
    }
}

/// Opens a regular file. What was one when the folder was searched may be something else by now.
fn open(path: &Path) -> io::Result<(File, u64)> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file any more"));
    }
    let input = File::open(path)?;
    let meta = input.metadata()?;
    Ok((input, meta.len()))
}

fn head(input: &mut File, size: u64) -> std::result::Result<Facts, io::Error> {
    let mut head = Vec::with_capacity(HEAD);
    input.take(HEAD as u64).read_to_end(&mut head)?;
    let content = Content::of(&head, size <= HEAD as u64);
    Ok(Facts { bytes: size, sha256: None, content })
}

enum Fault {
    Reading(io::Error),
    Writing(Error),
}

fn pass(input: &mut File, mut copy: Option<&mut Copy>) -> std::result::Result<Facts, Fault> {
    let mut buffer = vec![0; BUFFER];
    let mut hash = Sha256::new();
    let (mut bytes, mut content) = (0, None);
    loop {
        let n = fill(input, &mut buffer).map_err(Fault::Reading)?;
        let part = buffer.get(..n).unwrap_or_default();
        let first = || Content::of(part.get(..HEAD).unwrap_or(part), n <= HEAD);
        content.get_or_insert_with(first);
        hash.update(part);
        bytes += n as u64;
        if let Some(copy) = &mut copy {
            copy.write(part).map_err(Fault::Writing)?;
        }
        if n < BUFFER {
            break;
        }
    }
    let content = content.unwrap_or(Content::Unknown);
    Ok(Facts { bytes, sha256: Some(hash.finalize().into()), content })
}

/// Fills the buffer, but at the end of the file.
fn fill(input: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A copy that leaves out blocks of zeros where the file system can.
struct Copy {
    out: File,
    path: PathBuf,
    bytes: u64,
}

impl Copy {
    fn create(path: &Path) -> Result<Self> {
        let out = File::create(path).map_err(|e| failed(path, e))?;
        Ok(Self { out, path: path.to_owned(), bytes: 0 })
    }

    fn write(&mut self, part: &[u8]) -> Result<()> {
        self.bytes += part.len() as u64;
        let written = if part.len() == BUFFER && part.iter().all(|byte| *byte == 0) {
            self.out.seek(SeekFrom::Current(BUFFER as i64)).map(drop)
        } else {
            self.out.write_all(part)
        };
        written.map_err(|e| failed(&self.path, e))
    }

    fn finish(self) -> Result<()> {
        self.out.set_len(self.bytes).map_err(|e| failed(&self.path, e))
    }
}

fn failed(path: &Path, error: io::Error) -> Error {
    let error = Error::io("cannot copy an attachment into the bundle", path, error);
    match error.code {
        "C2T-E012" => error.fix("free some space, or refer to the files with --no-copy-files"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_gives_head_hash_and_copy() {
        let dir = tempfile::tempdir().unwrap();
        let (path, temp) = (dir.path().join("a"), dir.path().join("t"));
        // Bytes, a hole of whole blocks, bytes, and an end that fills no block.
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.resize(3 * BUFFER, 0);
        bytes.extend_from_slice(b"end");
        fs::write(&path, &bytes).unwrap();
        let mut copy = Copy::create(&temp).unwrap();
        let Ok(facts) = pass(&mut File::open(&path).unwrap(), Some(&mut copy)) else {
            panic!("it can be read")
        };
        copy.finish().unwrap();
        assert_eq!(fs::read(&temp).unwrap(), bytes);
        assert_eq!(facts.sha256, Some(Sha256::digest(&bytes).into()));
        assert_eq!((facts.bytes, facts.content.mime()), (bytes.len() as u64, "image/png"));
    }

    #[test]
    fn a_file_of_whole_blocks_of_zeros_keeps_its_size() {
        let dir = tempfile::tempdir().unwrap();
        let (path, temp) = (dir.path().join("a"), dir.path().join("t"));
        fs::write(&path, vec![0; 2 * BUFFER]).unwrap();
        let mut copy = Copy::create(&temp).unwrap();
        assert!(pass(&mut File::open(&path).unwrap(), Some(&mut copy)).is_ok());
        copy.finish().unwrap();
        assert_eq!(fs::metadata(&temp).unwrap().len(), 2 * BUFFER as u64);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let temp = dir.path().join("t");
        let missing = read(&dir.path().join("none"), Wish::Keep, &temp).unwrap();
        let folder = read(dir.path(), Wish::Keep, &temp).unwrap();
        assert!(missing.is_err() && folder.is_err() && !temp.exists());
    }
}
