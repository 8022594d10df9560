//! All leads, or all contacts, oldest first: the position of each is its number, by which the plan's other
//! parts refer to it. It must not decide anything.

use super::leads::Lead;
use super::people::Contact;
use crate::survey::texts::{Ids, Number, Span, Texts};
use std::ops::{Index, IndexMut};

/// See the module's head.
#[derive(Debug)]
pub struct Roster<T> {
    ids: Ids,
    texts: Texts,
    all: Vec<T>,
}

impl<T> Roster<T> {
    /// A list whose ids have the numbers of the entries.
    pub(super) fn new(ids: Ids, texts: Texts, mut all: Vec<T>) -> Self {
        debug_assert_eq!(ids.len(), all.len());
        all.shrink_to_fit();
        Self { ids, texts, all }
    }

    /// Gives up all texts but those that `each` keeps; it gets them under new spans.
    pub(super) fn keep_texts(&mut self, each: impl Fn(&mut T, &mut dyn FnMut(Span) -> Span)) {
        let (old, mut new) = (std::mem::take(&mut self.texts), Texts::default());
        for one in &mut self.all {
            each(one, &mut |span| new.add(old.get(span)));
        }
        new.finish();
        self.texts = new;
    }

    /// The number of the one with this Close id.
    pub fn find(&self, id: &str) -> Option<Number> {
        self.ids.find(id)
    }

    /// The one with this Close id.
    pub fn get(&self, id: &str) -> Option<&T> {
        self.all.get(self.find(id)?.at())
    }

    /// The Close id of a number.
    pub fn id(&self, number: Number) -> &str {
        self.ids.text(number)
    }

    /// A text of an entry.
    pub fn text(&self, span: Span) -> &str {
        self.texts.get(span)
    }

    /// All with their numbers, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (Number, &T)> {
        self.all.iter().enumerate().map(|(at, one)| (Number::new(at), one))
    }

    /// All, oldest first.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.all.iter()
    }

    /// All, to be changed.
    pub(super) fn values_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.all.iter_mut()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.ids.bytes() + self.texts.bytes() + self.all.capacity() * size_of::<T>()
    }
}

impl Roster<Lead> {
    /// The name of a lead.
    pub fn name(&self, number: Number) -> &str {
        self.text(self[number].name)
    }
}

impl Roster<Contact> {
    /// The name of a contact.
    pub fn name(&self, number: Number) -> &str {
        self.text(self[number].name)
    }
}

impl<T> Index<Number> for Roster<T> {
    type Output = T;

    fn index(&self, number: Number) -> &T {
        &self.all[number.at()]
    }
}

impl<T> IndexMut<Number> for Roster<T> {
    fn index_mut(&mut self, number: Number) -> &mut T {
        &mut self.all[number.at()]
    }
}
