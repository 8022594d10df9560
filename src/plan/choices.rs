//! What the user's map says about the parts of this export: looked up by Close's ids, checked against
//! what there is, each error at its place in the file. It must not propose anything.

use super::fields::{Context, CustomField, ValueRule, is_system};
use super::schema::{Home, Names, Place};
use super::types::CustomType;
use crate::close::Kind;
use crate::error::{Error, Result};
use crate::mapping::file::{FieldEntry, Located, MapFile, StageEntry, TypeEntry};
use crate::mapping::nearest::nearest;
use crate::mapping::settings::ROUTED;
use crate::survey::Map;
use crate::twenty::naming;
use crate::twenty::objects::{FieldType, Object};
use crate::twenty::workspace::Workspace;

/// See the module's head.
#[derive(Debug, Default)]
pub struct Choices<'m> {
    map: Option<&'m MapFile>,
    fields: Map<&'m str, &'m FieldEntry>,
    types: Map<&'m str, &'m TypeEntry>,
    stages: Map<&'m str, &'m StageEntry>,
}

impl<'m> Choices<'m> {
    /// The choices of a map, or none.
    pub fn new(map: Option<&'m MapFile>) -> Self {
        let Some(file) = map else { return Self::default() };
        Self {
            map,
            fields: file.fields.iter().map(|it| (it.close.value.as_str(), it)).collect(),
            types: file.types.iter().map(|it| (it.close.value.as_str(), it)).collect(),
            stages: file.stages.iter().map(|it| (it.close.value.as_str(), it)).collect(),
        }
    }

    /// What is said about a field.
    pub fn field(&self, close: &str) -> Option<&'m FieldEntry> {
        self.fields.get(close).copied()
    }

    /// What is said about a custom type.
    pub fn custom_type(&self, id: &str) -> Option<&'m TypeEntry> {
        self.types.get(id).copied()
    }

    /// The label of the stage an opportunity status becomes.
    pub fn stage(&self, id: &str) -> Option<&'m str> {
        self.stages.get(id)?.to.as_ref().map(|to| to.value.as_str())
    }

    /// An error at a place of the map.
    pub fn error<T>(&self, at: &Located<T>, code: &'static str, what: String) -> Error {
        match self.map {
            Some(map) => map.error(at.at, code, what),
            None => Error::usage(code, what),
        }
    }
}

/// Where the values of a field may be sent.
pub(super) struct Targets<'p> {
    pub choices: &'p Choices<'p>,
    pub workspace: &'p Workspace,
    pub types: &'p [CustomType],
    pub places: &'p [Place],
}

