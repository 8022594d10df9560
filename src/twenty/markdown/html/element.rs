//! What the elements of HTML are to a reader of text. It must not know how that is written.

use super::tag::{LONGEST_NAME, lower};

/// What an element does to the text around and inside it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    /// Its content is not shown.
    Unseen,
    Bold,
    Italic,
    Strike,
    Underline,
    Code,
    /// `<span>`, `<font>`: looks as its style says.
    Span,
    Link,
    Break,
    Rule,
    Image,
    /// A list of bullets, or of numbers.
    List {
        numbers: bool,
    },
    Item,
    Quote,
    /// Its blanks and line breaks count.
    Preformatted,
    /// `<plaintext>`: preformatted up to the end.
    Plain,
    Table,
    Row,
    Cell,
    Heading(usize),
    /// Stands on lines of its own, `gap`: with a gap around it.
    Lines {
        gap: bool,
    },
    /// Has no content, and shows nothing.
    Void,
    Other,
}

impl Element {
    /// The element of a name in any case.
    pub(super) fn of(name: &[u8]) -> Self {
        match lower(name, &mut [0; LONGEST_NAME]) {
            b"b" | b"strong" => Self::Bold,
            b"i" | b"em" | b"cite" | b"dfn" => Self::Italic,
            b"s" | b"strike" | b"del" => Self::Strike,
            b"u" | b"ins" => Self::Underline,
            b"code" | b"kbd" | b"samp" | b"tt" => Self::Code,
            b"span" | b"font" => Self::Span,
            b"a" => Self::Link,
            b"br" => Self::Break,
            b"hr" => Self::Rule,
            b"img" => Self::Image,
            b"ul" | b"menu" | b"dir" => Self::List { numbers: false },
            b"ol" => Self::List { numbers: true },
            b"li" => Self::Item,
            b"blockquote" => Self::Quote,
            b"pre" | b"xmp" | b"listing" | b"textarea" => Self::Preformatted,
            b"plaintext" => Self::Plain,
            b"table" => Self::Table,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            [b'h', level @ b'1'..=b'6'] => Self::Heading(usize::from(level - b'0')),
            b"p" | b"dl" => Self::Lines { gap: true },
            b"div" | b"section" | b"article" | b"header" | b"footer" | b"main" | b"nav"
            | b"aside" | b"address" | b"center" | b"form" | b"fieldset" | b"legend" | b"figure"
            | b"figcaption" | b"dt" | b"dd" | b"details" | b"summary" | b"caption" | b"body"
            | b"html" | b"tbody" | b"thead" | b"tfoot" => Self::Lines { gap: false },
            b"script" | b"style" | b"title" | b"template" | b"noscript" | b"iframe"
            | b"noembed" | b"object" | b"svg" | b"math" | b"xml" | b"audio" | b"video"
            | b"canvas" | b"select" | b"datalist" => Self::Unseen,
            b"input" | b"meta" | b"link" | b"col" | b"area" | b"wbr" => Self::Void,
            _ => Self::Other,
        }
    }

    /// Whether it has no content and no end tag.
    pub(super) fn is_void(self) -> bool {
        matches!(self, Self::Break | Self::Rule | Self::Image | Self::Void)
    }
}
