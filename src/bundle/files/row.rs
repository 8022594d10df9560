//! A line of `files.csv`. It must not judge.

use super::judge::{Facts, Types, extension};
use crate::event::Notice;
use crate::plan::files::{How, Role};
use crate::read::split::hex;
use crate::transform::{Reference, encode};
use crate::twenty::{file, id};
use std::borrow::Cow;
use twox_hash::XxHash3_64;

/// The columns, in order.
const HEAD: [&str; 31] = [
    "id",
    "close_id",
    "path",
    "name",
    "content_type",
    "declared_type",
    "type_by_extension",
    "type_by_content",
    "types",
    "bytes",
    "declared_bytes",
    "sha256",
    "uploaded_at",
    "role",
    "category",
    "task",
    "note",
    "person",
    "company",
    "opportunity",
    "object",
    "object_id",
    "status",
    "code",
    "how",
    "source",
    "url",
    "content_id",
    "owner",
    "refers",
    "why",
];
/// Columns that say how a file was found, and nothing that would change in Twenty.
const UNREMEMBERED: [&str; 5] = ["path", "how", "source", "refers", "why"];

/// Everything a line says.
pub(super) struct Made<'m> {
    pub reference: &'m Reference,
    pub refers: &'m [String],
    pub name: &'m str,
    pub types: &'m Types,
    pub facts: Option<&'m Facts>,
    pub why: Option<Notice>,
    pub flags: &'m [Notice],
    pub path: &'m str,
    pub source: &'m str,
}

pub(super) fn head(out: &mut Vec<u8>) {
    encode(HEAD.into_iter(), out);
}

/// What became of a reference, in one word.
pub(super) fn status(why: Option<Notice>) -> &'static str {
    match why {
        None => "attached",
        // The codes below A010 say that there is no file.
        Some(why) if why.code < "C2T-A010" => "missing",
        Some(_) => "rejected",
    }
}

impl Made<'_> {
    /// The cells, in the order of the columns.
    pub fn cells(&self) -> Vec<Cow<'_, str>> {
        let r = self.reference;
        let t = &r.targets;
        let good = self.facts.filter(|_| self.why.is_none());
        let codes: Vec<&str> = self.why.iter().chain(self.flags).map(|n| n.code).collect();
        let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
        let mut uuid = Vec::with_capacity(36);
        id::push(&mut uuid, id::record_id(&r.key));
        vec![
            String::from_utf8(uuid).unwrap_or_default().into(),
            (&*r.key).into(),
            self.path.into(),
            self.name.into(),
            (&*self.types.chosen).into(),
            (&*r.declared_type).into(),
            self.types.by_extension.into(),
            self.types.by_content.into(),
            self.types.verdict.into(),
            number(self.facts.map(|facts| facts.bytes)).into(),
            number(r.size).into(),
            good.and_then(|facts| facts.sha256).map_or_else(String::new, |hash| hex(&hash)).into(),
            (&*r.at).into(),
            r.role.map_or("", Role::word).into(),
            file::category(&self.types.chosen).into(),
            (&*t.task).into(),
            (&*t.note).into(),
            (&*t.person).into(),
            (&*t.company).into(),
            (&*t.opportunity).into(),
            (&*t.object).into(),
            (&*t.object_id).into(),
            status(self.why).into(),
            codes.join(" ").into(),
            r.how.map_or("", How::word).into(),
            self.source.into(),
            (&*r.url).into(),
            (&*r.content_id).into(),
            (&*r.owner).into(),
            self.refers.join(" ").into(),
            self.why.map_or("", |why| why.why).into(),
        ]
    }
}

/// A hash of what the line says, by the same rule as for rows of CSV files: a new column changes nothing
/// for lines that leave it empty. Stored in bundles: it must never change.
pub(super) fn digest(cells: &[Cow<'_, str>]) -> u64 {
    let filled = HEAD
        .iter()
        .zip(cells)
        .filter(|(head, cell)| !cell.is_empty() && !UNREMEMBERED.contains(*head));
    let hashes = filled.map(|(head, cell)| {
        let seed = XxHash3_64::oneshot(head.as_bytes());
        XxHash3_64::oneshot_with_seed(seed, cell.as_bytes())
    });
    let sum = hashes.fold(0_u64, u64::wrapping_add);
    XxHash3_64::oneshot_with_seed(0, &sum.to_le_bytes())
}

/// The extension a content is stored under: that of its name, unless the bytes say otherwise.
pub(super) fn stored_ending(name: &str, facts: Option<&Facts>, types: &Types) -> String {
    let own = extension(name);
    let known = facts.map_or("", |facts| facts.content.extension());
    if types.verdict == "name-differs" || own.is_empty() { known.to_owned() } else { own }
}

/// Where a content stands in the bundle.
pub(super) fn place(sha256: &[u8; 32], ending: &str) -> String {
    let hash = hex(sha256);
    let folder = hash.get(..2).unwrap_or_default();
    let dot = if ending.is_empty() { "" } else { "." };
    format!("files/{folder}/{hash}{dot}{ending}")
}
