//! Names and labels that are taken, for each object, and free ones for what is to be made. It must
//! not make anything.

use super::known::Known;
use super::{Home, ObjectSpec, Place};
use crate::survey::Map;
use crate::twenty::naming::{self, Kind};
use crate::twenty::objects::{Column, FieldType, OTHER_LABELS, Object};
use crate::twenty::workspace::{Workspace, WsObject};

/// See the module's head.
#[derive(Debug, Default)]
pub struct Names {
    fields: Map<String, naming::Names>,
    objects: crate::survey::Set<String>,
    pub(super) known: Known,
    /// Objects of the workspace that custom types go to.
    taken: Vec<WsObject>,
}

impl Names {
    /// All that the workspace has and the built-in map adds.
    pub fn new(workspace: &Workspace) -> Self {
        let mut names = Self { known: Known::new(workspace), ..Self::default() };
        for object in &workspace.objects {
            names.take_object(&object.name_singular, &object.name_plural);
            names.take_object(&object.label_singular, &object.label_plural);
            let fields = names.of(&object.name_singular);
            for field in &object.fields {
                fields.reserve(&field.name, &field.label, type_kind(&field.kind));
            }
        }
        for object in Object::ALL {
            if let Some(there) =
                workspace.object(object.name()).filter(|_| !workspace.is_standard())
            {
                names.resolve(there, object.columns());
                continue;
            }
            names.reserve(object.name(), object.columns());
            for column in object.columns() {
                if let Some((target, reverse)) = column.new.and_then(|new| new.relation) {
                    let name = naming::field_name(reverse);
                    names.of(target).reserve(&name, reverse, Kind::Plain);
                }
            }
        }
        for (object, name, label) in OTHER_LABELS {
            names.of(object.name()).reserve(name, label, Kind::Plain);
        }
        names
    }

    pub(super) fn of(&mut self, object: &str) -> &mut naming::Names {
        if !self.fields.contains_key(object) {
            self.fields.insert(object.to_owned(), naming::Names::new());
        }
        &mut self.fields[object]
    }

    fn take_object(&mut self, singular: &str, plural: &str) {
        self.objects.extend([singular.to_lowercase(), plural.to_lowercase()]);
    }

    fn reserve(&mut self, object: &str, columns: &[Column]) {
        for column in columns {
            let label = column.header.split(" / ").next().unwrap_or(column.header);
            self.of(object).reserve(column.field, label, name_kind(column.kind));
        }
    }

    /// A free label for a field whose name a person has chosen.
    pub fn claim(
        &mut self,
        object: &str,
        name: &str,
        label: &str,
        suffix: &str,
        kind: FieldType,
    ) -> String {
        self.of(object).take_label(name, label, suffix, name_kind(kind))
    }

    /// A free name and label for a field.
    pub fn field(
        &mut self,
        place: Place,
        object: &str,
        label: &str,
        suffix: &str,
        kind: FieldType,
    ) -> Home {
        let (name, label) = self.of(object).take(label, suffix, name_kind(kind));
        Home { place, name, label, existing: false }
    }

    /// A free label for the far side of a relation. Twenty makes the API name out of it, which takes
    /// no letters but `a` to `z` and none but a letter in front (`twenty-api.md` §4.5).
    pub fn reverse(&mut self, target: &str, label: &str, suffix: &str) -> String {
        let plain = deunicode::deunicode(label);
        let named = plain.trim_start().starts_with(|c: char| c.is_ascii_alphabetic());
        let plain = if named { plain } else { format!("Close {plain}") };
        self.of(target).take_far(&plain, suffix)
    }

