//! Files against a scripted server, in simulated time.

use std::io::{self, Read};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Began, Content, Halt, Route, Routes, Uploaded, Uploads};
use crate::error::Error;
use crate::push::client::tests::{Got, Stage, Step, say};
use crate::push::client::{Clock, Refusal};

const BOTH: Routes = Routes { direct: true, multipart: true };
const FIELD: &str = "field-1";
/// An address nobody listens at.
const NOWHERE: &str = "http://127.0.0.1:1/x?token=t";

fn place_at(id: &str, url: &str) -> Step {
    let place = json!({"fileId": id, "uploadUrl": url, "contentType": "application/octet-stream",
        "expiresAt": "2026-11-22T10:15:00.000Z"});
    say(200, &json!({"data": {"createFileUpload": place}}))
}

fn place(id: &str) -> Step {
    place_at(id, &format!("{{url}}/file-upload/{id}?token=t"))
}

fn taken() -> Step {
    Step::Say(204, &[], String::new())
}

fn completed(id: &str) -> Step {
    say(200, &json!({"data": {"completeFileUpload": {"id": id}}}))
}

fn uploaded(id: &str) -> Step {
    say(200, &json!({"data": {"uploadFilesFieldFile": {"id": id}}}))
}

/// A refusal in the words of the server, with its clock.
fn refused(words: &str) -> Step {
    let date: &[(&str, &str)] = &[("Date", "Sun, 22 Nov 2026 10:00:00 GMT")];
    let error = json!({"message": words, "extensions": {"code": "INTERNAL_SERVER_ERROR"}});
    Step::Say(200, date, json!({"errors": [error], "data": null}).to_string())
}

fn contradiction() -> Step {
    refused("File content does not match its extension. The file has extension 'pdf' …")
}

fn not_there() -> Step {
    refused("File f1 has not been uploaded to storage yet")
}

fn forbidden() -> Step {
    say(403, &json!({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403}))
}

struct Run {
    sent: Result<Uploaded, Halt>,
    remembered: Vec<Began>,
    notes: Vec<String>,
    got: Vec<Got>,
    seconds: u64,
}

/// Sends `bytes` under `name`, as `times` files.
fn run_times(
    times: u32,
    script: Vec<Step>,
    routes: Routes,
    name: &str,
    bytes: &[u8],
    began: Option<&Began>,
) -> Run {
    let stage = Stage::new(script);
    let notes = Mutex::new(Vec::new());
    let note = |notice: crate::event::Notice, why: &str| {
        notes.lock().unwrap().push(format!("{} {why}", notice.code));
    };
    let uploads = Uploads::new(&stage.client, FIELD, routes, &note);
    let open =
        || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(io::Cursor::new(bytes.to_vec()))) };
    let content =
        Content { name, content_type: "application/pdf", bytes: bytes.len() as u64, open: &open };
    let mut remembered = Vec::new();
    let mut send = || {
        uploads.send(&content, began.cloned(), &mut |step| {
            remembered.push(step.clone());
            Ok(())
        })
    };
    let mut sent = send();
    for _ in 1..times {
        sent = send();
    }
    let seconds = stage.clock.now().as_secs();
    Run { sent, remembered, notes: notes.into_inner().unwrap(), got: stage.got(), seconds }
}

fn run(script: Vec<Step>, routes: Routes, name: &str, bytes: &[u8]) -> Run {
    run_times(1, script, routes, name, bytes, None)
}

fn direct(id: &str, sent_as: &str) -> Uploaded {
    Uploaded { file_id: id.into(), sent_as: sent_as.into(), route: Route::Direct }
}

fn multipart(id: &str, sent_as: &str) -> Uploaded {
    Uploaded { route: Route::Multipart, ..direct(id, sent_as) }
}

fn stored(uploaded: &Uploaded) -> Began {
    let Uploaded { file_id, sent_as, route } = uploaded.clone();
    Began::Stored { file_id, sent_as, route }
}

fn lines(got: &[Got]) -> Vec<String> {
    let operation = |got: &Got| -> String {
        let body: Value = serde_json::from_slice(&got.body).unwrap_or_default();
        let query = body["query"].as_str().unwrap_or_default();
        query
            .split(['{', '('])
            .find(|word| word.ends_with("Upload"))
            .unwrap_or("multipart")
            .replace("mutation ", "")
    };
    let line = |got: &Got| if got.line.starts_with("PUT") { "PUT".into() } else { operation(got) };
    got.iter().map(line).collect()
}

