//! Writes blocks of Markdown from a stream of text, marks and boundaries, as a browser would lay
//! it out: blanks collapse, boundaries and `<br>` make lines, two of them a paragraph.
//!
//! Every block is one line (breaks inside it are `<br>`), so that nothing in it can be taken for a
//! list, a table or a fence. This file must not know HTML tags: `html.rs` does.

mod inline;

use super::escape;

/// Deeper lists are written at this depth; the indentation stays small whatever comes in.
const MAX_LIST_DEPTH: usize = 8;

/// How a run of text looks. Code excludes the others.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // independent marks, any of them at once
pub(super) struct Style {
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub underline: bool,
    pub code: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Heading(usize),
    Item,
}

struct List {
    /// The number of the next item, `None` for bullets.
    number: Option<u32>,
    indent: usize,
    /// Where the lists inside the last written item start.
    inner: usize,
}

/// What is known of the table being written: its rows become lines, its cells `a | b`.
#[derive(Default)]
struct Table {
    /// The row, and the cell, have shown text.
    row: bool,
    cell: bool,
    /// A cell of the row holds more than one line: it is layout, not data.
    broken: bool,
}

/// The Markdown written so far and the block being written.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // independent facts of the text so far
pub(super) struct Blocks {
    out: String,
    /// Only the text is wanted: no marks, no escapes, `\n` for a line break.
    plain: bool,
    block: String,
    /// Visible text of one style, not yet escaped; never begins or ends with a blank.
    run: String,
    run_style: Style,
    heading: Option<usize>,
    in_item: bool,
    wrote_item: bool,
    /// Line breaks and blanks seen since the last text.
    lines: usize,
    blanks: usize,
    collapsing: bool,
    /// The next text opens a new cell of a row.
    next_cell: bool,
    /// The block ends with `*` that closes italics: another `*` must not follow.
    after_italic: bool,
    link: Option<String>,
    link_open: bool,
    lists: Vec<List>,
    /// Number of lists around each open quotation; lists inside one are written as plain lines.
    quotes: Vec<usize>,
    tables: Vec<Table>,
    code: Option<String>,
}

impl Blocks {
    pub(super) fn new(plain: bool, capacity: usize) -> Self {
        Self { plain, out: String::with_capacity(capacity), ..Self::default() }
    }

    /// The edge of something that stands on lines of its own (1), or with a gap around it (2).
    pub(super) fn boundary(&mut self, lines: usize) {
        // The gap around the first paragraph of a cell is the cell's own.
        let lines = match self.tables.last() {
            _ if self.next_cell => 0,
            Some(table) if !table.cell => lines.min(1),
            _ => lines,
        };
        if self.code.is_none() && !self.is_block_empty() {
            self.lines = self.lines.max(lines);
        }
        self.blanks = 0;
        self.collapsing = false;
    }

    pub(super) fn begin_heading(&mut self, level: usize) {
        self.break_row();
        if self.quotes.is_empty() {
            self.end_block();
            self.heading = Some(level);
        } else {
            self.boundary(2);
        }
    }

    pub(super) fn end_heading(&mut self) {
        if self.heading.is_some() {
            self.end_block();
        } else {
            self.boundary(2);
        }
    }

    /// A list; `number` is the first item's, `None` for bullets.
    pub(super) fn begin_list(&mut self, number: Option<u32>) {
        self.break_row();
        if self.is_flat() {
            self.boundary(1);
        } else {
            self.end_block();
        }
        let indent = match self.lists.last() {
            Some(list) if self.lists.len() < MAX_LIST_DEPTH => list.inner,
            Some(list) => list.indent,
            None => 0,
        };
        self.lists.push(List { number, indent, inner: indent });
    }

    pub(super) fn end_list(&mut self) {
        self.end_item();
        self.lists.pop();
        if self.lists.is_empty() {
            self.boundary(2);
            self.wrote_item = false;
        }
    }

    pub(super) fn begin_item(&mut self) {
        self.break_row();
        if self.is_flat() {
            self.boundary(1);
            self.blanks = 2 * (self.lists.len().min(MAX_LIST_DEPTH)).saturating_sub(1);
            let marker = self.marker();
            if !self.plain {
                self.word(marker.trim_end().replace('-', "•").as_str(), Style::default());
                self.blanks = 1;
                self.collapsing = true;
            }
        } else {
            self.end_block();
            self.in_item = true;
        }
    }

    pub(super) fn end_item(&mut self) {
        if self.is_flat() {
            self.boundary(1);
        } else {
            self.end_block();
        }
    }

    /// The marker of the next item, counted.
    fn marker(&mut self) -> String {
        match self.lists.last_mut().and_then(|list| list.number.as_mut()) {
            Some(number) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            None => "- ".to_owned(),
        }
    }

