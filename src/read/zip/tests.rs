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

/// The same zip with its one entry listed so many times.
fn repeated(mut zip: Vec<u8>, entries: usize) -> Vec<u8> {
    let end = zip.split_off(zip.len() - 22);
    let list = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
    let entry = zip.split_off(list);
    zip.extend(entry.repeat(entries));
    let place = zip.len() as u64;
    zip.extend(b"PK\x06\x06");
    zip.extend(44_u64.to_le_bytes());
    zip.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [entries as u64, entries as u64, place - list as u64, list as u64] {
        zip.extend(number.to_le_bytes());
    }
    zip.extend(b"PK\x06\x07\0\0\0\0");
    zip.extend(place.to_le_bytes());
    zip.extend(1_u32.to_le_bytes());
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([0xff; 12]);
    zip.extend([0, 0]);
    zip
}

#[test]
fn a_list_beyond_all_measure_is_refused_before_it_is_read() {
    let (_dir, path) = written(|zip| put(zip, "a", CompressionMethod::Stored, b"one"));
    let zip = std::fs::read(&path).unwrap();
    std::fs::write(&path, repeated(zip, MAX_ENTRIES + 1)).unwrap();
    assert_eq!(ZipIndex::open(&path).unwrap_err().code, "C2T-E046");
}

#[test]
fn an_encrypted_entry_is_not_read() {
    let (_dir, path) = written(|zip| put(zip, "a", CompressionMethod::Stored, b"secret"));
    let index = ZipIndex::open(&path).unwrap();
    let entry = &index.entries()[0];
    for entry in [
        Entry { encrypted: true, ..entry.clone() },
        Entry { method: Method::Other, ..entry.clone() },
    ] {
        assert_eq!(index.read(&entry).err().unwrap().code, "C2T-E047");
    }
}
