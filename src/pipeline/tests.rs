//! Both passes over every sort of source, with any number of threads.

use super::*;
use crate::read::Sources;
use sha2::Digest;
use std::io::Write;
use std::path::Path;

/// A record whose length differs from number to number.
fn record(n: usize) -> String {
    format!(r#"{{"id":"lead_{n}","name":"{}"}}"#, "x".repeat(n * 7919 % 900))
}

fn records(n: usize) -> String {
    format!("[{}]\n", (0..n).map(record).collect::<Vec<_>>().join(", "))
}

/// Level 0 packs nothing and so stays a large source.
fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A large array, many small files, a large and a small packed one, and one that unpacks to a large one.
fn export(folder: &Path) -> Sources {
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
    write("a.json", records(4_000).as_bytes());
    (0..300).for_each(|n| write(&format!("b{n}.json"), record(n).as_bytes()));
    write("c.json.gz", &gzip(records(900).as_bytes(), 0));
    write("d.json.gz", &gzip(records(3).as_bytes(), 1));
    write("e.jsonl.gz", &gzip("{\"id\":\"lead_1\"}\n".repeat(400_000).as_bytes(), 1));
    write("f.json", &records(2_000).as_bytes()[..900_000]);
    Sources::find(&[folder.to_owned()]).unwrap()
}

/// Source, place and text of each record.
fn seen(chunk: &Chunk) -> Vec<(usize, u64, bool, Vec<u8>)> {
    let one = |span: &crate::read::Span| {
        let at = chunk.offset + span.start as u64;
        (chunk.source, at, span.broken.is_some(), chunk.bytes[span.start..span.end].to_vec())
    };
    chunk.records.iter().map(one).collect()
}

#[test]
fn a_later_pass_sees_what_the_first_saw_and_order_is_that_of_the_input() {
    let dir = tempfile::tempdir().unwrap();
    let sources = export(dir.path()).files;
    let mut one: Option<(Vec<_>, Vec<SourceEnd>)> = None;
    for threads in [1, 3] {
        let pool = pool(threads).unwrap();
        let (mut first_seen, mut later_seen) = (Vec::new(), Vec::new());
        let take = |part: Vec<_>| {
            first_seen.extend(part);
            Ok(())
        };
        let ends = first(&pool, &sources, seen, take).unwrap();
        let take = |part: Vec<_>| {
            later_seen.extend(part);
            Ok(())
        };
        again(&pool, &sources, &ends, Shard::ALL, seen, take).unwrap();
        assert!(first_seen == later_seen);
        // What is read whole belongs to the share it begins in: some have nothing to do.
        let (of, mut busy) = (20, 0);
        later_seen.clear();
        for number in 1..=of {
            let before = later_seen.len();
            let take = |part: Vec<_>| {
                later_seen.extend(part);
                Ok(())
            };
            again(&pool, &sources, &ends, Shard { number, of }, seen, take).unwrap();
            busy += usize::from(later_seen.len() > before);
        }
        assert!((3..20).contains(&busy), "{busy}");
        assert!(first_seen == later_seen);
        assert!(first_seen.is_sorted_by_key(|(source, at, ..)| (*source, *at)));
        assert_eq!(first_seen.iter().filter(|(.., broken, _)| *broken).count(), 1);
        let (known, known_ends) = one.get_or_insert_with(|| (first_seen.clone(), ends.clone()));
        assert!(*known == first_seen);
        assert_eq!(*known_ends, ends);
    }
    let (_, ends) = one.unwrap();
    let array = std::fs::read(dir.path().join("a.json")).unwrap();
    assert_eq!(ends[0].bytes, array.len() as u64);
    assert_eq!(ends[0].sha256, crate::read::split::hex(&sha2::Sha256::digest(&array)));
}

#[test]
fn a_source_that_shrinks_between_the_passes_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.json");
    for packed in [false, true] {
        let bytes = records(4_000).into_bytes();
        std::fs::write(&path, if packed { gzip(&bytes, 0) } else { bytes.clone() }).unwrap();
        let sources = Sources::find(&[dir.path().to_owned()]).unwrap().files;
        let pool = pool(2).unwrap();
        let ends = first(&pool, &sources, seen, |_| Ok(())).unwrap();
        let half = &bytes[..bytes.len() / 2];
        std::fs::write(&path, if packed { gzip(half, 0) } else { half.to_vec() }).unwrap();
        let error = again(&pool, &sources, &ends, Shard::ALL, seen, |_| Ok(())).unwrap_err();
        assert_eq!(error.code, "C2T-E023", "{error}");
    }
}
