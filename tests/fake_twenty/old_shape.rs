//! A workspace in the shape of Twenty 1.x, as far as `twenty-api.md §12.1` tells it: targets and
//! attachments point by `personId` and the like, and there is no direct upload. Read from source,
//! not observed.

use super::state::{Field, Object};
use serde_json::{Value, json};

/// Turns each morph relation into one relation a target.
pub fn apply(objects: &mut [Object]) {
    for object in objects.iter_mut() {
        let morphs: Vec<Field> =
            object.fields.iter().filter(|f| f.kind() == "MORPH_RELATION").cloned().collect();
        object.fields.retain(|field| field.kind() != "MORPH_RELATION");
        let source = object.name().to_owned();
        for morph in morphs {
            let ends = morph.0["morphRelations"].as_array().cloned().unwrap_or_default();
            for (index, end) in ends.iter().enumerate() {
                object.fields.push(plain(&morph, &source, end, index));
            }
        }
    }
    for object in objects {
        let name = object.name().to_owned();
        for field in &mut object.fields {
            let Some(relation) = field.0.get_mut("relation") else { continue };
            let back = relation["targetFieldMetadata"]["name"] == "target";
            if back && relation["type"] == "ONE_TO_MANY" {
                relation["targetFieldMetadata"]["name"] = json!(name);
            }
        }
    }
}

fn plain(morph: &Field, source: &str, end: &Value, index: usize) -> Field {
    let target = end["targetObjectMetadata"]["nameSingular"].as_str().unwrap_or_default();
    let mut field = morph.0.clone();
    // Every field has an id of its own.
    let mut id = morph.id().to_owned();
    id.replace_range(..2, &format!("{:02x}", index + 1));
    field.insert("id".into(), json!(id));
    field.insert("type".into(), json!("RELATION"));
    field.insert("name".into(), json!(target));
    field.insert(
        "settings".into(),
        json!({"relationType": "MANY_TO_ONE", "onDelete": "CASCADE",
        "joinColumnName": format!("{target}Id")}),
    );
    field.insert(
        "relation".into(),
        json!({"type": "MANY_TO_ONE",
        "sourceObjectMetadata": {"nameSingular": source}, "sourceFieldMetadata": {"name": target},
        "targetObjectMetadata": end["targetObjectMetadata"],
        "targetFieldMetadata": end["targetFieldMetadata"]}),
    );
    field.insert("morphRelations".into(), Value::Null);
    Field(field)
}

/// The schema of `/metadata` without what came later.
pub fn metadata_schema(text: &str) -> String {
    let later = ["  createFileUpload(", "  completeFileUpload("];
    text.lines()
        .filter(|line| !later.iter().any(|start| line.starts_with(start)))
        .fold(String::new(), |text, line| text + line + "\n")
}
