//! Rows in order of time, whatever order they came in: sorted in memory up to a bound, beyond it in
//! sorted runs on disk that are merged at the end. It must not look into a row.

use crate::error::{Error, Result};
use crate::transform::Row;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Bytes of rows one step holds in memory.
const BOUND: usize = 48 << 20;

/// The place of a row.
type Key = (i64, Box<str>);

/// See the module's head.
#[derive(Debug)]
pub(super) struct Sorter {
    name: PathBuf,
    rows: Vec<Row>,
    bytes: usize,
    runs: Vec<PathBuf>,
}

impl Sorter {
    /// A sorter whose runs have names that start with `name`.
    pub fn new(name: &Path) -> Self {
        Self { name: name.to_owned(), rows: Vec::new(), bytes: 0, runs: Vec::new() }
    }

    pub fn push(&mut self, row: Row) -> Result<()> {
        self.bytes += row.line.len() + row.id.len() + size_of::<Row>();
        self.rows.push(row);
        if self.bytes >= BOUND { self.spill() } else { Ok(()) }
    }

    fn sort(&mut self) {
        self.rows.sort_unstable_by(|a, b| (a.at, &a.id, &a.line).cmp(&(b.at, &b.id, &b.line)));
    }

    fn spill(&mut self) -> Result<()> {
        self.sort();
        let path = self.name.with_extension(format!("run-{}", self.runs.len()));
        let io = |e| Error::io("cannot write temporary data", &path, e);
        let mut out = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(io)?);
        for row in self.rows.drain(..) {
            encode(&row, &mut out).map_err(io)?;
        }
        out.flush().map_err(io)?;
        self.runs.push(path);
        self.bytes = 0;
        Ok(())
    }

    /// Hands every row to `take`, in order.
    pub fn finish(mut self, mut take: impl FnMut(Row) -> Result<()>) -> Result<()> {
        self.sort();
        if self.runs.is_empty() {
            return self.rows.into_iter().try_for_each(take);
        }
        let mut runs: Vec<Run> = Vec::new();
        for path in &self.runs {
            let io = |e| Error::io("cannot read temporary data", path, e);
            let input = BufReader::with_capacity(1 << 18, File::open(path).map_err(io)?);
            runs.push(Run::Disk(input, path.clone()));
        }
        runs.push(Run::Memory(self.rows.into_iter()));
        let mut heads: BinaryHeap<Reverse<(Key, usize)>> = BinaryHeap::new();
        let mut waiting: Vec<Option<Row>> = Vec::new();
        for (at, run) in runs.iter_mut().enumerate() {
            let row = run.next()?;
            heads.extend(row.as_ref().map(|row| Reverse(((row.at, row.id.clone()), at))));
            waiting.push(row);
        }
        while let Some(Reverse((_, at))) = heads.pop() {
            let next = runs[at].next()?;
            heads.extend(next.as_ref().map(|row| Reverse(((row.at, row.id.clone()), at))));
            if let Some(row) = std::mem::replace(&mut waiting[at], next) {
                take(row)?;
            }
        }
        for path in &self.runs {
            std::fs::remove_file(path)
                .map_err(|e| Error::io("cannot remove temporary data", path, e))?;
        }
        Ok(())
    }
}

enum Run {
    Disk(BufReader<File>, PathBuf),
    Memory(std::vec::IntoIter<Row>),
}

impl Run {
    fn next(&mut self) -> Result<Option<Row>> {
        match self {
            Self::Memory(rows) => Ok(rows.next()),
            Self::Disk(input, path) => {
                decode(input).map_err(|e| Error::io("cannot read temporary data", path, e))
            }
        }
    }
}

fn encode(row: &Row, out: &mut impl Write) -> std::io::Result<()> {
    out.write_all(&row.at.to_le_bytes())?;
    out.write_all(&row.hash.to_le_bytes())?;
    out.write_all(&(row.step as u32).to_le_bytes())?;
    out.write_all(&(row.id.len() as u32).to_le_bytes())?;
    out.write_all(&(row.line.len() as u64).to_le_bytes())?;
    out.write_all(row.id.as_bytes())?;
    out.write_all(&row.line)
}

fn decode(input: &mut impl Read) -> std::io::Result<Option<Row>> {
    let mut head = [0; 32];
    match input.read(&mut head[..1])? {
        0 => return Ok(None),
        _ => input.read_exact(&mut head[1..])?,
    }
    let word = |at: usize, n: usize| {
        let mut word = [0; 8];
        word[..n].copy_from_slice(&head[at..at + n]);
        u64::from_le_bytes(word)
    };
    let (at, hash, step) = (word(0, 8) as i64, word(8, 8), word(16, 4) as usize);
    let mut id = vec![0; word(20, 4) as usize];
    let mut line = vec![0; word(24, 8) as usize];
    input.read_exact(&mut id)?;
    input.read_exact(&mut line)?;
    let id = String::from_utf8(id).unwrap_or_default().into();
    Ok(Some(Row { step, at, id, hash, line }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_on_disk_give_the_same_order_as_memory() {
        let dir = tempfile::tempdir().unwrap();
        let rows: Vec<Row> = (0..1000i64)
            .map(|i| Row {
                step: 0,
                at: (i * 7919) % 97,
                id: format!("id{i}").into(),
                hash: (i as u64) << 40,
                line: vec![b'x'; 10],
            })
            .collect();
        let sorted = |spill_every: usize| {
            let mut sorter = Sorter::new(&dir.path().join(format!("s{spill_every}")));
            for (i, row) in rows.iter().enumerate() {
                sorter.push(row.clone()).unwrap();
                if i % spill_every == spill_every - 1 {
                    sorter.spill().unwrap();
                }
            }
            let mut out = Vec::new();
            sorter
                .finish(|row| {
                    out.push(row);
                    Ok(())
                })
                .unwrap();
            out
        };
        let memory = sorted(usize::MAX);
        assert_eq!(memory.len(), 1000);
        assert!(memory.is_sorted_by_key(|row| (row.at, row.id.clone())));
        assert_eq!(sorted(130), memory);
    }
}
