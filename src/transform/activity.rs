//! What happened on a lead becomes a task that is done (design §5): what all kinds share, and calls
//! and forms. Longer kinds have files of their own. No clock: what is past is judged by the export's
//! own latest instant.

use super::parts::{
    TASKS, body, direction, is_option, moment, number_of_seconds, option_label, people, remarked,
    remote_phone, rich, status,
};
use super::rows::Cells;
use super::work::{Links, Work};
use super::{email, meeting, messages, route};
use crate::close::shape::{base, call, form_submission as form};
use crate::close::{Kind, Record};
use crate::event;
use crate::read::node;
use crate::twenty::objects::{Object, task as col};
use crate::twenty::{markdown, text};

/// Writes one activity.
pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let Some(id) = record.take(base::ID) else { return };
    let mut cells = work.cells(TASKS);
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
    work.member(record, base::USER_ID, &mut cells, col::MEMBER);
    route::finish(work, record, Object::Task, cells, at, &id);
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
        is_option(col::DISPOSITION, &value).then_some(value).ok_or(event::UNFIT)
    };
    match record.take_as(call::DISPOSITION, known) {
        Some(Ok(value)) => cells.set(col::DISPOSITION, value),
        Some(Err(why)) => work.remark(record, call::DISPOSITION, why),
        None => {}
    }
    number_of_seconds(work, record, call::DURATION, cells);
    remote_phone(work, record, [call::PHONE, call::REMOTE_PHONE], cells);
    let direction = option_label(col::DIRECTION, cells.get(col::DIRECTION));
    let ending = option_label(col::DISPOSITION, cells.get(col::DISPOSITION));
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
