//! The bundles under `testdata/golden`: every row becomes a record, and a record stored as sent has no differences.

use super::workspace::{option, stored, testdata, with};
use crate::bundle::manifest::{Manifest, Step};
use crate::push::live::{Live, LiveObject};
use crate::push::value::{Key, LinkTo, Row, Shape};
use crate::twenty::id::record_id;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

struct Bundle {
    folder: PathBuf,
    manifest: Manifest,
    live: Live,
}

impl Bundle {
    fn open(folder: &Path) -> Self {
        let bytes = std::fs::read(folder.join("manifest.json")).unwrap();
        let manifest: Manifest = serde_json::from_slice(&bytes).unwrap();
        let live = with(&manifest);
        Self { folder: folder.to_owned(), manifest, live }
    }

    fn sample() -> Self {
        Self::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden/sample"))
    }

    fn step(&self, folder: &str) -> &Step {
        self.manifest.steps.iter().find(|step| step.folder.ends_with(folder)).unwrap()
    }

    fn object(&self, step: &Step) -> &LiveObject {
        self.live.object(&step.object).unwrap()
    }

    fn shape(&self, step: &Step) -> Shape {
        let shape = Shape::new(step, &self.manifest.links, self.object(step)).unwrap();
        shape.knowing(&self.manifest.schema.fields)
    }

    fn rows(&self, step: &Step) -> Vec<Row> {
        let shape = self.shape(step);
        let mut rows = Vec::new();
        for file in &step.files {
            let mut reader = csv::Reader::from_path(self.folder.join(&file.path)).unwrap();
            assert!(reader.headers().unwrap().iter().eq(shape.headers()));
            let read = reader.records().map(|cells| {
                let cells = cells.unwrap();
                let row = shape.row(&cells).unwrap();
                // Links are sent as they were written: that is the server's own form already.
                let urls = row.fields.values().filter_map(|field| field.get("primaryLinkUrl"));
                for url in urls.filter_map(Value::as_str) {
                    assert!(cells.iter().any(|cell| cell == url), "{url}");
                }
                row
            });
            rows.extend(read);
        }
        rows
    }

    fn row(&self, folder: &str, close_id: &str) -> Row {
        let rows = self.rows(self.step(folder));
        rows.into_iter().find(|row| row.close_id.starts_with(close_id)).unwrap()
    }
}

/// What is sent, relations resolved.
fn sent(row: &Row) -> Map<String, Value> {
    let mut fields = row.fields.clone();
    for reference in &row.relations {
        let id = match &reference.key {
            Key::CloseId { close_id, .. } => record_id(close_id).to_string(),
            Key::Member(email) => format!("member of {email}"),
        };
        fields.insert(reference.join_column.clone(), json!(id));
    }
    fields
}

fn bundles(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("manifest.json").is_file() {
        found.push(folder.to_owned());
        return;
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bundles(&path, found);
        }
    }
}

