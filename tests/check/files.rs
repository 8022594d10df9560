//! Faults of bytes and lines, of checksums, and of the manifest itself.

use super::sample::{Sample, id};
use super::{Case, planted, told};
use serde_json::{Value, json};

const VISITS: &str = "csv/05-site-visits/site-visits-0001.csv";

/// Text put in place of other text, in the file of site visits.
type Bytes = (&'static str, &'static [&'static str], &'static [u8], &'static [u8]);

const BYTES: &[Bytes] = &[
    ("an unquoted cell", &["file-unquoted site-visits-0001 1 [Name]"], b"\"Visit\"", b"Visit"),
    ("an unquoted header", &["file-unquoted site-visits-0001 0 [Name]"], b"\"Name\"", b"Name"),
    (
        "a blank before the quote",
        &["quote-misplaced site-visits-0001 1 [Name]"],
        b"\"Visit\"",
        b" \"Visit\"",
    ),
    (
        "text behind the quote",
        &["quote-misplaced site-visits-0001 1 [Name]"],
        b"\"Visit\"",
        b"\"Visit\" ",
    ),
    // The quote inside closes the cell, and the one behind it opens it again.
    (
        "a quote inside of a text",
        &["quote-unclosed site-visits-0001 1 [Name]", "file-rows site-visits-0001 0 []"],
        b"\"Visit\"",
        b"\"Vi\"sit\"",
    ),
    (
        "a cell split at its quote",
        &[
            "quote-misplaced site-visits-0001 1 [Name]",
            "quote-misplaced site-visits-0001 1 [Person / Close Id]",
            "row-long site-visits-0001 1 []",
            "key-blanks site-visits-0001 1 [Person / Close Id]",
            "relation-unresolved site-visits-0001 1 [Person / Close Id]",
        ],
        b"\"Visit\"",
        b"A \"Visit, all\"",
    ),
    ("an empty unquoted cell", &["file-unquoted site-visits-0001 1 [Name]"], b"\"Visit\"", b""),
    (
        "no closing quote",
        &[
            "quote-unclosed site-visits-0001 1 [Person / Close Id]",
            "file-rows site-visits-0001 0 []",
        ],
        b"\"cont_c\"\n",
        b"\"cont_c",
    ),
    (
        "no closing quote in the header",
        &["quote-unclosed site-visits-0001 0 []"],
        b"Close Id\"\n",
        b"Close Id\n",
    ),
    (
        "an empty line",
        &["line-blank site-visits-0001 1 []"],
        b"Close Id\"\n\"",
        b"Close Id\"\n\n\"",
    ),
    (
        "an empty line at the end",
        &["line-blank site-visits-0001 2 []"],
        b"\"cont_c\"\n",
        b"\"cont_c\"\n\n",
    ),
    (
        "delimiters alone",
        &["line-delimiters site-visits-0001 2 []"],
        b"\"cont_c\"\n",
        b"\"cont_c\"\n,,,\n",
    ),
    (
        "empty cells alone",
        &["line-delimiters site-visits-0001 2 []"],
        b"\"cont_c\"\n",
        b"\"cont_c\"\n\"\",\"\",\"\",\"\"\n",
    ),
    (
        "a bare carriage return",
        &["line-end site-visits-0001 0 []"],
        b"\"cont_c\"\n",
        b"\"cont_c\"\r",
    ),
    ("Latin-1", &["cell-encoding site-visits-0001 1 [Name]"], b"Visit", b"Visit\xE9"),
    (
        "two byte order marks",
        &["file-two-boms site-visits-0001 0 []"],
        b"\"Id\"",
        b"\xEF\xBB\xBF\xEF\xBB\xBF\"Id\"",
    ),
    ("HTML", &["file-sniffed site-visits-0001 0 []"], b"\"Id\"", b"<html>\"Id\""),
    ("a DIF file", &["file-sniffed site-visits-0001 0 []"], b"\"Id\"", b"TABLE\"Id\""),
    ("a workbook", &["file-sniffed site-visits-0001 0 []"], b"\"Id\"", b"PK\x03\x04\"Id\""),
    ("a cell too many", &["row-long site-visits-0001 1 []"], b"\"cont_c\"", b"\"cont_c\",\"x\""),
    ("a cell too few", &["row-short site-visits-0001 1 []"], b",\"cont_c\"", b""),
    (
        "another header",
        &["columns-differ site-visits-0001 0 []", "date site-visits-0001 1 [Last update]"],
        b"\"Name\"",
        b"\"Last update\"",
    ),
    (
        "another order",
        &["columns-differ site-visits-0001 0 []", "uuid site-visits-0001 1 [Id]"],
        b"\"Id\",\"Close Id\"",
        b"\"Close Id\",\"Id\"",
    ),
];

fn replace(bytes: &mut Vec<u8>, from: &[u8], to: &[u8]) {
    let at = bytes.windows(from.len()).position(|part| part == from).expect("the text");
    bytes.splice(at..at + from.len(), to.iter().copied());
}

/// The findings when the file of site visits is something else; its one row is gone from the manifest too.
fn visits(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Vec<String> {
    let change = |csv: &mut super::Csv| {
        let bytes = csv.remove(VISITS).expect("visits");
        csv.insert(VISITS.into(), change(bytes));
    };
    told(&planted(&Sample::clean(), change, |_| ()))
}

fn bytes((name, expected, from, to): &'static Bytes) -> Case {
    Case::new(format!("bytes: {name}"), expected, || {
        visits(|mut bytes| {
            replace(&mut bytes, from, to);
            bytes
        })
    })
}

/// Faults of the manifest.
type InManifest = (&'static str, &'static [&'static str], fn(&mut Value));

const MANIFEST: &[InManifest] = &[
    ("another format", &["manifest-format manifest.json 0 []"], |m| m["format"] = json!("x")),
    ("another version", &["manifest-format manifest.json 0 []"], |m| m["version"] = json!(2)),
    ("another size", &["file-edited site-visits-0001 0 []"], |m| {
        m["steps"][4]["files"][0]["bytes"] = json!(1);
    }),
    ("another digest", &["file-edited site-visits-0001 0 []"], |m| {
        m["steps"][4]["files"][0]["sha256"] = json!("00");
    }),
    ("more rows", &["file-rows site-visits-0001 0 []"], |m| {
        m["steps"][4]["files"][0]["rows"] = json!(2);
    }),
    ("an order twice", &["step-order manifest.json 0 [csv/06-tasks]"], |m| {
        m["steps"][5]["order"] = json!(5);
    }),
    ("outside its folder", &["file-path manifest.json 0 [csv/x]"], |m| {
        m["steps"][4]["folder"] = json!("csv/x");
    }),
    (
        "a file twice",
        &[
            "file-path manifest.json 0 [csv/05-site-visits]",
            "unique-across-files site-visits-0001 1 [Id]",
            "unique-across-files site-visits-0001 1 [Close Id]",
        ],
        |m| {
            let file = m["steps"][4]["files"][0].clone();
            m["steps"][4]["files"].as_array_mut().expect("a list").push(file);
        },
    ),
    ("a file in no step", &["file-unlisted site-visits-0001 0 []"], |m| {
        m["steps"][4]["files"] = json!([]);
    }),
    ("a file that is not there", &["file-missing site-visits-0002 0 []"], |m| {
        let mut file = m["steps"][4]["files"][0].clone();
        file["path"] = json!("csv/05-site-visits/site-visits-0002.csv");
        m["steps"][4]["files"].as_array_mut().expect("a list").push(file);
    }),
    (
        "a path out of the bundle",
        &["file-path manifest.json 0 [csv/05-site-visits]", "file-missing passwd 0 []"],
        |m| {
            let mut file = m["steps"][4]["files"][0].clone();
            file["path"] = json!("csv/05-site-visits/../../../../etc/passwd");
            m["steps"][4]["files"].as_array_mut().expect("a list").push(file);
        },
    ),
    (
        "members cannot be imported",
        &[
            "step-object manifest.json 0 [csv/05-site-visits]",
            "header-unmatched site-visits-0001 0 [Close Id]",
            "header-unmatched site-visits-0001 0 [Person / Close Id]",
            "header-ambiguous site-visits-0001 0 [Name]",
        ],
        |m| {
            m["steps"][4]["object"] = json!("workspaceMember");
        },
    ),
    (
        "an object there is none",
        &["step-object manifest.json 0 [csv/05-site-visits]", "key-missing site-visits-0001 0 []"],
        |m| {
            m["steps"][4]["object"] = json!("spaceship");
        },
    ),
    ("a link of no column", &["link-column manifest.json 0 [task]"], |m| {
        m["links"] = json!([{"object": "task", "header": "Lead / Close Id", "target": "person"}]);
    }),
    ("a link of a column", &[], |m| {
        m["links"] = json!([{"object": "task", "header": "Person / Id", "target": "person"}]);
    }),
    ("a part that is not there", &["part-missing manifest.json 0 [state/tasks.csv]"], |m| {
        m["state"] = json!([{"object": "task", "step": "tasks", "path": "state/tasks.csv", "rows": 1, "bytes": 1, "sha256": "00"}]);
    }),
    (
        "a part that was changed",
        &["part-edited manifest.json 0 [csv/06-tasks/tasks-0001.csv]"],
        |m| {
            m["attachments"] =
                json!({"index": {"path": "csv/06-tasks/tasks-0001.csv", "sha256": "00"}});
        },
    ),
];

fn many(rows: usize, text: &str) -> Sample {
    let mut sample = Sample::clean();
    let row = |n| vec![id(1000 + n), format!("v_{n}"), text.to_owned(), String::new()];
    sample.step(5).files[0] = (0..rows).map(row).collect();
    sample
}

/// Findings of a sample, its files as they are.
/// A sample with 501 columns.
fn wide() -> Sample {
    let mut sample = Sample::clean();
    for n in 0..497 {
        let (name, label): (&str, &str) =
            (format!("extra{n}").leak(), format!("Number {n:03} of many").leak());
        sample.add_field("siteVisit", name, label, "TEXT");
        sample.add_column(5, (label, name, "", "TEXT"), "");
    }
    sample
}

fn whole(sample: &Sample) -> Vec<String> {
    super::of(sample)
}

/// A sample with these files and this index of them.
fn indexed(index: &str, files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = Sample::clean();
    let csv = sample.csv();
    let mut manifest = sample.manifest(&csv);
    manifest["attachments"] = json!({"index": {"path": "files.csv", "bytes": index.len()}});
    super::sample::write(folder.path(), &csv, &manifest);
    std::fs::write(folder.path().join("files.csv"), index).expect("a file");
    std::fs::create_dir(folder.path().join("files")).expect("a folder");
    for (name, text) in files {
        std::fs::write(folder.path().join("files").join(name), text).expect("a file");
    }
    told(&super::checked(folder.path()))
}

fn attachments() -> [Case; 2] {
    let gone = Case::new(
        "attachments that are gone or cut",
        &["attachment-file files 2 [path]", "attachment-file files 3 [path]"],
        || {
            let index = "\"path\",\"bytes\"\n\"files/a.txt\",\"3\"\n\"files/b.txt\",\"3\"\n\"files/a.txt\",\"4\"\n\"\",\"\"\n";
            indexed(index, &[("a.txt", "abc")])
        },
    );
    let other = Case::new(
        "attachments of another content",
        &["attachment-file files 2 [path]", "attachment-file files 4 [path]"],
        || {
            let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
            let line = |name: &str| format!("\"files/{name}\",\"3\",\"{abc}\"\n");
            let lines = ["a", "b", "a", "b"].map(line).concat();
            let index = format!("\"path\",\"bytes\",\"sha256\"\n{lines}");
            indexed(&index, &[("a", "abc"), ("b", "abd")])
        },
    );
    [gone, other]
}

pub fn cases() -> Vec<Case> {
    let mut all: Vec<Case> = BYTES.iter().map(bytes).collect();
    all.extend(MANIFEST.iter().map(|(name, expected, plant)| {
        Case::new(format!("manifest: {name}"), expected, move || {
            told(&planted(&Sample::clean(), |_| (), plant))
        })
    }));
    all.extend(attachments());
    all.push(Case::new("line ends and a byte order mark are free", &[], || {
        visits(|bytes| {
            let text = String::from_utf8(bytes).expect("UTF-8");
            format!("\u{FEFF}{}", text.trim_end().replace('\n', "\r\n")).into_bytes()
        })
    }));
    all.push(Case::new("UTF-16", &["file-utf16 site-visits-0001 0 []"], || {
        visits(|bytes| {
            let text = format!("\u{FEFF}{}", String::from_utf8_lossy(&bytes));
            text.encode_utf16().flat_map(u16::to_le_bytes).collect()
        })
    }));
    all.push(Case::new("no byte", &["file-empty site-visits-0001 0 []"], || {
        visits(|_| Vec::new())
    }));
    all.push(Case::new(
        "a header alone",
        &["file-no-rows site-visits-0001 0 []", "file-rows site-visits-0001 0 []"],
        || visits(|bytes| bytes.split_inclusive(|b| *b == b'\n').next().expect("a line").to_vec()),
    ));
    all.push(Case::new("a line of blanks", &["line-spaces site-visits-0001 2 []"], || {
        let mut sample = Sample::clean();
        sample.step(5).files[0].push([" "; 4].map(str::to_owned).to_vec());
        whole(&sample)
    }));
    all.push(Case::new("10,000 rows", &[], || whole(&many(10_000, "x"))));
    all.push(Case::new("10,001 rows", &["file-too-many-rows site-visits-0001 0 []"], || {
        whole(&many(10_001, "x"))
    }));
    all.push(Case::new(
        "blank lines count",
        &["file-too-many-rows site-visits-0001 0 []", "line-blank site-visits-0001 10001 []"],
        || {
            let blank = |csv: &mut super::Csv| csv.get_mut(VISITS).expect("visits").push(b'\n');
            told(&planted(&many(10_000, "x"), blank, |_| ()))
        },
    ));
    all.push(Case::new("501 columns", &[], || whole(&wide())));
    all.push(Case::new(
        "501 columns for a newer version",
        &["file-too-many-columns site-visits-0001 0 []"],
        || {
            let folder = tempfile::tempdir().expect("a folder");
            let (sample, csv) = (wide(), wide().csv());
            super::sample::write(folder.path(), &csv, &sample.manifest(&csv));
            let newer = include_str!("../../src/twenty/workspace/standard-2.21.json");
            let newer = newer.replacen("\"2.21\"", "\"2.47\"", 1);
            told(&super::checked_for(folder.path(), Some(&newer)))
        },
    ));
    // 200 rows of 49 kB JSON stay under 10 MB, of 51 kB not; quotes count twice in JSON.
    for (quotes, expected) in
        [(24_500, &[][..]), (25_500, &["batch-too-big site-visits-0001 201 []"][..])]
    {
        all.push(Case::new(format!("rows of {quotes} quotes"), expected, move || {
            let mut sample = many(400, &"\"".repeat(quotes));
            for row in 0..200 {
                sample.step(5).files[0][row][2] = "x".into();
            }
            whole(&sample)
        }));
    }
    all
}