    pub(super) fn begin_quote(&mut self) {
        self.break_row();
        self.end_block();
        self.quotes.push(self.lists.len());
    }

    pub(super) fn end_quote(&mut self) {
        if let Some(lists) = self.quotes.last().copied() {
            self.end_block();
            self.quotes.pop();
            self.lists.truncate(lists);
        }
    }

    pub(super) fn rule(&mut self) {
        self.break_row();
        if self.plain || !self.quotes.is_empty() {
            self.boundary(2);
        } else {
            self.end_block();
            self.push_block("", "---");
        }
    }

    /// Preformatted text; a code block where Twenty's reader knows one: outside of lists and quotes.
    pub(super) fn begin_code(&mut self) {
        self.break_row();
        if self.plain || !self.quotes.is_empty() || !self.lists.is_empty() {
            self.boundary(1);
        } else if self.code.is_none() {
            self.end_block();
            self.code = Some(String::new());
        }
    }

    pub(super) fn end_code(&mut self) {
        let Some(code) = self.code.take() else { return self.boundary(1) };
        let code = code.trim_end().trim_start_matches('\n');
        if !escape::is_invisible(code) {
            let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
            let fence = "`".repeat(longest.max(2) + 1);
            self.push_block("", &format!("{fence}\n{code}\n{fence}"));
        }
    }

    pub(super) fn begin_table(&mut self) {
        self.break_row();
        self.next_cell = false;
        self.boundary(if self.tables.is_empty() { 2 } else { 1 });
        self.tables.push(Table::default());
    }

    pub(super) fn end_table(&mut self) {
        self.next_cell = false;
        if self.tables.pop().is_some() {
            self.boundary(if self.tables.is_empty() { 2 } else { 1 });
        }
    }

    /// A table's row begins. One line is enough between rows of data, whatever their cells say.
    pub(super) fn row(&mut self) {
        self.boundary(1);
        self.next_cell = false;
        if let Some(table) = self.tables.last_mut() {
            if table.row && !table.broken {
                self.lines = self.lines.min(1);
            }
            *table = Table::default();
        }
    }

    pub(super) fn cell(&mut self) {
        let Some(table) = self.tables.last_mut() else { return };
        table.cell = false;
        if table.row && !table.broken {
            self.lines = 0;
            self.next_cell = true;
        } else {
            self.boundary(1);
        }
    }

    /// Something in the row needs lines of its own.
    fn break_row(&mut self) {
        if let Some(table) = self.tables.last_mut() {
            table.broken = true;
        }
    }

    /// Inside a quotation Twenty's reader shows lists and headings as bare lines.
    fn is_flat(&self) -> bool {
        self.plain || !self.quotes.is_empty()
    }

    fn kind(&self) -> Kind {
        match self.heading {
            Some(level) => Kind::Heading(level),
            None if self.in_item => Kind::Item,
            None => Kind::Paragraph,
        }
    }

    fn is_block_empty(&self) -> bool {
        self.block.is_empty() && self.run.is_empty()
    }

    fn at_line_start(&self) -> bool {
        self.lines > 0 || self.is_block_empty()
    }

    /// Writes the open block, if it shows anything, and opens a paragraph.
    pub(super) fn end_block(&mut self) {
        self.end_run();
        self.close_link();
        let block = std::mem::take(&mut self.block);
        let kind = self.kind();
        let text = block.trim_end();
        if !escape::is_invisible(text) {
            match kind {
                _ if self.plain => self.push_block("", text),
                Kind::Heading(level) => {
                    let prefix = format!("{} ", "#".repeat(level.clamp(1, 6)));
                    self.push_block(&prefix, text);
                }
                Kind::Item => {
                    let marker = self.marker();
                    let mut indent = 0;
                    if let Some(list) = self.lists.last_mut() {
                        indent = list.indent;
                        list.inner = indent + marker.len();
                    }
                    let prefix = " ".repeat(indent) + &marker;
                    self.push_block(&prefix, text);
                }
                Kind::Paragraph if self.quotes.is_empty() => self.push_block("", text),
                Kind::Paragraph => self.push_block("> ", text),
            }
        }
        self.block = block;
        self.block.clear();
        self.heading = None;
        self.in_item = false;
        self.lines = 0;
        self.blanks = 0;
        self.collapsing = false;
        self.after_italic = false;
        self.next_cell = false;
    }

    fn push_block(&mut self, prefix: &str, text: &str) {
        let tight = self.plain || (self.in_item && self.wrote_item);
        if !self.out.is_empty() {
            self.out.push_str(if tight { "\n" } else { "\n\n" });
        }
        self.wrote_item = self.in_item;
        self.out.push_str(prefix);
        self.out.push_str(text);
    }

    pub(super) fn finish(mut self) -> String {
        if self.code.is_some() {
            self.end_code();
        }
        self.end_block();
        self.out
    }
}
