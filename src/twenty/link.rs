//! LINKS cells (`twenty-importer.md §3`, `twenty-observed.md §E8`): an absolute http(s) link in
//! the very form Twenty stores, so that what is written is what is read back. Must not fetch or
//! follow anything, and knows no company ([`super::hosts`] tells whose host it is).
//!
//! Why always with a scheme: Twenty takes bare hosts too, but stores them differently
//! (`acme.example` ≠ `https://acme.example`) and garbles `acme.example:8080`. User names and
//! passwords in a link are dropped, as Twenty drops them: they have no place in a CRM.

use super::refusal::{
    LINK_BLANK, LINK_EMPTY, LINK_HOST, LINK_NOT_A_DOMAIN, LINK_SCHEME, LINK_TOO_LONG, LINK_TWO,
    Refusal,
};
use url::{Host, Url};

pub use super::hosts::{is_free_mail_host, is_linkedin, is_shared_host};

/// Longest link, in bytes; browsers and servers agree on about this much.
const LONGEST: usize = 2048;

/// A link Twenty takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Scheme and host in lower case, punycode, no user info, no default port, no trailing slash.
    pub url: String,
    /// The host alone, without port.
    pub host: String,
}

/// Reads one link; path, query, fragment and an explicit port are kept. `https://` is added where
/// no scheme is written.
///
/// # Errors
/// Any of the `V3xx` refusals except [`LINK_NOT_A_DOMAIN`].
pub fn link(raw: &str) -> Result<Link, Refusal> {
    let text = trim(raw);
    if text.is_empty() {
        return Err(LINK_EMPTY);
    }
    if text.len() > LONGEST {
        return Err(LINK_TOO_LONG);
    }
    check_one(text)?;
    let (scheme, rest) = split_scheme(text)?;
    match fast(scheme, rest) {
        Some(link) => Ok(link),
        None => general(scheme, rest),
    }
}

/// The cell `Domain Name / Link URL` of a company: `https://host`, without `www.`, port and path
/// (`twenty-importer.md §0`, rule 9).
///
/// # Errors
/// As [`link`], and [`LINK_NOT_A_DOMAIN`] for IP addresses, which newer servers refuse (`§8`).
pub fn domain(raw: &str) -> Result<Link, Refusal> {
    let Link { host, .. } = link(raw)?;
    if is_ipv4(&host) {
        return Err(LINK_NOT_A_DOMAIN);
    }
    let host = match host.strip_prefix("www.") {
        Some(bare) if bare.contains('.') => bare.to_owned(),
        _ => host,
    };
    Ok(Link { url: format!("https://{host}"), host })
}

/// The JSON cell `… / Secondary Links`: (url, label) pairs. Both keys are always written, or
/// Twenty drops all of them silently. Empty when there is none.
#[must_use]
pub fn secondary_cell(links: &[(&str, &str)]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let rows: Vec<_> =
        links.iter().map(|(url, label)| serde_json::json!({"url": url, "label": label})).collect();
    serde_json::to_string(&rows).unwrap_or_default()
}

/// A host name as Twenty takes it, in lower case and punycode; `None` when it is none.
#[must_use]
pub fn ascii_host(raw: &str) -> Option<String> {
    // `Host::parse` would decode percent signs, which no one means in a host.
    if raw.contains('%') || raw.len() > LONGEST {
        return None;
    }
    match Host::parse(raw).ok()? {
        Host::Domain(host) if is_host(&host) => Some(host),
        _ => None,
    }
}

fn trim(raw: &str) -> &str {
    let dull = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}')
    };
    let text = raw.trim_matches(dull);
    match text.strip_prefix('<').and_then(|t| t.strip_suffix('>')) {
        Some(inner) => inner.trim_matches(dull),
        None => text,
    }
}

/// One link, and nothing beside it.
fn check_one(text: &str) -> Result<(), Refusal> {
    if text.bytes().any(|b| b <= b' ' || b == 0x7F)
        || (!text.is_ascii() && text.chars().any(|c| c.is_whitespace() || c.is_control()))
    {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let links = words.filter(|w| w.contains('.') && w.len() > 3).count();
        return Err(if links > 1 { LINK_TWO } else { LINK_BLANK });
    }
    // Only a link right behind a separator is a second one; others are part of the first, as in
    // `https://archive.example/https://acme.example`.
    let mut parts = text.split([',', ';', '|']);
    parts.next();
    if parts.any(|part| has_prefix(part, "http://") || has_prefix(part, "https://")) {
        return Err(LINK_TWO);
    }
    Ok(())
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}

