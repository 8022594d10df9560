//! One fact per oddity of Close (`testdata/close/oddities/<case>/README.md`, "Expected"), on the
//! cells of its bundle. The golden bundles say what is; this says what must be.

#![forbid(unsafe_code)]

mod cases;

use cases::sheet::{Sheet, sheets};
use std::collections::BTreeMap;

/// A cell: the case, the sheet, the header and value that find its row, the header and value of
/// the cell itself.
type Cell = (&'static str, &'static str, (&'static str, &'static str), &'static str, &'static str);

const CELLS: &[Cell] = &[
    (
        "custom-object-cycles",
        "machines-links",
        ("Close Id", "custobj_a1"),
        "Spare for / Close Id",
        "custobj_a1",
    ),
    (
        "custom-object-cycles",
        "machines-links",
        ("Close Id", "custobj_a2"),
        "Line / Close Id",
        "custobj_b1",
    ),
    ("custom-object-cycles", "lines", ("Name", "L1"), "First machine / Close Id", "custobj_a2"),
    (
        "custom-object-cycles",
        "machines",
        ("Name", "M1"),
        "Parts",
        "M1 (custobj_a1); M2 (custobj_a2)",
    ),
    ("custom-object-wrong-references", "lines", ("Name", "Wrong type"), "Machine / Close Id", ""),
    ("custom-object-wrong-references", "lines", ("Name", "Missing"), "Machine / Close Id", ""),
    (
        "custom-object-wrong-references",
        "lines",
        ("Name", "Lead gone"),
        "Operator / Close Id",
        "cont_ina",
    ),
    (
        "custom-types-without-definitions",
        "custom-activities",
        ("cf_n", "4"),
        "cf_u",
        "Una Petersen",
    ),
    ("custom-type-archived", "old-visits", ("Close Id", "acti_1"), "Result", "GOOD"),
    ("custom-field-names", "machines", ("Name", "M1"), "Name (Field)", "a Name 0"),
    ("custom-field-names", "machines", ("Name", "M1"), "Close Id (Field)", "a Close Id 8"),
    ("custom-field-names", "visits", ("Close Id", "acti_1"), "Cost centre", "CC of the visit"),
    ("custom-field-names", "visits", ("Close Id", "acti_1"), "Status (Field)", "v Status 2"),
    ("custom-activity-odd", "visits", ("Result", "draft"), "Status", "DRAFT"),
    (
        "custom-activity-odd",
        "visits",
        ("Result", "nested, no lead_id"),
        "Company / Close Id",
        "lead_one",
    ),
    ("custom-activity-odd", "visits", ("Result", "contact alone"), "Person / Close Id", "cont_bob"),
    ("custom-activity-odd", "custom-activities", ("Close Id", "acti_2"), "Result", "no type"),
    ("custom-object-copies", "machines", ("Close Id", "custobj_Aa"), "Old value", "only here"),
    ("custom-object-copies", "machines", ("Close Id", "custobj_Aa"), "Serial", "5"),
    ("custom-object-copies", "machines", ("Close Id", "custobj_aA"), "Serial", "2"),
    ("custom-option-values", "machines", ("Name", "M6"), "Choice", "N_2ND_THIRD"),
    // One choice that cannot be an option takes the others with it no more.
    (
        "custom-option-values",
        "machines",
        ("Name", "M4"),
        "Choices",
        "[\"ONE_TWO\",\"ONE\",\"TWO\"]",
    ),
    (
        "custom-fields-on-activities",
        "tasks",
        ("Close Id", "acti_call"),
        "Amount (Call) (Text)",
        "12,5 about",
    ),
    ("custom-fields-on-activities", "tasks", ("Close Id", "acti_meet"), "Amount (Meeting)", "7"),
    ("custom-fields-on-activities", "tasks", ("Close Id", "task_1"), "Amount", "1000"),
    ("custom-fields-on-activities", "companies", ("Name", "Zwei GmbH"), "Amount", "12.5"),
    ("activity-at-missing", "tasks", ("Activity Type", "CALL"), "Status", "DONE"),
    ("activity-at-missing", "tasks", ("Activity Type", "MEETING"), "Duration Seconds", "3600"),
    ("comments", "notes", ("Title", "Comment: Agreed & done"), "Body / Markdown", "Agreed & done"),
    ("companies-social-urls", "companies", ("Name", "Eins GmbH"), "Domain Name / Link URL", ""),
    (
        "companies-social-urls",
        "companies",
        ("Name", "Eins GmbH"),
        "Linkedin / Link URL",
        "https://www.linkedin.com/company/eins-beispiel",
    ),
    ("custom-multi-toggled", "companies", ("Name", "Eins GmbH"), "Tags", "[\"A\"]"),
    ("custom-multi-toggled", "companies", ("Name", "Drei GmbH"), "Tags", "[\"C\"]"),
    ("custom-name-dict-only", "companies", ("Name", "Acme Probe GmbH"), "# of users", "12"),
    (
        "custom-name-dict-only",
        "companies",
        ("Name", "Acme Probe GmbH"),
        "Lead Owner",
        "Una Petersen",
    ),
    ("custom-pairing-by-order", "companies", ("Name", "Acme Probe GmbH"), "Gamma", "5"),
    ("custom-pairing-by-order", "companies", ("Name", "Acme Probe GmbH"), "Omega", "unique"),
    ("custom-duplicate-names", "companies", ("Name", "Acme Probe GmbH"), "Region", "Hamburg"),
    ("custom-duplicate-names", "companies", ("Name", "Acme Probe GmbH"), "Region (Lead)", "DACH"),
    ("custom-value-against-type", "companies", ("Name", "Zahl GmbH"), "# of users", "7"),
    ("custom-value-against-type", "companies", ("Name", "Acme Probe GmbH"), "# of users", ""),
    ("date-forms", "companies", ("Name", "Acme Probe GmbH"), "Go-live at", "2014-06-28T06:00:00Z"),
    ("date-forms", "companies", ("Name", "Acme Probe GmbH"), "Renewal Date", "2021-07-16"),
    ("date-nonsense", "companies", ("Name", "Acme Probe GmbH"), "Creation date", ""),
    ("date-sentinel-year-0001", "companies", ("Name", "Acme Probe GmbH"), "Creation date", ""),
    ("date-won-trap", "opportunities", ("Won Date", "2021-06-30"), "Stage", "WON"),
    ("dangling-ids", "tasks", ("Title", "Call back"), "Company / Close Id", ""),
    ("duplicate-keys", "people", ("Name / First Name", "Ina"), "Name / Last Name", "Probe"),
    ("duplicate-keys", "companies", ("Name", "Zweiter GmbH"), "X (Lead)", "2"),
    (
        "merge-equal-date-more-keys",
        "people",
        ("Name / Last Name", "Probe"),
        "Name / First Name",
        "Ina",
    ),
    (
        "merge-nested-alone-stripped",
        "companies",
        ("Name", "Acme Probe neu GmbH"),
        "Domain Name / Link URL",
        "https://merge.example",
    ),
    ("merge-nested-alone-stripped", "tasks", ("Title", "Offer"), "Body / Markdown", "Dear Ina"),
    ("note-empty-html", "notes", ("Title", "text"), "Body / Markdown", "text"),
    ("note-html-twin", "notes", ("Title", "a & b"), "Body / Markdown", "a & b\n\n1 < 2 **bold**"),
    ("note-html-twin", "notes", ("Title", "only plain"), "Body / Markdown", "only plain<br>line 2"),
    ("numbers-as-strings", "tasks", ("Activity Type", "CALL"), "Duration Seconds", "33"),
    ("numbers-as-strings", "opportunities", ("Amount / Amount", "1299"), "Confidence", "40"),
    ("numbers-as-strings", "companies", ("Name", "Acme Probe GmbH"), "# of users", "25"),
    ("opportunity-without-pipeline", "opportunities", ("Stage", "PROPOSAL"), "Pipeline", "SALES"),
    (
        "shared-addresses",
        "people",
        ("Name / First Name", "Ann"),
        "Emails / Primary Email",
        "info@probe.example",
    ),
    ("shared-addresses", "people", ("Name / First Name", "Bob"), "Emails / Primary Email", ""),
    (
        "task-completed-elsewhere",
        "tasks",
        ("Status", "DONE"),
        "Completed At",
        "2022-03-25T14:00:00.005Z",
    ),
    ("user-two-names", "opportunities", ("Pipeline", "SALES"), "Close Owner", "Søren Lindqvist"),
    ("user-removed", "opportunities", ("Close Owner", "Gerda Former"), "Stage", "PROPOSAL"),
    (
        "value-null-zero-huge",
        "opportunities",
        ("Close Id", "oppo_EJNZbUOXSHYx5o0CoO6ws0tTwdIn3LxyoE3BdglK4et"),
        "Amount / Amount",
        "",
    ),
    (
        "value-null-zero-huge",
        "opportunities",
        ("Amount / Amount", "-5"),
        "Amount / Currency",
        "EUR",
    ),
    ("value-null-zero-huge", "opportunities", ("Amount / Amount", "0"), "Amount / Currency", "EUR"),
];

