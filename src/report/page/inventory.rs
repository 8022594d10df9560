//! What is rebuilt by hand: how much of each sort, and its names. It must not say how: `inventory.md` does.

use super::text::{Book, Figure, Quoted};
use crate::error::Result;
use crate::report::Summary;

/// See the module's head.
pub(super) struct Inventory {
    pub rows: Vec<Row>,
}

/// One sort of settings.
pub(super) struct Row {
    pub sort: &'static str,
    pub count: Figure,
    pub names: Vec<Quoted>,
    /// There are more than are named.
    pub more: bool,
}

impl Inventory {
    pub fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let rows = summary.inventory.iter().enumerate().map(|(at, line)| {
            Ok(Row {
                sort: line.sort,
                count: book.at(&["inventory", &at.to_string(), "count"])?,
                names: line.names.iter().map(|name| Quoted::cut(name, 80)).collect(),
                more: !line.names.is_empty() && line.count > line.names.len() as u64,
            })
        });
        Ok(Self { rows: rows.collect::<Result<_>>()? })
    }
}
