//! What Twenty does with files (`twenty-api.md` §6, `twenty-observed.md` §E5): the categories it sorts
//! them into, the extensions whose content it checks, the largest it takes. It must not open a file.

/// The largest file Twenty takes, in bytes: 1 GiB.
pub const MAX_BYTES: u64 = 1 << 30;

/// Extensions whose content is checked: content that cannot be recognised is refused under them, and so
/// is text. Observed in version 2.21.
pub const CHECKED: &[&str] = &[
    "pdf", "mp3", "wav", "m4a", "ogg", "png", "jpg", "jpeg", "gif", "webp", "zip", "gz", "mp4",
    "mov", "ics", "tiff", "tif", "heic", "webm",
];

/// `fileCategory` of an attachment, by MIME type.
const TYPES: &[(&str, &str)] = &[
    ("application/zip", "ARCHIVE"),
    ("application/gzip", "ARCHIVE"),
    ("application/x-gzip", "ARCHIVE"),
    ("application/x-tar", "ARCHIVE"),
    ("application/x-7z-compressed", "ARCHIVE"),
    ("application/vnd.rar", "ARCHIVE"),
    ("application/x-rar-compressed", "ARCHIVE"),
    ("application/x-bzip2", "ARCHIVE"),
    ("application/x-xz", "ARCHIVE"),
    ("application/zstd", "ARCHIVE"),
    ("application/vnd.ms-powerpoint", "PRESENTATION"),
    ("application/vnd.openxmlformats-officedocument.presentationml", "PRESENTATION"),
    ("application/vnd.oasis.opendocument.presentation", "PRESENTATION"),
    ("application/vnd.apple.keynote", "PRESENTATION"),
    ("application/vnd.ms-excel", "SPREADSHEET"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml", "SPREADSHEET"),
    ("application/vnd.oasis.opendocument.spreadsheet", "SPREADSHEET"),
    ("application/vnd.apple.numbers", "SPREADSHEET"),
    ("text/csv", "SPREADSHEET"),
    ("text/tab-separated-values", "SPREADSHEET"),
    ("application/pdf", "TEXT_DOCUMENT"),
    ("application/msword", "TEXT_DOCUMENT"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml", "TEXT_DOCUMENT"),
    ("application/vnd.oasis.opendocument.text", "TEXT_DOCUMENT"),
    ("application/vnd.apple.pages", "TEXT_DOCUMENT"),
    ("application/rtf", "TEXT_DOCUMENT"),
    ("text/", "TEXT_DOCUMENT"),
    ("image/", "IMAGE"),
    ("audio/", "AUDIO"),
    ("video/", "VIDEO"),
];

/// The category Twenty files a type under; it sorts nothing by itself, so it has to be said.
#[must_use]
pub fn category(mime: &str) -> &'static str {
    let mime = mime.to_ascii_lowercase();
    let found = TYPES.iter().find(|(start, _)| mime.starts_with(start));
    found.map_or("OTHER", |(_, category)| category)
}

/// Whether Twenty looks into files with this extension (lower case, without the dot).
#[must_use]
pub fn is_checked(extension: &str) -> bool {
    CHECKED.contains(&extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_category() {
        for (mime, expected) in [
            ("application/pdf", "TEXT_DOCUMENT"),
            ("TEXT/CSV", "SPREADSHEET"),
            ("text/plain", "TEXT_DOCUMENT"),
            ("image/png", "IMAGE"),
            ("audio/mpeg", "AUDIO"),
            ("video/mp4", "VIDEO"),
            ("application/zip", "ARCHIVE"),
            (
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "TEXT_DOCUMENT",
            ),
            ("application/octet-stream", "OTHER"),
            ("", "OTHER"),
        ] {
            assert_eq!(category(mime), expected, "{mime}");
        }
    }
}