    /// Free names and labels for the object of a custom type (`twenty-api.md` §4.1): singular and
    /// plural differ, and neither is that of another object.
    pub fn object(&mut self, singular: &str, plural: Option<&str>, why: &str) -> ObjectSpec {
        let singular = naming::field_label(singular);
        let wanted = plural.map_or_else(|| many(&singular), naming::field_label);
        for attempt in 1..1_000 {
            let spec = ObjectSpec {
                label_singular: numbered(&singular, attempt),
                label_plural: numbered(&wanted, attempt),
                name_singular: object_name(&singular, attempt),
                name_plural: object_name(&wanted, attempt),
                existing: false,
                why: why.to_owned(),
            };
            if let Some(spec) = self.object_again(&spec) {
                return spec;
            }
            if let Some(spec) = self.free_object(spec) {
                return spec;
            }
        }
        unreachable!("of a thousand numbered names one is free")
    }

    /// The object of this API name that an earlier run, or somebody by hand, has made.
    fn object_again(&mut self, wanted: &ObjectSpec) -> Option<ObjectSpec> {
        let there = self.known.object(&wanted.name_singular)?;
        let spec = ObjectSpec {
            name_singular: there.name_singular.clone(),
            name_plural: there.name_plural.clone(),
            label_singular: there.label_singular.clone(),
            label_plural: there.label_plural.clone(),
            existing: true,
            why: format!("{}; the workspace has it already", wanted.why),
        };
        self.taken.push(there);
        Some(spec)
    }

    /// Takes the names if all are free, with another plural where it is the singular.
    fn free_object(&mut self, mut spec: ObjectSpec) -> Option<ObjectSpec> {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        if same(&spec.name_singular, &spec.name_plural)
            || same(&spec.label_singular, &spec.label_plural)
        {
            let tail = " Records";
            let short = crate::twenty::text::head(&spec.label_singular, 63 - tail.len()).trim_end();
            spec.label_plural = format!("{short}{tail}");
            let short =
                crate::twenty::text::head(&spec.name_singular, LONGEST_OBJECT - tail.len() + 1);
            spec.name_plural = format!("{short}{}", tail.trim_start());
        }
        if words(&spec).iter().any(|word| self.objects.contains(word)) {
            return None;
        }
        self.take_object(&spec.name_singular, &spec.name_plural);
        self.take_object(&spec.label_singular, &spec.label_plural);
        Some(spec)
    }

    /// Marks the fields every object of this kind of custom type has.
    pub fn reserve_type(&mut self, object: &str, columns: &[Column]) {
        match self.taken.iter().find(|there| there.name_singular == object).cloned() {
            Some(there) => self.resolve(&there, columns),
            None => self.reserve(object, columns),
        }
    }

    /// Gives the names of an object free.
    pub fn release(&mut self, spec: &ObjectSpec) {
        if let Some(at) = self.taken.iter().position(|o| o.name_singular == spec.name_singular) {
            self.known.give_back(self.taken.remove(at));
            return;
        }
        for word in words(spec) {
            self.objects.swap_remove(&word);
        }
    }

    /// Takes the names of an object; false when one of them is taken, or singular and plural are the
    /// same. An object that somebody has made in the workspace is used again.
    pub fn hold(&mut self, spec: &mut ObjectSpec) -> bool {
        spec.existing = false;
        if let Some(again) = self.object_again(spec) {
            *spec = again;
            return true;
        }
        let [singular, plural, label, labels] = words(spec);
        let free = singular != plural
            && label != labels
            && words(spec).iter().all(|word| !self.objects.contains(word));
        self.objects.extend(words(spec));
        free
    }

    /// Takes the name of a field whose label is not settled yet.
    pub fn hold_name(&mut self, object: &str, name: &str, kind: FieldType) {
        self.of(object).reserve(name, "", name_kind(kind));
    }

    /// Whether a field of an object can have this name.
    pub fn name_is_free(&mut self, object: &str, name: &str, kind: FieldType) -> bool {
        self.of(object).name_is_free(name, name_kind(kind))
    }
}

/// Names and labels as they are compared.
fn words(spec: &ObjectSpec) -> [String; 4] {
    [&spec.name_singular, &spec.name_plural, &spec.label_singular, &spec.label_plural]
        .map(|word| word.to_lowercase())
}

