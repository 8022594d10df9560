//! Faults of the schema: objects, fields, options, relations.

use serde_json::{Value, json};

use super::sample::{Sample, option};
use super::{Case, check_samples};

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

const OBJECTS: &[Case<Sample>] = &[
    ("object-name", "upper first letter", |s| add_object(s, ["Deal", "deals"], ["Deal", "Deals"])),
    ("object-name", "underscore", |s| add_object(s, ["deal", "my_deals"], ["Deal", "Deals"])),
    ("object-name", "64 characters", |s| {
        add_object(s, [&"d".repeat(64), "deals"], ["Deal", "Deals"]);
    }),
    ("object-reserved", "event", |s| add_object(s, ["event", "myEvents"], ["Event", "Events"])),
    ("object-reserved", "roles", |s| add_object(s, ["myRole", "roles"], ["Role", "Roles"])),
    ("object-plural", "names", |s| {
        add_object(s, ["equipment", "equipment"], ["Equipment", "Equipments"]);
    }),
    ("object-plural", "labels", |s| {
        add_object(s, ["equipment", "equipments"], ["Equipment", "Equipment"]);
    }),
    ("object-taken", "a standard plural", |s| {
        add_object(s, ["people", "peoples"], ["Folk", "Folks"]);
    }),
    ("object-taken", "a system object", |s| {
        add_object(s, ["message", "closeMessages"], ["Letter", "Letters"]);
    }),
    ("object-taken", "another custom object", |s| {
        add_object(s, ["siteVisit", "visits"], ["Visit", "Visits"]);
    }),
    ("object-label", "empty", |s| visit(s)["label_singular"] = json!("")),
    ("object-label", "64 characters", |s| visit(s)["label_plural"] = json!("x".repeat(64))),
    ("object-label", "taken", |s| visit(s)["label_plural"] = json!("companies")),
];

#[test]
fn each_bad_object_is_found() {
    check_samples(OBJECTS);
}

fn add(sample: &mut Sample, name: &str, label: &str, kind: &str) {
    sample.add_field("task", name, label, kind);
}

fn link(sample: &mut Sample, name: &str, label: &str, reverse: &str) {
    let relation = json!({"target": "person", "reverse_label": reverse});
    sample.add_field("task", name, label, "RELATION")["relation"] = relation;
}

const FIELDS: &[Case<Sample>] = &[
    ("field-name", "upper first letter", |s| add(s, "Kind", "Kind", "TEXT")),
    ("field-name", "a digit first", |s| add(s, "2nd", "Second", "TEXT")),
    ("field-name", "64 characters", |s| add(s, &"k".repeat(64), "Kind", "TEXT")),
    ("field-reserved", "type", |s| add(s, "type", "Kind", "TEXT")),
    ("field-reserved", "address", |s| add(s, "address", "Where", "TEXT")),
    ("field-reserved", "search", |s| add(s, "search", "Find", "TEXT")),
    ("field-taken", "a standard field", |s| add(s, "title", "Kind", "TEXT")),
    ("field-taken", "a custom field", |s| add(s, "closeId", "Kind", "TEXT")),
    ("field-taken", "a join column", |s| add(s, "assigneeId", "Kind", "TEXT")),
    ("field-taken", "a column of a composite", |s| {
        s.add_field("person", "emailsPrimaryEmail", "Kind", "TEXT");
    }),
    ("field-taken", "its composite's column is there", |s| {
        add(s, "mailPrimaryEmail", "Kind", "TEXT");
        add(s, "mail", "Mail", "EMAILS");
    }),
    ("field-type", "NUMERIC", |s| add(s, "kind", "Kind", "NUMERIC")),
    ("field-type", "POSITION", |s| add(s, "kind", "Kind", "POSITION")),
    ("field-label", "empty", |s| add(s, "kind", "", "TEXT")),
    ("field-label", "blanks around", |s| add(s, "kind", "Kind ", "TEXT")),
    ("label-duplicate", "a standard label", |s| add(s, "kind", "Due Date", "TEXT")),
    ("label-duplicate", "by case", |s| add(s, "kind", "due date", "TEXT")),
    ("label-duplicate", "of a sub-field", |s| {
        s.add_field("note", "kind", "Body / Markdown", "TEXT");
    }),
    ("label-duplicate", "two custom fields", |s| {
        add(s, "kind", "Kind", "TEXT");
        add(s, "kind2", "Kind", "NUMBER");
    }),
    ("field-unique", "an address", |s| {
        s.add_field("task", "place", "Place", "ADDRESS")["unique"] = json!(true);
    }),
    ("field-unique", "with a default", |s| {
        s.field("task", "closeId")["defaultValue"] = json!("'x'");
    }),
    ("field-object", "unknown", |s| {
        s.add_field("spaceship", "kind", "Kind", "TEXT");
    }),
    ("field-delivery", "unknown", |s| {
        s.add_field("task", "kind", "Kind", "TEXT")["delivery"] = json!("api");
    }),
    ("field-existing", "another label", |s| {
        s.field("opportunity", "stage")["label"] = json!("Step");
    }),
    ("relation-spec", "no target", |s| add(s, "kind", "Kind", "RELATION")),
    ("relation-spec", "unknown target", |s| {
        link(s, "visitor", "Visitor", "Visits");
        s.field("task", "visitor")["relation"]["target"] = json!("spaceship");
    }),
    ("relation-spec", "a text has none", |s| {
        link(s, "visitor", "Visitor", "Visits");
        s.field("task", "visitor")["type"] = json!("TEXT");
    }),
    ("relation-reverse", "taken by a standard field", |s| link(s, "x", "X", "Task Targets")),
    ("relation-reverse", "taken by a custom field", |s| link(s, "x", "X", "Close Id")),
    ("relation-reverse", "one label twice", |s| link(s, "x", "X", "Close Tasks")),
    ("relation-reverse", "empty", |s| link(s, "x", "X", "")),
    ("label-duplicate", "a reverse label", |s| link(s, "x", "X", "Tasks")),
];

