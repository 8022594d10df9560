//! Section 2 of the guide: objects, fields and options to be made, as tables to work through.

use super::page::{Page, code, label, number, plural, text};
use crate::bundle::manifest::{Manifest, ObjectSpec};
use crate::plan::{FieldSpec, Lack, OptionSpec};
use crate::twenty::naming::{field_name, is_reserved};
use crate::twenty::objects::{FieldType, Object, shipped_options};

pub fn write(page: &mut Page, manifest: &Manifest) {
    page.heading(2, "2 Make the fields");
    let fields: Vec<&FieldSpec> =
        manifest.schema.fields.iter().filter(|field| field.is_open()).collect();
    if to_make(manifest).next().is_some() || fields.iter().any(|field| field.delivery == "both") {
        shortcut(page, manifest.mapping.confirmed);
    }
    objects(page, manifest);
    if fields.is_empty() {
        page.para(if manifest.schema.fields.is_empty() {
            "This bundle needs no further field. Go on with section 3."
        } else {
            "There is nothing to make: the workspace has every field and every option of this \
             bundle already. Go on with section 3."
        });
        return;
    }
    page.prose(include_str!("prose/new-field.md"));
    if fields.iter().any(|field| field.decimals > 0) {
        page.para(
            "**Numbers.** A field of type *Number* shows as many decimals as **Number of decimals** \
             says, none to begin with: 359.88 then reads 360. Set it to the number of decimals that \
             the tables below name. Values are stored whole in any case, so this can be changed later.",
        );
    }
    if fields.iter().any(|field| !field.options.is_empty()) {
        page.prose(include_str!("prose/options.md"));
    }
    let mut number = 0;
    for (i, object) in in_order(&fields).into_iter().enumerate() {
        let here: Vec<&FieldSpec> =
            fields.iter().copied().filter(|field| field.object == object).collect();
        of_object(page, i + 1, (manifest, object), &here, &mut number);
    }
}

/// The API makes in minutes what takes an afternoon by hand; only fields that stand for targets are no
/// part of it.
fn shortcut(page: &mut Page, confirmed: bool) {
    page.para(
        "**Or let it be made.** An engineer with an API key makes this section in a minute or two, with \
         this command. *BUNDLE* is this folder, *URL* the address you open Twenty at.",
    );
    let accept = if confirmed { "" } else { " --accept-proposed-map" };
    page.para(&format!("    close2twenty push BUNDLE --url URL --only schema{accept}"));
    page.para(
        "It makes every object, field and option below and imports nothing. The lines that say *only \
         for the import by hand* are left for you: make those, then go on with section 3.",
    );
}

/// Options that have to be added by hand.
pub fn to_add(field: &FieldSpec) -> usize {
    field.options.iter().filter(|option| !option.existing).count()
}

/// Objects that have to be made by hand.
fn to_make(manifest: &Manifest) -> impl Iterator<Item = &ObjectSpec> {
    manifest.schema.objects.iter().filter(|object| !object.existing)
}

/// All objects before the first field: fields of one may refer to any other.
fn objects(page: &mut Page, manifest: &Manifest) {
    if to_make(manifest).next().is_none() {
        return;
    }
    page.para(
        "**Objects first.** Make all of them before the first field: a relation can only point to \
         an object that is there. Switch **Advanced** on, at the bottom of the menu in \
         **Settings**. Then for each row click **Settings → Data Model → + New Object**, type both \
         labels, switch off **Synchronize Objects Labels and API Names**, type both API names, and \
         save. Leave everything else as it is. Twenty gives each object a field *Name* and a page in \
         the left sidebar by itself.",
    );
    page.table(
        ["Label, singular", "Label, plural", "API name, singular", "API name, plural", "Why"],
        to_make(manifest).map(|object| {
            [
                label(&object.label_singular),
                label(&object.label_plural),
                code(&object.name_singular),
                code(&object.name_plural),
                text(&object.why),
            ]
        }),
    );
}

/// The objects that get fields, in the manifest's order.
fn in_order<'f>(fields: &[&'f FieldSpec]) -> Vec<&'f str> {
    let mut objects = Vec::new();
    for field in fields {
        if !objects.contains(&field.object.as_str()) {
            objects.push(&field.object);
        }
    }
    objects
}

fn of_object(
    page: &mut Page,
    at: usize,
    (manifest, object): (&Manifest, &str),
    fields: &[&FieldSpec],
    count: &mut u64,
) {
    let (existing, new): (Vec<&FieldSpec>, Vec<&FieldSpec>) =
        fields.iter().partition(|field| field.existing);
    let made = match new.len() as u64 {
        0 if existing.iter().all(|field| field.lacks.is_empty()) => {
            "no new field, but options".to_owned()
        }
        0 => "no new field, but changes".to_owned(),
        count => plural(count, "new field", "new fields"),
    };
    let object = text(manifest.label_plural(object));
    page.heading(3, &format!("2.{at} {object}: {made}"));
    if !new.is_empty() {
        page.table(
            ["No.", "Label", "API name", "Type", "Settings", "Why"],
            new.iter().map(|field| {
                *count += 1;
                [
                    number(*count),
                    label(&field.label),
                    code(&field.name),
                    field.kind.label().to_owned(),
                    settings(manifest, field),
                    text(&field.why),
                ]
            }),
        );
    }
    for field in new.iter().filter(|field| !field.options.is_empty()) {
        page.para(&format!(
            "**Options of {} › {}** ({}):",
            object,
            label(&field.label),
            number(field.options.len() as u64)
        ));
        options(page, &field.options);
    }
    lacking(page, &object, &existing);
    for field in existing.into_iter().filter(|field| to_add(field) > 0) {
        added_options(page, &object, field);
    }
}

