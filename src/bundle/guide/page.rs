//! Markdown that stays intact whatever stands in a label: escaping, tables, numbers. It must not
//! know what it writes about.

pub use crate::event::count::{number, plural};
use std::fmt::Write as _;

/// Seconds a batch takes, in tenths (`twenty-observed.md §E3 d`: 50 batches in 106.5 s).
const BATCH_TENTHS: u64 = 21;
/// Rows of a batch (`twenty-importer.md §1.2`).
const BATCH_ROWS: u64 = 200;

/// A Markdown document that grows block by block.
#[derive(Default)]
pub struct Page(String);

impl Page {
    /// A heading; `title` is Markdown on one line.
    pub fn heading(&mut self, level: usize, title: &str) {
        self.block(&format!("{} {title}", "#".repeat(level)));
    }

    /// A paragraph; `body` is Markdown.
    pub fn para(&mut self, body: &str) {
        self.block(body);
    }

    /// Prose from a file, which may hold several blocks.
    pub fn prose(&mut self, body: &str) {
        self.block(body.trim());
    }

    /// A list; each item is Markdown on one line.
    pub fn list(&mut self, items: &[String]) {
        let lines: Vec<String> = items.iter().map(|item| format!("- {item}")).collect();
        self.block(&lines.join("\n"));
    }

    /// A table; cells are Markdown on one line with no bare `|`.
    pub fn table<const N: usize>(
        &mut self,
        head: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
    ) {
        self.line(&head);
        self.line(&["---"; N]);
        for row in rows {
            self.line(&row);
        }
        self.0.push('\n');
    }

    /// The document.
    pub fn finish(mut self) -> String {
        self.0.truncate(self.0.trim_end().len());
        self.0.push('\n');
        self.0
    }

    fn block(&mut self, body: &str) {
        self.0.push_str(body);
        self.0.push_str("\n\n");
    }

    fn line(&mut self, cells: &[impl AsRef<str>]) {
        self.0.push('|');
        for cell in cells {
            // Writing to a string cannot fail.
            let _ = write!(self.0, " {} |", cell.as_ref());
        }
        self.0.push('\n');
    }
}

/// Foreign text as one line of Markdown that shows just this text, in a table too. Control
/// characters and line breaks become a blank; text without a visible character is `(empty)`.
/// Escapes no more than it must: some people read the guide as plain text.
pub fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.trim().chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' => out.push_str("&#124;"),
            // `snake_case` is no emphasis.
            '_' if before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric() => out.push(c),
            // Some readers make a link of every address.
            ':' if next != '/' => out.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | ':' => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => out.push(' '),
            c => out.push(c),
        }
        before = c;
    }
    lead(out)
}

/// What makes a block only at the start of a line: `1.`, `1)`, `-`, `+`, `=`.
fn lead(mut out: String) -> String {
    if out.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    let mark = out.get(digits..).and_then(|rest| rest.chars().next());
    let at_start = digits == 0 && matches!(mark, Some('-' | '+' | '='));
    if at_start || (digits > 0 && matches!(mark, Some('.' | ')'))) {
        out.insert(digits, '\\');
    }
    out
}

/// A name or a path as code where it is an ordinary one, else as [`text`].
pub fn code(raw: &str) -> String {
    let ordinary = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/');
    if !raw.is_empty() && raw.bytes().all(ordinary) { format!("`{raw}`") } else { text(raw) }
}

/// A label to be typed letter by letter: as code, so that no escape stands in the way, unless it has
/// a sign that code in a table cannot show.
pub fn label(raw: &str) -> String {
    let plain = |c: char| !c.is_control() && !matches!(c, '`' | '|');
    let trimmed = raw.trim() == raw && !raw.is_empty();
    if trimmed && raw.chars().all(plain) { format!("`{raw}`") } else { text(raw) }
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1_000 => return plural(bytes, "byte", "bytes"),
        1_000..1_000_000 => (1_000, "kB"),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    format!("{}.{} {name}", number(bytes / unit), bytes % unit * 10 / unit)
}

/// The sum of counts that come from a file and may be anything.
pub fn total(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// Seconds Twenty takes to import a file of so many rows.
pub fn seconds(rows: u64) -> u64 {
    rows.div_ceil(BATCH_ROWS).saturating_mul(BATCH_TENTHS).div_ceil(10)
}

/// Seconds for people.
pub fn duration(seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    match seconds {
        0..60 => format!("about {seconds} s"),
        60..3600 => format!("about {minutes} min"),
        _ => format!("about {} h {} min", number(minutes / 60), minutes % 60),
    }
}
