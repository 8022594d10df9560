//! The workspace file: what is read, and what is refused.

use super::*;

const ONE: &str = r#"{"format":"close2twenty-workspace","version":1,"twenty":"2.22","later":{"a":1},
"objects":[{"nameSingular":"company","namePlural":"companies","labelSingular":"Company","labelPlural":"Companies","icon":"X","fields":[
 {"name":"tier","label":"Tier","type":"SELECT","isUnique":null,"options":[{"value":"A","label":"a","color":"red","position":0}]},
 {"name":"oldTier","label":"Band ","type":"TEXT","isActive":false},
 {"name":"band","label":"BAND","type":"HOLOGRAM","options":null,"isActive":null},
 {"name":"boss","label":"Boss","type":"RELATION","relation":{"type":"MANY_TO_ONE","target":"person"}}]}],
"members":[{"id":"1","email":" Ada@Example.com ","firstName":"Ada","lastName":null}]}"#;

fn refused(text: &str) -> Error {
    Workspace::parse(text).unwrap_err()
}

#[test]
fn the_built_in_schema_is_the_one_observed() {
    let standard = Workspace::standard().unwrap();
    assert!(standard.is_standard() && standard.members.is_empty());
    assert_eq!(standard.to_text().unwrap(), STANDARD, "written as the program writes it");

    let text = include_str!("../../../testdata/twenty/standard-objects.json");
    let observed: Value = serde_json::from_str(text).unwrap();
    let mut names: Vec<&str> =
        observed["otherNames"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    for object in observed["objects"].as_array().unwrap() {
        let ours = standard.object(object["name"].as_str().unwrap()).unwrap();
        names.extend([ours.name_singular.as_str(), &ours.name_plural]);
        assert_eq!(ours.name_plural, object["namePlural"]);
        assert_eq!(ours.label_singular, object["label"]);
        assert_eq!(ours.label_plural, object["labelPlural"]);
        let fields = object["fields"].as_array().unwrap();
        assert_eq!(ours.fields.len(), fields.len(), "{}", ours.name_singular);
        for (ours, field) in ours.fields.iter().zip(fields) {
            let mut told = serde_json::to_value(ours).unwrap();
            told["isUnique"] = ours.is_unique.into();
            for option in
                told.get_mut("options").and_then(Value::as_array_mut).into_iter().flatten()
            {
                let option = option.as_object_mut().unwrap();
                assert!(option.remove("color").is_some() && option.remove("position").is_some());
            }
            assert_eq!(told, *field);
        }
    }
    let ours = standard.objects.iter().flat_map(|o| [o.name_singular.as_str(), &o.name_plural]);
    let mut ours: Vec<&str> = ours.collect();
    ours.sort_unstable();
    names.sort_unstable();
    assert_eq!(ours, names);
}

#[test]
fn a_file_is_read_with_what_we_do_not_know() {
    let workspace = Workspace::parse(ONE).unwrap();
    assert!(!workspace.is_standard());
    assert_eq!(workspace.field("company", "band").unwrap().kind, "HOLOGRAM");
    assert!(
        workspace.field("company", "boss").unwrap().relation.as_ref().unwrap().is_many_to_one()
    );
    let members = workspace.members_by_email();
    assert_eq!(members["ada@example.com"].first_name.as_deref(), Some("Ada"));
}

#[test]
fn written_and_read_again_it_is_the_same() {
    let workspace = Workspace::parse(ONE).unwrap();
    let text = workspace.to_text().unwrap();
    assert_eq!(Workspace::parse(&text).unwrap(), workspace);
    assert_eq!(text.lines().count(), 1 + 3 + 1 + 1 + 4 + 1 + 1 + 1 + 1 + 1 + 1, "{text}");
}

#[test]
fn labels_are_found_in_any_case_and_active_ones_first() {
    let workspace = Workspace::parse(ONE).unwrap();
    assert_eq!(workspace.field_by_label("company", "band").unwrap().name, "band");
    assert_eq!(workspace.field_by_label("company", "tIER").unwrap().name, "tier");
    assert!(workspace.field_by_label("person", "Tier").is_none());
    assert!(workspace.field_by_label("company", "none").is_none());
}

#[test]
fn members_alone_are_enough() {
    for head in ["", r#""format":"close2twenty-workspace","version":1,"objects":[],"#] {
        let text = format!("\u{feff}{{{head}\"members\":[{{\"email\":\"a@example.com\"}}]}}");
        let workspace = Workspace::parse(&text).unwrap();
        assert!(workspace.is_standard());
        assert!(workspace.field("person", "jobTitle").is_some());
        assert_eq!(workspace.members.len(), 1);
    }
}

#[test]
fn other_files_are_named() {
    let cases = [
        ("{\"members\": [\n{]}", "C2T-E060", "line 2 column 2"),
        (r#"{"members":[{"email":7}]}"#, "C2T-E060", "column 22"),
        ("[]", "C2T-E061", "no `\"format\""),
        ("{}", "C2T-E061", "no `\"format\""),
        (r#"{"format":"close2twenty-bundle","version":1}"#, "C2T-E061", "close2twenty-bundle"),
        (r#"{"format":"close2twenty-workspace","version":2}"#, "C2T-E061", "version 2"),
        (r#"{"format":"close2twenty-workspace"}"#, "C2T-E061", "no `version`"),
        (r#"{"members":[{"email":"a@example.com"}],"objects":[{}]}"#, "C2T-E061", "no `\"format\""),
        (
            r#"{"data":{"objects":{"edges":[{"node":{"nameSingular":"company"}}]}}}"#,
            "C2T-E061",
            "metadata API",
        ),
        (r#"{"data":{"objects":[{"nameSingular":"company"}]}}"#, "C2T-E061", "metadata API"),
        (r#"{"objects":[{"nameSingular":"company","fieldsList":[]}]}"#, "C2T-E061", "metadata API"),
        (r#"{"members":[{"firstName":"Ada"}]}"#, "C2T-E062", "member 1 (Ada) has no e-mail"),
        (r#"{"members":[{"email":"ada"}]}"#, "C2T-E062", "member 1 has no e-mail address"),
        (
            r#"{"members":[{"email":"a@b.example"},{"email":"A@B.example"}]}"#,
            "C2T-E062",
            "a@b.example stands twice",
        ),
    ];
    for (text, code, word) in cases {
        let error = refused(text);
        assert_eq!(error.code, code, "{text}: {error}");
        assert!(error.to_string().contains(word), "{text}: {error}");
    }
}

#[test]
fn what_stands_twice_is_named() {
    let field = r#"{"name":"tier","label":"Tier","type":"TEXT"}"#;
    let object = |fields: &str| {
        format!(
            r#"{{"nameSingular":"company","namePlural":"companies","labelSingular":"A","labelPlural":"B","fields":[{fields}]}}"#
        )
    };
    let file = |objects: &str| {
        format!(r#"{{"format":"close2twenty-workspace","version":1,"objects":[{objects}]}}"#)
    };
    let fields = file(&object(&format!("{field},{field}")));
    assert!(refused(&fields).to_string().contains("`company.tier` stands twice"));
    let objects = file(&format!("{0},{0}", object(field)));
    assert!(refused(&objects).to_string().contains("`company` stands twice"));
}
