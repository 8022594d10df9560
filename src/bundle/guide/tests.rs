//! The guide of a small bundle word for word, and of hostile ones for its shape.

use super::page::{code, duration, number, seconds, size, text};
use super::write;
use crate::bundle::manifest::{
    Attachments, FORMAT, Manifest, Mapping, ObjectSpec, Origin, RecordCounts, Schema, Step,
    StepFile, StoredFiles, Tool, Totals, VERSION,
};
use crate::plan::{FieldSpec, OptionSpec, RelationSpec, StepColumn};
use crate::twenty::objects::{FieldType, Object};
use proptest::prelude::{ProptestConfig, TestCaseError, any, prop_assert_eq, proptest};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeMap;

fn field(object: Object, name: &str, label: &str, kind: FieldType) -> FieldSpec {
    FieldSpec {
        object: object.name().into(),
        name: name.into(),
        label: label.into(),
        kind,
        unique: name == "closeId",
        existing: name == "stage",
        lacks: Vec::new(),
        options: Vec::new(),
        decimals: 0,
        relation: None,
        delivery: "both".into(),
        why: "what it is for".into(),
    }
}

fn options(list: &[(&str, &str, &str)], from: usize) -> Vec<OptionSpec> {
    let specs = list.iter().enumerate().map(|(i, (value, label, color))| OptionSpec {
        value: (*value).into(),
        label: (*label).into(),
        color: (*color).into(),
        position: from + i,
        existing: false,
        weight: None,
    });
    specs.collect()
}

fn column(header: &str) -> StepColumn {
    let sub_field = header.ends_with("/ Close Id").then(|| "closeId".into());
    StepColumn { header: header.into(), field: "x".into(), sub_field, kind: FieldType::Text }
}

fn step(order: usize, object: Object, folder: &str, rows: &[u64], depends_on: &[usize]) -> Step {
    let files = rows.iter().enumerate().map(|(i, rows)| StepFile {
        path: format!("csv/{folder}/{}-{:04}.csv", &folder[3..], i + 1),
        rows: *rows,
        bytes: rows * 123,
        sha256: "00".into(),
    });
    Step {
        order,
        object: object.name().into(),
        folder: folder.into(),
        depends_on: depends_on.to_vec(),
        files: files.collect(),
        columns: vec![column("Id"), column("Close Id")],
    }
}

fn manifest() -> Manifest {
    let mut status = field(Object::Person, "leadStatus", "Lead Status", FieldType::Select);
    status.options = options(&[("POTENTIAL", "Potential", "blue"), ("N_2024", "2024", "green")], 0);
    let mut stage = field(Object::Opportunity, "stage", "Stage", FieldType::Select);
    stage.options = options(&[("SALES_WON", "Won (Sales)", "green"), ("LOST", "Lost", "red")], 5);
    stage.why = "Close's opportunity statuses".into();
    let mut link = field(Object::Task, "person", "Person", FieldType::Relation);
    link.relation =
        Some(RelationSpec { target: "person".into(), reverse_label: "Close Tasks".into() });
    link.delivery = "csv".into();
    let mut second = step(4, Object::Company, "04-companies-links", &[7], &[1, 2, 3]);
    second.columns = vec![column("Close Id"), column("Champion / Close Id")];
    let counts = RecordCounts { read: 12, written: 8, merged: 1, archived: 2, rejected: 1 };
    Manifest {
        state: Vec::new(),
        since: None,
        workspace: None,
        format: FORMAT.into(),
        version: VERSION,
        tool: Tool { name: "close2twenty".into(), version: "0.1.0".into() },
        source: Origin { files: Vec::new() },
        mapping: Mapping {
            sha256: "00".into(),
            fingerprint: "00".into(),
            confirmed: false,
            leads: "auto".into(),
        },
        schema: Schema {
            objects: Vec::new(),
            fields: vec![
                field(Object::Company, "closeId", "Close Id", FieldType::Text),
                field(Object::Person, "closeId", "Close Id", FieldType::Text),
                status,
                field(Object::Person, "closeUrl", "Close Lead Url", FieldType::Text),
                stage,
                link,
            ],
        },
        steps: vec![
            step(1, Object::Company, "01-companies", &[201], &[]),
            step(2, Object::Person, "02-people", &[10_000, 2_345], &[1]),
            step(3, Object::Task, "03-tasks", &[], &[1, 2]),
            second,
        ],
        attachments: Attachments {
            referenced: 4,
            recordings: 1,
            given: true,
            attached: 1,
            missing: 2,
            rejected: 1,
            in_bundle: true,
            stored: StoredFiles { files: 1, bytes: 4_200_000 },
            ..Attachments::default()
        },
        links: Vec::new(),
        totals: Totals {
            records: BTreeMap::from([("contact".into(), counts)]),
            rows: BTreeMap::new(),
        },
        sample: None,
    }
}

