//! One edit each of a custom field: where it goes, what it is called, its type, its options.

use crate::ground::{custom, edited, field, parse, path, refused, with_map};

const INDUSTRY: &str = "Industry";

#[test]
fn a_field_goes_to_another_new_name() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "to = [\"company.sector\", \"person.sectorOfWork\"]"));
    assert!(
        made.field("company", "sector").is_some() && made.field("company", "industry").is_none()
    );
    assert!(made.field("person", "sectorOfWork").is_some());
    assert!(made.field("person", "industryLead").is_none());
    assert!(made.guide().contains("`sectorOfWork`"));
    assert_eq!(made.ledger(close, "target"), "company.sector, person.sectorOfWork");
}

#[test]
fn a_field_goes_to_one_of_two_objects() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "to = [\"company.industry\"]"));
    assert!(!made.has_column("people", "Industry (Lead)"));
    assert!(made.field("person", "industryLead").is_none());
    assert!(!made.filled("companies", "Industry").is_empty());
    assert!(!made.guide().contains("industryLead"));
    assert_eq!(made.ledger(close, "target"), "company.industry");
    // Leads that are a person have no company to hold it.
    let kept = made.count(close, "archived") + made.count(close, "set_aside");
    assert!(made.count(close, "written") > 0 && kept > 0);
}

#[test]
fn a_text_goes_to_a_standard_field() {
    let title = "[[field]]\nclose = \"contact.title\"\nto = []\n";
    let close = path("contact", "Cost Centre");
    let made = edited(&format!("{title}{}", field(close, "to = [\"person.jobTitle\"]")));
    assert_eq!(made.filled("people", "Job Title"), ["KST-1"]);
    assert!(made.field("person", "jobTitle").is_none(), "nothing is to be made");
    assert!(made.guide().contains("Job Title") && !made.guide().contains("Cost Centre (Contact)"));
    assert_eq!(made.ledger(close, "target"), "person.jobTitle");
}

#[test]
fn two_fields_go_into_one() {
    let (a, b) = (path("lead", "Best call time"), path("lead", "Onboarding notes"));
    let to = "to = [\"company.howToReach\", \"person.howToReach\"]\nlabel = \"How to reach\"";
    let made = edited(&format!("{}{}", field(a, to), field(b, to)));
    assert!(made.field("company", "bestCallTime").is_none());
    assert!(made.field("company", "howToReach").is_some());
    let cells = made.filled("companies", "How to reach").len()
        + made.filled("people", "How to reach").len();
    assert!(cells >= 2, "{cells}");
    assert!(made.guide().contains("`howToReach`"));
    for close in [a, b] {
        assert_eq!(made.ledger(close, "target"), "company.howToReach, person.howToReach");
        assert!(made.count(close, "written") > 0);
    }
}

#[test]
fn two_choices_go_into_one() {
    let (a, b) = (path("lead", INDUSTRY), path("lead", "Tags"));
    let to = "to = [\"company.labels\"]\ntype = \"MULTI_SELECT\"\nlabel = \"Labels\"";
    let made = edited(&format!("{}{}", field(a, to), field(b, to)));
    let labels = made.options("company", "labels");
    let options = |close: &str| custom("lead", close).options.clone().unwrap();
    for (_, option) in options(INDUSTRY).iter().chain(&options("Tags")) {
        assert!(labels.contains(&option.value), "{option:?} in {labels:?}");
    }
    assert_eq!(made.ledger(a, "target"), "company.labels");
}

#[test]
fn a_label_is_changed() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "label = \"Branche\""));
    assert!(made.has_column("companies", "Branche") && !made.has_column("companies", "Industry"));
    let fields = made.manifest()["schema"]["fields"].clone();
    assert!(fields.as_array().unwrap().iter().any(|it| it["label"] == "Branche"));
    assert!(made.guide().contains("`Branche`"));
}

#[test]
fn a_field_is_dropped() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "to = []"));
    assert!(!made.has_column("companies", "Industry"));
    assert!(
        made.field("company", "industry").is_none()
            && made.field("person", "industryLead").is_none()
    );
    assert!(!made.guide().contains("`industryLead`"));
    assert_eq!(made.count(close, "written"), 0);
    assert_eq!(
        made.count(close, "archived")
            + made.count(close, "set_aside")
            + made.count(close, "merged"),
        made.count(close, "values")
    );
    assert_eq!(made.count(close, "set_aside"), 0, "nothing is wrong with the values");
    assert!(made.archive("lead").contains("Retail"));
    assert!(
        made.ledger(close, "note").contains("dropped by the mapping"),
        "{}",
        made.ledger(close, "note")
    );
}

#[test]
fn a_select_becomes_a_text() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "type = \"TEXT\""));
    assert_eq!(made.field("company", "industry").unwrap()["type"], "TEXT");
    let raw = custom("lead", INDUSTRY).options.clone().unwrap();
    let cells = made.filled("companies", "Industry");
    assert!(!cells.is_empty() && cells.iter().all(|cell| raw.contains_key(cell)), "{cells:?}");
    assert!(!made.guide().contains("Options of Companies › `Industry`"));
}

