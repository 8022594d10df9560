//! `--workspace`: headers, fields, options and members as the file of the target workspace has them.
//! In every case Twenty's importer, as the oracle knows it with that workspace, has nothing against
//! the bundle. It must not know how names are chosen.

#![forbid(unsafe_code)]

mod cases;
#[path = "workspace/made.rs"]
mod made;

use made::{Made, Row, Rows, field, field_mut, manifest_fields, migrated, standard, text};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn stored(name: &str) -> String {
    let path = cases::testdata().join("workspace").join(name);
    std::fs::read_to_string(path).expect("a stored workspace")
}

fn is_member(header: &str) -> bool {
    header.ends_with(" / User Email")
}

/// Rows without the cells that name members.
fn without_members(rows: &Rows) -> Rows {
    let cut = |row: &Row| row.iter().filter(|(h, _)| !is_member(h)).map(clone).collect();
    rows.iter().map(|(key, row)| (key.clone(), cut(row))).collect()
}

fn clone((a, b): (&String, &String)) -> (String, String) {
    (a.clone(), b.clone())
}

#[test]
fn a_fuller_members_file_fills_in_those_who_joined_and_changes_nothing_else() {
    let some = Made::new(&stored("members-some.json"), None);
    let more = Made::new(&stored("members-more.json"), None);
    let (before, after) = (some.rows(), more.rows());
    assert_eq!(without_members(&before), without_members(&after));
    let named: BTreeSet<&str> = before
        .values()
        .flat_map(|row| row.iter().filter(|(header, _)| is_member(header)))
        .map(|(_, cell)| cell.as_str())
        .collect();
    assert_eq!(named, BTreeSet::from(["tom.ahlers@example.com", "una.petersen@example.com"]));
    let joined = ["soren@example.org", "priya.nair@example.com"];
    let mut changed = BTreeSet::new();
    for (key, row) in &after {
        for (header, cell) in row.iter().filter(|(header, _)| is_member(header)) {
            let was = before[key].get(header);
            assert!(
                was == Some(cell) || was.is_none() && joined.contains(&cell.as_str()),
                "{key:?}"
            );
            if was.is_none() {
                changed.insert(key.clone());
            }
        }
    }
    assert!(changed.len() > 20, "{} rows", changed.len());
    let must_follow = |path: &str| {
        path == "manifest.json"
            || path == "GUIDE.md"
            || path == "report.html"
            || path == "reports/owners.csv"
            || path == "reports/spot-check.csv"
            || path.starts_with("csv/")
            || path.starts_with("state/")
    };
    let (mut old, mut new) = (some.files(), more.files());
    assert!(old.keys().eq(new.keys()));
    // Of the summary, only what it says of owners.
    let without_owners = |bytes: &[u8]| -> Vec<u8> {
        let mut summary: Value = serde_json::from_slice(bytes).expect("JSON");
        summary.as_object_mut().expect("an object").shift_remove("owners").expect("owners");
        serde_json::to_vec_pretty(&summary).expect("JSON")
    };
    for files in [&mut old, &mut new] {
        let summary = files.get_mut("reports/reconciliation.json").expect("a summary");
        *summary = without_owners(summary);
    }
    for (path, bytes) in old.iter().filter(|(path, _)| !must_follow(path)) {
        // The sizes of the files are told in the reconciliation.
        let lines = |bytes: &[u8]| -> Vec<String> {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().filter(|l| !l.contains("\"bytes\": ")).map(str::to_owned).collect()
        };
        let (was, now) = (lines(bytes), lines(&new[path]));
        let differs = was.iter().zip(&now).find(|(was, now)| was != now);
        assert!(was == now, "{path}: {differs:?}");
    }
    let delta = Made::new(&stored("members-more.json"), Some(&some.path()));
    assert!(delta.rows().keys().eq(changed.iter()), "exactly the rows with these owners");
    for (key, row) in delta.rows() {
        assert_eq!(row, after[&key]);
    }
}

