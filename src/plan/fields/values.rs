//! How the values of a custom field are written: by its definition, else by what the values look
//! like. It must not choose names.

use super::{Context, CustomField, ValueRule};
use crate::close::Kind;
use crate::event::count::plural;
use crate::plan::CustomType;
use crate::survey::config::FieldEntry;
use crate::survey::{Map, Profile, Survey};
use crate::twenty::options::Options;

/// A field is a choice when each value occurs at least this often on average…
const CHOICE_REPEATS: u64 = 3;
/// … and there are at most so many values.
const CHOICE_MAX: usize = 40;
/// Some values of the field are not of its type.
pub(super) fn has_misfits(rule: ValueRule, profile: &Profile) -> bool {
    let items = profile.items();
    let fit = match rule {
        ValueRule::Number | ValueRule::Currency => profile.numbers + profile.numeric,
        ValueRule::Date | ValueRule::DateTime => profile.dates + profile.instants,
        ValueRule::Select => return profile.max_items > 1,
        _ => return false,
    };
    fit < items || profile.max_items > 1
}

/// Copies of records say nothing new: how many of the records read are different ones, as a fraction.
pub(super) fn single(survey: &Survey, kind: Kind) -> (u64, u64) {
    let read = survey.read.get(&kind).copied().unwrap_or_default();
    let different = survey.different.get(&kind).copied().unwrap_or(read);
    (different, read.max(1))
}

pub(super) fn defined(
    context: &Context<'_>,
    entry: &FieldEntry,
    profile: &Profile,
) -> (ValueRule, String) {
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
        "custom_object" if multi => ValueRule::Objects,
        "custom_object" => {
            let target = entry.refers_to.as_deref().and_then(|id| object_type(context.types, id));
            target
                .or_else(|| held_type(context, profile))
                .map_or(ValueRule::Objects, ValueRule::Object)
        }
        "hidden" => {
            let (rule, why) = inferred(context, profile, (1, 1));
            return (rule, format!("hidden field: {why}"));
        }
        _ => ValueRule::Text,
    };
    let more = if multi && matches!(&*entry.kind, "contact" | "custom_object") {
        ", several values"
    } else {
        ""
    };
    let more = if rule == ValueRule::Objects && !multi {
        "; as text: what it refers to goes to the archive or is not in the export"
    } else {
        more
    };
    let required = if entry.required { ", required" } else { "" };
    let help = entry.description.as_deref().map(crate::twenty::text::line);
    let help = help.map_or_else(String::new, |help| format!(" (\"{help}\")"));
    (rule, format!("defined as {}{required}{more}{help}", entry.kind))
}

/// The words for true and false that people choose for a field of two choices.
pub fn truth(raw: &str) -> Option<bool> {
    match raw.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "ja" | "oui" | "sí" | "si" | "sim" => Some(true),
        "false" | "no" | "n" | "0" | "nein" | "non" | "não" | "nee" => Some(false),
        _ => None,
    }
}

/// Every value is true or false.
fn all_true_or_false(profile: &Profile) -> bool {
    let words = profile.distinct.iter().flatten().filter(|(word, _)| truth(word).is_some());
    let said: u64 = words.map(|(_, n)| *n).sum();
    profile.max_items < 2 && profile.items() == said + profile.flags
}

impl CustomField {
    /// How the values are written in a field of this type; none when they cannot be.
    pub(in crate::plan) fn rule_of(&self, word: &str) -> Option<ValueRule> {
        let profile = &self.profile;
        let refers = |n: u64| n > 0 && n == profile.items();
        Some(match word {
            "TEXT" if refers(profile.users) => ValueRule::Users,
            "TEXT" if refers(profile.contacts) => ValueRule::Contacts,
            "TEXT" if refers(profile.custom_objects) => ValueRule::Objects,
            "TEXT" => ValueRule::Text,
            "NUMBER" => ValueRule::Number,
            // An empty cell would become false (`twenty-importer.md` §3).
            "BOOLEAN" if self.is_always_said && all_true_or_false(profile) => ValueRule::Boolean,
            "DATE" => ValueRule::Date,
            "DATE_TIME" => ValueRule::DateTime,
            "SELECT" if self.has_choices() => ValueRule::Select,
            "MULTI_SELECT" if self.has_choices() => ValueRule::MultiSelect,
            "LINKS" => ValueRule::Link,
            "CURRENCY" => ValueRule::Currency,
            "RELATION" if refers(profile.users) => ValueRule::Member,
            "RELATION" if refers(profile.contacts) => ValueRule::Contact,
            _ => return None,
        })
    }

