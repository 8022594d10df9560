//! Dates as `new Date(text)` reads them in Chromium, which is what the importer asks (`twenty-importer.md §3`):
//! the ISO forms in UTC, everything else by an old, patient parser in the browser's zone.
//! It does not know which field a date is for.

/// A date as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub year: i64,
    pub month: i64,
    /// As written; may be beyond the end of its month.
    pub day: i64,
    /// Milliseconds since the day's midnight as written, where a time was.
    pub time: Option<i64>,
    /// Minutes east of Greenwich; `None` is the browser's own zone.
    pub zone: Option<i64>,
    /// Year or day were not written.
    pub partial: bool,
}

impl Moment {
    /// Milliseconds since 1970 in UTC, the browser's zone taken for UTC.
    pub fn millis(&self) -> i64 {
        let days = days(self.year, self.month) + self.day - 1;
        days * 86_400_000 + self.time.unwrap_or_default() - self.zone.unwrap_or_default() * 60_000
    }

    /// Whether the month has this day.
    pub fn exists(&self) -> bool {
        let (year, month) =
            if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        self.day <= days(year, month) - days(self.year, self.month)
    }

    /// Whether its day in UTC is the day that is written.
    pub fn keeps_its_day(&self) -> bool {
        self.millis().div_euclid(86_400_000) == days(self.year, self.month) + self.day - 1
    }
}

/// Days from 1970-01-01 to the first of a month.
fn days(year: i64, month: i64) -> i64 {
    // Years begin in March, so that the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap + (month * 153 + 2) / 5 - 719_468
}

/// Reads a date; `None` is an invalid one.
pub(super) fn read(text: &str) -> Option<Moment> {
    iso(text).or_else(|| legacy(text))
}

/// `YYYY[-MM[-DD]][THH:MM[:SS[.f…]][Z|±HH:MM]]`, with six digits of year behind a sign.
fn iso(text: &str) -> Option<Moment> {
    let (date, clock) = match text.split_once('T') {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let negative = date.starts_with('-');
    let unsigned = date.strip_prefix(['+', '-']);
    let mut parts = unsigned.unwrap_or(date).splitn(3, '-');
    let year = number(parts.next()?, if unsigned.is_some() { 6 } else { 4 })?;
    let month = parts.next().map(|text| number(text, 2));
    let day = parts.next().map(|text| number(text, 2));
    let partial = day.is_none();
    let (month, day) = (month.unwrap_or(Some(1))?, day.unwrap_or(Some(1))?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if negative { -year } else { year };
    let whole = Moment { year, month, day, time: None, zone: Some(0), partial };
    let Some(clock) = clock else { return Some(whole) };
    let (clock, zone) = match clock.strip_suffix('Z') {
        Some(clock) => (clock, Some(0)),
        None => match clock.rfind(['+', '-']) {
            Some(at) => {
                let (hours, minutes) = clock.get(at + 1..)?.split_once(':')?;
                let east = number(hours, 2)? * 60 + number(minutes, 2)?;
                (
                    clock.get(..at)?,
                    Some(if clock.as_bytes().get(at) == Some(&b'-') { -east } else { east }),
                )
            }
            None => (clock, None),
        },
    };
    Some(Moment { time: Some(time(clock)?), zone, ..whole })
}

/// Milliseconds of `HH:MM[:SS[.f…]]`; 24:00 is the end of the day.
fn time(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':');
    let (hours, minutes) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (seconds, fraction) = match parts.next() {
        Some(rest) => rest.split_once('.').map_or((rest, None), |(s, f)| (s, Some(f))),
        None => ("00", None),
    };
    let millis = match fraction {
        Some(digits) if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) => {
            return None;
        }
        Some(digits) => number(&format!("{digits:0<3}")[..3], 3)?,
        None => 0,
    };
    let (seconds, rest) = (number(seconds, 2)?, parts.next());
    let all = ((hours * 60 + minutes) * 60 + seconds) * 1000 + millis;
    let fits = hours < 24 && minutes < 60 && seconds < 60 || all == 86_400_000;
    (fits && rest.is_none()).then_some(all)
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Names of zones, in hours east of Greenwich.
const ZONES: &[(&str, i64)] = &[
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -5),
    ("edt", -4),
    ("cst", -6),
    ("cdt", -5),
    ("mst", -7),
    ("mdt", -6),
    ("pst", -8),
    ("pdt", -7),
];