#[test]
fn the_direct_way_is_remembered_before_each_step() {
    let run = run(vec![place("f1"), taken(), completed("f1")], BOTH, "contract.pdf", b"%PDF-1");
    let expected = direct("f1", "contract.pdf");
    assert_eq!(run.sent.unwrap(), expected);
    let [Began::Direct { file_id, url, sent_as, .. }, last] = &run.remembered[..] else {
        panic!("{:?}", run.remembered)
    };
    assert_eq!((file_id.as_str(), sent_as.as_str()), ("f1", "contract.pdf"));
    assert!(url.ends_with("/file-upload/f1?token=t"));
    assert_eq!(last, &stored(&expected));
    assert_eq!(lines(&run.got), ["CreateUpload", "PUT", "CompleteUpload"]);
    let asked: Value = serde_json::from_slice(&run.got[0].body).unwrap();
    assert_eq!(
        asked["variables"],
        json!({"filename": "contract.pdf", "size": 6, "fileFolder": "FilesField", "fieldMetadataId": FIELD})
    );
    assert_eq!(run.got[1].body, b"%PDF-1");
    assert_eq!(run.got[1].header("authorization"), None);
    assert!(run.notes.is_empty());
}

#[test]
fn without_the_direct_way_it_goes_through_the_api() {
    let routes = Routes::of(["createOneField", "uploadFilesFieldFile"]);
    let run = run(vec![uploaded("m1")], routes, "a.pdf", b"%PDF-1");
    assert_eq!(run.remembered, [stored(&multipart("m1", "a.pdf"))]);
    assert_eq!(run.sent.unwrap(), multipart("m1", "a.pdf"));
    assert!(run.notes.is_empty());
    let body = String::from_utf8_lossy(&run.got[0].body).into_owned();
    assert!(body.contains("filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1\r\n"));
    assert!(body.contains(r#""variables":{"file":null,"fieldMetadataId":"field-1"}"#));
}

#[test]
fn an_empty_file_goes_through_the_api() {
    let sent = run(vec![uploaded("m1")], BOTH, "zero.txt", b"");
    assert_eq!(sent.sent.unwrap(), multipart("m1", "zero.txt"));
    assert!(sent.notes.is_empty());
    let only = Routes { direct: true, multipart: false };
    let sent = run(vec![], only, "zero.txt", b"");
    assert!(
        matches!(sent.sent, Err(Halt::Server(Refusal::Data(fault))) if fault.code == "NO_UPLOAD")
    );
}

#[test]
fn content_that_contradicts_its_name_goes_under_a_neutral_one() {
    let cases: [(&str, &[u8], &str); 4] = [
        ("page.pdf", b"<html>\xc3\xa4</html>", "page.txt"),
        ("sound.mp3", b"\x00\x00\x00\x00", "sound.bin"),
        ("latin.png", b"gr\xfc\xdfe", "latin.bin"),
        ("x.y/z.tar.gz", b"text", "x.y_z.tar.txt"),
    ];
    for (name, bytes, sent_as) in cases {
        let script =
            vec![place("f1"), taken(), contradiction(), place("f2"), taken(), completed("f2")];
        let run = run(script, BOTH, name, bytes);
        assert_eq!(run.sent.unwrap(), direct("f2", sent_as), "{name}");
        assert_eq!(run.remembered.len(), 3);
        assert_eq!(run.seconds, 0, "this is no fault of the way");
    }
    let run = run(
        vec![contradiction(), uploaded("m2")],
        Routes { direct: false, multipart: true },
        "page.pdf",
        b"hello",
    );
    assert_eq!(run.sent.unwrap(), multipart("m2", "page.txt"));
}

#[test]
fn what_is_refused_under_every_name_is_set_aside() {
    let script =
        || vec![place("f1"), taken(), contradiction(), place("f2"), taken(), contradiction()];
    let run_ = run(script(), BOTH, "page.pdf", b"hello");
    assert!(matches!(run_.sent, Err(Halt::Server(Refusal::Data(_)))));
    let run_ = run(vec![place("f1"), taken(), contradiction()], BOTH, "page.bin", b"hello");
    assert!(matches!(run_.sent, Err(Halt::Server(Refusal::Data(_)))));
    assert_eq!(run_.got.len(), 3);
}

#[test]
fn an_address_out_of_reach_closes_the_direct_way_once() {
    let script = vec![place_at("f1", NOWHERE), uploaded("m1"), uploaded("m2"), uploaded("m3")];
    let run = run_times(3, script, BOTH, "a.pdf", b"x", None);
    assert_eq!(run.sent.unwrap(), multipart("m3", "a.pdf"));
    assert_eq!(lines(&run.got), ["CreateUpload", "multipart", "multipart", "multipart"]);
    let [note] = &run.notes[..] else { panic!("{:?}", run.notes) };
    assert!(note.starts_with("C2T-A050 http://127.0.0.1:1/x"), "{note}");
    assert!(!note.contains("token"));
    assert_eq!(run.seconds, 1 + 2);
}

#[test]
fn an_address_out_of_reach_without_another_way_stops_the_run() {
    let only = Routes { direct: true, multipart: false };
    let run = run(vec![place_at("f1", NOWHERE)], only, "a.pdf", b"x");
    assert!(matches!(run.sent, Err(Halt::Server(Refusal::Lost(_)))));
    assert_eq!((run.notes.len(), run.remembered.len()), (0, 1));
}

#[test]
fn a_place_that_refuses_is_asked_for_once_more() {
    let script = vec![place("f1"), forbidden(), place("f2"), taken(), completed("f2")];
    let sent = run(script, BOTH, "a.pdf", b"x");
    assert_eq!(sent.sent.unwrap(), direct("f2", "a.pdf"));
    let script = vec![place("f1"), forbidden(), place("f2"), forbidden(), uploaded("m1")];
    let sent = run(script, BOTH, "a.pdf", b"x");
    assert_eq!(sent.sent.unwrap(), multipart("m1", "a.pdf"));
    assert_eq!(sent.notes.len(), 1);
}

#[test]
fn one_refusal_does_not_close_a_way_that_has_worked() {
    let script = vec![
        place("f1"),
        taken(),
        completed("f1"),
        place("f2"),
        forbidden(),
        place("f3"),
        forbidden(),
        uploaded("m1"),
    ];
    let run = run_times(2, script, BOTH, "a.pdf", b"x", None);
    assert_eq!(run.sent.unwrap(), multipart("m1", "a.pdf"));
    assert!(run.notes.is_empty());
}

#[test]
fn a_dropped_stream_is_sent_anew_from_its_beginning() {
    let script = vec![place("f1"), Step::Drop, taken(), completed("f1")];
    let sent = run(script, BOTH, "a.pdf", b"content");
    assert_eq!(sent.sent.unwrap(), direct("f1", "a.pdf"));
    assert_eq!(
        (sent.got[1].body.as_slice(), sent.got[2].body.as_slice()),
        (&b"content"[..], &b"content"[..])
    );
    assert_eq!(sent.seconds, 1);
    let slow = say(429, &json!({"error": "RATE_LIMITED", "messages": ["slow"]}));
    let script = vec![Step::Drop, slow, Step::Drop, uploaded("m1")];
    let sent = run(script, Routes { direct: false, multipart: true }, "a.pdf", b"content");
    assert_eq!(sent.sent.unwrap(), multipart("m1", "a.pdf"));
    let script = vec![Step::Drop, Step::Drop, Step::Drop];
    let sent = run(script, Routes { direct: false, multipart: true }, "a.pdf", b"content");
    assert!(matches!(sent.sent, Err(Halt::Server(Refusal::Lost(_)))));
}

fn begun(url: &str, expires: &str) -> Began {
    Began::Direct {
        file_id: "f1".into(),
        url: url.into(),
        content_type: "application/octet-stream".into(),
        expires: expires.into(),
        sent_as: "a.pdf".into(),
    }
}

fn resumed(script: Vec<Step>, began: &Began) -> Run {
    run_times(1, script, BOTH, "a.pdf", b"x", Some(began))
}

#[test]
fn what_is_stored_is_not_sent_again() {
    let uploaded = multipart("m1", "a.bin");
    let run = resumed(vec![], &stored(&uploaded));
    assert_eq!(run.sent.unwrap(), uploaded);
    assert!(run.remembered.is_empty() && run.got.is_empty());
}

#[test]
fn what_was_begun_is_ended() {
    let run = resumed(vec![completed("f1")], &begun(NOWHERE, "2026-11-22T10:15:00.000Z"));
    assert_eq!(run.sent.unwrap(), direct("f1", "a.pdf"));
    assert_eq!(run.remembered, [stored(&direct("f1", "a.pdf"))]);
}

#[test]
fn bytes_that_lack_are_put_to_the_same_place_in_time() {
    let short = || refused("File f1 has 5 bytes in storage but 10 were declared");
    for lack in [not_there, short] {
        let stage = Stage::new(vec![lack(), taken(), completed("f1")]);
        let url = format!("{}/file-upload/f1", stage.url);
        let began = begun(&url, "2026-11-22T10:15:00.000Z");
        let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(&b"x"[..])) };
        let content = Content { name: "a.pdf", content_type: "a/b", bytes: 1, open: &open };
        let uploads = Uploads::new(&stage.client, FIELD, BOTH, &|_, _| ());
        let sent = uploads.send(&content, Some(began), &mut |_| Ok(())).unwrap();
        assert_eq!(sent, direct("f1", "a.pdf"));
        assert_eq!(lines(&stage.got()), ["CompleteUpload", "PUT", "CompleteUpload"]);
    }
}

