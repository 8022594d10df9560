//! Between the passes: survey and map become a [`Plan`], a plain value that holds every decision, so
//! that pass 2 has none left to make. It must not read the export.

pub mod as_map;
pub mod choices;
pub mod companies;
pub mod coverage;
pub mod decided;
pub mod evidence;
pub mod fields;
pub mod files;
pub mod gather;
pub mod leads;
pub mod owners;
pub mod people;
pub mod roster;
pub mod sample;
pub mod schema;
pub mod spot;
pub mod stages;
pub mod types;
mod unused;

pub use companies::{Companies, Company};
pub use coverage::Coverage;
pub use decided::IdleDecision;
pub use evidence::{CompanyEvidence, Evidence};
pub use fields::{CustomField, ValueRule};
pub use files::Files;
pub use leads::{Lead, Verdict};
pub use owners::Owner;
pub use people::Contact;
pub use roster::Roster;
pub use sample::{Sample, Sampled};
pub use schema::{
    FieldSpec, Home, Lack, ObjectSpec, OptionSpec, Place, RelationSpec, StepColumn, StepPlan,
};
pub use spot::Spot;
pub use stages::{Stage, Stages};
pub use types::CustomType;

use crate::close::{Kind, Space};
use crate::error::Result;
use crate::mapping::decisions::Decisions;
use crate::mapping::{MapFile, Rules, Settings};
use crate::survey::texts::Number;
use crate::survey::{Map, Seen, Survey};
use crate::twenty::workspace::Workspace;
use choices::Choices;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;

/// A record that went into another one, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Merge {
    /// `company`, `person` or `lead`.
    pub object: &'static str,
    /// The record that stands: a contact of a `person`, else a lead.
    pub survivor: Number,
    /// The record that went into it.
    pub merged: Number,
    /// Why.
    pub reason: Box<str>,
    /// `accept`, or `keep-apart` where a person decided that they are two.
    pub decision: &'static str,
}

/// Where a custom field is known: Close type, position of the custom type, space of its keys.
type Scope = (Kind, Option<usize>, Space);

/// Everything pass 2 needs to know.
#[derive(Debug)]
pub struct Plan {
    /// The user's choices.
    pub settings: Settings,
    /// What becomes of each path.
    pub rules: Rules,
    /// Names of the source files, for messages.
    pub sources: Vec<String>,
    /// Leads, oldest first.
    pub leads: Roster<Lead>,
    /// Contacts, oldest first.
    pub contacts: Roster<Contact>,
    /// Companies to be made.
    pub companies: Companies,
    /// Everything that was merged, and what a person kept apart.
    pub merges: Vec<Merge>,
    /// Decisions about records that are not there.
    pub idle: Vec<IdleDecision>,
    /// The leads that were merged into each lead.
    pub merged_leads: Map<Number, Vec<Number>>,
    /// Leads that were merged in Close: the id that is gone and the lead that took its place.
    pub gone: HashMap<Box<str>, Number, foldhash::fast::FixedState>,
    /// Option values of lead statuses, by status id and by label.
    pub lead_statuses: Map<Box<str>, String>,
    /// Stages and pipelines.
    pub stages: Stages,
    /// Custom activity types and custom object types, in import order.
    pub types: Vec<CustomType>,
    /// Custom fields.
    pub fields: Vec<CustomField>,
    /// Which custom field a key belongs to.
    pub field_of: HashMap<Scope, HashMap<Box<str>, usize, foldhash::fast::FixedState>>,
    /// People of the company, by Close id.
    pub owners: Map<Box<str>, Owner>,
    /// The organisation's currency, where known.
    pub currency: Option<&'static str>,
    /// What is taken for now: the latest instant recorded in the export, in microseconds.
    pub as_of: i64,
    /// What is known of the workspace the bundle is for.
    pub target: owners::Target,
    /// Fields that must exist first.
    pub schema: Vec<FieldSpec>,
    /// The files to write, in import order.
    pub steps: Vec<StepPlan>,
    /// Custom objects by hash of their id: id of the type, and name.
    pub custom_objects: HashMap<u64, (Box<str>, Box<str>), foldhash::fast::FixedState>,
    /// Hashes of the ids of all opportunities.
    pub opportunities: HashSet<u64, foldhash::fast::FixedState>,
    /// When to-dos were completed, by id hash.
    pub completions: HashMap<u64, i64, foldhash::fast::FixedState>,
    /// What comment threads are about.
    pub threads: HashMap<Box<str>, Box<str>, foldhash::fast::FixedState>,
    /// Ids that may occur more than once.
    pub seen: Seen,
    /// The leads a bundle is limited to, when it is a sample.
    pub sample: Option<Sample>,
    /// Which records a person is asked to compare by eye.
    pub spot: Spot,
    /// The downloaded files, and which belongs to what.
    pub files: Files,
}

