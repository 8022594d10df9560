//! HTML → Markdown that shows the same, and HTML → visible text.
//!
//! Takes Close's restricted XHTML (`close-format.md` §2.4) and whatever mail programs send:
//! unclosed, misnested, megabytes long. It reads a stream of tags, without a tree, so that time is
//! linear and depth costs no stack. It must not write Markdown itself: `blocks.rs` does.

mod element;
mod odd;
mod reference;
mod tag;
#[cfg(test)]
mod tests;
mod tokens;

use super::blocks::{Blocks, Style};
use super::text::cleaned;
use element::Element;
use tag::{Tag, link_target};
use tokens::{Token, Tokens};

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
    let [markdown] = convert(html, [false]);
    markdown
}

/// The text that HTML shows, one line per line, without Markdown: for titles.
#[must_use]
pub fn plain_from_html(html: &str) -> String {
    let [text] = convert(html, [true]);
    text
}

/// What [`from_html`] and [`plain_from_html`] make of the same HTML, for the price of reading it once.
#[must_use]
pub fn both_from_html(html: &str) -> (String, String) {
    let [markdown, text] = convert(html, [false, true]);
    (markdown, text)
}

/// Writes the page once for each of `plain`: as text where it is true, else as Markdown.
fn convert<const N: usize>(html: &str, plain: [bool; N]) -> [String; N] {
    let mut writers = plain.map(|plain| Blocks::new(plain, html.len()));
    let mut page = Page::new(&mut writers);
    let mut tokens = Tokens::new(html);
    while let Some(token) = tokens.next() {
        match token {
            Token::Text(text) => page.text(text),
            Token::Start(tag) => page.start(&tag),
            Token::End(name) => page.end(name),
            Token::Odd(html) => odd::read(html, &mut page),
        }
    }
    writers.map(Blocks::finish)
}

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
    fn of(&mut self, element: Element) -> Option<&mut u32> {
        Some(match element {
            Element::Bold => &mut self.bold,
            Element::Italic => &mut self.italic,
            Element::Strike => &mut self.strike,
            Element::Underline => &mut self.underline,
            Element::Code => &mut self.code,
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

/// What has been read of a page.
struct Page<'w> {
    /// Who writes it down.
    writers: &'w mut [Blocks],
    /// The unseen element being skipped, and how many of its name are open.
    skip: Option<(Vec<u8>, usize)>,
    marks: Marks,
    /// The styles of the open `<span>` and `<font>` elements.
    spans: Vec<Style>,
    pre: u32,
    pre_starts: bool,
}

impl<'w> Page<'w> {
    fn new(writers: &'w mut [Blocks]) -> Self {
        let (skip, marks, spans) = (None, Marks::default(), Vec::new());
        Self { writers, skip, marks, spans, pre: 0, pre_starts: false }
    }

    /// Lets everybody who writes do the same.
    fn write(&mut self, act: impl FnMut(&mut Blocks)) {
        self.writers.iter_mut().for_each(act);
    }

    fn text(&mut self, text: &str) {
        if self.skip.is_some() {
            return;
        }
        // Line breaks of other kinds are blanks in HTML.
        let text = cleaned(text);
        let style = self.marks.style();
        if self.pre == 0 {
            return self.write(|blocks| blocks.text(&text, style));
        }
        let text = if text.contains('\r') { text.replace('\r', "").into() } else { text };
        let first = std::mem::take(&mut self.pre_starts);
        let text = if first { text.strip_prefix('\n').unwrap_or(&text) } else { &text };
        self.write(|blocks| blocks.preformatted(text, style));
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let name = &*tag.name;
        if let Some((skipped, open)) = &mut self.skip {
            *open += usize::from(skipped.eq_ignore_ascii_case(name) && !tag.self_closing);
            return;
        }
        let element = Element::of(name);
        if element == Element::Unseen || tag.hidden {
            if !tag.self_closing && !element.is_void() {
                self.skip_to_end(name);
            }
            return;
        }
        if let Some(open) = self.marks.of(element) {
            *open += u32::from(!tag.self_closing);
            return;
        }
        match element {
            Element::Span => self.span(tag),
            Element::Link if !tag.self_closing => match tag.href.as_deref().and_then(link_target) {
                Some(url) => self.write(|blocks| blocks.begin_link(&url)),
                None => self.write(Blocks::end_link),
            },
            Element::Break => self.write(Blocks::line_break),
            Element::Rule => self.write(Blocks::rule),
            Element::Image => self.image(tag),
            Element::List { numbers } => {
                let first = numbers.then(|| tag.start.unwrap_or(1));
                self.write(|blocks| blocks.begin_list(first));
            }
            Element::Item => self.write(Blocks::begin_item),
            Element::Quote => self.write(Blocks::begin_quote),
            Element::Preformatted | Element::Plain => {
                self.pre += 1;
                self.pre_starts = true;
                self.write(Blocks::begin_code);
            }
            Element::Table => self.write(Blocks::begin_table),
            Element::Row => self.write(Blocks::row),
            Element::Cell => self.write(Blocks::cell),
            Element::Heading(level) => self.write(|blocks| blocks.begin_heading(level)),
            Element::Lines { gap } => self.boundary(gap),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((skipped, open)) = &mut self.skip {
            if skipped.eq_ignore_ascii_case(name) {
                *open -= 1;
                if *open == 0 {
                    self.skip = None;
                }
            }
            return;
        }
        let element = Element::of(name);
        if let Some(open) = self.marks.of(element) {
            *open = open.saturating_sub(1);
            return;
        }
        match element {
            Element::Span => {
                if let Some(style) = self.spans.pop() {
                    self.marks.span(style, |open| *open = open.saturating_sub(1));
                }
            }
            Element::Link => self.write(Blocks::end_link),
            Element::List { .. } => self.write(Blocks::end_list),
            Element::Item => self.write(Blocks::end_item),
            Element::Quote => self.write(Blocks::end_quote),
            Element::Preformatted if self.pre > 0 => {
                self.pre -= 1;
                if self.pre == 0 {
                    self.write(Blocks::end_code);
                }
            }
            Element::Table => self.write(Blocks::end_table),
            Element::Row => self.boundary(false),
            // As the HTML standard has it, a stray end tag.
            Element::Break => self.write(Blocks::line_break),
            Element::Heading(_) => self.write(Blocks::end_heading),
            Element::Lines { gap } => self.boundary(gap),
            _ => {}
        }
    }

    /// Nothing is seen up to the end tag of `name`.
    fn skip_to_end(&mut self, name: &[u8]) {
        self.skip = Some((name.to_vec(), 1));
    }

    fn boundary(&mut self, gap: bool) {
        self.write(|blocks| blocks.boundary(if gap { 2 } else { 1 }));
    }

    /// A piece of text with a style; a mention shows its label instead.
    fn span(&mut self, tag: &Tag<'_>) {
        let label = tag.label.as_deref().filter(|_| tag.mention);
        if let Some(label) = label {
            let at = if label.starts_with('@') { "" } else { "@" };
            self.text(&format!("{at}{label}"));
        }
        if tag.self_closing {
            return;
        }
        if label.is_some() {
            return self.skip_to_end(&tag.name);
        }
        self.marks.span(tag.style, |open| *open += 1);
        self.spans.push(tag.style);
    }

    fn image(&mut self, tag: &Tag<'_>) {
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
