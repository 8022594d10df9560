//! People, from contacts and from leads that are people themselves. It must not decide who is the
//! same person or who represents a lead.

use super::company::{LEAD_ADDRESS, LEAD_FIELDS_OF_PERSON, has_address, lead_fields, postal};
use super::custom;
use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::record::scalar;
use crate::close::shape::{contact, email_address, lead, link as url, phone_number};
use crate::close::{Field, Record};
use crate::event;
use crate::plan::Place;
use crate::survey::texts::{Number, Span};
use crate::twenty::objects::{Object, person as col};
use crate::twenty::phone::{self, Phone};
use crate::twenty::{email, hosts, link, name, text};

/// The step of people.
const STEP: usize = Object::Person as usize;
const PLACE: Place = Place::Standard(Object::Person);

/// Writes one person from the contacts that are them, the survivor first, and from the lead they
/// represent.
pub(super) fn from_contacts(
    work: &mut Work<'_>,
    id: &str,
    contacts: &[&Record<'_>],
    represents: Option<&Record<'_>>,
) {
    let plan = work.plan;
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, id);
    cells.set(col::CONTACT_ID, id);
    for contact in contacts {
        contact.take(contact::ID);
        title(work, contact, &mut cells);
    }
    full_name(work, contacts, &mut cells);
    emails(work, id, contacts, &mut cells);
    phones(work, contacts, &mut cells);
    links(work, contacts, &mut cells);
    company(work, id, contacts, represents, &mut cells);
    custom::fill(work, contacts, Object::Person.into(), &mut cells);
    let merged: Vec<&str> = contacts.iter().skip(1).filter_map(|c| c.id()).collect();
    let mut created = None;
    for (i, contact) in contacts.iter().enumerate() {
        contact.take(contact::CREATED_BY_NAME);
        if i == 0 {
            work.owner(contact, contact::CREATED_BY, &mut cells, col::CREATED_BY);
            created = work.instant(contact, contact::DATE_CREATED, &mut cells, col::CREATED_AT);
            work.instant(contact, contact::DATE_UPDATED, &mut cells, col::UPDATED_AT);
        } else {
            contact.archive_open(&[
                contact::CREATED_BY,
                contact::DATE_CREATED,
                contact::DATE_UPDATED,
            ]);
        }
    }
    let mut all = contacts.to_vec();
    if let Some(lead) = represents {
        lead_values(work, lead, &mut cells);
        all.push(lead);
    }
    let of_leads = leads_merged(work, represents);
    let merged = merged.into_iter().chain(of_leads.iter().map(|lead| plan.leads.id(*lead)));
    cells.set(col::MERGED, merged.collect::<Vec<_>>().join(" "));
    work.emit(cells, created, id);
    custom::late_links(work, &all, PLACE, id, created);
    debug_assert!(plan.contacts.find(id).is_some());
}

/// Writes one person from a lead without contacts.
pub(super) fn from_lead(work: &mut Work<'_>, id: &str, lead: &Record<'_>) {
    let mut cells = work.cells(STEP);
    Work::identify(&mut cells, id);
    let named = lead.peek(lead::NAME).filter(|name| !text::line(name).is_empty());
    let shown = named.or_else(|| lead.peek(lead::DISPLAY_NAME));
    lead.take(lead::NAME);
    split(&text::line(shown.unwrap_or(id)), &mut cells);
    if let Some(company) = work.plan.leads.get(id).and_then(|lead| work.plan.company(lead)) {
        cells.set(col::COMPANY, company);
    }
    lead_values(work, lead, &mut cells);
    let created = work.instant(lead, lead::DATE_CREATED, &mut cells, col::CREATED_AT);
    work.instant(lead, lead::DATE_UPDATED, &mut cells, col::UPDATED_AT);
    work.emit(cells, created, id);
    custom::late_links(work, &[lead], PLACE, id, created);
}

/// Lead-level values on the person that represents the lead.
fn lead_values(work: &mut Work<'_>, lead: &Record<'_>, cells: &mut Cells) {
    let id = lead.id().unwrap_or_default();
    cells.set(col::LEAD_ID, id);
    lead.take(lead::ID);
    let has_company = work.plan.leads.get(id).is_some_and(|lead| lead.company.is_some());
    lead_fields(
        work,
        lead,
        cells,
        &LEAD_FIELDS_OF_PERSON,
        cells.get(col::CONTACT_ID).is_empty(),
        false,
    );
    if !has_company {
        if let Some(raw) = lead.peek(lead::NAME)
            && lead.is_open(lead::NAME)
        {
            let full = [cells.get(col::FIRST_NAME), cells.get(col::LAST_NAME)].join(" ");
            let same = crate::plan::people::name_key(&full) == crate::plan::people::name_key(raw);
            if same { lead.merged(lead::NAME) } else { lead.archive(lead::NAME) }
        }
        work.line(lead, lead::URL, cells, col::LEAD_LINK);
        if has_address(lead) {
            postal(work, lead, cells, &LEAD_ADDRESS);
        }
    }
    custom::fill(work, &[lead], Object::Person.into(), cells);
}