#[test]
fn every_row_that_was_ever_written_is_taken_and_found_again() {
    let mut folders = Vec::new();
    bundles(&Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden"), &mut folders);
    let mut rows = 0;
    for folder in &folders {
        let bundle = Bundle::open(folder);
        for step in &bundle.manifest.steps {
            let shape = bundle.shape(step);
            for mut row in bundle.rows(step) {
                let record = stored(bundle.object(step), &sent(&row));
                for reference in &mut row.relations {
                    if let Key::Member(email) = &reference.key {
                        reference.id = Some(format!("member of {email}"));
                    }
                }
                let found = shape.differences(&row, &record, true);
                assert_eq!(found, [], "{} {}", folder.display(), row.close_id);
                assert_eq!(row.id, record_id(&row.close_id));
                rows += 1;
            }
        }
    }
    assert!(folders.len() > 50 && rows > 500, "{} {rows}", folders.len());
}

#[test]
fn a_person_in_full() {
    let bundle = Bundle::sample();
    let row = bundle.row("people", "cont_bTYTaj3z");
    assert_eq!(row.label, "Inés Núñez-Åkesson");
    assert_eq!(row.fields["name"], json!({"firstName": "Inés", "lastName": "Núñez-Åkesson"}));
    let emails = &row.fields["emails"];
    assert_eq!(emails["additionalEmails"], json!(["ines.private@example.net"]));
    let phones = row.fields["phones"].as_object().unwrap();
    assert_eq!(phones["additionalPhones"][0]["callingCode"], "+49");
    assert!(!phones.contains_key("primaryPhoneCountryCode"), "empty codes are not sent");
    assert_eq!(
        row.fields["linkedinLink"],
        json!({
            "primaryLinkUrl": "https://www.linkedin.com/in/ines-beispiel",
            "primaryLinkLabel": "", "secondaryLinks": [],
        })
    );
    assert!(row.fields["contactRole"].is_array() && row.fields["ltv"].is_number());
    assert!(!row.fields.contains_key("leadAddress"), "an empty composite is left out");
    assert_eq!(row.fields["createdAt"].as_str(), row.created_at.as_deref());
    let author = row.author.unwrap();
    assert_eq!(author.email.as_deref(), Some("una.petersen@example.com"));
    let company = row.relations.iter().find(|one| one.join_column == "companyId").unwrap();
    assert!(matches!(&company.key, Key::CloseId { object, close_id }
        if object == "company" && close_id.starts_with("lead_")));
}

#[test]
fn money_dates_and_selects() {
    let bundle = Bundle::sample();
    let row = bundle.row("opportunities", "oppo_doIb2GDA");
    assert_eq!(
        row.fields["amount"].to_string(),
        r#"{"amountMicros":123450000,"currencyCode":"EUR"}"#
    );
    assert_eq!(row.fields["closeDate"], "2019-03-01T12:00:00Z");
    assert_eq!(row.fields["stage"], "VERBAL_YES");
    assert_eq!(row.fields["confidence"].to_string(), "10");
}

#[test]
fn tasks_have_targets_instead_of_relations() {
    let bundle = Bundle::sample();
    let rows = bundle.rows(bundle.step("09-tasks"));
    let row = rows.iter().find(|row| row.close_id.starts_with("acti_lkknhaDw")).unwrap();
    let target =
        |target: &str, id: &str| LinkTo { target: target.to_owned(), close_id: id.to_owned() };
    let company = "lead_riew2SxUEhqxMt8UQJ1OCktP3fFE4jb8gjuXyXC7ZJZ";
    let person = "cont_bTYTaj3zbi8ESOLqDdjNx8kn6zH7gTNQW2JmrXt0KoE";
    assert_eq!(row.links, [target("person", person), target("company", company)]);
    assert!(row.relations.is_empty() && !row.fields.contains_key("person"));
    let selection = bundle.shape(bundle.step("09-tasks")).selection();
    assert!(!selection.split(' ').any(|field| field.starts_with("person")), "{selection}");
    assert!(rows.iter().any(|row| row.fields.contains_key("bodyV2")));
}

#[test]
fn a_second_pass_goes_by_the_close_id() {
    let bundle = Bundle::sample();
    let rows = bundle.rows(bundle.step("companies-links"));
    assert_eq!(rows[0].id, record_id(&rows[0].close_id));
    assert_eq!(rows[0].fields.keys().collect::<Vec<_>>(), ["id", "closeId"]);
    let columns: Vec<_> = rows[0].relations.iter().map(|one| &one.join_column).collect();
    assert_eq!(columns, ["decisionContactId", "mainInstallationId"]);
}

#[test]
fn the_selection_reads_every_field() {
    let bundle = Bundle::sample();
    let selection = bundle.shape(bundle.step("02-people")).selection();
    let start = "id closeId createdAt updatedAt deletedAt createdBy{source name workspaceMemberId} \
                 name{firstName lastName} emails{primaryEmail additionalEmails} \
                 phones{primaryPhoneNumber primaryPhoneCountryCode primaryPhoneCallingCode additionalPhones} \
                 jobTitle linkedinLink{primaryLinkUrl primaryLinkLabel secondaryLinks} companyId otherEmails ";
    assert!(selection.starts_with(start), "{selection}");
    let second = bundle.shape(bundle.step("people-links")).selection();
    let end = "assistantId primaryDeviceId decisionContactId mainInstallationId";
    assert!(second.ends_with(end), "{second}");
}

#[test]
fn a_target_that_lacks_something_is_named() {
    let mut bundle = Bundle::sample();
    let people = bundle.live.objects.iter_mut().find(|one| one.name_singular == "person").unwrap();
    let whole = people.clone();
    let tried = |change: &dyn Fn(&mut LiveObject)| {
        let mut object = whole.clone();
        change(&mut object);
        let step =
            bundle.manifest.steps.iter().find(|step| step.folder == "csv/02-people").unwrap();
        let error = Shape::new(step, &bundle.manifest.links, &object).unwrap_err();
        assert_eq!(error.code, "C2T-E340");
        error.to_string()
    };
    let at = |object: &LiveObject, name: &str| {
        object.fields.iter().position(|field| field.name == name).unwrap()
    };
    let gone = tried(&|object| drop(object.fields.remove(at(object, "leadStatus"))));
    assert!(gone.contains("person.leadStatus (Lead Status): the target lacks it"), "{gone}");
    let off = tried(&|object| {
        let at = at(object, "jobTitle");
        object.fields[at].is_active = false;
    });
    assert!(off.contains("person.jobTitle"), "{off}");
    let other = tried(&|object| {
        let at = at(object, "otherEmails");
        object.fields[at].kind = "ARRAY".to_owned();
    });
    assert!(other.ends_with("there it is of type ARRAY"), "{other}");
}

#[test]
fn a_target_that_calls_options_otherwise_is_understood() {
    let mut bundle = Bundle::sample();
    let deals =
        bundle.live.objects.iter_mut().find(|one| one.name_singular == "opportunity").unwrap();
    let stage = deals.fields.iter_mut().find(|field| field.name == "stage").unwrap();
    let label = stage.options.iter().find(|one| one.value == "VERBAL_YES").unwrap().label.clone();
    stage.options.retain(|one| one.value != "VERBAL_YES");
    stage.options.push(option("AGREED", &label.to_uppercase()));
    let row = bundle.row("opportunities", "oppo_doIb2GDA");
    assert_eq!(row.fields["stage"], "AGREED");
}

#[test]
fn an_edited_cell_is_named() {
    let bundle = Bundle::sample();
    let shape = bundle.shape(bundle.step("02-people"));
    let file = testdata("golden/sample/csv/02-people/people-0001.csv");
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let cells = reader.records().next().unwrap().unwrap();
    let cases = [
        ("Close Id", "", "a row needs a Close id"),
        ("Id", "x", "this is no UUID"),
        ("Phones / Primary Phone Number", "0612345678", "needs its country"),
        ("Phones / Additional Phones", "+49301234", "no JSON list"),
        ("Lead Status", "Nobody knows", "the field has no option “Nobody knows”"),
        ("Creation date", "last year", "no time like"),
        ("LTV", "1,5", ""),
        ("Job Title", "a\0b", "NUL"),
    ];
    for (header, value, why) in cases {
        let at = shape.headers().iter().position(|one| one == header).unwrap();
        let edited = cells.iter().enumerate().map(|(i, cell)| if i == at { value } else { cell });
        let fault = shape.row(&edited.collect()).unwrap_err();
        assert_eq!((fault.header.as_str(), fault.value.as_str()), (header, value));
        assert!(fault.why.contains(why), "{fault:?}");
    }
    assert!(shape.row(&csv::StringRecord::from(vec!["x"])).is_err());
}
