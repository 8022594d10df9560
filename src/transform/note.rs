//! Notes: Close's notes, the notes of opportunities, and comments (design §5).

use super::parts::{TITLE, body, moment, people, rich};
use super::route;
use super::rows::Cells;
use super::work::{Links, Work};
use crate::close::shape::{base, comment as c, note as n, opportunity as o};
use crate::close::{Kind, Record};
use crate::twenty::markdown;
use crate::twenty::objects::{Object, note as col};

/// The step of notes.
const STEP: usize = Object::Note as usize;

/// Writes a note or a comment.
pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    if record.kind == Kind::Comment {
        return comment(work, record, within);
    }
    let Some(id) = record.take(base::ID) else { return };
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, &id);
    record.take(base::TYPE);
    let links = work.links(record, base::LEAD_ID, Some(base::CONTACT_ID), within);
    link(&links, &mut cells);
    let at = moment(work, record, &mut cells, col::CREATED_AT);
    people(work, record, &mut cells, col::OWNER, col::CREATED_BY);
    work.instant(record, base::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    work.line(record, n::TITLE, &mut cells, col::TITLE);
    let text = rich(record, n::NOTE_HTML, n::NOTE);
    if cells.get(col::TITLE).is_empty() {
        let title = text.title();
        cells.set(col::TITLE, if title.is_empty() { "Note" } else { &title });
    }
    body(work, record, text.source, &text.markdown, &mut cells, col::BODY);
    route::finish(work, record, Object::Note, cells, at, &id);
}

fn link(links: &Links<'_>, cells: &mut Cells) {
    cells.set(col::PERSON, links.person.unwrap_or_default());
    cells.set(col::COMPANY, links.company.unwrap_or_default());
}

/// The note of an opportunity, as a note linked to it.
pub(super) fn of_opportunity(
    work: &mut Work<'_>,
    record: &Record<'_>,
    id: &str,
    links: &Links<'_>,
    created: Option<i64>,
) {
    let text = rich(record, o::NOTE_HTML, o::NOTE);
    if text.markdown.is_empty() {
        return;
    }
    let mut cells = work.cells(STEP);
    let note_id = format!("{id}#note");
    Work::identify(&mut cells, &note_id);
    link(links, &mut cells);
    cells.set(col::OPPORTUNITY, id);
    let title = text.title();
    cells.set(col::TITLE, if title.is_empty() { "Note" } else { &title });
    body(work, record, text.source, &text.markdown, &mut cells, col::BODY);
    let owner = record.peek(o::USER_ID).map(|user| work.plan.owner(user));
    cells.set(col::OWNER, owner.unwrap_or_default());
    let at = record.peek(o::DATE_CREATED).and_then(crate::close::time::instant);
    let at = at.and_then(|at| crate::twenty::date::date_time_cell(at).ok());
    cells.set(col::CREATED_AT, at.unwrap_or_default());
    work.emit(cells, created, &note_id);
    work.out.derived += 1;
}

fn comment(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let text = record.peek(c::BODY).map(markdown::both_from_html);
    // A comment that was removed has an empty body.
    let Some((text, shown)) = text.filter(|(text, _)| !text.is_empty()) else {
        work.archive_whole(record, within, "a comment without a text");
        return;
    };
    let Some(id) = record.take(c::ID) else { return };
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, &id);
    let links = work.links(record, c::LEAD_ID, None, within);
    link(&links, &mut cells);
    let thread = record.take(c::THREAD_ID);
    record.take(c::OBJECT_TYPE);
    let object = record.take(c::OBJECT_ID).map(std::borrow::Cow::into_owned);
    let object =
        object.or_else(|| work.plan.threads.get(thread.as_deref()?).map(ToString::to_string));
    let deal = object.filter(|id| work.plan.opportunities.contains(&crate::survey::hash(id)));
    cells.set(col::OPPORTUNITY, deal.unwrap_or_default());
    // A comment on anything but an opportunity has no link to it: its thread tells.
    [c::THREAD_ID, c::OBJECT_TYPE, c::OBJECT_ID]
        .into_iter()
        .for_each(|field| record.keep_whole(field));
    record.take(c::BODY);
    let title = markdown::title(&shown, TITLE);
    cells.set(col::TITLE, format!("Comment: {}", crate::twenty::text::line(&title)));
    body(work, record, c::BODY, &text, &mut cells, col::BODY);
    work.owner(record, c::CREATED_BY, &mut cells, col::OWNER);
    let at = work.instant(record, c::CREATED_AT, &mut cells, col::CREATED_AT);
    work.instant(record, c::UPDATED_AT, &mut cells, col::UPDATED_AT);
    work.emit(cells, at, &id);
    work.out.count(record.kind).written += 1;
    work.close(record, "values without a field in Twenty");
}
