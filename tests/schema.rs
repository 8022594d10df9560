//! `docs/manifest.schema.json` is the published contract of `manifest.json`, `docs/workspace.schema.json`
//! that of the workspace file, and `docs/schemas/` holds those of what `--format json` prints: they equal what the
//! code says (`UPDATE_GOLDEN=1` rewrites them), and every golden manifest, reconciliation and audit obeys its own. It
//! must not check what they mean, nor run a command: `tests/exit_codes.rs` does.

#![forbid(unsafe_code)]

mod cases;

use close2twenty::bundle::manifest::{Manifest, json_schema};
use close2twenty::cli::output::OUTPUTS;
use close2twenty::pipeline;
use close2twenty::read::Sources;
use close2twenty::report::Audit;
use close2twenty::survey::survey;
use close2twenty::twenty::workspace::Workspace;
use serde_json::Value;
use std::collections::BTreeSet;
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
    golden("manifest.json")
}

/// The files of the golden bundles with this name, by path.
fn golden(name: &str) -> Vec<(String, Vec<u8>)> {
    let golden = cases::files(&cases::testdata().join("golden"));
    let found: Vec<_> = golden.into_iter().filter(|(path, _)| path.ends_with(name)).collect();
    assert!(found.len() >= 95, "golden bundles are stored");
    found
}

/// The schema of an output, with a name and a title a reader of the file needs.
fn of_output((name, title, schema): &(&str, &str, fn() -> Value)) -> (String, Value) {
    let mut schema = schema();
    schema["title"] = Value::from(format!("{title} with `--format json`"));
    (format!("{name}.schema.json"), schema)
}

#[test]
fn the_published_schemas_are_the_codes_own() {
    is_published("manifest.schema.json", &json_schema());
    is_published("workspace.schema.json", &Workspace::json_schema());
}

#[test]
fn every_output_has_its_published_schema() {
    // The folder has those of the full build; the air-gapped one has fewer commands.
    if !cfg!(feature = "network") {
        return;
    }
    let mut known = BTreeSet::new();
    for output in OUTPUTS {
        let (name, schema) = of_output(output);
        is_published(&format!("schemas/{name}"), &schema);
        known.insert(name);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    let there: BTreeSet<String> = cases::files(&folder).into_keys().collect();
    assert_eq!(there, known, "docs/schemas holds a schema for each output and nothing else");
}

/// What is wrong with a value by the schema of an output.
fn faults(output: &str, value: &Value) -> Vec<String> {
    let output = OUTPUTS.iter().find(|(name, ..)| *name == output).expect("an output");
    let validator = jsonschema::validator_for(&output.2()).expect("a valid schema");
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn every_golden_reconciliation_obeys_the_schema() {
    for (path, bytes) in golden("reports/reconciliation.json") {
        let value: Value = serde_json::from_slice(&bytes).expect("JSON");
        assert_eq!(faults("convert", &value), [""; 0], "{path}");
    }
}

#[test]
fn every_audit_obeys_the_schema() {
    let pool = pipeline::pool(2).expect("threads");
    for case in cases::all() {
        let sources = Sources::find(std::slice::from_ref(&case.input));
        let Ok((survey, _)) = sources.and_then(|sources| survey(&pool, sources, &[])) else {
            continue;
        };
        let value = serde_json::to_value(Audit::new(&survey)).expect("JSON");
        assert_eq!(faults("audit", &value), [""; 0], "{}", case.name);
    }
}

/// A schema that takes anything would let everything pass.
#[test]
fn what_lacks_a_key_or_has_another_type_does_not_obey() {
    let stored = cases::testdata().join("golden/sample/reports/reconciliation.json");
    let bytes = fs::read(stored).expect("a reconciliation");
    let good: Value = serde_json::from_slice(&bytes).expect("JSON");
    for key in good.as_object().expect("an object").keys() {
        let mut wrong = good.clone();
        wrong[key] = Value::Bool(true);
        assert!(!faults("convert", &wrong).is_empty(), "{key} has a type");
    }
    for key in ["records", "steps", "values", "notices", "map"] {
        let mut wrong = good.clone();
        wrong.as_object_mut().expect("an object").remove(key);
        assert!(!faults("convert", &wrong).is_empty(), "{key} is required");
    }
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
