//! Values of custom fields, by the rule the plan chose for each field. A value that does not fit is
//! left for the archive and listed. It must not choose types.

use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::record::scalar;
use crate::close::{Custom, Kind, Record, Space, time};
use crate::event::{self, Notice};
use crate::plan::fields::truth;
use crate::plan::{CustomField, Place, Plan, ValueRule};
use crate::read::{Node, node};
use crate::twenty::objects::Object;
use crate::twenty::{date, link, number, text};
use std::borrow::Cow;

/// Where values go: the object, and whether what finds its cell taken is written on another row.
#[derive(Clone, Copy)]
pub(super) struct Into {
    pub place: Place,
    pub elsewhere: bool,
}

impl From<Object> for Into {
    fn from(object: Object) -> Self {
        Self { place: Place::Standard(object), elsewhere: false }
    }
}

/// Fills the custom columns of one object from these records, first come first served.
pub(super) fn fill(work: &mut Work<'_>, records: &[&Record<'_>], into: Into, cells: &mut Cells) {
    for record in records {
        let of_type = of_type(work.plan, record);
        for (space, customs) in spaces(record) {
            for custom in customs {
                value(work, record, &Key { of_type, space, custom }, into, cells);
            }
        }
    }
}

/// The custom type a record has, by position.
pub(super) fn of_type(plan: &Plan, record: &Record<'_>) -> Option<usize> {
    match record.kind {
        Kind::CustomActivity | Kind::CustomObject => {
            plan.type_of(record.kind, record.custom_type())
        }
        _ => None,
    }
}

/// One custom value of a record.
struct Key<'r, 'a> {
    of_type: Option<usize>,
    space: Space,
    custom: &'r Custom<'a>,
}

fn spaces<'r, 'a>(record: &'r Record<'a>) -> [(Space, &'r [Custom<'a>]); 2] {
    [(Space::CustomId, &record.customs), (Space::CustomName, &record.named)]
}

fn value(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    into: Into,
    cells: &mut Cells,
) {
    let (plan, custom) = (work.plan, key.custom);
    let Some(field) = field_of(plan, record, key) else { return };
    let step = into.place.step();
    let Some((_, column)) = field.columns.iter().find(|(at, _)| *at == step) else { return };
    debug_assert_eq!(step, cells.step);
    match cell(plan, field, custom.value) {
        Ok(Cell { text, more, whole }) => {
            let there = cells.get_at(*column);
            if there.is_empty() {
                cells.set_at(*column, &text);
                if let Some(more) = more {
                    cells.set_at(column + 1, more);
                }
                beside_member(plan, field, custom.value, cells);
                if !whole && custom.is_open() {
                    remark(work, record, key, event::CUT);
                }
                if whole { custom.taken() } else { custom.set_aside() }
            } else if into.elsewhere {
                // The other row takes it.
            } else if *there == *text {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
                remark(work, record, key, event::LOST_MERGE);
            }
        }
        Err(why) => misfit(work, record, key, field, why, cells),
    }
}

