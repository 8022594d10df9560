//! The manifest against itself and against what lies in the bundle: the order of steps, the places of
//! files, links, and the parts beside the CSV files. It reads no CSV file of a step.

use super::catalog::Catalog;
use super::contract::{self, Contract};
use super::finding::Log;
use super::place::Place;
use super::rules;
use std::collections::BTreeSet;

/// Checks the steps and what they list.
pub(super) fn check(contract: &Contract, catalog: &Catalog, log: &mut Log) {
    let orders: BTreeSet<u64> = contract.steps.iter().map(|step| step.order).collect();
    let (mut last, mut paths) = (None, BTreeSet::new());
    for step in &contract.steps {
        let name = step.folder.as_str();
        if last.is_some_and(|last| last >= step.order) {
            log.about(rules::STEP_ORDER, name, format!("{} does not rise", step.order));
        }
        last = Some(step.order);
        for order in &step.depends_on {
            if *order >= step.order || !orders.contains(order) {
                log.about(rules::STEP_ORDER, name, format!("{} depends on {order}", step.order));
            }
        }
        if !catalog.is_importable(&step.object) {
            log.about(rules::STEP_OBJECT, name, step.object.as_str());
        }
        for file in &step.files {
            let inside = file.path.strip_prefix(name).and_then(|rest| rest.strip_prefix('/'));
            let plain = |rest: &str| !rest.is_empty() && !rest.split('/').any(|part| part == "..");
            if !inside.is_some_and(plain) || name.starts_with('/') || name.contains("..") {
                log.about(rules::FILE_PATH, name, file.path.as_str());
            }
            if !paths.insert(file.path.as_str()) {
                log.about(rules::FILE_PATH, name, format!("{} is listed twice", file.path));
            }
        }
    }
    for link in &contract.links {
        let has = |step: &contract::Step| {
            step.object == link.object
                && step.columns.iter().any(|column| column.header == link.header)
        };
        if !contract.steps.iter().any(has) {
            log.about(rules::LINK_COLUMN, &link.object, link.header.as_str());
        }
    }
}

/// Checks the parts the manifest gives a size or digest for.
pub(super) fn check_parts(place: &Place, contract: &Contract, log: &mut Log) {
    for part in &contract.parts {
        match place.digest(&part.path) {
            Err(why) => log.about(rules::PART_MISSING, &part.path, why),
            Ok((bytes, digest)) => {
                let size = part.bytes.is_none_or(|size| size == bytes);
                let same =
                    part.sha256.as_ref().is_none_or(|said| said.eq_ignore_ascii_case(&digest));
                if !size || !same {
                    log.about(rules::PART_EDITED, &part.path, String::new());
                }
            }
        }
    }
}
