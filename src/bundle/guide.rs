//! `GUIDE.md`: what an admin who has never seen Twenty's settings does by hand, click by click, so
//! that every file of the bundle imports without mapping a column and without an error. Made from
//! the manifest alone; it must not read the bundle, ask for the time, or say what it cannot know
//! of the workspace. What the clicks are called: `twenty-importer.md §1`, `twenty-observed.md §E2,
//! §E3, §E7`. Prose that no bundle changes is in `guide/prose/`.

mod after;
mod before;
mod fields;
mod files;
pub(crate) mod page;
mod since;

#[cfg(test)]
mod tests;

use crate::bundle::manifest::{Manifest, Step};
use page::{Page, number, plural, text, total};

/// The whole guide, as Markdown (tables as on GitHub). `notes` are remarks of the conversion that
/// the admin should know before starting; they are plain text.
///
/// Deterministic: the same manifest and notes give the same bytes.
pub fn write(manifest: &Manifest, notes: &[String]) -> String {
    let mut page = Page::default();
    page.heading(1, "Import this bundle into Twenty");
    overview(&mut page, manifest);
    remarks(&mut page, manifest, notes);
    since::write(&mut page, manifest);
    before::write(&mut page, manifest);
    fields::write(&mut page, manifest);
    files::write(&mut page, manifest);
    page.heading(2, "4 When the importer complains");
    page.prose(include_str!("guide/prose/errors.md"));
    after::write(&mut page, manifest);
    page.finish()
}

fn overview(page: &mut Page, manifest: &Manifest) {
    let new = manifest.schema.fields.iter().filter(|field| !field.existing).count() as u64;
    let count = total(manifest.steps.iter().map(|step| step.files.len() as u64));
    let rows = total(manifest.steps.iter().map(Step::rows));
    let objects = manifest.schema.objects.iter().filter(|object| !object.existing).count() as u64;
    let objects = match objects {
        0 => String::new(),
        n => format!("{}, ", plural(n, "object", "objects")),
    };
    page.para(&format!(
        "For the admin of a Twenty workspace, version 2.21. You will make {objects}{}, import {} with \
         {} in {}, and check the result. You need a browser and this folder, nothing else. Do the \
         sections in their order and leave nothing out.",
        plural(new, "field", "fields"),
        plural(count, "file", "files"),
        plural(rows, "row", "rows"),
        plural(files::filled(manifest), "step", "steps"),
    ));
    page.list(&[
        "[1 Before you start](#1-before-you-start)".to_owned(),
        "[2 Make the fields](#2-make-the-fields)".to_owned(),
        "[3 Import the files](#3-import-the-files)".to_owned(),
        "[4 When the importer complains](#4-when-the-importer-complains)".to_owned(),
        "[5 Afterwards](#5-afterwards)".to_owned(),
    ]);
    page.para(
        "Names in **bold** are to be clicked. What stands in `this type` is to be typed letter by \
         letter; if you see a `` ` `` on either side, it is no part of it. `report.html`, beside this \
         file, shows what the bundle holds and how it came about: a double click opens it. If all you \
         have is a `.zip`, unpack it first.",
    );
    page.para("For a rehearsal, import the files into an empty test workspace first.");
}

fn remarks(page: &mut Page, manifest: &Manifest, notes: &[String]) {
    let mut remarks = Vec::new();
    if !manifest.mapping.confirmed {
        remarks.push(
            "The map of this bundle has not been confirmed by a person. Open `report.html` and read \
             it, above all what was merged and what was rejected, before you import."
                .to_owned(),
        );
    }
    let rejected = total(manifest.totals.records.values().map(|counts| counts.rejected));
    if rejected > 0 {
        remarks.push(format!(
            "{} of the export could not be used: `report.html` says why, `reports/rejects.csv` lists \
             each. ({} in all were read.)",
            plural(rejected, "record", "records"),
            number(total(manifest.totals.records.values().map(|counts| counts.read))),
        ));
    }
    remarks.extend(notes.iter().map(|note| text(note)));
    if !remarks.is_empty() {
        page.para("**Know this before you start:**");
        page.list(&remarks);
    }
}
