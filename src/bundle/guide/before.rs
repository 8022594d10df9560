//! Section 1 of the guide: what to do before anything is changed in Twenty.

use super::page::{Page, duration, number, plural, seconds, total};
use crate::bundle::manifest::Manifest;

/// Seconds the clicks for one file take (`twenty-observed.md §E2`).
const CLICKS: u64 = 22;

/// Rows from which a file makes the browser heavy, and what to say then
/// (`twenty-observed.md §E3 d`).
const BIG: u64 = 5_000;
const MEMORY: &str = " A file of 10,000 rows needs about 3 GB of memory in the browser: close \
                      other tabs.";

pub fn write(page: &mut Page, manifest: &Manifest) {
    page.heading(2, "1 Before you start");
    page.prose(include_str!("prose/before.md"));
    members(page, manifest);
    time(page, manifest);
}

/// An e-mail address of somebody who is no member makes a whole batch fail
/// (`twenty-observed.md §E3 e`).
fn members(page: &mut Page, manifest: &Manifest) {
    page.heading(3, "1.5 Invite the members");
    page.para(
        "Everybody who owned or made a record in Close is listed in `reports/owners.csv` with the \
         number of records. Invite those who will work in Twenty under **Settings → Members**, \
         with the address they had in Close, and wait until they have joined.",
    );
    let named = manifest
        .steps
        .iter()
        .flat_map(|step| &step.columns)
        .any(|column| column.sub_field.as_deref() == Some("userEmail"));
    page.para(if named {
        "The files of this bundle name members by their address (the columns that end in *User \
         Email*). Each of them must be a member **before** you import: one unknown address stops \
         the import of its file."
    } else {
        "The files of this bundle assign no record to a member. Who owned a record stays readable \
         in the field *Close Owner*, also for people who have left."
    });
}

fn time(page: &mut Page, manifest: &Manifest) {
    let files: Vec<u64> =
        manifest.steps.iter().flat_map(|step| &step.files).map(|file| file.rows).collect();
    let import = total(files.iter().map(|rows| seconds(*rows)));
    let clicks = CLICKS * files.len() as u64;
    let fields = &manifest.schema.fields;
    let options: usize = fields.iter().map(super::fields::to_add).sum();
    page.heading(3, "1.6 How long it takes");
    page.para(&format!(
        "Twenty takes about 2.1 s for 200 rows. {} with {}: {} for Twenty, {} with your clicks. \
         Making {} with {} takes longer than that; it is done once.{}",
        plural(files.len() as u64, "file", "files"),
        plural(total(files.iter().copied()), "row", "rows"),
        duration(import),
        duration(import.saturating_add(clicks)),
        plural(fields.iter().filter(|field| !field.existing).count() as u64, "field", "fields"),
        plural(options as u64, "option", "options"),
        if files.iter().any(|rows| *rows >= BIG) { MEMORY } else { "" },
    ));
    page.para(&format!(
        "Nobody should work in Twenty meanwhile, and nothing else should write to it: the counts \
         after each of the {} steps are your proof that nothing is missing.",
        number(super::files::filled(manifest))
    ));
}
