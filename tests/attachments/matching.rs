//! Each way of finding a file, and where it must not find one.

use crate::ground::{Folder, MP3, PAGE, PDF, PNG, call, file, made, made_of, map, note, pdf};
use serde_json::json;

#[test]
fn by_id_and_token_in_any_layout() {
    let mirror = "app.close.com/go/file/persisted/orga_X/activity.note";
    for (path, why) in [
        ("acti_N/tok1/offer.pdf".to_owned(), "folders"),
        ("lead_A/acti_N/tok1/anything.bin".to_owned(), "another name"),
        ("acti_N_tok1_offer.pdf".to_owned(), "one name"),
        (format!("{mirror}/acti_N/tok1/offer.pdf/index.html"), "a mirror"),
        (format!("{mirror}/acti_N/tok1/offer.pdf"), "a mirror without the slash"),
    ] {
        let folder = Folder::new().put(&path, PDF);
        let made =
            made_of(&[note("acti_N", &[file("acti_N", "tok1", "offer.pdf", None)])], &folder, 1);
        assert_eq!(made.said("acti_N/tok1"), format!("attached id-and-token {path}"), "{why}");
    }
}

#[test]
fn ids_and_tokens_are_compared_exactly() {
    for path in [
        "acti_n/tok1/x.pdf",
        "acti_NN/tok1/x.pdf",
        "acti_N/Tok1/x.pdf",
        "acti_N/tok11/x.pdf",
        "xacti_N/tok1/x.pdf",
    ] {
        let folder = Folder::new().put(path, PDF);
        let made = made(&[note("acti_N", &[file("acti_N", "tok1", "offer.pdf", None)])], &folder);
        assert_eq!(made.said("acti_N/tok1"), "missing C2T-A001", "{path}");
        assert_eq!(made.unclaimed(), map(&[(path, "C2T-A030")]));
    }
}

#[test]
fn by_id_and_name_whatever_was_done_to_the_name() {
    let name = "Schön: Angebot.PDF";
    for path in [
        "acti_N/Schön: Angebot.PDF",
        "lead_A/acti_N/sch%C3%B6n_ angebot.pdf",
        "acti_N_Scho\u{308}n_ Angebot.pdf",
        "2023-03-01 acti_N/schön_ angebot.pdf",
    ] {
        let folder = Folder::new().put(path, PDF);
        let made =
            made(&[note("acti_N", &[file("acti_N", "tok1", name, Some(PDF.len()))])], &folder);
        assert_eq!(made.said("acti_N/tok1"), format!("attached id-and-name {path}"));
        assert_eq!(made.line("acti_N/tok1")["name"], name);
    }
}

#[test]
fn twins_in_case_and_form_find_their_own() {
    let names = ["Offer.pdf", "offer.pdf", "Sch\u{f6}n.pdf", "Scho\u{308}n.pdf"];
    let tokens = ["tokA", "tokB", "tokC", "tokD"];
    let mut folder = Folder::new();
    let mut files = Vec::new();
    for (name, token) in names.iter().zip(tokens) {
        // All have the same size: only the letters tell them apart.
        folder = folder.put(&format!("acti_N/{name}"), pdf(token));
        let mut file = file("acti_N", token, "x", Some(PDF.len() + 4));
        file["filename"] = json!(name);
        files.push(file);
    }
    if std::fs::read_dir(folder.path().join("acti_N")).unwrap().count() < names.len() {
        return; // A file system that knows no such twins has none to mix up.
    }
    let made = made_of(&[note("acti_N", &files)], &folder, 4);
    for (name, token) in names.iter().zip(tokens) {
        assert_eq!(
            made.said(&format!("acti_N/{token}")),
            format!("attached id-and-name acti_N/{name}")
        );
    }
}

#[test]
fn numbers_behind_names_count_within_the_record_only() {
    let files = [
        file("acti_N", "tok1", "offer.pdf", Some(PDF.len() + 1)),
        file("acti_N", "tok2", "offer.pdf", Some(PDF.len() + 2)),
        file("acti_N", "tok3", "offer.pdf", Some(PDF.len() + 3)),
    ];
    let folder = Folder::new()
        .put("acti_N/offer.pdf", pdf("1"))
        .put("acti_N/offer (1).pdf", pdf("22"))
        .put("acti_N/offer_2.pdf", pdf("333"));
    let made_ = made_of(&[note("acti_N", &files)], &folder, 3);
    assert_eq!(made_.said("acti_N/tok1"), "attached id-and-name acti_N/offer.pdf");
    assert_eq!(made_.said("acti_N/tok2"), "attached id-and-name acti_N/offer (1).pdf");
    assert_eq!(made_.said("acti_N/tok3"), "attached id-and-name acti_N/offer_2.pdf");
    // The number may be the name of another file of the record, and elsewhere it says nothing.
    let files = [
        file("acti_N", "tok1", "offer.pdf", Some(PDF.len())),
        file("acti_N", "tok2", "offer_2.pdf", Some(PDF.len())),
    ];
    let folder = Folder::new().put("acti_N/offer_2.pdf", PDF).put("flat/offer (1).pdf", PDF);
    let made = made(&[note("acti_N", &files)], &folder);
    assert_eq!(made.said("acti_N/tok1"), "missing C2T-A001");
    assert_eq!(made.said("acti_N/tok2"), "attached id-and-name acti_N/offer_2.pdf");
}

