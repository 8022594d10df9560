//! What tests of the map stand on: the sample's proposal, converting with a map, and looking into what
//! comes of it. It must not know a single edit.

use crate::cases;
use cases::sheet::{Sheet, sheets};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::cli::commands::plan;
use close2twenty::error::Error;
use close2twenty::mapping::file::{FieldEntry, MapFile, Notes, merge, text};
use close2twenty::mapping::{LeadStrategy, Settings};
use close2twenty::report::Summary;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// A bundle made with a map.
pub struct Made {
    folder: TempDir,
    pub summary: Summary,
}

/// The map `plan` proposes for the sample.
pub static PROPOSED: LazyLock<MapFile> = LazyLock::new(|| {
    parse(&planned(&cases::sample().input, None, 1).expect("the sample is sound").text)
});

pub fn parse(text: &str) -> MapFile {
    MapFile::parse("mapping.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

pub fn planned(
    export: &Path,
    map: Option<MapFile>,
    threads: usize,
) -> Result<plan::Planned, Error> {
    plan::plan(&plan::Options {
        exports: vec![export.to_owned()],
        map,
        threads,
        ..plan::Options::default()
    })
}

pub fn made(options: Options) -> Result<Made, Error> {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options { output: folder.path().join("bundle"), threads: 1, ..options };
    let summary = convert(&options, cases::built_in(), &|_| ())?;
    Ok(Made { folder, summary })
}

pub fn with_map(export: &Path, map: MapFile) -> Result<Made, Error> {
    made(Options { exports: vec![export.to_owned()], map: Some(map), ..Options::default() })
}

pub fn without(export: &Path, leads: LeadStrategy) -> Result<Made, Error> {
    let settings = Settings { leads, ..Settings::default() };
    made(Options { exports: vec![export.to_owned()], settings, ..Options::default() })
}

/// The sample with a map of a few lines. The same lines in the whole map, and the map `plan` makes of
/// them, must give the same; nothing may get lost, and Twenty must take it.
pub fn edited(lines: &str) -> Made {
    let sample = cases::sample().input;
    let short = parse(lines);
    let first = with_map(&sample, short.clone()).unwrap_or_else(|error| panic!("{error}\n{lines}"));
    let again = planned(&sample, Some(short.clone()), 1).expect("a map that converts");
    let again = with_map(&sample, parse(&again.text)).expect("what `plan` writes converts");
    same(&first, &again, "planned anew");
    let whole = text(&merge(&short, PROPOSED.clone()).0, &Notes::default());
    let whole = with_map(&sample, parse(&whole));
    let whole = whole.unwrap_or_else(|error| panic!("in the whole map: {error}"));
    whole.sound();
    first.sound();
    first
}

/// Both bundles hold the same but for where the map's lines stand.
pub fn same(one: &Made, other: &Made, what: &str) {
    let (mut one, mut other) = (one.files(), other.files());
    for files in [&mut one, &mut other] {
        // They name lines of the map.
        for named in ["reports/ledger.csv", "reports/spot-check.csv", "report.html"] {
            files.remove(named);
        }
    }
    differ(&one, &other, what);
}

/// Panics with the first file that differs.
pub fn differ(one: &BTreeMap<String, Vec<u8>>, other: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(one), names(other), "{what}");
    for (name, bytes) in one {
        let (here, there) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&other[name]));
        let line = here.lines().zip(there.lines()).find(|(a, b)| a != b);
        assert!(bytes == &other[name], "{what}: {name} differs: {line:#?}");
    }
}

/// The error a map of a few lines ends in, `code message`.
pub fn refused(lines: &str) -> String {
    let map = MapFile::parse("mapping.toml", lines);
    match map.and_then(|map| with_map(&cases::sample().input, map)) {
        Ok(_) => panic!("accepted:\n{lines}"),
        Err(error) => format!("{} {error}", error.code),
    }
}

impl Made {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        cases::files(&self.path())
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect(name)
    }

    pub fn sheet(&self, name: &str) -> Sheet {
        sheets(&self.path()).remove(name).unwrap_or_else(|| panic!("no files of {name}"))
    }

    /// Values under a header, without the empty ones.
    pub fn filled(&self, sheet: &str, header: &str) -> Vec<String> {
        let sheet = self.sheet(sheet);
        let cells = sheet.column(header).into_iter().filter(|cell| !cell.is_empty());
        cells.map(str::to_owned).collect()
    }

    pub fn has_column(&self, sheet: &str, header: &str) -> bool {
        self.sheet(sheet).header.iter().any(|known| known == header)
    }

    pub fn manifest(&self) -> Value {
        serde_json::from_str(&self.read("manifest.json")).expect("JSON")
    }

    /// A field of the manifest's schema.
    pub fn field(&self, object: &str, name: &str) -> Option<Value> {
        let manifest = self.manifest();
        let fields = manifest["schema"]["fields"].as_array().expect("fields");
        fields.iter().find(|it| it["object"] == object && it["name"] == name).cloned()
    }

    /// The labels of a field's options in the manifest.
    pub fn options(&self, object: &str, name: &str) -> Vec<String> {
        let field = self.field(object, name).expect("a field");
        let options = field["options"].as_array().expect("options").clone();
        options.iter().map(|it| it["label"].as_str().expect("a label").to_owned()).collect()
    }

    pub fn guide(&self) -> String {
        self.read("GUIDE.md")
    }

    /// A cell of the ledger.
    pub fn ledger(&self, close: &str, header: &str) -> String {
        let sheet = Sheet::parse(self.read("reports/ledger.csv").as_bytes());
        let (kind, path) = close.split_once('.').expect("a path");
        let (kind, path) = match kind.split_once('[') {
            Some((kind, _)) => (kind, path),
            None => (kind, path),
        };
        let rows = sheet.find("close_type", kind);
        let row = rows.iter().find(|row| &row["path"] == path);
        row.unwrap_or_else(|| panic!("no line for {close}"))[header].to_owned()
    }

    pub fn count(&self, close: &str, header: &str) -> u64 {
        self.ledger(close, header).parse().expect("a number")
    }

    /// The archive of a Close type.
    pub fn archive(&self, kind: &str) -> String {
        self.read(&format!("archive/{kind}.jsonl"))
    }

    /// `check` has nothing against it, and all values add up.
    pub fn sound(&self) {
        let wrong = self.wrong();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    pub fn wrong(&self) -> Vec<String> {
        let mut wrong = cases::findings(&self.path());
        let sheet = Sheet::parse(self.read("reports/ledger.csv").as_bytes());
        let fates = ["written", "derived", "merged", "archived", "set_aside", "noise"];
        for row in &sheet.rows {
            let n = |header: &str| -> u64 { row[sheet.at(header)].parse().expect("a count") };
            let sum: u64 = fates.iter().map(|fate| n(fate)).sum();
            if n("values") != sum || n("remainder") != 0 {
                wrong.push(format!("{row:?}"));
            }
        }
        wrong
    }
}

/// The proposal for a custom field, by the start of its path and its name.
pub fn custom(scope: &str, name: &str) -> &'static FieldEntry {
    let found = PROPOSED.fields.iter().find(|entry| {
        entry.close.value.starts_with(scope)
            && entry.kind.is_some()
            && entry.name.as_deref() == Some(name)
    });
    found.unwrap_or_else(|| panic!("no {scope} field {name}"))
}

/// The path of a custom field.
pub fn path(scope: &str, name: &str) -> &'static str {
    &custom(scope, name).close.value
}

/// A `[[field]]` with these lines.
pub fn field(close: &str, lines: &str) -> String {
    format!("[[field]]\nclose = {close:?}\n{lines}\n")
}
