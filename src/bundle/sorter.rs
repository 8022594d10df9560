//! Rows in order of time, whatever order they came in: those of all steps together in one buffer up to a
//! bound, beyond it in sorted runs on disk, one file a step, that are merged at the end. It must not look
//! into a row.

use crate::error::{Error, Result};
use crate::transform::{Row, Rows};
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes of rows to ask [`Ordered::next`] for: few enough to stay in a processor's cache.
pub(super) const AT_A_TIME: usize = 1 << 18;
/// Bytes of a run that are written at a time.
const WRITE: usize = 1 << 18;
/// Bytes that all runs of a step together read ahead.
const READ: usize = 16 << 20;
/// And the least and most that one of them does.
const READ_EACH: (usize, usize) = (1 << 14, 1 << 19);

/// See the module's head.
#[derive(Debug)]
pub(super) struct Sorter {
    steps: Vec<Step>,
    held: Rows,
    bound: usize,
}

/// The rows of a step on disk.
#[derive(Debug)]
struct Step {
    path: PathBuf,
    /// Where each run ends in the file; it begins where the one before ends.
    ends: Vec<u64>,
}

/// The rows of one step that go to disk now.
pub(super) struct Piece<'s> {
    held: &'s Rows,
    at: usize,
    step: &'s mut Step,
}

impl Sorter {
    /// A sorter for steps whose runs stand at `paths`, holding `bound` bytes of rows in memory.
    pub fn new(paths: impl Iterator<Item = PathBuf>, bound: usize) -> Self {
        let steps = paths.map(|path| Step { path, ends: Vec::new() }).collect();
        Self { steps, held: Rows::default(), bound }
    }

    /// The rows in memory; after adding to them, [`Sorter::is_full`] has to be asked.
    pub fn held(&mut self) -> &mut Rows {
        &mut self.held
    }

    /// It is time to call [`Sorter::spill`].
    pub fn is_full(&self) -> bool {
        self.held.size() >= self.bound
    }

    /// Sends the rows in memory to disk: `all` writes every piece, in any order.
    pub fn spill(&mut self, all: impl FnOnce(Vec<Piece<'_>>) -> Result<()>) -> Result<()> {
        self.held.sort();
        let Self { steps, held, .. } = self;
        let steps = steps.iter_mut().enumerate();
        let filled = steps.filter(|(at, _)| held.of_step(*at).len() > 0);
        all(filled.map(|(at, step)| Piece { held, at, step }).collect())?;
        self.held.clear();
        Ok(())
    }

    /// Brings what is in memory in order; [`Sorter::ordered`] may be asked then.
    pub fn sort(&mut self) {
        self.held.sort();
    }

    /// The rows of one step, in order.
    pub fn ordered(&self, step: usize) -> Result<Ordered<'_>> {
        let memory: Memory<'_> = Box::new(self.held.of_step(step));
        match self.steps.get(step).filter(|step| !step.ends.is_empty()) {
            None => Ok(Ordered::Memory(memory)),
            Some(step) => Merge::open(step, memory).map(Ordered::Merge),
        }
    }
}

/// The rows of one step that were held in memory.
type Memory<'s> = Box<dyn Iterator<Item = Row<'s>> + Send + 's>;

/// The rows of one step, in order, as many at a time as are asked for.
pub(super) enum Ordered<'s> {
    Memory(Memory<'s>),
    Merge(Merge<'s>),
}

impl Ordered<'_> {
    /// Replaces what is in `rows` by the next ones, up to about so many bytes; none are left when it is
    /// empty afterwards. The runs on disk are gone then.
    pub fn next(&mut self, rows: &mut Rows, bytes: usize) -> Result<()> {
        rows.clear();
        match self {
            Self::Memory(memory) => {
                while rows.size() < bytes
                    && let Some(row) = memory.next()
                {
                    rows.add(&row);
                }
            }
            Self::Merge(merge) => {
                while rows.size() < bytes
                    && let Some(row) = merge.first()
                {
                    rows.add(&row);
                    merge.advance()?;
                }
                if rows.is_empty() {
                    merge.remove()?;
                }
            }
        }
        Ok(())
    }
}

impl Piece<'_> {
    /// Appends the rows as a run to the file of their step.
    pub fn write(self) -> Result<()> {
        let path = &self.step.path;
        let io = |e| Error::io("cannot write temporary data", path, e);
        let mut file = File::options().append(true).create(true).open(path).map_err(io)?;
        let (mut out, mut end) = (Vec::with_capacity(WRITE), self.step.ends.last().copied());
        for row in self.held.of_step(self.at) {
            encode(&row, &mut out);
            if out.len() > WRITE - WRITE / 8 {
                end = Some(end.unwrap_or(0) + out.len() as u64);
                file.write_all(&out).map_err(io)?;
                out.clear();
            }
        }
        file.write_all(&out).map_err(io)?;
        self.step.ends.push(end.unwrap_or(0) + out.len() as u64);
        Ok(())
    }
}

