//! Objects, fields and relations the manifest wants made, against what the server takes (`twenty-api.md §4`,
//! `twenty-observed.md E1`) and what the workspace has. Options are in `options`.

use super::catalog::{SUB_FIELDS, custom_object_fields, field_of, names};
use super::contract::{FieldSpec, ObjectSpec, RelationSpec, Schema};
use super::finding::Log;
use super::{options, rules};
use crate::twenty::naming::is_reserved;
use crate::twenty::workspace::{Workspace, WsField, WsRelation};
use std::collections::{BTreeMap, BTreeSet};

/// Longest name, and longest label of an object.
const MAX_CHARS: usize = 63;

/// Types a field can be created with; `NUMERIC`, `POSITION` and `TS_VECTOR` are the server's own.
#[rustfmt::skip]
const CREATABLE: &[&str] = &[
    "ADDRESS", "ARRAY", "BOOLEAN", "CURRENCY", "DATE", "DATE_TIME", "EMAILS", "FILES", "FULL_NAME", "LINKS",
    "MORPH_RELATION", "MULTI_SELECT", "NUMBER", "PHONES", "RATING", "RAW_JSON", "RELATION", "RICH_TEXT", "SELECT",
    "TEXT", "UUID",
];

/// Types that can carry a unique index.
const UNIQUE: &[&str] = &["EMAILS", "LINKS", "NUMBER", "PHONES", "RELATION", "TEXT", "UUID"];

/// The fields of each object, those to be made among them as they come.
struct Objects<'a> {
    there: &'a Workspace,
    fields: BTreeMap<String, Vec<WsField>>,
}

/// Checks the schema.
pub(super) fn check(there: &Workspace, schema: &Schema, log: &mut Log) {
    check_objects(there, &schema.objects, log);
    let mut objects = Objects { there, fields: BTreeMap::new() };
    for object in there.objects.iter().filter(|object| !object.fields.is_empty()) {
        objects.fields.insert(object.name_singular.clone(), object.fields.clone());
    }
    for object in &schema.objects {
        objects.fields.entry(object.name_singular.clone()).or_insert_with(custom_object_fields);
    }
    for spec in &schema.fields {
        objects.check_field(spec, log);
    }
    let asked: BTreeSet<&str> = schema.fields.iter().map(|field| field.object.as_str()).collect();
    for (name, fields) in &objects.fields {
        // What the manifest does not touch is the workspace's own affair.
        if asked.contains(name.as_str()) {
            check_labels(name, fields, log);
        }
    }
}

fn check_objects(there: &Workspace, objects: &[ObjectSpec], log: &mut Log) {
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let mut labels: BTreeSet<String> = BTreeSet::new();
    for object in &there.objects {
        let [singular, plural, label, labels_of] = names(object);
        taken.extend([singular, plural]);
        // Of objects without fields only the names are known for certain.
        if !object.fields.is_empty() {
            labels.extend([label.to_lowercase(), labels_of.to_lowercase()]);
        }
    }
    for object in objects {
        let what = object.name_singular.as_str();
        let known = there.object(what).filter(|known| known.name_plural == object.name_plural);
        if object.existing {
            if known.is_none() {
                log.about(rules::OBJECT_EXISTING, what, String::new());
            }
            continue;
        }
        // Somebody has made it already, as asked.
        if known.is_some_and(|known| known.is_custom && !there.is_standard()) {
            continue;
        }
        let names = [object.name_singular.as_str(), object.name_plural.as_str()];
        for name in names {
            if !is_name(name) {
                log.about(rules::OBJECT_NAME, what, name);
            } else if is_reserved(name) {
                log.about(rules::OBJECT_RESERVED, what, name);
            }
        }
        let same = names[0] == names[1]
            || object.label_singular.eq_ignore_ascii_case(&object.label_plural);
        if same {
            log.about(rules::OBJECT_PLURAL, what, String::new());
            taken.insert(what);
            continue;
        }
        for name in names {
            if !taken.insert(name) {
                log.about(rules::OBJECT_TAKEN, what, name);
            }
        }
        for label in [&object.label_singular, &object.label_plural] {
            if !is_label(label) || label.chars().count() > MAX_CHARS {
                log.about(rules::OBJECT_LABEL, what, format!("{label:?}"));
            } else if !labels.insert(label.to_lowercase()) {
                log.about(rules::OBJECT_LABEL, what, format!("{label:?} is taken"));
            }
        }
    }
}

