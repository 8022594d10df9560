//! The settings of the organisation, as far as files of the export hold them: users, statuses,
//! pipelines, definitions of custom fields (`close-format.md` §3.6). These files are small and read
//! as trees. It must not invent what is missing.

use super::Map;
use crate::close::Kind;
use serde_json::Value;

/// A user by the organisation's own word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserEntry {
    /// Full name.
    pub name: Box<str>,
    /// E-mail address, lower case.
    pub email: Box<str>,
    /// Listed among the inactive members.
    pub inactive: bool,
}

/// A status of leads or opportunities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// `stat_…`.
    pub id: Box<str>,
    /// As shown.
    pub label: Box<str>,
    /// `active`, `won`, `lost` (opportunities).
    pub kind: Option<Box<str>>,
}

/// A pipeline with its statuses in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// `pipe_…`.
    pub id: Box<str>,
    /// As shown.
    pub name: Box<str>,
    /// In UI order.
    pub statuses: Vec<Status>,
}

/// The definition of a custom field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldEntry {
    /// As shown; not unique.
    pub name: Box<str>,
    /// Close's type word.
    pub kind: Box<str>,
    /// The choices, in order.
    pub choices: Vec<Box<str>>,
    /// Several values allowed.
    pub multi: bool,
    /// Help text.
    pub description: Option<Box<str>>,
    /// Must be filled in Close.
    pub required: bool,
    /// Id of the custom object type the values are ids of.
    pub refers_to: Option<Box<str>>,
}

/// A custom activity type or custom object type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeEntry {
    /// As shown.
    pub name: Box<str>,
    /// The plural, for custom objects.
    pub name_plural: Option<Box<str>>,
}

/// See the module's head.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Users by id.
    pub users: Map<Box<str>, UserEntry>,
    /// Lead statuses in UI order, where the organisation lists them; else as found.
    pub lead_statuses: Vec<Status>,
    lead_statuses_ordered: bool,
    /// Pipelines with their statuses.
    pub pipelines: Vec<Pipeline>,
    /// Opportunity statuses outside pipelines, with the pipeline's id where given.
    pub deal_statuses: Vec<(Status, Option<Box<str>>)>,
    /// Custom fields by id.
    pub fields: Map<Box<str>, FieldEntry>,
    /// Custom activity types and custom object types by id.
    pub types: Map<Box<str>, TypeEntry>,
    /// The organisation's name and currency.
    pub organization: Option<(Box<str>, Option<Box<str>>)>,
}

impl Config {
    /// Takes what a settings object says.
    pub fn see(&mut self, kind: Kind, value: &Value) {
        match kind {
            Kind::User | Kind::Membership => self.user(value, false),
            Kind::Organization => self.organization(value),
            Kind::LeadStatus => self.lead_status(value),
            Kind::OpportunityStatus => {
                let pipeline = word(value, "pipeline_id");
                self.deal_statuses.extend(status(value).map(|s| (s, pipeline)));
            }
            Kind::Pipeline => self.pipeline(value),
            Kind::CustomField => self.field(value),
            Kind::CustomActivityType | Kind::CustomObjectType | Kind::Unknown => {
                if kind != Kind::Unknown {
                    self.custom_type(value);
                }
                list(value, "fields").for_each(|field| self.field(field));
            }
            _ => {}
        }
    }

    fn user(&mut self, value: &Value, inactive: bool) {
        if let Some(user) = value.get("user").filter(|u| u.is_object()) {
            self.user(user, inactive);
            return;
        }
        // `/me/` holds the organisations themselves, `/user/` their ids.
        let organizations = list(value, "organizations").filter(|entry| entry.is_object());
        organizations.for_each(|organization| self.organization(organization));
        let id = word(value, "user_id").or_else(|| word(value, "id"));
        let Some(id) = id.filter(|id| id.starts_with("user_")) else { return };
        let first = word(value, "user_first_name").or_else(|| word(value, "first_name"));
        let last = word(value, "user_last_name").or_else(|| word(value, "last_name"));
        let full = word(value, "user_full_name").or_else(|| word(value, "display_name"));
        let joined = [first, last].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let email = word(value, "user_email").or_else(|| word(value, "email")).unwrap_or_default();
        let entry = self.users.entry(id).or_default();
        let name = full.unwrap_or_else(|| joined.into());
        if entry.name.is_empty() || (!name.is_empty() && *name < *entry.name) {
            entry.name = name;
        }
        if entry.email.is_empty() || (!email.is_empty() && *email < *entry.email) {
            entry.email = email.to_lowercase().into();
        }
        entry.inactive |= inactive;
    }