#[test]
fn what_has_expired_or_vanished_begins_anew() {
    let late = begun(NOWHERE, "2026-11-22T10:00:30.000Z");
    let open = begun(NOWHERE, "2026-11-22T10:15:00.000Z");
    let gone = || refused("Could not find any entity of type \"FileEntity\" matching: {}");
    for (answer, began) in
        [(not_there(), &late), (gone(), &open), (not_there(), &begun(NOWHERE, "?"))]
    {
        let run = resumed(vec![answer, place("f2"), taken(), completed("f2")], began);
        assert_eq!(run.sent.unwrap(), direct("f2", "a.pdf"));
        assert_eq!(lines(&run.got), ["CompleteUpload", "CreateUpload", "PUT", "CompleteUpload"]);
    }
}

#[test]
fn a_contradiction_found_when_resuming_is_one_too() {
    let began = begun(NOWHERE, "2026-11-22T10:15:00.000Z");
    let run = resumed(vec![contradiction(), place("f2"), taken(), completed("f2")], &began);
    assert_eq!(run.sent.unwrap(), direct("f2", "a.txt"));
}

#[test]
fn more_than_the_server_takes_is_not_sent() {
    let stage = Stage::new(vec![]);
    let open = || -> io::Result<Box<dyn Read + Send>> { Err(io::ErrorKind::Other.into()) };
    let send = |bytes: u64| {
        let content = Content { name: "a.mp4", content_type: "video/mp4", bytes, open: &open };
        let uploads = Uploads::new(&stage.client, FIELD, BOTH, &|_, _| ());
        uploads.send(&content, None, &mut |_| Ok(()))
    };
    assert!(
        matches!(send((1 << 30) + 1), Err(Halt::Server(Refusal::Data(fault))) if fault.code == "FILE_TOO_LARGE")
    );
    assert_eq!(stage.client.calls(), 0);
}

