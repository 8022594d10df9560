//! Custom fields: which Close fields exist, under which Twenty name and type. Definitions decide
//! where they are part of the export; without them the values do, and the field says so. It must
//! not convert values.

use super::schema::Reserved;
use crate::close::{Kind, Space};
use crate::mapping::{LeadStrategy, Settings};
use crate::survey::config::FieldEntry;
use crate::survey::{Map, Profile, Survey};
use crate::twenty::objects::{FieldType, Object};
use crate::twenty::options::Options;

/// How the values of a custom field are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRule {
    /// As text; several values are joined.
    Text,
    /// As a number.
    Number,
    /// As a date.
    Date,
    /// As an instant.
    DateTime,
    /// As an option.
    Select,
    /// As several options.
    MultiSelect,
    /// Users, as text with name and e-mail.
    Users,
    /// A contact, as a relation to a person.
    Contact,
    /// Several contacts, as text with names and ids: a relation holds only one.
    Contacts,
    /// Not at all: to the archive.
    Archive,
}

impl ValueRule {
    /// The type of the field in Twenty.
    pub const fn field_type(self) -> Option<FieldType> {
        match self {
            Self::Text | Self::Users | Self::Contacts => Some(FieldType::Text),
            Self::Number => Some(FieldType::Number),
            Self::Date => Some(FieldType::Date),
            Self::DateTime => Some(FieldType::DateTime),
            Self::Select => Some(FieldType::Select),
            Self::MultiSelect => Some(FieldType::MultiSelect),
            Self::Contact => Some(FieldType::Relation),
            Self::Archive => None,
        }
    }
}

/// One custom field of Close and its home in Twenty.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// Close type it belongs to.
    pub kind: Kind,
    /// The keys it goes by in records.
    pub keys: Vec<(Space, Box<str>)>,
    /// Close's name, or the id where no name is known.
    pub close_name: Box<str>,
    /// Close's type word, where defined.
    pub close_type: Option<Box<str>>,
    /// How its values are written.
    pub rule: ValueRule,
    /// How that was decided.
    pub why: String,
    /// Its options, for select fields.
    pub options: Options,
    /// Where it lives: object, API name, label.
    pub homes: Vec<(Object, String, String)>,
    /// Its columns: step and position. Filled once the steps are known.
    pub columns: Vec<(usize, usize)>,
    /// What its values look like.
    pub profile: Profile,
}

/// A field is a choice when each value occurs at least this often on average…
const CHOICE_REPEATS: u64 = 3;
/// … and there are at most so many values.
const CHOICE_MAX: usize = 40;

pub(super) fn decide(
    survey: &Survey,
    settings: Settings,
    names: &mut Reserved,
) -> Vec<CustomField> {
    let mut fields = Vec::new();
    for (kind, homes) in [
        (Kind::Contact, &[Object::Person][..]),
        (Kind::Opportunity, &[Object::Opportunity]),
        (
            Kind::Lead,
            match settings.leads {
                LeadStrategy::Company => &[Object::Company][..],
                _ => &[Object::Company, Object::Person],
            },
        ),
    ] {
        for (keys, profile) in keys_of(survey, kind) {
            fields.push(field(survey, kind, keys, profile, homes, names));
        }
    }
    fields
}

type Keys = Vec<(Space, Box<str>)>;

/// The fields of one Close type: ids, with the names that mean the same field; in the order of
/// their names.
fn keys_of(survey: &Survey, kind: Kind) -> Vec<(Keys, Profile)> {
    let mut fields: Vec<(Keys, Profile)> = Vec::new();
    let seen = |space| {
        let here = survey
            .customs
            .iter()
            .filter(move |((k, s, _), p)| *k == kind && *s == space && p.records > 0);
        here.map(|((_, _, key), profile)| (key.clone(), profile.clone()))
    };
    let mut ids: Vec<_> = seen(Space::CustomId).collect();
    ids.sort_by(|a, b| (name_of(survey, &a.0), &a.0).cmp(&(name_of(survey, &b.0), &b.0)));
    let mut names: Map<Box<str>, Profile> = seen(Space::CustomName).collect();
    names.sort_keys();
    for (id, profile) in ids {
        let mut keys = vec![(Space::CustomId, id.clone())];
        let mut merged = profile;
        if let Some(name) = paired(survey, &id, &names) {
            // The same values stand under both keys: the richer profile describes the field.
            if let Some(twin) = names.shift_remove(&name) {
                let more = twin.records > merged.records;
                merged = if more { twin } else { merged };
            }
            keys.push((Space::CustomName, name));
        }
        fields.push((keys, merged));
    }
    fields.extend(names.into_iter().map(|(name, p)| (vec![(Space::CustomName, name)], p)));
    fields
}

fn name_of<'s>(survey: &'s Survey, id: &str) -> Option<&'s str> {
    survey.config.fields.get(id).map(|f| &*f.name)
}

