//! What a file is, by its first bytes and never by its name (`close-format.md` §1.1, §1.4). It must
//! not open anything.

use super::source::Reason;
use super::tar;

/// Bytes looked at to recognise a file.
pub(super) const SNIFF: usize = 64 * 1024;

/// What a file's first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Something that begins like JSON.
    Json,
    /// Something packed with gzip.
    Gzip,
    /// A tar.
    Tar,
    /// A zip.
    Zip,
    /// Nothing that can be converted, and why.
    Not(Reason),
}

const EMPTY: Reason = Reason { code: "C2T-S001", why: "the file is empty" };
const CSV: Reason = Reason {
    code: "C2T-S002",
    why: "this is a CSV export, which has no activity history: export again as JSON with activities",
};
/// Positions in place of records.
pub(super) const BACKUP: Reason = Reason {
    code: "C2T-S003",
    why: "this file was written by closeio-backup with a known defect: it holds list positions, no records; export again",
};
const NOT_JSON: Reason = Reason { code: "C2T-S004", why: "this is no JSON" };
const HTML: Reason = Reason {
    code: "C2T-S006",
    why: "this is a web page, probably an error page saved by a downloader: download again",
};
const UTF16: Reason = Reason {
    code: "C2T-S008",
    why: "the file is encoded in UTF-16; save it as UTF-8, as Close delivers it",
};
const OTHER_ARCHIVE: Reason = Reason {
    code: "C2T-S024",
    why: "this is packed in a way that is not read here: unpack it, or pack it as zip or tar.gz",
};

/// Signs of archives and compressions that are not read: bzip2, xz, zstd, 7z, rar.
const OTHERS: &[&[u8]] =
    &[b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07"];
/// Signs of a zip: an entry, the end of one without entries, the first of several parts.
const ZIP: &[&[u8]] = &[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

/// A tar without members is two blocks of zeros, mostly filled up to twenty.
const EMPTY_TAR: std::ops::RangeInclusive<usize> = 1024..=10_240;

/// Says what a file is, from its first [`SNIFF`] bytes, or all it has.
pub(super) fn content(sniff: &[u8]) -> Content {
    let text = sniff.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sniff).trim_ascii_start();
    let starts = |signs: &[&[u8]]| signs.iter().any(|sign| sniff.starts_with(sign));
    match text.first() {
        _ if sniff.starts_with(b"\x1f\x8b") => Content::Gzip,
        _ if starts(ZIP) => Content::Zip,
        _ if tar::is_header(sniff) => Content::Tar,
        _ if sniff.starts_with(b"\xff\xfe") || sniff.starts_with(b"\xfe\xff") => {
            Content::Not(UTF16)
        }
        None => Content::Not(EMPTY),
        Some(b'[') if is_backup_defect(text) => Content::Not(BACKUP),
        Some(b'{' | b'[') => Content::Json,
        Some(b'<') => Content::Not(HTML),
        _ if starts(OTHERS) => Content::Not(OTHER_ARCHIVE),
        Some(0) if EMPTY_TAR.contains(&sniff.len()) && sniff.iter().all(|byte| *byte == 0) => {
            Content::Tar
        }
        _ if is_csv(text) => Content::Not(CSV),
        _ => Content::Not(NOT_JSON),
    }
}

/// Positions in place of records (`close-format.md` §1.3, known-bad input): `[`, then nothing but
/// numbers and commas, the first of which has no number before it.
fn is_backup_defect(text: &[u8]) -> bool {
    let inside = text[1..].trim_ascii_start();
    let Some(rest) = inside.strip_prefix(b",") else { return false };
    let rest = rest.trim_ascii();
    rest.first().is_some_and(u8::is_ascii_digit)
        && rest
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_whitespace() || matches!(b, b',' | b']'))
}

/// A header line of comma-separated words.
fn is_csv(text: &[u8]) -> bool {
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let printable =
        std::str::from_utf8(line).is_ok_and(|l| !l.trim_end().contains(char::is_control));
    let columns = line.split(|b| *b == b',' || *b == b';').count();
    let lower = line.to_ascii_lowercase();
    let known = [&b"id"[..], b"lead", b"name", b"status", b"email", b"contact"];
    printable && columns > 2 && known.iter().any(|w| memchr::memmem::find(&lower, w).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognises_content_whatever_the_name() {
        for (bytes, expected) in [
            (&b"[{\"id\":\"lead_1\"}]"[..], Content::Json),
            (b"\xef\xbb\xbf {\"data\":[]}", Content::Json),
            (b"\x1f\x8b\x08", Content::Gzip),
            (b"PK\x03\x04", Content::Zip),
            (b"PK\x05\x06\0\0", Content::Zip),
            (b"", Content::Not(EMPTY)),
            (b" \n ", Content::Not(EMPTY)),
            (b"[\n,0,1\n]", Content::Not(BACKUP)),
            (b"[\n,0\n,1\n,", Content::Not(BACKUP)),
            (b"[,{\"id\":\"lead_1\"}]", Content::Json),
            (b"id,display_name,status_label\nlead_1,x,y\n", Content::Not(CSV)),
            (b"<!DOCTYPE html>", Content::Not(HTML)),
            (b"\x89PNG\r\n\x1a\n", Content::Not(NOT_JSON)),
            (b"7z\xbc\xaf\x27\x1c", Content::Not(OTHER_ARCHIVE)),
            (b"hello, this is not it", Content::Not(NOT_JSON)),
            (&[0; 1024], Content::Tar),
            (&[0; 100], Content::Not(NOT_JSON)),
        ] {
            assert_eq!(content(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
