//! The invented organisation: users, statuses, pipelines, custom fields, custom activity types.
//!
//! The same for every seed, so that configuration files fit every export. It holds what records
//! refer to; how the files look is `config.rs`.

use super::chance::{Chance, Stream};
use super::json::{Json, Value};
use super::words::Spelt;

/// Name and ASCII first name of each user; the last two have left.
const USERS: &[Spelt] = &[
    ("Una User", "una"),
    ("Jürgen Vertrieb", "juergen"),
    ("Chloé Closer", "chloe"),
    ("Sam Seller", "sam"),
    ("Ngozi Numbers", "ngozi"),
    ("Mio Muster", "mio"),
    ("Pat Pipeline", "pat"),
    ("Alexandra von Angebot", "alexandra"),
    ("Tess Termin", "tess"),
    ("Kim Kaltakquise", "kim"),
    ("Rui Renewal", "rui"),
    ("Inés Inbound", "ines"),
    ("Former Colleague", "former"),
    ("Gone Goner", "gone"),
];

/// How many of [`USERS`] still work there.
pub const ACTIVE_USERS: usize = 12;

const LEAD_STATUSES: &[&str] =
    &["Potential", "Qualified", "Trial", "Customer", "Nicht interessiert", "Bad Fit", "Ex-Kunde"];

/// Pipeline, then label and type of its statuses.
const PIPELINES: &[(&str, &[Spelt])] = &[
    (
        "Sales",
        &[
            ("Demo Completed", "active"),
            ("Proposal", "active"),
            ("Verhandlung", "active"),
            ("Won", "won"),
            ("Lost", "lost"),
        ],
    ),
    (
        "Renewals 🔁",
        &[("Upcoming", "active"), ("Proposal", "active"), ("Renewed", "won"), ("Churned", "lost")],
    ),
];

/// What a custom field hangs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// `/custom_field/lead/`
    Lead,
    /// `/custom_field/contact/`
    Contact,
    /// `/custom_field/opportunity/`
    Opportunity,
    /// A custom activity type, by its place in the organisation.
    Activity(usize),
}

/// A row of the field table: owner, name, Close's type, several values?, choices.
type Row = (Owner, &'static str, &'static str, bool, &'static [&'static str]);

const INDUSTRIES: &[&str] =
    &["Software", "Manufacturing", "Food & Beverage", "Öffentlicher Dienst", "Other (see notes)"];
const LEVELS: &[&str] = &["A", "B", "C"];
const YES: &[&str] = &["Yes", "No"];

/// Fields with the oddities of close-format.md §2.5: signs in names, one name on two objects.
const FIELDS: &[Row] = &[
    (Owner::Lead, "# of users", "number", false, &[]),
    (Owner::Lead, "Account Manager", "user", false, &[]),
    (Owner::Lead, "Annual Revenue (€)", "number", false, &[]),
    (Owner::Lead, "Category", "choices", false, LEVELS),
    (Owner::Lead, "Competitors", "choices", true, &["None", "Excel", "Papier", "In-house", "=SUM"]),
    (Owner::Lead, "Current Vendor/Software", "text", false, &[]),
    (Owner::Lead, "Customer since", "date", false, &[]),
    (Owner::Lead, "External ID", "hidden", false, &[]),
    (Owner::Lead, "GDPR consent?", "choices", false, YES),
    (Owner::Lead, "Handelsregister", "text", false, &[]),
    (Owner::Lead, "Industry", "choices", false, INDUSTRIES),
    (Owner::Lead, "Industry: Other (if applicable)", "text", false, &[]),
    (Owner::Lead, "Last audit", "datetime", false, &[]),
    (Owner::Lead, "Lead Owner", "user", false, &[]),
    (Owner::Lead, "Lead Score", "number", false, &[]),
    (Owner::Lead, "Main contact", "contact", false, &[]),
    (Owner::Lead, "Next review", "date", false, &[]),
    (Owner::Lead, "Qualified?", "choices", false, YES),
    (Owner::Lead, "Region", "choices", false, &["DACH", "UK & Ireland", "North America", "APAC"]),
    (Owner::Lead, "Source", "choices", false, &["Website", "Messe", "Referral", "Cold e-mail"]),
    (Owner::Lead, "Support Team", "user", true, &[]),
    (Owner::Lead, "Tags", "choices", true, &["VIP", "Pilot", "Referenz", "do not call", "ß-test"]),
    (Owner::Lead, "VAT ID", "text", false, &[]),
    (Owner::Lead, "Website language", "choices", false, &["de", "en", "fr", "日本語"]),
    (Owner::Contact, "Contact Role", "choices", true, &["Decision Maker", "Gatekeeper", "User"]),
    (Owner::Contact, "Birthday", "date", false, &[]),
    (Owner::Contact, "Newsletter?", "choices", false, YES),
    (Owner::Contact, "Source", "text", false, &[]),
    (Owner::Opportunity, "Loss reason", "choices", false, &["Price", "Timing", "Wettbewerb"]),
    (Owner::Opportunity, "Renewal date", "date", false, &[]),
    (Owner::Opportunity, "Seats", "number", false, &[]),
    (Owner::Opportunity, "Sales engineer", "user", false, &[]),
    (Owner::Activity(0), "Budget", "number", false, &[]),
    (Owner::Activity(0), "Point of contact", "contact", false, &[]),
    (Owner::Activity(0), "Pain points", "textarea", false, &[]),
    (Owner::Activity(1), "Went well?", "choices", false, YES),
    (Owner::Activity(1), "Attended by", "user", true, &[]),
    (Owner::Activity(1), "Held at", "datetime", false, &[]),
];