#[test]
fn a_file_under_a_siblings_token_is_the_siblings() {
    let files = [
        file("acti_N", "tok1", "offer.pdf", Some(PDF.len())),
        file("acti_N", "tok2", "offer.pdf", Some(PDF.len())),
    ];
    let folder = Folder::new().put("acti_N/tok1/offer.pdf", PDF);
    let made = made(&[note("acti_N", &files)], &folder);
    assert_eq!(made.said("acti_N/tok1"), "attached id-and-token acti_N/tok1/offer.pdf");
    assert_eq!(made.said("acti_N/tok2"), "missing C2T-A001");
}

#[test]
fn by_name_and_size_when_nothing_else_can_be_it() {
    let one = |token: &str, size| note("acti_N", &[file("acti_N", token, "offer.pdf", size)]);
    let folder = Folder::new().put("all/OFFER.pdf", PDF).put("all/offer.pdf.txt", PDF);
    let found = made(&[one("tok1", Some(PDF.len()))], &folder);
    assert_eq!(found.said("acti_N/tok1"), "attached name-and-size all/OFFER.pdf");
    // Another size, or none: it is not known to be the one.
    for size in [None, Some(PDF.len() + 1)] {
        assert_eq!(made(&[one("tok1", size)], &folder).said("acti_N/tok1"), "missing C2T-A001");
    }
    // In the folder of another record, or of another lead, it is the other's.
    for path in ["acti_OTHER/offer.pdf", "lead_OTHER/offer.pdf"] {
        let folder = Folder::new().put(path, PDF);
        assert_eq!(
            made(&[one("tok1", Some(PDF.len()))], &folder).said("acti_N/tok1"),
            "missing C2T-A001"
        );
    }
    // Of several, the one in the lead's own folder.
    let folder = Folder::new().put("lead_A/offer.pdf", PDF).put("lead_B/offer.pdf", pdf(""));
    let found = made(&[one("tok1", Some(PDF.len()))], &folder);
    assert_eq!(found.said("acti_N/tok1"), "attached name-and-size lead_A/offer.pdf");
}

#[test]
fn one_file_is_not_given_to_two_records_for_its_name() {
    let size = Some(PDF.len());
    let notes = [
        note("acti_N", &[file("acti_N", "tok1", "invoice.pdf", size)]),
        note("acti_O", &[file("acti_O", "tok2", "invoice.pdf", size)]),
    ];
    let folder = Folder::new().put("invoice.pdf", PDF);
    let made_ = made(&notes, &folder);
    for key in ["acti_N/tok1", "acti_O/tok2"] {
        assert_eq!(made_.said(key), "rejected C2T-A016 name-and-size invoice.pdf");
    }
    assert_eq!(made_.unclaimed(), map(&[("invoice.pdf", "C2T-A031")]));
    // The picture of a signature is the same in every message.
    let mail = |id: &str, token: &str| {
        let mut file = file(id, token, "logo.png", Some(PNG.len()));
        (file["inline_only"], file["content_id"]) = (json!(true), json!("logo@x"));
        json!({"_type": "Email", "id": id, "lead_id": "lead_A", "subject": "x", "status": "sent",
               "date_created": "2023-03-01T10:00:00+00:00", "attachments": [file]})
    };
    let folder = Folder::new().put("logo.png", PNG);
    let made = made(&[mail("acti_1", "t1"), mail("acti_2", "t2")], &folder);
    assert_eq!(
        (made.summary.attachments.attached, made.summary.attachments.found.attached),
        (2, 1)
    );
    assert_eq!(made.line("acti_1/t1")["role"], "inline");
}

