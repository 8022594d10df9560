//! What a bundle that holds only changes asks of the admin: which fields and options are new, and
//! what does not happen by itself. Written for bundles of `--since` only.

use super::page::{Page, code, label, number, plural, text, total};
use crate::bundle::manifest::{Manifest, Since, SinceField};

pub fn write(page: &mut Page, manifest: &Manifest) {
    let Some(since) = &manifest.since else { return };
    page.para(
        "**This bundle holds changes only.** It belongs on top of an older bundle that was imported \
         before: it has the rows that are new or say something else since then, and leaves out the \
         others.",
    );
    page.table(
        ["Rows of", "New", "Changed", "Gone", "Unchanged, left out"],
        since.steps.iter().map(|step| {
            let counts = [step.new, step.changed, step.gone, step.unchanged].map(number);
            let [new, changed, gone, unchanged] = counts;
            [code(&step.step), new, changed, gone, unchanged]
        }),
    );
    page.list(&remarks(since));
    schema(page, since);
}

fn remarks(since: &Since) -> Vec<String> {
    let mut remarks = vec![
        "A changed row updates its record: Twenty finds it by its *Close Id*. What somebody \
         changed in Twenty meanwhile in one of its fields is overwritten."
            .to_owned(),
        "Twenty's importer leaves out empty cells: a value that was emptied in Close stays in \
         Twenty."
            .to_owned(),
    ];
    let gone = total(since.steps.iter().map(|step| step.gone));
    if gone > 0 {
        remarks.push(format!(
            "{} no longer in the export (`reports/delta.csv`, *gone*). Nothing deletes them in \
             Twenty: find them by their *Close Id* and decide. Where one was merged into another, \
             delete and destroy it **before** you import, or its e-mail address or web domain is \
             still taken.",
            plural(gone, "row is", "rows are"),
        ));
    }
    if !since.same_mapping {
        remarks.push(
            "The older bundle was made with another map or other choices: rows may have changed \
             for that reason alone."
                .to_owned(),
        );
    }
    remarks
}

fn schema(page: &mut Page, since: &Since) {
    if since.objects.is_empty() && since.fields.is_empty() {
        page.para("**Section 2 asks for nothing new:** its fields and options are there already.");
        return;
    }
    page.para("**New in section 2** since the older bundle; the rest is there already:");
    let objects = since.objects.iter().map(|name| format!("the object {}", code(name)));
    let fields = since.fields.iter().map(field);
    page.list(&objects.chain(fields).collect::<Vec<_>>());
}

fn field(field: &SinceField) -> String {
    let place = format!("{} › {}", code(&field.object), label(&field.label));
    let options: Vec<String> = field.options.iter().map(|option| label(option)).collect();
    match (field.new, &field.was) {
        (true, _) => format!("the field {place}"),
        (_, Some(was)) => format!(
            "{place} has another type now (it was {}): make it anew, its old values are lost",
            text(was)
        ),
        _ => format!("options of {place}: {}", options.join(", ")),
    }
}
