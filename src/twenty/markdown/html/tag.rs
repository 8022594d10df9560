//! What the attributes of a start tag say, as far as they change what is seen.

use super::super::blocks::Style;

/// What the attributes of the tag being read say.
#[derive(Default)]
pub(super) struct Tag {
    pub(super) name: Vec<u8>,
    attribute: Attribute,
    pub(super) href: Option<String>,
    pub(super) src: Option<String>,
    pub(super) alt: Option<String>,
    pub(super) label: Option<String>,
    pub(super) start: Option<u32>,
    pub(super) mention: bool,
    pub(super) hidden: bool,
    pub(super) tiny: bool,
    pub(super) style: Style,
}

#[derive(Clone, Copy, Default)]
enum Attribute {
    #[default]
    Other,
    Href,
    Src,
    Alt,
    Label,
    Start,
    Type,
    Size,
    Style,
}

impl Tag {
    /// Another tag begins; the name's memory is used again.
    pub(super) fn begin(&mut self, name: &[u8]) {
        let mut kept = std::mem::take(&mut self.name);
        kept.clear();
        kept.extend_from_slice(name);
        *self = Self { name: kept, ..Self::default() };
    }

    pub(super) fn attribute_name(&mut self, name: &[u8]) {
        self.attribute = match name {
            b"href" => Attribute::Href,
            b"src" => Attribute::Src,
            b"alt" => Attribute::Alt,
            b"data-label" => Attribute::Label,
            b"start" => Attribute::Start,
            b"data-type" => Attribute::Type,
            b"width" | b"height" => Attribute::Size,
            b"style" => Attribute::Style,
            _ => Attribute::Other,
        };
        self.hidden |= name == b"hidden";
    }

    pub(super) fn attribute_value(&mut self, value: &[u8]) {
        let text = || String::from_utf8_lossy(value).into_owned();
        match self.attribute {
            Attribute::Href if self.href.is_none() => self.href = Some(text()),
            Attribute::Src if self.src.is_none() => self.src = Some(text()),
            Attribute::Alt if self.alt.is_none() => self.alt = Some(text()),
            Attribute::Label if self.label.is_none() => self.label = Some(text()),
            Attribute::Start => self.start = text().trim().parse().ok(),
            Attribute::Type => self.mention |= value == b"mention",
            Attribute::Size => self.tiny |= matches!(value, b"0" | b"1" | b"0px" | b"1px"),
            Attribute::Style => self.read_style(value),
            _ => {}
        }
        self.attribute = Attribute::Other;
    }

    /// The few CSS properties that change what is seen.
    fn read_style(&mut self, css: &[u8]) {
        for declaration in css.split(|byte| *byte == b';') {
            let Some(colon) = declaration.iter().position(|byte| *byte == b':') else { continue };
            let (property, value) = declaration.split_at(colon);
            let value = value.get(1..).unwrap_or_default().trim_ascii().to_ascii_lowercase();
            match property.trim_ascii().to_ascii_lowercase().as_slice() {
                b"display" => self.hidden |= value.starts_with(b"none"),
                b"mso-hide" => self.hidden |= value.starts_with(b"all"),
                b"font-weight" => {
                    self.style.bold = value.starts_with(b"bold")
                        || (value.len() == 3 && matches!(value.first(), Some(b'6'..=b'9')));
                }
                b"font-style" => self.style.italic = value.starts_with(b"italic"),
                b"text-decoration" | b"text-decoration-line" => {
                    self.style.strike = value.starts_with(b"line-through");
                }
                _ => {}
            }
        }
    }
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
