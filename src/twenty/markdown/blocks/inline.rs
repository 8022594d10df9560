//! The inside of a block: blanks, runs of one style, links and the marks around them.
//!
//! Marks never hold a blank at their edge and never span a line break, so that Twenty's reader
//! takes them for marks and a cut between lines breaks none.

use super::super::escape::{self, Reach};
use super::{Blocks, Kind, Style};
use crate::twenty::scan::find_pair;

impl Blocks {
    /// Text as it stands in HTML: runs of blanks and line breaks count as one blank, U+00A0 as one
    /// each.
    pub(in super::super) fn text(&mut self, text: &str, style: Style) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if let Some(width) = blank_at(bytes, at) {
                if width == 2 {
                    self.blanks += 1;
                    self.collapsing = false;
                } else if !self.collapsing && !self.at_line_start() {
                    self.blanks += 1;
                    self.collapsing = true;
                }
                at += width;
                continue;
            }
            let end = end_of_words(bytes, at);
            self.word(&text[at..end], style);
            at = end;
        }
    }

    /// Text whose blanks and line breaks all count, as in `<pre>`.
    pub(in super::super) fn preformatted(&mut self, text: &str, style: Style) {
        if let Some(code) = &mut self.code {
            code.push_str(text);
            return;
        }
        for (n, line) in text.split('\n').enumerate() {
            if n > 0 {
                self.line_break();
            }
            let body = line.trim_start_matches([' ', '\t']);
            let indent = &line[..line.len() - body.len()];
            self.blanks += indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>();
            self.collapsing = false;
            let body = body.trim_end();
            if !body.is_empty() {
                self.word(body, style);
            }
        }
    }

    /// `text` is not empty and neither begins nor ends with a blank.
    pub(super) fn word(&mut self, text: &str, style: Style) {
        self.separate();
        let style = self.shown(style);
        if style != self.run_style || (self.link.is_some() && !self.link_open) {
            self.end_run();
            self.write_blanks(true);
            self.run_style = style;
        }
        self.write_blanks(false);
        if !self.link_open && self.link.is_some() {
            if !self.plain {
                self.block.push('[');
            }
            self.after_italic = false;
            self.link_open = true;
        }
        self.run.push_str(text);
        self.collapsing = false;
        if let Some(table) = self.tables.last_mut() {
            table.row = true;
            table.cell = true;
        }
    }

    /// `style` without what would not be seen, or cannot be written, where the writer is.
    fn shown(&self, style: Style) -> Style {
        let in_link = self.link.is_some();
        if style.code && !in_link {
            return Style { code: true, ..Style::default() };
        }
        Style {
            bold: style.bold && self.heading.is_none(),
            underline: style.underline && !in_link,
            code: false,
            ..style
        }
    }

    /// Writes the line breaks, or the cell border, that stand before the next text.
    fn separate(&mut self) {
        if self.lines > 0
            && let Some(table) = self.tables.last_mut()
        {
            table.broken |= table.cell;
        }
        let border = std::mem::take(&mut self.next_cell);
        if self.is_block_empty() {
            return;
        }
        match self.lines {
            0 if border => {
                self.end_run();
                self.close_link();
                self.write(" | ");
                self.blanks = 0;
            }
            0 => {}
            1 => self.write_break(1),
            lines if self.kind() == Kind::Paragraph && !self.plain => {
                self.end_block();
                if lines > 2 && !self.out.is_empty() {
                    self.out.push_str("\n\n<br>");
                }
            }
            _ => self.write_break(if self.kind() == Kind::Item { 2 } else { 1 }),
        }
        self.lines = 0;
    }

    fn write_break(&mut self, count: usize) {
        self.end_run();
        self.close_link();
        for _ in 0..count {
            self.write(if self.plain { "\n" } else { "<br>" });
        }
    }

    /// Writes the blanks before the next text: outside of marks, and as U+00A0 at a line's start.
    fn write_blanks(&mut self, outside: bool) {
        let blanks = std::mem::take(&mut self.blanks);
        if blanks == 0 {
            return;
        }
        let line_start = self.run.is_empty()
            && (self.block.is_empty()
                || self.block.ends_with("<br>")
                || self.block.ends_with('\n'));
        let target = if outside || self.run.is_empty() { &mut self.block } else { &mut self.run };
        for _ in 0..blanks {
            target.push(if line_start { '\u{A0}' } else { ' ' });
        }
        self.after_italic = false;
    }

    fn write(&mut self, markdown: &str) {
        self.block.push_str(markdown);
        self.after_italic = false;
    }

    /// Moves the run into the block, escaped and between its marks.
    pub(super) fn end_run(&mut self) {
        if self.run.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        let style = self.run_style;
        if self.plain {
            self.block.push_str(&run);
        } else if style.code && !run.contains("``") {
            // Blanks inside the ticks are needed only next to a tick.
            let (open, close) = if run.contains('`') { ("`` ", " ``") } else { ("`", "`") };
            self.block.push_str(open);
            self.block.push_str(&run);
            self.block.push_str(close);
            self.after_italic = false;
        } else {
            let count = usize::from(style.bold) * 2 + usize::from(style.italic);
            let stars = "***".get(..count).unwrap_or_default();
            let wave = if style.strike { "~~" } else { "" };
            if self.after_italic && !style.strike && !style.underline && count > 0 {
                self.block.push('\u{200B}');
            }
            let opens = self.block.trim_start().is_empty();
            self.block.push_str(if style.underline { "<u>" } else { "" });
            self.block.push_str(wave);
            self.block.push_str(stars);
            escape::line(&run, opens, Reach::STRICT, &mut self.block);
            self.block.push_str(stars);
            self.block.push_str(wave);
            self.block.push_str(if style.underline { "</u>" } else { "" });
            self.after_italic = count == 1 && !style.strike && !style.underline;
        }
        self.run = run;
        self.run.clear();
    }

    /// The texts from here on lead to `url`, which must hold no blank and no bracket.
    pub(in super::super) fn begin_link(&mut self, url: &str) {
        self.end_link();
        self.end_run();
        self.link = Some(url.to_owned());
    }

    pub(in super::super) fn end_link(&mut self) {
        if self.link.is_some() {
            self.end_run();
            self.close_link();
            self.link = None;
        }
    }

    /// Ends the link in this line; it goes on with the next text unless [`Self::end_link`] follows.
    pub(super) fn close_link(&mut self) {
        if std::mem::take(&mut self.link_open)
            && !self.plain
            && let Some(url) = &self.link
        {
            self.block.push_str("](");
            self.block.push_str(url);
            self.block.push(')');
        }
    }

    /// `<br>`.
    pub(in super::super) fn line_break(&mut self) {
        if let Some(code) = &mut self.code {
            code.push('\n');
        } else if !self.is_block_empty() && !self.next_cell {
            self.lines += 1;
            self.blanks = 0;
        }
    }
}

/// Where the words that start at `at`, single blanks between them, end: at a run of blanks, or a
/// blank other than U+0020.
fn end_of_words(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(step) = bytes.get(at..).and_then(|rest| find_pair(rest, may_end_words)) {
        at += step;
        let single = bytes[at] == b' ' && blank_at(bytes, at + 1).is_none();
        if !single && blank_at(bytes, at).is_some() {
            return at;
        }
        at += 1;
    }
    // A blank at the very end has no byte behind it to make a pair.
    let ends_with_blank = at < bytes.len() && blank_at(bytes, bytes.len() - 1).is_some();
    bytes.len() - usize::from(ends_with_blank)
}

/// Whether a byte and the next may be a run of blanks, or a blank other than U+0020.
fn may_end_words(byte: u8, next: u8) -> bool {
    byte < b' ' || byte == 0xC2 || (byte == b' ' && (next <= b' ' || next == 0xC2))
}

/// Width of the blank at `at`: 1 for ASCII blanks, 2 for U+00A0.
fn blank_at(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at..).unwrap_or_default() {
        [b' ' | b'\n' | b'\t' | b'\r' | 0x0C, ..] => Some(1),
        [0xC2, 0xA0, ..] => Some(2),
        _ => None,
    }
}
