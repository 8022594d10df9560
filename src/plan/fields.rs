//! Custom fields: which Close fields exist, under which Twenty name and type. Definitions decide
//! where they are part of the export; without them the values do, and the field says so. It must
//! not convert values.

mod homes;
mod reuse;
mod values;

use super::CustomType;
use super::choices::{self, Choices, Targets, standard};
use super::schema::{Home, Names, Place};
use crate::close::{Kind, Space};
use crate::error::Result;
use crate::mapping::file::FieldEntry;
use crate::mapping::settings::ROUTED;
use crate::mapping::{LeadStrategy, Route, Settings};
use crate::survey::{Map, Profile, Survey};
use crate::twenty::objects::{FieldType, Object};
use crate::twenty::options::Options;
use crate::twenty::workspace::Workspace;
use homes::{complete, labelled, propose, share_options};
pub(super) use reuse::is_system;
pub use values::truth;
use values::{defined, fill_options, inferred, single};

/// How the values of a custom field are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRule {
    /// As text; several values are joined.
    Text,
    /// As a number.
    Number,
    /// As true or false.
    Boolean,
    /// As a date.
    Date,
    /// As an instant.
    DateTime,
    /// As an option.
    Select,
    /// As several options.
    MultiSelect,
    /// As the address of a page.
    Link,
    /// As an amount in the organisation's currency.
    Currency,
    /// Users, as text with name and e-mail.
    Users,
    /// A user, as a relation to a workspace member.
    Member,
    /// A contact, as a relation to a person.
    Contact,
    /// Several contacts, as text with names and ids: a relation holds only one.
    Contacts,
    /// A custom object, as a relation to a record of the type at this position.
    Object(usize),
    /// Several custom objects, as text with names and ids.
    Objects,
    /// Not at all: to the archive.
    Archive,
}

impl ValueRule {
    /// The type of the field in Twenty.
    pub const fn field_type(self) -> Option<FieldType> {
        match self {
            Self::Text | Self::Users | Self::Contacts | Self::Objects => Some(FieldType::Text),
            Self::Number => Some(FieldType::Number),
            Self::Boolean => Some(FieldType::Boolean),
            Self::Date => Some(FieldType::Date),
            Self::DateTime => Some(FieldType::DateTime),
            Self::Select => Some(FieldType::Select),
            Self::MultiSelect => Some(FieldType::MultiSelect),
            Self::Link => Some(FieldType::Links),
            Self::Currency => Some(FieldType::Currency),
            Self::Member | Self::Contact | Self::Object(_) => Some(FieldType::Relation),
            Self::Archive => None,
        }
    }
}

/// A field beside the first one, for what that cannot hold.
#[derive(Clone, Debug)]
pub struct Second {
    /// A relation to the workspace member; else text for values that do not fit.
    pub is_member: bool,
    /// Where it lives.
    pub homes: Vec<Home>,
    /// For relations: labels of the far sides, by object.
    pub reverse: Vec<(Place, String)>,
    /// Its columns: step and position. Filled once the steps are known.
    pub columns: Vec<(usize, usize)>,
}

impl Second {
    /// The label of the far side.
    pub fn reverse_of(&self, place: Place) -> &str {
        label_of(&self.reverse, place)
    }
}

/// One custom field of Close and its home in Twenty.
#[derive(Clone, Debug)]
pub struct CustomField {
    /// Close type it belongs to.
    pub kind: Kind,
    /// The custom type it belongs to, by position in the plan.
    pub of_type: Option<usize>,
    /// The keys it goes by in records.
    pub keys: Vec<(Space, Box<str>)>,
    /// Close's name, or the id where no name is known.
    pub close_name: Box<str>,
    /// The label it shall have, where that is free.
    pub label: String,
    /// Close's type word, where defined.
    pub close_type: Option<Box<str>>,
    /// How its values are written.
    pub rule: ValueRule,
    /// How that was decided.
    pub why: String,
    /// How sure that is, from 0 to 1.
    pub confidence: f64,
    /// Its options, for select fields.
    pub options: Options,
    /// Where it lives.
    pub homes: Vec<Home>,
    /// For relations: labels of the far sides, by object.
    pub reverse: Vec<(Place, String)>,
    /// The field beside it, where there is one.
    pub second: Option<Second>,
    /// Its columns: step and position. Filled once the steps are known.
    pub columns: Vec<(usize, usize)>,
    /// Every record that can have it does, and has a row of its own.
    pub is_always_said: bool,
    /// What its values look like.
    pub profile: Profile,
}

impl CustomField {
    /// The object its relation points to, when it is one to records of the export.
    pub const fn target(&self) -> Option<Place> {
        match self.rule {
            ValueRule::Contact => Some(Place::Standard(Object::Person)),
            ValueRule::Object(at) => Some(Place::Type(at)),
            _ => None,
        }
    }