/// The leads that were merged into the one this person represents.
fn leads_merged<'p>(work: &Work<'p>, represents: Option<&Record<'_>>) -> &'p [Number] {
    let lead = represents.and_then(|lead| work.plan.leads.find(lead.id()?));
    let merged = lead.and_then(|lead| work.plan.merged_leads.get(&lead));
    merged.map_or(&[], Vec::as_slice)
}

fn title(work: &mut Work<'_>, record: &Record<'_>, cells: &mut Cells) {
    let Some(raw) = record.peek(contact::TITLE) else { return };
    if cells.get(col::JOB_TITLE).is_empty() {
        work.line(record, contact::TITLE, cells, col::JOB_TITLE);
    } else if *text::line(raw) == *cells.get(col::JOB_TITLE) {
        record.merged(contact::TITLE);
    } else {
        record.set_aside(contact::TITLE);
        work.remark(record, contact::TITLE, event::LOST_MERGE);
    }
}

/// The name in its two parts; without a name, what Close shows in its place.
fn full_name(work: &mut Work<'_>, contacts: &[&Record<'_>], cells: &mut Cells) {
    let mut key = None;
    for record in contacts {
        let Some(raw) = work.text(record, contact::NAME) else { continue };
        if text::line(&raw).is_empty() {
            continue;
        }
        let own = crate::plan::people::name_key(&raw);
        match &key {
            None => {
                split(&text::line(&raw), cells);
                key = Some(own);
            }
            Some(known) if *known == own => {}
            Some(_) => {
                record.set_aside(contact::NAME);
                work.remark(record, contact::NAME, event::LOST_MERGE);
            }
        }
    }
    if key.is_none() {
        let shown = contacts.iter().find_map(|record| record.peek(contact::DISPLAY_NAME));
        if let Some(shown) = shown {
            // Often an address or a number: it is no name that could be split.
            cells.set(col::FIRST_NAME, text::head(&text::line(shown), text::MAX_CELL));
        }
    }
}

fn split(full: &str, cells: &mut Cells) {
    let full = text::head(full, text::MAX_CELL);
    let parts = name::split(full);
    // A part may be nothing but a mark that a cell must not begin with.
    cells.set(col::FIRST_NAME, text::line(&parts.first));
    cells.set(col::LAST_NAME, text::line(&parts.last));
}

/// The primary e-mail is the plan's; the others are additional. What Twenty cannot hold as an
/// e-mail stays readable in a text field.
fn emails(work: &mut Work<'_>, id: &str, contacts: &[&Record<'_>], cells: &mut Cells) {
    let plan = work.plan;
    let planned = plan.contacts.get(id);
    let text = |span: Span| plan.contacts.text(span);
    let primary = planned.and_then(|contact| contact.primary).map(text);
    let first = planned.and_then(|contact| contact.first_email).map(text);
    let (mut more, mut other): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for contact in contacts {
        for item in contact.list(contact::EMAILS) {
            usual(item, email_address::TYPE, "office");
            usual(item, email_address::IS_UNSUBSCRIBED, "false");
            let Some(raw) = work.text(item, email_address::EMAIL) else { continue };
            let known = email::email(&raw);
            if known.as_ref().is_ok_and(|address| *address != raw.trim().to_lowercase()) {
                // `Name <address>`: the name has no place.
                item.keep_whole(email_address::EMAIL);
            }
            match known {
                Ok(address) if Some(&*address) == primary => cells.set(col::EMAIL, &address),
                Ok(address) if more.contains(&address) => {}
                Ok(address) => {
                    if first == Some(&*address) {
                        work.remark_at(contact, "emails[].email", event::SHARED_EMAIL, &address);
                    }
                    more.push(address);
                }
                Err(refusal) => {
                    work.remark_at(contact, "emails[].email", notice(refusal), &raw);
                    other.push(text::line(&raw).into_owned());
                }
            }
        }
    }
    if primary.is_some() && !more.is_empty() {
        cells.set(col::EMAIL_MORE, email::additional_cell(&more));
    } else {
        // Additional addresses without a primary one would be promoted to it, and collide.
        other.splice(0..0, more);
    }
    other.dedup();
    cells.set(col::OTHER_EMAILS, text::head(&other.join("; "), text::MAX_CELL));
}

