//! Close's dates and times as text, in all the forms of `close-format.md §2.1`, read into civil
//! dates and instants. Must not know what becomes of them, and never guesses: text that is no
//! clear point in time is `None`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::TimeZone;

static GENERAL: temporal::DateTimeParser = temporal::DateTimeParser::new();
static MAIL: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new();

/// Longest text looked at; no real form is near it.
const LONGEST: usize = 64;

/// The instant a Close date-time names, `None` when it names none.
///
/// Accepts `YYYY-MM-DDThh:mm:ss`, with or without fraction, with any offset, `Z` or none (naive is
/// UTC), a blank in place of the `T`, and RFC 2822 (`envelope.date`). Year 1 is Close's sentinel
/// for "never" and is `None`, as are impossible dates, and dates without a time (a date is no
/// instant: use [`date`]).
#[must_use]
pub fn instant(text: &str) -> Option<Timestamp> {
    match fast_micros(text.as_bytes()) {
        Some(micros) => Timestamp::from_microsecond(micros).ok(),
        None => general_instant(text).filter(|t| !is_sentinel(*t)),
    }
}

/// As [`instant`]; a day without a time, as all-day meetings have it, is its noon in UTC, which is that day
/// for nearly everybody.
#[must_use]
pub fn instant_of_day(text: &str) -> Option<Timestamp> {
    instant(text).or_else(|| {
        let noon = bare_date(text.trim()).filter(|day| day.year() > 1)?.at(12, 0, 0, 0);
        TimeZone::UTC.to_timestamp(noon).ok()
    })
}

/// The same instant in microseconds since 1970; parts of one are dropped.
#[must_use]
pub fn micros(text: &str) -> Option<i64> {
    fast_micros(text.as_bytes()).or_else(|| instant(text).map(Timestamp::as_microsecond))
}

/// The month, in UTC, of an instant in microseconds since 1970: its year times 12, and the months of it that
/// are over. Asked for each record that is read, so it reckons without a calendar.
#[must_use]
pub const fn month(micros: i64) -> i32 {
    // Days of 400 years, after which the calendar repeats, and days from 0000-03-01 to 1970-01-01.
    const CYCLE: i64 = 146_097;
    const EPOCH: i64 = 719_468;
    let days = micros.div_euclid(86_400_000_000) + EPOCH;
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // As in `days_to`, a year begins in March and 153 days are five months.
    (12 * (400 * cycle + year) + (5 * day + 2) / 153 + 2) as i32
}

/// The calendar date of a date-only text, or the UTC date of a "date in date-time clothing".
///
/// A date-time is first moved to UTC, because Close writes such dates as midnight UTC.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(date) = bare_date(text) {
        return (date.year() > 1).then_some(date);
    }
    instant(text).map(|t| TimeZone::UTC.to_datetime(t).date())
}

/// Whether the text is a calendar date and nothing else (`2021-07-16`).
#[must_use]
pub fn is_date_only(text: &str) -> bool {
    bare_date(text.trim()).is_some()
}

/// Whether the text is an instant at midnight in UTC: some exports write a day like this
/// (`close-format.md` §1.3 L8, §2.1).
#[must_use]
pub fn is_midnight(text: &str) -> bool {
    micros(text).is_some_and(is_day)
}

/// Whether an instant in microseconds is midnight in UTC.
pub const fn is_day(micros: i64) -> bool {
    micros.rem_euclid(86_400_000_000) == 0
}

fn is_sentinel(instant: Timestamp) -> bool {
    // First second of year 2, in UTC.
    const YEAR_2: i64 = -62_104_060_800;
    // An offset may push the sentinel into the neighbouring year: a day either side is no real
    // date either.
    instant.as_second() < YEAR_2 + 86_400
}

fn bare_date(text: &str) -> Option<Date> {
    match text.as_bytes() {
        bytes @ [_, _, _, _, b'-', _, _, b'-', _, _] => read_date(bytes),
        _ => None,
    }
}

/// `YYYY-MM-DD` at the head of `bytes`.
fn read_date(bytes: &[u8]) -> Option<Date> {
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, ..] = bytes else { return None };
    let year = i16::from(two(y0, y1)?) * 100 + i16::from(two(y2, y3)?);
    Date::new(year, two(m0, m1)?, two(d0, d1)?).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some((tens * 10 + ones).cast_signed())
}

