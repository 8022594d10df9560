//! Shapes at their places: every path a record of each kind can have, numbered once, so that counting
//! needs no strings. It must not know a single key.

use super::common::Common;
use super::keys::same;
use super::kind::Kind;
use super::shape::{Field, Form, Shape, shape};
use hashbrown::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// No field.
const NONE: u8 = u8::MAX;

/// A shape at one place: numbered paths, for counting without strings.
#[derive(Debug)]
pub struct Layout {
    /// The keys.
    pub shape: &'static Shape,
    /// Path number of the first key.
    pub base: usize,
    /// Layouts of the nested shapes, by field.
    pub nested: Vec<Option<Layout>>,
    lookup: HashMap<&'static str, u8, foldhash::fast::FixedState>,
    /// The fields of the common keys.
    common: Vec<Option<Field>>,
    /// By field: the one that stood behind it when it was first looked up. A guess, which spares the
    /// hashing as long as an export keeps one order of keys; it never changes what is found.
    behind: Vec<AtomicU8>,
}

/// A place in an object: behind which known key it is.
#[derive(Clone, Copy, Debug)]
pub struct Cursor(u8);

impl Layout {
    /// The field called `key`.
    pub fn find(&self, key: &str) -> Option<Field> {
        self.lookup.get(key).copied().map(Field)
    }

    /// The field of a key that many types have.
    #[inline]
    pub fn common(&self, key: Common) -> Option<Field> {
        self.common.get(key as usize).copied().flatten()
    }

    /// The key of a field.
    #[inline]
    pub fn key(&self, field: Field) -> &'static str {
        self.shape.keys.get(usize::from(field.0)).map_or("", |key| key.name)
    }

    /// What stands under a field.
    #[inline]
    pub fn form(&self, field: Field) -> Form {
        self.shape.keys.get(usize::from(field.0)).map_or(Form::Value, |key| key.form)
    }

    /// The layout of the objects under a field.
    #[inline]
    pub fn inner(&self, field: Field) -> Option<&Self> {
        self.nested.get(usize::from(field.0))?.as_ref()
    }

    /// The path number of a field.
    #[inline]
    pub fn path(&self, field: Field) -> usize {
        self.base + usize::from(field.0)
    }

    /// Before the first key of an object.
    #[inline]
    pub fn start(&self) -> Cursor {
        Cursor(self.shape.keys.len() as u8)
    }

    /// The field called `key`, if it is the one that usually stands here. Moves on when it is.
    #[inline]
    pub fn guess(&self, cursor: &mut Cursor, key: &str) -> Option<Field> {
        let guess = self.behind.get(usize::from(cursor.0))?.load(Ordering::Relaxed);
        self.shape.keys.get(usize::from(guess)).filter(|known| same(known.name, key))?;
        *cursor = Cursor(guess);
        Some(Field(guess))
    }

    /// The field called `key`, wherever it stands. Moves behind it.
    pub fn find_from(&self, cursor: &mut Cursor, key: &str) -> Option<Field> {
        let field = self.find(key)?;
        let behind = self.behind.get(usize::from(cursor.0));
        if let Some(guess) = behind.filter(|guess| guess.load(Ordering::Relaxed) == NONE) {
            guess.store(field.0, Ordering::Relaxed);
        }
        *cursor = Cursor(field.0);
        Some(field)
    }
}

/// Every kind's layout and the names of all numbered paths.
#[derive(Debug)]
pub struct Layouts {
    by_kind: Vec<Layout>,
    /// Kind and path of each path number: `(Contact, "emails[].email")`.
    pub paths: Vec<(Kind, String)>,
}

static LAYOUTS: LazyLock<Layouts> = LazyLock::new(|| {
    let mut paths = Vec::new();
    let by_kind =
        Kind::ALL.iter().map(|kind| number(*kind, shape(*kind), "", &mut paths)).collect();
    Layouts { by_kind, paths }
});

impl Layouts {
    /// The one instance.
    pub fn get() -> &'static Self {
        &LAYOUTS
    }

    /// The layout of a kind.
    pub fn of(kind: Kind) -> &'static Layout {
        &LAYOUTS.by_kind[kind as usize]
    }
}

fn number(
    kind: Kind,
    shape: &'static Shape,
    prefix: &str,
    paths: &mut Vec<(Kind, String)>,
) -> Layout {
    let base = paths.len();
    paths.extend(shape.keys.iter().map(|key| (kind, format!("{prefix}{}", key.name))));
    let nested = shape.keys.iter().map(|key| match key.form {
        Form::List(inner) => Some(number(kind, inner, &format!("{prefix}{}[].", key.name), paths)),
        Form::Object(inner) => Some(number(kind, inner, &format!("{prefix}{}.", key.name), paths)),
        _ => None,
    });
    let nested = nested.collect();
    let lookup: HashMap<_, _, _> =
        shape.keys.iter().enumerate().map(|(i, key)| (key.name, i as u8)).collect();
    let common = Common::ALL.iter().map(|key| lookup.get(key.key()).copied().map(Field)).collect();
    let behind = (0..=shape.keys.len()).map(|_| AtomicU8::new(NONE)).collect();
    Layout { shape, base, nested, lookup, common, behind }
}
