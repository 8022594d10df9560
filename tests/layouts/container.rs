//! The containers an export may come in. It must not use the library under test.

use super::layout::Files;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// A way to pack files: written into a folder, the paths to convert.
pub type Pack = fn(&Files, &Path) -> Vec<PathBuf>;

/// Every container, and pairs of one in another.
pub const ALL: &[(&str, Pack)] = &[
    ("plain", plain),
    (".gz", gz),
    (".zip", |files, to| one(to, "export.zip", zip(files))),
    (".tar", |files, to| one(to, "export.tar", tar(files))),
    (".tar.gz", |files, to| one(to, "export.tar.gz", gzip(&tar(files)))),
];

/// One archive in another.
pub const NESTED: &[(&str, Pack)] = &[
    (".json.gz in .tar.gz", |files, to| one(to, "x.tgz", gzip(&tar(&each_gzip(files))))),
    (".json.gz in .zip", |files, to| one(to, "x.zip", zip(&each_gzip(files)))),
    (".json.gz in .tar", |files, to| one(to, "x.tar", tar(&each_gzip(files)))),
    (".zip in .tar", |files, to| one(to, "x.tar", tar(&halves(files, zip)))),
    (".zip in .tar.gz", |files, to| one(to, "x.tar.gz", gzip(&tar(&halves(files, zip))))),
    (".zip written as a stream in .tar.gz", |files, to| {
        one(to, "x.tar.gz", gzip(&tar(&halves(files, zip_as_stream))))
    }),
    (".zip in .zip", |files, to| one(to, "x.zip", zip(&halves(files, zip)))),
    (".zip in .gz", |files, to| one(to, "x.zip.gz", gzip(&zip(files)))),
    (".tar in .zip", |files, to| one(to, "x.zip", zip(&halves(files, tar)))),
    (".tar in .tar", |files, to| one(to, "x.tar", tar(&halves(files, tar)))),
    (".tar.gz in .zip", |files, to| one(to, "x.zip", zip(&halves(files, |f| gzip(&tar(f)))))),
    (".tar.gz in .tar", |files, to| one(to, "x.tar", tar(&halves(files, |f| gzip(&tar(f)))))),
    (".tar.gz in .tar.gz", |files, to| {
        one(to, "x.tar.gz", gzip(&tar(&halves(files, |f| gzip(&tar(f))))))
    }),
    (".gz in .gz", |files, to| plain(&each_gzip(&each_gzip(files)), to)),
];

fn one(to: &Path, name: &str, bytes: Vec<u8>) -> Vec<PathBuf> {
    fs::write(to.join(name), bytes).expect("a file");
    vec![to.join(name)]
}

fn plain(files: &Files, to: &Path) -> Vec<PathBuf> {
    for (name, bytes) in files {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    vec![to.to_owned()]
}

fn gz(files: &Files, to: &Path) -> Vec<PathBuf> {
    plain(&each_gzip(files), to)
}

fn each_gzip(files: &Files) -> Files {
    files.iter().map(|(name, bytes)| (format!("{name}.gz"), gzip(bytes))).collect()
}

/// Two archives, each with every other file.
fn halves(files: &Files, pack: impl Fn(&Files) -> Vec<u8>) -> Files {
    let half = |n: usize| -> Files { files.iter().skip(n).step_by(2).cloned().collect() };
    vec![("a".into(), pack(&half(0))), ("b".into(), pack(&half(1)))]
}

/// Packs with gzip.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).expect("memory");
    packed.finish().expect("memory")
}

/// Packs as a tar.
pub fn tar(files: &Files) -> Vec<u8> {
    let mut packed = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        packed.append_data(&mut header, name, &bytes[..]).expect("memory");
    }
    packed.into_inner().expect("memory")
}

/// Packs as a zip; every other entry is stored as it is.
pub fn zip(files: &Files) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (n, (name, bytes)) in files.iter().enumerate() {
        let method = [CompressionMethod::Deflated, CompressionMethod::Stored][n % 2];
        let options = SimpleFileOptions::default().compression_method(method);
        packed.start_file(name.clone(), options).expect("memory");
        packed.write_all(bytes).expect("memory");
    }
    packed.finish().expect("memory").into_inner()
}

/// Packs as a zip into something that cannot go back: lengths stand behind the data.
pub fn zip_as_stream(files: &Files) -> Vec<u8> {
    let mut packed = zip::ZipWriter::new_stream(Vec::new());
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        packed.start_file(name.clone(), options).expect("memory");
        packed.write_all(bytes).expect("memory");
    }
    packed.finish().expect("memory").into_inner()
}
