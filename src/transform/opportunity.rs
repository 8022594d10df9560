//! Opportunities, and the note that goes with each (design §5; `close-format.md` §3.3: `value` is in
//! minor units, `date_won` is an estimate unless the status is won). It must not name stages: the
//! plan has.

use super::custom;
use super::note;
use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::shape::opportunity as o;
use crate::close::{Record, time};
use crate::event;
use crate::plan::{Place, Plan};
use crate::twenty::objects::{Object, opportunity as col};
use crate::twenty::{currency, date, number, text};

/// The step of opportunities.
const STEP: usize = Object::Opportunity as usize;
/// The object.
const PLACE: Place = Place::Standard(Object::Opportunity);
/// A name shows at most so many characters of the note.
const NAME_NOTE: usize = 60;

/// Writes one opportunity.
pub(super) fn write(work: &mut Work<'_>, record: &Record<'_>, within: Option<&str>) {
    let Some(id) = record.take(o::ID) else { return };
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, &id);
    let links = work.links(record, o::LEAD_ID, Some(o::CONTACT_ID), within);
    // Without a company and a contact of its own, the deal belongs to whoever represents the lead.
    let own_contact = record.peek(o::CONTACT_ID).and_then(|contact| work.plan.person(contact));
    let contact = own_contact.or(links.person.filter(|_| links.company.is_none()));
    cells.set(col::CONTACT, contact.unwrap_or_default());
    cells.set(col::COMPANY, links.company.unwrap_or_default());
    name(work.plan, record, links.lead_name, &mut cells);
    amount(work, record, &mut cells);
    stage(work, record, &mut cells);
    dates(work, record, &mut cells);
    period(work, record, &mut cells);
    match record.take_as(o::CONFIDENCE, |raw| number::number(raw).map(std::borrow::Cow::into_owned))
    {
        Some(Ok(cell)) => cells.set(col::CONFIDENCE, cell),
        Some(Err(refusal)) => work.remark(record, o::CONFIDENCE, notice(refusal)),
        None => {}
    }
    work.owner(record, o::USER_ID, &mut cells, col::OWNER);
    if cells.get(col::OWNER).is_empty() {
        work.line(record, o::USER_NAME, &mut cells, col::OWNER);
    }
    work.member(record, o::USER_ID, &mut cells, col::MEMBER);
    work.owner(record, o::CREATED_BY, &mut cells, col::CREATED_BY);
    for field in
        [o::USER_NAME, o::CREATED_BY_NAME, o::STATUS_LABEL, o::STATUS_TYPE, o::PIPELINE_NAME]
    {
        record.take(field);
    }
    let created = work.instant(record, o::DATE_CREATED, &mut cells, col::CREATED_AT);
    work.instant(record, o::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    custom::fill(work, &[record], Object::Opportunity.into(), &mut cells);
    work.emit(cells, created, &id);
    custom::late_links(work, &[record], PLACE, &id, created);
    note::of_opportunity(work, record, &id, &links, created);
    work.out.count(record.kind).written += 1;
    work.close(record, "values without a field in Twenty");
}

/// The name by the map's template; as built in `Acme – first line of the note`, or `Acme – €1,299
/// monthly`: Close's deals have no name.
fn name(plan: &Plan, record: &Record<'_>, lead: &str, cells: &mut Cells) {
    let named = record.take(o::LEAD_NAME);
    let lead =
        if lead.trim().is_empty() { named.as_deref().unwrap_or("Opportunity") } else { lead };
    let html = record.peek(o::NOTE_HTML).map(crate::twenty::markdown::plain_from_html);
    let note = html.as_deref().or(record.peek(o::NOTE)).unwrap_or_default();
    let first = crate::twenty::markdown::title(note, NAME_NOTE);
    let value = record.peek(o::VALUE_FORMATTED).unwrap_or_default();
    // A note often begins as a list or heading; its marks are no part of a name.
    let first = first.trim_start_matches(['-', '*', '•', '#', '>', ' ']);
    let filled = plan.settings.opportunity_names.fill(&|placeholder| match placeholder {
        "lead" => lead.to_owned(),
        "title" => if first.is_empty() { value } else { first }.to_owned(),
        "note" => first.to_owned(),
        "value" => value.to_owned(),
        other => fact(plan, record, other),
    });
    let name = text::line(&filled);
    // A template may ask for nothing this deal has; nameless it would not be found.
    let name = if name.is_empty() { text::line(lead) } else { name };
    cells.set(col::NAME, text::head(&name, text::MAX_CELL));
}

