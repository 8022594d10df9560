//! Bad input is normal: every stored bad case and generated worse ones end in a diagnostic with a
//! code or in a bundle that accounts for everything, with the good neighbours converted. Never a
//! panic. It must not check how good records are converted.

#![forbid(unsafe_code)]

mod cases;

use cases::{Bundle, run, run_bytes};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::fs;

/// What a bad case comes to.
enum Ends {
    /// No bundle; the code says why.
    Refused(&'static str),
    /// Leads written, records that could not be used, and codes that must be told somewhere.
    Whole(u64, u64, &'static [&'static str]),
}
use Ends::{Refused, Whole};

/// Each case under `testdata/close/bad`; its README says why.
const CASES: &[(&str, Ends)] = &[
    ("api-error-json", Refused("C2T-E021")),
    ("array-of-scalars", Whole(2, 4, &["C2T-R004"])),
    ("broken-stray-brace", Whole(3, 1, &["C2T-R001"])),
    ("duplicate-ids-different-content", Whole(2, 0, &["C2T-R008"])),
    ("empty-object", Refused("C2T-E021")),
    ("id-wrong-or-missing", Whole(3, 4, &["C2T-R003"])),
    ("nul-bytes", Whole(4, 0, &["C2T-R005"])),
    ("unrelated-files-beside", Whole(2, 0, &[])),
    ("wrong-container-types", Whole(5, 4, &["C2T-R004", "C2T-V710"])),
    ("wrong-scalar-types", Whole(4, 1, &["C2T-R003", "C2T-V712"])),
    ("broken-extra-bracket-in-contacts", Whole(2, 1, &["C2T-R001"])),
    ("broken-garbage-between", Whole(2, 1, &["C2T-R001"])),
    ("broken-jsonl-line", Whole(2, 1, &["C2T-R001"])),
    ("broken-missing-colon", Whole(2, 1, &["C2T-R001"])),
    ("broken-unclosed-quote", Whole(2, 1, &["C2T-R001"])),
    ("closeio-backup-defect", Refused("C2T-S003")),
    ("comments-in-json", Refused("C2T-S004")),
    ("control-characters-jsonl", Whole(2, 0, &["C2T-R005"])),
    ("control-characters-raw", Whole(2, 0, &["C2T-R005"])),
    ("csv-export", Refused("C2T-S002")),
    ("csv-under-json-name", Refused("C2T-S002")),
    ("deep-nesting", Whole(3, 0, &[])),
    ("empty-array", Refused("C2T-E021")),
    ("empty-file", Refused("C2T-S001")),
    ("empty-page", Refused("C2T-E021")),
    ("html-error-page", Refused("C2T-S006")),
    ("html-in-values", Whole(1, 0, &[])),
    ("huge-key-count", Whole(1, 0, &[])),
    ("invalid-utf8-in-string", Whole(3, 0, &["C2T-R005"])),
    ("latin1-file", Whole(1, 0, &["C2T-R005"])),
    ("lone-surrogate", Whole(3, 0, &["C2T-R005"])),
    ("many-top-level-mixed", Whole(3, 0, &[])),
    ("missing-comma", Whole(2, 0, &[])),
    ("nan-infinity", Whole(1, 1, &["C2T-R001"])),
    ("numbers-out-of-range", Whole(3, 0, &["C2T-R005"])),
    ("png-file", Refused("C2T-S004")),
    ("scalar-at-top", Refused("C2T-S004")),
    ("single-quotes-python-repr", Refused("C2T-E021")),
    ("sparse-file", Refused("C2T-S004")),
    ("text-before-and-after", Refused("C2T-S004")),
    ("text-file", Refused("C2T-S004")),
    ("trailing-comma", Whole(2, 0, &[])),
    ("truncated-between-leads", Whole(1, 0, &["C2T-X001"])),
    ("truncated-gzip", Whole(2, 1, &["C2T-R002", "C2T-X001"])),
    ("truncated-inside-lead", Whole(1, 1, &["C2T-R002", "C2T-X001"])),
    ("truncated-inside-string-escape", Whole(1, 1, &["C2T-R002", "C2T-X001"])),
    ("truncated-page", Whole(1, 1, &["C2T-R002", "C2T-X001"])),
    ("utf16-file", Refused("C2T-S008")),
    ("utf8-bom", Whole(1, 0, &[])),
    ("whitespace-only", Refused("C2T-S001")),
    ("xml-s3-error", Refused("C2T-S006")),
];

