//! What a file's first bytes are, whatever its name says, and which types are one. It must not know of
//! references.

/// Bytes that are looked at.
pub(super) const HEAD: usize = 8 * 1024;

/// What the bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A format with marks of its own: MIME type, usual extension.
    Known(&'static str, &'static str),
    /// A web page.
    Html,
    /// XML.
    Xml,
    /// A JSON object or array.
    Json,
    /// Text.
    Text,
    /// No text and no known format.
    Unknown,
}

impl Content {
    /// Recognises `head`, the first bytes of a file; `whole` when there are no more.
    pub fn of(head: &[u8], whole: bool) -> Self {
        let text = text_of(head, whole);
        if let Some(text) = text {
            return of_text(text);
        }
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            // Text in UTF-16.
            return Self::Text;
        }
        if is_mpeg_audio(head) {
            return Self::Known("audio/mpeg", "mp3");
        }
        if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
            return Self::Known("application/x-ole-storage", "cfb");
        }
        match infer::get(head) {
            Some(kind) if !is_text(kind.mime_type()) => {
                Self::Known(kind.mime_type(), kind.extension())
            }
            _ => Self::Unknown,
        }
    }

    /// The MIME type; empty for no known format.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Known(mime, _) => mime,
            Self::Html => "text/html",
            Self::Xml => "application/xml",
            Self::Json => "application/json",
            Self::Text => "text/plain",
            Self::Unknown => "",
        }
    }

    /// The usual extension; empty for no known format.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Known(_, extension) => extension,
            Self::Html => "html",
            Self::Xml => "xml",
            Self::Json => "json",
            Self::Text => "txt",
            Self::Unknown => "",
        }
    }
}

/// The head as text; a letter cut off at its end does not count.
fn text_of(head: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
    text.chars().all(plain).then_some(text)
}

fn of_text(text: &str) -> Content {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let starts =
        |mark: &str| text.get(..mark.len()).is_some_and(|head| head.eq_ignore_ascii_case(mark));
    if starts("{\\rtf") {
        return Content::Known("application/rtf", "rtf");
    }
    if starts("BEGIN:VCALENDAR") {
        return Content::Known("text/calendar", "ics");
    }
    if starts("BEGIN:VCARD") {
        return Content::Known("text/vcard", "vcf");
    }
    if starts("%PDF-") {
        return Content::Known("application/pdf", "pdf");
    }
    let page = ["<!doctype html", "<html", "<head", "<body"];
    if page.iter().any(|mark| starts(mark)) {
        return Content::Html;
    }
    if starts("<?xml") {
        let lower = text.to_ascii_lowercase();
        return if lower.contains("<html") { Content::Html } else { Content::Xml };
    }
    if starts("<svg") || starts("<error") {
        return Content::Xml;
    }
    if text.starts_with(['{', '[']) && looks_like_json(text) {
        return Content::Json;
    }
    Content::Text
}

/// A whole value, or one whose first key or item can be read.
fn looks_like_json(text: &str) -> bool {
    let mut rest = text[1..].trim_start().chars();
    match (text.as_bytes().first(), rest.next()) {
        (Some(b'{'), Some('"' | '}')) => true,
        (Some(b'['), Some(_)) => serde_json::from_str::<serde_json::Value>(text).is_ok(),
        _ => false,
    }
}

/// A frame of MPEG audio, without the tag that often stands before the first.
fn is_mpeg_audio(head: &[u8]) -> bool {
    let [0xff, second, third, ..] = head else { return false };
    let (layer, rate, sampling) = ((second >> 1) & 3, third >> 4, (third >> 2) & 3);
    // Layer I is not in use, and a frame without a rate looks like the mark of UTF-16.
    let real = second & 0xe0 == 0xe0 && (second >> 3) & 3 != 1 && matches!(layer, 1 | 2);
    real && rate != 0 && rate != 15 && sampling != 3
}

