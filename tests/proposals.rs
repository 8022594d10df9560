//! How good the proposals for custom fields are, measured on labelled names
//! (`testdata/mapping/`, whose README tells how each part was written and first measured) against
//! a customised workspace. It must not test single rules.

#![forbid(unsafe_code)]

use close2twenty::mapping::proposal::{ACCEPT, DOUBT, Proposal, Source, Target, propose};
use close2twenty::twenty::objects::FieldType;
use close2twenty::twenty::workspace::Workspace;
use std::path::{Path, PathBuf};

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/mapping").join(name)
}

fn workspace() -> Workspace {
    let bytes = std::fs::read(testdata("workspace.json")).expect("the workspace");
    Workspace::parse(bytes).expect("a workspace")
}

/// A line of the list.
#[derive(serde::Deserialize)]
struct Case {
    set: String,
    name: String,
    kind: FieldType,
    options: String,
    samples: String,
    expected: String,
    note: String,
}

fn cases() -> Vec<Case> {
    let reader = csv::Reader::from_path(testdata("field-names.csv"));
    reader.expect("the list").into_deserialize().map(|row| row.expect("a line")).collect()
}

fn parts(text: &str) -> Vec<&str> {
    text.split('|').filter(|part| !part.is_empty()).collect()
}

fn targets(workspace: &Workspace) -> Vec<Target<'_>> {
    let fields = &workspace.object("company").expect("companies").fields;
    let of = fields.iter().map(|field| Target {
        name: &field.name,
        label: &field.label,
        kind: &field.kind,
        options: field.options.iter().map(|option| option.label.as_str()).collect(),
    });
    of.collect()
}

fn best(case: &Case, targets: &[Target<'_>]) -> Option<Proposal> {
    let (options, samples) = (parts(&case.options), parts(&case.samples));
    let source = Source { name: &case.name, kind: case.kind, options: &options, samples: &samples };
    propose(&source, targets).into_iter().next()
}

/// What came of one half of the list.
#[derive(Default)]
struct Figures {
    names: usize,
    right: usize,
    accepted: usize,
    wrongly_accepted: Vec<String>,
    wrong: Vec<String>,
}

fn measure(set: &str) -> Figures {
    let workspace = workspace();
    let targets = targets(&workspace);
    let mut figures = Figures::default();
    for case in cases().iter().filter(|case| case.set == set) {
        let best = best(case, &targets);
        let shown = best.as_ref().filter(|p| p.confidence >= DOUBT);
        let named = shown.map_or("", |p| targets[p.target].name);
        let told = best.as_ref().map_or("nothing".to_owned(), |p| {
            format!("{} {:.3} ({})", targets[p.target].name, p.confidence, p.why)
        });
        let line = format!("{} [{}]: {told}, expected `{}`", case.name, case.note, case.expected);
        figures.names += 1;
        let accepted = best.as_ref().is_some_and(|p| p.confidence >= ACCEPT);
        figures.accepted += usize::from(accepted);
        if named == case.expected {
            figures.right += 1;
            continue;
        }
        if accepted {
            figures.wrongly_accepted.push(line.clone());
        }
        figures.wrong.push(line);
    }
    let Figures { names, right, accepted, wrongly_accepted, wrong } = &figures;
    let rate = 100.0 * *right as f64 / *names as f64;
    println!(
        "{set}: {right} of {names} right ({rate:.1} %), {accepted} accepted without asking, \
         {} of them wrong",
        wrongly_accepted.len()
    );
    wrong.iter().for_each(|line| println!("  {line}"));
    figures
}

#[test]
fn proposals_are_right_and_never_wrongly_accepted() {
    for set in ["tune", "held", "wild", "fresh"] {
        let figures = measure(set);
        assert!(figures.names >= 55, "{set} holds enough names");
        assert!(figures.right * 10 >= figures.names * 9, "{set}: {:#?}", figures.wrong);
        assert!(figures.wrongly_accepted.is_empty(), "{set}: {:#?}", figures.wrongly_accepted);
        assert!(figures.accepted * 3 >= figures.names, "{set}: acceptance is of use");
    }
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let workspace = workspace();
    let forth = targets(&workspace);
    let mut back = forth.clone();
    back.reverse();
    for case in cases() {
        let name = |targets: &[Target<'_>], p: Option<Proposal>| {
            p.map(|p| (targets[p.target].name.to_owned(), p.why, p.confidence.to_bits()))
        };
        let (a, b) = (best(&case, &forth), best(&case, &back));
        assert_eq!(name(&forth, a), name(&back, b), "{}", case.name);
    }
}

#[test]
fn the_list_is_sound() {
    let workspace = workspace();
    let mut names = std::collections::BTreeSet::new();
    for case in cases() {
        assert!(names.insert(case.name.to_lowercase()), "{} stands twice", case.name);
        let known = workspace.field("company", &case.expected).is_some();
        assert!(case.expected.is_empty() || known, "{}", case.expected);
    }
}
