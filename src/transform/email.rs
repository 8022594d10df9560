//! E-mails: the text body first, the HTML where there is none (design §5); participants as text. It
//! must not lose quoted history: what the map asks to leave out of the body is kept whole.

use super::parts::{TITLE, body, direction, remarked, sent, status};
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

pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "EMAIL");
    direction(work, record, e::DIRECTION, cells);
    sending(work, record, cells);
    contents(work, record, cells);
    let unusual = status(record, e::STATUS, &["inbox", "sent"]);
    let title = remarked(cells.get(col::TITLE), unusual.as_deref());
    cells.set(col::TITLE, title);
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
    let plain = record.peek(e::BODY_TEXT).filter(|text| !text.trim().is_empty());
    let mut first = String::new();
    if let Some(plain) = plain {
        record.take(e::BODY_TEXT);
        record.archive(e::BODY_HTML);
        let own = own_text(work.plan, record, e::BODY_TEXT, plain);
        body(work, record, e::BODY_TEXT, &markdown::from_text(own), cells, col::BODY);
        first = markdown::title(plain, TITLE).into_owned();
    } else {
        if record.peek(e::BODY_TEXT).is_some() {
            record.noise(e::BODY_TEXT);
        }
        if let Some(html) = work.text(record, e::BODY_HTML) {
            let markdown = markdown::from_html(&html);
            let own = own_text(work.plan, record, e::BODY_HTML, &markdown);
            body(work, record, e::BODY_HTML, own, cells, col::BODY);
            if record.peek(e::SUBJECT).is_none() {
                first = markdown::title(&markdown::plain_from_html(&html), TITLE).into_owned();
            }
        }
    }
    work.line(record, e::SUBJECT, cells, col::TITLE);
    if cells.get(col::TITLE).is_empty() {
        let title = text::line(&first);
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
    let mut parts = Vec::new();
    let sender = work.text(record, e::SENDER).map(|sender| text::line(&sender).into_owned());
    let from = sender.or_else(|| {
        envelope.map(|en| mailboxes(en.list(envelope::FROM))).filter(|f| !f.is_empty())
    });
    parts.extend(from.map(|from| format!("From: {from}")));
    for (label, field, inside) in
        [("To", e::TO, envelope::TO), ("Cc", e::CC, envelope::CC), ("Bcc", e::BCC, envelope::BCC)]
    {
        let own = addresses(record, field);
        let list =
            if own.is_empty() { envelope.map(|en| mailboxes(en.list(inside))) } else { Some(own) };
        let list = list.filter(|list| !list.is_empty());
        parts.extend(list.map(|list| format!("{label}: {list}")));
    }
    for list in [envelope::FROM, envelope::SENDER, envelope::TO, envelope::CC, envelope::BCC] {
        for one in envelope.into_iter().flat_map(|en| en.list(list)) {
            one.take(mailbox::EMAIL);
            one.take(mailbox::NAME);
        }
    }
    let text = parts.join("; ");
    let shown = text::head(&text, text::MAX_CELL);
    cells.set(col::PARTICIPANTS, shown);
    if shown.len() < text.len() {
        [e::TO, e::CC, e::BCC].into_iter().for_each(|field| record.keep_whole(field));
    }
}

/// Addresses as Close writes them, as text each; some exports hold objects like those of the envelope.
fn addresses(record: &Record<'_>, field: Field) -> String {
    let Some(value) = record.take_whole(field) else { return String::new() };
    let one = match value.first() {
        Some(Node::Array { .. }) => None,
        _ => Some(value),
    };
    let all = one.into_iter().chain(node::elements(value)).filter(|item| !node::is_empty(item));
    let shown = all.map(|item| match (scalar(item), node::get_text(item, "email")) {
        (Some(text), _) => text::line(&text).into_owned(),
        (None, Some(email)) => match node::get_text(item, "name") {
            Some(name) => format!("{} <{}>", text::line(name), text::line(email)),
            None => text::line(email).into_owned(),
        },
        (None, None) => {
            record.keep_whole(field);
            String::new()
        }
    });
    shown.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

fn mailboxes(list: &[Record<'_>]) -> String {
    let shown = list.iter().filter_map(|one| {
        let (email, name) = (one.peek(mailbox::EMAIL), one.peek(mailbox::NAME));
        match (name.map(text::line), email.map(text::line)) {
            (Some(name), Some(email)) => Some(format!("{name} <{email}>")),
            (name, email) => name.or(email).map(std::borrow::Cow::into_owned),
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}
