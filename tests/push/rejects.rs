//! Rows the server refuses: exactly those, in few requests, in a list that can be repaired and pushed.

use crate::fake_twenty::FakeTwenty;
use crate::workbench::Workbench;
use std::path::Path;

/// Puts a value the server refuses into the named column of these rows.
pub fn plant(bundle: &Path, file: &str, column: &str, rows: &[usize], value: &str) {
    let path = bundle.join(file);
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let at = headers.iter().position(|header| header == column).unwrap();
    let all: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut writer =
        csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_path(&path).unwrap();
    writer.write_record(&headers).unwrap();
    for (number, row) in all.iter().enumerate() {
        let cells = row.iter().enumerate();
        let cells =
            cells.map(|(i, cell)| if i == at && rows.contains(&number) { value } else { cell });
        writer.write_record(cells).unwrap();
    }
    writer.flush().unwrap();
}

#[test]
fn exactly_the_bad_rows_are_refused_and_their_repaired_list_pushes_clean() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let bad = [3, 17, 18, 60, 82];
    // The program cannot know that the server refuses it: an address without a dot.
    plant(
        &bench.bundle(),
        "csv/02-people/people-0001.csv",
        "Emails / Primary Email",
        &bad,
        "nobody@nowhere",
    );
    let said = bench.push(&twenty, &["--format", "json"], 3);
    assert_eq!(said.outcome()["rejected"], 5, "{}", said.stderr);
    assert_eq!(twenty.records("person").len(), 83 - 5);
    let calls = twenty.calls().iter().filter(|call| call.root == "createPeople").count();
    let bound = 1.0 + 2.0 * bad.len() as f64 * 200_f64.log2();
    assert!(calls as f64 <= bound, "{calls} requests, {bound} allowed");
    let list = bench.journal().join("push-rejects.csv");
    let text = std::fs::read_to_string(&list).unwrap();
    assert_eq!(
        text.matches("nobody@nowhere").count(),
        10,
        "in the cell and in the reason:\n{text}"
    );
    // Twice the same bundle: what was refused is not sent again.
    let again = bench.push(&twenty, &["--format", "json"], 3);
    assert_eq!(again.outcome()["rejected"], 5);
    let repaired = bench.path().join("repaired.csv");
    std::fs::write(&repaired, text.replace("\"nobody@nowhere\"", "\"\"")).unwrap();
    let clean =
        bench.push(&twenty, &["--format", "json", "--rejects", repaired.to_str().unwrap()], 0);
    assert_eq!(
        (clean.outcome()["rejected"].as_u64(), twenty.records("person").len()),
        (Some(0), 83)
    );
    assert!(!list.exists());
    let dump = twenty.dump();
    bench.push(&twenty, &[], 0);
    assert_eq!(twenty.dump(), dump, "the bundle's own rows do not come back");
    assert_eq!(twenty.invalid_documents(), Vec::<String>::new());
    // What hung on the refused rows hangs on them now.
    let fresh = FakeTwenty::start();
    let whole = Workbench::sample();
    plant(&whole.bundle(), "csv/02-people/people-0001.csv", "Emails / Primary Email", &bad, "");
    whole.push(&fresh, &[], 0);
    let links = |twenty: &FakeTwenty| {
        twenty.records("taskTarget").len() + twenty.records("noteTarget").len()
    };
    assert_eq!(links(&twenty), links(&fresh));
}

#[test]
fn a_list_that_is_none_is_told() {
    let (twenty, bench) = (FakeTwenty::start(), Workbench::sample());
    let file = bench.path().join("list.csv");
    std::fs::write(&file, "a,b\n1,2\n").unwrap();
    let said = bench.run(&twenty, "push", &["--rejects", file.to_str().unwrap()]);
    assert_eq!(said.code, Some(2), "{}", said.stderr);
    assert!(said.stderr.contains("C2T-E348"), "{}", said.stderr);
}
