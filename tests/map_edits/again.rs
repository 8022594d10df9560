//! `plan` over a map that is there: it keeps what was decided, tells what is new, and asks for a new look.

use crate::cases;
use crate::ground::{PROPOSED, field, made, parse, path, planned};
use close2twenty::cli::commands::convert::Options;
use close2twenty::mapping::MapFile;
use std::fs;

fn convert_strictly(map: MapFile) -> Result<(), String> {
    let exports = vec![cases::sample().input];
    let options = Options { exports, map: Some(map), strict: true, ..Options::default() };
    made(options).map(|_| ()).map_err(|error| format!("{} {error}", error.code))
}

#[test]
fn an_unedited_file_stays_as_it_is() {
    cases::for_each(&cases::all(), |case| {
        let Ok(first) = planned(&case.input, None, 1) else { return Vec::new() };
        let again = planned(&case.input, Some(parse(&first.text)), 1).unwrap();
        let line = first.text.lines().zip(again.text.lines()).find(|(a, b)| a != b);
        let same = first.text == again.text
            && again.changes == close2twenty::mapping::file::Changes::default();
        if same { Vec::new() } else { vec![format!("{}: {line:?} {:?}", case.name, again.changes)] }
    });
}

#[test]
fn a_confirmed_file_stays_confirmed() {
    let text = PROPOSED.text.replace("confirmed = false", "confirmed = true");
    let again = planned(&cases::sample().input, Some(parse(&text)), 1).unwrap();
    assert!(again.text == text);
    assert!(convert_strictly(parse(&text)).is_ok());
}

#[test]
fn a_larger_export_keeps_edits_and_marks_what_is_new() {
    // The sample without its files of activities, and only its first leads.
    let folder = tempfile::tempdir().unwrap();
    let sample = cases::sample().input;
    for entry in fs::read_dir(&sample).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let keep = name.contains("field") || name.contains("lead") || name.contains("organi");
        if keep && file.is_file() {
            fs::copy(&file, folder.path().join(name)).unwrap();
        }
    }
    let industry = path("lead", "Industry");
    let reduced = planned(folder.path(), None, 1).unwrap();
    assert!(reduced.map.fields.iter().any(|it| it.close.value == industry), "reduced too much");
    let edits = format!(
        "confirmed = true\n[strategies]\npeople = \"off\"\n[activities]\ncall = \"note\"\n{}{}",
        field(industry, "to = [\"company.sector\"]\nlabel = \"Sector\""),
        field("contact.title", "to = []"),
    );
    let small = planned(folder.path(), Some(parse(&edits)), 1).unwrap();
    let small = small.text.replace("confirmed = false", "confirmed = true");
    let grown = planned(&sample, Some(parse(&small)), 1).unwrap();
    assert!(!grown.map.confirmed, "there is something new to look at");
    assert!(!grown.changes.new.is_empty(), "the reduced export lacks something");
    let entry = |close: &str| grown.map.fields.iter().find(|it| it.close.value == close).unwrap();
    let to = |close: &str| -> Vec<_> {
        entry(close).to.iter().flatten().map(|to| to.value.clone()).collect()
    };
    assert_eq!(to(industry), ["company.sector"]);
    assert_eq!(entry(industry).label.as_ref().unwrap().value, "Sector");
    assert_eq!(to("contact.title"), [] as [&str; 0]);
    assert!(grown.text.contains("people = \"off\"") && grown.text.contains("call = \"note\""));
    assert_eq!(grown.text.matches("# new").count(), grown.changes.new.len(), "each is marked");
    for close in &grown.changes.new {
        assert!(!small.contains(&format!("close = {close:?}")), "{close} was there");
    }
    assert!(convert_strictly(parse(&grown.text)).unwrap_err().starts_with("C2T-E140"));
    let shrunk = planned(folder.path(), Some(parse(&grown.text)), 1).unwrap();
    assert!(shrunk.changes.gone.len() >= grown.changes.new.len() - 1, "{:?}", shrunk.changes.gone);
}

#[test]
fn a_map_nobody_agreed_to_is_refused() {
    let refusal = convert_strictly(PROPOSED.clone()).unwrap_err();
    assert!(refusal.starts_with("C2T-E140 mapping.toml:"), "{refusal}");
    let stale = PROPOSED.text.replace("confirmed = false", "confirmed = true");
    let print = &PROPOSED.fingerprint.as_ref().unwrap().value;
    let stale = stale.replace(print.as_str(), "0123");
    let refusal = convert_strictly(parse(&stale)).unwrap_err();
    assert!(refusal.starts_with("C2T-E141 mapping.toml:"), "{refusal}");
    assert!(refusal.contains("| fingerprint = \"0123\""), "{refusal}");
    let none = convert_strictly(parse("confirmed = true\n")).unwrap_err();
    assert!(none.starts_with("C2T-E141"), "{none}");
}
