//! From a custom value to the text of a cell, by the rule the plan chose, or to the reason why it does
//! not fit. It must not touch rows or records.

use super::super::work::notice;
use crate::close::record::scalar;
use crate::close::time;
use crate::event::{self, Notice};
use crate::plan::fields::truth;
use crate::plan::{CustomField, Plan, ValueRule};
use crate::read::{Node, node};
use crate::twenty::{date, link, number, text};
use std::borrow::Cow;

/// What a value becomes.
pub(super) struct Cell<'a> {
    /// What the column holds.
    pub text: Cow<'a, str>,
    /// What goes into the next column: the currency of an amount.
    pub more: Option<&'static str>,
    /// Why the cell does not hold all of it; none when it does.
    pub lost: Option<Notice>,
}

impl<'a> From<Cow<'a, str>> for Cell<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self { text, more: None, lost: None }
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cow::<str>::Owned(text).into()
    }
}

/// The items as one text, cut where it is longer than a cell.
pub(super) fn texts<'a>(value: &'a [Node<'a>]) -> Result<Cell<'a>, Notice> {
    if let Some(only) = node::text(value).filter(|only| !only.is_empty()) {
        let mut cell = joined(text::block(only));
        if text::has_control(only) {
            cell.lost = cell.lost.or(Some(event::CONTROL));
        }
        return Ok(cell);
    }
    let shown = items(value)?;
    let blocks = shown.iter().map(|item| text::block(item)).collect::<Vec<_>>();
    let mut cell = joined(blocks.join(", ").into());
    if shown.iter().any(|item| text::has_control(item)) {
        cell.lost = cell.lost.or(Some(event::CONTROL));
    }
    Ok(cell)
}

fn joined(all: Cow<'_, str>) -> Cell<'_> {
    if text::fits(&all) {
        return all.into();
    }
    let text = text::head(&all, text::MAX_CELL).to_owned().into();
    Cell { text, more: None, lost: Some(event::CUT) }
}

/// The only item of a value.
fn single<'a>(value: &'a [Node<'a>]) -> Result<Cow<'a, str>, Notice> {
    if let Some(only) = node::text(value).filter(|only| !only.is_empty()) {
        return Ok(Cow::Borrowed(only));
    }
    let mut items = items(value)?;
    items.pop().filter(|_| items.is_empty()).ok_or(event::UNFIT)
}

/// The cell of a field that holds this value, by the field's rule.
///
/// # Errors
/// With the reason why the value does not fit.
pub(super) fn cell<'a>(
    plan: &'a Plan,
    field: &'a CustomField,
    value: &'a [Node<'a>],
) -> Result<Cell<'a>, Notice> {
    let text: Cow<'a, str> = match field.rule {
        ValueRule::Archive => return Err(event::UNFIT),
        ValueRule::Text => return texts(value),
        ValueRule::Number => amount(value)?,
        ValueRule::Boolean => boolean(&single(value)?)?.into(),
        ValueRule::Date => return day(&single(value)?),
        ValueRule::DateTime => instant(&single(value)?)?.into(),
        ValueRule::Select => {
            let raw = single(value)?;
            field.options.value(&raw).ok_or(event::UNFIT)?.into()
        }
        ValueRule::MultiSelect => return options(field, value),
        ValueRule::Link => link::link(&single(value)?).map_err(notice)?.url.into(),
        ValueRule::Currency => {
            return Ok(Cell { text: amount(value)?, more: plan.currency, lost: None });
        }
        ValueRule::Users => users(plan, value)?.into(),
        ValueRule::Member => plan.member(&single(value)?).ok_or(event::NO_MEMBER)?.into(),
        ValueRule::Contact => plan.person(&single(value)?).ok_or(event::DANGLING)?.into(),
        ValueRule::Contacts => {
            let name =
                |id: &str| plan.contacts.find(id).map(|found| plan.contacts.name(found).into());
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

fn amount<'a>(value: &'a [Node<'a>]) -> Result<Cow<'a, str>, Notice> {
    match single(value)? {
        Cow::Borrowed(raw) => number::number(raw).map_err(notice),
        Cow::Owned(raw) => Ok(number::number(&raw).map_err(notice)?.into_owned().into()),
    }
}

/// The options that there are; blank ones say nothing.
fn options<'a>(field: &CustomField, value: &'a [Node<'a>]) -> Result<Cell<'a>, Notice> {
    let items = items(value)?;
    let said = items.iter().filter(|item| !item.trim().is_empty());
    let values: Vec<Option<&str>> = said.map(|item| field.options.value(item)).collect();
    let known: Vec<&str> = values.iter().copied().flatten().collect();
    if known.is_empty() {
        return Err(event::UNFIT);
    }
    let lost = (known.len() < items.len()).then_some(event::UNFIT);
    let text = serde_json::to_string(&known).unwrap_or_default().into();
    Ok(Cell { text, more: None, lost })
}

/// A date; the time of day of what should be one has no place.
fn day(raw: &str) -> Result<Cell<'static>, Notice> {
    let date = time::date(raw).ok_or(event::NO_TIME)?;
    let at_midnight = time::is_date_only(raw) || time::instant(raw).is_some_and(is_midnight);
    let lost = (!at_midnight).then_some(event::UNFIT);
    Ok(Cell { text: date::date_cell(date).map_err(notice)?.into(), more: None, lost })
}

fn is_midnight(at: jiff::Timestamp) -> bool {
    at.as_second().rem_euclid(86_400) == 0
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

pub(super) fn users(plan: &Plan, value: &[Node<'_>]) -> Result<String, Notice> {
    let items = items(value)?;
    let user = |item| -> Cow<'_, str> {
        let item: &str = item;
        if item.starts_with("user_") { plan.owner(item) } else { text::line(item) }
    };
    let users: Vec<_> = items.iter().map(|item| user(item)).collect();
    Ok(users.join("; "))
}

/// `Name (id); Name (id)`.
pub(super) fn named(
    value: &[Node<'_>],
    name: &dyn Fn(&str) -> Option<Box<str>>,
) -> Result<Cell<'static>, Notice> {
    let items = items(value)?;
    let shown = items.iter().map(|id| match name(id) {
        Some(name) if !name.trim().is_empty() => format!("{} ({id})", text::line(&name)),
        _ => text::line(id).into_owned(),
    });
    Ok(joined(shown.collect::<Vec<_>>().join("; ").into()))
}

/// A custom object that is in the export and of the type the relation points to.
fn object<'a>(plan: &Plan, at: usize, id: Cow<'a, str>) -> Result<Cow<'a, str>, Notice> {
    let (of_type, _) = plan.custom_objects.get(&crate::survey::hash(&id)).ok_or(event::DANGLING)?;
    let right = plan.types.get(at).is_some_and(|one| one.close_id == *of_type);
    if right { Ok(id) } else { Err(event::UNFIT) }
}

/// Blank text, or a list of nothing else: nobody chose anything.
pub(super) fn is_blank(value: &[Node<'_>]) -> bool {
    let blank = |item: &[Node<'_>]| {
        node::is_empty(item) || node::text(item).is_some_and(|text| text.trim().is_empty())
    };
    match value.first() {
        Some(Node::Array { .. }) => node::elements(value).all(blank),
        _ => blank(value),
    }
}

/// The value's items as texts.
pub(super) fn items<'a>(value: &'a [Node<'a>]) -> Result<Vec<Cow<'a, str>>, Notice> {
    let list: Vec<_> = match value.first() {
        Some(Node::Array { .. }) => node::elements(value).collect(),
        _ => vec![value],
    };
    let texts: Option<Vec<_>> =
        list.into_iter().filter(|v| !node::is_empty(v)).map(scalar).collect();
    texts.filter(|texts| !texts.is_empty()).ok_or(event::UNFIT)
}
