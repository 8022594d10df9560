//! The choices a user can make about the map, with their defaults. It must not hold what follows
//! from an export.

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

/// See the module's head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Settings {
    /// What represents a lead.
    pub leads: LeadStrategy,
}
