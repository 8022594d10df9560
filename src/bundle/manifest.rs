//! `manifest.json`: the bundle's contract. One manifest drives the guide, `check`, `push`, `verify`
//! and `rollback`. Its JSON Schema is published as `docs/manifest.schema.json`. It must not hold
//! anything that differs between two runs over the same input.

pub use crate::event::RecordCounts;
pub use crate::plan::{FieldSpec, ObjectSpec, OptionSpec, StepColumn};
use crate::plan::{Place, Sampled, StepPlan};
use crate::twenty::objects::Object;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `format` of every manifest.
pub const FORMAT: &str = "close2twenty-bundle";
/// `version` of this layout.
pub const VERSION: u32 = 1;

/// See the module's head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Always `close2twenty-bundle`.
    pub format: String,
    /// Version of the layout.
    pub version: u32,
    /// What wrote the bundle.
    pub tool: Tool,
    /// What it was made from.
    pub source: Origin,
    /// The map that was used.
    pub mapping: Mapping,
    /// What must exist in Twenty before the import.
    pub schema: Schema,
    /// The files to import, in order.
    pub steps: Vec<Step>,
    /// Files that belong to records.
    pub attachments: Attachments,
    /// Columns that become native task and note targets when the bundle is pushed.
    pub links: Vec<Link>,
    /// Counts.
    pub totals: Totals,
    /// What the bundle remembers of all rows, for `--since`; one file a step, in their order.
    #[serde(default)]
    pub state: Vec<StateFile>,
    /// Set for a bundle that holds only what is new or changed since an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Since>,
    /// The workspace the bundle is for, when a file told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<Target>,
    /// What of the export is in the bundle, when it is a sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sampled>,
}

/// The workspace a bundle is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Target {
    /// Its objects and fields are known: headers carry its labels.
    pub schema: bool,
    /// Its members, where any is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<u64>,
    /// People of Close who own something and are none of its members.
    pub missing: u64,
    /// Those of them whom Close lists as inactive.
    pub missing_inactive: u64,
    /// Mentions of the missing that would name a member: records they own, values of custom fields.
    pub waiting: u64,
}

/// The program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Origin {
    /// Its files.
    pub files: Vec<SourceFile>,
}

/// One file of the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceFile {
    /// Name below the folder that was given.
    pub path: String,
    /// Size after decompression.
    pub bytes: u64,
    /// SHA-256 after decompression.
    pub sha256: String,
}

/// The map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mapping {
    /// SHA-256 of all decisions, whoever made them.
    pub sha256: String,
    /// What the export is known by.
    pub fingerprint: String,
    /// A person has confirmed it.
    pub confirmed: bool,
    /// What represents a lead: `auto`, `person` or `company`.
    pub leads: String,
}

/// What must exist first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Schema {
    /// Objects to be made.
    pub objects: Vec<ObjectSpec>,
    /// Fields to be made, in order.
    pub fields: Vec<FieldSpec>,
}

/// The files of one import step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// From 1.
    pub order: usize,
    /// API name of the object.
    pub object: String,
    /// Folder of the files.
    pub folder: String,
    /// Orders of the steps that must come before.
    pub depends_on: Vec<usize>,
    /// The files in order.
    pub files: Vec<StepFile>,
    /// The columns of each file.
    pub columns: Vec<StepColumn>,
}

impl Step {
    /// Rows in all its files.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }
}

/// One CSV file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepFile {
    /// Path inside the bundle.
    pub path: String,
    /// Data rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
}

/// Files that belong to records: `referenced` is `attached`, `missing` and `rejected` together, and of the
/// found ones `files` is `attached`, `duplicate` and `unclaimed`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attachments {
    /// Files the export refers to, each counted once.
    pub referenced: u64,
    /// Their bytes, where the export says.
    pub referenced_bytes: u64,
    /// Recordings and voicemails among them.
    pub recordings: u64,
    /// A folder of downloaded files was given.
    #[serde(default)]
    pub given: bool,
    /// References whose file is there.
    #[serde(default)]
    pub attached: u64,
    /// References without a file.
    #[serde(default)]
    pub missing: u64,
    /// References whose file cannot be used.
    #[serde(default)]
    pub rejected: u64,
    /// Attached ones with something to look at.
    #[serde(default)]
    pub flagged: u64,
    /// References an older bundle has as they are, left out of `files.csv`.
    #[serde(default)]
    pub unchanged: u64,
    /// References by role.
    #[serde(default)]
    pub roles: BTreeMap<String, u64>,
    /// How often each reason was given, for references and for found files.
    #[serde(default)]
    pub reasons: BTreeMap<String, u64>,
    /// What was found in the folders.
    #[serde(default)]
    pub found: FoundFiles,
    /// The files are in the bundle; otherwise `files.csv` says where they are.
    #[serde(default)]
    pub in_bundle: bool,
    /// What stands below `files/`.
    #[serde(default)]
    pub stored: StoredFiles,
    /// `files.csv`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<IndexFile>,
}