/// What the old parser gathers.
#[derive(Default)]
struct Gathered {
    /// Numbers of the date, in their order.
    day: Vec<i64>,
    month: Option<i64>,
    clock: Vec<i64>,
    /// The clock is open: a colon stood last.
    expecting: bool,
    afternoon: Option<bool>,
    zone: Option<i64>,
}

/// The old parser: numbers and names in nearly any order, month before day.
fn legacy(text: &str) -> Option<Moment> {
    let mut found = Gathered::default();
    let bytes = text.as_bytes();
    let (mut at, mut has_number) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let run = |fits: fn(&u8) -> bool| bytes[at..].iter().take_while(|b| fits(b)).count();
        match byte {
            b'0'..=b'9' => {
                let end = at + run(u8::is_ascii_digit);
                has_number = true;
                at = found.number(text.get(at..end)?, bytes, end)?;
            }
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => {
                let end = at + run(|b| b.is_ascii_alphabetic() || *b >= 0x80);
                let word = text.get(at..end)?;
                if !found.word(word)
                    && (has_number || bytes.get(end).is_some_and(u8::is_ascii_digit))
                {
                    return None;
                }
                at = end;
            }
            b'+' | b'-' if found.zone == Some(0) || !found.clock.is_empty() => {
                let end =
                    at + 1 + bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                let digits = text.get(at + 1..end)?;
                let mut east = match digits.len() {
                    1 | 2 => digits.parse::<i64>().ok()? * 60,
                    3 | 4 => digits.parse::<i64>().ok().map(|n| n / 100 * 60 + n % 100)?,
                    _ => return None,
                };
                at = end;
                if digits.len() < 3 && bytes.get(at) == Some(&b':') {
                    east += number(text.get(at + 1..at + 3)?, 2)?;
                    at += 3;
                }
                found.zone = Some(if byte == b'-' { -east } else { east });
                found.expecting = false;
            }
            b'+' | b'-' | b')' if has_number => return None,
            b'(' => {
                at =
                    bytes[at..].iter().position(|b| *b == b')').map_or(bytes.len(), |n| at + n + 1);
            }
            _ => at += 1,
        }
    }
    found.moment()
}

impl Gathered {
    /// Takes a number that ends at `end`; where reading goes on.
    fn number(&mut self, digits: &str, bytes: &[u8], end: usize) -> Option<usize> {
        // Nobody means a number of more digits; it must only not overflow.
        let value: i64 = digits.get(..digits.len().min(12))?.parse().ok()?;
        match bytes.get(end) {
            Some(b':') if self.clock.len() < 3 => {
                self.clock.push(value);
                self.expecting = true;
                return Some(end + 1);
            }
            Some(b':') => return None,
            Some(b'.') if self.expecting && self.clock.len() == 2 => {
                let fraction = bytes[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                self.clock.push(value);
                self.expecting = false;
                return Some(end + 1 + fraction);
            }
            _ if self.expecting => {
                self.clock.push(value);
                self.expecting = false;
                let next = bytes.get(end);
                let fits = next.is_none_or(|b| {
                    b.is_ascii_whitespace() || b"+-Zz(".contains(b) || b.is_ascii_alphabetic()
                });
                return fits.then_some(end);
            }
            _ => {}
        }
        if self.day.len() == 3 {
            return None;
        }
        self.day.push(value);
        Some(if bytes.get(end) == Some(&b'-') { end + 1 } else { end })
    }

    /// Takes a word; false if it means nothing.
    fn word(&mut self, word: &str) -> bool {
        let word = word.to_lowercase();
        let start = word.get(..3).unwrap_or(&word);
        if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == word) {
            self.zone = Some(hours * 60);
        } else if let Some(month) = MONTHS.iter().position(|month| *month == start) {
            self.month = Some(month as i64 + 1);
        } else if (word == "am" || word == "pm") && !self.clock.is_empty() {
            self.afternoon = Some(word == "pm");
        } else {
            return word == "t" && !self.day.is_empty();
        }
        true
    }

