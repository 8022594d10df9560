//! What is written: rows of CSV files, short cells and long ones, and the JSON of the archive.

use crate::export::{Export, Failure};
use close2twenty::read::{node, with_parser};
use close2twenty::transform;
use criterion::{Criterion, SamplingMode, Throughput};
use std::fs;

pub fn bench(criterion: &mut Criterion, export: &Export) -> Result<(), Failure> {
    let mut group = criterion.benchmark_group("write");
    group.sampling_mode(SamplingMode::Flat);
    for table in ["people", "notes"] {
        let path = export.table(table)?;
        let rows = csv::Reader::from_path(&path)?.into_records().collect::<Result<Vec<_>, _>>()?;
        group.throughput(Throughput::BytesDecimal(fs::metadata(&path)?.len()));
        group.bench_function(format!("CSV, {table}"), |bencher| {
            let mut out = Vec::new();
            bencher.iter(|| {
                out.clear();
                rows.iter().for_each(|row| transform::encode(row.iter(), &mut out));
            });
        });
    }
    group.throughput(Throughput::BytesDecimal(export.array.len() as u64));
    let mut out = Vec::new();
    let parsed = with_parser(|parser| {
        parser.parse(&export.array, |parsed| {
            group.bench_function("archive JSON", |bencher| {
                bencher.iter(|| {
                    out.clear();
                    node::write_json(parsed.nodes, &mut out);
                });
            });
        })
    });
    group.finish();
    parsed.map_err(|fault| fault.reason.into())
}