    /// API name of the object its relation points to.
    pub fn relation_target<'t>(&self, types: &'t [CustomType]) -> Option<&'t str> {
        match self.rule {
            ValueRule::Contact => Some(Object::Person.name()),
            ValueRule::Object(at) => types.get(at).map(|one| one.object.name_singular.as_str()),
            ValueRule::Member => Some(super::schema::MEMBER),
            _ => None,
        }
    }

    /// How the map calls it: `lead.custom.cf_…`, `lead.custom[Name]`, `custom_activity[id].custom.cf_…`.
    pub fn close_path(&self, types: &[CustomType]) -> String {
        let one = self.of_type.and_then(|at| types.get(at));
        let scope = one.map_or_else(String::new, |one| format!("[{}]", one.close_id));
        let key = self.keys.first().map(|(space, key)| match space {
            Space::CustomName => format!("custom[{key}]"),
            _ => format!("custom.{key}"),
        });
        format!("{}{scope}.{}", self.kind.word(), key.unwrap_or_default())
    }

    /// Its homes, and those of the field beside it.
    pub fn all_homes(&self) -> impl Iterator<Item = &Home> {
        self.homes.iter().chain(self.second.iter().flat_map(|second| &second.homes))
    }

    /// The label of the far side of its relation.
    pub fn reverse_of(&self, place: Place) -> &str {
        label_of(&self.reverse, place)
    }

    /// Where it comes from and how it was decided.
    pub fn full_why(&self) -> String {
        let kind = self.kind.word().replace('_', " ");
        format!("Close {kind} field \"{}\": {}", self.close_name, self.why)
    }
}

fn label_of(labels: &[(Place, String)], place: Place) -> &str {
    labels.iter().find(|(at, _)| *at == place).map_or("", |(_, label)| label)
}

/// How sure a defined type is, and one that was inferred from the values.
const DEFINED: f64 = 1.0;
const INFERRED: f64 = 0.7;

/// What the fields are decided from.
pub(super) struct Context<'p> {
    pub survey: &'p Survey,
    pub settings: &'p Settings,
    pub types: &'p [CustomType],
    pub workspace: &'p Workspace,
    pub choices: &'p Choices<'p>,
}

impl Context<'_> {
    /// The organisation's currency is known.
    pub(super) fn currency(&self) -> bool {
        super::currency(self.survey).is_some()
    }

    /// The workspace's members are known.
    fn members(&self) -> bool {
        !self.workspace.members.is_empty()
    }
}

/// A field on the way to its homes.
struct Open<'m> {
    field: CustomField,
    /// What it was before the map was asked.
    proposed: Option<Box<CustomField>>,
    places: Vec<Place>,
    said: Option<&'m FieldEntry>,
}

/// All fields, with the homes the map gives them or with proposed ones.
///
/// # Errors
/// When the map sends a field where it cannot go.
pub(super) fn decide(context: &Context<'_>, names: &mut Names) -> Result<Vec<CustomField>> {
    let mut all = Vec::new();
    for (kind, of_type, places) in scopes(context) {
        for (keys, profile) in keys_of(context, kind, of_type) {
            let mut field = field(context, (kind, of_type), keys, profile);
            let said = context.choices.field(&field.close_path(context.types));
            let proposed = said.map(|_| Box::new(field.clone()));
            if let Some(entry) = said {
                choices::retype(context, &mut field, entry)?;
            }
            if places.is_empty() {
                told_or_archived(context, &mut field);
            }
            all.push(Open { field, proposed, places: places.clone(), said });
        }
    }
    // What the map names is taken before anything is proposed.
    let mut chosen = Map::default();
    for open in &mut all {
        let Some(entry) = open.said.filter(|entry| entry.to.is_some()) else { continue };
        let (choices, workspace) = (context.choices, context.workspace);
        let targets = Targets { choices, workspace, types: context.types, places: &open.places };
        if !open.places.is_empty() && open.field.rule != ValueRule::Archive {
            open.field.homes = targets.homes(&open.field, entry, names, &mut chosen)?;
            if open.field.homes.is_empty() {
                open.field.become_of(ValueRule::Archive);
                "none of its objects in the mapping takes part".clone_into(&mut open.field.why);
            } else if let Some(proposed) = open.proposed.take() {
                reuse::reasons(context, &mut open.field, *proposed, &open.places, names);
            }
        }
    }
    // Labels go by the order of the fields, whoever named them.
    let mut labels = Map::default();
    for open in &mut all {
        match open.said.and_then(|entry| entry.to.as_ref()) {
            Some(_) => labelled(context, &mut open.field, names, &mut labels),
            None => propose(context, &mut open.field, &open.places, names),
        }
    }
    let mut fields: Vec<CustomField> = all.into_iter().map(|open| open.field).collect();
    share_options(context, &mut fields);
    fields.iter_mut().for_each(|field| complete(context, field, names));
    Ok(fields)
}

