//! The members of a tar, one after another from a stream: their names, what they are, and where their
//! bytes lie. It must not read the members' bytes, and holds one header at a time.

use super::feed::Feed;
use std::io::{self, Read};
use tar::{EntryType, Header, PaxExtensions};

/// Headers and the bytes of members stand in blocks of this size.
const BLOCK: u64 = 512;
/// A longer name or list of attributes is no name.
const MAX_EXTENSION: u64 = 1 << 20;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberKind {
    /// Bytes.
    File,
    /// A folder.
    Folder,
    /// A symbolic or hard link.
    Link,
    /// A file with holes, stored without them.
    Sparse,
    /// A device, a pipe or something else that no export holds.
    Special,
}

/// One member.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Its name as it stands there: it may be absolute, or climb with `..`.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: MemberKind,
    /// Where its bytes begin.
    pub offset: u64,
    /// How many there are.
    pub bytes: u64,
}

/// What comes next in a tar.
#[derive(Debug)]
pub(super) enum Next {
    /// A member; the feed stands at its first byte.
    Member(Member),
    /// The proper end.
    End,
    /// The tar breaks off, or what stands there is no header.
    Broken,
}

/// True for bytes that begin with the header of a member.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    let Some(block) = bytes.get(..BLOCK as usize) else { return false };
    block[0] != 0 && Header::from_byte_slice(block).cksum().is_ok_and(|sum| sum == checksum(block))
}

/// The sum of a header's bytes, those of the sum itself read as blanks.
fn checksum(block: &[u8]) -> u32 {
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u32::from(*byte)).sum::<u32>();
    sum(&block[..148]) + 8 * u32::from(b' ') + sum(&block[156..])
}

/// Where the member behind these bytes begins.
pub(super) fn behind(offset: u64, bytes: u64) -> u64 {
    offset.saturating_add(bytes).checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX)
}

/// Reads headers up to the next member.
///
/// # Errors
/// When the feed cannot be read.
pub(super) fn next(feed: &mut Feed<'_>) -> io::Result<Next> {
    let (mut name, mut size) = (None, None);
    loop {
        let block = feed.peek(BLOCK as usize)?;
        if block.is_empty() || block.iter().all(|byte| *byte == 0) {
            let end = block.is_empty() || block.len() == BLOCK as usize;
            return Ok(if end && name.is_none() { Next::End } else { Next::Broken });
        }
        if !is_header(block) {
            return Ok(Next::Broken);
        }
        let header = Header::from_byte_slice(block).clone();
        feed.skip_to(feed.at() + BLOCK)?;
        let Ok(own_size) = header.entry_size() else { return Ok(Next::Broken) };
        let kind = header.entry_type();
        if kind.is_gnu_longname() || kind.is_gnu_longlink() || is_pax(kind) {
            let Some(text) = extension(feed, own_size)? else { return Ok(Next::Broken) };
            if kind.is_gnu_longname() {
                name = Some(text.split(|byte| *byte == 0).next().unwrap_or_default().to_vec());
            } else if kind.is_pax_local_extensions() {
                (name, size) = pax(&text, name, size);
            }
            continue;
        }
        let bytes = size.unwrap_or(own_size);
        let kind = member_kind(kind);
        let bytes = if matches!(kind, MemberKind::File | MemberKind::Sparse) { bytes } else { 0 };
        let name = name.unwrap_or_else(|| header.path_bytes().into_owned());
        return Ok(Next::Member(Member { name, kind, offset: feed.at(), bytes }));
    }
}

fn is_pax(kind: EntryType) -> bool {
    kind.is_pax_local_extensions() || kind.is_pax_global_extensions()
}

fn member_kind(kind: EntryType) -> MemberKind {
    match kind {
        EntryType::Regular | EntryType::Continuous => MemberKind::File,
        EntryType::Directory => MemberKind::Folder,
        EntryType::Symlink | EntryType::Link => MemberKind::Link,
        EntryType::GNUSparse => MemberKind::Sparse,
        _ => MemberKind::Special,
    }
}

/// The text of an extension; `None` when it is too long or breaks off.
fn extension(feed: &mut Feed<'_>, bytes: u64) -> io::Result<Option<Vec<u8>>> {
    if bytes > MAX_EXTENSION {
        return Ok(None);
    }
    let end = behind(feed.at(), bytes);
    let mut text = Vec::new();
    feed.by_ref().take(bytes).read_to_end(&mut text)?;
    Ok((feed.skip_to(end)? && text.len() as u64 == bytes).then_some(text))
}

/// Name and size of the next member, where the attributes give them.
fn pax(
    text: &[u8],
    mut name: Option<Vec<u8>>,
    mut size: Option<u64>,
) -> (Option<Vec<u8>>, Option<u64>) {
    for attribute in PaxExtensions::new(text).flatten() {
        match attribute.key_bytes() {
            b"path" => name = Some(attribute.value_bytes().to_vec()),
            b"size" => size = attribute.value().ok().and_then(|n| n.parse().ok()).or(size),
            _ => {}
        }
    }
    (name, size)
}
