//! Faults of the schema: objects, fields, options, relations. Each is laid at the object or field.

use super::sample::{Sample, option};
use super::{Case, checked_for, of, sample, told};
use serde_json::{Value, json};

/// The rules it breaks and the object or field they are laid at, its name, and how it is planted.
type SchemaCase = (&'static str, &'static str, &'static str, fn(&mut Sample));

fn visit(sample: &mut Sample) -> &mut Value {
    &mut sample.schema["objects"][0]
}

fn add_object(sample: &mut Sample, names: [&str; 2], labels: [&str; 2]) {
    let object = json!({
        "name_singular": names[0], "name_plural": names[1],
        "label_singular": labels[0], "label_plural": labels[1],
    });
    sample.schema["objects"].as_array_mut().expect("a list").push(object);
}

fn add(sample: &mut Sample, name: &str, label: &str, kind: &str) {
    sample.add_field("task", name, label, kind);
}

fn link(sample: &mut Sample, name: &str, label: &str, reverse: &str) {
    let relation = json!({"target": "person", "reverse_label": reverse});
    sample.add_field("task", name, label, "RELATION")["relation"] = relation;
}

/// Appends one option to the lead status.
fn append(sample: &mut Sample, new: Value) {
    let options = &mut sample.field("person", "leadStatus")["options"];
    options.as_array_mut().expect("a list").push(new);
}

fn append_stage(sample: &mut Sample, new: Value) {
    let options = sample.field("opportunity", "stage")["options"].as_array_mut().expect("a list");
    options.push(new);
}

const OBJECTS: &[SchemaCase] = &[
    ("object-name", "Deal", "upper first letter", |s| {
        add_object(s, ["Deal", "deals"], ["Deal", "Deals"]);
    }),
    ("object-name", "deal", "underscore", |s| {
        add_object(s, ["deal", "my_deals"], ["Deal", "Deals"]);
    }),
    ("object-name", "deal", "64 characters", |s| {
        add_object(s, ["deal", &"d".repeat(64)], ["Deal", "Deals"]);
    }),
    ("object-reserved", "event", "event", |s| {
        add_object(s, ["event", "myEvents"], ["Event", "Events"]);
    }),
    ("object-reserved", "myRole", "roles", |s| {
        add_object(s, ["myRole", "roles"], ["Role", "Roles"]);
    }),
    ("object-plural", "equipment", "names", |s| {
        add_object(s, ["equipment", "equipment"], ["Equipment", "Equipments"]);
    }),
    ("object-plural", "equipment", "labels", |s| {
        add_object(s, ["equipment", "equipments"], ["Equipment", "Equipment"]);
    }),
    ("object-taken", "people", "a standard plural", |s| {
        add_object(s, ["people", "peoples"], ["Folk", "Folks"]);
    }),
    ("object-taken", "message", "a system object", |s| {
        add_object(s, ["message", "closeMessages"], ["Letter", "Letters"]);
    }),
    ("object-taken", "siteVisit", "another custom object", |s| {
        add_object(s, ["siteVisit", "visits"], ["Visit", "Visits"]);
    }),
    ("object-label", "siteVisit", "empty", |s| visit(s)["label_singular"] = json!("")),
    ("object-label", "siteVisit", "64 characters", |s| {
        visit(s)["label_plural"] = json!("x".repeat(64));
    }),
    ("object-label", "siteVisit", "taken", |s| visit(s)["label_plural"] = json!("companies")),
    ("object-existing", "siteVisit", "not there", |s| visit(s)["existing"] = json!(true)),
];

const FIELDS: &[SchemaCase] = &[
    ("field-name", "task.Kind", "upper first letter", |s| add(s, "Kind", "Kind", "TEXT")),
    ("field-name", "task.2nd", "a digit first", |s| add(s, "2nd", "Second", "TEXT")),
    ("field-reserved", "task.type", "type", |s| add(s, "type", "Kind", "TEXT")),
    ("field-reserved", "task.address", "address", |s| add(s, "address", "Where", "TEXT")),
    ("field-reserved", "task.search", "search", |s| add(s, "search", "Find", "TEXT")),
    ("field-taken", "task.title", "a standard field", |s| add(s, "title", "Kind", "TEXT")),
    ("field-taken", "task.closeId", "a custom field", |s| add(s, "closeId", "Kind", "TEXT")),
    ("field-taken", "task.assigneeId", "a join column", |s| add(s, "assigneeId", "Kind", "TEXT")),
    ("field-taken", "person.emailsPrimaryEmail", "a column of a composite", |s| {
        s.add_field("person", "emailsPrimaryEmail", "Kind", "TEXT");
    }),
    ("field-taken", "task.mail", "its composite's column is there", |s| {
        add(s, "mailPrimaryEmail", "Kind", "TEXT");
        add(s, "mail", "Mail", "EMAILS");
    }),
    ("field-type", "task.kind", "NUMERIC", |s| add(s, "kind", "Kind", "NUMERIC")),
    ("field-type", "task.kind", "POSITION", |s| add(s, "kind", "Kind", "POSITION")),
    ("field-label", "task.kind", "empty", |s| add(s, "kind", "", "TEXT")),
    ("field-label", "task.kind", "blanks around", |s| add(s, "kind", "Kind ", "TEXT")),
    ("label-duplicate", "task.kind", "a standard label", |s| add(s, "kind", "Due Date", "TEXT")),
    ("label-duplicate", "task.kind", "by case", |s| add(s, "kind", "due date", "TEXT")),
    ("label-duplicate", "task.kind2", "two custom fields", |s| {
        add(s, "kind", "Kind", "TEXT");
        add(s, "kind2", "Kind", "NUMBER");
    }),
    ("field-unique", "task.place", "an address", |s| {
        s.add_field("task", "place", "Place", "ADDRESS")["unique"] = json!(true);
    }),
    ("field-unique", "task.closeId", "with a default", |s| {
        s.field("task", "closeId")["defaultValue"] = json!("'x'");
    }),
    ("field-object", "spaceship.kind", "unknown", |s| {
        s.add_field("spaceship", "kind", "Kind", "TEXT");
    }),
    ("field-delivery", "task.kind", "unknown", |s| {
        s.add_field("task", "kind", "Kind", "TEXT")["delivery"] = json!("api");
    }),
    ("field-existing", "opportunity.stage", "another label", |s| {
        s.field("opportunity", "stage")["label"] = json!("Step");
    }),
    ("field-existing", "task.kind", "not there", |s| {
        s.add_field("task", "kind", "Kind", "TEXT")["existing"] = json!(true);
    }),
    ("field-lacks", "opportunity.stage", "it is switched on", |s| {
        s.field("opportunity", "stage")["lacks"] = json!(["active"]);
    }),
    ("relation-spec", "task.kind", "no target", |s| add(s, "kind", "Kind", "RELATION")),
    ("relation-spec", "task.visitor", "unknown target", |s| {
        link(s, "visitor", "Visitor", "Visits");
        s.field("task", "visitor")["relation"]["target"] = json!("spaceship");
    }),
    ("relation-spec", "task.visitor", "a text has none", |s| {
        link(s, "visitor", "Visitor", "Visits");
        s.field("task", "visitor")["type"] = json!("TEXT");
    }),
    ("relation-reverse", "task.x", "taken by a standard field", |s| {
        link(s, "x", "X", "Task Targets");
    }),
    ("relation-reverse", "task.x", "taken by a custom field", |s| link(s, "x", "X", "Close Id")),
    ("relation-reverse", "task.x", "one label twice", |s| link(s, "x", "X", "Close Tasks")),
    ("relation-reverse", "task.x", "empty", |s| link(s, "x", "X", "")),
    ("label-duplicate", "person.tasks", "a reverse label", |s| link(s, "x", "X", "Tasks")),
];

const OPTIONS: &[SchemaCase] = &[
    ("option-value", "person.leadStatus", "a digit first", |s| {
        append(s, option("2024", "Y", "red", 9));
    }),
    ("option-value", "person.leadStatus", "lower case", |s| {
        append(s, option("Won", "Y", "red", 9));
    }),
    ("option-value", "person.leadStatus", "two underscores", |s| {
        append(s, option("A__B", "Y", "red", 9));
    }),
    ("option-value", "person.leadStatus", "64 characters", |s| {
        append(s, option(&"A".repeat(64), "Y", "red", 9));
    }),
    ("option-label", "person.leadStatus", "a comma", |s| {
        append(s, option("YES", "Yes, sir", "red", 9));
    }),
    ("option-label", "person.leadStatus", "64 characters", |s| {
        append(s, option("YES", &"y".repeat(64), "red", 9));
    }),
    ("option-label", "person.leadStatus", "empty", |s| append(s, option("YES", "", "red", 9))),
    ("option-color", "person.leadStatus", "unknown", |s| {
        append(s, option("YES", "Yes", "teal", 9));
    }),
    ("option-position", "person.leadStatus", "twice", |s| {
        append(s, option("YES", "Yes", "red", 1));
    }),
    ("option-value-duplicate", "person.leadStatus", "twice", |s| {
        append(s, option("HOT", "Very hot", "red", 9));
    }),
    ("option-label-duplicate", "person.leadStatus", "by case", |s| {
        append(s, option("HEAT", "HOt", "red", 9));
    }),
    ("option-label-is-value", "person.leadStatus", "of another", |s| {
        append(s, option("HOT_2", "Hotter", "red", 8));
        append(s, option("WARM", "HOT_2", "red", 9));
    }),
    ("options-empty", "person.other", "none", |s| {
        s.add_field("person", "other", "Other", "SELECT")["options"] = json!([]);
    }),
    ("options-unexpected", "task.closeId", "on a text", |s| {
        s.field("task", "closeId")["options"] = json!([option("YES", "Yes", "red", 0)]);
    }),
    ("option-value-duplicate", "opportunity.stage", "a standard stage", |s| {
        append_stage(s, option("MEETING", "Met", "red", 9));
    }),
    ("option-label-duplicate", "opportunity.stage", "a standard stage", |s| {
        append_stage(s, option("CLOSE_MEETING", "Meeting", "red", 9));
    }),
    ("option-existing", "opportunity.stage", "no such stage", |s| {
        let mut old = option("LEAD_IN", "Lead in", "red", 0);
        old["existing"] = json!(true);
        append_stage(s, old);
    }),
];

/// Names a running server took.
const TAKEN_WELL: &[&str] = &[
    "status",
    "source",
    "owner",
    "email",
    "phone",
    "website",
    "url",
    "description",
    "city",
    "state",
    "country",
    "view",
    "application",
    "connection",
    "filter",
    "group",
    "order",
    "key",
    "value",
    "text",
    "number",
    "date",
    "rating",
    "message",
    "activity",
    "call",
];

/// A workspace in which the fields of the sample are made, but for what `change` does to them.
fn made(change: fn(&mut Value)) -> Vec<String> {
    let sample = Sample::clean();
    let standard = include_str!("../../src/twenty/workspace/standard-2.21.json");
    let mut workspace: Value = serde_json::from_str(standard).expect("JSON");
    let names = |name: &str| {
        workspace["objects"]
            .as_array()
            .expect("a list")
            .iter()
            .position(|o| o["nameSingular"] == name)
    };
    let person = names("person").expect("people");
    let fields = ["closeId", "leadStatus"].map(|name| {
        let mut field = Sample::clean().field("person", name).clone();
        field["isUnique"] = field["unique"].clone();
        field
    });
    workspace["objects"][person]["fields"].as_array_mut().expect("a list").extend(fields);
    change(&mut workspace["objects"][person]);
    let folder = tempfile::tempdir().expect("a folder");
    let csv = sample.csv();
    sample::write(folder.path(), &csv, &sample.manifest(&csv));
    told(&checked_for(folder.path(), Some(&workspace.to_string())))
}

fn field<'v>(object: &'v mut Value, name: &str) -> &'v mut Value {
    let fields = object["fields"].as_array_mut().expect("a list");
    fields.iter_mut().find(|field| field["name"] == name).expect("a field")
}