#[test]
fn owners_are_a_queue_of_those_who_are_missing() {
    let owners = |made: &Made| made.report("owners.csv");
    let some = owners(&Made::new(&stored("members-some.json"), None));
    let missing: Vec<_> = some.find("workspace_member", "missing");
    let first: Vec<&str> = some.column("workspace_member");
    assert!(first[..missing.len()].iter().all(|status| *status == "missing"), "{first:?}");
    let owns: Vec<u64> = missing.iter().map(|row| row["owns"].parse().expect("a count")).collect();
    assert!(owns.is_sorted_by(|a, b| a >= b) && owns[0] > 0, "{owns:?}");
    let una = some.one("name", "Una Petersen");
    assert_eq!(&una["workspace_member"], "una.petersen@example.com");
    let names: Vec<&str> = missing.iter().map(|row| &row["name"]).collect();
    assert!(names.contains(&"Priya Nair") && names.contains(&"Søren Lindqvist"), "{names:?}");
    let more = owners(&Made::new(&stored("members-more.json"), None));
    assert_eq!(&more.one("name", "Priya Nair")["workspace_member"], "priya.nair@example.com");
    let blind = owners(&Made::standard());
    assert!(blind.column("workspace_member").iter().all(|member| *member == "unknown"));
    let guide = Made::new(&stored("members-some.json"), None).guide();
    assert!(guide.contains("The workspace file lists 3 members"), "{guide}");
    assert!(guide.contains("convert again with it"));
}

#[test]
fn headers_follow_the_labels_of_the_workspace() {
    let mut workspace = standard();
    for (object, name, label) in [
        ("company", "name", "Firmenname"),
        ("company", "domainName", "Website"),
        ("company", "address", "Anschrift"),
        ("company", "createdAt", "Erstellt am"),
        ("company", "accountOwner", "Kundenbetreuer"),
        ("person", "company", "Firma"),
        ("person", "emails", "E-Mails"),
        ("opportunity", "stage", "Phase"),
        ("opportunity", "pointOfContact", "Ansprechpartner"),
        ("opportunity", "owner", "Zuständig"),
        ("task", "title", "Titel"),
        ("note", "bodyV2", "Text"),
        ("workspaceMember", "userEmail", "E-Mail des Nutzers"),
    ] {
        field_mut(&mut workspace, object, name)["label"] = json!(label);
    }
    let close_id =
        json!({"name": "closeId", "label": "Close-Kennung", "type": "TEXT", "isUnique": true});
    made::fields_mut(&mut workspace, "company").push(close_id);
    workspace["members"] = json!([{"email": "una.petersen@example.com"}]);
    let made = Made::new(&text(&workspace), None);
    for (step, header) in [
        ("companies", "Firmenname"),
        ("companies", "Website / Link URL"),
        ("companies", "Anschrift / Post Code"),
        ("companies", "Erstellt am"),
        ("companies", "Close-Kennung"),
        ("companies", "Kundenbetreuer / E-Mail des Nutzers"),
        ("people", "Firma / Close-Kennung"),
        ("people", "E-Mails / Primary Email"),
        ("opportunities", "Phase"),
        ("opportunities", "Ansprechpartner / Close Id"),
        ("opportunities", "Zuständig / E-Mail des Nutzers"),
        ("tasks", "Titel"),
        ("tasks", "Company / Close-Kennung"),
        ("notes", "Text / Markdown"),
    ] {
        made.sheets()[step].at(header);
    }
    let links = made.manifest()["links"].to_string();
    assert!(links.contains("Company / Close-Kennung"), "{links}");
    assert!(made.guide().contains("the labels of the workspace file"));
}

