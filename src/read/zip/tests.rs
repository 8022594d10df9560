//! Entries are read whole and again, and every lie about them is noticed.

use super::*;
use std::io::Write;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

type Entries = ZipWriter<File>;

fn written(write: impl FnOnce(&mut Entries)) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export");
    let mut zip = ZipWriter::new(File::create(&path).unwrap());
    write(&mut zip);
    zip.finish().unwrap();
    (dir, path)
}

fn put(zip: &mut Entries, name: &str, method: CompressionMethod, bytes: &[u8]) {
    zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
    zip.write_all(bytes).unwrap();
}

fn text(index: &ZipIndex, at: usize) -> io::Result<String> {
    let mut text = String::new();
    index.read(&index.entries()[at]).unwrap().read_to_string(&mut text)?;
    Ok(text)
}

#[test]
fn entries_are_read_on_their_own_and_again() {
    let (_dir, path) = written(|zip| {
        put(zip, "a.json", CompressionMethod::Stored, b"[1]");
        put(zip, "../b.json", CompressionMethod::Deflated, b"[2,2,2,2,2,2,2,2]");
        zip.add_directory("folder", SimpleFileOptions::default()).unwrap();
        zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        put(zip, "empty", CompressionMethod::Deflated, b"");
    });
    let index = ZipIndex::open(&path).unwrap();
    let said: Vec<_> = index.entries().iter().map(|e| (&*e.name, e.kind)).collect();
    assert_eq!(
        said,
        [
            ("a.json", EntryKind::File),
            ("../b.json", EntryKind::File),
            ("folder/", EntryKind::Folder),
            ("link", EntryKind::Symlink),
            ("empty", EntryKind::File),
        ]
    );
    for _ in 0..2 {
        assert_eq!(text(&index, 1).unwrap(), "[2,2,2,2,2,2,2,2]");
        assert_eq!(text(&index, 0).unwrap(), "[1]");
        assert_eq!(text(&index, 4).unwrap(), "");
    }
}

#[test]
fn a_changed_byte_is_noticed_at_the_end() {
    let (_dir, path) = written(|zip| put(zip, "a", CompressionMethod::Stored, b"one two"));
    let mut bytes = std::fs::read(&path).unwrap();
    let at = memchr::memmem::find(&bytes, b"one two").unwrap();
    bytes[at] = b'X';
    std::fs::write(&path, bytes).unwrap();
    let index = ZipIndex::open(&path).unwrap();
    assert_eq!(text(&index, 0).unwrap_err().kind(), io::ErrorKind::InvalidData);
}

#[test]
fn what_is_no_whole_zip_is_an_error() {
    let (_dir, path) = written(|zip| put(zip, "a", CompressionMethod::Deflated, &[7; 9000]));
    let bytes = std::fs::read(&path).unwrap();
    for end in [0, 10, bytes.len() / 2, bytes.len() - 3] {
        std::fs::write(&path, &bytes[..end]).unwrap();
        assert_eq!(ZipIndex::open(&path).unwrap_err().code, "C2T-E045", "{end}");
    }
}

#[test]
fn sizes_that_lie_are_noticed() {
    let (_dir, path) = written(|zip| put(zip, "a", CompressionMethod::Deflated, &[7; 9000]));
    let index = ZipIndex::open(&path).unwrap();
    for size in [8999, 9001] {
        let entry = Entry { size, ..index.entries()[0].clone() };
        let mut read = Vec::new();
        let error = index.read(&entry).unwrap().read_to_end(&mut read).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(read.len() <= 9000);
    }
}
