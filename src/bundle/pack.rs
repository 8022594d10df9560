//! Packs a staged bundle into one zip: the same bundle gives the same bytes, whoever packs it and
//! when. Names are sorted, times and rights fixed; media that are compressed already are stored as
//! they are. It must not hold a file in memory, but for the small ones it compresses ahead.

use super::open::Bundle;
use crate::error::{Error, Result};
use rayon::prelude::*;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::write::{PreparedZipFile, SimpleFileOptions};
use zip::{CompressionMethod, System, ZipWriter};

/// Files up to this size are compressed side by side, each in memory.
const SMALL: u64 = 32 << 20;
/// So many bytes of small files at a time.
const AHEAD: u64 = 96 << 20;
/// Bytes written at a time.
const WRITE: usize = 1 << 20;
/// From this size on, an entry is written in the long form of zip (needed from 4 GiB).
const LONG: u64 = 4_000_000_000;

/// Extensions of files that deflate makes no smaller.
const COMPRESSED: &[&str] = &[
    "7z", "aac", "avi", "avif", "br", "bz2", "docx", "flac", "gif", "gz", "heic", "heif", "jar",
    "jpeg", "jpg", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "odp", "ods", "odt",
    "oga", "ogg", "opus", "png", "pptx", "rar", "tgz", "webm", "webp", "wma", "wmv", "xlsx", "xz",
    "zip", "zst",
];

/// One file to be packed.
struct Item {
    name: String,
    path: PathBuf,
    bytes: u64,
}

impl Item {
    fn options(&self) -> SimpleFileOptions {
        let extension = self.name.rsplit_once('.').map_or("", |(_, e)| e).to_ascii_lowercase();
        let stored = COMPRESSED.contains(&&*extension);
        let method = if stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        SimpleFileOptions::default()
            .compression_method(method)
            .system(System::Unix)
            .unix_permissions(0o644)
            .large_file(self.bytes >= LONG)
    }
}

/// Packs everything below `folder` into a new zip at `place`. Runs on the threads of the pool it is
/// called in.
///
/// # Errors
/// When the disk refuses.
pub(super) fn pack(folder: &Path, place: &Path) -> Result<()> {
    let bundle = Bundle::open(folder)?;
    let item = |name: &str| Item {
        name: name.to_owned(),
        path: bundle.path(name),
        bytes: bundle.size(name).unwrap_or_default(),
    };
    let items: Vec<Item> = bundle.names().map(item).collect();
    write(&items, place).map_err(|e| Error::io("cannot write the zip", place, e))
}

fn write(items: &[Item], place: &Path) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::with_capacity(WRITE, File::create(place)?));
    let mut rest = items;
    while !rest.is_empty() {
        let (small, behind) = rest.split_at(small_ones(rest));
        let ready: Vec<_> = small.par_iter().map(prepared).collect();
        for file in ready {
            zip.add_prepared_file(file?)?;
        }
        rest = behind;
        if let Some((large, behind)) = rest.split_first().filter(|(item, _)| item.bytes > SMALL) {
            zip.start_file(&large.name, large.options())?;
            io::copy(&mut File::open(&large.path)?, &mut zip)?;
            rest = behind;
        }
    }
    zip.finish()?.flush()
}

/// How many of the first items are compressed ahead together.
fn small_ones(items: &[Item]) -> usize {
    let mut bytes = 0;
    let fits = |item: &&Item| {
        bytes += item.bytes;
        item.bytes <= SMALL && bytes <= AHEAD
    };
    items.iter().take_while(fits).count()
}

fn prepared(item: &Item) -> io::Result<PreparedZipFile> {
    Ok(PreparedZipFile::from_path(&item.name, &item.path, item.options())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_give_the_same_bytes() {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let files: [(&str, Vec<u8>); 4] = [
            ("b.csv", b"x,".repeat(5000)),
            ("files/ab/photo.PNG", vec![7; 3000]),
            ("files/ab/ä.txt", b"x".to_vec()),
            ("a/empty", Vec::new()),
        ];
        let pack = |dir: &Path, order: &mut dyn Iterator<Item = &(&str, Vec<u8>)>| {
            let folder = dir.join("folder");
            for (name, bytes) in order {
                std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
                std::fs::write(folder.join(name), bytes).unwrap();
            }
            pack(&folder, &dir.join("zip")).unwrap();
            std::fs::read(dir.join("zip")).unwrap()
        };
        let bytes = pack(first.path(), &mut files.iter());
        assert_eq!(bytes, pack(second.path(), &mut files.iter().rev()));
        assert!((3000..5000).contains(&bytes.len()), "media are stored, the rest is compressed");
        let bundle = Bundle::open(&first.path().join("zip")).unwrap();
        assert_eq!(bundle.names().count(), 4);
        for (name, bytes) in &files {
            assert_eq!(bundle.bytes(name).unwrap(), *bytes);
        }
    }

    #[test]
    fn files_too_large_to_hold_are_streamed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        let sizes =
            [("a", 1), ("b", SMALL + 1), ("c", SMALL), ("d", SMALL), ("e", SMALL), ("f", SMALL)];
        for (name, bytes) in sizes {
            File::create(folder.join(name)).unwrap().set_len(bytes).unwrap();
        }
        pack(&folder, &dir.path().join("zip")).unwrap();
        let bundle = Bundle::open(&dir.path().join("zip")).unwrap();
        for (name, bytes) in sizes {
            assert_eq!(io::copy(&mut bundle.read(name).unwrap(), &mut io::sink()).unwrap(), bytes);
        }
    }
}
