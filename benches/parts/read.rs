//! Bytes to records: cutting and parsing.

use crate::export::{Export, Failure, chunks};
use close2twenty::read::{Chunk, with_parser};
use criterion::{Criterion, Throughput};
use std::hint::black_box;

pub fn bench(criterion: &mut Criterion, export: &Export) -> Result<(), Failure> {
    let mut group = criterion.benchmark_group("read");
    for (name, bytes) in [("split, array", &export.array), ("split, lines", &export.lines)] {
        group.throughput(Throughput::BytesDecimal(bytes.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| chunks(black_box(bytes))));
    }
    let chunks = chunks(&export.array)?;
    group.throughput(Throughput::BytesDecimal(export.array.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| chunks.iter().map(values).sum::<usize>());
    });
    group.finish();
    Ok(())
}

/// Parses every record of a chunk; answers how many values they hold.
fn values(chunk: &Chunk) -> usize {
    let records = chunk.records.iter().filter_map(|span| chunk.bytes.get(span.start..span.end));
    let values = |raw| with_parser(|parser| parser.parse(raw, |parsed| parsed.nodes.len()));
    records.filter_map(|raw| values(raw).ok()).sum()
}