impl Targets<'_> {
    /// The homes a map gives a field, each checked; their names are then taken.
    ///
    /// # Errors
    /// `C2T-E130` for an object the field cannot go to, `C2T-E131` for a field whose type differs or
    /// that Close's own values fill, `C2T-E132` for a name Twenty refuses or that is taken.
    pub fn homes(
        &self,
        field: &CustomField,
        entry: &FieldEntry,
        names: &mut Names,
        chosen: &mut Chosen,
    ) -> Result<Vec<Home>> {
        let mut homes: Vec<Home> = Vec::new();
        let Some(kind) = field.rule.field_type() else { return Ok(homes) };
        for to in entry.to.iter().flatten() {
            let Some((place, name)) = self.target(field, to)? else { continue };
            if homes.iter().any(|home| home.place == place) {
                return Err(self.mismatch(to, "they go to another field of that object already"));
            }
            let home = match chosen.get(&(place, name.to_owned())) {
                Some((rule, home)) if is_same(*rule, field.rule) => home.clone(),
                Some(_) => {
                    return Err(self.mismatch(to, "another field of another type goes there"));
                }
                None => match self.existing(to, place, name, field)? {
                    Some(home) => home,
                    None => self.new_field(to, (place, name), kind, names)?,
                },
            };
            chosen.insert((place, name.to_owned()), (field.rule, home.clone()));
            names.use_up(object_name(self.types, place), name);
            homes.push(home);
        }
        Ok(homes)
    }

    fn mismatch(&self, to: &Located<String>, why: &str) -> Error {
        self.choices.error(
            to,
            "C2T-E131",
            format!("`{}` cannot take these values: {why}", to.value),
        )
    }

    /// The object and the name of the field; none where the object takes no part as things stand: people
    /// when leads are companies, tasks when the records become notes.
    fn target<'t>(
        &self,
        field: &CustomField,
        to: &'t Located<String>,
    ) -> Result<Option<(Place, &'t str)>> {
        let names: Vec<&str> =
            self.places.iter().map(|place| object_name(self.types, *place)).collect();
        let (object, name) = to.value.split_once('.').unwrap_or((&to.value, ""));
        let known = |place: &&Place| {
            let before = match place {
                Place::Type(at) => self.types.get(*at).map_or("", |one| &one.proposed),
                Place::Standard(_) => "",
            };
            object_name(self.types, **place) == object || before == object
        };
        if name.is_empty() {
        } else if let Some(place) = self.places.iter().find(known) {
            return Ok(Some((*place, name)));
        } else if field.kind == Kind::Lead && object == Object::Person.name() {
            return Ok(None);
        } else if ROUTED.iter().any(|(kind, _)| *kind == field.kind)
            && [Object::Task.name(), Object::Note.name()].contains(&object)
        {
            return Ok(self.places.first().map(|place| (*place, name)));
        }
        let hint = nearest(object, names.iter().copied()).filter(|_| !name.is_empty());
        let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}.{name}`?"));
        let may = names.join(" or ");
        let what =
            format!("`{}` is no field these values can go to: name one of {may}{hint}", to.value);
        Err(self.choices.error(to, "C2T-E130", what))
    }

    /// A field that is there before: the workspace's, or one Twenty ships.
    fn existing(
        &self,
        to: &Located<String>,
        place: Place,
        name: &str,
        field: &CustomField,
    ) -> Result<Option<Home>> {
        let Some(kind) = field.rule.field_type() else { return Ok(None) };
        let object = object_name(self.types, place);
        let columns = match place {
            Place::Standard(object) => object.columns(),
            Place::Type(at) => self.types.get(at).map_or(&[][..], CustomType::columns),
        };
        let own = columns.iter().find(|column| column.field == name);
        if own.is_some_and(|_| columns.iter().any(|c| c.field == name && c.new.is_some())) {
            return Err(self.mismatch(to, "Close's own values fill that field"));
        }
        let there = self.workspace.field(object, name);
        if is_system(name) && (own.is_some() || there.is_some()) {
            return Err(self.mismatch(to, "Twenty fills that field itself"));
        }
        if own.is_some()
            && matches!(kind, FieldType::Select | FieldType::MultiSelect | FieldType::Relation)
        {
            return Err(self.mismatch(to, "Twenty's own choices and relations are not theirs"));
        }
        let leads = there.and_then(|field| field.relation.as_ref()).map(|it| it.target.as_str());
        if there.is_some()
            && kind == FieldType::Relation
            && field.relation_target(self.types) != leads
        {
            return Err(self.mismatch(to, "its relation leads to another object"));
        }
        let there = there.map(|f| (f.kind.clone(), f.label.clone()));
        let shipped = own.map(|column| {
            let label = column.header.split(" / ").next().unwrap_or_default();
            (word(column.kind), label.to_owned())
        });
        let Some((known, label)) = there.or(shipped) else { return Ok(None) };
        if known != word(kind) {
            let why = format!("it is {known}, and they are {}", word(kind));
            return Err(self.mismatch(to, &why));
        }
        Ok(Some(Home { place, name: name.to_owned(), label, existing: true }))
    }

    fn new_field(
        &self,
        to: &Located<String>,
        (place, name): (Place, &str),
        kind: FieldType,
        names: &mut Names,
    ) -> Result<Home> {
        let object = object_name(self.types, place);
        if !is_name(name) || naming::is_reserved(name) || !names.name_is_free(object, name, kind) {
            let near = self.workspace.object(object).into_iter().flat_map(|object| &object.fields);
            let near = nearest(name, near.map(|field| field.name.as_str()));
            let better =
                Some(naming::field_name(name)).filter(|better| better != name && !name.is_empty());
            let hint = match (better, near) {
                (Some(better), _) => format!("; did you mean `{better}`?"),
                (None, Some(near)) => format!("; the workspace has `{near}`"),
                (None, None) => String::new(),
            };
            let what = format!(
                "`{name}` is no name for a new field: small letter first, letters and digits, at most \
                 63, and not one that is taken or reserved{hint}"
            );
            return Err(self.choices.error(to, "C2T-E132", what));
        }
        names.hold_name(object, name, kind);
        Ok(Home { place, name: name.to_owned(), label: String::new(), existing: false })
    }
}

/// Fields the map has named, with the values that go there.
pub(super) type Chosen = Map<(Place, String), (ValueRule, Home)>;

/// Values of both can stand in one field.
fn is_same(one: ValueRule, other: ValueRule) -> bool {
    let relation = one.field_type() == Some(FieldType::Relation);
    one.field_type() == other.field_type() && (!relation || one == other)
}

/// The type a map gives a field, and the labels of its options.
///
/// # Errors
/// `C2T-E134` when the values cannot be of that type.
pub(super) fn retype(
    context: &Context<'_>,
    field: &mut CustomField,
    entry: &FieldEntry,
) -> Result<()> {
    if entry.to.as_ref().is_some_and(Vec::is_empty) {
        if field.rule != ValueRule::Archive {
            field.become_of(ValueRule::Archive);
            "dropped by the mapping".clone_into(&mut field.why);
        }
        return Ok(());
    }
    let proposed = field.rule.field_type().map(word);
    if let Some(kind) = entry.kind.as_ref().filter(|kind| Some(&kind.value) != proposed.as_ref()) {
        let amount = kind.value != "CURRENCY" || context.currency();
        match field.rule_of(&kind.value).filter(|_| amount) {
            Some(rule) => {
                field.become_of(rule);
                "type chosen in the mapping".clone_into(&mut field.why);
            }
            // The map was made while what it refers to had an object.
            None if kind.value == "RELATION"
                && field.rule == ValueRule::Objects
                && field.profile.max_items < 2 => {}
            None => return Err(unfit(context.choices, entry, kind)),
        }
    }
    if let Some(label) = &entry.label {
        field.label = naming::field_label(&label.value);
    }
    let labels = entry.options.iter().flatten();
    field.relabel(labels.map(|(raw, label)| (raw.as_str(), label.value.as_str())));
    Ok(())
}

fn unfit(choices: &Choices<'_>, entry: &FieldEntry, kind: &Located<String>) -> Error {
    let why = match kind.value.as_str() {
        "BOOLEAN" => {
            ": an empty cell would become false, so each record needs a yes or no; SELECT keeps them apart"
        }
        "CURRENCY" => ": the export does not say in which currency they are",
        "RELATION" => ": not all of them are records of one object",
        "SELECT" | "MULTI_SELECT" => ": there are too many",
        _ => "",
    };
    let what = format!("the values of `{}` cannot be {}{why}", entry.close.value, kind.value);
    choices.error(kind, "C2T-E134", what)
}

/// The API name of an object.
pub(super) fn object_name(types: &[CustomType], place: Place) -> &str {
    match place {
        Place::Standard(object) => object.name(),
        Place::Type(at) => types.get(at).map_or("", |one| &one.object.name_singular),
    }
}

/// Twenty's word for a type.
pub fn word(kind: FieldType) -> String {
    let word = serde_json::to_value(kind).ok();
    word.and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Twenty's pattern for API names (`twenty-api.md` §4.1).
pub(super) fn is_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Names and labels a map gives the object of a custom type.
///
/// # Errors
/// `C2T-E135` for a name Twenty refuses or that is taken, `C2T-E136` for a route the type cannot take.
pub(super) fn rename(
    choices: &Choices<'_>,
    one: &mut CustomType,
    entry: &TypeEntry,
    names: &mut Names,
) -> Result<()> {
    use crate::mapping::Route;
    if let Some(to) = &entry.to {
        let told = matches!(to.value, Route::Task | Route::Note);
        if told && one.kind == Kind::CustomObject {
            let what = "custom objects become objects or go to the archive".to_owned();
            return Err(choices.error(to, "C2T-E136", what));
        }
        one.route = to.value;
    }
    let object = &mut one.object;
    names.release(object);
    for (said, own) in [
        (&entry.object, &mut object.name_singular),
        (&entry.object_plural, &mut object.name_plural),
    ] {
        let Some(said) = said.as_ref() else { continue };
        if !is_name(&said.value) || naming::is_reserved(&said.value) {
            let what = format!("`{}` is no name for an object", said.value);
            return Err(choices.error(said, "C2T-E135", what));
        }
        own.clone_from(&said.value);
    }
    for (said, own) in [
        (&entry.label, &mut object.label_singular),
        (&entry.label_plural, &mut object.label_plural),
    ] {
        if let Some(said) = said.as_ref() {
            *own = naming::field_label(&said.value);
        }
    }
    let said = [&entry.object, &entry.object_plural, &entry.label, &entry.label_plural];
    let first = said.into_iter().flatten().next();
    match (names.hold(object), first) {
        (false, Some(first)) => {
            let what = "another object has this name or label, or singular and plural are the same";
            Err(choices.error(first, "C2T-E135", what.to_owned()))
        }
        _ => Ok(()),
    }
}

/// The objects records of a standard type can go to.
pub(super) fn standard(objects: &[Object]) -> Vec<Place> {
    objects.iter().map(|object| Place::Standard(*object)).collect()
}
