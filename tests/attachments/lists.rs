//! `manifest.jsonl` and the CSV of Close's script for recordings: what they say stands before everything
//! else, and what is wrong in them is named with its line.

use crate::ground::{Folder, MP3, PDF, PNG, call, file, made, made_of, map, note, pdf, url};
use serde_json::json;

fn lines(lines: &[serde_json::Value]) -> String {
    lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_manifest_knows_better_than_names() {
    let manifest = lines(&[
        // By address, from another host and without the slash.
        json!({"path": "a.bin", "url": url("acti_N", "tok1", "one.pdf").replace("app.", "api.").trim_end_matches('/')}),
        json!({"path": "sub/../b.bin", "object_id": "acti_N", "filename": "TWO.pdf"}),
        json!({"path": "c.bin", "object_id": "acti_N", "content_id": "<img1>", "role": "inline"}),
        json!({"path": "d.bin", "object_id": "acti_C", "role": "voicemail"}),
        json!({"path": "e.bin", "object_id": "acti_N", "role": "thumbnail", "filename": "one.pdf"}),
    ]);
    let mut image = file("acti_N", "tok3", "x.png", None);
    image["content_id"] = json!("img1");
    let files =
        [file("acti_N", "tok1", "one.pdf", None), file("acti_N", "tok2", "two.pdf", None), image];
    let folder = Folder::new()
        .put("down/list.txt", &manifest)
        .put("down/a.bin", pdf("a"))
        .put("b.bin", pdf("b"))
        .put("down/c.bin", PNG)
        .put("down/d.bin", MP3)
        .put("down/e.bin", pdf("e"))
        .put("acti_N/tok1/one.pdf", pdf("other"));
    let made = made_of(&[note("acti_N", &files), call("acti_C", true, true)], &folder, 6);
    assert_eq!(made.said("acti_N/tok1"), "attached manifest down/a.bin");
    assert_eq!(made.said("acti_N/tok2"), "attached manifest b.bin");
    assert_eq!(made.said("acti_N/tok3"), "attached manifest down/c.bin");
    assert_eq!(made.said("acti_C/voicemail"), "attached manifest down/d.bin");
    assert_eq!(made.said("acti_C/recording"), "missing C2T-A001");
    let left = map(&[("acti_N/tok1/one.pdf", "C2T-A030"), ("down/e.bin", "C2T-A030")]);
    assert_eq!(made.unclaimed(), left);
    assert_eq!(made.summary.attachments.found.lists, 1);
}

#[test]
fn what_a_manifest_says_of_downloads() {
    let status =
        |token: &str, status: &str| json!({"url": url("acti_N", token, "x"), "status": status});
    let named = |token: &str, path: &str| json!({"url": url("acti_N", token, "x"), "path": path});
    let manifest = lines(&[
        status("t1", "missing"),
        status("t2", "forbidden"),
        status("t3", "expired"),
        named("t4", "gone.pdf"),
        named("t5", "../outside.pdf"),
        named("t6", "/etc/passwd"),
        json!({"url": url("acti_N", "t7", "x"), "path": "seven.pdf", "sha256": "00"}),
        // A list may be wrong about what is there after all.
        status("t8", "missing"),
    ]);
    let tokens = ["t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8"];
    let files: Vec<_> = tokens.iter().map(|t| file("acti_N", t, "x", None)).collect();
    let folder = Folder::new()
        .put("manifest.jsonl", &manifest)
        .put("seven.pdf", PDF)
        .put("acti_N/t8/x", pdf("8"));
    let made = made_of(&[note("acti_N", &files)], &folder, 2);
    for (token, said) in tokens.iter().zip([
        "missing C2T-A003 manifest",
        "missing C2T-A004 manifest",
        "missing C2T-A005 manifest",
        "missing C2T-A006 manifest",
        "rejected C2T-A014 manifest",
        "rejected C2T-A014 manifest",
        "rejected C2T-A017 manifest seven.pdf",
        "attached C2T-A022 id-and-token acti_N/t8/x",
    ]) {
        assert_eq!(made.said(&format!("acti_N/{token}")), said);
    }
    let problems = map(&[("manifest.jsonl:5", "C2T-A044"), ("manifest.jsonl:6", "C2T-A044")]);
    assert_eq!(made.problems(), problems);
}

#[test]
fn broken_lines_are_named_and_the_others_count() {
    let good = json!({"path": "a.pdf", "url": url("acti_N", "tok1", "x")}).to_string();
    let long = format!("{{\"path\":\"{}\"}}", "x".repeat(2 << 20));
    let manifest = format!(
        "\u{feff}{{oops\n\n[1]\n{{\"path\":\"b.pdf\"}}\n{long}\n{good}\r\n{{\"path\":\"cut"
    );
    let folder = Folder::new().put("lists/manifest.jsonl", manifest).put("lists/a.pdf", PDF);
    let made = made_of(&[note("acti_N", &[file("acti_N", "tok1", "x.pdf", None)])], &folder, 1);
    assert_eq!(made.said("acti_N/tok1"), "attached manifest lists/a.pdf");
    let place = |line: u64| format!("lists/manifest.jsonl:{line}");
    let expected: Vec<String> = [1, 3, 4, 5, 7].map(place).into();
    assert_eq!(made.problems().into_keys().collect::<Vec<_>>(), expected);
    assert!(made.problems().values().all(|code| code == "C2T-A043"));
}

#[test]
fn a_list_that_cannot_be_read_is_named() {
    let head = b"Call Activity ID,Filename,\xff\xfe\nacti_C,a.mp3,x\n";
    let folder = Folder::new().put("rec/reference.csv", head).put("rec/a.mp3", MP3);
    let made = made_of(&[call("acti_C", true, false)], &folder, 1);
    assert_eq!(made.problems(), map(&[("rec/reference.csv:1", "C2T-A046")]));
    assert_eq!(made.said("acti_C/recording"), "missing C2T-A001");
}

#[test]
fn one_file_under_two_forms_of_its_name() {
    let manifest = lines(&[json!({"path": "Sch\u{f6}n.pdf", "url": url("acti_N", "tok1", "x")})]);
    let folder = Folder::new().put("manifest.jsonl", manifest).put("Scho\u{308}n.pdf", PDF);
    let made = made(&[note("acti_N", &[file("acti_N", "tok1", "x.pdf", None)])], &folder);
    assert_eq!(made.said("acti_N/tok1"), "attached manifest Scho\u{308}n.pdf");
}

#[test]
fn the_list_of_the_script_for_recordings() {
    let csv = "Call Activity ID,Filename,Date Created,Type (Answered Call|Voicemail),Duration,Lead ID,url\n";
    let csv = csv.replace(" (Answered Call|Voicemail)", "");
    let rows = [
        "acti_C,renamed.mp3,2023,Answered Call,5,lead_A,https://api.close.com/call/acti_C/recording/",
        // The script called it a recording; the list says that it is the voicemail.
        "acti_V,close-recording-acti_V.mp3,2023,Voicemail,5,lead_A,",
        // Voicemails mostly failed: the list has them, the folder does not.
        "acti_W,close-recording-acti_W.mp3,2023,Voicemail,5,lead_A,",
        "acti_X,../../x.mp3,2023,Answered Call,5,lead_A,",
        ",nameless.mp3,2023,Answered Call,5,lead_A,",
    ];
    let name = "Acme Downloaded Call Recordings from 2023-01-01 to 2023-02-01 Reference.csv";
    let folder = Folder::new()
        .put(&format!("rec/{name}"), csv + &rows.join("\n"))
        .put("rec/renamed.mp3", MP3)
        .put("rec/close-recording-acti_V.mp3", [MP3, b"v"].concat());
    let calls = [
        call("acti_C", true, false),
        call("acti_V", true, true),
        call("acti_W", false, true),
        call("acti_X", true, false),
    ];
    let made = made_of(&calls, &folder, 2);
    assert_eq!(made.said("acti_C/recording"), "attached reference-csv rec/renamed.mp3");
    assert_eq!(
        made.said("acti_V/voicemail"),
        "attached reference-csv rec/close-recording-acti_V.mp3"
    );
    assert_eq!(made.said("acti_V/recording"), "missing C2T-A001");
    assert_eq!(made.said("acti_W/voicemail"), "missing C2T-A006 reference-csv");
    assert_eq!(made.said("acti_X/recording"), "rejected C2T-A014 reference-csv");
    let list = format!("rec/{name}");
    let problems = map(&[(&format!("{list}:5"), "C2T-A044"), (&format!("{list}:6"), "C2T-A043")]);
    assert_eq!(made.problems(), problems);
}

#[test]
fn several_lists_and_several_folders() {
    let line =
        |token: &str, path: &str| lines(&[json!({"path": path, "url": url("acti_N", token, "x")})]);
    let (a, b) = (
        Folder::new().put("manifest.jsonl", line("tok1", "same.pdf")).put("same.pdf", pdf("a")),
        Folder::new().put("m/manifest.jsonl", line("tok2", "same.pdf")).put("m/same.pdf", pdf("b")),
    );
    let files = [file("acti_N", "tok1", "x.pdf", None), file("acti_N", "tok2", "x.pdf", None)];
    let records = crate::ground::export(&[note("acti_N", &files)]);
    // A folder inside another is searched once.
    let inner = b.path().join("m");
    let folders = [a.path(), b.path(), &inner, a.path()];
    let made =
        crate::ground::convert_with(&records, &folders, &crate::ground::How::default()).unwrap();
    assert_eq!(made.said("acti_N/tok1"), "attached manifest same.pdf");
    assert_eq!(made.said("acti_N/tok2"), "attached manifest m/same.pdf");
    assert_eq!(made.summary.attachments.found.files, 2);
}