/// The member of the workspace beside the user's name.
fn beside_member(plan: &Plan, field: &CustomField, value: &[Node<'_>], cells: &mut Cells) {
    let Some(second) = field.second.as_ref().filter(|second| second.is_member) else { return };
    let column = second.columns.iter().find(|(step, _)| *step == cells.step);
    let users = items(value).unwrap_or_default();
    if let (Some((_, column)), [user]) = (column, users.as_slice())
        && let Some(member) = plan.member(user)
    {
        cells.set_at(*column, member);
    }
}

/// A value that does not fit goes to the text field beside its own, where there is one; it is listed
/// and kept in any case.
fn misfit(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    field: &CustomField,
    why: Notice,
    cells: &mut Cells,
) {
    let second = field.second.as_ref().filter(|second| !second.is_member);
    let columns = second.iter().flat_map(|second| &second.columns);
    if let Some((_, column)) = columns.into_iter().find(|(step, _)| *step == cells.step)
        && cells.get_at(*column).is_empty()
        && let Ok(Cell { text, .. }) = texts(key.custom.value)
    {
        cells.set_at(*column, &text);
    }
    if key.custom.is_open() {
        key.custom.set_aside();
        remark(work, record, key, why);
    }
}

/// The field a value belongs to; none for an empty value, and for one that repeats another of this
/// record, which counts as merged.
fn field_of<'p>(plan: &'p Plan, record: &Record<'_>, key: &Key<'_, '_>) -> Option<&'p CustomField> {
    let custom = key.custom;
    if node::is_empty(custom.value) {
        return None;
    }
    let (_, field) = plan.field((record.kind, key.of_type), key.space, custom.key)?;
    if key.space == Space::CustomName && has_twin(plan, record, field, custom) {
        custom.merged();
        return None;
    }
    Some(field)
}

/// The value under a lead's field name repeats one under a field's id: that of the same field, or of
/// another field with the same name.
fn has_twin(plan: &Plan, record: &Record<'_>, field: &CustomField, named: &Custom<'_>) -> bool {
    record.customs.iter().filter(|custom| custom.value == named.value).any(|custom| {
        let twin = plan.field((record.kind, None), Space::CustomId, custom.key);
        twin.is_some_and(|(_, twin)| std::ptr::eq(twin, field) || *twin.close_name == *named.key)
    })
}

/// All custom values of a record as lines of text, `Name: value`. Each value is taken.
pub(super) fn lines(work: &mut Work<'_>, record: &Record<'_>) -> String {
    let plan = work.plan;
    let of_type = of_type(plan, record);
    let mut lines = Vec::new();
    for custom in record.customs.iter().filter(|custom| !node::is_empty(custom.value)) {
        let field = plan.field((record.kind, of_type), Space::CustomId, custom.key);
        let Some((_, field)) = field.filter(|(_, field)| field.rule != ValueRule::Archive) else {
            continue;
        };
        let shown = match field.rule {
            ValueRule::Contact | ValueRule::Contacts => {
                named(custom.value, &|id| plan.contacts.get(id).map(|c| c.name.clone()))
            }
            ValueRule::Users => users(plan, custom.value).map(Cell::from),
            _ => texts(custom.value),
        };
        match shown {
            Ok(shown) => {
                lines.push(format!("{}: {}", field.close_name, shown.text));
                if shown.whole { custom.taken() } else { custom.set_aside() }
            }
            Err(why) => {
                custom.set_aside();
                let key = Key { of_type, space: Space::CustomId, custom };
                remark(work, record, &key, why);
            }
        }
    }
    lines.join("\n")
}

/// What a value becomes.
struct Cell {
    text: String,
    /// What goes into the next column: the currency of an amount.
    more: Option<&'static str>,
    /// The cell holds all of it.
    whole: bool,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, more: None, whole: true }
    }
}

