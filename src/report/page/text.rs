//! What stands in the page: figures that say where they come from, foreign text that shows as what it is, bars.
//! Everything here writes its own, escaped HTML. It must not lay out.

use crate::error::{Error, Result};
use crate::report::Summary;
use crate::report::table::{number, size};
use askama::filters::HtmlSafe;
use serde_json::Value;
use std::fmt::{self, Display, Formatter, Write as _};

/// The figures of the summary, where `reports/reconciliation.json` has them.
pub(super) struct Book(Value);

impl Book {
    /// Opens it. Lists of files stay out: there may be a million, and no figure is in them.
    ///
    /// # Errors
    /// When the summary is no JSON.
    pub fn new(summary: &Summary) -> Result<Self> {
        let parts = [
            ("records", serde_json::to_value(&summary.records)),
            ("steps", serde_json::to_value(&summary.steps)),
            ("values", serde_json::to_value(&summary.values)),
            ("verdicts", serde_json::to_value(&summary.verdicts)),
            ("companies", serde_json::to_value(&summary.companies)),
            ("notices", serde_json::to_value(&summary.notices)),
            ("attachments", serde_json::to_value(&summary.attachments)),
            ("messages", serde_json::to_value(&summary.messages)),
            ("sample", serde_json::to_value(summary.sample)),
            ("sums", serde_json::to_value(&summary.sums)),
            ("flow", serde_json::to_value(&summary.flow)),
            ("activity", serde_json::to_value(&summary.activity)),
            ("stages", serde_json::to_value(&summary.stages)),
            ("owners", serde_json::to_value(&summary.owners)),
            ("merge_reasons", serde_json::to_value(&summary.merge_reasons)),
            ("schema", serde_json::to_value(&summary.schema)),
            ("inventory", serde_json::to_value(&summary.inventory)),
        ];
        let parts = parts.into_iter().map(|(key, value)| Ok((key.to_owned(), value?)));
        let parts = parts.collect::<std::result::Result<_, serde_json::Error>>();
        Ok(Self(Value::Object(parts.map_err(Error::report)?)))
    }

    /// The count at a place, given key by key.
    ///
    /// # Errors
    /// `C2T-E031` when no count stands there.
    pub fn at(&self, keys: &[&str]) -> Result<Figure> {
        let from = keys.iter().fold(String::new(), |from, key| from + "/" + &escaped(key));
        let missing = || {
            let what = format!("reconciliation.json has no count at {from}");
            Error::report(std::io::Error::new(std::io::ErrorKind::NotFound, what))
        };
        let value = self.0.pointer(&from).and_then(Value::as_u64).ok_or_else(missing)?;
        Ok(Figure { value, from, unit: Unit::Count })
    }
}

/// A key as part of a JSON pointer (RFC 6901).
fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Count,
    Bytes,
}

/// A count and the place it can be looked up: a pointer into `reconciliation.json`, a cell of `ledger.csv`, or a
/// pointer into `manifest.json`.
#[derive(Clone)]
pub(super) struct Figure {
    value: u64,
    from: String,
    unit: Unit,
}

impl Figure {
    /// A count of `ledger.csv`, whose header is line 1.
    pub fn of_ledger(value: u64, line: usize, column: &str) -> Self {
        Self { value, from: format!("ledger.csv#{line}/{column}"), unit: Unit::Count }
    }

    /// A count of `manifest.json`.
    pub fn of_manifest(value: u64, pointer: &str) -> Self {
        Self { value, from: format!("manifest.json#{pointer}"), unit: Unit::Count }
    }

    /// The same as a size.
    pub fn bytes(self) -> Self {
        Self { unit: Unit::Bytes, ..self }
    }

    /// The count itself.
    pub const fn get(&self) -> u64 {
        self.value
    }

    /// True for nothing.
    pub const fn is_zero(&self) -> bool {
        self.value == 0
    }

    /// The noun that goes with it.
    pub const fn of<'w>(&self, one: &'w str, many: &'w str) -> &'w str {
        if self.value == 1 { one } else { many }
    }

    /// The same inside a picture.
    pub const fn drawn(&self) -> Drawn<'_> {
        Drawn(self)
    }

    fn text(&self) -> String {
        match self.unit {
            Unit::Count => number(self.value),
            Unit::Bytes => size(self.value),
        }
    }

    fn unit(&self) -> &'static str {
        match self.unit {
            Unit::Count => "",
            Unit::Bytes => " data-unit=\"bytes\"",
        }
    }
}

impl Display for Figure {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "<data value=\"{}\" data-from=\"", self.value)?;
        escape(f, &self.from)?;
        write!(f, "\"{}>{}</data>", self.unit(), self.text())
    }
}

impl HtmlSafe for Figure {}

/// A figure as a part of SVG text.
pub(super) struct Drawn<'f>(&'f Figure);

impl Display for Drawn<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "<tspan class=\"n\" data-value=\"{}\" data-from=\"", self.0.value)?;
        escape(f, &self.0.from)?;
        write!(f, "\"{}>{}</tspan>", self.0.unit(), self.0.text())
    }
}

impl HtmlSafe for Drawn<'_> {}

/// Text from the export, or a name, a code, a command: set apart from the words around it, in its own direction of
/// writing, with every sign that would not show written out.
#[derive(Clone, Default)]
pub(super) struct Quoted(String);

/// Longest text, in characters.
const LONGEST: usize = 120;

