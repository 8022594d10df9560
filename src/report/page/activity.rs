//! What happened over time: stacked columns, and the same numbers as a table. It must not draw a time that the
//! table leaves out.

use super::labels::close_type;
use super::text::{Book, Figure, Quoted};
use crate::error::Result;
use crate::report::Summary;
use crate::report::summary;
use askama::Template;
use askama::filters::HtmlSafe;

/// See the module's head.
pub(super) struct Activity {
    pub total: Figure,
    /// `month`, `quarter` or `year`.
    pub unit: &'static str,
    pub series: Vec<Series>,
    pub periods: Vec<Period>,
    pub chart: Option<Chart>,
}

/// One type.
pub(super) struct Series {
    pub label: &'static str,
    pub class: &'static str,
    pub total: Figure,
}

/// One column.
pub(super) struct Period {
    pub name: Quoted,
    pub counts: Vec<Figure>,
    pub total: Figure,
}

/// Classes of the colours, in order; the last is for the other types.
const CLASSES: [&str; 8] = ["sa", "sb", "sc", "sd", "se", "sf", "sg", "so"];

fn class(at: usize, word: &str) -> &'static str {
    let at = if word == "other" { CLASSES.len() - 1 } else { at };
    CLASSES.get(at).copied().unwrap_or("so")
}

impl Activity {
    pub fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let activity = &summary.activity;
        let series = activity.types.iter().enumerate().map(|(at, line)| {
            let total = book.at(&["activity", "types", &at.to_string(), "total"])?;
            let label = close_type(line.close_type);
            Ok(Series { label, class: class(at, line.close_type), total })
        });
        let periods = activity.periods.iter().enumerate().map(|(column, name)| {
            let at = column.to_string();
            let counts = (0..activity.types.len())
                .map(|line| book.at(&["activity", "types", &line.to_string(), "counts", &at]));
            let counts = counts.collect::<Result<_>>()?;
            let total = book.at(&["activity", "totals", &at])?;
            Ok(Period { name: Quoted::new(name), counts, total })
        });
        Ok(Self {
            total: book.at(&["activity", "total"])?,
            unit: activity.unit,
            series: series.collect::<Result<_>>()?,
            periods: periods.collect::<Result<_>>()?,
            chart: Chart::new(book, activity)?,
        })
    }
}

/// Size of the chart, in its own units: the columns stand on `BASE`.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 268.0;
const TOP: f64 = 30.0;
const BASE: f64 = 236.0;
/// Widest column.
const WIDEST: f64 = 56.0;
/// Names below the columns, at most.
const NAMES: usize = 14;

/// The chart.
#[derive(Template)]
#[template(path = "report/activity_chart.html")]
pub(super) struct Chart {
    width: f64,
    height: f64,
    base: f64,
    blocks: Vec<Block>,
    names: Vec<Name>,
    /// The highest column: its count, and where that stands.
    peak: (Figure, f64, f64),
}

impl HtmlSafe for Chart {}

struct Block {
    class: &'static str,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

struct Name {
    text: String,
    x: f64,
}

impl Chart {
    fn new(book: &Book, activity: &summary::Activity) -> Result<Option<Self>> {
        let Some(most) = activity.totals.iter().copied().max().filter(|most| *most > 0) else {
            return Ok(None);
        };
        let columns = activity.periods.len();
        let step = (WIDTH / columns as f64).min(WIDEST / 0.8);
        let left = (WIDTH - step * columns as f64) / 2.0;
        let scale = (BASE - TOP) / most as f64;
        let mut blocks = Vec::new();
        for column in 0..columns {
            let mut y = BASE;
            for (at, line) in activity.types.iter().enumerate() {
                let n = line.counts.get(column).copied().unwrap_or_default();
                let height = n as f64 * scale;
                y -= height;
                if n > 0 {
                    let x = left + step * (column as f64 + 0.1);
                    let class = class(at, line.close_type);
                    blocks.push(Block { class, x, y, width: step * 0.8, height });
                }
            }
        }
        let peak = activity.totals.iter().position(|n| *n == most).unwrap_or_default();
        let centre = |column: usize| left + step * (column as f64 + 0.5);
        let named = names(activity);
        let names = named.into_iter().map(|(at, text)| Name { text, x: centre(at) }).collect();
        let figure = book.at(&["activity", "totals", &peak.to_string()])?;
        // The number must not leave the picture.
        let peak = (figure, centre(peak).clamp(40.0, WIDTH - 40.0), TOP - 9.0);
        Ok(Some(Self { width: WIDTH, height: HEIGHT, base: BASE, blocks, names, peak }))
    }
}

/// The columns that have their name below them: all where there are few, else years where they begin.
fn names(activity: &summary::Activity) -> Vec<(usize, String)> {
    let all: Vec<(usize, String)> = activity.periods.iter().cloned().enumerate().collect();
    if all.len() <= NAMES {
        return all;
    }
    let begins = |name: &str| name.ends_with("-01") || name.ends_with("-Q1");
    let mut named: Vec<(usize, String)> = match activity.unit {
        "year" => all,
        _ => all
            .into_iter()
            .filter(|(_, name)| begins(name))
            .map(|(at, name)| (at, name.split('-').next().unwrap_or_default().to_owned()))
            .collect(),
    };
    let every = named.len().div_ceil(NAMES).max(1);
    named = named.into_iter().step_by(every).collect();
    named
}