/// Rows of each sheet: the case, companies, people, opportunities, tasks, notes.
const ROWS: &[(&str, [usize; 5])] = &[
    ("comments", [1, 0, 1, 0, 1]),
    ("companies-same-domain", [2, 0, 0, 0, 0]),
    ("contact-without-lead", [1, 2, 0, 0, 1]),
    ("custom-activity-type-name", [1, 0, 0, 0, 0]),
    ("date-won-trap", [1, 0, 4, 0, 0]),
    ("detached-call", [0, 0, 0, 2, 0]),
    ("email-same-message-two-leads", [2, 0, 0, 2, 0]),
    ("email-statuses", [1, 0, 0, 6, 0]),
    ("ids-differ-by-case", [2, 2, 0, 0, 0]),
    ("key-order-reversed", [1, 1, 0, 0, 1]),
    ("layout-l1-array", [1, 1, 1, 2, 1]),
    ("layout-l1-gzip-under-json-name", [1, 1, 0, 0, 0]),
    ("layout-l2-contacts-and-opportunities", [1, 1, 1, 0, 0]),
    ("layout-l3-api-page", [2, 0, 0, 0, 0]),
    ("layout-l4-array-of-pages", [4, 0, 0, 0, 0]),
    ("layout-l4-concatenated-pages", [4, 0, 0, 0, 0]),
    ("layout-l4-file-per-page", [6, 0, 0, 0, 0]),
    ("layout-l4-page-per-line", [6, 0, 0, 0, 0]),
    ("layout-l5-endpoint-arrays", [1, 0, 0, 0, 2]),
    ("layout-l5-misleading-file-names", [1, 1, 0, 0, 1]),
    ("layout-l6-activity-export", [1, 0, 0, 0, 2]),
    ("layout-l7-jsonl", [1, 1, 1, 1, 1]),
    ("lead-merge", [1, 0, 0, 0, 1]),
    ("leads-without-contacts", [3, 2, 0, 0, 0]),
    ("note-html-twin", [1, 0, 0, 0, 4]),
    ("null-empty-missing", [3, 1, 0, 0, 0]),
    ("shared-addresses", [2, 2, 0, 0, 0]),
    ("status-shared-label-two-pipelines", [1, 0, 4, 0, 0]),
    ("task-type-lead-is-no-lead", [1, 0, 0, 1, 0]),
];

