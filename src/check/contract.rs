//! The part of `manifest.json` that is checked, read with patience: what is missing counts as empty, what
//! is more is left alone. It judges no value and does not use the types `convert` writes with.

use serde::Deserialize;
use serde_json::Value;

/// The manifest's name inside a bundle.
pub const NAME: &str = "manifest.json";
/// `format` and `version` of the layout this module reads.
pub const FORMAT: (&str, u64) = ("close2twenty-bundle", 1);

/// See the module's head.
#[derive(Debug, Default, Deserialize)]
pub struct Contract {
    #[serde(default)]
    pub format: Value,
    #[serde(default)]
    pub version: Value,
    #[serde(default)]
    pub schema: Schema,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub since: Option<Value>,
    #[serde(default)]
    attachments: Value,
    /// Files beside those of the steps that the manifest gives a size or digest for.
    #[serde(skip)]
    pub parts: Vec<Part>,
}

/// What must exist in the workspace before the first import.
#[derive(Debug, Deserialize, Default)]
pub struct Schema {
    #[serde(default)]
    pub objects: Vec<ObjectSpec>,
    #[serde(default)]
    pub fields: Vec<FieldSpec>,
}

#[derive(Debug, Deserialize)]
pub struct ObjectSpec {
    pub name_singular: String,
    pub name_plural: String,
    pub label_singular: String,
    pub label_plural: String,
    /// The workspace has it.
    #[serde(default)]
    pub existing: bool,
}

#[derive(Debug, Deserialize)]
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
    options: Option<Vec<OptionSpec>>,
    pub relation: Option<RelationSpec>,
    pub delivery: Option<String>,
    #[serde(rename = "defaultValue", alias = "default_value", alias = "default")]
    pub default: Option<Value>,
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

#[derive(Debug, Deserialize)]
pub struct OptionSpec {
    pub value: String,
    pub label: String,
    #[serde(default)]
    pub color: String,
    #[serde(default)]
    pub position: i64,
    /// The workspace has this option already; listed for completeness.
    #[serde(default)]
    pub existing: bool,
}

#[derive(Debug, Deserialize)]
pub struct RelationSpec {
    pub target: String,
    #[serde(default)]
    pub reverse_label: String,
}

/// One import: files of one object with the same columns.
#[derive(Debug, Deserialize)]
pub struct Step {
    pub order: u64,
    pub object: String,
    #[serde(default)]
    pub folder: String,
    #[serde(default)]
    pub depends_on: Vec<u64>,
    pub files: Vec<FileEntry>,
    #[serde(default)]
    pub columns: Vec<ColumnSpec>,
}

#[derive(Debug, Deserialize)]
pub struct FileEntry {
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    pub sha256: String,
}

#[derive(Debug, Deserialize)]
pub struct ColumnSpec {
    pub header: String,
    pub field: String,
    pub sub_field: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
}

/// A column that becomes native targets when the bundle is pushed.
#[derive(Debug, Deserialize)]
pub struct Link {
    pub object: String,
    pub header: String,
}

/// A file beside those of the steps.
#[derive(Debug)]
pub struct Part {
    pub path: String,
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
    /// It stands in the list `state`, the memory of rows for the next bundle of changes.
    pub state: Option<String>,
}

impl Contract {
    /// Reads the manifest.
    ///
    /// # Errors
    /// What is wrong with its shape, for a person.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        let mut contract: Self = serde_json::from_slice(bytes).map_err(|e| e.to_string())?;
        let Some(entries) = value.as_object() else { return Ok(contract) };
        for (key, entry) in entries {
            // The sources are not part of the bundle; the files of steps are checked as such.
            if !matches!(key.as_str(), "source" | "steps" | "schema") {
                parts(entry, key == "state", &mut contract.parts);
            }
        }
        Ok(contract)
    }

    /// The index of attachments, where the bundle has one.
    pub fn index(&self) -> Option<&str> {
        self.attachments.get("index")?.get("path")?.as_str()
    }

    /// Whether format and version are those this module knows.
    pub fn is_known(&self) -> bool {
        self.format.as_str() == Some(FORMAT.0) && self.version.as_u64() == Some(FORMAT.1)
    }
}

/// Every entry with a path and a digest or size, wherever a later version of the manifest puts it.
fn parts(value: &Value, state: bool, found: &mut Vec<Part>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| parts(item, state, found)),
        Value::Object(entry) => {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
            let bytes = entry.get("bytes").and_then(Value::as_u64);
            match (text("path"), text("sha256")) {
                (Some(path), sha256) if sha256.is_some() || bytes.is_some() => {
                    let state = if state { text("object") } else { None };
                    found.push(Part { path, bytes, sha256, state });
                }
                _ => entry.values().for_each(|value| parts(value, state, found)),
            }
        }
        _ => {}
    }
}