/// Types that are one, or that look alike from outside: containers, and names for one format.
const FAMILIES: &[(&str, &[&str])] = &[
    (
        "zip",
        &[
            "application/zip",
            "application/zip-compressed",
            "application/vnd.openxmlformats-officedocument.",
            "application/vnd.oasis.opendocument.",
            "application/vnd.ms-excel.",
            "application/vnd.ms-word.",
            "application/vnd.ms-powerpoint.",
            "application/epub+zip",
            "application/java-archive",
            "application/vnd.android.package-archive",
            "application/vnd.apple.",
            "application/vnd.google-earth.kmz",
            "application/vnd.ms-xpsdocument",
        ],
    ),
    (
        "ole",
        &[
            "application/ole-storage",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook",
            "application/vnd.ms-project",
            "application/vnd.visio",
            "application/mspublisher",
            "application/msi",
        ],
    ),
    (
        "isom",
        &[
            "video/mp4",
            "audio/mp4",
            "audio/m4a",
            "audio/aac",
            "video/quicktime",
            "video/3gpp",
            "video/m4v",
            "image/hei",
            "image/avif",
        ],
    ),
    ("ogg", &["audio/ogg", "video/ogg", "application/ogg", "audio/opus"]),
    ("matroska", &["video/webm", "audio/webm", "video/matroska", "audio/matroska"]),
    (
        "gzip",
        &["application/gzip", "application/tgz", "application/gtar", "application/compressed"],
    ),
    ("jpeg", &["image/jpeg", "image/jpg", "image/pjpeg", "image/jfif"]),
    ("wav", &["audio/wav", "audio/vnd.wave"]),
    ("mpeg audio", &["audio/mpeg", "audio/mp3"]),
    ("tiff", &["image/tiff", "image/canon-cr2", "image/adobe-dng", "image/nikon-nef"]),
    ("bmp", &["image/bmp", "image/ms-bmp"]),
    ("icon", &["image/icon", "image/vnd.microsoft.icon"]),
    ("rar", &["application/vnd.rar", "application/rar"]),
    ("7z", &["application/7z-compressed"]),
    (
        "exe",
        &[
            "application/vnd.microsoft.portable-executable",
            "application/msdownload",
            "application/dosexec",
        ],
    ),
    ("flac", &["audio/flac"]),
    ("aiff", &["audio/aif"]),
    ("rtf", &["application/rtf", "text/rtf", "text/richtext"]),
    ("calendar", &["text/calendar", "application/ics"]),
    ("vcard", &["text/vcard", "text/directory"]),
];

/// Two types are one as far as the bytes can tell.
pub(super) fn alike(a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    let family = |mime: &str| {
        // The longest start decides: `vnd.ms-excel.` is a zip, `vnd.ms-excel` is none.
        let starts = FAMILIES.iter().flat_map(|(name, list)| list.iter().map(move |s| (*name, *s)));
        starts.filter(|(_, start)| mime.starts_with(start)).max_by_key(|(_, start)| start.len())
    };
    match (family(&a), family(&b)) {
        (Some((a, _)), Some((b, _))) => a == b,
        // A calendar or card is text as well.
        _ => a == b || is_text(&a) && is_text(&b),
    }
}

/// In lower case, without parameters and without the `x-` that types lose when they are registered.
fn plain(mime: &str) -> String {
    let mime = mime.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match mime.split_once("/x-") {
        Some((kind, rest)) => format!("{kind}/{rest}"),
        None => mime,
    }
}

/// Types whose content is text.
pub(super) fn is_text(mime: &str) -> bool {
    let mime = plain(mime);
    let known = [
        "application/json",
        "application/xml",
        "application/javascript",
        "application/yaml",
        "application/sql",
        "application/sh",
        "application/pem-file",
        "application/ndjson",
        "application/ics",
    ];
    mime.starts_with("text/")
        || mime.starts_with("message/")
        || mime.ends_with("+xml")
        || mime.ends_with("+json")
        || known.contains(&&*mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_say_what_they_are() {
        for (bytes, mime) in [
            (&b"%PDF-1.7\n%\xe2\xe3"[..], "application/pdf"),
            (b"%PDF-1.7", "application/pdf"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
            (b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
            (b"\xff\xf3\x40\xc4\0", "audio/mpeg"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "audio/x-wav"),
            (b"PK\x03\x04\x14\0", "application/zip"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "application/x-ole-storage"),
            (b"<!DOCTYPE html><p>no", "text/html"),
            (b"\xef\xbb\xbf \n<HTML>", "text/html"),
            (b"<?xml version=\"1.0\"?><Error/>", "application/xml"),
            (b"{\"error\": \"no\"}", "application/json"),
            (b"[1, 2]", "application/json"),
            (b"[draft] hello", "text/plain"),
            (b"{{ placeholder }}", "text/plain"),
            (b"hello \xc3\xa4", "text/plain"),
            (b"{\\rtf1 x}", "application/rtf"),
            (b"BEGIN:VCALENDAR\r\n", "text/calendar"),
            (b"\0\0\0\0", ""),
            (b"\xff\xfe<\0h\0", "text/plain"),
            (b"\xff\xfd\x01", ""),
        ] {
            assert_eq!(Content::of(bytes, true).mime(), mime, "{bytes:?}");
        }
        assert_eq!(Content::of(b"abc\xc3", false), Content::Text);
        assert_eq!(Content::of(b"abc\xc3", true), Content::Unknown);
    }

    #[test]
    fn names_of_one_format_are_alike() {
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        for (a, b) in [
            ("application/zip", docx),
            ("audio/x-wav", "audio/wav"),
            ("image/jpeg", "IMAGE/JPG; q=1"),
            ("application/x-ole-storage", "application/msword"),
            ("text/plain", "text/csv"),
            ("text/calendar", "text/plain"),
            ("application/json", "text/plain"),
            ("video/mp4", "audio/x-m4a"),
            ("application/vnd.ms-excel.sheet.macroenabled.12", "application/zip"),
        ] {
            assert!(alike(a, b) && alike(b, a), "{a} {b}");
        }
        for (a, b) in [
            ("image/png", "image/jpeg"),
            ("application/pdf", "text/plain"),
            ("application/vnd.ms-excel", "application/zip"),
            ("application/zip", "application/x-ole-storage"),
        ] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }
}