    /// There are texts to make options of, and not too many. Numbers are none.
    fn has_choices(&self) -> bool {
        let texts = self.profile.distinct.iter().flatten();
        let some = texts.into_iter().any(|(text, _)| !text.trim().is_empty());
        some || (self.profile.distinct.is_some() && !self.options.as_slice().is_empty())
    }

    /// Gives the field another rule, with options made from its values where it needs them.
    pub(in crate::plan) fn become_of(&mut self, rule: ValueRule) {
        self.rule = rule;
        let chooses = matches!(rule, ValueRule::Select | ValueRule::MultiSelect);
        if !chooses {
            self.options = Options::new();
        } else if self.options.as_slice().is_empty() {
            fill_options(&mut self.options, None, &self.profile);
        }
    }

    /// Gives options the labels of the map; values with one label share an option.
    pub(in crate::plan) fn relabel<'l>(
        &mut self,
        labels: impl Iterator<Item = (&'l str, &'l str)>,
    ) {
        let labels: Map<&str, &str> = labels.collect();
        if labels.is_empty() || !matches!(self.rule, ValueRule::Select | ValueRule::MultiSelect) {
            return;
        }
        self.options = self.options.renamed(&|raw| labels.get(raw).copied());
    }
}

/// The type with an object of its own that has this id.
fn object_type(types: &[CustomType], id: &str) -> Option<usize> {
    types.iter().position(|one| *one.close_id == *id && one.has_object())
}

/// The one type whose objects the values name, when all that are known are of one type.
fn held_type(context: &Context<'_>, profile: &Profile) -> Option<usize> {
    let held = profile.distinct.iter().flatten().filter_map(|(id, _)| {
        context.survey.custom_objects.get(&crate::survey::hash(id)).map(|(of_type, _)| &**of_type)
    });
    let mut held: Vec<&str> = held.collect();
    held.sort_unstable();
    held.dedup();
    match held.as_slice() {
        [only] => object_type(context.types, only),
        _ => None,
    }
}

pub(super) fn inferred(
    context: &Context<'_>,
    profile: &Profile,
    single: (u64, u64),
) -> (ValueRule, String) {
    let items = profile.items();
    let all = |n: u64| n == items && items > 0;
    let several = profile.arrays > 0;
    let distinct = profile.distinct.as_ref().map_or(0, indexmap::IndexMap::len);
    let repeats =
        distinct > 0 && profile.texts * single.0 / single.1 >= CHOICE_REPEATS * distinct as u64;
    let few = distinct > 0 && distinct <= CHOICE_MAX && profile.long == 0;
    let rule = match () {
        () if all(profile.objects) => ValueRule::Archive,
        () if all(profile.custom_objects) && profile.max_items < 2 => {
            held_type(context, profile).map_or(ValueRule::Objects, ValueRule::Object)
        }
        () if all(profile.custom_objects) => ValueRule::Objects,
        () if all(profile.users) => ValueRule::Users,
        () if all(profile.contacts) && profile.max_items < 2 => ValueRule::Contact,
        () if all(profile.contacts) => ValueRule::Contacts,
        () if all(profile.numbers) && !several => ValueRule::Number,
        // Carriers turn dates into midnight; a field that never holds another time is one of dates.
        () if all(profile.dates + profile.midnights) && !several => ValueRule::Date,
        () if all(profile.instants + profile.dates) && !several => ValueRule::DateTime,
        () if several && all(profile.texts) && few => ValueRule::MultiSelect,
        () if all(profile.texts) && few && repeats => ValueRule::Select,
        () => ValueRule::Text,
    };
    let distinct = match &profile.distinct {
        Some(values) => format!("{} of them distinct", values.len()),
        None => "more distinct ones than an option list holds".to_owned(),
    };
    let items = plural(items, "value", "values");
    let why = format!("no definition: inferred from {items}, {distinct}");
    (rule, why)
}

pub(super) fn fill_options(options: &mut Options, entry: Option<&FieldEntry>, profile: &Profile) {
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
