//! Faults of headers, keys, references and the order of steps.

use super::sample::{Sample, id};
use super::{Case, assert_one, check_samples, found};

const HEADERS: &[Case<Sample>] = &[
    ("header-unknown", "by case", |s| s.rename(2, "Lead Status", "Lead status")),
    ("header-unknown", "the API's name", |s| s.rename(6, "Creation date", "createdAt")),
    ("header-unknown", "no sub-field", |s| s.rename(2, "Name / First Name", "Name / First")),
    ("header-unknown", "a field of another object", |s| {
        s.add_column(4, ("Job Title", "jobTitle", "", "TEXT"), "x");
    }),
    ("header-unknown", "a one-to-many relation", |s| {
        s.add_column(6, ("Relations / Id", "taskTargets", "id", "RELATION"), "");
    }),
    ("header-unknown", "an actor", |s| {
        s.add_column(4, ("Created by", "createdBy", "", "ACTOR"), "x");
    }),
    ("header-unknown", "deleted at", |s| {
        s.add_column(4, ("Deleted at", "deletedAt", "", "DATE_TIME"), "");
    }),
    ("header-unknown", "latitude", |s| {
        s.add_column(1, ("Address / Latitude", "address", "addressLat", "ADDRESS"), "");
    }),
    ("header-unknown", "a relation by a field that is not unique", |s| {
        s.rename(5, "Person / Close Id", "Person / Job Title");
    }),
    ("header-duplicate", "the same twice", |s| {
        s.add_column(4, ("Name", "name", "", "TEXT"), "x");
    }),
    ("phone-country-column", "even if empty", |s| {
        let column = "Phones / Primary Phone Country Code";
        s.add_column(2, (column, "phones", "primaryPhoneCountryCode", "PHONES"), "");
    }),
    ("key-missing", "visits without a key", |s| {
        for _ in 0..2 {
            s.step(5).columns.remove(0);
            s.step(5).files[0][0].remove(0);
        }
    }),
    ("column-field", "another field", |s| s.step(4).columns[2].1 = "title"),
    ("column-type", "another type", |s| s.step(4).columns[2].3 = "NUMBER"),
    ("column-sub-field", "another sub-field", |s| s.step(4).columns[3].2 = "amount"),
    ("column-sub-field", "none for a composite", |s| s.step(4).columns[3].2 = ""),
    ("column-sub-field", "another key", |s| s.step(5).columns[3].2 = "id"),
];

#[test]
fn each_bad_header_is_found() {
    check_samples(HEADERS);
}

const REFERENCES: &[Case<Sample>] = &[
    ("relation-unresolved", "no such close id", |s| s.set(5, 1, "Person / Close Id", "cont_x")),
    ("relation-unresolved", "by case", |s| s.set(5, 1, "Person / Close Id", "CONT_C")),
    ("relation-unresolved", "an id of another object", |s| {
        s.set(6, 1, "Person / Id", id(21));
    }),
    ("relation-unresolved", "no such e-mail", |s| {
        s.set(4, 1, "Point of Contact / Emails / Primary Email", "x@acme.example");
    }),
    ("relation-unresolved", "an additional e-mail is no key", |s| {
        s.set(4, 1, "Point of Contact / Emails / Primary Email", "a@acme.example");
    }),
    ("relation-unresolved", "no such domain", |s| {
        s.set(4, 1, "Company / Domain Name / Link URL", "https://acme.test.example");
    }),
    ("relation-same-file", "people of one file", |s| {
        let column = ("Referred By / Close Id", "referredBy", "closeId", "RELATION");
        s.add_column(2, column, "");
        s.set(2, 2, "Referred By / Close Id", "cont_a");
    }),
    ("relation-not-earlier", "another file of the step", |s| {
        let column = ("Referred By / Close Id", "referredBy", "closeId", "RELATION");
        s.add_column(2, column, "");
        s.set(2, 2, "Referred By / Close Id", "cont_c");
    }),
    ("relation-two-keys", "company by id as well", |s| {
        s.add_column(2, ("Company / Id", "company", "id", "RELATION"), "");
    }),
    ("second-pass-unknown", "a record no step makes", |s| s.set(3, 1, "Close Id", "cont_x")),
    ("unique-in-file", "a second pass names a record twice", |s| {
        s.step(3).files[0].push(vec!["cont_b".into(), "cont_c".into()]);
    }),
    ("step-depends-on", "visits on no people", |s| s.step(5).depends_on.clear()),
    ("step-depends-on", "by neither way", |s| s.step(2).depends_on.clear()),
    ("step-order", "on a later one", |s| s.step(5).depends_on.push(6)),
    ("step-order", "on none there is", |s| s.step(5).depends_on.push(0)),
];

/// Opportunities reach companies through people, so a broken chain shows twice.
#[test]
fn each_bad_reference_is_found() {
    let (chain, rest): (Vec<_>, Vec<_>) =
        REFERENCES.iter().copied().partition(|case| case.1 == "by neither way");
    check_samples(&rest);
    for (rule, name, plant) in chain {
        let mut sample = Sample::clean();
        plant(&mut sample);
        let found = found(&sample, |_| (), |_| (), |_| ());
        assert!(found.len() == 2 && found.iter().all(|f| f.rule == rule), "{name}: {found:#?}");
    }
}

#[test]
fn a_step_before_the_one_it_needs_is_found() {
    let mut sample = Sample::clean();
    sample.step(5).depends_on.clear();
    sample.step(5).order = 0;
    sample.steps.sort_by_key(|step| step.order);
    assert_one("relation-not-earlier", "visits first", &found(&sample, |_| (), |_| (), |_| ()));
}

#[test]
fn a_second_pass_before_its_records_is_found() {
    let mut sample = Sample::clean();
    sample.step(3).depends_on.clear();
    sample.step(3).order = 0;
    sample.steps.sort_by_key(|step| step.order);
    sample.set(0, 1, "Referred By / Close Id", "");
    assert_one("second-pass-unknown", "joined first", &found(&sample, |_| (), |_| (), |_| ()));
}

#[test]
fn references_resolve_as_the_server_compares() {
    let mut sample = Sample::clean();
    sample.set(4, 1, "Company / Domain Name / Link URL", "https://bücher.example");
    sample.set(4, 1, "Point of Contact / Emails / Primary Email", "Bob@ACME.example");
    let found = found(&sample, |_| (), |_| (), |_| ());
    assert!(found.is_empty(), "{found:?}");
}
