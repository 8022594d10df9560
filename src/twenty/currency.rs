//! CURRENCY cells (`twenty-importer.md §3`): a plain decimal amount (not micros) and a code of
//! Twenty's own list. Must not use floating point, and must not convert between currencies.

use super::refusal::{CURRENCY_UNKNOWN, Refusal};

/// Twenty's list (`CurrencyCode.ts`), sorted.
#[rustfmt::skip]
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    "CDF", "CHF", "CLF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP",
    "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF",
    "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP",
    "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB",
    "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD",
    "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL",
    "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU",
    "UZS", "VES", "VND", "VUV", "WST", "XCD", "XOF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Currencies whose minor unit is not a hundredth (ISO 4217), sorted.
const OTHER_DIGITS: &[(&str, u32)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// The upper-case ISO 4217 code, if it is one of those Twenty knows.
///
/// # Errors
/// [`CURRENCY_UNKNOWN`] for anything else, also for codes no longer in use.
pub fn code(raw: &str) -> Result<&'static str, Refusal> {
    let &[a, b, c] = raw.trim().as_bytes() else { return Err(CURRENCY_UNKNOWN) };
    let upper = [a, b, c].map(|b| b.to_ascii_uppercase());
    CODES
        .binary_search_by(|code| code.as_bytes().cmp(&upper))
        .ok()
        .and_then(|at| CODES.get(at).copied())
        .ok_or(CURRENCY_UNKNOWN)
}

/// Whether a text is a code just as Twenty's list has it.
#[must_use]
pub fn is_listed(text: &str) -> bool {
    CODES.binary_search(&text).is_ok()
}

/// Digits behind the decimal point in ISO 4217: 0 for JPY, 3 for KWD, 2 for most and for unknown
/// codes.
#[must_use]
pub fn minor_digits(code: &str) -> u32 {
    OTHER_DIGITS
        .binary_search_by(|(other, _)| (*other).cmp(code))
        .ok()
        .and_then(|at| OTHER_DIGITS.get(at))
        .map_or(2, |(_, digits)| *digits)
}

/// Digits a double keeps whatever they are; the importer reads amounts into one and multiplies it by a
/// million (`twenty-importer.md` §3).
const DIGITS: u32 = 15;

/// True when the importer keeps every digit of `minor` units.
#[must_use]
pub fn is_exact(minor: i64) -> bool {
    let mut units = minor.unsigned_abs();
    while units > 0 && units.is_multiple_of(10) {
        units /= 10;
    }
    units < 10_u64.pow(DIGITS)
}

/// The amount cell for `minor` units with `digits` decimals: `(129900, 2)` is `1299`,
/// `(-5, 2)` is `-0.05`. Exact; zeros at the end of the fraction are left out.
#[must_use]
pub fn amount(minor: i64, digits: u32) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let units = minor.unsigned_abs();
    // 10^20 and more is above any u64: the whole value is fraction.
    let Some(scale) = 10_u64.checked_pow(digits) else {
        let width = usize::try_from(digits.min(400)).unwrap_or_default();
        let fraction = format!("{units:0width$}");
        return trimmed(format!("{sign}0.{fraction}"));
    };
    let (whole, fraction) = (units / scale, units % scale);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let width = usize::try_from(digits).unwrap_or_default();
    trimmed(format!("{sign}{whole}.{fraction:0width$}"))
}

fn trimmed(mut decimal: String) -> String {
    let len = decimal.trim_end_matches('0').trim_end_matches('.').len();
    decimal.truncate(len);
    if matches!(decimal.as_str(), "-0" | "") { "0".to_owned() } else { decimal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes() {
        assert_eq!(code("EUR"), Ok("EUR"));
        assert_eq!(code(" usd "), Ok("USD"));
        assert_eq!(CURRENCY_UNKNOWN.code, "C2T-V401");
        for bad in ["", "€", "EURO", "XXX", "DEM", "HRK", "ÄÄ", "EU", "US$"] {
            assert_eq!(code(bad), Err(CURRENCY_UNKNOWN), "{bad}");
        }
    }

    #[test]
    fn the_tables_are_sound() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(CODES.len(), 154);
        assert!(CODES.iter().all(|c| code(c) == Ok(*c)));
        assert!(OTHER_DIGITS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!((minor_digits("JPY"), minor_digits("KWD"), minor_digits("EUR")), (0, 3, 2));
        assert_eq!(minor_digits("CLF"), 4);
    }

    #[test]
    fn what_a_double_keeps() {
        for (minor, exact) in [(0, true), (-999_999_999_999_999, true), (i64::MIN, false)] {
            assert_eq!(is_exact(minor), exact, "{minor}");
        }
        assert!(is_exact(9_000_000_000_000_000_000));
        assert!(!is_exact(9_007_199_254_740_993));
    }

    proptest! {
        #[test]
        fn an_exact_amount_survives_the_importer(minor in any::<i64>().prop_map(|n| n >> (n & 31))) {
            let cell = amount(minor, 2);
            // The shortest decimal that means the same double, as JavaScript prints it.
            let back = cell.parse::<f64>().unwrap().to_string();
            prop_assert!(!is_exact(minor) || back == cell, "{} {}", cell, back);
        }
    }

    #[test]
    fn amounts() {
        assert_eq!(amount(129_900, 2), "1299");
        assert_eq!(amount(129_950, 2), "1299.5");
        assert_eq!(amount(5, 2), "0.05");
        assert_eq!(amount(-5, 2), "-0.05");
        assert_eq!(amount(0, 2), "0");
        assert_eq!(amount(1299, 0), "1299");
        assert_eq!(amount(1_234_567, 3), "1234.567");
        assert_eq!(amount(i64::MIN, 2), "-92233720368547758.08");
        assert_eq!(amount(1, 20), "0.00000000000000000001");
        assert_eq!(amount(0, u32::MAX), "0");
        assert!(amount(7, u32::MAX).len() < 500);
    }

    proptest! {
        #[test]
        fn an_amount_has_all_its_digits(minor in any::<i64>(), digits in 0_u32..6) {
            let cell = amount(minor, digits);
            let (whole, fraction) = cell.split_once('.').unwrap_or((&cell, ""));
            let width = usize::try_from(digits).unwrap();
            let back: i128 = format!("{whole}{fraction:0<width$}").parse().unwrap();
            prop_assert_eq!(back, i128::from(minor));
        }
    }
}
