//! An export, a folder of files and the bundle made of both: the ground of these tests. Every bundle is
//! checked for both sums, against what lies on the disk. It must not judge a single file.

use crate::cases::{self, sheet::Sheet};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::error::Error;
use close2twenty::report::Summary;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";
pub const PDF: &[u8] = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n";
pub const MP3: &[u8] = b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x44sound";
pub const PAGE: &[u8] = b"<!DOCTYPE html><html><body>Please sign in</body></html>";

/// A PDF of its own.
pub fn pdf(text: &str) -> Vec<u8> {
    [PDF, text.as_bytes()].concat()
}

/// The address of a stored file.
pub fn url(record: &str, token: &str, name: &str) -> String {
    let kind = if record.starts_with("oppo_") { "opportunity" } else { "activity.note" };
    format!("https://app.close.com/go/file/persisted/orga_X/{kind}/{record}/{token}/{name}/")
}

/// An attachment as Close writes it.
pub fn file(record: &str, token: &str, name: &str, size: Option<usize>) -> Value {
    let encoded = name.replace(' ', "%20").replace('ö', "%C3%B6");
    json!({"url": url(record, token, &encoded), "filename": name, "size": size, "content_type": null})
}

/// A note with files, on the first lead.
pub fn note(id: &str, files: &[Value]) -> Value {
    json!({"_type": "Note", "id": id, "lead_id": "lead_A", "contact_id": null, "note": "see the file",
           "date_created": "2023-03-01T10:00:00+00:00", "activity_at": "2023-03-01T10:00:00+00:00",
           "attachments": files})
}

/// A call on the first lead.
pub fn call(id: &str, recording: bool, voicemail: bool) -> Value {
    let url = |what: &str| format!("https://api.close.com/call/{id}/{what}/");
    json!({"_type": "Call", "id": id, "lead_id": "lead_A", "direction": "inbound", "status": "completed",
           "recording_url": recording.then(|| url("recording")),
           "voicemail_url": voicemail.then(|| url("voicemail")),
           "date_created": "2023-03-02T10:00:00+00:00"})
}

/// An export with one lead, `lead_A` with the contact `cont_A`, and these records.
pub fn export(records: &[Value]) -> Vec<Value> {
    let lead = json!({"id": "lead_A", "name": "Acme GmbH", "url": "https://acme.example",
        "contacts": [{"id": "cont_A", "lead_id": "lead_A", "name": "Ada Example"}]});
    [&[lead], records].concat()
}

