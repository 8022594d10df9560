//! LINKS values (`twenty-observed.md` E8): which addresses are taken, and the form they are
//! stored in. The form decides whether two companies share a domain.

use super::failure::Failure;
use super::values::list;
use serde_json::{Map, Value, json};

pub fn normalise(given: &Map<String, Value>) -> Result<Value, Failure> {
    let text = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
    let url = stored(text("primaryLinkUrl"))?;
    let mut more = Vec::new();
    for link in list(given.get("secondaryLinks")) {
        let label = link["label"].as_str().unwrap_or_default();
        let url = stored(link["url"].as_str().unwrap_or_default())?;
        more.push(json!({"url": url, "label": label}));
    }
    Ok(json!({"primaryLinkLabel": text("primaryLinkLabel"), "primaryLinkUrl": url,
        "secondaryLinks": more}))
}

/// The stored form: origin in lower case (`null` when the scheme has none), what follows as it is,
/// without a slash at the end. What is no URL (no scheme) is kept as given.
pub fn stored(raw: &str) -> Result<String, Failure> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(String::new());
    }
    if !is_valid(raw) {
        return Err(Failure::value(
            "The URL of the link is not valid",
            "Invalid URL format.",
            "INVALID_URL",
        ));
    }
    let Ok(url) = url::Url::parse(raw) else { return Ok(raw.to_owned()) };
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment().map(|text| format!("#{text}")).unwrap_or_default();
    let whole = format!("{}{}{query}{fragment}", url.origin().ascii_serialization(), url.path());
    Ok(whole.strip_suffix('/').unwrap_or(&whole).to_owned())
}

fn is_valid(raw: &str) -> bool {
    let lower = raw.to_lowercase();
    if lower.starts_with("mailto:") {
        return true;
    }
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let rest = match rest {
        Some(rest) => rest,
        None if lower.contains("://") => return false,
        None => &lower,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.contains('.') && host.split('.').all(label)
}