/// The value Close gives when nobody chose one says nothing.
fn usual(item: &Record<'_>, field: Field, value: &str) {
    let own = item.value(field).and_then(scalar);
    if own.is_some_and(|own| own == value) {
        item.noise(field);
    }
}

fn phones(work: &mut Work<'_>, contacts: &[&Record<'_>], cells: &mut Cells) {
    let (mut good, mut other): (Vec<Phone>, Vec<String>) = (Vec::new(), Vec::new());
    for contact in contacts {
        for item in contact.list(contact::PHONES) {
            usual(item, phone_number::TYPE, "office");
            usual(item, phone_number::SMS_BLOCKED, "false");
            let country = item.take(phone_number::COUNTRY);
            let Some(raw) = work.text(item, phone_number::PHONE) else { continue };
            match phone::phone(&raw, country.as_deref()) {
                Ok(number) => {
                    if number.extension.is_some() {
                        // The extension has no place in a phone field.
                        other.push(text::line(&raw).into_owned());
                    }
                    if !good.iter().any(|known| known.e164 == number.e164) {
                        good.push(number);
                    }
                }
                Err(refusal) => {
                    work.remark_at(contact, "phones[].phone", notice(refusal), &raw);
                    other.push(text::line(&raw).into_owned());
                }
            }
        }
    }
    if let Some((first, rest)) = good.split_first() {
        cells.set(col::PHONE, &first.e164);
        let (json, left) = phone::additional_cell(rest);
        if left.len() < rest.len() {
            cells.set(col::PHONE_CODE, &first.calling_code);
            cells.set(col::PHONE_MORE, json);
        }
        other
            .extend(left.into_iter().filter_map(|at| rest.get(at)).map(|phone| phone.e164.clone()));
    }
    other.dedup();
    cells.set(col::OTHER_PHONES, text::head(&other.join("; "), text::MAX_CELL));
}

fn links(work: &mut Work<'_>, contacts: &[&Record<'_>], cells: &mut Cells) {
    let mut good: Vec<String> = Vec::new();
    for contact in contacts {
        for item in contact.list(contact::URLS) {
            usual(item, url::TYPE, "url");
            match item.take_as(url::URL, link::link) {
                Some(Ok(link))
                    if hosts::is_linkedin(&link.host) && cells.get(col::LINKEDIN).is_empty() =>
                {
                    cells.set(col::LINKEDIN, link.url);
                }
                Some(Ok(link))
                    if !good.contains(&link.url) && link.url != cells.get(col::LINKEDIN) =>
                {
                    good.push(link.url);
                }
                Some(Err(refusal)) => {
                    let raw = item.peek(url::URL).unwrap_or_default();
                    work.remark_at(contact, "urls[].url", notice(refusal), raw);
                }
                _ => {}
            }
        }
    }
    if let Some((first, rest)) = good.split_first() {
        cells.set(col::LINK_URL, first);
        cells.set(col::LINK_LABEL, first);
        if !rest.is_empty() {
            let pairs: Vec<(&str, &str)> = rest.iter().map(|url| (&**url, &**url)).collect();
            cells.set(col::LINK_MORE, link::secondary_cell(&pairs));
        }
    }
}

/// The company of the lead the person represents, else that of the survivor's lead, else that of
/// another contact merged into this person. A lead that neither company nor person names is archived.
fn company(
    work: &mut Work<'_>,
    id: &str,
    contacts: &[&Record<'_>],
    represents: Option<&Record<'_>>,
    cells: &mut Cells,
) {
    let plan = work.plan;
    let own = represents.and_then(|lead| plan.lead(lead.id()?));
    if let Some(company) = own.and_then(|(_, lead)| plan.company(lead)) {
        cells.set(col::COMPANY, company);
    }
    for record in contacts {
        let contact = record.id().unwrap_or(id);
        let lead = plan.lead_of(contact);
        record.take(contact::LEAD_ID);
        let Some((lead_id, lead)) = lead else {
            let named = record.peek(contact::LEAD_ID).is_some();
            record.set_aside(contact::LEAD_ID);
            let why = if named { event::ORPHAN } else { event::DETACHED };
            work.remark(record, contact::LEAD_ID, why);
            continue;
        };
        match plan.company(lead) {
            Some(company) if cells.get(col::COMPANY).is_empty() => cells.set(col::COMPANY, company),
            Some(company) if company != cells.get(col::COMPANY) => {
                record.set_aside(contact::LEAD_ID);
                work.remark(record, contact::LEAD_ID, event::LOST_MERGE);
            }
            _ => {}
        }
        let represented = own.is_some_and(|(own, _)| own == lead_id);
        if !represented && cells.get(col::COMPANY) != lead_id {
            record.keep_whole(contact::LEAD_ID);
        }
    }
}
