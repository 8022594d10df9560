//! E-mail addresses as the importer's pattern takes them (`twenty-importer.md §3` EMAILS).

/// 1 to 64 characters without blank, `@` and `"`, an `@`, 1 to 255 without blank and `@`; 255 in all.
pub(super) fn is_accepted(text: &str) -> bool {
    let units = |part: &str| part.encode_utf16().count();
    let stop = |c: char| c.is_whitespace() || c == '@';
    let Some((local, host)) = text.split_once('@') else { return false };
    (1..=64).contains(&units(local))
        && !local.contains(|c| stop(c) || c == '"')
        && (1..=255).contains(&units(host))
        && !host.contains(stop)
        && units(text) <= 255
}

/// What an accepted address carries besides the address.
pub(super) fn oddity(text: &str) -> Option<&'static str> {
    if text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        return Some("mailto: in front");
    }
    if text.contains(['<', '>']) {
        return Some("angle brackets around it");
    }
    text.contains([',', ';']).then_some("more than one address")
}
