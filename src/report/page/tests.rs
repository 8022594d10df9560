//! The page at its bounds: however much there is, and whatever it says, the page stays small.

use super::{Inputs, write};
use crate::bundle::Totals;
use crate::bundle::manifest::{Manifest, SourceFile, Step, StepFile};
use crate::close::{Fate, Kind, Space};
use crate::mapping::{Decisions, Rules, Settings};
use crate::plan::{Basis, FieldSpec, OptionSpec, Plan};
use crate::report::left_out::IgnoredLine;
use crate::report::spot_check::{SpotCell, SpotLine, SpotRecord};
use crate::report::summary::{
    IncompleteLine, OwnerLine, SchemaLine, SelectLine, StageLine, StepLine,
};
use crate::report::{SpotCheck, Summary};
use crate::survey::{Seen, Survey};
use crate::twenty::objects::FieldType;
use crate::twenty::workspace::Workspace;
use serde_json::json;

/// Foreign text that takes as much room as any: markup, and signs that are written out.
fn hostile(n: usize) -> String {
    format!("{n} {}", "\u{202e}<&\"äöü漢字😀".repeat(60))
}

fn spot_check(records: usize, lines: usize) -> SpotCheck {
    let line = |n: usize| SpotLine {
        path: hostile(n),
        value: hostile(n),
        cells: vec![SpotCell { object: "People".into(), header: hostile(n), text: hostile(n) }],
        fate: String::new(),
    };
    let record = |n: usize| SpotRecord {
        close_type: "call",
        close_id: format!("acti_{n}"),
        source: hostile(n),
        offset: 17,
        rows: vec![("Tasks".into(), format!("acti_{n}"))],
        lines: (0..lines).map(line).collect(),
    };
    SpotCheck { records: (0..records).map(record).collect() }
}

fn field(n: usize) -> FieldSpec {
    let option = |at: usize| OptionSpec {
        value: format!("O{at}"),
        label: hostile(at),
        color: "red".into(),
        position: at,
        existing: false,
        weight: None,
    };
    FieldSpec {
        object: "person".into(),
        name: format!("field{n}"),
        label: hostile(n),
        kind: FieldType::Select,
        unique: false,
        existing: false,
        lacks: Vec::new(),
        options: (0..30).map(option).collect(),
        decimals: 0,
        relation: None,
        delivery: "both".into(),
        why: hostile(n),
    }
}

fn manifest(fields: usize, files: usize) -> Manifest {
    let value = json!({
        "format": "close2twenty-bundle", "version": 1,
        "tool": {"name": "close2twenty", "version": "1.2.3"},
        "source": {"files": []},
        "mapping": {"sha256": "00", "fingerprint": "11", "confirmed": true, "leads": "auto"},
        "schema": {"objects": [], "fields": []},
        "steps": [], "links": [],
        "attachments": {"referenced": 0, "referenced_bytes": 0, "recordings": 0},
        "totals": {"records": {}, "rows": {}},
    });
    let mut manifest: Manifest = serde_json::from_value(value).unwrap();
    manifest.schema.fields = (0..fields).map(field).collect();
    let source = |n| SourceFile { path: hostile(n), bytes: 1, sha256: String::new() };
    manifest.source.files = (0..files).map(source).collect();
    let file = |n| StepFile { path: hostile(n), rows: 1, bytes: 1, sha256: String::new() };
    manifest.steps = vec![Step {
        order: 1,
        object: "person".into(),
        folder: "csv/01-people".into(),
        depends_on: Vec::new(),
        files: (0..files).map(file).collect(),
        columns: Vec::new(),
    }];
    manifest
}

/// A plan of nothing.
fn nothing(survey: &mut Survey) -> Plan {
    let (rules, workspace) = (Rules::built_in().unwrap(), Workspace::standard().unwrap());
    let (settings, decisions) = (Settings::default(), Decisions::default());
    let basis = Basis { settings, rules, workspace: &workspace, map: None, decisions: &decisions };
    Plan::decide(survey, Seen::for_bytes(0), basis).unwrap()
}

