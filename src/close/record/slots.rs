//! The known values of one record, by field, each with its mark. Small tables without an allocation a
//! field: which fields are there is a bit each. It must not know what stands under a field.

use super::Mark;
use crate::close::shape::Field;
use crate::read::Node;
use std::cell::Cell;

/// No shape has more keys (a test of [`crate::close::shape`] sees to it).
pub const MAX_FIELDS: usize = 64;

/// A value and its mark.
#[derive(Clone, Debug)]
pub(super) struct Slot<'a> {
    pub value: &'a [Node<'a>],
    pub mark: Cell<Mark>,
}

impl<'a> Slot<'a> {
    #[inline]
    pub fn new(value: &'a [Node<'a>]) -> Self {
        Self { value, mark: Cell::new(Mark::None) }
    }
}

/// A set of fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields(u64);

impl Fields {
    #[inline]
    fn bit(field: Field) -> u64 {
        1_u64.checked_shl(u32::from(field.0)).unwrap_or_default()
    }

    #[inline]
    pub fn has(self, field: Field) -> bool {
        self.0 & Self::bit(field) != 0
    }

    #[inline]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub fn set(&mut self, field: Field, on: bool) {
        self.0 = if on { self.0 | Self::bit(field) } else { self.0 & !Self::bit(field) };
    }

    #[inline]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// In the order of the shape.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Field> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let at = rest.trailing_zeros();
            rest &= rest.checked_sub(1)?;
            Some(Field(at as u8))
        })
    }
}

/// See the module's head.
#[derive(Clone, Debug)]
pub(super) struct Slots<'a> {
    there: Fields,
    /// Fields that have a place in `list`, there or not.
    placed: Fields,
    place: [u8; MAX_FIELDS],
    list: Vec<Slot<'a>>,
}

impl<'a> Slots<'a> {
    /// Room for `n` values.
    pub fn with_capacity(n: usize) -> Self {
        let (there, placed) = (Fields::default(), Fields::default());
        Self { there, placed, place: [0; MAX_FIELDS], list: Vec::with_capacity(n.min(MAX_FIELDS)) }
    }

    /// How many values there are or were.
    #[inline]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// The fields that are there.
    #[inline]
    pub fn fields(&self) -> Fields {
        self.there
    }

    #[inline]
    pub fn get(&self, field: Field) -> Option<&Slot<'a>> {
        if !self.there.has(field) {
            return None;
        }
        self.list.get(usize::from(*self.place.get(usize::from(field.0))?))
    }

    /// Fields and slots in the order of the shape.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Slot<'a>)> {
        self.there.iter().filter_map(|field| Some((field, self.get(field)?)))
    }

    #[inline]
    pub fn set(&mut self, field: Field, slot: Slot<'a>) {
        let Some(place) = self.place.get_mut(usize::from(field.0)) else { return };
        let old = self.list.get_mut(usize::from(*place)).filter(|_| self.placed.has(field));
        if let Some(old) = old {
            *old = slot;
        } else {
            *place = self.list.len() as u8;
            self.list.push(slot);
        }
        self.placed.set(field, true);
        self.there.set(field, true);
    }

    pub fn take(&mut self, field: Field) -> Option<Slot<'a>> {
        let slot = self.get(field).cloned()?;
        self.there.set(field, false);
        Some(slot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use simd_json::StaticNode;

    #[test]
    fn fields_come_in_the_order_of_the_shape() {
        let null = [Node::Static(StaticNode::Null)];
        let mut slots = Slots::with_capacity(4);
        for at in [63, 5, 0, 40, 5] {
            slots.set(Field(at), Slot::new(&null));
        }
        slots.take(Field(40));
        slots.set(Field(64), Slot::new(&null));
        assert!(slots.take(Field(40)).is_none() && slots.get(Field(64)).is_none());
        assert_eq!(slots.iter().map(|(f, _)| f.0).collect::<Vec<_>>(), [0, 5, 63]);
        slots.set(Field(40), Slot::new(&null));
        assert_eq!(slots.list.len(), 4);
        assert!(slots.get(Field(40)).is_some());
    }
}