/// What a plan is decided by, beside the export.
#[derive(Clone, Debug)]
pub struct Basis<'p> {
    /// The user's choices.
    pub settings: Settings,
    /// What becomes of each path.
    pub rules: Rules,
    /// The workspace the bundle is for.
    pub workspace: &'p Workspace,
    /// The user's map.
    pub map: Option<&'p MapFile>,
    /// Decisions about merges.
    pub decisions: &'p Decisions,
}

impl Plan {
    /// Decides everything.
    ///
    /// # Errors
    /// When the map does not say what becomes of a path Close writes, or decisions contradict each
    /// other.
    pub fn decide(survey: &mut Survey, seen: Seen, basis: Basis<'_>) -> Result<Self> {
        let Basis { settings, rules, workspace, map, decisions } = basis;
        let identity = leads::identify(survey, &settings, decisions)?;
        let owners = owners::resolve(survey, workspace);
        let choices = Choices::new(map);
        let mut stages = stages::decide(survey, workspace, &choices);
        let (mut lead_statuses, status_options) = stages::lead_statuses(survey);
        let mut names = schema::Names::new(workspace);
        let there = schema::There { workspace, names: &names };
        let status_options = schema::known_statuses(&there, &mut lead_statuses, &status_options);
        schema::known_pipelines(&there, &mut stages);
        let types = types::decide(survey, &choices, &mut names)?;
        let members = !workspace.members.is_empty();
        let context = fields::Context {
            survey,
            settings: &settings,
            types: &types,
            workspace,
            choices: &choices,
        };
        let mut fields = fields::decide(&context, &mut names)?;
        let mut steps = schema::steps(&fields, &types);
        let parts = schema::Parts {
            types: &types,
            fields: &fields,
            stages: &stages,
            lead_statuses: &status_options,
            unused: &unused::Unused::new(&rules, survey, &settings),
            members,
        };
        let mut schema = schema::build(&parts, &mut steps);
        let there = schema::There { workspace, names: &names };
        schema::adapt(&there, &parts, &mut schema, &mut steps);
        schema::place(&mut fields, &steps);
        schema::relabel(&there, &types, &schema, &mut steps);
        let mut field_of: HashMap<Scope, HashMap<Box<str>, usize, _>> = HashMap::new();
        for (i, field) in fields.iter().enumerate() {
            for (space, key) in &field.keys {
                let scope = (field.kind, field.of_type, *space);
                field_of.entry(scope).or_default().insert(key.clone(), i);
            }
        }
        Ok(Self {
            settings,
            rules,
            sources: survey.sources.iter().map(|source| source.name.clone()).collect(),
            leads: identity.leads,
            contacts: identity.contacts,
            companies: identity.companies,
            merged_leads: merged_leads(&identity.merges),
            merges: identity.merges,
            idle: identity.idle,
            gone: identity.gone,
            lead_statuses,
            stages,
            types,
            fields,
            field_of,
            owners,
            currency: currency(survey),
            as_of: survey.latest,
            target: owners::Target::new(workspace),
            schema,
            steps,
            custom_objects: std::mem::take(&mut survey.custom_objects),
            opportunities: std::mem::take(&mut survey.opportunities),
            completions: std::mem::take(&mut survey.completions),
            threads: std::mem::take(&mut survey.threads),
            seen,
            sample: None,
            spot: Spot::default(),
            files: Files::default(),
        })
    }