/// `Site Visit` → `Site Visits`, `Company` → `Companies`.
fn many(singular: &str) -> String {
    let short = crate::twenty::text::head(singular, 61).trim_end();
    let lower = short.to_lowercase();
    let consonant = |c: char| !"aeiou".contains(c);
    let mut last = lower.chars().rev();
    match (last.next(), last.next()) {
        (Some('y'), Some(before)) if consonant(before) && before.is_alphabetic() => {
            format!("{}ies", &short[..short.len() - 1])
        }
        (Some('s' | 'x' | 'z'), _) | (Some('h'), Some('c' | 's')) => format!("{short}es"),
        _ => format!("{short}s"),
    }
}

fn numbered(label: &str, attempt: u32) -> String {
    if attempt == 1 {
        return label.to_owned();
    }
    // The first further attempt says where it comes from, later ones count.
    let tail = if attempt == 2 { " (Close)".to_owned() } else { format!(" (Close {attempt})") };
    format!("{}{tail}", crate::twenty::text::head(label, 63 - tail.len()).trim_end())
}

/// Longest API name we give an object: its table has a sign more, and relations to it have a prefix.
const LONGEST_OBJECT: usize = 54;

fn object_name(label: &str, attempt: u32) -> String {
    let name = naming::field_name(label);
    let reserved = name.strip_suffix("Field").filter(|stem| naming::is_reserved(stem));
    let name = reserved.map_or(name.clone(), |stem| format!("{stem}Record"));
    match attempt {
        1 => crate::twenty::text::head(&name, LONGEST_OBJECT).to_owned(),
        2 => format!("close{}", capital(crate::twenty::text::head(&name, LONGEST_OBJECT - 5))),
        n => format!("close{}{n}", capital(crate::twenty::text::head(&name, LONGEST_OBJECT - 9))),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_ascii_uppercase().to_string() + letters.as_str())
}

/// What a field of this type takes besides its name.
pub const fn name_kind(kind: FieldType) -> Kind {
    match kind {
        FieldType::Relation => Kind::Relation,
        FieldType::FullName => Kind::FullName,
        FieldType::Emails => Kind::Emails,
        FieldType::Phones => Kind::Phones,
        FieldType::Links => Kind::Links,
        FieldType::Address => Kind::Address,
        FieldType::Currency => Kind::Currency,
        FieldType::RichText => Kind::RichText,
        _ => Kind::Plain,
    }
}

/// The same for one of Twenty's type words.
fn type_kind(word: &str) -> Kind {
    match word {
        "RELATION" | "MORPH_RELATION" => Kind::Relation,
        "FULL_NAME" => Kind::FullName,
        "EMAILS" => Kind::Emails,
        "PHONES" => Kind::Phones,
        "LINKS" => Kind::Links,
        "ADDRESS" => Kind::Address,
        "CURRENCY" => Kind::Currency,
        "RICH_TEXT" => Kind::RichText,
        "ACTOR" => Kind::Actor,
        _ => Kind::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_of_common_words() {
        for (one, more) in [
            ("Site Visit", "Site Visits"),
            ("Company", "Companies"),
            ("Survey", "Surveys"),
            ("Pitch", "Pitches"),
            ("Demo / Präsentation", "Demo / Präsentations"),
        ] {
            assert_eq!(many(one), more);
        }
    }

    #[test]
    fn objects_never_share_a_name_with_another() {
        let mut names = Names::new(&Workspace::standard().unwrap());
        let mut seen = crate::survey::Set::<String>::default();
        for label in
            ["Note", "Site Visit", "site visit", "Event", "Equipment", "", "日本", "Task", "Role"]
        {
            let spec = names.object(label, None, "");
            for word in [spec.name_singular, spec.name_plural] {
                assert!(seen.insert(word.to_lowercase()), "{word}");
                assert!(!naming::is_reserved(&word), "{word}");
                assert!(word.len() <= 63 && word.starts_with(|c: char| c.is_ascii_lowercase()));
            }
        }
        assert_eq!(
            names.object("Equipment", Some("Equipment"), "").label_singular,
            "Equipment (Close)"
        );
    }
}
