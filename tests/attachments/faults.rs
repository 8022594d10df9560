//! One fault of a kind each, beside a good file: each is named exactly, and the good file is found.

use crate::ground::{
    Folder, How, MP3, Made, PAGE, PDF, PNG, call, convert_with, export, file, made, made_of, map,
    note, pdf,
};
use serde_json::{Value, json};
use std::fs;

/// A note whose file `tok1` is faulty, and whose file `good` is not.
fn both(name: &str, size: Option<usize>) -> [Value; 1] {
    let good = pdf("good");
    [note(
        "acti_N",
        &[file("acti_N", "tok1", name, size), file("acti_N", "good", "good.pdf", Some(good.len()))],
    )]
}

fn with_good() -> Folder {
    Folder::new().put("acti_N/good/good.pdf", pdf("good"))
}

fn good(made: &Made) {
    assert_eq!(made.said("acti_N/good"), "attached id-and-token acti_N/good/good.pdf");
}

#[test]
fn content_that_is_not_what_it_should_be() {
    let json = br#"{"error":"You do not have permission"}"#;
    let xml = b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    for (name, size, bytes, code) in [
        ("a.pdf", Some(9), &b""[..], "C2T-A010"),
        ("a.pdf", Some(0), b"", "C2T-A010"),
        ("a.pdf", Some(PDF.len() + 1), PDF, "C2T-A011"),
        ("a.pdf", Some(PDF.len() - 1), PDF, "C2T-A011"),
        ("a.pdf", None, PAGE, "C2T-A012"),
        ("a.pdf", Some(20_000), PAGE, "C2T-A012"),
        ("a.png", None, json, "C2T-A012"),
        ("a.docx", None, xml, "C2T-A012"),
        ("a.jpg", None, b"Unauthorized", "C2T-A012"),
    ] {
        let folder = with_good().put(&format!("acti_N/tok1/{name}"), bytes);
        let made = made_of(&both(name, size), &folder, 2);
        let path = format!("acti_N/tok1/{name}");
        assert_eq!(
            made.said("acti_N/tok1"),
            format!("rejected {code} id-and-token {path}"),
            "{size:?}"
        );
        assert_eq!(made.unclaimed(), map(&[(&path, "C2T-A031")]), "{name}");
        good(&made);
        assert_eq!(made.line("acti_N/tok1")["path"], "");
        assert_eq!(made.summary.attachments.stored.files, 1);
    }
}

