//! Fuse.js's own answers, kept in `testdata/twenty/`, and what follows from the importer's rule.

use super::*;
use indexmap::IndexMap;
use serde::Deserialize;

/// The labels the importer offers for the standard objects, against headers as people write them.
const STANDARD: &str = include_str!("../../../testdata/twenty/fuse-7.1.0.json");
/// Made-up labels and headers.
const RANDOM: &str = include_str!("../../../testdata/twenty/fuse-7.1.0-random.json");

#[derive(Deserialize)]
struct Standard {
    version: String,
    labels: IndexMap<String, Vec<String>>,
    hits: Vec<(String, IndexMap<String, Flat>)>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    set: String,
    headers: Vec<String>,
    fields: Vec<Option<usize>>,
}

#[derive(Deserialize)]
struct Random {
    sets: Vec<Set>,
}

#[derive(Deserialize)]
struct Set {
    labels: Vec<String>,
    hits: Vec<(String, Flat)>,
}

/// Label index, score, label index, score.
type Flat = Vec<f64>;

fn standard() -> Standard {
    let vectors: Standard = serde_json::from_str(STANDARD).unwrap();
    assert_eq!(vectors.version, "7.1.0");
    vectors
}

/// Same labels, same order, same scores. Engines differ in the last bits of a power.
fn compare(labels: &[String], header: &str, expected: &[f64]) {
    let found = search(labels, header);
    let places: Vec<f64> = found.iter().map(|hit| hit.index as f64).collect();
    let expected_places: Vec<f64> = expected.iter().step_by(2).copied().collect();
    assert_eq!(places, expected_places, "{header:?} in {labels:?}");
    for (hit, score) in found.iter().zip(expected.iter().skip(1).step_by(2)) {
        assert!((hit.score - score).abs() < 1e-12, "{header:?}: {hit:?}, not {score}");
    }
}

#[test]
fn standard_labels_are_found_as_fuse_finds_them() {
    let vectors = standard();
    let mut hits = 0;
    for (header, sets) in &vectors.hits {
        for (name, labels) in &vectors.labels {
            let expected = sets.get(name).map_or(&[] as &[f64], Vec::as_slice);
            compare(labels, header, expected);
            hits += expected.len() / 2;
        }
    }
    assert!(vectors.hits.len() > 500 && hits > 2_000, "{hits} hits");
}

#[test]
fn made_up_labels_are_found_as_fuse_finds_them() {
    let vectors: Random = serde_json::from_str(RANDOM).unwrap();
    let (mut pairs, mut hits) = (0, 0);
    for set in &vectors.sets {
        for (header, expected) in &set.hits {
            compare(&set.labels, header, expected);
            pairs += set.labels.len();
            hits += expected.len() / 2;
        }
    }
    assert!(pairs > 5_000 && hits > 1_000, "{hits} hits in {pairs} pairs");
}

#[test]
fn rows_of_headers_are_matched_as_the_importer_matches_them() {
    let vectors = standard();
    for row in &vectors.rows {
        let found = match_columns(&vectors.labels[&row.set], &row.headers);
        let fields: Vec<_> = found.iter().map(|found| found.field).collect();
        assert_eq!(fields, row.fields, "{}: {:?}", row.set, row.headers);
    }
    assert!(vectors.rows.len() > 50);
}

/// Every offered label, in the offered order and in the reverse, finds its own field.
#[test]
fn exact_labels_find_their_fields() {
    let vectors = standard();
    for object in ["company", "person", "opportunity", "task", "note"] {
        let mut headers: Vec<(usize, &String)> =
            vectors.labels[object].iter().enumerate().collect();
        for _ in 0..2 {
            headers.reverse();
            let row: Vec<_> = headers.iter().map(|(_, header)| header.as_str()).collect();
            for (found, (place, _)) in
                match_columns(&vectors.labels[object], &row).iter().zip(&headers)
            {
                assert_eq!(*found, Match { field: Some(*place), why: Why::Exact });
            }
        }
    }
}

