//! Text messages: SMS and `WhatsApp`.

use super::activity::{body, direction, first_line, rich};
use super::email::sent;
use super::rows::Cells;
use super::task::TITLE;
use super::work::Work;
use crate::close::Record;
use crate::close::shape::{sms as s, whatsapp as w};
use crate::twenty::objects::task as col;
use crate::twenty::{markdown, text};

pub(super) fn sms(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "SMS");
    direction(work, record, s::DIRECTION, cells);
    let status = record.take(s::STATUS);
    if matches!(status.as_deref(), Some("draft" | "scheduled" | "outbox" | "error")) {
        cells.set(col::STATUS, "TODO");
    }
    sent(work, record, [s::DATE_SENT, s::DATE_SCHEDULED], cells);
    work.line(record, s::REMOTE_PHONE, cells, col::PHONE);
    let message = work.text(record, s::TEXT).unwrap_or_default();
    let title = markdown::title(&message, TITLE);
    cells.set(col::TITLE, if title.is_empty() { "SMS".into() } else { text::line(&title) });
    body(work, record, s::TEXT, &markdown::from_text(&message), cells, col::BODY);
}

pub(super) fn whatsapp(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "WHATSAPP");
    direction(work, record, w::DIRECTION, cells);
    work.line(record, w::REMOTE_PHONE, cells, col::PHONE);
    let title = first_line(record, w::MESSAGE_HTML, w::TEXT);
    cells.set(col::TITLE, if title.is_empty() { "WhatsApp" } else { &title });
    let plain = record.peek(w::TEXT).filter(|text| !text.trim().is_empty());
    if plain.is_some() {
        let message = record.take(w::TEXT).unwrap_or_default();
        record.archive(w::MESSAGE_HTML);
        body(work, record, w::TEXT, &markdown::from_text(&message), cells, col::BODY);
    } else {
        let (message, source) = rich(record, w::MESSAGE_HTML, w::TEXT);
        body(work, record, source, &message, cells, col::BODY);
    }
}