#[test]
fn an_error_page_in_a_recording() {
    let folder = Folder::new()
        .put("close-recording-acti_C.mp3", PAGE)
        .put("close-recording-acti_D.mp3", MP3)
        .put("close-recording-acti_E.mp3", br#"{"error": "Not found"}"#);
    let calls = ["acti_C", "acti_D", "acti_E"].map(|id| call(id, true, false));
    let made = made(&calls, &folder);
    for id in ["acti_C", "acti_E"] {
        let said = format!("rejected C2T-A012 recording-name close-recording-{id}.mp3");
        assert_eq!(made.said(&format!("{id}/recording")), said);
    }
    assert_eq!(made.line("acti_C/recording")["type_by_content"], "text/html");
    assert_eq!(made.said("acti_D/recording"), "attached recording-name close-recording-acti_D.mp3");
}

#[test]
fn content_that_contradicts_its_name_is_kept_and_flagged() {
    let long = "words ".repeat(2_000);
    for (name, bytes, code, verdict, chosen) in [
        ("a.jpg", PNG, "C2T-A020", "name-differs", "image/png"),
        ("a.pdf", PAGE, "C2T-A021", "name-differs", "text/html"),
        ("a.mp3", long.as_bytes(), "C2T-A021", "name-differs", "text/plain"),
        ("a.mp3", &[0; 64], "C2T-A021", "unrecognised", "audio/mpeg"),
        ("README", b"text", "C2T-A022", "agree", "text/plain"),
        ("a.png", PNG, "", "agree", "image/png"),
        ("a.csv", b"a,b\n", "", "agree", "text/csv"),
        ("a.eml", b"From: ada@example.com\n", "", "agree", "message/rfc822"),
        (
            "a.docx",
            b"PK\x03\x04\x14\0\0\0\x08\0",
            "",
            "agree",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "", "agree", "application/msword"),
        ("a.odd", b"\x01\x02\xff", "", "unrecognised", "application/octet-stream"),
    ] {
        // The very size Close says: it is what Close had.
        let folder = with_good().put(&format!("acti_N/tok1/{name}"), bytes);
        let made = made(&both(name, Some(bytes.len())), &folder);
        let line = made.line("acti_N/tok1");
        let found = [&line["status"], &line["code"], &line["types"], &line["content_type"]];
        assert_eq!(found.map(String::as_str), ["attached", code, verdict, chosen], "{name}");
        assert_eq!(fs::read(made.path().join(&line["path"])).unwrap(), bytes);
        assert_eq!(made.summary.attachments.flagged, u64::from(!code.is_empty()));
        good(&made);
    }
}

#[test]
fn what_is_stored_has_the_ending_of_what_it_is() {
    let folder = with_good().put("acti_N/tok1/a.pdf", PNG);
    let made = made(&both("a.pdf", Some(PNG.len())), &folder);
    let line = made.line("acti_N/tok1");
    let ending = line["path"].rsplit('.').next();
    assert_eq!((ending, &*line["name"]), (Some("png"), "a.pdf"));
}

#[test]
fn missing_and_without_a_folder() {
    let made_ = made(&both("a.pdf", None), &with_good());
    assert_eq!(made_.said("acti_N/tok1"), "missing C2T-A001");
    assert!(made_.summary.needs_a_person());
    good(&made_);
    let made = convert_with(&export(&both("a.pdf", None)), &[], &How::default()).unwrap();
    for key in ["acti_N/tok1", "acti_N/good"] {
        assert_eq!(made.said(key), "missing C2T-A002");
    }
    assert!(!made.summary.needs_a_person(), "nobody asked for files");
    assert!(made.report.rows.is_empty(), "files.csv says so already");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.pdf"), PDF).unwrap();
    let folder = with_good();
    fs::create_dir_all(folder.path().join("acti_N/tok1")).unwrap();
    symlink(outside.path().join("secret.pdf"), folder.path().join("acti_N/tok1/a.pdf")).unwrap();
    symlink(outside.path(), folder.path().join("elsewhere")).unwrap();
    symlink(folder.path(), folder.path().join("acti_N/loop")).unwrap();
    symlink("nowhere", folder.path().join("broken")).unwrap();
    let made = made_of(&both("a.pdf", Some(PDF.len())), &folder, 3);
    assert_eq!(made.said("acti_N/tok1"), "rejected C2T-A014 id-and-token acti_N/tok1/a.pdf");
    assert_eq!(made.unclaimed(), map(&[("acti_N/tok1/a.pdf", "C2T-A031"), ("broken", "C2T-A034")]));
    assert_eq!(made.problems(), map(&[("acti_N/loop", "C2T-A042"), ("elsewhere", "C2T-A042")]));
    good(&made);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_opened() {
    let folder = with_good();
    fs::create_dir_all(folder.path().join("acti_N/tok1")).unwrap();
    let place = folder.path().join("acti_N/tok1/a.pdf");
    let _listener = std::os::unix::net::UnixListener::bind(&place).unwrap();
    let _other = std::os::unix::net::UnixListener::bind(folder.path().join("stray.pdf")).unwrap();
    let made = made_of(&both("a.pdf", None), &folder, 3);
    assert_eq!(made.said("acti_N/tok1"), "rejected C2T-A018 id-and-token acti_N/tok1/a.pdf");
    assert_eq!(made.unclaimed()["stray.pdf"], "C2T-A035");
    good(&made);
}

#[test]
fn a_folder_named_like_the_file_is_not_the_file() {
    let folder = with_good();
    fs::create_dir_all(folder.path().join("acti_N/tok1/a.pdf")).unwrap();
    let made = made_of(&both("a.pdf", None), &folder, 1);
    assert_eq!(made.said("acti_N/tok1"), "missing C2T-A001");
}

/// Root may read everything, so this holds for other users only.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_good().put("acti_N/tok1/a.pdf", PDF).put("closed/x.pdf", PDF);
    let (file, closed) = (folder.path().join("acti_N/tok1/a.pdf"), folder.path().join("closed"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let all = fs::File::open(&file).is_ok();
    let made = (!all).then(|| made(&both("a.pdf", None), &folder));
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    let Some(made) = made else { return };
    assert_eq!(made.said("acti_N/tok1"), "rejected C2T-A013 id-and-token acti_N/tok1/a.pdf");
    assert_eq!(made.problems(), map(&[("closed", "C2T-A040")]));
    good(&made);
}

#[test]
fn leavings_of_systems_are_not_found() {
    let folder = with_good()
        .put(".DS_Store", "x")
        .put("acti_N/Thumbs.db", "x")
        .put("acti_N/desktop.ini", "x")
        .put("acti_N/._good.pdf", "x")
        .put("__MACOSX/acti_N/._good.pdf", "x")
        .put("stray.pdf", pdf("stray"));
    let made = made_of(&both("a.pdf", None), &folder, 2);
    assert_eq!(made.unclaimed(), map(&[("stray.pdf", "C2T-A030")]));
    assert_eq!(made.summary.attachments.found.system_files, 4);
    good(&made);
}

#[test]
fn folders_have_an_end() {
    let deep = "d/".repeat(100);
    let folder = with_good().put(&format!("{deep}x.pdf"), PDF);
    let made = made_of(&both("a.pdf", None), &folder, 1);
    let problems = made.problems();
    assert_eq!(problems.values().collect::<Vec<_>>(), ["C2T-A041"], "{problems:?}");
    good(&made);
}

#[test]
fn a_bundle_among_the_files_is_left_out() {
    let folder = with_good()
        .put("old/manifest.json", "{\"format\": \"close2twenty-bundle\", \"version\": 1}")
        .put("old/files/00/x.pdf", pdf("old"));
    let made = made_of(&both("a.pdf", None), &folder, 1);
    assert_eq!(made.problems(), map(&[("old", "C2T-A045")]));
    good(&made);
}

#[test]
fn the_same_content_is_stored_once() {
    let files = [
        file("acti_N", "t1", "a.pdf", Some(PDF.len())),
        file("acti_N", "t2", "b.pdf", Some(PDF.len())),
        file("acti_N", "t3", "c.txt", Some(PDF.len())),
    ];
    let folder = Folder::new()
        .put("acti_N/t1/a.pdf", PDF)
        .put("acti_N/t2/b.pdf", PDF)
        .put("acti_N/t3/c.txt", PDF)
        .put("copy of a.pdf", PDF);
    let made = made_of(&[note("acti_N", &files)], &folder, 4);
    let sum = &made.summary.attachments;
    assert_eq!((sum.attached, sum.stored.files, sum.stored.bytes), (3, 1, PDF.len() as u64));
    assert_eq!((sum.found.attached, sum.found.duplicate, sum.found.unclaimed), (1, 3, 0));
    assert_eq!(made.unclaimed(), map(&[("copy of a.pdf", "C2T-A036")]));
    let paths: Vec<_> = made.index.column("path");
    assert!(paths.iter().all(|path| *path == paths[0]), "{paths:?}");
}

#[test]
fn a_folder_that_is_none_is_refused() {
    let folder = with_good();
    let file = folder.path().join("acti_N/good/good.pdf");
    let refused = |path: &std::path::Path| {
        let made = convert_with(&export(&both("a.pdf", None)), &[path], &How::default());
        made.err().map(|error| error.code)
    };
    assert_eq!(refused(&file), Some("C2T-E070"));
    assert_eq!(refused(&folder.path().join("none")), Some("C2T-E010"));
}

#[test]
fn odd_lists_of_attachments_harm_nothing() {
    let odd = json!({"_type": "Note", "id": "acti_O", "lead_id": "lead_A", "note": "x",
        "date_created": "2023-03-01T10:00:00+00:00",
        "attachments": [{}, {"size": 3}, {"url": "", "filename": null}, {"url": 5, "size": "many"},
                        {"filename": "a\u{0}b\n.pdf", "size": -1}, {"url": ["x"], "filename": "c.pdf"},
                        {"filename": "c.pdf"}, {"filename": "c.pdf"}]});
    let text = json!({"_type": "Note", "id": "acti_T", "lead_id": "lead_A", "attachments": "none"});
    let made = made(&[odd, text], &with_good());
    let keys = made.index.column("close_id");
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert_eq!(made.line("acti_O/c.pdf:0#3")["name"], "c.pdf");
    assert_eq!(made.line("acti_O/a b .pdf:0")["name"], "a b .pdf");
}
