//! Parts that several kinds of task and note share: texts that Close holds twice, bodies that are cut,
//! people, moments, statuses, options. It must not know a single kind.

use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::shape::base;
use crate::close::{Field, Record, time};
use crate::event;
use crate::twenty::objects::{Col, Object, task as col};
use crate::twenty::{date, markdown, text};
use std::borrow::Cow;

/// The step of tasks.
pub(super) const TASKS: usize = Object::Task as usize;
/// Longest title made from a text, in characters.
pub(super) const TITLE: usize = 120;
/// Longest title that a remark may follow, in UTF-16 units.
const LONGEST_TITLE: usize = text::MAX_CELL - 100;
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
pub(super) struct Rich<'a> {
    /// The Markdown, from the formatted text where there is one.
    pub markdown: Cow<'a, str>,
    /// Which of the two was written.
    pub source: Field,
    /// What a person sees.
    shown: Cow<'a, str>,
}

impl Rich<'_> {
    /// The first visible line, as a title.
    pub fn title(&self) -> String {
        text::line(&markdown::title(&self.shown, TITLE)).into_owned()
    }
}

/// Takes the formatted text, or its plain twin where there is none. A twin that says something else
/// is archived.
pub(super) fn rich<'a>(record: &Record<'a>, html: Field, plain: Field) -> Rich<'a> {
    if let Some(written) = record.peek(html) {
        let (markdown, shown) = markdown::both_from_html(written);
        if !markdown.is_empty() {
            record.take(html);
            let twin = record.peek(plain).unwrap_or_default();
            if text::same_words(twin, &shown) {
                record.merged(plain);
            } else {
                record.archive(plain);
            }
            return Rich { markdown: markdown.into(), source: html, shown: shown.into() };
        }
        // `<body><p></p></body>`: formatted nothing.
        record.noise(html);
    }
    let shown = record.take(plain).unwrap_or_default();
    let markdown = match &shown {
        Cow::Borrowed(text) => markdown::from_text(text),
        Cow::Owned(text) => markdown::from_text(text).into_owned().into(),
    };
    Rich { markdown, source: plain, shown }
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
    let title = text::head(title, LONGEST_TITLE);
    remark
        .map_or_else(|| title.to_owned(), |remark| format!("{title} ({})", text::head(remark, 80)))
}

/// Puts a remark behind the title a task has.
pub(super) fn remark_title(cells: &mut Cells, remark: Option<&str>) {
    let title = cells.get(col::TITLE);
    if remark.is_some() || text::head(title, LONGEST_TITLE).len() < title.len() {
        let title = remarked(title, remark);
        cells.set(col::TITLE, title);
    }
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

/// The label of a built-in option of a task's column.
pub(super) fn option_label(at: Col, value: &str) -> Option<&'static str> {
    let column = Object::Task.columns().get(usize::from(at.0))?;
    let options = column.new.map(|new| new.options)?;
    options.iter().find(|(known, _)| *known == value).map(|(_, label)| *label)
}

/// True for values of built-in options of a task's column.
pub(super) fn is_option(at: Col, value: &str) -> bool {
    option_label(at, value).is_some()
}

/// Takes a number of seconds.
pub(super) fn number_of_seconds(
    work: &mut Work<'_>,
    record: &Record<'_>,
    field: Field,
    cells: &mut Cells,
) {
    let cell = |raw: &str| crate::twenty::number::number(raw).map(Cow::into_owned);
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
