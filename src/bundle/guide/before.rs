//! Section 1 of the guide: what to do before anything is changed in Twenty.

use super::page::{Page, duration, number, plural, seconds, total};
use crate::bundle::manifest::{Manifest, Target};

/// Seconds the clicks for one file take (`twenty-observed.md §E2`).
const CLICKS: u64 = 22;

/// Rows from which a file makes the browser heavy, and what to say then
/// (`twenty-observed.md §E3 d`).
const BIG: u64 = 5_000;
const MEMORY: &str = " A file of 10,000 rows needs about 3 GB of memory in the browser: close \
                      other tabs.";

pub fn write(page: &mut Page, manifest: &Manifest) {
    page.heading(2, "1 Before you start");
    page.prose(if manifest.workspace.as_ref().is_some_and(|workspace| workspace.schema) {
        include_str!("prose/language-workspace.md")
    } else {
        include_str!("prose/language.md")
    });
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
    if let Some(workspace) = &manifest.workspace {
        missing(page, workspace);
    }
    page.para(if named {
        "The files of this bundle name members by their address (the columns that end in *User \
         Email*). Each of them must be a member **before** you import: one unknown address stops \
         the import of its file."
    } else {
        "The files of this bundle assign no record to a member. Who owned a record stays readable \
         in the field *Close Owner*, also for people who have left."
    });
}

/// Who owned something in Close and is no member.
fn missing(page: &mut Page, workspace: &Target) {
    let Some(members) = workspace.members else { return };
    let known = plural(members, "member", "members");
    if workspace.missing == 0 {
        page.para(&format!(
            "The workspace file lists {known}: everybody who owned something in Close is one of them."
        ));
        return;
    }
    let inactive = match workspace.missing_inactive {
        0 => String::new(),
        inactive => format!(" ({} of them inactive in Close)", number(inactive)),
    };
    page.para(&format!(
        "The workspace file lists {known}. **{} who owned something in Close {} missing there{inactive}**: \
         no cell names them, their name and address stand in *Close Owner*. {} for them. They come \
         first in `reports/owners.csv`, those with most records on top.",
        plural(workspace.missing, "person", "people"),
        if workspace.missing == 1 { "is" } else { "are" },
        plural(workspace.waiting, "value waits", "values wait"),
    ));
    page.list(&[
        "Invite those who shall own records, and wait until they have joined.".to_owned(),
        "Save a fresh workspace file and convert again with it; with `--since` and this bundle, only \
         the rows that change are written."
            .to_owned(),
        "Import those files: the records are found by their *Close Id* and get their owner.".to_owned(),
    ]);
    page.para("This can be done before the import or at any time after it.");
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
        "Nobody should work in Twenty meanwhile, and nothing else should write to it, connected \
         mailboxes included: the counts after each of the {} steps are your proof that nothing is \
         missing.",
        number(super::files::filled(manifest))
    ));
}
