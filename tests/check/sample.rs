//! A small clean bundle to plant faults in. Builds bundles only from its own tables; checks nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Header, field, sub-field (empty for none), type.
pub type Col = (&'static str, &'static str, &'static str, &'static str);

/// One step: its columns, and its files as rows of cells.
pub struct Step {
    pub order: u64,
    pub object: &'static str,
    pub folder: &'static str,
    pub depends_on: Vec<u64>,
    pub columns: Vec<Col>,
    pub files: Vec<Vec<Vec<String>>>,
}

/// A bundle in memory, cheap to change.
pub struct Sample {
    pub schema: Value,
    pub steps: Vec<Step>,
}

/// The n-th deterministic id.
pub fn id(n: usize) -> String {
    format!("00000000-0000-5000-8000-{n:012}")
}

const COMPANY: &[Col] = &[
    ("Id", "id", "", "UUID"),
    ("Close Id", "closeId", "", "TEXT"),
    ("Name", "name", "", "TEXT"),
    ("Domain Name / Link URL", "domainName", "primaryLinkUrl", "LINKS"),
    ("Address / Country", "address", "addressCountry", "ADDRESS"),
    ("Account Owner / User Email", "accountOwner", "userEmail", "RELATION"),
];
const PERSON: &[Col] = &[
    ("Id", "id", "", "UUID"),
    ("Close Id", "closeId", "", "TEXT"),
    ("Name / First Name", "name", "firstName", "FULL_NAME"),
    ("Emails / Primary Email", "emails", "primaryEmail", "EMAILS"),
    ("Emails / Additional Emails", "emails", "additionalEmails", "EMAILS"),
    ("Phones / Primary Phone Number", "phones", "primaryPhoneNumber", "PHONES"),
    ("Phones / Primary Phone Calling Code", "phones", "primaryPhoneCallingCode", "PHONES"),
    ("Phones / Additional Phones", "phones", "additionalPhones", "PHONES"),
    ("Linkedin / Link URL", "linkedinLink", "primaryLinkUrl", "LINKS"),
    ("Linkedin / Link Label", "linkedinLink", "primaryLinkLabel", "LINKS"),
    ("Linkedin / Secondary Links", "linkedinLink", "secondaryLinks", "LINKS"),
    ("Company / Close Id", "company", "closeId", "RELATION"),
    ("Lead Status", "leadStatus", "", "SELECT"),
    ("Topics", "topics", "", "MULTI_SELECT"),
    ("Score", "score", "", "NUMBER"),
    ("Opted In", "optedIn", "", "BOOLEAN"),
    ("Birthday", "birthday", "", "DATE"),
    ("Grade", "grade", "", "RATING"),
    ("Keywords", "keywords", "", "ARRAY"),
    ("Extra", "extra", "", "RAW_JSON"),
];
const REFERRER: &[Col] = &[
    ("Close Id", "closeId", "", "TEXT"),
    ("Referred By / Close Id", "referredBy", "closeId", "RELATION"),
];
const OPPORTUNITY: &[Col] = &[
    ("Id", "id", "", "UUID"),
    ("Close Id", "closeId", "", "TEXT"),
    ("Name", "name", "", "TEXT"),
    ("Amount / Amount", "amount", "amountMicros", "CURRENCY"),
    ("Amount / Currency", "amount", "currencyCode", "CURRENCY"),
    ("Close date", "closeDate", "", "DATE_TIME"),
    ("Stage", "stage", "", "SELECT"),
    ("Point of Contact / Emails / Primary Email", "pointOfContact", "emails", "RELATION"),
    ("Company / Domain Name / Link URL", "company", "domainName", "RELATION"),
];
const VISIT: &[Col] = &[
    ("Id", "id", "", "UUID"),
    ("Close Id", "closeId", "", "TEXT"),
    ("Name", "name", "", "TEXT"),
    ("Person / Close Id", "person", "closeId", "RELATION"),
];
const TASK: &[Col] = &[
    ("Id", "id", "", "UUID"),
    ("Close Id", "closeId", "", "TEXT"),
    ("Title", "title", "", "TEXT"),
    ("Body / Markdown", "bodyV2", "markdown", "RICH_TEXT"),
    ("Status", "status", "", "SELECT"),
    ("Person / Id", "person", "id", "RELATION"),
    ("Creation date", "createdAt", "", "DATE_TIME"),
];