#[test]
fn each_bad_field_is_found() {
    check_samples(FIELDS);
}

/// Appends one option to the lead status.
fn append(sample: &mut Sample, new: Value) {
    let options = &mut sample.field("person", "leadStatus")["options"];
    options.as_array_mut().expect("a list").push(new);
}

const OPTIONS: &[Case<Sample>] = &[
    ("option-value", "a digit first", |s| append(s, option("2024", "Y", "red", 9))),
    ("option-value", "lower case", |s| append(s, option("Won", "Y", "red", 9))),
    ("option-value", "two underscores", |s| append(s, option("A__B", "Y", "red", 9))),
    ("option-value", "64 characters", |s| append(s, option(&"A".repeat(64), "Y", "red", 9))),
    ("option-label", "a comma", |s| append(s, option("YES", "Yes, sir", "red", 9))),
    ("option-label", "64 characters", |s| append(s, option("YES", &"y".repeat(64), "red", 9))),
    ("option-label", "empty", |s| append(s, option("YES", "", "red", 9))),
    ("option-color", "unknown", |s| append(s, option("YES", "Yes", "teal", 9))),
    ("option-position", "twice", |s| append(s, option("YES", "Yes", "red", 1))),
    ("option-value-duplicate", "twice", |s| append(s, option("HOT", "Very hot", "red", 9))),
    ("option-label-duplicate", "by case", |s| append(s, option("HOT_2", "HOt", "red", 9))),
    ("option-label-is-value", "of another", |s| append(s, option("WARM", "HOT_2", "red", 9))),
    ("options-empty", "none", |s| {
        s.add_field("person", "other", "Other", "SELECT")["options"] = json!([]);
    }),
    ("options-unexpected", "on a text", |s| {
        s.field("task", "closeId")["options"] = json!([option("YES", "Yes", "red", 0)]);
    }),
    ("option-value-duplicate", "a standard stage", |s| {
        let options = s.field("opportunity", "stage")["options"].as_array_mut().expect("a list");
        options.push(option("MEETING", "Met", "red", 9));
    }),
    ("option-label-duplicate", "a standard stage", |s| {
        let options = s.field("opportunity", "stage")["options"].as_array_mut().expect("a list");
        options.push(option("CLOSE_MEETING", "Meeting", "red", 9));
    }),
    ("option-existing", "no such stage", |s| {
        let mut old = option("LEAD_IN", "Lead in", "red", 0);
        old["existing"] = json!(true);
        let options = s.field("opportunity", "stage")["options"].as_array_mut().expect("a list");
        options.push(old);
    }),
];

#[test]
fn each_bad_option_is_found() {
    let (cross, rest): (Vec<_>, Vec<_>) =
        OPTIONS.iter().copied().partition(|case| case.0 == "option-label-is-value");
    check_samples(&rest);
    for (rule, name, plant) in cross {
        let mut sample = Sample::clean();
        append(&mut sample, option("HOT_2", "Hotter", "red", 8));
        plant(&mut sample);
        super::assert_one(rule, name, &super::found(&sample, |_| (), |_| (), |_| ()));
    }
}

/// Two fields of one label: the header that means either is a finding as well.
#[test]
fn an_ambiguous_header_is_found() {
    let mut sample = Sample::clean();
    add(&mut sample, "kind", "Status", "TEXT");
    let found = super::found(&sample, |_| (), |_| (), |_| ());
    let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
    assert!(rules.contains(&"header-ambiguous") && rules.contains(&"label-duplicate"), "{found:?}");
}

#[test]
fn names_a_running_server_took_pass() {
    let names = [
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
    let mut sample = Sample::clean();
    for name in names {
        sample.add_field("siteVisit", name, &format!("My {name}"), "TEXT");
    }
    let found = super::found(&sample, |_| (), |_| (), |_| ());
    assert!(found.is_empty(), "{found:?}");
}
