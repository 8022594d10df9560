//! A few values of every path Close is known to write, for people who read the map. One more pass over
//! the export, made by `plan` only. It must not keep more than a few values of a path.

use super::walk::{self, Visit};
use super::{Map, hash};
use crate::close::shape::Layouts;
use crate::close::{Group, Kind};
use crate::error::Result;
use crate::event::watch::Phase;
use crate::pipeline::{self, Shard, SourceEnd};
use crate::read::{Chunk, Node, Source, node, with_parser};

/// Values kept of a path.
const KEPT: usize = 3;
/// Bytes looked at of a value.
const LONGEST: usize = 400;

/// The values with the lowest hashes, so that neither order nor threads play a part.
#[derive(Debug, Default)]
struct Lowest(Vec<(u64, Box<str>)>);

impl Lowest {
    fn see(&mut self, text: &str) {
        let text = crate::twenty::text::head(text, LONGEST);
        let entry = (hash(text), text.into());
        if let Err(at) = self.0.binary_search(&entry)
            && at < KEPT
        {
            self.0.insert(at, entry);
            self.0.truncate(KEPT);
        }
    }

    fn absorb(&mut self, other: Self) {
        other.0.into_iter().for_each(|(_, text)| self.see(&text));
    }
}

/// Samples by Close type and path.
///
/// # Errors
/// When a file cannot be read.
pub fn samples(
    pool: &pipeline::Pool,
    sources: &[Source],
    ends: &[SourceEnd],
) -> Result<Map<(Kind, String), Vec<String>>> {
    let mut all: Map<usize, Lowest> = Map::default();
    let running = pool.watcher().begin(Phase::Sample, pipeline::bytes(ends));
    pipeline::again(pool, sources, ends, Shard::ALL, of_chunk, |part| {
        for (path, lowest) in part {
            all.entry(path).or_default().absorb(lowest);
        }
        Ok(())
    })?;
    drop(running);
    let paths = &Layouts::get().paths;
    let named = all.into_iter().filter_map(|(path, lowest)| {
        let values = lowest.0.into_iter().map(|(_, text)| text.into_string()).collect();
        Some((paths.get(path)?.clone(), values))
    });
    Ok(named.collect())
}

fn of_chunk(chunk: &Chunk) -> Map<usize, Lowest> {
    let mut found: Map<usize, Lowest> = Map::default();
    for span in chunk.records.iter().filter(|span| span.broken.is_none()) {
        let raw = &chunk.bytes[span.start..span.end];
        let mut visit = |visit: Visit<'_>| {
            if visit.record.kind.group() != Group::Config {
                visit.record.each_value(&mut |path, value| see(&mut found, path, value));
            }
        };
        // What cannot be read has no values; the survey has counted it.
        let _ = with_parser(|parser| {
            parser.parse(raw, |value| walk::value(&value, &[], &mut visit, &mut |_| ()))
        });
    }
    found
}

fn see(found: &mut Map<usize, Lowest>, path: usize, value: &[Node<'_>]) {
    if node::is_empty(value) {
        return;
    }
    let lowest = found.entry(path).or_default();
    if let Some(text) = crate::close::record::scalar(value) {
        return lowest.see(&text);
    }
    let mut json = Vec::new();
    node::write_json(value, &mut json);
    lowest.see(&String::from_utf8_lossy(&json));
}