#[test]
fn recordings_by_their_name() {
    let folder = Folder::new()
        .put("close-recording-acti_C.mp3", MP3)
        .put("sub/close-recording-acti_V.mp3", [MP3, b"v"].concat())
        .put("close-recording-acti_B.mp3", [MP3, b"b"].concat())
        .put("acti_W/voicemail.mp3", [MP3, b"w"].concat());
    let calls = [
        call("acti_C", true, false),
        call("acti_V", false, true),
        call("acti_B", true, true),
        call("acti_W", true, true),
    ];
    let made = made_of(&calls, &folder, 4);
    assert_eq!(made.said("acti_C/recording"), "attached recording-name close-recording-acti_C.mp3");
    // The only sound of a call is meant, whatever it is.
    assert_eq!(
        made.said("acti_V/voicemail"),
        "attached recording-name sub/close-recording-acti_V.mp3"
    );
    assert_eq!(made.said("acti_B/recording"), "attached recording-name close-recording-acti_B.mp3");
    assert_eq!(made.said("acti_B/voicemail"), "missing C2T-A001");
    assert_eq!(made.said("acti_W/voicemail"), "attached id-and-token acti_W/voicemail.mp3");
    assert_eq!(made.said("acti_W/recording"), "missing C2T-A001");
    let line = made.line("acti_C/recording");
    assert_eq!((&*line["name"], &*line["content_type"]), ("recording-acti_C.mp3", "audio/mpeg"));
    assert_eq!((&*line["category"], &*line["role"]), ("AUDIO", "recording"));
}

#[test]
fn a_recording_is_named_after_what_it_is() {
    let wav = [&b"RIFF\x24\0\0\0WAVEfmt "[..], &[0; 28]].concat();
    let folder = Folder::new().put("close-recording-acti_C.mp3", wav);
    let made = made(&[call("acti_C", true, false)], &folder);
    let line = made.line("acti_C/recording");
    assert_eq!((&*line["name"], &*line["code"]), ("recording-acti_C.wav", ""));
}

#[test]
fn previews_are_no_files_of_their_own() {
    let base = "app.close.com/go/file/persisted/orga_X/activity.note/acti_N/tok1/a.png";
    let (whole, preview) = (format!("{base}/index.html"), format!("{base}/thumbnail/index.html"));
    let folder = Folder::new().put(&whole, PNG).put(&preview, b"\xff\xd8\xff\xe0\0\x10JFIF\0");
    let mut png = file("acti_N", "tok1", "a.png", Some(PNG.len()));
    png["thumbnail_url"] = json!(format!("https://{base}/thumbnail/"));
    let made = made_of(&[note("acti_N", &[png])], &folder, 2);
    assert_eq!(made.said("acti_N/tok1"), format!("attached id-and-token {whole}"));
    assert_eq!(made.unclaimed(), map(&[(&preview, "C2T-A033")]));
}

#[test]
fn several_that_fit_are_not_told_apart() {
    let size = Some(PDF.len());
    let offer = note("acti_N", &[file("acti_N", "tok1", "offer.pdf", size)]);
    for (a, b, how) in [
        ("x/acti_N/tok1/offer.pdf", "y/acti_N/tok1/offer.pdf", "id-and-token"),
        ("x/acti_N/offer.pdf", "y/acti_N/offer.pdf", "id-and-name"),
        ("x/offer.pdf", "y/offer.pdf", "name-and-size"),
    ] {
        let folder = Folder::new().put(a, PDF).put(b, &PDF[..PDF.len()]);
        let made = made_of(std::slice::from_ref(&offer), &folder, 2);
        assert_eq!(made.said("acti_N/tok1"), format!("rejected C2T-A015 {how}"));
        assert_eq!(made.unclaimed(), map(&[(a, "C2T-A032"), (b, "C2T-A032")]));
        let detail = made.report.column("detail").join("");
        assert_eq!(detail, format!("{a}; {b}"));
    }
    // A wrong size tells them apart.
    let folder =
        Folder::new().put("x/acti_N/tok1/offer.pdf", PDF).put("y/acti_N/tok1/offer.pdf", PAGE);
    let made = made(&[offer], &folder);
    assert_eq!(made.said("acti_N/tok1"), "attached id-and-token x/acti_N/tok1/offer.pdf");
}

#[cfg(unix)]
#[test]
fn names_that_are_no_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let put = |name: &[u8], bytes: &[u8]| {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes)
    };
    // A name in Latin-1, and one in nothing at all.
    if put(b"acti_N/sch\xf6n.pdf", PDF).is_err() {
        return; // File systems that take no such names have none.
    }
    put(b"acti_N/tok2/\xff\xfe.bin", PNG).unwrap();
    let files = [
        file("acti_N", "tok1", "schön.pdf", Some(PDF.len())),
        file("acti_N", "tok2", "x.png", Some(PNG.len())),
    ];
    let made = made_of(&[note("acti_N", &files)], &folder, 2);
    assert_eq!(made.said("acti_N/tok1"), "attached id-and-name acti_N/sch\u{fffd}n.pdf");
    assert_eq!(made.said("acti_N/tok2"), "attached id-and-token acti_N/tok2/\u{fffd}\u{fffd}.bin");
}