    /// The lead a record names, following merges made in Close.
    pub fn lead(&self, id: &str) -> Option<(&str, &Lead)> {
        let number = self.leads.find(id).or_else(|| self.gone.get(id).copied())?;
        Some((self.leads.id(number), &self.leads[number]))
    }

    /// The lead of a contact, if that is in the export.
    pub fn lead_of(&self, contact: &str) -> Option<(&str, &Lead)> {
        let number = self.contacts.get(contact)?.lead?;
        Some((self.leads.id(number), &self.leads[number]))
    }

    /// Close id of the person a contact became.
    pub fn person(&self, contact: &str) -> Option<&str> {
        self.contacts.get(contact).map(|c| self.contacts.id(c.survivor))
    }

    /// Close id of the person that represents the lead of this id, if a person does.
    pub fn represented_by<'p>(&'p self, id: &'p str, lead: &Lead) -> Option<&'p str> {
        match lead.verdict {
            Verdict::Contact(contact) => Some(self.contacts.id(contact)),
            Verdict::Person => Some(id),
            Verdict::Company | Verdict::Merged(_) => None,
        }
    }

    /// Close id of the person a lead's first contact became.
    pub fn first_person(&self, lead: &Lead) -> Option<&str> {
        lead.first_contact.map(|contact| self.contacts.id(self.contacts[contact].survivor))
    }

    /// Close id of a lead's company.
    pub fn company(&self, lead: &Lead) -> Option<&str> {
        self.companies.lead(lead.company?).map(|lead| self.leads.id(lead))
    }

    /// A user as text: `Name <email>`, or what is known of them.
    pub fn owner<'a>(&'a self, id: &'a str) -> Cow<'a, str> {
        let known = self.owners.get(id).map(|owner| Cow::Borrowed(&*owner.text));
        known.unwrap_or_else(|| crate::twenty::text::line(id))
    }

    /// The custom type a record has, by position; none for other kinds.
    pub fn type_of(&self, kind: Kind, id: &str) -> Option<usize> {
        self.types.iter().position(|one| one.kind == kind && *one.close_id == *id)
    }

    /// The e-mail address of the workspace member a user is.
    pub fn member(&self, id: &str) -> Option<&str> {
        self.owners.get(id)?.member.as_deref()
    }

    /// Memory that grows with the export, in bytes.
    pub fn bytes(&self) -> usize {
        let (leads, contacts) = (self.leads.bytes(), self.contacts.bytes());
        leads + contacts + self.companies.bytes() + self.merges_bytes() + self.seen.bytes()
    }

    /// The custom field behind a key of a record of this kind and custom type.
    pub fn field(
        &self,
        (kind, of_type): (Kind, Option<usize>),
        space: Space,
        key: &str,
    ) -> Option<(usize, &CustomField)> {
        let at = *self.field_of.get(&(kind, of_type, space))?.get(key)?;
        Some((at, self.fields.get(at)?))
    }
}

fn currency(survey: &Survey) -> Option<&'static str> {
    let (_, code) = survey.config.organization.as_ref()?;
    crate::twenty::currency::code(code.as_deref()?).ok()
}

fn merged_leads(merges: &[Merge]) -> Map<Number, Vec<Number>> {
    let mut into: Map<Number, Vec<Number>> = Map::default();
    for merge in merges.iter().filter(|merge| merge.object == "lead") {
        into.entry(merge.survivor).or_default().push(merge.merged);
    }
    into
}