/// Leads with a row, on their own or through the one they were merged into.
fn leads(bundle: &Bundle) -> u64 {
    bundle.summary.records.get("lead").map_or(0, |counts| counts.written)
}

/// Nothing is unaccounted for.
fn assert_conserved(bundle: &Bundle) {
    for (kind, counts) in &bundle.summary.records {
        assert_eq!(counts.remainder(), 0, "{kind}: {counts:?}");
    }
    assert_eq!(bundle.summary.values.remainder, 0);
}

/// Codes the run told of, in any of its reports.
fn told(bundle: &Bundle, code: &str) -> bool {
    let rejects = fs::read_to_string(bundle.path().join("reports/rejects.csv")).expect("rejects");
    rejects.contains(code) || bundle.summary.incomplete.iter().any(|line| line.code == code)
}

#[test]
fn every_stored_case_ends_as_it_should() {
    cases::for_each(CASES, |(name, expected)| {
        let result = run(&cases::case(&format!("bad/{name}")).input);
        let complaint = match (expected, &result) {
            (Refused(code), Err(error)) if error.code == *code => return Vec::new(),
            (Whole(good, bad, codes), Ok(bundle)) => {
                assert_conserved(bundle);
                let (found, rejected) = (leads(bundle), bundle.summary.rejected());
                let silent: Vec<_> = codes.iter().filter(|code| !told(bundle, code)).collect();
                if found == *good && rejected == *bad && silent.is_empty() {
                    return Vec::new();
                }
                format!("{found} leads, {rejected} rejected, not told: {silent:?}")
            }
            (_, Err(error)) => format!("{} {error}", error.code),
            (_, Ok(bundle)) => format!("a bundle of {} leads", leads(bundle)),
        };
        vec![format!("{name}: {complaint}")]
    });
}

