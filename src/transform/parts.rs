//! Parts that several kinds of task and note share: texts that Close holds twice, bodies that are cut,
//! people, moments, statuses, options. It must not know a single kind.

use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::shape::base;
use crate::close::{Field, Record, time};
use crate::event;
use crate::twenty::objects::{Col, Object, task as col};
use crate::twenty::{date, markdown, text};

/// The step of tasks.
pub(super) const TASKS: usize = Object::Task as usize;
/// Longest title made from a text, in characters.
pub(super) const TITLE: usize = 120;
/// Stands at the end of a body that was cut.
const CUT_MARK: &str = "\n\n… (cut here: the whole text is in the archive)";

/// When it happened: `activity_at`, else `date_created`, which is archived where it says something
/// else.
pub(super) fn moment(
    work: &mut Work<'_>,
    record: &Record<'_>,
    cells: &mut Cells,
    to: Col,
) -> Option<i64> {
    let at = work.instant(record, base::ACTIVITY_AT, cells, to);
    if at.is_none() {
        return work.instant(record, base::DATE_CREATED, cells, to);
    }
    let created = record.peek(base::DATE_CREATED).and_then(time::instant);
    if created.map(jiff::Timestamp::as_microsecond) == at {
        record.merged(base::DATE_CREATED);
    } else {
        record.archive(base::DATE_CREATED);
    }
    at
}

/// Owner and creator as text.
pub(super) fn people(
    work: &mut Work<'_>,
    record: &Record<'_>,
    cells: &mut Cells,
    owner: Col,
    creator: Col,
) {
    work.owner(record, base::USER_ID, cells, owner);
    if cells.get(owner).is_empty() {
        work.line(record, base::USER_NAME, cells, owner);
    }
    work.owner(record, base::CREATED_BY, cells, creator);
    record.take(base::USER_NAME);
    record.take(base::CREATED_BY_NAME);
}

/// Writes a Markdown body; a longer one is cut at a paragraph and `source` kept whole.
pub(super) fn body(
    work: &mut Work<'_>,
    record: &Record<'_>,
    source: Field,
    markdown: &str,
    cells: &mut Cells,
    to: Col,
) {
    if let Some(raw) = record.peek(source) {
        work.note_control(record, source, raw);
    }
    match markdown::cut(markdown, text::MAX_CELL, CUT_MARK) {
        None => cells.set(to, markdown),
        Some(cut) => {
            cells.set(to, cut);
            record.keep_whole(source);
            work.remark(record, source, event::CUT);
        }
    }
}

/// Inbound or outbound, in any of Close's words.
pub(super) fn direction(work: &mut Work<'_>, record: &Record<'_>, field: Field, cells: &mut Cells) {
    let known = |raw: &str| match raw {
        "inbound" | "incoming" => Ok("INBOUND"),
        "outbound" | "outgoing" => Ok("OUTBOUND"),
        _ => Err(event::UNFIT),
    };
    match record.take_as(field, known) {
        Some(Ok(value)) => cells.set(col::DIRECTION, value),
        Some(Err(why)) => work.remark(record, field, why),
        None => {}
    }
}

/// A text that Close holds twice: with formatting and plain.
pub(super) struct Rich {
    /// The Markdown, from the formatted text where there is one.
    pub markdown: String,
    /// The first visible line, as a title.
    pub title: String,
    /// Which of the two was written.
    pub source: Field,
}

/// Takes the formatted text, or its plain twin where there is none. A twin that says something else
/// is archived.
pub(super) fn rich(record: &Record<'_>, html: Field, plain: Field) -> Rich {
    let title = |shown: &str| text::line(&markdown::title(shown, TITLE)).into_owned();
    let written = record.peek(html).map(markdown::from_html).filter(|md| !md.is_empty());
    if let (Some(written), Some(source)) = (written, record.peek(html)) {
        let shown = markdown::plain_from_html(source);
        record.take(html);
        let twin = record.peek(plain).unwrap_or_default();
        if twin.split_whitespace().eq(shown.split_whitespace()) {
            record.merged(plain);
        } else {
            record.archive(plain);
        }
        return Rich { markdown: written, title: title(&shown), source: html };
    }
    if record.peek(html).is_some() {
        // `<body><p></p></body>`: formatted nothing.
        record.noise(html);
    }
    let shown = record.take(plain).unwrap_or_default();
    let markdown = markdown::from_text(&shown).into_owned();
    Rich { markdown, title: title(&shown), source: plain }
}

/// Takes a status. The usual ones follow from the task's own status; any other is answered for the
/// title, and kept in the archive word by word.
pub(super) fn status(record: &Record<'_>, field: Field, usual: &[&str]) -> Option<String> {
    let status = record.take(field)?;
    if usual.contains(&&*status) {
        return None;
    }
    record.keep_whole(field);
    Some(text::line(&status).replace(['-', '_'], " "))
}

/// A title with a remark behind it.
pub(super) fn remarked(title: &str, remark: Option<&str>) -> String {
    let title = text::head(title, text::MAX_CELL - 100);
    remark
        .map_or_else(|| title.to_owned(), |remark| format!("{title} ({})", text::head(remark, 80)))
}

/// The customer's number stands under two keys: the first that is filled is written, the other
/// archived where it differs.
pub(super) fn remote_phone(
    work: &mut Work<'_>,
    record: &Record<'_>,
    keys: [Field; 2],
    cells: &mut Cells,
) {
    for key in keys {
        if cells.get(col::PHONE).is_empty() {
            work.line(record, key, cells, col::PHONE);
        } else if record.peek(key) == Some(cells.get(col::PHONE)) {
            record.merged(key);
        } else {
            record.archive(key);
        }
    }
}

/// The label of a built-in option.
pub(super) fn option_label(object: Object, field: &str, value: &str) -> Option<&'static str> {
    let column = object.columns().iter().find(|column| column.field == field)?;
    let options = column.new.map(|new| new.options)?;
    options.iter().find(|(known, _)| *known == value).map(|(_, label)| *label)
}

/// True for values of built-in options.
pub(super) fn is_option(object: Object, field: &str, value: &str) -> bool {
    option_label(object, field, value).is_some()
}

/// Takes a number of seconds.
pub(super) fn number_of_seconds(
    work: &mut Work<'_>,
    record: &Record<'_>,
    field: Field,
    cells: &mut Cells,
) {
    let cell = |raw: &str| crate::twenty::number::number(raw).map(std::borrow::Cow::into_owned);
    match record.take_as(field, cell) {
        Some(Ok(seconds)) => cells.set(col::DURATION, seconds),
        Some(Err(refusal)) => work.remark(record, field, notice(refusal)),
        None => {}
    }
}

/// Takes the sent and scheduled times of a message.
pub(super) fn sent(
    work: &mut Work<'_>,
    record: &Record<'_>,
    fields: [Field; 2],
    cells: &mut Cells,
) {
    let when =
        record.peek(fields[0]).and_then(time::instant).and_then(|at| date::date_time_cell(at).ok());
    match when {
        Some(when) => {
            let known = cells.get(col::ACTIVITY_AT);
            let used = record.peek(base::ACTIVITY_AT).is_none() || *known == *when;
            if used {
                record.take(fields[0]);
                cells.set(col::ACTIVITY_AT, when);
            } else {
                record.archive(fields[0]);
            }
        }
        None => record.archive(fields[0]),
    }
    work.instant(record, fields[1], cells, col::DUE_AT);
}
