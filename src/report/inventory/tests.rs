//! The inventory of hostile settings for its shape; the golden bundles have it word for word.

use super::query::{Names, outline};
use super::write;
use crate::close::Kind;
use crate::mapping::{Rules, Settings};
use crate::plan::{Basis, Plan};
use crate::survey::{Seen, Survey};
use crate::twenty::workspace::Workspace;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::{Value, json};

fn document(objects: &[(Kind, Value)]) -> String {
    let mut survey = Survey::default();
    for (kind, value) in objects {
        survey.config.see(*kind, value);
        survey.inventory.see(*kind, value);
    }
    let rules = Rules::built_in().unwrap();
    let (seen, workspace) = (Seen::for_bytes(0), Workspace::standard().unwrap());
    let (settings, decisions) = (Settings::default(), crate::mapping::Decisions::default());
    let basis = Basis { settings, rules, workspace: &workspace, map: None, decisions: &decisions };
    let plan = Plan::decide(&mut survey, seen, basis).unwrap();
    write(&survey, &plan)
}

/// Names that would be something else in Markdown or HTML.
const HOSTILE: &[&str] = &[
    "plain",
    "**bold** _it_ ~~gone~~",
    "<script>alert(1)</script> &amp;",
    "[a](https://example.com) ![b](c)",
    "x\n# heading\n- [ ] item",
    "a | b ` c ``` d",
    "1. one",
    "- [x] done",
    "https://example.com",
    "\\",
    "   ",
];

#[test]
fn hostile_names_stay_names() {
    for name in HOSTILE {
        let document = document(&[
            (
                Kind::Sequence,
                json!({"id": name, "name": name, "status": name, "timezone": name,
                "schedule_id": name, "steps": [{"step_type": name, "delay": name,
                "threading": name, "email_template_id": name}],
                "subscription_counts_by_status": {*name: 1}}),
            ),
            (
                Kind::SmartView,
                json!({"id": "save_1", "name": name, "type": name, "description": name,
                "query": name, "user_id": name, "shared_with": [name],
                "selected_fields": [name]}),
            ),
            (Kind::EmailTemplate, json!({"id": "t", "name": name, "subject": name})),
            (Kind::PhoneNumber, json!({"id": "p", "number": name, "participants": [name]})),
        ]);
        let (mut items, mut headings, mut code) = (0, 0, Vec::new());
        let mut in_code = false;
        for event in Parser::new_ext(&document, Options::all()) {
            match event {
                Event::TaskListMarker(done) => items += usize::from(!done),
                Event::Start(Tag::Heading { .. }) => headings += 1,
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
                Event::Text(text) if in_code => code.push(text.to_string()),
                Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Link { .. }) => {
                    panic!("{name}: {document}")
                }
                _ => {}
            }
        }
        assert_eq!((items, headings), (4, 5), "{name}: {document}");
        let code = code.concat();
        assert!(code.trim().contains(name.trim()), "{name}: {code}");
    }
}

#[test]
fn an_export_without_settings_says_so() {
    let document = document(&[]);
    assert!(document.contains("this export holds none"));
    assert!(!document.contains("- [ ]"));
}

#[test]
fn queries_are_whole() {
    let query = json!({"query": {"type": "or", "extra": 5, "queries": [
        {"type": "object_type", "object_type": "call", "more": true},
        {"type": "field_condition", "field": {"type": "regular_field", "object_type": "call",
         "field_name": "user_id"}, "condition": {"type": "current_user"}},
        {"type": "field_condition", "field": {"type": "odd"}, "condition": "x"},
        {"type": "new"}, "text"]}, "sort": [{"by": "name"}]});
    let mut names = Names::default();
    names.insert("cf_1", "One");
    assert_eq!(
        outline(&query, &names),
        "any of:\n  record is a call\n    more: true\n  call.user_id: current_user\n  \
         {\"type\":\"odd\"}: \"x\"\n  {\"type\":\"new\"}\n  \"text\"\n  extra: 5\n\
         sort: [{\"by\":\"name\"}]\n"
    );
    let field = json!({"type": "field_condition", "negate": true,
        "field": {"type": "custom_field", "custom_field_id": "cf_1"},
        "condition": {"type": "number_range", "gt": 1, "lt": null}});
    assert_eq!(outline(&field, &names), "not: custom field One (cf_1): number_range, gt 1\n");
}
