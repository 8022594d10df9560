//! Values of custom fields, by the rule the plan chose for each field. A value that does not fit is
//! left for the archive and listed. It must not choose types.

use super::rows::Cells;
use super::work::{Work, notice};
use crate::close::record::scalar;
use crate::close::{Custom, Record, Space, time};
use crate::event::{self, Notice};
use crate::plan::{CustomField, Plan, ValueRule};
use crate::read::node;
use crate::twenty::objects::Object;
use crate::twenty::{date, number, text};
use std::borrow::Cow;

/// Fills the custom columns of one object from these records, first come first served.
/// `elsewhere`: what finds its cell taken is written on another row.
pub(super) fn fill(
    work: &mut Work<'_>,
    records: &[&Record<'_>],
    object: Object,
    cells: &mut Cells,
    elsewhere: bool,
) {
    for record in records {
        for (space, customs) in spaces(record) {
            for custom in customs {
                value(work, record, space, custom, object, cells, elsewhere);
            }
        }
    }
}

fn spaces<'r, 'a>(record: &'r Record<'a>) -> [(Space, &'r [Custom<'a>]); 2] {
    [(Space::CustomId, &record.customs), (Space::CustomName, &record.named)]
}

fn value(
    work: &mut Work<'_>,
    record: &Record<'_>,
    space: Space,
    custom: &Custom<'_>,
    object: Object,
    cells: &mut Cells,
    elsewhere: bool,
) {
    let plan = work.plan;
    let Some(field) = field_of(plan, record, space, custom) else { return };
    let Some((step, column)) = field.columns.iter().find(|(step, _)| *step == object as usize)
    else {
        return;
    };
    debug_assert_eq!(*step, cells.step);
    match cell(plan, field, custom.value) {
        Ok((text, whole)) => {
            let there = cells.get_at(*column);
            if there.is_empty() {
                cells.set_at(*column, &text);
                if !whole && custom.is_open() {
                    remark(work, record, space, custom, event::CUT);
                }
                if whole { custom.taken() } else { custom.set_aside() }
            } else if elsewhere {
                // The other row takes it.
            } else if *there == *text {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
                remark(work, record, space, custom, event::LOST_MERGE);
            }
        }
        Err(why) if custom.is_open() => {
            custom.set_aside();
            remark(work, record, space, custom, why);
        }
        Err(_) => {}
    }
}

/// The field a value belongs to; none for an empty value, and for one that repeats another of this
/// record, which counts as merged.
fn field_of<'p>(
    plan: &'p Plan,
    record: &Record<'_>,
    space: Space,
    custom: &Custom<'_>,
) -> Option<&'p CustomField> {
    if node::is_empty(custom.value) {
        return None;
    }
    let (_, field) = plan.field(record.kind, space, custom.key)?;
    if space == Space::CustomName && has_twin(plan, record, field, custom) {
        custom.merged();
        return None;
    }
    Some(field)
}

/// The value under a lead's field name repeats one under a field's id: that of the same field, or of
/// another field with the same name.
fn has_twin(plan: &Plan, record: &Record<'_>, field: &CustomField, named: &Custom<'_>) -> bool {
    record.customs.iter().filter(|custom| custom.value == named.value).any(|custom| {
        let twin = plan.field(record.kind, Space::CustomId, custom.key);
        twin.is_some_and(|(_, twin)| std::ptr::eq(twin, field) || *twin.close_name == *named.key)
    })
}

