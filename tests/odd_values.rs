//! Values Twenty has no place for, one small export each: set aside with the right code, and kept. It must not look at
//! rules of single values: their own tests do.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used)]

mod cases;

use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::mapping::Settings;
use close2twenty::mapping::file::MapFile;
use close2twenty::twenty::workspace::Workspace;
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// A bundle of an export, in a folder that goes with it.
struct Made {
    folder: TempDir,
}

impl Made {
    fn new(export: &Value, map: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("export.json");
        std::fs::write(&place, export.to_string()).unwrap();
        let made = Self { folder };
        let options = Options {
            exports: vec![place],
            output: made.path(),
            settings: Settings::default(),
            map: Some(MapFile::parse("mapping.toml", map).unwrap()),
            workspace: Some(Workspace::parse(MEMBERS).unwrap()),
            threads: 1,
            ..Options::default()
        };
        convert(&options, cases::built_in(), &|_| ()).unwrap();
        made
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }
}

const MEMBERS: &str = r#"{"members":[{"email":"jo@probe.example"}]}"#;

#[test]
fn a_country_twenty_does_not_know() {
    let export = json!([{ "id": "lead_1", "name": "Acme GmbH", "url": "https://acme.example",
        "addresses": [{ "city": "Smallville", "country": "ATL" }] }]);
    let made = Made::new(&export, "");
    let rejects = made.read("reports/rejects.csv");
    assert!(rejects.contains("\"C2T-V420\"") && rejects.contains("\"ATL\""), "{rejects}");
    assert!(made.read("archive/lead.jsonl").contains("\"ATL\""));
}

#[test]
fn a_user_who_is_no_member() {
    let user = |id: &str, name: &str, email: &str| {
        json!({ "id": id, "first_name": name, "last_name": "Probe", "email": email,
            "date_created": "2020-01-01T00:00:00+00:00" })
    };
    let lead = |id: &str, user: &str| {
        json!({ "id": id, "name": format!("{id} GmbH"), "url": format!("https://{}.example", id.replace('_', "-")),
            "custom.cf_Guide": user })
    };
    let export = json!([
        lead("lead_1", "user_1"),
        lead("lead_2", "user_2"),
        { "id": "cf_Guide", "name": "Guide", "type": "user", "object_type": "lead" },
        user("user_1", "Jo", "jo@probe.example"),
        user("user_2", "Una", "una@probe.example"),
    ]);
    let map = "[[field]]\nclose = \"lead.custom.cf_Guide\"\ntype = \"RELATION\"\n";
    let rejects = Made::new(&export, map).read("reports/rejects.csv");
    assert!(rejects.contains("\"C2T-V713\"") && rejects.contains("\"user_2\""), "{rejects}");
}
