//! Finds the files of an export and opens them as streams of JSON bytes. Files are recognised by
//! their content, never by their names (`close-format.md` §1.1, §1.4). It must not read a whole
//! file to decide.

use crate::error::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Bytes looked at to recognise a file.
const SNIFF: usize = 64 * 1024;
/// Folders nested deeper than this are not entered (a loop of links, or no export at all).
const MAX_FOLDERS: usize = 32;

/// One file of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// How reports call it: the path below the folder that was given, or the file's name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size on disk, in bytes.
    pub bytes: u64,
    /// Compressed with gzip, whatever its name says.
    pub gzip: bool,
}

/// A file that holds nothing to convert, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// As [`Source::name`].
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Stable code.
    pub code: &'static str,
    /// Why, and what to do.
    pub why: &'static str,
}

/// The files of one export.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// JSON files in a fixed order: by name, then size, then path.
    pub files: Vec<Source>,
    /// Files found in folders that are no Close JSON.
    pub ignored: Vec<Ignored>,
}

/// What a file's first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Json { gzip: bool },
    Not { code: &'static str, why: &'static str },
}

const EMPTY: Content = Content::Not { code: "C2T-S001", why: "the file is empty" };
const CSV: Content = Content::Not {
    code: "C2T-S002",
    why: "this is a CSV export, which has no activity history: export again as JSON with activities",
};
const BACKUP: Content = Content::Not {
    code: "C2T-S003",
    why: "this file was written by closeio-backup with a known defect: it holds list positions, no records; export again",
};
const NOT_JSON: Content = Content::Not { code: "C2T-S004", why: "this is no JSON" };
const BAD_GZIP: Content =
    Content::Not { code: "C2T-S005", why: "the gzip data cannot be decompressed" };
const HTML: Content = Content::Not {
    code: "C2T-S006",
    why: "this is a web page, probably an error page saved by a downloader: download again",
};
const UTF16: Content = Content::Not {
    code: "C2T-S008",
    why: "the file is encoded in UTF-16; save it as UTF-8, as Close delivers it",
};
const UNREADABLE: Content = Content::Not { code: "C2T-S007", why: "the file cannot be read" };

impl Sources {
    /// Finds the files named by `exports`: files, and folders with everything below them.
    ///
    /// # Errors
    /// When a path does not exist, when a file given by name is no Close JSON, or when nothing is
    /// left to read.
    pub fn find(exports: &[PathBuf]) -> Result<Self> {
        let mut found = Self::default();
        for export in exports {
            let meta = std::fs::metadata(export)
                .map_err(|e| Error::io("cannot open the export", export, e))?;
            if meta.is_dir() {
                found.folder(export, export, 0)?;
            } else {
                let name = file_name(export);
                found.file(export, name, meta.len(), true)?;
            }
        }
        let key = |s: &Source| (s.name.clone(), s.bytes, s.path.clone());
        found.files.sort_by_key(key);
        found.files.dedup_by(|a, b| same_file(&a.path, &b.path));
        found.ignored.sort_by(|a, b| a.name.cmp(&b.name));
        if found.files.is_empty() {
            return Err(nothing_found(exports, &found.ignored));
        }
        Ok(found)
    }

