//! HTML → Markdown that shows the same, and HTML → visible text.
//!
//! Takes Close's restricted XHTML (`close-format.md` §2.4) and whatever mail programs send:
//! unclosed, misnested, megabytes long. It reads a stream of tags (html5gum: the tokenizer of the
//! HTML standard, without a tree), so that time is linear and depth costs no stack. It must not
//! write Markdown itself: `blocks.rs` does.

mod tag;
#[cfg(test)]
mod tests;

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::blocks::{Blocks, Style};
use super::text::cleaned;
use tag::{Tag, link_target};

/// HTML as Markdown that shows what the HTML shows.
///
/// Headings, bold, italics, strike, underline, code, lists, links (http, https, mailto), rules,
/// block quotes and `<pre>` stay what they are. Rows of tables become lines, their cells `a | b`:
/// most tables in mails are layout, which a Markdown table cannot hold. Images become their
/// alternative text; embedded ones (`cid:`) `[image: …]`, tracking pixels nothing. Close's
/// mentions show their label. Scripts, styles, comments and hidden elements vanish. Empty rich text
/// (`<body><p></p></body>`) gives an empty string.
#[must_use]
pub fn from_html(html: &str) -> String {
    convert(html, false)
}

/// The text that HTML shows, one line per line, without Markdown: for titles.
#[must_use]
pub fn plain_from_html(html: &str) -> String {
    convert(html, true)
}

fn convert(html: &str, plain: bool) -> String {
    let mut page = Page {
        blocks: Blocks::new(plain, html.len() / 2),
        tag: Tag::default(),
        skip: None,
        marks: Marks::default(),
        spans: Vec::new(),
        pre: 0,
        pre_starts: false,
    };
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        page.event(&event);
        None::<Infallible>
    });
    emitter.naively_switch_states(true);
    // A `&str` cannot fail to be read.
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    page.blocks.finish()
}

/// Elements whose content is not shown.
const UNSEEN: &[&[u8]] = &[
    b"script",
    b"style",
    b"title",
    b"template",
    b"noscript",
    b"iframe",
    b"noembed",
    b"object",
    b"svg",
    b"math",
    b"xml",
    b"audio",
    b"video",
    b"canvas",
    b"select",
    b"datalist",
];

/// Elements that stand on lines of their own.
const LINES: &[&[u8]] = &[
    b"div",
    b"section",
    b"article",
    b"header",
    b"footer",
    b"main",
    b"nav",
    b"aside",
    b"address",
    b"center",
    b"form",
    b"fieldset",
    b"legend",
    b"figure",
    b"figcaption",
    b"dt",
    b"dd",
    b"details",
    b"summary",
    b"caption",
    b"body",
    b"html",
    b"tbody",
    b"thead",
    b"tfoot",
];

/// Elements with a gap around them.
const GAPS: &[&[u8]] = &[b"p", b"dl"];

/// How many elements of each style are open.
#[derive(Default)]
struct Marks {
    bold: u32,
    italic: u32,
    strike: u32,
    underline: u32,
    code: u32,
}

impl Marks {
    fn of(&mut self, name: &[u8]) -> Option<&mut u32> {
        Some(match name {
            b"b" | b"strong" => &mut self.bold,
            b"i" | b"em" | b"cite" | b"dfn" => &mut self.italic,
            b"s" | b"strike" | b"del" => &mut self.strike,
            b"u" | b"ins" => &mut self.underline,
            b"code" | b"kbd" | b"samp" | b"tt" => &mut self.code,
            _ => return None,
        })
    }

    fn span(&mut self, style: Style, step: impl Fn(&mut u32)) {
        for (on, count) in [
            (style.bold, &mut self.bold),
            (style.italic, &mut self.italic),
            (style.strike, &mut self.strike),
        ] {
            if on {
                step(count);
            }
        }
    }

    fn style(&self) -> Style {
        Style {
            bold: self.bold > 0,
            italic: self.italic > 0,
            strike: self.strike > 0,
            underline: self.underline > 0,
            code: self.code > 0,
        }
    }
}

struct Page {
    blocks: Blocks,
    tag: Tag,
    /// The unseen element being skipped, and how many of its name are open.
    skip: Option<(Vec<u8>, usize)>,
    marks: Marks,
    /// The styles of the open `<span>` and `<font>` elements.
    spans: Vec<Style>,
    pre: u32,
    pre_starts: bool,
}