#[test]
fn small_bundle_word_for_word() {
    let guide = write(&manifest(), &["Two users have the same e-mail.".into()]);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/bundle/guide/tests/small.md");
        std::fs::write(path, &guide).unwrap();
    }
    assert_eq!(guide, include_str!("tests/small.md").replace("\r\n", "\n"));
}

/// The tables as a reader sees them: rows of cells, the head first.
fn tables(markdown: &str) -> Vec<Vec<Vec<String>>> {
    let mut tables = Vec::new();
    let (mut table, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableCell) => cell.clear(),
            Event::Text(text) | Event::Code(text) => cell.push_str(&text),
            Event::End(TagEnd::TableCell) => row.push(std::mem::take(&mut cell)),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                table.push(std::mem::take(&mut row));
            }
            Event::End(TagEnd::Table) => tables.push(std::mem::take(&mut table)),
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML came through: {html}"),
            _ => {}
        }
    }
    tables
}

/// What a reader can see of a raw label.
fn visible(raw: &str) -> String {
    let line: String = raw
        .trim()
        .chars()
        .map(|c| if c.is_control() || "\u{2028}\u{2029}".contains(c) { ' ' } else { c })
        .collect();
    let line = line.trim().to_owned();
    if line.is_empty() { "(empty)".into() } else { line }
}

const HOSTILE: [&str; 16] = [
    "a|b||c",
    "`code` ``x``",
    "<script>alert(1)</script>",
    "line\none\r\ntwo\u{2028}three",
    "[x](javascript:alert(1))",
    "![img](https://example.com/x.png)",
    "**bold** _it_ ~~no~~ \\| \\",
    "&lt;b&gt; &#124; &amp;",
    "# heading",
    "| --- | --- |",
    "- item",
    "1. first",
    "   ",
    "\u{0}\t\u{7}",
    "</td></tr></table><!-- ",
    "<https://example.com> $x$ a@b.example snake_case __init__",
];

#[test]
fn hostile_labels_leave_tables_intact() {
    for raw in HOSTILE {
        let plain = tables(&write(&manifest(), &[]));
        let mut hostile = manifest();
        for field in &mut hostile.schema.fields {
            field.label = raw.into();
            field.name = raw.into();
            field.why = raw.into();
            for option in &mut field.options {
                option.label = raw.into();
                option.value = raw.into();
                option.color = raw.into();
            }
            if let Some(relation) = &mut field.relation {
                relation.target = raw.into();
                relation.reverse_label = raw.into();
            }
        }
        for step in &mut hostile.steps {
            step.folder = raw.into();
            step.files.iter_mut().for_each(|file| file.path = raw.into());
            step.columns.iter_mut().for_each(|column| column.header = raw.into());
        }
        let counts = hostile.totals.records.remove("contact").unwrap();
        hostile.totals.records.insert(raw.into(), counts);
        let guide = write(&hostile, &[raw.into()]);
        let found = tables(&guide);
        let shape = |tables: &[Vec<Vec<String>>]| -> Vec<Vec<usize>> {
            tables.iter().map(|table| table.iter().map(Vec::len).collect()).collect()
        };
        assert_eq!(shape(&found), shape(&plain), "{raw:?}");
        assert_eq!(found[0][1][1].trim(), visible(raw), "label of {raw:?}");
        let headings = |page: &str| {
            Parser::new(page)
                .filter(|event| matches!(event, Event::Start(Tag::Heading { .. })))
                .count()
        };
        assert_eq!(headings(&guide), headings(&write(&manifest(), &["x".into()])), "{raw:?}");
        let links = Parser::new(&guide)
            .filter(|event| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })));
        assert_eq!(links.count(), 5, "only the contents are links: {raw:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_one_cell_that_shows_it(raw in any::<String>()) {
        shows(&raw)?;
    }

    #[test]
    fn any_markup_is_shown_as_text(raw in r"[-|`*_<>&;#!\[\]()\\~$@:+=./ a1\n]{0,30}") {
        shows(&raw)?;
    }
}

