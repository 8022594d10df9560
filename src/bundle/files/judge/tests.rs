//! Verdicts about single files.

use super::*;

fn reference(name: &str, declared: &str, size: Option<u64>) -> Reference {
    let role = Some(Role::Attachment);
    Reference {
        name: name.into(),
        declared_type: declared.into(),
        size,
        role,
        ..Reference::default()
    }
}

fn facts(bytes: &[u8]) -> Facts {
    use sha2::{Digest, Sha256};
    let content = Content::of(bytes, true);
    Facts { bytes: bytes.len() as u64, sha256: Some(Sha256::digest(bytes).into()), content }
}

#[test]
fn error_pages_are_told_from_files() {
    let page = b"<!doctype html><title>Sign in</title>";
    let json = b"{\"error\":\"Not found\"}";
    let xml = b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
    let size = Some(page.len() as u64);
    for (name, declared, size, bytes, expected) in [
        ("a.mp3", "", None, &page[..], Some(notice::ERROR_PAGE)),
        ("a.mp3", "", None, json, Some(notice::ERROR_PAGE)),
        ("a.pdf", "application/pdf", Some(9), xml, Some(notice::ERROR_PAGE)),
        ("a.png", "", None, b"Unauthorized", Some(notice::ERROR_PAGE)),
        ("a.csv", "text/csv", None, page, Some(notice::ERROR_PAGE)),
        ("a", "image/png", None, page, Some(notice::ERROR_PAGE)),
        // Where pages and data are expected, or the size is right, it is what Close had.
        ("a.html", "", None, page, None),
        ("a.pdf", "text/html", None, page, None),
        ("a.pdf", "application/pdf", size, page, None),
        ("a.json", "", None, json, None),
        ("a.txt", "text/plain", None, json, None),
        ("a.svg", "image/svg+xml", None, xml, None),
        ("a", "", None, page, None),
        ("a.txt", "text/plain", Some(3), json, Some(notice::WRONG_SIZE)),
        ("a.txt", "text/plain", Some(0), b"", Some(notice::EMPTY)),
    ] {
        let found = refusal(&reference(name, declared, size), &facts(bytes));
        assert_eq!(found, expected, "{name} {declared} {size:?}");
    }
}

#[test]
fn checksums_of_lists_are_compared() {
    let found = facts(b"hello");
    let right = crate::read::split::hex(&found.sha256.unwrap());
    let with =
        |sha256: &str| Reference { sha256: Some(sha256.into()), ..reference("a.txt", "", None) };
    assert_eq!(refusal(&with(&right), &found), None);
    assert_eq!(refusal(&with("00"), &found), Some(notice::WRONG_CHECKSUM));
}

#[test]
fn three_types_are_compared() {
    let zip = facts(b"PK\x03\x04\x14\0\0\0\x08\0");
    let png = facts(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    for (name, declared, facts, chosen, verdict) in [
        ("a.docx", docx, &zip, docx, "agree"),
        ("a.docx", "application/octet-stream", &zip, docx, "agree"),
        ("a.jpg", "image/jpeg", &png, "image/png", "name-differs"),
        ("a.png", "image/jpeg", &png, "image/png", "declared-differs"),
        ("a", "", &png, "image/png", "agree"),
        ("a.dat", "", &facts(b"\0\x01\x02\xff"), "application/octet-stream", "unrecognised"),
    ] {
        let found = types(&reference(name, declared, None), name, Some(facts));
        assert_eq!((&*found.chosen, found.verdict), (chosen, verdict), "{name} {declared}");
    }
}

#[test]
fn what_twenty_would_refuse_is_flagged() {
    let flagged = |name: &str, bytes: &[u8]| -> Vec<&str> {
        let reference = reference(name, "", None);
        let facts = facts(bytes);
        let types = types(&reference, name, Some(&facts));
        let flags = flags(&reference, name, &facts, &types);
        flags.iter().map(|flag| flag.code).filter(|code| *code != notice::NO_TARGET.code).collect()
    };
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    assert_eq!(flagged("a.png", png), [""; 0]);
    assert_eq!(flagged("a.pdf", png), [notice::OTHER_TYPE.code]);
    assert_eq!(flagged("a.pdf", b"long text"), [notice::REFUSED_NAME.code]);
    assert_eq!(flagged("a.mp3", &[0; 32]), [notice::REFUSED_NAME.code]);
    assert_eq!(flagged("a.csv", b"a,b"), [""; 0]);
    assert_eq!(flagged("a.ics", b"BEGIN:VCALENDAR"), [""; 0]);
    assert_eq!(flagged("README", b"text"), [notice::NO_EXTENSION.code]);
}

#[test]
fn more_than_twenty_takes_is_flagged() {
    let found = Facts { bytes: file::MAX_BYTES + 1, ..facts(b"%PDF-1.7") };
    let reference = reference("a.pdf", "", None);
    let types = types(&reference, "a.pdf", Some(&found));
    let codes: Vec<_> = flags(&reference, "a.pdf", &found, &types).iter().map(|n| n.code).collect();
    assert!(codes.contains(&"C2T-A023"), "{codes:?}");
}
