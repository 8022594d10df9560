//! `docs/manifest.schema.json` is the published contract of `manifest.json`, and
//! `docs/workspace.schema.json` that of the workspace file: they equal what the code says
//! (`UPDATE_GOLDEN=1` rewrites them), and every golden manifest obeys its own. It must not check
//! what a manifest means; `check` does.

#![forbid(unsafe_code)]

mod cases;

use close2twenty::bundle::manifest::{Manifest, json_schema};
use close2twenty::twenty::workspace::Workspace;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Compares a schema with the published one.
fn is_published(name: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    let mut now = serde_json::to_string_pretty(schema).expect("a schema");
    now.push('\n');
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &now).expect("the schema");
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == now, "docs/{name} is stale: run with UPDATE_GOLDEN=1");
}

/// The golden manifests by path.
fn manifests() -> Vec<(String, Vec<u8>)> {
    let golden = cases::files(&cases::testdata().join("golden"));
    let found: Vec<_> =
        golden.into_iter().filter(|(path, _)| path.ends_with("manifest.json")).collect();
    assert!(found.len() >= 95, "golden bundles are stored");
    found
}

#[test]
fn the_published_schemas_are_the_codes_own() {
    is_published("manifest.schema.json", &json_schema());
    is_published("workspace.schema.json", &Workspace::json_schema());
}

#[test]
fn workspace_files_obey_the_schema() {
    let schema = Workspace::json_schema();
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let standard = Workspace::standard().expect("the built-in one").to_text().expect("JSON");
    let by_hand = r#"{"members":[{"email":"a@example.com"}]}"#;
    for good in [standard.as_str(), by_hand] {
        let value: Value = serde_json::from_str(good).expect("JSON");
        assert!(validator.is_valid(&value), "{value:.80}");
    }
    let wrong = [
        r#"{"members":[{"firstName":"Ada"}]}"#,
        r#"{"objects":[{"nameSingular":"company"}]}"#,
        r#"{"version":"1"}"#,
    ];
    for wrong in wrong {
        let value: Value = serde_json::from_str(wrong).expect("JSON");
        assert!(!validator.is_valid(&value), "{wrong}");
    }
}

#[test]
fn every_golden_manifest_obeys_the_schema() {
    let schema = json_schema();
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for (path, bytes) in manifests() {
        let manifest: Value = serde_json::from_slice(&bytes).expect("JSON");
        let errors: Vec<String> = validator
            .iter_errors(&manifest)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{path}: {errors:#?}");
    }
}

#[test]
fn a_wrong_manifest_does_not_obey_the_schema() {
    let schema = json_schema();
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let (_, bytes) = manifests().swap_remove(0);
    let good: Value = serde_json::from_slice(&bytes).expect("JSON");
    let keys = ["format", "tool", "source", "mapping", "schema", "steps", "links", "totals"];
    for key in keys {
        let mut wrong = good.clone();
        wrong.as_object_mut().expect("an object").remove(key);
        assert!(!validator.is_valid(&wrong), "{key} is required");
        wrong[key] = Value::Bool(true);
        assert!(!validator.is_valid(&wrong), "{key} has a type");
    }
}

/// What `check` and `push` will do: read the manifest back without loss.
#[test]
fn every_golden_manifest_can_be_read_back() {
    for (path, bytes) in manifests() {
        let manifest: Manifest = serde_json::from_slice(&bytes).expect("a manifest");
        let mut again = serde_json::to_vec_pretty(&manifest).expect("JSON");
        again.push(b'\n');
        assert!(again == bytes, "{path} changes when read and written");
    }
}