/// Many of everything a page lists.
fn crowded(summary: &mut Summary, manifest: &Manifest) {
    let many = 0..300;
    let stage = |n| StageLine {
        pipeline: Some(hostile(n)),
        status: hostile(n),
        stage: hostile(n),
        value: hostile(n),
        weight: Some(5),
        ..StageLine::default()
    };
    summary.stages.lines = many.clone().map(stage).collect();
    let owner = |n| OwnerLine { name: hostile(n), email: hostile(n), ..OwnerLine::default() };
    summary.owners.lines = (0..200).map(owner).collect();
    let ignored = |n| IgnoredLine { file: hostile(n), code: "C2T-S004", why: "no JSON" };
    summary.ignored_files = (0..20_000).map(ignored).collect();
    let sign = |n| IncompleteLine { code: "C2T-X001", file: hostile(n), what: hostile(n) };
    summary.incomplete = (0..20_000).map(sign).collect();
    summary.messages = (0..20_000).map(|n| (hostile(n), 1)).collect();
    summary.schema.by_object =
        vec![SchemaLine { object: "person".into(), ..SchemaLine::default() }];
    let select = |field: &FieldSpec| SelectLine {
        object: field.object.clone(),
        field: field.name.clone(),
        options: field.options.len() as u64,
    };
    summary.schema.selects = manifest.schema.fields.iter().take(1_000).map(select).collect();
    let step = StepLine { folder: "csv".into(), columns: 1, files: 1, rows: 1, bytes: 1 };
    summary.steps = vec![step];
}

#[test]
fn a_page_is_small_however_much_there_is() {
    let mut survey = Survey::default();
    let mut totals = Totals::default();
    let plan = nothing(&mut survey);
    for kind in [Kind::Lead, Kind::Contact, Kind::Opportunity, Kind::CustomActivity, Kind::Call] {
        for n in 0..4_000 {
            survey.ledger.see_key(kind, Space::CustomName, &hostile(n), true);
            totals.ledger.fate_key(kind, Space::CustomName, &hostile(n), Fate::Archived);
        }
    }
    let manifest = manifest(20_000, 20_000);
    let mut summary = Summary::new(&survey, &plan, &totals, &manifest.steps);
    crowded(&mut summary, &manifest);
    let spot_check = spot_check(1_000, 200);
    summary.sums.complete(spot_check.records.len(), None);
    let inputs = Inputs {
        summary: &summary,
        manifest: &manifest,
        survey: &survey,
        plan: &plan,
        totals: &totals,
        spot_check: &spot_check,
    };
    let page = write(&inputs).unwrap();
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    assert!(page.len() > 1_000_000, "the bounds leave room: {} bytes", page.len());
    assert_eq!(page, write(&inputs).unwrap());
}

#[test]
fn the_spot_check_stands_side_by_side() {
    let mut survey = Survey::default();
    let (plan, totals) = (nothing(&mut survey), Totals::default());
    let manifest = manifest(0, 0);
    let mut summary = Summary::new(&survey, &plan, &totals, &[]);
    summary.steps =
        vec![StepLine { folder: "csv".into(), columns: 1, files: 0, rows: 0, bytes: 0 }];
    let mut spot_check = spot_check(2, 1);
    let record = &mut spot_check.records[0];
    record.lines = vec![
        SpotLine {
            path: "note".into(),
            value: "a\n<b>".into(),
            cells: vec![SpotCell {
                object: "Tasks".into(),
                header: "Body".into(),
                text: "a<br>".into(),
            }],
            fate: String::new(),
        },
        SpotLine {
            path: "cost".into(),
            value: "7".into(),
            fate: "archived".into(),
            ..SpotLine::default()
        },
    ];
    summary.sums.complete(2, None);
    let inputs = Inputs {
        summary: &summary,
        manifest: &manifest,
        survey: &survey,
        plan: &plan,
        totals: &totals,
        spot_check: &spot_check,
    };
    let page = String::from_utf8(write(&inputs).unwrap()).unwrap();
    for part in [
        "<data value=\"2\" data-from=\"/sums/spot_check\">2</data> records",
        "<bdi class=\"v\">a<span class=\"ctl\">↵</span>\n&lt;b&gt;</bdi>",
        "<span class=\"cell\"><bdi class=\"v\">Tasks · Body</bdi></span> <bdi class=\"v\">a&lt;br&gt;</bdi>",
        "<span class=\"fate\"><bdi class=\"v\">archived</bdi></span>",
        "<bdi class=\"v\">acti_1</bdi>",
    ] {
        assert!(page.contains(part), "{part}");
    }
}