/// The form nearly every Close time has: `YYYY-MM-DDThh:mm:ss[.ffffff](+00:00|Z|)`, in microseconds.
/// `None` says nothing about the text: other forms, and years at the edge, take the general way.
fn fast_micros(bytes: &[u8]) -> Option<i64> {
    let (head, tail) = bytes.split_first_chunk::<19>()?;
    let &[y0, y1, y2, y3, b'-', mo0, mo1, b'-', d0, d1, b'T', h0, h1, b':', m0, m1, b':', s0, s1] =
        head
    else {
        return None;
    };
    let (micros, zone) = fraction(tail)?;
    if !matches!(zone, b"+00:00" | b"Z" | b"") {
        return None;
    }
    let year = i64::from(two(y0, y1)?) * 100 + i64::from(two(y2, y3)?);
    let (month, day) = (i64::from(two(mo0, mo1)?), i64::from(two(d0, d1)?));
    let (hour, minute) = (i64::from(two(h0, h1)?), i64::from(two(m0, m1)?));
    let second = i64::from(two(s0, s1)?);
    let is_usual = (1000..9999).contains(&year) && (1..=12).contains(&month);
    if !is_usual || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days_to(year, month, 1);
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    // Days of the usual months need no look at the calendar.
    if day < 1 || (day > 28 && day > days_to(next_year, next, 1) - days) {
        return None;
    }
    let seconds = (days + day - 1) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(seconds * 1_000_000 + micros)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, whose year is not negative. Years begin in
/// March here, so that the leap day comes last, and 153 days are five months.
const fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Reads an optional fraction of 1 to 6 digits as microseconds; the rest is handed back.
fn fraction(tail: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', digits)) = tail.split_first() else { return Some((0, tail)) };
    let len = digits.iter().take(7).take_while(|b| b.is_ascii_digit()).count();
    if !(1..=6).contains(&len) {
        return None;
    }
    let (digits, rest) = digits.split_at_checked(len)?;
    let value = digits.iter().fold(0_i64, |sum, b| sum * 10 + i64::from(b - b'0'));
    Some(((len..6).fold(value, |value, _| value * 10), rest))
}

fn utc(when: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(when).ok()
}

/// Everything else that names an instant without doubt.
fn general_instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST || bare_date(text).is_some() {
        return None;
    }
    // Zone names in brackets (`[Europe/Berlin]`) are none of Close's forms, and a bracketed zone
    // must not make the result depend on a time zone database.
    if text.contains('[') {
        return None;
    }
    if text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && text.as_bytes().get(4) == Some(&b'-')
    {
        if let Ok(instant) = GENERAL.parse_timestamp(text) {
            return Some(instant);
        }
        // No offset: UTC. A leap second or an hour 24 stays an error.
        return GENERAL.parse_datetime(text).ok().filter(|_| has_time(text)).and_then(utc);
    }
    MAIL.parse_timestamp(text).ok()
}

