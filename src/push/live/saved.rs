//! The target as a workspace file (`docs/workspace.schema.json`), to be carried across the air gap. It must not leave
//! anything out that `plan`, `convert` or `check` read.

use super::{Live, LiveField, LiveObject};
use crate::twenty::workspace::{Member, Workspace, WsField, WsObject, WsOption, WsRelation};

impl Live {
    /// The workspace file's content: objects and fields by name, as the built-in one.
    pub fn saved(&self, version: Option<String>, members: Vec<Member>) -> Workspace {
        let mut objects: Vec<WsObject> = self.objects.iter().map(object).collect();
        objects.sort_by(|a, b| a.name_singular.cmp(&b.name_singular));
        Workspace::new(version, objects, members)
    }
}

fn object(live: &LiveObject) -> WsObject {
    let mut fields: Vec<WsField> = live.fields.iter().map(field).collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    WsObject {
        name_singular: live.name_singular.clone(),
        name_plural: live.name_plural.clone(),
        label_singular: live.label_singular.clone(),
        label_plural: live.label_plural.clone(),
        is_custom: live.is_custom,
        is_active: live.is_active,
        fields,
    }
}

fn field(live: &LiveField) -> WsField {
    let options = live.options.iter().map(|option| WsOption {
        value: option.value.clone(),
        label: option.label.clone(),
        color: Some(option.color.clone()).filter(|color| !color.is_empty()),
        position: Some(option.position),
    });
    let relation = live.relation.as_ref().map(|relation| WsRelation {
        kind: relation.kind.clone(),
        target: relation.target.clone(),
    });
    WsField {
        name: live.name.clone(),
        label: live.label.clone(),
        kind: live.kind.clone(),
        is_unique: live.is_unique,
        is_active: live.is_active,
        options: options.collect(),
        relation,
    }
}