    fn moment(self) -> Option<Moment> {
        let is_day = |n: i64| (1..=31).contains(&n);
        let count = self.day.len();
        let at = |n: usize| self.day.get(n).copied().unwrap_or(1);
        let (first, second, third) = (at(0), at(1), at(2));
        let (year, month, day) = match self.month {
            _ if count == 0 => return None,
            None if !is_day(first) => (first, second, third),
            None => (third, first, second),
            Some(month) if count == 1 => (1, month, first),
            Some(month) if !is_day(first) => (first, month, second),
            Some(month) => (second, month, first),
        };
        let year = match year {
            0..=49 => year + 2000,
            50..=99 => year + 1900,
            _ => year,
        };
        if !(1..=12).contains(&month) || !is_day(day) {
            return None;
        }
        let partial = count + usize::from(self.month.is_some()) < 3;
        let time = if self.clock.is_empty() { None } else { Some(self.time()?) };
        Some(Moment { year, month, day, time, zone: self.zone, partial })
    }

    fn time(&self) -> Option<i64> {
        let at = |n: usize| self.clock.get(n).copied().unwrap_or_default();
        let (mut hours, minutes, seconds) = (at(0), at(1), at(2));
        if let Some(afternoon) = self.afternoon {
            if !(1..=12).contains(&hours) {
                return None;
            }
            hours = hours % 12 + if afternoon { 12 } else { 0 };
        }
        (hours <= 24 && minutes < 60 && seconds < 60)
            .then_some(((hours * 60 + minutes) * 60 + seconds) * 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Some(m) = read(text) else { return "invalid".into() };
        let zone = m.zone.map_or("local".into(), |zone| zone.to_string());
        let time = m.time.map_or("-".into(), |time| time.to_string());
        format!(
            "{}-{}-{} {time} {zone}{}",
            m.year,
            m.month,
            m.day,
            if m.partial { " partial" } else { "" }
        )
    }

    #[test]
    fn dates_are_read_as_by_the_browser() {
        let cases = [
            ("2024-03-15", "2024-3-15 - 0"),
            ("2024", "2024-1-1 - 0 partial"),
            ("2024-03", "2024-3-1 - 0 partial"),
            ("2024-02-30", "2024-2-30 - 0"),
            ("2024-02-32", "invalid"),
            ("2024-13-01", "invalid"),
            (" 2024-03-15 ", "2024-3-15 - local"),
            ("2024-3-5", "2024-3-5 - local"),
            ("2024/03/15", "2024-3-15 - local"),
            ("03/15/2024", "2024-3-15 - local"),
            ("15/03/2024", "invalid"),
            ("05/03/2024", "2024-5-3 - local"),
            ("15.03.2024", "invalid"),
            ("45000", "45000-1-1 - local partial"),
            ("1", "2001-1-1 - local partial"),
            ("13", "invalid"),
            ("March 5, 2024", "2024-3-5 - local"),
            ("5 Mar 2024 10:30 PM", "2024-3-5 81000000 local"),
            ("Tue, 05 Mar 2024 10:30:00 GMT", "2024-3-5 37800000 0"),
            ("2024-03-05T10:30:00Z", "2024-3-5 37800000 0"),
            ("2024-03-05T10:30:00.5+02:00", "2024-3-5 37800500 120"),
            ("2024-03-05T10:30", "2024-3-5 37800000 local"),
            ("2024-03-05T24:00:00Z", "2024-3-5 86400000 0"),
            ("2024-03-05T25:00:00Z", "invalid"),
            ("2024-03-05 10:30:00Z", "2024-3-5 37800000 0"),
            ("2024-03-05 10:30:00+0200", "2024-3-5 37800000 120"),
            ("2024-03-05 10:30:00", "2024-3-5 37800000 local"),
            ("+010000-01-01T00:00:00Z", "10000-1-1 0 0"),
            ("10000-03-31T12:00:00Z", "10000-3-31 43200000 0"),
            ("today", "invalid"),
            ("", "invalid"),
            ("n/a", "invalid"),
            ("Q1 2024", "invalid"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_calendar_is_kept() {
        let millis = |text| read(text).unwrap().millis();
        assert_eq!(millis("1970-01-01"), 0);
        assert_eq!(millis("2024-02-29T00:00:00Z"), 1_709_164_800_000);
        assert_eq!(millis("2024-03-01T00:30:00+01:00"), 1_709_249_400_000);
        assert!(read("2024-02-29").unwrap().exists() && !read("2023-02-29").unwrap().exists());
        assert!(!read("2024-03-01T00:30:00+01:00").unwrap().keeps_its_day());
        assert!(read("2024-03-01T12:30:00+01:00").unwrap().keeps_its_day());
    }
}
