//! Addresses of files in Close (`close-format.md` §5.1): which record they belong to, and the token
//! that names the file. It must not open anything.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// The parts of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUrl<'u> {
    /// The record the file is kept with; a template's for mail made from one.
    pub object: &'u str,
    /// What names the file among those of the record, as written: compared exactly.
    pub token: &'u str,
    /// The last part of the address, decoded; empty for recordings and messages.
    pub name: Cow<'u, str>,
}

/// Reads the address of a stored file, of a message's media, or of a call's audio (the token then is
/// `recording` or `voicemail`). `None` for any other address.
pub fn parse(url: &str) -> Option<FileUrl<'_>> {
    let path = close_path(url)?;
    let mut parts = path.trim_matches('/').split('/');
    let first = parts.next()?;
    let (object, token, name) = match (first, parts.next()?, parts.next()?) {
        ("go", "file", "persisted") => {
            let (_organization, _kind) = (parts.next()?, parts.next()?);
            (parts.next()?, parts.next()?, parts.next().unwrap_or_default())
        }
        ("go", "sms", object) => {
            if parts.next()? != "media" {
                return None;
            }
            (object, parts.next()?, "")
        }
        ("call", object, token @ ("recording" | "voicemail")) => (object, token, ""),
        _ => return None,
    };
    let usable = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic());
    (usable(object) && usable(token)).then(|| FileUrl { object, token, name: decoded(name) })
}

/// One address in one form: a stored file by its record and token, whatever the host (`app` and `api`
/// serve the same files), the name and the last slash; another of Close by its path; any other as it is.
pub fn same(url: &str) -> Cow<'_, str> {
    let Some(path) = close_path(url) else { return Cow::Borrowed(url.trim()) };
    let path = path.trim_end_matches('/');
    match parse(url) {
        // The preview of a file has its token.
        Some(file) if !path.ends_with("/thumbnail") => {
            format!("{}/{}", file.object, file.token).into()
        }
        _ => decoded(path),
    }
}

/// Percent-encoded text decoded; bytes that are no UTF-8 become replacement characters.
pub fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// The path of an address of Close, without query; calls may stand below `api/v1`.
fn close_path(url: &str) -> Option<&str> {
    let url = url.trim();
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (host, path) = rest.split_once('/')?;
    let ours = ["app.close.com", "api.close.com", "app.close.io", "api.close.io"];
    if !ours.iter().any(|known| host.eq_ignore_ascii_case(known)) {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Some(path.strip_prefix("api/v1/").unwrap_or(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let base = "https://app.close.com/go/file/persisted/orga_X/activity.note/acti_N1/tok1";
        for url in [format!("{base}/sch%C3%B6n.pdf"), format!("{base}/sch%C3%B6n.pdf/thumbnail/")] {
            let found = parse(&url).unwrap();
            assert_eq!((found.object, found.token, &*found.name), ("acti_N1", "tok1", "schön.pdf"));
        }
        let media = parse("https://app.close.com/go/sms/acti_S/media/media_9/").unwrap();
        assert_eq!((media.object, media.token, &*media.name), ("acti_S", "media_9", ""));
        let call = parse("https://api.close.com/api/v1/call/acti_C/voicemail/").unwrap();
        assert_eq!((call.object, call.token), ("acti_C", "voicemail"));
        for other in [
            "https://example.com/go/file/persisted/a/b/c/d/e",
            "https://app.close.com/lead/lead_1/",
            "https://app.close.com/go/sms/acti_S/other/media_9/",
            "https://api.close.com/call/acti_C/",
            "go/file/persisted",
            "",
        ] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn one_file_has_one_address() {
        let a = same("https://app.close.com/go/file/persisted/o/k/acti_1/t/a%20b.pdf/");
        assert_eq!(a, same("https://api.close.com/go/file/persisted/o/k/acti_1/t/a b.pdf?x=1"));
        assert_eq!(a, same("https://app.close.com/go/file/persisted/o2/k2/acti_1/t/other.pdf"));
        assert_ne!(a, same("https://app.close.com/go/file/persisted/o/k/acti_1/t/a/thumbnail/"));
        assert_ne!(a, same("https://app.close.com/go/file/persisted/o/k/acti_1/T/a%20b.pdf"));
        assert_eq!(same("https://app.close.com/x/a%20b/"), "x/a b");
        assert_eq!(same(" https://example.com/a/ "), "https://example.com/a/");
    }
}
