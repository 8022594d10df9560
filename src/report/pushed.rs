//! What a push tells people: what would be done (`--dry-run`), and what was done, phase by phase. It must not leave a row
//! unmentioned.

use super::table::{Table, number, plural};
use crate::push::preflight::Preflight;
use crate::push::progress::Counts;
use crate::push::run::Outcome;
use std::fmt::Write as _;

/// The closing table.
pub fn table(outcome: &Outcome) -> String {
    let mut out = counts(&outcome.phases);
    if outcome.written == 0 {
        out.push_str("\nThis run had nothing to write: everything was there.\n");
    }
    let _ = writeln!(
        out,
        "\n{} in {}, {} of them refused for their pace; {} sent.",
        plural(outcome.calls, "request", "requests"),
        span(outcome.seconds),
        number(outcome.refused),
        bytes(outcome.bytes)
    );
    let rejected: u64 = outcome.phases.iter().map(|one| one.rejected).sum();
    let waiting: u64 = outcome.phases.iter().map(|one| one.waiting).sum();
    if rejected > 0 {
        let _ = writeln!(out, "{} refused.", plural(rejected, "row was", "rows were"));
    }
    if waiting > 0 {
        let _ = writeln!(
            out,
            "{} for records or members that are not there yet.",
            plural(waiting, "link waits", "links wait")
        );
    }
    out
}

/// A line for each part of the work.
pub fn counts(phases: &[Counts]) -> String {
    let mut table =
        Table::new(&["Phase", "Planned", "Created", "Updated", "Unchanged", "Rejected", "Waiting"]);
    for one in phases {
        let name = format!("{}: {}", one.phase, one.object);
        let figures =
            [one.planned, one.created, one.updated, one.unchanged, one.rejected, one.waiting];
        table.row(std::iter::once(name).chain(figures.map(number)));
    }
    table.text()
}

/// What a push would do, and why it would not begin.
pub fn preflight(found: &Preflight) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Workspace {}{}, members: {}.",
        found.workspace,
        found.version.as_ref().map_or(String::new(), |version| format!(" (Twenty {version})")),
        number(found.members)
    );
    let role = found.rights.role.as_deref().unwrap_or("unknown");
    let may = |right: Option<bool>| match right {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "unknown",
    };
    let rights = &found.rights;
    let _ = writeln!(
        out,
        "Key: role {role}; data model {}, records {}, uploads {}, destroy {}.",
        may(rights.data_model),
        may(rights.write),
        may(rights.upload),
        may(rights.destroy)
    );
    let schema = &found.schema;
    let _ = writeln!(
        out,
        "Schema: {} and {} to make, {} to change, {} used as they are, {}.",
        plural(schema.objects as u64, "object", "objects"),
        plural(schema.fields as u64, "field", "fields"),
        schema.altered,
        schema.reused,
        plural(found.conflicts.len() as u64, "conflict", "conflicts")
    );
    for conflict in &found.conflicts {
        let field = conflict.field.as_ref().map_or(String::new(), |field| format!(".{field}"));
        let _ = writeln!(out, "  {}{field}: {}", conflict.object, conflict.why);
    }
    collisions(&mut out, found);
    for workflow in &found.workflows {
        let _ = writeln!(out, "Workflow `{}` would run: {}.", workflow.name, workflow.event);
    }
    for webhook in &found.webhooks {
        let _ = writeln!(
            out,
            "Webhook at {} would be called: {}.",
            webhook.host,
            webhook.operations.join(", ")
        );
    }
    for email in &found.missing_members {
        let _ = writeln!(out, "No member: {email}");
    }
    for note in &found.notes {
        let _ = writeln!(out, "Note: {note}");
    }
    let _ = writeln!(
        out,
        "{} and {}: about {}, {} under Twenty's default limit.",
        plural(found.rows, "row", "rows"),
        plural(found.files, "file", "files"),
        plural(found.calls, "request", "requests"),
        span(found.seconds as f64)
    );
    if found.stops.is_empty() {
        out.push_str("The push may begin.\n");
    }
    for stop in &found.stops {
        let _ = writeln!(out, "STOP [{}]: {}\n  {}", stop.code, stop.why, stop.fix);
    }
    out
}

fn collisions(out: &mut String, found: &Preflight) {
    if found.collisions.is_empty() {
        return;
    }
    let mut table = Table::new(&[
        "In the workspace already",
        "Records",
        "Met",
        "Deleted, met",
        "Other Close Id",
        "Meet several",
    ]);
    for one in &found.collisions {
        let figures = [one.there, one.existing, one.deleted, one.other_close_id, one.several];
        table.row(std::iter::once(one.step.clone()).chain(figures.map(number)));
    }
    out.push_str(&table.text());
}

/// Seconds as people say them.
fn span(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..=1 => format!("{seconds:.1} s"),
        2..=119 => format!("{whole} s"),
        120..=7199 => format!("{} min", whole / 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => plural(bytes, "byte", "bytes"),
        1000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
