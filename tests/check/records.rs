//! Faults of headers, and of records among one another: keys, references, order.

use super::sample::{Sample, id};
use super::{Case, Plant, checked_for, of, plants, sample, told};

const HEADERS: &[Plant] = &[
    (
        "the API's name",
        &["header-unmatched tasks-0001 0 [createdAt]", "header-unmatched tasks-0002 0 [createdAt]"],
        |s| {
            s.rename(6, "Creation date", "createdAt");
        },
    ),
    ("in another case", &[], |s| s.rename(2, "Lead Status", "lead status")),
    ("a field of another object", &["header-unmatched opportunities-0001 0 [Job Title]"], |s| {
        s.add_column(4, ("Job Title", "jobTitle", "", "TEXT"), "x");
    }),
    ("an actor", &["header-unmatched opportunities-0001 0 [Created by]"], |s| {
        s.add_column(4, ("Created by", "createdBy", "", "ACTOR"), "x");
    }),
    (
        "a label nearly right",
        &["header-inexact people-0001 0 [Lead Statu]", "header-inexact people-0002 0 [Lead Statu]"],
        |s| {
            s.rename(2, "Lead Status", "Lead Statu");
        },
    ),
    ("a column that lands elsewhere", &["header-wrong-field site-visits-0001 0 [Creation]"], |s| {
        s.add_column(5, ("Creation", "topic", "", "TEXT"), "");
    }),
    (
        "a column that takes another's field",
        &["header-inexact site-visits-0001 0 [Nam]", "header-taken site-visits-0001 0 [Name]"],
        |s| {
            s.step(5).columns.insert(0, ("Nam", "name", "", "TEXT"));
            for row in s.step(5).files.iter_mut().flatten() {
                row.insert(0, "x".into());
            }
        },
    ),
    ("the same twice", &["header-duplicate opportunities-0001 0 [Name]"], |s| {
        s.add_column(4, ("Name", "name", "", "TEXT"), "x");
    }),
    ("none", &["header-blank opportunities-0001 0 []"], |s| {
        s.add_column(4, ("", "name", "", "TEXT"), "x");
    }),
    ("no key", &["key-missing site-visits-0001 0 []"], |s| {
        for _ in 0..2 {
            s.step(5).columns.remove(0);
            s.step(5).files[0][0].remove(0);
        }
    }),
    ("another field", &["column-meaning opportunities-0001 0 [Name]"], |s| {
        s.step(4).columns[2].1 = "title";
    }),
    ("another type", &["column-meaning opportunities-0001 0 [Name]"], |s| {
        s.step(4).columns[2].3 = "NUMBER";
    }),
    ("another sub-field", &["column-meaning opportunities-0001 0 [Amount / Amount]"], |s| {
        s.step(4).columns[3].2 = "amount";
    }),
    ("another key", &["column-meaning site-visits-0001 0 [Person / Close Id]"], |s| {
        s.step(5).columns[3].2 = "id";
    }),
];

