//! The end of the way of activities, tasks and notes: as what the map sends them, with their custom
//! fields. What is built as a task can end as a note and the other way round; values that have no
//! field there stand in the text. It must not know a single kind.

use super::custom;
use super::rows::Cells;
use super::work::Work;
use crate::close::Record;
use crate::mapping::Route;
use crate::plan::{Place, Plan, StepColumn};
use crate::twenty::markdown;
use crate::twenty::objects::{Object, note, task};

/// Sends a finished row of `native` to where the map wants it, and closes the record.
pub(super) fn finish(
    work: &mut Work<'_>,
    record: &Record<'_>,
    native: Object,
    cells: Cells,
    at: Option<i64>,
    id: &str,
) {
    let object = match work.plan.settings.route(record.kind) {
        Route::Note => Object::Note,
        Route::Task => Object::Task,
        Route::Object | Route::Archive => native,
    };
    let mut cells = if object == native { cells } else { moved(work.plan, &cells, object) };
    custom::fill(work, &[record], object.into(), &mut cells);
    work.emit(cells, at, id);
    custom::late_links(work, &[record], Place::Standard(object), id, at);
    work.out.count(record.kind).written += 1;
    work.close(record, "values without a field in Twenty");
}

/// The same row as another object.
fn moved(plan: &Plan, from: &Cells, to: Object) -> Cells {
    let (source, target) = (&plan.steps[from.step].columns, &plan.steps[to as usize].columns);
    let mut cells = Cells::new(to as usize, target.len());
    let same = |a: &StepColumn, b: &StepColumn| a.field == b.field && a.sub_field == b.sub_field;
    let mut details = Vec::new();
    for (at, column) in source.iter().enumerate() {
        let text = from.get_at(at);
        if text.is_empty() {
            continue;
        }
        match target.iter().position(|other| same(column, other)) {
            Some(there) => cells.set_at(there, text),
            None if says_nothing(column, text, from) => {}
            None => details.push(format!("{}: {}", column.header, shown(column, text))),
        }
    }
    if to == Object::Task {
        cells.set(task::STATUS, "DONE");
        cells.set(task::ACTIVITY_AT, from.get(note::CREATED_AT));
        return cells;
    }
    if !details.is_empty() {
        let body = cells.get(note::BODY);
        let parting = if body.is_empty() { "" } else { "\n\n" };
        let body = format!("{}{parting}{body}", markdown::from_text(&details.join("\n")));
        cells.set(note::BODY, body);
    }
    cells
}

/// Values that follow from the row being a note about the past.
fn says_nothing(column: &StepColumn, text: &str, from: &Cells) -> bool {
    match column.field.as_str() {
        "status" => text == "DONE",
        "activityDate" => text == from.get(task::CREATED_AT),
        "assignee" => true,
        _ => false,
    }
}

/// Options by their label.
fn shown<'t>(column: &StepColumn, text: &'t str) -> &'t str {
    let own = Object::Task.columns().iter().find(|own| own.field == column.field);
    let options = own.and_then(|own| own.new).map_or(&[][..], |new| new.options);
    options.iter().find(|(value, _)| *value == text).map_or(text, |(_, label)| *label)
}

/// Where the records of a kind go that become a task or note by default.
pub(super) fn is_archived(plan: &Plan, record: &Record<'_>) -> bool {
    plan.settings.route(record.kind) == Route::Archive
}
