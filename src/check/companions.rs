//! Cells of one composite field that mean nothing, or harm, without one another, and phones, which the
//! server reads as a whole (`twenty-importer.md §3, §3.1, §4.2`). It does not judge a cell alone.

use super::catalog::{Cell, Column};
use super::finding::{Log, Spot};
use super::phone::{self, Conflict};
use super::rules::{self, Rule};
use super::value;

/// The columns of one composite field.
#[derive(Debug)]
pub(super) struct Group {
    members: Vec<(Cell, usize)>,
}

/// Sub-fields that need another: this, needs that, the rule.
const NEEDS: &[(Cell, Cell, &Rule)] = &[
    (Cell::UrlLabel, Cell::Url, rules::LABEL_WITHOUT_URL),
    (Cell::Links, Cell::Url, rules::LINKS_WITHOUT_URL),
    (Cell::Emails, Cell::Email, rules::EMAILS_WITHOUT_PRIMARY),
    (Cell::Phones, Cell::Phone, rules::PHONES_WITHOUT_PRIMARY),
    (Cell::CallingCode, Cell::Phone, rules::PHONES_WITHOUT_PRIMARY),
    (Cell::Phones, Cell::CallingCode, rules::PHONES_WITHOUT_CODE),
    (Cell::CountryCode, Cell::CallingCode, rules::COUNTRY_WITHOUT_CODE),
    (Cell::Amount, Cell::CurrencyCode, rules::AMOUNT_WITHOUT_CURRENCY),
];

/// A row, as the rules here see it.
pub(super) trait Row {
    /// The text of a cell, empty beyond the last.
    fn text(&self, at: usize) -> &str;
    /// Where a cell stands.
    fn spot(&self, at: usize) -> Spot<'_>;
}

impl Group {
    /// The composite fields of a header whose cells need one another.
    pub fn all(columns: &[Option<&Column>]) -> Vec<Self> {
        let mut groups: Vec<(&str, Self)> = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let Some(column) = column.filter(|one| one.sub.is_some() && one.target.is_none())
            else {
                continue;
            };
            if !NEEDS.iter().any(|(this, that, _)| [*this, *that].contains(&column.cell)) {
                continue;
            }
            match groups.iter_mut().find(|(field, _)| *field == column.field) {
                Some((_, group)) => group.members.push((column.cell, at)),
                None => groups.push((&column.field, Self { members: vec![(column.cell, at)] })),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn at(&self, cell: Cell) -> Option<usize> {
        self.members.iter().find(|(kind, _)| *kind == cell).map(|(_, at)| *at)
    }

    /// The text of a sub-field, if it says anything; an empty list does not.
    fn text<'r>(&self, row: &'r impl Row, cell: Cell) -> Option<(usize, &'r str)> {
        let at = self.at(cell)?;
        let text = row.text(at);
        (!text.trim().is_empty() && text != "[]").then_some((at, text))
    }

    /// Checks the sub-fields of one row.
    pub fn check(&self, row: &impl Row, log: &mut Log) {
        for (this, that, rule) in NEEDS {
            if let Some((at, text)) = self.text(row, *this)
                && self.text(row, *that).is_none()
            {
                // Without a number nothing else about a phone matters.
                let lost = *that == Cell::CallingCode && self.text(row, Cell::Phone).is_none();
                if !(lost && *this == Cell::Phones) {
                    log.add(rule, row.spot(at), text, String::new());
                }
            }
        }
        if let Some((at, number)) = self.text(row, Cell::Phone) {
            self.check_phone(row, at, number, log);
        }
    }

    fn check_phone(&self, row: &impl Row, at: usize, number: &str, log: &mut Log) {
        // What the browser refuses never reaches the server.
        let Ok(read) = phone::read(number) else { return };
        if read.extension {
            log.add(rules::PHONE_EXTENSION, row.spot(at), number, String::new());
        }
        let code = self.text(row, Cell::CallingCode);
        let country = self.text(row, Cell::CountryCode);
        let Some((code_at, code)) = code else {
            let mut say = |rule, detail| {
                log.add(rule, row.spot(at), number, detail);
            };
            return value::phone_alone(&read, &mut say);
        };
        if !phone::is_calling_code(code)
            || country.is_some_and(|(_, country)| !phone::is_country(country))
        {
            return;
        }
        let Some((conflict, detail)) = phone::conflict(number, code, country.map(|(_, text)| text))
        else {
            return;
        };
        let (rule, place, text) = match (conflict, country) {
            (Conflict::Unreadable, _) => (rules::PHONE_SERVER, at, number),
            (Conflict::Country, Some((at, text))) => (rules::PHONE_COUNTRY_CONFLICT, at, text),
            (Conflict::Code | Conflict::Country, _) => (rules::PHONE_CODE_CONFLICT, code_at, code),
        };
        log.add(rule, row.spot(place), text, detail);
    }
}