const UNIQUE: &[Plant] = &[
    (
        "an e-mail by case",
        &[
            "unique-in-file people-0001 1 [Emails / Primary Email]",
            "unique-in-file people-0001 2 [Emails / Primary Email]",
        ],
        |s| s.set(2, 2, "Emails / Primary Email", "ADA@Acme.example"),
    ),
    (
        "a Close id by case",
        &[
            "unique-in-file opportunities-0001 1 [Close Id]",
            "unique-in-file opportunities-0001 2 [Close Id]",
        ],
        |s| s.set(4, 2, "Close Id", "OPPO_1"),
    ),
    (
        "a host",
        &[
            "unique-in-file companies-0001 1 [Domain Name / Link URL]",
            "unique-in-file companies-0001 3 [Domain Name / Link URL]",
        ],
        |s| s.set(1, 3, "Domain Name / Link URL", "https://ACME.example/"),
    ),
    (
        "a second pass",
        &[
            "unique-in-file people-referrers-0001 1 [Close Id]",
            "unique-in-file people-referrers-0001 2 [Close Id]",
        ],
        |s| s.step(3).files[0].push(vec!["cont_b".into(), "cont_c".into()]),
    ),
    (
        "an e-mail of another file",
        &["unique-across-files people-0002 1 [Emails / Primary Email]"],
        |s| {
            s.step(2).files[1][0][3] = "BOB@acme.example".into();
        },
    ),
    ("a Close id of another file", &["unique-across-files tasks-0002 1 [Close Id]"], |s| {
        s.step(6).files[1][0][1] = "acti_2".into();
    }),
    (
        "both keys of one record of another file",
        &["unique-across-files tasks-0002 1 [Id]", "unique-across-files tasks-0002 1 [Close Id]"],
        |s| {
            s.step(6).files[1][0][0] = id(42);
            s.step(6).files[1][0][1] = "acti_2".into();
        },
    ),
    ("keys of two records of another file", &["unique-two-records tasks-0002 1 [Close Id]"], |s| {
        s.step(6).files[1][0][0] = id(41);
        s.step(6).files[1][0][1] = "acti_2".into();
    }),
    ("by case, in another file", &[], |s| s.step(6).files[1][0][1] = "ACTI_2".into()),
    ("an older task below", &["chronology tasks-0001 2 [Creation date]"], |s| {
        s.set(6, 2, "Creation date", "2022-12-31T21:59:59Z");
    }),
    ("an older task in the next file", &["chronology tasks-0002 1 [Creation date]"], |s| {
        s.step(6).files[1][0][6] = "2022-12-31T22:59:59Z".into();
    }),
];

const REFERENCES: &[Plant] = &[
    ("no such Close id", &["relation-unresolved site-visits-0001 1 [Person / Close Id]"], |s| {
        s.set(5, 1, "Person / Close Id", "cont_x");
    }),
    ("by case", &["relation-unresolved site-visits-0001 1 [Person / Close Id]"], |s| {
        s.set(5, 1, "Person / Close Id", "CONT_C");
    }),
    ("an id of another object", &["relation-unresolved tasks-0001 1 [Person / Id]"], |s| {
        s.set(6, 1, "Person / Id", id(21));
    }),
    (
        "an additional e-mail is no key",
        &["relation-unresolved opportunities-0001 1 [Point of Contact / Emails / Primary Email]"],
        |s| {
            s.set(4, 1, "Point of Contact / Emails / Primary Email", "a@acme.example");
        },
    ),
    (
        "no such domain",
        &["relation-unresolved opportunities-0001 1 [Company / Domain Name / Link URL]"],
        |s| {
            s.set(4, 1, "Company / Domain Name / Link URL", "https://acme.test.example");
        },
    ),
    (
        "a person of the same batch",
        &["relation-same-batch people-0001 2 [Referred By / Close Id]"],
        |s| {
            s.add_column(2, ("Referred By / Close Id", "referredBy", "closeId", "RELATION"), "");
            s.set(2, 2, "Referred By / Close Id", "cont_a");
        },
    ),
    (
        "a person of the next file",
        &["relation-later people-0001 2 [Referred By / Close Id]"],
        |s| {
            s.add_column(2, ("Referred By / Close Id", "referredBy", "closeId", "RELATION"), "");
            s.set(2, 2, "Referred By / Close Id", "cont_c");
        },
    ),
    ("a person of the file before", &[], |s| {
        s.add_column(2, ("Referred By / Close Id", "referredBy", "closeId", "RELATION"), "");
        s.step(2).files[1][0].pop();
        s.step(2).files[1][0].push("cont_a".into());
    }),
    (
        "rows by different keys",
        &["relation-mixed-keys opportunities-0001 2 [Company / Close Id]"],
        |s| {
            s.add_column(4, ("Company / Close Id", "company", "closeId", "RELATION"), "");
            s.set(4, 2, "Company / Close Id", "lead_2");
        },
    ),
    ("two keys of one record", &[], |s| {
        s.add_column(4, ("Company / Close Id", "company", "closeId", "RELATION"), "");
        s.set(4, 1, "Company / Close Id", "lead_1");
    }),
    (
        "two keys of two records",
        &["relation-two-keys opportunities-0001 1 [Company / Close Id]"],
        |s| {
            s.add_column(4, ("Company / Close Id", "company", "closeId", "RELATION"), "");
            s.set(4, 1, "Company / Close Id", "lead_2");
        },
    ),
    ("a key the importer refuses is not looked up", &["uuid tasks-0001 1 [Person / Id]"], |s| {
        s.set(6, 1, "Person / Id", "Ada");
    }),
    ("a record no step makes", &["second-pass-unknown people-referrers-0001 1 [Close Id]"], |s| {
        s.set(3, 1, "Close Id", "cont_x");
    }),
    ("visits on no people", &["step-depends-on site-visits-0001 0 []"], |s| {
        s.step(5).depends_on.clear();
    }),
    (
        "a chain that is broken",
        &["step-depends-on people-0001 0 []", "step-depends-on opportunities-0001 0 []"],
        |s| {
            s.step(2).depends_on.clear();
        },
    ),
    ("on a later step", &["step-order manifest.json 0 [csv/05-site-visits]"], |s| {
        s.step(5).depends_on.push(6);
    }),
    ("on a step there is none", &["step-order manifest.json 0 [csv/05-site-visits]"], |s| {
        s.step(5).depends_on.push(0);
    }),
    ("visits first", &["relation-later site-visits-0001 1 [Person / Close Id]"], |s| {
        s.step(5).depends_on.clear();
        s.step(5).order = 0;
        s.steps.sort_by_key(|step| step.order);
    }),
    ("as the server compares", &[], |s| {
        s.set(4, 1, "Company / Domain Name / Link URL", "https://bücher.example");
        s.set(4, 1, "Point of Contact / Emails / Primary Email", "Bob@ACME.example");
    }),
];