    fn folder(&mut self, root: &Path, folder: &Path, depth: usize) -> Result<()> {
        if depth > MAX_FOLDERS {
            return Ok(());
        }
        let listing = std::fs::read_dir(folder)
            .map_err(|e| Error::io("cannot list the export folder", folder, e))?;
        for entry in listing {
            let entry = entry.map_err(|e| Error::io("cannot list the export folder", folder, e))?;
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            let Ok(kind) = entry.file_type() else { continue };
            if hidden || kind.is_symlink() {
                continue;
            }
            if kind.is_dir() && is_bundle(&path) {
                let name = entry.file_name().to_string_lossy().into_owned();
                let why = "this folder is a bundle that close2twenty wrote";
                self.ignored.push(Ignored { name, path, code: "C2T-S010", why });
            } else if kind.is_dir() {
                self.folder(root, &path, depth + 1)?;
            } else if kind.is_file() {
                let below = path.strip_prefix(root).unwrap_or(&path);
                let name = below.to_string_lossy().replace('\\', "/");
                let bytes = entry.metadata().map_or(0, |m| m.len());
                self.file(&path, name, bytes, false)?;
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path, name: String, bytes: u64, by_name: bool) -> Result<()> {
        let path = path.to_owned();
        match recognise(&path) {
            Content::Json { gzip } => self.files.push(Source { name, path, bytes, gzip }),
            Content::Not { code, why } if by_name => {
                return Err(Error::failed(code, why).at(path).fix("name a Close JSON export"));
            }
            Content::Not { code, why } => self.ignored.push(Ignored { name, path, code, why }),
        }
        Ok(())
    }
}

impl Source {
    /// The JSON bytes, decompressed.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(&self) -> Result<Box<dyn Read + Send>> {
        let file = File::open(&self.path)
            .map_err(|e| Error::io("cannot open the export", &self.path, e))?;
        Ok(if self.gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
    }
}

/// A folder that this program wrote: its archive would be read as copies.
fn is_bundle(folder: &Path) -> bool {
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap_or_default();
    memchr::memmem::find(&manifest, b"\"close2twenty-bundle\"").is_some()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn nothing_found(exports: &[PathBuf], ignored: &[Ignored]) -> Error {
    let place = exports.first().cloned().unwrap_or_default();
    let csv = ignored.iter().find(|i| i.code == "C2T-S002");
    match csv.or(ignored.first()) {
        Some(first) => Error::failed(first.code, first.why).at(first.path.clone()),
        None => Error::failed("C2T-S000", "the export folder holds no files").at(place),
    }
    .fix("name the JSON export of Close (Settings, Export, format JSON, with activities)")
}

fn recognise(path: &Path) -> Content {
    let Ok(mut file) = File::open(path) else { return UNREADABLE };
    let mut head = [0; 2];
    let gzip = matches!(file.read(&mut head), Ok(2)) && head == [0x1f, 0x8b];
    if file.seek(SeekFrom::Start(0)).is_err() {
        return UNREADABLE;
    }
    let mut sniff = Vec::with_capacity(SNIFF);
    if gzip {
        let mut input = MultiGzDecoder::new(file).take(SNIFF as u64);
        if input.read_to_end(&mut sniff).is_err() && sniff.is_empty() {
            return BAD_GZIP;
        }
    } else if file.take(SNIFF as u64).read_to_end(&mut sniff).is_err() {
        return UNREADABLE;
    }
    content(&sniff, gzip)
}

fn content(sniff: &[u8], gzip: bool) -> Content {
    let text = sniff.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sniff).trim_ascii_start();
    match text.first() {
        _ if sniff.starts_with(b"\xff\xfe") || sniff.starts_with(b"\xfe\xff") => UTF16,
        None => EMPTY,
        Some(b'[') if is_backup_defect(text) => BACKUP,
        Some(b'{' | b'[') => Content::Json { gzip },
        Some(b'<') => HTML,
        _ if is_csv(text) => CSV,
        _ => NOT_JSON,
    }
}

/// `[` newline `,0,1…`: positions in place of records (`close-format.md` §1.3, known-bad input).
fn is_backup_defect(text: &[u8]) -> bool {
    let inside = text[1..].trim_ascii_start();
    inside
        .strip_prefix(b",")
        .is_some_and(|rest| rest.trim_ascii_start().first().is_some_and(u8::is_ascii_digit))
}

/// A header line of comma-separated words.
fn is_csv(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let printable =
        std::str::from_utf8(line).is_ok_and(|l| !l.trim_end().contains(char::is_control));
    let columns = line.split(|b| *b == b',' || *b == b';').count();
    let lower = line.to_ascii_lowercase();
    let known = [&b"id"[..], b"lead", b"name", b"status", b"email", b"contact"];
    printable && columns > 2 && known.iter().any(|w| memchr::memmem::find(&lower, w).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_content_whatever_the_name() {
        for (bytes, expected) in [
            (&b"[{\"id\":\"lead_1\"}]"[..], Content::Json { gzip: false }),
            (b"\xef\xbb\xbf {\"data\":[]}", Content::Json { gzip: false }),
            (b"", EMPTY),
            (b" \n ", EMPTY),
            (b"[\n,0,1\n]", BACKUP),
            (b"id,display_name,status_label\nlead_1,x,y\n", CSV),
            (b"<!DOCTYPE html>", HTML),
            (b"\x89PNG\r\n\x1a\n", NOT_JSON),
            (b"hello, this is not it", NOT_JSON),
        ] {
            assert_eq!(content(bytes, false), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn a_file_given_by_name_must_be_an_export_but_a_folder_may_hold_others() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.json"), "[]").unwrap();
        std::fs::write(dir.path().join("a.txt"), "{}").unwrap();
        std::fs::write(dir.path().join("photo.png"), b"\x89PNG").unwrap();
        let found = Sources::find(&[dir.path().to_owned(), dir.path().join("b.json")]).unwrap();
        let names: Vec<_> = found.files.iter().map(|f| &f.name[..]).collect();
        assert_eq!(names, ["a.txt", "b.json"]);
        assert_eq!(found.ignored.len(), 1);
        assert_eq!(Sources::find(&[dir.path().join("photo.png")]).unwrap_err().code, "C2T-S004");
    }
}