impl Quoted {
    /// The beginning of `text`.
    pub fn new(text: &str) -> Self {
        Self::cut(text, LONGEST)
    }

    /// No more than so many characters of `text`; fewer where they take much room in the page, so that its size is
    /// known whatever they are.
    pub fn cut(text: &str, longest: usize) -> Self {
        let mut room = 2 * longest;
        let mut kept = String::new();
        for sign in text.chars().take(longest) {
            let Some(left) = room.checked_sub(width(sign)) else { break };
            room = left;
            kept.push(sign);
        }
        if kept.len() < text.len() {
            kept.push('…');
        }
        Self(kept)
    }

    /// Bytes it takes in the page.
    pub fn room(&self) -> usize {
        const AROUND: usize = "<bdi class=\"v\"></bdi>".len();
        AROUND + self.0.chars().map(width).sum::<usize>()
    }

    /// True when there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Display for Quoted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("<bdi class=\"v\">")?;
        self.0.chars().try_for_each(|sign| show(f, sign))?;
        f.write_str("</bdi>")
    }
}

impl HtmlSafe for Quoted {}

/// Bytes of a sign in the page.
const fn width(sign: char) -> usize {
    match sign {
        '&' | '<' | '>' | '"' | '\'' => "&quot;".len(),
        sign if sign < ' ' || is_unseen(sign) => "<span class=\"ctl\">U+10FFFF</span>".len(),
        sign => sign.len_utf8(),
    }
}

/// Writes one sign as something that shows.
fn show(f: &mut Formatter<'_>, sign: char) -> fmt::Result {
    match sign {
        '\n' => f.write_str("<span class=\"ctl\">↵</span>\n"),
        '\u{0}'..='\u{1f}' => {
            let picture = char::from_u32(0x2400 + u32::from(sign)).unwrap_or('\u{fffd}');
            write!(f, "<span class=\"ctl\">{picture}</span>")
        }
        sign if is_unseen(sign) => {
            write!(f, "<span class=\"ctl\">U+{:04X}</span>", u32::from(sign))
        }
        sign => escape_sign(f, sign),
    }
}

/// Signs that steer the text around them, cannot be seen, or are none (the last two of each plane, and a stretch
/// that Unicode keeps free). The joiners stay: scripts and emoji need them.
const fn is_unseen(sign: char) -> bool {
    let is_none = sign as u32 & 0xfffe == 0xfffe;
    is_none
        || matches!(
            sign,
            '\u{7f}'..='\u{9f}'
                | '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

fn escape(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|sign| escape_sign(f, sign))
}

fn escape_sign(f: &mut Formatter<'_>, sign: char) -> fmt::Result {
    match sign {
        '&' => f.write_str("&amp;"),
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '"' => f.write_str("&quot;"),
        '\'' => f.write_str("&#39;"),
        sign => f.write_char(sign),
    }
}

/// A share of a whole as a bar.
#[derive(Clone, Copy)]
pub(super) struct Bar {
    /// In percent.
    share: f64,
    /// Class of its colour.
    class: &'static str,
}

impl Bar {
    /// So much of `all`.
    pub fn new(value: u64, all: u64, class: &'static str) -> Self {
        let share = if all == 0 { 0.0 } else { 100.0 * value as f64 / all as f64 };
        // What there is shows.
        Self { share: if value > 0 { share.clamp(0.6, 100.0) } else { 0.0 }, class }
    }
}

impl Display for Bar {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { share, class } = self;
        write!(
            f,
            "<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
             <rect class=\"{class}\" width=\"{share:.1}\" height=\"4\"/></svg>"
        )
    }
}

impl HtmlSafe for Bar {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_written_out() {
        let shown = Quoted::new("a\u{202e}\u{0}\n<\u{200d}").to_string();
        let controls = "<span class=\"ctl\">U+202E</span><span class=\"ctl\">␀</span>\
                        <span class=\"ctl\">↵</span>\n";
        assert_eq!(shown, format!("<bdi class=\"v\">a{controls}&lt;\u{200d}</bdi>"));
    }

    #[test]
    fn no_text_takes_more_room_than_it_says() {
        for sign in (0..=0x10_ffff).filter_map(char::from_u32) {
            let one = Quoted(sign.to_string());
            assert!(one.to_string().len() <= one.room(), "{sign:?}");
        }
        let long = Quoted::cut(&"\u{202e}".repeat(1_000), 100);
        assert!(long.room() < 300 && long.to_string().contains('…'));
        let plain = Quoted::cut(&"x".repeat(1_000), 100).to_string();
        assert_eq!(plain, format!("<bdi class=\"v\">{}…</bdi>", "x".repeat(100)));
    }

    #[test]
    fn a_figure_says_where_it_is_from() {
        let figure = Figure::of_manifest(1_234_567, "/a~1\"b");
        let expected =
            "<data value=\"1234567\" data-from=\"manifest.json#/a~1&quot;b\">1,234,567</data>";
        assert_eq!(figure.to_string(), expected);
        let expected = "<tspan class=\"n\" data-value=\"1234567\" \
                        data-from=\"manifest.json#/a~1&quot;b\" data-unit=\"bytes\">1.2 MB</tspan>";
        assert_eq!(figure.bytes().drawn().to_string(), expected);
        assert_eq!(escaped("a/b~c"), "a~1b~0c");
        let shares = [Bar::new(0, 0, "x").share, Bar::new(1, 1_000, "x").share];
        assert!(shares[0] < 0.1 && (shares[1] - 0.6).abs() < 0.01);
    }
}