impl Objects<'_> {
    /// Checks one field and enters it (and its reverse side) among its object's.
    fn check_field(&mut self, spec: &FieldSpec, log: &mut Log) {
        let what = format!("{}.{}", spec.object, spec.name);
        let Some(fields) = self.fields.get(&spec.object) else {
            return log.about(rules::FIELD_OBJECT, &what, String::new());
        };
        if !matches!(spec.delivery.as_deref(), Some("csv" | "both")) {
            log.about(rules::FIELD_DELIVERY, &what, format!("{:?}", spec.delivery));
        }
        let there = fields.iter().find(|field| field.name == spec.name);
        if let Some(there) = there {
            if spec.is_append() {
                if there.kind != spec.kind || there.label != spec.label {
                    let detail =
                        format!("the workspace has {:?} of type {}", there.label, there.kind);
                    log.about(rules::FIELD_EXISTING, &what, detail);
                }
                check_lacks(spec, there, &what, log);
                if !spec.options().is_empty() {
                    options::check(spec, &what, &there.options, log);
                }
                return;
            }
            if self.is_made(spec, there) {
                return options::check_made(spec, &what, there, log);
            }
        } else if spec.is_append() {
            log.about(rules::FIELD_EXISTING, &what, "no such field");
        }
        let field = field_of(spec);
        check_name(&what, &field, fields, log);
        check_kind(spec, &what, log);
        options::check(spec, &what, &[], log);
        self.check_relation(spec, &what, log);
        if there_is_none(self.fields.get(&spec.object), &spec.name) {
            self.fields.entry(spec.object.clone()).or_default().push(field);
        }
    }

    /// Whether somebody has made the field already, as asked.
    fn is_made(&self, spec: &FieldSpec, there: &WsField) -> bool {
        let target = |relation: &Option<WsRelation>| relation.as_ref().map(|r| r.target.clone());
        let of_workspace = self.there.field(&spec.object, &spec.name).is_some();
        of_workspace
            && !self.there.is_standard()
            && there.kind == spec.kind
            && there.is_active
            && (there.is_unique || !spec.unique)
            && target(&there.relation) == spec.relation.as_ref().map(|r| r.target.clone())
    }

    /// Checks a relation and enters its reverse side on the target.
    fn check_relation(&mut self, spec: &FieldSpec, what: &str, log: &mut Log) {
        let Some(relation) = &spec.relation else {
            if spec.kind == "RELATION" {
                log.about(rules::RELATION_SPEC, what, "no target");
            }
            return;
        };
        if spec.kind != "RELATION" {
            return log.about(rules::RELATION_SPEC, what, format!("a {} has no target", spec.kind));
        }
        match self.fields.get_mut(&relation.target) {
            None => {
                log.about(
                    rules::RELATION_SPEC,
                    what,
                    format!("unknown target {}", relation.target),
                );
            }
            Some(fields) => check_reverse(relation, &spec.object, fields, what, log),
        }
    }
}

fn there_is_none(fields: Option<&Vec<WsField>>, name: &str) -> bool {
    fields.is_none_or(|fields| fields.iter().all(|field| field.name != name))
}

fn check_kind(spec: &FieldSpec, what: &str, log: &mut Log) {
    if !CREATABLE.contains(&spec.kind.as_str()) {
        log.about(rules::FIELD_TYPE, what, spec.kind.as_str());
    }
    if !is_label(&spec.label) {
        log.about(rules::FIELD_LABEL, what, format!("{:?}", spec.label));
    }
    if spec.unique && !UNIQUE.contains(&spec.kind.as_str()) {
        log.about(rules::FIELD_UNIQUE, what, format!("a {} cannot be unique", spec.kind));
    }
    if spec.unique && spec.default.as_ref().is_some_and(|default| !default.is_null()) {
        log.about(rules::FIELD_UNIQUE, what, "a unique field takes no default");
    }
}

