//! Objects, fields and relations the manifest wants created, against what the metadata API takes
//! (`twenty-api.md §4.1, §4.2, §4.4, §4.5`; `twenty-observed.md E1`). Options are in `options`.

use std::collections::{BTreeMap, HashSet};

use super::Log;
use super::catalog::{Field, Relation, SUB_FIELDS, Standard, custom_object_fields, field_of};
use super::manifest::{FieldSpec, ObjectSpec, Schema};
use super::options;

/// Longest name, and longest label of an object.
const MAX_CHARS: usize = 63;

/// Names the server keeps for itself, for objects and fields alike.
const RESERVED: &[&str] = &[
    "address",
    "addresses",
    "aggregate",
    "appToken",
    "appTokens",
    "approvedAccessDomain",
    "approvedAccessDomains",
    "billingCustomer",
    "billingCustomers",
    "billingEntitlement",
    "billingEntitlements",
    "billingMeter",
    "billingMeters",
    "billingProduct",
    "billingProducts",
    "billingSubscription",
    "billingSubscriptionItem",
    "billingSubscriptionItems",
    "billingSubscriptions",
    "currencies",
    "currency",
    "event",
    "events",
    "featureFlag",
    "featureFlags",
    "field",
    "fields",
    "fullNames",
    "index",
    "job",
    "jobs",
    "keyValuePair",
    "keyValuePairs",
    "link",
    "links",
    "object",
    "objects",
    "pageLayout",
    "pageLayoutTab",
    "pageLayoutTabs",
    "pageLayoutWidget",
    "pageLayoutWidgets",
    "pageLayouts",
    "plan",
    "plans",
    "postgresCredential",
    "postgresCredentials",
    "relation",
    "relations",
    "role",
    "roles",
    "search",
    "searches",
    "twoFactorMethod",
    "twoFactorMethods",
    "type",
    "types",
    "user",
    "userWorkspace",
    "userWorkspaceRole",
    "userWorkspaceRoles",
    "userWorkspaces",
    "users",
    "workspace",
    "workspaces",
];

/// Types a field can be created with; `NUMERIC`, `POSITION` and `TS_VECTOR` are the server's own.
const CREATABLE: &[&str] = &[
    "ADDRESS",
    "ARRAY",
    "BOOLEAN",
    "CURRENCY",
    "DATE",
    "DATE_TIME",
    "EMAILS",
    "FILES",
    "FULL_NAME",
    "LINKS",
    "MORPH_RELATION",
    "MULTI_SELECT",
    "NUMBER",
    "PHONES",
    "RATING",
    "RAW_JSON",
    "RELATION",
    "RICH_TEXT",
    "SELECT",
    "TEXT",
    "UUID",
];

/// Types that can carry a unique index.
const UNIQUE: &[&str] = &["EMAILS", "LINKS", "NUMBER", "PHONES", "RELATION", "TEXT", "UUID"];

pub fn check(there: &Standard, schema: &Schema, log: &mut Log) {
    check_objects(there, &schema.objects, log);
    let mut objects: BTreeMap<String, Vec<Field>> = BTreeMap::new();
    for object in &there.objects {
        objects.insert(object.name.clone(), object.fields.clone());
    }
    for object in &schema.objects {
        objects.entry(object.name_singular.clone()).or_insert_with(custom_object_fields);
    }
    for spec in &schema.fields {
        check_field(spec, &mut objects, log);
    }
    for (name, fields) in &objects {
        check_labels(name, fields, log);
    }
}

fn check_objects(standard: &Standard, objects: &[ObjectSpec], log: &mut Log) {
    let mut names: HashSet<&str> = standard.other_names.iter().map(String::as_str).collect();
    let mut labels = HashSet::new();
    for object in &standard.objects {
        names.extend([object.name.as_str(), object.name_plural.as_str()]);
        labels.extend([object.label.to_lowercase(), object.label_plural.to_lowercase()]);
    }
    for object in objects {
        let what = object.name_singular.as_str();
        if object.existing {
            let there = standard.objects.iter().find(|there| there.name == *what);
            if there.is_none_or(|there| there.name_plural != object.name_plural) {
                log.manifest(what, "object-existing", "the workspace has no such object");
            }
            continue;
        }
        for name in [&object.name_singular, &object.name_plural] {
            if !is_name(name) {
                log.manifest(what, "object-name", name.as_str());
            } else if RESERVED.contains(&name.as_str()) {
                log.manifest(what, "object-reserved", name.as_str());
            }
        }
        let same = object.name_singular == object.name_plural
            || object.label_singular.eq_ignore_ascii_case(&object.label_plural);
        if same {
            log.manifest(what, "object-plural", "singular and plural are equal");
            names.insert(what);
            continue;
        }
        for name in [&object.name_singular, &object.name_plural] {
            if !names.insert(name) {
                log.manifest(what, "object-taken", name.as_str());
            }
        }
        for label in [&object.label_singular, &object.label_plural] {
            if !is_label(label) || label.chars().count() > MAX_CHARS {
                log.manifest(what, "object-label", label.as_str());
            } else if !labels.insert(label.to_lowercase()) {
                log.manifest(what, "object-label", format!("{label} is taken"));
            }
        }
    }
}

