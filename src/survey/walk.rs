//! Visits every record in a parsed value: the value itself and the records inside it, each with
//! what its surroundings say. Both passes walk the same way. It must not keep anything.

use crate::close::record::Waived;
use crate::close::{Kind, Record, classify};
use crate::read::{Node, Parsed, node};

/// What the surroundings of a record say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Context<'a> {
    /// The lead the record stands in.
    pub lead: Option<&'a str>,
}

/// One record with its surroundings.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The opened record.
    pub record: Record<'a>,
    /// Where it stands.
    pub context: Context<'a>,
}

/// Arrays that wrap records of unknown kind: groups, and the fields of a schema (`close-format.md`
/// §1.3, L11 and L12).
const WRAPPERS: &[&str] = &["objects", "fields"];

/// The words of streams and of `__object_type`, for objects that do not say themselves what they are.
const STREAMS: &[(&str, Kind)] = &[
    ("lead", Kind::Lead),
    ("contact", Kind::Contact),
    ("opportunity", Kind::Opportunity),
    ("task", Kind::Task),
    ("user", Kind::User),
    ("pipeline", Kind::Pipeline),
    ("custom_field", Kind::CustomField),
    ("custom_object", Kind::CustomObject),
    ("event", Kind::Event),
    ("event_log", Kind::Event),
];

/// The kind a stream names, in the singular or the plural.
fn of_stream(word: &str) -> Option<Kind> {
    let singular = match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').unwrap_or(word).to_owned(),
    };
    STREAMS.iter().find(|(known, _)| *known == singular).map(|(_, kind)| *kind)
}

/// Calls `visit` for each record of a parsed value, as [`records`] does; a message that carries no
/// record has none.
pub fn value<'a>(
    value: &Parsed<'a>,
    waived: &Waived,
    visit: &mut impl FnMut(Visit<'a>),
    stray: &mut impl FnMut(&'a [Node<'a>]),
) {
    if value.message.is_none() {
        let hint = of_stream(value.stream);
        records(value.nodes, hint, Context::default(), waived, visit, stray);
    }
}

/// Calls `visit` for the record at `nodes` and for each record inside it, outer ones first.
/// Anything that is no object is handed to `stray`.
pub fn records<'a>(
    nodes: &'a [Node<'a>],
    hint: Option<Kind>,
    context: Context<'a>,
    waived: &Waived,
    visit: &mut impl FnMut(Visit<'a>),
    stray: &mut impl FnMut(&'a [Node<'a>]),
) {
    if !matches!(nodes.first(), Some(Node::Object { .. })) {
        stray(nodes);
        return;
    }
    let mut kind = classify(nodes, hint.filter(|kind| *kind != Kind::Unknown));
    if kind == Kind::Unknown {
        let said = node::get_text(nodes, "__object_type").and_then(of_stream);
        kind = said.unwrap_or(kind);
        let groups = WRAPPERS.iter().filter_map(|key| node::get(nodes, key));
        let groups: Vec<_> =
            groups.filter(|g| matches!(g.first(), Some(Node::Array { .. }))).collect();
        if !groups.is_empty() && node::get(nodes, "id").is_none() {
            for element in groups.into_iter().flat_map(node::elements) {
                records(element, None, context, waived, visit, stray);
            }
            return;
        }
    }
    let mut record = Record::open(kind, nodes);
    record.waive(waived);
    let inside = Context { lead: if kind == Kind::Lead { record.id() } else { context.lead } };
    let children: Vec<_> = record.children().collect();
    visit(Visit { record, context });
    for (hint, list) in children {
        for element in node::elements(list) {
            records(element, Some(hint), inside, waived, visit, stray);
        }
    }
}
