//! Text messages: SMS and `WhatsApp`.

use super::parts::{TITLE, body, direction, remarked, rich, sent, status};
use super::rows::Cells;
use super::work::Work;
use crate::close::Record;
use crate::close::shape::{sms as s, whatsapp as w};
use crate::twenty::objects::task as col;
use crate::twenty::{markdown, text};

pub(super) fn sms(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "SMS");
    direction(work, record, s::DIRECTION, cells);
    let unsent = matches!(record.peek(s::STATUS), Some("draft" | "scheduled" | "outbox" | "error"));
    if unsent {
        cells.set(col::STATUS, "TODO");
    }
    let unusual = status(record, s::STATUS, &["inbox", "sent"]);
    sent(work, record, [s::DATE_SENT, s::DATE_SCHEDULED], cells);
    work.line(record, s::REMOTE_PHONE, cells, col::PHONE);
    let message = work.text(record, s::TEXT).unwrap_or_default();
    let title = markdown::title(&message, TITLE);
    let title = if title.is_empty() { "SMS".into() } else { text::line(&title) };
    cells.set(col::TITLE, remarked(&title, unusual.as_deref()));
    body(work, record, s::TEXT, &markdown::from_text(&message), cells, col::BODY);
}

pub(super) fn whatsapp(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "WHATSAPP");
    direction(work, record, w::DIRECTION, cells);
    work.line(record, w::REMOTE_PHONE, cells, col::PHONE);
    let plain = record.peek(w::TEXT).filter(|text| !text.trim().is_empty());
    let title = if let Some(message) = plain {
        record.take(w::TEXT);
        record.archive(w::MESSAGE_HTML);
        body(work, record, w::TEXT, &markdown::from_text(message), cells, col::BODY);
        text::line(&markdown::title(message, TITLE)).into_owned()
    } else {
        let message = rich(record, w::MESSAGE_HTML, w::TEXT);
        body(work, record, message.source, &message.markdown, cells, col::BODY);
        message.title()
    };
    cells.set(col::TITLE, if title.is_empty() { "WhatsApp" } else { &title });
}
