//! Section 3 of the guide: the files, step by step, with the count to check after each.

use super::page::{Page, code, duration, number, plural, seconds, size, text, total};
use crate::bundle::manifest::{Manifest, Step};

pub fn write(page: &mut Page, manifest: &Manifest) {
    page.heading(2, "3 Import the files");
    if manifest.steps.iter().all(|step| step.files.is_empty()) {
        page.para("This bundle has no files to import.");
        return;
    }
    page.prose(include_str!("prose/import.md"));
    overview(page, manifest);
    for (i, step) in manifest.steps.iter().enumerate() {
        let earlier = manifest.steps.get(..i).unwrap_or_default();
        one(page, manifest, step, first_pass(earlier, step), new_rows(manifest, i));
    }
}

/// All steps on one screen, to be ticked off. `Before` and `After` are for the admin's pencil.
fn overview(page: &mut Page, manifest: &Manifest) {
    if filled(manifest) < 2 {
        return;
    }
    page.para(
        "**The steps at a glance.** Copy or print this list, and write the count of the view into \
         it before and after each step. *Grows by* is the difference you must find.",
    );
    let steps = manifest.steps.iter().enumerate().filter(|(_, step)| !step.files.is_empty());
    page.table(
        ["Step", "Page", "Files", "Rows", "Takes", "Before", "After", "Grows by"],
        steps.map(|(i, step)| {
            let again = first_pass(manifest.steps.get(..i).unwrap_or_default(), step).is_some();
            let new = new_rows(manifest, i).unwrap_or_else(|| step.rows());
            [
                step.order.to_string(),
                format!(
                    "{}{}",
                    text(manifest.label_plural(&step.object)),
                    if again { " (links)" } else { "" }
                ),
                number(step.files.len() as u64),
                number(step.rows()),
                duration(takes(step)),
                String::new(),
                String::new(),
                number(if again { 0 } else { new }),
            ]
        }),
    );
}

/// Seconds Twenty takes for all files of a step.
fn takes(step: &Step) -> u64 {
    total(step.files.iter().map(|file| seconds(file.rows)))
}

/// The number of steps that have files.
pub fn filled(manifest: &Manifest) -> u64 {
    manifest.steps.iter().filter(|step| !step.files.is_empty()).count() as u64
}

/// The step that imported the records to which `step` only adds links.
pub fn first_pass<'a>(earlier: &'a [Step], step: &Step) -> Option<&'a Step> {
    earlier.iter().find(|before| before.object == step.object)
}

/// The rows of a step that make new records, in a bundle that holds changed ones too.
pub fn new_rows(manifest: &Manifest, step: usize) -> Option<u64> {
    manifest.since.as_ref().and_then(|since| since.steps.get(step)).map(|step| step.new)
}

fn one(page: &mut Page, manifest: &Manifest, step: &Step, first: Option<&Step>, new: Option<u64>) {
    let object = text(manifest.label_plural(&step.object));
    let pass = if first.is_some() { ", second pass (links)" } else { "" };
    page.heading(3, &format!("Step {}: {object}{pass}", step.order));
    if step.files.is_empty() {
        page.para("Nothing to import in this step.");
        return;
    }
    if let Some(first) = first {
        second_pass(page, step, first);
    }
    page.para(&format!(
        "- Do it after: {}.\n- Page to open: **{object}** in the left sidebar, view **All \
         {object}**.\n- Command: **Import {object}**.\n- Folder: {}, {} in {}, {} in all.",
        after(&step.depends_on),
        code(&step.folder),
        plural(step.rows(), "row", "rows"),
        plural(step.files.len() as u64, "file", "files"),
        duration(takes(step)),
    ));
    page.table(
        ["No.", "File", "Rows", "Size", "Takes"],
        step.files.iter().enumerate().map(|(i, file)| {
            [
                number(i as u64 + 1),
                code(&file.path),
                number(file.rows),
                size(file.bytes),
                duration(seconds(file.rows)),
            ]
        }),
    );
    columns(page, step);
    check(page, &object, step, first, new);
}

/// A row cannot refer to a record of its own batch or of a later step (`twenty-importer.md §4.3`).
fn second_pass(page: &mut Page, step: &Step, first: &Step) {
    page.para(&format!(
        "These files make no new records. While step {} ran, the records they refer to were not \
         there yet, so these references come now: the files hold just the *Close Id* of \
         each record and its links. Twenty finds the record by its *Close Id* and adds the links. \
         All other values stay as they are ({}).",
        first.order,
        plural(step.rows(), "row", "rows"),
    ));
}

fn after(orders: &[usize]) -> String {
    let orders: Vec<String> = orders.iter().map(ToString::to_string).collect();
    match orders.as_slice() {
        [] => "nothing, you can begin with it".to_owned(),
        [one] => format!("step {one}"),
        [first @ .., last] => format!("steps {} and {last}", first.join(", ")),
    }
}

fn columns(page: &mut Page, step: &Step) {
    let headers: Vec<String> = step.columns.iter().map(|column| text(&column.header)).collect();
    page.para(&format!(
        "{}, each of which must find the field of the same name: {}.",
        plural(headers.len() as u64, "column", "columns"),
        headers.join(" · ")
    ));
}

fn check(page: &mut Page, object: &str, step: &Step, first: Option<&Step>, new: Option<u64>) {
    page.para(&match (first, new) {
        (None, Some(new)) => format!(
            "**Check:** the count of **All {object}** has grown by **{}**: the rows that are new. \
             The other {} of the files bring values of records that are there.",
            number(new),
            plural(step.rows().saturating_sub(new), "row", "rows"),
        ),
        (Some(_), _) => format!(
            "**Check:** the count of **All {object}** is the same as before. Open a few records of \
             the files and see that the links are there."
        ),
        (None, None) => format!(
            "**Check:** the count of **All {object}** has grown by **{}**{}. It may have grown by \
             less only if some of these records were in Twenty before: those were updated.",
            number(step.rows()),
            match step.files.as_slice() {
                [] | [_] => String::new(),
                files => format!(
                    " in all ({})",
                    files.iter().map(|file| number(file.rows)).collect::<Vec<_>>().join(" + ")
                ),
            }
        ),
    });
}
