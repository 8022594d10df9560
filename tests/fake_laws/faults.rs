//! Laws of the line: mishaps, throttle, sizes, files, and the books about requests.

use super::Asker;
use super::fake_twenty::ask::send;
use super::fake_twenty::{At, Effect, FakeTwenty, Fault, Settings};
use serde_json::json;
use std::time::{Duration, Instant};

const PERSON: &str = "20202020-1111-4111-8111-111111111111";

/// The status of one upsert of one person; none when the server hung up.
fn upsert(fake: &FakeTwenty) -> Option<u16> {
    let query = "mutation($d:[PersonCreateInput!]!){createPeople(data:$d,upsert:true){id}}";
    let body = json!({"query": query, "variables": {"d": [{"id": PERSON}]}}).to_string();
    let key = format!("Bearer {}", fake.key());
    let headers = [("Authorization", key.as_str())];
    send(&fake.url(), "POST", "/graphql", &headers, body.as_bytes()).map(|reply| reply.status)
}

#[test]
fn a_mishap_before_does_nothing_and_one_after_has_done_it() {
    for (effect, status, done) in [
        (Effect::DropBefore, None, false),
        (Effect::DropAfter, None, true),
        (Effect::Status(502, "<html>".into()), Some(502), false),
        (Effect::Html, Some(200), false),
        (
            Effect::Answer(429, vec![("Retry-After".into(), "1".into())], json!({})),
            Some(429),
            false,
        ),
        (Effect::Slow(20), Some(200), true),
    ] {
        let fake = FakeTwenty::start();
        fake.fault(Fault::new(At::Root("createPeople".into(), 1), effect.clone()));
        fake.fault(Fault::new(At::Root("people".into(), 1), Effect::DropBefore));
        assert_eq!(upsert(&fake), status, "{effect:?}");
        assert_eq!(fake.records("person").len(), usize::from(done), "{effect:?}");
        assert_eq!(upsert(&fake), Some(200), "it falls once");
        assert_eq!(fake.calls().len(), 2);
    }
}

#[test]
fn a_mishap_falls_on_the_request_that_was_meant() {
    let fake = FakeTwenty::start();
    fake.fault(Fault::new(At::Request(2), Effect::DropBefore));
    fake.fault(Fault::new(At::Each { from: 4, times: 2 }, Effect::Status(503, String::new())));
    let seen: Vec<Option<u16>> = (0..6).map(|_| upsert(&fake)).collect();
    assert_eq!(seen, [Some(200), None, Some(200), Some(503), Some(503), Some(200)]);
}

#[test]
fn a_vanished_server_stays_away() {
    let fake = FakeTwenty::start();
    assert_eq!(upsert(&fake), Some(200));
    fake.fault(Fault::new(At::Request(1), Effect::Vanish));
    assert_eq!([upsert(&fake), upsert(&fake), upsert(&fake)], [None, None, None]);
}

#[cfg(unix)]
#[test]
fn a_process_is_killed_by_its_request() {
    use super::fake_twenty::Victim;
    let fake = FakeTwenty::start();
    let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("a process");
    fake.fault(Fault::new(At::Request(1), Effect::KillAfter(Victim::Told)));
    fake.victim(child.id());
    assert_eq!(upsert(&fake), None);
    let ended = child.wait().expect("its end");
    assert!(!ended.success());
    assert_eq!(fake.records("person").len(), 1, "it was done before");
}

#[test]
fn the_burst_is_free_then_the_bucket_fills_by_whole_tokens() {
    let window = Duration::from_millis(400);
    let settings = Settings { long_limit: Some((2, window)), ..Settings::default() };
    let fake = FakeTwenty::with(settings);
    let ask = Asker::new(&fake);
    let call = || {
        let answer = ask.core("{people{totalCount}}", &json!({}));
        let code = answer["errors"][0]["extensions"]["subCode"].as_str().map(str::to_owned);
        (Instant::now(), code)
    };
    assert_eq!([call().1, call().1], [None, None]);
    assert_eq!(call().1.as_deref(), Some("LIMIT_REACHED"));
    let before = fake.calls().iter().filter(|call| call.refused).count();
    assert_eq!(before, 1);
    // /metadata is free.
    assert!(ask.metadata("{objects{edges{node{id}}}}", &json!({}))["errors"].is_null());
    std::thread::sleep(window);
    assert_eq!(call().1, None);
}