    fn organization(&mut self, value: &Value) {
        if let Some(name) = word(value, "name") {
            self.organization = Some((name, word(value, "currency")));
        }
        list(value, "memberships").for_each(|member| self.user(member, false));
        list(value, "inactive_memberships").for_each(|member| self.user(member, true));
        list(value, "pipelines").for_each(|pipeline| self.pipeline(pipeline));
        for key in ["lead_custom_fields", "contact_custom_fields", "opportunity_custom_fields"] {
            list(value, key).for_each(|field| self.field(field));
        }
        let ordered: Vec<_> = list(value, "lead_statuses").filter_map(status).collect();
        if !ordered.is_empty() {
            let others = std::mem::replace(&mut self.lead_statuses, ordered);
            self.lead_statuses_ordered = true;
            others.into_iter().for_each(|other| push_status(&mut self.lead_statuses, other));
        }
        for entry in list(value, "opportunity_statuses") {
            self.see(Kind::OpportunityStatus, entry);
        }
    }

    fn lead_status(&mut self, value: &Value) {
        if let Some(status) = status(value) {
            push_status(&mut self.lead_statuses, status);
        }
    }

    fn pipeline(&mut self, value: &Value) {
        let (Some(id), Some(name)) = (word(value, "id"), word(value, "name")) else { return };
        let statuses: Vec<_> = list(value, "statuses").filter_map(status).collect();
        match self.pipelines.iter_mut().find(|known| known.id == id) {
            Some(known) if known.statuses.len() < statuses.len() => known.statuses = statuses,
            Some(_) => {}
            None => self.pipelines.push(Pipeline { id, name, statuses }),
        }
    }

    fn custom_type(&mut self, value: &Value) {
        if let (Some(id), Some(name)) = (word(value, "id"), word(value, "name")) {
            let name_plural = word(value, "name_plural");
            self.types.entry(id).or_insert(TypeEntry { name, name_plural });
        }
    }

    fn field(&mut self, value: &Value) {
        let (Some(id), Some(name), Some(kind)) =
            (word(value, "id"), word(value, "name"), word(value, "type"))
        else {
            return;
        };
        let choices = list(value, "choices").filter_map(Value::as_str).map(Into::into);
        let choices: Vec<Box<str>> = choices.collect();
        let multi = value.get("accepts_multiple_values").and_then(Value::as_bool).unwrap_or(false);
        let description = word(value, "description");
        let refers_to = word(value, "referenced_custom_type_id");
        let flag = |value: &Value| value.get("required").and_then(Value::as_bool).unwrap_or(false);
        let required = flag(value) || list(value, "associations").any(flag);
        let entry = FieldEntry { name, kind, choices, multi, description, required, refers_to };
        match self.fields.get_mut(&id) {
            // The same definition may stand in a type without its choices (§3.6).
            Some(known) if known.choices.len() >= entry.choices.len() => {}
            Some(known) => *known = entry,
            None => {
                self.fields.insert(id, entry);
            }
        }
    }

    /// Adds what another part found.
    pub fn absorb(&mut self, other: Self) {
        for (id, theirs) in other.users {
            let mine = self.users.entry(id).or_default();
            if mine.name.is_empty() {
                mine.name = theirs.name;
            }
            if mine.email.is_empty() {
                mine.email = theirs.email;
            }
            mine.inactive |= theirs.inactive;
        }
        if other.lead_statuses_ordered && !self.lead_statuses_ordered {
            let unordered = std::mem::replace(&mut self.lead_statuses, other.lead_statuses);
            unordered.into_iter().for_each(|s| push_status(&mut self.lead_statuses, s));
            self.lead_statuses_ordered = true;
        } else {
            other.lead_statuses.into_iter().for_each(|s| push_status(&mut self.lead_statuses, s));
        }
        for pipeline in other.pipelines {
            match self.pipelines.iter_mut().find(|known| known.id == pipeline.id) {
                Some(known) if known.statuses.len() < pipeline.statuses.len() => *known = pipeline,
                Some(_) => {}
                None => self.pipelines.push(pipeline),
            }
        }
        self.deal_statuses.extend(other.deal_statuses);
        for (id, entry) in other.fields {
            match self.fields.get(&id) {
                Some(known) if known.choices.len() >= entry.choices.len() => {}
                _ => {
                    self.fields.insert(id, entry);
                }
            }
        }
        for (id, entry) in other.types {
            self.types.entry(id).or_insert(entry);
        }
        self.organization = self.organization.take().or(other.organization);
    }
}

fn push_status(statuses: &mut Vec<Status>, status: Status) {
    if !statuses.iter().any(|known| known.id == status.id) {
        statuses.push(status);
    }
}

fn status(value: &Value) -> Option<Status> {
    let kind = word(value, "type").or_else(|| word(value, "status_type"));
    Some(Status { id: word(value, "id")?, label: word(value, "label")?, kind })
}

fn word(value: &Value, key: &str) -> Option<Box<str>> {
    value.get(key)?.as_str().filter(|text| !text.is_empty()).map(Into::into)
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
