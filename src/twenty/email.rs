//! EMAILS cells (`twenty-importer.md §3`, `twenty-api.md §3.5`). Must not repair addresses by
//! guessing letters: an address is a key of the person.
//!
//! Twenty's own pattern is very lenient (`a@b` and `<a@b.c>` pass). An address is let through only
//! if a strict check would take it too: a dot-atom of at most 64 characters before the `@`, a host
//! name with a dot after it. Unicode is let through where both sides have a form for it: letters
//! and digits before the `@` (RFC 6531; Twenty stores them as they are), and host names, which are
//! written as punycode because that is the one form every mail system takes.

use super::link::ascii_host;
use super::refusal::{
    EMAIL_DOMAIN, EMAIL_EMPTY, EMAIL_LOCAL, EMAIL_NO_AT, EMAIL_TOO_LONG, EMAIL_TWO, Refusal,
};

const LONGEST_LOCAL: usize = 64;
/// Longest address (RFC 5321: a path of 256 with its angle brackets).
const LONGEST: usize = 254;

/// One address, trimmed and in lower case (Twenty stores lower case and compares strictly).
///
/// Takes `Name <a@b.example>` and `mailto:a@b.example?subject=…` as the address in them.
///
/// # Errors
/// Any of the `V2xx` refusals.
pub fn email(raw: &str) -> Result<String, Refusal> {
    let address = bare(raw)?;
    let Some((local, domain)) = address.split_once('@') else { return Err(EMAIL_NO_AT) };
    if domain.contains('@') {
        return Err(if address.contains([',', ';', ' ', '/', '|']) {
            EMAIL_TWO
        } else {
            EMAIL_NO_AT
        });
    }
    let mut out = String::with_capacity(address.len());
    if address.is_ascii() {
        out.push_str(address);
        out.make_ascii_lowercase();
    } else {
        out.push_str(&local.to_lowercase());
        out.push('@');
        out.push_str(&ascii_host(domain).ok_or(EMAIL_DOMAIN)?);
    }
    // Checked in lower case, because that is what Twenty gets: some letters fall apart there.
    let (local, host) = out.split_once('@').unwrap_or_default();
    check_local(local)?;
    if !is_strict_host(host) {
        return Err(EMAIL_DOMAIN);
    }
    if out.len() > LONGEST { Err(EMAIL_TOO_LONG) } else { Ok(out) }
}

/// The JSON cell `Emails / Additional Emails`; empty when there is none. Give it results of
/// [`email`] only.
#[must_use]
pub fn additional_cell(emails: &[String]) -> String {
    if emails.is_empty() {
        return String::new();
    }
    let mut cell = String::from("[");
    for (index, email) in emails.iter().enumerate() {
        cell.push_str(if index == 0 { "\"" } else { ",\"" });
        // No address that passed `email` has a quote, a backslash or a control character.
        cell.extend(email.chars().filter(|c| !matches!(c, '"' | '\\') && !c.is_control()));
        cell.push('"');
    }
    cell.push(']');
    cell
}

/// The address without what mail programs put around it.
fn bare(raw: &str) -> Result<&str, Refusal> {
    let mut text = trim(raw);
    if let (Some(open), true) = (text.rfind('<'), text.ends_with('>')) {
        let name = text.get(..open).unwrap_or_default();
        // `a@b.example <c@d.example>` is a name that looks like an address: only the same address
        // twice is no doubt.
        let inner = trim(text.get(open + 1..text.len() - 1).unwrap_or_default());
        if name.contains('<')
            || (name.contains('@') && !trim_quotes(name).eq_ignore_ascii_case(inner))
        {
            return Err(EMAIL_TWO);
        }
        text = inner;
    }
    if let Some((scheme, rest)) = text.split_at_checked(7)
        && scheme.eq_ignore_ascii_case("mailto:")
    {
        text = trim(rest.split('?').next().unwrap_or_default());
    }
    if text.is_empty() { Err(EMAIL_EMPTY) } else { Ok(text) }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}')
    })
}

fn trim_quotes(text: &str) -> &str {
    trim(trim(text).trim_matches(['"', '\'']))
}

fn check_local(local: &str) -> Result<(), Refusal> {
    if local.is_empty() {
        return Err(EMAIL_LOCAL);
    }
    // Twenty counts characters, mail systems count bytes; the smaller count decides.
    if local.len() > LONGEST_LOCAL {
        return Err(EMAIL_TOO_LONG);
    }
    let mut after_dot = true;
    for c in local.chars() {
        if c == '.' && after_dot {
            return Err(EMAIL_LOCAL);
        }
        after_dot = c == '.';
        if !(after_dot || is_atom(c)) {
            return Err(EMAIL_LOCAL);
        }
    }
    if after_dot { Err(EMAIL_LOCAL) } else { Ok(()) }
}

