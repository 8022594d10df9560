//! What every cell must be, whatever it holds: UTF-8 without characters that harm, and not too long
//! (`twenty-importer.md §1.2, §8`).

use super::finding::{Log, Spot};
use super::rules;

/// Longest cell of newer importers, in UTF-16 units.
const LONGEST: usize = 32_767;
/// What the importer takes off the start of a cell, once.
const JOINER: char = '\u{200D}';

/// Reads a cell as the importer does, and says what is wrong with its characters.
pub(super) fn read(bytes: &[u8], spot: Spot<'_>, out: &mut String, log: &mut Log) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
    } else {
        out.push_str(&String::from_utf8_lossy(bytes));
        log.add(rules::CELL_ENCODING, spot, out, String::new());
    }
    // Control characters are below a blank, or begin with these bytes.
    if bytes.iter().any(|byte| *byte < 0x20 || matches!(byte, 0x7F | 0xC2)) {
        controls(out, spot, log);
    }
    if bytes.len() > LONGEST {
        let units = out.encode_utf16().count();
        if units > LONGEST {
            log.add(rules::CELL_TOO_LONG, spot, out, format!("{units} characters"));
        }
    }
    if out.starts_with(JOINER) {
        log.add(rules::CELL_JOINER, spot, out, String::new());
        out.drain(..JOINER.len_utf8());
    }
}

fn controls(text: &str, spot: Spot<'_>, log: &mut Log) {
    if text.contains('\0') {
        log.add(rules::CELL_NUL, spot, text, String::new());
    }
    if text.contains('\r') {
        log.add(rules::CELL_RETURN, spot, text, String::new());
    }
    let other = |c: &char| c.is_control() && !matches!(c, '\0' | '\r' | '\n' | '\t');
    if let Some(sign) = text.chars().find(other) {
        log.add(rules::CELL_CONTROL, spot, text, format!("U+{:04X}", sign as u32));
    }
}

/// Bytes of a text as JSON.
pub(super) fn json_len(text: &str) -> usize {
    let more = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0C => 1,
        0..0x20 => 5,
        _ => 0,
    };
    text.bytes().map(more).sum::<usize>() + text.len() + 2
}
