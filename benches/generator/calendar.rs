//! Moments of the invented history and the spellings Close uses for them (close-format.md §2.1).
//!
//! Days are spelt once, at the start, because a lead needs some forty timestamps. All moments lie
//! between 2017 and 2026; the clock of the machine is never read.

use jiff::civil::date;

use super::json::{Json, Value};

const DAY: u64 = 86_400;
const DAYS: usize = 3_650;

/// The spelt days.
pub struct Calendar {
    iso: Vec<String>,
    mail: Vec<String>,
}

/// Seconds since 2017-01-01T00:00:00Z.
pub type Moment = u64;

impl Calendar {
    /// Spells all days from 2017-01-01 on.
    pub fn new() -> Self {
        let days = || date(2017, 1, 1).series(jiff::Span::new().days(1)).take(DAYS);
        Self {
            iso: days().map(|day| day.to_string()).collect(),
            mail: days().map(|day| day.strftime("%a, %d %b %Y").to_string()).collect(),
        }
    }

    fn day(days: &[String], at: Moment) -> &str {
        let index = usize::try_from(at / DAY).unwrap_or(0);
        days.get(index).or(days.last()).map_or("", String::as_str)
    }

    /// `2021-07-13`
    pub fn date(&self, at: Moment) -> &str {
        Self::day(&self.iso, at)
    }

    /// `Tue, 10 Jan 2023 11:00:00 +0200`: the sender's clock, `hours` east of UTC.
    pub fn mail_date(&self, at: Moment, hours: u64) -> String {
        let local = at + hours * 3600;
        let mut text = String::with_capacity(32);
        text.push_str(Self::day(&self.mail, local));
        text.push(' ');
        push_clock(local, &mut text);
        text.push_str(" +0");
        text.push(char::from(b'0' + u8::try_from(hours % 10).unwrap_or(0)));
        text.push_str("00");
        text
    }

    /// `2021-07-13T11:39:05.012000+00:00`; without a fraction when it is zero, as in e-mails.
    pub fn stamp(&self, at: Moment) -> Stamp<'_> {
        // The milliseconds follow from the moment, so that equal moments are spelt equally.
        let milliseconds = at.wrapping_mul(0x9E37_79B9) >> 7 & 1023;
        let fraction = if milliseconds < 1000 { milliseconds } else { 0 };
        Stamp { day: self.date(at), at, fraction: Some(fraction) }
    }

    /// `2021-09-17T21:29:12+00:00`, as in e-mails and meetings.
    pub fn whole(&self, at: Moment) -> Stamp<'_> {
        Stamp { day: self.date(at), at, fraction: None }
    }
}

/// A moment, ready to be written.
pub struct Stamp<'a> {
    day: &'a str,
    at: Moment,
    fraction: Option<u64>,
}

impl Stamp<'_> {
    /// The text of the stamp.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(32);
        text.push_str(self.day);
        text.push('T');
        push_clock(self.at, &mut text);
        if let Some(fraction) = self.fraction {
            text.push('.');
            for unit in [100, 10, 1] {
                push_digit(fraction / unit, &mut text);
            }
            text.push_str("000");
        }
        text.push_str("+00:00");
        text
    }
}

impl Value for Stamp<'_> {
    fn write(&self, json: &mut Json<'_>) {
        self.text().write(json);
    }
}

fn push_clock(at: Moment, text: &mut String) {
    let second = at % DAY;
    for (number, end) in [(second / 3600, ":"), (second / 60 % 60, ":"), (second % 60, "")] {
        push_digit(number / 10, text);
        push_digit(number, text);
        text.push_str(end);
    }
}

fn push_digit(number: u64, text: &mut String) {
    text.push(char::from(b'0' + u8::try_from(number % 10).unwrap_or(0)));
}