/// The name in the dictionary that means field `id`: the defined one, else the one whose values agree
/// most often, else the first in the alphabet. Of several fields with one name, the one that agrees
/// most often has it.
fn paired(survey: &Survey, id: &str, names: &Map<Box<str>, Profile>) -> Option<Box<str>> {
    let votes = |id: &str, name: &str| {
        survey.pairs.get(&(id.into(), name.into())).copied().unwrap_or_default()
    };
    if let Some(name) = name_of(survey, id).filter(|name| names.contains_key(*name)) {
        let rivals =
            survey.config.fields.iter().filter(|(rival, f)| *f.name == *name && ***rival != *id);
        let stronger =
            rivals.filter(|(rival, _)| (votes(rival, name), id) > (votes(id, name), &***rival));
        return (stronger.count() == 0).then(|| name.into());
    }
    if name_of(survey, id).is_some() {
        return None;
    }
    let mine =
        survey.pairs.iter().filter(|((voted, name), _)| **voted == *id && names.contains_key(name));
    let best = mine.max_by(|((_, a), n), ((_, b), m)| (n, b).cmp(&(m, a)));
    best.map(|((_, name), _)| name.clone())
}

fn field(
    survey: &Survey,
    kind: Kind,
    keys: Keys,
    profile: Profile,
    homes: &[Object],
    names: &mut Reserved,
) -> CustomField {
    let id = keys.iter().find(|(space, _)| *space == Space::CustomId).map(|(_, id)| id.clone());
    let name = keys.iter().find(|(space, _)| *space == Space::CustomName).map(|(_, n)| n.clone());
    let entry = id.as_ref().and_then(|id| survey.config.fields.get(id)).or_else(|| {
        let name = name.as_ref()?;
        survey.config.fields.values().find(|f| f.name == *name)
    });
    let close_name = entry.map(|e| e.name.clone()).or(name).or(id).unwrap_or_default();
    let (rule, why) = match entry {
        Some(entry) => defined(entry, &profile),
        None => inferred(&profile, single(survey, kind)),
    };
    let mut options = Options::new();
    if matches!(rule, ValueRule::Select | ValueRule::MultiSelect) {
        fill_options(&mut options, entry, &profile);
    }
    let suffix = match kind {
        Kind::Lead => "Lead",
        Kind::Contact => "Contact",
        _ => "Opportunity",
    };
    let homes = match rule.field_type() {
        None => Vec::new(),
        Some(ty) => {
            homes.iter().map(|object| names.field(*object, &close_name, suffix, ty)).collect()
        }
    };
    let close_type = entry.map(|e| e.kind.clone());
    let columns = Vec::new();
    CustomField { kind, keys, close_name, close_type, rule, why, options, homes, columns, profile }
}

/// Copies of records say nothing new: how many of the records read are different ones, as a fraction.
fn single(survey: &Survey, kind: Kind) -> (u64, u64) {
    let read = survey.read.get(&kind).copied().unwrap_or_default();
    let different = survey.different.get(&kind).copied().unwrap_or(read);
    (different, read.max(1))
}

fn defined(entry: &FieldEntry, profile: &Profile) -> (ValueRule, String) {
    let multi = entry.multi || profile.max_items > 1;
    let rule = match &*entry.kind {
        "number" => ValueRule::Number,
        "date" => ValueRule::Date,
        "datetime" => ValueRule::DateTime,
        "choices" if multi => ValueRule::MultiSelect,
        "choices" => ValueRule::Select,
        "user" => ValueRule::Users,
        "contact" if multi => ValueRule::Contacts,
        "contact" => ValueRule::Contact,
        "custom_object" => ValueRule::Archive,
        "hidden" => {
            let (rule, why) = inferred(profile, (1, 1));
            return (rule, format!("hidden field: {why}"));
        }
        _ => ValueRule::Text,
    };
    let more = if multi && entry.kind.as_ref() == "contact" { ", several values" } else { "" };
    (rule, format!("defined as {}{more}", entry.kind))
}

fn inferred(profile: &Profile, single: (u64, u64)) -> (ValueRule, String) {
    let items = profile.items();
    let all = |n: u64| n == items && items > 0;
    let several = profile.arrays > 0;
    let distinct = profile.distinct.as_ref().map_or(0, indexmap::IndexMap::len);
    let repeats =
        distinct > 0 && profile.texts * single.0 / single.1 >= CHOICE_REPEATS * distinct as u64;
    let few = distinct > 0 && distinct <= CHOICE_MAX && profile.long == 0;
    let rule = match () {
        () if all(profile.custom_objects) || profile.objects > 0 => ValueRule::Archive,
        () if all(profile.users) => ValueRule::Users,
        () if all(profile.contacts) && profile.max_items < 2 => ValueRule::Contact,
        () if all(profile.contacts) => ValueRule::Contacts,
        () if all(profile.numbers) && !several => ValueRule::Number,
        () if all(profile.dates) && !several => ValueRule::Date,
        () if all(profile.instants + profile.dates) && !several => ValueRule::DateTime,
        () if several && all(profile.texts) && few => ValueRule::MultiSelect,
        () if all(profile.texts) && few && repeats => ValueRule::Select,
        () => ValueRule::Text,
    };
    let why = format!("no definition: inferred from {items} values, {distinct} of them distinct");
    (rule, why)
}

fn fill_options(options: &mut Options, entry: Option<&FieldEntry>, profile: &Profile) {
    for choice in entry.iter().flat_map(|entry| &entry.choices) {
        if !choice.trim().is_empty() {
            options.add(choice);
        }
    }
    let mut rest: Vec<_> = profile.distinct.iter().flatten().collect();
    rest.sort_by(|(a, n), (b, m)| (m, a).cmp(&(n, b)));
    for (value, _) in rest {
        if !value.trim().is_empty() {
            options.add(value);
        }
    }
}
