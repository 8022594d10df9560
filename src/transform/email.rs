//! E-mails: the text body first, the HTML where there is none (design §5); participants as text. It
//! must not lose quoted history: what the map asks to leave out of the body is kept whole.

use super::parts::{TITLE, body, direction, remark_title, sent, status};
use super::rows::Cells;
use super::work::Work;
use crate::close::record::scalar;
use crate::close::shape::{email as e, envelope, mailbox};
use crate::close::{Field, Record};
use crate::mapping::QuotedHistory;
use crate::plan::Plan;
use crate::read::{Node, node};
use crate::twenty::objects::task as col;
use crate::twenty::{markdown, text};
use std::borrow::Cow;

pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "EMAIL");
    direction(work, record, e::DIRECTION, cells);
    sending(work, record, cells);
    contents(work, record, cells);
    let unusual = status(record, e::STATUS, &["inbox", "sent"]);
    remark_title(cells, unusual.as_deref());
    participants(work, record, cells);
    work.line(record, e::THREAD_ID, cells, col::THREAD_ID);
}

/// Unsent messages stay to be done. When it was sent is the activity's own time where that is
/// missing.
fn sending(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let unsent = matches!(record.peek(e::STATUS), Some("draft" | "scheduled" | "outbox" | "error"));
    if unsent {
        cells.set(col::STATUS, "TODO");
    }
    sent(work, record, [e::DATE_SENT, e::DATE_SCHEDULED], cells);
}

fn contents(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let plain = record.peek(e::BODY_TEXT).filter(|text| !text.trim_start().is_empty());
    let mut html = None;
    if let Some(plain) = plain {
        record.take(e::BODY_TEXT);
        record.archive(e::BODY_HTML);
        let own = own_text(work.plan, record, e::BODY_TEXT, plain);
        body(work, record, e::BODY_TEXT, &markdown::from_text(own), cells, col::BODY);
    } else {
        if record.peek(e::BODY_TEXT).is_some() {
            record.noise(e::BODY_TEXT);
        }
        html = work.text(record, e::BODY_HTML);
        if let Some(html) = &html {
            let markdown = markdown::from_html(html);
            let own = own_text(work.plan, record, e::BODY_HTML, &markdown);
            body(work, record, e::BODY_HTML, own, cells, col::BODY);
        }
    }
    work.line(record, e::SUBJECT, cells, col::TITLE);
    if cells.get(col::TITLE).is_empty() {
        let shown = match (plain, html) {
            (Some(plain), _) => Cow::Borrowed(plain),
            (None, Some(html)) if record.peek(e::SUBJECT).is_none() => {
                markdown::plain_from_html(&html).into()
            }
            _ => "".into(),
        };
        let title = markdown::title(&shown, TITLE);
        let title = text::line(&title);
        cells.set(col::TITLE, if title.is_empty() { "(no subject)" } else { &title });
    }
}

/// The text without what it quotes, where the map asks for that; the archive then holds all of it.
fn own_text<'t>(plan: &Plan, record: &Record<'_>, field: Field, text: &'t str) -> &'t str {
    if plan.settings.quoted_history == QuotedHistory::Keep {
        return text;
    }
    let own = markdown::without_quoted_history(text).trim_end();
    if own.len() < text.trim_end().len() {
        record.keep_whole(field);
        own
    } else {
        text
    }
}

/// `From: …; To: …; Cc: …`, from the message's own lines, else from its envelope.
fn participants(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let envelope = record.list(e::ENVELOPE).first();
    let mut text = String::new();
    match work.text(record, e::SENDER) {
        Some(sender) => {
            text.push_str("From: ");
            text.push_str(&text::line(&sender));
        }
        None => part(&mut text, &["From: "], |text| {
            envelope.into_iter().for_each(|en| mailboxes(en.list(envelope::FROM), text));
        }),
    }
    for (label, field, inside) in [
        ("To: ", e::TO, envelope::TO),
        ("Cc: ", e::CC, envelope::CC),
        ("Bcc: ", e::BCC, envelope::BCC),
    ] {
        let parting = if text.is_empty() { "" } else { "; " };
        part(&mut text, &[parting, label], |text| {
            let start = text.len();
            addresses(record, field, text);
            if text.len() == start {
                envelope.into_iter().for_each(|en| mailboxes(en.list(inside), text));
            }
        });
    }
    for list in [envelope::FROM, envelope::SENDER, envelope::TO, envelope::CC, envelope::BCC] {
        for one in envelope.into_iter().flat_map(|en| en.list(list)) {
            one.take(mailbox::EMAIL);
            one.take(mailbox::NAME);
        }
    }
    let shown = text::head(&text, text::MAX_CELL);
    cells.set(col::PARTICIPANTS, shown);
    if shown.len() < text.len() {
        [e::TO, e::CC, e::BCC].into_iter().for_each(|field| record.keep_whole(field));
    }
}

/// Adds `before` and what `write` says, or nothing if that is nothing.
fn part(text: &mut String, before: &[&str], write: impl FnOnce(&mut String)) {
    let end = text.len();
    before.iter().for_each(|piece| text.push_str(piece));
    let start = text.len();
    write(text);
    if text.len() == start {
        text.truncate(end);
    }
}

/// Addresses as Close writes them, as text each; some exports hold objects like those of the envelope.
fn addresses(record: &Record<'_>, field: Field, text: &mut String) {
    let Some(value) = record.take_whole(field) else { return };
    let one = match value.first() {
        Some(Node::Array { .. }) => None,
        _ => Some(value),
    };
    let start = text.len();
    for item in one.into_iter().chain(node::elements(value)).filter(|item| !node::is_empty(item)) {
        let comma = if text.len() > start { ", " } else { "" };
        part(text, &[comma], |text| match (scalar(item), node::get_text(item, "email")) {
            (Some(address), _) => text.push_str(&text::line(&address)),
            (None, Some(email)) => mailbox(node::get_text(item, "name"), Some(email), text),
            (None, None) => record.keep_whole(field),
        });
    }
}

fn mailboxes(list: &[Record<'_>], text: &mut String) {
    let known = list.iter().map(|one| (one.peek(mailbox::NAME), one.peek(mailbox::EMAIL)));
    let known = known.filter(|(name, email)| name.is_some() || email.is_some());
    for (n, (name, email)) in known.enumerate() {
        text.push_str(if n > 0 { ", " } else { "" });
        mailbox(name, email, text);
    }
}

/// `Ada Beispiel <ada@x.example>`, or what is known of it.
fn mailbox(name: Option<&str>, email: Option<&str>, text: &mut String) {
    text.push_str(&name.map(text::line).unwrap_or_default());
    if let Some(email) = email.map(text::line) {
        let (open, close) = if name.is_some() { (" <", ">") } else { ("", "") };
        [open, &email, close].into_iter().for_each(|piece| text.push_str(piece));
    }
}
