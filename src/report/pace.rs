//! How fast a run was, in the fewest digits that tell it. It must not read a clock: time is handed in, and stays out of
//! every file.

use super::table::plural;
use std::time::Duration;

/// Shorter runs have no speed worth telling.
const SHORTEST: Duration = Duration::from_millis(1);

/// `1.02 GB and 412,345 records in 4.7 s: 217 MB/s, 87,700 records/s`.
pub fn line(bytes: u64, records: u64, elapsed: Duration) -> String {
    let what = format!(
        "{} and {} in {}",
        size(bytes),
        plural(records, "record", "records"),
        span(elapsed)
    );
    if elapsed < SHORTEST {
        return what;
    }
    format!("{what}: {}, {}", speed(bytes, elapsed), rate(records, elapsed))
}

/// `217 MB/s`.
pub fn speed(bytes: u64, elapsed: Duration) -> String {
    format!("{}/s", size(per_second(bytes, elapsed)))
}

/// `87,700 records/s`.
pub fn rate(records: u64, elapsed: Duration) -> String {
    let a_second = three_digits(per_second(records, elapsed));
    format!("{}/s", plural(a_second, "record", "records"))
}

/// `0.03 s`, `4.7 s`, `2 min 14 s`, `1 h 3 min`.
pub fn span(elapsed: Duration) -> String {
    let (seconds, whole) = (elapsed.as_secs_f64(), elapsed.as_secs());
    match whole {
        0 => format!("{seconds:.2} s"),
        1..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

fn per_second(n: u64, elapsed: Duration) -> u64 {
    (n as f64 / elapsed.max(SHORTEST).as_secs_f64()).round() as u64
}

/// `87654` as `87700`.
fn three_digits(n: u64) -> u64 {
    let unit = 10_u64.pow(n.checked_ilog10().unwrap_or_default().saturating_sub(2));
    (n + unit / 2) / unit * unit
}

/// Bytes in three digits: `999 B`, `1.02 GB`, `217 MB`.
fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = three_digits(bytes) as f64;
    let mut unit = "B";
    for larger in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        (value, unit) = (value / 1000.0, larger);
    }
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_tell_it() {
        let said = line(1_018_321_004, 412_345, Duration::from_millis(4_700));
        assert_eq!(said, "1.02 GB and 412,345 records in 4.7 s: 217 MB/s, 87,700 records/s");
        assert_eq!(line(999, 1, Duration::ZERO), "999 B and 1 record in 0.00 s");
        let sizes = [1_000, 9_999, 99_949, 999_999, 12_345_678].map(size);
        assert_eq!(sizes, ["1.00 kB", "10.0 kB", "99.9 kB", "1.00 MB", "12.3 MB"]);
        assert_eq!([0, 7, 999, 1_005, 87_654].map(three_digits), [0, 7, 999, 1_010, 87_700]);
    }

    #[test]
    fn time_is_told_as_people_tell_it() {
        let told = [30, 4_700, 134_000, 3_780_000].map(|ms| span(Duration::from_millis(ms)));
        assert_eq!(told, ["0.03 s", "4.7 s", "2 min 14 s", "1 h 3 min"]);
    }
}