/// The runs of a step, joined: a heap of runs by their first rows.
pub(super) struct Merge<'m> {
    file: File,
    path: &'m Path,
    runs: Vec<Run>,
    memory: Memory<'m>,
    /// The first of the rows in memory that was not taken.
    next: Option<Row<'m>>,
    /// Numbers of runs with rows left, the first of all rows at the top; the number behind the last run
    /// is the memory.
    heap: Vec<usize>,
}

impl<'m> Merge<'m> {
    fn open(step: &'m Step, mut memory: Memory<'m>) -> Result<Self> {
        let path = &*step.path;
        let file =
            File::open(path).map_err(|e| Error::io("cannot read temporary data", path, e))?;
        let (least, most) = READ_EACH;
        let ahead = (READ / step.ends.len().max(1)).clamp(least, most);
        let begins = std::iter::once(0).chain(step.ends.iter().copied());
        let runs = begins.zip(&step.ends).map(|(from, to)| Run::new(from, *to, ahead)).collect();
        let next = memory.next();
        let mut merge = Self { file, path, runs, memory, next, heap: Vec::new() };
        for at in 0..merge.runs.len() {
            merge.fill(at)?;
        }
        merge.heap = (0..=merge.runs.len()).filter(|at| merge.row(*at).is_some()).collect();
        for at in (0..merge.heap.len() / 2).rev() {
            merge.sink(at);
        }
        Ok(merge)
    }

    /// The first row of a run.
    fn row(&self, run: usize) -> Option<Row<'_>> {
        self.runs.get(run).map_or(self.next, Run::first)
    }

    /// The first row of all.
    fn first(&self) -> Option<Row<'_>> {
        self.heap.first().and_then(|run| self.row(*run))
    }

    /// Leaves the first row behind.
    fn advance(&mut self) -> Result<()> {
        let Some(top) = self.heap.first().copied() else { return Ok(()) };
        match self.runs.get_mut(top) {
            Some(run) => {
                run.advance();
                self.fill(top)?;
            }
            None => self.next = self.memory.next(),
        }
        if self.row(top).is_none() {
            self.heap.swap_remove(0);
        }
        self.sink(0);
        Ok(())
    }

    fn remove(&self) -> Result<()> {
        std::fs::remove_file(self.path)
            .map_err(|e| Error::io("cannot remove temporary data", self.path, e))
    }

    fn fill(&mut self, run: usize) -> Result<()> {
        let Some(run) = self.runs.get_mut(run) else { return Ok(()) };
        run.fill(&mut self.file).map_err(|e| Error::io("cannot read temporary data", self.path, e))
    }

    /// Brings the entry at `at` of the heap to its level, when those below are in order.
    fn sink(&mut self, mut at: usize) {
        loop {
            let mut first = at;
            for child in [2 * at + 1, 2 * at + 2] {
                if child < self.heap.len() && self.order(child, first).is_lt() {
                    first = child;
                }
            }
            if first == at {
                return;
            }
            self.heap.swap(at, first);
            at = first;
        }
    }

    fn order(&self, a: usize, b: usize) -> Ordering {
        let place = |at: usize| self.heap.get(at).and_then(|run| self.row(*run));
        let (a, b) = (place(a), place(b));
        a.as_ref().map(Row::place).cmp(&b.as_ref().map(Row::place))
    }
}

/// A run on disk: what is left of it, and the part that was read ahead.
struct Run {
    from: u64,
    to: u64,
    buffer: Vec<u8>,
    /// Where the first row begins and where it ends in the buffer, and where what was read ends.
    at: usize,
    end: usize,
    filled: usize,
    ahead: usize,
}

/// Bytes before a row: time, hash, lengths of id and line.
const HEAD: usize = 24;

fn encode(row: &Row<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(&row.at.to_le_bytes());
    out.extend_from_slice(&row.hash.to_le_bytes());
    out.extend_from_slice(&(row.id.len() as u32).to_le_bytes());
    out.extend_from_slice(&(row.line.len() as u32).to_le_bytes());
    out.extend_from_slice(row.id);
    out.extend_from_slice(row.line);
}

