//! Custom activities and custom objects of the sample, by a walk of the test's own over its JSON
//! files: each is one row of the object of its type, every value stands in the cell where people look
//! for it, and the archive holds only what has a reason. It must not use the converter's plan, nor
//! take a name of a column from anywhere but the manifest.

#![forbid(unsafe_code)]
#![allow(clippy::disallowed_types, reason = "a test of its own: nothing of its order is shown")]

mod cases;

use cases::sheet::{Sheet, sheets};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const TYPE_KEYS: [&str; 2] = ["custom_activity_type_id", "custom_object_type_id"];

/// The export as the test sees it.
#[derive(Default)]
struct Export {
    /// Custom activities and objects.
    records: Vec<Map<String, Value>>,
    /// Definitions of custom fields by id.
    fields: BTreeMap<String, Value>,
    /// Names of types, leads, contacts and custom objects by id.
    names: BTreeMap<String, String>,
    /// `Name <email>` by user.
    users: BTreeMap<String, String>,
    /// Contacts by lead.
    contacts: BTreeSet<String>,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

impl Export {
    fn read(folder: &Path) -> Self {
        let mut export = Self::default();
        for (name, bytes) in cases::files(folder) {
            if name != "README.md" {
                export.see(&serde_json::from_slice(&bytes).expect("JSON"));
            }
        }
        export
    }

    fn see(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.see(item)),
            Value::Object(object) => {
                let (id, name) = (text(value, "id"), text(value, "name"));
                if !id.is_empty() && !name.is_empty() {
                    self.names.entry(id.to_owned()).or_insert_with(|| name.to_owned());
                }
                if id.starts_with("cont_") {
                    self.contacts.insert(id.to_owned());
                }
                let email = text(value, "email").to_lowercase();
                if id.starts_with("user_") && !email.is_empty() {
                    let name = [text(value, "first_name"), text(value, "last_name")].join(" ");
                    self.users.insert(id.to_owned(), format!("{} <{email}>", name.trim()));
                }
                if id.starts_with("cf_") && (!self.fields.contains_key(id) || has_choices(value)) {
                    self.fields.insert(id.to_owned(), value.clone());
                }
                let is_record = id.starts_with("acti_") || id.starts_with("custobj_");
                if is_record && TYPE_KEYS.iter().any(|key| object.contains_key(*key)) {
                    self.records.push(object.clone());
                }
                object.values().for_each(|inner| self.see(inner));
            }
            _ => {}
        }
    }

    fn user(&self, id: &str) -> String {
        self.users.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// `Name (id)`, as far as the name is known.
    fn named(&self, id: &str) -> String {
        match self.names.get(id) {
            Some(name) => format!("{name} ({id})"),
            None => id.to_owned(),
        }
    }
}

fn has_choices(field: &Value) -> bool {
    field["choices"].as_array().is_some_and(|choices| !choices.is_empty())
}

/// The bundle as the test sees it.
struct Target {
    bundle: cases::Bundle,
    sheets: BTreeMap<String, Sheet>,
    manifest: Value,
}

impl Target {
    fn read() -> Self {
        let bundle = cases::run(&cases::sample().input).expect("it converts");
        let manifest = &bundle.files()["manifest.json"];
        let manifest = serde_json::from_slice(manifest).expect("JSON");
        Self { sheets: sheets(&bundle.path()), bundle, manifest }
    }

    /// API name of the object of a type, and the names of the sheets of its steps.
    fn object(&self, type_name: &str) -> (String, Vec<String>) {
        let objects = self.manifest["schema"]["objects"].as_array().expect("objects");
        let mut found = objects.iter().filter(|object| object["label_singular"] == type_name);
        let object = text(found.next().expect(type_name), "name_singular").to_owned();
        assert!(found.next().is_none(), "two objects called {type_name}");
        let steps = self.manifest["steps"].as_array().expect("steps").iter();
        let folders = steps.filter(|step| step["object"] == *object).map(|step| {
            let folder = text(step, "folder");
            folder.split_once('-').expect("a number").1.to_owned()
        });
        let folders: Vec<_> = folders.collect();
        (object, folders)
    }

    /// The field of an object that says it comes from this field of Close.
    fn field(&self, object: &str, close_name: &str) -> &Value {
        let fields = self.manifest["schema"]["fields"].as_array().expect("fields");
        let said = format!("field \"{close_name}\": defined");
        let mut found = fields.iter().filter(|f| f["object"] == object);
        let found = found.find(|f| text(f, "why").contains(&said));
        found.unwrap_or_else(|| panic!("no field of {object} for {close_name:?}"))
    }

    /// The cell of a field in whichever sheet of the object has a column for it.
    fn cell(&self, sheets: &[String], header: &str, id: &str) -> String {
        let has = |sheet: &&Sheet| sheet.header.iter().any(|h| h == header);
        let mut with = sheets.iter().map(|name| &self.sheets[name]).filter(has);
        let sheet = with.next().unwrap_or_else(|| panic!("no column {header:?}"));
        assert!(with.next().is_none(), "two columns {header:?}");
        let rows = sheet.find("Close Id", id);
        assert!(rows.len() < 2, "{id} twice");
        rows.first().map_or_else(String::new, |row| row[header].to_owned())
    }