fn shows(raw: &str) -> Result<(), TestCaseError> {
    let (text, code) = (text(raw), code(raw));
    let page = format!("- {text}\n\n| a | b |\n| --- | --- |\n| {text} | {code} |\n\n### {text}");
    let found = tables(&page);
    prop_assert_eq!(found.len(), 1);
    prop_assert_eq!(found[0][1].len(), 2);
    prop_assert_eq!(found[0][1][0].trim(), visible(raw));
    prop_assert_eq!(found[0][1][1].trim(), visible(raw));
    let blocks: Vec<Tag<'_>> = Parser::new_ext(&page, Options::ENABLE_TABLES)
        .filter_map(|event| if let Event::Start(tag) = event { Some(tag) } else { None })
        .filter(|tag| !matches!(tag, Tag::TableHead | Tag::TableRow | Tag::TableCell))
        .collect();
    prop_assert_eq!(blocks.len(), 4, "list, item, table, heading: {:?}", blocks);
    Ok(())
}

#[test]
fn long_option_lists_are_complete_and_in_order() {
    let mut long = manifest();
    long.schema.fields[2].options = (0..150)
        .rev()
        .map(|i| OptionSpec {
            value: format!("V{i}"),
            label: format!("Value {i}"),
            color: String::new(),
            position: i,
            existing: i == 3,
            weight: None,
        })
        .collect();
    let found = tables(&write(&long, &[]));
    let list = found.iter().find(|table| table.len() == 151).unwrap();
    for (i, row) in list[1..151].iter().enumerate() {
        assert_eq!(row[..3], [number(i as u64 + 1), format!("V{i}"), format!("Value {i}")]);
        assert_eq!(row[3], if i == 3 { "exists already: leave it" } else { "any" });
    }
}

#[test]
fn stages_are_added_never_replaced() {
    let guide = write(&manifest(), &[]);
    let stage = guide.split("#### ").nth(1).unwrap();
    assert!(stage.contains("add 2 options"), "{stage}");
    assert!(stage.contains("(in a new workspace: New, Screening, Meeting, Proposal, Customer)"));
    assert!(!guide.contains("2.3 Opportunities: 1 new field"));
}

#[test]
fn api_names_that_twenty_would_not_make_are_marked() {
    let found = tables(&write(&manifest(), &[]));
    let people = found.iter().find(|table| table.len() == 4 && table[0][1] == "Label").unwrap();
    let settings: Vec<&str> = people[1..4].iter().map(|row| row[4].as_str()).collect();
    assert_eq!(settings, ["unique", "2 options, below", "set the API name"]);
}

#[test]
fn member_columns_and_custom_objects_change_the_text() {
    let mut manifest = manifest();
    assert!(write(&manifest, &[]).contains("assign no record to a member"));
    let mut owner = column("Account Owner / User Email");
    owner.sub_field = Some("userEmail".into());
    manifest.steps[0].columns.push(owner);
    manifest.mapping.confirmed = true;
    manifest.schema.objects.push(ObjectSpec {
        name_singular: "siteVisit".into(),
        name_plural: "siteVisits".into(),
        label_singular: "Site Visit".into(),
        label_plural: "Site Visits".into(),
        existing: false,
        why: String::new(),
    });
    let guide = write(&manifest, &[]);
    assert!(guide.contains("Each of them must be a member **before** you import"));
    assert!(guide.contains("| `Site Visit` | `Site Visits` | `siteVisit` | `siteVisits` |"));
    assert!(!guide.contains("has not been confirmed"));
}

