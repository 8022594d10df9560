//! The name a file is sent under. The server takes its extension, compares some with the content, and wants one at all
//! (`twenty-observed.md` E5); what people see is the attachment's own name. It must not touch content.

/// Longest name sent, in characters; longer ones are taken, but no file system stores them.
const LONGEST: usize = 200;
/// Longest extension; what is longer is no extension but part of a sentence.
const EXTENSION: usize = 16;
/// Extension of content nothing is known of; the server compares it with nothing.
pub(super) const BINARY: &str = "bin";
/// The same for text.
pub(super) const TEXT: &str = "txt";

/// `name` without path, controls and signs that turn the direction of writing, at most [`LONGEST`] characters, with
/// [`BINARY`] where it has no extension.
pub(super) fn clean(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !turns(*c))
        .map(|c| if matches!(c, '/' | '\\') { '_' } else { c })
        .collect();
    let (stem, extension) = parts(name.trim());
    with(stem, extension.unwrap_or(BINARY))
}

/// The same name with another extension.
pub(super) fn renamed(name: &str, extension: &str) -> String {
    with(parts(name).0, extension)
}

/// The extension of a cleaned name.
pub(super) fn extension(name: &str) -> &str {
    parts(name).1.unwrap_or_default()
}

fn with(stem: &str, extension: &str) -> String {
    let stem: String = stem.chars().take(LONGEST - EXTENSION - 1).collect();
    let stem = stem.trim_matches([' ', '.']);
    let stem = if stem.is_empty() { "file" } else { stem };
    format!("{stem}.{extension}")
}

/// Stem and extension.
fn parts(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('.') {
        Some((stem, end))
            if !stem.trim_matches([' ', '.']).is_empty()
                && (1..=EXTENSION).contains(&end.len())
                && end.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem, Some(end))
        }
        _ => (name, None),
    }
}

fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        let long = "x".repeat(300);
        let cases = [
            ("contract.pdf", "contract.pdf"),
            ("Ünï 漢字 😀 \"q\" 's' & +.pdf", "Ünï 漢字 😀 \"q\" 's' & +.pdf"),
            ("../../etc/passwd", "_.._etc_passwd.bin"),
            ("a\\b/c.TXT", "a_b_c.TXT"),
            ("line\r\nbreak\0.csv", "linebreak.csv"),
            ("exe.\u{202e}fdp.exe", "exe.fdp.exe"),
            ("README", "README.bin"),
            (".hidden", "hidden.bin"),
            ("name.", "name.bin"),
            ("name..pdf", "name.pdf"),
            ("report v1.2 final", "report v1.2 final.bin"),
            ("mail.söund", "mail.söund.bin"),
            ("archive.tar.gz", "archive.tar.gz"),
            ("", "file.bin"),
            ("...", "file.bin"),
            (" .pdf", "pdf.bin"),
            (" padded .pdf ", "padded.pdf"),
        ];
        for (name, expected) in cases {
            assert_eq!(clean(name), expected, "{name:?}");
        }
        assert_eq!(clean(&format!("{long}.pdf")).chars().count(), 200 - 17 + 4);
        assert_eq!(renamed("page.pdf", TEXT), "page.txt");
        assert_eq!(renamed("archive.tar.gz", BINARY), "archive.tar.bin");
        assert_eq!(extension("page.pdf"), "pdf");
    }

    proptest::proptest! {
        /// Every name ends in an extension, is short, and stays as it is when cleaned again.
        #[test]
        fn every_name_can_be_sent(name in "\\PC{0,300}|[./\\\\ a-z\\x00-\\x1f\\u{202e}]{0,40}") {
            let sent = clean(&name);
            proptest::prop_assert!(!extension(&sent).is_empty(), "{sent:?}");
            proptest::prop_assert!(sent.chars().count() <= LONGEST);
            proptest::prop_assert!(!sent.contains(['/', '\\']) && !sent.contains(char::is_control));
            proptest::prop_assert_eq!(clean(&sent), sent);
        }
    }
}
