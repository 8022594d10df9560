//! Which field Twenty's importer takes for a CSV header: Fuse.js 7.1.0 as the importer calls it,
//! rebuilt to the same hits, order and scores, and the importer's choice among them
//! (`twenty-importer.md` §2.1). It must not know where labels or headers come from.
//!
//! The importer searches the labels of all fields with `threshold: 0.3` and `ignoreLocation: true`;
//! the rest is Fuse's default. Three things follow from `ignoreLocation`, and make this shorter than
//! Fuse: where a header occurs in a label never counts, so the score of a chunk is its number of
//! errors alone; the search for an exact occurrence, which Fuse makes first, finds nothing the
//! search with no error does not find; and Fuse's window over the label is always the whole label.
//! `testdata/twenty/fuse-7.1.0.json` holds what Fuse itself says.

/// A chunk of a header with more errors than this share of its length is not in a label.
const THRESHOLD: f64 = 0.3;
/// A header is searched in chunks of as many UTF-16 code units as Fuse's bit sets have bits.
const CHUNK: usize = 32;
/// Most errors a chunk may have: `THRESHOLD` of 32 is 9.6. One more level is "no errors".
const LEVELS: usize = 10;
/// What a chunk without errors scores when the header is not the whole label.
const NEARLY_EXACT: f64 = 0.001;
/// The importer takes the best hit only if it scores below this.
const TAKEN_BELOW: f64 = 0.4;

/// A label that a header was found in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The label's place in the list that was searched.
    pub index: usize,
    /// How far the header is from the label: nearly 0 for equal but for case, 1 at most.
    pub score: f64,
}

/// What becomes of one column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// The field it is imported into, as the place of its label; none leaves the column out.
    pub field: Option<usize>,
    /// How that came about.
    pub why: Why,
}

/// Why a column is matched with a field, or with none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The header is the label, but for case.
    Exact,
    /// The header resembles the label, with this score (below 0.4).
    Fuzzy(f64),
    /// The two best labels score the same, so neither is taken.
    Ambiguous,
    /// An earlier column took the best label (its place among the headers). There is no second try.
    TakenBy(usize),
    /// No label resembles the header, or none enough.
    None,
}

/// The labels a header is found in, best first as Fuse sorts them: by score, then by place. A label
/// of blanks only is never found, and nothing is found for an empty header.
///
/// A long header is cut into chunks. A label is found as soon as one chunk is, so that its score
/// may exceed any threshold.
pub fn search(labels: &[impl AsRef<str>], header: &str) -> Vec<Hit> {
    hits(&prepare(labels), &fold(header))
}

/// The field of each column, as the importer's automatic match decides from left to right: the
/// best hit, if it scores below 0.4, the second one scores differently, and no earlier column took
/// the field. So the second of two equal headers is left out, and so is each header whose label two
/// fields carry.
///
/// Not seen from here: a column of a multi-select field whose cells cannot be read as a list is
/// put aside by the importer with an error, and the field is free for a later column.
pub fn match_columns(labels: &[impl AsRef<str>], headers: &[impl AsRef<str>]) -> Vec<Match> {
    let prepared = prepare(labels);
    let mut takers: Vec<Option<usize>> = vec![None; labels.len()];
    let mut matches = Vec::with_capacity(headers.len());
    for (column, header) in headers.iter().enumerate() {
        let header = fold(header.as_ref());
        let why = |hit: Hit| {
            let is_label = |label: &Label| label.index == hit.index && label.text == header;
            if prepared.iter().any(is_label) { Why::Exact } else { Why::Fuzzy(hit.score) }
        };
        matches.push(match choose(&hits(&prepared, &header)) {
            Err(why) => Match { field: None, why },
            Ok(hit) => match takers.get_mut(hit.index) {
                Some(Some(earlier)) => Match { field: None, why: Why::TakenBy(*earlier) },
                Some(free) => {
                    *free = Some(column);
                    Match { field: Some(hit.index), why: why(hit) }
                }
                None => Match { field: None, why: Why::None },
            },
        });
    }
    matches
}

/// The one hit that may be taken.
#[allow(clippy::float_cmp)] // The importer compares scores as they are.
fn choose(hits: &[Hit]) -> Result<Hit, Why> {
    match hits {
        [best, ..] if best.score >= TAKEN_BELOW => Err(Why::None),
        [best, second, ..] if best.score == second.score => Err(Why::Ambiguous),
        [best, ..] => Ok(*best),
        [] => Err(Why::None),
    }
}

/// A label, ready to be searched.
struct Label {
    /// Its place in the caller's list.
    index: usize,
    /// Its text as it is compared.
    text: Vec<u16>,
    /// Fuse's field-length norm: 1 for one word, smaller for more.
    norm: f64,
}

/// All labels but the blank ones.
fn prepare(labels: &[impl AsRef<str>]) -> Vec<Label> {
    let labels = labels.iter().map(AsRef::as_ref).enumerate();
    labels
        .filter(|(_, label)| !label.chars().all(is_blank))
        .map(|(index, label)| Label { index, text: fold(label), norm: norm(label) })
        .collect()
}

/// What JavaScript's `trim` cuts: Unicode's white space without NEL, and the byte order mark.
fn is_blank(sign: char) -> bool {
    (sign.is_whitespace() && sign != '\u{85}') || sign == '\u{feff}'
}

/// A text as it is compared: in lower case (accents stay), in JavaScript's code units.
fn fold(text: &str) -> Vec<u16> {
    text.to_lowercase().encode_utf16().collect()
}

