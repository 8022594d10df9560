//! State files read back as they were written; comparing finds what was done to the rows.

use super::file::{StateReader, StateWriter};
use super::{Compare, StepDelta};
use crate::transform::Row;
use proptest::prelude::{Strategy, prop, prop_assert_eq, proptest};
use std::collections::BTreeMap;
use std::path::Path;

fn row(id: &str, at: i64, hash: u64) -> Row<'_> {
    Row { step: 0, at, id: id.as_bytes(), hash, line: &[] }
}

fn write(root: &Path, rows: &[Row<'_>]) {
    let mut out = StateWriter::create(root, "note", "notes").unwrap();
    rows.iter().for_each(|row| out.write(row).unwrap());
    let file = out.finish().unwrap();
    assert_eq!(file.rows, rows.len() as u64);
    assert_eq!(file.bytes, std::fs::metadata(root.join(file.path)).unwrap().len());
}

fn open(path: &Path) -> crate::error::Result<StateReader> {
    StateReader::new(Box::new(std::fs::File::open(path).unwrap()), path)
}

fn reader(root: &Path) -> StateReader {
    open(&root.join("state/notes.csv")).unwrap()
}

/// Rows by id, in the order in which they are written.
fn ordered(rows: &BTreeMap<String, (i64, u64)>) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = rows.iter().map(|(id, (at, hash))| row(id, *at, *hash)).collect();
    rows.sort_by(|a, b| a.place().cmp(&b.place()));
    rows
}

#[test]
fn lines_read_back_as_they_were() {
    let dir = tempfile::tempdir().unwrap();
    let rows =
        [row("a,\"b\n", i64::MIN, 0), row("b", -5, u64::MAX), row("A", 7, 1), row("é", 7, 2)];
    write(dir.path(), &rows);
    let mut input = reader(dir.path());
    for row in &rows {
        let entry = input.next().unwrap().unwrap();
        assert_eq!((entry.id.as_bytes(), entry.at, entry.hash), (row.id, row.at, row.hash));
    }
    assert!(input.next().unwrap().is_none());
}

#[test]
fn broken_lines_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.csv");
    let why = |text: &str| {
        std::fs::write(&path, text).unwrap();
        let lines = open(&path).and_then(|mut lines| {
            while lines.next()?.is_some() {}
            Ok(())
        });
        let error = lines.unwrap_err();
        assert_eq!((error.code, error.place.as_deref()), ("C2T-E044", Some(&*path)));
        error.what
    };
    let good = "close_id,at,hash\na,1,0123456789abcdef\n";
    assert!(why("id,at,hash\n").contains("line 1"));
    assert!(why("").contains("line 1"));
    assert!(why(&format!("{good}b,2,123\n")).contains("line 3"));
    assert!(why(&format!("{good}b,x,0123456789abcdef\n")).contains("line 3"));
    assert!(why(&format!("{good}b,2\n")).contains("line 3"));
    assert!(why(&format!("{good}b,0,0123456789abcdef\n")).contains("not in order"));
}

#[test]
fn a_row_that_moved_has_changed() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &[row("a", 1, 1), row("b", 2, 2), row("c", 3, 3)]);
    let mut compare = Compare::new("note", "notes", Some(reader(dir.path()))).unwrap();
    let now = [row("c", 0, 9), row("a", 1, 1), row("d", 5, 4)];
    let written: Vec<bool> = now.iter().map(|row| compare.meet(row).unwrap()).collect();
    assert_eq!(written, [true, false, true]);
    let delta = compare.finish().unwrap();
    let ids = |ids: &[Box<str>]| ids.join(" ");
    assert_eq!([ids(&delta.new), ids(&delta.changed), ids(&delta.gone)], ["d", "c", "b"]);
    assert_eq!(delta.unchanged, 1);
}

fn rows() -> impl Strategy<Value = BTreeMap<String, (i64, u64)>> {
    prop::collection::btree_map("[abA]{1,2}", (0..4_i64, 0..2_u64), 0..8)
}

proptest! {
    #[test]
    fn what_is_written_and_what_is_gone_turns_old_into_new(old in rows(), new in rows()) {
        // Time is part of the hash.
        let timed = |rows: &BTreeMap<String, (i64, u64)>| -> BTreeMap<String, (i64, u64)> {
            rows.iter().map(|(id, (at, hash))| (id.clone(), (*at, hash + 2 * *at as u64))).collect()
        };
        let (old, new) = (timed(&old), timed(&new));
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &ordered(&old));
        let mut compare = Compare::new("note", "notes", Some(reader(dir.path()))).unwrap();
        let mut there = old.clone();
        let mut written = 0;
        for row in ordered(&new) {
            if compare.meet(&row).unwrap() {
                there.insert(String::from_utf8_lossy(row.id).into(), (row.at, row.hash));
                written += 1;
            }
        }
        let delta = compare.finish().unwrap();
        delta.gone.iter().for_each(|id| { there.remove(&**id); });
        prop_assert_eq!(&there, &new);
        prop_assert_eq!(delta.new.len() + delta.changed.len(), written);
        prop_assert_eq!(delta.unchanged as usize, new.len() - written);
        let exact = |delta: &StepDelta| {
            delta.new.iter().all(|id| !old.contains_key(&**id))
                && delta.changed.iter().all(|id| old[&**id] != new[&**id])
                && delta.gone.iter().all(|id| !new.contains_key(&**id))
        };
        prop_assert_eq!(exact(&delta), true);
    }
}