/// What the manifest says the workspace's field lacks is what it lacks.
fn check_lacks(spec: &FieldSpec, there: &WsField, what: &str, log: &mut Log) {
    for (lack, is) in [("active", !there.is_active), ("unique", spec.unique && !there.is_unique)] {
        if spec.lacks(lack) != is {
            log.about(rules::FIELD_LACKS, what, lack);
        }
    }
}

fn check_name(what: &str, field: &WsField, fields: &[WsField], log: &mut Log) {
    let name = field.name.as_str();
    let clash = fields.iter().find(|other| takes(other, name) || takes(field, &other.name));
    if !is_name(name) {
        log.about(rules::FIELD_NAME, what, name);
    } else if is_reserved(name) {
        log.about(rules::FIELD_RESERVED, what, name);
    } else if let Some(other) = clash {
        let off = if other.is_active { "" } else { ", switched off" };
        log.about(
            rules::FIELD_TAKEN,
            what,
            format!("there is {:?} of type {}{off}", other.label, other.kind),
        );
    }
}

/// Whether `field` occupies `name` itself, as a join column or as a column of a composite.
fn takes(field: &WsField, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(field.name.as_str()) else { return false };
    let many_to_one = field.relation.as_ref().is_some_and(WsRelation::is_many_to_one);
    let sub =
        |(kind, _, sub, _): &(&str, &str, &str, _)| *kind == field.kind && capitalised(sub) == rest;
    rest.is_empty() || (many_to_one && rest == "Id") || SUB_FIELDS.iter().any(sub)
}

fn check_reverse(
    relation: &RelationSpec,
    object: &str,
    fields: &mut Vec<WsField>,
    what: &str,
    log: &mut Log,
) {
    let label = relation.reverse_label.as_str();
    let name = camel_case(label);
    let taken = fields.iter().any(|field| takes(field, &name));
    if !is_label(label) || !is_name(&name) || is_reserved(&name) || taken {
        return log.about(rules::RELATION_REVERSE, what, format!("{label:?} ({name})"));
    }
    let back = WsRelation { kind: "ONE_TO_MANY".into(), target: object.to_owned() };
    fields.push(WsField {
        name,
        label: label.to_owned(),
        kind: "RELATION".into(),
        is_unique: false,
        is_active: true,
        options: Vec::new(),
        relation: Some(back),
    });
}

/// Two fields with one label are never matched; the server does not mind (`observed E1`).
fn check_labels(object: &str, fields: &[WsField], log: &mut Log) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for field in fields.iter().filter(|field| field.is_active) {
        let plain = std::iter::once(field.label.clone());
        let subs = SUB_FIELDS.iter().filter(|(kind, ..)| *kind == field.kind);
        let labels = plain.chain(subs.map(|(_, sub, ..)| format!("{} / {sub}", field.label)));
        for label in labels {
            if let Some(first) = seen.insert(label.to_lowercase(), &field.name)
                && first != field.name
            {
                let detail = format!("{label:?} of {first} and {}", field.name);
                log.about(rules::LABEL_DUPLICATE, &format!("{object}.{}", field.name), detail);
            }
        }
    }
}

/// `^[a-z][A-Za-z0-9]*$`, at most 63 characters.
fn is_name(name: &str) -> bool {
    name.len() <= MAX_CHARS
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The server trims labels: one with blanks around it would no longer equal its header.
fn is_label(label: &str) -> bool {
    !label.is_empty() && label.trim() == label && !label.chars().any(char::is_control)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// `Close Site Visits` → `closeSiteVisits`: the name the server gives a reverse side.
fn camel_case(label: &str) -> String {
    let words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let cased = words.enumerate().map(|(at, word)| match at {
        0 => word.to_lowercase(),
        _ => capitalised(&word.to_lowercase()),
    });
    cased.collect()
}
