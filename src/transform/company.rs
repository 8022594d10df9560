//! Companies, from the organisation's side of leads (design §5). The lead whose id it has speaks
//! first; others fill what it leaves open. It must not decide which leads share a company.

use super::custom;
use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::shape::{address, lead};
use crate::close::{Field, Kind, Record};
use crate::event;
use crate::plan::companies::own_host;
use crate::plan::{Company, Place, Verdict};
use crate::twenty::address::country;
use crate::twenty::objects::{Col, Object, company as col, person};
use crate::twenty::{hosts, link, text};

/// The step of companies.
const STEP: usize = Object::Company as usize;
const PLACE: Place = Place::Standard(Object::Company);

/// Writes the company of these leads, in the plan's order.
pub(super) fn write(work: &mut Work<'_>, company: &Company<'_>, leads: &[&Record<'_>]) {
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, company.id);
    let represented = |lead: &Record<'_>| {
        let planned = lead.id().and_then(|id| work.plan.leads.get(id));
        planned.is_some_and(|l| matches!(l.verdict, Verdict::Contact(_) | Verdict::Person))
    };
    let by_person: Vec<bool> = leads.iter().map(|lead| represented(lead)).collect();
    leads.iter().for_each(|lead| {
        lead.take(lead::ID);
    });
    name(work, company, leads, &mut cells);
    links(work, company, leads, &mut cells);
    let at = leads.iter().position(|lead| has_address(lead));
    if let Some(lead) = at.map(|at| leads[at]) {
        postal(work, lead, &mut cells, &ADDRESS);
    }
    for (i, lead) in leads.iter().enumerate() {
        lead_fields(work, lead, &mut cells, &LEAD_FIELDS, i == 0, by_person[i]);
        let elsewhere = i > 0 && by_person[i];
        custom::fill(work, &[lead], custom::Into { place: PLACE, elsewhere }, &mut cells);
    }
    let own = work.plan.leads.get(company.id);
    if own.is_some_and(|own| own.verdict == Verdict::Company) {
        cells.set(col::LEAD_ID, company.id);
    }
    let merged: Vec<&str> =
        leads.iter().filter_map(|l| l.id()).filter(|id| *id != company.id).collect();
    cells.set(col::MERGED, merged.join(" "));
    let first = leads[0];
    let created = work.instant(first, lead::DATE_CREATED, &mut cells, col::CREATED_AT);
    work.instant(first, lead::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    work.emit(cells, created, company.id);
    custom::late_links(work, leads, PLACE, company.id, created);
}