/// What a deal is filed under, in words; empty where it is not known.
fn fact(plan: &Plan, record: &Record<'_>, what: &str) -> String {
    let status = record.peek(o::STATUS_ID).or_else(|| record.peek(o::STATUS_LABEL));
    let stage = status.and_then(|id| plan.stages.by_status.get(id));
    match what {
        "status" => {
            let known = stage.map(|stage| &*stage.label).or(record.peek(o::STATUS_LABEL));
            known.unwrap_or_default().to_owned()
        }
        "pipeline" => {
            let own = record.peek(o::PIPELINE_ID).and_then(|id| plan.stages.pipelines.get(id));
            let value = own.or_else(|| stage.and_then(|stage| stage.pipeline.as_ref()));
            let options = plan.stages.pipeline_options.as_slice();
            let option = options.iter().find(|option| Some(&option.value) == value);
            let named = || record.peek(o::PIPELINE_NAME).unwrap_or_default();
            option.map_or_else(named, |option| &option.label).to_owned()
        }
        "owner" => {
            let known = record.peek(o::USER_ID).and_then(|id| plan.owners.get(id));
            let known = known.map(|owner| &*owner.name).filter(|name| !name.is_empty());
            known.or(record.peek(o::USER_NAME)).unwrap_or_default().to_owned()
        }
        "date_won" => {
            let day = record.peek(o::DATE_WON).and_then(time::date);
            day.and_then(|day| date::date_cell(day).ok()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn amount(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    // Tables that were in other hands write whole numbers with a point (`close-format.md` §4.17).
    let minor = |raw: &str| match whole(raw).parse::<i64>() {
        Ok(minor) if currency::is_exact(minor) => Ok(minor),
        Ok(_) => Err(event::TOO_PRECISE),
        Err(_) => Err(event::UNFIT),
    };
    let value = match record.take_as(o::VALUE, minor) {
        Some(Ok(value)) => value,
        refused => {
            // A currency without an amount says nothing.
            record.archive(o::VALUE_CURRENCY);
            record.archive(o::VALUE_FORMATTED);
            if let Some(Err(why)) = refused {
                work.remark(record, o::VALUE, why);
            }
            return;
        }
    };
    let code = match record.take_as(o::VALUE_CURRENCY, currency::code) {
        Some(Ok(code)) => code,
        Some(Err(refusal)) => {
            work.remark(record, o::VALUE_CURRENCY, notice(refusal));
            ""
        }
        None => "",
    };
    // An amount without a currency is none in Twenty.
    let code = if code.is_empty() { work.plan.currency.unwrap_or_default() } else { code };
    let formatted = record.take(o::VALUE_FORMATTED);
    let digits = minor_digits(code, value, formatted.as_deref());
    let usual = currency::minor_digits(code) == 2;
    if !usual && !code.is_empty() && formatted.is_none() && value != 0 {
        work.remark(record, o::VALUE, event::DOUBTFUL_AMOUNT);
    }
    cells.set(col::AMOUNT, currency::amount(value, digits));
    cells.set(col::CURRENCY, code);
}

/// A number without a fraction of zeros.
fn whole(raw: &str) -> &str {
    match raw.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => raw,
    }
}

/// Close counts in cents; whether it does so for currencies without cents, or with smaller ones, is not
/// documented, so the displayed amount decides where it can (`close-format.md` §4.5).
fn minor_digits(code: &str, value: i64, formatted: Option<&str>) -> u32 {
    let usual = currency::minor_digits(code);
    let digits: String =
        formatted.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let shown = digits.parse::<u64>().ok();
    let value = value.unsigned_abs();
    // Shown with all its digits, or without a fraction that is zero.
    let whole = |digits| 10_u64.checked_pow(digits).filter(|scale| value.is_multiple_of(*scale));
    let fits = |digits| shown == Some(value) || shown == whole(digits).map(|scale| value / scale);
    match usual {
        0 if shown == Some(value) => 0,
        3.. if fits(usual) => usual,
        _ => 2,
    }
}

fn stage(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let stages = &work.plan.stages;
    let id = record.peek(o::STATUS_ID).or_else(|| record.peek(o::STATUS_LABEL));
    let stage = id.and_then(|id| stages.by_status.get(id));
    record.take_text(o::STATUS_ID);
    if let Some(stage) = stage {
        cells.set(col::STAGE, &stage.value);
    }
    let named = record.take(o::PIPELINE_ID);
    let own = named.as_ref().and_then(|id| stages.pipelines.get(&**id));
    if named.is_some() && own.is_none() {
        record.set_aside(o::PIPELINE_ID);
    }
    if let Some(value) = own.or_else(|| stage.and_then(|stage| stage.pipeline.as_ref())) {
        cells.set(col::PIPELINE, value);
    }
}

/// The close date is the day the deal was won or lost, or the estimate while it is active.
fn dates(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let kind = record.peek(o::STATUS_TYPE);
    let stage = record.peek(o::STATUS_ID).and_then(|id| work.plan.stages.by_status.get(id));
    let kind = kind.or_else(|| stage.and_then(|stage| stage.kind.as_deref()));
    let lost = work.instant(record, o::DATE_LOST, cells, col::LOST_DATE);
    let day = |raw: &str| {
        let day = time::date(raw).ok_or(event::NO_TIME)?;
        let cell = date::date_as_date_time_cell(day).map_err(notice)?;
        Ok((cell, date::date_cell(day).map_err(notice)?))
    };
    match record.take_as(o::DATE_WON, day) {
        Some(Ok((close, won))) => {
            cells.set(col::CLOSE_DATE, close);
            if kind == Some("won") {
                cells.set(col::WON_DATE, won);
            }
        }
        Some(Err(why)) => work.remark(record, o::DATE_WON, why),
        None => {}
    }
    let is_lost = kind == Some("lost");
    if lost.is_some() && (is_lost || cells.get(col::CLOSE_DATE).is_empty()) {
        let at = cells.get(col::LOST_DATE).to_owned();
        if !cells.get(col::CLOSE_DATE).is_empty() {
            // The estimate gives way to the day it was really lost.
            record.keep_whole(o::DATE_WON);
        }
        cells.set(col::CLOSE_DATE, at);
    }
}

fn period(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let known = |raw: &str| match raw {
        "one_time" => Ok("ONE_TIME"),
        "monthly" => Ok("MONTHLY"),
        "annual" => Ok("ANNUAL"),
        _ => Err(event::UNFIT),
    };
    match record.take_as(o::VALUE_PERIOD, known) {
        Some(Ok(value)) => cells.set(col::VALUE_PERIOD, value),
        Some(Err(why)) => work.remark(record, o::VALUE_PERIOD, why),
        None => {}
    }
}