impl Page {
    fn event(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag.begin(name),
            CallbackEvent::AttributeName { name } => self.tag.attribute_name(name),
            CallbackEvent::AttributeValue { value } => self.tag.attribute_value(value),
            CallbackEvent::CloseStartTag { self_closing } => {
                let mut tag = std::mem::take(&mut self.tag);
                self.start(&mut tag, *self_closing);
                self.tag.name = tag.name;
            }
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } if self.skip.is_none() => {
                if let Ok(text) = str::from_utf8(value) {
                    self.text(text);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        // Line breaks of other kinds are blanks in HTML.
        let text = cleaned(text);
        let style = self.marks.style();
        if self.pre == 0 {
            return self.blocks.text(&text, style);
        }
        let text = if text.contains('\r') { text.replace('\r', "").into() } else { text };
        let first = std::mem::take(&mut self.pre_starts);
        let text = if first { text.strip_prefix('\n').unwrap_or(&text) } else { &text };
        self.blocks.preformatted(text, style);
    }

    fn start(&mut self, tag: &mut Tag, self_closing: bool) {
        let name = tag.name.as_slice();
        if let Some((skipped, open)) = &mut self.skip {
            *open += usize::from(skipped == name && !self_closing);
            return;
        }
        if UNSEEN.contains(&name) || tag.hidden {
            if !self_closing && !is_void(name) {
                self.skip = Some((tag.name.clone(), 1));
            }
            return;
        }
        if let Some(open) = self.marks.of(name) {
            *open += u32::from(!self_closing);
            return;
        }
        match name {
            b"span" | b"font" if tag.mention && tag.label.is_some() => {
                let label = tag.label.take().unwrap_or_default();
                let at = if label.starts_with('@') { "" } else { "@" };
                self.text(&format!("{at}{label}"));
                if !self_closing {
                    self.skip = Some((tag.name.clone(), 1));
                }
            }
            b"span" | b"font" if !self_closing => {
                self.marks.span(tag.style, |open| *open += 1);
                self.spans.push(tag.style);
            }
            b"a" if !self_closing => match tag.href.as_deref().and_then(link_target) {
                Some(url) => self.blocks.begin_link(url),
                None => self.blocks.end_link(),
            },
            b"br" => self.blocks.line_break(),
            b"hr" => self.blocks.rule(),
            b"img" => self.image(tag),
            b"ul" | b"menu" | b"dir" => self.blocks.begin_list(None),
            b"ol" => self.blocks.begin_list(Some(tag.start.unwrap_or(1))),
            b"li" => self.blocks.begin_item(),
            b"blockquote" => self.blocks.begin_quote(),
            b"pre" | b"xmp" | b"listing" | b"plaintext" | b"textarea" => {
                self.pre += 1;
                self.pre_starts = true;
                self.blocks.begin_code();
            }
            b"table" => self.blocks.begin_table(),
            b"tr" => self.blocks.row(),
            b"td" | b"th" => self.blocks.cell(),
            _ => match heading(name) {
                Some(level) => self.blocks.begin_heading(level),
                None => self.boundary(name),
            },
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((skipped, open)) = &mut self.skip {
            if skipped == name {
                *open -= 1;
                if *open == 0 {
                    self.skip = None;
                }
            }
            return;
        }
        if let Some(open) = self.marks.of(name) {
            *open = open.saturating_sub(1);
            return;
        }
        match name {
            b"span" | b"font" => {
                if let Some(style) = self.spans.pop() {
                    self.marks.span(style, |open| *open = open.saturating_sub(1));
                }
            }
            b"a" => self.blocks.end_link(),
            b"ul" | b"ol" | b"menu" | b"dir" => self.blocks.end_list(),
            b"li" => self.blocks.end_item(),
            b"blockquote" => self.blocks.end_quote(),
            b"pre" | b"xmp" | b"listing" | b"textarea" if self.pre > 0 => {
                self.pre -= 1;
                if self.pre == 0 {
                    self.blocks.end_code();
                }
            }
            b"table" => self.blocks.end_table(),
            b"tr" => self.blocks.boundary(1),
            // As the HTML standard has it, a stray end tag.
            b"br" => self.blocks.line_break(),
            _ if heading(name).is_some() => self.blocks.end_heading(),
            _ => self.boundary(name),
        }
    }

    fn boundary(&mut self, name: &[u8]) {
        if GAPS.contains(&name) {
            self.blocks.boundary(2);
        } else if LINES.contains(&name) {
            self.blocks.boundary(1);
        }
    }

    fn image(&mut self, tag: &Tag) {
        let alt = tag.alt.as_deref().unwrap_or_default().trim();
        let embedded = tag.src.as_deref().and_then(|src| src.trim().strip_prefix("cid:"));
        match embedded {
            _ if tag.tiny => {}
            Some(id) => {
                // `image001.png@01D9…`: the part before the @ is the file's name.
                let name = id.split('@').next().filter(|name| name.contains('.'));
                let shown = if alt.is_empty() { name.unwrap_or("image") } else { alt };
                self.text(&format!("[image: {shown}]"));
            }
            None => self.text(alt),
        }
    }
}

fn is_void(name: &[u8]) -> bool {
    matches!(
        name,
        b"br" | b"hr" | b"img" | b"input" | b"meta" | b"link" | b"col" | b"area" | b"wbr"
    )
}

fn heading(name: &[u8]) -> Option<usize> {
    match name {
        [b'h', level @ b'1'..=b'6'] => Some(usize::from(level - b'0')),
        _ => None,
    }
}
