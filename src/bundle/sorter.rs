//! Rows in order of time, whatever order they came in: those of all steps together in one buffer up to a
//! bound, beyond it in sorted runs on disk, one file a step, that are merged at the end. It must not look
//! into a row.

use super::hole;
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
/// Bytes of a run that are given back to the system at a time.
const GIVE: u64 = 1 << 20;
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
    /// The file that is written here, and where each of its runs ends; it begins where the one before ends.
    path: PathBuf,
    ends: Vec<u64>,
    /// Files that were written elsewhere.
    joined: Vec<(PathBuf, Vec<u64>)>,
}

impl Step {
    /// Appends a run to the file.
    fn write<'r>(&mut self, rows: impl Iterator<Item = Row<'r>>) -> Result<()> {
        let io = |e| Error::io("cannot write temporary data", &self.path, e);
        let mut file = File::options().append(true).create(true).open(&self.path).map_err(io)?;
        let (mut out, mut end) =
            (Vec::with_capacity(WRITE), self.ends.last().copied().unwrap_or(0));
        for row in rows {
            encode(&row, &mut out);
            if out.len() > WRITE - WRITE / 8 {
                end += out.len() as u64;
                file.write_all(&out).map_err(io)?;
                out.clear();
            }
        }
        file.write_all(&out).map_err(io)?;
        self.ends.push(end + out.len() as u64);
        Ok(())
    }

    /// Every run, with so many bytes to read ahead.
    fn runs(&self, ahead: usize) -> impl Iterator<Item = Run<'_>> {
        let own = std::iter::once((&self.path, &self.ends, true));
        let all = own.chain(self.joined.iter().map(|(path, ends)| (path, ends, false)));
        all.flat_map(move |(path, ends, is_own)| {
            let begins = std::iter::once(0).chain(ends.iter().copied());
            begins.zip(ends).map(move |(from, to)| Run::new((path, is_own), from, *to, ahead))
        })
    }

    /// How many runs there are.
    fn len(&self) -> usize {
        self.ends.len() + self.joined.iter().map(|(_, ends)| ends.len()).sum::<usize>()
    }
}

impl Sorter {
    /// A sorter for steps whose runs stand at `paths`, holding `bound` bytes of rows in memory.
    pub fn new(paths: impl Iterator<Item = PathBuf>, bound: usize) -> Self {
        let step = |path| Step { path, ends: Vec::new(), joined: Vec::new() };
        let steps = paths.map(step).collect();
        Self { steps, held: Rows::with_room(bound), bound }
    }

    /// Adds all of these rows.
    pub fn add(&mut self, rows: &Rows) -> Result<()> {
        self.held.append(rows);
        self.settle()
    }

    /// Adds a row; `line` appends its line to the buffer it is given.
    pub fn push(&mut self, at: i64, id: &str, line: impl FnOnce(&mut Vec<u8>)) -> Result<()> {
        self.held.push(0, at, id, 0, line);
        self.settle()
    }

    fn settle(&mut self) -> Result<()> {
        if self.held.size() >= self.bound { self.spill() } else { Ok(()) }
    }

    /// Sends the rows in memory to disk.
    pub fn spill(&mut self) -> Result<()> {
        self.held.sort();
        for (at, step) in self.steps.iter_mut().enumerate() {
            let rows = self.held.of_step(at);
            if rows.len() > 0 {
                step.write(rows)?;
            }
        }
        self.held.clear();
        Ok(())
    }

    /// Where the runs of each step end in its file, once all rows were spilled.
    pub fn ends(&self) -> impl Iterator<Item = &[u64]> {
        self.steps.iter().map(|step| &*step.ends)
    }

    /// Adds runs that another sorter has written, and that stay where they are.
    pub fn join(&mut self, step: usize, path: PathBuf, ends: Vec<u64>) {
        if let Some(step) = self.steps.get_mut(step).filter(|_| !ends.is_empty()) {
            step.joined.push((path, ends));
        }
    }

    /// Brings what is in memory in order; [`Sorter::ordered`] may be asked then.
    pub fn sort(&mut self) {
        self.held.sort();
    }

    /// The rows of one step, in order.
    pub fn ordered(&self, step: usize) -> Result<Ordered<'_>> {
        let memory: Memory<'_> = Box::new(self.held.of_step(step));
        match self.steps.get(step).filter(|step| step.len() > 0) {
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

/// The runs of a step, joined: a heap of runs by their first rows.
pub(super) struct Merge<'m> {
    step: &'m Step,
    runs: Vec<Run<'m>>,
    memory: Memory<'m>,
    /// The first of the rows in memory that was not taken.
    next: Option<Row<'m>>,
    /// Numbers of runs with rows left, the first of all rows at the top; the number behind the last run
    /// is the memory.
    heap: Vec<usize>,
}

impl<'m> Merge<'m> {
    fn open(step: &'m Step, mut memory: Memory<'m>) -> Result<Self> {
        let (least, most) = READ_EACH;
        let ahead = (READ / step.len().max(1)).clamp(least, most);
        let runs = step.runs(ahead).collect();
        let next = memory.next();
        let mut merge = Self { step, runs, memory, next, heap: Vec::new() };
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
        let Step { path, ends, .. } = self.step;
        let gone = if ends.is_empty() { Ok(()) } else { std::fs::remove_file(path) };
        gone.map_err(|e| Error::io("cannot remove temporary data", path, e))
    }

    fn fill(&mut self, run: usize) -> Result<()> {
        let Some(run) = self.runs.get_mut(run) else { return Ok(()) };
        run.fill().map_err(|e| Error::io("cannot read temporary data", run.path, e))
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
struct Run<'m> {
    /// Opened for each block: there may be more runs than a process may have files open.
    path: &'m Path,
    /// The file is this sorter's: nobody will read again what was read.
    is_own: bool,
    /// Up to here the file has been given back.
    given: u64,
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

impl<'m> Run<'m> {
    fn new((path, is_own): (&'m Path, bool), from: u64, to: u64, ahead: usize) -> Self {
        let (buffer, given) = (Vec::new(), from);
        Self { path, is_own, given, from, to, buffer, at: 0, end: 0, filled: 0, ahead }
    }

    fn first(&self) -> Option<Row<'_>> {
        self.buffer.get(self.at..self.end).and_then(decode).map(|(row, _)| row)
    }

    fn advance(&mut self) {
        self.at = self.end;
    }

    /// Reads on until a row is whole, unless the run has ended.
    fn fill(&mut self) -> io::Result<()> {
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
            let mut file = File::options().read(true).write(self.is_own).open(self.path)?;
            file.seek(SeekFrom::Start(self.from))?;
            file.read_exact(room.get_mut(..n).unwrap_or_default())?;
            self.filled += n;
            self.from += n as u64;
            if self.is_own && self.from - self.given >= GIVE {
                hole::punch(&file, self.given, self.from);
                self.given = self.from;
            }
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
        let mut sorter = Sorter::new(paths, 64 << 20);
        for (i, (step, (at, id, hash, line))) in rows.iter().enumerate() {
            let mut row = Rows::default();
            row.push(*step, *at, id, *hash, |out| out.extend_from_slice(line));
            sorter.add(&row).unwrap();
            if i % spill_every == spill_every - 1 {
                sorter.spill().unwrap();
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
