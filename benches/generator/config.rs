//! Writes the configuration files that belong to every generated export.
//!
//! The same users, statuses, pipelines and fields that the records refer to, in the shapes of
//! close-format.md §3.6. Two users are missing on purpose: one is an inactive membership only, one
//! is in no file at all.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::organization::{ACTIVE_USERS, Field, Labelled, Organization, Owner, User};

/// Writes `organization.json`, `users.json`, `custom_field_lead.json`, `custom_field_contact.json`,
/// `custom_field_opportunity.json`, `custom_field_activity.json` and `custom_activity.json` into
/// `dir`, which it creates. Existing files of these names are replaced.
///
/// # Errors
/// Those of the file system.
pub fn write_config(dir: &Path) -> io::Result<()> {
    let all = Organization::new();
    fs::create_dir_all(dir)?;
    let files = [
        ("organization.json", organization(&all)),
        ("users.json", page(all.users.iter().take(ACTIVE_USERS).map(|who| user(who, &all)))),
        ("custom_field_lead.json", page(fields(&all, Owner::Lead))),
        ("custom_field_contact.json", page(fields(&all, Owner::Contact))),
        ("custom_field_opportunity.json", page(fields(&all, Owner::Opportunity))),
        ("custom_field_activity.json", page(activity_fields(&all))),
        ("custom_activity.json", page(activity_types(&all))),
    ];
    for (name, value) in files {
        let mut text = serde_json::to_string_pretty(&value)?;
        text.push('\n');
        fs::write(dir.join(name), text)?;
    }
    Ok(())
}

/// One complete API page (layout L3).
fn page(rows: impl Iterator<Item = Value>) -> Value {
    json!({ "has_more": false, "data": rows.collect::<Vec<_>>() })
}

fn labels(rows: &[Labelled]) -> Vec<Value> {
    rows.iter().map(|row| json!({ "id": row.id, "label": row.label })).collect()
}

fn organization(all: &Organization) -> Value {
    let pipelines: Vec<Value> = all
        .pipelines
        .iter()
        .enumerate()
        .map(|(number, pipeline)| {
            let stages = all.stages.iter().filter(|stage| stage.pipeline == number);
            let statuses: Vec<Value> = stages
                .map(|stage| {
                    let Labelled { id, label } = &stage.status;
                    json!({ "id": id, "label": label, "type": stage.kind })
                })
                .collect();
            json!({
                "id": pipeline.id,
                "name": pipeline.label,
                "organization_id": all.id,
                "statuses": statuses,
                "date_created": "2018-11-08T12:03:27.631229",
            })
        })
        .collect();
    let members = |users: &[User]| users.iter().map(membership).collect::<Vec<_>>();
    let (active, inactive) = all.users.split_at_checked(ACTIVE_USERS).unwrap_or((&all.users, &[]));
    json!({
        "id": all.id,
        "name": "Example Sales Organisation",
        "currency": "EUR",
        "currency_symbol": "€",
        "lead_statuses": labels(&all.lead_statuses),
        "pipelines": pipelines,
        "memberships": members(active),
        "inactive_memberships": members(inactive.get(..1).unwrap_or_default()),
        "date_created": "2017-01-01T00:00:00.000000+00:00",
    })
}

fn names(user: &User) -> (&str, &str) {
    user.named.label.split_once(' ').unwrap_or((user.named.label, ""))
}

fn membership(user: &User) -> Value {
    let (first, last) = names(user);
    json!({
        "id": user.membership,
        "user_id": user.named.id,
        "user_email": user.email,
        "user_first_name": first,
        "user_last_name": last,
        "user_full_name": user.named.label,
        "role_id": "user",
    })
}

fn user(user: &User, all: &Organization) -> Value {
    let (first, last) = names(user);
    json!({
        "id": user.named.id,
        "email": user.email,
        "first_name": first,
        "last_name": last,
        "organizations": [all.id],
        "last_used_timezone": "Europe/Berlin",
        "date_created": "2017-01-02T08:00:00.000000+00:00",
        "date_updated": "2023-01-02T08:00:00.000000+00:00",
    })
}

fn fields(all: &Organization, owner: Owner) -> impl Iterator<Item = Value> {
    all.fields_of(owner).map(|field| definition(field, all))
}

fn definition(field: &Field, all: &Organization) -> Value {
    json!({
        "id": field.named.id,
        "name": field.named.label,
        "description": null,
        "type": field.kind,
        "choices": (!field.choices.is_empty()).then_some(field.choices),
        "accepts_multiple_values": field.multiple,
        "is_shared": false,
        "editable_with_roles": [],
        "referenced_custom_type_id": null,
        "organization_id": all.id,
        "date_created": "2021-05-17T00:00:00.000000+00:00",
        "date_updated": "2021-05-17T00:00:00.000000+00:00",
    })
}

fn activity_fields(all: &Organization) -> impl Iterator<Item = Value> {
    all.activity_types.iter().enumerate().flat_map(|(number, kind)| {
        fields(all, Owner::Activity(number)).map(|mut field| {
            if let Some(field) = field.as_object_mut() {
                field.insert("custom_activity_type_id".to_owned(), json!(kind.id));
                field.insert("required".to_owned(), json!(false));
            }
            field
        })
    })
}

fn activity_types(all: &Organization) -> impl Iterator<Item = Value> {
    all.activity_types.iter().enumerate().map(|(number, kind)| {
        // Without `choices`, as the endpoint delivers it.
        let fields: Vec<Value> = all
            .fields_of(Owner::Activity(number))
            .map(|field| {
                json!({
                    "id": field.named.id,
                    "name": field.named.label,
                    "type": field.kind,
                    "accepts_multiple_values": field.multiple,
                    "required": false,
                })
            })
            .collect();
        json!({
            "id": kind.id,
            "name": kind.label,
            "description": null,
            "api_create_only": false,
            "editable_with_roles": [],
            "fields": fields,
            "organization_id": all.id,
            "date_created": "2021-06-01T12:00:00.000000",
        })
    })
}
