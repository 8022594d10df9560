//! Who is named anywhere in the export, how, and how often (design §8). The same id carries
//! different names over time (`close-format.md` §2.3): the latest counts. It must not match users
//! with workspace members.

use super::Map;
use crate::close::Kind;
use crate::close::keys::same;

/// In what part a record names a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Owner, assignee, or whoever did it.
    Owner,
    /// Who made the record.
    Creator,
    /// Who changed it last.
    Editor,
    /// Value of a custom field.
    CustomValue,
}

/// What is known of one user from the records.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// The name in the record with the latest date.
    pub name: Box<str>,
    /// That date, in microseconds.
    pub at: i64,
    /// How often, by kind and role.
    pub counts: Map<(Kind, Role), u64>,
}

/// See the module's head. Beside everybody stands the position of whoever was named last: mostly the
/// same person is named next.
#[derive(Clone, Debug, Default)]
pub struct Users(pub Map<Box<str>, Named>, usize);

impl Users {
    /// Notes that a record names a user.
    pub fn see(&mut self, id: &str, name: Option<&str>, at: i64, kind: Kind, role: Role) {
        let last = self.0.get_index(self.1).filter(|(known, _)| same(known, id));
        if last.is_none() {
            self.1 = self.0.get_index_of(id).unwrap_or_else(|| {
                self.0.insert_full(id.into(), Named { at: i64::MIN, ..Named::default() }).0
            });
        }
        let Some((_, user)) = self.0.get_index_mut(self.1) else { return };
        *user.counts.entry((kind, role)).or_default() += 1;
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            user.rename(name, at);
        }
    }

    /// Adds another part's findings.
    pub fn absorb(&mut self, other: Self) {
        for (id, theirs) in other.0 {
            let mine =
                self.0.entry(id).or_insert_with(|| Named { at: i64::MIN, ..Named::default() });
            for (key, n) in theirs.counts {
                *mine.counts.entry(key).or_default() += n;
            }
            if !theirs.name.is_empty() {
                mine.rename(&theirs.name, theirs.at);
            }
        }
    }
}

impl Named {
    /// The later name stands; of two at the same time, the first in the alphabet.
    fn rename(&mut self, name: &str, at: i64) {
        let same_time = at == self.at && (self.name.is_empty() || *name < *self.name);
        if *name == *self.name {
            self.at = at.max(self.at);
        } else if at > self.at || same_time || self.name.is_empty() {
            (self.name, self.at) = (name.into(), at.max(self.at));
        }
    }
}