fn converted(name: &str) -> (cases::Bundle, BTreeMap<String, Sheet>) {
    let bundle = cases::run(&cases::case(&format!("oddities/{name}")).input);
    let bundle = bundle.unwrap_or_else(|error| panic!("{name}: {error}"));
    let sheets = sheets(&bundle.path());
    (bundle, sheets)
}

#[test]
fn cells_hold_what_they_must() {
    cases::for_each(CELLS, |(name, sheet, (header, key), wanted, value)| {
        let (_bundle, sheets) = converted(name);
        let rows = sheets[*sheet].find(header, key);
        let found: Vec<&str> = rows.iter().map(|row| &row[wanted]).collect();
        if found == [*value] {
            return Vec::new();
        }
        vec![format!(
            "{name}: {sheet} where {header} = {key}: {wanted} is {found:?}, not {value:?}"
        )]
    });
}

#[test]
fn sheets_have_the_rows_they_must() {
    cases::for_each(ROWS, |(name, expected)| {
        let (_bundle, sheets) = converted(name);
        let names = ["companies", "people", "opportunities", "tasks", "notes"];
        let found = names.map(|name| sheets.get(name).map_or(0, |sheet| sheet.rows.len()));
        if found == *expected { Vec::new() } else { vec![format!("{name}: {found:?}")] }
    });
}

