//! `mapping.toml` from outside: what is said about wrong files (`testdata/mapping-file/*.toml`, the
//! message beside each as `.txt`; `UPDATE_GOLDEN=1` writes them anew), that any map survives
//! writing and reading, and that a new proposal keeps the user's edits.

#![forbid(unsafe_code)]
// Helpers of tests may fail as tests do; clippy.toml speaks of test functions only.
#![allow(clippy::unwrap_used, clippy::panic)]

use close2twenty::mapping::file::{
    ACTIVITIES, Changes, FIELD_TYPES, FieldEntry, Located, MapFile, Marks, Notes, Problem, Spot,
    StageEntry, Strategies, TypeEntry, merge, text,
};
use close2twenty::mapping::{CompanyDedupe, LeadStrategy, PeopleDedupe, QuotedHistory, Route};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mapping-file")
}

fn parse(text: &str) -> MapFile {
    MapFile::parse("mapping.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A decision as an entry holds it: all are optional.
#[allow(clippy::unnecessary_wraps)]
fn some<T>(value: T) -> Option<Located<T>> {
    Some(value.into())
}

fn said(text: &str) -> Option<Located<String>> {
    some(text.to_owned())
}

/// A map with one of everything.
fn proposal() -> MapFile {
    let field = |close: &str, to: &[&str]| FieldEntry {
        close: close.to_owned().into(),
        to: Some(to.iter().map(|to| (*to).to_owned().into()).collect()),
        confidence: Some(1.0),
        seen: Some(9),
        ..FieldEntry::default()
    };
    let options = [("Retail", "Retail"), ("Software / IT", "Software")];
    let industry = FieldEntry {
        name: Some("Industry".into()),
        kind: said("SELECT"),
        label: said("Industry"),
        options: Some(
            options.map(|(a, b)| (a.to_owned(), b.to_owned().into())).into_iter().collect(),
        ),
        confidence: Some(0.62),
        why: Some("few values, each often; no definition".into()),
        samples: vec!["Retail".into(), "Software / IT".into()],
        marks: Marks { doubtful: true, ..Marks::default() },
        ..field("lead.custom[Industry]", &["company.industry", "person.industry"])
    };
    let size = FieldEntry {
        kind: said("NUMBER"),
        label: said("Size"),
        ..field("lead.custom.cf_2", &["company.size"])
    };
    let (call, note) =
        (("call".to_owned(), Route::Task.into()), ("note".to_owned(), Route::Note.into()));
    MapFile {
        fingerprint: said("3f9a"),
        strategies: Strategies {
            leads: some(LeadStrategy::Auto),
            companies: some(CompanyDedupe::DomainAndName),
            people: some(PeopleDedupe::Email),
            opportunity_names: said("{lead} – {note}"),
            quoted_history: some(QuotedHistory::Keep),
        },
        activities: [call, note].into_iter().collect(),
        types: vec![TypeEntry {
            close: "actitype_1".to_owned().into(),
            name: Some("Site visit".into()),
            to: some(Route::Object),
            object: said("siteVisit"),
            object_plural: said("siteVisits"),
            label: said("Site Visit"),
            label_plural: said("Site Visits"),
            seen: Some(12),
            why: Some("it has fields of its own".into()),
            marks: Marks::default(),
        }],
        stages: vec![StageEntry {
            close: "stat_1".to_owned().into(),
            name: Some("Won".into()),
            pipeline: Some("Sales".into()),
            to: said("Won (Sales)"),
            seen: Some(17),
            marks: Marks::default(),
        }],
        fields: vec![field("contact.title", &["person.jobTitle"]), size, industry],
        ..MapFile::default()
    }
}

fn notes() -> Notes {
    let evidence =
        vec!["41 leads have contacts, 9 have none;\n6 of them look like organisations".into()];
    Notes {
        file: vec!["Of 2 files, 1 entry to be looked at.".into()],
        strategies: [("leads".to_owned(), evidence)].into_iter().collect(),
        activities: [("call".to_owned(), vec!["31 calls".into()])].into_iter().collect(),
    }
}

#[test]
fn wrong_files_are_told_with_their_places() {
    let mut cases: Vec<_> = fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    cases.sort();
    let mut seen = 0;
    for case in cases.iter().filter(|case| !case.ends_with("whole.toml")) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let error = MapFile::read(&name, &fs::read(case).unwrap()).expect_err(&name);
        compare(&case.with_extension("txt"), &format!("{}\n{error}\n", error.code));
        seen += 1;
    }
    assert!(seen >= 8, "{seen} cases");
}

#[test]
fn the_whole_file_looks_like_this() {
    let whole = text(&proposal(), &notes());
    compare(&folder().join("whole.toml"), &whole);
    let read = parse(&whole);
    assert_eq!(text(&read, &notes()), whole);
    assert_eq!(read.decisions_json(), proposal().decisions_json());
    assert_eq!(read.fields[0].close.at, Spot { line: 76, column: 9 }, "the doubtful one is first");
    assert_eq!(read.fields[0].to.as_ref().unwrap()[1].at, Spot { line: 78, column: 27 });
}

fn compare(path: &Path, fresh: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, fresh).unwrap();
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert_eq!(kept, fresh, "{}", path.display());
}

