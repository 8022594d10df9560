//! A Markdown checklist with details below each item. It must not know what the items are.

use std::fmt::Write as _;

/// A line below an item; Markdown on one line, but for code.
pub(super) enum Line {
    /// A point of a list.
    Point(String),
    /// A point of a numbered list.
    Step(String),
    /// Foreign text, letter by letter.
    Code(String),
}

/// One item.
pub(super) struct Entry {
    head: String,
    lines: Vec<Line>,
}

impl Entry {
    /// An item; `head` is Markdown on one line.
    pub fn new(head: impl Into<String>) -> Self {
        Self { head: head.into(), lines: Vec::new() }
    }

    /// Adds a point.
    pub fn point(&mut self, body: impl Into<String>) {
        self.lines.push(Line::Point(body.into()));
    }

    /// Adds a numbered point.
    pub fn step(&mut self, body: impl Into<String>) {
        self.lines.push(Line::Step(body.into()));
    }

    /// Adds foreign text as code.
    pub fn code(&mut self, body: &str) {
        self.lines.push(Line::Code(body.to_owned()));
    }
}

/// The checklist as one block of Markdown.
pub(super) fn write(entries: &[Entry]) -> String {
    let mut out = String::new();
    for entry in entries {
        out.push_str("- [ ] ");
        out.push_str(&entry.head);
        out.push('\n');
        let mut step = 0;
        for line in &entry.lines {
            match line {
                Line::Point(body) => {
                    let _ = writeln!(out, "  - {body}");
                }
                Line::Step(body) => {
                    step += 1;
                    let _ = writeln!(out, "  {step}. {body}");
                }
                Line::Code(body) => fence(&mut out, body),
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A fence longer than any row of backticks in the text; signs that cannot be seen become blanks.
fn fence(out: &mut String, body: &str) {
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat((longest + 1).max(3));
    let _ = write!(out, "\n  {fence}\n");
    for line in body.trim_end().lines() {
        let hidden =
            |c: char| (c.is_control() && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}');
        let line: String = line.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
        out.push_str(format!("  {line}").trim_end());
        out.push('\n');
    }
    let _ = write!(out, "  {fence}\n\n");
}
