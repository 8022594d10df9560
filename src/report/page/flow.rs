//! Where records and values went: the picture, and the same numbers as tables. It must not draw what it does not
//! also say in numbers.

use super::labels::{RECORD_FATES, VALUE_FATES, close_type};
use super::text::{Bar, Book, Figure, Quoted};
use crate::bundle::manifest::Manifest;
use crate::error::Result;
use crate::report::Summary;
use askama::Template;
use askama::filters::HtmlSafe;

/// See the module's head.
pub(super) struct Flow {
    pub picture: Option<Picture>,
    pub types: Vec<TypeRow>,
    /// The last row: all types.
    pub all: [Figure; 5],
    pub steps: Vec<StepRow>,
    pub occurrences: Figure,
    pub values: Figure,
    pub fates: Vec<FateRow>,
}

/// One Close type: read, written, merged, archived, rejected.
pub(super) struct TypeRow {
    pub label: &'static str,
    pub counts: [Figure; 5],
}

/// One import step.
pub(super) struct StepRow {
    pub object: Quoted,
    /// It adds links to rows of an earlier step.
    pub links: bool,
    pub rows: Figure,
    pub bar: Bar,
}

/// One fate of values.
pub(super) struct FateRow {
    pub name: &'static str,
    pub what: &'static str,
    pub count: Figure,
    pub bar: Bar,
}

const COUNTS: [&str; 5] = ["read", "written", "merged", "archived", "rejected"];

fn counts(book: &Book, place: &[&str]) -> Result<[Figure; 5]> {
    let [read, written, merged, archived, rejected] = COUNTS.map(|key| {
        let keys: Vec<&str> = place.iter().copied().chain([key]).collect();
        book.at(&keys)
    });
    Ok([read?, written?, merged?, archived?, rejected?])
}

impl Flow {
    pub fn new(book: &Book, summary: &Summary, manifest: &Manifest) -> Result<Self> {
        let types = summary.records.keys().map(|word| {
            let counts = counts(book, &["records", word])?;
            Ok(TypeRow { label: close_type(word), counts })
        });
        let values = book.at(&["values", "values"])?;
        let fates = VALUE_FATES.iter().map(|(key, name, what)| {
            let count = book.at(&["values", "fates", key])?;
            let bar = Bar::new(count.get(), values.get(), fate_class(key));
            Ok(FateRow { name, what, count, bar })
        });
        Ok(Self {
            picture: Picture::new(book, summary)?,
            types: types.collect::<Result<_>>()?,
            all: counts(book, &["sums", "records"])?,
            steps: steps(book, summary, manifest)?,
            occurrences: book.at(&["values", "occurrences"])?,
            fates: fates.collect::<Result<_>>()?,
            values,
        })
    }
}

fn fate_class(key: &str) -> &'static str {
    match key {
        "written" => "written",
        "derived" => "derived",
        "merged" => "merged",
        "archived" => "archived",
        "set_aside" | "rejected" => "rejected",
        _ => "noise",
    }
}

fn steps(book: &Book, summary: &Summary, manifest: &Manifest) -> Result<Vec<StepRow>> {
    let most = summary.steps.iter().map(|step| step.rows).max().unwrap_or_default();
    let steps = manifest.steps.iter().enumerate().map(|(at, step)| {
        let rows = book.at(&["steps", &at.to_string(), "rows"])?;
        let before = manifest.steps.get(..at).unwrap_or_default();
        Ok(StepRow {
            object: Quoted::new(manifest.label_plural(&step.object)),
            links: before.iter().any(|earlier| earlier.object == step.object),
            bar: Bar::new(rows.get(), most, "written"),
            rows,
        })
    });
    steps.collect()
}

/// Width of the picture, in its own units.
const WIDTH: f64 = 960.0;
/// Where the bars of the types begin and end; those of the fates lie as far from the right.
const LEFT: (f64, f64) = (214.0, 226.0);
const RIGHT: (f64, f64) = (806.0, 818.0);
/// Least height of a type's place, so that its name fits; least height of a ribbon.
const PLACE: f64 = 25.0;
const HAIR: f64 = 1.2;
/// Between two types.
const GAP: f64 = 3.0;
/// Height beyond that, shared out by number.
const SHARED: f64 = 190.0;

/// Types on the left, fates on the right, ribbons between them as thick as their numbers.
#[derive(Template)]
#[template(path = "report/flow_picture.html")]
pub(super) struct Picture {
    width: f64,
    height: f64,
    types: Vec<Node>,
    fates: Vec<Node>,
    ribbons: Vec<Ribbon>,
}

impl HtmlSafe for Picture {}

struct Node {
    label: &'static str,
    class: &'static str,
    count: Figure,
    x: f64,
    y: f64,
    height: f64,
    /// Where its name stands.
    middle: f64,
}

struct Ribbon {
    class: &'static str,
    path: String,
    /// What it shows, in words.
    title: String,
}

