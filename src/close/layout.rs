//! Shapes at their places: every path a record of each kind can have, numbered once, so that counting
//! needs no strings. It must not know a single key.

use super::kind::Kind;
use super::shape::{Field, Form, Shape, shape};
use hashbrown::HashMap;
use std::sync::LazyLock;

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
}

impl Layout {
    /// The field called `key`.
    pub fn find(&self, key: &str) -> Option<Field> {
        self.lookup.get(key).copied().map(Field)
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
    let lookup = shape.keys.iter().enumerate().map(|(i, key)| (key.name, i as u8)).collect();
    Layout { shape, base, nested, lookup }
}