#[test]
fn what_an_upgraded_workspace_lacks_is_asked_for() {
    let mut workspace = standard();
    made::fields_mut(&mut workspace, "company").retain(|field| field["name"] != "linkedinLink");
    let employees = json!({"name": "employees", "label": "Employees", "type": "NUMBER"});
    made::fields_mut(&mut workspace, "company").push(employees);
    field_mut(&mut workspace, "person", "jobTitle")["isActive"] = json!(false);
    let made = Made::new(&text(&workspace), None);
    let fields = manifest_fields(&made.manifest());
    let hidden = !made.sheets()["companies"].header.iter().any(|h| h.starts_with("Linkedin"));
    let linkedin = fields.get(&("company".into(), "linkedinLink".into()));
    assert!(hidden != linkedin.is_some(), "asked for where something fills it, else left out");
    let job = &fields[&("person".into(), "jobTitle".into())];
    assert_eq!((&job["existing"], &job["lacks"]), (&json!(true), &json!(["active"])));
    assert!(made.guide().contains("it is switched off, switch it on again"));
}

#[test]
fn after_a_full_migration_nothing_is_left_to_make() {
    for members in [json!([]), json!([{"email": "una.petersen@example.com"}])] {
        let mut fresh = standard();
        fresh["members"] = members;
        for (name, input) in made::exports() {
            let first = Made::of(&input, Some(&text(&fresh)), None);
            let workspace = migrated(fresh.clone(), &first.manifest());
            let second = Made::of(&input, Some(&text(&workspace)), None);
            let manifest = second.manifest();
            for field in manifest["schema"]["fields"].as_array().expect("fields") {
                let done = field["existing"] == true && field["options"].is_null();
                assert!(done && field["lacks"].is_null(), "{name}: {field:#}");
            }
            for object in manifest["schema"]["objects"].as_array().expect("objects") {
                assert_eq!(object["existing"], true, "{name}: {object}");
            }
            assert!(second.guide().contains("There is nothing to make"), "{name}");
            assert_eq!(
                first.rows(),
                second.rows(),
                "{name}: the same cells under the same headers"
            );
            let third = Made::of(&input, Some(&text(&workspace)), Some(&first.path()));
            assert!(third.rows().is_empty(), "{name}: nothing new to import");
        }
    }
}

/// The map names what is to be made; what is there by now is used again.
#[test]
fn a_map_made_before_the_migration_still_holds_after_it() {
    let fresh = standard();
    for (name, input) in made::exports() {
        let map = made::proposed(&input);
        let first = Made::mapped(&input, Some(&text(&fresh)), None, Some(&map));
        let workspace = migrated(fresh.clone(), &first.manifest());
        let second = Made::mapped(&input, Some(&text(&workspace)), None, Some(&map));
        for field in second.manifest()["schema"]["fields"].as_array().expect("fields") {
            assert!(field["existing"] == true && field["options"].is_null(), "{name}: {field:#}");
        }
        assert_eq!(first.rows(), second.rows(), "{name}");
    }
}

