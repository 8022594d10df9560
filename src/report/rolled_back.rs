//! What a rollback tells people: what was destroyed, put back and kept, step after step. It must not leave a row unmentioned.

use super::table::{Table, number};
use crate::push::rollback::Outcome;
use std::fmt::Write as _;

/// The closing table.
pub fn table(outcome: &Outcome) -> String {
    let head = ["Step", "Known", "Destroyed", "Put back", "Kept", "Gone already", "Untouched"];
    let mut table = Table::new(&head);
    for one in &outcome.steps {
        let figures = [one.known, one.destroyed, one.put_back, one.kept, one.gone, one.untouched];
        table.row(std::iter::once(one.step.clone()).chain(figures.map(number)));
    }
    let mut out = table.text();
    let schema = &outcome.schema;
    let _ = writeln!(
        out,
        "\nSchema: {} objects and {} fields removed, {} fields put back, {} kept{}.",
        number(schema.objects),
        number(schema.fields),
        number(schema.altered),
        number(schema.kept),
        if schema.left > 0 {
            format!(", {} left as you asked", number(schema.left))
        } else {
            String::new()
        }
    );
    if outcome.timeline + outcome.runs > 0 {
        let _ = writeln!(
            out,
            "{} lines of the timeline and {} runs of workflows destroyed.",
            number(outcome.timeline),
            number(outcome.runs)
        );
    }
    if outcome.loose_files > 0 {
        let _ = writeln!(
            out,
            "{} uploaded files belong to no record: Twenty has no way to remove them.",
            number(outcome.loose_files)
        );
    }
    out.push_str(verdict(outcome));
    out.push('\n');
    out
}

fn verdict(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome { dry_run: true, .. } => "Nothing was done: this is what a rollback would do.",
        Outcome { kept: 1.., .. } => "Something was kept: a person must decide.",
        Outcome { schema, .. } if schema.left > 0 => {
            "The records are as they were before the push; the schema stays."
        }
        _ => "The workspace is as it was before the push.",
    }
}
