//! Records that have to be gathered, on disk in partitions by key, so that memory holds one
//! partition a thread. It must not look into a record.

use crate::close::Kind;
use crate::error::{Error, Result};
use crate::transform::Spilled;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// Number of partitions.
const PARTITIONS: u64 = 64;

/// See the module's head.
#[derive(Debug)]
pub(super) struct Spill {
    folder: PathBuf,
    open: Vec<Option<BufWriter<File>>>,
}

impl Spill {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), open: (0..PARTITIONS).map(|_| None).collect() }
    }

    fn path(&self, at: usize) -> PathBuf {
        self.folder.join(name(at))
    }

    pub fn push(&mut self, item: &Spilled) -> Result<()> {
        let at = (item.key % PARTITIONS) as usize;
        let written = encode(item, self.file(at)?);
        written.map_err(|e| Error::io("cannot write temporary data", &self.path(at), e))
    }

    /// Appends the partitions that stand in another folder.
    pub fn join(&mut self, other: &Path) -> Result<()> {
        for at in 0..self.open.len() {
            let path = other.join(name(at));
            if !path.exists() {
                continue;
            }
            let io = |e| Error::io("cannot read the records of a part", &path, e);
            let mut input = File::open(&path).map_err(io)?;
            let out = self.file(at)?;
            out.flush().and_then(|()| io::copy(&mut input, out.get_mut())).map_err(io)?;
        }
        Ok(())
    }

    fn file(&mut self, at: usize) -> Result<&mut BufWriter<File>> {
        let path = self.path(at);
        match &mut self.open[at] {
            Some(file) => Ok(file),
            slot => {
                let file = File::create(&path)
                    .map_err(|e| Error::io("cannot write temporary data", &path, e))?;
                Ok(slot.insert(BufWriter::with_capacity(1 << 16, file)))
            }
        }
    }

    /// The partitions that hold anything, in order; nothing can be added any more.
    pub fn close(&mut self) -> Result<Vec<Partition>> {
        let mut partitions = Vec::new();
        for at in 0..self.open.len() {
            if let Some(mut file) = self.open.get_mut(at).and_then(Option::take) {
                let path = self.path(at);
                file.flush().map_err(|e| Error::io("cannot write temporary data", &path, e))?;
                partitions.push(Partition { path });
            }
        }
        Ok(partitions)
    }
}

fn name(at: usize) -> String {
    format!("spill-{at:02}")
}

/// One partition of what has to be gathered, on disk.
#[derive(Debug)]
pub(super) struct Partition {
    path: PathBuf,
}

impl Partition {
    /// Its items, in the order they came; the partition is gone afterwards.
    pub fn read(self) -> Result<Vec<Spilled>> {
        let io = |e| Error::io("cannot read temporary data", &self.path, e);
        let mut input = BufReader::with_capacity(1 << 18, File::open(&self.path).map_err(io)?);
        let mut items = Vec::new();
        while let Some(item) = decode(&mut input).map_err(io)? {
            items.push(item);
        }
        std::fs::remove_file(&self.path).map_err(io)?;
        Ok(items)
    }
}

fn encode(item: &Spilled, out: &mut impl Write) -> io::Result<()> {
    let lead = item.lead.as_deref().unwrap_or_default();
    out.write_all(&item.key.to_le_bytes())?;
    out.write_all(&[item.kind as u8])?;
    out.write_all(&item.completed.unwrap_or(i64::MIN).to_le_bytes())?;
    out.write_all(&(item.source as u64).to_le_bytes())?;
    out.write_all(&item.offset.to_le_bytes())?;
    for bytes in [lead.as_bytes(), &item.json] {
        out.write_all(&(bytes.len() as u64).to_le_bytes())?;
        out.write_all(bytes)?;
    }
    Ok(())
}

fn decode(input: &mut impl Read) -> io::Result<Option<Spilled>> {
    let mut word = [0; 8];
    match input.read(&mut word[..1])? {
        0 => return Ok(None),
        _ => input.read_exact(&mut word[1..])?,
    }
    let key = u64::from_le_bytes(word);
    let mut kind = [0];
    input.read_exact(&mut kind)?;
    let mut number = || -> io::Result<u64> {
        input.read_exact(&mut word)?;
        Ok(u64::from_le_bytes(word))
    };
    let completed = number()? as i64;
    let source = number()? as usize;
    let offset = number()?;
    let lead = bytes(input)?;
    let json = bytes(input)?;
    let kind = Kind::ALL.get(usize::from(kind[0])).copied().unwrap_or(Kind::Unknown);
    let lead = String::from_utf8(lead).unwrap_or_default();
    Ok(Some(Spilled {
        key,
        kind,
        lead: (!lead.is_empty()).then(|| lead.into()),
        completed: (completed != i64::MIN).then_some(completed),
        source,
        offset,
        json,
    }))
}

fn bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut word = [0; 8];
    input.read_exact(&mut word)?;
    let mut bytes = vec![0; u64::from_le_bytes(word) as usize];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}
