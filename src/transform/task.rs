//! To-dos and inbox notifications (`close-format.md` §3.4). It must not look for completions: the
//! caller knows them.

use super::parts::{TASKS, TITLE, body, is_option, number_of_seconds, option_label, remote_phone};
use super::route;
use super::rows::Cells;
use super::work::Work;
use crate::close::shape::task as t;
use crate::close::{Record, time};
use crate::event;
use crate::twenty::objects::{Object, task as col};
use crate::twenty::{date, markdown, text};

/// Writes one task; `completed` is when it was completed, in microseconds.
pub(super) fn write(
    work: &mut Work<'_>,
    record: &Record<'_>,
    within: Option<&str>,
    completed: Option<i64>,
) {
    let Some(id) = record.take(t::ID) else { return };
    let mut cells = work.cells(TASKS);
    Work::identify(&mut cells, &id);
    let links = work.links(record, t::LEAD_ID, Some(t::CONTACT_ID), within);
    cells.set(col::PERSON, links.person.unwrap_or_default());
    cells.set(col::COMPANY, links.company.unwrap_or_default());
    about(work, record, &mut cells);
    kind(work, record, &mut cells);
    texts(work, record, &mut cells);
    due(work, record, &mut cells);
    let done = record.take_flag(t::IS_COMPLETE);
    cells.set(col::STATUS, if done == Some(true) { "DONE" } else { "TODO" });
    // Close keeps no time of completion on the task itself: without the activity that says so, the
    // last change is the best there is.
    let changed = || {
        record.peek(t::DATE_UPDATED).and_then(time::instant).map(jiff::Timestamp::as_microsecond)
    };
    let completed = completed.or_else(|| changed().filter(|_| done == Some(true)));
    if let Some(at) = completed.and_then(|at| jiff::Timestamp::from_microsecond(at).ok()) {
        cells.set(col::COMPLETED_AT, date::date_time_cell(at).unwrap_or_default());
    }
    priority(work, record, &mut cells);
    number_of_seconds(work, record, t::VOICEMAIL_DURATION, &mut cells);
    remote_phone(work, record, [t::PHONE, t::REMOTE_PHONE], &mut cells);
    work.member(record, t::ASSIGNED_TO, &mut cells, col::MEMBER);
    work.owner(record, t::ASSIGNED_TO, &mut cells, col::OWNER);
    if cells.get(col::OWNER).is_empty() {
        work.line(record, t::ASSIGNED_TO_NAME, &mut cells, col::OWNER);
    }
    record.take(t::ASSIGNED_TO_NAME);
    work.owner(record, t::CREATED_BY, &mut cells, col::CREATED_BY);
    record.take(t::CREATED_BY_NAME);
    let created = work.instant(record, t::DATE_CREATED, &mut cells, col::CREATED_AT);
    work.instant(record, t::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    route::finish(work, record, Object::Task, cells, created, &id);
}

/// A notification about an opportunity is linked to it.
fn about(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let object = record.peek(t::OBJECT_ID).filter(|id| id.starts_with("oppo_"));
    if let Some(id) = object.filter(|id| work.plan.opportunities.contains(&crate::survey::hash(id)))
    {
        cells.set(col::OPPORTUNITY, id);
    }
}

fn kind(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let raw = record.take(t::TYPE);
    let known = raw.as_deref().unwrap_or("lead").to_uppercase();
    let option = is_option(col::TASK_TYPE, &known);
    if option {
        cells.set(col::TASK_TYPE, &known);
    } else {
        record.set_aside(t::TYPE);
        work.remark(record, t::TYPE, event::UNFIT);
    }
    cells.set(col::ACTIVITY_TYPE, "TODO_TASK");
}

/// The title is the first line; the body is the whole text where that says more.
fn texts(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let fields = [t::SUBJECT, t::TEXT, t::BODY_PREVIEW, t::OPPORTUNITY_NOTE];
    let parts: Vec<_> = fields.into_iter().filter_map(|field| work.text(record, field)).collect();
    let first = parts.first().map(|text| &**text).unwrap_or_default();
    let title = markdown::title(first, TITLE);
    if title.is_empty() {
        let label = option_label(col::TASK_TYPE, cells.get(col::TASK_TYPE));
        cells.set(col::TITLE, label.unwrap_or("To-do"));
    } else {
        cells.set(col::TITLE, text::line(&title));
    }
    if parts.len() > 1 || title.trim() != first.trim() {
        let whole =
            parts.iter().map(|part| markdown::from_text(part)).collect::<Vec<_>>().join("\n\n");
        body(work, record, t::TEXT, &whole, cells, col::BODY);
    }
}

/// `date`, or its deprecated twin; a dateless to-do has none. A day is noon UTC, so that it stays
/// the same day nearly everywhere.
fn due(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let dateless = record.take_flag(t::IS_DATELESS) == Some(true);
    if dateless {
        record.archive(t::DATE);
        record.archive(t::DUE_DATE);
        return;
    }
    let cell = |raw: &str| -> Result<String, event::Notice> {
        if time::is_date_only(raw) || time::is_midnight(raw) {
            let day = time::date(raw).ok_or(event::NO_TIME)?;
            return date::date_as_date_time_cell(day).map_err(super::work::notice);
        }
        let at = time::instant(raw).ok_or(event::NO_TIME)?;
        date::date_time_cell(at).map_err(super::work::notice)
    };
    for field in [t::DATE, t::DUE_DATE] {
        let taken = !cells.get(col::DUE_AT).is_empty();
        let midnight = record
            .peek(field)
            .is_some_and(|raw| !time::is_date_only(raw) && time::is_midnight(raw));
        match record.take_as(field, cell) {
            Some(Ok(due)) if !taken => cells.set(col::DUE_AT, due),
            Some(Ok(due)) if *due != *cells.get(col::DUE_AT) => record.set_aside(field),
            Some(Err(why)) => work.remark(record, field, why),
            _ => {}
        }
        if midnight {
            // The cell says noon; what stood there is kept.
            record.keep_whole(field);
        }
    }
}

fn priority(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let known = |raw: &str| {
        let value = raw.to_uppercase();
        is_option(col::PRIORITY, &value).then_some(value).ok_or(event::UNFIT)
    };
    match record.take_as(t::PRIORITY, known) {
        Some(Ok(value)) => cells.set(col::PRIORITY, value),
        Some(Err(why)) => work.remark(record, t::PRIORITY, why),
        None => {}
    }
}
