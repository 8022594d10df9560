//! Names of members of archives: only names for reports, never paths on this machine. It must not
//! touch a disk.

use super::source::Reason;
use std::hash::BuildHasher;

const CLIMBS: Reason = Reason {
    code: "C2T-S011",
    why: "its name leads out of the archive, holds a NUL or is longer than 4,096 bytes: pack it again under a plain name",
};
const ROOTED: Reason = Reason {
    code: "C2T-S012",
    why: "its name in the archive begins at the root of a disk: it is read under its name below that, and nothing is written there",
};

/// Longer names are no names; they would cost memory for nothing.
const MAX_NAME: usize = 4096;
/// What is shown of them.
const SHOWN: usize = 100;

/// A member's name, judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// As it should be, with `/` between folders.
    Plain(String),
    /// Read, and remarked.
    Rooted(String, Reason),
    /// Left out.
    Unsafe(String, Reason),
    /// Hidden, or what a Mac adds: left out without a word, as in folders.
    Hidden,
}

/// Judges a name as it stands in an archive.
pub(super) fn clean(raw: &[u8]) -> Name {
    if raw.len() > MAX_NAME {
        let shown = String::from_utf8_lossy(&raw[..SHOWN]).replace(char::is_control, "\u{fffd}");
        return Name::Unsafe(shown + "…", CLIMBS);
    }
    let text = String::from_utf8_lossy(raw).replace('\\', "/");
    let shown = text.replace(char::is_control, "\u{fffd}");
    if raw.contains(&0) || text.split('/').any(|part| part == "..") {
        return Name::Unsafe(shown, CLIMBS);
    }
    let mut drive = text.chars();
    let has_drive =
        drive.next().is_some_and(|c| c.is_ascii_alphabetic()) && drive.next() == Some(':');
    let rooted = text.starts_with('/') || has_drive;
    let below = if has_drive { shown.get(2..).unwrap_or_default() } else { &shown };
    let parts: Vec<&str> =
        below.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.iter().any(|part| part.starts_with('.') || *part == "__MACOSX") {
        return Name::Hidden;
    }
    let mut name = parts.join("/");
    if text.ends_with('/') {
        name.push('/');
    }
    if rooted { Name::Rooted(name, ROOTED) } else { Name::Plain(name) }
}

/// True for the name of a bundle's manifest.
pub(super) fn is_manifest(name: &str) -> bool {
    name.rsplit('/').next() == Some("manifest.json")
}

/// True for the first bytes of the manifest of a bundle that this program wrote.
pub(super) fn is_bundle(manifest: &[u8]) -> bool {
    memchr::memmem::find(manifest, b"\"close2twenty-bundle\"").is_some()
}

/// True for what says of a folder that it holds a part of a bundle.
pub(super) fn is_part(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"\"close2twenty-part\"").is_some()
}

/// The names of one archive, by their hashes.
#[derive(Default)]
pub(super) struct Seen(hashbrown::HashSet<u64, foldhash::fast::FixedState>);

impl Seen {
    /// False for a name that was there before.
    pub(super) fn insert(&mut self, name: &str) -> bool {
        self.0.insert(foldhash::quality::FixedState::default().hash_one(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_and_cleaned() {
        let plain = |name: &str| Name::Plain(name.to_owned());
        let rooted = |name: &str| Name::Rooted(name.to_owned(), ROOTED);
        for (raw, expected) in [
            (&b"leads.json"[..], plain("leads.json")),
            (b"./a/./leads.json", plain("a/leads.json")),
            (b"a\\leads.json", plain("a/leads.json")),
            (b"folder/", plain("folder/")),
            (b"/etc/leads.json", rooted("etc/leads.json")),
            (b"C:\\x\\leads.json", rooted("x/leads.json")),
            (b"gr\xfcn.json", plain("gr\u{fffd}n.json")),
            (b"__MACOSX/._leads.json", Name::Hidden),
            (b"a/.DS_Store", Name::Hidden),
        ] {
            assert_eq!(clean(raw), expected, "{}", String::from_utf8_lossy(raw));
        }
        for raw in
            [&b"../x"[..], b"a/../../x", b"a\\..\\x", b"..", b"/..", b"x\0.json", &[b'x'; 5000]]
        {
            assert!(matches!(clean(raw), Name::Unsafe(..)), "{}", String::from_utf8_lossy(raw));
        }
    }
}
