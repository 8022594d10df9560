//! The choices a user can make about the map, with their defaults. It must not hold what follows
//! from an export.

use super::MapFile;
use super::template::Template;
use crate::close::Kind;
use crate::error::Result;
use indexmap::IndexMap;

/// What represents a lead in Twenty (design §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LeadStrategy {
    /// Its first contact's Person; without contacts a Person, or the Company when the lead is
    /// evidently an organisation.
    #[default]
    Auto,
    /// Always a Person.
    Person,
    /// Always the Company.
    Company,
}

/// When two companies are one (design §5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CompanyDedupe {
    /// By host, then by normalised name where at most one host is in play.
    #[default]
    #[value(name = "domain+name")]
    #[serde(rename = "domain+name")]
    DomainAndName,
    /// By host only.
    Domain,
    /// Never.
    Off,
}

/// When two contacts are one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PeopleDedupe {
    /// By primary e-mail address.
    #[default]
    Email,
    /// Never.
    Off,
}

/// What becomes of the text an e-mail quotes from the one it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QuotedHistory {
    /// It stays in the body.
    #[default]
    Keep,
    /// It is left out of the body; the whole text is in the archive.
    Trim,
}

/// Where a type of records goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// Twenty's tasks.
    Task,
    /// Twenty's notes.
    Note,
    /// An object of its own; custom types only.
    Object,
    /// The archive of the bundle.
    Archive,
}

/// See the module's head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// What represents a lead.
    pub leads: LeadStrategy,
    /// When two companies are one.
    pub companies: CompanyDedupe,
    /// When two contacts are one person.
    pub people: PeopleDedupe,
    /// What becomes of quoted text in e-mails.
    pub quoted_history: QuotedHistory,
    /// How opportunities are called.
    pub opportunity_names: Template,
    /// What the records of a kind become, where that is not the built-in way.
    pub routes: IndexMap<Kind, Route, foldhash::fast::FixedState>,
}

/// The kinds whose route can be chosen, with the built-in one.
pub const ROUTED: &[(Kind, Route)] = &[
    (Kind::Call, Route::Task),
    (Kind::Email, Route::Task),
    (Kind::Sms, Route::Task),
    (Kind::WhatsAppMessage, Route::Task),
    (Kind::Meeting, Route::Task),
    (Kind::FormSubmission, Route::Task),
    (Kind::Note, Route::Note),
];

impl Settings {
    /// What the records of a kind become; custom types have routes of their own.
    pub fn route(&self, kind: Kind) -> Route {
        let built_in = || ROUTED.iter().find(|(known, _)| *known == kind).map(|(_, route)| *route);
        self.routes.get(&kind).copied().or_else(built_in).unwrap_or(Route::Object)
    }
}

impl Settings {
    /// The choices of a map; what it does not say is as built in.
    ///
    /// # Errors
    /// `C2T-E124` for a template that is none.
    pub fn of(map: &MapFile) -> Result<Self> {
        let mut settings = Self::default();
        let said = &map.strategies;
        if let Some(leads) = &said.leads {
            settings.leads = leads.value;
        }
        if let Some(companies) = &said.companies {
            settings.companies = companies.value;
        }
        if let Some(people) = &said.people {
            settings.people = people.value;
        }
        if let Some(history) = &said.quoted_history {
            settings.quoted_history = history.value;
        }
        if let Some(names) = &said.opportunity_names {
            settings.opportunity_names = Template::parse(&names.value)
                .map_err(|what| map.error(names.at, "C2T-E124", what))?;
        }
        for (word, route) in &map.activities {
            let Some((kind, built_in)) = ROUTED.iter().find(|(kind, _)| kind.word() == word) else {
                continue;
            };
            // A file cannot say that one of these has an object of its own.
            if route.value != *built_in && route.value != Route::Object {
                settings.routes.insert(*kind, route.value);
            }
        }
        Ok(settings)
    }
}
