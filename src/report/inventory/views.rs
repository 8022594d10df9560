//! Smart views: what they find, who sees them, which columns they show. It must not translate a
//! query into Twenty's filters.

use super::checklist::Entry;
use super::query::{Names, outline};
use super::{Source, query};
use crate::bundle::guide::page::text;
use crate::survey::inventory::{Item, Sort};
use std::fmt::Write as _;

/// One entry for each smart view.
pub(super) fn entries(source: &Source<'_>) -> Vec<Entry> {
    let names = names(source);
    let views = source.survey.inventory.of(Sort::SmartView);
    views.into_iter().map(|(id, item)| entry(source, id, item, &names)).collect()
}

fn entry(source: &Source<'_>, id: &str, item: &Item, names: &Names<'_>) -> Entry {
    let mut head = super::name(id, item);
    if !item.text("type").is_empty() {
        let _ = write!(head, ", of {} records", text(item.text("type")));
    }
    let _ = write!(head, ", {}", audience(source, item));
    let mut entry = Entry::new(head);
    if !item.text("description").is_empty() {
        entry.point(text(item.text("description")));
    }
    let columns: Vec<String> = item
        .list("selected_fields")
        .iter()
        .map(|field| text(&query::scalar(field, names)))
        .collect();
    if !columns.is_empty() {
        entry.point(format!("columns: {}", columns.join(", ")));
    }
    if !item.text("query").is_empty() {
        entry.code(item.text("query"));
    }
    match item.value("s_query") {
        Some(tree) => entry.code(&outline(tree, names)),
        None if item.text("query").is_empty() => entry.point("no query in this export"),
        None => {}
    }
    entry
}

/// Who sees the view.
fn audience(source: &Source<'_>, item: &Item) -> String {
    let owner = match item.text("user_id") {
        "" => "nobody named".to_owned(),
        id => source.user(id),
    };
    if item.flag("is_shared") {
        return format!("shared with everyone, made by {owner}");
    }
    let group =
        |id: &str| source.survey.inventory.get(Sort::Group, id).map(|g| text(g.text("name")));
    let shared: Vec<String> = item
        .list("shared_with")
        .iter()
        .map(|with| match with.as_str() {
            Some(id) => group(id).unwrap_or_else(|| source.user(id)),
            None => text(&with.to_string()),
        })
        .collect();
    if shared.is_empty() {
        return format!("private to {owner}");
    }
    format!("of {owner}, shared with {}", shared.join(", "))
}

/// What ids in queries mean.
fn names<'a>(source: &Source<'a>) -> Names<'a> {
    let config = &source.survey.config;
    let mut names = Names::default();
    for (id, field) in &config.fields {
        names.insert(id, &field.name);
    }
    for status in &config.lead_statuses {
        names.insert(&status.id, &status.label);
    }
    for pipeline in &config.pipelines {
        names.insert(&pipeline.id, &pipeline.name);
        pipeline.statuses.iter().for_each(|s| {
            names.insert(&s.id, &s.label);
        });
    }
    for (id, owner) in &source.plan.owners {
        names.insert(id, &owner.name);
    }
    let sorts = [
        Sort::SmartView,
        Sort::Sequence,
        Sort::EmailTemplate,
        Sort::Group,
        Sort::Outcome,
        Sort::CustomActivityType,
        Sort::CustomObjectType,
    ];
    for sort in sorts {
        for (id, item) in source.survey.inventory.of(sort) {
            names.insert(id, item.text("name"));
        }
    }
    names
}