#[test]
fn a_document_costs_one_token_however_many_fields_it_has() {
    let long_limit = Some((2, Duration::from_mins(1)));
    let fake = FakeTwenty::with(Settings { long_limit, ..Settings::default() });
    let ask = Asker::new(&fake);
    let two = "{people{totalCount} companies{totalCount} __typename}";
    for _ in 0..2 {
        let answer = ask.core(two, &json!({}));
        assert!(answer["errors"].is_null() && answer["data"]["__typename"] == "Query", "{answer}");
    }
    let refused = ask.core(two, &json!({}));
    assert_eq!(refused["data"], json!({"people": null, "companies": null, "__typename": null}));
    let schema = ask.core("{__type(name:\"Person\"){name}}", &json!({}));
    assert_eq!(schema["data"]["__type"]["name"], "Person", "asking for the schema is free");
}

#[test]
fn later_versions_refuse_in_other_words() {
    let window = Duration::from_mins(1);
    let limit = Some((1, window));
    let settings = Settings { short_limit: limit, newer_throttle: true, ..Settings::default() };
    let fake = FakeTwenty::with(settings);
    let ask = Asker::new(&fake);
    ask.core("{people{totalCount}}", &json!({}));
    let refused = ask.core("{people{totalCount}}", &json!({}));
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(
        (&extensions["code"], &extensions["retryAfterMs"]),
        (&json!("RATE_LIMITED"), &json!(60_000))
    );
    let key = format!("Bearer {}", fake.key());
    let headers = [("Authorization", key.as_str())];
    let reply = send(&fake.url(), "GET", "/rest/people", &headers, b"").expect("an answer");
    assert_eq!(reply.status, 429);
    assert!(reply.head.contains("Retry-After: 60"), "{}", reply.head);
}

#[test]
fn a_chunked_body_and_a_kept_connection_are_understood() {
    use std::io::{Read, Write};
    let fake = FakeTwenty::start();
    let address = fake.url().trim_start_matches("http://").to_owned();
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    let body = r#"{"query":"{people{totalCount}}"}"#;
    let (a, b) = body.split_at(7);
    let chunked = format!("{:x}\r\n{a}\r\n{:X}\r\n{b}\r\n0\r\n\r\n", a.len(), b.len());
    let head = format!("Authorization: Bearer {}\r\n", fake.key());
    let first =
        format!("POST /graphql HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n{chunked}");
    let last = "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n";
    stream.write_all(format!("{first}{last}").as_bytes()).expect("sent");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("answers");
    assert!(answers.contains(r#""totalCount":0"#) && answers.contains(r#""status":"ok""#));
    assert!(answers.contains("\r\nDate: "), "{answers}");
}

#[test]
fn files_are_what_their_extension_says_where_that_is_looked_at() {
    let fake = FakeTwenty::start();
    let ask = Asker::new(&fake);
    let complete = |name: &str, bytes: &[u8]| {
        let query = "mutation($n:String!,$s:Float!,$f:String){createFileUpload(filename:$n,size:$s,\
            fileFolder:FilesField,fieldMetadataId:$f){fileId uploadUrl}}";
        let field = "351541ce-3202-49fb-a1a8-c3574a7c6315";
        let variables = json!({"n": name, "s": bytes.len(), "f": field});
        let made = ask.metadata(query, &variables)["data"]["createFileUpload"].clone();
        let url = made["uploadUrl"].as_str()?.trim_start_matches(&fake.url()).to_owned();
        send(&fake.url(), "PUT", &url, &[], bytes)?;
        let query = "mutation($i:String!){completeFileUpload(fileId:$i){id url}}";
        let told = ask.metadata(query, &json!({"i": made["fileId"]}));
        let url = told["data"]["completeFileUpload"]["url"].as_str()?.to_owned();
        let got = send(&fake.url(), "GET", url.trim_start_matches(&fake.url()), &[], b"")?;
        assert_eq!(got.bytes, bytes);
        Some(())
    };
    for (name, bytes, good) in [
        ("a.txt", &b"text"[..], true),
        ("a.pdf", b"%PDF-1.7", true),
        ("a.pdf", b"<html>", false),
        ("a.jpg", b"\x89PNG\r\n", true),
        ("a.mp3", b"\0\0\0\0", false),
        ("a.PNG", b"text", false),
        ("a.docx", b"text", true),
        ("a.ics", b"text", false),
        ("a.ics", b"BEGIN:VCALENDAR", true),
        ("a", b"text", false),
        ("a.txt", b"", false),
    ] {
        assert_eq!(complete(name, bytes).is_some(), good, "{name}");
    }
}