#[test]
fn a_short_file_says_only_what_it_says() {
    for text in ["", "confirmed = false\n", "\u{feff}version = 1\r\n"] {
        let read = parse(text);
        assert_eq!(
            MapFile { name: String::new(), text: String::new(), ..read },
            MapFile::default()
        );
    }
    let short = parse(
        "[strategies]\nleads = 'company'\n[[field]]\nclose = 'contact.title'\nto = 'person.x'\n",
    );
    let expected = r#"{"activities":{},"fields":{"contact.title":{"to":["person.x"]}},"stages":{},"strategies":{"leads":"company"},"types":{}}"#;
    assert_eq!(short.decisions_json().to_string(), expected);
    let dropped = parse("[[field]]\nclose = 'contact.title'\nto = []\n");
    assert_eq!(dropped.fields[0].to, Some(Vec::new()));
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let error = MapFile::read("m.toml", b"version = 1\n# \xc3\xa4 \xff\n").unwrap_err();
    assert_eq!(error.to_string(), "m.toml:2:5: the file is not encoded in UTF-8 here");
    let error = MapFile::read("m.toml", b"\xff\xfev\0").unwrap_err();
    assert_eq!(
        (error.code, &*error.to_string()),
        ("C2T-E110", "m.toml: the file is encoded in UTF-16")
    );
}

#[test]
fn others_can_tell_what_is_wrong_at_a_place() {
    let file = parse("[[field]]\nclose = \"lead.nmae\"\nto = [\"company.nmae\"]\n");
    let field = &file.fields[0];
    let error = file.error(field.close.at, "C2T-E111", "no such path");
    assert_eq!(
        error.to_string(),
        "mapping.toml:2:9: no such path\n2 | close = \"lead.nmae\"\n  |         ^"
    );
    let problem = |at, hint: &str| Problem {
        at,
        code: "C2T-E111",
        what: "no such field".into(),
        hint: Some(hint.into()),
    };
    let target = field.to.as_ref().unwrap()[0].at;
    let error = file.errors(vec![problem(target, "did you mean `company.name`?")]).unwrap();
    assert!(error.to_string().ends_with("\n  |       ^ did you mean `company.name`?"), "{error}");
    assert!(file.errors(Vec::new()).is_none());
}

#[test]
fn the_same_proposal_changes_nothing() {
    let mut old = parse(&text(&proposal(), &notes()));
    old.confirmed = true;
    let (merged, changes) = merge(&old, proposal());
    assert_eq!(changes, Changes::default());
    assert!(merged.confirmed);
    assert_eq!(text(&merged, &notes()), text(&old, &notes()));
    let other = MapFile { fingerprint: said("other"), ..proposal() };
    assert!(!merge(&old, other).0.confirmed, "it was made for another export");
}

