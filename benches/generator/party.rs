//! Who a lead is about: the company and its contact persons.
//!
//! A lead may borrow the identity of an earlier one, so that domains, addresses and whole persons
//! occur several times (close-format.md §4). What is borrowed is computed again from its number;
//! nothing of an earlier lead is remembered.

use super::chance::{Chance, Stream};
use super::words::{BRANDS, COUNTRIES, COUNTRY_WEIGHTS, Country, FIRST, LAST, TITLES, TRADES};

/// How far back a lead looks for an identity to borrow.
const REACH: u64 = 60;

/// The company, or the private person, behind a lead.
pub struct Company {
    /// The lead's name.
    pub name: String,
    /// Its domain; private persons and small shops have none.
    pub host: Option<String>,
    /// Where it sits.
    pub country: &'static Country,
    /// The lead is a person (B2C) and named like its only contact.
    pub private: bool,
    /// Number of the lead whose identity this is.
    number: u64,
}

impl Company {
    /// The company of lead `number`: its own, or that of an earlier lead.
    pub fn of_lead(seed: u64, number: u64) -> Self {
        let mut chance = Chance::new(seed, Stream::Company, number * 2 + 1);
        let back = 1 + chance.below(REACH);
        if back > number || !chance.percent(16) {
            return Self::own(seed, number);
        }
        let mut company = Self::own(seed, number - back);
        match chance.below(4) {
            0 if !company.private => company.name.push_str(" – Niederlassung Süd"),
            1 if !company.private => company.name = company.name.to_uppercase(),
            _ => {}
        }
        company
    }

    fn own(seed: u64, number: u64) -> Self {
        let mut chance = Chance::new(seed, Stream::Company, number * 2);
        let at = chance.weighted(COUNTRY_WEIGHTS);
        let country = COUNTRIES.get(at).unwrap_or(&COUNTRIES[0]);
        let (brand, brand_host) = chance.pick(BRANDS);
        let (trade, trade_host) = chance.pick(TRADES);
        let form = chance.pick(country.forms);
        let private = chance.percent(10);
        let name = if private {
            Person::new(seed, number, 0, country, None).name
        } else if chance.percent(15) {
            format!("{brand} {trade}")
        } else {
            format!("{brand} {trade} {form}")
        };
        let host = (!private && chance.percent(90))
            .then(|| format!("{brand_host}-{trade_host}-{number}.example"));
        Self { name, host, country, private, number }
    }

    /// Street, city, state and postal code of one address.
    pub fn address(&self, chance: &mut Chance) -> [String; 4] {
        let street = chance.pick(self.country.streets);
        let house = chance.between(1, 180);
        let (city, state, zip) = chance.pick(self.country.cities);
        let line = match self.country.language {
            1 | 2 => format!("{house} {street}"),
            _ => format!("{street} {house}"),
        };
        [line, city.to_owned(), state.to_owned(), zip.to_owned()]
    }
}

/// A contact person before it gets an id.
pub struct Person {
    /// The full name; may be empty.
    pub name: String,
    /// First = primary; may be empty.
    pub emails: Vec<String>,
    /// E.164.
    pub phones: Vec<String>,
    /// Job title or nothing.
    pub title: &'static str,
    /// ISO-2 of the company's country.
    pub country: &'static str,
}

impl Person {
    /// Person `index` of a lead: usually a new one, now and then one of an earlier lead.
    pub fn of_lead(seed: u64, lead: u64, index: u64, company: &Company) -> Self {
        let mut chance = Chance::new(seed, Stream::Person, (lead * 64 + index) * 2 + 1);
        let back = 1 + chance.below(REACH);
        if back <= lead && chance.percent(4) {
            let other = Company::own(seed, lead - back);
            return Self::new(seed, other.number, 0, other.country, other.host.as_deref());
        }
        // A private person's lead is named after person 0 of the identity it carries.
        let number = if company.private { company.number } else { lead };
        Self::new(seed, number, index, company.country, company.host.as_deref())
    }

    fn new(
        seed: u64,
        number: u64,
        index: u64,
        country: &'static Country,
        host: Option<&str>,
    ) -> Self {
        let mut chance = Chance::new(seed, Stream::Person, (number * 64 + index) * 2);
        let names = |table: &[&'static [super::words::Spelt]], chance: &mut Chance| {
            chance.pick(table.get(country.language).copied().unwrap_or_default())
        };
        let (first, first_local) = names(FIRST, &mut chance);
        let (last, last_local) = names(LAST, &mut chance);
        let mut emails = Vec::new();
        for turn in 0..[1, 1, 1, 1, 1, 1, 2, 2, 0, 0].get(chance.index(10)).copied().unwrap_or(1) {
            emails.push(match host {
                Some(host) if turn == 0 && chance.percent(4) => format!("info@{host}"),
                Some(host) if chance.percent(3) => format!("{first_local}@{host}").to_uppercase(),
                Some(host) => format!("{first_local}.{last_local}{}@{host}", suffix(index, turn)),
                None => format!("{first_local}.{last_local}{number}{index}{turn}@mail.example.org"),
            });
        }
        let phones = (0..chance.weighted(&[25, 50, 20, 5]))
            .map(|_| fill(chance.pick(country.phones), &mut chance))
            .collect();
        let name = if chance.percent(2) { String::new() } else { format!("{first} {last}") };
        let title = chance.pick(TITLES);
        Self { name, emails, phones, title, country: country.code }
    }

    /// The address used in mails.
    pub fn address(&self) -> &str {
        self.emails.first().map_or("", String::as_str)
    }
}

fn suffix(index: u64, turn: usize) -> String {
    if index == 0 && turn == 0 { String::new() } else { format!("{index}{turn}") }
}

/// Replaces each `#` by a digit.
fn fill(pattern: &str, chance: &mut Chance) -> String {
    let digit =
        |chance: &mut Chance| char::from(b'0' + u8::try_from(chance.below(10)).unwrap_or(0));
    pattern.chars().map(|sign| if sign == '#' { digit(chance) } else { sign }).collect()
}

/// A phone number as Close displays it: `+49 30 231 251 23`, `+1 212-555-0101`.
pub fn formatted(phone: &str) -> String {
    if let (Some("+1"), Some(area), Some(office), Some(line)) =
        (phone.get(..2), phone.get(2..5), phone.get(5..8), phone.get(8..))
    {
        return format!("+1 {area}-{office}-{line}");
    }
    let mut text = String::with_capacity(phone.len() + 4);
    for (at, sign) in phone.chars().enumerate() {
        if at >= 3 && at % 3 == 0 {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}