/// What was measured of the importer itself (`twenty-importer.md` §2.4): the label, or none.
#[test]
fn the_importers_known_surprises() {
    const OBJECTS: &[(&str, &[(&str, &str)])] = &[
        (
            "company",
            &[
                ("Account Owner Id", "Account Owner / Id"),
                ("Account Owner (ID)", ""),
                ("Account Owner", "Account Owner / Id"),
                ("companyDomain", ""),
                ("Domain", ""),
                ("Domain Name", ""),
                ("Domain / Domain URL", ""),
                ("City", "Address / City"),
                ("Linkedin", ""),
                ("Created At", ""),
                ("ID", "Id"),
                ("Industry", ""),
            ],
        ),
        (
            "person",
            &[
                ("Company Id", "Company / Id"),
                ("Company (ID)", ""),
                ("Company", "Company / Id"),
                ("Company / Domain Name", "Company / Domain Name / Link URL"),
                ("firstName", "Name / First Name"),
                ("Last Name", "Name / Last Name"),
                ("Name", ""),
                ("Email", ""),
                ("Phone", "Phones / Additional Phones"),
                ("Phones", "Phones / Additional Phones"),
                ("Title", "Job Title"),
            ],
        ),
        (
            "opportunity",
            &[
                ("Owner Id", ""),
                ("Owner", "Owner / Id"),
                ("Point of Contact Id", "Point of Contact / Id"),
                ("Amount", ""),
                ("Currency", "Amount / Currency"),
                ("Stage Name", ""),
            ],
        ),
        (
            "task",
            &[
                ("Assignee Id", "Assignee / Id"),
                ("Relations", "Creation date"),
                ("Body", "Body / Markdown"),
                ("Due At", "Due Date"),
                ("createdAt", ""),
            ],
        ),
    ];
    let vectors = standard();
    for (object, cases) in OBJECTS {
        let labels = &vectors.labels[*object];
        for (header, label) in *cases {
            let found = match_columns(labels, &[header])[0];
            let found = found.field.map_or("", |field| &labels[field]);
            assert_eq!(found, *label, "{header:?} of {object}");
        }
    }
}

#[test]
fn a_match_says_why() {
    let labels = ["Id", "Company / Id", "Name", "Name", "Stage", "Close date"];
    let headers = ["id", "stagge", "ID", "Name", "", "Completely unlike", "Company Id", "Stage"];
    let found: Vec<_> = match_columns(&labels, &headers).into_iter().map(|m| m.why).collect();
    assert_eq!(found[0], Why::Exact);
    assert!(matches!(found[1], Why::Fuzzy(score) if score > 0.1 && score < 0.4), "{found:?}");
    assert_eq!(found[2], Why::TakenBy(0), "equal headers: the second one is left out");
    assert_eq!(found[3], Why::Ambiguous, "two fields with one label");
    assert_eq!(found[4], Why::None);
    assert_eq!(found[5], Why::None);
    assert!(matches!(found[6], Why::Fuzzy(_)), "{found:?}");
    assert_eq!(found[7], Why::TakenBy(1), "a misspelt header further left took it");
}

#[test]
fn nothing_is_found_where_nothing_is() {
    let none: [&str; 0] = [];
    assert!(search(&none, "Name").is_empty());
    assert!(search(&["Name"], "").is_empty());
    assert!(search(&["", " ", "\t\u{a0}\u{feff}"], " ").is_empty());
    assert!(match_columns(&none, &["Name"]).iter().all(|found| found.field.is_none()));
    assert!(match_columns(&["Name"], &none).is_empty());
}

/// One error in a label of four words is as good as four (or five) in a label of one.
#[test]
fn equal_scores_are_equal() {
    const CASES: &[(&str, [&str; 2])] = &[
        ("abcdefghijklmnop", ["abcdefghijkl____", "0 1 2 abcdefghijklmno_"]),
        (
            "qrstuvwxyz9876543210mlkji",
            ["qrstuvwxyz9876543210_____", "0 1 2 qrstuvwxyz9876543210mlkj_"],
        ),
    ];
    for (header, labels) in CASES {
        let found = match_columns(labels, &[header]);
        assert_eq!(found, [Match { field: None, why: Why::Ambiguous }]);
        assert!(match_columns(&labels[..1], &[header])[0].field.is_some());
    }
}