#[test]
fn an_empty_bundle_has_a_guide_too() {
    let mut empty = manifest();
    empty.schema.fields.clear();
    empty.steps.clear();
    empty.totals = Totals::default();
    empty.attachments = Attachments::default();
    let guide = write(&empty, &[]);
    assert!(guide.contains("needs no further field"));
    assert!(guide.contains("has no files to import"));
    assert!(guide.ends_with("without a word.\n"));
}

#[test]
fn files_that_were_not_given_or_stay_elsewhere_are_said() {
    let mut manifest = manifest();
    manifest.attachments.in_bundle = false;
    assert!(write(&manifest, &[]).contains("in their own place"));
    manifest.attachments.given = false;
    let guide = write(&manifest, &[]);
    assert!(guide.contains("No folder of downloaded files") && !guide.contains("in `files/`"));
}

#[test]
fn numbers_are_exact_and_readable() {
    assert_eq!([0, 999, 1_000, 12_345_678].map(number), ["0", "999", "1,000", "12,345,678"]);
    assert_eq!([0, 1, 200, 201, 10_000].map(seconds), [0, 3, 3, 5, 105]);
    assert_eq!(
        [3, 61, 3_601, 7_200].map(duration),
        ["about 3 s", "about 2 min", "about 1 h 1 min", "about 2 h 0 min"]
    );
    assert_eq!(
        [1, 999, 24_723, 1_500_000_000].map(size),
        ["1 byte", "999 bytes", "24.7 kB", "1.5 GB"]
    );
    assert!(seconds(u64::MAX) > 0);
    assert_eq!(code("csv/01-companies/a_1.csv"), "`csv/01-companies/a_1.csv`");
    assert_eq!(code("a b`c"), "a b\\`c");
}

#[test]
fn marks_at_the_start_of_a_line_are_text() {
    assert_eq!(
        ["+ a", "- a", "1) a", "20. a", "=", "+49", "snake_case"].map(text),
        ["\\+ a", "\\- a", "1\\) a", "20\\. a", "\\=", "\\+49", "snake_case"]
    );
}

#[test]
fn the_shortcut_asks_for_what_this_bundle_needs() {
    let command = "push BUNDLE --url URL --only schema";
    let mut manifest = manifest();
    assert!(write(&manifest, &[]).contains(&format!("    close2twenty {command} --accept-")));
    manifest.mapping.confirmed = true;
    assert!(write(&manifest, &[]).contains(&format!("    close2twenty {command}\n")));
    manifest.schema.fields.retain(|field| field.delivery == "csv");
    assert!(!write(&manifest, &[]).contains(command), "push leaves these fields out");
}

#[test]
fn the_steps_at_a_glance_say_by_how_much_each_view_grows() {
    let found = tables(&write(&manifest(), &[]));
    let glance = found.iter().find(|table| table[0].contains(&"Grows by".into())).unwrap();
    let rows: Vec<String> = glance[1..].iter().map(|row| row.join("|")).collect();
    assert_eq!(
        rows,
        [
            "1|Companies|1|201|about 5 s|||201",
            "2|People|2|12,345|about 3 min|||12,345",
            "4|Companies (links)|1|7|about 3 s|||0",
        ]
    );
}

#[test]
fn decimals_are_told_where_there_are_some() {
    let mut manifest = manifest();
    manifest.schema.fields.push(field(Object::Person, "size", "Size", FieldType::Number));
    assert!(!write(&manifest, &[]).contains("Number of decimals"));
    let price =
        FieldSpec { decimals: 2, ..field(Object::Person, "price", "Price", FieldType::Number) };
    manifest.schema.fields.push(price);
    let guide = write(&manifest, &[]);
    assert!(guide.contains("Number of decimals"));
    assert!(guide.contains("| Number | 2 decimals |"), "{guide}");
}
