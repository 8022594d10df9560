//! What a verification tells people: a line for each step, findings by field, and the verdict in one sentence. It must not
//! promise more than was looked at.

use super::table::{Table, number, plural};
use crate::push::verify::Outcome;
use std::fmt::Write as _;

/// The closing table and the verdict.
pub fn table(outcome: &Outcome) -> String {
    let head = ["Step", "Rows", "Compared", "Equal", "Different", "Missing", "Waiting", "Rejected"];
    let mut table = Table::new(&head);
    for one in &outcome.steps {
        let figures = [
            one.rows,
            one.compared,
            one.equal,
            one.different,
            one.missing,
            one.waiting,
            one.rejected,
        ];
        table.row(std::iter::once(one.step.clone()).chain(figures.map(number)));
    }
    let mut out = table.text();
    if outcome.findings > 0 {
        out.push('\n');
        out.push_str(&findings(outcome));
    }
    let _ = writeln!(out, "\n{}", verdict(outcome));
    out
}

/// Findings by sort, and by field.
fn findings(outcome: &Outcome) -> String {
    let mut table = Table::new(&["Findings", "Number"]);
    for (kind, count) in &outcome.kinds {
        table.row([kind.name().to_owned(), number(*count)]);
    }
    for (object, fields) in &outcome.fields {
        for (field, count) in fields {
            table.row([format!("{object}.{field}"), number(*count)]);
        }
    }
    table.text()
}

/// What is proven, in one sentence.
fn verdict(outcome: &Outcome) -> String {
    let (rows, seen) = (outcome.rows, number(outcome.looked_at));
    let findings = plural(outcome.findings, "finding", "findings");
    let found = match (outcome.findings, outcome.wrong) {
        (0, _) => "all of them are as the bundle says".to_owned(),
        (_, wrong) => {
            let wrong = plural(wrong, "of them is", "of them are");
            format!("{wrong} not as the bundle says ({findings})")
        }
    };
    if !outcome.sample || outcome.looked_at >= outcome.rows {
        let rejected: u64 = outcome.steps.iter().map(|step| step.rejected).sum();
        let but = if rejected == 0 {
            String::new()
        } else {
            let rejected = plural(rejected, "refused row is", "refused rows are");
            format!("; {rejected} not in Twenty")
        };
        let rows = plural(rows, "row was", "rows were");
        return format!("{rows} looked at, and {found}{but}.");
    }
    format!(
        "{seen} of {} looked at, and {found}: with 95 % confidence at most {:.2} % of all rows ({}) are wrong.",
        plural(rows, "row was", "rows were"),
        outcome.at_most * 100.0,
        number(outcome.rows_at_most)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_says_what_was_looked_at() {
        let whole = Outcome { rows: 1200, looked_at: 1200, ..Outcome::default() };
        assert_eq!(
            verdict(&whole),
            "1,200 rows were looked at, and all of them are as the bundle says."
        );
        let found = Outcome { findings: 3, wrong: 2, ..whole.clone() };
        assert_eq!(
            verdict(&found),
            "1,200 rows were looked at, and 2 of them are not as the bundle says (3 findings)."
        );
        let sample =
            Outcome { sample: true, looked_at: 300, at_most: 0.009_9, rows_at_most: 11, ..whole };
        assert_eq!(
            verdict(&sample),
            "300 of 1,200 rows were looked at, and all of them are as the bundle says: with 95 % confidence at most 0.99 % of all rows (11) are wrong."
        );
    }
}
