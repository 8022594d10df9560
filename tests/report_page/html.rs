//! Reads `report.html` as a browser's tokenizer does, into elements and texts with what surrounds them. It must
//! not know what a report is.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use std::collections::BTreeMap;

/// Elements without an end.
const VOID: &[&str] = &["br", "input", "meta"];

/// An element that was opened.
#[derive(Clone, Debug)]
pub struct Element {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
}

impl Element {
    /// An attribute, empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// It has this class.
    pub fn has(&self, class: &str) -> bool {
        self.get("class").split(' ').any(|one| one == class)
    }
}

/// A text, and the elements around it, the outermost first.
#[derive(Clone, Debug)]
pub struct Text {
    pub around: Vec<Element>,
    pub text: String,
}

/// The whole page.
#[derive(Debug, Default)]
pub struct Page {
    pub elements: Vec<Element>,
    pub texts: Vec<Text>,
    pub comments: usize,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

impl Page {
    /// Reads it; every element must be closed.
    pub fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut page = Self::default();
        let mut open: Vec<Element> = Vec::new();
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let attributes = tag.attributes.iter();
                    let attributes = attributes.map(|(name, value)| (text(name), text(value)));
                    let element =
                        Element { name: text(&tag.name), attributes: attributes.collect() };
                    page.elements.push(element.clone());
                    if !tag.self_closing && !VOID.contains(&element.name.as_str()) {
                        open.push(element);
                    }
                }
                Token::EndTag(tag) => {
                    let was = open.pop().expect("an open element");
                    assert_eq!(was.name, text(&tag.name), "elements are nested");
                }
                Token::String(string) => {
                    page.texts.push(Text { around: open.clone(), text: text(&string) });
                }
                Token::Comment(_) => page.comments += 1,
                Token::Doctype(_) => {}
                Token::Error(error) => panic!("{error:?}"),
            }
        }
        assert!(open.is_empty(), "every element is closed: {open:?}");
        page
    }

    /// The elements of a name.
    pub fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }

    /// The text right inside elements of a name, each.
    pub fn inside(&self, name: &str) -> Vec<&str> {
        let of = |text: &&Text| text.around.last().is_some_and(|one| one.name == name);
        self.texts.iter().filter(of).map(|text| text.text.as_str()).collect()
    }
}
