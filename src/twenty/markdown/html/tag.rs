//! What the attributes of a start tag say, as far as they change what is seen.

use std::borrow::Cow;

use super::super::blocks::Style;

/// A start tag.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // independent facts, any of them at once
pub(super) struct Tag<'h> {
    /// As it was written.
    pub(super) name: Cow<'h, [u8]>,
    /// Ends with `/>`.
    pub(super) self_closing: bool,
    pub(super) href: Option<Cow<'h, str>>,
    pub(super) src: Option<Cow<'h, str>>,
    pub(super) alt: Option<Cow<'h, str>>,
    pub(super) label: Option<Cow<'h, str>>,
    pub(super) start: Option<u32>,
    pub(super) mention: bool,
    pub(super) hidden: bool,
    pub(super) tiny: bool,
    pub(super) style: Style,
}

impl<'h> Tag<'h> {
    /// One more attribute; where a name comes twice, the first counts.
    pub(super) fn attribute(&mut self, name: &[u8], value: Cow<'h, str>) {
        let mut buffer = [0; LONGEST_NAME];
        let name = lower(name, &mut buffer);
        self.hidden |= name == b"hidden";
        if value.is_empty() {
            return;
        }
        match name {
            b"href" if self.href.is_none() => self.href = Some(value),
            b"src" if self.src.is_none() => self.src = Some(value),
            b"alt" if self.alt.is_none() => self.alt = Some(value),
            b"data-label" if self.label.is_none() => self.label = Some(value),
            b"start" => self.start = value.trim().parse().ok(),
            b"data-type" => self.mention |= value == "mention",
            b"width" | b"height" => self.tiny |= matches!(&*value, "0" | "1" | "0px" | "1px"),
            b"style" => self.read_style(value.as_bytes()),
            _ => {}
        }
    }

    /// The few CSS properties that change what is seen.
    fn read_style(&mut self, css: &[u8]) {
        for declaration in css.split(|byte| *byte == b';') {
            let Some(colon) = memchr::memchr(b':', declaration) else { continue };
            let (property, value) = declaration.split_at(colon);
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            let says = |word: &[u8]| {
                value.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
            };
            let mut buffer = [0; LONGEST_PROPERTY];
            match lower(property.trim_ascii(), &mut buffer) {
                b"display" => self.hidden |= says(b"none"),
                b"mso-hide" => self.hidden |= says(b"all"),
                b"font-weight" => {
                    self.style.bold = says(b"bold")
                        || (value.len() == 3 && matches!(value.first(), Some(b'6'..=b'9')));
                }
                b"font-style" => self.style.italic = says(b"italic"),
                b"text-decoration" | b"text-decoration-line" => {
                    self.style.strike = says(b"line-through");
                }
                _ => {}
            }
        }
    }
}

/// Length of the longest name of an element or attribute that is known here.
pub(super) const LONGEST_NAME: usize = 10;
/// Length of the longest known CSS property.
const LONGEST_PROPERTY: usize = 20;

/// `name` in lower case, empty if it is longer than any that is known.
pub(super) fn lower<'b, const N: usize>(name: &[u8], buffer: &'b mut [u8; N]) -> &'b [u8] {
    let Some(out) = buffer.get_mut(..name.len()) else { return &[] };
    out.copy_from_slice(name);
    out.make_ascii_lowercase();
    out
}

/// `href` as a target that Twenty's reader takes: http, https or mailto, without blanks and
/// brackets, which are percent-encoded; `None` if it leads elsewhere or cannot be written.
pub(super) fn link_target(href: &str) -> Option<String> {
    let href = href.trim();
    let scheme = href.split(':').next()?.to_ascii_lowercase();
    let rest = href.get(scheme.len() + 1..)?.trim_start_matches('/');
    if !matches!(&*scheme, "http" | "https" | "mailto") || rest.is_empty() {
        return None;
    }
    let mut url = String::with_capacity(href.len());
    for c in href.chars() {
        match c {
            // Line breaks inside are how mail programs wrap; browsers drop them.
            '\n' | '\r' | '\t' => {}
            ' ' => url.push_str("%20"),
            '(' => url.push_str("%28"),
            ')' => url.push_str("%29"),
            '[' => url.push_str("%5B"),
            ']' => url.push_str("%5D"),
            '*' => url.push_str("%2A"),
            '~' if url.ends_with('~') => url.push_str("%7E"),
            '<' | '>' | '"' | '`' | '\\' => return None,
            c if c.is_control() || c.is_whitespace() => return None,
            c => url.push(c),
        }
    }
    Some(url)
}
