//! What happened when, by type: as many columns as a page can show, whatever times the export spans. It must
//! not leave out a record that has a time.

use super::flow::{LOG_ENTRIES, sort};
use crate::close::{Group, Kind};
use crate::survey::{Map, Survey};
use schemars::JsonSchema;
use serde::Serialize;

/// Columns at most, those for what lies outside included.
const COLUMNS: usize = 60;
/// Types with a line of their own.
const LINES: usize = 7;
/// Where the times do not fit, so many in a thousand may lie outside at either end.
const OUTSIDE: u64 = 5;
/// The line and the columns for the others.
const OTHER: &str = "other";

/// Activities and to-dos by time of happening, else of creation; copies of a record count each time.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Activity {
    /// What a column is: `month`, `quarter` or `year`.
    pub unit: &'static str,
    /// The columns: `2024-03`, `2024-Q1` or `2024`; `earlier` and `later` at the ends.
    pub periods: Vec<String>,
    /// By type, the most frequent first, then `other`.
    pub types: Vec<ActivityLine>,
    /// All types, by column.
    pub totals: Vec<u64>,
    /// All types and columns.
    pub total: u64,
}

/// One type.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ActivityLine {
    /// Close type, or `other`.
    pub close_type: &'static str,
    /// By column.
    pub counts: Vec<u64>,
    /// All columns.
    pub total: u64,
}

/// Counts by type and month.
type Months = Map<(&'static str, i32), u64>;

/// What the survey found.
pub(super) fn activity(survey: &Survey) -> Activity {
    let mut months = Months::default();
    for ((kind, month), n) in &survey.months {
        if matches!(kind.group(), Group::Activity | Group::Task) {
            *months.entry((name(*kind), *month)).or_default() += n;
        }
    }
    columns(&months)
}

/// What Close wrote down by itself is no work of people.
fn name(kind: Kind) -> &'static str {
    if sort(kind) == LOG_ENTRIES { OTHER } else { kind.word() }
}

fn columns(months: &Months) -> Activity {
    let Some(scale) = Scale::new(months) else { return Activity::default() };
    let lines = lines(months);
    let width = scale.periods();
    let mut types: Vec<ActivityLine> = lines
        .iter()
        .map(|word| ActivityLine { close_type: word, counts: vec![0; width], total: 0 })
        .collect();
    let mut totals = vec![0; width];
    for ((word, month), n) in months {
        let at = lines.iter().position(|line| line == word).unwrap_or(lines.len() - 1);
        let column = scale.column(*month);
        if let Some(line) = types.get_mut(at) {
            line.total += n;
            line.counts.get_mut(column).into_iter().for_each(|count| *count += n);
        }
        totals.get_mut(column).into_iter().for_each(|count| *count += n);
    }
    let periods = scale.names();
    Activity { unit: scale.unit.0, periods, types, total: months.values().sum(), totals }
}

/// The types with a line of their own, then `other` where there is one.
fn lines(months: &Months) -> Vec<&'static str> {
    let mut sums: Map<&'static str, u64> = Map::default();
    months.iter().for_each(|((word, _), n)| *sums.entry(word).or_default() += n);
    let mut words: Vec<_> = sums.iter().filter(|(word, _)| **word != OTHER).collect();
    words.sort_by_key(|(word, n)| (std::cmp::Reverse(**n), **word));
    let others = words.len() > LINES || sums.contains_key(OTHER);
    let mut lines: Vec<_> = words.into_iter().map(|(word, _)| *word).take(LINES).collect();
    lines.extend(others.then_some(OTHER));
    lines
}

/// Names of units, and the months of each.
const UNITS: [(&str, i32); 3] = [("month", 1), ("quarter", 3), ("year", 12)];

/// Which column a month stands in.
struct Scale {
    unit: (&'static str, i32),
    /// The first and the last unit that has a column.
    first: i32,
    last: i32,
    earlier: bool,
    later: bool,
}

impl Scale {
    fn new(months: &Months) -> Option<Self> {
        let mut sums: Vec<(i32, u64)> = months.iter().map(|((_, month), n)| (*month, *n)).collect();
        sums.sort_unstable();
        let (lowest, highest) = (sums.first()?.0, sums.last()?.0);
        let fits = |unit: i32, first: i32, last: i32, room: usize| {
            ((last.div_euclid(unit) - first.div_euclid(unit)) as usize) < room
        };
        let (mut first, mut last) = (lowest, highest);
        if !fits(1, first, last, COLUMNS) {
            (first, last) = (inner(&sums), -inner(&turned(&sums)));
        }
        let inner = COLUMNS - 2;
        let whole = (first, last) == (lowest, highest);
        let room = if whole { COLUMNS } else { inner };
        let unit =
            UNITS.into_iter().find(|unit| fits(unit.1, first, last, room)).unwrap_or(UNITS[2]);
        let at = |month: i32| month.div_euclid(unit.1);
        // Centuries of dates: the latest years keep their columns.
        let from =
            if fits(unit.1, first, last, room) { at(first) } else { at(last) - inner as i32 + 1 };
        let (earlier, later) = (at(lowest) < from, at(highest) > at(last));
        Some(Self { unit, first: from, last: at(last), earlier, later })
    }