/// Fields that are there and are not as the import needs them.
fn lacking(page: &mut Page, object: &str, existing: &[&FieldSpec]) {
    let lacking = existing.iter().filter(|field| !field.lacks.is_empty());
    let items: Vec<String> = lacking
        .map(|field| {
            let what: Vec<&str> = field.lacks.iter().map(|lack| to_do(*lack)).collect();
            format!("**{}** ({}): {}.", label(&field.label), code(&field.name), what.join("; "))
        })
        .collect();
    if items.is_empty() {
        return;
    }
    page.para(&format!(
        "**Fields of {object} to change.** They exist already: open each under **Settings → Data Model \
         → {object}** and save."
    ));
    page.list(&items);
}

const fn to_do(lack: Lack) -> &'static str {
    match lack {
        Lack::Active => "it is switched off, switch it on again (**⋮ → Activate**)",
        Lack::Unique => {
            "switch on **Unique**; if Twenty refuses, two records share a value: find and mend them \
             first, else every import makes new records"
        }
        Lack::Label => {
            "another field of this object has the same label, so the importer matches neither: \
             rename the other one until the import is done"
        }
    }
}

/// What is to be set besides type and label.
fn settings(manifest: &Manifest, field: &FieldSpec) -> String {
    let mut settings = Vec::new();
    if field.unique {
        settings.push("**unique**".to_owned());
    }
    if let Some(relation) = &field.relation {
        settings.push(format!(
            "belongs to one **{}**, field on destination: **{}**",
            text(target(manifest, &relation.target)),
            label(&relation.reverse_label)
        ));
    }
    if field.delivery == "csv" {
        settings.push("only for the import by hand".to_owned());
    }
    if !field.options.is_empty() {
        settings.push(plural(field.options.len() as u64, "option, below", "options, below"));
    }
    if field.decimals > 0 {
        settings.push(plural(field.decimals.into(), "decimal", "decimals"));
    }
    if field.kind != FieldType::Relation && named_otherwise(field) {
        settings.push("set the API name".to_owned());
    }
    settings.join("; ")
}

/// The label people see of an object.
fn target<'m>(manifest: &'m Manifest, name: &'m str) -> &'m str {
    if name == "workspaceMember" { "Workspace Members" } else { manifest.label_plural(name) }
}

/// Whether Twenty would make another API name out of the label than the manifest wants. For
/// reserved words and leading digits Twenty has its own way.
fn named_otherwise(field: &FieldSpec) -> bool {
    let made = field_name(&field.label);
    made != field.name
        || made.strip_suffix("Field").is_some_and(is_reserved)
        || field.label.trim_start().starts_with(|c: char| c.is_ascii_digit())
}

fn options(page: &mut Page, options: &[OptionSpec]) {
    let mut ordered: Vec<&OptionSpec> = options.iter().collect();
    ordered.sort_by_key(|option| option.position);
    page.table(
        ["No.", "API value", "Label", "Colour"],
        ordered.iter().enumerate().map(|(i, option)| {
            [number(i as u64 + 1), code(&option.value), label(&option.label), colour(option)]
        }),
    );
}

fn colour(option: &OptionSpec) -> String {
    match (option.existing, option.color.as_str()) {
        (true, _) => "exists already: leave it".to_owned(),
        (false, "") => "any".to_owned(),
        (false, color) => text(color),
    }
}

/// A field that Twenty ships. When no old option is left, the board by that field is empty for good
/// (`twenty-observed.md §0.1`).
fn added_options(page: &mut Page, object: &str, field: &FieldSpec) {
    let name = label(&field.label);
    page.heading(4, &format!("{object} › {name}: add {}", count_of(field)));
    page.para(&format!(
        "The field **{name}** ({}) exists already: open it under **Settings → Data Model → \
         {object}** and add the options below at the end of its list, with **Add option**. {}",
        code(&field.name),
        text(&sentence(&field.why))
    ));
    page.para(&format!(
        "**Keep every option that is there now{}.** Never delete them all, and do not overwrite \
         them: when none of the old options is left, Twenty's board *By {name}* stays empty for \
         good, even when they are put back. Leave the default option as it is. If your workspace \
         already has an option with the same API value, do not add it again.",
        kept(field)
    ));
    options(page, &field.options);
}

fn count_of(field: &FieldSpec) -> String {
    plural(to_add(field) as u64, "option", "options")
}

fn kept(field: &FieldSpec) -> String {
    let shipped = Object::by_name(&field.object);
    let shipped = shipped.map_or(&[][..], |object| shipped_options(object, &field.name));
    if shipped.is_empty() {
        return String::new();
    }
    let labels: Vec<&str> = shipped.iter().map(|(_, label)| *label).collect();
    format!(" (in a new workspace: {})", labels.join(", "))
}

/// The text as a sentence of its own.
fn sentence(raw: &str) -> String {
    let raw = raw.trim();
    if raw.is_empty() || raw.ends_with(['.', '!', '?']) {
        raw.to_owned()
    } else {
        format!("{raw}.")
    }
}
