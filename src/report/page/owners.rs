//! Who is named in the export, and who is missing in the workspace. It must not show anybody `owners.csv` does not.

use super::text::{Book, Figure, Quoted};
use crate::error::Result;
use crate::report::Summary;

/// See the module's head.
pub(super) struct Owners {
    pub people: Figure,
    pub missing: Figure,
    pub waiting: Figure,
    /// The members of the workspace are known.
    pub known: bool,
    pub rows: Vec<Row>,
    /// There are more than the page shows.
    pub more: bool,
}

/// One person.
pub(super) struct Row {
    pub name: Quoted,
    pub email: Quoted,
    pub status: &'static str,
    pub owns: Figure,
    pub created: Figure,
    pub edited: Figure,
    pub in_custom_fields: Figure,
    pub member: Quoted,
    /// No member, though the members are known.
    pub missing: bool,
}

impl Owners {
    pub fn new(book: &Book, summary: &Summary) -> Result<Self> {
        let owners = &summary.owners;
        let at = |key: &str| book.at(&["owners", key]);
        let rows = owners.lines.iter().enumerate().map(|(n, line)| {
            let figure = |key: &str| book.at(&["owners", "lines", &n.to_string(), key]);
            let name = if line.name.is_empty() { &line.close_id } else { &line.name };
            Ok(Row {
                name: Quoted::new(name),
                email: Quoted::cut(&line.email, 48),
                status: line.status,
                owns: figure("owns")?,
                created: figure("created")?,
                edited: figure("edited")?,
                in_custom_fields: figure("in_custom_fields")?,
                missing: line.workspace_member == "missing",
                member: Quoted::cut(&line.workspace_member, 48),
            })
        });
        Ok(Self {
            people: at("people")?,
            missing: at("missing")?,
            waiting: at("waiting")?,
            known: owners.members_known,
            rows: rows.collect::<Result<_>>()?,
            more: owners.people > owners.lines.len() as u64,
        })
    }
}