#[test]
fn a_file_that_cannot_be_read_is_set_aside() {
    let stage = Stage::new(vec![place("f1"), place("f2"), Step::Drop]);
    let gone = || -> io::Result<Box<dyn Read + Send>> { Err(io::ErrorKind::NotFound.into()) };
    let short = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(&b"x"[..])) };
    let opens: [&dyn Fn() -> io::Result<Box<dyn Read + Send>>; 2] = [&gone, &short];
    for open in opens {
        let content = Content { name: "a.pdf", content_type: "a/b", bytes: 9, open };
        let uploads = Uploads::new(&stage.client, FIELD, BOTH, &|_, _| ());
        let sent = uploads.send(&content, None, &mut |_| Ok(()));
        assert!(
            matches!(&sent, Err(Halt::Server(Refusal::Data(fault))) if fault.code == "SOURCE"),
            "{sent:?}"
        );
    }
}

#[test]
fn what_cannot_be_remembered_is_not_used() {
    let stage = Stage::new(vec![place("f1")]);
    let open = || -> io::Result<Box<dyn Read + Send>> { Ok(Box::new(&b"x"[..])) };
    let content = Content { name: "a.pdf", content_type: "a/b", bytes: 1, open: &open };
    let uploads = Uploads::new(&stage.client, FIELD, BOTH, &|_, _| ());
    let sent = uploads.send(&content, None, &mut |_| Err(Error::failed("C2T-E013", "full")));
    assert!(matches!(sent, Err(Halt::Own(error)) if error.code == "C2T-E013"));
    assert_eq!(stage.client.calls(), 1);
}

#[test]
fn rights_end_the_run_and_a_file_s_own_failure_does_not() {
    let denied = refused("Entity performing the request does not have permission");
    let sent = run(vec![denied], BOTH, "a.pdf", b"x");
    assert!(matches!(sent.sent, Err(Halt::Server(Refusal::Fatal(_)))));
    let sent = run((0..6).map(|_| refused("Something odd")).collect(), BOTH, "a.pdf", b"x");
    assert!(matches!(sent.sent, Err(Halt::Server(Refusal::Data(_)))));
}

#[test]
fn steps_are_kept_as_json_and_read_back() {
    for step in [begun(NOWHERE, "2026-11-22T10:15:00.000Z"), stored(&multipart("m1", "a.bin"))] {
        let text = serde_json::to_string(&step).unwrap();
        assert_eq!(serde_json::from_str::<Began>(&text).unwrap(), step, "{text}");
    }
}
