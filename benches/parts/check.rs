//! `check` as a user calls it: for one file, short cells or long ones, and for the whole bundle.

use crate::export::{Export, Failure};
use close2twenty::check::{Options, check};
use criterion::{Criterion, Throughput};
use std::fs;
use std::path::{Path, PathBuf};

pub fn bench(criterion: &mut Criterion, export: &Export) -> Result<(), Failure> {
    let places: [(&str, PathBuf); 3] = [
        ("people", export.table("people")?),
        ("notes", export.table("notes")?),
        ("bundle", export.bundle()),
    ];
    let mut group = criterion.benchmark_group("check");
    for (name, place) in places {
        group.throughput(Throughput::BytesDecimal(size(&place)?));
        let options = Options { place, threads: 1, ..Options::default() };
        group.bench_function(name, |bencher| bencher.iter(|| check(&options)));
    }
    group.finish();
    Ok(())
}

/// Bytes of a file, or of all files in a folder.
fn size(place: &Path) -> Result<u64, Failure> {
    if place.is_file() {
        return Ok(fs::metadata(place)?.len());
    }
    let mut bytes = 0;
    for entry in fs::read_dir(place)? {
        bytes += size(&entry?.path())?;
    }
    Ok(bytes)
}
