//! What an answer means, by its body and never by its status alone (`twenty-api.md` §1.4, §2.2, §3.7;
//! `twenty-observed.md` §0.5). One table of signs, one function over it. It must not retry nor wait.

use std::time::Duration;

use serde_json::Value;

use super::fault::Fault;
use super::pacer::Rate;

/// What is to be done about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A person must act.
    Fatal,
    /// Wait, send again.
    Throttle,
    /// Send less.
    TooLarge,
    /// What was sent is at fault.
    Data,
    /// Try again a few times.
    Transient,
}

/// A sign in an error.
enum Sign {
    /// `code`, `subCode` or REST's `error`.
    Code(&'static str),
    /// How the message begins.
    Begins(&'static str),
    /// What the message has in it. Only below the row of `BAD_USER_INPUT`: messages above quote users' values.
    Has(&'static str),
    /// HTTP status.
    Status(u16),
}

use Sign::{Begins, Code, Has, Status};

/// The first sign found in any error of an answer decides; what has none is [`Class::Data`], from 500 on
/// [`Class::Transient`].
const SIGNS: &[(Sign, Class)] = &[
    (Code("QUOTA_EXHAUSTED"), Class::Fatal),
    (Code("RATE_LIMITED"), Class::Throttle),
    (Code("LIMIT_REACHED"), Class::Throttle),
    (Begins("Limit reached"), Class::Throttle),
    (Code("UNAUTHENTICATED"), Class::Fatal),
    (Code("FORBIDDEN"), Class::Fatal),
    (Code("FORBIDDEN_EXCEPTION"), Class::Fatal),
    (Code("PERMISSION_DENIED"), Class::Fatal),
    (Code("API_KEY_NO_ROLE_ASSIGNED"), Class::Fatal),
    (Code("BAD_USER_INPUT"), Class::Data),
    (Status(429), Class::Throttle),
    (Begins("Entity performing the request does not have permission"), Class::Fatal),
    (Begins("Missing authentication token"), Class::Fatal),
    (Begins("Forbidden resource"), Class::Fatal),
    // Not 413 here, but 500 and a JSON string.
    (Begins("request entity too large"), Class::TooLarge),
    (Status(413), Class::TooLarge),
    // All of these come as INTERNAL_SERVER_ERROR.
    (Begins("Data validation error"), Class::Data),
    (Begins("File content does not match"), Class::Data),
    (Begins("Invalid file size"), Class::Data),
    (Has("must have an extension"), Class::Data),
    (Has("has not been uploaded to storage"), Class::Data),
    (Has("bytes in storage but"), Class::Data),
    (Has("already associated with"), Class::Data),
    (Begins("Could not find any entity"), Class::Data),
    (Begins("Migration action"), Class::Data),
    (Code("DDL_LOCKED"), Class::Transient),
    (Code("INTERNAL_SERVER_ERROR"), Class::Transient),
    (Status(502), Class::Transient),
    (Status(503), Class::Transient),
    (Status(504), Class::Transient),
];

/// What an answer came to.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// The JSON.
    Fine(Value),
    /// Something else.
    Refused(Class, Fault),
}

/// Judges an answer by its status and bytes.
pub(super) fn judge(status: u16, body: &[u8]) -> Verdict {
    let Ok(answer) = serde_json::from_slice::<Value>(body) else {
        return no_json(status, body);
    };
    let errors: Vec<Fault> = match answer.get("errors").and_then(Value::as_array) {
        Some(errors) if !errors.is_empty() => {
            errors.iter().map(|error| of_graphql(status, error)).collect()
        }
        _ if (200..300).contains(&status) => return Verdict::Fine(answer),
        _ => vec![of_rest(status, answer)],
    };
    let (class, at) = class(status, &errors);
    let fault = errors.into_iter().nth(at).unwrap_or_default();
    Verdict::Refused(class, fault)
}

/// The class of an answer's errors, and which of them decides it.
fn class(status: u16, errors: &[Fault]) -> (Class, usize) {
    for (sign, class) in SIGNS {
        if let Some(at) = errors.iter().position(|error| shows(sign, status, error)) {
            return (*class, at);
        }
    }
    (if status >= 500 { Class::Transient } else { Class::Data }, 0)
}

fn shows(sign: &Sign, status: u16, error: &Fault) -> bool {
    match sign {
        Code(code) => error.is(code),
        Begins(words) => error.message.starts_with(words),
        Has(words) => error.message.contains(words),
        Status(expected) => status == *expected,
    }
}

fn of_graphql(status: u16, error: &Value) -> Fault {
    let extensions = error.get("extensions").cloned().unwrap_or_default();
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    Fault {
        code: text(extensions.get("code")).unwrap_or_default(),
        sub_code: text(extensions.get("subCode")),
        message: text(error.get("message")).unwrap_or_default(),
        status,
        extensions,
    }
}

/// A REST answer: an object, or a bare string.
fn of_rest(status: u16, answer: Value) -> Fault {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let messages = answer.get("messages").and_then(Value::as_array);
    let messages: Vec<&str> = messages.into_iter().flatten().filter_map(Value::as_str).collect();
    let message = if messages.is_empty() {
        text("message").or(answer.as_str()).unwrap_or_default().to_owned()
    } else {
        messages.join("; ")
    };
    let (code, error) = (text("code"), text("error"));
    let sub_code = code.and(error).map(str::to_owned);
    let code = code.or(error).unwrap_or_default().to_owned();
    Fault { code, sub_code, message, status, extensions: answer }
}

/// An answer of something before the server: a proxy, a login page.
fn no_json(status: u16, body: &[u8]) -> Verdict {
    let class = match status {
        429 => Class::Throttle,
        413 => Class::TooLarge,
        _ => Class::Transient,
    };
    let message = format!("HTTP {status}, and no JSON but {}", excerpt(body));
    Verdict::Refused(class, Fault { status, ..Fault::own("NO_JSON", message) })
}

/// The title of a page, or the first words.
fn excerpt(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let title = text.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    let words = title.map_or(&*text, |(title, _)| title);
    let words: Vec<&str> = words.split_whitespace().collect();
    let words: String = words.join(" ").chars().filter(|c| !c.is_control()).take(80).collect();
    if words.is_empty() { "nothing".to_owned() } else { format!("\"{words}\"") }
}

/// The wait an error asks for, `retryAfterMs` or `retryAfterSeconds` (`twenty-api.md` §2.2).
pub(super) fn asked_wait(fault: &Fault) -> Option<Duration> {
    let number = |name: &str| fault.extensions.get(name).and_then(Value::as_f64);
    let seconds = number("retryAfterMs").map(|ms| ms / 1000.0).or(number("retryAfterSeconds"))?;
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

/// The rate an error names: in its words, or as `limit`, `periodCount` and `periodUnit` (§2.2); the limit may also come
/// from a header.
pub(super) fn named_rate(fault: &Fault, header: Option<u64>) -> Option<Rate> {
    Rate::from_words(&fault.message).or_else(|| {
        let number = |name: &str| fault.extensions.get(name).and_then(Value::as_u64);
        let unit = match fault.extensions.get("periodUnit")?.as_str()?.to_ascii_uppercase().as_str()
        {
            "SECOND" | "SECONDS" => 1,
            "MINUTE" | "MINUTES" => 60,
            "HOUR" | "HOURS" => 3600,
            _ => return None,
        };
        let seconds = number("periodCount").unwrap_or(1).checked_mul(unit)?;
        Rate::new(number("limit").or(header)?, Duration::from_secs(seconds))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Recorded answers of Twenty 2.21, with the class each must come to.
    const RECORDED: &[(&str, Class)] = &[
        ("rate.graphql.LIMIT_REACHED", Class::Throttle),
        ("rate.rest.429", Class::Throttle),
        ("auth.graphql.garbage", Class::Fatal),
        ("auth.graphql.revoked", Class::Fatal),
        ("auth.graphql.expired", Class::Fatal),
        ("auth.graphql.none", Class::Data),
        ("auth.metadata.none", Class::Fatal),
        ("auth.rest.none", Class::Fatal),
        ("auth.rest.garbage", Class::Fatal),
        ("auth.rest.revoked", Class::Fatal),
        ("perm.graphql.create.denied", Class::Fatal),
        ("perm.rest.create.denied", Class::Fatal),
        ("perm.upload.denied", Class::Fatal),
        ("createPeople.invalidPhone", Class::Data),
        ("createPeople.create.duplicateEmail", Class::Data),
        ("createPeople.nulCharacter", Class::Data),
        ("createPeople.unknownCompanyId", Class::Data),
        ("rest.people.get.404", Class::Data),
        ("destroyPerson.missing", Class::Data),
        ("createOneField.alreadyExists", Class::Data),
        ("updateOneField.makeUnique.duplicates", Class::Data),
        ("upload.multipart.page-named.pdf", Class::Data),
        ("upload.direct.zero.txt.create", Class::Data),
        ("upload.direct.completeBeforePut", Class::Data),
        ("upload.direct.completeShort", Class::Data),
        ("upload.direct.badField", Class::Data),
        ("payload.tooLarge", Class::TooLarge),
    ];

    fn recorded(name: &str) -> (u16, Vec<u8>) {
        let path = format!("{}/testdata/twenty/answers/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect(&path);
        let answer: Value = serde_json::from_str(&text).unwrap();
        let status = answer["status"].as_u64().unwrap() as u16;
        (status, serde_json::to_vec(&answer["body"]).unwrap())
    }

    fn refused(status: u16, body: &[u8]) -> (Class, Fault) {
        match judge(status, body) {
            Verdict::Refused(class, fault) => (class, fault),
            Verdict::Fine(value) => panic!("{value}"),
        }
    }

    #[test]
    fn recorded_answers_come_to_their_class() {
        for (name, class) in RECORDED {
            let (status, body) = recorded(name);
            let (found, fault) = refused(status, &body);
            assert_eq!(found, *class, "{name}: {fault:?}");
            assert_eq!(fault.status, status);
            assert!(!fault.message.is_empty(), "{name}");
        }
    }

    #[test]
    fn made_up_answers_come_to_their_class() {
        let graphql = |code: &str, message: &str| json!({"errors": [{"message": message, "extensions": {"code": code}}], "data": null});
        let cases = [
            (200, graphql("RATE_LIMITED", "slow down"), Class::Throttle),
            (429, json!({"error": "RATE_LIMITED", "messages": ["x"]}), Class::Throttle),
            (429, json!({"error": "QUOTA_EXHAUSTED", "messages": ["x"]}), Class::Fatal),
            (200, graphql("QUOTA_EXHAUSTED", "x"), Class::Fatal),
            (200, graphql("BAD_USER_INPUT", "Limit reached (5 tokens per 1 ms)"), Class::Throttle),
            (200, graphql("BAD_USER_INPUT", "Invalid \"request entity too large\""), Class::Data),
            (200, graphql("BAD_USER_INPUT", "Value \"Missing authentication token\""), Class::Data),
            (200, graphql("INTERNAL_SERVER_ERROR", "Connection terminated"), Class::Transient),
            (200, graphql("SOMETHING_NEW", "?"), Class::Data),
            (500, json!({"statusCode": 500, "messages": ["boom"]}), Class::Transient),
            (500, json!({"statusCode": 500, "messages": ["Data validation error."]}), Class::Data),
            (503, json!({"message": "starting"}), Class::Transient),
            (413, json!({"message": "too big"}), Class::TooLarge),
            (404, json!({"message": "Cannot POST /graphql", "error": "Not Found"}), Class::Data),
        ];
        for (status, body, class) in cases {
            let found = refused(status, body.to_string().as_bytes());
            assert_eq!(found.0, class, "{status} {body}");
        }
    }

    #[test]
    fn pages_are_transient_but_for_their_status() {
        let page = b"<!doctype html><html><head><title>502  Bad\nGateway</title></head></html>";
        let cases = [
            (502, Class::Transient),
            (200, Class::Transient),
            (429, Class::Throttle),
            (413, Class::TooLarge),
        ];
        for (status, class) in cases {
            let (found, fault) = refused(status, page);
            assert_eq!((found, fault.code.as_str()), (class, "NO_JSON"), "{status}");
            assert!(fault.message.contains("502 Bad Gateway"), "{}", fault.message);
        }
        assert_eq!(refused(200, b"").0, Class::Transient);
        assert_eq!(refused(200, &b"[".repeat(100_000)).0, Class::Transient);
    }

    #[test]
    fn part_of_the_data_beside_an_error_is_an_error() {
        let body = json!({"data": {"people": {"edges": []}, "companies": null},
            "errors": [{"message": "x", "extensions": {"code": "BAD_USER_INPUT"}}]});
        assert_eq!(refused(200, body.to_string().as_bytes()).0, Class::Data);
        let fine = json!({"data": {"people": null}, "errors": []});
        assert_eq!(judge(200, fine.to_string().as_bytes()), Verdict::Fine(fine));
    }

    #[test]
    fn the_gravest_of_several_errors_decides() {
        let body = json!({"errors": [
            {"message": "bad", "extensions": {"code": "BAD_USER_INPUT"}},
            {"message": "Token invalid.", "extensions": {"code": "UNAUTHENTICATED"}}]});
        let (class, fault) = refused(200, body.to_string().as_bytes());
        assert_eq!((class, fault.message.as_str()), (Class::Fatal, "Token invalid."));
    }

    #[test]
    fn extensions_come_along() {
        let (status, body) = recorded("createOneField.alreadyExists");
        let (_, fault) = refused(status, &body);
        assert_eq!(fault.code, "METADATA_VALIDATION_FAILED");
        assert!(fault.extensions["errors"]["fieldMetadata"].is_array());
        let (status, body) = recorded("createPeople.create.duplicateEmail");
        assert!(refused(status, &body).1.extensions["conflictingRecordId"].is_string());
    }

    #[test]
    fn waits_and_rates_are_read() {
        let fault = |extensions: Value| Fault { extensions, ..Fault::default() };
        let wait = |extensions: Value| asked_wait(&fault(extensions));
        assert_eq!(wait(json!({"retryAfterMs": 1500})), Some(Duration::from_millis(1500)));
        assert_eq!(wait(json!({"retryAfterSeconds": 2})), Some(Duration::from_secs(2)));
        assert_eq!(wait(json!({"retryAfterMs": -1})), None);
        assert_eq!(wait(json!({"retryAfterMs": 1e300})), None);
        let body = json!({"limit": 60, "periodCount": 2, "periodUnit": "MINUTE"});
        assert_eq!(named_rate(&fault(body), None), Rate::new(60, Duration::from_mins(2)));
        let body = json!({"periodUnit": "second"});
        assert_eq!(named_rate(&fault(body.clone()), None), None);
        assert_eq!(named_rate(&fault(body), Some(7)), Rate::new(7, Duration::from_secs(1)));
    }
}