impl Sample {
    /// A bundle nothing can be held against: six objects' worth of steps and a second pass.
    pub fn clean() -> Self {
        let step = |order, object, folder, depends_on: &[u64], columns: &[Col]| Step {
            order,
            object,
            folder,
            depends_on: depends_on.to_vec(),
            columns: columns.to_vec(),
            files: Vec::new(),
        };
        let mut steps = vec![
            step(1, "company", "csv/01-companies", &[], COMPANY),
            step(2, "person", "csv/02-people", &[1], PERSON),
            step(3, "person", "csv/03-people-referrers", &[2], REFERRER),
            step(4, "opportunity", "csv/04-opportunities", &[2], OPPORTUNITY),
            step(5, "siteVisit", "csv/05-site-visits", &[2], VISIT),
            step(6, "task", "csv/06-tasks", &[2], TASK),
        ];
        for (step, files) in steps.iter_mut().zip(rows()) {
            step.files = files;
        }
        Self { schema: schema(), steps }
    }

    /// Puts `text` into a data row (1-based) of a step's first file.
    pub fn set(&mut self, order: u64, row: usize, header: &str, text: impl Into<String>) {
        let step = self.step(order);
        let at = step.columns.iter().position(|column| column.0 == header).expect("a header");
        step.files[0][row - 1][at] = text.into();
    }

    /// Adds a column with the same text in every row.
    pub fn add_column(&mut self, order: u64, column: Col, text: &str) {
        let step = self.step(order);
        step.columns.push(column);
        for row in step.files.iter_mut().flatten() {
            row.push(text.into());
        }
    }

    /// The header of a column changes, in file and manifest alike.
    pub fn rename(&mut self, order: u64, header: &str, to: &'static str) {
        let step = self.step(order);
        step.columns.iter_mut().find(|column| column.0 == header).expect("a header").0 = to;
    }

    pub fn step(&mut self, order: u64) -> &mut Step {
        self.steps.iter_mut().find(|step| step.order == order).expect("a step")
    }

    /// The schema's field of this name.
    pub fn field(&mut self, object: &str, name: &str) -> &mut Value {
        let fields = self.schema["fields"].as_array_mut().expect("a list");
        let of = |field: &&mut Value| field["object"] == object && field["name"] == name;
        fields.iter_mut().find(of).expect("a field")
    }

    /// Adds a field to the schema.
    pub fn add_field(&mut self, object: &str, name: &str, label: &str, kind: &str) -> &mut Value {
        let fields = self.schema["fields"].as_array_mut().expect("a list");
        fields.push(field(object, name, label, kind));
        fields.last_mut().expect("just added")
    }

    /// The CSV files by path.
    pub fn csv(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for step in &self.steps {
            for (at, rows) in step.files.iter().enumerate() {
                let header = step.columns.iter().map(|column| column.0.to_owned()).collect();
                let text: String =
                    std::iter::once(&header).chain(rows).map(|row| line(row)).collect();
                files.insert(path(step, at), text.into_bytes());
            }
        }
        files
    }

    /// The manifest, with the checksums of `csv`.
    pub fn manifest(&self, csv: &BTreeMap<String, Vec<u8>>) -> Value {
        let steps = self.steps.iter().map(|step| {
            let file = |(at, rows): (usize, &Vec<Vec<String>>)| {
                let path = path(step, at);
                let bytes = &csv[&path];
                let mut digest = String::new();
                for byte in Sha256::digest(bytes) {
                    write!(digest, "{byte:02x}").expect("a string takes all");
                }
                json!({"path": path, "rows": rows.len(), "bytes": bytes.len(), "sha256": digest})
            };
            let column = |(header, field, sub, kind): &Col| {
                let sub = (!sub.is_empty()).then_some(sub);
                json!({"header": header, "field": field, "sub_field": sub, "type": kind})
            };
            json!({
                "order": step.order,
                "object": step.object,
                "folder": step.folder,
                "depends_on": step.depends_on,
                "files": step.files.iter().enumerate().map(file).collect::<Vec<_>>(),
                "columns": step.columns.iter().map(column).collect::<Vec<_>>(),
            })
        });
        json!({
            "format": "close2twenty-bundle",
            "version": 1,
            "tool": {"name": "close2twenty", "version": "0.1.0"},
            "source": {"files": []},
            "mapping": {},
            "schema": self.schema,
            "steps": steps.collect::<Vec<_>>(),
            "links": [],
            "totals": {},
        })
    }
}

/// Puts the files of a bundle on disk.
pub fn write(folder: &Path, csv: &BTreeMap<String, Vec<u8>>, manifest: &Value) {
    for (path, bytes) in csv {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).expect("a file");
}

fn path(step: &Step, at: usize) -> String {
    let name = step.folder.split_once('-').expect("csv/NN-name").1;
    format!("{}/{name}-{:04}.csv", step.folder, at + 1)
}

fn line(cells: &[String]) -> String {
    let quoted: Vec<String> =
        cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    quoted.join(",") + "\n"
}

fn field(object: &str, name: &str, label: &str, kind: &str) -> Value {
    json!({
        "object": object, "name": name, "label": label, "type": kind,
        "unique": false, "delivery": "both", "why": "test",
    })
}

/// An option of a select.
pub fn option(value: &str, label: &str, color: &str, position: u32) -> Value {
    json!({"value": value, "label": label, "color": color, "position": position})
}