    /// The person's row that holds this id of a contact or lead.
    fn person_with(&self, id: &str) -> Option<String> {
        let people = &self.sheets["people"];
        let at = ["Close Id", "Close Contact Id", "Close Merged Ids", "Close Lead Id"];
        let at = at.map(|header| people.at(header));
        let mut rows = people.rows.iter();
        let row = rows.find(|row| at.iter().any(|at| row[*at].split(' ').any(|one| one == id)));
        row.map(|row| row[people.at("Close Id")].clone())
    }
}

fn same_instant(cell: &str, raw: &str) -> bool {
    let read = |text: &str| text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
    let civil = |text: &str| format!("{text}Z");
    let wanted = read(raw).or_else(|_| read(&civil(raw)));
    read(cell).ok().zip(wanted.ok()).is_some_and(|(a, b)| a == b)
}

/// What is wrong with the cells every custom activity or object has.
fn built_in(
    export: &Export,
    target: &Target,
    sheets: &[String],
    record: &Map<String, Value>,
) -> Vec<String> {
    let word = |key: &str| record.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = word("id");
    let cell = |header: &str| target.cell(sheets, header, id);
    let mut wrong = Vec::new();
    let mut check = |header: &str, fits: bool| {
        if !fits {
            wrong.push(format!("{id}: {header} is {:?}", cell(header)));
        }
    };
    let type_name = TYPE_KEYS.iter().find_map(|key| export.names.get(word(key))).expect("a type");
    let lead = export.names.get(word("lead_id")).expect("a lead");
    let name = match word("name") {
        "" => format!("{type_name} – {lead}"),
        name => name.to_owned(),
    };
    check("Name", cell("Name") == name);
    let happened = ["activity_at", "date_created"].map(word);
    let happened = happened.into_iter().find(|at| !at.is_empty()).expect("a date");
    check("Creation date", same_instant(&cell("Creation date"), happened));
    check("Last update", same_instant(&cell("Last update"), word("date_updated")));
    check("Close Created By", cell("Close Created By") == export.user(word("created_by")));
    if id.starts_with("acti_") {
        check("Status", cell("Status") == word("status").to_uppercase());
        check("Activity Date", same_instant(&cell("Activity Date"), happened));
        check("Close Owner", cell("Close Owner") == export.user(word("user_id")));
    }
    let contact = Some(word("contact_id")).filter(|id| !id.is_empty());
    let person = target.person_with(contact.unwrap_or_else(|| word("lead_id")));
    check("Person / Close Id", cell("Person / Close Id") == person.unwrap_or_default());
    let reports = target.bundle.files();
    let leads = Sheet::parse(&reports["reports/leads.csv"]);
    let company = &leads.one("lead", word("lead_id"))["company"];
    check("Company / Close Id", cell("Company / Close Id") == *company);
    if !company.is_empty() {
        check(
            "Company / Close Id",
            target.sheets["companies"].find("Close Id", company).len() == 1,
        );
    }
    wrong
}

/// What is wrong with the cell of a custom value; nothing when it is as it should be.
fn custom(
    export: &Export,
    target: &Target,
    (object, sheets): (&str, &[String]),
    (id, field_id, value): (&str, &str, &Value),
) -> Option<String> {
    let definition = &export.fields[field_id];
    let name = text(definition, "name");
    let field = target.field(object, name);
    let label = text(field, "label");
    assert!(label == name || label.starts_with(&format!("{name} (")), "{name} is called {label}");
    let header = match text(field, "type") {
        "RELATION" => format!("{label} / Close Id"),
        _ => label.to_owned(),
    };
    let cell = target.cell(sheets, &header, id);
    let one = std::slice::from_ref(value);
    let raws = value.as_array().map_or(one, Vec::as_slice);
    let words: Vec<&str> = raws.iter().filter_map(Value::as_str).collect();
    let options = field["options"].as_array().map_or(&[][..], Vec::as_slice);
    let option = |raw: &str| {
        let found = options.iter().find(|option| text(option, "label") == raw);
        text(found.unwrap_or_else(|| panic!("no option {raw:?}")), "value").to_owned()
    };
    let multi = definition["accepts_multiple_values"] == true;
    let fits = match text(definition, "type") {
        "number" => cell.parse::<f64>().ok() == value.as_f64(),
        "date" | "text" | "textarea" => Some(cell.as_str()) == value.as_str(),
        "datetime" => same_instant(&cell, words[0]),
        "choices" if multi => {
            let cells: Vec<String> = serde_json::from_str(&cell).expect("a list");
            cells == words.iter().map(|raw| option(raw)).collect::<Vec<_>>()
        }
        "choices" => cell == option(words[0]),
        "user" => cell == words.iter().map(|id| export.user(id)).collect::<Vec<_>>().join("; "),
        _ if multi => {
            cell == words.iter().map(|id| export.named(id)).collect::<Vec<_>>().join("; ")
        }
        "contact" if !export.contacts.contains(words[0]) => return missing(target, id, &cell),
        "contact" => Some(cell.clone()) == target.person_with(words[0]),
        "custom_object" => cell == words[0],
        other => panic!("the sample has a field of type {other}"),
    };
    (!fits).then(|| format!("{id}: {header} is {cell:?}, not {value}"))
}

