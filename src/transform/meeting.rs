//! Meetings: a task due when it starts, with the invitation, the notes and who was there.

use super::parts::{body, number_of_seconds, remark_title, rich, status};
use super::rows::Cells;
use super::work::{Links, Work};
use crate::close::Record;
use crate::close::shape::{attendee, base, conference, meeting as m};
use crate::twenty::objects::task as col;
use crate::twenty::{markdown, text};

pub(super) fn write(
    work: &mut Work<'_>,
    record: &Record<'_>,
    links: &Links<'_>,
    cells: &mut Cells,
) {
    cells.set(col::ACTIVITY_TYPE, "MEETING");
    work.line(record, m::TITLE, cells, col::TITLE);
    if cells.get(col::TITLE).is_empty() {
        let with = text::line(links.lead_name);
        cells.set(
            col::TITLE,
            if with.is_empty() { "Meeting".into() } else { format!("Meeting – {with}") },
        );
    }
    let starts = work.instant(record, m::STARTS_AT, cells, col::DUE_AT);
    let starts = starts.or_else(|| {
        let at = record.peek(base::ACTIVITY_AT).and_then(crate::close::time::instant);
        at.map(jiff::Timestamp::as_microsecond)
    });
    let ahead = match record.peek(m::STATUS) {
        Some("upcoming" | "in-progress") => true,
        Some(_) => false,
        None => starts.is_some_and(|at| at > work.plan.as_of),
    };
    let unusual = status(record, m::STATUS, &["upcoming", "in-progress", "completed"]);
    remark_title(cells, unusual.as_deref());
    cells.set(col::STATUS, if ahead { "TODO" } else { "DONE" });
    number_of_seconds(work, record, m::DURATION, cells);
    attendees(work, record, cells);
    contents(work, record, cells);
}

/// Participants as text; without a contact of its own the meeting is linked to the first attendee
/// who is one.
fn attendees(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let mut shown = Vec::new();
    let mut person = None;
    for one in record.list(m::ATTENDEES) {
        let name = one.take(attendee::NAME);
        let email = one.take(attendee::EMAIL);
        let who = match (name.as_deref().map(text::line), email.as_deref().map(text::line)) {
            (Some(name), Some(email)) => format!("{name} <{email}>"),
            (name, email) => name.or(email).unwrap_or_default().into_owned(),
        };
        let answer = one.take(attendee::STATUS).filter(|s| s != "noreply");
        let answer = answer.map(|answer| format!(" ({})", text::line(&answer))).unwrap_or_default();
        shown.push(format!("{who}{answer}"));
        if let Some(contact) = one.take(attendee::CONTACT_ID) {
            match work.plan.person(&contact) {
                Some(found) if person.is_none() => person = Some(found),
                Some(_) => one.keep_whole(attendee::CONTACT_ID),
                None => one.set_aside(attendee::CONTACT_ID),
            }
        }
    }
    if let Some(person) = person.filter(|_| record.peek(base::CONTACT_ID).is_none()) {
        cells.set(col::PERSON, person);
    }
    let text = shown.join("; ");
    let head = text::head(&text, text::MAX_CELL);
    cells.set(col::PARTICIPANTS, head);
    if head.len() < text.len() {
        for one in record.list(m::ATTENDEES) {
            [attendee::NAME, attendee::EMAIL].into_iter().for_each(|field| one.keep_whole(field));
        }
    }
}

fn contents(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let mut parts = Vec::new();
    if let Some(location) = work.text(record, m::LOCATION) {
        parts.push(markdown::from_text(&format!("Location: {location}")).into_owned());
    }
    for link in record.list(m::CONFERENCE_LINKS) {
        if let Some(url) = link.take(conference::URL) {
            parts.push(markdown::from_text(&format!("Link: {url}")).into_owned());
        }
    }
    let note = rich(record, m::USER_NOTE_HTML, m::USER_NOTE);
    let source = note.source;
    parts.push(note.markdown.into_owned());
    if let Some(invitation) = work.text(record, m::NOTE) {
        parts.push(markdown::from_text(&invitation).into_owned());
    }
    parts.retain(|part| !part.is_empty());
    let text = parts.join("\n\n");
    if text::utf16_len(&text) > text::MAX_CELL {
        [m::NOTE, m::LOCATION].into_iter().for_each(|field| record.keep_whole(field));
    }
    body(work, record, source, &text, cells, col::BODY);
}