/// The items as one text, cut where it is longer than a cell.
fn texts(value: &[Node<'_>]) -> Result<Cell, Notice> {
    let shown = items(value)?;
    Ok(joined(shown.iter().map(|item| text::block(item)).collect::<Vec<_>>().join(", ")))
}

fn joined(all: String) -> Cell {
    let whole = text::fits(&all);
    if whole {
        all.into()
    } else {
        Cell { text: text::head(&all, text::MAX_CELL).to_owned(), more: None, whole }
    }
}

/// The only item of a value.
fn single(value: &[Node<'_>]) -> Result<String, Notice> {
    match items(value)?.as_slice() {
        [only] => Ok(only.to_string()),
        _ => Err(event::UNFIT),
    }
}

fn cell(plan: &Plan, field: &CustomField, value: &[Node<'_>]) -> Result<Cell, Notice> {
    let text = match field.rule {
        ValueRule::Archive => return Err(event::UNFIT),
        ValueRule::Text => return texts(value),
        ValueRule::Number => number::number(&single(value)?).map_err(notice)?.into_owned(),
        ValueRule::Boolean => boolean(&single(value)?)?.to_owned(),
        ValueRule::Date => {
            let date = time::date(&single(value)?).ok_or(event::NO_TIME)?;
            date::date_cell(date).map_err(notice)?
        }
        ValueRule::DateTime => instant(&single(value)?)?,
        ValueRule::Select => {
            let raw = single(value)?;
            field.options.value(&raw).ok_or(event::UNFIT)?.to_owned()
        }
        ValueRule::MultiSelect => {
            let items = items(value)?;
            let values: Option<Vec<&str>> =
                items.iter().map(|item| field.options.value(item)).collect();
            serde_json::to_string(&values.ok_or(event::UNFIT)?).unwrap_or_default()
        }
        ValueRule::Link => link::link(&single(value)?).map_err(notice)?.url,
        ValueRule::Currency => {
            let text = number::number(&single(value)?).map_err(notice)?.into_owned();
            return Ok(Cell { text, more: plan.currency, whole: true });
        }
        ValueRule::Users => users(plan, value)?,
        ValueRule::Member => plan.member(&single(value)?).ok_or(event::NO_MEMBER)?.to_owned(),
        ValueRule::Contact => plan.person(&single(value)?).ok_or(event::DANGLING)?.to_owned(),
        ValueRule::Contacts => {
            let name = |id: &str| plan.contacts.get(id).map(|contact| contact.name.clone());
            return named(value, &name);
        }
        ValueRule::Object(at) => object(plan, at, single(value)?)?,
        ValueRule::Objects => {
            let name = |id: &str| {
                let object = plan.custom_objects.get(&crate::survey::hash(id));
                object.map(|(_, name)| name.clone())
            };
            return named(value, &name);
        }
    };
    Ok(text.into())
}

fn instant(raw: &str) -> Result<String, Notice> {
    if time::is_date_only(raw) {
        let date = time::date(raw).ok_or(event::NO_TIME)?;
        return date::date_as_date_time_cell(date).map_err(notice);
    }
    date::date_time_cell(time::instant(raw).ok_or(event::NO_TIME)?).map_err(notice)
}

fn boolean(raw: &str) -> Result<&'static str, Notice> {
    match truth(raw) {
        Some(true) => Ok("true"),
        Some(false) => Ok("false"),
        None => Err(event::UNFIT),
    }
}

fn users(plan: &Plan, value: &[Node<'_>]) -> Result<String, Notice> {
    let items = items(value)?;
    let users = items.iter().map(|item| {
        if item.starts_with("user_") { plan.owner(item) } else { text::line(item).into_owned() }
    });
    Ok(users.collect::<Vec<_>>().join("; "))
}

/// `Name (id); Name (id)`.
fn named(value: &[Node<'_>], name: &dyn Fn(&str) -> Option<Box<str>>) -> Result<Cell, Notice> {
    let items = items(value)?;
    let shown = items.iter().map(|id| match name(id) {
        Some(name) if !name.trim().is_empty() => format!("{} ({id})", text::line(&name)),
        _ => text::line(id).into_owned(),
    });
    Ok(joined(shown.collect::<Vec<_>>().join("; ")))
}

/// A custom object that is in the export and of the type the relation points to.
fn object(plan: &Plan, at: usize, id: String) -> Result<String, Notice> {
    let (of_type, _) = plan.custom_objects.get(&crate::survey::hash(&id)).ok_or(event::DANGLING)?;
    let right = plan.types.get(at).is_some_and(|one| one.close_id == *of_type);
    if right { Ok(id) } else { Err(event::UNFIT) }
}

/// The value's items as texts.
fn items<'a>(value: &'a [Node<'a>]) -> Result<Vec<Cow<'a, str>>, Notice> {
    let list: Vec<_> = match value.first() {
        Some(Node::Array { .. }) => node::elements(value).collect(),
        _ => vec![value],
    };
    let texts: Option<Vec<_>> =
        list.into_iter().filter(|v| !node::is_empty(v)).map(scalar).collect();
    texts.filter(|texts| !texts.is_empty()).ok_or(event::UNFIT)
}

fn remark(work: &mut Work<'_>, record: &Record<'_>, key: &Key<'_, '_>, why: Notice) {
    let custom = key.custom;
    let path = match key.space {
        Space::CustomName => format!("custom[{}]", custom.key),
        _ => format!("custom.{}", custom.key),
    };
    let mut json = Vec::new();
    node::write_json(custom.value, &mut json);
    work.remark_at(record, &path, why, &String::from_utf8_lossy(&json));
}

/// Rows of the second pass: relations to records that may stand in the same file or a later one.
pub(super) fn late_links(
    work: &mut Work<'_>,
    records: &[&Record<'_>],
    place: Place,
    close_id: &str,
    at: Option<i64>,
) {
    let plan = work.plan;
    for (step, planned) in plan.steps.iter().enumerate() {
        if planned.place != place || !planned.is_second_pass() {
            continue;
        }
        let mut cells = work.cells(step);
        cells.set_at(0, close_id);
        let mut any = false;
        for record in records {
            let of_type = of_type(plan, record);
            for (space, customs) in spaces(record) {
                for custom in customs {
                    any |= late_link(work, record, &Key { of_type, space, custom }, &mut cells);
                }
            }
        }
        if any {
            work.emit(cells, at, close_id);
        }
    }
}

fn late_link(
    work: &mut Work<'_>,
    record: &Record<'_>,
    key: &Key<'_, '_>,
    cells: &mut Cells,
) -> bool {
    let (plan, custom, step) = (work.plan, key.custom, cells.step);
    let Some(field) = field_of(plan, record, key) else { return false };
    let Some((_, column)) = field.columns.iter().find(|(at, _)| *at == step) else { return false };
    match cell(plan, field, custom.value) {
        Ok(Cell { text, .. }) if cells.get_at(*column).is_empty() => {
            cells.set_at(*column, &text);
            custom.taken();
            true
        }
        Ok(Cell { text, .. }) => {
            if *cells.get_at(*column) == *text {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
            }
            false
        }
        Err(why) => {
            if custom.is_open() {
                custom.set_aside();
                remark(work, record, key, why);
            }
            false
        }
    }
}
