//! Dates as the importer must get them: `YYYY-MM-DD`, and ISO date-times with a zone
//! (`twenty-importer.md §0.8, §3`). Stricter than JavaScript's `new Date` on purpose: what that
//! reads beyond these forms it reads in the browser's zone, or wrongly.

/// Days since 1970-01-01 of a strict `YYYY-MM-DD` that exists in the calendar.
pub fn date(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let year = digits(text.get(0..4)?)?;
    let month = digits(text.get(5..7)?)?;
    let day = digits(text.get(8..10)?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    // PostgreSQL has no year 0.
    if year == 0 || !(1..=length).contains(&day) {
        return None;
    }
    let leap_days = |years: i64| years / 4 - years / 100 + years / 400;
    let before: i64 = (1..month)
        .map(|m| match m {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        })
        .sum();
    let from_year_1 = (year - 1) * 365 + leap_days(year - 1) + before + day - 1;
    Some(from_year_1 - 719_162)
}

/// Nanoseconds since the epoch of `YYYY-MM-DDTHH:MM[:SS[.f…]](Z|±HH:MM)`.
pub fn date_time(text: &str) -> Option<i128> {
    let (day, rest) = text.split_once('T')?;
    let day = date(day)?;
    let (clock, offset) = if let Some(clock) = rest.strip_suffix('Z') {
        (clock, 0)
    } else {
        let (clock, offset) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
        let sign = match offset.as_bytes().first() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return None,
        };
        (clock, sign * hours_minutes(offset.get(1..)?)?)
    };
    let minutes = hours_minutes(clock.get(..5)?)?;
    let (seconds, nanos) = seconds(clock.get(5..)?)?;
    let total = i128::from(day) * 86_400 + i128::from((minutes - offset) * 60 + seconds);
    Some(total * 1_000_000_000 + i128::from(nanos))
}

/// Minutes of `HH:MM`.
fn hours_minutes(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

/// Seconds and nanoseconds of nothing, `:SS` or `:SS.fff…` (1 to 9 digits).
fn seconds(text: &str) -> Option<(i64, i64)> {
    if text.is_empty() {
        return Some((0, 0));
    }
    let text = text.strip_prefix(':')?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if whole.len() != 2 || fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    let whole = digits(whole).filter(|seconds| *seconds < 60)?;
    Some((whole, digits(&format!("{fraction:0<9}"))?))
}

fn digits(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
