//! Whether a found file is what its reference asks for: size, checksum, and the three types compared,
//! that of Close, that of the name and that of the bytes. It must not read a file.

use super::content::{self, Content};
use crate::event::{Notice, file as notice};
use crate::plan::files::Role;
use crate::transform::Reference;
use crate::twenty::file;
use std::path::Path;

/// A text no longer than this, where a recording or picture is expected, is an answer that says what
/// went wrong.
const SHORT: u64 = 4 * 1024;

/// What reading a file came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// Bytes read, or the size where only the first were.
    pub bytes: u64,
    /// SHA-256 of the whole; none where no reference could take it.
    pub sha256: Option<[u8; 32]>,
    /// What the first bytes are.
    pub content: Content,
}

/// The types of one file, side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Types {
    /// By the extension of its name.
    pub by_extension: &'static str,
    /// By its bytes.
    pub by_content: &'static str,
    /// What they come to: the type it is given.
    pub chosen: String,
    /// `agree`, `name-differs`, `declared-differs`, `unrecognised`.
    pub verdict: &'static str,
}

/// The extension of a name in lower case, without the dot; empty when it has none.
pub(super) fn extension(name: &str) -> String {
    let extension = Path::new(name).extension().unwrap_or_default().to_string_lossy();
    let plain = !extension.is_empty() && extension.len() <= 10;
    let plain = plain && extension.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { extension.to_ascii_lowercase() } else { String::new() }
}

/// MIME type by the extension of a name; empty for an unknown one.
fn by_extension(name: &str) -> &'static str {
    match &*extension(name) {
        "" => "",
        "msg" => "application/vnd.ms-outlook",
        other => mime_guess::from_ext(other).first_raw().unwrap_or_default(),
    }
}

/// A type that says something.
fn says(mime: &str) -> bool {
    let nothing = ["", "application/octet-stream", "binary/octet-stream", "application/binary"];
    mime.contains('/') && !nothing.contains(&mime.trim().to_ascii_lowercase().as_str())
}

/// Compares the types; without a file only the two that are known.
pub(super) fn types(reference: &Reference, name: &str, facts: Option<&Facts>) -> Types {
    let named = by_extension(name);
    let declared = &*reference.declared_type;
    let first = [named, declared].into_iter().find(|mime| says(mime));
    let Some(facts) = facts else {
        let chosen = [declared, named].into_iter().find(|mime| says(mime)).unwrap_or_default();
        return Types {
            by_extension: named,
            by_content: "",
            chosen: chosen.to_owned(),
            verdict: "",
        };
    };
    let bytes = facts.content.mime();
    if bytes.is_empty() {
        let chosen = first.unwrap_or("application/octet-stream").to_owned();
        return Types { by_extension: named, by_content: "", chosen, verdict: "unrecognised" };
    }
    let fits = |mime: &str| !says(mime) || content::alike(mime, bytes);
    let verdict = match (fits(named), fits(declared)) {
        (false, _) => "name-differs",
        (true, false) => "declared-differs",
        _ => "agree",
    };
    // A container's own name says more than its bytes: a document, not a zip.
    let fitting =
        [named, declared].into_iter().find(|mime| says(mime) && content::alike(mime, bytes));
    let chosen = fitting.unwrap_or(bytes).to_owned();
    Types { by_extension: named, by_content: bytes, chosen, verdict }
}

/// Why the file is none the reference could mean.
pub(super) fn refusal(reference: &Reference, facts: &Facts) -> Option<Notice> {
    if facts.bytes == 0 {
        return Some(notice::EMPTY);
    }
    let listed = reference.sha256.as_deref();
    let same = listed.zip(facts.sha256).map(|(a, b)| a == crate::read::split::hex(&b));
    // What has the very size or checksum it should have is what Close had, whatever it looks like.
    let confirmed = reference.size == Some(facts.bytes) || same == Some(true);
    if !confirmed && is_error(reference, facts) {
        return Some(notice::ERROR_PAGE);
    }
    if reference.size.is_some_and(|size| size != facts.bytes) {
        return Some(notice::WRONG_SIZE);
    }
    (same == Some(false)).then_some(notice::WRONG_CHECKSUM)
}

/// What a type leads us to expect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// Sound, picture, document: never bare text.
    Bytes,
    /// Text without marks of its own.
    Text,
    /// A page, or anything else that may hold one.
    Page,
}

fn expected(mime: &str) -> Option<Expected> {
    let mime = mime.trim().to_ascii_lowercase();
    if !says(&mime) {
        return None;
    }
    let page = [
        "text/html",
        "application/xhtml+xml",
        "message/",
        "multipart/",
        "text/xml",
        "application/xml",
    ];
    if page.iter().any(|start| mime.starts_with(start)) || mime.ends_with("+xml") {
        return Some(Expected::Page);
    }
    if content::is_text(&mime) {
        return Some(Expected::Text);
    }
    let bytes =
        ["audio/", "video/", "image/", "application/pdf"].iter().any(|s| mime.starts_with(s));
    let bytes = bytes
        || content::alike(&mime, "application/zip")
        || content::alike(&mime, "application/x-ole-storage")
        || content::alike(&mime, "application/gzip");
    bytes.then_some(Expected::Bytes)
}

/// The answer of a server that had no file, saved as if it were one: a page, JSON or XML, or a short text
/// where sound, a picture or a document should be.
fn is_error(reference: &Reference, facts: &Facts) -> bool {
    let sound = reference.role.is_some_and(Role::is_audio).then_some("audio/mpeg");
    let types = [Some(by_extension(&reference.name)), Some(&*reference.declared_type), sound];
    let mut expected = types.into_iter().flatten().filter_map(expected).peekable();
    expected.peek().is_some()
        && expected.all(|expected| match (facts.content, expected) {
            (_, Expected::Page) => false,
            (Content::Html, _) | (Content::Json | Content::Xml, Expected::Bytes) => true,
            (Content::Text, Expected::Bytes) => facts.bytes <= SHORT && reference.size.is_none(),
            _ => false,
        })
}

/// What should be known of a file that is attached.
pub(super) fn flags(
    reference: &Reference,
    name: &str,
    facts: &Facts,
    types: &Types,
) -> Vec<Notice> {
    let extension = extension(name);
    let unseen =
        matches!(facts.content, Content::Html | Content::Json | Content::Text | Content::Unknown);
    let mut flags = Vec::new();
    if reference.targets.is_empty() {
        flags.push(notice::NO_TARGET);
    }
    if facts.bytes > file::MAX_BYTES {
        flags.push(notice::TOO_LARGE);
    }
    if unseen && file::is_checked(&extension) {
        flags.push(notice::REFUSED_NAME);
    } else if types.verdict == "name-differs" {
        flags.push(notice::OTHER_TYPE);
    }
    if extension.is_empty() {
        flags.push(notice::NO_EXTENSION);
    }
    flags
}

/// The name of the file, completed where it is ours.
pub(super) fn name(reference: &Reference, facts: Option<&Facts>) -> String {
    if !reference.unnamed {
        return reference.name.clone();
    }
    let known = facts.map(|facts| facts.content.extension()).filter(|ending| !ending.is_empty());
    let sound = reference.role.is_some_and(Role::is_audio).then_some("mp3");
    match known.or(sound) {
        Some(ending) => format!("{}.{ending}", reference.name),
        None => reference.name.clone(),
    }
}

#[cfg(test)]
mod tests;