fn name(work: &mut Work<'_>, company: &Company<'_>, leads: &[&Record<'_>], cells: &mut Cells) {
    for lead in leads {
        let Some(raw) = lead.peek(lead::NAME) else { continue };
        let name = text::line(raw);
        if cells.get(col::NAME).is_empty() {
            work.line(lead, lead::NAME, cells, col::NAME);
        } else if *name == *cells.get(col::NAME) {
            lead.merged(lead::NAME);
        } else {
            lead.set_aside(lead::NAME);
            work.remark(lead, lead::NAME, event::LOST_MERGE);
        }
    }
    if cells.get(col::NAME).is_empty() {
        let shown = leads.iter().find_map(|lead| lead.peek(lead::DISPLAY_NAME)).map(text::line);
        cells.set(col::NAME, shown.as_deref().or(company.host).unwrap_or(company.id));
    }
}

/// The domain, further pages of the same site, a `LinkedIn` page, and urls that are none of these.
fn links(work: &mut Work<'_>, company: &Company<'_>, leads: &[&Record<'_>], cells: &mut Cells) {
    let mut more: Vec<String> = Vec::new();
    let mut other: Vec<String> = Vec::new();
    if let Some(host) = company.host {
        cells.set(col::DOMAIN_URL, format!("https://{host}"));
        cells.set(col::DOMAIN_LABEL, host);
    }
    for lead in leads {
        let Some(raw) = work.text(lead, lead::URL) else { continue };
        if own_host(&raw).is_some_and(|host| company.is_shared(&host)) {
            work.remark(lead, lead::URL, event::SHARED_DOMAIN);
        }
        match link::link(&raw) {
            Ok(link) if hosts::is_linkedin(&link.host) && cells.get(col::LINKEDIN).is_empty() => {
                cells.set(col::LINKEDIN, link.url);
            }
            Ok(link) if hosts::is_shared_host(&link.host) || company.host.is_none() => {
                other.push(link.url);
            }
            Ok(link) => {
                let page = link.url.trim_start_matches("https://").trim_start_matches("http://");
                let page = page.trim_start_matches("www.").trim_end_matches('/');
                if Some(page) != company.host && !more.contains(&link.url) {
                    more.push(link.url);
                }
            }
            Err(refusal) => {
                work.remark(lead, lead::URL, notice(refusal));
                other.push(text::line(&raw).into_owned());
            }
        }
    }
    if !more.is_empty() {
        let pairs: Vec<(&str, &str)> = more.iter().map(|url| (&**url, &**url)).collect();
        cells.set(col::DOMAIN_MORE, link::secondary_cell(&pairs));
    }
    other.dedup();
    cells.set(col::LEAD_LINK, text::head(&other.join("; "), text::MAX_CELL));
}

/// The columns of an address.
pub(super) struct AddressColumns {
    street_1: Col,
    street_2: Col,
    city: Col,
    state: Col,
    postcode: Col,
    country: Col,
}

const ADDRESS: AddressColumns = AddressColumns {
    street_1: col::STREET_1,
    street_2: col::STREET_2,
    city: col::CITY,
    state: col::STATE,
    postcode: col::POSTCODE,
    country: col::COUNTRY,
};

/// The same columns on a person, for leads without a company.
pub(super) const LEAD_ADDRESS: AddressColumns = AddressColumns {
    street_1: person::STREET_1,
    street_2: person::STREET_2,
    city: person::CITY,
    state: person::STATE,
    postcode: person::POSTCODE,
    country: person::COUNTRY,
};

const PARTS: [Field; 6] = [
    address::ADDRESS_1,
    address::ADDRESS_2,
    address::CITY,
    address::STATE,
    address::ZIPCODE,
    address::COUNTRY,
];

/// True when some address of the lead says more than its label.
pub(super) fn has_address(lead: &Record<'_>) -> bool {
    lead.list(lead::ADDRESSES).iter().any(filled)
}

fn filled(address: &Record<'_>) -> bool {
    PARTS.iter().any(|part| address.peek(*part).is_some())
}

/// Writes the lead's first address.
pub(super) fn postal(
    work: &mut Work<'_>,
    lead: &Record<'_>,
    cells: &mut Cells,
    to: &AddressColumns,
) {
    let Some(first) = lead.list(lead::ADDRESSES).iter().find(|a| filled(a)) else { return };
    work.line(first, address::ADDRESS_1, cells, to.street_1);
    work.line(first, address::ADDRESS_2, cells, to.street_2);
    work.line(first, address::CITY, cells, to.city);
    work.line(first, address::STATE, cells, to.state);
    work.line(first, address::ZIPCODE, cells, to.postcode);
    let known = |raw: &str| country(raw).ok_or(event::UNKNOWN_COUNTRY);
    match first.take_as(address::COUNTRY, known) {
        Some(Ok(name)) => cells.set(to.country, name),
        Some(Err(why)) => {
            let raw = first.peek(address::COUNTRY).unwrap_or_default().to_owned();
            work.remark_at(lead, "addresses[].country", why, &raw);
        }
        None => {}
    }
}

/// The columns of lead-level values.
pub(super) struct LeadColumns {
    status: Col,
    description: Col,
    source: Col,
    created_by: Col,
}

const LEAD_FIELDS: LeadColumns = LeadColumns {
    status: col::LEAD_STATUS,
    description: col::LEAD_DESCRIPTION,
    source: col::LEAD_SOURCE,
    created_by: col::CREATED_BY,
};

/// The same columns on a person.
pub(super) const LEAD_FIELDS_OF_PERSON: LeadColumns = LeadColumns {
    status: person::LEAD_STATUS,
    description: person::LEAD_DESCRIPTION,
    source: person::LEAD_SOURCE,
    created_by: person::CREATED_BY,
};

/// Writes status, description, source and creator where the cells are free. A value that another
/// lead's took the place of is settled here, unless a person carries it.
pub(super) fn lead_fields(
    work: &mut Work<'_>,
    lead: &Record<'_>,
    cells: &mut Cells,
    to: &LeadColumns,
    first: bool,
    elsewhere: bool,
) {
    let statuses = &work.plan.lead_statuses;
    let by = |field| lead.peek(field).and_then(|key: &str| statuses.get(key));
    let status = by(lead::STATUS_ID).or_else(|| by(lead::STATUS_LABEL));
    if let Some(value) = status.filter(|_| cells.get(to.status).is_empty()) {
        cells.set(to.status, value);
        lead.take_text(lead::STATUS_ID);
        if lead
            .take_text(lead::STATUS_LABEL)
            .is_some_and(|label| statuses.get(label) != Some(value))
        {
            // An older name of the status: the cell shows the present one.
            lead.keep_whole(lead::STATUS_LABEL);
        }
    } else if !elsewhere {
        let equal = status.is_some_and(|value| *value == *cells.get(to.status));
        for field in [lead::STATUS_ID, lead::STATUS_LABEL] {
            if equal { lead.merged(field) } else { yield_place(work, lead, field) }
        }
    }
    for (field, column) in [(lead::DESCRIPTION, to.description), (lead::SOURCE, to.source)] {
        let Some(raw) = lead.peek(field) else { continue };
        if cells.get(column).is_empty() {
            work.block(lead, field, cells, column);
        } else if !elsewhere && *text::block(raw) == *cells.get(column) {
            lead.merged(field);
        } else if !elsewhere {
            yield_place(work, lead, field);
        }
    }
    if first && cells.get(to.created_by).is_empty() {
        work.owner(lead, lead::CREATED_BY, cells, to.created_by);
        lead.take(lead::CREATED_BY_NAME);
    }
}

fn yield_place(work: &mut Work<'_>, lead: &Record<'_>, field: Field) {
    if lead.peek(field).is_some() {
        lead.set_aside(field);
        work.remark(lead, field, event::LOST_MERGE);
    }
}

/// Says what becomes of a lead's values that have no cell of their own in this case: name, creator
/// and dates of a lead whose company or person has them from another record.
pub(super) fn settle(work: &mut Work<'_>, lead: &Record<'_>, verdict: Verdict) {
    debug_assert_eq!(lead.kind, Kind::Lead);
    lead.take(lead::ID);
    lead.take_whole(lead::CONTACT_IDS);
    lead.take_text(lead::STATUS_ID);
    lead.take(lead::CREATED_BY_NAME);
    lead.list(lead::ADDRESSES).iter().for_each(Record::archive_rest);
    lead.archive_open(&[lead::NAME, lead::CREATED_BY, lead::DATE_CREATED, lead::DATE_UPDATED]);
    if let Verdict::Merged(_) = verdict {
        for field in [lead::DESCRIPTION, lead::URL, lead::STATUS_LABEL, lead::SOURCE] {
            if lead.is_open(field) {
                yield_place(work, lead, field);
            }
        }
    }
}
