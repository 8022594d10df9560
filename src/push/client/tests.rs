//! The client against a scripted server on this machine, in simulated time. The stage serves other tests as well.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

use super::{ApiKey, Client, Clock, FilePart, Options, Refusal, Waiting};

const KEY: &str = "secretsecret.e30.secret";

/// A clock that goes on only when somebody sleeps.
#[derive(Clone, Default)]
pub(crate) struct Fake(Arc<AtomicU64>);

impl Clock for Fake {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::SeqCst))
    }

    fn sleep(&self, span: Duration) {
        assert!(span <= Duration::from_millis(100), "nobody looks whether to stop for {span:?}");
        self.0.fetch_add(span.as_nanos() as u64, Ordering::SeqCst);
    }
}

/// One step of the script.
pub(crate) enum Step {
    /// Status, headers, body; `{url}` in it stands for the server's address.
    Say(u16, &'static [(&'static str, &'static str)], String),
    /// Hangs up after the request.
    Drop,
}

pub(crate) fn say(status: u16, body: &Value) -> Step {
    Step::Say(status, &[], body.to_string())
}

fn fine() -> Step {
    say(200, &json!({"data": {"x": 1}}))
}

fn limit() -> Value {
    json!({"data": {"people": null}, "errors": [{"message": "Limit reached (100 tokens per 60000 ms)",
        "extensions": {"subCode": "LIMIT_REACHED", "code": "BAD_USER_INPUT"}}]})
}

/// What the server got.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub line: String,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Which connection it came by.
    connection: usize,
}