/// Files of the folders that were given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundFiles {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files that a reference has, each content counted once.
    pub attached: u64,
    /// Files that a reference has, with the content of another.
    pub duplicate: u64,
    /// Files no reference has.
    pub unclaimed: u64,
    /// Files that systems leave in folders; not among the others.
    pub system_files: u64,
    /// Download lists; not among the others.
    pub lists: u64,
    /// Folders and lines of lists that could not be read, or were left out.
    pub problems: u64,
}

/// What stands below `files/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoredFiles {
    /// How many: each content once.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// `files.csv`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IndexFile {
    /// Path inside the bundle.
    pub path: String,
    /// Data rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
}

/// A column that links tasks or notes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// `task` or `note`.
    pub object: String,
    /// Header of the column.
    pub header: String,
    /// API name of the target object.
    pub target: String,
}

/// Counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Per Close type: read, written, merged, archived, rejected.
    pub records: BTreeMap<String, RecordCounts>,
    /// Rows per Twenty object, second passes left out.
    pub rows: BTreeMap<String, u64>,
}

/// The state of the rows of one step: `close_id`, `at`, `hash`, whether the bundle holds them or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateFile {
    /// API name of the object.
    pub object: String,
    /// The step: the start of its file names, which never changes as its number may.
    pub step: String,
    /// Path inside the bundle.
    pub path: String,
    /// Rows of the step.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
}

/// The older bundle and what is different now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Since {
    /// SHA-256 of the older bundle's `manifest.json`.
    pub manifest_sha256: String,
    /// What wrote it.
    pub tool: Tool,
    /// It was made with the same map and choices.
    pub same_mapping: bool,
    /// Counts of the steps in their order, then of those that only the older bundle had.
    pub steps: Vec<SinceStep>,
    /// API names of the objects it did not ask for.
    pub objects: Vec<String>,
    /// Fields and options it did not ask for.
    pub fields: Vec<SinceField>,
}

/// What happened to the rows of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceStep {
    /// API name of the object.
    pub object: String,
    /// The step, as in [`StateFile`].
    pub step: String,
    /// Rows that were not there.
    pub new: u64,
    /// Rows that say something else now.
    pub changed: u64,
    /// Rows that are no longer there.
    pub gone: u64,
    /// Rows that say the same, and are left out.
    pub unchanged: u64,
}

/// A field that is new, or has something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SinceField {
    /// API name of the object.
    pub object: String,
    /// API name of the field.
    pub name: String,
    /// Its label.
    pub label: String,
    /// The field itself is new.
    pub new: bool,
    /// Its type then, where that was another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// Labels of the options that are new.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
}

impl Manifest {
    /// The plural label people see of an object.
    pub fn label_plural<'m>(&'m self, object: &'m str) -> &'m str {
        let made = self.schema.objects.iter().find(|made| made.name_singular == object);
        let made = made.map(|made| made.label_plural.as_str());
        made.or_else(|| Object::by_name(object).map(Object::label_plural)).unwrap_or(object)
    }
}

/// The JSON Schema of the manifest.
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Manifest).to_value()
}

/// The columns that become native targets when the bundle is pushed, under the headers they have in
/// these steps.
pub fn links(steps: &[StepPlan]) -> Vec<Link> {
    let mut links = Vec::new();
    for object in [Object::Task, Object::Note] {
        let place = Place::Standard(object);
        let step = steps.iter().find(|step| step.place == place && !step.is_second_pass());
        let Some(step) = step else { continue };
        for (own, column) in object.columns().iter().zip(&step.columns) {
            let Some((target, _)) = own.new.and_then(|new| new.relation) else { continue };
            links.push(Link {
                object: object.name().to_owned(),
                header: column.header.clone(),
                target: target.to_owned(),
            });
        }
    }
    links
}