fn schema() -> Value {
    let objects = ["company", "person", "opportunity", "siteVisit", "task"];
    let mut fields: Vec<Value> =
        objects.iter().map(|object| field(object, "closeId", "Close Id", "TEXT")).collect();
    for field in &mut fields {
        field["unique"] = json!(true);
    }
    let plain = [
        ("leadStatus", "Lead Status", "SELECT"),
        ("topics", "Topics", "MULTI_SELECT"),
        ("score", "Score", "NUMBER"),
        ("optedIn", "Opted In", "BOOLEAN"),
        ("birthday", "Birthday", "DATE"),
        ("grade", "Grade", "RATING"),
        ("keywords", "Keywords", "ARRAY"),
        ("extra", "Extra", "RAW_JSON"),
    ];
    fields.extend(plain.map(|(name, label, kind)| field("person", name, label, kind)));
    for select in fields.iter_mut().filter(|f| f["name"] == "leadStatus" || f["name"] == "topics") {
        select["options"] =
            json!([option("HOT", "Hot", "red", 0), option("COLD", "Cold", "sky", 1)]);
    }
    let relations = [
        ("person", "referredBy", "Referred By", "Referrals"),
        ("siteVisit", "person", "Person", "Close Site Visits"),
        ("task", "person", "Person", "Close Tasks"),
    ];
    fields.extend(relations.map(|(object, name, label, reverse)| {
        let mut field = field(object, name, label, "RELATION");
        field["relation"] = json!({"target": "person", "reverse_label": reverse});
        field
    }));
    let mut stage = field("opportunity", "stage", "Stage", "SELECT");
    stage["existing"] = json!(true);
    stage["options"] = json!([option("CLOSE_WON", "Won", "green", 5)]);
    fields.push(stage);
    let visit = json!({
        "name_singular": "siteVisit", "name_plural": "siteVisits",
        "label_singular": "Site Visit", "label_plural": "Site Visits",
    });
    json!({"objects": [visit], "fields": fields})
}

/// The rows of each step's files. The two files of people differ in nothing but their records.
fn rows() -> Vec<Vec<Vec<Vec<String>>>> {
    let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let (ada, bob, cyd) = (id(11), id(12), id(13));
    let phones = r#"[{"number":"+447911123456","callingCode":"+44","countryCode":"GG"}]"#;
    let links = r#"[{"url":"https://ada.example/blog","label":null}]"#;
    let full = [
        ada.as_str(),
        "cont_a",
        "Ada \"the\" First\nLine",
        "ada@acme.example",
        r#"["a@acme.example"]"#,
        "+12025550123",
        "+1",
        phones,
        "https://linkedin.example/in/ada",
        "Ada",
        links,
        "lead_1",
        "HOT",
        r#"["HOT","COLD"]"#,
        "-12.5",
        "yes",
        "1990-02-28",
        "RATING_5",
        r#"["x","y"]"#,
        r#"{"k":[1]}"#,
    ];
    let short = |id: &str, close: &str, email: &str| {
        let mut cells = vec![String::new(); PERSON.len()];
        cells[0] = id.into();
        cells[1] = close.into();
        cells[3] = email.into();
        cells[15] = "FALSE".into();
        cells
    };
    let task = |n: usize, close: &str, person: &str, at: &str| {
        row(&[&id(n), close, "Call", "# Hi\n\nthere, you", "DONE", person, at])
    };
    vec![
        vec![vec![
            row(&[
                &id(1),
                "lead_1",
                "Acme",
                "https://acme.example",
                "Côte d’Ivoire",
                "o@x.example",
            ]),
            row(&[&id(2), "lead_2", "Bee", "https://bücher.example", "Türkiye", ""]),
            row(&[&id(3), "lead_3", "No domain", "", "", ""]),
        ]],
        vec![
            vec![row(&full), short(&bob, "cont_b", "bob@acme.example")],
            vec![short(&cyd, "cont_c", "")],
        ],
        vec![vec![row(&["cont_b", "cont_a"])]],
        vec![vec![
            row(&[
                &id(21),
                "oppo_1",
                "Deal",
                "19.99",
                "EUR",
                "2024-03-31T12:00:00Z",
                "CLOSE_WON",
                "ADA@acme.example",
                "https://acme.example",
            ]),
            row(&[&id(22), "oppo_2", "Deal 2", "", "", "", "NEW", "", ""]),
        ]],
        vec![vec![row(&[&id(31), "acti_v", "Visit", "cont_c"])]],
        vec![
            vec![
                task(41, "acti_1", &ada, "2023-01-01T00:00:00+02:00"),
                task(42, "acti_2", &bob, "2022-12-31T23:00:00.5Z"),
            ],
            vec![task(43, "acti_3", "", "2024-02-29T10:00Z")],
        ],
    ]
}
