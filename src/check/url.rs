//! Links as the importer's check takes them and as the server stores them (`twenty-importer.md §3` LINKS,
//! `twenty-observed.md E8`). It does not know which field a link is for.

use super::number::trim;
use std::borrow::Cow;
use url::{Host, Origin, Url};

/// What the importer's check makes of a cell: the link it would open, `https://` put in front of a bare
/// host; `None` when the row is skipped.
pub(super) fn accepted(text: &str) -> Option<Url> {
    let text = trim(text);
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    let absolute =
        if has_scheme { Cow::Borrowed(text) } else { Cow::Owned(format!("https://{text}")) };
    let bare = absolute.trim_start_matches("https://").trim_start_matches("http://");
    // A number alone would be read as an IPv4 address.
    let number = bare.split('/').next().unwrap_or_default();
    if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let url = Url::parse(&absolute).ok()?;
    is_host(&url.host()?).then_some(url)
}

/// A name with a dot, `localhost`, or an IP address.
fn is_host(host: &Host<&str>) -> bool {
    let Host::Domain(name) = host else { return true };
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    *name == "localhost" || (name.contains('.') && name.split('.').all(label))
}

/// What the server stores and compares: the origin in lower case, the rest as it is, no slash at the end.
pub(super) fn stored(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let Ok(url) = Url::parse(text) else { return Cow::Borrowed(text) };
    let origin = match url.origin() {
        Origin::Opaque(_) => "null".to_owned(),
        origin @ Origin::Tuple(..) => origin.ascii_serialization(),
    };
    let mut rest = decoded(url.path());
    for (sign, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part.filter(|part| !part.is_empty()) {
            rest.push(sign);
            rest.push_str(&decoded(part));
        }
    }
    let whole = format!("{origin}{rest}");
    Cow::Owned(whole.strip_suffix('/').map(str::to_owned).unwrap_or(whole))
}

/// `https://` and a host of lower-case letters, digits, dots and hyphens is stored as it is.
fn is_plain(text: &str) -> bool {
    let host = text.strip_prefix("https://");
    let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-');
    // Numbers at the end are an IPv4 address, which has shorter forms.
    host.is_some_and(|host| {
        host.bytes().all(sign) && host.ends_with(|c: char| c.is_ascii_lowercase())
    })
}

/// Percent signs undone where they are UTF-8.
fn decoded(text: &str) -> String {
    let hex = |at: usize| text.get(at + 1..at + 3).and_then(|two| u8::from_str_radix(two, 16).ok());
    let (mut bytes, mut at) = (Vec::with_capacity(text.len()), 0);
    while let Some(&byte) = text.as_bytes().get(at) {
        let escaped = hex(at).filter(|_| byte == b'%');
        bytes.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Whether the server takes what stands before a colon for a scheme and stores `null` instead of it.
pub(super) fn is_stored_as_null(text: &str) -> bool {
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    !has_scheme && matches!(Url::parse(text).map(|url| url.origin()), Ok(Origin::Opaque(_)))
}

/// What of a company's domain makes it another one than `https://host` (`twenty-observed.md E8`), and what it
/// should be.
pub(super) fn domain_fault(text: &str, link: &Url) -> Option<(&'static str, String)> {
    let host = link.host_str().unwrap_or_default();
    let bare = host.strip_prefix("www.").unwrap_or(host);
    let trimmed = trim(text);
    let why = if trimmed.starts_with("http://") {
        "http:// instead of https://"
    } else if !trimmed.starts_with("https://") {
        "no https:// in front"
    } else if host.starts_with("www.") {
        "www. in front"
    } else if !matches!(link.path(), "" | "/")
        || link.query().is_some()
        || link.fragment().is_some()
    {
        "something behind the host"
    } else if link.port().is_some() {
        "a port"
    } else {
        return None;
    };
    Some((why, format!("https://{bare}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_taken_as_by_the_importer() {
        for good in [
            "acme.com",
            "www.acme.com",
            "https://acme.com",
            "http://192.0.2.1:8080/x?y#z",
            "localhost",
            "acme.com:8080",
            "mailto:a@b.c",
            " https://acme.com ",
            "https://bücher.example",
            "https://Acme.example/Path",
            "https://[::1]/",
        ] {
            assert!(accepted(good).is_some(), "{good}");
        }
        for bad in [
            "acme",
            "N/A",
            "ftp://ada.example",
            "Https://ada.example",
            "https://ada.example.",
            "https://a_b.example",
            "-",
            "https://a.example https://b.example",
            "https://intranet/ada",
            "",
            "123",
            "https://",
            "https://-a.example",
        ] {
            assert!(accepted(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn links_are_stored_as_by_the_server() {
        let cases = [
            ("https://acme.example", "https://acme.example"),
            ("https://ACME.example/", "https://acme.example"),
            ("HTTPS://acme.example:443", "https://acme.example"),
            (" https://user:pw@acme.example ", "https://acme.example"),
            ("https://bücher.example", "https://xn--bcher-kva.example"),
            ("https://acme.example/A%20b?Q=1#F", "https://acme.example/A b?Q=1#F"),
            ("acme.example", "acme.example"),
            ("ACME.example", "ACME.example"),
            ("acme.example:8080", "null8080"),
            ("mailto:a@b.c", "nulla@b.c"),
        ];
        for (text, expected) in cases {
            assert_eq!(stored(text), expected, "{text}");
        }
        assert!(is_stored_as_null("acme.example:8080") && !is_stored_as_null("acme.example"));
    }
}