/// The cell of a value, and whether it holds the whole value.
fn cell(
    plan: &Plan,
    field: &CustomField,
    value: &[crate::read::Node<'_>],
) -> Result<(String, bool), Notice> {
    let items = items(value)?;
    let single = |items: &[Cow<'_, str>]| match items {
        [only] => Ok(only.to_string()),
        _ => Err(event::UNFIT),
    };
    let cell = match field.rule {
        ValueRule::Archive => return Err(event::UNFIT),
        ValueRule::Text => {
            let joined = items.iter().map(|item| text::block(item)).collect::<Vec<_>>().join(", ");
            let fits = text::fits(&joined);
            return Ok((text::head(&joined, text::MAX_CELL).to_owned(), fits));
        }
        ValueRule::Number => number::number(&single(&items)?).map_err(notice)?.into_owned(),
        ValueRule::Date => {
            let date = time::date(&single(&items)?).ok_or(event::NO_TIME)?;
            date::date_cell(date).map_err(notice)?
        }
        ValueRule::DateTime => {
            let raw = single(&items)?;
            if time::is_date_only(&raw) {
                let date = time::date(&raw).ok_or(event::NO_TIME)?;
                date::date_as_date_time_cell(date).map_err(notice)?
            } else {
                date::date_time_cell(time::instant(&raw).ok_or(event::NO_TIME)?).map_err(notice)?
            }
        }
        ValueRule::Select => {
            let raw = single(&items)?;
            field.options.value(&raw).ok_or(event::UNFIT)?.to_owned()
        }
        ValueRule::MultiSelect => {
            let values: Option<Vec<&str>> =
                items.iter().map(|item| field.options.value(item)).collect();
            serde_json::to_string(&values.ok_or(event::UNFIT)?).unwrap_or_default()
        }
        ValueRule::Users => {
            let users = items.iter().map(|item| {
                if item.starts_with("user_") {
                    plan.owner(item)
                } else {
                    text::line(item).into_owned()
                }
            });
            users.collect::<Vec<_>>().join("; ")
        }
        ValueRule::Contacts => {
            let contacts = items.iter().map(|id| match plan.contacts.get(&**id) {
                Some(contact) if !contact.name.trim().is_empty() => {
                    format!("{} ({id})", text::line(&contact.name))
                }
                _ => text::line(id).into_owned(),
            });
            let joined = contacts.collect::<Vec<_>>().join("; ");
            return Ok((text::head(&joined, text::MAX_CELL).to_owned(), text::fits(&joined)));
        }
        ValueRule::Contact => {
            let id = single(&items)?;
            plan.person(&id).ok_or(event::DANGLING)?.to_owned()
        }
    };
    Ok((cell, true))
}

/// The value's items as texts.
fn items<'a>(value: &'a [crate::read::Node<'a>]) -> Result<Vec<Cow<'a, str>>, Notice> {
    let list: Vec<_> = match value.first() {
        Some(crate::read::Node::Array { .. }) => node::elements(value).collect(),
        _ => vec![value],
    };
    let texts: Option<Vec<_>> =
        list.into_iter().filter(|v| !node::is_empty(v)).map(scalar).collect();
    texts.filter(|texts| !texts.is_empty()).ok_or(event::UNFIT)
}

fn remark(
    work: &mut Work<'_>,
    record: &Record<'_>,
    space: Space,
    custom: &Custom<'_>,
    why: Notice,
) {
    let path = match space {
        Space::CustomName => format!("custom[{}]", custom.key),
        _ => format!("custom.{}", custom.key),
    };
    let mut json = Vec::new();
    node::write_json(custom.value, &mut json);
    work.remark_at(record, &path, why, &String::from_utf8_lossy(&json));
}

/// Rows of the second pass: relations to people that may stand in the same file or a later one.
pub(super) fn late_links(
    work: &mut Work<'_>,
    records: &[&Record<'_>],
    object: Object,
    close_id: &str,
    at: Option<i64>,
) {
    let plan = work.plan;
    for (step, planned) in plan.steps.iter().enumerate().skip(Object::ALL.len()) {
        if planned.object != object {
            continue;
        }
        let mut cells = work.cells(step);
        cells.set_at(0, close_id);
        let mut any = false;
        for record in records {
            for (space, customs) in spaces(record) {
                for custom in customs {
                    any |= late_link(work, record, space, custom, step, &mut cells);
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
    space: Space,
    custom: &Custom<'_>,
    step: usize,
    cells: &mut Cells,
) -> bool {
    let plan = work.plan;
    let Some(field) = field_of(plan, record, space, custom) else { return false };
    let Some((_, column)) = field.columns.iter().find(|(at, _)| *at == step) else { return false };
    match cell(plan, field, custom.value) {
        Ok((person, _)) if cells.get_at(*column).is_empty() => {
            cells.set_at(*column, &person);
            custom.taken();
            true
        }
        Ok((person, _)) => {
            if *cells.get_at(*column) == *person {
                custom.merged();
            } else if custom.is_open() {
                custom.set_aside();
            }
            false
        }
        Err(why) => {
            if custom.is_open() {
                custom.set_aside();
                remark(work, record, space, custom, why);
            }
            false
        }
    }
}
