//! Numbers as JavaScript's unary plus reads them, which is what the importer asks (`twenty-importer.md §3`).
//! It does not know which field a number is for.

/// A number as it was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// The value; may be infinite.
    pub value: f64,
    /// It was written in hexadecimal, octal or binary.
    pub radix: bool,
}

/// What JavaScript takes for blank around a number or a link.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| (c.is_whitespace() && c != '\u{85}') || c == '\u{FEFF}')
}

/// Reads a number as unary plus does; `None` is `NaN`. Blanks alone are 0.
pub(super) fn read(text: &str) -> Option<Number> {
    let text = trim(text);
    let decimal = |value| Some(Number { value, radix: false });
    if text.is_empty() {
        return decimal(0.0);
    }
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            return whole(digits, radix).map(|value| Number { value, radix: true });
        }
    }
    match text {
        "Infinity" | "+Infinity" => return decimal(f64::INFINITY),
        "-Infinity" => return decimal(f64::NEG_INFINITY),
        _ => {}
    }
    // Rust's own reader knows words JavaScript does not.
    let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
    text.bytes().all(plain).then(|| text.parse().ok()).flatten().and_then(decimal)
}

fn whole(digits: &str, radix: u32) -> Option<f64> {
    let value = digits.chars().try_fold(0.0, |sum, c| {
        c.to_digit(radix).map(|digit| sum * f64::from(radix) + f64::from(digit))
    });
    value.filter(|_| !digits.is_empty())
}

/// A decimal number without its sign: its digits, none of them a zero at either end, and the power of
/// ten of the last. Zero has no digits.
pub(super) fn decimal(text: &str) -> Option<(String, i64)> {
    let text = trim(text).trim_start_matches(['+', '-']);
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (before, behind) = number.split_once('.').unwrap_or((number, ""));
    let digits = [before, behind].concat();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let kept = digits.trim_end_matches('0');
    let zeros = digits.len() - kept.len();
    let power = i64::from(power) - behind.len() as i64 + zeros as i64;
    let kept = kept.trim_start_matches('0').to_owned();
    let power = if kept.is_empty() { 0 } else { power };
    Some((kept, power))
}

/// Whether a double holds the number as it is written: the shortest text for it has the same digits.
pub(super) fn is_exact(text: &str, value: f64) -> bool {
    match decimal(text) {
        // Up to 15 digits always come back as they were.
        Some((digits, _)) if digits.len() <= 15 => true,
        Some(written) => decimal(&format!("{value:e}")).is_none_or(|stored| stored == written),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_by_javascript() {
        let good = [
            ("1234.56", 1234.56),
            ("-5", -5.0),
            ("1e5", 1e5),
            ("0x10", 16.0),
            (" 12 ", 12.0),
            ("", 0.0),
            ("  ", 0.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("+7", 7.0),
            ("0b101", 5.0),
            ("0o17", 15.0),
            ("00123", 123.0),
        ];
        for (text, value) in good {
            assert_eq!(read(text).map(|number| number.value), Some(value), "{text:?}");
        }
        for text in [
            "1,234", "1 234", "5%", "$5", "inf", "nan", "NaN", "infinity", "0x", "-0x10", "1e",
            ".", "e5", "--5", "1_000",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read("1e999").map(|number| number.value), Some(f64::INFINITY));
        assert_eq!(read("-Infinity").map(|number| number.value), Some(f64::NEG_INFINITY));
    }

    #[test]
    fn lost_digits_are_seen() {
        for text in [
            "0.1",
            "123456789012345",
            "9007199254740992",
            "1e21",
            "12345678.90123456",
            "100000000000000000000",
        ] {
            assert!(is_exact(text, text.parse().unwrap()), "{text}");
        }
        for text in ["9007199254740993", "12345678901234567890", "0.12345678901234567890"] {
            assert!(!is_exact(text, text.parse().unwrap()), "{text}");
        }
        assert_eq!(decimal("-0012.3400e2"), Some(("1234".into(), 0)));
        assert_eq!(decimal("0.00"), Some((String::new(), 0)));
    }
}