impl Picture {
    fn new(book: &Book, summary: &Summary) -> Result<Option<Self>> {
        let lines = &summary.flow;
        let reads: Vec<u64> = lines.iter().map(|line| line.counts.read).collect();
        if reads.iter().all(|n| *n == 0) {
            return Ok(None);
        }
        let height = PLACE * lines.len() as f64 + SHARED;
        let scale = scale(&reads, height);
        let thick = |n: u64| if n == 0 { 0.0 } else { (n as f64 * scale).max(HAIR) };
        let split: Vec<[f64; 4]> = lines
            .iter()
            .map(|line| {
                let c = line.counts;
                [c.written, c.merged, c.archived, c.rejected].map(thick)
            })
            .collect();
        let mut types = Vec::new();
        let mut top = 0.0;
        for (at, (line, parts)) in lines.iter().zip(&split).enumerate() {
            let place = (line.counts.read as f64 * scale).max(PLACE);
            let bar: f64 = parts.iter().sum();
            types.push(Node {
                label: close_type(line.sort),
                class: "type",
                count: book.at(&["flow", &at.to_string(), "read"])?,
                x: LEFT.0,
                y: top + (place - bar).max(0.0) / 2.0,
                height: bar,
                middle: top + place / 2.0,
            });
            top += place.max(bar) + GAP;
        }
        let height = top - GAP;
        let fates = fates(book, &split, height)?;
        let ribbons = ribbons(&types, &fates, &split);
        Ok(Some(Self { width: WIDTH, height, types, fates, ribbons }))
    }
}

/// Units a record: what is left of the height when the small types have their least place.
fn scale(reads: &[u64], height: f64) -> f64 {
    let mut scale = height / reads.iter().sum::<u64>() as f64;
    // Each round, types that fall short get their least place; it ends when none is new.
    for _ in reads {
        let (small, large): (Vec<u64>, Vec<u64>) =
            reads.iter().partition(|n| (**n as f64) * scale <= PLACE);
        let rest: u64 = large.iter().sum();
        if rest == 0 {
            break;
        }
        let next = (height - PLACE * small.len() as f64) / rest as f64;
        if (next - scale).abs() < f64::EPSILON * scale {
            break;
        }
        scale = next;
    }
    scale
}

fn fates(book: &Book, split: &[[f64; 4]], height: f64) -> Result<Vec<Node>> {
    let bars: Vec<f64> = (0..RECORD_FATES.len())
        .map(|fate| split.iter().filter_map(|parts| parts.get(fate)).sum())
        .collect();
    // A fate without records keeps a place for its name.
    let places: Vec<f64> = bars.iter().map(|bar| bar.max(2.0 * PLACE)).collect();
    let gap = (height - places.iter().sum::<f64>()).max(0.0) / (places.len() as f64 + 1.0);
    let mut top = gap;
    let mut nodes = Vec::new();
    for ((key, label, _), (bar, place)) in RECORD_FATES.iter().zip(bars.into_iter().zip(places)) {
        nodes.push(Node {
            label,
            class: fate_class(key),
            count: book.at(&["sums", "records", key])?,
            x: RIGHT.0,
            y: top + (place - bar) / 2.0,
            height: bar,
            middle: top + place / 2.0,
        });
        top += place + gap;
    }
    Ok(nodes)
}

fn ribbons(types: &[Node], fates: &[Node], split: &[[f64; 4]]) -> Vec<Ribbon> {
    let mut ends: Vec<f64> = fates.iter().map(|fate| fate.y).collect();
    let mut ribbons = Vec::new();
    let (from, to) = (LEFT.1, RIGHT.0);
    let bend = f64::midpoint(from, to);
    for (one, parts) in types.iter().zip(split) {
        let mut start = one.y;
        for ((fate, end), thick) in fates.iter().zip(&mut ends).zip(parts) {
            if *thick > 0.0 {
                let [left, right] = [start, *end];
                let [below, beside] = [left + thick, right + thick];
                let path = format!(
                    "M{from:.1} {left:.1}C{bend:.1} {left:.1} {bend:.1} {right:.1} {to:.1} {right:.1}\
                     V{beside:.1}C{bend:.1} {beside:.1} {bend:.1} {below:.1} {from:.1} {below:.1}Z"
                );
                let title = format!("{}: {}", one.label, fate.label.to_lowercase());
                ribbons.push(Ribbon { class: fate.class, path, title });
            }
            start += thick;
            *end += thick;
        }
    }
    ribbons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_types_keep_their_place_and_the_rest_is_shared() {
        let reads = [1_000_000, 1, 1, 500_000];
        let height = 400.0;
        let scale = scale(&reads, height);
        let places: f64 = reads.iter().map(|n| (*n as f64 * scale).max(PLACE)).sum();
        assert!((places - height).abs() < 0.01, "{places}");
        let even = super::scale(&[1, 1], 2.0 * PLACE + SHARED);
        assert!((even - f64::midpoint(2.0 * PLACE, SHARED)).abs() < 0.01);
    }
}
