//! Where the chunks and records of one source lie, as the first pass found them: a few bytes a record.
//! It must not hold bytes of the source.

use crate::read::{Broken, Chunk, Span};

/// The chunks of one source, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cuts {
    chunks: Vec<Cut>,
    /// For each record the bytes before it, twice shifted to make room for how it is broken, and its
    /// length, as numbers of seven bits a byte.
    spans: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cut {
    /// Its length in bytes; it begins where the one before ends.
    bytes: usize,
    records: usize,
    /// Where its records begin in `spans`.
    at: usize,
}

/// One chunk to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub offset: u64,
    pub bytes: usize,
    pub records: Vec<Span>,
}

impl Cuts {
    pub fn push(&mut self, chunk: &Chunk) {
        let at = self.spans.len();
        let mut end = 0;
        for span in &chunk.records {
            let broken = match span.broken {
                None => 0,
                Some(Broken::Malformed) => 1,
                Some(Broken::Truncated) => 2,
            };
            number((span.start - end) << 2 | broken, &mut self.spans);
            number(span.end - span.start, &mut self.spans);
            end = span.end;
        }
        self.chunks.push(Cut { bytes: chunk.bytes.len(), records: chunk.records.len(), at });
    }

    /// The chunks in order.
    pub fn places(&self) -> impl Iterator<Item = Place> + '_ {
        let mut offset = 0;
        self.chunks.iter().map(move |cut| {
            let place = Place { offset, bytes: cut.bytes, records: self.records(cut) };
            offset += cut.bytes as u64;
            place
        })
    }

    fn records(&self, cut: &Cut) -> Vec<Span> {
        let mut spans = self.spans.get(cut.at..).unwrap_or_default().iter();
        let mut end = 0;
        let next = |_| {
            let gap = read(&mut spans);
            let start = end + (gap >> 2);
            end = start + read(&mut spans);
            let broken = match gap & 3 {
                0 => None,
                1 => Some(Broken::Malformed),
                _ => Some(Broken::Truncated),
            };
            Span { start, end, broken }
        };
        (0..cut.records).map(next).collect()
    }

    pub fn kept(&self) -> usize {
        self.chunks.capacity() * size_of::<Cut>() + self.spans.capacity()
    }
}

/// Appends a number, its lowest seven bits first.
fn number(mut n: usize, out: &mut Vec<u8>) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

fn read<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> usize {
    let (mut n, mut shift) = (0, 0);
    for byte in bytes {
        n |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 || shift > 56 {
            break;
        }
    }
    n
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_come_back_as_they_were(
            chunks in prop::collection::vec(
                prop::collection::vec((0_usize..300, 0_usize..100_000, 0_u8..3), 0..9), 0..5),
        ) {
            let (mut cuts, mut expected, mut offset) = (Cuts::default(), Vec::new(), 0);
            for chunk in chunks {
                let mut end = 0;
                let records: Vec<Span> = chunk.into_iter().map(|(gap, length, broken)| {
                    let start = end + gap;
                    end = start + length;
                    let kinds = [None, Some(Broken::Malformed), Some(Broken::Truncated)];
                    Span { start, end, broken: kinds[usize::from(broken)] }
                }).collect();
                let bytes = end + 1;
                let place = Place { offset, bytes, records };
                cuts.push(&Chunk {
                    bytes: vec![0; bytes],
                    records: place.records.clone(),
                    ..Chunk::default()
                });
                expected.push(place);
                offset += bytes as u64;
            }
            prop_assert_eq!(cuts.places().collect::<Vec<_>>(), expected);
        }
    }
}