/// The row at the start of `bytes`, and how many bytes it takes; `None` when it is not whole.
fn decode(bytes: &[u8]) -> Option<(Row<'_>, usize)> {
    let (at, rest) = bytes.split_first_chunk()?;
    let (hash, rest) = rest.split_first_chunk()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (line, rest) = rest.split_first_chunk()?;
    let (id, line) = (u32::from_le_bytes(*id) as usize, u32::from_le_bytes(*line) as usize);
    let (at, hash) = (i64::from_le_bytes(*at), u64::from_le_bytes(*hash));
    let (id, rest) = rest.split_at_checked(id)?;
    let row = Row { step: 0, at, id, hash, line: rest.get(..line)? };
    Some((row, HEAD + id.len() + line))
}

impl Run {
    fn new(from: u64, to: u64, ahead: usize) -> Self {
        Self { from, to, buffer: Vec::new(), at: 0, end: 0, filled: 0, ahead }
    }

    fn first(&self) -> Option<Row<'_>> {
        self.buffer.get(self.at..self.end).and_then(decode).map(|(row, _)| row)
    }

    fn advance(&mut self) {
        self.at = self.end;
    }

    /// Reads on until a row is whole, unless the run has ended.
    fn fill(&mut self, file: &mut File) -> io::Result<()> {
        loop {
            if let Some((_, bytes)) = self.buffer.get(self.at..self.filled).and_then(decode) {
                self.end = self.at + bytes;
                return Ok(());
            }
            if self.from == self.to {
                self.end = self.at;
                let whole = self.at == self.filled;
                return if whole { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            self.buffer.copy_within(self.at..self.filled, 0);
            self.filled -= self.at;
            self.at = 0;
            if self.filled == self.buffer.len() {
                // At the beginning, and for rows that are longer than what is read ahead.
                self.buffer.resize(self.filled + self.ahead, 0);
            }
            let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
            let n = room.len().min(usize::try_from(self.to - self.from).unwrap_or(usize::MAX));
            file.seek(SeekFrom::Start(self.from))?;
            file.read_exact(room.get_mut(..n).unwrap_or_default())?;
            self.filled += n;
            self.from += n as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Owned = (i64, String, u64, Vec<u8>);

    /// The rows of each step as they come out, spilled after so many.
    fn sorted(rows: &[(usize, Owned)], spill_every: usize) -> Vec<Vec<Owned>> {
        let dir = tempfile::tempdir().unwrap();
        let paths = (0..3).map(|i| dir.path().join(format!("step-{i}")));
        let mut sorter = Sorter::new(paths, usize::MAX);
        for (i, (step, (at, id, hash, line))) in rows.iter().enumerate() {
            sorter.held().push(*step, *at, id, *hash, |out| out.extend_from_slice(line));
            if i % spill_every == spill_every - 1 {
                sorter.spill(|pieces| pieces.into_iter().try_for_each(Piece::write)).unwrap();
            }
        }
        sorter.sort();
        let step = |step| {
            let mut out = Vec::new();
            let (mut ordered, mut rows) = (sorter.ordered(step).unwrap(), Rows::default());
            loop {
                ordered.next(&mut rows, 500).unwrap();
                if rows.is_empty() {
                    return out;
                }
                out.extend(rows.iter().map(|row| {
                    let id = String::from_utf8(row.id.to_vec()).unwrap();
                    (row.at, id, row.hash, row.line.to_vec())
                }));
            }
        };
        let out = (0..3).map(step).collect();
        assert_eq!(dir.path().read_dir().unwrap().count(), 0);
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
        #[test]
        fn runs_on_disk_give_the_same_order_as_memory(
            rows in prop::collection::vec(
                (0_usize..3, (-3_i64..3, "[ab]{0,2}", 0_u64..2, prop::collection::vec(0_u8..3, 0..4))),
                0..200,
            ),
            spill_every in 1_usize..80,
        ) {
            let found = sorted(&rows, spill_every);
            for (step, found) in found.iter().enumerate() {
                let mut expected: Vec<Owned> =
                    rows.iter().filter(|row| row.0 == step).map(|row| row.1.clone()).collect();
                expected.sort_by(|a, b| (a.0, &a.1, &a.3, a.2).cmp(&(b.0, &b.1, &b.3, b.2)));
                prop_assert_eq!(found, &expected);
            }
        }
    }

    #[test]
    fn a_row_may_be_longer_than_what_is_read_ahead() {
        let long = |at, n| (0, (at, "id".to_owned(), 1, vec![b'x'; n]));
        let rows = [long(3, 2_000_000), long(1, 10), long(2, 600_000), long(0, 1_000_000)];
        let found = sorted(&rows, 2);
        let found: Vec<usize> = found[0].iter().map(|row| row.3.len()).collect();
        assert_eq!(found, [1_000_000, 10, 600_000, 2_000_000]);
    }
}
