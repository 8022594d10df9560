//! The part of `manifest.json` the oracle needs, and its shape. Judges no value.

use std::path::Path;

use serde::Deserialize;

use super::Log;

/// The manifest's name inside a bundle.
pub const NAME: &str = "manifest.json";

#[derive(Deserialize)]
pub struct Manifest {
    format: String,
    version: u64,
    #[serde(default)]
    pub schema: Schema,
    pub steps: Vec<Step>,
}

/// What must exist in the workspace before the first import.
#[derive(Deserialize, Default)]
pub struct Schema {
    #[serde(default)]
    pub objects: Vec<ObjectSpec>,
    #[serde(default)]
    pub fields: Vec<FieldSpec>,
}

#[derive(Deserialize)]
pub struct ObjectSpec {
    pub name_singular: String,
    pub name_plural: String,
    pub label_singular: String,
    pub label_plural: String,
    /// The workspace has it.
    #[serde(default)]
    pub existing: bool,
}

#[derive(Deserialize)]
pub struct FieldSpec {
    pub object: String,
    pub name: String,
    pub label: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub unique: bool,
    /// `true` for a field of the workspace to which `options` are appended.
    #[serde(default)]
    pub existing: bool,
    /// What the workspace's field lacks: `active`, `unique`, `label`.
    #[serde(default)]
    lacks: Vec<String>,
    pub options: Option<Vec<OptionSpec>>,
    pub relation: Option<RelationSpec>,
    pub delivery: Option<String>,
    #[serde(rename = "defaultValue", alias = "default_value", alias = "default")]
    pub default: Option<serde_json::Value>,
}

impl FieldSpec {
    /// The options, empty where the manifest has none.
    pub fn options(&self) -> &[OptionSpec] {
        self.options.as_deref().unwrap_or_default()
    }

    /// Whether the manifest tells that the workspace's field lacks this.
    pub fn lacks(&self, what: &str) -> bool {
        self.lacks.iter().any(|lack| lack == what)
    }

    /// Whether it only appends options to a field the workspace has.
    pub fn is_append(&self) -> bool {
        self.existing || self.options().iter().any(|option| option.existing)
    }
}

#[derive(Deserialize)]
pub struct OptionSpec {
    pub value: String,
    pub label: String,
    pub color: String,
    pub position: i64,
    /// The workspace has this option already; listed for completeness.
    #[serde(default)]
    pub existing: bool,
}

#[derive(Deserialize)]
pub struct RelationSpec {
    pub target: String,
    pub reverse_label: String,
}

/// One import: files of one object with the same columns.
#[derive(Deserialize)]
pub struct Step {
    pub order: u64,
    pub object: String,
    pub folder: String,
    #[serde(default)]
    pub depends_on: Vec<u64>,
    pub files: Vec<FileEntry>,
    pub columns: Vec<ColumnSpec>,
}

#[derive(Deserialize)]
pub struct FileEntry {
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Deserialize)]
pub struct ColumnSpec {
    pub header: String,
    pub field: String,
    pub sub_field: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
}

/// Reads the manifest; `None` (with a finding) if there is nothing to go on with.
pub fn load(bundle: &Path, log: &mut Log) -> Option<Manifest> {
    let bytes = match std::fs::read(bundle.join(NAME)) {
        Ok(bytes) => bytes,
        Err(error) => {
            log.manifest("", "manifest-missing", error.to_string());
            return None;
        }
    };
    match serde_json::from_slice::<Manifest>(&bytes) {
        Ok(manifest) => {
            if manifest.format != "close2twenty-bundle" || manifest.version != 1 {
                let found = format!("{} version {}", manifest.format, manifest.version);
                log.manifest("format", "manifest-format", found);
            }
            Some(manifest)
        }
        Err(error) => {
            log.manifest("", "manifest-shape", error.to_string());
            None
        }
    }
}
