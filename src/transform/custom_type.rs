//! Custom activities and custom objects: rows of the object of their type, or a task or note where the
//! map says so (design §5). It must not name objects: the plan has.

use super::custom;
use super::parts::{body, moment, people};
use super::work::{Links, Work};
use crate::close::shape::{base, custom_activity as a, custom_object as o};
use crate::close::{Kind, Record};
use crate::event;
use crate::mapping::Route;
use crate::plan::{CustomType, Place};
use crate::survey::hash;
use crate::twenty::markdown;
use crate::twenty::objects::{Col, Object, custom_activity as ca, custom_object as co, note, task};
use crate::twenty::text;

/// Writes one record of a custom type.
pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let plan = work.plan;
    let of_type = custom::of_type(plan, record);
    let Some((at, one)) = of_type.and_then(|at| Some((at, plan.types.get(at)?))) else {
        return work.archive_whole(record, within, "a custom type the survey did not find");
    };
    match one.route {
        Route::Archive => work.archive_whole(record, within, "its type goes to the archive"),
        Route::Object if record.kind == Kind::CustomObject => object(work, record, at, one, within),
        Route::Object => activity(work, record, at, one, within),
        Route::Task => told(work, record, (at, one), Object::Task, within),
        Route::Note => told(work, record, (at, one), Object::Note, within),
    }
}

fn activity(
    work: &mut Work<'_>,
    record: &Record<'_>,
    at: usize,
    one: &CustomType,
    within: Option<&str>,
) {
    let Some(id) = record.take(base::ID) else { return };
    let place = Place::Type(at);
    let mut cells = work.cells(place.step());
    Work::identify(&mut cells, &id);
    [base::TYPE, a::CUSTOM_TYPE].into_iter().for_each(|field| {
        record.take(field);
    });
    let links = work.links(record, base::LEAD_ID, Some(base::CONTACT_ID), within);
    cells.set(ca::PERSON, links.person.unwrap_or_default());
    cells.set(ca::COMPANY, links.company.unwrap_or_default());
    if let Some(deal) = opportunity(work, record) {
        cells.set(ca::OPPORTUNITY, deal);
    }
    cells.set(ca::NAME, name(one, &links));
    match record.take_as(a::STATUS, status) {
        Some(Ok(value)) => cells.set(ca::STATUS, value),
        Some(Err(why)) => work.remark(record, a::STATUS, why),
        None => {}
    }
    let when = moment(work, record, &mut cells, ca::CREATED_AT);
    let happened = cells.get(ca::CREATED_AT).to_owned();
    cells.set(ca::ACTIVITY_AT, happened);
    work.member(record, base::USER_ID, &mut cells, ca::MEMBER);
    people(work, record, &mut cells, ca::OWNER, ca::CREATED_BY);
    work.instant(record, base::DATE_UPDATED, &mut cells, ca::UPDATED_AT);
    custom::fill(work, &[record], custom::Into { place, elsewhere: false }, &mut cells);
    work.emit(cells, when, &id);
    custom::late_links(work, &[record], place, &id, when);
    written(work, record, at);
}

fn object(
    work: &mut Work<'_>,
    record: &Record<'_>,
    at: usize,
    one: &CustomType,
    within: Option<&str>,
) {
    let Some(id) = record.take(o::ID) else { return };
    let place = Place::Type(at);
    let mut cells = work.cells(place.step());
    Work::identify(&mut cells, &id);
    record.take(o::CUSTOM_TYPE);
    let links = work.links(record, o::LEAD_ID, None, within);
    cells.set(co::PERSON, links.person.unwrap_or_default());
    cells.set(co::COMPANY, links.company.unwrap_or_default());
    work.line(record, o::NAME, &mut cells, co::NAME);
    if cells.get(co::NAME).is_empty() {
        cells.set(co::NAME, name(one, &links));
    }
    work.owner(record, o::CREATED_BY, &mut cells, co::CREATED_BY);
    record.take(o::CREATED_BY_NAME);
    let when = work.instant(record, o::DATE_CREATED, &mut cells, co::CREATED_AT);
    work.instant(record, o::DATE_UPDATED, &mut cells, co::UPDATED_AT);
    custom::fill(work, &[record], custom::Into { place, elsewhere: false }, &mut cells);
    work.emit(cells, when, &id);
    custom::late_links(work, &[record], place, &id, when);
    written(work, record, at);
}

