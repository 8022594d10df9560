//! DATE and `DATE_TIME` cells (`twenty-importer.md §3`): always ISO, always with `Z`, so that no
//! browser's time zone can shift them. Must not read dates: it is given them.

use super::refusal::{DATE_YEAR, Refusal};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Years a cell may have: JavaScript reads others, but the server does not take them.
const YEARS: std::ops::RangeInclusive<i16> = 1..=9999;

/// A DATE cell, `2024-03-15`.
///
/// # Errors
/// [`DATE_YEAR`] for years outside 1 to 9999.
pub fn date_cell(date: Date) -> Result<String, Refusal> {
    checked_year(date)?;
    let mut cell = Vec::with_capacity(10);
    push_date(&mut cell, date);
    Ok(text(cell))
}

/// A `DATE_TIME` cell, `2023-01-10T09:00:00.123Z`; milliseconds (rounded down) only when not zero.
///
/// # Errors
/// [`DATE_YEAR`] for years outside 1 to 9999.
pub fn date_time_cell(instant: Timestamp) -> Result<String, Refusal> {
    checked_year(TimeZone::UTC.to_datetime(instant).date())?;
    let mut cell = Vec::with_capacity(24);
    push_date_time(&mut cell, instant);
    Ok(text(cell))
}

/// A `DATE_TIME` cell for a value that is only a date: noon UTC, which is the same calendar day
/// nearly everywhere, while midnight shows as the day before west of Greenwich.
///
/// # Errors
/// [`DATE_YEAR`] for years outside 1 to 9999.
pub fn date_as_date_time_cell(date: Date) -> Result<String, Refusal> {
    checked_year(date)?;
    let mut cell = Vec::with_capacity(20);
    push_date(&mut cell, date);
    cell.extend_from_slice(b"T12:00:00Z");
    Ok(text(cell))
}

/// Appends the `DATE_TIME` cell of `instant`, at most 24 bytes, without allocating. For instants
/// outside the years 1 to 9999, which [`date_time_cell`] refuses, nothing is appended.
pub fn push_date_time(out: &mut Vec<u8>, instant: Timestamp) {
    let when = TimeZone::UTC.to_datetime(instant);
    if !YEARS.contains(&when.year()) {
        return;
    }
    push_date(out, when.date());
    for (sign, value) in [(b'T', when.hour()), (b':', when.minute()), (b':', when.second())] {
        out.push(sign);
        out.extend_from_slice(&two(value.unsigned_abs()));
    }
    let millis = when.millisecond().unsigned_abs();
    if millis != 0 {
        let [tens, ones] = two(u8::try_from(millis % 100).unwrap_or_default());
        let hundreds = b'0' + u8::try_from(millis / 100).unwrap_or_default();
        out.extend_from_slice(&[b'.', hundreds, tens, ones]);
    }
    out.push(b'Z');
}

fn checked_year(date: Date) -> Result<(), Refusal> {
    if YEARS.contains(&date.year()) { Ok(()) } else { Err(DATE_YEAR) }
}

fn push_date(out: &mut Vec<u8>, date: Date) {
    let year = date.year().unsigned_abs();
    out.extend_from_slice(&two(u8::try_from(year / 100).unwrap_or_default()));
    out.extend_from_slice(&two(u8::try_from(year % 100).unwrap_or_default()));
    for value in [date.month(), date.day()] {
        out.push(b'-');
        out.extend_from_slice(&two(value.unsigned_abs()));
    }
}

/// Two decimal digits of a value below 100.
const fn two(value: u8) -> [u8; 2] {
    [b'0' + value / 10 % 10, b'0' + value % 10]
}

fn text(ascii: Vec<u8>) -> String {
    String::from_utf8(ascii).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn cells() {
        let t = |s: &str| date_time_cell(s.parse().unwrap()).unwrap();
        assert_eq!(t("2023-01-10T09:00:00Z"), "2023-01-10T09:00:00Z");
        assert_eq!(t("2023-01-10T09:00:00.120Z"), "2023-01-10T09:00:00.120Z");
        assert_eq!(t("2023-01-10T09:00:00.0009Z"), "2023-01-10T09:00:00Z");
        assert_eq!(t("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999Z");
        assert_eq!(date_cell(date(2024, 2, 29)).unwrap(), "2024-02-29");
        assert_eq!(date_cell(date(1, 1, 1)).unwrap(), "0001-01-01");
        assert_eq!(date_as_date_time_cell(date(2021, 7, 16)).unwrap(), "2021-07-16T12:00:00Z");
    }

    #[test]
    fn years_outside_are_refused() {
        assert_eq!(DATE_YEAR.code, "C2T-V501");
        assert_eq!(date_cell(date(0, 12, 31)), Err(DATE_YEAR));
        assert_eq!(date_as_date_time_cell(date(-5, 1, 1)), Err(DATE_YEAR));
        assert_eq!(date_time_cell(Timestamp::MIN), Err(DATE_YEAR));
        let mut out = Vec::new();
        push_date_time(&mut out, Timestamp::MIN);
        assert!(out.is_empty());
    }

    proptest! {
        #[test]
        fn a_cell_reads_back_to_the_millisecond(ms in -62_135_596_800_000_i64..253_370_764_800_000) {
            let t = Timestamp::from_millisecond(ms).unwrap();
            let cell = date_time_cell(t).unwrap();
            prop_assert_eq!(cell.parse::<Timestamp>().unwrap(), t);
            prop_assert!(cell.len() <= 24 && cell.ends_with('Z'));
        }
    }
}