/// A link to what is not there: no cell, but a line among the rejects.
fn missing(target: &Target, id: &str, cell: &str) -> Option<String> {
    let rejects = Sheet::parse(&target.bundle.files()["reports/rejects.csv"]);
    let told = rejects.find("close_id", id).iter().any(|row| &row["code"] == "C2T-R007");
    (!cell.is_empty() || !told).then(|| format!("{id}: a link to nothing is {cell:?}"))
}

#[test]
fn every_value_stands_in_its_cell() {
    let (export, target) = (Export::read(&cases::sample().input), Target::read());
    let mut wrong = Vec::new();
    let mut values = 0;
    for record in &export.records {
        let word = |key: &str| record.get(key).and_then(Value::as_str);
        let type_id = TYPE_KEYS.iter().find_map(|key| word(key)).expect("a type");
        let (object, sheets) = target.object(&export.names[type_id]);
        let id = word("id").expect("an id");
        wrong.extend(built_in(&export, &target, &sheets, record));
        for (key, value) in record.iter().filter(|(_, value)| !value.is_null()) {
            let Some(field) = key.strip_prefix("custom.") else { continue };
            values += 1;
            let of = (object.as_str(), sheets.as_slice());
            wrong.extend(custom(&export, &target, of, (id, field, value)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!((export.records.len(), values), (15, 42), "the sample has that much to look at");
}

#[test]
fn every_record_is_one_row_of_the_object_of_its_type() {
    let (export, target) = (Export::read(&cases::sample().input), Target::read());
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for record in &export.records {
        let word = |key: &str| record.get(key).and_then(Value::as_str);
        let type_id = TYPE_KEYS.iter().find_map(|key| word(key)).expect("a type");
        ids.entry(type_id).or_default().insert(word("id").expect("an id"));
    }
    for (type_id, ids) in &ids {
        let (_, folders) = target.object(&export.names[*type_id]);
        let rows = target.sheets[&folders[0]].column("Close Id");
        assert_eq!(rows.len(), ids.len(), "{type_id}");
        assert_eq!(rows.into_iter().collect::<BTreeSet<_>>(), *ids, "{type_id}");
    }
    let made = target.manifest["schema"]["objects"].as_array().expect("objects");
    assert_eq!(made.len(), ids.len(), "no object without records");
    for name in ["tasks", "notes", "people", "companies", "opportunities"] {
        let sheet = &target.sheets[name];
        let strangers: Vec<_> = sheet.column("Close Id");
        let all: BTreeSet<&str> = ids.values().flatten().copied().collect();
        assert!(strangers.iter().all(|id| !all.contains(id)), "{name}");
    }
}

/// `/custom.cf_x` or `/a/b` as the ledger writes the path.
fn path_of(pointer: &str) -> String {
    let plain = pointer.trim_start_matches('/');
    if plain.starts_with("custom.") { plain.to_owned() } else { plain.replace('/', ".") }
}

#[test]
fn the_archive_holds_what_has_a_reason() {
    let target = Target::read();
    let files = target.bundle.files();
    let ledger = Sheet::parse(&files["reports/ledger.csv"]);
    let rejects = Sheet::parse(&files["reports/rejects.csv"]);
    for kind in ["custom_activity", "custom_object"] {
        let mut archived: BTreeMap<String, u64> = BTreeMap::new();
        let lines = String::from_utf8(files[&format!("archive/{kind}.jsonl")].clone());
        for line in lines.expect("UTF-8").lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            assert!(line.get("record").is_none(), "a whole record: {line}");
            assert!(!text(&line, "why").is_empty());
            for pointer in line["values"].as_object().expect("values").keys() {
                *archived.entry(path_of(pointer)).or_default() += 1;
                let custom = pointer.starts_with("/custom.");
                let id = text(&line, "id");
                let told = rejects.find("close_id", id);
                let told = told.iter().any(|row| row["path"] == path_of(pointer));
                assert!(!custom || told, "{id} {pointer} is archived without a word");
            }
        }
        for row in ledger.find("close_type", kind) {
            let n = |header: &str| row[header].parse::<u64>().expect("a count");
            let path = &row["path"];
            assert_eq!(n("remainder"), 0, "{kind} {path}");
            let kept = n("archived") + n("set_aside");
            assert_eq!(archived.remove(path).unwrap_or_default(), kept, "{kind} {path}");
            assert!(kept == 0 || !row["note"].is_empty(), "{kind} {path}: no reason");
        }
        assert!(archived.is_empty(), "not in the ledger: {archived:?}");
    }
}
