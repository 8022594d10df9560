//! Links as `twenty-importer.md §3` (LINKS) and `twenty-observed.md E8` want them. Parses no more
//! of a URL than its scheme and host.

/// An `http(s)` URL cut at its host.
pub struct Link<'a> {
    pub https: bool,
    pub host: &'a str,
    /// User info or a port stands beside the host.
    pub has_extras: bool,
    /// Path, query and fragment.
    pub rest: &'a str,
}

/// Splits a URL that Twenty stores as meant: lower-case scheme, valid host, no blanks.
pub fn link(text: &str) -> Result<Link<'_>, &'static str> {
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err("blanks inside or around");
    }
    let (https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err("does not start with https:// or http://"),
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (user, address) = match authority.rsplit_once('@') {
        Some((_, address)) => (true, address),
        None => (false, authority),
    };
    let (host, port) = match address.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (address, None),
    };
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("the port is no port");
    }
    if !is_host(host) {
        return Err("the host is no host name");
    }
    Ok(Link { https, host, has_extras: user || port.is_some(), rest })
}

/// A host name with at least one dot, `localhost` or an IPv4 address. Names outside ASCII are
/// taken for international domain names, which Twenty turns into punycode.
fn is_host(host: &str) -> bool {
    if host == "localhost" {
        return true;
    }
    let labels: Vec<&str> = host.split('.').collect();
    let numeric = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
    if labels.last().is_some_and(numeric) {
        return labels.len() == 4
            && labels.iter().all(|label| numeric(label) && label.parse::<u8>().is_ok());
    }
    (2..=11).contains(&labels.len()) && labels.iter().all(|label| is_label(label))
}

fn is_label(label: &str) -> bool {
    let legal =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && !c.is_control());
    (1..=62).contains(&label.chars().count())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(legal)
}

/// What is wrong with a company's domain: it must be `https://host`, lower case, bare
/// (`twenty-importer.md §0.9, §8`).
pub fn domain_fault(link: &Link<'_>) -> Option<&'static str> {
    let upper = |c: char| c.is_uppercase();
    match link {
        Link { https: false, .. } => Some("not https"),
        Link { has_extras: true, .. } => Some("user info or port"),
        Link { rest, .. } if !rest.is_empty() => Some("a path, query or fragment"),
        Link { host, .. } if host.starts_with("www.") => Some("www."),
        Link { host, .. } if host.contains(upper) => Some("upper case"),
        _ => None,
    }
}

/// What two links must not share to be two records: origin in lower case, no trailing slash.
pub fn normalised(text: &str) -> String {
    match link(text) {
        Ok(link) => {
            let scheme = if link.https { "https" } else { "http" };
            let rest = link.rest.strip_suffix('/').unwrap_or(link.rest);
            format!("{scheme}://{}{rest}", link.host.to_lowercase())
        }
        Err(_) => text.trim().to_lowercase(),
    }
}

/// The bare host newer versions compare by, `www.` cut; `None` for what is no link.
pub fn host_key(text: &str) -> Option<String> {
    let host = link(text).ok()?.host.to_lowercase();
    Some(host.strip_prefix("www.").map_or(host.clone(), str::to_owned))
}
