//! What happened on a lead becomes a task that is done (design §5): what all kinds share, and calls
//! and forms. Longer kinds have files of their own. No clock: what is past is judged by the export's
//! own latest instant.

use super::rows::Cells;
use super::task::{STEP, TITLE, number};
use super::work::{Links, Work};
use super::{email, meeting, messages};
use crate::close::shape::{base, call, form_submission as form};
use crate::close::{Field, Kind, Record};
use crate::event;
use crate::read::node;
use crate::twenty::objects::{Col, Object, task as col};
use crate::twenty::{markdown, text};

/// Longest body, leaving room for the mark of a cut.
const CUT_MARK: &str = "\n\n… (cut here: the whole text is in the archive)";

/// Writes one activity.
pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let Some(id) = record.take(base::ID) else { return };
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, &id);
    record.take(base::TYPE);
    let links = work.links(record, base::LEAD_ID, Some(base::CONTACT_ID), within);
    cells.set(col::PERSON, links.person.unwrap_or_default());
    cells.set(col::COMPANY, links.company.unwrap_or_default());
    cells.set(col::STATUS, "DONE");
    let at = moment(work, record, &mut cells, col::CREATED_AT);
    let happened = cells.get(col::CREATED_AT).to_owned();
    cells.set(col::ACTIVITY_AT, happened);
    people(work, record, &mut cells, col::OWNER, col::CREATED_BY);
    work.instant(record, base::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    match record.kind {
        Kind::Email => email::write(work, record, &mut cells),
        Kind::Sms => messages::sms(work, record, &mut cells),
        Kind::WhatsAppMessage => messages::whatsapp(work, record, &mut cells),
        Kind::Meeting => meeting::write(work, record, &links, &mut cells),
        Kind::FormSubmission => form_submission(work, record, &mut cells),
        _ => phone_call(work, record, &links, &mut cells),
    }
    work.emit(cells, at, &id);
    work.out.count(record.kind).written += 1;
    work.close(record, "values without a field in Twenty");
}

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
    let created = record.peek(base::DATE_CREATED).and_then(crate::close::time::instant);
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
    match markdown::cut(markdown, text::MAX_CELL, CUT_MARK) {
        None => cells.set(to, markdown),
        Some(cut) => {
            cells.set(to, cut);
            record.keep_whole(source);
            work.remark(record, source, event::CUT, "");
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
        Some(Err(why)) => work.remark(record, field, why, ""),
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

fn phone_call(work: &mut Work<'_>, record: &Record<'_>, links: &Links<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "CALL");
    direction(work, record, call::DIRECTION, cells);
    let status = status(record, call::STATUS, &["completed"]);
    let no_audio = record.peek(call::RECORDING_URL).or(record.peek(call::VOICEMAIL_URL)).is_none();
    if record.take_flag(call::HAS_RECORDING) == Some(true) && no_audio {
        // The recording has expired; nothing else says that there was one.
        record.keep_whole(call::HAS_RECORDING);
    }
    let known = |raw: &str| {
        let value = raw.to_uppercase().replace('-', "_");
        is_option(Object::Task, "disposition", &value).then_some(value).ok_or(event::UNFIT)
    };
    match record.take_as(call::DISPOSITION, known) {
        Some(Ok(value)) => cells.set(col::DISPOSITION, value),
        Some(Err(why)) => work.remark(record, call::DISPOSITION, why, ""),
        None => {}
    }
    number(work, record, call::DURATION, cells);
    remote_phone(work, record, [call::PHONE, call::REMOTE_PHONE], cells);
    let direction = option_label(Object::Task, "direction", cells.get(col::DIRECTION));
    let ending = option_label(Object::Task, "disposition", cells.get(col::DISPOSITION));
    let with = if links.lead_name.is_empty() { cells.get(col::PHONE) } else { links.lead_name };
    let mut title = format!("{} call", direction.unwrap_or("Phone"));
    if !with.is_empty() {
        title.push_str(" – ");
        title.push_str(&text::line(with));
    }
    let ending = ending.map(str::to_lowercase).or(status);
    cells.set(col::TITLE, remarked(&title, ending.as_deref()));
    let note = rich(record, call::NOTE_HTML, call::NOTE);
    body(work, record, note.source, &note.markdown, cells, col::BODY);
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

fn form_submission(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    cells.set(col::ACTIVITY_TYPE, "FORM_SUBMISSION");
    cells.set(col::DIRECTION, "INBOUND");
    let name = work.text(record, form::FORM_NAME);
    let name = name.as_deref().map(text::line);
    let title = name.as_deref().unwrap_or("Form submission");
    cells.set(col::TITLE, text::head(title, text::MAX_CELL));
    let mut lines = Vec::new();
    for (key, value) in record.take_whole(form::VALUES_BY_NAME).into_iter().flat_map(node::entries)
    {
        let mut json = Vec::new();
        node::write_json(value, &mut json);
        let value = node::text(value)
            .map_or_else(|| String::from_utf8_lossy(&json).into_owned(), str::to_owned);
        lines.push(format!("{key}: {value}"));
    }
    if let Some(url) = work.text(record, form::SOURCE_URL) {
        lines.push(format!("Source: {url}"));
    }
    let text = lines.join("\n");
    body(work, record, form::VALUES_BY_NAME, &markdown::from_text(&text), cells, col::BODY);
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