#[test]
fn a_text_becomes_a_select() {
    let close = path("lead", "Region");
    let made = edited(&field(close, "type = \"SELECT\""));
    assert_eq!(made.field("company", "region").unwrap()["type"], "SELECT");
    assert!(made.guide().contains("Options of Companies › `Region`"));
    let before = edited("");
    assert_eq!(made.count(close, "written"), before.count(close, "written"));
    assert_eq!(made.count(close, "set_aside"), before.count(close, "set_aside"));
}

#[test]
fn a_number_becomes_a_text_and_keeps_all() {
    let close = path("lead", "# of users");
    let made = edited(&field(close, "type = \"TEXT\""));
    assert_eq!(made.field("company", "ofUsers").unwrap()["type"], "TEXT");
    assert!(made.field("company", "ofUsersText").is_none(), "it holds what is no number");
    let rejects = made.read("reports/rejects.csv");
    let listed = |line: &&str| line.contains(&close["lead.".len()..]) && line.contains("n/a");
    assert!(!rejects.lines().any(|line| listed(&line)));
    let mut cells = made.filled("companies", "# of users");
    cells.extend(made.filled("people", "# of users"));
    assert!(cells.iter().any(|cell| cell == "n/a"), "{cells:?}");
}

#[test]
fn a_text_becomes_a_number_with_a_text_beside_it() {
    let close = path("contact", "Cost Centre");
    let made = edited(&field(close, "type = \"NUMBER\""));
    assert_eq!(made.field("person", "costCentre").unwrap()["type"], "NUMBER");
    assert_eq!(made.field("person", "costCentreText").unwrap()["type"], "TEXT");
    assert_eq!(made.filled("people", "Cost Centre (Text)"), ["KST-1"]);
    assert_eq!(made.filled("people", "Cost Centre"), [] as [&str; 0]);
    assert_eq!(made.count(close, "set_aside"), 1);
    assert!(made.read("reports/rejects.csv").contains("KST-1"));
    assert!(made.archive("contact").contains("KST-1"));
    assert!(made.guide().contains("`costCentreText`"));
}

