//! Character references of HTML: `&amp;`, `&#8211;`, `&nbsp`. The usual ones are known here, all
//! others are read by html5gum, which has the list of the standard. It must not look at tags.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use memchr::{memchr, memchr2};

/// Appends `text` with its references decoded.
pub(super) fn decode(text: &str, out: &mut String) {
    decode_with(&with_line_feeds(text), out, |reference, _, out| other(reference, out));
}

/// The value of an attribute with its references decoded.
pub(super) fn decoded_value(value: &str) -> Cow<'_, str> {
    if memchr2(b'&', b'\r', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    decode_with(&with_line_feeds(value), &mut out, other_in_value);
    Cow::Owned(out)
}

/// `text` with its line breaks as HTML has them: only a reference makes a `\r`.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    match memchr(b'\r', text.as_bytes()) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
    }
}

/// Copies `text` to `out`; what may be a reference, and is not one of the usual, goes through `rare`
/// together with what follows it.
fn decode_with(text: &str, out: &mut String, rare: impl Fn(&str, &str, &mut String)) {
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let (reference, after) = rest[at..].split_at(length(&rest.as_bytes()[at..]));
        match usual(reference) {
            Some(text) => out.push_str(text),
            None if reference.len() == 1 => out.push('&'),
            None => match by_number(reference) {
                Some(c) => out.push(c),
                None => rare(reference, after, out),
            },
        }
        rest = after;
    }
    out.push_str(rest);
}

/// Length of what may be a reference at the start of `text`: an `&`, letters and digits, and a `;`.
fn length(text: &[u8]) -> usize {
    let hash = usize::from(text.get(1) == Some(&b'#'));
    let name = text.get(1 + hash..).unwrap_or_default();
    let name = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let length = 1 + hash + name;
    length + usize::from(length > 1 && text.get(length) == Some(&b';'))
}

/// The references most texts hold, if any.
fn usual(reference: &str) -> Option<&'static str> {
    Some(match reference {
        "&nbsp;" => "\u{A0}",
        "&amp;" => "&",
        "&lt;" => "<",
        "&gt;" => ">",
        "&quot;" => "\"",
        "&apos;" => "'",
        "&auml;" => "ä",
        "&ouml;" => "ö",
        "&uuml;" => "ü",
        "&Auml;" => "Ä",
        "&Ouml;" => "Ö",
        "&Uuml;" => "Ü",
        "&szlig;" => "ß",
        "&eacute;" => "é",
        "&egrave;" => "è",
        "&agrave;" => "à",
        "&ccedil;" => "ç",
        "&euro;" => "€",
        "&ndash;" => "–",
        "&mdash;" => "—",
        "&lsquo;" => "‘",
        "&rsquo;" => "’",
        "&ldquo;" => "“",
        "&rdquo;" => "”",
        "&bdquo;" => "„",
        "&hellip;" => "…",
        "&bull;" => "•",
        "&middot;" => "·",
        "&copy;" => "©",
        "&reg;" => "®",
        "&zwnj;" => "\u{200C}",
        _ => return None,
    })
}

/// `&#39;` and its like, for characters the standard leaves as they are.
fn by_number(reference: &str) -> Option<char> {
    let digits = reference.strip_prefix("&#")?.strip_suffix(';')?;
    if digits.len() > 5 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code: u32 = digits.parse().ok()?;
    matches!(code, 0x20..=0x7E | 0xA0..=0xD7FF).then(|| char::from_u32(code)).flatten()
}

/// A reference that is not one of the usual.
fn other(reference: &str, out: &mut String) {
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        if let CallbackEvent::String { value } = event {
            out.push_str(&String::from_utf8_lossy(value));
        }
        None::<Infallible>
    });
    // A `&str` cannot fail to be read.
    let Ok(()) = Tokenizer::new_with_emitter(reference, emitter).finish();
}

/// The same in the value of an attribute, where `&copy=` and `&copya` are no references.
fn other_in_value(reference: &str, after: &str, out: &mut String) {
    let equals = after.starts_with('=');
    let tag = format!("<a b=\"{reference}{}\">", if equals { "=" } else { "" });
    let mut value = String::new();
    let emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        if let CallbackEvent::AttributeValue { value: read } = event {
            value.push_str(&String::from_utf8_lossy(read));
        }
        None::<Infallible>
    });
    let Ok(()) = Tokenizer::new_with_emitter(&*tag, emitter).finish();
    out.push_str(if equals { value.strip_suffix('=').unwrap_or(&value) } else { &value });
}
