//! Gives parts of a file back to the system before the file is gone: what was sorted on disk and read again
//! leaves its place, and its memory, to the files that are made of it. It must not touch what was not read.

use std::fs::File;

/// Frees the bytes from `from` to `to`; the file keeps its length. Where the system cannot do this, nothing
/// happens, and they are freed with the file.
#[cfg(target_os = "linux")]
pub(super) fn punch(file: &File, from: u64, to: u64) {
    use rustix::fs::{FallocateFlags, fallocate};
    let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
    let _ = fallocate(file, flags, from, to.saturating_sub(from));
}

/// Does nothing: the bytes are freed with the file.
#[cfg(not(target_os = "linux"))]
pub(super) fn punch(_: &File, _: u64, _: u64) {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::io::{Read, Seek, SeekFrom};
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn a_file_keeps_its_length_and_what_was_not_given_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("runs");
        std::fs::write(&path, vec![b'x'; 4 << 20]).unwrap();
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        file.sync_all().unwrap();
        let before = file.metadata().unwrap();
        punch(&file, 10_000, 3 << 20);
        file.sync_all().unwrap();
        let after = file.metadata().unwrap();
        assert_eq!(after.len(), before.len());
        assert!(after.blocks() <= before.blocks());
        let mut rest = Vec::new();
        file.seek(SeekFrom::Start(3 << 20)).unwrap();
        file.read_to_end(&mut rest).unwrap();
        assert!(rest.iter().all(|byte| *byte == b'x'));
        assert_eq!(rest.len(), 1 << 20);
    }
}