/// Deals with a field each of them has, and one that some lack.
fn deals() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let deal = |id: &str, signed: &str, rest: &str| {
        format!(r#"{{"id":"oppo_{id}","lead_id":"lead_1","custom.cf_signed":"{signed}"{rest}}}"#)
    };
    let some = r#","custom.cf_some":"yes""#;
    let deals = [deal("1", "yes", some), deal("2", "no", ""), deal("3", "yes", "")].join(",");
    let lead = format!(r#"[{{"id":"lead_1","name":"Acme","opportunities":[{deals}]}}]"#);
    std::fs::write(folder.path().join("leads.json"), lead).unwrap();
    folder
}

#[test]
fn choices_become_true_or_false() {
    let folder = deals();
    let close = "opportunity.custom.cf_signed";
    let map = parse(&field(close, "type = \"BOOLEAN\"\nlabel = \"Signed\""));
    let made = with_map(folder.path(), map).unwrap();
    made.sound();
    assert_eq!(made.filled("opportunities", "Signed"), ["true", "false", "true"]);
    let fields = made.manifest()["schema"]["fields"].clone();
    let signed = fields.as_array().unwrap().iter().find(|it| it["label"] == "Signed").cloned();
    assert_eq!(signed.unwrap()["type"], "BOOLEAN");
    assert!(made.guide().contains("`Signed`") && made.count(close, "written") == 3);
}

/// Twenty makes false out of an empty cell: what nobody said must not become a no.
#[test]
fn what_is_not_always_said_becomes_no_boolean() {
    let folder = deals();
    let map = parse(&field("opportunity.custom.cf_some", "type = \"BOOLEAN\""));
    let error = with_map(folder.path(), map).err().unwrap();
    assert_eq!(error.code, "C2T-E134");
    assert!(error.to_string().starts_with("mapping.toml:3:8:"), "{error}");
    assert!(error.to_string().contains("SELECT"), "{error}");
    let told = refused(&field(path("lead", "Qualified?"), "type = \"BOOLEAN\""));
    assert!(told.starts_with("C2T-E134 mapping.toml:3:8:"), "{told}");
}

#[test]
fn links_go_to_a_standard_field() {
    let (close, linkedin) = (path("lead", "Current Vendor/Software"), "company.linkedinLink");
    let made = edited(&field(close, &format!("type = \"LINKS\"\nto = [{linkedin:?}]")));
    assert_eq!(made.ledger(close, "target"), linkedin);
    assert!(made.field("company", "linkedinLink").is_none(), "nothing is to be made");
    // What is no address is kept and listed.
    assert_eq!(
        made.count(close, "written")
            + made.count(close, "set_aside")
            + made.count(close, "merged")
            + made.count(close, "archived"),
        made.count(close, "values")
    );
}

#[test]
fn one_choice_becomes_several_and_back() {
    let close = path("lead", INDUSTRY);
    let made = edited(&field(close, "type = \"MULTI_SELECT\""));
    assert_eq!(made.field("company", "industry").unwrap()["type"], "MULTI_SELECT");
    assert!(made.filled("companies", "Industry").iter().all(|cell| cell.starts_with("[\"")));
    let close = path("lead", "Tags");
    let made = edited(&field(close, "type = \"SELECT\""));
    assert_eq!(made.field("company", "tags").unwrap()["type"], "SELECT");
    // Several values fit no select: they stand in a text beside it.
    assert!(made.count(close, "set_aside") > 0);
    assert_eq!(made.field("company", "tagsText").unwrap()["type"], "TEXT");
}

#[test]
fn dates_and_instants_change_places() {
    let made = edited(&field(path("lead", "Renewal Date"), "type = \"DATE_TIME\""));
    let cells = made.filled("companies", "Renewal Date").into_iter();
    let mut cells = cells.chain(made.filled("people", "Renewal Date"));
    assert!(cells.all(|cell| cell.contains('T')));
    let made = edited(&field(path("lead", "Go-live at"), "type = \"DATE\""));
    let cells = made.filled("companies", "Go-live at").into_iter();
    let cells: Vec<_> = cells.chain(made.filled("people", "Go-live at")).collect();
    assert!(!cells.is_empty() && cells.iter().all(|cell| cell.len() == 10), "{cells:?}");
}

#[test]
fn a_text_becomes_links() {
    let close = path("opportunity", "Link");
    let made = edited(&field(close, "type = \"LINKS\""));
    let name = made.field("opportunity", "linkField").unwrap();
    assert_eq!(name["type"], "LINKS");
    assert_eq!(
        made.filled("opportunities", "Link / Link URL"),
        ["https://wiki.example.org/deal?id=1&x=2"]
    );
}

#[test]
fn a_number_becomes_an_amount() {
    let close = path("lead", "Budget");
    let made = edited(&field(close, "type = \"CURRENCY\""));
    assert_eq!(made.field("company", "budget").unwrap()["type"], "CURRENCY");
    assert!(made.count(close, "written") > 0);
}

#[test]
fn a_relation_becomes_a_text() {
    let close = path("opportunity", "Champion");
    let made = edited(&field(close, "type = \"TEXT\""));
    assert_eq!(made.field("opportunity", "champion").unwrap()["type"], "TEXT");
    assert!(made.filled("opportunities", "Champion")[0].contains("(cont_"));
}

#[test]
fn options_are_renamed_and_merged() {
    let close = path("lead", INDUSTRY);
    let before = edited("");
    let raws = custom("lead", INDUSTRY).options.clone().unwrap();
    let raws: Vec<&String> = raws.keys().collect();
    let lines = format!(
        "[field.options]\n{:?} = \"Trade\"\n{:?} = \"Trade\"\n{:?} = \"Other things\"\n",
        raws[0], raws[1], raws[2]
    );
    let made = edited(&field(close, &lines));
    let labels = made.options("company", "industry");
    assert_eq!(labels.len(), before.options("company", "industry").len() - 1, "{labels:?}");
    assert!(labels.contains(&"Trade".to_owned()) && labels.contains(&"Other things".to_owned()));
    assert!(made.guide().contains("Trade") && !labels.contains(raws[0]));
    let count = |made: &crate::ground::Made, value: &str| {
        let cells = made.filled("companies", "Industry").into_iter();
        cells.chain(made.filled("people", "Industry (Lead)")).filter(|cell| cell == value).count()
    };
    let old: Vec<String> = {
        let field = before.field("company", "industry").unwrap();
        let options = field["options"].as_array().unwrap().clone();
        options.iter().map(|it| it["value"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(count(&made, "TRADE"), count(&before, &old[0]) + count(&before, &old[1]));
    assert_eq!(made.count(close, "written"), before.count(close, "written"));
}

#[test]
fn wrong_targets_are_told_at_their_place() {
    let close = path("lead", INDUSTRY);
    let told = refused(&field(close, "to = [\"companie.sector\"]"));
    assert!(told.starts_with("C2T-E130 mapping.toml:3:7:"), "{told}");
    assert!(
        told.contains("`companie.sector`") && told.contains("did you mean `company.sector`?"),
        "{told}"
    );
    let told = refused(&field(close, "to = [\"company.name\"]"));
    assert!(told.starts_with("C2T-E131 mapping.toml:3:7:"), "{told}");
    let told = refused(&field(close, "to = [\"company.Sector\"]"));
    assert!(told.starts_with("C2T-E132 mapping.toml:3:7:"), "{told}");
    assert!(told.contains("did you mean `sector`?"), "{told}");
    let told = refused(&field(path("lead", "Tags"), "type = \"RELATION\""));
    assert!(told.starts_with("C2T-E134 mapping.toml:3:8:"), "{told}");
    let told = refused(&field(close, "to = [\"company.sector\", \"company.branch\"]"));
    assert!(told.starts_with("C2T-E13") && told.contains("mapping.toml:3:25:"), "{told}");
}