/// RFC 5322 atom characters, and Unicode letters and digits.
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?')
        || matches!(c, '^' | '_' | '`' | '{' | '|' | '}' | '~')
        || (!c.is_ascii() && c.is_alphanumeric())
}

/// A lower-case host name: at least two labels, the last one of letters (or punycode).
fn is_strict_host(host: &str) -> bool {
    let Some((_, top)) = host.rsplit_once('.') else { return false };
    let good_top =
        top.len() >= 2 && (top.bytes().all(|b| b.is_ascii_lowercase()) || top.starts_with("xn--"));
    good_top && host.len() <= 253 && host.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accepted() {
        for (raw, want) in [
            ("Ada@Example.COM", "ada@example.com"),
            ("  ada@example.com\n", "ada@example.com"),
            ("\u{FEFF}ada@example.com\u{200B}", "ada@example.com"),
            ("Ada Beispiel <Ada@example.com>", "ada@example.com"),
            ("\"Beispiel, Ada\" <ada@example.com>", "ada@example.com"),
            ("\"ada@example.com\" <ada@example.com>", "ada@example.com"),
            ("<ada@example.com>", "ada@example.com"),
            ("mailto:ada@example.com?subject=x@y", "ada@example.com"),
            ("Ada <mailto:ada@example.com>", "ada@example.com"),
            ("o'neil+tag_1=a/b@mail.example.org", "o'neil+tag_1=a/b@mail.example.org"),
            ("jörg@Bücher.example", "jörg@xn--bcher-kva.example"),
            ("info@müller.example", "info@xn--mller-kva.example"),
            ("JÖRG@example.com", "jörg@example.com"),
            ("a@b.xn--p1ai", "a@b.xn--p1ai"),
        ] {
            assert_eq!(email(raw).as_deref(), Ok(want), "{raw}");
        }
    }

    #[test]
    fn refused() {
        for (raw, code) in [
            ("", "C2T-V201"),
            (" <> ", "C2T-V201"),
            ("ada", "C2T-V202"),
            ("a@b@example.com", "C2T-V202"),
            ("a@example.com, b@example.com", "C2T-V203"),
            ("a@example.com;b@example.com", "C2T-V203"),
            ("A <a@example.com>, B <b@example.com>", "C2T-V203"),
            ("a@example.com <b@example.com>", "C2T-V203"),
            ("@example.com", "C2T-V204"),
            ("a b@example.com", "C2T-V204"),
            (".a@example.com", "C2T-V204"),
            ("a.@example.com", "C2T-V204"),
            ("a..b@example.com", "C2T-V204"),
            ("\"a b\"@example.com", "C2T-V204"),
            ("a\u{200B}b@example.com", "C2T-V204"),
            ("(x)a@example.com", "C2T-V204"),
            ("a@b", "C2T-V205"),
            ("a@example.com.", "C2T-V205"),
            ("a@-x.example", "C2T-V205"),
            ("a@my_host.example", "C2T-V205"),
            ("a@[10.0.0.1]", "C2T-V205"),
            ("a@10.0.0.1", "C2T-V205"),
            ("a@exa mple.com", "C2T-V205"),
            ("a@example.c", "C2T-V205"),
        ] {
            assert_eq!(email(raw).unwrap_err().code, code, "{raw}");
        }
        assert_eq!(email(&format!("{}@example.com", "a".repeat(65))), Err(EMAIL_TOO_LONG));
        assert!(email(&format!("a@{}example.com", "abc.".repeat(100_000))).is_err());
    }

    #[test]
    fn additional() {
        assert_eq!(additional_cell(&[]), "");
        let two = ["a@x.example".to_owned(), "b@x.example".to_owned()];
        assert_eq!(additional_cell(&two), r#"["a@x.example","b@x.example"]"#);
    }

    proptest! {
        #[test]
        fn what_passes_passes_twenty_and_is_final(raw in "[ -~äÉß日]{0,12}@[A-Za-z0-9.ü-]{1,15}") {
            if let Ok(mail) = email(&raw) {
                let (local, domain) = mail.split_once('@').unwrap();
                prop_assert!((1..=64).contains(&local.chars().count()));
                prop_assert!(!local.contains([' ', '@', '"']) && !domain.contains([' ', '@']));
                prop_assert!(domain.is_ascii() && domain.contains('.') && mail.len() <= 254);
                let again = email(&mail);
                prop_assert_eq!(again.as_deref(), Ok(mail.as_str()));
            }
        }

        #[test]
        fn never_panics(raw in any::<String>()) {
            let _ = email(&raw);
        }
    }
}