#[test]
fn whole_exports_are_not_called_incomplete() {
    let whole = ROWS.iter().map(|(name, _)| *name);
    cases::for_each(&whole.collect::<Vec<_>>(), |name| {
        let (bundle, _) = converted(name);
        let lines = bundle.summary.incomplete.iter();
        lines.map(|line| format!("{name}: {} {}", line.code, line.what)).collect()
    });
}

#[test]
fn incomplete_exports_are() {
    for (name, code) in [("page-has-more-true", "C2T-X003"), ("page-total-short", "C2T-X002")] {
        let (bundle, _) = converted(name);
        assert!(bundle.summary.incomplete.iter().any(|line| line.code == code), "{name}");
    }
}

#[test]
fn no_cell_says_null() {
    let (_bundle, sheets) = converted("null-empty-missing");
    for sheet in sheets.values() {
        assert!(sheet.rows.iter().flatten().all(|cell| !["null", "[]", "{}"].contains(&&**cell)));
    }
}

#[test]
fn unknown_keys_are_archived() {
    let (bundle, _) = converted("unknown-future-keys");
    let files = bundle.files();
    let archive: Vec<u8> =
        files.iter().filter(|(p, _)| p.starts_with("archive/")).flat_map(|f| f.1.clone()).collect();
    assert!(String::from_utf8_lossy(&archive).contains("HologramCall"));
}

#[test]
fn labels_of_stages_stay_apart() {
    let (_bundle, sheets) = converted("status-shared-label-two-pipelines");
    let mut stages = sheets["opportunities"].column("Stage");
    stages.sort_unstable();
    stages.dedup();
    assert_eq!(stages.len(), 4);
}

#[test]
fn a_removed_merge_source_leads_to_the_survivor() {
    let (_bundle, sheets) = converted("lead-merge");
    let company = sheets["companies"].one("Name", "Ziel GmbH");
    assert_eq!(sheets["notes"].column("Company / Close Id"), [&company["Close Id"]]);
}

#[test]
fn unnamed_leads_have_a_name() {
    let (_bundle, sheets) = converted("unnamed-lead");
    let people = &sheets["people"];
    for row in &people.rows {
        let name = |header| row[people.at(header)].as_str();
        let whole = format!("{}{}", name("Name / First Name"), name("Name / Last Name"));
        assert!(!whole.is_empty(), "{row:?}");
    }
}

#[test]
fn a_scalar_in_an_array_does_not_take_the_lead_with_it() {
    let bundle = cases::run(&cases::case("bad/array-of-scalars").input).expect("it converts");
    assert_eq!(bundle.summary.records["lead"].written, 2, "also the one in the inner array");
    assert!(bundle.summary.rejected() >= 4, "each scalar is set aside");
}

#[test]
fn a_type_says_more_than_the_prefix_of_an_id() {
    let bundle = cases::run(&cases::case("bad/duplicate-ids-different-content").input);
    let bundle = bundle.expect("it converts");
    let sheets = sheets(&bundle.path());
    sheets["companies"].one("Name", "Zweite Fassung GmbH");
    let files = bundle.files();
    let all: Vec<u8> = files.into_values().flatten().collect();
    assert!(String::from_utf8_lossy(&all).contains("an id with the wrong prefix"));
}
