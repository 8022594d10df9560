//! Bundles made for a workspace, each checked by the check and made twice; and workspaces
//! made of the standard one. It must not judge what a test asks.

use super::cases;
use cases::sheet::{Sheet, sheets};
use close2twenty::cli::commands::convert::{Options, convert};
use close2twenty::mapping::MapFile;
use close2twenty::twenty::workspace::Workspace;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A row: its cells that are not empty, by header.
pub type Row = BTreeMap<String, String>;
/// Rows by step and Close id.
pub type Rows = BTreeMap<(String, String), Row>;

/// A bundle; gone when dropped.
pub struct Made {
    folder: TempDir,
}

impl Made {
    /// The sample for a workspace.
    pub fn new(workspace: &str, since: Option<&Path>) -> Self {
        Self::of(&cases::sample().input, Some(workspace), since)
    }

    /// The sample without a workspace file.
    pub fn standard() -> Self {
        Self::of(&cases::sample().input, None, None)
    }

    pub fn of(input: &Path, workspace: Option<&str>, since: Option<&Path>) -> Self {
        Self::mapped(input, workspace, since, None)
    }

    /// With a map.
    pub fn mapped(
        input: &Path,
        workspace: Option<&str>,
        since: Option<&Path>,
        map: Option<&MapFile>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, threads) in [("bundle", 1), ("again", 3)] {
            let options = Options {
                exports: vec![input.to_owned()],
                output: folder.path().join(name),
                workspace: workspace.map(|text| Workspace::parse(text).expect("a workspace")),
                since: since.map(Path::to_owned),
                map: map.cloned(),
                threads,
                ..Options::default()
            };
            // A value that is not accounted for is an error.
            let summary = convert(&options, cases::built_in(), &|_| ()).expect("a bundle");
            assert!(!summary.records.is_empty());
        }
        let made = Self { folder };
        let again = cases::files(&made.folder.path().join("again"));
        assert!(made.files() == again, "two runs differ");
        if since.is_none() {
            made.is_accepted(workspace);
        }
        made
    }

    fn is_accepted(&self, workspace: Option<&str>) {
        let whole = workspace.filter(|text| text.contains("\"objects\""));
        let findings = match whole {
            Some(text) => cases::findings_in(&self.path(), text),
            None => cases::findings(&self.path()),
        };
        let listed: Vec<String> = findings.iter().take(20).map(ToString::to_string).collect();
        assert!(listed.is_empty(), "{listed:#?}");
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("bundle")
    }

    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        cases::files(&self.path())
    }

    pub fn sheets(&self) -> BTreeMap<String, Sheet> {
        sheets(&self.path())
    }

    pub fn rows(&self) -> Rows {
        let mut rows = Rows::new();
        for (step, sheet) in self.sheets() {
            let at = sheet.at("Close Id");
            for row in &sheet.rows {
                let cells = sheet.header.iter().cloned().zip(row.iter().cloned());
                let filled = cells.filter(|(_, cell)| !cell.is_empty()).collect();
                rows.insert((step.clone(), row[at].clone()), filled);
            }
        }
        rows
    }

    pub fn report(&self, name: &str) -> Report {
        let bytes = std::fs::read(self.path().join("reports").join(name)).expect("a report");
        Report(Sheet::parse(&bytes))
    }

    pub fn guide(&self) -> String {
        std::fs::read_to_string(self.path().join("GUIDE.md")).expect("a guide")
    }

    pub fn manifest(&self) -> Value {
        let bytes = std::fs::read(self.path().join("manifest.json")).expect("a manifest");
        serde_json::from_slice(&bytes).expect("JSON")
    }
}

/// The map the program proposes for an export.
pub fn proposed(input: &Path) -> MapFile {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("mapping.toml");
    let mut plan = Command::new(env!("CARGO_BIN_EXE_close2twenty"));
    let run = plan.arg("plan").arg(input).arg("-o").arg(&place).output().expect("the program");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = std::fs::read_to_string(&place).expect("a map");
    MapFile::parse("mapping.toml", &text).expect("a map")
}

/// A report as a sheet.
pub struct Report(Sheet);

impl std::ops::Deref for Report {
    type Target = Sheet;

    fn deref(&self) -> &Sheet {
        &self.0
    }
}

impl Report {
    pub fn close_id(&self, id: &str) -> cases::sheet::Row<'_> {
        self.0.one("close_id", id)
    }
}