/// One over the root of the number of words, to three decimals. Words are parted by spaces only.
fn norm(label: &str) -> f64 {
    let words = label.split(' ').filter(|word| !word.is_empty()).count();
    (1000.0 / (words as f64).sqrt()).round() / 1000.0
}

/// The labels a folded header is found in, best first.
fn hits(labels: &[Label], header: &[u16]) -> Vec<Hit> {
    let chunks = chunks(header);
    let count = chunks.clone().count() as f64;
    // Per label: the sum of its chunks' scores, and whether one was found.
    let mut sums = vec![(0.0, false); labels.len()];
    for chunk in chunks.map(Chunk::new) {
        for (label, (sum, found)) in labels.iter().zip(&mut sums) {
            let errors = chunk.errors_in(&label.text);
            *sum += errors.map_or(1.0, |errors| chunk.share(errors).max(NEARLY_EXACT));
            *found |= errors.is_some();
        }
    }
    let mut hits = Vec::new();
    for (label, (sum, _)) in labels.iter().zip(sums).filter(|(_, (_, found))| *found) {
        let distance = if label.text == header { f64::EPSILON } else { sum / count };
        hits.push(Hit { index: label.index, score: score(distance, label.norm) });
    }
    hits.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    hits
}

/// Pieces of 32 units; the last one, if shorter, is widened to the left over units searched before.
fn chunks(header: &[u16]) -> impl Iterator<Item = &[u16]> + Clone {
    let (whole, rest) = header.as_chunks::<CHUNK>();
    let last = match (whole, rest) {
        (_, []) => None,
        ([], rest) => Some(rest),
        _ => header.last_chunk::<CHUNK>().map(<[u16; CHUNK]>::as_slice),
    };
    whole.iter().map(<[u16; CHUNK]>::as_slice).chain(last)
}

/// Distance to the power of the norm, so that longer labels score worse.
///
/// The root is taken as such, and so is exact on every machine: scores that are equal must come out
/// equal, such as one error of 16 units in a label of four words and four errors in one word.
#[allow(clippy::float_cmp)] // The norm is a rounded number: one half is exact.
fn score(distance: f64, norm: f64) -> f64 {
    if norm == 0.5 { distance.sqrt() } else { distance.powf(norm) }
}

/// 1 to 32 units of a header, as bit sets: the last unit is the lowest bit.
struct Chunk {
    /// Units.
    length: usize,
    /// Most errors allowed.
    most: usize,
    /// Where an ASCII character stands in the chunk.
    ascii: [u32; 128],
    /// Where each other unit stands.
    others: Vec<(u16, u32)>,
}

impl Chunk {
    fn new(units: &[u16]) -> Self {
        let mut chunk = Self { length: units.len(), most: 0, ascii: [0; 128], others: Vec::new() };
        for (place, unit) in units.iter().rev().take(CHUNK).enumerate() {
            let known = chunk.others.iter().position(|(other, _)| other == unit);
            let others = &mut chunk.others;
            let set = match (chunk.ascii.get_mut(usize::from(*unit)), known) {
                (Some(set), _) => Some(set),
                (None, Some(at)) => others.get_mut(at).map(|(_, set)| set),
                (None, None) => {
                    others.push((*unit, 0));
                    others.last_mut().map(|(_, set)| set)
                }
            };
            if let Some(set) = set {
                *set |= 1 << place;
            }
        }
        let allowed = |errors: &usize| chunk.share(*errors) <= THRESHOLD;
        chunk.most = (0..LEVELS.min(chunk.length)).take_while(allowed).last().unwrap_or(0);
        chunk
    }

    /// Errors as a share of the chunk's length.
    fn share(&self, errors: usize) -> f64 {
        errors as f64 / self.length as f64
    }

    /// Where a unit stands in the chunk.
    fn places(&self, unit: u16) -> u32 {
        self.ascii.get(usize::from(unit)).copied().unwrap_or_else(|| {
            self.others.iter().find(|(other, _)| *other == unit).map_or(0, |(_, set)| *set)
        })
    }

    /// The fewest errors (a unit too much, too few, or another one) with which the chunk stands
    /// somewhere in a text; none if there are too many. This is Wu and Manber's bitap, from right
    /// to left: with `n` errors allowed, bit `b` of `sets[n]` says that the last `b + 1` units of the
    /// chunk begin at the place just read. Fuse goes over the text once for each number of errors;
    /// one walk with all of them at once comes to the same sets.
    fn errors_in(&self, text: &[u16]) -> Option<usize> {
        // A unit of the chunk that the text has nowhere is an error: most labels end here.
        let there = text.iter().fold(0, |there, unit| there | self.places(*unit));
        if self.length - there.count_ones() as usize > self.most {
            return None;
        }
        // Each error allowed can stand for one unit behind the text's end.
        let mut sets: [u32; LEVELS] = std::array::from_fn(|errors| (1 << errors) - 1);
        let whole = 1 << (self.length - 1);
        let mut fewest = None;
        let mut open = self.most + 1;
        for unit in text.iter().rev() {
            let places = self.places(*unit);
            // The set with one error less: before this unit, and with it.
            let mut less: Option<(u32, u32)> = None;
            for (errors, set) in sets.iter_mut().enumerate().take(open) {
                let before = *set;
                *set = ((before << 1) | 1) & places;
                if let Some((before, with)) = less {
                    *set |= ((before | with) << 1) | 1 | before;
                }
                if *set & whole != 0 {
                    (fewest, open) = (Some(errors), errors);
                    break;
                }
                less = Some((before, *set));
            }
            if open == 0 {
                break;
            }
        }
        fewest
    }
}

#[cfg(test)]
mod tests;
