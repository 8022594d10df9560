//! Taking the values of a file. It must not know which file it is.

use crate::close::{Field, Record};
use crate::event;
use std::borrow::Cow;

/// Takes a text; empty when there is none.
pub(super) fn taken<'a>(record: &Record<'a>, field: Field) -> Cow<'a, str> {
    record.take(field).unwrap_or_default()
}

/// Takes a size in bytes; what is no number goes to the archive.
pub(super) fn declared_size(record: &Record<'_>, field: Field) -> Option<u64> {
    let size = record.take_as(field, |raw| raw.trim().parse().map_err(|_| event::UNFIT));
    size.and_then(Result::ok)
}

/// A `Content-Id` without its brackets.
pub(super) fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

/// Fit to be a part of an id.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && text.bytes().all(|b| b.is_ascii_graphic())
}