/// A sample in a workspace that is Twenty's own with these members.
fn in_workspace(plant: fn(&mut Sample), workspace: &'static str) -> Vec<String> {
    let mut sample = Sample::clean();
    plant(&mut sample);
    let folder = tempfile::tempdir().expect("a folder");
    let csv = sample.csv();
    sample::write(folder.path(), &csv, &sample.manifest(&csv));
    told(&checked_for(folder.path(), Some(workspace)))
}

const MEMBERS: &str =
    r#"{"members":[{"email":"o@x.example","id":"00000000-0000-4000-8000-000000000077"}]}"#;

pub fn cases() -> Vec<Case> {
    let mut all = plants("headers", HEADERS);
    all.extend(plants("unique", UNIQUE));
    all.extend(plants("references", REFERENCES));
    all.push(Case::new("a member the workspace has", &[], || in_workspace(|_| (), MEMBERS)));
    all.push(Case::new(
        "a member it does not have",
        &["member-unknown companies-0001 1 [Account Owner / User Email]"],
        || in_workspace(|s| s.set(1, 1, "Account Owner / User Email", "p@x.example"), MEMBERS),
    ));
    all.push(Case::new(
        "a member in another case",
        &["member-form companies-0001 1 [Account Owner / User Email]"],
        || in_workspace(|s| s.set(1, 1, "Account Owner / User Email", "O@X.example"), MEMBERS),
    ));
    all.push(Case::new("a self-reference far above", &[], || {
        let mut sample = Sample::clean();
        sample.steps.retain(|step| step.order <= 2);
        let column = ("Referred By / Close Id", "referredBy", "closeId", "RELATION");
        sample.add_column(2, column, "");
        let template = sample.step(2).files[0][1].clone();
        let row = |n: usize| {
            let mut row = template.clone();
            row[0] = id(1000 + n);
            row[1] = format!("cont_{n}");
            row[3] = format!("{n}@acme.example");
            row
        };
        let mut rows: Vec<Vec<String>> = (0..201).map(row).collect();
        rows[200].pop();
        rows[200].push("cont_0".into());
        sample.step(2).files[0] = rows;
        of(&sample)
    }));
    all
}
