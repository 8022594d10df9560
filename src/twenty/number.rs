//! NUMBER cells (`twenty-importer.md §3`): plain decimals that a JavaScript number holds without
//! losing a digit. Must not guess at separators: `1.234,50` has two readings.

use super::refusal::{
    NUMBER_EMPTY, NUMBER_LEADING_ZERO, NUMBER_PRECISION, NUMBER_RANGE, NUMBER_SYNTAX, Refusal,
};
use std::borrow::Cow;

/// Most digits before or behind the point; JavaScript writes longer numbers with an exponent.
const MOST_DIGITS: usize = 21;
/// Digits any JavaScript number (IEEE 754 double) keeps.
const SAFE_DIGITS: usize = 15;
/// Largest exponent written out: beyond it no number of so many digits remains.
const MOST_EXPONENT: u32 = 64;

/// The cell of a number, from the text of a JSON number or a clean numeric string: digits, at most
/// one point, a minus if negative. An exponent is written out; nothing is rounded.
///
/// # Errors
/// Any of the `V411` to `V415` refusals.
pub fn number(raw: &str) -> Result<Cow<'_, str>, Refusal> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(NUMBER_EMPTY);
    }
    let parts = Parts::read(text)?;
    parts.check_exponent()?;
    if parts.is_plain() {
        parts.check(text)?;
        return Ok(Cow::Borrowed(text));
    }
    let plain = parts.write();
    parts.check(&plain)?;
    Ok(Cow::Owned(plain))
}

/// Digits behind the point of a cell that [`number`] made; zeros at the end do not count.
pub fn decimals(cell: &str) -> u8 {
    let fraction = cell.split_once('.').map_or("", |(_, fraction)| fraction.trim_end_matches('0'));
    u8::try_from(fraction.len()).unwrap_or(u8::MAX)
}

/// A number cut into its parts.
struct Parts<'a> {
    negative: bool,
    /// A plus sign, which a cell does not need.
    plus: bool,
    whole: &'a str,
    point: bool,
    fraction: &'a str,
    exponent: Option<i32>,
}

impl<'a> Parts<'a> {
    fn read(text: &'a str) -> Result<Self, Refusal> {
        let negative = text.starts_with('-');
        let plus = text.starts_with('+');
        let body = if negative || plus { text.get(1..).unwrap_or_default() } else { text };
        let (mantissa, exponent) = match body.split_once(['e', 'E']) {
            // `parse` takes a sign itself, but no blanks and nothing absurdly long.
            Some((mantissa, exponent)) => {
                let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                check_digits(digits)?;
                (mantissa, Some(exponent.parse::<i32>().map_err(|_| NUMBER_RANGE)?))
            }
            None => (body, None),
        };
        let (whole, fraction, point) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, fraction, true),
            None => (mantissa, "", false),
        };
        if whole.is_empty() {
            check_digits(fraction)?;
        } else {
            check_digits(whole)?;
            if !fraction.is_empty() {
                check_digits(fraction)?;
            }
        }
        if whole.len() > 1 && whole.starts_with('0') {
            return Err(NUMBER_LEADING_ZERO);
        }
        Ok(Self { negative, plus, whole, point, fraction, exponent })
    }

    /// Whether the text is the cell already.
    fn is_plain(&self) -> bool {
        let minus_zero = self.negative && self.is_zero();
        self.exponent.is_none()
            && !(self.plus || minus_zero || self.whole.is_empty())
            && (self.point != self.fraction.is_empty())
    }

    fn is_zero(&self) -> bool {
        self.digits().all(|b| b == b'0')
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }

    /// Whether the exponent leads to a number of bearable length.
    fn check_exponent(&self) -> Result<(), Refusal> {
        let reach = self.exponent.unwrap_or(0).unsigned_abs();
        if self.is_zero() || reach <= MOST_EXPONENT { Ok(()) } else { Err(NUMBER_RANGE) }
    }

    /// Whether JavaScript holds the number, and would show it, with the same digits.
    fn check(&self, plain: &str) -> Result<(), Refusal> {
        let unsigned = plain.strip_prefix('-').unwrap_or(plain);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        if whole.len() > MOST_DIGITS || fraction.len() > MOST_DIGITS {
            return Err(NUMBER_RANGE);
        }
        if self.whole.len() + self.fraction.len() <= SAFE_DIGITS {
            return Ok(());
        }
        let value: f64 = plain.parse().map_err(|_| NUMBER_SYNTAX)?;
        // `Display` of a float is the shortest decimal that reads back as the same float, which is
        // what JavaScript shows as well.
        if same_decimal(&value.to_string(), plain) { Ok(()) } else { Err(NUMBER_PRECISION) }
    }

    /// Without exponent, superfluous signs, and zeros at the ends that an exponent leaves.
    fn write(&self) -> String {
        if self.is_zero() {
            return "0".to_owned();
        }
        let mut digits = String::with_capacity(self.whole.len() + self.fraction.len());
        digits.push_str(self.whole);
        digits.push_str(self.fraction);
        let point =
            i64::try_from(self.whole.len()).unwrap_or(0) + i64::from(self.exponent.unwrap_or(0));
        let mut out = String::from(if self.negative { "-" } else { "" });
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        match usize::try_from(point) {
            Ok(at) if at > 0 && at < digits.len() => {
                let (whole, fraction) = digits.split_at_checked(at).unwrap_or((&digits, ""));
                push_decimal(&mut out, whole, fraction);
            }
            Ok(at) if at > 0 => {
                let missing = i64::try_from(at - digits.len()).unwrap_or(0);
                push_decimal(&mut out, &(digits + &zeros(missing)), "");
            }
            _ => push_decimal(&mut out, "0", &(zeros(-point) + &digits)),
        }
        out
    }
}