#[test]
fn what_is_in_the_way_keeps_its_name_and_ours_gets_another() {
    let mut workspace = standard();
    let company = made::fields_mut(&mut workspace, "company");
    company.push(json!({"name": "closeId", "label": "Close Id", "type": "TEXT"}));
    company.push(json!({"name": "closeLeadId", "label": "Close Lead Id", "type": "NUMBER"}));
    company.push(json!({"name": "herkunft", "label": "lead source", "type": "RATING"}));
    company.push(
        json!({"name": "leadStatus", "label": "Lead Status", "type": "SELECT", "options": [
        {"value": "POT", "label": "potential", "color": "red", "position": 7},
        {"value": "BAD_FIT_2", "label": "Bad Fit", "color": "red", "position": 8}]}),
    );
    let person = made::fields_mut(&mut workspace, "person");
    person.push(json!({"name": "closeTasks", "label": "Close Tasks", "type": "TEXT"}));
    let task = made::fields_mut(&mut workspace, "task");
    task.push(json!({"name": "direction", "label": "Richtung", "type": "SELECT", "options": [
        {"value": "IN", "label": "Inbound", "color": "red", "position": 0},
        {"value": "OUTBOUND", "label": "raus", "color": "red", "position": 1}]}));
    field_mut(&mut workspace, "task", "status")["options"].as_array_mut().expect("options").pop();
    let made = Made::new(&text(&workspace), None);
    let fields = manifest_fields(&made.manifest());
    let of = |object: &str, name: &str| &fields[&(object.to_owned(), name.to_owned())];
    assert_eq!(of("company", "closeId")["lacks"], json!(["unique"]));
    assert_eq!(of("company", "closeLeadIdClose")["label"], "Close Lead Id (Close)");
    assert_eq!(of("company", "leadSource")["label"], "Lead Source (Close)");
    assert_eq!(of("task", "person")["relation"]["reverse_label"], "Close Tasks (Close)");
    let labels = |field: &Value| -> BTreeMap<String, String> {
        let options = field["options"].as_array().expect("options").iter();
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        options.map(|option| (text(&option["value"]), text(&option["label"]))).collect()
    };
    let direction = of("task", "direction");
    let added = BTreeMap::from([("INBOUND".to_owned(), "Inbound (Close)".to_owned())]);
    assert_eq!((&direction["existing"], labels(direction)), (&json!(true), added));
    let sheets = made.sheets();
    assert!(sheets["tasks"].column("Richtung").contains(&"INBOUND"));
    assert!(sheets["companies"].header.contains(&"Close Lead Id (Close)".to_owned()));
    let statuses: BTreeSet<&str> = sheets["companies"].column("Lead Status").into_iter().collect();
    assert!(statuses.contains("POT") && !statuses.contains("POTENTIAL"), "{statuses:?}");
    assert!(!labels(of("company", "leadStatus")).contains_key("POT"));
    assert_eq!(labels(of("person", "leadStatus"))["POT"], "potential");
    assert!(made.guide().contains("switch on **Unique**"));
}

#[test]
fn an_object_of_a_custom_types_name_is_used_again_and_gets_what_it_lacks() {
    let first = Made::standard();
    let of = |o: &Value, key: &str| o[key].as_str().expect("text").to_owned();
    let objects = first.manifest()["schema"]["objects"].clone();
    let one = objects.as_array().and_then(|objects| objects.last()).expect("a custom type").clone();
    let name = of(&one, "name_singular");
    let mut fields = made::own_fields();
    let own = fields.as_array_mut().expect("fields");
    own.push(json!({"name": "status", "label": "Status", "type": "TEXT"}));
    own.push(json!({"name": "closeId", "label": "Kennung", "type": "TEXT", "isUnique": true}));
    let mut workspace = standard();
    workspace["objects"].as_array_mut().expect("objects").push(json!({
        "nameSingular": name, "namePlural": "ownPlural", "labelSingular": "Eigenes",
        "labelPlural": "Eigene", "isCustom": true, "fields": fields}));
    let made = Made::new(&text(&workspace), None);
    let manifest = made.manifest();
    let objects = manifest["schema"]["objects"].as_array().expect("objects");
    let again = objects.iter().find(|o| o["name_singular"] == name).expect("the object");
    assert_eq!((&again["existing"], &again["label_plural"]), (&json!(true), &json!("Eigene")));
    let fields = manifest_fields(&manifest);
    assert_eq!(fields[&(name.clone(), "closeId".into())]["existing"], true);
    assert_eq!(fields[&(name.clone(), "statusClose".into())]["label"], "Status (Close)");
    let steps = manifest["steps"].as_array().expect("steps");
    let step = steps.iter().find(|step| step["object"] == name).expect("a step");
    assert!(step["columns"].to_string().contains("\"Kennung\""));
}

#[test]
fn somebody_inactive_in_close_is_named_while_they_are_a_member() {
    let some = Made::new(&stored("members-some.json"), None);
    let owners = some.report("owners.csv");
    let inactive = owners.find("status", "inactive");
    let emails: Vec<&str> = inactive.iter().map(|row| &row["email"]).collect();
    let with = |email: &str| json!({"members": [{"email": email.to_uppercase()}]}).to_string();
    for email in emails.into_iter().filter(|email| !email.is_empty()) {
        let owners = Made::new(&with(email), None).report("owners.csv");
        assert_eq!(&owners.one("email", email)["workspace_member"], email.to_lowercase());
        assert_eq!(&owners.one("email", email)["status"], "inactive");
    }
    assert!(!inactive.is_empty(), "the sample has such people");
    let nobody = owners.find("email", "");
    assert!(nobody.iter().all(|row| &row["workspace_member"] == "missing"));
}