/// Whether an hour stands behind the date; a date alone must not turn into midnight.
fn has_time(text: &str) -> bool {
    text.as_bytes().get(10).is_some_and(|b| matches!(b, b'T' | b't' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn iso(text: &str) -> Option<String> {
        instant(text).map(|t| t.to_string())
    }

    #[test]
    fn every_form_of_the_facts() {
        for (text, want) in [
            ("2021-07-13T11:39:05.012000+00:00", "2021-07-13T11:39:05.012Z"),
            ("2021-09-17T21:29:12+00:00", "2021-09-17T21:29:12Z"),
            ("2022-11-08T12:03:27.631229", "2022-11-08T12:03:27.631229Z"),
            ("2022-11-08T12:03:27Z", "2022-11-08T12:03:27Z"),
            ("2014-06-27T22:00:00-08:00", "2014-06-28T06:00:00Z"),
            ("2014-06-27T22:00:00.5+05:30", "2014-06-27T16:30:00.5Z"),
            ("Sat, 18 Sep 2021 08:29:12 +1100", "2021-09-17T21:29:12Z"),
            ("18 Sep 2021 08:29:12 GMT", "2021-09-18T08:29:12Z"),
            ("2021-07-13 11:39:05.01200+00:00", "2021-07-13T11:39:05.012Z"),
            ("2021-07-13 11:39:05", "2021-07-13T11:39:05Z"),
            (" 2021-07-13T11:39:05Z ", "2021-07-13T11:39:05Z"),
            ("2021-07-13T11:39Z", "2021-07-13T11:39:00Z"),
            ("1969-12-31T23:59:59.999999+00:00", "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(iso(text).as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant() {
        for text in [
            "",
            "0001-01-01T00:00:00",
            "0001-01-01T00:00:00+00:00",
            "0001-01-01T00:00:00-08:00",
            "0000-12-31T23:00:00+00:00",
            "2024-02-30T00:00:00+00:00",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2021-07-16",
            "2021-07-16T",
            "01:00:00",
            "45000",
            "yesterday",
            "2024-01-01T00:00:00[Europe/Berlin]",
            "2021-07-13T11:39:05.+00:00",
            "2021-07-13T11:39:05.1234567890+00:0x",
            "２０２１-07-13T11:39:05Z",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }

    #[test]
    fn dates() {
        let d = |text| date(text).map(|d| d.to_string());
        assert_eq!(d("2021-07-16").as_deref(), Some("2021-07-16"));
        assert_eq!(d("2021-07-15T00:00:00+00:00").as_deref(), Some("2021-07-15"));
        assert_eq!(d("2014-06-27T22:00:00-08:00").as_deref(), Some("2014-06-28"));
        assert_eq!(d("2024-02-29").as_deref(), Some("2024-02-29"));
        for bad in ["2024-02-30", "2024-2-3", "0001-01-01", "0000-00-00", "07/16/2021", "", "x"] {
            assert_eq!(d(bad), None, "{bad}");
        }
        assert!(is_date_only(" 2021-07-16 ") && !is_date_only("2021-07-15T00:00:00Z"));
        assert!(!is_date_only("2024-02-30"));
    }

    #[test]
    fn every_day_has_its_number_and_month() {
        let first = Date::new(1000, 1, 1).unwrap();
        let all = first.series(jiff::Span::new().days(1)).take_while(|d| d.year() < 9999);
        for (days, date) in (days_to(1000, 1, 1)..).zip(all) {
            let (y, m, d) = (date.year(), date.month(), date.day());
            assert_eq!(days_to(y.into(), m.into(), d.into()), days, "{date}");
            assert_eq!(
                month(days * 86_400_000_000),
                12 * i32::from(y) + i32::from(m) - 1,
                "{date}"
            );
            assert_eq!(
                fast_micros(format!("{date}T00:00:00Z").as_bytes()),
                Some(days * 86_400_000_000)
            );
        }
        assert_eq!(days_to(1970, 1, 1), 0);
        assert_eq!(fast_micros(b"2023-02-29T00:00:00Z"), None);
    }

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_general_one(
            s in -62_000_000_000_i64..253_370_764_800, us in 0_i32..1_000_000, form in 0..4,
        ) {
            let t = Timestamp::new(s, us * 1000).unwrap();
            let civil = TimeZone::UTC.to_datetime(t);
            let text = match form {
                0 => format!("{civil:.6}+00:00"),
                1 => format!("{civil:.6}Z"),
                2 => format!("{civil:.6}"),
                _ => format!("{civil}+00:00"),
            };
            prop_assert_eq!(general_instant(&text), Some(t));
            prop_assert_eq!(instant(&text), Some(t));
            prop_assert_eq!(micros(&text), Some(t.as_microsecond()));
            let month = 12 * i32::from(civil.year()) + i32::from(civil.month()) - 1;
            prop_assert_eq!(super::month(t.as_microsecond()), month);
            let is_usual = (1000..9999).contains(&civil.year());
            prop_assert_eq!(fast_micros(text.as_bytes()), is_usual.then(|| t.as_microsecond()));
        }

        #[test]
        fn what_the_fast_path_takes_the_general_one_takes_too(
            text in "[0-9]{2}[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?(\\+00:00|Z)?",
        ) {
            if let Some(fast) = fast_micros(text.as_bytes()) {
                let general = general_instant(&text).map(Timestamp::as_microsecond);
                prop_assert_eq!(general, Some(fast));
            }
        }

        #[test]
        fn never_panics(text in ".{0,40}") {
            let _ = (instant(&text), date(&text), is_date_only(&text));
        }

        #[test]
        fn near_misses_never_panic(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T t][0-9]{2}:[0-9]{2}(:[0-9]{2})?(\\.[0-9]{0,12})?([+-][0-9]{2}:?[0-9]{2}|Z)?") {
            let _ = (instant(&text), date(&text));
        }
    }
}
