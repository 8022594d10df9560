//! The attachments of a bundle against their index, `files.csv`: each that it names is there, as long and
//! with the content it says. It must not hold more of the index than a batch of its lines.

use super::contract::Contract;
use super::crew::Crew;
use super::finding::{Log, Spot};
use super::keys::{Hash, hash};
use super::place::Place;
use super::rules;
use foldhash::fast::FixedState;
use hashbrown::HashSet;

/// Lines looked at together.
const BATCH: usize = 1024;

/// A line of the index that names a file of the bundle.
struct Named {
    row: u64,
    line: u64,
    path: String,
    bytes: Option<u64>,
    /// Empty where the index does not say.
    sha256: String,
}

impl Named {
    fn key(&self) -> Hash {
        hash(&format!("{}\0{:?}\0{}", self.sha256, self.bytes, self.path))
    }
}

/// Checks what the index of attachments names; `None` without an index.
pub(super) fn check(place: &Place, contract: &Contract, crew: &Crew) -> Option<Log> {
    let index = contract.index()?;
    let input = place.read(index).ok()?;
    let mut log = Log::new(index);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header = reader.headers().ok()?.clone();
    let at = |name: &str| header.iter().position(|header| header == name);
    let (path_at, bytes_at, sha256_at) = (at("path")?, at("bytes"), at("sha256"));
    let mut record = csv::StringRecord::new();
    let (mut row, mut batch) = (0, Vec::new());
    let mut good: HashSet<Hash, FixedState> = HashSet::default();
    // A line that cannot be read ends the look: the index itself is told of as changed.
    while reader.read_record(&mut record).is_ok_and(|more| more) {
        row += 1;
        let path = record.get(path_at).unwrap_or_default();
        if path.is_empty() {
            continue;
        }
        batch.push(Named {
            row,
            line: record.position().map_or(0, csv::Position::line),
            path: path.to_owned(),
            bytes: bytes_at.and_then(|at| record.get(at)?.parse().ok()),
            sha256: sha256_at.and_then(|at| record.get(at)).unwrap_or_default().to_owned(),
        });
        if batch.len() >= BATCH {
            look(place, crew, path_at, std::mem::take(&mut batch), &mut good, &mut log);
        }
    }
    look(place, crew, path_at, batch, &mut good, &mut log);
    Some(log)
}

/// Looks at the files of some lines; `good` are lines that need no second look. Many lines may name one
/// file: the first says for all of them that it is good.
fn look(
    place: &Place,
    crew: &Crew,
    at: usize,
    batch: Vec<Named>,
    good: &mut HashSet<Hash, FixedState>,
    log: &mut Log,
) {
    let mut once = HashSet::<Hash, FixedState>::default();
    let (first, others): (Vec<Named>, Vec<Named>) =
        batch.into_iter().partition(|named| once.insert(named.key()));
    for mut lines in [first, others] {
        lines.retain(|named| !good.contains(&named.key()));
        let wrong = crew.map(&lines, |named| wrong(place, named));
        for (named, wrong) in lines.iter().zip(wrong) {
            if let Some(detail) = wrong {
                let spot = Spot { row: named.row, line: named.line, at, column: "path" };
                log.add(rules::ATTACHMENT_FILE, spot, &named.path, detail);
            } else {
                good.insert(named.key());
            }
        }
    }
}

/// What is wrong with a file.
fn wrong(place: &Place, named: &Named) -> Option<String> {
    match (place.size(&named.path), named.bytes) {
        (None, _) => return Some("it is not there".to_owned()),
        (Some(size), Some(said)) if size != said => {
            return Some(format!("{size} bytes instead of {said}"));
        }
        _ if named.sha256.is_empty() => return None,
        _ => {}
    }
    match place.digest(&named.path) {
        Err(why) => Some(why),
        Ok((_, digest)) if digest.eq_ignore_ascii_case(&named.sha256) => None,
        Ok(_) => Some("its content is another than the index says".to_owned()),
    }
}
