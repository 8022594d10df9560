//! Mends a record that simd-json refuses but whose meaning is plain: bad UTF-8, half surrogate
//! pairs, raw control characters, numbers too large for a machine, trailing commas. It must not
//! guess at structure: a record with broken brackets stays broken.

use super::json::Repairs;

/// A mended copy of `raw` and what was mended.
pub(super) fn repair(raw: &[u8]) -> (Vec<u8>, Repairs) {
    let mut repairs = Repairs::default();
    let text = String::from_utf8_lossy(raw);
    repairs.utf8 = matches!(text, std::borrow::Cow::Owned(_));
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len() + 64);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'"' => string(bytes, at, &mut out, &mut repairs),
            b',' if closes_next(bytes, at + 1) => {
                repairs.comma = true;
                at + 1
            }
            b'-' | b'0'..=b'9' => number(bytes, at, &mut out, &mut repairs),
            other => {
                out.push(other);
                at + 1
            }
        };
    }
    (out, repairs)
}

/// True when the next byte that counts closes an object or array.
fn closes_next(bytes: &[u8], from: usize) -> bool {
    let next = bytes[from..].iter().find(|b| !b.is_ascii_whitespace());
    matches!(next, Some(b'}' | b']'))
}

/// Copies the string at `at`; answers the position behind it.
fn string(bytes: &[u8], at: usize, out: &mut Vec<u8>, repairs: &mut Repairs) -> usize {
    out.push(b'"');
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                out.push(b'"');
                return at + 1;
            }
            b'\\' => at = escape(bytes, at, out, repairs),
            0x00..=0x1f => {
                repairs.control = true;
                out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
                at += 1;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    at
}

/// Copies the escape at `at`; a surrogate without its other half becomes U+FFFD.
fn escape(bytes: &[u8], at: usize, out: &mut Vec<u8>, repairs: &mut Repairs) -> usize {
    let Some(unit) = unicode_escape(bytes, at) else {
        let end = (at + 2).min(bytes.len());
        out.extend_from_slice(&bytes[at..end]);
        return end;
    };
    let low = unicode_escape(bytes, at + 6).is_some_and(|u| (0xdc00..0xe000).contains(&u));
    let end = match unit {
        0xd800..=0xdbff if low => at + 12,
        0xd800..=0xdfff => {
            repairs.surrogate = true;
            out.extend_from_slice(b"\\ufffd");
            return at + 6;
        }
        _ => at + 6,
    };
    out.extend_from_slice(&bytes[at..end]);
    end
}

/// The code unit of a complete `\uXXXX` at `at`.
fn unicode_escape(bytes: &[u8], at: usize) -> Option<u32> {
    let hex = bytes.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u32::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

/// Copies the number at `at`, in quotes when neither `u64`, `i64` nor a finite `f64` holds it.
fn number(bytes: &[u8], at: usize, out: &mut Vec<u8>, repairs: &mut Repairs) -> usize {
    let rest = &bytes[at..];
    let is_part = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E');
    let token = &rest[..rest.iter().position(|b| !is_part(b)).unwrap_or(rest.len())];
    let text = std::str::from_utf8(token).unwrap_or_default();
    let whole = !text.contains(['.', 'e', 'E']);
    let fits = if whole {
        text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok()
    } else {
        text.parse::<f64>().is_ok_and(f64::is_finite)
    };
    let json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() || whole;
    if fits || !(json || text.parse::<f64>().is_ok()) {
        out.extend_from_slice(token);
    } else {
        repairs.number = true;
        out.push(b'"');
        out.extend_from_slice(token);
        out.push(b'"');
    }
    at + token.len()
}
