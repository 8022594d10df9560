//! The order of things: steps after what they depend on, files inside their folder, tasks and
//! notes from old to new (design: "Activities are written in chronological order").

use std::collections::BTreeSet;

use super::catalog::{Catalog, Cell, Column};
use super::manifest::Manifest;
use super::{Log, Sheet, moment};

/// Objects the importer lists whose creation it refuses (`twenty-importer.md §5.1`).
const NOT_IMPORTABLE: &[&str] = &["workspaceMember"];
/// Objects whose records are activities.
const CHRONOLOGICAL: &[&str] = &["task", "note"];

pub fn check_steps(manifest: &Manifest, catalog: &Catalog, log: &mut Log) {
    let orders: BTreeSet<u64> = manifest.steps.iter().map(|step| step.order).collect();
    let mut last = None;
    let mut paths = BTreeSet::new();
    for step in &manifest.steps {
        let name = step.folder.as_str();
        if last.is_some_and(|last| last >= step.order) {
            log.manifest(name, "step-order", format!("{} does not rise", step.order));
        }
        last = Some(step.order);
        for order in &step.depends_on {
            if *order >= step.order || !orders.contains(order) {
                let detail = format!("{} depends on {order}", step.order);
                log.manifest(name, "step-order", detail);
            }
        }
        if catalog.columns(&step.object).is_none() || NOT_IMPORTABLE.contains(&step.object.as_str())
        {
            log.manifest(name, "step-object", step.object.as_str());
        }
        for file in &step.files {
            let inside = file.path.strip_prefix(name).and_then(|rest| rest.strip_prefix('/'));
            let plain = |rest: &str| !rest.is_empty() && !rest.split('/').any(|part| part == "..");
            if !inside.is_some_and(plain) || name.starts_with('/') || name.contains("..") {
                log.manifest(name, "file-path", file.path.as_str());
            }
            if !paths.insert(file.path.as_str()) {
                log.manifest(name, "file-path", format!("{} is listed twice", file.path));
            }
        }
    }
}

pub fn check_chronology(sheets: &[Sheet<'_>], log: &mut Log) {
    let mut latest: Option<(u64, i128)> = None;
    let created = |column: &Column| column.cell == Cell::DateTime && column.field == "createdAt";
    for sheet in sheets {
        if !CHRONOLOGICAL.contains(&sheet.step.object.as_str()) {
            continue;
        }
        let Some((at, column)) = sheet.columns_where(created).next() else { continue };
        for (row, text) in sheet.cells(at) {
            let Some(moment) = moment::date_time(text) else { continue };
            let step = sheet.step.order;
            if latest.is_some_and(|(of, latest)| of == step && latest > moment) {
                let detail = format!("{text} stands below a later one");
                log.add((sheet.path, row, &column.header), "chronology", detail);
            }
            latest = Some((step, moment));
        }
    }
}