const ACTIVITY_TYPES: &[&str] = &["Qualification call", "Vor-Ort-Termin"];

/// Something with an id and a label.
#[derive(Default)]
pub struct Labelled {
    /// With its prefix.
    pub id: String,
    /// As people see it.
    pub label: &'static str,
}

impl Labelled {
    fn new(chance: &mut Chance, prefix: &str, label: &'static str) -> Self {
        Self { id: chance.id(prefix), label }
    }
}

/// A user.
pub struct User {
    /// `user_…` and full name.
    pub named: Labelled,
    /// `memb_…`
    pub membership: String,
    /// Sign-in address.
    pub email: String,
}

/// An opportunity status and where it belongs.
pub struct Stage {
    /// `stat_…` and label.
    pub status: Labelled,
    /// `active`, `won`, `lost`.
    pub kind: &'static str,
    /// Index into [`Organization::pipelines`].
    pub pipeline: usize,
}

/// A custom field definition.
pub struct Field {
    /// Id and name.
    pub named: Labelled,
    /// `custom.<id>`
    pub key: String,
    /// What it hangs on.
    pub owner: Owner,
    /// Close's type: `text`, `choices` …
    pub kind: &'static str,
    /// Values are lists.
    pub multiple: bool,
    /// Empty unless `kind` is `choices`.
    pub choices: &'static [&'static str],
}

/// A custom field's value.
pub enum FieldValue {
    /// A JSON string.
    Text(String),
    /// A JSON number, spelt.
    Number(String),
    /// A JSON array of strings.
    Several(Vec<String>),
}

impl Value for &FieldValue {
    fn write(&self, json: &mut Json<'_>) {
        match self {
            FieldValue::Text(text) => text.write(json),
            FieldValue::Number(number) => super::json::Number(number).write(json),
            FieldValue::Several(texts) => texts.write(json),
        }
    }
}

impl Value for Vec<String> {
    fn write(&self, json: &mut Json<'_>) {
        json.inline_list(|json| {
            for text in self {
                json.item(text);
            }
        });
    }
}

/// All that records refer to; the lists are in UI order.
pub struct Organization {
    pub id: String,
    pub users: Vec<User>,
    pub lead_statuses: Vec<Labelled>,
    pub pipelines: Vec<Labelled>,
    pub stages: Vec<Stage>,
    pub fields: Vec<Field>,
    pub activity_types: Vec<Labelled>,
    pub templates: Vec<Labelled>,
    pub sequences: Vec<Labelled>,
    pub forms: Vec<Labelled>,
}

impl Organization {
    /// The organisation. Always the same.
    pub fn new() -> Self {
        // The number names the family of ids, so that a longer table does not move the others.
        let chance = |number| Chance::new(0, Stream::Setup, number);
        let all = |number, prefix: &str, labels: &[&'static str]| {
            let mut ids = chance(number);
            labels.iter().map(|label| Labelled::new(&mut ids, prefix, label)).collect()
        };
        let pipelines: Vec<&str> = PIPELINES.iter().map(|(name, _)| *name).collect();
        Self {
            id: chance(1).id("orga_"),
            users: users(&mut chance(2)),
            lead_statuses: all(3, "stat_", LEAD_STATUSES),
            pipelines: all(4, "pipe_", &pipelines),
            stages: stages(&mut chance(5)),
            fields: fields(&mut chance(6)),
            activity_types: all(7, "actitype_", ACTIVITY_TYPES),
            templates: all(8, "tmpl_", &["First touch", "Nachfassen"]),
            sequences: all(9, "seq_", &["Cold outreach", "Winback ❄"]),
            forms: all(10, "form_", &["Kontakt", "Demo request"]),
        }
    }

    /// The custom fields of one object, in the order of the table.
    pub fn fields_of(&self, owner: Owner) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |field| field.owner == owner)
    }
}

fn users(chance: &mut Chance) -> Vec<User> {
    let user = |(name, local): &Spelt| User {
        named: Labelled::new(chance, "user_", name),
        membership: chance.id("memb_"),
        email: format!("{local}@sales.example.org"),
    };
    USERS.iter().map(user).collect()
}

fn stages(chance: &mut Chance) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (pipeline, (_, statuses)) in PIPELINES.iter().enumerate() {
        for (label, kind) in *statuses {
            stages.push(Stage { status: Labelled::new(chance, "stat_", label), kind, pipeline });
        }
    }
    stages
}

fn fields(chance: &mut Chance) -> Vec<Field> {
    let field = |(number, row): (usize, &Row)| {
        let (owner, name, kind, multiple, choices) = *row;
        // Field ids from before 2021 kept their own prefix.
        let prefix = if number % 9 == 3 { "lcf_" } else { "cf_" };
        let named = Labelled::new(chance, prefix, name);
        let key = format!("custom.{}", named.id);
        Field { named, key, owner, kind, multiple, choices }
    };
    FIELDS.iter().enumerate().map(field).collect()
}