    fn periods(&self) -> usize {
        (self.last - self.first) as usize + 1 + usize::from(self.earlier) + usize::from(self.later)
    }

    fn column(&self, month: i32) -> usize {
        let at = month.div_euclid(self.unit.1);
        let shift = usize::from(self.earlier);
        if at < self.first {
            0
        } else if at > self.last {
            self.periods() - 1
        } else {
            (at - self.first) as usize + shift
        }
    }

    fn names(&self) -> Vec<String> {
        let name = |at: i32| match self.unit.1 {
            1 => format!("{:04}-{:02}", at.div_euclid(12), at.rem_euclid(12) + 1),
            3 => format!("{:04}-Q{}", at.div_euclid(4), at.rem_euclid(4) + 1),
            _ => format!("{at:04}"),
        };
        let ends = |is: bool, name: &str| is.then(|| name.to_owned());
        let inner = (self.first..=self.last).map(name);
        ends(self.earlier, "earlier")
            .into_iter()
            .chain(inner)
            .chain(ends(self.later, "later"))
            .collect()
    }
}

/// The first month before which no more than [`OUTSIDE`] in a thousand lie.
fn inner(sums: &[(i32, u64)]) -> i32 {
    let all: u64 = sums.iter().map(|(_, n)| n).sum();
    let mut before = 0;
    for (month, n) in sums {
        before += n;
        if before * 1000 > all * OUTSIDE {
            return *month;
        }
    }
    sums.first().map_or(0, |(month, _)| *month)
}

/// The same months from the other end.
fn turned(sums: &[(i32, u64)]) -> Vec<(i32, u64)> {
    sums.iter().rev().map(|(month, n)| (-month, *n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(counts: &[(&'static str, i32, u64)]) -> Activity {
        let months = counts.iter().map(|(word, month, n)| ((*word, *month), *n)).collect();
        let activity = columns(&months);
        assert_eq!(activity.totals.iter().sum::<u64>(), activity.total);
        assert_eq!(activity.types.iter().map(|line| line.total).sum::<u64>(), activity.total);
        assert!(activity.types.iter().all(|l| l.counts.iter().sum::<u64>() == l.total));
        assert!(activity.types.iter().all(|l| l.counts.len() == activity.periods.len()));
        assert!(activity.periods.len() <= COLUMNS && activity.types.len() <= LINES + 1);
        activity
    }

    #[test]
    fn a_few_years_are_shown_by_month() {
        let activity = of(&[("call", 12 * 2024 + 11, 2), ("email", 12 * 2024 + 10, 3)]);
        assert_eq!(
            (activity.unit, activity.periods.as_slice()),
            ("month", &["2024-11".to_owned(), "2024-12".to_owned()][..])
        );
        assert_eq!(activity.totals, [3, 2]);
        assert_eq!(
            activity.types.iter().map(|l| l.close_type).collect::<Vec<_>>(),
            ["email", "call"]
        );
    }

    #[test]
    fn many_years_share_columns() {
        let spread: Vec<_> = (0..100).map(|at| ("call", 12 * 2010 + at, 1)).collect();
        assert_eq!(of(&spread).unit, "quarter");
        let spread: Vec<_> = (0..240).map(|at| ("call", 12 * 2000 + at, 1)).collect();
        assert_eq!(of(&spread).unit, "year");
        let spread: Vec<_> = (0..12 * 900).map(|at| ("call", 12 * 1200 + at, 1)).collect();
        let activity = of(&spread);
        assert_eq!((activity.unit, &*activity.periods[0]), ("year", "earlier"));
    }

    #[test]
    fn a_stray_date_does_not_squeeze_the_rest() {
        let mut counts: Vec<_> = (0..24).map(|at| ("call", 12 * 2023 + at, 100)).collect();
        counts.extend([("call", 12 * 1970, 1), ("call", 12 * 2099, 2)]);
        let activity = of(&counts);
        assert_eq!((activity.unit, activity.periods.len()), ("month", 26));
        assert_eq!((activity.totals[0], activity.totals[25]), (1, 2));
        assert_eq!((&*activity.periods[0], &*activity.periods[25]), ("earlier", "later"));
    }

    #[test]
    fn rare_types_share_a_line() {
        let words = ["a", "b", "c", "d", "e", "f", "g", "h", "i", OTHER];
        let counts: Vec<_> = words.iter().map(|word| (*word, 24_000, 1)).collect();
        let activity = of(&counts);
        let last = activity.types.last().map(|line| (line.close_type, line.total));
        assert_eq!(last, Some((OTHER, 3)));
        assert_eq!(columns(&Months::default()).periods.len(), 0);
    }
}