/// Records of a type that is told in a text keep their values; those of an archived type do not.
fn told_or_archived(context: &Context<'_>, field: &mut CustomField) {
    let route = field.of_type.and_then(|at| context.types.get(at)).map(|one| one.route);
    if !matches!(route, Some(Route::Task | Route::Note)) {
        field.become_of(ValueRule::Archive);
        "its records go to the archive".clone_into(&mut field.why);
    }
}

/// Close types with fields of their own, and the objects those can go to.
fn scopes(context: &Context<'_>) -> Vec<(Kind, Option<usize>, Vec<Place>)> {
    let lead = match context.settings.leads {
        LeadStrategy::Company => standard(&[Object::Company]),
        _ => standard(&[Object::Company, Object::Person]),
    };
    let mut scopes = vec![
        (Kind::Contact, None, standard(&[Object::Person])),
        (Kind::Opportunity, None, standard(&[Object::Opportunity])),
        (Kind::Lead, None, lead),
        (Kind::Task, None, standard(&[Object::Task])),
    ];
    scopes.extend(ROUTED.iter().map(|(kind, _)| match context.settings.route(*kind) {
        Route::Task => (*kind, None, standard(&[Object::Task])),
        Route::Note => (*kind, None, standard(&[Object::Note])),
        Route::Object | Route::Archive => (*kind, None, Vec::new()),
    }));
    for (at, one) in context.types.iter().enumerate() {
        let homes = if one.has_object() { vec![Place::Type(at)] } else { Vec::new() };
        scopes.push((one.kind, Some(at), homes));
    }
    scopes
}

type Keys = Vec<(Space, Box<str>)>;

/// The fields of one Close type: ids, with the names that mean the same field; in the order of
/// their names.
fn keys_of(context: &Context<'_>, kind: Kind, of_type: Option<usize>) -> Vec<(Keys, Profile)> {
    let survey = context.survey;
    let owner = of_type.and_then(|at| context.types.get(at)).map_or("", |one| &one.close_id);
    let mut fields: Vec<(Keys, Profile)> = Vec::new();
    let seen = |space| {
        let here = survey.customs.iter().filter(move |((k, o, s, _), p)| {
            (*k, &**o, *s) == (kind, owner, space) && p.records > 0
        });
        here.map(|((_, _, _, key), profile)| (key.clone(), profile.clone()))
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

/// See [`CustomField::is_always_said`]. Rows of people and companies have several sources.
fn is_always_said(
    context: &Context<'_>,
    (kind, of_type): (Kind, Option<usize>),
    profile: &Profile,
) -> bool {
    let records = match of_type.and_then(|at| context.types.get(at)) {
        Some(one) => one.records,
        None => context.survey.read.get(&kind).copied().unwrap_or_default(),
    };
    let alone = matches!(kind, Kind::Opportunity | Kind::CustomActivity | Kind::CustomObject);
    alone && profile.records >= records
}

fn field(
    context: &Context<'_>,
    (kind, of_type): (Kind, Option<usize>),
    keys: Keys,
    profile: Profile,
) -> CustomField {
    let survey = context.survey;
    let id = keys.iter().find(|(space, _)| *space == Space::CustomId).map(|(_, id)| id.clone());
    let name = keys.iter().find(|(space, _)| *space == Space::CustomName).map(|(_, n)| n.clone());
    let entry = id.as_ref().and_then(|id| survey.config.fields.get(id)).or_else(|| {
        let name = name.as_ref()?;
        survey.config.fields.values().find(|f| f.name == *name)
    });
    let close_name = entry.map(|e| e.name.clone()).or(name).or(id).unwrap_or_default();
    let (mut rule, mut why, confidence) = if let Some(entry) = entry {
        let (rule, why) = defined(context, entry, &profile);
        (rule, why, if &*entry.kind == "hidden" { INFERRED } else { DEFINED })
    } else {
        let (rule, why) = inferred(context, &profile, single(survey, kind));
        (rule, why, INFERRED)
    };
    let mut options = Options::new();
    if matches!(rule, ValueRule::Select | ValueRule::MultiSelect) {
        fill_options(&mut options, entry, &profile);
        if options.as_slice().is_empty() {
            (rule, why) = (ValueRule::Text, format!("{why}; as text: nothing says its choices"));
        }
    }
    CustomField {
        kind,
        of_type,
        keys,
        label: crate::twenty::naming::field_label(&close_name),
        close_name,
        close_type: entry.map(|e| e.kind.clone()),
        rule,
        why,
        confidence,
        options,
        homes: Vec::new(),
        reverse: Vec::new(),
        second: None,
        columns: Vec::new(),
        is_always_said: is_always_said(context, (kind, of_type), &profile),
        profile,
    }
}
