//! Many short texts in little memory: one after another in one buffer, known by where they stand, and
//! ids by number. An owned text costs a pointer, a length and an allocation each; a span costs eight
//! bytes, a number four. It must not know what the texts mean.

use super::hash;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::num::{NonZeroU32, NonZeroU64};

/// A position in four bytes, also where there may be none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(NonZeroU32);

impl Number {
    /// The number of a position; all beyond the 4,294,967,294th are the same.
    pub fn new(at: usize) -> Self {
        Self(NonZeroU32::MIN.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// The position.
    pub fn at(self) -> usize {
        self.0.get() as usize - 1
    }
}

/// Neighbours in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    first: Number,
    len: u32,
}

impl Run {
    /// Appends `items` to a list, as neighbours.
    pub fn push<T>(list: &mut Vec<T>, items: impl IntoIterator<Item = T>) -> Self {
        let first = list.len();
        list.extend(items);
        Self { first: Number::new(first), len: (list.len() - first) as u32 }
    }

    /// The items.
    pub fn of<T>(self, list: &[T]) -> &[T] {
        let first = self.first.at();
        list.get(first..first + self.len as usize).unwrap_or_default()
    }
}

/// Where a text stands in its [`Texts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span(NonZeroU64);

/// Bits of a span's length. A text comes from one record, and these are smaller; 36 bits are left for
/// where it stands, more than fits into memory.
const LENGTH: u32 = 28;

impl Span {
    /// No characters.
    pub const EMPTY: Self = Self(NonZeroU64::MIN);

    fn new(start: usize, len: usize) -> Self {
        Self(NonZeroU64::MIN.saturating_add((start as u64) << LENGTH | len as u64))
    }

    fn start(self) -> usize {
        ((self.0.get() - 1) >> LENGTH) as usize
    }

    fn len(self) -> usize {
        ((self.0.get() - 1) & ((1 << LENGTH) - 1)) as usize
    }
}

/// Texts one after another.
#[derive(Debug, Default)]
pub struct Texts(String);

impl Texts {
    /// Adds a text.
    pub fn add(&mut self, text: &str) -> Span {
        let text = &text[..text.floor_char_boundary((1 << LENGTH) - 1)];
        if text.is_empty() {
            return Span::EMPTY;
        }
        let start = self.0.len();
        self.0.push_str(text);
        Span::new(start, text.len())
    }

    /// A text that was added.
    pub fn get(&self, span: Span) -> &str {
        self.0.get(span.start()..span.start() + span.len()).unwrap_or_default()
    }

    /// Gives back what is reserved for more.
    pub fn finish(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.0.capacity()
    }
}

/// Different ids, by number in the order in which they came.
#[derive(Debug, Default)]
pub struct Ids {
    texts: Texts,
    spans: Vec<Span>,
    numbers: HashTable<Number>,
}

impl Ids {
    /// The number of an id; a new one when it was not known.
    pub fn number(&mut self, id: &str) -> Number {
        let Self { texts, spans, numbers } = self;
        let text = |number: &Number| spans.get(number.at()).map_or("", |span| texts.get(*span));
        match numbers.entry(hash(id), |known| text(known) == id, |known| hash(text(known))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let number = Number::new(spans.len());
                place.insert(number);
                spans.push(texts.add(id));
                number
            }
        }
    }

    /// The number of an id that is known. Hashes only point at candidates: the texts are compared.
    pub fn find(&self, id: &str) -> Option<Number> {
        self.numbers.find(hash(id), |known| self.text(*known) == id).copied()
    }

    /// An id.
    pub fn text(&self, number: Number) -> &str {
        self.spans.get(number.at()).map_or("", |span| self.texts.get(*span))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Numbers the ids anew, in this order; those that are not in it are known no more. Answers the new
    /// number of each old one.
    pub fn renumber(&mut self, order: impl Iterator<Item = Number>) -> Vec<Option<Number>> {
        let mut new = vec![None; self.spans.len()];
        let mut spans = Vec::with_capacity(order.size_hint().0);
        for old in order {
            if let (Some(new), Some(span)) = (new.get_mut(old.at()), self.spans.get(old.at())) {
                *new = Some(Number::new(spans.len()));
                spans.push(*span);
            }
        }
        self.numbers.retain(|number| match new.get(number.at()).copied().flatten() {
            Some(new) => {
                *number = new;
                true
            }
            None => false,
        });
        self.spans = spans;
        self.finish();
        new
    }

    /// Gives back what is reserved for more.
    pub fn finish(&mut self) {
        self.spans.shrink_to_fit();
        self.texts.finish();
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.texts.bytes()
            + self.spans.capacity() * size_of::<Span>()
            + self.numbers.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    #[test]
    fn nothing_costs_no_more_than_something() {
        assert_eq!((size_of::<Option<Number>>(), size_of::<Option<Span>>()), (4, 8));
        assert_eq!(size_of::<Option<Run>>(), 8);
    }

    #[test]
    fn texts_and_runs_come_back() {
        let mut texts = Texts::default();
        let spans = ["", "ä", "", "lead_1"].map(|text| texts.add(text));
        assert_eq!(spans.map(|span| texts.get(span)), ["", "ä", "", "lead_1"]);
        assert_eq!(spans[0], Span::EMPTY);
        let mut list = Vec::new();
        let runs = [&[1, 2][..], &[], &[3]].map(|items| Run::push(&mut list, items.to_vec()));
        assert_eq!(runs.map(|run| run.of(&list)), [&[1, 2][..], &[], &[3]]);
    }

    #[test]
    fn the_ends_of_a_span_are_kept_apart() {
        let span = Span::new((1 << 36) - 2, (1 << LENGTH) - 1);
        assert_eq!((span.start(), span.len()), ((1 << 36) - 2, (1 << LENGTH) - 1));
    }

    proptest! {
        #[test]
        fn ids_are_known_by_the_number_they_got(
            ids in prop::collection::vec("[ab]{0,3}", 0..40),
            kept in prop::collection::vec(0..15_usize, 0..15),
        ) {
            let mut numbers = Ids::default();
            let mut plain: Vec<String> = Vec::new();
            for id in ids {
                let at = plain.iter().position(|known| *known == id).unwrap_or_else(|| {
                    plain.push(id.clone());
                    plain.len() - 1
                });
                prop_assert_eq!(numbers.number(&id).at(), at);
            }
            let mut order: Vec<usize> = Vec::new();
            for at in kept.into_iter().filter(|at| *at < plain.len()) {
                if !order.contains(&at) {
                    order.push(at);
                }
            }
            let new = numbers.renumber(order.iter().map(|at| Number::new(*at)));
            for (old, id) in plain.iter().enumerate() {
                let at = order.iter().position(|kept| *kept == old);
                prop_assert_eq!(new[old].map(Number::at), at);
                prop_assert_eq!(numbers.find(id).map(Number::at), at);
                if let Some(at) = at {
                    prop_assert_eq!(numbers.text(Number::new(at)), id);
                }
            }
        }
    }
}