#[test]
fn every_stored_case_is_in_the_table() {
    let stored = cases::all()
        .into_iter()
        .filter_map(|case| case.name.strip_prefix("bad/").map(str::to_owned));
    let stray: Vec<_> = stored.filter(|name| !CASES.iter().any(|(n, _)| n == name)).collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn a_broken_records_place_is_told() {
    let bundle = run(&cases::case("bad/broken-missing-colon").input).expect("it converts");
    let rejects = &bundle.files()["reports/rejects.csv"];
    let rejects = cases::sheet::Sheet::parse(rejects);
    let row = rejects.one("code", "C2T-R001");
    let text = fs::read(cases::case("bad/broken-missing-colon").input.join("leads.json"));
    let text = text.expect("the case");
    let at: usize = row["offset"].parse().expect("a number");
    assert_eq!(&row["source"], "leads.json");
    assert!(text[at..].starts_with(b"{\"id\": \"lead_f8BV"), "the offset of the record");
    let kept = &bundle.files()["archive/rejected.jsonl"];
    let kept = String::from_utf8_lossy(kept);
    assert!(kept.contains("Zweite"), "the broken record is kept: {kept}");
}

/// Three leads, each with a contact; the middle one can be spoilt.
fn export(middle: &str) -> Vec<u8> {
    let lead = |n: u32| {
        format!(
            "{{\"id\":\"lead_{n}\",\"name\":\"Firma {n} GmbH\",\"contacts\":[{{\"id\":\"cont_{n}\",\
             \"lead_id\":\"lead_{n}\",\"name\":\"Ina Probe{n}\",\"emails\":[{{\"email\":\
             \"ina{n}@probe.example\"}}]}}],\"activities\":[{{\"_type\":\"Note\",\"id\":\
             \"acti_{n}\",\"lead_id\":\"lead_{n}\",\"note\":\"Notiz {n}\"}}]}}"
        )
    };
    format!("[{},{middle},{}]", lead(1), lead(3)).into_bytes()
}

fn assert_neighbours(bundle: &Bundle) {
    assert_conserved(bundle);
    let sheets = cases::sheet::sheets(&bundle.path());
    for id in ["cont_1", "cont_3"] {
        assert_eq!(sheets["people"].find("Close Id", id).len(), 1, "{id}");
    }
    for id in ["acti_1", "acti_3"] {
        assert_eq!(sheets["notes"].find("Close Id", id).len(), 1, "{id}");
    }
}

#[test]
fn a_string_of_a_hundred_megabytes() {
    let long = "lang ".repeat(20_000_000);
    let middle = format!("{{\"id\":\"lead_2\",\"name\":\"L GmbH\",\"description\":\"{long}\"}}");
    let bundle = run_bytes(&export(&middle)).expect("it converts");
    assert_neighbours(&bundle);
    assert_eq!(leads(&bundle), 3);
    let files = bundle.files();
    let cells: usize = files.iter().filter(|(p, _)| p.starts_with("csv/")).map(|f| f.1.len()).sum();
    assert!(cells < 200_000, "no cell holds more than Twenty takes: {cells} bytes of CSV");
    assert!(files["archive/lead.jsonl"].len() >= long.len(), "the whole text is in the archive");
}

#[test]
fn nesting_of_any_depth() {
    for depth in [100, 127, 128, 129, 1_000, 100_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let (open_keys, close_keys) = ("{\"a\":".repeat(depth), "}".repeat(depth));
        for deep in [format!("{open}{close}"), format!("{open_keys}1{close_keys}")] {
            for key in ["future", "custom", "contacts", "description", "activities", "addresses"] {
                let middle = format!("{{\"id\":\"lead_2\",\"name\":\"T GmbH\",\"{key}\":{deep}}}");
                assert_neighbours(&run_bytes(&export(&middle)).expect("it converts"));
            }
        }
    }
}

#[test]
fn brackets_without_end() {
    let sign = |sign: &str| sign.repeat(3_000_000).into_bytes();
    for bytes in [sign("["), sign("{"), sign("[{"), sign("\""), sign("[\""), sign("]")] {
        match run_bytes(&bytes) {
            Ok(bundle) => assert_conserved(&bundle),
            Err(error) => assert!(error.code.starts_with("C2T-"), "{error}"),
        }
    }
}

/// The reader must not go back to the start for every bad record.
#[test]
fn many_broken_records_take_linear_time() {
    let broken = "{\"id\":\"lead_x\",\"name\" \"kein Doppelpunkt\"}";
    let middle = vec![broken; 20_000].join(",");
    let bundle = run_bytes(&export(&middle)).expect("it converts");
    assert_neighbours(&bundle);
    assert_eq!(bundle.summary.rejected(), 20_000);
}

#[test]
fn truncated_anywhere() {
    let file = cases::case("oddities/layout-l1-array").input.join("export.json");
    let mut text = b"[".to_vec();
    let first = br#"{"id":"lead_first","name":"Zuerst GmbH"}"#;
    text.extend_from_slice(first);
    text.push(b',');
    text.extend_from_slice(&fs::read(file).expect("the case").trim_ascii()[1..]);
    let cuts: Vec<usize> = (0..text.len()).step_by(29).collect();
    cases::for_each(&cuts, |cut| {
        match run_bytes(&text[..*cut]) {
            Ok(bundle) => {
                assert_conserved(&bundle);
                let whole = *cut > first.len();
                assert!(!whole || leads(&bundle) >= 1, "the whole lead before byte {cut}");
                let said = bundle.summary.incomplete.iter().any(|line| line.code == "C2T-X001");
                assert!(said, "cut at {cut}: the end of the file is told");
            }
            Err(error) => assert!(*cut <= first.len(), "cut at {cut}: {error}"),
        }
        Vec::new()
    });
}

#[test]
fn odd_file_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["=cmd|' calc'!A1.json", "a\u{202e}nosj.json", "-o.json", "Größe ☎.json", "a b"];
    let mut text = String::new();
    for (n, name) in names.iter().enumerate() {
        text.clear();
        write!(text, "[{{\"id\":\"lead_{n}\",\"name\":\"Firma {n} GmbH\"}}]").expect("text");
        fs::write(folder.path().join(name), &text).expect("a file");
    }
    let bundle = run(folder.path()).expect("it converts");
    assert_conserved(&bundle);
    assert_eq!(leads(&bundle), names.len() as u64);
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("leads.json"), export("{}")).expect("a file");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    std::os::unix::fs::symlink("/nowhere", folder.path().join("broken.json")).expect("a link");
    assert_neighbours(&run(folder.path()).expect("it converts"));
}