pub fn cases() -> Vec<Case> {
    let tables = [OBJECTS, FIELDS, OPTIONS].into_iter().flatten();
    let mut all: Vec<Case> = tables
        .map(|(rule, what, name, plant)| {
            let expected = format!("{rule} manifest.json 0 [{what}]");
            Case::new(format!("schema: {rule}, {name}"), &[&expected], || {
                let mut sample = Sample::clean();
                plant(&mut sample);
                of(&sample)
            })
        })
        .collect();
    all.push(Case::new(
        "schema: 64 characters",
        &[&format!("field-name manifest.json 0 [task.{}]", "k".repeat(64))],
        || {
            let mut sample = Sample::clean();
            add(&mut sample, &"k".repeat(64), "Kind", "TEXT");
            of(&sample)
        },
    ));
    // The header that means either field is not imported.
    all.push(Case::new(
        "schema: an ambiguous label",
        &[
            "label-duplicate manifest.json 0 [task.kind]",
            "header-ambiguous tasks-0001 0 [Status]",
            "header-ambiguous tasks-0002 0 [Status]",
        ],
        || {
            let mut sample = Sample::clean();
            add(&mut sample, "kind", "Status", "TEXT");
            of(&sample)
        },
    ));
    all.push(Case::new("schema: names a running server took", &[], || {
        let mut sample = Sample::clean();
        for name in TAKEN_WELL {
            sample.add_field("siteVisit", name, &format!("My {name}"), "TEXT");
        }
        of(&sample)
    }));
    all.push(Case::new("workspace: fields made as asked", &[], || made(|_| ())));
    all.push(Case::new(
        "workspace: of another type",
        &[
            "field-taken manifest.json 0 [person.leadStatus]",
            "column-meaning people-0001 0 [Lead Status]",
            "column-meaning people-0002 0 [Lead Status]",
            "number people-0001 1 [Lead Status]",
        ],
        || {
            made(|person| {
                field(person, "leadStatus")["type"] = json!("NUMBER");
                field(person, "leadStatus")["options"] = json!([]);
            })
        },
    ));
    all.push(Case::new(
        "workspace: without an option",
        &["options-lacking manifest.json 0 [person.leadStatus]"],
        || {
            made(|person| {
                field(person, "leadStatus")["options"].as_array_mut().expect("a list").pop();
            })
        },
    ));
    all.push(Case::new(
        "workspace: switched off",
        &[
            "field-taken manifest.json 0 [person.leadStatus]",
            "header-unmatched people-0001 0 [Lead Status]",
            "header-unmatched people-0002 0 [Lead Status]",
        ],
        || made(|person| field(person, "leadStatus")["isActive"] = json!(false)),
    ));
    all
}
