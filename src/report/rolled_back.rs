//! What a rollback tells people: what was destroyed, put back and kept, step after step. It must not leave a row unmentioned.

use super::table::{Table, number, plural};
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
        "\nSchema: {} and {} removed, {} put back, {} kept{}.",
        plural(schema.objects, "object", "objects"),
        plural(schema.fields, "field", "fields"),
        plural(schema.altered, "field", "fields"),
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
            "{} of the timeline and {} of workflows destroyed.",
            plural(outcome.timeline, "line", "lines"),
            plural(outcome.runs, "run", "runs")
        );
    }
    if outcome.loose_files > 0 {
        let _ = writeln!(
            out,
            "{} to no record: Twenty has no way to remove what was uploaded.",
            plural(outcome.loose_files, "uploaded file belongs", "uploaded files belong")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::rollback::{Counts, SchemaCounts};

    #[test]
    fn every_row_is_mentioned_and_the_end_is_one_sentence() {
        let step = Counts {
            step: "people".to_owned(),
            known: 1300,
            destroyed: 1200,
            put_back: 90,
            kept: 10,
            ..Counts::default()
        };
        let schema = SchemaCounts { objects: 1, fields: 26, altered: 1, ..SchemaCounts::default() };
        let outcome = Outcome { steps: vec![step], schema, kept: 10, ..Outcome::default() };
        let said = table(&outcome);
        let row: Vec<&str> = said
            .lines()
            .find(|line| line.starts_with("people"))
            .unwrap()
            .split_whitespace()
            .collect();
        assert_eq!(row, ["people", "1,300", "1,200", "90", "10", "0", "0"]);
        assert!(said.contains("1 object and 26 fields removed, 1 field put back, 0 kept."));
        assert!(said.ends_with("Something was kept: a person must decide.\n"));
        let done = Outcome { kept: 0, ..outcome };
        assert!(table(&done).ends_with("The workspace is as it was before the push.\n"));
    }
}