/// `https` or `http`, and what stands behind `://`.
fn split_scheme(text: &str) -> Result<(&'static str, &str), Refusal> {
    for (written, scheme) in [("https://", "https"), ("http://", "http"), ("//", "https")] {
        if has_prefix(text, written) {
            return Ok((scheme, text.get(written.len()..).unwrap_or_default()));
        }
    }
    let authority = text.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    match authority.split_once(':') {
        // `acme.example:8080` has a port, `mailto:x` and `ftp://x` a scheme.
        Some((_, port)) if port.is_empty() || !port.bytes().all(|b| b.is_ascii_digit()) => {
            Err(LINK_SCHEME)
        }
        // Without a scheme this is an e-mail address, not a link with a user name.
        _ if authority.contains('@') => Err(LINK_SCHEME),
        _ => Ok(("https", text)),
    }
}

/// Links of harmless ASCII, which nearly all are: no parsing, only lower case for the host.
fn fast(scheme: &'static str, rest: &str) -> Option<Link> {
    let end = rest.bytes().position(|b| b == b'/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(end)?;
    let harmless = |b: u8| {
        b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'-' | b'_'
                    | b'~'
                    | b'/'
                    | b'='
                    | b'&'
                    | b'+'
                    | b'.'
                    | b'?'
                    | b'#'
                    | b':'
                    | b'@'
                    | b','
            )
    };
    // Dot segments (`/../`) and an empty query before a fragment are for the general path.
    if !path.bytes().all(harmless) || path.contains("/.") || path.contains("?#") {
        return None;
    }
    let host = host.to_ascii_lowercase();
    // Punycode has to be decoded to be believed.
    if !is_host(&host) || host.contains("xn--") {
        return None;
    }
    let path = path.trim_end_matches(['/', '?', '#']);
    Some(Link { url: [scheme, "://", &host, path].concat(), host })
}

/// Any other link, by the same rules (WHATWG) as Twenty's JavaScript.
fn general(scheme: &'static str, rest: &str) -> Result<Link, Refusal> {
    let url = Url::parse(&format!("{scheme}://{rest}")).map_err(|_| LINK_HOST)?;
    let host = match url.host() {
        Some(Host::Domain(host)) if is_host(host) => host.to_owned(),
        // JavaScript reads `1.2` and `0x7f.1` as addresses too; no one means them.
        Some(Host::Ipv4(ip)) if rest.contains(&ip.to_string()) => ip.to_string(),
        _ => return Err(LINK_HOST),
    };
    let mut out = format!("{scheme}://{host}");
    if let Some(port) = url.port() {
        out.push(':');
        out.push_str(&port.to_string());
    }
    out.push_str(url.path());
    for (sign, part) in [('?', url.query()), ('#', url.fragment())] {
        if let Some(part) = part.filter(|p| !p.is_empty()) {
            out.push(sign);
            out.push_str(part);
        }
    }
    // Twenty cuts one trailing slash each time it sees the link; cutting all of them (and what
    // would then stand empty at the end) makes the form final.
    out.truncate(out.trim_end_matches(['/', '?', '#']).len());
    if out.len() > LONGEST { Err(LINK_TOO_LONG) } else { Ok(Link { url: out, host }) }
}

/// A lower-case ASCII host name inside the pattern of Twenty 2.21, a little stricter: 2 to 10
/// labels of letters, digits and inner hyphens, the last one not of digits only.
fn is_host(host: &str) -> bool {
    let mut labels = 0;
    let mut last = "";
    for label in host.split('.') {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if label.is_empty()
            || label.len() > 61
            || label.starts_with('-')
            || label.ends_with('-')
            || !label.bytes().all(plain)
        {
            return false;
        }
        labels += 1;
        last = label;
    }
    (2..=10).contains(&labels)
        && host.len() <= 253
        && last.len() >= 2
        && last.bytes().any(|b| b.is_ascii_lowercase())
        && !is_hex_number(last)
}

/// `0x1f`: JavaScript takes a host that ends so for an IP address.
fn is_hex_number(label: &str) -> bool {
    label.strip_prefix("0x").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn is_ipv4(host: &str) -> bool {
    host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