#[test]
fn edits_stay_and_information_is_refreshed() {
    let edited = text(&proposal(), &notes())
        .replace(r#"to = ["company.industry", "person.industry"]"#, "to = []")
        .replace(r#""Retail" = "Retail""#, r#""Retail" = "Shops""#)
        .replace(r#"to = "Won (Sales)""#, r#"to = "Won""#)
        .replace(r#"call = "task""#, r#"call = "archive""#)
        .replace(r#"people = "email""#, r#"people = "off""#)
        .replace("seen = 17", "seen = 3");
    let (merged, changes) = merge(&parse(&edited), proposal());
    let edits = changes.kept_edits.iter();
    let edits: Vec<_> = edits
        .map(|it| format!("{} {}: {} for {}", it.entry, it.key, it.yours, it.proposed))
        .collect();
    assert_eq!(
        edits,
        [
            "strategies people: off for email",
            "activities call: archive for task",
            "stat_1 to: Won for Won (Sales)",
            "lead.custom[Industry] to: archive for company.industry, person.industry",
            "lead.custom[Industry] options.Retail: Shops for Retail",
        ]
    );
    assert_eq!(text(&merged, &notes()), edited.replace("seen = 3", "seen = 17"));
    assert!((changes.new, changes.gone, changes.new_options) == Default::default());
}

#[test]
fn what_is_new_and_what_is_gone_is_marked() {
    let mut old = parse(&text(&proposal(), &notes()));
    old.confirmed = true;
    let mut next = proposal();
    next.fields[1].close = "lead.custom.cf_3".to_owned().into();
    next.fields[2].options.as_mut().unwrap().insert("Media".into(), "Media".to_owned().into());
    next.types.clear();
    let (merged, changes) = merge(&old, next.clone());
    assert_eq!(changes.new, ["lead.custom.cf_3"]);
    assert_eq!(changes.gone, ["actitype_1", "lead.custom.cf_2"]);
    assert_eq!(changes.new_options, [("lead.custom[Industry]".into(), "Media".into())]);
    assert!(!merged.confirmed);
    let written = text(&merged, &notes());
    for line in [
        "[[field]]  # new\nclose = \"lead.custom.cf_3\"",
        "# === Fields that are not in this export (1) ===\n\n[[field]]  # not in this export\nclose = \"lead.custom.cf_2\"",
        "\"Software / IT\" = \"Software\"\n\"Media\" = \"Media\"\n",
        "[[type]]  # not in this export\n",
    ] {
        assert!(written.contains(line), "{line}\n{written}");
    }
    let read = parse(&written);
    assert_eq!(text(&read, &notes()), written, "marks are read again");
    let windows = parse(&written.replace('\n', "\r\n"));
    assert_eq!(text(&windows, &notes()), written, "and so is what a Windows editor saves");
    let (again, changes) = merge(&read, next);
    assert_eq!((changes.new.len(), changes.new_options.len(), changes.gone.len()), (0, 0, 2));
    assert!(!text(&again, &notes()).contains("# new"));
    let (back, changes) = merge(&again, proposal());
    assert_eq!((changes.new, changes.gone), (vec![], vec!["lead.custom.cf_3".to_owned()]));
    assert!(!back.types[0].marks.gone, "it is in the export again");
}

#[test]
fn a_missing_line_is_as_proposed_and_a_changed_type_drops_the_options() {
    let short = "[[field]]\nclose = 'lead.custom[Industry]'\ntype = 'TEXT'\n";
    let (merged, changes) = merge(&parse(short), proposal());
    let field = merged.fields.iter().find(|it| it.close.value == "lead.custom[Industry]").unwrap();
    assert_eq!(
        (&field.kind, &field.label, &field.options),
        (&said("TEXT"), &said("Industry"), &None)
    );
    assert_eq!(merged.strategies, proposal().strategies);
    assert_eq!(changes.new, ["actitype_1", "stat_1", "contact.title", "lead.custom.cf_2"]);
    assert_eq!(merged.fields[2].kind.as_ref().unwrap().at, Spot { line: 3, column: 8 });
    assert_eq!(merged.fields[2].label.as_ref().unwrap().at, Spot::default());
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,12}",
        "[\"'\\\\\\]\\[#=\n\r\t\u{0}-\u{1f}\u{7f}-\u{a0}\u{2028}\u{202e}\u{feff}é😀{}]{0,12}",
    ]
}

fn any_said() -> impl Strategy<Value = Option<Located<String>>> {
    proptest::option::of(any_text().prop_map(Located::from))
}

fn any_marks() -> impl Strategy<Value = Marks> {
    any::<[bool; 3]>().prop_map(|[new, doubtful, gone]| Marks { new, doubtful, gone })
}

prop_compose! {
    fn any_field()(
        to in proptest::option::of(proptest::collection::vec(any_text(), 0..4)),
        kind in proptest::option::of(proptest::sample::select(FIELD_TYPES)),
        label in any_said(),
        options in proptest::option::of(proptest::collection::vec((any_text(), any_text()), 0..4)),
        confidence in proptest::option::of(0.0..=1.0),
        why in proptest::option::of(any_text()),
        samples in proptest::collection::vec(".{0,60}", 0..4),
        marks in any_marks(),
    ) -> FieldEntry {
        FieldEntry {
            to: to.map(|to| to.into_iter().map(Located::from).collect()),
            kind: kind.and_then(said),
            options: options.map(|it| it.into_iter().map(|(a, b)| (a, b.into())).collect()),
            label, confidence, why, samples, marks,
            ..FieldEntry::default()
        }
    }
}

prop_compose! {
    fn any_map()(
        fields in proptest::collection::vec(any_field(), 0..6),
        words in proptest::collection::vec((any_text(), any_said(), any_marks()), 0..3),
        name in any_said(),
        kinds in proptest::sample::subsequence(ACTIVITIES, 0..4),
        confirmed in any::<bool>(),
    ) -> MapFile {
        let mut map = MapFile { confirmed, fingerprint: name.clone(), ..MapFile::default() };
        map.strategies.opportunity_names = name;
        map.activities = kinds.iter().map(|kind| ((*kind).to_owned(), Route::Archive.into())).collect();
        for (i, field) in fields.into_iter().enumerate() {
            // The same text for all, so that only the number tells them apart.
            let close = format!("{i} {}", field.why.clone().unwrap_or_default()).into();
            map.fields.push(FieldEntry { close, ..field });
        }
        for (i, (text, to, marks)) in words.into_iter().enumerate() {
            let close = Located::from(format!("{i}{text}"));
            let (name, label) = (Some(text), to.clone());
            map.stages.push(StageEntry { close: close.clone(), name: name.clone(), to, marks, ..StageEntry::default() });
            map.types.push(TypeEntry { close, name, label, seen: Some(u64::MAX), marks, ..TypeEntry::default() });
        }
        map
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn any_map_survives_writing_and_reading(map in any_map(), note in any_text()) {
        let notes = Notes { file: vec![note], ..Notes::default() };
        let written = text(&map, &notes);
        let read = MapFile::parse("mapping.toml", &written);
        prop_assert!(read.is_ok(), "{}\n{written}", read.unwrap_err());
        let read = read.unwrap();
        prop_assert_eq!(text(&read, &notes), written);
        prop_assert_eq!(read.decisions_json(), map.decisions_json());
        // Its own map as proposal changes no decision.
        let (merged, changes) = merge(&read, map.clone());
        prop_assert_eq!(merged.decisions_json(), map.decisions_json());
        prop_assert_eq!((changes.new, changes.kept_edits), (vec![], vec![]));
    }

    #[test]
    fn no_text_makes_the_reader_stumble(wrong in "([a-z]{1,3} ?= ?|\\[|\\]|\"|'|\n|\\[\\[field\\]\\]\n|close = |[é1.{},#]){0,20}") {
        if let Err(error) = MapFile::parse("m.toml", &wrong) {
            prop_assert!(error.to_string().starts_with("m.toml:"), "{error}");
        }
    }
}
