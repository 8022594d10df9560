//! Text bodies of tasks and notes: plain text and HTML as Markdown for Twenty's reader.
//!
//! The law: what a person sees in Twenty is what was written in Close. Twenty stores Markdown byte
//! for byte but shows what its own reader makes of it (`twenty-observed.md` §0.7, §E2), which is not
//! `CommonMark`: entities are not decoded, `\<` is no escape, tags vanish, a bare line break brings
//! a blank. Everything here is a pure function of its text, never fails, and takes linear time and
//! bounded stack on any input. Nothing here knows which field of Close a text came from.

mod blocks;
mod cut;
mod escape;
mod history;
mod html;
#[cfg(test)]
mod reader;
mod text;

pub use cut::cut;
pub use history::without_quoted_history;
pub use html::{both_from_html, from_html, plain_from_html};
pub use text::{from_text, title};