/// Exports with custom fields and types, by name.
pub fn exports() -> Vec<(String, PathBuf)> {
    let mut all = vec![cases::sample()];
    let names =
        ["custom-duplicate-names", "status-shared-label-two-pipelines", "status-label-conflict"];
    let more = names.iter().chain(&["custom-value-against-type", "custom-activity-type-name"]);
    all.extend(more.map(|name| cases::case(&format!("oddities/{name}"))));
    all.into_iter().map(|case| (case.name, case.input)).collect()
}

/// A workspace as Twenty ships it, as if a file had told it.
pub fn standard() -> Value {
    let text = Workspace::standard().and_then(|standard| standard.to_text()).expect("a text");
    serde_json::from_str(&text).expect("JSON")
}

pub fn text(workspace: &Value) -> String {
    workspace.to_string()
}

pub fn fields_mut<'w>(workspace: &'w mut Value, object: &str) -> &'w mut Vec<Value> {
    let objects = workspace["objects"].as_array_mut().expect("objects").iter_mut();
    let mut found = objects.filter(|o| o["nameSingular"] == object);
    found.next().expect(object)["fields"].as_array_mut().expect("fields")
}

pub fn field_mut<'w>(workspace: &'w mut Value, object: &str, name: &str) -> &'w mut Value {
    let mut fields = fields_mut(workspace, object).iter_mut();
    fields.find(|field| field["name"] == name).expect(name)
}

pub fn field<'w>(workspace: &'w Value, object: &str, name: &str) -> Option<&'w Value> {
    let objects = workspace["objects"].as_array().expect("objects");
    let object = objects.iter().find(|o| o["nameSingular"] == object)?;
    object["fields"].as_array().expect("fields").iter().find(|field| field["name"] == name)
}

/// The manifest's fields by object and name.
pub fn manifest_fields(manifest: &Value) -> BTreeMap<(String, String), Value> {
    let fields = manifest["schema"]["fields"].as_array().expect("fields").iter();
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    fields.map(|f| ((text(&f["object"]), text(&f["name"])), f.clone())).collect()
}

/// The workspace after an admin has made all that the manifest wants.
pub fn migrated(mut workspace: Value, manifest: &Value) -> Value {
    for object in manifest["schema"]["objects"].as_array().expect("objects") {
        workspace["objects"].as_array_mut().expect("objects").push(json!({
            "nameSingular": object["name_singular"], "namePlural": object["name_plural"],
            "labelSingular": object["label_singular"], "labelPlural": object["label_plural"],
            "isCustom": true, "fields": own_fields(),
        }));
    }
    for spec in manifest["schema"]["fields"].as_array().expect("fields") {
        let name = |key: &str| spec[key].as_str().expect("text");
        let options = spec["options"].as_array().cloned().unwrap_or_default();
        let options = options.into_iter().map(|option| {
            json!({"value": option["value"], "label": option["label"], "color": option["color"],
                   "position": option["position"]})
        });
        if spec["existing"] == true {
            let there = field_mut(&mut workspace, name("object"), name("name"));
            there["options"].as_array_mut().expect("options").extend(options);
            continue;
        }
        let mut made = json!({"name": spec["name"], "label": spec["label"], "type": spec["type"],
            "isUnique": spec["unique"] == true, "options": options.collect::<Vec<_>>()});
        if let Some(target) = spec["relation"]["target"].as_str() {
            made["relation"] = json!({"type": "MANY_TO_ONE", "target": target});
            let reverse = spec["relation"]["reverse_label"].as_str().expect("a label");
            let back = json!({"type": "ONE_TO_MANY", "target": spec["object"]});
            let far = json!({"name": close2twenty::twenty::naming::field_name(reverse),
                "label": reverse, "type": "RELATION", "relation": back});
            fields_mut(&mut workspace, target).push(far);
        }
        fields_mut(&mut workspace, name("object")).push(made);
    }
    workspace
}

/// What Twenty gives every object.
pub fn own_fields() -> Value {
    json!([
        {"name": "id", "label": "Id", "type": "UUID"},
        {"name": "name", "label": "Name", "type": "TEXT"},
        {"name": "createdAt", "label": "Creation date", "type": "DATE_TIME"},
        {"name": "updatedAt", "label": "Last update", "type": "DATE_TIME"},
        {"name": "deletedAt", "label": "Deleted at", "type": "DATE_TIME"},
        {"name": "createdBy", "label": "Created by", "type": "ACTOR"},
        {"name": "position", "label": "Position", "type": "POSITION"},
        {"name": "searchVector", "label": "Search vector", "type": "TS_VECTOR"},
    ])
}