#[test]
fn what_stands_in_the_place_of_a_bundle_is_never_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("bundle");
    fs::create_dir(&place).expect("a folder");
    fs::write(place.join("diary.txt"), "mine").expect("a file");
    let options = close2twenty::cli::commands::convert::Options {
        exports: vec![cases::case("oddities/layout-l1-array").input],
        output: place.clone(),
        settings: close2twenty::mapping::Settings::default(),
        threads: 1,
        sample: None,
    };
    let result =
        close2twenty::cli::commands::convert::convert(&options, cases::built_in(), &|_| ());
    assert!(result.is_err());
    let left = cases::files(folder.path());
    assert_eq!(left.keys().collect::<Vec<_>>(), ["bundle/diary.txt"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Bytes change anywhere: no panic, all accounted for, and what stands before the damage is
    /// converted.
    #[test]
    fn flipped_bytes(flips in proptest::collection::vec((0.0..1.0f64, any::<u8>()), 1..6)) {
        let good = export("{\"id\":\"lead_2\",\"name\":\"Mitte GmbH\",\"url\":\"https://m.example\"}");
        let end_of_first = good.windows(9).position(|w| w == b"\"lead_2\",").expect("a lead");
        let mut bad = good.clone();
        let mut first = good.len();
        for (place, byte) in flips {
            let at = (place * good.len() as f64) as usize;
            bad[at] = byte;
            first = first.min(at);
        }
        match run_bytes(&bad) {
            Ok(bundle) => {
                assert_conserved(&bundle);
                let sheets = cases::sheet::sheets(&bundle.path());
                if first > end_of_first + 16 {
                    prop_assert_eq!(sheets["people"].find("Close Id", "cont_1").len(), 1);
                }
            }
            Err(error) => prop_assert!(first < end_of_first, "{error}"),
        }
    }

    /// Anything at all that begins like JSON.
    #[test]
    fn any_text(text in "[\\[{][\\[\\]{}\",:0-9a-z\\\\ \n\u{0}\u{fffd}é]{0,200}") {
        if let Ok(bundle) = run_bytes(text.as_bytes()) {
            assert_conserved(&bundle);
        }
    }

    /// Values of any type under keys Close writes.
    #[test]
    fn any_value_under_any_key(values in proptest::collection::vec(any_value(), KEYS.len())) {
        let fields: Vec<String> =
            KEYS.iter().zip(&values).map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let middle = format!("{{\"id\":\"lead_2\",{}}}", fields.join(","));
        let bundle = run_bytes(&export(&middle)).expect("it converts");
        assert_conserved(&bundle);
        assert_eq!(cases::sheet::sheets(&bundle.path())["people"].find("Close Id", "cont_1").len(), 1);
    }
}

const KEYS: &[&str] = &[
    "name",
    "display_name",
    "url",
    "description",
    "status_id",
    "status_label",
    "addresses",
    "contacts",
    "opportunities",
    "tasks",
    "activities",
    "custom",
    "custom.cf_a",
    "date_created",
    "date_updated",
    "created_by",
    "created_by_name",
    "contact_ids",
    "organization_id",
];

fn any_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[1-9][0-9]{0,25}(\\.[0-9]{1,3})?(e[0-9]{1,3})?",
        "\"[a-z@./:+ 0-9éß😀]{0,30}\"",
        Just("\"2024-02-30T25:00:00Z\"".to_owned()),
        Just("\"lead_1\"".to_owned()),
        Just("{\"id\":\"cont_1\",\"name\":7}".to_owned()),
        Just("{\"_type\":\"Call\",\"id\":\"acti_9\",\"duration\":\"x\"}".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(inner, 0..4).prop_map(|items| {
                let keys = ["id", "email", "phone", "name", "_type"];
                let pairs = items.iter().zip(keys).map(|(v, k)| format!("\"{k}\":{v}"));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}
