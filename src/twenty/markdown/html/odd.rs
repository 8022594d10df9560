//! The rare parts of HTML ([`Token::Odd`](super::tokens::Token)), read by html5gum. It must not know
//! what an element means.

use std::borrow::Cow;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use super::Page;
use super::tag::Tag;

/// Shows `html`, up to its end, on the page.
pub(super) fn read(html: &str, page: &mut Page<'_>) {
    let mut tag = Tag::default();
    let mut attribute = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                tag = Tag { name: Cow::Owned(name.to_vec()), ..Tag::default() };
            }
            CallbackEvent::AttributeName { name } => {
                tag.attribute(name, Cow::Borrowed(""));
                attribute = name.to_vec();
            }
            CallbackEvent::AttributeValue { value } => {
                tag.attribute(&attribute, Cow::Owned(text(value)));
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                tag.self_closing = self_closing;
                page.start(&tag);
            }
            CallbackEvent::EndTag { name } => page.end(name),
            CallbackEvent::String { value } => page.text(&text(value)),
            _ => {}
        }
        None::<Infallible>
    });
    emitter.naively_switch_states(true);
    // A `&str` cannot fail to be read.
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
}