/// Checks one field and enters it (and its reverse side) among its object's.
fn check_field(spec: &FieldSpec, objects: &mut BTreeMap<String, Vec<Field>>, log: &mut Log) {
    let what = format!("{}.{}", spec.object, spec.name);
    let Some(fields) = objects.get(&spec.object) else {
        return log.manifest(&what, "field-object", "no such object");
    };
    if !matches!(spec.delivery.as_deref(), Some("csv" | "both")) {
        log.manifest(&what, "field-delivery", format!("{:?}", spec.delivery));
    }
    let there = fields.iter().find(|field| field.name == spec.name);
    if let (true, Some(there)) = (spec.is_append(), there) {
        if there.kind != spec.kind || there.label != spec.label {
            let detail = format!("the workspace has {} of type {}", there.label, there.kind);
            log.manifest(&what, "field-existing", detail);
        }
        check_lacks(spec, there, &what, log);
        if !spec.options().is_empty() {
            options::check(spec, &what, &there.options, log);
        }
        return;
    }
    if spec.is_append() {
        log.manifest(&what, "field-existing", "no such standard field");
    }
    let field = field_of(spec);
    check_name(&what, &field, fields, log);
    if !CREATABLE.contains(&spec.kind.as_str()) {
        log.manifest(&what, "field-type", spec.kind.as_str());
    }
    if !is_label(&spec.label) {
        log.manifest(&what, "field-label", format!("{:?}", spec.label));
    }
    if spec.unique && !UNIQUE.contains(&spec.kind.as_str()) {
        log.manifest(&what, "field-unique", format!("{} cannot be unique", spec.kind));
    }
    if spec.unique && spec.default.as_ref().is_some_and(|default| !default.is_null()) {
        log.manifest(&what, "field-unique", "a unique field takes no default");
    }
    options::check(spec, &what, &[], log);
    check_relation(spec, &what, objects, log);
    objects.entry(spec.object.clone()).or_default().push(field);
}

/// What the manifest says the workspace's field lacks is what it lacks.
fn check_lacks(spec: &FieldSpec, there: &Field, what: &str, log: &mut Log) {
    for (lack, is) in [("active", !there.is_active), ("unique", spec.unique && !there.is_unique)] {
        if spec.lacks(lack) != is {
            log.manifest(what, "field-lacks", lack);
        }
    }
}

fn check_name(what: &str, field: &Field, fields: &[Field], log: &mut Log) {
    let name = field.name.as_str();
    let clash = |other: &Field| takes(other, name) || takes(field, &other.name);
    if !is_name(name) {
        log.manifest(what, "field-name", name);
    } else if RESERVED.contains(&name) {
        log.manifest(what, "field-reserved", name);
    } else if fields.iter().any(clash) {
        log.manifest(what, "field-taken", name);
    }
}

/// Whether `field` occupies `name` itself, as a join column or as a column of a composite.
fn takes(field: &Field, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(field.name.as_str()) else { return false };
    let many_to_one = field.relation.as_ref().is_some_and(|r| r.kind == "MANY_TO_ONE");
    let sub =
        |(kind, _, sub, _): &(&str, &str, &str, _)| *kind == field.kind && capitalised(sub) == rest;
    rest.is_empty() || (many_to_one && rest == "Id") || SUB_FIELDS.iter().any(sub)
}

/// Checks a relation and enters its reverse side on the target.
fn check_relation(
    spec: &FieldSpec,
    what: &str,
    objects: &mut BTreeMap<String, Vec<Field>>,
    log: &mut Log,
) {
    let Some(relation) = &spec.relation else {
        if spec.kind == "RELATION" {
            log.manifest(what, "relation-spec", "no target");
        }
        return;
    };
    if spec.kind != "RELATION" {
        log.manifest(what, "relation-spec", format!("a {} has no target", spec.kind));
        return;
    }
    let Some(fields) = objects.get_mut(&relation.target) else {
        log.manifest(what, "relation-spec", format!("unknown target {}", relation.target));
        return;
    };
    let name = camel_case(&relation.reverse_label);
    let taken = fields.iter().any(|field| takes(field, &name));
    if !is_label(&relation.reverse_label)
        || !is_name(&name)
        || RESERVED.contains(&name.as_str())
        || taken
    {
        let detail = format!("reverse label {:?} ({name})", relation.reverse_label);
        log.manifest(what, "relation-reverse", detail);
    } else {
        let back = Relation { kind: "ONE_TO_MANY".into(), target: spec.object.clone() };
        fields.push(Field {
            name,
            label: relation.reverse_label.clone(),
            kind: "RELATION".into(),
            is_unique: false,
            is_active: true,
            options: Vec::new(),
            relation: Some(back),
        });
    }
}

/// Two fields with one label are never matched; the server does not mind (`observed E1`).
fn check_labels(object: &str, fields: &[Field], log: &mut Log) {
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
                log.manifest(&format!("{object}.{}", field.name), "label-duplicate", detail);
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
    chars
        .next()
        .map_or(String::new(), |first| first.to_ascii_uppercase().to_string() + chars.as_str())
}

/// `Close Site Visits` → `closeSiteVisits`: the name the server gives a reverse side.
fn camel_case(label: &str) -> String {
    let words = label.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .enumerate()
        .map(|(at, word)| match at {
            0 => word.to_lowercase(),
            _ => capitalised(&word.to_lowercase()),
        })
        .collect()
}