fn written(work: &mut Work<'_>, record: &Record<'_>, at: usize) {
    work.out.count(record.kind).written += 1;
    *work.out.typed.entry(at).or_default() += 1;
    work.close(record, "values without a field in Twenty");
}

fn status(raw: &str) -> Result<&'static str, event::Notice> {
    match raw {
        "published" => Ok("PUBLISHED"),
        "draft" => Ok("DRAFT"),
        _ => Err(event::UNFIT),
    }
}

/// `Site Visit – Acme`: Close's custom activities have no name.
fn name(one: &CustomType, links: &Links<'_>) -> String {
    // A type nobody can name is called like its object.
    let known = one.close_name != one.close_id;
    let what = text::line(if known { &one.close_name } else { &one.object.label_singular });
    let name = match text::line(links.lead_name) {
        lead if lead.is_empty() => what.into_owned(),
        lead => format!("{what} – {lead}"),
    };
    text::head(&name, text::MAX_CELL).to_owned()
}

fn opportunity(work: &mut Work<'_>, record: &Record<'_>) -> Option<String> {
    let known = |raw: &str| {
        let deal = work.plan.opportunities.contains(&hash(raw));
        deal.then(|| raw.to_owned()).ok_or(event::DANGLING)
    };
    match record.take_as(a::OPPORTUNITY_ID, known)? {
        Ok(id) => Some(id),
        Err(why) => {
            work.remark(record, a::OPPORTUNITY_ID, why);
            None
        }
    }
}

/// The columns tasks and notes have in common.
#[derive(Clone, Copy)]
struct Columns {
    title: Col,
    body: Col,
    person: Col,
    company: Col,
    opportunity: Col,
    owner: Col,
    creator: Col,
    created: Col,
    updated: Col,
}

const NOTE: Columns = Columns {
    title: note::TITLE,
    body: note::BODY,
    person: note::PERSON,
    company: note::COMPANY,
    opportunity: note::OPPORTUNITY,
    owner: note::OWNER,
    creator: note::CREATED_BY,
    created: note::CREATED_AT,
    updated: note::UPDATED_AT,
};
const TASK: Columns = Columns {
    title: task::TITLE,
    body: task::BODY,
    person: task::PERSON,
    company: task::COMPANY,
    opportunity: task::OPPORTUNITY,
    owner: task::OWNER,
    creator: task::CREATED_BY,
    created: task::CREATED_AT,
    updated: task::UPDATED_AT,
};

/// A custom activity as a task or note: its fields are told in the text.
fn told(
    work: &mut Work<'_>,
    record: &Record<'_>,
    (at, one): (usize, &CustomType),
    as_object: Object,
    within: Option<&str>,
) {
    let Some(id) = record.take(base::ID) else { return };
    let mut cells = work.cells(as_object as usize);
    Work::identify(&mut cells, &id);
    [base::TYPE, a::CUSTOM_TYPE].into_iter().for_each(|field| {
        record.take(field);
    });
    let links = work.links(record, base::LEAD_ID, Some(base::CONTACT_ID), within);
    let deal = opportunity(work, record).unwrap_or_default();
    let (person, company) = (links.person.unwrap_or_default(), links.company.unwrap_or_default());
    let own = if as_object == Object::Note { NOTE } else { TASK };
    cells.set(own.person, person);
    cells.set(own.company, company);
    cells.set(own.opportunity, deal);
    if as_object == Object::Task {
        let draft = record.peek(a::STATUS) == Some("draft");
        cells.set(task::STATUS, if draft { "TODO" } else { "DONE" });
        work.member(record, base::USER_ID, &mut cells, task::MEMBER);
    }
    let status = super::parts::status(record, a::STATUS, &["published"]);
    cells.set(own.title, super::parts::remarked(&text::line(&one.close_name), status.as_deref()));
    let lines = custom::lines(work, record);
    body(work, record, base::ID, &markdown::from_text(&lines), &mut cells, own.body);
    let when = moment(work, record, &mut cells, own.created);
    if as_object == Object::Task {
        let happened = cells.get(own.created).to_owned();
        cells.set(task::ACTIVITY_AT, happened);
    }
    people(work, record, &mut cells, own.owner, own.creator);
    work.instant(record, base::DATE_UPDATED, &mut cells, own.updated);
    work.emit(cells, when, &id);
    written(work, record, at);
}
