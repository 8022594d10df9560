//! Section 5 of the guide: what to check, what it looks like, what stays behind, how to undo.

use super::files::{first_pass, new_rows};
use super::page::{Page, number, plural, size, text};
use crate::bundle::manifest::{Attachments, Manifest};
use std::fmt::Write as _;

pub fn write(page: &mut Page, manifest: &Manifest) {
    page.heading(2, "5 Afterwards");
    counts(page, manifest);
    page.prose(include_str!("prose/sign-off.md"));
    page.prose(include_str!("prose/look.md"));
    left(page, manifest);
    page.prose(include_str!("prose/undo.md"));
}

fn counts(page: &mut Page, manifest: &Manifest) {
    page.heading(3, "5.1 Check the result");
    page.para("The counts must have grown by these numbers since you began:");
    let steps = manifest.steps.iter().enumerate();
    let first = steps
        .filter(|(i, step)| {
            first_pass(manifest.steps.get(..*i).unwrap_or_default(), step).is_none()
        })
        .map(|(i, step)| (step, new_rows(manifest, i).unwrap_or_else(|| step.rows())));
    page.table(
        ["View", "Records from the files"],
        first.map(|(step, rows)| {
            [format!("All {}", manifest.label_plural(&step.object)), number(rows)]
        }),
    );
    if let Some(leads) = leads(&manifest.mapping.leads) {
        page.para(&format!(
            "**Where the leads are.** {leads} *Close Lead Id* and *Lead Status* are on the record \
             that stands for the lead."
        ));
    }
}

/// What stands for a lead (`leads` in the mapping).
fn leads(strategy: &str) -> Option<&'static str> {
    match strategy {
        "auto" => Some(
            "A lead of Close is the person of its first contact. A lead without contacts is a \
             person of its own, or its company where it is evidently an organisation.",
        ),
        "person" => Some("Each lead of Close is a person, mostly that of its first contact."),
        "company" => Some("Each lead of Close is a company."),
        _ => None,
    }
}

/// What no file of the bundle brings into Twenty (`twenty-importer.md §5.1`).
fn left(page: &mut Page, manifest: &Manifest) {
    page.heading(3, "5.5 What is not in Twenty");
    files(page, &manifest.attachments);
    page.para(
        "Everything of the export that has no place in a file is kept in `archive/`, one line for \
         each record. Keep the whole bundle. Sequences, smart views and templates are described in \
         `reports/inventory.md` for whoever rebuilds them.",
    );
    if manifest.totals.records.is_empty() {
        return;
    }
    page.table(
        ["In Close", "Read", "Written as rows", "Merged", "Archive only", "Rejected"],
        manifest.totals.records.iter().map(|(kind, counts)| {
            [
                text(kind),
                number(counts.read),
                number(counts.written),
                number(counts.merged),
                number(counts.archived),
                number(counts.rejected),
            ]
        }),
    );
}

/// Files: the importer takes none, so they are put on their records by hand, or pushed.
fn files(page: &mut Page, files: &Attachments) {
    if files.referenced == 0 {
        return;
    }
    let recordings = match files.recordings {
        0 => String::new(),
        n => format!(
            ", {} among them",
            plural(n, "recording or voicemail", "recordings and voicemails")
        ),
    };
    let mut text = format!(
        "Twenty's importer takes no files. The export refers to {}{recordings}; `files.csv` lists \
         each with its record, type and time.",
        plural(files.referenced, "file", "files"),
    );
    if files.given {
        let place = if files.in_bundle {
            format!(" (in `files/`, {})", size(files.stored.bytes))
        } else {
            ", in their own place (column *source*)".to_owned()
        };
        let _ = write!(
            text,
            " {} there{place}: add the important ones by hand on the **Files** tab of their records.",
            plural(files.attached, "is", "are"),
        );
        let lost = files.missing + files.rejected;
        if lost > 0 {
            let lost = plural(lost, "is missing or cannot", "are missing or cannot");
            let _ = write!(
                text,
                " {lost} be used: `reports/attachments.csv` says why, and what to do."
            );
        }
    } else {
        text.push_str(
            " No folder of downloaded files was given, so the bundle holds none of them: download them \
             from Close (column *url*) and convert again with `--attachments`.",
        );
    }
    page.para(&text);
}
