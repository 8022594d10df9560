//! What the first bytes of a file say it is (`twenty-observed.md` E5).

use super::failure::Failure;

/// Extensions whose content must be detectable, and the type each promises.
const CHECKED: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("m4a", "audio/mp4"),
    ("ogg", "audio/ogg"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
    ("gz", "application/gzip"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("ics", "text/calendar"),
    ("tiff", "image/tiff"),
    ("heic", "image/heic"),
    ("webm", "video/webm"),
];

/// How files begin, and the extension the server gives them.
const BEGINNINGS: &[(&[u8], &str)] = &[
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"OggS", "ogg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"\x1aE\xdf\xa3", "webm"),
    (b"\xd0\xcf\x11\xe0", "cfb"),
    (b"MZ", "exe"),
    (b"7z\xbc\xaf", "7z"),
    (b"{\\rtf", "rtf"),
    (b"<?xml", "xml"),
    (b"BEGIN:VCALENDAR", "ics"),
    (b"BEGIN:VCARD", "vcf"),
];

/// The extension that fits the content; none for text and the like.
pub fn detect(bytes: &[u8]) -> Option<&'static str> {
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(kind);
    }
    match (bytes.get(..4)?, bytes.get(4..8), bytes.get(8..12)) {
        (b"RIFF", _, Some(b"WAVE")) => Some("wav"),
        (b"RIFF", _, Some(b"WEBP")) => Some("webp"),
        (_, Some(b"ftyp"), Some(b"M4A ")) => Some("m4a"),
        (_, Some(b"ftyp"), Some(b"qt  ")) => Some("mov"),
        (_, Some(b"ftyp"), Some(b"heic")) => Some("heic"),
        (_, Some(b"ftyp"), _) => Some("mp4"),
        _ => None,
    }
}

/// Refuses a file whose extension promises a content that is not there.
pub fn check(extension: &str, bytes: &[u8]) -> Result<(), Failure> {
    let extension = extension.trim_start_matches('.').to_lowercase();
    let promised = CHECKED.iter().find(|(known, _)| *known == extension);
    match promised {
        Some((_, mime)) if detect(bytes).is_none() => Err(Failure::internal(
            format!(
                "File content does not match its extension. The file has extension '{extension}' \
                 (expected mime type: {mime}), but the file content could not be detected as this \
                 type. The file may be corrupted, have the wrong extension, or be a security risk."
            ),
            "The file extension doesn't match the file content. Please check that your file is not \
             corrupted and has the correct extension.",
        )),
        _ => Ok(()),
    }
}

/// The type a download is served with.
pub fn content_type(extension: &str) -> &'static str {
    let extension = extension.trim_start_matches('.').to_lowercase();
    let known = CHECKED.iter().find(|(name, _)| *name == extension);
    known.map_or("application/octet-stream", |(_, mime)| mime)
}
