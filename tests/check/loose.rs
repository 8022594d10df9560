//! CSV files without a manifest, as people bring them from anywhere; and bundles of changes, which refer to
//! records of older ones.

use super::sample::{self, Sample, id};
use super::{Case, checked, checked_for, told};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Files in a folder of their own, and what is found in them.
fn loose(files: &[(&str, &str)]) -> Vec<String> {
    told(&checked(in_folder(files).path()))
}

pub fn in_folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    folder
}

/// One file, its name, and what is found in it.
type Loose = (&'static str, &'static str, &'static str, &'static [&'static str]);

const FILES: &[Loose] = &[
    ("nothing to say", "people.csv", "Emails / Primary Email,Job Title\nada@x.example,Boss\n", &[]),
    (
        "semicolons",
        "people.csv",
        "Emails / Primary Email;Job Title\nada@x.example;Boss, of all\n",
        &[],
    ),
    (
        "a line that says the delimiter",
        "people.csv",
        "sep=;\r\nEmails / Primary Email;Job Title\r\nada@x.example;Boss\r\n",
        &[],
    ),
    (
        "headers people write",
        "contacts of ours.csv",
        "First Name,Last Name,Job Title\nAda,Byron,Boss\n",
        &[
            "header-inexact contacts of ours 0 [First Name]",
            "header-inexact contacts of ours 0 [Last Name]",
        ],
    ),
    (
        "phones land among the additional ones",
        "people.csv",
        "Last Name,Phone\nByron,+12025550123\n",
        &[
            "header-inexact people 0 [Last Name]",
            "header-inexact people 0 [Phone]",
            "phones people 1 [Phone]",
            "phones-without-primary people 1 [Phone]",
        ],
    ),
    (
        "a company's name for its id",
        "people.csv",
        "Job Title,Company\nBoss,Acme\n",
        &["header-inexact people 0 [Company]", "uuid people 1 [Company]"],
    ),
    (
        "a comma file with many semicolons",
        "people.csv",
        "Job Title,Emails / Primary Email\na;b;c;d;e;f,ada@x.example\n",
        &["file-delimiter people 0 []"],
    ),
    ("Id first", "companies.csv", "ID,Name\n00000000-0000-5000-8000-000000000001,Acme\n", &[]),
    (
        "blank lines first",
        "notes.csv",
        "\n,,\nTitle\nx\n",
        &["line-blank notes 0 []", "line-delimiters notes 0 []"],
    ),
];

/// A bundle of changes: nobody but one task, whose person an older bundle made.
fn changes(person: &str, workspace: Option<&str>) -> Vec<String> {
    let mut sample = Sample::clean();
    sample.steps.retain(|step| step.order == 5);
    sample.step(5).depends_on.clear();
    sample.set(5, 1, "Person / Close Id", person);
    let csv = sample.csv();
    let mut manifest = sample.manifest(&csv);
    let state = "\"close_id\",\"at\",\"hash\"\n\"cont_old\",\"\",\"00\"\n";
    manifest["since"] = json!({"manifest_sha256": ""});
    let bytes = state.len();
    manifest["state"] =
        json!([{"object": "person", "step": "people", "path": "state/people.csv", "bytes": bytes}]);
    let folder = tempfile::tempdir().expect("a folder");
    sample::write(folder.path(), &csv, &manifest);
    std::fs::create_dir(folder.path().join("state")).expect("a folder");
    std::fs::write(folder.path().join("state/people.csv"), state).expect("a file");
    told(&checked_for(folder.path(), workspace))
}

/// A manifest that says nothing: the files are checked all the same.
fn without_manifest(manifest: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut sample = Sample::clean();
    sample.schema = Value::Null;
    sample.steps.retain(|step| step.order == 1);
    sample.step(1).columns.remove(1);
    for row in sample.step(1).files.iter_mut().flatten() {
        row.remove(1);
    }
    let csv = sample.csv();
    sample::write(folder.path(), &csv, &Value::Null);
    std::fs::write(folder.path().join("manifest.json"), manifest).expect("a file");
    // Reports are no tables to import.
    std::fs::create_dir(folder.path().join("reports")).expect("a folder");
    std::fs::write(folder.path().join("reports/names.csv"), "a,b\n1,2\n").expect("a file");
    told(&checked(folder.path()))
}

pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = FILES
        .iter()
        .map(|(name, file, text, expected)| {
            Case::new(format!("loose: {name}"), expected, || loose(&[(file, text)]))
        })
        .collect();
    all.push(Case::new("loose: a folder in the order of import", &["relation-unresolved people 2 [Company / Domain Name / Link URL]"], || {
        loose(&[
            ("people.csv", "Job Title,Company / Domain Name / Link URL\nBoss,https://acme.example\nMaid,https://bee.example\n"),
            ("companies.csv", "Name,Domain Name / Link URL\nAcme,https://acme.example\n"),
        ])
    }));
    all.push(Case::new(
        "loose: a second file of the same people",
        &["unique-across-files people-2 1 [Emails / Primary Email]"],
        || {
            loose(&[
                ("people-1.csv", "Emails / Primary Email,Job Title\nada@x.example,Boss\n"),
                ("people-2.csv", "Emails / Primary Email,Job Title\nADA@x.example,Maid\n"),
            ])
        },
    ));
    all.push(Case::new("changes: a record of an older bundle", &[], || changes("cont_old", None)));
    all.push(Case::new(
        "changes: a record of none",
        &["relation-elsewhere site-visits-0001 1 [Person / Close Id]"],
        || changes("cont_x", None),
    ));
    all.push(Case::new("a manifest that is none", &["manifest-shape manifest.json 0 []"], || {
        without_manifest("{")
    }));
    all.push(Case::new("a manifest without steps", &["manifest-shape manifest.json 0 []"], || {
        without_manifest(r#"{"format":"close2twenty-bundle","version":1}"#)
    }));
    all
}

/// Many rows of people, with an e-mail each.
pub fn people(rows: usize) -> String {
    let mut text = String::from("\"Id\",\"Emails / Primary Email\",\"Job Title\"\n");
    for n in 0..rows {
        writeln!(text, "\"{}\",\"p{n}@x.example\",\"Line\n{n}\"", id(n)).expect("a string");
    }
    text
}