fn push_decimal(out: &mut String, whole: &str, fraction: &str) {
    let whole = whole.trim_start_matches('0');
    out.push_str(if whole.is_empty() { "0" } else { whole });
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
}

fn check_digits(text: &str) -> Result<(), Refusal> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if digits { Ok(()) } else { Err(NUMBER_SYNTAX) }
}

/// Whether two plain decimals are the same but for zeros at the end.
fn same_decimal(a: &str, b: &str) -> bool {
    fn core(text: &str) -> &str {
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
    }
    core(a) == core(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells() {
        for (raw, want) in [
            ("0", "0"),
            ("12.5", "12.5"),
            ("-5", "-5"),
            (" 359.88 ", "359.88"),
            ("1.50", "1.50"),
            ("1e5", "100000"),
            ("1.5E+3", "1500"),
            ("1.23e-4", "0.000123"),
            ("120e-1", "12"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0e999", "0"),
            ("+7", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("0.1", "0.1"),
            ("9007199254740991", "9007199254740991"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e20", "100000000000000000000"),
        ] {
            assert_eq!(number(raw).as_deref(), Ok(want), "{raw}");
        }
        assert!(matches!(number(" 12.5 "), Ok(Cow::Borrowed("12.5"))));
    }

    #[test]
    fn decimals_of_cells() {
        for (cell, expected) in [("359.88", 2), ("12.50", 1), ("-0.001", 3), ("7", 0), ("7.0", 0)] {
            assert_eq!(decimals(cell), expected, "{cell}");
        }
    }

    #[test]
    fn refused() {
        for (raw, code) in [
            ("", "C2T-V411"),
            ("   ", "C2T-V411"),
            ("1,234.50", "C2T-V412"),
            ("1 234", "C2T-V412"),
            ("12%", "C2T-V412"),
            ("$5", "C2T-V412"),
            ("0x10", "C2T-V412"),
            ("NaN", "C2T-V412"),
            ("Infinity", "C2T-V412"),
            ("1.2.3", "C2T-V412"),
            (".", "C2T-V412"),
            ("-", "C2T-V412"),
            ("--5", "C2T-V412"),
            ("1e", "C2T-V412"),
            ("e5", "C2T-V412"),
            ("1e 5", "C2T-V412"),
            ("１２", "C2T-V412"),
            ("007", "C2T-V413"),
            ("-01.5", "C2T-V413"),
            ("9007199254740993", "C2T-V414"),
            ("0.1234567890123456789", "C2T-V414"),
            ("1e21", "C2T-V415"),
            ("1e400", "C2T-V415"),
            ("1e99999999999", "C2T-V415"),
            ("1e-400", "C2T-V415"),
        ] {
            assert_eq!(number(raw).map_err(|r| r.code), Err(code), "{raw}");
        }
        assert!(number(&"9".repeat(1_000_000)).is_err());
    }

    proptest! {
        #[test]
        fn every_double_of_usual_size_comes_through(value in -1e15_f64..1e15) {
            let text = value.to_string();
            let cell = number(&text).unwrap();
            prop_assert_eq!(cell.parse::<f64>().unwrap().to_bits(), (value + 0.0).to_bits());
        }

        #[test]
        fn a_cell_is_plain_and_equal(raw in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,8})?([eE][+-]?[0-9]{1,2})?") {
            if let Ok(cell) = number(&raw) {
                prop_assert!(cell.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-'));
                let (a, b): (f64, f64) = (cell.parse().unwrap(), raw.parse().unwrap());
                prop_assert!((a - b).abs() <= f64::EPSILON * b.abs());
                let again = number(&cell);
                prop_assert_eq!(again.as_deref(), Ok(&*cell));
            }
        }

        #[test]
        fn never_panics(raw in any::<String>()) {
            let _ = number(&raw);
        }
    }
}