impl Got {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

fn read_request(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Got> {
    let mut line = String::new();
    if stream.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut got =
        Got { line: line.trim_end().into(), headers: Vec::new(), body: Vec::new(), connection };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        got.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    assert_eq!(got.header("transfer-encoding"), None);
    let length = got.header("content-length").map_or(0, |length| length.parse().unwrap());
    got.body = vec![0; length];
    stream.read_exact(&mut got.body).ok()?;
    Some(got)
}

/// Plays the script, then ends; gives what it got.
fn play(listener: &TcpListener, script: Vec<Step>) -> Vec<Got> {
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (mut all, mut script) = (Vec::new(), script.into_iter().peekable());
    for connection in 0.. {
        if script.peek().is_none() {
            break;
        }
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        while script.peek().is_some() {
            let Some(got) = read_request(&mut stream, connection) else { break };
            all.push(got);
            let Some(Step::Say(status, headers, body)) = script.next() else { break };
            let headers: String = headers
                .iter()
                .map(|(name, value)| [*name, ": ", *value, "\r\n"].concat())
                .collect();
            let body = body.replace("{url}", &url);
            let length = body.len();
            let answer =
                format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    }
    all
}

pub(crate) struct Stage {
    pub client: Client,
    pub clock: Fake,
    told: Arc<Mutex<Vec<Waiting>>>,
    stop: Arc<AtomicBool>,
    pub url: String,
    server: JoinHandle<Vec<Got>>,
}

impl Stage {
    /// A client and a server with a script; the client stops at its `stop_at`th wait, counted from 1.
    fn with_stop(script: Vec<Step>, stop_at: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (clock, told, stop) =
            (Fake::default(), Arc::default(), Arc::new(AtomicBool::new(false)));
        let (heard, flag): (Arc<Mutex<Vec<Waiting>>>, _) = (Arc::clone(&told), Arc::clone(&stop));
        let talk = move |waiting: &Waiting| {
            let mut heard = heard.lock().unwrap();
            heard.push(waiting.clone());
            if heard.len() == stop_at {
                flag.store(true, Ordering::SeqCst);
            }
        };
        let options = Options {
            ca_file: None,
            stop: Arc::clone(&stop),
            talk: Box::new(talk),
            clock: Box::new(clock.clone()),
        };
        let client = Client::new(&url, ApiKey::new(KEY).unwrap(), options).unwrap();
        let server = std::thread::spawn(move || play(&listener, script));
        Self { client, clock, told, stop, url, server }
    }

    pub fn new(script: Vec<Step>) -> Self {
        Self::with_stop(script, 0)
    }

    fn told(&self) -> Vec<Waiting> {
        self.told.lock().unwrap().clone()
    }

    pub fn got(self) -> Vec<Got> {
        drop(self.client);
        self.server.join().unwrap()
    }
}

#[test]
fn documents_go_with_the_key_over_one_connection() {
    let date: &[(&str, &str)] = &[("Date", "Sun, 22 Nov 2026 10:00:00 GMT")];
    let stage = Stage::new(vec![
        fine(),
        Step::Say(200, date, json!({"data": {"y": [2]}}).to_string()),
        say(200, &json!({"z": 3})),
    ]);
    let client = &stage.client;
    assert_eq!(client.server_time(), None);
    assert_eq!(client.core("query{x}", &json!({"a": null})).unwrap(), json!({"x": 1}));
    assert_eq!(client.metadata("query{y}", &json!({})).unwrap(), json!({"y": [2]}));
    assert_eq!(client.get("/client-config").unwrap(), json!({"z": 3}));
    assert_eq!(client.server_time(), "2026-11-22T10:00:00Z".parse().ok());
    assert_eq!((client.calls(), client.refused()), (3, 0));
    let bytes = client.bytes_sent();
    let got = stage.got();
    let lines: Vec<_> = got.iter().map(|got| got.line.as_str()).collect();
    assert_eq!(
        lines,
        ["POST /graphql HTTP/1.1", "POST /metadata HTTP/1.1", "GET /client-config HTTP/1.1"]
    );
    assert_eq!(got[0].body, br#"{"query":"query{x}","variables":{"a":null}}"#);
    assert_eq!(got[0].header("content-type"), Some("application/json"));
    assert_eq!(bytes, (got[0].body.len() + got[1].body.len()) as u64);
    for request in &got {
        assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
        assert!(request.header("user-agent").unwrap().starts_with("close2twenty/"));
        assert_eq!(request.connection, 0, "the connection is kept");
    }
}

#[test]
fn a_throttled_document_goes_again_at_the_pace_learnt() {
    let stage = Stage::new(vec![fine(), say(200, &limit()), fine(), fine()]);
    for _ in 0..3 {
        assert!(stage.client.core("query{x}", &json!({})).is_ok());
    }
    assert_eq!(stage.clock.now(), Duration::from_millis(2 * 612));
    let told = stage.told();
    assert!(
        matches!(&told[..], [Waiting::Throttled { span, message }]
            if *span == Duration::from_millis(612) && message.starts_with("Limit reached")),
        "{told:?}"
    );
    assert_eq!((stage.client.calls(), stage.client.refused()), (4, 1));
    stage.got();
}

#[test]
fn the_server_s_wait_is_kept_in_whatever_form() {
    let soon =
        |extensions: Value| json!({"errors": [{"message": "slow", "extensions": extensions}]});
    let date: &[(&str, &str)] = &[
        ("Date", "Sun, 22 Nov 2026 10:00:00 GMT"),
        ("Retry-After", "Sun, 22 Nov 2026 10:00:09 GMT"),
    ];
    let rest =
        json!({"statusCode": 429, "error": "RATE_LIMITED", "messages": ["slow"]}).to_string();
    let stage = Stage::new(vec![
        say(200, &soon(json!({"code": "RATE_LIMITED", "retryAfterMs": 2500}))),
        Step::Say(429, &[("Retry-After", "7")], rest),
        Step::Say(429, date, "<html>".into()),
        say(429, &json!({"error": "RATE_LIMITED", "messages": [], "retryAfterSeconds": 3})),
        fine(),
    ]);
    assert!(stage.client.core("query{x}", &json!({})).is_ok());
    let spans: Vec<_> = stage
        .told()
        .into_iter()
        .map(|waiting| match waiting {
            Waiting::Throttled { span, .. } => span.as_millis(),
            Waiting::Again { .. } => 0,
        })
        .collect();
    assert_eq!(spans, [2500, 7000, 9000, 3000]);
    assert_eq!(stage.clock.now(), Duration::from_millis(21_500));
    stage.got();
}

#[test]
fn a_dropped_connection_and_a_page_are_tried_again() {
    let page = || Step::Say(502, &[], "<html><title>Bad Gateway</title>".into());
    let stage = Stage::new(vec![Step::Drop, page(), fine()]);
    assert_eq!(stage.client.core("query{x}", &json!({})).unwrap(), json!({"x": 1}));
    assert_eq!(stage.clock.now(), Duration::from_millis(1500));
    let told = stage.told();
    assert!(
        matches!(&told[..], [Waiting::Again { attempt: 1, .. }, Waiting::Again { attempt: 2, message, .. }]
        if message.contains("Bad Gateway")),
        "{told:?}"
    );
    assert_eq!(stage.got().len(), 3);
}

#[test]
fn patience_ends_after_six_tries() {
    let broken = || Step::Say(503, &[], format!("<html>down for {KEY}"));
    let stage = Stage::new((0..6).map(|_| broken()).collect());
    let refusal = stage.client.metadata("query{x}", &json!({})).unwrap_err();
    assert_eq!(stage.clock.now(), Duration::from_millis(500 + 1000 + 2000 + 4000 + 8000));
    let Refusal::Lost(fault) = &refusal else { panic!("{refusal:?}") };
    assert_eq!((fault.code.as_str(), fault.status), ("NO_JSON", 503));
    assert!(fault.message.contains("down for …"), "{}", fault.message);
    assert_eq!(refusal.into_error().code, "C2T-E303");
    assert!(stage.told().iter().all(|waiting| !format!("{waiting:?}").contains("secret")));
    stage.got();
}

#[test]
fn nobody_at_home_is_lost() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let options = Options { clock: Box::new(Fake::default()), ..Options::default() };
    let url = format!("http://127.0.0.1:{port}");
    let client = Client::new(&url, ApiKey::new(KEY).unwrap(), options).unwrap();
    let refusal = client.get("/client-config").unwrap_err();
    assert!(matches!(&refusal, Refusal::Lost(fault) if fault.code == "NO_ANSWER"), "{refusal:?}");
    assert!(refusal.to_string().contains(&url), "{refusal}");
    assert_eq!(client.calls(), 6);
}

#[test]
fn refusals_that_waiting_does_not_mend_come_at_once() {
    let large = Step::Say(500, &[], "\"request entity too large\"".into());
    let garbage = json!({"errors": [{"message": format!("Token {KEY} invalid."),
        "extensions": {"code": "UNAUTHENTICATED", "seen": [KEY]}}]});
    let bad = json!({"errors": [{"message": "no", "extensions": {"code": "BAD_USER_INPUT"}}]});
    let stage = Stage::new(vec![large, say(200, &garbage), say(200, &bad), say(200, &json!({}))]);
    let next = || stage.client.core("query{x}", &json!({})).unwrap_err();
    assert!(matches!(next(), Refusal::TooLarge(fault) if fault.status == 500));
    let refusal = next();
    assert!(matches!(&refusal, Refusal::Fatal(_)));
    assert!(!format!("{refusal:?} {refusal}").contains("secret"));
    let error = refusal.into_error();
    assert!(error.code == "C2T-E304" && error.fix.is_some_and(|fix| fix.contains("new key")));
    assert!(matches!(next(), Refusal::Data(fault) if fault.is("BAD_USER_INPUT")));
    assert!(matches!(next(), Refusal::Lost(_)), "neither data nor errors");
    assert_eq!((stage.clock.now(), stage.told()), (Duration::ZERO, vec![]));
    stage.got();
}

#[test]
fn an_unknown_field_is_the_key_s_fault_until_the_key_has_worked() {
    let unknown = || {
        say(
            200,
            &json!({"errors": [{"message": "Cannot query field \"people\" on type \"Query\"."}]}),
        )
    };
    let stage = Stage::new(vec![unknown(), fine(), unknown()]);
    let refusal = stage.client.core("query{people}", &json!({})).unwrap_err();
    assert!(
        matches!(&refusal, Refusal::Fatal(fault) if fault.code == "KEY_NOT_SEEN"),
        "{refusal:?}"
    );
    assert!(stage.client.metadata("query{x}", &json!({})).is_ok());
    let refusal = stage.client.core("query{people}", &json!({})).unwrap_err();
    assert!(matches!(refusal, Refusal::Data(_)));
    stage.got();
}

#[test]
fn the_key_follows_no_redirection() {
    let to: &[(&str, &str)] = &[("Location", "https://evil.example/graphql?k=1")];
    let stage =
        Stage::new(vec![Step::Say(301, to, String::new()), Step::Say(307, to, String::new())]);
    for refusal in [
        stage.client.get("/client-config").unwrap_err(),
        stage.client.core("query{x}", &json!({})).unwrap_err(),
    ] {
        let Refusal::Fatal(fault) = refusal else { panic!("{refusal:?}") };
        assert_eq!(fault.code, "REDIRECT");
        assert!(fault.message.ends_with("redirects to https://evil.example/graphql"), "{fault}");
    }
    stage.got();
}

#[test]
fn stopping_ends_a_wait() {
    let page = Step::Say(502, &[], String::new());
    let stage = Stage::with_stop(vec![page], 1);
    assert_eq!(stage.client.core("query{x}", &json!({})), Err(Refusal::Stopped));
    assert_eq!(stage.clock.now(), Duration::ZERO);
    stage.got();
    let stage = Stage::with_stop(vec![say(200, &limit())], 1);
    assert_eq!(stage.client.core("query{x}", &json!({})), Err(Refusal::Stopped));
    stage.got();
}

#[test]
fn stopping_sends_nothing_more() {
    let stage = Stage::new(vec![]);
    stage.stop.store(true, Ordering::SeqCst);
    let client = &stage.client;
    let nothing = json!({});
    assert_eq!(client.core("query{x}", &nothing), Err(Refusal::Stopped));
    assert_eq!(
        client.put("http://127.0.0.1:9/x", "a/b", 0, &mut std::io::empty()),
        Err(Refusal::Stopped)
    );
    assert_eq!(client.fetch("http://127.0.0.1:9/x", &mut Vec::new()), Err(Refusal::Stopped));
    assert_eq!(client.calls(), 0);
    assert!(stage.got().is_empty());
}

#[test]
fn a_put_streams_without_the_key() {
    let stage = Stage::new(vec![Step::Say(204, &[], String::new())]);
    let content: Vec<u8> = (0..300_000u32).map(|n| (n % 251) as u8).collect();
    let url = format!("{}/file-upload/1?token=t", stage.url);
    let length = content.len() as u64;
    let mut source = Cursor::new(content.clone());
    stage.client.put(&url, "application/octet-stream", length, &mut source).unwrap();
    assert_eq!(stage.client.bytes_sent(), length);
    let got = stage.got();
    assert_eq!(got[0].line, "PUT /file-upload/1?token=t HTTP/1.1");
    assert_eq!(got[0].header("authorization"), None);
    assert_eq!(got[0].header("content-type"), Some("application/octet-stream"));
    assert!(got[0].body == content);
}

#[test]
fn a_put_is_sent_once_and_says_who_is_at_fault() {
    let forbidden =
        json!({"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403});
    let large =
        json!({"statusCode": 413, "messages": ["Upload exceeds"], "code": "FILE_TOO_LARGE"});
    let stage = Stage::new(vec![
        say(403, &forbidden),
        say(413, &large),
        Step::Say(403, &[], "<Error><Code>AccessDenied</Code></Error>".into()),
        Step::Say(503, &[], "<html>".into()),
        Step::Drop,
        Step::Drop,
    ]);
    let put = |bytes: &[u8], length: u64| {
        let url = format!("{}/x", stage.url);
        stage.client.put(&url, "a/b", length, &mut &*bytes).unwrap_err()
    };
    assert!(matches!(put(b"abc", 3), Refusal::Data(fault) if fault.status == 403));
    assert!(matches!(put(b"abc", 3), Refusal::Data(fault) if fault.code == "FILE_TOO_LARGE"));
    assert!(matches!(put(b"abc", 3), Refusal::Data(fault) if fault.status == 403));
    assert!(matches!(put(b"abc", 3), Refusal::Lost(fault) if fault.status == 503));
    assert!(matches!(put(b"abc", 3), Refusal::Lost(fault) if fault.code == "NO_ANSWER"));
    assert!(matches!(put(b"ab", 3), Refusal::Data(fault) if fault.code == "SOURCE"));
    assert_eq!((stage.client.calls(), stage.told()), (6, vec![]));
}

#[test]
fn an_upload_has_its_parts_in_order() {
    let stage =
        Stage::new(vec![say(200, &json!({"data": {"uploadFilesFieldFile": {"id": "f1"}}}))]);
    let mut body: &[u8] = b"\x00\xffhello";
    let file = FilePart { name: "a.txt", content_type: "text/plain", length: 7, body: &mut body };
    let data = stage.client.upload("mutation U{u}", &json!({"file": null}), file).unwrap();
    assert_eq!(data, json!({"uploadFilesFieldFile": {"id": "f1"}}));
    let got = stage.got().remove(0);
    assert_eq!(got.line, "POST /metadata HTTP/1.1");
    assert!(got.header("authorization").is_some());
    let boundary =
        got.header("content-type").unwrap().strip_prefix("multipart/form-data; boundary=");
    let expected = [
        b"\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"mutation U{u}\",\"variables\":{\"file\":null}}\r\n".as_slice(),
        b"\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{\"0\":[\"variables.file\"]}\r\n",
        b"\r\nContent-Disposition: form-data; name=\"0\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n\x00\xffhello\r\n",
        b"--\r\n",
    ];
    let delimiter = format!("--{}", boundary.unwrap()).into_bytes();
    let whole: Vec<u8> =
        expected.iter().flat_map(|part| [delimiter.as_slice(), *part].concat()).collect();
    assert!(got.body == whole, "{}", String::from_utf8_lossy(&got.body));
}

#[test]
fn an_upload_is_sent_once_and_judged_by_its_body() {
    let mismatch = json!({"data": null, "errors": [{"message": "File content does not match its extension. x",
        "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]});
    let denied = json!({"data": null, "errors": [{"message": "Entity performing the request does not have permission",
        "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]});
    let stage = Stage::new(vec![
        say(200, &mismatch),
        say(200, &denied),
        Step::Say(413, &[], "<html>413".into()),
        Step::Say(502, &[], "<html>502".into()),
    ]);
    let upload = || {
        let file = FilePart { name: "a", content_type: "a/b", length: 1, body: &mut &b"x"[..] };
        stage.client.upload("mutation U{u}", &json!({"file": null}), file).unwrap_err()
    };
    assert!(matches!(upload(), Refusal::Data(_)));
    assert!(matches!(upload(), Refusal::Fatal(_)));
    assert!(matches!(upload(), Refusal::TooLarge(_)));
    assert!(matches!(upload(), Refusal::Lost(_)));
    assert_eq!(stage.client.calls(), 4);
    stage.got();
}

#[test]
fn a_download_streams_without_the_key_and_may_be_redirected() {
    let to: &[(&str, &str)] = &[("Location", "/elsewhere")];
    let stage = Stage::new(vec![
        Step::Say(302, to, String::new()),
        Step::Say(200, &[], "content".into()),
        say(404, &json!({"message": "gone"})),
    ]);
    let url = format!("{}/file/1?token=t", stage.url);
    let mut sink = Vec::new();
    assert_eq!(stage.client.fetch(&url, &mut sink), Ok(7));
    assert_eq!(sink, b"content");
    assert!(matches!(stage.client.fetch(&url, &mut sink), Err(Refusal::Data(_))));
    let got = stage.got();
    assert!(got.iter().all(|got| got.header("authorization").is_none()));
    assert_eq!(got[1].line, "GET /elsewhere HTTP/1.1");
}

#[test]
fn records_over_rest_are_paced_and_the_rest_is_not() {
    let stage = Stage::new(vec![say(200, &limit()), fine(), fine(), fine(), fine()]);
    let get = |path: &str| {
        assert!(stage.client.get(path).is_ok(), "{path}");
        stage.clock.now().as_millis()
    };
    assert_eq!(get("/rest/people?limit=1"), 612);
    assert_eq!(get("/rest/open-api/core"), 612);
    assert_eq!(get("/client-config"), 612);
    assert_eq!(get("/rest/people?limit=1"), 1224);
    stage.got();
}

#[test]
fn a_client_can_be_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<Client>();
}