/// A folder of downloads.
pub struct Folder(pub TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Puts a file there.
    pub fn put(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A bundle, read back.
pub struct Made {
    folder: TempDir,
    pub summary: Summary,
    pub index: Sheet,
    pub report: Sheet,
}

/// A line of `files.csv`, or of the report, by column.
pub type Line = BTreeMap<String, String>;

impl Made {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        cases::files(&self.path())
    }

    /// The line of a reference, by its Close id.
    pub fn line(&self, key: &str) -> Line {
        let at = self.index.at("close_id");
        let rows: Vec<_> = self.index.rows.iter().filter(|row| row[at] == key).collect();
        let known = self.index.column("close_id");
        assert_eq!(rows.len(), 1, "lines of {key} among {known:?}");
        self.index.header.iter().cloned().zip(rows[0].iter().cloned()).collect()
    }

    /// `status code how source` of a reference.
    pub fn said(&self, key: &str) -> String {
        let line = self.line(key);
        let words = ["status", "code", "how", "source"].map(|column| line[column].as_str());
        words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    /// Code by found file that no reference has.
    pub fn unclaimed(&self) -> BTreeMap<String, String> {
        self.reported("file", "file")
    }

    /// Code by folder, link or list with a fault.
    pub fn problems(&self) -> BTreeMap<String, String> {
        self.reported("folder", "file")
    }

    fn reported(&self, about: &str, column: &str) -> BTreeMap<String, String> {
        let at = |column| self.report.at(column);
        let rows = self.report.rows.iter().filter(|row| row[at("about")] == about);
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        for row in rows {
            let line = &row[at("line")];
            let place = if line.is_empty() { String::new() } else { format!(":{line}") };
            found.insert(format!("{}{place}", row[at(column)]), row[at("code")].clone());
        }
        found
    }

    /// Both sums, and the bundle against them.
    fn check(&self, found_on_disk: Option<usize>) {
        let sum = &self.summary.attachments;
        assert_eq!(sum.referenced, sum.attached + sum.missing + sum.rejected, "{sum:?}");
        let found = &sum.found;
        assert_eq!(found.files, found.attached + found.duplicate + found.unclaimed, "{sum:?}");
        let statuses =
            if self.index.rows.is_empty() { Vec::new() } else { self.index.column("status") };
        let with = |word: &str| statuses.iter().filter(|status| **status == word).count() as u64;
        let counted = [with("attached"), with("missing"), with("rejected")];
        if sum.unchanged == 0 {
            assert_eq!(counted, [sum.attached, sum.missing, sum.rejected]);
            assert_eq!(statuses.len() as u64, sum.referenced);
        }
        if let Some(on_disk) = found_on_disk {
            assert_eq!(found.files as usize, on_disk, "files on the disk: {sum:?}");
        }
        let manifest: Value =
            serde_json::from_slice(&fs::read(self.path().join("manifest.json")).unwrap()).unwrap();
        assert_eq!(manifest["attachments"], serde_json::to_value(sum).unwrap());
        let report = fs::read(self.path().join("reports/reconciliation.json")).unwrap();
        let report: Value = serde_json::from_slice(&report).unwrap();
        assert_eq!(report["attachments"], serde_json::to_value(sum).unwrap());
        self.check_files();
    }

    /// What stands in `files/` is what `files.csv` says, byte for byte, and nothing else is there.
    fn check_files(&self) {
        let mut stored: BTreeMap<String, Vec<u8>> = self.files();
        stored.retain(|path, _| path.starts_with("files/"));
        for row in &self.index.rows {
            let cell = |column: &str| &row[self.index.at(column)];
            let (path, hash) = (cell("path"), cell("sha256"));
            if path.is_empty() {
                continue;
            }
            assert_eq!(cell("status"), "attached");
            assert!(path.starts_with(&format!("files/{}/{hash}", &hash[..2])), "{path}");
            let bytes = fs::read(self.path().join(path)).unwrap();
            assert_eq!(*cell("bytes"), bytes.len().to_string());
            let digest = close2twenty::read::split::hex(&Sha256::digest(&bytes));
            assert_eq!(digest, *hash, "{path}");
            stored.remove(path);
        }
        assert!(stored.is_empty(), "in no line: {:?}", stored.keys());
        assert_eq!(self.files().keys().filter(|path| path.contains("tmp")).count(), 0);
    }
}

/// How to convert.
#[derive(Default)]
pub struct How<'h> {
    pub since: Option<PathBuf>,
    pub sample: Option<u32>,
    pub threads: usize,
    pub no_copy: bool,
    pub map: &'h str,
    pub leads: Option<close2twenty::mapping::LeadStrategy>,
}

/// Converts these records with these folders.
pub fn convert_with(records: &[Value], folders: &[&Path], how: &How<'_>) -> Result<Made, Error> {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export.json");
    fs::write(&export, serde_json::to_vec(records).unwrap()).unwrap();
    let map = (!how.map.is_empty())
        .then(|| close2twenty::mapping::MapFile::read("mapping.toml", how.map.as_bytes()).unwrap());
    let mut options = Options {
        exports: vec![export],
        output: folder.path().join("bundle"),
        attachments: folders.iter().map(|path| (*path).to_owned()).collect(),
        no_copy_files: how.no_copy,
        since: how.since.clone(),
        sample: how.sample,
        threads: how.threads.max(1),
        map,
        ..Options::default()
    };
    if let Some(leads) = how.leads {
        options.settings.leads = leads;
    }
    let summary = convert(&options, cases::built_in(), &|_| ())?;
    let read = |path: &str| fs::read(folder.path().join("bundle").join(path)).unwrap_or_default();
    let (index, report) = (read("files.csv"), read("reports/attachments.csv"));
    let index = if index.is_empty() { Sheet::default() } else { Sheet::parse(&index) };
    let report = Sheet::parse(&report);
    Ok(Made { folder, summary, index, report })
}

/// Converts notes, calls … of the first lead with a folder, and checks both sums.
pub fn made(records: &[Value], folder: &Folder) -> Made {
    let made = convert_with(&export(records), &[folder.path()], &How::default()).unwrap();
    made.check(None);
    made
}

/// As [`made`]; so many files lie in the folder that are neither lists nor leavings of a system.
pub fn made_of(records: &[Value], folder: &Folder, on_disk: usize) -> Made {
    let made = convert_with(&export(records), &[folder.path()], &How::default()).unwrap();
    made.check(Some(on_disk));
    made
}

/// `(key, value)` pairs as a map.
pub fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}