#[test]
fn stages_of_the_workspace_are_used_again_whatever_their_case() {
    let first = Made::standard();
    let fields = manifest_fields(&first.manifest());
    let wanted = fields[&("opportunity".to_owned(), "stage".to_owned())]["options"].clone();
    let wanted = wanted.as_array().expect("options");
    assert!(wanted.len() > 2);
    let mut workspace = standard();
    let own: Vec<Value> = wanted
        .iter()
        .enumerate()
        .map(|(at, option)| {
            let label = option["label"].as_str().expect("a label").to_uppercase();
            json!({"value": format!("OWN_{at}"), "label": label, "color": "red", "position": at + 5})
        })
        .collect();
    let stage = field_mut(&mut workspace, "opportunity", "stage");
    stage["options"].as_array_mut().expect("options").extend(own);
    let made = Made::new(&text(&workspace), None);
    assert!(
        !manifest_fields(&made.manifest()).contains_key(&("opportunity".into(), "stage".into()))
    );
    let sheets = made.sheets();
    let stages = sheets["opportunities"].column("Stage");
    let known = field(&workspace, "opportunity", "stage").expect("a field")["options"].to_string();
    assert!(stages.iter().any(|stage| stage.starts_with("OWN_")), "{stages:?}");
    for stage in stages.iter().filter(|stage| !stage.is_empty()) {
        assert!(known.contains(&format!("\"value\":\"{stage}\"")), "{stage}");
    }
}

#[test]
fn a_leads_owner_is_the_account_owner_of_its_company() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = json!([
        {"id": "lead_1", "name": "Acme GmbH", "url": "https://acme.example.com", "contacts": [],
         "custom.cf_owner": "user_1", "date_created": "2024-01-01T00:00:00+00:00"},
        {"id": "lead_2", "name": "Beta GmbH", "url": "https://beta.example.com", "contacts": [],
         "custom.cf_owner": "user_2", "date_created": "2024-01-02T00:00:00+00:00"},
        {"id": "lead_3", "name": "Gamma GmbH", "url": "https://gamma.example.com", "contacts": [],
         "custom.cf_owner": "user_3", "date_created": "2024-01-03T00:00:00+00:00"}]);
    let config = json!({"data": [{"id": "cf_owner", "name": "Lead Owner", "type": "user",
        "accepts_multiple_values": false}], "has_more": false});
    let users = json!({"data": [
        {"id": "user_1", "email": "Ann@Example.com", "first_name": "Ann", "last_name": "Lee"},
        {"id": "user_2", "email": "bo@example.com", "first_name": "Bo", "last_name": "Lund"},
        {"id": "user_3", "email": "", "first_name": "Cy", "last_name": ""}], "has_more": false});
    for (name, value) in
        [("leads.json", &export), ("custom_fields_lead.json", &config), ("users.json", &users)]
    {
        std::fs::write(folder.path().join(name), value.to_string()).expect("a file");
    }
    let members = json!({"members": [{"email": "ann@example.COM"}]}).to_string();
    let made = Made::of(folder.path(), Some(&members), None);
    let companies = &made.sheets()["companies"];
    let owner = |id: &str| companies.close(id)["Account Owner / User Email"].to_owned();
    assert_eq!([owner("lead_1"), owner("lead_2"), owner("lead_3")], ["ann@example.com", "", ""]);
    assert_eq!(&companies.close("lead_2")["Lead Owner"], "Bo Lund <bo@example.com>");
    assert!(!companies.header.contains(&"Lead Owner (Member) / User Email".to_owned()));
    let owners = made.report("owners.csv");
    assert_eq!(&owners.close_id("user_3")["workspace_member"], "missing");
}
